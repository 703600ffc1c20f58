//! Joins the parsed stretches of a table in the order of the file, drops
//! exact copies, orders the rows by dossier and lets one row win where the
//! catalogue says so.

use rustc_hash::FxHashSet;
use zhida_model::catalogue::types::Duplicates;

use super::cell::{CellFault, Parsed};
use super::day;
use super::fault::Fault;
use super::identify::Repair;
use super::load::{Columns, Loaded, NOWHERE};
use super::plan::TablePlan;
use super::read::{Batch, Broken};
use super::rejects::{Reject, Rejects};
use super::report::TableReport;

/// A parsed stretch of the table.
pub(super) struct Part {
    pub(super) places: Vec<u32>,
    pub(super) records: Vec<u32>,
    pub(super) hashes: Vec<u64>,
    pub(super) observed: Vec<i32>,
    pub(super) event: Vec<i32>,
    pub(super) passes: Vec<Vec<bool>>,
    pub(super) columns: Vec<Option<Parsed>>,
    pub(super) cell_faults: Vec<(usize, CellFault, Option<String>)>,
    pub(super) row_faults: Vec<(u32, Fault, Option<u32>, Option<String>)>,
    pub(super) repairs: Vec<Repair>,
    pub(super) after_cutoff: usize,
    pub(super) rows: usize,
}

impl Part {
    pub(super) fn new(batch: &Batch) -> Part {
        let rows = batch.rows();
        let broken = batch.broken.iter().map(|&(record, broken)| {
            let fault = match broken {
                Broken::Shape => Fault::Malformed,
                Broken::Encoding => Fault::BadEncoding,
            };
            (record, fault, None, None)
        });
        Part {
            places: Vec::with_capacity(rows),
            records: Vec::new(),
            hashes: Vec::new(),
            observed: Vec::with_capacity(rows),
            event: Vec::with_capacity(rows),
            passes: Vec::new(),
            columns: Vec::new(),
            cell_faults: Vec::new(),
            row_faults: broken.collect(),
            repairs: Vec::new(),
            after_cutoff: 0,
            rows: rows + batch.broken.len(),
        }
    }

    pub(super) fn filter(&mut self, plan: &TablePlan<'_>, columns: &Columns, batch: &Batch) {
        for filter in &plan.filters {
            let present = columns.has(filter.column);
            let pass = |row: usize| {
                let text = batch.cell(filter.column, row);
                let equal =
                    |value: &String| value == text || *value == zhida_model::domain::tidy(text);
                present && filter.values.iter().any(equal)
            };
            self.passes.push((0..batch.rows()).map(pass).collect());
        }
    }
}

/// Joins the parts in the order of the file.
pub(super) struct Join {
    pub(super) loaded: Loaded,
    places: Vec<u32>,
    /// Hash of the first row of each group; further ones go to `more`.
    first: Vec<u64>,
    more: FxHashSet<(u32, u64)>,
    groups: usize,
    cutoff: i32,
}

impl Join {
    pub(super) fn new(plan: &TablePlan<'_>, groups: usize, cutoff: i32) -> Join {
        let loaded = Loaded {
            passes: vec![Vec::new(); plan.filters.len()],
            observed: Vec::new(),
            event: Vec::new(),
            columns: vec![None; plan.specs.len()],
            lost_filters: vec![false; plan.filters.len()],
            starts: Vec::new(),
            order: Vec::new(),
            records: Vec::new(),
            spoiled: FxHashSet::default(),
            newest: day::NONE,
            readable: true,
        };
        Join {
            loaded,
            places: Vec::new(),
            cutoff,
            first: vec![0; groups],
            more: FxHashSet::default(),
            groups,
        }
    }

    pub(super) fn push(
        &mut self,
        plan: &TablePlan<'_>,
        mut part: Part,
        report: &mut TableReport,
        rejects: &mut Rejects,
    ) {
        report.rows += part.rows;
        report.after_cutoff += part.after_cutoff;
        for repair in &part.repairs {
            *report.repairs.entry(repair.name()).or_default() += 1;
        }
        let mut copies = 0;
        for (place, &hash) in part.places.iter_mut().zip(&part.hashes) {
            if *place != NOWHERE && self.is_copy(*place, hash) {
                *place = NOWHERE;
                copies += 1;
            }
        }
        report.duplicates += copies;
        self.note_faults(plan, &mut part, report, rejects);
        let loaded = &mut self.loaded;
        let newest = part.places.iter().zip(&part.observed).filter(|(place, _)| **place != NOWHERE);
        loaded.newest = newest.map(|(_, &day)| day).max().unwrap_or(day::NONE).max(loaded.newest);
        self.places.extend(&part.places);
        loaded.observed.extend(part.observed);
        loaded.event.extend(part.event);
        loaded.records.extend(part.records);
        for (all, more) in loaded.passes.iter_mut().zip(part.passes) {
            all.extend(more);
        }
        for (all, more) in loaded.columns.iter_mut().zip(part.columns) {
            match (all.as_mut(), more) {
                (Some(all), Some(more)) => all.append(more),
                (None, more) => *all = more,
                (Some(_), None) => {}
            }
        }
    }

