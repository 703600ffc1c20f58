//! One run: what is new since the last one is written, what no longer holds is
//! withdrawn.
//!
//! Subjects are judged in batches and each batch is one transaction. The id of
//! a push is made from what it is about, so a run that was interrupted is
//! simply run again: what it wrote stays, the rest follows, nothing comes
//! twice. It keeps its name, so that its list is complete in the end.

use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use sqlx::Row;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    frame::World,
    matching::{Matcher, select},
    rules::dated::Dated,
};

use crate::{
    clock,
    db::Database,
    engine::{Day, Engine},
    state::random_hex,
    view::case_name,
};

use super::{
    candidates::{self, Batch},
    rows::{Known, delivered, known, refusals, withdraw, write},
};

/// Why a run cannot be completed. What it has written stays.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The state does not answer.
    #[error("the state does not answer: {0}")]
    State(#[from] sqlx::Error),
    /// The snapshot is broken.
    #[error(transparent)]
    Store(#[from] zhida_store::StoreError),
    /// The work was stopped.
    #[error("judging was stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
    /// No random bytes.
    #[error("the system has no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub struct PushOptions {
    /// The day judged; a day before the data cut-off counts as the cut-off.
    pub as_of: Date,
    /// Pushes one recipient gets in one run; the rest goes into the digest.
    pub per_recipient: usize,
    /// Subjects of one transaction.
    pub batch: u32,
}

impl PushOptions {
    /// Five for each recipient, the rest in the digest.
    #[must_use]
    pub fn on(as_of: Date) -> PushOptions {
        PushOptions { as_of, per_recipient: 5, batch: 2048 }
    }
}

/// How many pushes of a policy are new.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PolicyCount {
    /// Id.
    pub policy: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// How many are new, those of the digest included.
    pub created: usize,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PushReport {
    /// Id of the run.
    pub run: String,
    /// Whether it continued one that had been interrupted.
    pub resumed: bool,
    /// Version of the snapshot.
    pub snapshot: String,
    /// The day judged.
    pub as_of: String,
    /// Subjects judged.
    pub subjects: usize,
    /// Recipients who have something new.
    pub recipients: usize,
    /// New pushes.
    pub created: usize,
    /// New ones beyond the cap of a recipient: one line of digest each.
    pub digested: usize,
    /// Matches that are out already.
    pub unchanged: usize,
    /// Pushes that no longer hold and were withdrawn.
    pub withdrawn: usize,
    /// Matches that recipient or subject has switched off.
    pub refused: usize,
    /// Matches that nobody can be told of.
    pub unreachable: usize,
    /// New ones by policy, most first.
    pub policies: Vec<PolicyCount>,
}

/// Pushes what is new. `progress` is told the subjects judged so far and how
/// many there are.
///
/// # Errors
/// [`PushError`]; running it again completes it.
pub async fn push_run(
    db: &Database,
    engine: &Arc<Engine>,
    options: PushOptions,
    mut progress: impl FnMut(u64, u64),
) -> Result<PushReport, PushError> {
    let day = engine.day(options.as_of);
    let world = {
        let engine = Arc::clone(engine);
        tokio::task::spawn_blocking(move || engine.world()).await??
    };
    let mut run = Run::begin(db, engine, &day, options).await?;
    let total: u64 =
        SubjectKind::ALL.iter().map(|kind| u64::from(candidates::rows(&world, *kind))).sum();
    for kind in SubjectKind::ALL {
        let rows = candidates::rows(&world, kind);
        let mut first = 0;
        while first < rows {
            let last = rows.min(first.saturating_add(options.batch.max(1)));
            let batch = judge(engine, &day, &world, kind, first..last).await?;
            run.apply(batch).await?;
            progress(run.report.subjects as u64, total);
            first = last;
        }
    }
    run.withdraw_vanished(engine).await?;
    run.finish().await
}

async fn judge(
    engine: &Arc<Engine>,
    day: &Arc<Day>,
    world: &Arc<World>,
    kind: SubjectKind,
    rows: std::ops::Range<u32>,
) -> Result<Batch, PushError> {
    let (engine, day, world) = (Arc::clone(engine), Arc::clone(day), Arc::clone(world));
    Ok(tokio::task::spawn_blocking(move || {
        let matcher = Matcher::new(day.borrow_dependent(), &world).with(engine.ranking.as_ref());
        candidates::batch(&matcher, kind, rows)
    })
    .await?)
}

struct Run<'d> {
    db: &'d Database,
    report: PushReport,
    cap: usize,
    /// Pushes of this run by recipient.
    delivered: FxHashMap<String, usize>,
    /// Policies that the day selects: id, version, case.
    selected: FxHashSet<(String, String, String)>,
}

