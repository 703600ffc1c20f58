//! Everybody against every policy version of the day: the columnar engine
//! finds the pairs that are not ineligible, and each is completed on its own.
//! Where the matches go (Parquet, Python) is the caller's.

use std::sync::Mutex;

use rayon::prelude::*;

use crate::{
    domain::SubjectKind,
    frame::Frame,
    rules::{
        columnar::{Engine, Rows, Verdicts},
        scalar::{At, Dossier},
    },
};

use super::{
    judge::Unit,
    outcome::{Match, Matcher, Memo},
    select::Selected,
};

/// Blocks judged before their matches are handed out.
const BLOCKS_AT_ONCE: usize = 32;

/// A match and its place among those of its subject that are shown, from 1;
/// none where it is suppressed.
pub type Ranked = (Option<u32>, Match);

/// What has been worked out in one block, and its matches with their rows.
type Found = (Memo, Vec<(usize, Match)>);

impl<'a> Matcher<'a> {
    /// Judges all dossiers of a kind. `visit` sees the matches of some blocks at
    /// a time, block by block in row order, subject by subject, best first,
    /// and how many dossiers were judged for them.
    ///
    /// # Errors
    /// The first of `visit`, which ends the work.
    pub fn everybody<E>(
        &self,
        kind: SubjectKind,
        mut visit: impl FnMut(Vec<Vec<Ranked>>, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let own: Vec<Selected<'a>> = self.of(kind).collect();
        let roots = own.iter().map(|selected| selected.policy.root).collect();
        let engine = Engine::new(self.scalar.dated, self.scalar.world, kind, roots);
        // What one block has worked out serves the next that takes its memo.
        let memos: Mutex<Vec<Memo>> = Mutex::default();
        let memo = || memos.lock().ok().and_then(|mut memos| memos.pop()).unwrap_or_default();
        for blocks in engine.blocks().chunks(BLOCKS_AT_ONCE) {
            let judged = engine.run_over(
                blocks,
                || (memo(), Vec::new()),
                |(memo, found): &mut Found, rows, position, verdicts| {
                    if let Some(selected) = own.get(position) {
                        self.possible(selected, rows, verdicts, memo, found);
                    }
                },
            );
            let ranked = judged.into_par_iter().zip(blocks).map(|((memo, found), rows)| {
                if let Ok(mut memos) = memos.lock() {
                    memos.push(memo);
                }
                self.ranked(kind, rows.frame, found)
            });
            let ranked = ranked.collect();
            visit(ranked, blocks.iter().map(|rows| rows.length as u64).sum())?;
        }
        Ok(())
    }

    /// The versions judged that are for subjects of a kind.
    pub fn of(&self, kind: SubjectKind) -> impl Iterator<Item = Selected<'a>> + '_ {
        self.selected.iter().copied().filter(move |one| one.policy.file.audience == kind)
    }

    /// The matches of one policy among the rows of a block, with the row of
    /// each in its frame.
    fn possible(
        &self,
        selected: &Selected<'a>,
        rows: &Rows<'a>,
        verdicts: &Verdicts,
        memo: &mut Memo,
        found: &mut Vec<(usize, Match)>,
    ) {
        for row in verdicts.possible().rows() {
            let subject = Dossier { frame: rows.frame, row: rows.start + row };
            if selected.policy.unit.is_some() {
                let mut matches = Vec::new();
                self.policy(selected, subject, memo, &mut matches);
                found.extend(matches.into_iter().map(|found| (subject.row, found)));
            } else {
                let at = At::subject(rows.frame, subject.row);
                let verdict = verdicts.of(row);
                let one = self.judged(selected, &Unit::Subject, &at, verdict, memo);
                found.push((subject.row, one));
            }
        }
    }

    /// The matches of a block, subject by subject, in order; those that are
    /// shown with their rank.
    fn ranked(
        &self,
        kind: SubjectKind,
        frame: &'a Frame,
        mut found: Vec<(usize, Match)>,
    ) -> Vec<Ranked> {
        found.sort_by_key(|(row, _)| *row);
        let mut ranked = Vec::with_capacity(found.len());
        let mut found = found.into_iter().peekable();
        let mut matches = Vec::new();
        while let Some((row, first)) = found.next() {
            matches.push(first);
            while let Some((_, next)) = found.next_if(|(other, _)| *other == row) {
                matches.push(next);
            }
            self.finish(kind, Dossier { frame, row }, &mut matches);
            let mut rank = 0;
            for one in matches.drain(..) {
                let shown = one.suppressed.is_none();
                rank += u32::from(shown);
                ranked.push((shown.then_some(rank), one));
            }
        }
        ranked
    }
}
