//! Reads one table into typed columns, each row at its dossier.
//!
//! Blocks are cut and parsed on all threads and joined in the order of the
//! file. Rows that do not count (observed after the cut-off, faulty keys,
//! exact copies) stop here; what is left is ordered by dossier, event date,
//! observation and place in the file.

use std::path::Path;
use std::sync::mpsc;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use zhida_model::catalogue::types::{Duplicates, KeyKind};
use zhida_model::domain::{SubjectKind, trim_spaces};

use super::cell::{CellFault, Context, Parsed, parse_column};
use super::day;
use super::fault::Fault;
use super::identify::Repair;
use super::plan::TablePlan;
use super::read::{self, Batch, Block, Broken, ReadError, TableFile};
use super::rejects::{Reject, Rejects};
use super::report::{Finding, TableReport};

/// Rows without a place: they do not count.
const NOWHERE: u32 = u32::MAX;

/// Blocks cut at a time.
const WAVE: usize = 8;

/// Dossier rows by household number.
#[derive(Default)]
pub(super) struct Households {
    /// Index of a household number.
    pub(super) numbers: FxHashMap<Vec<u8>, u32>,
    /// The household of each citizen; `u32::MAX` for none.
    pub(super) of: Vec<u32>,
}

/// A table in memory.
pub(super) struct Loaded {
    /// Row of the table → whether it counts, by parsed filter.
    pub(super) passes: Vec<Vec<bool>>,
    pub(super) observed: Vec<i32>,
    /// Event dates; the observation where the table has none.
    pub(super) event: Vec<i32>,
    /// By spec; `None` where the column is missing.
    pub(super) columns: Vec<Option<Parsed>>,
    /// Filters whose column is missing.
    pub(super) lost_filters: Vec<bool>,
    /// Place (dossier or household) of group g: rows `order[starts[g]..starts[g+1]]`.
    pub(super) starts: Vec<u32>,
    pub(super) order: Vec<u32>,
    /// Row of the table → number in the file.
    pub(super) records: Vec<u32>,
    /// Groups with a rejected row.
    pub(super) spoiled: FxHashSet<u32>,
    /// Day of the newest row; `day::NONE` for an empty table.
    pub(super) newest: i32,
    /// The table could be read.
    pub(super) readable: bool,
}

/// What all tables share while they are read.
pub(super) struct Reading<'a> {
    pub(super) dir: &'a Path,
    pub(super) context: &'a Context<'a>,
    pub(super) households: &'a Households,
    /// Dossiers of each kind.
    pub(super) rows: [usize; 2],
    pub(super) known_at: Date,
}

/// A parsed stretch of the table.
struct Part {
    places: Vec<u32>,
    records: Vec<u32>,
    hashes: Vec<u64>,
    observed: Vec<i32>,
    event: Vec<i32>,
    passes: Vec<Vec<bool>>,
    columns: Vec<Option<Parsed>>,
    cell_faults: Vec<(usize, CellFault, Option<String>)>,
    row_faults: Vec<(u32, Fault, Option<u32>, Option<String>)>,
    repairs: Vec<Repair>,
    after_cutoff: usize,
    rows: usize,
}

/// Which file column serves which planned column.
pub(super) struct Columns {
    wanted: Vec<Option<usize>>,
    present: Vec<bool>,
}

impl Columns {
    /// Looks the planned columns up in the header, and reports the missing.
    pub(super) fn new(plan: &TablePlan<'_>, file: &TableFile, report: &mut TableReport) -> Columns {
        let place = |name: &String| plan.columns.iter().position(|column| column == name);
        let mut wanted: Vec<Option<usize>> = file.columns.iter().map(place).collect();
        let mut present = vec![false; plan.columns.len()];
        for slot in &mut wanted {
            match *slot {
                // A second column of the same name is not read.
                Some(column) if present[column] => *slot = None,
                Some(column) => present[column] = true,
                None => {}
            }
        }
        for (name, _) in plan.columns.iter().zip(&present).filter(|(_, present)| !**present) {
            let table = &plan.table.entry;
            report.missing_columns += 1;
            report.findings.push(Finding {
                code: "missing_column",
                message: format!("表 {}（{}）缺少列 {name}", table.name, table.label),
                remedy: format!("请{}按目录补上该列，或在目录中更正列名；在此之前取自该列的字段一律为未知", table.owner),
            });
        }
        Columns { wanted, present }
    }