    fn is_copy(&mut self, place: u32, hash: u64) -> bool {
        // Zero marks a group without rows yet.
        let hash = hash.max(1);
        let Some(first) = self.first.get_mut(place as usize) else { return false };
        if *first == 0 {
            *first = hash;
            return false;
        }
        *first == hash || !self.more.insert((place, hash))
    }

    /// Writes down what was rejected, in the order of the file.
    fn note_faults(
        &mut self,
        plan: &TablePlan<'_>,
        part: &mut Part,
        report: &mut TableReport,
        rejects: &mut Rejects,
    ) {
        let table = &plan.table.entry;
        let mut found: Vec<Reject> =
            Vec::with_capacity(part.row_faults.len() + part.cell_faults.len());
        for (record, fault, place, raw) in part.row_faults.drain(..) {
            self.loaded.spoiled.extend(place);
            found.push(Reject {
                record,
                fault,
                field: String::new(),
                column: String::new(),
                place,
                raw_key: raw,
                value: None,
            });
        }
        let mut seen = FxHashSet::default();
        for (spec, fault, value) in part.cell_faults.drain(..) {
            let place = part.places[fault.row];
            let column = plan.specs[spec].column;
            // One bad cell is one reject, however many fields read it.
            if place != NOWHERE && seen.insert((fault.row, column)) {
                let record = part.records[fault.row];
                let field = plan.specs[spec].wanted_by.clone();
                found.push(Reject {
                    record,
                    fault: fault.fault,
                    field,
                    column: plan.columns[column].clone(),
                    place: Some(place),
                    raw_key: None,
                    value,
                });
            }
        }
        found.sort_by(|a, b| (a.record, a.fault, &a.field).cmp(&(b.record, b.fault, &b.field)));
        for reject in found {
            report.reject(&reject);
            rejects.push(table, reject);
        }
    }

    /// Orders the rows by group and drops the superseded ones.
    pub(super) fn finish(
        mut self,
        plan: &TablePlan<'_>,
        report: &mut TableReport,
        readable: bool,
    ) -> Loaded {
        let mut starts = vec![0_u32; self.groups + 1];
        for &place in self.places.iter().filter(|place| **place != NOWHERE) {
            starts[place as usize + 1] += 1;
        }
        for group in 0..self.groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut order = vec![0_u32; *starts.last().unwrap_or(&0) as usize];
        for (row, &place) in (0_u32..).zip(&self.places) {
            if place != NOWHERE {
                let slot = &mut next[place as usize];
                order[*slot as usize] = row;
                *slot += 1;
            }
        }
        let before = order.len();
        keep_winners(plan, &self.loaded, &mut starts, &mut order);
        report.superseded += before - order.len();
        report.taken += order.len();
        let stale = |row: &&u32| is_stale(plan, self.loaded.observed[**row as usize], self.cutoff);
        report.stale += order.iter().filter(stale).count();
        self.loaded.starts = starts;
        self.loaded.order = order;
        self.loaded.readable = readable;
        self.loaded
    }
}

/// Whether a row is older than its table's refresh interval allows.
pub(super) fn is_stale(plan: &TablePlan<'_>, observed: i32, cutoff: i32) -> bool {
    let days = i32::try_from(plan.table.entry.refresh_days).unwrap_or(i32::MAX);
    days > 0 && observed.saturating_add(days) < cutoff
}

/// Sorts the rows of every group; where the table says that one row wins for
/// a key and period, the others go.
fn keep_winners(plan: &TablePlan<'_>, loaded: &Loaded, starts: &mut [u32], order: &mut Vec<u32>) {
    let policy = plan.table.entry.duplicates;
    let mut kept = 0;
    let mut start = 0;
    for bound in starts.iter_mut().skip(1) {
        let end = *bound as usize;
        order[start..end].sort_unstable_by_key(|&row| {
            let observed =
                if policy == Duplicates::First { 0 } else { loaded.observed[row as usize] };
            (loaded.event_key(plan, row), observed, row)
        });
        for at in start..end {
            let event = loaded.event_key(plan, order[at]);
            let same = |other: Option<&u32>| {
                other.is_some_and(|&row| loaded.event_key(plan, row) == event)
            };
            let wins = match policy {
                Duplicates::Keep => true,
                Duplicates::Latest => at + 1 == end || !same(order.get(at + 1)),
                Duplicates::First => at == start || !same(order.get(at - 1)),
            };
            if wins {
                order[kept] = order[at];
                kept += 1;
            }
        }
        start = end;
        *bound = u32::try_from(kept).unwrap_or(u32::MAX);
    }
    order.truncate(kept);
}
