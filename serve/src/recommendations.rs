//! `GET /v1/subjects/{key}/recommendations`: what may fit a subject, best
//! first, each with its reasons. A list never refuses: what does not match is
//! left out unless somebody asks for it, and then comes with the why-not.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{
    matching::{Match, Matcher, rounded, select},
    policy::cases::Verdict,
    rules::scalar::Dossier,
};

use crate::{
    engine::Engine,
    extract::{Path, Query, subject_key},
    judging::{self, Counts, Judged, Wanted},
    problem::{Problem, ProblemBody},
    state::{Shared, State},
    view::{AmountBody, MissingBody, PolicyBody, WindowBody},
};

/// How many are listed when nobody says.
const DEFAULT_K: usize = 20;
/// How many are listed at the most.
const MOST: usize = 200;

/// What a list of recommendations is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The day judged; today by default, never before the data cut-off.
    as_of: Option<String>,
    /// How many to list: 20 by default, 200 at the most.
    k: Option<usize>,
    /// Any of `unknown`, `suppressed`, `ineligible`, joined by commas.
    include: Option<String>,
    /// `personal` (default) or `general`: the same list for everybody.
    mode: Option<String>,
}

/// One recommendation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommendation {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
    /// Key of the unit (a child, a hire), where the policy has units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// `eligible`, `likely` or `unknown`; absent in the general mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    /// The words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_words: Option<&'static str>,
    /// What is granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountBody>,
    /// Where the claim window stands.
    pub window: WindowBody,
    /// Days until it closes; 0 on its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i32>,
    /// Why it is listed, one line a condition.
    pub why: Vec<String>,
    /// For an unknown verdict: the fewest missing data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingBody>,
    /// Others of this list of which only one can be had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choose_one: Vec<String>,
    /// Why it would not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<&'static str>,
    /// The score it is ordered by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Address of the full explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// A policy that does not match, with the why-not.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotMatching {
    /// Id of the policy.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Key of the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The words for it: never a refusal.
    pub verdict_words: &'static str,
    /// The conditions that the data at hand speak against.
    pub failing: Vec<String>,
    /// The department that decides.
    pub contact: String,
}

/// What may fit a subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recommendations {
    /// Key of the subject.
    pub subject: String,
    /// `enterprise` or `citizen`.
    pub kind: &'static str,
    /// `personal` or `general`.
    pub mode: &'static str,
    /// The day judged.
    pub as_of: String,
    /// Data cut-off.
    pub known_at: String,
    /// Version of the snapshot.
    pub snapshot: String,
    /// How many verdicts there are of each kind; absent in the general mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Says that the list is personal and how it is ordered.
    pub notice: &'static str,
    /// The list.
    pub recommendations: Vec<Recommendation>,
    /// What does not match, where it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_matching: Vec<NotMatching>,
}

/// What is included beside what may fit.
#[derive(Debug, Clone, Copy, Default)]
struct Include {
    wanted: Wanted,
    suppressed: bool,
}

fn include(text: Option<&str>) -> Result<Include, Problem> {
    let mut include = Include::default();
    for word in text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "unknown" => include.wanted.unknown = true,
            "ineligible" => include.wanted.ineligible = true,
            "suppressed" => include.suppressed = true,
            _ => {
                let message = "not among `unknown`, `suppressed`, `ineligible`";
                return Err(Problem::field("include", message));
            }
        }
    }
    Ok(include)
}

