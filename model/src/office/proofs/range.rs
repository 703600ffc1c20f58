//! A comparison that reads one number only, solved exactly: the values for
//! which it holds, as runs. Calendar functions rise or fall with the day, so
//! that halving the range finds each boundary in a few steps.

use crate::rules::{
    dated::{Dated, add_months, date_of, months_between},
    ir::{FieldRef, Num, NumId, Op, Scope},
};

use super::{numbers::Wholes, rational::Rational};

/// The one number an expression reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// A field.
    Field(FieldRef),
    /// First day of a relation.
    Since(Scope),
    /// Last day of a relation.
    Until(Scope),
}

/// The one number that all of these read; `None` when there are several, none,
/// or others than plain ones.
#[must_use]
pub(crate) fn only_leaf(dated: &Dated<'_>, nums: &[NumId]) -> Option<Leaf> {
    let mut found = None;
    let mut stack = nums.to_vec();
    while let Some(id) = stack.pop() {
        let leaf = match dated.program.graph.num(id) {
            Num::Field(field) | Num::Decimal(field) => Leaf::Field(*field),
            Num::Since(scope) => Leaf::Since(*scope),
            Num::Until(scope) => Leaf::Until(*scope),
            Num::Literal(..) | Num::AsOf => continue,
            Num::Add(a, b)
            | Num::Sub(a, b)
            | Num::Mul(a, b)
            | Num::Div(a, b)
            | Num::Min(a, b)
            | Num::Max(a, b)
            | Num::AddMonths(a, b) => {
                stack.extend([*a, *b]);
                continue;
            }
            Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
                stack.push(*a);
                continue;
            }
            Num::Choose(..)
            | Num::Param { .. }
            | Num::CountFacts(..)
            | Num::SumFacts(..)
            | Num::CountMembers(..) => return None,
        };
        if found.is_some_and(|known| known != leaf) {
            return None;
        }
        found = Some(leaf);
    }
    found
}

/// How many ranges are looked at before it is left to the search.
const MOST_RANGES: usize = 20_000;

/// How many runs a result may have.
const MOST_RUNS: usize = 300;

/// The values within `domain` for which the comparison holds, where it is
/// known; `None` when there are too many runs to tell.
#[must_use]
pub(crate) fn satisfying(
    dated: &Dated<'_>,
    op: Op,
    left: NumId,
    right: NumId,
    domain: &Wholes,
) -> Option<Wholes> {
    let mut runs: Vec<(i128, i128)> = Vec::new();
    let mut stack: Vec<(i128, i128)> = domain.runs().iter().rev().copied().collect();
    let mut looked = 0;
    while let Some((low, high)) = stack.pop() {
        looked += 1;
        if looked > MOST_RANGES || runs.len() > MOST_RUNS {
            return None;
        }
        let values = over(dated, left, low, high).zip(over(dated, right, low, high));
        match values.and_then(|(left, right)| decided(op, left, right)) {
            Some(true) => match runs.last_mut() {
                Some(last) if last.1 + 1 == low => last.1 = high,
                _ => runs.push((low, high)),
            },
            Some(false) => {}
            None if low == high => {}
            None => {
                let middle = low + (high - low) / 2;
                stack.push((middle + 1, high));
                stack.push((low, middle));
            }
        }
    }
    Some(Wholes::of(runs))
}

type Ends = (Rational, Rational);

/// Whether the comparison is the same for all values between the ends.
fn decided(op: Op, left: Ends, right: Ends) -> Option<bool> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let (lowest, highest) = (left.0.order(right.1)?, left.1.order(right.0)?);
    match op {
        Op::Less if highest == Less => Some(true),
        Op::Less if lowest != Less => Some(false),
        Op::AtMost if highest != Greater => Some(true),
        Op::AtMost if lowest == Greater => Some(false),
        Op::Greater if lowest == Greater => Some(true),
        Op::Greater if highest != Greater => Some(false),
        Op::AtLeast if lowest != Less => Some(true),
        Op::AtLeast if highest == Less => Some(false),
        Op::Equal if lowest == Equal && highest == Equal => Some(true),
        Op::Equal if lowest == Greater || highest == Less => Some(false),
        Op::NotEqual if lowest == Equal && highest == Equal => Some(false),
        Op::NotEqual if lowest == Greater || highest == Less => Some(true),
        _ => None,
    }
}