impl<'d> Run<'d> {
    /// Begins a run, or takes up the one that was interrupted.
    async fn begin(
        db: &'d Database,
        engine: &Engine,
        day: &Day,
        options: PushOptions,
    ) -> Result<Run<'d>, PushError> {
        let dated = day.borrow_dependent();
        let snapshot = engine.snapshot.manifest().version.clone();
        let as_of = dated.as_of.to_string();
        let interrupted = sqlx::query(
            "SELECT id FROM push_run WHERE finished_at IS NULL AND snapshot = $1 AND as_of = $2 \
             ORDER BY started_at DESC LIMIT 1",
        )
        .bind(&snapshot)
        .bind(&as_of)
        .fetch_optional(&db.pool)
        .await?;
        let resumed = interrupted.is_some();
        let id = match interrupted {
            Some(row) => row.try_get(0)?,
            None => random_hex::<16>()?,
        };
        if !resumed {
            sqlx::query(
                "INSERT INTO push_run (id, snapshot, as_of, started_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(&id)
            .bind(&snapshot)
            .bind(&as_of)
            .bind(clock::now())
            .execute(&db.pool)
            .await?;
        }
        let delivered = delivered(db, &id).await?;
        let selected = selected(dated);
        let report = PushReport {
            run: id,
            resumed,
            snapshot,
            as_of,
            subjects: 0,
            recipients: 0,
            created: 0,
            digested: 0,
            unchanged: 0,
            withdrawn: 0,
            refused: 0,
            unreachable: 0,
            policies: Vec::new(),
        };
        Ok(Run { db, report, cap: options.per_recipient, delivered, selected })
    }

    /// Writes one batch, all or nothing.
    async fn apply(&mut self, batch: Batch) -> Result<(), PushError> {
        let mut transaction = self.db.begin().await?;
        let known = known(&mut transaction, &batch.subjects).await?;
        let preferences = refusals(&mut transaction, &batch).await?;
        let by_id: FxHashMap<&str, &Known> =
            known.iter().map(|known| (known.id.as_str(), known)).collect();
        let mut candidates = batch.candidates.iter().collect::<Vec<_>>();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        let mut delivered = FxHashMap::default();
        let mut report = self.report.clone();
        let mut held = FxHashSet::default();
        let now = clock::now();
        for candidate in candidates {
            held.insert(candidate.id.as_str());
            match by_id.get(candidate.id.as_str()) {
                Some(known) if !known.withdrawn => {
                    report.unchanged += 1;
                    continue;
                }
                _ => {}
            }
            let forbids = |who: &String| {
                preferences
                    .get(who)
                    .is_some_and(|found| !found.allow(candidate.topics.iter().map(String::as_str)))
            };
            if forbids(&candidate.recipient) || forbids(&candidate.subject) {
                report.refused += 1;
                continue;
            }
            let sent = delivered
                .entry(candidate.recipient.clone())
                .or_insert_with(|| self.delivered.get(&candidate.recipient).copied().unwrap_or(0));
            let state = if *sent < self.cap { "open" } else { "digest" };
            if write(&mut transaction, candidate, state, &report.run, &now).await?
                && state == "open"
            {
                *sent += 1;
            }
        }
        for known in known.iter().filter(|known| !known.withdrawn) {
            if held.contains(known.id.as_str()) {
                continue;
            }
            let why = self.why_gone(known, &batch);
            report.withdrawn += withdraw(&mut transaction, &known.id, why, &now).await?;
        }
        transaction.commit().await?;
        report.subjects += batch.subjects.len();
        report.unreachable += batch.unreachable;
        self.report = report;
        self.delivered.extend(delivered);
        Ok(())
    }

