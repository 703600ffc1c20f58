//! `GET /v1/office/coverage`, `/v1/office/coverage/{policy}` and
//! `/v1/office/blind-spots`: whom policies reach in a region, and whom not.

use axum::extract::State as Extract;
use zhida_model::office::{
    disclosure::Protection,
    report::{self, BlindSpots, Coverage},
};

use crate::{
    extract::{Path, Query},
    office::{
        asked::{Asked, AskedOne, at_desk, known},
        schema::Described,
    },
    problem::{Problem, ProblemBody},
    state::State,
};

/// [`Coverage`] in the description of the service.
type CoverageBody = Described<Coverage>;

/// [`BlindSpots`] in the description of the service.
type BlindSpotsBody = Described<BlindSpots>;

/// Every policy with its counts in a region; groups are told for one policy.
#[utoipa::path(get, path = "/v1/office/coverage", tag = "office", params(Asked),
    security(("token" = [])),
    responses(
        (status = 200, description = "the counts, rounded; small ones are hidden", body = CoverageBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
        (status = 504, description = "still being counted: ask again", body = ProblemBody),
    )
)]
pub async fn all(
    Extract(state): Extract<State>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Coverage>, Problem> {
    let Asked { region, as_of, policy } = asked;
    let coverage = at_desk(&state, region, as_of, move |desk, region| {
        if let Some(id) = &policy {
            known(desk, id)?;
        }
        let surveys = desk.surveys(region, policy.as_deref());
        let dated = desk.day.borrow_dependent();
        let mut coverage = report::report(dated, &surveys, region, Some(Protection::SERVICE));
        match policy {
            Some(id) => coverage.policies.retain(|one| one.policy == id),
            None => coverage.policies.iter_mut().for_each(|one| one.groups.clear()),
        }
        Ok(coverage)
    });
    Ok(axum::Json(coverage.await?))
}

/// One policy, every version judged on the day, by group.
#[utoipa::path(get, path = "/v1/office/coverage/{policy}", tag = "office",
    params(("policy" = String, Path, description = "id of the policy"), AskedOne),
    security(("token" = [])),
    responses(
        (status = 200, description = "the counts, rounded; small ones are hidden", body = CoverageBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn one(
    Extract(state): Extract<State>,
    Path(policy): Path<String>,
    Query(asked): Query<AskedOne>,
) -> Result<axum::Json<Coverage>, Problem> {
    let AskedOne { region, as_of } = asked;
    all(Extract(state), Query(Asked { region, as_of, policy: Some(policy) })).await
}

/// Subjects that no policy reaches, policies that reach nobody, and pairs of
/// policies whose eligible subjects nearly coincide.
#[utoipa::path(get, path = "/v1/office/blind-spots", tag = "office", params(AskedOne),
    security(("token" = [])),
    responses(
        (status = 200, description = "the blind spots", body = BlindSpotsBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
        (status = 504, description = "still being counted: ask again", body = ProblemBody),
    )
)]
pub async fn blind_spots(
    Extract(state): Extract<State>,
    Query(asked): Query<AskedOne>,
) -> Result<axum::Json<BlindSpots>, Problem> {
    let AskedOne { region, as_of } = asked;
    let asked = Asked { region, as_of, policy: None };
    let coverage = all(Extract(state), Query(asked)).await?;
    Ok(axum::Json(coverage.0.blind_spots))
}
