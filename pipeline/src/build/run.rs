//! The order of a build: registers, tables one by one, fields, relations,
//! files. A table is dropped before the next is read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::catalogue::types::{KeyKind, Take};
use zhida_model::catalogue::{Catalogue, Field, FieldId, SourceTable};
use zhida_model::domain::SubjectKind;
use zhida_model::frame::World;
use zhida_store::{ManifestInfo, Snapshot, SnapshotWriter};

use super::aggregate::{Dense, View};
use super::cell::Context;
use super::export::{self, Words};
use super::facts::{self, Gathered};
use super::frames::{Prepared, assemble, prepare, prepare_facts};
use super::identify::Subjects;
use super::load::{Households, Loaded, Reading};
use super::plan::{Slot, TablePlan};
use super::register::{self, Registered};
use super::rejects::{Reject, Rejects};
use super::relate::{self, Related};
use super::report::{BuildReport, FieldReport, RelationReport, TableReport, count_reasons};
use super::resolve::resolve;
use super::scope::Scope;
use super::{BuildError, BuildOptions, Progress, day, read};

/// The directory in which files are written before they replace the old ones.
const STAGING: &str = ".build.partial";

/// What one source of a field has given.
enum Sourced {
    Dense(Dense),
    Facts(Gathered),
}

/// Everything gathered so far.
struct Gathering {
    /// By field, then by source, until all sources are there.
    sources: Vec<Vec<Option<Sourced>>>,
    /// By field.
    fields: Vec<Option<Prepared>>,
    /// By field: dossiers with a known value, and the others by reason.
    counts: Vec<(usize, BTreeMap<&'static str, usize>)>,
    /// By field, then by source.
    disputed: Vec<Vec<usize>>,
    relations: Vec<Option<Related>>,
    reports: Vec<TableReport>,
}

/// Builds dossiers and a snapshot from the tables of a directory.
///
/// # Errors
/// [`BuildError`] when nothing can be read or written. Faulty rows and
/// missing columns are no errors; they are in the report. Whatever fails, the
/// previous files and the previous snapshot stay as they were.
pub fn build(options: &BuildOptions<'_>) -> Result<BuildReport, BuildError> {
    read::refuse_remote(&options.tables)?;
    same_key(options)?;
    let staging = options.out.join(STAGING);
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| BuildError::Write { path, problem: error.to_string() }
    };
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(fail(&staging))?;
    }
    fs::create_dir_all(&staging).map_err(fail(&staging))?;
    let report = build_in(options, &staging);
    // After an error it would only take up space; after success it is empty.
    let _ = fs::remove_dir_all(&staging);
    report
}

/// Everybody gets another key from another secret: pushes would go out again.
/// A snapshot whose manifest cannot be read is in force for nobody: the build
/// that replaces it is not refused.
fn same_key(options: &BuildOptions<'_>) -> Result<(), BuildError> {
    let before = Snapshot::manifest_of(&options.out).ok().and_then(|manifest| manifest.key_id);
    match before {
        Some(before) if before != options.secret.id() && !options.new_key => {
            Err(BuildError::OtherKey { out: options.out.clone() })
        }
        _ => Ok(()),
    }
}

fn build_in(options: &BuildOptions<'_>, staging: &Path) -> Result<BuildReport, BuildError> {
    let catalogue = options.catalogue;
    let mut context = Context {
        regions: options.regions,
        zones: options.regions.zones().map(|zone| zone.id.as_str()).zip(0..).collect(),
        industries: options.industries,
        subjects: [Subjects::default(), Subjects::default()],
        known_at: options.known_at,
    };
    let mut registered = SubjectKind::ALL
        .map(|kind| register::scan(&options.tables, catalogue, kind, &context, options.secret));
    for kind in SubjectKind::ALL {
        context.subjects[kind.index()] = std::mem::take(&mut registered[kind.index()].subjects);
    }
    let path = staging.join("rejects.csv");
    let keys = [registered[0].keys.as_slice(), registered[1].keys.as_slice()];
    let rejects = Rejects::create(&path, options.secret, options.known_at, keys);
    let mut rejects =
        rejects.map_err(|error| BuildError::Write { path, problem: error.to_string() })?;
    let mut gathering = Gathering::new(catalogue);
    gathering.read_tables(options, &context, &registered, &mut rejects);
    rejects
        .finish()
        .map_err(|(path, error)| BuildError::Write { path, problem: error.to_string() })?;
    drop(context);
    gathering.refuse_gaps(options, &registered)?;
    (options.progress)(Progress::Writing);
    let (world, report) = gathering.finish(options, &registered);
    write(options, staging, &world, &report)?;
    (options.progress)(Progress::Done);
    Ok(report)
}

