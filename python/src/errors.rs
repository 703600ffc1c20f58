//! What can go wrong, and how it becomes a Python exception. The exceptions
//! themselves are written in Python (`zhida/_errors.py`), where their fields
//! can be read and typed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;
use zhida_model::diagnostic::Diagnostic;

use crate::catalogue::Finding;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Catalogue, parameters or policies have errors.
    #[error("{message}")]
    Policy {
        /// In one sentence.
        message: String,
        /// Every finding.
        findings: Vec<Diagnostic>,
    },
    /// A table cannot be read as dossiers.
    #[error("{0}")]
    Table(#[from] TableFault),
    /// A snapshot cannot be read.
    #[error("{0}")]
    Snapshot(String),
    /// A search index cannot be read or asked.
    #[error("{0}")]
    Search(String),
    /// An argument means nothing.
    #[error("{0}")]
    Argument(String),
    /// A file cannot be read.
    #[error("{0}")]
    File(String),
    /// A ranker cannot be trained or used.
    #[error("{0}")]
    Ranker(String),
    /// Something cannot be measured.
    #[error("{0}")]
    Measure(String),
    /// A fault of ours.
    #[error(
        "this is a fault in zhida, not in your data: {0}; please report it with what you called"
    )]
    Internal(String),
}

/// What is wrong with a table, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableFault {
    /// Which table: `table`, `other`, or the name of a relation.
    pub(crate) table: String,
    /// The column.
    pub(crate) column: Option<String>,
    /// The row, counted from 0.
    pub(crate) row: Option<usize>,
    /// What is wrong.
    pub(crate) problem: String,
    /// What to do.
    pub(crate) remedy: String,
}

impl std::fmt::Display for TableFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.table)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        write!(f, ": {}", self.problem)?;
        if !self.remedy.is_empty() {
            write!(f, ": {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for TableFault {}

/// Result of everything that can fail.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Findings with the sentence that says what they stop.
    pub(crate) fn policy(what: &str, findings: Vec<Diagnostic>) -> Error {
        let first = findings.first().map(|finding| format!(":\n{finding}")).unwrap_or_default();
        let more = match findings.len() {
            0 | 1 => String::new(),
            count => format!("\n… and {} more in `findings`", count - 1),
        };
        Error::Policy { message: format!("{what}{first}{more}"), findings }
    }

    fn class(&self) -> &'static str {
        match self {
            Error::Policy { .. } => "PolicyError",
            Error::Table(_) => "TableError",
            Error::Snapshot(_) => "SnapshotError",
            Error::Search(_) => "SearchError",
            Error::Argument(_) => "ArgumentError",
            Error::File(_) => "FileError",
            Error::Ranker(_) => "RankerError",
            Error::Measure(_) => "MeasureError",
            Error::Internal(_) => "InternalError",
        }
    }

    fn raise(&self, py: Python<'_>) -> PyResult<PyErr> {
        let class = py.import("zhida._errors")?.getattr(self.class())?;
        let message = self.to_string();
        let exception = match self {
            Error::Policy { findings, .. } => {
                let findings: Vec<Finding> = findings.iter().map(Finding::from).collect();
                class.call1((message, findings))?
            }
            Error::Table(fault) => {
                class.call1((message, &fault.table, &fault.column, fault.row, &fault.remedy))?
            }
            _ => class.call1((message,))?,
        };
        Ok(PyErr::from_value(exception))
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> PyErr {
        Python::attach(|py| error.raise(py).unwrap_or_else(|other| other))
    }
}

/// Does work without the interpreter's lock, so that other Python threads go
/// on; a panic becomes an error instead of crossing the border.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(PyErr::from)
}

/// Turns a panic into an error.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::Internal(words(panic.as_ref()))))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it stopped without a word".to_owned())
}
