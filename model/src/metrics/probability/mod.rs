//! How good predicted probabilities are: whether they order ([`auc`]), what
//! they cost ([`log_loss`], [`brier`]) and whether they come true
//! ([`calibration`]).
//!
//! Every row is a prediction, whether it came true (1) or not (0), and
//! optionally a weight; without weights every row weighs 1.
//!
//! Left out: predictions of more than two outcomes.

mod area;
mod bins;

use serde::Serialize;

pub use self::{
    area::{Auc, GroupedAuc, auc, grouped_auc},
    bins::{Bin, Binning, Calibration, calibration},
};
use super::{
    error::{Allowed, MeasureError, length, values, weights},
    sum::{Sum, sum},
};

/// Predictions and what came of them, checked.
#[derive(Debug, Clone, Copy)]
pub struct Predictions<'a> {
    labels: &'a [u8],
    probabilities: &'a [f64],
    weights: Option<&'a [f64]>,
}

impl<'a> Predictions<'a> {
    /// Takes columns of equal length.
    ///
    /// # Errors
    /// [`MeasureError`] for no rows, labels other than 0 and 1, probabilities
    /// outside 0 to 1, and weights that are negative or sum to nothing.
    pub fn new(
        labels: &'a [u8],
        probabilities: &'a [f64],
        weights: Option<&'a [f64]>,
    ) -> Result<Predictions<'a>, MeasureError> {
        check(labels, "probability", probabilities, weights)?;
        values("probability", probabilities, Allowed::Share)?;
        Ok(Predictions { labels, probabilities, weights })
    }

    /// Rows there are.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    fn weight(&self, row: usize) -> f64 {
        weight(self.weights, row)
    }

    /// Label, probability and weight of every row.
    fn iter(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let pairs = self.labels.iter().zip(self.probabilities).enumerate();
        pairs.map(|(row, (&label, &probability))| (f64::from(label), probability, self.weight(row)))
    }

    /// The weighted mean of a function of label and probability.
    fn mean(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        let (mut total, mut weight) = (Sum::default(), Sum::default());
        for (label, probability, row) in self.iter() {
            total.add(row * of(label, probability));
            weight.add(row);
        }
        total.value() / weight.value()
    }
}

fn weight(weights: Option<&[f64]>, row: usize) -> f64 {
    weights.and_then(|weights| weights.get(row)).copied().unwrap_or(1.0)
}

/// The checks of labels, the length of a column, and weights.
fn check(
    labels: &[u8],
    field: &'static str,
    column: &[f64],
    weighing: Option<&[f64]>,
) -> Result<(), MeasureError> {
    if labels.is_empty() {
        return Err(MeasureError::Empty { what: "predictions" });
    }
    length(field, column.len(), labels.len())?;
    if let Some(row) = labels.iter().position(|&label| label > 1) {
        let value = f64::from(labels[row]);
        return Err(MeasureError::Value {
            row: row + 1,
            field: "label",
            value,
            allowed: Allowed::Label,
        });
    }
    values(field, column, Allowed::Score)?;
    if let Some(weighing) = weighing {
        length("weight", weighing.len(), labels.len())?;
        weights("weight", weighing)?;
    }
    Ok(())
}

/// Mean of −ln of the probability given to what came; probabilities are kept
/// 2⁻⁵² away from 0 and 1, so that one sure and wrong row costs 36 and not
/// everything.
pub fn log_loss(predictions: &Predictions<'_>) -> f64 {
    predictions.mean(|label, probability| {
        let kept = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        -(label * kept.ln() + (1.0 - label) * (1.0 - kept).ln())
    })
}

/// Mean squared distance of probability and label (Brier 1950).
pub fn brier(predictions: &Predictions<'_>) -> f64 {
    predictions.mean(|label, probability| (probability - label).powi(2))
}

/// Everything at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Rows.
    pub rows: usize,
    /// Rows that came true.
    pub positive: usize,
    /// Sum of the weights.
    pub weight: f64,
    /// Weighted share of rows that came true.
    pub base_rate: f64,
    /// Weighted mean of the probabilities.
    pub mean_probability: f64,
    /// Area under the ROC curve.
    pub auc: Auc,
    /// The same within groups, where there are groups.
    pub grouped_auc: Option<GroupedAuc>,
    /// Log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Calibration in bins of equal width.
    pub equal_width: Calibration,
    /// Calibration in bins of equal mass.
    pub equal_mass: Calibration,
}

/// Computes every measure.
///
/// # Errors
/// [`MeasureError`] for a number of bins outside 1 to 10,000 or groups that
/// are not as many as the rows.
pub fn evaluate<G: Ord>(
    predictions: &Predictions<'_>,
    groups: Option<&[G]>,
    bins: usize,
) -> Result<Report, MeasureError> {
    let Predictions { labels, probabilities, weights } = *predictions;
    let grouped = groups.map(|groups| grouped_auc(labels, probabilities, groups, weights));
    Ok(Report {
        rows: predictions.rows(),
        positive: labels.iter().filter(|&&label| label == 1).count(),
        weight: sum(predictions.iter().map(|(_, _, weight)| weight)),
        base_rate: predictions.mean(|label, _| label),
        mean_probability: predictions.mean(|_, probability| probability),
        auc: auc(labels, probabilities, weights)?,
        grouped_auc: grouped.transpose()?,
        log_loss: log_loss(predictions),
        brier: brier(predictions),
        equal_width: calibration(predictions, bins, Binning::EqualWidth)?,
        equal_mass: calibration(predictions, bins, Binning::EqualMass)?,
    })
}

#[cfg(test)]
#[path = "../tests/probability.rs"]
mod tests;
