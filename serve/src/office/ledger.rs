//! What became of claims once they were told: notified, opened, applied,
//! approved, paid, and where and why they got lost on the way. Pushes and
//! their answers are known here; the later steps are sent by portals and by
//! the systems that decide.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::Row;
use utoipa::ToSchema;

use crate::db::Database;

/// A step that somebody reports.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The subject looked at it.
    Opened,
    /// The subject claimed it.
    Applied,
    /// The claim was approved.
    Approved,
    /// The claim was refused by the deciding department.
    Rejected,
    /// It was paid or granted.
    Paid,
}

impl Step {
    /// The name in the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Step::Opened => "opened",
            Step::Applied => "applied",
            Step::Approved => "approved",
            Step::Rejected => "rejected",
            Step::Paid => "paid",
        }
    }

    fn of(name: &str) -> Option<Step> {
        [Step::Opened, Step::Applied, Step::Approved, Step::Rejected, Step::Paid]
            .into_iter()
            .find(|step| step.name() == name)
    }
}

/// One step of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimStep {
    /// Key of the subject.
    pub subject: String,
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// `new_claim` or `recheck`.
    pub case: String,
    /// Key of the unit, or empty.
    pub unit: String,
    /// What happened.
    pub step: Step,
    /// When, as 2026-01-31.
    pub happened_on: String,
    /// Why, where it was refused; may be empty.
    pub reason: String,
}

/// Records steps; one that is known already stays as it was. Tells how many
/// were new.
///
/// # Errors
/// When the state does not answer; then none is recorded.
pub async fn record(db: &Database, steps: &[ClaimStep]) -> Result<u64, sqlx::Error> {
    let mut transaction = db.begin().await?;
    let mut new = 0;
    for step in steps {
        let done = sqlx::query(
            "INSERT INTO claim_step (subject, policy, version, case_type, unit, step, \
             happened_on, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (subject, policy, version, case_type, unit, step) DO NOTHING",
        )
        .bind(&step.subject)
        .bind(&step.policy)
        .bind(&step.version)
        .bind(&step.case)
        .bind(&step.unit)
        .bind(step.step.name())
        .bind(&step.happened_on)
        .bind(&step.reason)
        .execute(&mut *transaction)
        .await?;
        new += done.rows_affected();
    }
    transaction.commit().await?;
    Ok(new)
}

/// The claims of one policy version and the farthest each has got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// Told to the recipient and not withdrawn.
    pub notified: bool,
    /// Opened, applied, approved, paid.
    pub steps: Vec<Step>,
    /// `not_interested` was answered.
    pub declined: bool,
    /// Why it was refused.
    pub reason: String,
}

/// A claim: key of the subject and of the unit, which may be empty.
pub type ClaimKey = (String, String);

/// Everything on record about one policy version, by claim.
///
/// # Errors
/// When the state does not answer.
pub async fn trails(
    db: &Database,
    policy: &str,
    version: &str,
    case: &str,
) -> Result<BTreeMap<ClaimKey, Trail>, sqlx::Error> {
    let mut trails: BTreeMap<ClaimKey, Trail> = BTreeMap::new();
    let pushes = sqlx::query(
        "SELECT p.subject, p.unit, p.state, a.answer FROM push p \
         LEFT JOIN acknowledgement a ON a.push = p.id \
         WHERE p.policy = $1 AND p.version = $2 AND p.case_type = $3",
    )
    .bind(policy)
    .bind(version)
    .bind(case)
    .fetch_all(&db.pool)
    .await?;
    for row in pushes {
        let trail = trails.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        // What waits in a digest has been counted to the recipient, not told.
        trail.notified |= row.try_get::<String, _>(2)? == "open";
        match row.try_get::<Option<String>, _>(3)?.as_deref() {
            Some("not_interested") => {
                trail.declined = true;
                trail.steps.push(Step::Opened);
            }
            Some(_) => trail.steps.push(Step::Opened),
            None => {}
        }
    }
    let steps = sqlx::query(
        "SELECT subject, unit, step, reason FROM claim_step \
         WHERE policy = $1 AND version = $2 AND case_type = $3",
    )
    .bind(policy)
    .bind(version)
    .bind(case)
    .fetch_all(&db.pool)
    .await?;
    for row in steps {
        let trail = trails.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        let name: String = row.try_get(2)?;
        if let Some(step) = Step::of(&name) {
            trail.steps.push(step);
            if step == Step::Rejected {
                trail.reason = row.try_get(3)?;
            }
        }
    }
    Ok(trails)
}
