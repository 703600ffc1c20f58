//! `/v1/office/proofs` and `/v1/office/differences`: what is proved about the
//! rules themselves, without looking at anybody.

use axum::extract::State as Extract;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use zhida_model::{
    domain::RegionCode,
    office::proofs::report::{difference, report},
    policy::file::CaseType,
    reference::Reference,
    rules::{dated::Dated, lint, program::Policy},
};

use crate::{
    engine::Engine,
    extract::Query,
    office::asked::region,
    problem::{Problem, ProblemBody},
    state::State,
};

/// Whose policies are asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedProofs {
    /// Policies issued in the tree of this region: a six-digit code, 000000 for all.
    region: String,
    /// One policy, by id, instead of all.
    policy: Option<String>,
}

/// Two versions of a policy.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedDifference {
    /// The policy is issued in the tree of this region.
    region: String,
    /// Id of the policy.
    policy: String,
    /// The version to start from.
    from: String,
    /// The version to compare.
    to: String,
    /// `new_claim` or `recheck`; the first by default.
    case: Option<String>,
}

/// Whether a policy is issued in the tree of a region.
fn issued_in(reference: &Reference, policy: &Policy, region: RegionCode) -> bool {
    region.value() == 0 || reference.regions.within(policy.region, region) == Some(true)
}

/// For each policy somebody who meets it and, for each condition, somebody who
/// fails it alone, or the statement that there can be nobody; and how it
/// differs from the version it supersedes. As `zhida check --deep --format json`
/// tells it.
#[utoipa::path(get, path = "/v1/office/proofs", tag = "office", params(AskedProofs),
    security(("token" = [])),
    responses(
        (status = 200, description = "what is proved", body = Value),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy of that region", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn proofs(
    Extract(state): Extract<State>,
    Query(asked): Query<AskedProofs>,
) -> Result<axum::Json<Value>, Problem> {
    let told = state.work(move |engine: &Engine| {
        let (program, reference) = (&engine.rules.program, &engine.rules.reference);
        let region = region(reference, &asked.region)?;
        let all = engine.proofs.get_or_init(|| report(program, reference));
        let wanted = |policy: &Policy| {
            asked.policy.as_ref().is_none_or(|id| *id == policy.key.id)
                && issued_in(reference, policy, region)
        };
        let policies: Vec<Value> = program
            .policies
            .iter()
            .zip(&all.policies)
            .filter(|(policy, _)| wanted(policy))
            .map(|(_, proof)| json!(proof))
            .collect();
        match &asked.policy {
            Some(id) if policies.is_empty() => Err(none_of(id)),
            _ => Ok(json!({ "policies": policies })),
        }
    });
    Ok(axum::Json(told.await?))
}

/// Who qualifies for one version and not for another, with an example each
/// way, and which words changed. As `zhida diff --format json` tells it.
#[utoipa::path(get, path = "/v1/office/differences", tag = "office", params(AskedDifference),
    security(("token" = [])),
    responses(
        (status = 200, description = "the difference", body = Value),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy of that region, or no such version", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn differences(
    Extract(state): Extract<State>,
    Query(asked): Query<AskedDifference>,
) -> Result<axum::Json<Value>, Problem> {
    let told = state.work(move |engine: &Engine| {
        let (program, reference) = (&engine.rules.program, &engine.rules.reference);
        let region = region(reference, &asked.region)?;
        let case = match asked.case.as_deref() {
            None | Some("new_claim") => CaseType::NewClaim,
            Some("recheck") => CaseType::Recheck,
            Some(_) => return Err(Problem::field("case", "not `new_claim` or `recheck`")),
        };
        let find = |version: &str| {
            let found = program.find(&asked.policy, version, case);
            let found = found.and_then(|position| program.policies.get(position));
            found.filter(|policy| issued_in(reference, policy, region)).ok_or_else(|| {
                let of = program.policies.iter().filter(|policy| policy.key.id == asked.policy);
                let known: Vec<&str> = of.map(|policy| policy.key.version.as_str()).collect();
                if known.is_empty() {
                    return none_of(&asked.policy);
                }
                let known = known.join(", ");
                Problem::NotFound(format!("`{}` has the versions {known}", asked.policy))
            })
        };
        let (from, to) = (find(&asked.from)?, find(&asked.to)?);
        let day = lint::examined_on(&to.file);
        let dated = Dated::new(program, reference, day, day);
        Ok(json!(difference(from, to, &dated, program, reference)))
    });
    Ok(axum::Json(told.await?))
}

fn none_of(id: &str) -> Problem {
    Problem::NotFound(format!("no policy `{id}` is issued in the tree of that region"))
}
