//! Reading pushes back: the inbox of a recipient and the list of a run, both
//! through the preferences that are in force at that moment.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};
use utoipa::ToSchema;
use zhida_model::domain::SubjectKey;

use crate::{
    db::Database,
    preferences::{self, Preferences},
};

/// Standing of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Delivered.
    Open,
    /// Beyond the cap of its run: part of the digest.
    Digest,
    /// It no longer holds.
    Withdrawn,
}

/// What a recipient answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It has been read.
    Seen,
    /// The recipient wants to go on.
    Interested,
    /// The recipient does not.
    NotInterested,
}

impl Answer {
    /// The name in the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Answer::Seen => "seen",
            Answer::Interested => "interested",
            Answer::NotInterested => "not_interested",
        }
    }
}

/// One push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PushRow {
    /// Its id.
    pub id: String,
    /// Key of the recipient.
    pub recipient: String,
    /// Key of the subject it is about; the recipient itself, or a child, the
    /// household member or enterprise it answers for.
    pub subject: String,
    /// `enterprise` or `citizen`.
    pub kind: String,
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// `new_claim` or `recheck`.
    pub case: String,
    /// Key of the unit, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Title of the policy.
    pub title: String,
    /// `eligible` or `likely`.
    pub verdict: String,
    /// The sum in fen, where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_fen: Option<i64>,
    /// Why it was sent.
    pub reason: String,
    /// `auto`, `confirm` or `apply`.
    pub route: String,
    /// Last day to claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Themes; each can be switched off.
    pub topics: Vec<String>,
    /// Its standing.
    pub state: State,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// When it was sent.
    pub created_at: String,
    /// The latest answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
}

/// Which part of an inbox.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Lists what is in the digest too.
    pub digest: bool,
    /// Lists what was withdrawn too.
    pub withdrawn: bool,
    /// How many to leave out from the start.
    pub offset: usize,
    /// How many to list.
    pub limit: usize,
}

/// An inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Inbox {
    /// Key of the recipient.
    pub subject: String,
    /// Whether the recipient allows pushes at all.
    pub push: bool,
    /// How many there are.
    pub total: usize,
    /// How many of these have no answer yet.
    pub unanswered: usize,
    /// How many more stand in the digest.
    pub digest: usize,
    /// Those of this page, newest first.
    pub pushes: Vec<PushRow>,
}

const COLUMNS: &str = "SELECT p.id, p.recipient, p.subject, p.kind, p.policy, p.version, \
     p.case_type, p.unit, p.title, p.verdict, p.amount_fen, p.reason, p.route, p.deadline, \
     p.topics, p.state, p.state_reason, p.created_at, a.answer, a.answered_at FROM push p \
     LEFT JOIN acknowledgement a ON a.push = p.id";

fn read(row: &AnyRow) -> Result<PushRow, sqlx::Error> {
    let (unit, topics, state): (String, String, String) =
        (row.try_get(7)?, row.try_get(14)?, row.try_get(15)?);
    Ok(PushRow {
        id: row.try_get(0)?,
        recipient: row.try_get(1)?,
        subject: row.try_get(2)?,
        kind: row.try_get(3)?,
        policy: row.try_get(4)?,
        version: row.try_get(5)?,
        case: row.try_get(6)?,
        unit: Some(unit).filter(|unit| !unit.is_empty()),
        title: row.try_get(8)?,
        verdict: row.try_get(9)?,
        amount_fen: row.try_get(10)?,
        reason: row.try_get(11)?,
        route: row.try_get(12)?,
        deadline: row.try_get(13)?,
        topics: serde_json::from_str(&topics).unwrap_or_default(),
        state: match state.as_str() {
            "open" => State::Open,
            "digest" => State::Digest,
            _ => State::Withdrawn,
        },
        state_reason: row.try_get(16)?,
        created_at: row.try_get(17)?,
        answer: row.try_get(18)?,
        answered_at: row.try_get(19)?,
    })
}

/// The inbox of a recipient. What recipient or subject has switched off is
/// not in it, from the moment of the switch.
///
/// # Errors
/// When the state does not answer.
pub async fn inbox(db: &Database, recipient: SubjectKey, page: Page) -> Result<Inbox, sqlx::Error> {
    let preferences = preferences::read(db, recipient).await?;
    let mut inbox = Inbox {
        subject: recipient.to_string(),
        push: preferences.push,
        total: 0,
        unanswered: 0,
        digest: 0,
        pushes: Vec::new(),
    };
    if !preferences.push {
        return Ok(inbox);
    }
    let statement = format!("{COLUMNS} WHERE p.recipient = $1 ORDER BY p.created_at DESC, p.id");
    let rows = sqlx::query(AssertSqlSafe(statement))
        .bind(recipient.to_string())
        .fetch_all(&db.pool)
        .await?;
    let mut others: FxHashMap<String, Preferences> = FxHashMap::default();
    others.insert(recipient.to_string(), preferences);
    let mut shown = Vec::new();
    for row in &rows {
        let push = read(row)?;
        if !others.contains_key(&push.subject)
            && let Ok(subject) = push.subject.parse()
        {
            others.insert(push.subject.clone(), preferences::read(db, subject).await?);
        }
        let allows = |who: &String| {
            others.get(who).is_none_or(|found| found.allow(push.topics.iter().map(String::as_str)))
        };
        if !allows(&push.recipient) || !allows(&push.subject) {
            continue;
        }
        inbox.digest += usize::from(push.state == State::Digest);
        let wanted = match push.state {
            State::Open => true,
            State::Digest => page.digest,
            State::Withdrawn => page.withdrawn,
        };
        if wanted {
            shown.push(push);
        }
    }
    inbox.total = shown.len();
    inbox.unanswered = shown.iter().filter(|push| push.answer.is_none()).count();
    inbox.pushes = shown.into_iter().skip(page.offset).take(page.limit).collect();
    Ok(inbox)
}

/// What a run has sent, by recipient, at most `limit` rows.
///
/// # Errors
/// When the state does not answer.
pub async fn of_run(db: &Database, run: &str, limit: usize) -> Result<Vec<PushRow>, sqlx::Error> {
    let statement = format!(
        "{COLUMNS} WHERE p.created_run = $1 AND p.state <> 'withdrawn' \
         ORDER BY p.recipient, p.state DESC, p.subject, p.policy, p.unit, p.id LIMIT $2"
    );
    let rows = sqlx::query(AssertSqlSafe(statement))
        .bind(run)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&db.pool)
        .await?;
    rows.iter().map(read).collect()
}
