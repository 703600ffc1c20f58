//! A trained ranker as it is saved: JSON that says what it was made from, what
//! it weighs, and how good it was. It is refused where the features of this
//! program differ from those it was trained on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    calibration::{Calibration, sigmoid},
    features::{COUNT, FEATURES},
    portrait::Portraits,
    uptake::Uptake,
};
use crate::domain::SubjectKind;

/// Version of the format.
pub const FORMAT: u32 = 1;

/// Why a ranker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RankerError {
    /// Not the JSON of a ranker.
    #[error("not a ranker: {0}: train one with `zhida train`")]
    Json(#[from] serde_json::Error),
    /// Another format.
    #[error(
        "the ranker has format {found}, this program reads {FORMAT}: train it again with `zhida train`"
    )]
    Format {
        /// Its format.
        found: u32,
    },
    /// Other features.
    #[error(
        "the ranker weighs other features than this program computes ({detail}): train it again with `zhida train`"
    )]
    Features {
        /// The first difference.
        detail: String,
    },
    /// A number that is none.
    #[error("the ranker has {what} that is not a finite number: train it again with `zhida train`")]
    NotFinite {
        /// Where.
        what: String,
    },
}

/// The steps from a notice to the money, in order.
pub const STEPS: [&str; 3] = ["open", "apply", "approve"];

/// One logistic step: the probability that a subject takes it once the one
/// before is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `open`, `apply` or `approve`.
    pub name: String,
    /// Intercept, over standardised features.
    pub intercept: f64,
    /// One weight a feature, over standardised features.
    pub weights: Vec<f64>,
    /// Strength of the L2 penalty.
    pub penalty: f64,
    /// Calibration, fitted on a later block than the weights.
    pub calibration: Calibration,
    /// Rows it was fitted on.
    pub rows: u64,
    /// Of which the step was taken.
    pub taken: u64,
}

/// The ranker of one kind of subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KindRanker {
    /// Mean of each feature.
    pub means: Vec<f64>,
    /// Standard deviation of each feature; 1 where it never varied.
    pub deviations: Vec<f64>,
    /// The steps of [`STEPS`]; one without enough rows has no weights and an
    /// intercept of the rate.
    pub steps: Vec<Step>,
    /// Probability that place k of a list is looked at, from place 1.
    pub examination: Vec<f64>,
    /// Portraits.
    pub portraits: Portraits,
    /// Uptake by cohort.
    pub uptake: Uptake,
    /// Policies that were shown less than the floor, for [`super::list`].
    pub underexposed: Vec<String>,
}

/// A whole ranker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranker {
    /// Format.
    pub format: u32,
    /// Day it was trained on, as the caller says.
    pub trained_on: Date,
    /// Version of the snapshot whose dossiers it read.
    pub snapshot: String,
    /// SHA-256 of the feedback, hexadecimal.
    pub data_hash: String,
    /// First day of the lists it learned from.
    pub from: Date,
    /// Day before which everything it learned from had happened.
    pub until: Date,
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// By kind of subject; one without enough feedback is absent and keeps
    /// the first order.
    pub kinds: BTreeMap<String, KindRanker>,
    /// Figures of the training, by kind, step and name.
    pub figures: BTreeMap<String, f64>,
}

impl Ranker {
    /// Reads and checks a ranker.
    ///
    /// # Errors
    /// [`RankerError`]: another format, other features, numbers that are none.
    pub fn read(json: &str) -> Result<Ranker, RankerError> {
        let ranker: Ranker = serde_json::from_str(json)?;
        if ranker.format != FORMAT {
            return Err(RankerError::Format { found: ranker.format });
        }
        ranker.check_features()?;
        for (kind, of) in &ranker.kinds {
            of.check(kind)?;
        }
        Ok(ranker)
    }

    fn check_features(&self) -> Result<(), RankerError> {
        let own = FEATURES.iter().map(|feature| feature.name);
        for (position, name) in own.enumerate() {
            match self.features.get(position) {
                Some(found) if found == name => {}
                Some(found) => {
                    let detail = format!("`{found}` where `{name}` is computed");
                    return Err(RankerError::Features { detail });
                }
                None => return Err(RankerError::Features { detail: format!("no `{name}`") }),
            }
        }
        match self.features.get(COUNT) {
            Some(more) => {
                Err(RankerError::Features { detail: format!("`{more}` is not computed") })
            }
            None => Ok(()),
        }
    }

    /// The ranker of a kind, where it has one.
    #[must_use]
    pub fn of(&self, kind: SubjectKind) -> Option<&KindRanker> {
        self.kinds.get(kind.name())
    }
}

impl KindRanker {
    fn check(&self, kind: &str) -> Result<(), RankerError> {
        let lengths = [self.means.len(), self.deviations.len()];
        let steps: Vec<&str> = self.steps.iter().map(|step| step.name.as_str()).collect();
        if lengths != [COUNT; 2] || steps != STEPS {
            let detail = format!("`{kind}` does not have {COUNT} features and the steps {STEPS:?}");
            return Err(RankerError::Features { detail });
        }
        let numbers = self.means.iter().chain(&self.deviations).chain(&self.examination);
        let weights =
            self.steps.iter().flat_map(|step| step.weights.iter().chain([&step.intercept]));
        if self.steps.iter().any(|step| !step.weights.is_empty() && step.weights.len() != COUNT) {
            let detail = format!("a step of `{kind}` does not have {COUNT} weights");
            return Err(RankerError::Features { detail });
        }
        if numbers.chain(weights).any(|number| !number.is_finite()) {
            return Err(RankerError::NotFinite { what: format!("`{kind}`") });
        }
        Ok(())
    }

    /// A feature vector, standardised.
    #[must_use]
    pub fn standard(&self, values: &[f64; COUNT]) -> [f64; COUNT] {
        let mut standard = *values;
        for ((value, mean), deviation) in standard.iter_mut().zip(&self.means).zip(&self.deviations)
        {
            *value = (*value - mean) / deviation;
        }
        standard
    }

    /// The calibrated probability of each step of [`STEPS`].
    #[must_use]
    pub fn probabilities(&self, values: &[f64; COUNT]) -> [f64; 3] {
        let standard = self.standard(values);
        let mut probabilities = [1.0; 3];
        for (probability, step) in probabilities.iter_mut().zip(&self.steps) {
            *probability = step.calibration.of(step.raw(&standard));
        }
        probabilities
    }
}

impl Step {
    /// Log-odds over standardised features, before calibration.
    #[must_use]
    pub fn log_odds(&self, standard: &[f64; COUNT]) -> f64 {
        let products = self.weights.iter().zip(standard).map(|(weight, value)| weight * value);
        self.intercept + products.sum::<f64>()
    }

    /// Probability before calibration.
    #[must_use]
    pub fn raw(&self, standard: &[f64; COUNT]) -> f64 {
        sigmoid(self.log_odds(standard))
    }
}
