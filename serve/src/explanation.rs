//! `GET /v1/subjects/{key}/explanations/{policy}`: why a policy fits or does
//! not, condition by condition, with the data behind each.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{
    domain::{SubjectKey, Tri},
    matching::{self, ConditionTrace, Explanation, Matcher, Selected, rounded},
    policy::file::CaseType,
    ranking::Scored,
    rules::scalar::{At, Dossier},
};

use crate::{
    engine::Engine,
    extract::{Path, Query, subject_key},
    problem::{Problem, ProblemBody},
    state::{Shared, State},
    view::{AmountBody, MissingBody, PolicyBody, WindowBody, result_words},
};

/// Which explanation is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Version; by default the one judged on the day.
    version: Option<String>,
    /// `new_claim` or `recheck`; by default the first there is.
    #[param(value_type = Option<String>)]
    case: Option<CaseType>,
    /// Key of the unit; by default the one that fits best.
    unit: Option<String>,
    /// The day judged; today by default.
    as_of: Option<String>,
}

/// A datum behind a condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// Name in the catalogue.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// The value; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why it is unknown, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_words: Option<&'static str>,
    /// Table it comes from.
    pub source: String,
    /// Department that owns the table.
    pub department: String,
    /// When it was last confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

/// One test inside a condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestBody {
    /// The test in Chinese.
    pub text: String,
    /// `true`, `false` or `unknown`.
    pub result: &'static str,
    /// The left side as it was worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<String>,
}

/// One condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionBody {
    /// Id.
    pub id: String,
    /// Article of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The words of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The rule in Chinese.
    pub rule: String,
    /// Whether a person judges it.
    pub manual: bool,
    /// `true`, `false` or `unknown`.
    pub result: &'static str,
    /// The words for it.
    pub result_words: &'static str,
    /// The tests it consists of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestBody>,
    /// The data behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceBody>,
    /// Members of a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub members: Vec<ConditionBody>,
}

/// Why a policy fits or does not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationBody {
    /// Key of the subject; absent in the calculator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Key of the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The policy.
    pub policy: PolicyBody,
    /// The day judged.
    pub as_of: String,
    /// Data cut-off.
    pub known_at: String,
    /// The verdict.
    pub verdict: &'static str,
    /// The words for it.
    pub verdict_words: &'static str,
    /// What is granted.
    pub amount: AmountBody,
    /// Where the claim window stands.
    pub window: WindowBody,
    /// For an unknown verdict: the fewest missing data.
    pub missing: Vec<MissingBody>,
    /// Ids of the conditions that the data at hand speak against.
    pub failing: Vec<String>,
    /// Why it is not shown in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<&'static str>,
    /// Every condition.
    pub conditions: Vec<ConditionBody>,
    /// Why it stands where it does in the list, where the order was learned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderBody>,
    /// Says that a person decides and where to ask.
    pub notice: String,
}

/// Why a policy stands where it does in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderBody {
    /// The score the list is ordered by: the product of the four below.
    pub score: f64,
    /// Probability of opening it once seen, 0 to 1.
    pub open: f64,
    /// Probability of applying once opened, 0 to 1.
    pub apply: f64,
    /// Probability of approval once applied, 0 to 1.
    pub approve: f64,
    /// What the sum is worth, 0 to 1.
    pub value: f64,
    /// What moves it up or down against an average one, in Chinese.
    pub reasons: Vec<String>,
}

/// Reasons named for each direction.
const REASONS: usize = 4;

impl OrderBody {
    fn of(scored: Scored) -> Option<OrderBody> {
        let [open, apply, approve] = scored.probabilities;
        let reasons = scored.words(REASONS);
        let (score, value) = (rounded(scored.score), scored.value);
        score.is_finite().then_some(OrderBody { score, open, apply, approve, value, reasons })
    }
}

