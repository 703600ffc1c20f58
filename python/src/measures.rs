//! The measures of `zhida evaluate` for `zhida/metrics.py`, which checks what
//! it is given, types what comes back and documents both. Results cross as
//! JSON: its numbers keep every digit of an f64.

use ndarray::ArrayView2;
use pyo3::prelude::*;
use serde::Serialize;
use zhida_model::metrics::compare::{compare, compare_columns, differences};
use zhida_model::metrics::counterfactual::{self, Logged};
use zhida_model::metrics::interval::Resampling;
use zhida_model::metrics::probability::{self, Binning, Predictions};
use zhida_model::metrics::ranking::{self, Missing, Scores, parse_list};
use zhida_model::metrics::trec::{Qrels, Run};
use zhida_model::metrics::{MeasureError, beyond};
use zhida_pipeline::train::fit::{Rows, fit};

use crate::arguments::from_json;
use crate::errors::{Error, Result, detached};
use crate::triples::triples;

impl From<MeasureError> for Error {
    fn from(error: MeasureError) -> Error {
        Error::Measure(error.to_string())
    }
}

type Answer<'py> = PyResult<Bound<'py, PyAny>>;

/// Computes without the interpreter's lock and gives the result as objects.
fn answer<'py, T: Serialize>(
    py: Python<'py>,
    work: impl FnOnce() -> Result<T> + Send,
) -> Answer<'py> {
    let text = detached(py, || {
        serde_json::to_string(&work()?).map_err(|error| Error::Internal(error.to_string()))
    })?;
    from_json(py, &text)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
fn relevance(value: f64) -> Result<i32> {
    if value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX) {
        return Ok(value as i32);
    }
    Err(Error::Measure(format!(
        "relevance `{value}` is not a whole number: give grades such as 0, 1, 2"
    )))
}

#[pyfunction]
pub(crate) fn _evaluate_run<'py>(
    py: Python<'py>,
    qrels: &Bound<'py, PyAny>,
    run: &Bound<'py, PyAny>,
    measures: &str,
    complete: bool,
    double: bool,
) -> Answer<'py> {
    let qrels = triples(qrels, "qrels", "relevance")?;
    let run = triples(run, "run", "score")?;
    answer(py, || {
        let failed = |what: &str, row: usize, error: &dyn std::fmt::Display| {
            Error::Measure(format!("{what}, row {row}: {error}"))
        };
        let measures = parse_list(measures).map_err(|error| Error::Measure(error.to_string()))?;
        let (mut judged, mut returned) = (Qrels::default(), Run::default());
        for (row, (query, document, value)) in (1_usize..).zip(&qrels) {
            let inserted = judged.insert(query, document, relevance(*value)?);
            inserted.map_err(|error| failed("qrels", row, &error))?;
        }
        for (row, (query, document, value)) in (1_usize..).zip(&run) {
            let inserted = returned.insert(query, document, *value);
            inserted.map_err(|error| failed("run", row, &error))?;
        }
        let options = ranking::Options {
            missing: if complete { Missing::Zero } else { Missing::LeftOut },
            scores: if double { Scores::Double } else { Scores::Single },
        };
        ranking::evaluate(&judged, &returned, &measures, options)
            .map_err(|error| Error::Measure(error.to_string()))
    })
}

#[pyfunction]
pub(crate) fn _auc<'py>(
    py: Python<'py>,
    labels: Vec<u8>,
    scores: Vec<f64>,
    weights: Option<Vec<f64>>,
) -> Answer<'py> {
    answer(py, || Ok(probability::auc(&labels, &scores, weights.as_deref())?))
}

#[pyfunction]
pub(crate) fn _grouped_auc<'py>(
    py: Python<'py>,
    labels: Vec<u8>,
    scores: Vec<f64>,
    groups: Vec<u32>,
    weights: Option<Vec<f64>>,
) -> Answer<'py> {
    answer(py, || Ok(probability::grouped_auc(&labels, &scores, &groups, weights.as_deref())?))
}

#[pyfunction]
pub(crate) fn _log_loss<'py>(
    py: Python<'py>,
    labels: Vec<u8>,
    probabilities: Vec<f64>,
    weights: Option<Vec<f64>>,
) -> Answer<'py> {
    let of = || Predictions::new(&labels, &probabilities, weights.as_deref());
    answer(py, || Ok(probability::log_loss(&of()?)))
}

#[pyfunction]
pub(crate) fn _brier<'py>(
    py: Python<'py>,
    labels: Vec<u8>,
    probabilities: Vec<f64>,
    weights: Option<Vec<f64>>,
) -> Answer<'py> {
    let of = || Predictions::new(&labels, &probabilities, weights.as_deref());
    answer(py, || Ok(probability::brier(&of()?)))
}

