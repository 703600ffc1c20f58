//! The statements of a run: what is there already, what is new, what goes.

use rustc_hash::{FxHashMap, FxHashSet};
use sqlx::{Any, AssertSqlSafe, Row, Transaction, any::AnyRow};

use crate::{db::Database, preferences::Preferences};

use super::candidates::{Batch, Candidate};

/// Parameters of one statement; both databases take more.
const PARAMETERS: usize = 400;

/// A push that is in the state already.
pub(super) struct Known {
    pub(super) id: String,
    pub(super) subject: String,
    pub(super) policy: (String, String, String),
    pub(super) withdrawn: bool,
}

/// How many pushes of a run every recipient has.
pub(super) async fn delivered(
    db: &Database,
    run: &str,
) -> Result<FxHashMap<String, usize>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT recipient, COUNT(*) FROM push WHERE created_run = $1 AND state = 'open' \
         GROUP BY recipient",
    )
    .bind(run)
    .fetch_all(&db.pool)
    .await?;
    let count = |row: &AnyRow| -> Result<(String, usize), sqlx::Error> {
        let count: i64 = row.try_get(1)?;
        Ok((row.try_get(0)?, usize::try_from(count).unwrap_or(usize::MAX)))
    };
    rows.iter().map(count).collect()
}

/// `$1, $2, …` for so many values.
fn placeholders(count: usize) -> String {
    let names: Vec<String> = (1..=count).map(|number| format!("${number}")).collect();
    names.join(", ")
}

/// The pushes that subjects have already.
pub(super) async fn known(
    transaction: &mut Transaction<'_, Any>,
    subjects: &[String],
) -> Result<Vec<Known>, sqlx::Error> {
    let mut found = Vec::new();
    for part in subjects.chunks(PARAMETERS) {
        let statement = format!(
            "SELECT id, subject, policy, version, case_type, state FROM push WHERE subject IN ({})",
            placeholders(part.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for subject in part {
            query = query.bind(subject);
        }
        for row in query.fetch_all(&mut **transaction).await? {
            let state: String = row.try_get(5)?;
            found.push(Known {
                id: row.try_get(0)?,
                subject: row.try_get(1)?,
                policy: (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?),
                withdrawn: state == "withdrawn",
            });
        }
    }
    Ok(found)
}

/// What recipients and subjects of a batch have switched off.
pub(super) async fn refusals(
    transaction: &mut Transaction<'_, Any>,
    batch: &Batch,
) -> Result<FxHashMap<String, Preferences>, sqlx::Error> {
    let people: FxHashSet<&String> = batch
        .candidates
        .iter()
        .flat_map(|candidate| [&candidate.recipient, &candidate.subject])
        .collect();
    let people: Vec<&String> = people.into_iter().collect();
    let mut found: FxHashMap<String, Preferences> = FxHashMap::default();
    for part in people.chunks(PARAMETERS) {
        let statement = format!(
            "SELECT subject, topic FROM preference WHERE allowed = 0 AND subject IN ({})",
            placeholders(part.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for person in part {
            query = query.bind(*person);
        }
        for row in query.fetch_all(&mut **transaction).await? {
            let topic: String = row.try_get(1)?;
            found.entry(row.try_get(0)?).or_default().set(&topic, false);
        }
    }
    Ok(found)
}

/// Writes a push that is new, or opens one again that had been withdrawn.
/// Tells whether it was written.
pub(super) async fn write(
    transaction: &mut Transaction<'_, Any>,
    push: &Candidate,
    state: &str,
    run: &str,
    now: &str,
) -> Result<bool, sqlx::Error> {
    let topics = serde_json::to_string(&push.topics).unwrap_or_else(|_| "[]".to_owned());
    let done = sqlx::query(
        "INSERT INTO push (id, recipient, subject, kind, policy, version, case_type, unit, title, \
         verdict, amount_fen, reason, route, deadline, topics, state, created_run, created_at, \
         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         $16, $17, $18, $19) ON CONFLICT (id) DO UPDATE SET title = excluded.title, \
         verdict = excluded.verdict, amount_fen = excluded.amount_fen, reason = excluded.reason, \
         route = excluded.route, deadline = excluded.deadline, topics = excluded.topics, \
         state = excluded.state, state_reason = NULL, created_run = excluded.created_run, \
         created_at = excluded.created_at, changed_at = excluded.changed_at \
         WHERE push.state = 'withdrawn'",
    )
    .bind(&push.id)
    .bind(&push.recipient)
    .bind(&push.subject)
    .bind(push.kind.name())
    .bind(&push.policy)
    .bind(&push.version)
    .bind(push.case)
    .bind(&push.unit)
    .bind(&push.title)
    .bind(push.verdict)
    .bind(push.amount)
    .bind(&push.reason)
    .bind(push.route)
    .bind(push.deadline.as_deref())
    .bind(topics)
    .bind(state)
    .bind(run)
    .bind(now)
    .bind(now)
    .execute(&mut **transaction)
    .await?;
    if done.rows_affected() > 0 {
        // A push that comes again asks for an answer again.
        sqlx::query("DELETE FROM acknowledgement WHERE push = $1")
            .bind(&push.id)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(done.rows_affected() > 0)
}

pub(super) async fn withdraw(
    transaction: &mut Transaction<'_, Any>,
    id: &str,
    why: &str,
    now: &str,
) -> Result<usize, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE push SET state = 'withdrawn', state_reason = $1, changed_at = $2 \
         WHERE id = $3 AND state <> 'withdrawn'",
    )
    .bind(why)
    .bind(now)
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(0))
}
