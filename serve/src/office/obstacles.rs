//! `/v1/office/obstacles`: what stands in the way, and how far it has got.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zhida_model::office::{
    disclosure::Protection,
    obstacles::{self, ObstacleList, Status},
};

use crate::{
    extract::{Json, Path, Query},
    office::{
        asked::{Asked, at_desk, known},
        schema::Described,
        statuses,
    },
    problem::{Problem, ProblemBody},
    state::State,
};

/// Longest note beside a status, in characters.
const LONGEST_NOTE: usize = 500;

/// Longest id of an obstacle, in characters.
const LONGEST_ID: usize = 300;

/// [`ObstacleList`] in the description of the service.
type ObstacleListBody = Described<ObstacleList>;

/// Conditions that alone keep subjects out, data whose absence keeps verdicts
/// open, clauses that a person judges; of each the largest first.
#[utoipa::path(get, path = "/v1/office/obstacles", tag = "office", params(Asked),
    security(("token" = [])),
    responses(
        (status = 200, description = "the list", body = ObstacleListBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
        (status = 504, description = "still being counted: ask again", body = ProblemBody),
    )
)]
pub async fn list(
    Extract(state): Extract<State>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<ObstacleList>, Problem> {
    let statuses = statuses::statuses(&state.db).await?;
    let Asked { region, as_of, policy } = asked;
    let list = at_desk(&state, region, as_of, move |desk, region| {
        if let Some(id) = &policy {
            known(desk, id)?;
        }
        let found = desk.obstacles(region, policy.as_deref());
        let status = |id: &str| statuses.get(id).copied().unwrap_or_default();
        let (dated, service) = (desk.day.borrow_dependent(), Some(Protection::SERVICE));
        Ok(obstacles::list(dated, &desk.world, &found, region, service, &status))
    });
    Ok(axum::Json(list.await?))
}

/// How far an obstacle has got.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusBody {
    /// `open`, `in_progress`, `accepted` or `resolved`.
    #[schema(value_type = String)]
    pub status: Status,
    /// Why, or who is at it.
    #[serde(default)]
    pub note: String,
}

/// Records how far an obstacle has got. The id is that of the list; it stays
/// the same from one snapshot to the next.
#[utoipa::path(put, path = "/v1/office/obstacles/{id}", tag = "office",
    params(("id" = String, Path, description = "id of the obstacle")),
    request_body = StatusBody,
    security(("token" = [])),
    responses(
        (status = 200, description = "recorded", body = StatusBody),
        (status = 400, description = "the body is no JSON", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "no such status, or not an id of an obstacle", body = ProblemBody),
    )
)]
pub async fn put(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    Json(body): Json<StatusBody>,
) -> Result<axum::Json<StatusBody>, Problem> {
    let kind = id.split_once(':').map(|(kind, _)| kind);
    let known = matches!(kind, Some("condition" | "data" | "judgement"));
    if !known || id.chars().count() > LONGEST_ID {
        return Err(Problem::field("id", "not an id from the list of obstacles"));
    }
    if body.note.chars().count() > LONGEST_NOTE {
        let message = format!("longer than {LONGEST_NOTE} characters: shorten it");
        return Err(Problem::field("note", message));
    }
    statuses::set_status(&state.db, &id, body.status, &body.note).await?;
    Ok(axum::Json(body))
}
