//! What a number can be on the days of a stretch: the same on all of them, or
//! somewhere between two bounds. Arithmetic on bounds never loses a value
//! that some day has; where that cannot be told (a divisor around zero,
//! numbers near the end of 128 bits) nothing is said, and the stretch is cut.

use std::cmp::Ordering;

use crate::{
    domain::{Number, Tri},
    rules::{dated::add_months, ir::Op},
};

use super::truths::Truths;

/// Bits of a numerator or denominator that fit [`Number`] without its sign.
const ROOM: u32 = 127;

/// What a number can be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    /// The same on every day, down to its two parts; `None` is unknown.
    Same(Option<Number>),
    /// Between two bounds.
    Between(Bounds),
    /// Nothing can be said.
    Any,
}

/// A closed range of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// No day has less.
    pub(super) low: Number,
    /// No day has more.
    pub(super) high: Number,
    /// Bits that numerators and denominators of all days fit in.
    bits: (u32, u32),
    /// Whether it may be unknown on some days.
    pub(super) gaps: bool,
}

/// A closed range of whole numbers, and whether it may be unknown.
pub(super) struct Whole {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) gaps: bool,
}

fn bits(value: i128) -> u32 {
    i128::BITS - value.unsigned_abs().leading_zeros()
}

fn sizes(value: Number) -> (u32, u32) {
    (bits(value.num()), bits(value.den()))
}

fn least(a: Number, b: Number) -> Option<Number> {
    Some(if a.compare(b)? == Ordering::Greater { b } else { a })
}

fn most(a: Number, b: Number) -> Option<Number> {
    Some(if a.compare(b)? == Ordering::Less { b } else { a })
}

impl Bounds {
    fn point(value: Number) -> Bounds {
        Bounds { low: value, high: value, bits: sizes(value), gaps: false }
    }

    /// Bounds of numbers that fit so many bits; those that may not are unknown.
    fn sized(low: Number, high: Number, bits: (u32, u32), gaps: bool) -> Bounds {
        let gaps = gaps || bits.0 > ROOM || bits.1 > ROOM;
        Bounds { low, high, bits: (bits.0.min(ROOM), bits.1.min(ROOM)), gaps }
    }

    /// Whether comparing with another by cross multiplication may overflow.
    fn too_big(&self, other: &Bounds) -> bool {
        self.bits.0 + other.bits.1 > ROOM || other.bits.0 + self.bits.1 > ROOM
    }
}

impl Range {
    /// Whole numbers of a closed range.
    pub(super) fn whole(low: i64, high: i64, gaps: bool) -> Range {
        let (low, high) = (Number::whole(low), Number::whole(high));
        let most = sizes(low).0.max(sizes(high).0);
        Range::Between(Bounds { low, high, bits: (most, 1), gaps })
    }

    /// A value that may be unknown on some days.
    pub(super) fn sometimes(value: Number) -> Range {
        Range::Between(Bounds { gaps: true, ..Bounds::point(value) })
    }

    fn bounds(self) -> Option<Bounds> {
        match self {
            Range::Same(value) => value.map(Bounds::point),
            Range::Between(bounds) => Some(bounds),
            Range::Any => None,
        }
    }

    fn join(
        self,
        other: Range,
        exact: impl Fn(Number, Number) -> Option<Number>,
        wide: impl Fn(Bounds, Bounds) -> Option<Bounds>,
    ) -> Range {
        match (self, other) {
            (Range::Same(None), _) | (_, Range::Same(None)) => Range::Same(None),
            (Range::Same(Some(a)), Range::Same(Some(b))) => Range::Same(exact(a, b)),
            _ => {
                let joined = self.bounds().zip(other.bounds()).and_then(|(a, b)| wide(a, b));
                joined.map_or(Range::Any, Range::Between)
            }
        }
    }

