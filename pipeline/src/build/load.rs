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
use zhida_model::catalogue::types::KeyKind;
use zhida_model::domain::{SubjectKind, trim_spaces};

use super::cell::{Context, Parsed, parse_column};
use super::day;
use super::fault::Fault;
use super::identify::Repair;
use super::join::{Join, Part};
use super::plan::TablePlan;
use super::read::{self, Batch, Block, ReadError, TableFile};
use super::rejects::Rejects;
use super::report::{Finding, TableReport};

/// Rows without a place: they do not count.
pub(super) const NOWHERE: u32 = u32::MAX;

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
                remedy: format!(
                    "请{}按目录补上该列，或在目录中更正列名；在此之前取自该列的字段一律为未知",
                    plan.table.owner_label
                ),
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
            Err(ReadError::Io {
                path: Path::new("").to_owned(),
                source: std::io::Error::other("the reading thread failed"),
            })
        })
    })
}

impl Reading<'_> {
    /// Reads a table; a table that cannot be read is empty and reported.
    pub(super) fn load(
        &self,
        plan: &TablePlan<'_>,
        report: &mut TableReport,
        rejects: &mut Rejects,
    ) -> Loaded {
        let groups = self.groups(plan);
        let entry = &plan.table.entry;
        let mut join = Join::new(plan, groups, day::of(self.known_at));
        let file = match read::open(self.dir, &entry.name, entry.encoding) {
            Ok(file) => file,
            Err(error) => {
                report.findings.push(Finding::unreadable(plan.table, &error));
                return join.finish(plan, report, false);
            }
        };
        let columns = Columns::new(plan, &file, report);
        if !columns.usable(plan) {
            return join.finish(plan, report, false);
        }
        // A table without rows has columns all the same.
        join.push(
            plan,
            self.part(plan, &columns, Batch::empty(plan.columns.len())),
            report,
            rejects,
        );
        let work = |block| self.part(plan, &columns, columns.cut(block));
        let done = for_each_block(file, work, |part| join.push(plan, part, report, rejects));
        let readable = match done {
            Ok(()) => true,
            Err(error) => {
                report.findings.push(Finding::unreadable(plan.table, &error));
                false
            }
        };
        if !readable {
            join = Join::new(plan, groups, day::of(self.known_at));
        }
        join.loaded.lost_filters =
            plan.filters.iter().map(|filter| !columns.present[filter.column]).collect();
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

    /// Parses one batch.
    fn part(&self, plan: &TablePlan<'_>, columns: &Columns, batch: Batch) -> Part {
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
            let place = self.checked_place(
                plan,
                &batch,
                row,
                place.and(event.as_ref().map_err(|f| *f).map(|_| ())),
                &mut part,
            );
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
    fn checked_place(
        &self,
        plan: &TablePlan<'_>,
        batch: &Batch,
        row: usize,
        dates: Result<(), Fault>,
        part: &mut Part,
    ) -> u32 {
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
            if !columns.present[spec.column]
                || spec.filter.is_some_and(|f| !columns.present[plan.filters[f].column])
            {
                part.columns.push(None);
                continue;
            }
            let mut faults = Vec::new();
            let places = &part.places;
            let passes = spec.filter.map(|filter| &part.passes[filter]);
            let pass =
                |row: usize| places[row] != NOWHERE && passes.is_none_or(|passes| passes[row]);
            let parsed =
                parse_column(self.context, batch, spec.column, &spec.parse, &pass, &mut faults);
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
pub(super) fn event(
    plan: &TablePlan<'_>,
    columns: &Columns,
    batch: &Batch,
    row: usize,
) -> Result<Option<i32>, Fault> {
    match plan.event {
        Some((column, format)) if columns.present[column] => {
            day::parse(batch.cell(column, row), format).map(Some).ok_or(Fault::BadEventDate)
        }
        _ => Ok(None),
    }
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