/// Why a policy fits a subject or does not.
#[utoipa::path(get, path = "/v1/subjects/{key}/explanations/{policy}", tag = "subjects",
    params(
        ("key" = String, Path, description = "key of the subject"),
        ("policy" = String, Path, description = "id of the policy"),
        Asked,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "the explanation", body = ExplanationBody),
        (status = 400, description = "not a key", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject, policy or unit", body = ProblemBody),
        (status = 422, description = "the policy is for the other kind of subject", body = ProblemBody),
    )
)]
pub async fn explanation(
    Extract(state): Extract<State>,
    Path((key, policy)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<ExplanationBody>, Problem> {
    let key = subject_key(&key)?;
    let unit = asked.unit.as_deref().map(subject_key).transpose()?;
    let shared = State::clone(&state);
    let body = state
        .work(move |engine| {
            let (kind, row) = Shared::locate(engine, key)?;
            let as_of = shared.day_judged(asked.as_of.as_deref(), engine.known_at())?;
            let world = engine.world_of(kind, row)?;
            let day = engine.day(as_of);
            let matcher =
                Matcher::new(day.borrow_dependent(), &world).with(engine.ranking.as_ref());
            let selected = choose(&matcher, &policy, asked.version.as_deref(), asked.case)?;
            if selected.policy.file.audience != kind {
                let message =
                    format!("`{policy}` is for {} subjects", selected.policy.file.audience);
                return Err(Problem::field("policy", message));
            }
            let Some((frame, row)) = world.of(kind).locate(row) else {
                return Err(Problem::internal("the row of a key that was found is gone"));
            };
            let at = place(&matcher, &selected, Dossier { frame, row }, unit)?;
            let mut body = explain(engine, &matcher, &selected, &at);
            body.subject = Some(key.to_string());
            let found = matcher.found(&selected, &at);
            body.order = engine.ranking.as_ref().and_then(|ranking| {
                OrderBody::of(ranking.scored(&matcher, kind, at.subject, &at, &found)?)
            });
            Ok(body)
        })
        .await?;
    Ok(axum::Json(body))
}

/// The version that is meant: one judged on the day, otherwise any there is.
fn choose<'a>(
    matcher: &Matcher<'a>,
    id: &str,
    version: Option<&str>,
    case: Option<CaseType>,
) -> Result<Selected<'a>, Problem> {
    let fits = |policy: &zhida_model::rules::program::Policy| {
        policy.key.id == id
            && version.is_none_or(|version| policy.key.version == version)
            && case.is_none_or(|case| policy.key.case == case)
    };
    let judged = matcher.selected.iter().find(|selected| fits(selected.policy)).copied();
    let dated = matcher.scalar.dated;
    judged
        .or_else(|| {
            let mut all = dated.program.policies.iter().enumerate().rev();
            let (index, policy) = all.find(|(_, policy)| fits(policy))?;
            let window = matching::windows(&policy.file, dated.as_of);
            Some(Selected { index, policy, window })
        })
        .ok_or_else(|| {
            Problem::NotFound(
                "no such policy, version or case: see /v1/policies/{id} for those there are"
                    .to_owned(),
            )
        })
}

/// Whom the rule is about: the unit asked for, otherwise the one that fits best.
fn place<'a>(
    matcher: &Matcher<'a>,
    selected: &Selected<'a>,
    subject: Dossier<'a>,
    unit: Option<SubjectKey>,
) -> Result<At<'a>, Problem> {
    let places: Vec<At<'a>> = matching::units(&matcher.scalar, selected.policy, subject)
        .into_iter()
        .map(|unit| unit.at(subject))
        .collect();
    let key = |at: &At<'a>| at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row));
    let found = match unit {
        Some(wanted) => places.into_iter().find(|at| key(at) == Some(wanted)),
        None => places
            .into_iter()
            .min_by_key(|at| matching::verdict(&matcher.scalar, selected.policy, at)),
    };
    found.ok_or_else(|| {
        Problem::NotFound("the subject has no such unit that this policy could be about".to_owned())
    })
}

/// The explanation as people read it.
pub(crate) fn explain<'a>(
    engine: &Engine,
    matcher: &Matcher<'a>,
    selected: &Selected<'a>,
    at: &At<'a>,
) -> ExplanationBody {
    let found: Explanation = matching::explain(&matcher.scalar, selected, at);
    let reference = &engine.rules.reference;
    let contact = &selected.policy.file.contact;
    let phone = contact.phone.as_deref().unwrap_or("12345");
    ExplanationBody {
        subject: None,
        unit: at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row).to_string()),
        policy: PolicyBody::new(selected.policy, &reference.regions),
        as_of: found.as_of,
        known_at: found.known_at,
        verdict: found.verdict.name(),
        verdict_words: found.verdict.label(),
        amount: AmountBody::beside(found.verdict, found.amount),
        window: found.window.into(),
        missing: found
            .missing
            .iter()
            .map(|missing| MissingBody::new(missing, &reference.catalogue))
            .collect(),
        failing: found.failing,
        suppressed: found.suppressed.as_ref().map(|reason| reason.label()),
        conditions: found.conditions.into_iter().map(condition).collect(),
        order: None,
        notice: format!(
            "本说明由系统依据已共享的数据自动生成，不是受理决定；如有出入，请向{}核实（{phone}）。",
            contact.department
        ),
    }
}

fn condition(trace: ConditionTrace) -> ConditionBody {
    ConditionBody {
        id: trace.id,
        article: trace.article,
        quote: trace.quote,
        rule: trace.rule,
        manual: trace.manual,
        result: tri_name(trace.result),
        result_words: result_words(trace.result, trace.manual),
        tests: trace
            .tests
            .into_iter()
            .map(|test| TestBody {
                text: test.text,
                result: tri_name(test.result),
                computed: test.computed,
            })
            .collect(),
        evidence: trace
            .evidence
            .into_iter()
            .map(|evidence| EvidenceBody {
                field: evidence.field,
                label: evidence.label,
                value: evidence.value,
                reason_words: evidence.reason.map(|reason| reason.label()),
                source: evidence.source,
                department: evidence.department,
                observed: evidence.observed,
            })
            .collect(),
        members: trace.members.into_iter().map(condition).collect(),
    }
}

fn tri_name(value: Tri) -> &'static str {
    match value {
        Tri::True => "true",
        Tri::False => "false",
        Tri::Unknown => "unknown",
    }
}
