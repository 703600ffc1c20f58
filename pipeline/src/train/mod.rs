//! `train`: a ranker from dossiers and a feedback log.
//!
//! Everything goes by time. Lists before `until` are learned from, and only
//! outcomes of days before it; later ones are left for `zhida evaluate`. What
//! is learned from is cut once more by day: weights are fitted on the first
//! three fifths, the penalty is chosen on the fourth, the calibration made on
//! the last.

pub mod attention;
pub mod examples;
pub mod fit;
mod portraits;
mod steps;

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use rayon::prelude::*;
use zhida_model::{
    domain::{SubjectKind, Tri},
    frame::World,
    matching::Matcher,
    ranking::{
        KindRanker, Ranker, Shelf, features::FEATURES, portrait::Portraits, ranker::FORMAT,
        uptake::Uptake,
    },
    reference::Reference,
    rules::{
        dated::Dated,
        program::Program,
        scalar::{At, Dossier, Manual},
    },
};
use zhida_store::feedback::{Entry, histories};

use self::examples::{Examples, Source, UptakeBy, places};

/// Share of the days of a log that is left for evaluation by default.
pub const HOLDOUT: f64 = 0.2;
/// A policy shown less than this share of the mean is lifted now and then.
const EXPOSURE_FLOOR: f64 = 0.1;
/// Fewer entries of a kind train nothing.
const FEWEST: usize = 300;

/// Why nothing can be learned.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The log is empty.
    #[error("the feedback log is empty: give a log with lists that were shown")]
    Empty,
    /// The log has no kind with enough usable entries.
    #[error(
        "no kind of subject has {FEWEST} usable entries before {until} ({no_subject} of subjects that are not in the snapshot, {no_match} of policies that do not match on their day, {too_early} from before the data cut-off {known_at}, {unripe} too late for an outcome): give a longer log, or a snapshot from before it"
    )]
    TooFew {
        /// Day before which things had to happen.
        until: Date,
        /// Entries without a dossier.
        no_subject: u64,
        /// Entries without a match.
        no_match: u64,
        /// Entries before the data cut-off.
        too_early: u64,
        /// Entries too late for an outcome.
        unripe: u64,
        /// Data cut-off.
        known_at: Date,
    },
    /// The optimiser failed.
    #[error(transparent)]
    Fit(#[from] fit::FitError),
}

/// What to learn from.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// Day before which everything must have happened; by default so that
    /// [`HOLDOUT`] of the log's days remain.
    pub until: Option<Date>,
    /// Share of the days left over where `until` is not given.
    pub holdout: f64,
    /// Seed of the samples.
    pub seed: u64,
    /// Day of the training.
    pub trained_on: Date,
    /// Version of the snapshot.
    pub snapshot: String,
    /// SHA-256 of the log.
    pub data_hash: String,
}

/// First and last day of the lists of a log.
#[must_use]
pub fn period(log: &[Entry]) -> Option<(Date, Date)> {
    let days = log.iter().map(|entry| entry.shown_on);
    Some((days.clone().min()?, days.max()?))
}

/// The day before which everything must have happened, if `holdout` of the
/// days are left for evaluation.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a number of days")]
pub fn until(log: &[Entry], holdout: f64) -> Option<Date> {
    let (first, last) = period(log)?;
    let days = last.since(first).ok()?.get_days() + 1;
    let kept = (f64::from(days) * (1.0 - holdout.clamp(0.0, 1.0))).round() as i32;
    first.checked_add(kept.days()).ok()
}

/// Learns a ranker. `progress` is told how many entries of how many are read.
///
/// # Errors
/// [`TrainError`].
pub fn train(
    program: &Program,
    reference: &Reference,
    world: &World,
    known_at: Date,
    log: &[Entry],
    options: &TrainOptions,
    progress: &dyn Fn(u64, u64),
) -> Result<Ranker, TrainError> {
    let (from, _) = period(log).ok_or(TrainError::Empty)?;
    let until = options.until.or_else(|| until(log, options.holdout)).ok_or(TrainError::Empty)?;
    let shelf = Shelf::new(program);
    let source = Source { program, reference, world, known_at, shelf: &shelf, log };
    // What happened on the day itself or later is not known on it.
    let wanted: Vec<usize> = (0..log.len())
        .filter(|at| log.get(*at).is_some_and(|entry| entry.shown_on < until))
        .collect();
    let of_kind = |kind: SubjectKind| {
        wanted.iter().filter_map(|at| log.get(*at)).filter(move |entry| entry.kind == kind)
    };
    let attention = SubjectKind::ALL.map(|kind| attention::attention(of_kind(kind)));
    let portraits = SubjectKind::ALL.map(|kind| portraits_of(&source, kind, options.seed));
    let histories = histories(log);
    let examples = source.examples(
        &wanted,
        &places(world),
        &histories,
        [&portraits[0], &portraits[1]],
        &UptakeBy::Log(&attention),
        progress,
    );
    let uptake = source.uptake(&examples.rows, until, &attention);
    let mut figures = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    let parts = SubjectKind::ALL.into_iter().zip(attention).zip(portraits).zip(uptake);
    for (((kind, attention), portraits), uptake) in parts {
        let made =
            one(&source, &examples, kind, until, attention, portraits, uptake, &mut figures)?;
        if let Some(made) = made {
            kinds.insert(kind.name().to_owned(), made);
        }
    }
    if kinds.is_empty() {
        return Err(too_few(&examples, until, known_at, log));
    }
    Ok(Ranker {
        format: FORMAT,
        trained_on: options.trained_on,
        snapshot: options.snapshot.clone(),
        data_hash: options.data_hash.clone(),
        from,
        until,
        features: FEATURES.iter().map(|feature| feature.name.to_owned()).collect(),
        kinds,
        figures,
    })
}

