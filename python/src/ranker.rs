//! The learned order: a ranker read, saved, looked into and asked, and how one
//! is trained from a log, or from the log of invented people.
//!
//! Left out: judging one, which is `zhida evaluate ranker`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use sha2::{Digest, Sha256};
use zhida_model::ranking::{KindRanker, Ranker as Learned, features::COUNT};
use zhida_pipeline::feedback::{FeedbackOptions, TRUTH, simulate, write_truth};
use zhida_pipeline::train::{TrainError, TrainOptions, train as learn};
use zhida_store::atomic_write;
use zhida_store::feedback::{self, FEEDBACK, FeedbackError};

use crate::arguments::{Day, from_json};
use crate::catalogue::subject_kind;
use crate::errors::{Error, Result, detached};
use crate::snapshot::Snapshot;

/// An order of policies learned from a feedback log.
///
/// `json()` is what `ranker.json` holds. It is refused where it weighs other
/// features than this version computes.
#[pyclass(frozen, skip_from_py_object, module = "zhida")]
#[derive(Debug, Clone)]
pub(crate) struct Ranker {
    pub(crate) learned: Arc<Learned>,
}

impl Ranker {
    fn read(text: &str, what: &str) -> Result<Ranker> {
        let learned =
            Learned::read(text).map_err(|error| Error::Ranker(format!("{what}: {error}")))?;
        Ok(Ranker { learned: Arc::new(learned) })
    }

    fn kind(&self, kind: &str) -> Result<&KindRanker> {
        self.learned.of(subject_kind(kind)?).ok_or_else(|| {
            let kinds: Vec<&str> = self.learned.kinds.keys().map(String::as_str).collect();
            Error::Argument(format!(
                "the ranker has nothing for `{kind}`, only for {}: it keeps the first order",
                kinds.join(", ")
            ))
        })
    }

    fn text(&self) -> Result<String> {
        serde_json::to_string_pretty(self.learned.as_ref())
            .map_err(|error| Error::Internal(error.to_string()))
    }
}

#[pymethods]
impl Ranker {
    /// Reads a `ranker.json`, as `zhida train` and `save` write it.
    ///
    /// >>> import zhida
    /// >>> ranker = zhida.Ranker.load("town/data/ranker.json")
    /// >>> ranker.features[0]
    /// 'text_relevance'
    ///
    /// Raises FileError where it cannot be read, and RankerError where it is none
    /// of this version.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Ranker> {
        detached(py, || {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Error::File(format!("cannot read `{}`: {error}", path.display()))
            })?;
            Ranker::read(&text, &format!("`{}`", path.display()))
        })
    }

    /// Reads a ranker from its JSON, with the same checks as `load`.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Ranker> {
        Ok(Ranker::read(text, "the text")?)
    }

    /// Writes it. As `ranker.json` of a data folder it orders what `zhida match`,
    /// the service and `Snapshot.match` find there.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        detached(py, || {
            atomic_write(&path, self.text()?.as_bytes())
                .map_err(|error| Error::File(format!("cannot write `{}`: {error}", path.display())))
        })
    }

    /// All of it as JSON text.
    fn json(&self) -> PyResult<String> {
        Ok(self.text()?)
    }

    /// Names of the features, in the order of the weights.
    #[getter]
    fn features(&self) -> Vec<String> {
        self.learned.features.clone()
    }

    /// Kinds of subjects it orders policies for.
    #[getter]
    fn kinds(&self) -> Vec<String> {
        self.learned.kinds.keys().cloned().collect()
    }

    /// Figures of the training, by `kind.step.name`.
    #[getter]
    fn figures(&self) -> BTreeMap<String, f64> {
        self.learned.figures.clone()
    }

    /// Day before which everything it learned from had happened.
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        day(py, self.learned.until)
    }

    /// Day of the training, for the record.
    #[getter]
    fn trained_on<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        day(py, self.learned.trained_on)
    }

    /// The weight of every feature in a step, `"open"`, `"apply"` or `"approve"`:
    /// log-odds for one standard deviation. Empty where the log had too few rows
    /// of the step, and only its rate is known.
    fn weights(&self, kind: &str, step: &str) -> PyResult<BTreeMap<String, f64>> {
        let steps = &self.kind(kind)?.steps;
        let found = steps.iter().find(|one| one.name == step).ok_or_else(|| {
            let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
            Error::Argument(format!("there is no step `{step}`: give one of {}", names.join(", ")))
        })?;
        Ok(self.learned.features.iter().cloned().zip(found.weights.iter().copied()).collect())
    }

    /// The portraits of a kind, largest first: name, share of the subjects, and
    /// the mean of each trait (1 has it, 0 has not, 0.5 unknown).
    fn portraits<'py>(&self, py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
        let portraits = &self.kind(kind)?.portraits;
        let groups: Vec<serde_json::Value> = portraits
            .groups
            .iter()
            .map(|group| {
                let centre: BTreeMap<&String, &f64> =
                    portraits.traits.iter().zip(&group.centre).collect();
                serde_json::json!({ "name": group.name, "share": group.share, "traits": centre })
            })
            .collect();
        from_json(py, &serde_json::Value::from(groups).to_string())
    }

    /// The calibrated probabilities of opening, of applying once opened and of
    /// approval once applied, for rows of features: mappings from name to value,
    /// or all values in the order of `features`.
    fn predict(&self, kind: &str, rows: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<(f64, f64, f64)>> {
        let of = self.kind(kind)?;
        let mut found = Vec::with_capacity(rows.len());
        for (number, row) in (1..).zip(&rows) {
            let [open, apply, approve] = of.probabilities(&self.values(number, row)?);
            found.push((open, apply, approve));
        }
        Ok(found)
    }

    fn __repr__(&self) -> String {
        let kinds: Vec<&str> = self.learned.kinds.keys().map(String::as_str).collect();
        format!("<Ranker of {}, from lists before {}>", kinds.join(", "), self.learned.until)
    }
}

