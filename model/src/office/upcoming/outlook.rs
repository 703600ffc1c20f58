//! Everybody and every policy: blocks of rows in parallel, changes in row
//! order, so that threads never change the result.

use rayon::prelude::*;

use crate::{
    domain::SubjectKind,
    frame::World,
    matching::Matcher,
    office::rowset::Rowset,
    rules::{
        columnar::{Rows, bits::ROWS},
        program::Policy,
        render::Render,
        scalar::Dossier,
    },
};

use super::{
    because::{Ended, Step, because, ended},
    change::Change,
    days::Days,
    sieve::Sieve,
    walk::{Phase, Walk, phases},
};

/// Blocks worked on before their changes are handed over.
const BLOCKS_AT_ONCE: usize = 32;

/// What lies ahead for the dossiers of a world.
#[derive(Debug)]
pub struct Outlook<'a> {
    pub(super) days: &'a Days<'a>,
    world: &'a World,
    /// Says who has died or is deregistered on the first day.
    matcher: Matcher<'a>,
    /// Positions of the policies looked at.
    pub(super) chosen: Vec<usize>,
    phases: Vec<Vec<Phase>>,
    ended: Ended,
    /// By [`SubjectKind::index`]: the rows looked at, where not all are.
    only: Option<[Rowset; 2]>,
    /// By policy: its conditions, each with its id and in Chinese.
    pub(super) rules: Vec<Vec<(&'a str, String)>>,
}

impl<'a> Outlook<'a> {
    /// Looks at the policies that are chosen and that any of the days selects.
    #[must_use]
    pub fn new(
        days: &'a Days<'a>,
        world: &'a World,
        chosen: impl Fn(&Policy) -> bool,
    ) -> Outlook<'a> {
        let first = days.on(0);
        let phases = phases(days);
        let policies = &first.program.policies;
        let chosen: Vec<usize> = (0..policies.len())
            .filter(|index| chosen(&policies[*index]))
            .filter(|index| phases[*index].iter().any(|phase| phase.window.is_some()))
            .collect();
        let render = Render::new(first.program, first.reference);
        let rules = policies
            .iter()
            .map(|policy| {
                let parts = policy.all_conditions();
                parts.map(|part| (part.id.as_str(), render.node(part.node))).collect()
            })
            .collect();
        let ended = ended(days, &chosen);
        let matcher = Matcher::new(first, world);
        Outlook { days, world, matcher, chosen, phases, ended, only: None, rules }
    }

    /// Looks at these rows alone, by [`SubjectKind::index`].
    #[must_use]
    pub fn only(mut self, rows: [Rowset; 2]) -> Outlook<'a> {
        self.only = Some(rows);
        self
    }

    fn looks_at(&self, subject: Dossier<'a>) -> bool {
        let row = subject.frame.first as usize + subject.row;
        self.only.as_ref().is_none_or(|rows| rows[subject.frame.kind.index()].contains(row))
    }

    /// How many pairs of a dossier and a policy version are looked at.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        let policies = &self.days.on(0).program.policies;
        let rows = |index: &usize| self.world.of(policies[*index].file.audience).rows as u64;
        self.chosen.iter().map(rows).sum()
    }

    /// How many dossiers are looked at.
    #[must_use]
    pub fn dossiers(&self) -> u64 {
        let kinds = SubjectKind::ALL.into_iter();
        kinds.map(|kind| self.world.of(kind).rows as u64).sum()
    }

    /// The changes of one policy, by its position, for one subject, in the
    /// order of units and days. The dead and the deregistered are not left out.
    #[must_use]
    pub fn subject(&self, policy: usize, subject: Dossier<'a>) -> Vec<Change> {
        let mut changes = Vec::new();
        self.walk(policy, subject, &mut changes);
        changes
    }

    /// The changes of everybody: `sink` gets them by kind, row, policy, unit and
    /// day, a part at a time; `progress` the number of dossiers that are done.
    ///
    /// # Errors
    /// The first error of the sink, which ends the run.
    pub fn run<E>(
        &self,
        progress: &dyn Fn(u64),
        sink: &mut dyn FnMut(Vec<Change>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut done = 0;
        for kind in SubjectKind::ALL {
            let sieve = Sieve::new(self.days, self.world, kind, &self.chosen, &self.phases);
            for blocks in self.blocks(kind).chunks(BLOCKS_AT_ONCE) {
                let found: Vec<Vec<Change>> = blocks
                    .par_iter()
                    .map_init(
                        || sieve.sifting(),
                        |sifting, rows| {
                            sifting.enter(*rows);
                            let mut changes: Vec<(usize, Vec<Change>)> = Vec::new();
                            for sorted in &sieve.policies {
                                for row in sifting.rows(sorted).rows() {
                                    let mut own = Vec::new();
                                    let row = rows.start + row;
                                    let subject = Dossier { frame: rows.frame, row };
                                    if self.looks_at(subject)
                                        && self.matcher.gone(kind, subject).is_none()
                                    {
                                        self.walk(sorted.policy, subject, &mut own);
                                    }
                                    if !own.is_empty() {
                                        changes.push((row, own));
                                    }
                                }
                            }
                            // The sort is stable: policies stay in their order.
                            changes.sort_by_key(|(row, _)| *row);
                            changes.into_iter().flat_map(|(_, own)| own).collect()
                        },
                    )
                    .collect();
                for changes in found {
                    sink(changes)?;
                }
                done += blocks.iter().map(|rows| rows.length as u64).sum::<u64>();
                progress(done);
            }
        }
        Ok(())
    }

    fn blocks(&self, kind: SubjectKind) -> Vec<Rows<'a>> {
        let chunks = self.world.of(kind).chunks.iter().enumerate();
        chunks
            .flat_map(|(chunk, frame)| {
                (0..frame.rows).step_by(ROWS).map(move |start| Rows {
                    frame,
                    chunk,
                    start,
                    length: ROWS.min(frame.rows - start),
                })
            })
            .collect()
    }

    /// Adds the changes of one policy for one subject.
    fn walk(&self, index: usize, subject: Dossier<'a>, changes: &mut Vec<Change>) {
        let policy = &self.days.on(0).program.policies[index];
        let phases = &self.phases[index];
        let walk = Walk { days: self.days, world: self.world, policy, phases };
        for (unit, states) in walk.states(subject) {
            for pair in states.windows(2) {
                let [(_, from), (day, to)] = *pair else { continue };
                if !from.is_match() && !to.is_match() {
                    continue;
                }
                let step = Step { policy, subject, unit, day, from, to };
                let (because, data_ends) = because(self.days, self.world, &self.ended, &step);
                changes.push(Change {
                    policy: index,
                    kind: policy.file.audience,
                    subject: subject.frame.key(subject.row),
                    unit,
                    day,
                    from,
                    to,
                    because,
                    data_ends,
                });
            }
        }
    }
}
