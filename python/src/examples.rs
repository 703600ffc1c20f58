//! A feedback log as a table to learn from: every entry with the features it
//! had on its day, what a ranker makes of them, and what came of it.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, RecordBatch, StringArray, UInt16Array,
};
use arrow_schema::{DataType, Field, Schema};
use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use zhida_model::domain::SubjectKind;
use zhida_model::ranking::portrait::Portraits;
use zhida_model::ranking::ranker::STEPS;
use zhida_model::ranking::uptake::Uptake;
use zhida_pipeline::train::attention;
use zhida_pipeline::train::examples::{Example, Source, UptakeBy, places};
use zhida_store::feedback::{self, Entry};

use crate::capsule;
use crate::errors::{Error, Result, detached};
use crate::ranker::{Ranker, log_of, unread};
use crate::snapshot::Snapshot;

/// Rows in one batch.
const ROWS: usize = 65_536;

/// A table of the entries of a feedback log with their features, in order of day.
///
/// Any Arrow library takes it, as `Matches`.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug)]
pub(crate) struct Examples {
    schema: Arc<Schema>,
    batches: Arc<Vec<RecordBatch>>,
    rows: usize,
    left_out: u64,
}

#[pymethods]
impl Examples {
    /// The table as a stream of Arrow batches; it can be asked for again.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Another schema may be asked for; the interface lets us decline.
        let _ = requested_schema;
        capsule::stream(py, Arc::clone(&self.schema), Arc::clone(&self.batches))
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Entries without a row: their subject is not in the snapshot, their policy
    /// does not match on their day, or their day lies before the data cut-off.
    #[getter]
    fn left_out(&self) -> u64 {
        self.left_out
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        format!("<Examples: {} rows>", self.rows)
    }
}

/// The entries of a feedback log with the features they had on their day.
///
/// Columns: those of the log, its `unit` as `unit_key`; `examination`, the probability that a place is
/// looked at; every feature of `ranker.features` by its name; and `p_open`,
/// `p_apply`, `p_approve`, what the ranker predicts. Portraits come from the
/// ranker. Up to its `until`, uptake grows from day to day as it did in training;
/// from then on it is that of the ranker, as in service. Histories hold only
/// what had happened before the day.
///
/// >>> import polars, zhida
/// >>> snapshot = zhida.Snapshot.open("town/data")
/// >>> ranker = zhida.Ranker.load("town/data/ranker.json")
/// >>> table = polars.DataFrame(zhida.examples(snapshot, ranker))
/// >>> set(ranker.features) <= set(table.columns)
/// True
#[pyfunction]
#[pyo3(signature = (snapshot, ranker, feedback=None))]
pub(crate) fn examples(
    py: Python<'_>,
    snapshot: &Snapshot,
    ranker: &Ranker,
    feedback: Option<PathBuf>,
) -> PyResult<Examples> {
    let path = log_of(snapshot, feedback);
    detached(py, || {
        let log = feedback::read(&path).map_err(unread)?;
        made(snapshot, ranker, &log)
    })
}

fn made(snapshot: &Snapshot, ranker: &Ranker, log: &[Entry]) -> Result<Examples> {
    let learned = &ranker.learned;
    let rules = snapshot.rules()?;
    let shelf = snapshot.shelf();
    let source = Source {
        program: &rules.program,
        reference: &rules.reference,
        world: snapshot.world(),
        known_at: snapshot.cut_off(),
        shelf: &shelf,
        log,
    };
    let attention = SubjectKind::ALL
        .map(|kind| learned.of(kind).map_or_else(Vec::new, |of| of.examination.clone()));
    let (no_portraits, no_uptake) = (Portraits::default(), Uptake::default());
    let portraits =
        SubjectKind::ALL.map(|kind| learned.of(kind).map_or(&no_portraits, |of| &of.portraits));
    let tables = SubjectKind::ALL.map(|kind| learned.of(kind).map_or(&no_uptake, |of| &of.uptake));
    let histories = feedback::histories(log);
    let places = places(snapshot.world());
    let mut rows = Vec::new();
    let mut left_out = 0;
    for (late, uptake) in [(false, UptakeBy::Log(&attention)), (true, UptakeBy::Table(tables))] {
        let wanted: Vec<usize> = (0..log.len())
            .filter(|at| log.get(*at).is_some_and(|one| (one.shown_on >= learned.until) == late))
            .collect();
        let part = source.examples(&wanted, &places, &histories, portraits, &uptake, &|_, _| {});
        rows.extend(part.rows);
        left_out += part.no_subject + part.no_match + part.too_early;
    }
    let paired: Vec<(&Example, &Entry)> =
        rows.iter().filter_map(|row| Some((row, log.get(row.entry)?))).collect();
    let schema = Arc::new(schema(&learned.features));
    let batch = |rows: &[(&Example, &Entry)]| {
        RecordBatch::try_new(Arc::clone(&schema), columns(rows, ranker, &attention))
            .map_err(|error| Error::Internal(error.to_string()))
    };
    let batches = paired.chunks(ROWS).map(batch).collect::<Result<Vec<_>>>()?;
    Ok(Examples { schema, batches: Arc::new(batches), rows: paired.len(), left_out })
}