impl Ranker {
    fn values(&self, number: usize, row: &Bound<'_, PyAny>) -> PyResult<[f64; COUNT]> {
        let wrong = |problem: String| Error::Argument(format!("row {number}: {problem}"));
        let values: Vec<f64> = match row.cast::<PyMapping>() {
            Ok(named) => {
                let mut values = Vec::with_capacity(COUNT);
                for name in &self.learned.features {
                    let value = named.get_item(name).and_then(|value| value.extract());
                    values.push(value.map_err(|_| wrong(format!("`{name}` has no number")))?);
                }
                values
            }
            Err(_) => row.extract().map_err(|_| wrong("give numbers".to_owned()))?,
        };
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(wrong(format!("`{value}` is not a finite number")).into());
        }
        let found = values.len();
        let values = values.try_into();
        values.map_err(|_| wrong(format!("{found} values where there are {COUNT} features")).into())
    }
}

fn day<'py>(py: Python<'py>, day: Date) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import("datetime")?.getattr("date")?;
    class.call1((day.year(), day.month(), day.day()))
}

/// A log that cannot be read.
pub(crate) fn unread(error: FeedbackError) -> Error {
    match error {
        FeedbackError::Io { .. } => Error::File(error.to_string()),
        _ => Error::Ranker(error.to_string()),
    }
}

/// The log that was named, or that of the data folder.
pub(crate) fn log_of(snapshot: &Snapshot, named: Option<PathBuf>) -> PathBuf {
    named.unwrap_or_else(|| snapshot.root().join(FEEDBACK))
}

/// Learns an order from a feedback log, as `zhida train` does.
///
/// `feedback` is the log, by default `feedback.parquet` of the data folder. Only
/// what had happened before `until` is learned from; by default a share of
/// `holdout` of the log's days is left for `zhida evaluate ranker`. `trained_on`
/// is for the record, by default today. Nothing is written: see `Ranker.save`.
///
/// >>> import zhida
/// >>> snapshot = zhida.Snapshot.open("town/data")
/// >>> ranker = zhida.train(snapshot, trained_on="2026-11-01")
/// >>> ranker.kinds
/// ['citizen', 'enterprise']
///
/// Raises RankerError where the log is too short, or no feedback log.
#[pyfunction]
#[pyo3(signature = (snapshot, feedback=None, *, until=None, holdout=0.2, seed=2026, trained_on=None))]
pub(crate) fn train(
    py: Python<'_>,
    snapshot: &Snapshot,
    feedback: Option<PathBuf>,
    until: Option<Day>,
    holdout: f64,
    seed: u64,
    trained_on: Option<Day>,
) -> PyResult<Ranker> {
    if !(0.0..1.0).contains(&holdout) {
        let text = format!("holdout {holdout} is not a share from 0 to below 1");
        return Err(Error::Argument(text).into());
    }
    let trained_on = match trained_on {
        Some(day) => day,
        None => py.import("datetime")?.getattr("date")?.call_method0("today")?.extract()?,
    };
    let path = log_of(snapshot, feedback);
    detached(py, || {
        let options = TrainOptions {
            until: until.map(|day| day.0),
            holdout,
            seed,
            trained_on: trained_on.0,
            snapshot: snapshot.version().to_owned(),
            data_hash: hash(&path)?,
        };
        let log = feedback::read(&path).map_err(unread)?;
        let (rules, world) = (snapshot.rules()?, snapshot.world());
        let (program, reference) = (&rules.program, &rules.reference);
        let learned =
            learn(program, reference, world, snapshot.cut_off(), &log, &options, &|_, _| {})
                .map_err(|error: TrainError| Error::Ranker(error.to_string()))?;
        Ok(Ranker { learned: Arc::new(learned) })
    })
}

fn hash(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| {
        Error::File(format!(
            "cannot read `{}`: {error}; a feedback log is needed, and `synth_feedback` invents one to try with",
            path.display()
        ))
    })?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Invents half a year of lists and what became of them, for the dossiers of a
/// snapshot, as `zhida synth feedback` does.
///
/// Writes `feedback.parquet` and, with what every offer was truly worth,
/// `truth.parquet` into the folder `out`, and returns how many lists, entries
/// and outcomes there are.
#[pyfunction]
#[pyo3(signature = (snapshot, out, *, seed=2026))]
pub(crate) fn synth_feedback<'py>(
    py: Python<'py>,
    snapshot: &Snapshot,
    out: PathBuf,
    seed: u64,
) -> PyResult<Bound<'py, PyAny>> {
    let report = detached(py, || {
        let rules = snapshot.rules()?;
        let options = FeedbackOptions { seed, known_at: snapshot.cut_off() };
        std::fs::create_dir_all(&out)
            .map_err(|error| Error::File(format!("cannot make `{}`: {error}", out.display())))?;
        let made =
            simulate(&rules.program, &rules.reference, snapshot.world(), options, &|_, _| {});
        feedback::write(&out.join(FEEDBACK), &made.log).map_err(unread)?;
        write_truth(&out.join(TRUTH), &made.truth).map_err(unread)?;
        serde_json::to_string(&made.report).map_err(|error| Error::Internal(error.to_string()))
    })?;
    from_json(py, &report)
}