/// What may fit a subject, best first.
#[utoipa::path(get, path = "/v1/subjects/{key}/recommendations", tag = "subjects",
    params(("key" = String, Path, description = "key of the subject"), Asked),
    security(("token" = [])),
    responses(
        (status = 200, description = "the list", body = Recommendations),
        (status = 400, description = "not a key, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn list(
    Extract(state): Extract<State>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Recommendations>, Problem> {
    let key = subject_key(&key)?;
    let include = include(asked.include.as_deref())?;
    let general = match asked.mode.as_deref() {
        None | Some("personal") => false,
        Some("general") => true,
        Some(_) => return Err(Problem::field("mode", "not `personal` or `general`")),
    };
    let k = asked.k.unwrap_or(DEFAULT_K);
    if k == 0 || k > MOST {
        return Err(Problem::field("k", format!("not between 1 and {MOST}")));
    }
    let shared = State::clone(&state);
    let body = state
        .work(move |engine| {
            let (kind, row) = Shared::locate(engine, key)?;
            let as_of = shared.day_judged(asked.as_of.as_deref(), engine.known_at())?;
            let mut body = Recommendations {
                subject: key.to_string(),
                kind: kind.name(),
                mode: if general { "general" } else { "personal" },
                as_of: as_of.to_string(),
                known_at: engine.known_at().to_string(),
                snapshot: engine.snapshot.manifest().version.clone(),
                counts: None,
                notice: match engine.ranking.as_ref().and_then(|ranking| ranking.ranker.of(kind)) {
                    Some(_) => "本列表依据已共享的数据自动比对生成，按预计办成的可能和金额排序，排序原理见 /ranking，可改用 mode=general；以受理部门认定为准。",
                    None => "本列表依据已共享的数据自动比对生成，按确定程度、金额和截止时间排序；以受理部门认定为准。",
                },
                recommendations: Vec::new(),
                not_matching: Vec::new(),
            };
            if general {
                body.notice = "本列表不使用您的个人信息，对所有人相同，按截止时间排序。";
                body.recommendations = everybody(engine, kind, as_of, k);
                return Ok(body);
            }
            let world = engine.world_of(kind, row)?;
            let day = engine.day(as_of);
            let matcher =
                Matcher::new(day.borrow_dependent(), &world).with(engine.ranking.as_ref());
            let judged = judging::judge(&matcher, kind, row, include.wanted);
            body.counts = Some(judged.counts);
            fill(&mut body, engine, &matcher, judged, include.suppressed, k);
            Ok(body)
        })
        .await?;
    Ok(axum::Json(body))
}

/// The general list: every policy for this kind of subject that is open, soon
/// closing first.
fn everybody(
    engine: &Engine,
    kind: zhida_model::domain::SubjectKind,
    as_of: jiff::civil::Date,
    k: usize,
) -> Vec<Recommendation> {
    let regions = &engine.rules.reference.regions;
    let mut open: Vec<_> = select(&engine.rules.program, as_of)
        .into_iter()
        .filter(|selected| selected.policy.file.audience == kind)
        .map(|selected| (zhida_model::matching::days_left(selected.window, as_of), selected))
        .collect();
    open.sort_by_key(|(days, selected)| (days.unwrap_or(i32::MAX), selected.index));
    open.into_iter()
        .take(k)
        .map(|(days_left, selected)| Recommendation {
            policy: PolicyBody::new(selected.policy, regions),
            unit: None,
            verdict: None,
            verdict_words: None,
            amount: None,
            window: selected.window.into(),
            days_left,
            why: Vec::new(),
            missing: Vec::new(),
            choose_one: Vec::new(),
            suppressed: None,
            score: None,
            explanation: None,
        })
        .collect()
}

fn fill(
    body: &mut Recommendations,
    engine: &Engine,
    matcher: &Matcher<'_>,
    judged: Judged,
    suppressed: bool,
    k: usize,
) {
    body.recommendations = judged
        .matches
        .iter()
        .filter(|found| suppressed || found.suppressed.is_none())
        .take(k)
        .filter_map(|found| one(engine, matcher, found))
        .collect();
    body.not_matching = judged
        .against
        .into_iter()
        .filter_map(|against| {
            let policy = engine.rules.program.policies.get(against.policy)?;
            Some(NotMatching {
                id: policy.key.id.clone(),
                version: policy.key.version.clone(),
                title: policy.file.title.clone(),
                unit: against.unit.map(|key| key.to_string()),
                verdict_words: Verdict::Ineligible.label(),
                failing: against.failing.into_iter().map(|(_, words)| words).collect(),
                contact: policy.file.contact.department.clone(),
            })
        })
        .collect();
}

/// One match as people read it.
pub(crate) fn one(engine: &Engine, matcher: &Matcher<'_>, found: &Match) -> Option<Recommendation> {
    let reference = &engine.rules.reference;
    let policy = matcher.scalar.dated.program.policies.get(found.policy)?;
    let why = engine
        .find(found.subject)
        .ok()
        .flatten()
        .and_then(|(kind, row)| matcher.scalar.world.of(kind).locate(row))
        .map(|(frame, row)| {
            let at = judging::at_of(matcher, policy, Dossier { frame, row }, found.unit);
            judging::why(matcher, policy, &at)
        })
        .unwrap_or_default();
    let key = &policy.key;
    let unit = found.unit.map(|unit| unit.to_string());
    let mut explanation = format!(
        "/v1/subjects/{}/explanations/{}?version={}&case={}",
        found.subject,
        key.id,
        key.version,
        crate::view::case_name(key.case)
    );
    if let Some(unit) = &unit {
        explanation.push_str("&unit=");
        explanation.push_str(unit);
    }
    Some(Recommendation {
        policy: PolicyBody::new(policy, &reference.regions),
        unit,
        verdict: Some(found.verdict.name()),
        verdict_words: Some(found.verdict.label()),
        amount: Some(AmountBody::beside(found.verdict, found.amount)),
        window: found.window.into(),
        days_left: found.days_left,
        why,
        missing: found
            .missing
            .iter()
            .map(|missing| MissingBody::new(missing, &reference.catalogue))
            .collect(),
        choose_one: found.choose_one.clone(),
        suppressed: found.suppressed.as_ref().map(|reason| reason.label()),
        score: Some(rounded(found.score)),
        explanation: Some(explanation),
    })
}
