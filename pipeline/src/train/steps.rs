//! One step (open, apply or approve) of one kind of subject: which rows speak
//! for it, its penalty, its weights, its calibration.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use ndarray::Array2;
use zhida_model::{
    domain::SubjectKind,
    ranking::{
        calibration::{Calibration, isotonic, logit, sigmoid},
        features::COUNT,
        ranker::{STEPS, Step},
    },
};
use zhida_store::feedback::Entry;

use super::{
    attention,
    examples::{Example, HORIZONS},
    fit::{FitError, Fitted, Rows, fit, fit_from, loss},
};

/// Penalties that are tried.
const PENALTIES: [f64; 6] = [1000.0, 300.0, 100.0, 10.0, 1.0, 0.1];
/// Shares of the rows, in order of day, for weights and for the penalty.
const CUTS: [f64; 2] = [0.6, 0.8];
/// Fewer rows, or fewer of one outcome, only give a rate.
const FEWEST: (usize, f64) = (100, 20.0);
/// So many rows, and so many of one outcome, are calibrated by a curve; fewer by a sigmoid.
const CURVE: (usize, f64) = (1_000, 100.0);

/// Mean and standard deviation of each feature.
pub(super) fn scales(rows: &[&Example]) -> (Vec<f64>, Vec<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
    let count = rows.len().max(1) as f64;
    let mean = |at: usize| rows.iter().filter_map(|row| row.values.get(at)).sum::<f64>() / count;
    let means: Vec<f64> = (0..COUNT).map(mean).collect();
    let deviation = |(at, mean): (usize, &f64)| {
        let squares = rows.iter().filter_map(|row| row.values.get(at)).map(|v| (v - mean).powi(2));
        let deviation = (squares.sum::<f64>() / count).sqrt();
        if deviation > 1e-9 { deviation } else { 1.0 }
    };
    let deviations = means.iter().enumerate().map(deviation).collect();
    (means, deviations)
}

/// The standardised rows of one kind, in order of day.
pub(super) struct Table<'t> {
    log: &'t [Entry],
    rows: &'t [&'t Example],
    x: Array2<f64>,
}

/// The rows of one step.
struct Part {
    x: Array2<f64>,
    targets: Vec<f64>,
    weights: Vec<f64>,
}

impl Part {
    fn rows(&self) -> Rows<'_> {
        Rows { x: self.x.view(), targets: &self.targets, weights: &self.weights }
    }
}

