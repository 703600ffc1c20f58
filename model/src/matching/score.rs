//! A first order of matches: how certain, how much, how soon it ends. The
//! learned relevance of later versions takes its place; this one is a baseline
//! that anybody can check by hand.

use crate::policy::cases::Verdict;

use super::amount::Amount;

/// A sum of this many yuan or more has full value.
const FULL_VALUE_YUAN: f64 = 10_000_000.0;
/// Value of a policy that tells no sum: between a few hundred and a thousand yuan.
const NO_SUM: f64 = 0.4;
/// Days in which the urgency of a deadline falls to 1/e.
const URGENCY_DAYS: f64 = 30.0;

/// Score in 0..=1: certainty × (0.7 × value + 0.3 × urgency).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "ranking only")]
pub fn score(verdict: Verdict, amount: Amount, days_left: Option<i32>) -> f64 {
    let certainty = match verdict {
        Verdict::Eligible => 1.0,
        Verdict::Likely => 0.7,
        Verdict::Unknown => 0.3,
        Verdict::Ineligible => 0.0,
    };
    let value = match amount {
        Amount::Known(fen) => {
            let yuan = fen.max(0) as f64 / 100.0;
            (yuan.ln_1p() / FULL_VALUE_YUAN.ln_1p()).min(1.0)
        }
        Amount::Unknown | Amount::None => NO_SUM,
    };
    let urgency = days_left.map_or(0.0, |days| (-f64::from(days.max(0)) / URGENCY_DAYS).exp());
    certainty * (0.7 * value + 0.3 * urgency)
}

/// A score as it is written: four places, of which nobody can tell apart more.
/// Matches are ordered by the score itself.
#[must_use]
pub fn rounded(score: f64) -> f64 {
    (score * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn what_is_written_has_four_places() {
        assert_eq!(rounded(0.7 * 0.4).to_string(), "0.28");
        assert_eq!(rounded(0.123_456).to_string(), "0.1235");
        assert_eq!(rounded(1.0).to_string(), "1");
    }
}
