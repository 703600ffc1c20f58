//! `GET /v1/health`: what is being served, and whether the state answers.

use axum::{extract::State as Extract, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use zhida_model::domain::SubjectKind;

use crate::{engine::Condition, problem::Problem, state::State};

/// What is being served.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `damaged` when a block of the snapshot is not what was
    /// written: then the status of the answer is 503, and the log names the
    /// file and what to do.
    pub status: &'static str,
    /// Version of the program.
    pub program: &'static str,
    /// Version of the snapshot.
    pub snapshot: String,
    /// Data cut-off of the snapshot.
    pub known_at: String,
    /// When the snapshot was built.
    pub built_at: String,
    /// Version of the catalogue.
    pub catalogue: String,
    /// Hash of the rules.
    pub rule_set: String,
    /// The day judged when a request names none.
    pub as_of: String,
    /// Number of enterprises.
    pub enterprises: usize,
    /// Number of citizens.
    pub citizens: usize,
    /// Number of versions of policies.
    pub policies: usize,
    /// Whether every block of the snapshot has been verified.
    pub verified: bool,
    /// Seconds since the service started.
    pub uptime_seconds: u64,
}

/// What is being served.
#[utoipa::path(get, path = "/v1/health", tag = "service", responses(
    (status = 200, description = "it serves", body = Health),
    (status = 503, description = "the snapshot is damaged", body = Health),
    (status = 500, description = "the state does not answer", body = crate::problem::ProblemBody),
))]
pub async fn health(
    Extract(state): Extract<State>,
) -> Result<(StatusCode, axum::Json<Health>), Problem> {
    state.db.ping().await?;
    let engine = state.engine();
    let manifest = engine.snapshot.manifest();
    let condition = engine.condition();
    let (code, status) = match condition {
        Condition::Damaged => (StatusCode::SERVICE_UNAVAILABLE, "damaged"),
        Condition::Unverified | Condition::Verified => (StatusCode::OK, "ok"),
    };
    let health = Health {
        status,
        program: env!("CARGO_PKG_VERSION"),
        snapshot: manifest.version.clone(),
        known_at: manifest.known_at.to_string(),
        built_at: manifest.created_at.to_string(),
        catalogue: manifest.catalogue_version.clone(),
        rule_set: manifest.rule_set_hash.clone(),
        as_of: state.default_day().max(manifest.known_at).to_string(),
        enterprises: engine.snapshot.rows(SubjectKind::Enterprise),
        citizens: engine.snapshot.rows(SubjectKind::Citizen),
        policies: engine.rules.program.policies.len(),
        verified: condition == Condition::Verified,
        uptime_seconds: state.started.elapsed().as_secs(),
    };
    Ok((code, axum::Json(health)))
}
