//! Facts as counts: all rows that no question of the rule can tell apart are
//! one cell, given by the class of their code and by how far back their last
//! day lies. "Holds", "had", "how many" and "how much" are then sums of cells,
//! so that whatever one of them says about another is found like any sum.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    catalogue::FieldId,
    rules::{
        dated::{Dated, window_start},
        ir::{Atom, AtomId, FieldRef, Mask, Num, Span},
    },
};

use super::walk::visit;

/// The cells of one facts field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells {
    /// Codes that every question treats alike.
    pub(crate) classes: Vec<Vec<u8>>,
    /// First days of the windows that are asked about, ascending.
    pub(crate) starts: Vec<i32>,
}

impl Cells {
    /// The cells of which a window asks: those of its codes that end in it.
    pub(crate) fn within(&self, mask: Mask, start: i32) -> impl Iterator<Item = usize> + '_ {
        let codes = self
            .classes
            .iter()
            .enumerate()
            .filter(move |(_, codes)| codes.first().is_some_and(|code| mask.contains(*code)));
        let width = self.starts.len();
        codes.flat_map(move |(class, _)| {
            let buckets = self.starts.iter().enumerate();
            let buckets = buckets.filter(move |(_, first)| start <= **first);
            buckets.map(move |(bucket, _)| class * width + bucket)
        })
    }

    /// Codes of a cell, its first day and the day after its last, if it has one.
    #[must_use]
    pub(crate) fn cell(&self, index: usize) -> Option<(&[u8], i32, Option<i32>)> {
        let width = self.starts.len().max(1);
        let (class, bucket) = (index / width, index % width);
        let next = self.starts.get(bucket + 1).copied();
        Some((self.classes.get(class)?, *self.starts.get(bucket)?, next))
    }
}

/// First day of the window of a question about facts; `None` asks who holds it today.
#[must_use]
pub(crate) fn start_of(dated: &Dated<'_>, span: Option<Span>) -> i32 {
    span.map_or(i32::MIN, |span| window_start(span, dated.today))
}

/// The cells of every facts field that these atoms and their numbers read.
#[must_use]
pub(crate) fn cells(dated: &Dated<'_>, atoms: &[AtomId]) -> FxHashMap<FieldId, Cells> {
    let mut asked: BTreeMap<FieldId, Vec<(Mask, i32)>> = BTreeMap::new();
    let mut ask = |field: &FieldRef, mask: &Mask, start: i32| {
        let windows = asked.entry(field.field).or_default();
        if !windows.contains(&(*mask, start)) {
            windows.push((*mask, start));
        }
    };
    let graph = &dated.program.graph;
    for atom in atoms {
        match graph.atom(*atom) {
            Atom::Holds(field, mask) => ask(field, mask, dated.today),
            Atom::Had(field, mask, span) => ask(field, mask, start_of(dated, *span)),
            Atom::Compare(_, left, right) => {
                visit(graph, &[*left, *right], &mut |num| {
                    if let Num::CountFacts(field, mask, span) | Num::SumFacts(field, mask, span) =
                        num
                    {
                        ask(field, mask, start_of(dated, *span));
                    }
                });
            }
            _ => {}
        }
    }
    asked.into_iter().map(|(field, windows)| (field, split(&windows))).collect()
}

fn split(windows: &[(Mask, i32)]) -> Cells {
    let mut starts: Vec<i32> = windows.iter().map(|(_, start)| *start).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut classes: BTreeMap<Vec<bool>, Vec<u8>> = BTreeMap::new();
    for code in 0..=u8::MAX {
        let class: Vec<bool> = windows.iter().map(|(mask, _)| mask.contains(code)).collect();
        if class.contains(&true) {
            classes.entry(class).or_default().push(code);
        }
    }
    Cells { classes: classes.into_values().collect(), starts }
}
