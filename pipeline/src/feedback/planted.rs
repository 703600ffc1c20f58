//! The planted truth of the simulator, all of it: who wants what, who looks
//! where, how long things take.
//!
//! Open, apply and approve are logistic in the terms below. Taste is a weight
//! for each trait and theme, drawn once from the seed; each policy has an
//! appeal of its own, each pair of subject and policy a small whim that no
//! feature knows. Looking follows the position-based model (Richardson,
//! Dominowska & Ragno 2007): place k is looked at with probability k^-0.7,
//! less the more notices came lately.

use zhida_model::{
    domain::{SubjectKey, SubjectKind, Tri},
    matching::{Match, Matcher},
    policy::{cases::Verdict, file::Route},
    ranking::{
        facts::PolicyFacts,
        features::value,
        order::{at_of, margin},
    },
    rules::scalar::{At, Dossier, Manual},
};

use crate::synth::draw::{Draw, hash, mix};

/// Exponent of the fall of attention with the place.
const ATTENTION: f64 = 0.7;
/// Loss of attention for each notice of the last 30 days.
const TIREDNESS: f64 = 0.02;
/// Spread of the taste of a trait for a theme.
const TASTE: f64 = 0.9;
/// Spread of the appeal of a policy.
const APPEAL: f64 = 0.6;
/// Spread of the whim of a subject for a policy.
const WHIM: f64 = 0.3;
/// Days in which the pull of a deadline falls to 1/e.
const URGENCY_DAYS: f64 = 20.0;
/// Probability that a notice that was looked at and not opened is put away.
pub const DISMISSAL: f64 = 0.05;
/// Mean days until a notice is opened, a claim made, a claim approved.
pub const DELAYS: [f64; 3] = [1.0, 6.0, 12.0];

/// Purposes of the draws.
const OF_TASTE: u64 = 0x7461_7374;
const OF_APPEAL: u64 = 0x6170_7065;
const OF_WHIM: u64 = 0x7768_696D;

/// The truth of one seed.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    /// Seed.
    pub seed: u64,
}

/// Probabilities of one match that are true by construction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probabilities {
    /// Of opening it once it is looked at.
    pub open: f64,
    /// Of applying once opened.
    pub apply: f64,
    /// Of approval once applied.
    pub approve: f64,
    /// What it is worth: the three times the value of the sum.
    pub gain: f64,
}

/// Probability that a place (from 1) is looked at by somebody with so many
/// notices in the last 30 days.
#[must_use]
pub fn attention(position: u16, recent: u32) -> f64 {
    f64::from(position.max(1)).powf(-ATTENTION) * (-TIREDNESS * f64::from(recent)).exp()
}

impl Planted {
    fn normal(self, purpose: u64, parts: &[u64]) -> f64 {
        Draw::new(self.seed, purpose, mix(parts)).normal()
    }

    /// The traits a subject has for certain, by hash of their id.
    #[must_use]
    pub fn traits<'a>(
        self,
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
    ) -> Vec<u64> {
        let at = At { subject, unit: None, member: None };
        matcher.scalar.dated.program.traits[kind.index()]
            .iter()
            .filter(|one| matcher.scalar.node(one.node, &at, Manual::Open) == Tri::True)
            .map(|one| hash(&one.id))
            .collect()
    }

    /// Taste of somebody with these traits for a policy: the mean over its
    /// themes of the sum over traits, of unit scale whatever their number.
    fn taste(self, traits: &[u64], policy: &PolicyFacts) -> f64 {
        let themes = &policy.themes;
        if traits.is_empty() || themes.is_empty() {
            return 0.0;
        }
        let of = |theme: &String| -> f64 {
            let theme = hash(theme);
            traits.iter().map(|one| self.normal(OF_TASTE, &[*one, theme])).sum()
        };
        TASTE * themes.iter().map(of).sum::<f64>() / (root(traits.len()) * root(themes.len()))
    }

    /// The true probabilities of a match.
    #[must_use]
    pub fn of<'a>(
        self,
        matcher: &Matcher<'a>,
        subject: Dossier<'a>,
        traits: &[u64],
        policy: &PolicyFacts,
        found: &Match,
    ) -> Probabilities {
        let name = hash(&policy.id);
        let appeal = APPEAL * self.normal(OF_APPEAL, &[name]);
        let whim = WHIM * self.normal(OF_WHIM, &[low(found.subject), name]);
        let taste = self.taste(traits, policy) + appeal + whim;
        let worth = value(found.amount);
        let urgency =
            found.days_left.map_or(0.0, |days| (-f64::from(days.max(0)) / URGENCY_DAYS).exp());
        let yes = |holds: bool| f64::from(u8::from(holds));
        let likely = yes(found.verdict == Verdict::Likely);
        let automatic = yes(policy.route == Route::Auto);
        let confirmed = yes(policy.route == Route::Confirm);
        let papers = f64::from(u32::try_from(policy.papers).unwrap_or(u32::MAX));
        let at = at_of(matcher, subject, found);
        let slack = margin(&matcher.scalar, &at, policy).unwrap_or(0.5);
        let unknown = yes(found.verdict == Verdict::Unknown);
        let open = -1.6 + taste + 1.8 * worth + 0.8 * urgency + 0.4 * automatic - 0.6 * unknown;
        let apply =
            -1.2 + 0.5 * taste + 1.5 * worth - 0.25 * papers + 1.2 * automatic + 0.7 * confirmed
                - 0.5 * likely
                - 1.2 * unknown;
        let approve = 1.0 + 1.2 * slack - 1.3 * likely - 1.8 * unknown;
        let [open, apply, approve] = [open, apply, approve].map(sigmoid);
        Probabilities { open, apply, approve, gain: open * apply * approve * worth }
    }
}

fn sigmoid(logit: f64) -> f64 {
    zhida_model::ranking::calibration::sigmoid(logit)
}

fn root(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX)).sqrt()
}

/// A subject as a number for the draws.
pub(super) fn low(subject: SubjectKey) -> u64 {
    hash(&subject.to_string())
}