impl Gathering {
    fn new(catalogue: &Catalogue) -> Gathering {
        let sources =
            catalogue.fields().iter().map(|field| field.sources.iter().map(|_| None).collect());
        Gathering {
            sources: sources.collect(),
            fields: catalogue.fields().iter().map(|_| None).collect(),
            counts: vec![Default::default(); catalogue.fields().len()],
            disputed: vec![Vec::new(); catalogue.fields().len()],
            relations: catalogue.relations().iter().map(|_| None).collect(),
            reports: catalogue
                .tables()
                .iter()
                .map(|table| TableReport::new(&table.entry))
                .collect(),
        }
    }

    /// Reads the tables, the one that tells households first.
    fn read_tables(
        &mut self,
        options: &BuildOptions<'_>,
        context: &Context<'_>,
        registered: &[Registered; 2],
        rejects: &mut Rejects<'_>,
    ) {
        let catalogue = options.catalogue;
        let mut tables: Vec<&SourceTable> = catalogue.tables().iter().collect();
        tables.sort_by_key(|table| table.entry.household_of.is_none());
        let mut households = Households::default();
        let rows = [registered[0].keys.len(), registered[1].keys.len()];
        for (number, table) in (1..).zip(&tables) {
            let name = table.entry.name.clone();
            (options.progress)(Progress::Table { name, number, of: tables.len() });
            let plan = TablePlan::new(catalogue, table);
            let mut report = std::mem::take(&mut self.reports[table.id.index()]);
            let reading = Reading {
                dir: &options.tables,
                context,
                households: &households,
                rows,
                known_at: options.known_at,
            };
            let loaded = reading.load(&plan, &mut report, rejects);
            self.take_table(options, registered, &households, &plan, &loaded, &mut report, rejects);
            report.settle();
            self.reports[table.id.index()] = report;
            if plan.household.is_some() {
                households = households_of(
                    &plan,
                    &loaded,
                    registered[SubjectKind::Citizen.index()].keys.len(),
                );
            }
        }
    }

    /// Makes values, facts and edges from one table.
    #[expect(clippy::too_many_arguments, reason = "what a table meets on its way")]
    fn take_table(
        &mut self,
        options: &BuildOptions<'_>,
        registered: &[Registered; 2],
        households: &Households,
        plan: &TablePlan<'_>,
        loaded: &Loaded,
        report: &mut TableReport,
        rejects: &mut Rejects<'_>,
    ) {
        let known_at = day::of(options.known_at);
        let by_household = plan.table.entry.key.kind == KeyKind::Household;
        let groups = by_household.then_some(households.of.as_slice());
        let scope_of = |kind: SubjectKind| {
            let groups = groups.filter(|_| kind == plan.table.entry.subject);
            Scope::new(plan, loaded, &registered[kind.index()], groups, options.regions, known_at)
        };
        let scope = scope_of(plan.table.entry.subject);
        let view = View { plan, loaded, scope: &scope };
        let mut faults = Vec::new();
        for (slot, sourced) in plan.slots.iter().zip(evaluate(&view, &plan.slots)) {
            if let Sourced::Facts(gathered) = &sourced {
                let field = &options.catalogue.by_id(slot.field).name;
                faults.extend(gathered.faults.iter().map(|&fault| (fault, field.clone())));
            }
            self.sources[slot.field.index()][slot.source] = Some(sourced);
            self.settle(slot.field, options, scope.rows);
        }
        for edge in &plan.edges {
            let entry = &options.catalogue.relation_by_id(edge.relation).entry;
            let subject = scope_of(entry.subject);
            let related = relate::relate(&view, &subject, edge);
            faults.extend(related.faults.iter().map(|&fault| (fault, entry.name.clone())));
            self.relations[edge.relation.index()] = Some(related);
        }
        faults.sort();
        faults.dedup();
        for ((row, place, fault), field) in faults {
            let record = loaded.records.get(row as usize).copied().unwrap_or(0);
            let place = (!by_household).then_some(place);
            let reject = Reject {
                record,
                fault,
                field,
                column: String::new(),
                place,
                raw_key: None,
                value: None,
            };
            report.reject(&reject);
            rejects.push(&plan.table.entry, reject);
        }
    }

    /// A register that holds nobody, or a table that is there and cannot be
    /// read, is no basis for telling people that something no longer fits.
    fn refuse_gaps(
        &self,
        options: &BuildOptions<'_>,
        registered: &[Registered; 2],
    ) -> Result<(), BuildError> {
        let empty: Vec<SubjectKind> = SubjectKind::ALL
            .into_iter()
            .filter(|kind| registered[kind.index()].keys.is_empty())
            .collect();
        if empty.len() == SubjectKind::ALL.len() || !(options.accept_gaps || empty.is_empty()) {
            let findings = self.register_findings(options.catalogue);
            return Err(BuildError::Empty { kinds: empty, findings });
        }
        let unreadable: Vec<String> = self
            .reports
            .iter()
            .flat_map(|report| &report.findings)
            .filter(|finding| finding.code == "unreadable_table")
            .map(|finding| format!("{}；{}", finding.message, finding.remedy))
            .collect();
        match unreadable.is_empty() || options.accept_gaps {
            true => Ok(()),
            false => Err(BuildError::Unreadable { findings: unreadable }),
        }
    }