fn too_few(examples: &Examples, until: Date, known_at: Date, log: &[Entry]) -> TrainError {
    TrainError::TooFew {
        until,
        no_subject: examples.no_subject,
        no_match: examples.no_match,
        too_early: examples.too_early,
        unripe: log.iter().filter(|entry| unripe(entry, until)).count() as u64,
        known_at,
    }
}

/// Whether an entry was shown too late for its outcome to be known before the day.
fn unripe(entry: &Entry, until: Date) -> bool {
    entry.shown_on.checked_add(examples::HORIZONS[0].days()).is_ok_and(|ripe| ripe >= until)
}

/// The traits of every subject of a kind on the data cut-off, as portraits.
fn portraits_of(source: &Source<'_>, kind: SubjectKind, seed: u64) -> Portraits {
    let dated = Dated::new(source.program, source.reference, source.known_at, source.known_at);
    let matcher = Matcher::new(&dated, source.world);
    let traits = &source.program.traits[kind.index()];
    let rows = u32::try_from(source.world.of(kind).rows).unwrap_or(u32::MAX);
    let subjects: Vec<Vec<Tri>> = (0..rows)
        .into_par_iter()
        .filter_map(|row| {
            let (frame, row) = source.world.of(kind).locate(row)?;
            let subject = Dossier { frame, row };
            let at = At { subject, unit: None, member: None };
            let has = traits.iter().map(|one| matcher.scalar.node(one.node, &at, Manual::Open));
            matcher.gone(kind, subject).is_none().then(|| has.collect())
        })
        .collect();
    portraits::portraits(traits, &subjects, seed)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one ranker")]
fn one(
    source: &Source<'_>,
    examples: &Examples,
    kind: SubjectKind,
    until: Date,
    attention: Vec<f64>,
    portraits: Portraits,
    uptake: Uptake,
    figures: &mut BTreeMap<String, f64>,
) -> Result<Option<KindRanker>, TrainError> {
    let rows: Vec<&examples::Example> =
        examples.rows.iter().filter(|row| row.kind == kind).collect();
    if rows.len() < FEWEST {
        return Ok(None);
    }
    let (means, deviations) = steps::scales(&rows);
    let table = steps::Table::new(source.log, &rows, &means, &deviations);
    let mut made = Vec::new();
    for step in 0..3 {
        made.push(table.step(step, until, &attention, kind, figures)?);
    }
    // Entries whose outcome may still come teach nothing.
    if made.first().is_none_or(|open| open.rows < FEWEST as u64) {
        return Ok(None);
    }
    let underexposed = underexposed(source, &rows, kind, &attention);
    Ok(Some(KindRanker {
        means,
        deviations,
        steps: made,
        examination: attention,
        portraits,
        uptake,
        underexposed,
    }))
}

/// Policies that were looked at less than the floor, as a share of the mean.
fn underexposed(
    source: &Source<'_>,
    rows: &[&examples::Example],
    kind: SubjectKind,
    attention: &[f64],
) -> Vec<String> {
    let own = source.shelf.facts.iter().filter(|facts| facts.audience == kind);
    let mut exposure: BTreeMap<&str, f64> = own.map(|facts| (facts.id.as_str(), 0.0)).collect();
    for row in rows {
        let entry = source.log.get(row.entry);
        let facts = source.shelf.facts.get(row.found.policy);
        if let (Some(entry), Some(facts)) = (entry, facts) {
            *exposure.entry(&facts.id).or_default() += attention::of(attention, entry.position);
        }
    }
    let total: f64 = exposure.values().sum();
    let count = f64::from(u32::try_from(exposure.len().max(1)).unwrap_or(u32::MAX));
    let floor = EXPOSURE_FLOOR * total / count;
    exposure.into_iter().filter(|(_, seen)| *seen < floor).map(|(id, _)| id.to_owned()).collect()
}
