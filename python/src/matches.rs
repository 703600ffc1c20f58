//! The result of matching: a table that any Arrow library reads, and how long
//! its parts took.

use std::sync::Arc;
use std::time::Instant;

use arrow_array::RecordBatch;
use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use rayon::prelude::*;
use zhida_model::domain::SubjectKind;
use zhida_model::frame::World;
use zhida_model::matching::Matcher;
use zhida_model::ranking::Ranking;
use zhida_model::rules::dated::Dated;
use zhida_store::matches::{batch, schema};

use crate::capsule;
use crate::errors::{Error, Result};
use crate::policies::Rules;
use crate::table::Tables;

/// The day judged and the data cut-off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days {
    pub(crate) as_of: Date,
    pub(crate) known_at: Date,
}

impl Days {
    /// A day before the cut-off is refused: later data must not decide about
    /// an earlier day.
    pub(crate) fn new(as_of: Date, known_at: Date) -> Result<Days> {
        if as_of < known_at {
            return Err(Error::Argument(format!(
                "as_of {as_of} lies before known_at {known_at}: later data must not decide about an earlier day"
            )));
        }
        Ok(Days { as_of, known_at })
    }
}

/// Seconds of each part.
#[derive(Debug, Clone, Copy, Default)]
struct Timings {
    convert_in: f64,
    matching: f64,
    convert_out: f64,
}

/// A table of matches, one row a subject, policy and unit, best first within
/// each subject.
///
/// Any Arrow library takes it: `pyarrow.table(matches)`,
/// `polars.DataFrame(matches)`, `duckdb.sql("from matches")`.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug)]
pub(crate) struct Matches {
    batches: Arc<Vec<RecordBatch>>,
    rows: usize,
    timings: Timings,
}

impl Matches {
    /// Matches the dossiers of tables.
    pub(crate) fn of_tables(rules: &Rules, tables: &Tables, days: Days) -> Result<Matches> {
        let began = Instant::now();
        let world = tables.world(&rules.reference)?;
        let convert_in = began.elapsed().as_secs_f64() + tables.seconds();
        let mut matches = Matches::of_world(rules, &world, &[tables.kind], days, None)?;
        matches.timings.convert_in = convert_in;
        Ok(matches)
    }

    /// Matches the dossiers of a world, kind after kind, in the first order or in
    /// a learned one.
    pub(crate) fn of_world(
        rules: &Rules,
        world: &World,
        kinds: &[SubjectKind],
        days: Days,
        ranking: Option<&Ranking>,
    ) -> Result<Matches> {
        let began = Instant::now();
        let dated = Dated::new(&rules.program, &rules.reference, days.as_of, days.known_at);
        let matcher = Matcher::new(&dated, world).with(ranking);
        let (mut batches, mut convert_out) = (Vec::new(), 0.0);
        for &kind in kinds {
            matcher.everybody(kind, |blocks, _| {
                let began = Instant::now();
                let made: Vec<RecordBatch> = blocks
                    .par_iter()
                    .filter(|rows| !rows.is_empty())
                    .map(|rows| batch(&dated, kind, rows))
                    .collect::<std::result::Result<_, _>>()
                    .map_err(|error| Error::Internal(error.to_string()))?;
                batches.extend(made);
                convert_out += began.elapsed().as_secs_f64();
                // Matches are freed where they were made: on all processors.
                blocks.into_par_iter().for_each(drop);
                Ok::<_, Error>(())
            })?;
        }
        let matching = began.elapsed().as_secs_f64() - convert_out;
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let timings = Timings { convert_in: 0.0, matching, convert_out };
        Ok(Matches { batches: Arc::new(batches), rows, timings })
    }
}

#[pymethods]
impl Matches {
    /// The matches as a stream of Arrow batches; it can be asked for again.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Another schema may be asked for; the interface lets us decline.
        let _ = requested_schema;
        capsule::stream(py, Arc::new(schema()), Arc::clone(&self.batches))
    }

    /// Seconds that went into the parts: `convert_in` from the table to dossiers
    /// (0 for a snapshot), `match`, and `convert_out` from matches to columns.
    #[getter]
    fn timings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let parts = PyDict::new(py);
        parts.set_item("convert_in", self.timings.convert_in)?;
        parts.set_item("match", self.timings.matching)?;
        parts.set_item("convert_out", self.timings.convert_out)?;
        Ok(parts)
    }

    /// Names of the columns, those of `matches.parquet`.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        format!("<Matches: {} rows>", self.rows)
    }
}
