//! The days looked ahead to: the program on each of them, and what depends on
//! the day alone. Days are counted from the first, which is day 0.

use jiff::{ToSpan, civil::Date};
use rustc_hash::FxHashMap;

use crate::{
    reference::Reference,
    rules::{
        dated::{Dated, window_start},
        ir::{Atom, Num, Span},
        program::Program,
    },
};

/// A closed range of days, by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First day.
    pub first: usize,
    /// Last day, not before the first.
    pub last: usize,
}

impl Stretch {
    /// The days of this stretch that lie in the other too.
    pub(super) fn within(self, other: Stretch) -> Option<Stretch> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Stretch { first, last })
    }
}

/// A program on every day of a span.
#[derive(Debug)]
pub struct Days<'a> {
    dated: Vec<Dated<'a>>,
    /// By length of time: the first day of the window on each day.
    starts: FxHashMap<Span, Vec<i32>>,
    /// Days on which a parameter has other values than the day before.
    steps: Vec<usize>,
}

impl<'a> Days<'a> {
    /// Prepares the day judged and so many days after it, as far as the
    /// calendar goes.
    #[must_use]
    pub fn new(
        program: &'a Program,
        reference: &'a Reference,
        as_of: Date,
        known_at: Date,
        ahead: usize,
    ) -> Days<'a> {
        let first = Dated::new(program, reference, as_of, known_at);
        let mut dated = Vec::with_capacity(ahead + 1);
        let later: Vec<Dated<'a>> = (1..=ahead)
            .map_while(|days| i64::try_from(days).ok())
            .map_while(|days| first.as_of.checked_add(days.days()).ok())
            .map(|day| first.moved(day))
            .collect();
        dated.push(first);
        dated.extend(later);
        let steps = (1..dated.len()).filter(|day| stepped(&dated[day - 1], &dated[*day])).collect();
        let starts = spans(program)
            .map(|span| (span, dated.iter().map(|day| window_start(span, day.today)).collect()))
            .collect();
        Days { dated, starts, steps }
    }

    /// The whole span.
    #[must_use]
    pub fn all(&self) -> Stretch {
        Stretch { first: 0, last: self.dated.len() - 1 }
    }

    /// The program on a day; the last one past the end.
    #[must_use]
    pub fn on(&self, day: usize) -> &Dated<'a> {
        &self.dated[day.min(self.dated.len() - 1)]
    }

    /// First day of the window of a length of time that ends on a day.
    pub(super) fn start(&self, span: Span, day: usize) -> i32 {
        let known = self.starts.get(&span).and_then(|starts| starts.get(day)).copied();
        known.unwrap_or_else(|| window_start(span, self.on(day).today))
    }

    /// One day for every set of parameters' values that the stretch sees.
    pub(super) fn values(&self, days: Stretch) -> impl Iterator<Item = &Dated<'a>> {
        let from = self.steps.partition_point(|step| *step <= days.first);
        let later = self.steps.get(from..).unwrap_or_default().iter().copied();
        std::iter::once(days.first)
            .chain(later.take_while(move |step| *step <= days.last))
            .map(|day| self.on(day))
    }
}

/// Whether any parameter differs between two days.
fn stepped(before: &Dated<'_>, after: &Dated<'_>) -> bool {
    before.parameters.iter().any(|(name, table)| {
        let later = after.parameters.get(name);
        later.is_none_or(|later| !std::sync::Arc::ptr_eq(table, later) && table != later)
    })
}

/// The lengths of time that rules look back.
fn spans(program: &Program) -> impl Iterator<Item = Span> {
    let atoms = program.graph.atoms().iter().filter_map(|atom| match atom {
        Atom::Had(.., span) => *span,
        _ => None,
    });
    let nums = program.graph.nums().iter().filter_map(|num| match num {
        Num::CountFacts(.., span) | Num::SumFacts(.., span) => *span,
        _ => None,
    });
    atoms.chain(nums)
}