    pub(super) fn add(self, other: Range) -> Range {
        self.join(other, Number::checked_add, |a, b| {
            let bits = (
                (a.bits.0 + b.bits.1).max(b.bits.0 + a.bits.1) + 1,
                if a.bits.1 == 1 && b.bits.1 == 1 { 1 } else { a.bits.1 + b.bits.1 },
            );
            let (low, high) = (a.low.checked_add(b.low)?, a.high.checked_add(b.high)?);
            Some(Bounds::sized(low, high, bits, a.gaps || b.gaps))
        })
    }

    pub(super) fn sub(self, other: Range) -> Range {
        let negative = match other {
            Range::Between(bounds) => {
                let turned = |value: Number| Number::ratio(value.num().checked_neg()?, value.den());
                let ends = turned(bounds.high).zip(turned(bounds.low));
                ends.map_or(Range::Any, |(low, high)| {
                    Range::Between(Bounds { low, high, ..bounds })
                })
            }
            Range::Same(Some(value)) => {
                if let Range::Same(Some(own)) = self {
                    return Range::Same(own.checked_sub(value));
                }
                let turned =
                    value.num().checked_neg().and_then(|num| Number::ratio(num, value.den()));
                turned.map_or(Range::Any, |turned| Range::Same(Some(turned)))
            }
            other => other,
        };
        self.add(negative)
    }

    pub(super) fn mul(self, other: Range) -> Range {
        self.join(other, Number::checked_mul, |a, b| {
            let bits = (a.bits.0 + b.bits.0, a.bits.1 + b.bits.1);
            corners(a, b, bits, Number::checked_mul)
        })
    }

    pub(super) fn div(self, other: Range) -> Range {
        self.join(other, Number::checked_div, |a, b| {
            if b.low.num() <= 0 && b.high.num() >= 0 {
                return None;
            }
            let bits = (a.bits.0 + b.bits.1, a.bits.1 + b.bits.0);
            corners(a, b, bits, Number::checked_div)
        })
    }

    /// The smaller, or the larger, of two.
    pub(super) fn extreme(self, other: Range, wanted: Ordering) -> Range {
        let exact = |a: Number, b: Number| Some(if a.compare(b)? == wanted { a } else { b });
        self.join(other, exact, |a, b| {
            let pick = if wanted == Ordering::Less { least } else { most };
            let bits = (a.bits.0.max(b.bits.0), a.bits.1.max(b.bits.1));
            let gaps = a.gaps || b.gaps || a.too_big(&b);
            Some(Bounds { low: pick(a.low, b.low)?, high: pick(a.high, b.high)?, bits, gaps })
        })
    }

    pub(super) fn floor(self) -> Range {
        match self {
            Range::Same(value) => Range::Same(value.and_then(Number::floor).map(Number::whole)),
            other => match other.days_or_numbers() {
                Some(whole) => Range::whole(whole.low, whole.high, whole.gaps),
                None => Range::Any,
            },
        }
    }

    /// The whole numbers not above; `None` where nothing can be said, or where
    /// it is unknown on every day.
    pub(super) fn days_or_numbers(self) -> Option<Whole> {
        let bounds = self.bounds()?;
        Some(Whole { low: bounds.low.floor()?, high: bounds.high.floor()?, gaps: bounds.gaps })
    }

    /// A date moved by months.
    pub(super) fn add_months(self, months: Range) -> Range {
        let moved = |date: i64, months: i64| {
            add_months(i32::try_from(date).ok()?, months).map(|day| Number::whole(i64::from(day)))
        };
        if let (Range::Same(date), Range::Same(months)) = (self, months) {
            let floors = date.and_then(Number::floor).zip(months.and_then(Number::floor));
            return Range::Same(floors.and_then(|(date, months)| moved(date, months)));
        }
        if matches!((self, months), (Range::Same(None), _) | (_, Range::Same(None))) {
            return Range::Same(None);
        }
        let ends = self.days_or_numbers().zip(months.days_or_numbers());
        let found = ends.and_then(|(date, months)| {
            let low = moved(date.low, months.low)?;
            let high = moved(date.high, months.high)?;
            // Early days moved far back, late ones moved far ahead: whatever
            // lies between stays in the calendar as well.
            let bits = (sizes(low).0.max(sizes(high).0), 1);
            Some(Bounds { low, high, bits, gaps: date.gaps || months.gaps })
        });
        found.map_or(Range::Any, Range::Between)
    }