    /// Whether the table can be used at all.
    pub(super) fn usable(&self, plan: &TablePlan<'_>) -> bool {
        self.present[plan.key] && self.present[plan.observed.0]
    }

    /// Whether the file has a planned column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.present[column]
    }

    /// Cuts the wanted cells of a block.
    pub(super) fn cut(&self, block: Block) -> Batch {
        block.cut(&self.wanted, self.present.len())
    }
}

/// Calls `each` with the results of `work` on every block, in file order.
pub(super) fn for_each_block<T: Send>(
    mut file: TableFile,
    work: impl Fn(Block) -> T + Sync,
    mut each: impl FnMut(T),
) -> Result<(), ReadError> {
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(WAVE);
        let reader = scope.spawn(move || -> Result<(), ReadError> {
            while let Some(block) = file.next_block()? {
                if sender.send(block).is_err() {
                    break;
                }
            }
            Ok(())
        });
        while let Ok(first) = receiver.recv() {
            let mut wave = vec![first];
            wave.extend(receiver.try_iter().take(WAVE - 1));
            let parts: Vec<T> = wave.into_par_iter().map(&work).collect();
            parts.into_iter().for_each(&mut each);
        }
        // The reader does not panic; if it did, the table would be cut short unnoticed.
        reader.join().unwrap_or_else(|_| {
            Err(ReadError::Io { path: Path::new("").to_owned(), source: std::io::Error::other("the reading thread failed") })
        })
    })
}

