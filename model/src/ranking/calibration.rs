//! From a raw probability to one that can be taken at its word.

use serde::{Deserialize, Serialize};

/// How a step is calibrated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method")]
pub enum Calibration {
    /// Not at all: too few rows.
    #[default]
    None,
    /// Platt's sigmoid over the log-odds (Platt 1999): σ(a·logit + b).
    Platt {
        /// Slope.
        a: f64,
        /// Intercept.
        b: f64,
    },
    /// A rising curve through the middles of the pools of an isotonic regression
    /// (Zadrozny & Elkan 2002), straight between them and to 0 and 1, so that
    /// it keeps the order of all scores (Oron & Flournoy 2017).
    Isotonic {
        /// Raw probabilities, ascending.
        raw: Vec<f64>,
        /// What they mean, never falling.
        means: Vec<f64>,
    },
}

impl Calibration {
    /// The calibrated probability.
    #[must_use]
    pub fn of(&self, raw: f64) -> f64 {
        match self {
            Calibration::None => raw,
            Calibration::Platt { a, b } => sigmoid(a * logit(raw) + b),
            Calibration::Isotonic { raw: points, means } => along(points, means, raw),
        }
    }
}

fn along(points: &[f64], means: &[f64], raw: f64) -> f64 {
    let after = points.partition_point(|point| *point < raw);
    let at = |position: usize| Some((*points.get(position)?, *means.get(position)?));
    match (after.checked_sub(1).and_then(at), at(after)) {
        (Some((x0, y0)), Some((x1, y1))) if x1 > x0 => y0 + (y1 - y0) * (raw - x0) / (x1 - x0),
        (_, Some((_, y))) | (Some((_, y)), None) => y,
        (None, None) => raw,
    }
}

/// Isotonic regression of targets on scores by pooling adjacent violators
/// (Barlow et al. 1972), rows being (score, target, weight). Each pool gives a
/// point at its mean score.
#[must_use]
pub fn isotonic(rows: &[(f64, f64, f64)]) -> Calibration {
    let mut sorted: Vec<(f64, f64, f64)> = rows.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pools: Vec<Pool> = Vec::new();
    for (score, target, weight) in sorted {
        if weight <= 0.0 {
            continue;
        }
        pools.push(Pool { scores: score * weight, sum: target * weight, weight });
        while let [.., before, last] = pools.as_mut_slice() {
            if before.mean() < last.mean() && before.score() < last.score() {
                break;
            }
            before.scores += last.scores;
            before.sum += last.sum;
            before.weight += last.weight;
            pools.pop();
        }
    }
    let (mut raw, mut means) = (vec![0.0], vec![0.0]);
    for pool in pools.iter().filter(|pool| pool.score() > 0.0 && pool.score() < 1.0) {
        raw.push(pool.score());
        means.push(pool.mean().clamp(0.0, 1.0));
    }
    raw.push(1.0);
    means.push(1.0);
    Calibration::Isotonic { raw, means }
}

struct Pool {
    scores: f64,
    sum: f64,
    weight: f64,
}

impl Pool {
    fn score(&self) -> f64 {
        self.scores / self.weight
    }

    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// The logistic function.
#[must_use]
pub fn sigmoid(logit: f64) -> f64 {
    if logit >= 0.0 {
        1.0 / (1.0 + (-logit).exp())
    } else {
        let odds = logit.exp();
        odds / (1.0 + odds)
    }
}

/// Log-odds of a probability, kept finite.
#[must_use]
pub fn logit(probability: f64) -> f64 {
    let probability = probability.clamp(1e-12, 1.0 - 1e-12);
    (probability / (1.0 - probability)).ln()
}
