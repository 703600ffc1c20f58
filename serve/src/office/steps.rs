//! `POST /v1/office/claim-steps` takes in what became of claims;
//! `GET /v1/office/ledger/{policy}` counts it.

use std::collections::BTreeMap;

use axum::{extract::State as Extract, http::StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zhida_model::office::{
    disclosure::Protection,
    ledger::{LedgerStep, ledger as counted},
    report::Place,
};

use crate::{
    engine::Engine,
    extract::{Json, Path, Query, subject_key},
    office::{
        asked::{AskedOne, at_desk, known},
        ledger::{self, ClaimStep, Step},
        schema::Described,
    },
    problem::{Problem, ProblemBody},
    state::{State, parse_day},
};

/// Steps in one request.
const MOST_STEPS: usize = 200;

/// One step of one claim.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// Key of the subject.
    subject: String,
    /// Id of the policy.
    policy: String,
    /// Its version.
    version: String,
    /// `new_claim` or `recheck`; the first by default.
    #[serde(default)]
    case: Option<String>,
    /// Key of the unit, where the policy has units.
    #[serde(default)]
    unit: Option<String>,
    /// `opened`, `applied`, `approved`, `rejected` or `paid`.
    step: Step,
    /// The day, as 2026-01-31.
    happened_on: String,
    /// Why it was refused.
    #[serde(default)]
    reason: String,
}

/// Steps that portals and deciding systems report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepsBody {
    /// At most 200.
    steps: Vec<StepBody>,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Recorded {
    /// Steps that were not known yet.
    recorded: u64,
    /// Steps that were.
    known: u64,
}

/// [`Ledger`] in the description of the service.
type LedgerBody = Described<Ledger>;

/// Records what became of claims. A step sent again changes nothing, so that a
/// sender that did not hear back repeats the whole request.
#[utoipa::path(post, path = "/v1/office/claim-steps", tag = "office",
    request_body = StepsBody,
    security(("token" = [])),
    responses(
        (status = 201, description = "recorded", body = Recorded),
        (status = 400, description = "the body is no JSON, or a subject is no key", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "a step that makes no sense; then none is recorded", body = ProblemBody),
    )
)]
pub async fn record(
    Extract(state): Extract<State>,
    Json(body): Json<StepsBody>,
) -> Result<(StatusCode, axum::Json<Recorded>), Problem> {
    if body.steps.len() > MOST_STEPS {
        let message = format!("more than {MOST_STEPS}: send several requests");
        return Err(Problem::field("steps", message));
    }
    let engine = state.engine();
    let steps = body
        .steps
        .iter()
        .enumerate()
        .map(|(position, step)| checked(&engine, position, step))
        .collect::<Result<Vec<ClaimStep>, Problem>>()?;
    let recorded = ledger::record(&state.db, &steps).await?;
    let known = (steps.len() as u64).saturating_sub(recorded);
    Ok((StatusCode::CREATED, axum::Json(Recorded { recorded, known })))
}

fn checked(engine: &Engine, position: usize, step: &StepBody) -> Result<ClaimStep, Problem> {
    let place = |field: &str| format!("steps[{position}].{field}");
    let subject = subject_key(&step.subject)?;
    let unit = step.unit.as_deref().map(subject_key).transpose()?;
    let case = step.case.as_deref().unwrap_or("new_claim");
    let known = engine.rules.program.policies.iter().any(|policy| {
        let key = &policy.key;
        key.id == step.policy && key.version == step.version && key.case.name() == case
    });
    if !known {
        let message = format!("no policy `{}` {} ({case})", step.policy, step.version);
        return Err(Problem::field(&place("policy"), message));
    }
    let day = parse_day(&place("happened_on"), &step.happened_on)?;
    if step.reason.chars().count() > 200 {
        return Err(Problem::field(&place("reason"), "longer than 200 characters: shorten it"));
    }
    Ok(ClaimStep {
        subject: subject.to_string(),
        policy: step.policy.clone(),
        version: step.version.clone(),
        case: case.to_owned(),
        unit: unit.map(|unit| unit.to_string()).unwrap_or_default(),
        step: step.step,
        happened_on: day.to_string(),
        reason: step.reason.trim().to_owned(),
    })
}

/// The way of the claims of a policy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ledger {
    /// The day judged.
    as_of: String,
    /// Whose subjects are counted.
    region: Place,
    /// How small counts are hidden.
    protection: Protection,
    /// By version and case of the policy.
    versions: Vec<VersionLedger>,
}

/// The way of the claims of one version.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionLedger {
    /// Version.
    version: String,
    /// Case type.
    case: String,
    /// From eligible to paid.
    steps: Vec<LedgerStep>,
}

/// How many claims got how far, and why others did not.
#[utoipa::path(get, path = "/v1/office/ledger/{policy}", tag = "office",
    params(("policy" = String, Path, description = "id of the policy"), AskedOne),
    security(("token" = [])),
    responses(
        (status = 200, description = "the ledger", body = LedgerBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn ledger_of(
    Extract(state): Extract<State>,
    Path(policy): Path<String>,
    Query(asked): Query<AskedOne>,
) -> Result<axum::Json<Ledger>, Problem> {
    let engine = state.engine();
    let mut trails = BTreeMap::new();
    for one in engine.rules.program.policies.iter().filter(|one| one.key.id == policy) {
        let key = &one.key;
        let found = ledger::trails(&state.db, &key.id, &key.version, key.case.name()).await?;
        trails.insert((key.version.clone(), key.case), found);
    }
    let AskedOne { region, as_of } = asked;
    let told = at_desk(&state, region, as_of, move |desk, region| {
        let dated = desk.day.borrow_dependent();
        let none = BTreeMap::new();
        let versions = known(desk, &policy)?.into_iter().map(|selected| {
            let key = &selected.policy.key;
            let trails = trails.get(&(key.version.clone(), key.case)).unwrap_or(&none);
            let kind = selected.policy.file.audience;
            let rows = desk.populations[kind.index()].within(region, dated);
            let find = |key| engine.find(key);
            let claims = ledger::claims(dated, &desk.world, &selected, &rows, trails, find)?;
            Ok(VersionLedger {
                version: key.version.clone(),
                case: key.case.name().to_owned(),
                steps: counted(&claims, Some(Protection::SERVICE)),
            })
        });
        Ok(Ledger {
            as_of: dated.as_of.to_string(),
            region: Place::new(region, dated),
            protection: Protection::SERVICE,
            versions: versions.collect::<Result<_, Problem>>()?,
        })
    });
    Ok(axum::Json(told.await?))
}
