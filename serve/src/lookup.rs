//! `POST /v1/subjects/lookup`: from a number to the key it travels under.
//!
//! The one place where an identity number may reach the service. It stands in
//! the body, is turned into a key and forgotten; it is in no address, log or
//! message, and an error does not repeat it.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zhida_model::domain::{ResidentId, SubjectKind, Uscc};

use crate::{
    clock,
    extract::Json,
    problem::{Problem, ProblemBody},
    state::State,
};

/// Whose key is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// `enterprise` or `citizen`.
    #[schema(value_type = String, example = "enterprise")]
    kind: SubjectKind,
    /// Unified social credit code or citizen identity number.
    number: String,
}

/// The key of a subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// The key.
    pub key: String,
    /// `enterprise` or `citizen`.
    pub kind: &'static str,
}

/// The key a number travels under.
#[utoipa::path(post, path = "/v1/subjects/lookup", tag = "subjects", request_body = Number,
    security(("token" = [])),
    responses(
        (status = 200, description = "the key", body = Key),
        (status = 400, description = "the body is no JSON", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "the snapshot holds no such subject", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "not a valid number", body = ProblemBody),
        (status = 503, description = "the key secret is not configured", body = ProblemBody),
    )
)]
pub async fn lookup(
    Extract(state): Extract<State>,
    Json(body): Json<serde_json::Value>,
) -> Result<axum::Json<Key>, Problem> {
    // Read in two steps: the reader's own messages would repeat the number.
    let asked: Number = serde_json::from_value(body).map_err(|_| {
        Problem::field("number", "send `kind` (enterprise or citizen) and `number` (text), no more")
    })?;
    let Some(secret) = &state.secret else {
        let detail =
            "the key secret is not configured: start the service with the file that holds it";
        return Err(Problem::Unavailable(detail.to_owned()));
    };
    let text = asked.number.trim().to_uppercase();
    let invalid = || Problem::field("number", "not a valid number of this kind");
    let key = match asked.kind {
        SubjectKind::Enterprise => {
            let number = Uscc::parse(&text).map_err(|_| invalid())?;
            secret.subject_key(asked.kind, number.as_str())
        }
        SubjectKind::Citizen => {
            let number = ResidentId::parse(&text, clock::today()).map_err(|_| invalid())?;
            secret.subject_key(asked.kind, number.as_str())
        }
    };
    match state.engine().find(key)? {
        Some((kind, _)) if kind == asked.kind => {
            Ok(axum::Json(Key { key: key.to_string(), kind: kind.name() }))
        }
        _ => Err(Problem::NotFound("the snapshot holds no subject with this number".to_owned())),
    }
}