    fn register_findings(&self, catalogue: &Catalogue) -> String {
        let registers = SubjectKind::ALL.map(|kind| catalogue.register(kind).id.index());
        let findings = registers.iter().flat_map(|&at| &self.reports[at].findings);
        let told: Vec<String> =
            findings.map(|finding| format!("{}；{}", finding.message, finding.remedy)).collect();
        match told.is_empty() {
            true => "the registers hold no valid row observed by the cut-off".to_owned(),
            false => told.join("; "),
        }
    }

    /// Puts the dossiers and the report together.
    fn finish(
        mut self,
        options: &BuildOptions<'_>,
        registered: &[Registered; 2],
    ) -> (World, BuildReport) {
        let catalogue = options.catalogue;
        for (field, disputed) in catalogue.fields().iter().zip(&self.disputed) {
            for (source, count) in field.sources.iter().zip(disputed) {
                if let Some(table) = catalogue.table(&source.table) {
                    self.reports[table.id.index()].disputed += count;
                }
            }
        }
        let stored = catalogue.fields().iter().filter(|field| field.derived.is_none());
        let field_reports = stored.map(|field| self.field_report(catalogue, field)).collect();
        let relation_reports =
            catalogue.relations().iter().zip(&self.relations).map(|(relation, related)| {
                RelationReport {
                    subject: relation.entry.subject.name(),
                    relation: relation.entry.name.clone(),
                    label: relation.entry.label.clone(),
                    edges: related.as_ref().map_or(0, |related| related.ties.len()),
                    complete: related
                        .as_ref()
                        .map_or(0, |related| related.complete.iter().filter(|list| **list).count()),
                }
            });
        let report = BuildReport {
            known_at: options.known_at,
            catalogue_version: catalogue.version().to_owned(),
            dossiers: SubjectKind::ALL
                .map(|kind| (kind.name(), registered[kind.index()].keys.len()))
                .into(),
            tables: self.reports,
            fields: field_reports,
            relations: relation_reports.collect(),
        };
        let dossiers = SubjectKind::ALL.map(|kind| {
            assemble(catalogue, kind, &registered[kind.index()], &self.fields, &mut self.relations)
        });
        (World { dossiers }, report)
    }

    /// Settles a field once all its sources are there.
    fn settle(&mut self, field: FieldId, options: &BuildOptions<'_>, rows: usize) {
        let sources = &mut self.sources[field.index()];
        if sources.iter().any(Option::is_none) {
            return;
        }
        let (mut dense, mut gathered) = (Vec::new(), Vec::new());
        for source in std::mem::take(sources).into_iter().flatten() {
            match source {
                Sourced::Dense(source) => dense.push(source),
                Sourced::Facts(source) => gathered.push(source),
            }
        }
        if let Some(joined) = facts::join(gathered) {
            self.counts[field.index()] = count_reasons(&joined.reasons);
            self.fields[field.index()] = Some(prepare_facts(joined, rows));
        } else if let Some(resolved) = resolve(dense, Some(options.regions)) {
            self.counts[field.index()] = count_reasons(&resolved.reasons);
            self.disputed[field.index()].clone_from(&resolved.disputed);
            let entry = options.catalogue.by_id(field);
            if !options.catalogue.is_identity(entry) {
                self.fields[field.index()] = Some(prepare(resolved, entry.kind));
            }
        }
    }

    fn field_report(&self, catalogue: &Catalogue, field: &Field) -> FieldReport {
        let (known, unknown) = self.counts[field.id.index()].clone();
        let mut report = FieldReport {
            subject: field.subject.name(),
            field: field.name.clone(),
            label: field.label.clone(),
            known,
            unknown,
            rejects: Default::default(),
        };
        let mut seen = Vec::new();
        for table in field.sources.iter().filter_map(|source| catalogue.table(&source.table)) {
            if !seen.contains(&table.id) {
                seen.push(table.id);
                for (reason, count) in self.reports[table.id.index()].cells_of(&field.name) {
                    *report.rejects.entry(reason).or_default() += count;
                }
            }
        }
        report
    }
}

