//! Why: the explanations of `zhida explain --format json`, one a unit of the
//! policy, for a dossier of any world.

use zhida_model::catalogue::similar;
use zhida_model::domain::{SubjectKey, SubjectKind};
use zhida_model::frame::World;
use zhida_model::matching::{Explanation, Matcher, Selected, Unit, explain, units, windows};
use zhida_model::ranking::{Ranking, Scored};
use zhida_model::rules::dated::Dated;
use zhida_model::rules::program::Policy;
use zhida_model::rules::scalar::Dossier;

use crate::errors::{Error, Result};
use crate::matches::Days;
use crate::policies::Rules;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) kind: SubjectKind,
    pub(crate) row: u32,
    pub(crate) policy: &'q str,
    pub(crate) version: Option<&'q str>,
    pub(crate) days: Days,
}

/// A key from its text.
pub(crate) fn key(text: &str) -> Result<SubjectKey> {
    text.parse().map_err(|_| {
        Error::Argument(format!("`{text}` is no key: give 32 hexadecimal digits, or a row"))
    })
}

/// The row of a key; without one the only row.
pub(crate) fn row(world: &World, kind: SubjectKind, key: Option<SubjectKey>) -> Result<u32> {
    let dossiers = world.of(kind);
    let mut keys = dossiers.chunks.iter().flat_map(|frame| frame.keys.iter());
    let found = match key {
        Some(key) => keys.position(|other| *other == key.as_u128()),
        None => (dossiers.rows == 1).then_some(0),
    };
    found.and_then(|row| u32::try_from(row).ok()).ok_or_else(|| {
        Error::Argument(match key {
            Some(key) => format!("the table has no subject `{key}`: check the key"),
            None => {
                format!("the table has {} rows: give one, or a key and `table=`", dossiers.rows)
            }
        })
    })
}

/// An explanation with the reasons for its place in a list, where the order
/// was learned.
#[derive(Debug, serde::Serialize)]
struct Explained {
    #[serde(flatten)]
    explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Scored>,
}

/// The explanations as JSON.
pub(crate) fn json(
    rules: &Rules,
    world: &World,
    question: &Question<'_>,
    ranking: Option<&Ranking>,
) -> Result<String> {
    let days = question.days;
    let dated = Dated::new(&rules.program, &rules.reference, days.as_of, days.known_at);
    let matcher = Matcher::new(&dated, world).with(ranking);
    let Some((frame, row)) = world.of(question.kind).locate(question.row) else {
        return Err(Error::Argument("there is no such dossier: check the key".to_owned()));
    };
    let subject = Dossier { frame, row };
    let mut explanations = Vec::new();
    for selected in &chosen(question, &matcher, &dated)? {
        let file = &selected.policy.file;
        if file.audience != question.kind {
            return Err(Error::Argument(format!(
                "`{}` is for {} subjects, and this one is of kind {}: choose a policy for it, or another subject",
                question.policy, file.audience, question.kind
            )));
        }
        for unit in units(&matcher.scalar, selected.policy, subject) {
            if !matches!(unit, Unit::Unseen) {
                let at = unit.at(subject);
                let order = ranking.and_then(|ranking| {
                    let found = matcher.found(selected, &at);
                    ranking.scored(&matcher, question.kind, subject, &at, &found)
                });
                let explanation = explain(&matcher.scalar, selected, &at);
                explanations.push(Explained { explanation, order });
            }
        }
    }
    serde_json::to_string(&explanations).map_err(|error| Error::Internal(error.to_string()))
}

fn chosen<'a>(
    question: &Question<'_>,
    matcher: &Matcher<'a>,
    dated: &Dated<'a>,
) -> Result<Vec<Selected<'a>>> {
    let id = question.policy;
    let policies = dated.program.policies.iter();
    let all: Vec<(usize, &'a Policy)> =
        policies.enumerate().filter(|(_, policy)| policy.key.id == id).collect();
    if all.is_empty() {
        let ids = dated.program.policies.iter().map(|policy| policy.key.id.as_str());
        let near = similar(id, ids, 5);
        let hint = match near.is_empty() {
            true => "`ids` lists all".to_owned(),
            false => format!("did you mean {}?", near.join(", ")),
        };
        return Err(Error::Argument(format!("no policy has the id `{id}`: {hint}")));
    }
    let versions = || {
        let known: Vec<&str> = all.iter().map(|(_, policy)| policy.key.version.as_str()).collect();
        known.join(", ")
    };
    let Some(version) = question.version else {
        let of_id = |selected: &Selected<'a>| selected.policy.key.id == id;
        let selected: Vec<_> = matcher.selected.iter().copied().filter(of_id).collect();
        if selected.is_empty() {
            return Err(Error::Argument(format!(
                "no version of `{id}` is judged on {}; choose one with `version=`: {}",
                dated.as_of,
                versions()
            )));
        }
        return Ok(selected);
    };
    let of_version = all.iter().filter(|(_, policy)| policy.key.version == version);
    let window = |policy: &Policy| windows(&policy.file, dated.as_of);
    let selected: Vec<Selected<'a>> = of_version
        .map(|&(index, policy)| Selected { index, policy, window: window(policy) })
        .collect();
    if selected.is_empty() {
        return Err(Error::Argument(format!(
            "`{id}` has no version `{version}`; it has {}",
            versions()
        )));
    }
    Ok(selected)
}
