//! Two policies against each other: who qualifies for one and not for the
//! other, and which words changed.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    catalogue::RelationId,
    rules::{
        dated::Dated,
        program::{Policy, PolicyKey},
    },
};

use super::{Answer, Question, Wanted, changes::Change};

/// How a second policy differs from a first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same dossiers qualify.
    Same,
    /// More qualify, and nobody less.
    Wider,
    /// Fewer qualify, and nobody new.
    Narrower,
    /// Some qualify now and others do not any more.
    Both,
    /// It cannot be told; the answers say why.
    Undecided,
}

impl Verdict {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Wider => "wider",
            Verdict::Narrower => "narrower",
            Verdict::Both => "both",
            Verdict::Undecided => "undecided",
        }
    }
}

/// The difference between two policies, or two versions of one.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The first, older one.
    pub from: PolicyKey,
    /// The second, newer one.
    pub to: PolicyKey,
    /// The day on which both are judged, whether in force or not.
    pub as_of: Date,
    /// What it comes to.
    pub verdict: Verdict,
    /// Whether a person judges some clause of either; such clauses are taken as met.
    pub person: bool,
    /// Somebody who qualifies for the second and not for the first.
    pub gained: Answer,
    /// Somebody who qualifies for the first and not for the second.
    pub lost: Answer,
    /// The words and dates that differ.
    pub changes: Vec<Change>,
}

impl Difference {
    /// What the two answers come to.
    #[must_use]
    pub fn verdict(gained: &Answer, lost: &Answer) -> Verdict {
        match (gained, lost) {
            (Answer::Profile(_), Answer::Profile(_)) => Verdict::Both,
            (Answer::Profile(_), Answer::None) => Verdict::Wider,
            (Answer::None, Answer::Profile(_)) => Verdict::Narrower,
            (Answer::None, Answer::None) => Verdict::Same,
            _ => Verdict::Undecided,
        }
    }
}

/// Somebody who qualifies for the first and fails the second for certain, the
/// clauses that a person judges being met in both.
#[must_use]
pub fn without(first: &Policy, second: &Policy, dated: &Dated<'_>) -> Answer {
    if first.file.audience != second.file.audience {
        return Answer::Undecided(format!(
            "they judge different dossiers: {} and {}",
            first.file.audience, second.file.audience
        ));
    }
    let unit = match (first.unit, second.unit) {
        (_, None) => None,
        (Some(one), Some(other)) if one == other => Some(0),
        _ => return Answer::Undecided("they are about different units".to_owned()),
    };
    Question {
        dated,
        kind: first.file.audience,
        units: first.unit.into_iter().collect(),
        wanted: vec![
            Wanted { node: first.root, unit: first.unit.map(|_| 0), truth: true },
            Wanted { node: second.root, unit, truth: false },
        ],
        near: None,
    }
    .answer()
}

/// Somebody who qualifies for both; of the same member, where both are about
/// members of the same relation.
#[must_use]
pub fn together(first: &Policy, second: &Policy, dated: &Dated<'_>) -> Answer {
    let mut units: Vec<RelationId> = Vec::new();
    let mut unit = |relation: Option<RelationId>| {
        let relation = relation?;
        let known = units.iter().position(|of| *of == relation);
        Some(known.unwrap_or_else(|| {
            units.push(relation);
            units.len() - 1
        }))
    };
    let wanted = vec![
        Wanted { node: first.root, unit: unit(first.unit), truth: true },
        Wanted { node: second.root, unit: unit(second.unit), truth: true },
    ];
    Question { dated, kind: first.file.audience, units, wanted, near: None }.answer()
}