#[pyfunction]
pub(crate) fn _calibration<'py>(
    py: Python<'py>,
    labels: Vec<u8>,
    probabilities: Vec<f64>,
    weights: Option<Vec<f64>>,
    bins: usize,
    equal_mass: bool,
) -> Answer<'py> {
    let binning = if equal_mass { Binning::EqualMass } else { Binning::EqualWidth };
    answer(py, || {
        let predictions = Predictions::new(&labels, &probabilities, weights.as_deref())?;
        Ok(probability::calibration(&predictions, bins, binning)?)
    })
}

#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the columns of a log, and the options")]
pub(crate) fn _counterfactual<'py>(
    py: Python<'py>,
    propensity: Vec<f64>,
    target: Vec<f64>,
    reward: Vec<f64>,
    q_logged: Option<Vec<f64>>,
    q_target: Option<Vec<f64>>,
    lists: Option<Vec<u32>>,
    clip: Option<f64>,
    switch: Option<f64>,
    resampling: (f64, u32, u64),
) -> Answer<'py> {
    let resampling = resampled(resampling);
    answer(py, || {
        let log = Logged {
            propensity: &propensity,
            target: &target,
            reward: &reward,
            q_logged: q_logged.as_deref(),
            q_target: q_target.as_deref(),
            lists: lists.as_deref(),
        };
        let options = counterfactual::Options { clip, switch, resampling };
        Ok(counterfactual::evaluate(&log, &options)?)
    })
}

fn resampled((level, samples, seed): (f64, u32, u64)) -> Resampling {
    Resampling { level, samples, seed }
}

#[pyfunction]
pub(crate) fn _compare<'py>(
    py: Python<'py>,
    first: Vec<f64>,
    second: Vec<f64>,
    resampling: (f64, u32, u64),
) -> Answer<'py> {
    answer(py, || Ok(compare_columns(&first, &second, resampled(resampling))?))
}

#[pyfunction]
pub(crate) fn _compare_subjects<'py>(
    py: Python<'py>,
    first: Vec<(String, f64)>,
    second: Vec<(String, f64)>,
    resampling: (f64, u32, u64),
) -> Answer<'py> {
    answer(py, || {
        let (differences, alone) = differences(first, second);
        Ok((compare(&differences, resampled(resampling))?, alone))
    })
}

#[pyfunction]
pub(crate) fn _exposure<'py>(py: Python<'py>, lists: Vec<Vec<usize>>, items: usize) -> Answer<'py> {
    answer(py, || Ok(beyond::Lists::new(&lists, items)?.exposure()))
}

#[pyfunction]
pub(crate) fn _coverage<'py>(py: Python<'py>, lists: Vec<Vec<usize>>, items: usize) -> Answer<'py> {
    answer(py, || Ok(beyond::coverage(&beyond::Lists::new(&lists, items)?)))
}

#[pyfunction]
pub(crate) fn _gini<'py>(py: Python<'py>, exposure: Vec<f64>) -> Answer<'py> {
    answer(py, || Ok(beyond::gini(&exposure)?))
}

#[pyfunction]
pub(crate) fn _novelty<'py>(
    py: Python<'py>,
    lists: Vec<Vec<usize>>,
    popularity: Vec<f64>,
) -> Answer<'py> {
    answer(py, || {
        let checked = beyond::Lists::new(&lists, popularity.len())?;
        Ok(beyond::novelty(&checked, &popularity)?)
    })
}

/// Similarities are the rows of a square matrix, one after another.
#[pyfunction]
pub(crate) fn _diversity<'py>(
    py: Python<'py>,
    lists: Vec<Vec<usize>>,
    items: usize,
    similarity: Vec<f64>,
) -> Answer<'py> {
    answer(py, || {
        let checked = beyond::Lists::new(&lists, items)?;
        let of = |a: usize, b: usize| similarity.get(a * items + b).copied().unwrap_or(f64::NAN);
        Ok(beyond::diversity(&checked, of)?)
    })
}

#[pyfunction]
pub(crate) fn _fairness<'py>(
    py: Python<'py>,
    groups: Vec<String>,
    exposure: Vec<f64>,
    entitlement: Vec<f64>,
) -> Answer<'py> {
    answer(py, || Ok(beyond::fairness(&groups, &exposure, &entitlement)?))
}

/// Rows of features are the rows of a matrix, one after another.
#[pyfunction]
pub(crate) fn _fit_logistic(
    py: Python<'_>,
    x: Vec<f64>,
    targets: Vec<f64>,
    weights: Vec<f64>,
    penalty: f64,
) -> PyResult<(f64, Vec<f64>)> {
    detached(py, || {
        let rows = targets.len();
        let features = x.len().checked_div(rows).unwrap_or(0);
        let x = ArrayView2::from_shape((rows, features), &x)
            .map_err(|error| Error::Internal(error.to_string()))?;
        let rows = Rows { x, targets: &targets, weights: &weights };
        let fitted = fit(rows, penalty).map_err(|error| Error::Ranker(error.to_string()))?;
        Ok((fitted.intercept, fitted.weights))
    })
}
