//! Zhida in Python, below the surface that `python/zhida/__init__.pyi` types
//! and documents.
//!
//! In reading order: [`catalogue`] and [`policies`] load what decides;
//! [`capsule`] takes tables and gives them back; [`table`] makes dossiers of
//! them, with [`cells`], [`codes`], [`lists`], [`row`] and [`edges`] for their
//! parts; [`arguments`] reads the rest of a call; [`matches`] and [`explain`]
//! answer; [`snapshot`] does the same for what `zhida build` sealed; [`text`]
//! reads and searches documents; [`ranker`] holds an order that was learned and
//! [`examples`] what it was learned from; [`measures`] says how good an answer
//! is, reading judgments by [`triples`]; [`errors`] is how all of it fails.
//!
//! Every piece of work runs without the interpreter's lock. Deliberately
//! absent: rules, scores and formats of its own, and the building of dossiers.

mod arguments;
mod capsule;
mod catalogue;
mod cells;
mod codes;
mod edges;
mod errors;
mod examples;
mod explain;
mod lists;
mod matches;
mod measures;
mod policies;
mod ranker;
mod row;
mod snapshot;
mod table;
mod text;
mod triples;

use pyo3::prelude::*;

/// Panics within a piece of work: what the tests provoke to see that it ends
/// as an exception.
#[pyfunction]
fn _provoke(py: Python<'_>) -> PyResult<()> {
    errors::detached(py, || std::panic::resume_unwind(Box::new("provoked")))
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<catalogue::Catalogue>()?;
    module.add_class::<catalogue::Field>()?;
    module.add_class::<catalogue::Finding>()?;
    module.add_class::<examples::Examples>()?;
    module.add_class::<matches::Matches>()?;
    module.add_class::<policies::Policies>()?;
    module.add_class::<ranker::Ranker>()?;
    module.add_class::<snapshot::Snapshot>()?;
    measured(module)?;
    module.add_function(wrap_pyfunction!(examples::examples, module)?)?;
    module.add_function(wrap_pyfunction!(ranker::synth_feedback, module)?)?;
    module.add_function(wrap_pyfunction!(ranker::train, module)?)?;
    module.add_function(wrap_pyfunction!(text::extract, module)?)?;
    module.add_function(wrap_pyfunction!(text::search, module)?)?;
    module.add_function(wrap_pyfunction!(_provoke, module)?)
}

/// What `zhida/metrics.py` calls.
fn measured(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(measures::_auc, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_brier, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_calibration, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_compare, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_compare_subjects, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_counterfactual, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_coverage, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_diversity, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_evaluate_run, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_exposure, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_fairness, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_fit_logistic, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_gini, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_grouped_auc, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_log_loss, module)?)?;
    module.add_function(wrap_pyfunction!(measures::_novelty, module)?)
}