/// Lowest and highest value of a number while the one it reads goes from `low`
/// to `high`; `None` where it has no value somewhere, or that cannot be told.
fn over(dated: &Dated<'_>, num: NumId, low: i128, high: i128) -> Option<Ends> {
    let of = |num: &NumId| over(dated, *num, low, high);
    let whole = |value: i64| Rational::whole(i128::from(value));
    match dated.program.graph.num(num) {
        Num::Field(_) | Num::Since(_) | Num::Until(_) => {
            Some((Rational::whole(low), Rational::whole(high)))
        }
        Num::Decimal(_) => Some((Rational::new(low, 1_000_000)?, Rational::new(high, 1_000_000)?)),
        Num::Literal(num, den) => Rational::new(*num, *den).map(|value| (value, value)),
        Num::AsOf => {
            let today = whole(i64::from(dated.today));
            Some((today, today))
        }
        Num::Add(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Some((a.0.plus(b.0)?, a.1.plus(b.1)?))
        }
        Num::Sub(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Some((a.0.minus(b.1)?, a.1.minus(b.0)?))
        }
        Num::Mul(a, b) => corners(of(a)?, of(b)?, Rational::times),
        Num::Div(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            let same_sign = b.0.sign() == b.1.sign() && b.0.sign() != 0;
            if same_sign { corners(a, b, Rational::over) } else { None }
        }
        Num::Min(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Some((lower(a.0, b.0)?, lower(a.1, b.1)?))
        }
        Num::Max(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Some((higher(a.0, b.0)?, higher(a.1, b.1)?))
        }
        Num::Floor(a) => {
            let (low, high) = of(a)?;
            Some((Rational::whole(low.floor()), Rational::whole(high.floor())))
        }
        Num::AddMonths(..) | Num::Months(_) | Num::Years(_) | Num::Year(_) | Num::Month(_) => {
            calendar(dated, num, low, high)
        }
        Num::Choose(..)
        | Num::Param { .. }
        | Num::CountFacts(..)
        | Num::SumFacts(..)
        | Num::CountMembers(..) => None,
    }
}

/// [`over`] for the calendar functions.
fn calendar(dated: &Dated<'_>, num: NumId, low: i128, high: i128) -> Option<Ends> {
    let of = |num: &NumId| over(dated, *num, low, high);
    let days = |num: &NumId| {
        let (first, last) = of(num)?;
        Some((i32::try_from(first.floor()).ok()?, i32::try_from(last.floor()).ok()?))
    };
    let whole = |value: i64| Rational::whole(i128::from(value));
    match dated.program.graph.num(num) {
        Num::AddMonths(date, months) => {
            let ((first, last), (few, many)) = (days(date)?, of(months)?);
            let moved = |day, months: Rational| {
                add_months(day, i64::try_from(months.floor()).ok()?).map(i64::from)
            };
            Some((whole(moved(first, few)?), whole(moved(last, many)?)))
        }
        Num::Months(date) => {
            let (first, last) = days(date)?;
            let ends = (months_between(last, dated.today)?, months_between(first, dated.today)?);
            Some((whole(ends.0), whole(ends.1)))
        }
        Num::Years(date) => {
            let (first, last) = days(date)?;
            let years = |day| months_between(day, dated.today).map(|months| months.div_euclid(12));
            Some((whole(years(last)?), whole(years(first)?)))
        }
        Num::Year(date) => {
            let (first, last) = days(date)?;
            let year = |day| date_of(day).map(|day| whole(i64::from(day.year())));
            Some((year(first)?, year(last)?))
        }
        Num::Month(date) => {
            let (first, last) = days(date)?;
            let (first, last) = (date_of(first)?, date_of(last)?);
            let within = first.year() == last.year();
            let ends = if within { (first.month(), last.month()) } else { (1, 12) };
            Some((whole(i64::from(ends.0)), whole(i64::from(ends.1))))
        }
        _ => None,
    }
}

fn lower(a: Rational, b: Rational) -> Option<Rational> {
    Some(if a.order(b)?.is_le() { a } else { b })
}

fn higher(a: Rational, b: Rational) -> Option<Rational> {
    Some(if a.order(b)?.is_ge() { a } else { b })
}

fn corners(a: Ends, b: Ends, by: impl Fn(Rational, Rational) -> Option<Rational>) -> Option<Ends> {
    let first = by(a.0, b.0)?;
    let mut ends = (first, first);
    for (a, b) in [(a.0, b.1), (a.1, b.0), (a.1, b.1)] {
        let value = by(a, b)?;
        ends = (lower(ends.0, value)?, higher(ends.1, value)?);
    }
    Some(ends)
}
