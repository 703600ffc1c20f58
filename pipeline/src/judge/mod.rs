//! How good a ranker is on lists it has not seen: its order beside the
//! baselines, its probabilities beside what happened, what it would have
//! earned in the log's place, and whom it serves.
//!
//! Only lists from the day on before which the ranker learned are looked at.
//! Left out: the measures themselves (`zhida_model::metrics`).

mod groups;
mod lists;
mod orders;
mod report;

use jiff::civil::Date;
use zhida_model::{
    domain::SubjectKind, frame::World, metrics::error::MeasureError, ranking::Ranking,
    reference::Reference, rules::program::Program,
};
use zhida_store::feedback::Entry;

use crate::feedback::Gain;

pub use self::{
    orders::METHODS,
    report::{
        Beyond, Chance, GroupRow, KindReport, Leakage, MethodRow, Paired, PolicyRow, Ranks, Report,
        report,
    },
};

/// Why a ranker cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// No list of the log is late enough.
    #[error(
        "the log has no list on or after {until}, the day before which the ranker learned: give a later log, or train with `--holdout`"
    )]
    NoList {
        /// First day that may be judged.
        until: Date,
    },
    /// A measure cannot be taken.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

/// What is judged, and on what.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'j> {
    /// The policies.
    pub program: &'j Program,
    /// What they were compiled against.
    pub reference: &'j Reference,
    /// The dossiers.
    pub world: &'j World,
    /// Data cut-off.
    pub known_at: Date,
    /// The ranker with the histories of the log.
    pub ranking: &'j Ranking,
    /// The log.
    pub log: &'j [Entry],
    /// What every offer was worth, for a simulated log.
    pub truth: Option<&'j [Gain]>,
    /// Seed of the random baseline and of resampling.
    pub seed: u64,
}

impl Judged<'_> {
    fn kinds(&self) -> Vec<SubjectKind> {
        SubjectKind::ALL
            .into_iter()
            .filter(|kind| self.ranking.ranker.of(*kind).is_some())
            .collect()
    }
}
