//! The feedback log: what was shown to whom, in which place, and what became
//! of it. One row an entry of a list; a list is a subject on a day.
//!
//! It is a Parquet file that any portal can write. Columns: `subject` (key),
//! `kind`, `policy`, `version`, `case`, `unit` (key or null), `shown_on`,
//! `position` (from 1), `propensity` (probability that the logging policy put
//! this entry into this place, given those above), `shuffled` (the list was in
//! random order), `opened_on`, `applied_on`, `approved_on`, `dismissed_on`
//! (null while it has not happened).
//!
//! Left out: what is learned from it.

mod read;
mod write;

use std::path::PathBuf;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    policy::file::CaseType,
    ranking::{Histories, History, Shown},
};

pub use self::{read::read, write::write};

/// Name of the log in a data folder.
pub const FEEDBACK: &str = "feedback.parquet";

/// Why a log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    /// No such file, or it cannot be read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not a Parquet file.
    #[error("`{}` is no Parquet file that can be read: {detail}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// A column is not there, or of another type.
    #[error("`{}`: column `{column}` {problem}: write it as {wanted}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A cell that makes no sense.
    #[error("`{}` row {row}, `{column}`: {problem}", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// Row, from 1.
        row: usize,
        /// The column.
        column: &'static str,
        /// What is wrong, and the remedy.
        problem: String,
    },
}

/// One entry of a list that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whom.
    pub subject: SubjectKey,
    /// Kind of subject.
    pub kind: SubjectKind,
    /// Policy id.
    pub policy: Box<str>,
    /// Version.
    pub version: Box<str>,
    /// Case type.
    pub case: CaseType,
    /// Unit of the subject.
    pub unit: Option<SubjectKey>,
    /// Day of the list.
    pub shown_on: Date,
    /// Place in it, from 1.
    pub position: u16,
    /// Probability of this entry in this place, given those above; in (0, 1].
    pub propensity: f64,
    /// Whether the list was in random order.
    pub shuffled: bool,
    /// Day it was opened.
    pub opened_on: Option<Date>,
    /// Day of the application.
    pub applied_on: Option<Date>,
    /// Day of the approval.
    pub approved_on: Option<Date>,
    /// Day it was put away.
    pub dismissed_on: Option<Date>,
}

/// What every subject was shown, from a log in any order.
#[must_use]
pub fn histories(log: &[Entry]) -> Histories {
    let mut all: FxHashMap<SubjectKey, History> = FxHashMap::default();
    for entry in log {
        all.entry(entry.subject).or_default().shown.push(Shown {
            policy: entry.policy.clone(),
            on: entry.shown_on,
            opened: entry.opened_on,
            dismissed: entry.dismissed_on,
            applied: entry.applied_on,
        });
    }
    for history in all.values_mut() {
        history.shown.sort_by(|a, b| a.on.cmp(&b.on).then_with(|| a.policy.cmp(&b.policy)));
    }
    Histories(all)
}
