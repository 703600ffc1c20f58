//! How many become eligible, cease to be, or fall into the unknown, by policy
//! and by week or month.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

use crate::{policy::cases::Verdict, policy::file::CaseType};

use super::{change::Change, days::Days, outlook::Outlook};

/// How days are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buckets {
    /// From Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
}

impl Buckets {
    /// First day of the bucket a day lies in.
    #[must_use]
    pub fn first(self, day: Date) -> Date {
        match self {
            Buckets::Month => day.first_of_month(),
            Buckets::Week => {
                day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
            }
        }
    }
}

/// Changes of a policy version in some days. A subject or unit counts once for
/// each of its changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Become eligible, the window open or still to come.
    pub becoming: u64,
    /// Cease to be.
    pub ceasing: u64,
    /// Become unknown because the period of a datum has ended.
    pub data_ends: u64,
    /// Become unknown for any other reason.
    pub unknown: u64,
    /// Whatever else changes: a window that opens, a likely verdict, …
    pub other: u64,
}

impl Counts {
    fn add(&mut self, change: &Change) {
        let (before, after) = (change.from.is_eligible(), change.to.is_eligible());
        let unknown = change.to.verdict() == Some(Verdict::Unknown)
            && change.from.verdict() != Some(Verdict::Unknown);
        self.becoming += u64::from(!before && after);
        self.ceasing += u64::from(before && !after);
        self.data_ends += u64::from(change.data_ends);
        self.unknown += u64::from(unknown && !change.data_ends);
        self.other += u64::from(before == after && !unknown);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Counts::default()
    }
}

/// The changes of one policy version.
#[derive(Debug, Clone, Serialize)]
pub struct PolicySummary {
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
    pub counts: Counts,
    /// The next day on which anybody changes.
    pub next: Option<Date>,
    /// By first day of a week or month; those without a change left out.
    pub periods: BTreeMap<Date, Counts>,
}

/// Counts changes as they come.
#[derive(Debug)]
pub struct Summary {
    buckets: Buckets,
    dates: Vec<Date>,
    /// By position in the program; absent where the policy is not looked at.
    policies: Vec<Option<PolicySummary>>,
    changes: u64,
}

impl Summary {
    /// Nothing yet.
    #[must_use]
    pub fn new(outlook: &Outlook<'_>, buckets: Buckets) -> Summary {
        let days: &Days<'_> = outlook.days;
        let program = days.on(0).program;
        let mut policies: Vec<Option<PolicySummary>> = vec![None; program.policies.len()];
        for index in &outlook.chosen {
            let policy = &program.policies[*index];
            policies[*index] = Some(PolicySummary {
                policy: policy.key.id.clone(),
                version: policy.key.version.clone(),
                case: policy.key.case,
                title: policy.file.title.clone(),
                counts: Counts::default(),
                next: None,
                periods: BTreeMap::new(),
            });
        }
        let dates = (0..=days.all().last).map(|day| days.on(day).as_of).collect();
        Summary { buckets, dates, policies, changes: 0 }
    }

    /// Adds one.
    pub fn add(&mut self, change: &Change) {
        self.changes += 1;
        let policy = self.policies.get_mut(change.policy).and_then(Option::as_mut);
        let (Some(policy), Some(day)) = (policy, self.dates.get(change.day).copied()) else {
            return;
        };
        policy.counts.add(change);
        policy.periods.entry(self.buckets.first(day)).or_default().add(change);
        policy.next = Some(policy.next.map_or(day, |next| next.min(day)));
    }

    /// How many changes there are.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// By policy version, in the order of the program; those without a change too.
    #[must_use]
    pub fn policies(self) -> Vec<PolicySummary> {
        self.policies.into_iter().flatten().collect()
    }
}
