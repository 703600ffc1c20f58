//! `/v1/pushes`: the inbox of a subject, and its answers.
//!
//! An answer carries an `Idempotency-Key`: a portal that did not hear back
//! sends the same request again and gets the same answer again, and the push
//! is answered once.

use axum::{
    extract::State as Extract,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Any, Row, Transaction};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock,
    db::Database,
    extract::{Json, Path, Query, subject_key},
    problem::{Problem, ProblemBody},
    push::{self, Answer, Inbox, Page},
    state::{Shared, State},
};

/// Name of the header.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// What the keys of answers are kept under.
const SCOPE: &str = "acknowledgements";

/// Days for which a repeated request gets the answer of the first.
const KEY_DAYS: i64 = 7;

/// Which inbox, and which part of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Key of the recipient.
    subject: String,
    /// Any of `digest`, `withdrawn`, joined by commas.
    include: Option<String>,
    /// How many to leave out from the start.
    offset: Option<usize>,
    /// How many to list: 50 by default, 200 at the most.
    limit: Option<usize>,
}

/// The inbox of a subject, newest first. Empty while it has switched off the push.
#[utoipa::path(get, path = "/v1/pushes", tag = "pushes", params(Asked),
    security(("token" = [])),
    responses(
        (status = 200, description = "the inbox", body = Inbox),
        (status = 400, description = "not a key, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
    )
)]
pub async fn inbox(
    Extract(state): Extract<State>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Inbox>, Problem> {
    let key = subject_key(&asked.subject)?;
    Shared::locate(&state.engine(), key)?;
    let mut page = Page {
        digest: false,
        withdrawn: false,
        offset: asked.offset.unwrap_or(0),
        limit: asked.limit.unwrap_or(50).min(200),
    };
    let include = asked.include.as_deref().unwrap_or_default();
    for word in include.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "digest" => page.digest = true,
            "withdrawn" => page.withdrawn = true,
            _ => return Err(Problem::field("include", "not among `digest`, `withdrawn`")),
        }
    }
    Ok(axum::Json(push::inbox(&state.db, key, page).await?))
}

/// An answer to a push.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// `seen`, `interested` or `not_interested`.
    answer: Answer,
}

/// An answer as it was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Acknowledged {
    /// Id of the push.
    pub push: String,
    /// The answer.
    pub answer: Answer,
    /// When it was recorded.
    pub answered_at: String,
}

/// Answers a push. The same `Idempotency-Key` with the same body gives the
/// same answer again; with another body it is refused.
#[utoipa::path(post, path = "/v1/pushes/{id}/acknowledgements", tag = "pushes",
    params(
        ("id" = String, Path, description = "id of the push"),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible characters chosen by the sender, anew for each answer"),
    ),
    request_body = Acknowledgement,
    security(("token" = [])),
    responses(
        (status = 201, description = "recorded, now or by the first request with this key", body = Acknowledged),
        (status = 400, description = "no usable Idempotency-Key, or the body is no JSON", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such push", body = ProblemBody),
        (status = 409, description = "the push was withdrawn: there is nothing left to be interested in", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "not an answer, or the key was used for another one", body = ProblemBody),
    )
)]
pub async fn acknowledge(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Acknowledgement>,
) -> Result<Response, Problem> {
    let token = idempotency_key(&headers)?;
    let (replayed, json) = record(&state.db, &id, &token, &body).await?;
    let mut response = (StatusCode::CREATED, json).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if replayed {
        headers.insert("idempotency-replayed", header::HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    key.map(str::trim).filter(|key| (1..=200).contains(&key.len())).map(str::to_owned).ok_or_else(
        || {
            let detail = "send an `Idempotency-Key` header of 1 to 200 visible characters";
            Problem::BadRequest(detail.to_owned())
        },
    )
}

/// Records an answer, or finds the one that the key was given before. Tells
/// which, and the body of the answer.
async fn record(
    db: &Database,
    id: &str,
    token: &str,
    body: &Acknowledgement,
) -> Result<(bool, String), Problem> {
    let fingerprint = fingerprint(id, body);
    let now = clock::now();
    let answer =
        Acknowledged { push: id.to_owned(), answer: body.answer, answered_at: now.clone() };
    let json = serde_json::to_string(&answer).map_err(Problem::internal)?;
    let mut transaction = db.begin().await?;
    if !claim_key(&mut transaction, token, &fingerprint, &json, &now).await? {
        return Ok((true, replay(&mut transaction, token, &fingerprint).await?));
    }
    answerable(&mut transaction, id, body.answer).await?;
    sqlx::query(
        "INSERT INTO acknowledgement (push, answer, answered_at) VALUES ($1, $2, $3) \
         ON CONFLICT (push) DO UPDATE SET answer = excluded.answer, \
         answered_at = excluded.answered_at",
    )
    .bind(id)
    .bind(body.answer.name())
    .bind(&now)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok((false, json))
}

/// Whether this request is the first with its key. Whoever inserts the key
/// first answers; others wait here and then find it.
async fn claim_key(
    transaction: &mut Transaction<'_, Any>,
    token: &str,
    fingerprint: &str,
    json: &str,
    now: &str,
) -> Result<bool, Problem> {
    let inserted = sqlx::query(
        "INSERT INTO idempotency (scope, token, fingerprint, status, body, created_at) \
         VALUES ($1, $2, $3, 201, $4, $5) ON CONFLICT (scope, token) DO NOTHING",
    )
    .bind(SCOPE)
    .bind(token)
    .bind(fingerprint)
    .bind(json)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// The body that the key was answered with, if it was for the same request.
async fn replay(
    transaction: &mut Transaction<'_, Any>,
    token: &str,
    fingerprint: &str,
) -> Result<String, Problem> {
    let row =
        sqlx::query("SELECT fingerprint, body FROM idempotency WHERE scope = $1 AND token = $2")
            .bind(SCOPE)
            .bind(token)
            .fetch_one(&mut **transaction)
            .await?;
    if row.try_get::<String, _>(0)? != fingerprint {
        let message = "was used for another answer: choose a new one";
        return Err(Problem::field("Idempotency-Key", message));
    }
    Ok(row.try_get(1)?)
}

/// Refuses an answer to no push, and interest in a withdrawn one.
async fn answerable(
    transaction: &mut Transaction<'_, Any>,
    id: &str,
    answer: Answer,
) -> Result<(), Problem> {
    let state: Option<String> = sqlx::query_scalar("SELECT state FROM push WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?;
    match state.as_deref() {
        None => Err(Problem::NotFound("there is no push with this id".to_owned())),
        Some("withdrawn") if answer == Answer::Interested => {
            let detail = "the push was withdrawn: see the recommendations for what fits now";
            Err(Problem::Conflict(detail.to_owned()))
        }
        Some(_) => Ok(()),
    }
}

/// Forgets the answers of requests that nobody will repeat any more.
///
/// # Errors
/// When the state does not answer.
pub async fn forget_old_keys(db: &Database) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
        .bind(clock::days_ago(KEY_DAYS))
        .execute(&db.pool)
        .await?;
    Ok(())
}

fn fingerprint(id: &str, body: &Acknowledgement) -> String {
    let mut digest = Sha256::new();
    digest.update(id.as_bytes());
    digest.update([0]);
    digest.update(body.answer.name().as_bytes());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
