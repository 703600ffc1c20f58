//! What became of claims once they were told: notified, opened, applied,
//! approved, paid, and where and why they got lost on the way. Pushes and
//! their answers are known here; the later steps are sent by portals and by
//! the systems that decide.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::Row;
use utoipa::ToSchema;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    frame::World,
    matching::{Selected, Suppression},
    office::{ledger::ClaimRecord, reach::Reach, rowset::Rowset},
    policy::cases::Verdict,
    rules::dated::Dated,
};

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

/// Eligible claims among some rows, and whatever else has a trail there.
/// `find` tells where a subject stands.
///
/// # Errors
/// What `find` returns.
pub fn claims<E>(
    dated: &Dated<'_>,
    world: &World,
    selected: &Selected<'_>,
    rows: &Rowset,
    trails: &BTreeMap<ClaimKey, Trail>,
    find: impl Fn(SubjectKey) -> Result<Option<(SubjectKind, u32)>, E>,
) -> Result<Vec<ClaimRecord>, E> {
    let kind = selected.policy.file.audience;
    let mut seen = BTreeSet::new();
    let mut claims: Vec<ClaimRecord> = eligible(dated, world, selected, rows)
        .into_iter()
        .map(|(key, settled)| {
            let trail = trails.get(&key).cloned().unwrap_or_default();
            seen.insert(key);
            recorded(true, settled, &trail)
        })
        .collect();
    for (key, trail) in trails.iter().filter(|(key, _)| !seen.contains(*key)) {
        let Ok(subject) = key.0.parse::<SubjectKey>() else { continue };
        if let Some((found, row)) = find(subject)?
            && found == kind
            && rows.contains(row as usize)
            && (trail.notified || !trail.steps.is_empty())
        {
            claims.push(recorded(false, None, trail));
        }
    }
    Ok(claims)
}

/// The claims whose conditions all hold, with what settles them.
fn eligible(
    dated: &Dated<'_>,
    world: &World,
    selected: &Selected<'_>,
    rows: &Rowset,
) -> Vec<(ClaimKey, Option<Suppression>)> {
    let dossiers = world.of(selected.policy.file.audience);
    let reach = Reach::new(dated, world, dossiers.kind, &[*selected]);
    reach.fold(
        rows,
        Vec::new,
        |claims: &mut Vec<_>, _, found| {
            for claim in found.iter().flat_map(|(_, found)| &found.claims) {
                let row = u32::try_from(claim.row).unwrap_or(u32::MAX);
                if claim.verdict == Verdict::Eligible
                    && let Some((frame, row)) = dossiers.locate(row)
                {
                    let unit = claim.unit.map(|unit| unit.to_string()).unwrap_or_default();
                    claims.push(((frame.key(row).to_string(), unit), claim.settled.clone()));
                }
            }
        },
        |mut a, b| {
            a.extend(b);
            a
        },
    )
}

fn recorded(eligible: bool, settled: Option<Suppression>, trail: &Trail) -> ClaimRecord {
    let has = |step: Step| trail.steps.contains(&step);
    ClaimRecord {
        eligible,
        settled,
        notified: trail.notified,
        opened: has(Step::Opened),
        declined: trail.declined,
        applied: has(Step::Applied),
        approved: has(Step::Approved),
        rejected: has(Step::Rejected).then(|| trail.reason.clone()),
        paid: has(Step::Paid),
    }
}
