//! Exact quotients for the solver, always reduced. Whatever leaves 128 bits is
//! `None`, and the caller then knows less, never something wrong.

use std::cmp::Ordering;

/// A reduced quotient with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Rational {
    num: i128,
    den: i128,
}

impl Rational {
    /// Zero.
    pub(crate) const ZERO: Rational = Rational { num: 0, den: 1 };
    /// One.
    pub(crate) const ONE: Rational = Rational { num: 1, den: 1 };

    /// A whole number.
    #[must_use]
    pub(crate) const fn whole(value: i128) -> Rational {
        Rational { num: value, den: 1 }
    }

    /// `num / den`; `None` for a zero denominator or an overflow.
    #[must_use]
    pub(crate) fn new(num: i128, den: i128) -> Option<Rational> {
        let divisor = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).ok()?;
        match den.cmp(&0) {
            Ordering::Greater => Some(Rational { num: num / divisor, den: den / divisor }),
            Ordering::Less => Some(Rational {
                num: (num / divisor).checked_neg()?,
                den: (den / divisor).checked_neg()?,
            }),
            Ordering::Equal => None,
        }
    }

    /// The numerator.
    #[must_use]
    pub(crate) fn num(self) -> i128 {
        self.num
    }

    /// The denominator, positive.
    #[must_use]
    pub(crate) fn den(self) -> i128 {
        self.den
    }

    /// Sum.
    #[must_use]
    pub(crate) fn plus(self, other: Rational) -> Option<Rational> {
        if self.den == 1 && other.den == 1 {
            return Some(Rational::whole(self.num.checked_add(other.num)?));
        }
        let left = self.num.checked_mul(other.den)?;
        let right = other.num.checked_mul(self.den)?;
        Rational::new(left.checked_add(right)?, self.den.checked_mul(other.den)?)
    }

    /// Difference.
    #[must_use]
    pub(crate) fn minus(self, other: Rational) -> Option<Rational> {
        self.plus(other.negated()?)
    }

    /// Product.
    #[must_use]
    pub(crate) fn times(self, other: Rational) -> Option<Rational> {
        Rational::new(self.num.checked_mul(other.num)?, self.den.checked_mul(other.den)?)
    }

    /// Quotient.
    #[must_use]
    pub(crate) fn over(self, other: Rational) -> Option<Rational> {
        Rational::new(self.num.checked_mul(other.den)?, self.den.checked_mul(other.num)?)
    }

    /// The value with the other sign.
    #[must_use]
    pub(crate) fn negated(self) -> Option<Rational> {
        Some(Rational { num: self.num.checked_neg()?, den: self.den })
    }

    /// −1, 0 or 1.
    #[must_use]
    pub(crate) fn sign(self) -> i128 {
        self.num.signum()
    }

    /// The largest whole number not above.
    #[must_use]
    pub(crate) fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The smallest whole number not below.
    #[must_use]
    pub(crate) fn ceil(self) -> i128 {
        let floor = self.floor();
        if self.den == 1 { floor } else { floor.saturating_add(1) }
    }

    /// Order; `None` when it cannot be told within 128 bits.
    #[must_use]
    pub(crate) fn order(self, other: Rational) -> Option<Ordering> {
        if self.den == other.den {
            return Some(self.num.cmp(&other.num));
        }
        match self.floor().cmp(&other.floor()) {
            Ordering::Equal => {
                let left = self.num.rem_euclid(self.den).checked_mul(other.den)?;
                let right = other.num.rem_euclid(other.den).checked_mul(self.den)?;
                Some(left.cmp(&right))
            }
            decided => Some(decided),
        }
    }
}

/// Greatest common divisor, at least 1.
#[must_use]
pub(crate) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
