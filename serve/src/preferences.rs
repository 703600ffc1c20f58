//! `/v1/subjects/{key}/preferences`: what a subject allows to be sent.
//!
//! An opt-out takes effect with the answer to the request: the inbox is read
//! through the preferences, and no later run creates what they forbid. It
//! removes nothing from the recommendations: switching off the push is no
//! waiver (Personal Information Protection Law art. 16, 24).

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use utoipa::ToSchema;
use zhida_model::domain::SubjectKey;

use crate::{
    clock,
    db::Database,
    extract::{Json, Path, subject_key},
    problem::{Problem, ProblemBody},
    state::{Shared, State},
};

/// The topic that stands for every push.
pub(crate) const ALL: &str = "*";
/// Most topics one subject can settle.
const MOST_TOPICS: usize = 100;
/// Longest topic, in characters.
const LONGEST_TOPIC: usize = 60;

/// What a subject allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// Whether anything may be sent at all; `true` until the subject says no.
    #[serde(default = "allowed")]
    pub push: bool,
    /// Theme → whether policies of that theme may be sent. A policy of several
    /// themes is not sent when one of them is refused.
    #[serde(default)]
    pub topics: BTreeMap<String, bool>,
}

fn allowed() -> bool {
    true
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences { push: true, topics: BTreeMap::new() }
    }
}

impl Preferences {
    /// Whether a push with these topics may be sent and shown.
    #[must_use]
    pub fn allow<'t>(&self, topics: impl IntoIterator<Item = &'t str>) -> bool {
        self.push && topics.into_iter().all(|topic| self.topics.get(topic) != Some(&false))
    }

    pub(crate) fn set(&mut self, topic: &str, allowed: bool) {
        if topic == ALL {
            self.push = allowed;
        } else {
            self.topics.insert(topic.to_owned(), allowed);
        }
    }
}

/// The preferences of a subject.
///
/// # Errors
/// When the state does not answer.
pub async fn read(db: &Database, subject: SubjectKey) -> Result<Preferences, sqlx::Error> {
    let rows = sqlx::query("SELECT topic, allowed FROM preference WHERE subject = $1")
        .bind(subject.to_string())
        .fetch_all(&db.pool)
        .await?;
    let mut preferences = Preferences::default();
    for row in rows {
        let topic: String = row.try_get(0)?;
        preferences.set(&topic, row.try_get::<i64, _>(1)? != 0);
    }
    Ok(preferences)
}

/// Replaces the preferences of a subject, all or nothing.
///
/// # Errors
/// When the state does not answer.
pub async fn write(
    db: &Database,
    subject: SubjectKey,
    preferences: &Preferences,
) -> Result<(), sqlx::Error> {
    let (subject, now) = (subject.to_string(), clock::now());
    let mut transaction = db.begin().await?;
    sqlx::query("DELETE FROM preference WHERE subject = $1")
        .bind(&subject)
        .execute(&mut *transaction)
        .await?;
    let all = (ALL, preferences.push);
    let topics = preferences.topics.iter().map(|(topic, allowed)| (topic.as_str(), *allowed));
    for (topic, allowed) in std::iter::once(all).chain(topics) {
        sqlx::query(
            "INSERT INTO preference (subject, topic, allowed, changed_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (subject, topic) DO UPDATE SET allowed = excluded.allowed, \
             changed_at = excluded.changed_at",
        )
        .bind(&subject)
        .bind(topic)
        .bind(i64::from(allowed))
        .bind(&now)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await
}

/// A subject of the snapshot, or one that was told something earlier: whoever
/// can be told something can say no.
async fn somebody(state: &State, key: SubjectKey) -> Result<(), Problem> {
    let unknown = match Shared::locate(&state.engine(), key) {
        Ok(_) => return Ok(()),
        Err(problem) => problem,
    };
    let told = sqlx::query("SELECT 1 FROM push WHERE recipient = $1 LIMIT 1")
        .bind(key.to_string())
        .fetch_optional(&state.db.pool)
        .await?;
    told.map(|_| ()).ok_or(unknown)
}

/// What a subject allows to be sent.
#[utoipa::path(get, path = "/v1/subjects/{key}/preferences", tag = "subjects",
    params(("key" = String, Path, description = "key of the subject")),
    security(("token" = [])),
    responses(
        (status = 200, description = "the preferences", body = Preferences),
        (status = 400, description = "not a key", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject", body = ProblemBody),
    )
)]
pub async fn get(
    Extract(state): Extract<State>,
    Path(key): Path<String>,
) -> Result<axum::Json<Preferences>, Problem> {
    let key = subject_key(&key)?;
    somebody(&state, key).await?;
    Ok(axum::Json(read(&state.db, key).await?))
}

/// Replaces what a subject allows to be sent. In force with the answer.
#[utoipa::path(put, path = "/v1/subjects/{key}/preferences", tag = "subjects",
    params(("key" = String, Path, description = "key of the subject")),
    request_body = Preferences,
    security(("token" = [])),
    responses(
        (status = 200, description = "the preferences now in force", body = Preferences),
        (status = 400, description = "not a key, or the body is no JSON", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "a topic that makes no sense", body = ProblemBody),
    )
)]
pub async fn put(
    Extract(state): Extract<State>,
    Path(key): Path<String>,
    Json(preferences): Json<Preferences>,
) -> Result<axum::Json<Preferences>, Problem> {
    let key = subject_key(&key)?;
    somebody(&state, key).await?;
    if preferences.topics.len() > MOST_TOPICS {
        return Err(Problem::field("topics", format!("more than {MOST_TOPICS}")));
    }
    for topic in preferences.topics.keys() {
        if topic.is_empty() || topic == ALL || topic.chars().count() > LONGEST_TOPIC {
            let message = format!("a topic is a theme of 1 to {LONGEST_TOPIC} characters");
            return Err(Problem::field("topics", message));
        }
    }
    write(&state.db, key, &preferences).await?;
    Ok(axum::Json(preferences))
}