impl Reading<'_> {
    /// Reads a table; a table that cannot be read is empty and reported.
    pub(super) fn load(&self, plan: &TablePlan<'_>, report: &mut TableReport, rejects: &mut Rejects) -> Loaded {
        let groups = self.groups(plan);
        let entry = &plan.table.entry;
        let mut join = Join::new(plan, groups, day::of(self.known_at));
        let file = match read::open(self.dir, &entry.name, entry.encoding) {
            Ok(file) => file,
            Err(error) => {
                report.findings.push(Finding::unreadable(entry, &error));
                return join.finish(plan, report, false);
            }
        };
        let columns = Columns::new(plan, &file, report);
        if !columns.usable(plan) {
            return join.finish(plan, report, false);
        }
        let work = |block| self.part(plan, &columns, block);
        let done = for_each_block(file, work, |part| join.push(plan, part, report, rejects));
        let readable = match done {
            Ok(()) => true,
            Err(error) => {
                report.findings.push(Finding::unreadable(entry, &error));
                false
            }
        };
        if !readable {
            join = Join::new(plan, groups, day::of(self.known_at));
        }
        join.loaded.lost_filters = plan.filters.iter().map(|filter| !columns.present[filter.column]).collect();
        join.finish(plan, report, readable)
    }

    fn groups(&self, plan: &TablePlan<'_>) -> usize {
        match plan.table.entry.key.kind {
            KeyKind::Household => self.households.numbers.len(),
            _ => self.rows[plan.table.entry.subject.index()],
        }
    }

    /// The place of a row by its key.
    fn place(&self, plan: &TablePlan<'_>, raw: &str) -> Result<(u32, Option<Repair>), Fault> {
        let kind = match plan.table.entry.key.kind {
            KeyKind::Uscc => SubjectKind::Enterprise,
            KeyKind::ResidentId => SubjectKind::Citizen,
            KeyKind::Household => {
                let number = trim_spaces(raw);
                let found = self.households.numbers.get(number.as_bytes());
                return match found {
                    _ if number.is_empty() => Err(Fault::MissingKey),
                    Some(&place) => Ok((place, None)),
                    None => Err(Fault::Orphan),
                };
            }
        };
        self.context.subjects[kind.index()].find(kind, raw, self.known_at)
    }

    /// Cuts and parses one block.
    fn part(&self, plan: &TablePlan<'_>, columns: &Columns, block: Block) -> Part {
        let batch = columns.cut(block);
        let rows = batch.rows();
        let mut part = Part::new(&batch);
        let cutoff = day::of(self.known_at);
        for row in 0..rows {
            let place = match observed(plan, &batch, row, cutoff) {
                Observed::Later => {
                    part.after_cutoff += 1;
                    part.observed.push(day::NONE);
                    part.event.push(day::NONE);
                    part.places.push(NOWHERE);
                    continue;
                }
                Observed::On(day) => {
                    part.observed.push(day);
                    Ok(())
                }
                Observed::Faulty(fault) => {
                    part.observed.push(day::NONE);
                    Err(fault)
                }
            };
            let event = event(plan, columns, &batch, row);
            let place = self.checked_place(plan, &batch, row, place.and(event.as_ref().map_err(|f| *f).map(|_| ())), &mut part);
            part.event.push(event.ok().flatten().unwrap_or_else(|| part.observed[row]));
            part.places.push(place);
        }
        part.filter(plan, columns, &batch);
        self.parse(plan, columns, &batch, &mut part);
        part.records = batch.records;
        part.hashes = batch.hashes;
        part
    }

    /// The place of a row, or [`NOWHERE`] with its fault noted.
    fn checked_place(&self, plan: &TablePlan<'_>, batch: &Batch, row: usize, dates: Result<(), Fault>, part: &mut Part) -> u32 {
        let raw = batch.cell(plan.key, row);
        let found = self.place(plan, raw);
        let (fault, place) = match (found, dates) {
            (Ok((place, repair)), Ok(())) => {
                part.repairs.extend(repair);
                return place;
            }
            (Err(fault), _) => (fault, None),
            (Ok((place, _)), Err(fault)) => (fault, Some(place)),
        };
        let raw = matches!(fault, Fault::Orphan | Fault::FifteenDigitId).then(|| raw.to_owned());
        part.row_faults.push((batch.records[row], fault, place, raw));
        NOWHERE
    }

    fn parse(&self, plan: &TablePlan<'_>, columns: &Columns, batch: &Batch, part: &mut Part) {
        for (at, spec) in plan.specs.iter().enumerate() {
            if !columns.present[spec.column] || spec.filter.is_some_and(|f| !columns.present[plan.filters[f].column]) {
                part.columns.push(None);
                continue;
            }
            let mut faults = Vec::new();
            let places = &part.places;
            let passes = spec.filter.map(|filter| &part.passes[filter]);
            let pass = |row: usize| places[row] != NOWHERE && passes.is_none_or(|passes| passes[row]);
            let parsed = parse_column(self.context, batch, spec.column, &spec.parse, &pass, &mut faults);
            part.columns.push(Some(parsed));
            for fault in faults {
                let shown = spec.show.then(|| batch.cell(spec.column, fault.row).to_owned());
                part.cell_faults.push((at, fault, shown));
            }
        }
    }
}

/// When a row was observed.
pub(super) enum Observed {
    On(i32),
    Later,
    Faulty(Fault),
}

/// When a row was observed, or what is wrong with it.
pub(super) fn observed(plan: &TablePlan<'_>, batch: &Batch, row: usize, cutoff: i32) -> Observed {
    let (column, format) = plan.observed;
    let text = batch.cell(column, row);
    match day::parse(text, format) {
        Some(day) if day > cutoff => Observed::Later,
        Some(day) => Observed::On(day),
        None if trim_spaces(text).is_empty() => Observed::Faulty(Fault::MissingObservedAt),
        None => Observed::Faulty(Fault::BadObservedAt),
    }
}