    fn why_gone(&self, known: &Known, batch: &Batch) -> &'static str {
        if let Some(why) = batch.gone.get(&known.subject) {
            why
        } else if let Some(why) = batch.suppressed.get(&known.id) {
            why
        } else if self.selected.contains(&known.policy) {
            "no_longer_matching"
        } else {
            "policy_not_open"
        }
    }

    /// Withdraws the pushes of subjects that the snapshot no longer holds.
    async fn withdraw_vanished(&mut self, engine: &Engine) -> Result<(), PushError> {
        let mut after = String::new();
        loop {
            let rows = sqlx::query(
                "SELECT DISTINCT subject FROM push WHERE state <> 'withdrawn' AND subject > $1 \
                 ORDER BY subject LIMIT 1000",
            )
            .bind(&after)
            .fetch_all(&self.db.pool)
            .await?;
            let mut vanished = Vec::new();
            for row in &rows {
                let subject: String = row.try_get(0)?;
                let known = match subject.parse::<SubjectKey>() {
                    Ok(key) => engine.find(key)?.is_some(),
                    Err(_) => false,
                };
                if !known {
                    vanished.push(subject.clone());
                }
                after = subject;
            }
            for subject in vanished {
                let done = sqlx::query(
                    "UPDATE push SET state = 'withdrawn', state_reason = 'subject_not_held', \
                     changed_at = $1 WHERE subject = $2 AND state <> 'withdrawn'",
                )
                .bind(clock::now())
                .bind(&subject)
                .execute(&self.db.pool)
                .await?;
                self.report.withdrawn += usize::try_from(done.rows_affected()).unwrap_or(0);
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Counts what the run has written, of its interrupted part too.
    async fn finish(mut self) -> Result<PushReport, PushError> {
        let rows = sqlx::query(
            "SELECT policy, version, MIN(title), state, COUNT(*) FROM push \
             WHERE created_run = $1 AND state <> 'withdrawn' GROUP BY policy, version, state",
        )
        .bind(&self.report.run)
        .fetch_all(&self.db.pool)
        .await?;
        let mut policies: FxHashMap<(String, String), PolicyCount> = FxHashMap::default();
        for row in rows {
            let (policy, version): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let state: String = row.try_get(3)?;
            let count = usize::try_from(row.try_get::<i64, _>(4)?).unwrap_or(0);
            if state == "open" {
                self.report.created += count;
            } else {
                self.report.digested += count;
            }
            let title = row.try_get(2)?;
            policies
                .entry((policy.clone(), version.clone()))
                .or_insert(PolicyCount { policy, version, title, created: 0 })
                .created += count;
        }
        self.report.policies = policies.into_values().collect();
        self.report.policies.sort_by(|a, b| {
            b.created
                .cmp(&a.created)
                .then_with(|| (&a.policy, &a.version).cmp(&(&b.policy, &b.version)))
        });
        let recipients: i64 = sqlx::query_scalar(
            "SELECT COUNT(DISTINCT recipient) FROM push \
             WHERE created_run = $1 AND state <> 'withdrawn'",
        )
        .bind(&self.report.run)
        .fetch_one(&self.db.pool)
        .await?;
        self.report.recipients = usize::try_from(recipients).unwrap_or(0);
        let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        sqlx::query(
            "UPDATE push_run SET finished_at = $1, subjects = $2, created = $3, digested = $4, \
             withdrawn = $5 WHERE id = $6",
        )
        .bind(clock::now())
        .bind(count(self.report.subjects))
        .bind(count(self.report.created))
        .bind(count(self.report.digested))
        .bind(count(self.report.withdrawn))
        .bind(&self.report.run)
        .execute(&self.db.pool)
        .await?;
        Ok(self.report)
    }
}

/// Id, version and case of the policies that the day selects.
fn selected(dated: &Dated<'_>) -> FxHashSet<(String, String, String)> {
    select(dated.program, dated.as_of)
        .into_iter()
        .map(|selected| {
            let key = &selected.policy.key;
            (key.id.clone(), key.version.clone(), case_name(key.case).to_owned())
        })
        .collect()
}
