//! `POST /v1/match`: the anonymous calculator. Somebody types in values,
//! nothing is looked up and nothing is kept; the same rules answer.

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zhida_model::{
    domain::SubjectKind,
    matching::{self, Matcher},
    policy::cases::Verdict,
    rules::{
        scalar::Dossier,
        values::{Builder, Typed, ValueError},
    },
};

use crate::{
    engine::Engine,
    extract::Json,
    judging::{self, Counts, Wanted},
    problem::{FieldError, Problem, ProblemBody},
    state::{State, parse_day},
    view::{AmountBody, MissingBody, PolicyBody, WindowBody},
};

/// What somebody typed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// `enterprise` or `citizen`.
    #[schema(value_type = String, example = "citizen")]
    kind: SubjectKind,
    /// The day judged; today by default.
    as_of: Option<String>,
    /// Field or relation → value, as `/v1/fields` describes them: sums in yuan
    /// or as `"300万"`, days as `"2026-01-31"`, codes, lists. What is not
    /// named is unknown.
    #[schema(value_type = Object, example = json!({"birth_date": "2025-09-10", "nationality": "cn"}))]
    values: Typed,
    /// Lists what does not match too, with the why-not.
    #[serde(default)]
    include_ineligible: bool,
}

/// One policy that may fit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fit {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
    /// Which member of the policy's relation it is about, from 1 in the order
    /// in which they were typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<usize>,
    /// `eligible`, `likely` or `unknown`.
    pub verdict: &'static str,
    /// The words for it.
    pub verdict_words: &'static str,
    /// What is granted.
    pub amount: AmountBody,
    /// Where the claim window stands.
    pub window: WindowBody,
    /// One line a condition.
    pub why: Vec<String>,
    /// The fewest fields that would decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingBody>,
    /// Others of this list of which only one can be had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choose_one: Vec<String>,
    /// Why it would not be shown to a subject with these values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<&'static str>,
}

/// A policy that the typed values speak against.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoFit {
    /// Id of the policy.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// The conditions that fail.
    pub failing: Vec<String>,
}

/// A field that would decide further policies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ask {
    /// The field.
    #[serde(flatten)]
    pub field: MissingBody,
    /// In how many open answers it is among the fewest that would decide.
    pub policies: usize,
}

/// The answer of the calculator.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The day judged.
    pub as_of: String,
    /// How many verdicts there are of each kind.
    pub counts: Counts,
    /// What may fit, best first.
    pub matches: Vec<Fit>,
    /// Fields that would decide further policies, most useful first.
    pub ask_next: Vec<Ask>,
    /// What does not match, where it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_matching: Vec<NoFit>,
    /// Says what the answer is worth.
    pub notice: &'static str,
}

/// Which policies fit the values somebody typed in. Nothing is stored.
#[utoipa::path(post, path = "/v1/match", tag = "calculator", request_body = Question, responses(
    (status = 200, description = "the answer", body = Answer),
    (status = 400, description = "the body is no JSON", body = ProblemBody),
    (status = 413, description = "the body is too long", body = ProblemBody),
    (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
    (status = 422, description = "values that do not fit, every one of them", body = ProblemBody),
    (status = 429, description = "too much is being asked", body = ProblemBody),
))]
pub async fn calculate(
    Extract(state): Extract<State>,
    Json(question): Json<Question>,
) -> Result<axum::Json<Answer>, Problem> {
    let as_of = match &question.as_of {
        Some(text) => parse_day("as_of", text)?,
        None => state.default_day(),
    };
    let answer = state.work(move |engine| answer(engine, &question, as_of)).await?;
    Ok(axum::Json(answer))
}

fn answer(
    engine: &Engine,
    question: &Question,
    as_of: jiff::civil::Date,
) -> Result<Answer, Problem> {
    let reference = &engine.rules.reference;
    let mut builder = Builder::new(reference);
    let row = builder.add(question.kind, &question.values).map_err(|errors| unfit(&errors))?;
    let world = builder.build();
    let day = engine.day_of_typed(as_of);
    let matcher = Matcher::new(day.borrow_dependent(), &world);
    let wanted = Wanted { unknown: true, ineligible: question.include_ineligible };
    let judged = judging::judge(&matcher, question.kind, row, wanted);
    let Some((frame, local)) = world.of(question.kind).locate(row) else {
        return Err(Problem::internal("the typed dossier has no row"));
    };
    let subject = Dossier { frame, row: local };
    let mut asked: BTreeMap<MissingBody, usize> = BTreeMap::new();
    let matches: Vec<Fit> = judged
        .matches
        .iter()
        .filter_map(|found| {
            let fit = fit(engine, &matcher, found, subject)?;
            for missing in fit.missing.iter().filter(|missing| !missing.field.starts_with("param:"))
            {
                *asked.entry(missing.clone()).or_insert(0) += 1;
            }
            Some(fit)
        })
        .collect();
    let mut ask_next: Vec<Ask> =
        asked.into_iter().map(|(field, policies)| Ask { field, policies }).collect();
    ask_next.sort_by(|a, b| b.policies.cmp(&a.policies).then(a.field.cmp(&b.field)));
    let not_matching = judged
        .against
        .into_iter()
        .filter_map(|against| {
            let policy = engine.rules.program.policies.get(against.policy)?;
            Some(NoFit {
                id: policy.key.id.clone(),
                version: policy.key.version.clone(),
                title: policy.file.title.clone(),
                failing: against.failing.into_iter().map(|(_, words)| words).collect(),
            })
        })
        .collect();
    Ok(Answer {
        as_of: as_of.to_string(),
        counts: judged.counts,
        matches,
        ask_next,
        not_matching,
        notice: "结果依据您填写的内容自动比对，仅供参考；填写内容不会被保存。",
    })
}

fn fit<'a>(
    engine: &Engine,
    matcher: &Matcher<'a>,
    found: &matching::Match,
    subject: Dossier<'a>,
) -> Option<Fit> {
    let reference = &engine.rules.reference;
    let policy = matcher.scalar.dated.program.policies.get(found.policy)?;
    let at = judging::at_of(matcher, policy, subject, found.unit);
    let member = found.unit.and_then(|wanted| {
        matching::units(&matcher.scalar, policy, subject)
            .into_iter()
            .filter_map(|unit| unit.at(subject).unit)
            .position(|unit| unit.dossier.frame.key(unit.dossier.row) == wanted)
    });
    Some(Fit {
        policy: PolicyBody::new(policy, &reference.regions),
        member: member.map(|position| position + 1),
        verdict: found.verdict.name(),
        verdict_words: found.verdict.label(),
        amount: AmountBody::beside(found.verdict, found.amount),
        window: found.window.into(),
        why: if found.verdict < Verdict::Unknown {
            judging::why(matcher, policy, &at)
        } else {
            Vec::new()
        },
        missing: found
            .missing
            .iter()
            .map(|missing| MissingBody::new(missing, &reference.catalogue))
            .collect(),
        choose_one: found.choose_one.clone(),
        suppressed: found.suppressed.as_ref().map(|reason| reason.label()),
    })
}

fn unfit(errors: &[ValueError]) -> Problem {
    let errors: Vec<FieldError> = errors
        .iter()
        .map(|error| {
            let (ValueError::UnknownField { name, .. }
            | ValueError::Derived { name, .. }
            | ValueError::Unfit { name, .. }) = error;
            FieldError { field: name.clone(), message: error.to_string() }
        })
        .collect();
    let count = errors.len();
    let detail =
        format!("{count} of the values cannot be used: see /v1/fields for how they are written");
    Problem::Unprocessable { detail, errors }
}
