//! What a policy grants: the first tier that holds, else the plain sum, at
//! most the cap. A sum that cannot be told stays unknown, never zero.

use serde::Serialize;

use crate::{
    domain::{Number, Tri},
    policy::cases::Verdict,
    rules::{
        ir::NumId,
        program::Policy,
        render,
        scalar::{At, Manual, Scalar},
    },
};

/// A sum in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "fen")]
pub enum Amount {
    /// The policy tells no sum (a title, a service).
    None,
    /// The data to tell it are missing.
    Unknown,
    /// The sum.
    Known(i64),
}

impl Amount {
    /// The sum where it is known.
    #[must_use]
    pub fn known(self) -> Option<i64> {
        match self {
            Amount::Known(fen) => Some(fen),
            Amount::None | Amount::Unknown => None,
        }
    }

    /// What may be said of the sum beside a verdict: nobody whom the data
    /// speak against is shown a sum of their own.
    #[must_use]
    pub fn beside(self, verdict: Verdict) -> Amount {
        match verdict {
            Verdict::Ineligible => Amount::None,
            Verdict::Eligible | Verdict::Likely | Verdict::Unknown => self,
        }
    }

    /// The sum in words beside a verdict; `None` where there is none. While
    /// the verdict is open the sum is no more than what would be granted.
    #[must_use]
    pub fn words(self, verdict: Verdict) -> Option<String> {
        let sum = render::money(self.beside(verdict).known()?);
        Some(if verdict == Verdict::Unknown { format!("若符合：{sum}") } else { sum })
    }
}

/// What the policy grants to the subject or unit.
#[must_use]
pub fn amount<'a>(scalar: &Scalar<'a>, policy: &Policy, at: &At<'a>) -> Amount {
    granted(scalar, policy, at).1
}

/// The tier that decides, by position, where one is known to, and the sum.
#[must_use]
pub fn granted<'a>(scalar: &Scalar<'a>, policy: &Policy, at: &At<'a>) -> (Option<usize>, Amount) {
    for (tier, (_, when, sum)) in policy.tiers.iter().enumerate() {
        match scalar.node(*when, at, Manual::Met) {
            Tri::True => return (Some(tier), capped(scalar, policy, at, *sum)),
            Tri::False => {}
            Tri::Unknown => return (None, Amount::Unknown),
        }
    }
    let sum = match policy.amount {
        Some(sum) => capped(scalar, policy, at, sum),
        None if policy.tiers.is_empty() => Amount::None,
        None => Amount::Unknown,
    };
    (None, sum)
}

fn capped<'a>(scalar: &Scalar<'a>, policy: &Policy, at: &At<'a>, sum: NumId) -> Amount {
    let Some(mut sum) = scalar.num(sum, at) else { return Amount::Unknown };
    if let Some(cap) = policy.cap {
        let Some(cap) = scalar.num(cap, at) else { return Amount::Unknown };
        match sum.compare(cap) {
            Some(std::cmp::Ordering::Greater) => sum = cap,
            Some(_) => {}
            None => return Amount::Unknown,
        }
    }
    match sum.compare(Number::ZERO) {
        Some(std::cmp::Ordering::Less) => Amount::Known(0),
        _ => sum.floor().map_or(Amount::Unknown, Amount::Known),
    }
}
