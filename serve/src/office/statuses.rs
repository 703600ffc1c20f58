//! How far each obstacle has got. Kept by its id, which stays the same from
//! one snapshot to the next.

use std::collections::BTreeMap;

use sqlx::Row;
use zhida_model::office::obstacles::Status;

use crate::{clock, db::Database};

/// Every status on record, by id of the obstacle.
///
/// # Errors
/// When the state does not answer.
pub async fn statuses(db: &Database) -> Result<BTreeMap<String, Status>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, status FROM obstacle_status").fetch_all(&db.pool).await?;
    let mut statuses = BTreeMap::new();
    for row in rows {
        let name: String = row.try_get(1)?;
        if let Some(status) = Status::of(&name) {
            statuses.insert(row.try_get(0)?, status);
        }
    }
    Ok(statuses)
}

/// Records how far an obstacle has got.
///
/// # Errors
/// When the state does not answer.
pub async fn set_status(
    db: &Database,
    id: &str,
    status: Status,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO obstacle_status (id, status, note, changed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, note = excluded.note, \
         changed_at = excluded.changed_at",
    )
    .bind(id)
    .bind(status.name())
    .bind(note)
    .bind(clock::now())
    .execute(&db.pool)
    .await?;
    Ok(())
}