impl<'t> Table<'t> {
    pub(super) fn new(
        log: &'t [Entry],
        rows: &'t [&'t Example],
        means: &[f64],
        deviations: &[f64],
    ) -> Table<'t> {
        let x = Array2::from_shape_fn((rows.len(), COUNT), |(row, at)| {
            let value = rows.get(row).and_then(|row| row.values.get(at));
            let (mean, deviation) = (means.get(at), deviations.get(at));
            match (value, mean, deviation) {
                (Some(value), Some(mean), Some(deviation)) => (value - mean) / deviation,
                _ => 0.0,
            }
        });
        Table { log, rows, x }
    }

    /// Learns one step from rows whose outcome was known before `until`.
    pub(super) fn step(
        &self,
        step: usize,
        until: Date,
        attention: &[f64],
        kind: SubjectKind,
        figures: &mut BTreeMap<String, f64>,
    ) -> Result<Step, FitError> {
        let name = STEPS[step];
        let chosen: Vec<(usize, f64, f64)> = (0..self.rows.len())
            .filter_map(|row| {
                let entry = self.log.get(self.rows.get(row)?.entry)?;
                let (taken, weight) = outcome(entry, step, until, attention)?;
                Some((row, taken, weight))
            })
            .collect();
        let taken: f64 = chosen.iter().map(|(_, taken, _)| taken).sum();
        let total: f64 = chosen.iter().map(|(_, _, weight)| weight).sum();
        let mut made = Step {
            name: name.to_owned(),
            intercept: logit((taken + 1.0) / (total + 2.0).max(taken + 2.0)),
            weights: Vec::new(),
            penalty: 0.0,
            calibration: Calibration::None,
            rows: chosen.len() as u64,
            taken: whole(taken),
        };
        let mut figure = |what: &str, value: f64| {
            figures.insert(format!("{}.{name}.{what}", kind.name()), value);
        };
        #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
        let enough = |(rows, outcomes): (usize, f64)| {
            chosen.len() >= rows && taken >= outcomes && chosen.len() as f64 - taken >= outcomes
        };
        figure("rate", taken / total.max(1.0));
        if !enough(FEWEST) {
            return Ok(made);
        }
        let (early, later) = chosen.split_at(self.cut(&chosen, CUTS[0]));
        let (middle, late) = later.split_at(self.cut(later, (CUTS[1] - CUTS[0]) / (1.0 - CUTS[0])));
        let (weigh, judge) = (self.part(early), self.part(middle));
        let mut best: Option<(f64, f64)> = None;
        let mut near: Option<Fitted> = None;
        for penalty in PENALTIES {
            let model = fit_from(weigh.rows(), penalty, near.as_ref())?;
            let cost = loss(judge.rows(), &model);
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, penalty));
            }
            near = Some(model);
        }
        let (cost, penalty) = best.unwrap_or((f64::NAN, 1.0));
        figure("validation_loss", cost);
        let before: Vec<_> = early.iter().chain(middle).copied().collect();
        let model = fit_from(self.part(&before).rows(), penalty, near.as_ref())?;
        made.calibration = self.calibration(&model, late, enough(CURVE));
        made.penalty = penalty;
        made.intercept = model.intercept;
        made.weights = model.weights;
        Ok(made)
    }

    /// Where a share of the rows ends; a day is not cut in two.
    fn cut(&self, chosen: &[(usize, f64, f64)], share: f64) -> usize {
        let day = |(row, ..): &(usize, f64, f64)| {
            self.rows.get(*row).and_then(|row| self.log.get(row.entry)).map(|entry| entry.shown_on)
        };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of rows"
        )]
        let at = (chosen.len() as f64 * share).round() as usize;
        let Some(on) = chosen.get(at).map(day) else { return chosen.len() };
        chosen.partition_point(|row| day(row) < on)
    }

    fn part(&self, chosen: &[(usize, f64, f64)]) -> Part {
        let rows: Vec<usize> = chosen.iter().map(|(row, ..)| *row).collect();
        Part {
            x: self.x.select(ndarray::Axis(0), &rows),
            targets: chosen.iter().map(|(_, taken, weight)| taken / weight).collect(),
            weights: chosen.iter().map(|(.., weight)| *weight).collect(),
        }
    }

    fn calibration(&self, model: &Fitted, late: &[(usize, f64, f64)], curve: bool) -> Calibration {
        let points: Vec<(f64, f64, f64)> = late
            .iter()
            .map(|(row, taken, weight)| {
                let x = self.x.row(*row);
                let products = x.iter().zip(&model.weights).map(|(x, w)| x * w);
                let raw = sigmoid(model.intercept + products.sum::<f64>());
                (raw, taken / weight, *weight)
            })
            .collect();
        let hits: f64 = late.iter().map(|(_, taken, _)| taken).sum();
        if curve && points.len() >= FEWEST.0 && hits >= FEWEST.1 {
            return isotonic(&points);
        }
        if points.len() < FEWEST.0 || hits < FEWEST.1 {
            return Calibration::None;
        }
        let x = Array2::from_shape_fn((points.len(), 1), |(row, _)| {
            points.get(row).map_or(0.0, |point| logit(point.0))
        });
        let targets: Vec<f64> = points.iter().map(|point| point.1).collect();
        let weights: Vec<f64> = points.iter().map(|point| point.2).collect();
        match fit(Rows { x: x.view(), targets: &targets, weights: &weights }, 1e-6) {
            Ok(Fitted { intercept, weights }) => {
                Calibration::Platt { a: weights.first().copied().unwrap_or(1.0), b: intercept }
            }
            Err(_) => Calibration::None,
        }
    }
}

/// Whether the step of an entry was taken before `until`, with the weight of
/// its row: the probability that its place was looked at, or 1 after the
/// first step. `None` while it may still happen, or the step before was not taken.
fn outcome(entry: &Entry, step: usize, until: Date, attention: &[f64]) -> Option<(f64, f64)> {
    let days = [Some(entry.shown_on), entry.opened_on, entry.applied_on, entry.approved_on];
    let before = days.get(step).copied().flatten().filter(|day| *day < until)?;
    let ripe = before.checked_add(HORIZONS.get(step)?.days()).ok()?;
    if ripe >= until {
        return None;
    }
    let taken = days.get(step + 1).copied().flatten().is_some_and(|day| day < until);
    let weight = if step == 0 { attention::of(attention, entry.position) } else { 1.0 };
    Some((f64::from(u8::from(taken)), weight))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
fn whole(count: f64) -> u64 {
    count.round() as u64
}
