//! What another way of showing would have earned, from logs of the one in
//! force that carry the probability of what was shown (propensity).
//!
//! Five estimators: inverse propensity scoring (Horvitz and Thompson 1952),
//! its self-normalised form (Swaminathan and Joachims 2015), the direct method
//! from predicted rewards, doubly robust (Dudík, Langford and Li 2011) and
//! doubly robust with a switch, which trusts the prediction alone where the
//! weight exceeds a threshold (Wang, Agarwal and Dudík 2017). Each is a sum by
//! a sum over rows, so that one linearisation gives all standard errors. Rows
//! of one list depend on each other; where lists are told, they are what is
//! resampled and what errors are computed from.
//!
//! Left out: the prediction of rewards, and slates with interactions.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{
    draw::Draw,
    error::{Allowed, MeasureError, length, values},
    interval::{Interval, Resampling, normal, percentile},
    sum::{Sum, sum},
};

/// The log: one row for each thing shown.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'a> {
    /// Probability with which it was shown, above 0.
    pub propensity: &'a [f64],
    /// Probability with which the other way would show it.
    pub target: &'a [f64],
    /// What came of it.
    pub reward: &'a [f64],
    /// Predicted reward of what was shown.
    pub q_logged: Option<&'a [f64]>,
    /// Predicted reward under the other way: the mean over what it would show.
    pub q_target: Option<&'a [f64]>,
    /// The list a row belongs to; rows without lists stand alone.
    pub lists: Option<&'a [u32]>,
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// Weights above this are lowered to it, in all estimators but the direct
    /// method. That is biased, towards less.
    pub clip: Option<f64>,
    /// Threshold of the switch; without it there is no such estimate.
    pub switch: Option<f64>,
    /// Intervals.
    pub resampling: Resampling,
}

/// An estimate of the mean reward a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error; `None` of a single row or list.
    pub error: Option<f64>,
    /// Interval of a normal distribution around it.
    pub normal: Option<Interval>,
    /// Interval between percentiles of bootstrap replicates.
    pub bootstrap: Option<Interval>,
    /// Replicates it comes from; those that drew no weight have no estimate.
    pub replicates: usize,
}

/// The weights, target by propensity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weights {
    /// Their mean, before clipping: far from 1, propensities are not those of
    /// the log, or what the other way shows was never shown.
    pub mean: f64,
    /// The largest, before clipping.
    pub max: f64,
    /// Rows whose weight was clipped.
    pub clipped: usize,
    /// Rows whose weight is above the threshold of the switch.
    pub switched: usize,
    /// Rows the other way would never show: their weight is 0.
    pub zero: usize,
    /// Effective sample size after clipping: square of the sum by the sum of
    /// squares (Kong 1992).
    pub effective: f64,
}

/// All estimates, with what could not be estimated and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Rows.
    pub rows: usize,
    /// What is resampled: lists, or rows without lists.
    pub units: usize,
    /// Mean reward in the log.
    pub logged: f64,
    /// The weights.
    pub weights: Weights,
    /// Inverse propensity scoring.
    pub ips: Estimate,
    /// Self-normalised.
    pub snips: Option<Estimate>,
    /// Direct method.
    pub dm: Option<Estimate>,
    /// Doubly robust.
    pub dr: Option<Estimate>,
    /// Doubly robust with a switch.
    pub switch_dr: Option<Estimate>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// Checks a log.
fn check(log: &Logged<'_>, options: &Options) -> Result<(), MeasureError> {
    let rows = log.propensity.len();
    if rows == 0 {
        return Err(MeasureError::Empty { what: "logged rows" });
    }
    values("propensity", log.propensity, Allowed::Propensity)?;
    length("target", log.target.len(), rows)?;
    values("target", log.target, Allowed::Share)?;
    length("reward", log.reward.len(), rows)?;
    values("reward", log.reward, Allowed::Number)?;
    for (field, column) in [("q_logged", log.q_logged), ("q_target", log.q_target)] {
        if let Some(column) = column {
            length(field, column.len(), rows)?;
            values(field, column, Allowed::Number)?;
        }
    }
    if let Some(lists) = log.lists {
        length("list", lists.len(), rows)?;
    }
    for (option, value) in [("clip", options.clip), ("switch", options.switch)] {
        if let Some(value) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
            return Err(MeasureError::Setting { option, value, allowed: "a number above 0" });
        }
    }
    options.resampling.check()
}

