//! Several sources of one field become one value.
//!
//! Fresh values that agree are known, and the source confirmed last is named.
//! Fresh values that differ are disputed: nobody here decides which
//! department is right. A stale value never disputes a fresh one.

use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;
use zhida_model::domain::{Reason, RegionTable};

use super::aggregate::Dense;
use super::cell::Cells;
use super::day;

/// The value of a field for every dossier.
pub(super) struct Resolved {
    pub(super) values: Cells,
    pub(super) reasons: Vec<Reason>,
    pub(super) observed: ScalarBuffer<i32>,
    /// Position of the source, where the field has several.
    pub(super) source: Option<Vec<u8>>,
    /// Disputed dossiers by the position of the later source.
    pub(super) disputed: Vec<usize>,
}

/// What is decided for one dossier.
#[derive(Clone, Copy)]
struct Choice {
    source: u8,
    reason: Reason,
    /// The later of two sources that differ.
    against: u8,
}

/// Resolves the sources of a field, in the order of the catalogue.
pub(super) fn resolve(mut sources: Vec<Dense>, regions: Option<&RegionTable>) -> Option<Resolved> {
    if sources.len() <= 1 {
        let dense = sources.pop()?;
        return Some(Resolved {
            values: dense.values,
            reasons: dense.reasons,
            observed: dense.observed,
            source: None,
            disputed: vec![0],
        });
    }
    let rows = sources.first()?.reasons.len();
    let choices: Vec<Choice> =
        (0..rows).into_par_iter().map(|row| choose(&sources, row, regions)).collect();
    let mut disputed = vec![0; sources.len()];
    for choice in choices.iter().filter(|choice| choice.reason == Reason::Disputed) {
        disputed[usize::from(choice.against)] += 1;
    }
    let observed = (0..rows).map(|row| sources[usize::from(choices[row].source)].observed[row]);
    Some(Resolved {
        observed: observed.collect(),
        values: merge(&sources, &choices),
        reasons: choices.iter().map(|choice| choice.reason).collect(),
        source: Some(choices.iter().map(|choice| choice.source).collect()),
        disputed,
    })
}

fn choose(sources: &[Dense], row: usize, regions: Option<&RegionTable>) -> Choice {
    let mut best: Option<(i32, u8)> = None;
    let mut against = None;
    let mut reason = Reason::Missing;
    let mut fallback: (i32, u8) = (day::NONE, 0);
    for (source, position) in sources.iter().zip(0_u8..) {
        let (own, observed) = (source.reasons[row], source.observed[row]);
        if own != Reason::Known {
            if rank(own) > rank(reason) {
                (reason, fallback) = (own, (observed, position));
            }
            continue;
        }
        match best {
            Some((_, first))
                if !agree(&sources[usize::from(first)].values, &source.values, row, regions) =>
            {
                against = Some(position);
            }
            Some((seen, _)) if seen >= observed => {}
            _ => best = Some((observed, position)),
        }
    }
    match (best, against) {
        (Some((_, source)), Some(against)) => Choice { source, reason: Reason::Disputed, against },
        (Some((_, source)), None) => Choice { source, reason: Reason::Known, against: 0 },
        (None, _) => Choice { source: fallback.1, reason, against: 0 },
    }
}

/// Which reason tells most where no source knows the value.
fn rank(reason: Reason) -> u8 {
    match reason {
        Reason::Rejected => 5,
        Reason::Stale => 4,
        Reason::WrongPeriod => 3,
        Reason::Undefined | Reason::Ambiguous | Reason::Disputed => 2,
        Reason::NotCovered => 1,
        Reason::Missing | Reason::Known => 0,
    }
}

/// Whether two sources hold the same value. Two codes of one region, before
/// and after a change of division, are the same place.
fn agree(a: &Cells, b: &Cells, row: usize, regions: Option<&RegionTable>) -> bool {
    match (a, b) {
        (Cells::Small(a), Cells::Small(b)) => a[row] == b[row],
        (Cells::Place(a), Cells::Place(b)) => {
            let current = |index| regions.and_then(|table| table.current(table.code(index)?));
            a[row] == b[row] || (current(a[row]).is_some() && current(a[row]) == current(b[row]))
        }
        (Cells::Day(a), Cells::Day(b)) => a[row] == b[row],
        (Cells::Whole(a), Cells::Whole(b)) => a[row] == b[row],
        (Cells::Text { .. }, Cells::Text { .. }) => a.text(row) == b.text(row),
        (Cells::Set { .. }, Cells::Set { .. }) => a.members(row) == b.members(row),
        _ => false,
    }
}

/// The chosen values.
fn merge(sources: &[Dense], choices: &[Choice]) -> Cells {
    macro_rules! pick {
        ($kind:ident, $empty:expr) => {
            Cells::$kind(
                choices
                    .iter()
                    .enumerate()
                    .map(|(row, choice)| match &sources[usize::from(choice.source)].values {
                        Cells::$kind(cells) => cells[row],
                        _ => $empty,
                    })
                    .collect(),
            )
        };
    }
    match sources.first().map(|source| &source.values) {
        Some(Cells::Small(_)) => pick!(Small, 0),
        Some(Cells::Place(_)) => pick!(Place, 0),
        Some(Cells::Day(_)) => pick!(Day, 0),
        Some(Cells::Subject(_)) => pick!(Subject, u32::MAX),
        Some(Cells::Text { .. }) => {
            let (mut ends, mut bytes) = (Vec::with_capacity(choices.len()), Vec::new());
            for (row, choice) in choices.iter().enumerate() {
                bytes.extend_from_slice(sources[usize::from(choice.source)].values.text(row));
                ends.push(bytes.len() as u64);
            }
            Cells::Text { ends, bytes }
        }
        Some(Cells::Set { .. }) => {
            let (mut ends, mut members) = (Vec::with_capacity(choices.len()), Vec::new());
            for (row, choice) in choices.iter().enumerate() {
                members.extend_from_slice(sources[usize::from(choice.source)].values.members(row));
                ends.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
            }
            Cells::Set { ends, members }
        }
        Some(Cells::Whole(_)) | None => pick!(Whole, 0),
    }
}