/// The values and facts of all slots of a table, in the order of the slots.
fn evaluate(view: &View<'_>, slots: &[Slot]) -> Vec<Sourced> {
    let mut picks = FxHashMap::default();
    for slot in slots.iter().filter(|slot| slot.take == Take::Latest) {
        picks.entry(group_of(slot)).or_insert_with(|| Arc::new(view.picks(slot)));
    }
    slots
        .par_iter()
        .map(|slot| match slot.take {
            Take::Facts => Sourced::Facts(facts::gather(view, slot)),
            Take::Latest => match picks.get(&group_of(slot)) {
                Some(picks) => Sourced::Dense(view.gather(slot, picks)),
                None => Sourced::Dense(view.aggregate(slot)),
            },
            _ => Sourced::Dense(view.aggregate(slot)),
        })
        .collect()
}

/// Filter, window (years, months, skip) and refresh interval of a slot.
type SameRow = (Option<usize>, Option<(Option<u32>, Option<u32>, u32)>, u32);

/// What slots that take the same row have in common.
fn group_of(slot: &Slot) -> SameRow {
    let window = slot.window.map(|window| (window.years, window.months, window.skip));
    (slot.filter, window, slot.refresh_days)
}

/// Who lives in which household, by the table that tells it.
fn households_of(plan: &TablePlan<'_>, loaded: &Loaded, citizens: usize) -> Households {
    let mut households = Households { numbers: FxHashMap::default(), of: vec![u32::MAX; citizens] };
    let Some(column) = plan.household.and_then(|spec| loaded.columns[spec].as_ref()) else {
        return households;
    };
    for (citizen, household) in (0_u32..).zip(&mut households.of) {
        let Some(&row) = loaded.rows(citizen).last() else { continue };
        let number = column.text(row as usize);
        if number.is_empty() {
            continue;
        }
        let next = u32::try_from(households.numbers.len()).unwrap_or(u32::MAX);
        *household = match households.numbers.get(number) {
            Some(&known) => known,
            None => {
                households.numbers.insert(number.to_vec(), next);
                next
            }
        };
    }
    households
}

/// Writes all files beside the old ones, then puts them in their places, the
/// snapshot last.
fn write(
    options: &BuildOptions<'_>,
    staging: &Path,
    world: &World,
    report: &BuildReport,
) -> Result<(), BuildError> {
    let catalogue = options.catalogue;
    let words = Words {
        catalogue,
        regions: options.regions,
        industries: options.industries,
        zones: options.regions.zones().map(|zone| zone.id.as_str()).collect(),
    };
    let fail = |path: &Path, error: &dyn std::fmt::Display| BuildError::Write {
        path: path.to_owned(),
        problem: error.to_string(),
    };
    for name in ["dossiers", "relations"] {
        let dir = staging.join(name);
        fs::create_dir(&dir).map_err(|error| fail(&dir, &error))?;
    }
    let path = staging.join("quality.json");
    let json = serde_json::to_vec_pretty(report).map_err(|error| fail(&path, &error))?;
    zhida_store::atomic_write(&path, &json)?;
    let snapshot = || -> Result<SnapshotWriter<'_>, BuildError> {
        let mut writer = SnapshotWriter::create(&options.out, &options.version, catalogue)?;
        writer.write(world)?;
        for (name, bytes) in &options.files {
            writer.add_file(name, bytes)?;
        }
        Ok(writer)
    };
    let parquet = || -> Result<(), BuildError> {
        let kinds = SubjectKind::ALL.par_iter().map(|kind| {
            let path = staging.join("dossiers").join(format!("{kind}.parquet"));
            export::dossiers(&path, &words, world.of(*kind))
        });
        let relations = catalogue.relations().par_iter().map(|relation| {
            let name = format!("{}_{}.parquet", relation.entry.subject, relation.entry.name);
            export::relation(&staging.join("relations").join(name), relation, world)
        });
        kinds.chain(relations).collect()
    };
    let (writer, written) = rayon::join(snapshot, parquet);
    written?;
    let writer = writer?;
    for name in ["dossiers", "relations", "rejects.csv", "quality.json"] {
        replace(&staging.join(name), &options.out.join(name))?;
    }
    writer.finish(ManifestInfo {
        known_at: options.known_at,
        rule_set_hash: options.rule_set_hash.clone(),
        created_at: options.created_at,
        created_by: options.created_by.clone(),
        key_id: options.secret.id(),
    })?;
    Ok(())
}

/// Puts a file or directory in the place of an old one.
fn replace(new: &Path, old: &Path) -> Result<(), BuildError> {
    let fail = |error: std::io::Error| BuildError::Write {
        path: old.to_owned(),
        problem: error.to_string(),
    };
    if old.is_dir() {
        fs::remove_dir_all(old).map_err(fail)?;
    }
    fs::rename(new, old).map_err(fail)
}
