//! What is known about a number: a set of whole numbers as disjoint runs, or
//! an interval of quotients. Bounds are closed; an absent one is open.

use super::rational::Rational;

/// A set of whole numbers: ascending, disjoint, closed runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wholes(Vec<(i128, i128)>);

impl Wholes {
    /// All from `low` to `high`.
    #[must_use]
    pub(crate) fn between(low: i128, high: i128) -> Wholes {
        Wholes(if low <= high { vec![(low, high)] } else { Vec::new() })
    }

    /// Runs in ascending order, which must not overlap.
    #[must_use]
    pub(crate) fn of(runs: Vec<(i128, i128)>) -> Wholes {
        Wholes(runs)
    }

    /// The runs.
    #[must_use]
    pub(crate) fn runs(&self) -> &[(i128, i128)] {
        &self.0
    }

    /// Whether nothing is left.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lowest and highest.
    #[must_use]
    pub(crate) fn hull(&self) -> Option<(i128, i128)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    /// The only value, if there is only one.
    #[must_use]
    pub(crate) fn only(&self) -> Option<i128> {
        match self.0.as_slice() {
            [(low, high)] if low == high => Some(*low),
            _ => None,
        }
    }

    /// What both have.
    #[must_use]
    pub(crate) fn and(&self, other: &Wholes) -> Wholes {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut runs = Vec::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                runs.push((low, high));
            }
            if a.1 < b.1 {
                left.next();
            } else {
                right.next();
            }
        }
        Wholes(runs)
    }
}

/// An interval of quotients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Lowest; `None` when there is no lowest.
    pub(crate) low: Option<Rational>,
    /// Highest; `None` when there is no highest.
    pub(crate) high: Option<Rational>,
}

/// Bounds with a longer denominator are rounded outward.
const LONGEST: i128 = 1_000_000_000_000;

impl Interval {
    /// Every number.
    pub(crate) const ALL: Interval = Interval { low: None, high: None };

    /// One value.
    #[must_use]
    pub(crate) fn point(value: Rational) -> Interval {
        Interval { low: Some(value), high: Some(value) }
    }

    /// From one whole number to another.
    #[must_use]
    pub(crate) fn wholes(low: i128, high: i128) -> Interval {
        Interval { low: Some(Rational::whole(low)), high: Some(Rational::whole(high)) }
    }

    /// The only value, if there is only one.
    #[must_use]
    pub(crate) fn only(self) -> Option<Rational> {
        self.low.filter(|low| Some(*low) == self.high)
    }

    /// Whether no number lies in it, for certain.
    #[must_use]
    pub(crate) fn is_empty(self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => low.order(high).is_some_and(std::cmp::Ordering::is_gt),
            _ => false,
        }
    }

    /// What both have.
    #[must_use]
    pub(crate) fn and(self, other: Interval) -> Interval {
        Interval {
            low: extreme(self.low, other.low, std::cmp::Ordering::Greater),
            high: extreme(self.high, other.high, std::cmp::Ordering::Less),
        }
    }

    /// Each number times a factor.
    #[must_use]
    pub(crate) fn scaled(self, factor: Rational) -> Interval {
        let by = |bound: Option<Rational>| bound?.times(factor);
        match factor.sign() {
            0 => Interval::point(Rational::ZERO),
            1 => Interval { low: by(self.low), high: by(self.high) },
            _ => Interval { low: by(self.high), high: by(self.low) },
        }
    }

    /// Product of a number of each; unbounded where a bound is not told.
    #[must_use]
    pub(crate) fn times(self, other: Interval) -> Interval {
        let zero = Some(Rational::ZERO);
        let (Some(_), Some(_), Some(_), Some(_)) = (self.low, self.high, other.low, other.high)
        else {
            // The sign is all that may be known.
            let positive = |of: Interval| of.low.is_some_and(|low| low.sign() >= 0);
            return match (positive(self), positive(other)) {
                (true, true) => Interval { low: zero, high: None },
                _ => Interval::ALL,
            };
        };
        self.corners(other, Rational::times)
    }

    /// Quotient of a number of each; every number when the divisor may be zero.
    #[must_use]
    pub(crate) fn over(self, other: Interval) -> Interval {
        let (Some(low), Some(high)) = (other.low, other.high) else { return Interval::ALL };
        if low.sign() != high.sign() || low.sign() == 0 {
            let from_zero = low.sign() >= 0 && self.low.is_some_and(|low| low.sign() >= 0);
            return match from_zero {
                true => Interval { low: Some(Rational::ZERO), high: None },
                false => Interval::ALL,
            };
        }
        if self.low.is_none() || self.high.is_none() {
            return Interval::ALL;
        }
        self.corners(other, Rational::over)
    }

    fn corners(
        self,
        other: Interval,
        by: impl Fn(Rational, Rational) -> Option<Rational>,
    ) -> Interval {
        let mut result: Option<Interval> = None;
        for a in [self.low, self.high] {
            for b in [other.low, other.high] {
                let Some(value) = a.zip(b).and_then(|(a, b)| by(a, b)) else {
                    return Interval::ALL;
                };
                result = Some(match result {
                    None => Interval::point(value),
                    Some(known) => known.stretched(value),
                });
            }
        }
        result.unwrap_or(Interval::ALL)
    }

    /// Reaches to the value as well.
    #[must_use]
    pub(crate) fn stretched(self, value: Rational) -> Interval {
        use std::cmp::Ordering::{Greater, Less};
        let reach = |bound: Option<Rational>, wanted| match bound?.order(value) {
            Some(order) if order == wanted => Some(value),
            Some(_) => bound,
            None => None,
        };
        Interval { low: reach(self.low, Greater), high: reach(self.high, Less) }
    }

    /// The same with bounds that are short to write, never narrower.
    #[must_use]
    pub(crate) fn rounded(self) -> Interval {
        if self.only().is_some() {
            return self;
        }
        let short = |bound: Rational, up: bool| {
            if bound.den() <= LONGEST {
                return Some(bound);
            }
            let scaled = bound.times(Rational::whole(LONGEST))?;
            Rational::new(if up { scaled.ceil() } else { scaled.floor() }, LONGEST)
        };
        Interval {
            low: self.low.and_then(|low| short(low, false)),
            high: self.high.and_then(|high| short(high, true)),
        }
    }
}

fn extreme(
    a: Option<Rational>,
    b: Option<Rational>,
    wanted: std::cmp::Ordering,
) -> Option<Rational> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.order(a) == Some(wanted) { b } else { a }),
        (a, b) => a.or(b),
    }
}
