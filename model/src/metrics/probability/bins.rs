//! Whether probabilities come true: predictions are sorted into bins, and in
//! each the mean probability is compared with the share that came true (the
//! reliability curve). The expected calibration error is the mean distance,
//! weighted by the bins (Naeini, Cooper and Hauskrecht 2015; Guo and others
//! 2017).

use serde::Serialize;

use super::Predictions;
use crate::metrics::{
    error::MeasureError,
    sum::{Sum, sum},
};

/// How bins are cut. A probability on an edge belongs to the bin below, and 0
/// to the first, so that equal probabilities are never parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Binning {
    /// Edges at i / n.
    EqualWidth,
    /// Edges at the smallest probability that, with all below, holds i / n of
    /// the weight.
    EqualMass,
}

/// One bin that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower edge, which does not belong to it unless it is 0.
    pub low: f64,
    /// Upper edge, which belongs to it.
    pub high: f64,
    /// Rows.
    pub rows: usize,
    /// Sum of their weights.
    pub weight: f64,
    /// Weighted mean of their probabilities.
    pub predicted: f64,
    /// Weighted share of them that came true.
    pub observed: f64,
}

/// The reliability curve and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// How the bins are cut.
    pub binning: Binning,
    /// Bins asked for.
    pub bins: usize,
    /// Bins that hold no weight, and are left out.
    pub empty: usize,
    /// Expected calibration error.
    pub ece: f64,
    /// Largest distance in any bin.
    pub max: f64,
    /// The bins, lowest first.
    pub curve: Vec<Bin>,
}

/// Sorts predictions into bins.
///
/// # Errors
/// [`MeasureError::Setting`] for a number of bins outside 1 to 10,000.
pub fn calibration(
    predictions: &Predictions<'_>,
    bins: usize,
    binning: Binning,
) -> Result<Calibration, MeasureError> {
    if !(1..=10_000).contains(&bins) {
        let allowed = "a whole number from 1 to 10,000";
        return Err(MeasureError::Setting { option: "bins", value: bins as f64, allowed });
    }
    let edges = match binning {
        Binning::EqualWidth => equal_width(bins),
        Binning::EqualMass => equal_mass(predictions, bins),
    };
    let curve = curve(predictions, &edges);
    let weight = sum(curve.iter().map(|bin| bin.weight));
    let distance = |bin: &Bin| (bin.predicted - bin.observed).abs();
    Ok(Calibration {
        binning,
        bins,
        empty: bins - curve.len(),
        ece: sum(curve.iter().map(|bin| distance(bin) * bin.weight / weight)),
        max: curve.iter().map(distance).fold(0.0, f64::max),
        curve,
    })
}

/// Upper edges of bins; the last is 1. They are multiples of 1 / n in floating
/// point, as numpy's `linspace` gives them.
fn equal_width(bins: usize) -> Vec<f64> {
    let width = 1.0 / bins as f64;
    (1..=bins).map(|bin| if bin == bins { 1.0 } else { bin as f64 * width }).collect()
}

/// Upper edges of bins; the last is the highest probability.
fn equal_mass(predictions: &Predictions<'_>, bins: usize) -> Vec<f64> {
    let mut rows: Vec<(f64, f64)> =
        predictions.iter().map(|(_, probability, weight)| (probability, weight)).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total = sum(rows.iter().map(|row| row.1));
    let mut edges = Vec::with_capacity(bins);
    let mut below = Sum::default();
    for (probability, weight) in rows {
        below.add(weight);
        // Multiplied out, so that whole weights are compared exactly.
        while edges.len() < bins && below.value() * bins as f64 >= (edges.len() + 1) as f64 * total
        {
            edges.push(probability);
        }
    }
    let highest = predictions.probabilities.iter().copied().fold(0.0, f64::max);
    edges.truncate(bins - 1);
    edges.resize(bins, highest);
    edges
}

/// The bins that hold anything.
fn curve(predictions: &Predictions<'_>, edges: &[f64]) -> Vec<Bin> {
    #[derive(Clone, Default)]
    struct Filling {
        rows: usize,
        weight: Sum,
        predicted: Sum,
        observed: Sum,
    }
    let mut fillings = vec![Filling::default(); edges.len()];
    for (label, probability, weight) in predictions.iter() {
        let place = edges.partition_point(|&edge| edge < probability);
        if let Some(filling) = fillings.get_mut(place) {
            filling.rows += 1;
            filling.weight.add(weight);
            filling.predicted.add(weight * probability);
            filling.observed.add(weight * label);
        }
    }
    let lows = std::iter::once(0.0).chain(edges.iter().copied());
    let filled = fillings.iter().zip(lows.zip(edges));
    filled
        .filter(|(filling, _)| filling.weight.value() > 0.0)
        .map(|(filling, (low, &high))| {
            let weight = filling.weight.value();
            let (predicted, observed) =
                (filling.predicted.value() / weight, filling.observed.value() / weight);
            Bin { low, high, rows: filling.rows, weight, predicted, observed }
        })
        .collect()
}
