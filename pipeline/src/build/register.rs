//! The registers: which dossiers there are, and in which order.
//!
//! A first pass over a register reads keys, dates and two columns only; the
//! register is read again as a table like the others. Dossiers are ordered by
//! home region, then by key, so that regions are runs of rows.

use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::catalogue::types::{Duplicates, FieldType};
use zhida_model::catalogue::{Catalogue, SourceTable};
use zhida_model::domain::{KeySecret, Reason, SubjectKey, SubjectKind};

use super::cell::{Cells, Context, parse_column};
use super::day;
use super::identify::{Identity, Subjects, identify};
use super::load::{Columns, Observed, event, for_each_block, observed};
use super::plan::TablePlan;
use super::read::{self, Block};
use super::report::TableReport;

/// A subject whose home region is not known.
pub(super) const NO_REGION: u16 = u16::MAX;

/// The dossiers of one kind, by row.
pub(super) struct Registered {
    pub(super) keys: Vec<SubjectKey>,
    /// Dense index of the home region: the first region field of the register.
    pub(super) home: Vec<u16>,
    /// Day on which the subject came to be: the first date field of the
    /// register; `day::NONE` where it is not known.
    pub(super) origin: Vec<i32>,
    pub(super) subjects: Subjects,
}

/// What the first pass keeps of a row.
#[derive(Clone, Copy)]
struct Entry {
    event: i32,
    observed: i32,
    home: u16,
    origin: i32,
}

/// The first pass over the register of a kind. Faults are left to the second.
pub(super) fn scan(
    dir: &Path,
    catalogue: &Catalogue,
    kind: SubjectKind,
    context: &Context<'_>,
    secret: &KeySecret,
) -> Registered {
    let table = catalogue.register(kind);
    let plan = TablePlan::new(catalogue, table);
    let found = read_entries(dir, catalogue, table, &plan, kind, context);
    arrange(found, kind, secret)
}

fn read_entries(
    dir: &Path,
    catalogue: &Catalogue,
    table: &SourceTable,
    plan: &TablePlan<'_>,
    kind: SubjectKind,
    context: &Context<'_>,
) -> FxHashMap<Identity, Entry> {
    let mut found: FxHashMap<Identity, Entry> = FxHashMap::default();
    let Ok(file) = read::open(dir, &table.entry.name, table.entry.encoding) else { return found };
    let mut unused = TableReport::default();
    let columns = Columns::new(plan, &file, &mut unused);
    if !columns.usable(plan) {
        return found;
    }
    let home = first_spec(catalogue, plan, kind, FieldType::Region);
    let origin = first_spec(catalogue, plan, kind, FieldType::Date);
    let work = |block| entries(plan, &columns, kind, context, [home, origin], block);
    let first_wins = table.entry.duplicates == Duplicates::First;
    let merge = |part: Vec<(Identity, Entry)>| {
        for (identity, entry) in part {
            let slot = found.entry(identity).or_insert(entry);
            let later = (entry.event, entry.observed) >= (slot.event, slot.observed);
            if later && !(first_wins && entry.event == slot.event) {
                *slot = entry;
            }
        }
    };
    match for_each_block(file, work, merge) {
        Ok(()) => found,
        // The second pass reports it; a register cut short would lose people.
        Err(_) => FxHashMap::default(),
    }
}

/// The parsed column of the first field of a type that the register holds.
fn first_spec(
    catalogue: &Catalogue,
    plan: &TablePlan<'_>,
    kind: SubjectKind,
    wanted: FieldType,
) -> Option<usize> {
    let mut fields = catalogue.fields_of(kind).filter(|field| field.kind == wanted);
    fields.find_map(|field| plan.slots.iter().find(|slot| slot.field == field.id)?.spec)
}

fn entries(
    plan: &TablePlan<'_>,
    columns: &Columns,
    kind: SubjectKind,
    context: &Context<'_>,
    specs: [Option<usize>; 2],
    block: Block,
) -> Vec<(Identity, Entry)> {
    let batch = columns.cut(block);
    let cutoff = day::of(context.known_at);
    let [home, origin] = specs.map(|spec| {
        let spec = plan.specs.get(spec?).filter(|spec| columns.has(spec.column))?;
        Some(parse_column(context, &batch, spec.column, &spec.parse, &|_| true, &mut Vec::new()))
    });
    let mut found = Vec::with_capacity(batch.rows());
    for row in 0..batch.rows() {
        let Observed::On(seen) = observed(plan, &batch, row, cutoff) else { continue };
        let Ok(event) = event(plan, columns, &batch, row) else { continue };
        let Ok(identified) = identify(kind, batch.cell(plan.key, row), context.known_at) else {
            continue;
        };
        let home = match home.as_ref().map(|parsed| (&parsed.cells, parsed.reason(row))) {
            Some((Cells::Place(places), Reason::Known)) => places[row],
            _ => NO_REGION,
        };
        let origin = match origin.as_ref().map(|parsed| (parsed.whole(row), parsed.reason(row))) {
            Some((days, Reason::Known)) => i32::try_from(days).unwrap_or(day::NONE),
            _ => day::NONE,
        };
        found.push((
            identified.identity,
            Entry { event: event.unwrap_or(0), observed: seen, home, origin },
        ));
    }
    found
}

/// Sorts the subjects by home region and key and numbers them.
fn arrange(found: FxHashMap<Identity, Entry>, kind: SubjectKind, secret: &KeySecret) -> Registered {
    let mut all: Vec<(u16, SubjectKey, i32, Identity)> = found
        .into_par_iter()
        .map(|(identity, entry)| {
            // Checked numbers are ASCII.
            let number = std::str::from_utf8(&identity).unwrap_or_default();
            (entry.home, secret.subject_key(kind, number), entry.origin, identity)
        })
        .collect();
    all.par_sort_unstable_by_key(|&(home, key, _, _)| (home, key));
    let mut rows = FxHashMap::with_capacity_and_hasher(all.len(), rustc_hash::FxBuildHasher);
    let mut registered = Registered {
        keys: Vec::with_capacity(all.len()),
        home: Vec::with_capacity(all.len()),
        origin: Vec::with_capacity(all.len()),
        subjects: Subjects::default(),
    };
    for (row, (home, key, origin, identity)) in (0_u32..).zip(all) {
        rows.insert(identity, row);
        registered.keys.push(key);
        registered.home.push(home);
        registered.origin.push(origin);
    }
    registered.subjects = Subjects::new(rows);
    registered
}
