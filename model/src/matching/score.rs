//! A first order of matches: how certain, how much, how soon it ends. It
//! holds where nothing was learned yet ([`crate::ranking`]), and anybody can
//! check it by hand.

use crate::{policy::cases::Verdict, ranking::features::value};

use super::amount::Amount;

/// Days in which the urgency of a deadline falls to 1/e.
const URGENCY_DAYS: f64 = 30.0;

/// Score in 0..=1: certainty × (0.7 × value + 0.3 × urgency).
#[must_use]
pub fn score(verdict: Verdict, amount: Amount, days_left: Option<i32>) -> f64 {
    let certainty = match verdict {
        Verdict::Eligible => 1.0,
        Verdict::Likely => 0.7,
        Verdict::Unknown => 0.3,
        Verdict::Ineligible => 0.0,
    };
    let value = value(amount);
    let urgency = days_left.map_or(0.0, |days| (-f64::from(days.max(0)) / URGENCY_DAYS).exp());
    certainty * (0.7 * value + 0.3 * urgency)
}

/// A score as it is written: six places, of which nobody can tell apart more.
/// Matches are ordered by the score itself.
#[must_use]
pub fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn what_is_written_has_six_places() {
        assert_eq!(rounded(0.7 * 0.4).to_string(), "0.28");
        assert_eq!(rounded(0.123_456_78).to_string(), "0.123457");
        assert_eq!(rounded(1.0).to_string(), "1");
    }
}
