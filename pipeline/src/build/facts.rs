//! Dated things: the rows of certificates, listings, benefits and the like,
//! and for whom their registers are complete.

use arrow_buffer::ScalarBuffer;
use zhida_model::domain::Reason;

use super::aggregate::View;
use super::cell::Parsed;
use super::day;
use super::fault::Fault;
use super::plan::{FactSlot, Slot};

/// No amount told.
pub(super) const NO_AMOUNT: i64 = i64::MIN;

/// One fact of one dossier; the order is that of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) dossier: u32,
    pub(super) code: u8,
    pub(super) from: i32,
    pub(super) to: i32,
    pub(super) source: u8,
    pub(super) amount: i64,
}

/// The facts of one source, and why an absent one does not mean "none".
pub(super) struct Gathered {
    pub(super) facts: Vec<Fact>,
    pub(super) reasons: Vec<Reason>,
    /// Newest row of each dossier, or of the table where it has none.
    pub(super) observed: ScalarBuffer<i32>,
    /// Rows of the table whose period is reversed, with their dossiers.
    pub(super) faults: Vec<(u32, u32, Fault)>,
}

/// The parsed columns of a fact.
struct Parts<'a> {
    code: Result<u8, &'a Parsed>,
    from: &'a Parsed,
    to: Option<&'a Parsed>,
    amount: Option<&'a Parsed>,
}

/// Gathers the facts of one source.
pub(super) fn gather(view: &View<'_>, slot: &Slot) -> Gathered {
    let rows = view.scope.rows;
    let empty = || Gathered {
        facts: Vec::new(),
        reasons: vec![Reason::Missing; rows],
        observed: vec![day::NONE; rows].into(),
        faults: Vec::new(),
    };
    let lost_filter = slot.filter.is_some_and(|filter| view.loaded.lost_filters[filter]);
    let Some(parts) =
        slot.fact.as_ref().filter(|_| !lost_filter).and_then(|fact| parts(view, fact))
    else {
        return empty();
    };
    let passes = slot.filter.and_then(|filter| view.loaded.passes.get(filter));
    let mut observed = Vec::with_capacity(rows);
    let mut gathered = Gathered {
        facts: Vec::new(),
        reasons: Vec::with_capacity(rows),
        observed: Vec::new().into(),
        faults: Vec::new(),
    };
    let source = u8::try_from(slot.source).unwrap_or(u8::MAX);
    for (dossier, number) in (0..rows).zip(0_u32..) {
        let group = view.scope.group(dossier);
        let mut reason = view.scope.absence(dossier);
        let mut newest = day::NONE;
        for &row in view.loaded.rows(group) {
            if passes.is_some_and(|passes| !passes[row as usize]) {
                continue;
            }
            newest = newest.max(view.loaded.observed[row as usize]);
            match parts.fact(row as usize, number, source) {
                Ok(Some(fact)) if fact.to < fact.from => {
                    gathered.faults.push((row, group, Fault::ReversedPeriod));
                    reason = Reason::Rejected;
                }
                Ok(Some(fact)) => gathered.facts.push(fact),
                Ok(None) => {}
                Err(()) => reason = Reason::Rejected,
            }
        }
        if reason == Reason::Known && view.loaded.spoiled.contains(&group) {
            reason = Reason::Rejected;
        }
        gathered.reasons.push(reason);
        observed.push(if newest == day::NONE { view.loaded.newest } else { newest });
    }
    gathered.observed = observed.into();
    gathered
}

fn parts<'a>(view: &View<'a>, fact: &FactSlot) -> Option<Parts<'a>> {
    let column = |spec: usize| view.loaded.columns[spec].as_ref();
    Some(Parts {
        code: match fact.code {
            Ok(fixed) => Ok(fixed),
            Err(spec) => Err(column(spec)?),
        },
        from: column(fact.from)?,
        to: match fact.to {
            Some(spec) => Some(column(spec)?),
            None => None,
        },
        // Without its column a fact still holds; it just has no amount.
        amount: fact.amount.and_then(column),
    })
}

impl Parts<'_> {
    /// The fact of a row; none where it has no code, an error where a part
    /// was rejected.
    fn fact(&self, row: usize, dossier: u32, source: u8) -> Result<Option<Fact>, ()> {
        let code = match self.code {
            Ok(fixed) => fixed,
            Err(column) => match column.reason(row) {
                Reason::Known => u8::try_from(column.whole(row)).map_err(|_| ())?,
                Reason::Missing => return Ok(None),
                _ => return Err(()),
            },
        };
        let day = |column: &Parsed, none: i32| match column.reason(row) {
            Reason::Known => i32::try_from(column.whole(row)).map_err(|_| ()),
            Reason::Missing => Ok(none),
            _ => Err(()),
        };
        let from = day(self.from, day::NONE)?;
        let to = self.to.map_or(Ok(day::OPEN), |column| day(column, day::OPEN))?;
        let amount = self.amount.filter(|column| column.reason(row) == Reason::Known);
        let amount = amount.map_or(NO_AMOUNT, |column| column.whole(row));
        Ok(Some(Fact { dossier, code, from, to, source, amount }))
    }
}

/// Joins the sources of a facts field: all facts, in the order of a frame.
/// A list is complete only where every source is.
pub(super) fn join(sources: Vec<Gathered>) -> Option<Gathered> {
    use rayon::prelude::*;
    let mut sources = sources.into_iter();
    let mut joined = sources.next()?;
    for source in sources {
        joined.facts.extend(source.facts);
        for (own, other) in joined.reasons.iter_mut().zip(source.reasons) {
            *own = worse(*own, other);
        }
        joined.observed = joined
            .observed
            .iter()
            .zip(source.observed.iter())
            .map(|(own, other)| *own.max(other))
            .collect();
    }
    joined.facts.par_sort_unstable();
    joined.facts.dedup();
    Some(joined)
}

fn worse(a: Reason, b: Reason) -> Reason {
    match (a, b) {
        (Reason::Known, other) | (other, Reason::Known) => other,
        (Reason::Rejected, _) | (_, Reason::Rejected) => Reason::Rejected,
        (a, b) => a.max(b),
    }
}
