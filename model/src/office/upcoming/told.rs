//! The summary as it may be told to whoever asks again and again: small counts
//! hidden, the others rounded.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    office::{
        disclosure::{Hidden, Protection},
        upcoming::summary::{Counts, PolicySummary},
    },
    policy::file::CaseType,
};

/// Changes of some days; `null` is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToldCounts {
    /// Become eligible.
    pub becoming: Option<u64>,
    /// Cease to be.
    pub ceasing: Option<u64>,
    /// Become unknown because the period of a datum has ended.
    pub data_ends: Option<u64>,
    /// Become unknown for any other reason.
    pub unknown: Option<u64>,
    /// Whatever else changes.
    pub other: Option<u64>,
}

/// Changes of one month or week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToldPeriod {
    /// Its first day.
    pub from: String,
    /// The changes in it.
    #[serde(flatten)]
    pub counts: ToldCounts,
}

/// Changes of one policy version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToldPolicy {
    /// Id.
    pub policy: String,
    /// Version.
    pub version: String,
    /// Case type.
    pub case: CaseType,
    /// Title.
    pub title: String,
    /// All days together.
    #[serde(flatten)]
    pub counts: ToldCounts,
    /// By week or month.
    pub periods: Vec<ToldPeriod>,
}

/// Tells the summary of every policy version for which something changes.
#[must_use]
pub fn told(policies: &[PolicySummary], protection: Protection) -> Vec<ToldPolicy> {
    let some = policies.iter().filter(|policy| !policy.counts.is_empty());
    some.map(|policy| one(policy, protection)).collect()
}

fn one(policy: &PolicySummary, protection: Protection) -> ToldPolicy {
    let periods: Vec<[u64; 5]> = policy.periods.values().map(columns).collect();
    let totals = columns(&policy.counts);
    let hidden: Vec<Vec<bool>> = (0..5)
        .map(|column| {
            let counts: Vec<u64> = periods.iter().map(|period| period[column]).collect();
            let sum_hidden = protection.count(totals[column]).is_none();
            Hidden::line(&counts, protection.smallest, sum_hidden)
        })
        .collect();
    let shown = |row: usize, counts: &[u64; 5]| {
        let cell = |column: usize| {
            let hide = hidden[column].get(row).copied().unwrap_or(true);
            (!hide).then(|| protection.round(counts[column]))
        };
        named([cell(0), cell(1), cell(2), cell(3), cell(4)])
    };
    ToldPolicy {
        policy: policy.policy.clone(),
        version: policy.version.clone(),
        case: policy.case,
        title: policy.title.clone(),
        counts: named(totals.map(|count| protection.count(count))),
        periods: policy
            .periods
            .keys()
            .zip(&periods)
            .enumerate()
            .map(|(row, (from, counts))| ToldPeriod {
                from: from.to_string(),
                counts: shown(row, counts),
            })
            .collect(),
    }
}

fn columns(counts: &Counts) -> [u64; 5] {
    [counts.becoming, counts.ceasing, counts.data_ends, counts.unknown, counts.other]
}

fn named([becoming, ceasing, data_ends, unknown, other]: [Option<u64>; 5]) -> ToldCounts {
    ToldCounts { becoming, ceasing, data_ends, unknown, other }
}
