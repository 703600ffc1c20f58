//! Exact numbers: rules hold no floats. Money is integer fen, decimals are
//! fixed point, and a quotient keeps numerator and denominator apart until it
//! is compared.

use std::cmp::Ordering;

/// Decimal places of every `decimal` field: six, so 5% is 50 000.
pub const DECIMAL_PLACES: u32 = 6;

/// Ten to the power of [`DECIMAL_PLACES`].
pub const DECIMAL_ONE: i64 = 1_000_000;

/// Fen in one yuan.
pub const FEN: i64 = 100;

/// An exact quotient with a positive denominator. Sums and products are
/// checked: whatever leaves 128 bits is `None`, which rules read as unknown.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    num: i128,
    den: i128,
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number { num: 0, den: 1 };

    /// A whole number (of fen, persons, days …).
    #[must_use]
    pub fn whole(value: i64) -> Number {
        Number { num: i128::from(value), den: 1 }
    }

    /// A fixed-point decimal with [`DECIMAL_PLACES`] places.
    #[must_use]
    pub fn decimal(scaled: i64) -> Number {
        Number { num: i128::from(scaled), den: i128::from(DECIMAL_ONE) }
    }

    /// `num / den`; `None` when the denominator is zero or the sign cannot be moved.
    #[must_use]
    pub fn ratio(num: i128, den: i128) -> Option<Number> {
        match den.cmp(&0) {
            Ordering::Greater => Some(Number { num, den }),
            Ordering::Less => Some(Number { num: num.checked_neg()?, den: den.checked_neg()? }),
            Ordering::Equal => None,
        }
    }

    /// The numerator.
    #[must_use]
    pub fn num(self) -> i128 {
        self.num
    }

    /// The denominator, always positive.
    #[must_use]
    pub fn den(self) -> i128 {
        self.den
    }

    /// Sum, unless it overflows.
    #[must_use]
    pub fn checked_add(self, other: Number) -> Option<Number> {
        if self.den == other.den {
            return Some(Number { num: self.num.checked_add(other.num)?, den: self.den });
        }
        let left = self.num.checked_mul(other.den)?;
        let right = other.num.checked_mul(self.den)?;
        Some(Number { num: left.checked_add(right)?, den: self.den.checked_mul(other.den)? })
    }

    /// Difference, unless it overflows.
    #[must_use]
    pub fn checked_sub(self, other: Number) -> Option<Number> {
        self.checked_add(Number { num: other.num.checked_neg()?, den: other.den })
    }

    /// Product, unless it overflows.
    #[must_use]
    pub fn checked_mul(self, other: Number) -> Option<Number> {
        Some(Number {
            num: self.num.checked_mul(other.num)?,
            den: self.den.checked_mul(other.den)?,
        })
    }

    /// Quotient, unless the divisor is zero or it overflows.
    #[must_use]
    pub fn checked_div(self, other: Number) -> Option<Number> {
        Number::ratio(self.num.checked_mul(other.den)?, self.den.checked_mul(other.num)?)
    }

    /// Order by cross multiplication, unless that overflows.
    #[must_use]
    pub fn compare(self, other: Number) -> Option<Ordering> {
        if self.den == other.den {
            return Some(self.num.cmp(&other.num));
        }
        Some(self.num.checked_mul(other.den)?.cmp(&other.num.checked_mul(self.den)?))
    }

    /// The largest whole number not above the value, if it fits 64 bits.
    #[must_use]
    pub fn floor(self) -> Option<i64> {
        i64::try_from(self.num.div_euclid(self.den)).ok()
    }

    /// The nearest double, for display and ranking only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display and ranking only")]
    pub fn approximate(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

#[cfg(test)]
#[path = "tests/number.rs"]
mod tests;
