//! How often a policy is taken up: counts smoothed towards the next coarser
//! group: policy in a portrait → policy → family → issuer and theme → all.
//!
//! Each rate is an m-estimate (Cestnik 1990): (successes + m × coarser rate) /
//! (trials + m). Trials are weighted by the probability that the place in the
//! list was looked at, so that a policy is not blamed for standing low.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::PolicyFacts;

/// Weight of the coarser rate, in trials.
pub const PRIOR_TRIALS: f64 = 20.0;

/// Successes among trials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Trials, weighted.
    pub trials: f64,
    /// Successes.
    pub successes: f64,
}

impl Tally {
    /// Adds one trial.
    pub fn add(&mut self, weight: f64, success: bool) {
        self.trials += weight;
        self.successes += f64::from(u8::from(success));
    }

    fn smoothed(self, coarser: f64) -> f64 {
        let rate = (self.successes + PRIOR_TRIALS * coarser) / (self.trials + PRIOR_TRIALS);
        rate.clamp(1e-4, 1.0 - 1e-4)
    }
}

/// Counts at every level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Uptake {
    /// All.
    pub all: Tally,
    /// By `issuer|theme`.
    pub issuer_theme: BTreeMap<String, Tally>,
    /// By family.
    pub family: BTreeMap<String, Tally>,
    /// By policy id.
    pub policy: BTreeMap<String, Tally>,
    /// By `policy|portrait`.
    pub cohort: BTreeMap<String, Tally>,
}

impl Uptake {
    /// Adds one trial of a policy for a subject of a portrait.
    pub fn add(&mut self, policy: &PolicyFacts, portrait: Option<u16>, weight: f64, success: bool) {
        self.all.add(weight, success);
        for key in &policy.issuer_themes {
            self.issuer_theme.entry(key.clone()).or_default().add(weight, success);
        }
        self.family.entry(policy.family.clone()).or_default().add(weight, success);
        self.policy.entry(policy.id.clone()).or_default().add(weight, success);
        if let Some(portrait) = portrait {
            self.cohort.entry(key(policy, portrait)).or_default().add(weight, success);
        }
    }

    /// The smoothed rate of a policy for a portrait, in 0..=1.
    #[must_use]
    pub fn rate(&self, policy: &PolicyFacts, portrait: Option<u16>) -> f64 {
        let of =
            |map: &BTreeMap<String, Tally>, key: &str| map.get(key).copied().unwrap_or_default();
        let mut rate = self.all.smoothed(0.1);
        let mut themes = Tally::default();
        for key in &policy.issuer_themes {
            let tally = of(&self.issuer_theme, key);
            themes.trials += tally.trials;
            themes.successes += tally.successes;
        }
        rate = themes.smoothed(rate);
        rate = of(&self.family, &policy.family).smoothed(rate);
        rate = of(&self.policy, &policy.id).smoothed(rate);
        match portrait {
            Some(portrait) => of(&self.cohort, &key(policy, portrait)).smoothed(rate),
            None => rate,
        }
    }
}

fn key(policy: &PolicyFacts, portrait: u16) -> String {
    format!("{}|{portrait}", policy.id)
}