fn schema(features: &[String]) -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let number = |name: &str, empty| Field::new(name, DataType::Float64, empty);
    let day = |name: &str, empty| Field::new(name, DataType::Date32, empty);
    let mut fields = vec![
        text("subject"),
        text("kind"),
        text("policy"),
        text("version"),
        text("case"),
        // A feature is called `unit`.
        Field::new("unit_key", DataType::Utf8, true),
        day("shown_on", false),
        Field::new("position", DataType::UInt16, false),
        number("propensity", false),
        Field::new("shuffled", DataType::Boolean, false),
        day("opened_on", true),
        day("applied_on", true),
        day("approved_on", true),
        day("dismissed_on", true),
        number("examination", false),
    ];
    fields.extend(features.iter().map(|name| number(name, false)));
    fields.extend(STEPS.iter().map(|step| number(&format!("p_{step}"), true)));
    Schema::new(fields)
}

fn columns(
    rows: &[(&Example, &Entry)],
    ranker: &Ranker,
    looked_at: &[Vec<f64>; 2],
) -> Vec<ArrayRef> {
    let text = |of: &dyn Fn(&Entry) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, entry)| of(entry)).collect::<StringArray>())
    };
    let day = |of: &dyn Fn(&Entry) -> Option<Date>| -> ArrayRef {
        let days = rows.iter().map(|(_, entry)| of(entry).and_then(days));
        Arc::new(days.collect::<Date32Array>())
    };
    let number = |of: &dyn Fn(&Example, &Entry) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(|(row, entry)| of(row, entry)).collect::<Float64Array>())
    };
    let mut columns = vec![
        text(&|entry| Some(entry.subject.to_string())),
        text(&|entry| Some(entry.kind.name().to_owned())),
        text(&|entry| Some(entry.policy.to_string())),
        text(&|entry| Some(entry.version.to_string())),
        text(&|entry| Some(entry.case.name().to_owned())),
        text(&|entry| entry.unit.map(|unit| unit.to_string())),
        day(&|entry| Some(entry.shown_on)),
        Arc::new(rows.iter().map(|(_, entry)| Some(entry.position)).collect::<UInt16Array>()),
        number(&|_, entry| Some(entry.propensity)),
        Arc::new(rows.iter().map(|(_, entry)| Some(entry.shuffled)).collect::<BooleanArray>()),
        day(&|entry| entry.opened_on),
        day(&|entry| entry.applied_on),
        day(&|entry| entry.approved_on),
        day(&|entry| entry.dismissed_on),
        number(&|row, entry| {
            looked_at.get(row.kind.index()).map(|kind| attention::of(kind, entry.position))
        }),
    ];
    let features = 0..ranker.learned.features.len();
    columns.extend(features.map(|at| number(&|row, _| row.values.get(at).copied())));
    let predicted: Vec<Option<[f64; 3]>> = rows
        .iter()
        .map(|(row, _)| Some(ranker.learned.of(row.kind)?.probabilities(&row.values)))
        .collect();
    columns.extend((0..STEPS.len()).map(|step| -> ArrayRef {
        let of = predicted.iter().map(|found| found.and_then(|three| three.get(step).copied()));
        Arc::new(of.collect::<Float64Array>())
    }));
    columns
}

fn days(day: Date) -> Option<i32> {
    Some(day.since(Date::new(1970, 1, 1).ok()?).ok()?.get_days())
}