    /// One or the other.
    pub(super) fn either(self, other: Range) -> Range {
        match (self, other) {
            (Range::Same(None), Range::Same(None)) => Range::Same(None),
            (Range::Same(None), other) | (other, Range::Same(None)) => match other.bounds() {
                Some(bounds) => Range::Between(Bounds { gaps: true, ..bounds }),
                None => Range::Any,
            },
            _ => {
                let found = self.bounds().zip(other.bounds()).and_then(|(a, b)| {
                    Some(Bounds {
                        low: least(a.low, b.low)?,
                        high: most(a.high, b.high)?,
                        bits: (a.bits.0.max(b.bits.0), a.bits.1.max(b.bits.1)),
                        gaps: a.gaps || b.gaps,
                    })
                });
                found.map_or(Range::Any, Range::Between)
            }
        }
    }

    /// One or the other by a choice (see [`crate::rules::ir::Num::Choose`]).
    pub(super) fn choose(choice: Truths, then: Range, otherwise: Range) -> Range {
        let mut chosen: Option<Range> = None;
        let mut add = |range: Range| {
            chosen = Some(chosen.map_or(range, |before| before.either(range)));
        };
        if choice.may(Tri::True) {
            add(then);
        }
        if choice.may(Tri::False) {
            add(otherwise);
        }
        if choice.may(Tri::Unknown) {
            add(match (then, otherwise) {
                (Range::Same(Some(a)), Range::Same(Some(b))) => {
                    Range::Same(a.compare(b).filter(|order| *order == Ordering::Equal).map(|_| a))
                }
                (Range::Same(None), _) | (_, Range::Same(None)) => Range::Same(None),
                (then, _) => then.either(Range::Same(None)),
            });
        }
        chosen.unwrap_or(Range::Any)
    }

    /// What a comparison can be.
    pub(super) fn compare(self, op: Op, other: Range) -> Truths {
        match (self, other) {
            (Range::Same(None), _) | (_, Range::Same(None)) => Truths::only(Tri::Unknown),
            (Range::Same(Some(a)), Range::Same(Some(b))) => {
                Truths::only(Tri::of(a.compare(b).map(|order| op.holds(order))))
            }
            _ => {
                let found = self.bounds().zip(other.bounds());
                found.and_then(|(a, b)| compared(op, &a, &b)).unwrap_or(Truths::ANY)
            }
        }
    }
}

fn compared(op: Op, a: &Bounds, b: &Bounds) -> Option<Truths> {
    let (least, most) = (a.low.compare(b.high)?, a.high.compare(b.low)?);
    let mut truths = Truths::NONE;
    if least == Ordering::Less {
        truths.add(Tri::from(op.holds(Ordering::Less)));
    }
    if most == Ordering::Greater {
        truths.add(Tri::from(op.holds(Ordering::Greater)));
    }
    if least != Ordering::Greater && most != Ordering::Less {
        truths.add(Tri::from(op.holds(Ordering::Equal)));
    }
    if a.gaps || b.gaps || a.too_big(b) {
        truths.add(Tri::Unknown);
    }
    Some(truths)
}

/// Bounds of a product or quotient, from those of its sides.
fn corners(
    a: Bounds,
    b: Bounds,
    bits: (u32, u32),
    join: impl Fn(Number, Number) -> Option<Number>,
) -> Option<Bounds> {
    let first = join(a.low, b.low)?;
    let (mut low, mut high) = (first, first);
    for (x, y) in [(a.low, b.high), (a.high, b.low), (a.high, b.high)] {
        let corner = join(x, y)?;
        (low, high) = (least(low, corner)?, most(high, corner)?);
    }
    Some(Bounds::sized(low, high, bits, a.gaps || b.gaps))
}
