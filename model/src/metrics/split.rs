//! Training and test data parted by one day for everybody, and a check that
//! nothing of the future is in the training data.
//!
//! Rows are decided on a day: what was shown, to whom. Those before the cut,
//! less an embargo, train; those from the cut on test; those between are left
//! out, so that outcomes have time to arrive. A random split would put rows of
//! one day, and of one subject, on both sides.
//!
//! Left out: what the rows hold.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// The cut, with its embargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Split {
    /// First day of the test data.
    pub cut: Date,
    /// Days before it that belong to neither.
    pub embargo_days: u32,
    /// First day that does not train.
    closed: Date,
}

/// Where a row belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// It trains.
    Train,
    /// It is left out.
    Embargo,
    /// It tests.
    Test,
}

/// An embargo that reaches before the first day there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an embargo of {embargo_days} days before {cut} reaches before the calendar: give fewer days"
)]
pub struct SplitError {
    cut: Date,
    embargo_days: u32,
}

/// A row, and the side it was put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The subject.
    pub subject: &'a str,
    /// The policy.
    pub policy: &'a str,
    /// Day it was decided on.
    pub day: Date,
    /// Latest day of the data its features were computed from.
    pub features_until: Option<Date>,
    /// Day its outcome was known.
    pub outcome_seen: Option<Date>,
    /// Side it was put on.
    pub side: Side,
}

/// How a row betrays the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leak {
    /// A row of the test days trains.
    TestDayTrains,
    /// A row of the embargo trains.
    EmbargoTrains,
    /// A row of the days that train, or of the embargo, tests.
    TrainingDayTests,
    /// The outcome of a row that trains was known at the cut or later.
    OutcomeAfterCut,
    /// Nobody says when the outcome of a row that trains was known.
    OutcomeUndated,
    /// Features were computed from data later than the day of the row.
    FeaturesFromLater,
    /// Nobody says from which data the features were computed.
    FeaturesUndated,
    /// The same subject, policy and day is on both sides.
    OnBothSides,
}

impl Leak {
    fn remedy(self) -> &'static str {
        match self {
            Leak::TestDayTrains => {
                "it lies on or after the cut and trains: move it to the test data"
            }
            Leak::EmbargoTrains => "it lies within the embargo and trains: leave it out",
            Leak::TrainingDayTests => {
                "it lies before the cut and tests: take it out of the test data"
            }
            Leak::OutcomeAfterCut => {
                "its outcome was known at the cut or later: leave it out of the training data, or lengthen the embargo"
            }
            Leak::OutcomeUndated => {
                "nobody says when its outcome was known: give the day or leave it out"
            }
            Leak::FeaturesFromLater => {
                "its features know data of later days: compute them as of its day"
            }
            Leak::FeaturesUndated => {
                "nobody says until when its features know data: give the day or leave it out"
            }
            Leak::OnBothSides => "the same subject, policy and day is on both sides: keep one",
        }
    }
}

/// A row that betrays the future.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Row, from one.
    pub row: usize,
    /// How.
    pub leak: Leak,
    /// In words, with what to do.
    pub message: String,
}

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leakage {
    /// Rows.
    pub rows: usize,
    /// Rows that train.
    pub train: usize,
    /// Rows that were left out as within the embargo.
    pub embargo: usize,
    /// Rows that test.
    pub test: usize,
    /// Every row on the wrong side, or that knows too much, in order.
    pub findings: Vec<Finding>,
}

impl Split {
    /// A cut with an embargo before it.
    ///
    /// # Errors
    /// [`SplitError`] where the embargo reaches before the calendar.
    pub fn new(cut: Date, embargo_days: u32) -> Result<Split, SplitError> {
        let closed = cut.checked_sub(i64::from(embargo_days).min(5_000_000).days());
        let closed = closed.map_err(|_| SplitError { cut, embargo_days })?;
        Ok(Split { cut, embargo_days, closed })
    }

    /// Where a day belongs.
    pub fn side(&self, day: Date) -> Side {
        if day >= self.cut {
            Side::Test
        } else if day >= self.closed {
            Side::Embargo
        } else {
            Side::Train
        }
    }

    /// Says which rows lie on the wrong side or know the future. What is not
    /// dated cannot be shown to be clean, and is found too.
    pub fn check(&self, rows: &[Row<'_>]) -> Leakage {
        let on = |side: Side| rows.iter().filter(|row| row.side == side).count();
        let tested: BTreeSet<_> =
            rows.iter().filter(|row| row.side == Side::Test).map(key).collect();
        let findings = (1..).zip(rows).flat_map(|(number, row)| {
            let mut leaks = self.leaks(row);
            if row.side == Side::Train && tested.contains(&key(row)) {
                leaks.push(Leak::OnBothSides);
            }
            leaks.into_iter().map(move |leak| finding(number, row, leak))
        });
        Leakage {
            rows: rows.len(),
            train: on(Side::Train),
            embargo: on(Side::Embargo),
            test: on(Side::Test),
            findings: findings.collect(),
        }
    }

    fn leaks(&self, row: &Row<'_>) -> Vec<Leak> {
        let mut leaks = Vec::new();
        match (row.side, self.side(row.day)) {
            (Side::Train, Side::Test) => leaks.push(Leak::TestDayTrains),
            (Side::Train, Side::Embargo) => leaks.push(Leak::EmbargoTrains),
            (Side::Test, Side::Train | Side::Embargo) => leaks.push(Leak::TrainingDayTests),
            _ => {}
        }
        if row.side == Side::Train {
            match row.outcome_seen {
                Some(day) if day >= self.cut => leaks.push(Leak::OutcomeAfterCut),
                Some(_) => {}
                None => leaks.push(Leak::OutcomeUndated),
            }
        }
        if row.side != Side::Embargo {
            match row.features_until {
                Some(day) if day > row.day => leaks.push(Leak::FeaturesFromLater),
                Some(_) => {}
                None => leaks.push(Leak::FeaturesUndated),
            }
        }
        leaks
    }
}

fn key<'a>(row: &Row<'a>) -> (&'a str, &'a str, Date) {
    (row.subject, row.policy, row.day)
}

fn finding(number: usize, row: &Row<'_>, leak: Leak) -> Finding {
    let Row { subject, policy, day, .. } = row;
    let remedy = leak.remedy();
    let message = format!("row {number}, subject `{subject}`, policy `{policy}`, {day}: {remedy}");
    Finding { row: number, leak, message }
}

#[cfg(test)]
#[path = "tests/split.rs"]
mod tests;
