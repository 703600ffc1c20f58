//! Portraits: groups of subjects with similar traits, found by k-means and
//! named by the traits that set them apart. A portrait is a cohort for uptake
//! and nothing else; no verdict sees it.

use serde::{Deserialize, Serialize};

use crate::domain::Tri;

/// How a trait counts in the distance: unknown lies between no and yes.
#[must_use]
pub fn coordinate(value: Tri) -> f64 {
    match value {
        Tri::True => 1.0,
        Tri::Unknown => 0.5,
        Tri::False => 0.0,
    }
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Portrait {
    /// Chinese name from the traits that set it apart.
    pub name: String,
    /// Mean of each trait, in the order of [`Portraits::traits`].
    pub centre: Vec<f64>,
    /// Share of the subjects it was made from.
    pub share: f64,
}

/// The groups of one kind of subject.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Portraits {
    /// Ids of the traits, in the order of the centres.
    pub traits: Vec<String>,
    /// The groups, largest first.
    pub groups: Vec<Portrait>,
    /// How their number was chosen.
    pub criterion: String,
}

impl Portraits {
    /// The nearest group; the first of equally near ones.
    #[must_use]
    pub fn nearest(&self, traits: &[f64]) -> Option<u16> {
        let distance = |group: &Portrait| -> f64 {
            group.centre.iter().zip(traits).map(|(centre, value)| (centre - value).powi(2)).sum()
        };
        let found =
            (0_u16..).zip(&self.groups).min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
        found.map(|(position, _)| position)
    }
}