/// The event date of a row; `None` where the table has none.
pub(super) fn event(plan: &TablePlan<'_>, columns: &Columns, batch: &Batch, row: usize) -> Result<Option<i32>, Fault> {
    match plan.event {
        Some((column, format)) if columns.present[column] => {
            day::parse(batch.cell(column, row), format).map(Some).ok_or(Fault::BadEventDate)
        }
        _ => Ok(None),
    }
}

impl Part {
    fn new(batch: &Batch) -> Part {
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

    fn filter(&mut self, plan: &TablePlan<'_>, columns: &Columns, batch: &Batch) {
        for filter in &plan.filters {
            let present = columns.present[filter.column];
            let pass = |row: usize| {
                let text = batch.cell(filter.column, row);
                let equal = |value: &String| value == text || *value == zhida_model::domain::tidy(text);
                present && filter.values.iter().any(equal)
            };
            self.passes.push((0..batch.rows()).map(pass).collect());
        }
    }
}

/// Joins the parts in the order of the file.
struct Join {
    loaded: Loaded,
    places: Vec<u32>,
    /// Hash of the first row of each group; further ones go to `more`.
    first: Vec<u64>,
    more: FxHashSet<(u32, u64)>,
    groups: usize,
    cutoff: i32,
}

impl Join {
    fn new(plan: &TablePlan<'_>, groups: usize, cutoff: i32) -> Join {
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

    fn push(&mut self, plan: &TablePlan<'_>, mut part: Part, report: &mut TableReport, rejects: &mut Rejects) {
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
    fn note_faults(&mut self, plan: &TablePlan<'_>, part: &mut Part, report: &mut TableReport, rejects: &mut Rejects) {
        let table = &plan.table.entry;
        let mut found: Vec<Reject> = Vec::with_capacity(part.row_faults.len() + part.cell_faults.len());
        for (record, fault, place, raw) in part.row_faults.drain(..) {
            self.loaded.spoiled.extend(place);
            found.push(Reject { record, fault, field: String::new(), place, raw_key: raw, value: None });
        }
        let mut seen = FxHashSet::default();
        for (spec, fault, value) in part.cell_faults.drain(..) {
            let place = part.places[fault.row];
            let column = plan.specs[spec].column;
            // One bad cell is one reject, however many fields read it.
            if place != NOWHERE && seen.insert((fault.row, column)) {
                let record = part.records[fault.row];
                let field = plan.specs[spec].wanted_by.clone();
                found.push(Reject { record, fault: fault.fault, field, place: Some(place), raw_key: None, value });
            }
        }
        found.sort_by(|a, b| (a.record, a.fault, &a.field).cmp(&(b.record, b.fault, &b.field)));
        for reject in found {
            report.reject(&reject);
            rejects.push(table, reject);
        }
    }

    /// Orders the rows by group and drops the superseded ones.
    fn finish(mut self, plan: &TablePlan<'_>, report: &mut TableReport, readable: bool) -> Loaded {
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
    for group in 1..starts.len() {
        let end = starts[group] as usize;
        order[start..end].sort_unstable_by_key(|&row| {
            let observed = if policy == Duplicates::First { 0 } else { loaded.observed[row as usize] };
            (loaded.event_key(plan, row), observed, row)
        });
        for at in start..end {
            let event = loaded.event_key(plan, order[at]);
            let same = |other: Option<&u32>| other.is_some_and(|&row| loaded.event_key(plan, row) == event);
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
        starts[group] = u32::try_from(kept).unwrap_or(u32::MAX);
    }
    order.truncate(kept);
}

impl Loaded {
    /// The event date of a row, or one day for all where the table has none.
    pub(super) fn event_key(&self, plan: &TablePlan<'_>, row: u32) -> i32 {
        if plan.event.is_some() { self.event[row as usize] } else { 0 }
    }

    /// The rows of a group, by event date, observation and place in the file.
    pub(super) fn rows(&self, group: u32) -> &[u32] {
        let bound = |at: usize| self.starts.get(at).copied().unwrap_or(0) as usize;
        let group = group as usize;
        if group >= self.starts.len() {
            return &[];
        }
        self.order.get(bound(group)..bound(group + 1)).unwrap_or_default()
    }
}