/// Estimates what the other way would have earned a row.
///
/// # Errors
/// [`MeasureError`] for no rows, columns of unequal length, propensities not
/// above 0, probabilities outside 0 to 1, values that are no numbers, and
/// options outside their range.
pub fn evaluate(log: &Logged<'_>, options: &Options) -> Result<Report, MeasureError> {
    check(log, options)?;
    let raw: Vec<f64> = log.target.iter().zip(log.propensity).map(|(t, p)| t / p).collect();
    let clip = options.clip.unwrap_or(f64::INFINITY);
    let weights: Vec<f64> = raw.iter().map(|weight| weight.min(clip)).collect();
    let units = units(log);
    let estimate = |terms: Vec<(f64, f64)>| estimate(&terms, &units, options.resampling);
    let (reward, rows) = (log.reward, log.reward.len());
    let of_rows =
        |value: &dyn Fn(usize) -> f64| estimate((0..rows).map(|row| (value(row), 1.0)).collect());
    let mut left_out = Vec::new();
    let total = sum(weights.iter().copied());
    let snips = (total > 0.0).then(|| {
        estimate((0..rows).map(|row| (weights[row] * reward[row], weights[row])).collect())
    });
    if snips.is_none() {
        left_out.push("SNIPS: every target probability is 0".to_owned());
    }
    let dm = log.q_target.map(|target| of_rows(&|row| target[row]));
    let both = log.q_logged.zip(log.q_target);
    let corrected = |row: usize, logged: &[f64], target: &[f64]| {
        target[row] + weights[row] * (reward[row] - logged[row])
    };
    let dr = both.map(|(logged, target)| of_rows(&|row| corrected(row, logged, target)));
    let switch_dr = both.zip(options.switch).map(|((logged, target), threshold)| {
        of_rows(&|row| match raw[row] <= threshold {
            true => corrected(row, logged, target),
            false => target[row],
        })
    });
    left_out.extend(reasons(log, options));
    Ok(Report {
        rows,
        units: units.len(),
        logged: sum(reward.iter().copied()) / rows as f64,
        weights: described(&raw, &weights, options),
        ips: of_rows(&|row| weights[row] * reward[row]),
        snips,
        dm,
        dr,
        switch_dr,
        left_out,
    })
}

fn reasons(log: &Logged<'_>, options: &Options) -> Vec<String> {
    let mut reasons = Vec::new();
    if log.q_target.is_none() {
        reasons.push("DM: there is no `q_target`".to_owned());
    }
    let missing = match (log.q_logged, log.q_target) {
        (None, None) => Some("there are no `q_logged` and `q_target`"),
        (None, _) => Some("there is no `q_logged`"),
        (_, None) => Some("there is no `q_target`"),
        _ => None,
    };
    if let Some(missing) = missing {
        reasons.push(format!("DR: {missing}"));
    }
    match (missing, options.switch) {
        (Some(missing), _) => reasons.push(format!("Switch-DR: {missing}")),
        (None, None) => reasons.push("Switch-DR: no threshold is named".to_owned()),
        (None, Some(_)) => {}
    }
    reasons
}

fn described(raw: &[f64], weights: &[f64], options: &Options) -> Weights {
    let above = |bound: Option<f64>| {
        bound.map_or(0, |bound| raw.iter().filter(|&&weight| weight > bound).count())
    };
    let total = sum(weights.iter().copied());
    let squares = sum(weights.iter().map(|weight| weight * weight));
    Weights {
        mean: sum(raw.iter().copied()) / raw.len() as f64,
        max: raw.iter().copied().fold(0.0, f64::max),
        clipped: above(options.clip),
        switched: above(options.switch),
        zero: raw.iter().filter(|&&weight| weight == 0.0).count(),
        effective: if squares > 0.0 { total * total / squares } else { 0.0 },
    }
}

/// The rows of every list, ordered by list; every row alone without lists.
fn units(log: &Logged<'_>) -> Vec<Vec<usize>> {
    let rows = 0..log.propensity.len();
    let Some(lists) = log.lists else { return rows.map(|row| vec![row]).collect() };
    let mut units: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, &list) in lists.iter().enumerate() {
        units.entry(list).or_default().push(row);
    }
    units.into_values().collect()
}

/// A sum by a sum, over rows that were summed within units first.
fn estimate(terms: &[(f64, f64)], units: &[Vec<usize>], resampling: Resampling) -> Estimate {
    let summed: Vec<(f64, f64)> = units
        .iter()
        .map(|rows| {
            let above: Sum = rows.iter().map(|&row| terms[row].0).collect();
            let below: Sum = rows.iter().map(|&row| terms[row].1).collect();
            (above.value(), below.value())
        })
        .collect();
    let below = sum(summed.iter().map(|unit| unit.1));
    let value = sum(summed.iter().map(|unit| unit.0)) / below;
    let count = summed.len() as f64;
    let error = (summed.len() > 1).then(|| {
        let squares = sum(summed.iter().map(|unit| (unit.0 - value * unit.1).powi(2)));
        (squares * count / (count - 1.0)).sqrt() / below
    });
    let mut replicates = match summed.len() {
        0 | 1 => Vec::new(),
        _ => replicates(&summed, resampling),
    };
    Estimate {
        value,
        error,
        normal: error.map(|error| normal(value, error, resampling.level)),
        replicates: replicates.len(),
        bootstrap: percentile(&mut replicates, resampling.level),
    }
}

/// Estimates from units drawn with replacement; a draw without any weight has
/// none.
fn replicates(units: &[(f64, f64)], resampling: Resampling) -> Vec<f64> {
    let replicate = |index: u32| {
        let mut draw = Draw::stream(resampling.seed, u64::from(index));
        let (mut above, mut below) = (Sum::default(), Sum::default());
        for _ in 0..units.len() {
            let unit = units[draw.below(units.len())];
            above.add(unit.0);
            below.add(unit.1);
        }
        above.value() / below.value()
    };
    (0..resampling.samples)
        .into_par_iter()
        .map(replicate)
        .collect::<Vec<f64>>()
        .into_iter()
        .filter(|value| value.is_finite())
        .collect()
}

#[cfg(test)]
#[path = "tests/counterfactual.rs"]
mod tests;
