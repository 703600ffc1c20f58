//! Who belongs to whom: households and the ties between enterprises and
//! people, as rows pointing at rows.

use rustc_hash::FxHashMap;
use zhida_model::domain::Reason;

use super::aggregate::View;
use super::cell::Cells;
use super::day;
use super::fault::Fault;
use super::join::is_stale;
use super::plan::{Edge, Ends};
use super::scope::Scope;

/// A number shared by more subjects than this is no household.
const LARGEST_GROUP: usize = 100;

/// One edge; the order is that of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tie {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) since: i32,
    pub(super) until: i32,
}

/// The edges of one relation.
pub(super) struct Related {
    pub(super) ties: Vec<Tie>,
    /// By dossier of the subject.
    pub(super) complete: Vec<bool>,
    /// Rows of the table that could not be used, with their dossiers.
    pub(super) faults: Vec<(u32, u32, Fault)>,
}

/// What an edge can be made of.
struct Found {
    ties: Vec<Tie>,
    /// Subjects whose list lacks somebody.
    lacking: Vec<u32>,
    faults: Vec<(u32, u32, Fault)>,
    /// Subjects that are in a group.
    grouped: Option<Vec<bool>>,
}

/// Makes the edges of a relation. `view` is the table, `subject` how it is
/// seen by those who have the list.
pub(super) fn relate(view: &View<'_>, subject: &Scope<'_>, edge: &Edge) -> Related {
    let lost = edge.filter.is_some_and(|filter| view.loaded.lost_filters[filter]);
    let found = match &edge.ends {
        _ if lost => None,
        Ends::Columns { from, to } => pairs(view, edge, *from, *to),
        Ends::Group { spec } => group(view, edge, *spec),
    };
    let Some(mut found) = found else {
        return Related {
            ties: Vec::new(),
            complete: vec![false; subject.rows],
            faults: Vec::new(),
        };
    };
    found.ties.sort_unstable();
    found.ties.dedup();
    let complete = |row: usize| {
        let told = edge.born_from.is_some_and(|first| subject.origin(row) >= first);
        told && subject.absence(row) == Reason::Known
    };
    let mut lists: Vec<bool> = (0..subject.rows).map(complete).collect();
    if let Some(grouped) = &found.grouped {
        lists.iter_mut().zip(grouped).for_each(|(list, grouped)| *list &= grouped);
    }
    for row in found.lacking {
        if let Some(list) = lists.get_mut(row as usize) {
            *list = false;
        }
    }
    Related { ties: found.ties, complete: lists, faults: found.faults }
}

/// The rows that count, each with the dossier of its key.
fn rows<'a>(view: &'a View<'_>, edge: &Edge) -> impl Iterator<Item = (u32, u32)> + use<'a> {
    let passes = edge.filter.and_then(|filter| view.loaded.passes.get(filter));
    let groups = view.loaded.starts.len().saturating_sub(1);
    (0_u32..).take(groups).flat_map(move |group| {
        let rows = view.loaded.rows(group).iter();
        rows.filter(move |row| passes.is_none_or(|passes| passes[**row as usize]))
            .map(move |&row| (group, row))
    })
}

/// First and last day of an edge.
fn period(view: &View<'_>, edge: &Edge, row: u32) -> (i32, i32) {
    let read = |spec: Option<usize>, none: i32| {
        let column = spec.and_then(|spec| view.loaded.columns[spec].as_ref());
        let column = column.filter(|column| column.reason(row as usize) == Reason::Known);
        column.and_then(|column| i32::try_from(column.whole(row as usize)).ok()).unwrap_or(none)
    };
    (read(edge.since, day::NONE), read(edge.until, day::OPEN))
}

fn pairs(view: &View<'_>, edge: &Edge, from: Option<usize>, to: Option<usize>) -> Option<Found> {
    let mut found =
        Found { ties: Vec::new(), lacking: Vec::new(), faults: Vec::new(), grouped: None };
    let column = |spec: Option<usize>| match spec {
        Some(spec) => view.loaded.columns[spec].as_ref().map(Some),
        None => Some(None),
    };
    let (from, to) = (column(from)?, column(to)?);
    let end = |column: Option<&super::cell::Parsed>, key: u32, row: u32| match column {
        None => Some(key),
        Some(column) => match (&column.cells, column.reason(row as usize)) {
            (Cells::Subject(rows), Reason::Known) => rows.get(row as usize).copied(),
            _ => None,
        },
    };
    for (key, row) in rows(view, edge) {
        let Some(from) = end(from, key, row) else { continue };
        let (since, until) = period(view, edge, row);
        match edge.counts(since) {
            Some(true) => {}
            Some(false) => continue,
            None => {
                found.lacking.push(from);
                continue;
            }
        }
        match end(to, key, row) {
            Some(_) if until < since => {
                found.faults.push((row, key, Fault::ReversedPeriod));
                found.lacking.push(from);
            }
            Some(to) => found.ties.push(Tie { from, to, since, until }),
            None => found.lacking.push(from),
        }
    }
    Some(found)
}

fn group(view: &View<'_>, edge: &Edge, spec: usize) -> Option<Found> {
    let mut found =
        Found { ties: Vec::new(), lacking: Vec::new(), faults: Vec::new(), grouped: None };
    let column = view.loaded.columns[spec].as_ref()?;
    let mut groups: FxHashMap<&[u8], Vec<(u32, u32)>> = FxHashMap::default();
    let mut grouped = vec![false; view.loaded.starts.len().saturating_sub(1)];
    for (key, row) in rows(view, edge) {
        if column.reason(row as usize) != Reason::Known {
            continue;
        }
        if is_stale(view.plan, view.loaded.observed[row as usize], view.scope.known_at) {
            found.lacking.push(key);
        }
        groups.entry(column.text(row as usize)).or_default().push((key, row));
        grouped[key as usize] = true;
    }
    let mut groups: Vec<Vec<(u32, u32)>> = groups.into_values().collect();
    groups.sort_unstable();
    for members in groups {
        if members.len() > LARGEST_GROUP {
            found
                .faults
                .extend(members.iter().map(|&(key, row)| (row, key, Fault::OversizedGroup)));
            found.lacking.extend(members.iter().map(|(key, _)| *key));
            continue;
        }
        for &(from, _) in &members {
            for &(to, row) in &members {
                let (since, until) = period(view, edge, row);
                match edge.counts(since) {
                    Some(true) => found.ties.push(Tie { from, to, since, until }),
                    Some(false) => {}
                    None => found.lacking.push(from),
                }
            }
        }
    }
    found.grouped = Some(grouped);
    Some(found)
}
