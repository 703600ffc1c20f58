//! From options to files: towns are made on all threads and written in their
//! order.

use std::collections::BTreeMap;

use rayon::prelude::*;
use zhida_model::catalogue::types::{FieldType, KeyKind, Take};
use zhida_model::domain::SubjectKind;

use super::fault::{Faults, Kind, Planted, Record};
use super::ledger::{Ledger, refuse_foreign};
use super::place::Places;
use super::plan::{Shape, Shared, TablePlan, plans};
use super::row::{Maker, Subject};
use super::town::{Town, World};
use super::write::{Chunk, Form, TableFile};
use super::{
    Format, Progress, SynthError, SynthOptions, SynthReport, citizen, day, draw, enterprise,
};

/// Towns in work at a time.
const WAVE: u64 = 64;

/// Everything the workers share.
struct Work<'a> {
    world: World<'a>,
    plans: &'a [TablePlan],
    forms: &'a [Form],
    faults: Faults<'a>,
}

/// What one town adds to the files.
struct Added {
    chunks: Vec<Chunk>,
    dead: u64,
    deregistered: u64,
    subjects: u64,
}

/// Writes the source tables of a population and the ledger of their faults.
///
/// # Errors
/// [`SynthError`] where a file cannot be written or an option is out of bounds.
pub fn synth(options: &SynthOptions<'_>) -> Result<SynthReport, SynthError> {
    if !(0.0..=0.05).contains(&options.fault_rate) {
        return Err(SynthError::Rate { rate: options.fault_rate });
    }
    let make = std::fs::create_dir_all(&options.out);
    make.map_err(|source| SynthError::Write { path: options.out.clone(), source })?;
    let (mut plans, shared, empty_fields) = plans(options.catalogue);
    let dropped =
        (options.fault_rate > 0.0).then(|| drop_column(&mut plans, options.seed)).flatten();
    let forms: Vec<Form> = (0..plans.len()).map(|table| form(options.format, table)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build();
    let pool = pool.map_err(|error| SynthError::Threads { problem: error.to_string() })?;
    refuse_foreign(&options.out, &plans)?;
    let mut ledger = Ledger::create(&options.out)?;
    if let Some((table, planted)) = &dropped {
        ledger.note(&plans[*table], 1, planted)?;
    }
    let (rows, subjects) =
        pool.install(|| write_all(options, &plans, &shared, &forms, &mut ledger))?;
    let faults = ledger.close(options, &rows, &subjects)?;
    Ok(SynthReport { rows, faults, subjects, empty_fields })
}

type Counts = (BTreeMap<String, u64>, BTreeMap<&'static str, u64>);

fn write_all(
    options: &SynthOptions<'_>,
    plans: &[TablePlan],
    shared: &[Shared],
    forms: &[Form],
    ledger: &mut Ledger,
) -> Result<Counts, SynthError> {
    let places = Places::new(options.regions, options.industries);
    let text: Vec<bool> = forms.iter().map(|form| form.is_text()).collect();
    let known_at = day::number(options.known_at);
    let work = Work {
        world: World {
            seed: options.seed,
            known_at,
            citizens: options.citizens,
            enterprises: options.enterprises,
            places: &places,
        },
        plans,
        forms,
        faults: Faults {
            plans,
            shared,
            seed: options.seed,
            known_at,
            rate: options.fault_rate,
            text: &text,
        },
    };
    let files =
        plans.iter().zip(forms).map(|(plan, form)| TableFile::create(&options.out, plan, *form));
    let mut files: Vec<TableFile> = files.collect::<Result<_, _>>()?;
    let mut subjects = BTreeMap::from([("dead", 0), ("deregistered", 0)]);
    let (towns, total) = (work.world.towns(), options.citizens + options.enterprises);
    let mut done = 0;
    for start in (0..towns).step_by(usize::try_from(WAVE).unwrap_or(1)) {
        let wave: Vec<Added> = (start..(start + WAVE).min(towns))
            .into_par_iter()
            .map(|town| work.added(town))
            .collect();
        for added in wave {
            for ((file, plan), chunk) in files.iter_mut().zip(plans).zip(&added.chunks) {
                for (row, planted) in &chunk.faults {
                    ledger.note(plan, file.rows + row + 2, planted)?;
                }
                file.append(chunk)?;
            }
            *subjects.entry("dead").or_default() += added.dead;
            *subjects.entry("deregistered").or_default() += added.deregistered;
            done += added.subjects;
        }
        (options.progress)(Progress { done, total });
    }
    let rows =
        plans.iter().zip(&files).map(|(plan, file)| (plan.name.clone(), file.rows)).collect();
    files.into_iter().try_for_each(TableFile::close)?;
    Ok((rows, subjects))
}

/// The form of a table's file. In the mixture one table in fifty is Parquet
/// and one in a hundred compressed.
fn form(format: Format, table: usize) -> Form {
    match (format, table % 50, table % 100) {
        (Format::Parquet, _, _) | (Format::Mixed, 27, _) => Form::Parquet,
        (Format::Mixed, _, 60) => Form::Gzip,
        _ => Form::Csv,
    }
}

/// Leaves one column out of one table: a number that nothing else rests on.
fn drop_column(plans: &mut [TablePlan], seed: u64) -> Option<(usize, Planted)> {
    let mut fitting = Vec::new();
    for (table, plan) in plans
        .iter()
        .enumerate()
        .filter(|(_, plan)| plan.shape == Shape::State && !plan.register && plan.fills.len() > 9)
    {
        for fill in plan
            .fills
            .iter()
            .filter(|fill| fill.take == Take::Latest && !fill.shared && fill.only.is_none())
        {
            let alone = plan.fills.iter().filter(|other| other.column == fill.column).count() == 1;
            let filters = plan
                .flags
                .iter()
                .filter_map(|flag| flag.only.as_ref())
                .any(|(column, _)| *column == fill.column);
            if alone
                && !filters
                && matches!(fill.kind, FieldType::Int | FieldType::Decimal)
                && plan.key != fill.column
            {
                fitting.push((table, fill.column, fill.field.clone()));
            }
        }
    }
    let at = usize::try_from(draw::mix(&[seed, 99]) % (fitting.len().max(1) as u64)).ok()?;
    let (table, column, field) = fitting.into_iter().nth(at)?;
    plans[table].dropped = Some(column);
    Some((
        table,
        Planted { kind: Kind::MissingColumn, column: Some(column), field, key: String::new() },
    ))
}

impl Work<'_> {
    /// Everything one town adds.
    fn added(&self, number: u64) -> Added {
        let town = self.world.town(number);
        let mut records = Vec::new();
        for firm in &town.firms {
            let known_at = self.world.known_at;
            let subject = Subject::Enterprise(enterprise::Subject { town: &town, firm, known_at });
            self.subject(&subject, SubjectKind::Enterprise, true, &mut records);
        }
        for place in 0..town.people.len() {
            self.person(&town, place, &mut records);
        }
        let mut chunks: Vec<Chunk> = self.plans.iter().map(|_| Chunk::default()).collect();
        for record in records {
            let table = record.table;
            chunks[table].push(record, &self.plans[table], self.forms[table]);
        }
        let count = |n: usize| u64::try_from(n).unwrap_or(0);
        Added {
            chunks,
            dead: count(town.people.iter().filter(|person| !person.alive()).count()),
            deregistered: count(
                town.firms.iter().filter(|firm| firm.status == "deregistered").count(),
            ),
            subjects: count(town.people.len() + town.firms.len()),
        }
    }

    fn person(&self, town: &Town, place: usize, records: &mut Vec<Record>) {
        let person = &town.people[place];
        let home = &town.homes[person.home];
        let known_at = self.world.known_at;
        let speaks = home.members.first() == Some(&place);
        let subject = Subject::Citizen(citizen::Subject { town, person, home, known_at });
        self.subject(&subject, SubjectKind::Citizen, speaks, records);
    }

    /// The rows of one subject in every table about its kind. Tables keyed by
    /// household get theirs from the first member.
    fn subject(
        &self,
        subject: &Subject<'_>,
        kind: SubjectKind,
        speaks: bool,
        records: &mut Vec<Record>,
    ) {
        let mut rows = Vec::new();
        for (table, plan) in self.plans.iter().enumerate() {
            if plan.subject == kind && (plan.key_kind != KeyKind::Household || speaks) {
                Maker::new(plan, table, subject, self.world.seed, &mut rows).make();
            }
        }
        self.faults.plant(subject, rows, records);
    }
}
