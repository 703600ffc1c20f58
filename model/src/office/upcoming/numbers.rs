//! What numbers can be over a stretch (see [`super::range`]).

use std::cmp::Ordering;

use crate::{
    domain::Number,
    rules::{
        dated::{date_of, months_between},
        ir::{FieldRef, Num, NumId},
        scalar::{At, Manual},
    },
};

use super::{
    prospect::Prospect,
    range::{Range, Whole},
};

impl<'a> Prospect<'a> {
    /// What a number can be.
    pub(super) fn num(&self, id: NumId, at: &At<'a>) -> Range {
        match self.early.dated.program.graph.num(id) {
            Num::Field(_) | Num::Decimal(_) => self.stored(id, at),
            Num::Literal(..) | Num::Since(_) | Num::Until(_) => Range::Same(self.early.num(id, at)),
            Num::AsOf => {
                let (first, last) = (self.early.dated.today, self.late.dated.today);
                same_or(i64::from(first), i64::from(last), false)
            }
            Num::Add(a, b) => self.num(*a, at).add(self.num(*b, at)),
            Num::Sub(a, b) => self.num(*a, at).sub(self.num(*b, at)),
            Num::Mul(a, b) => self.num(*a, at).mul(self.num(*b, at)),
            Num::Div(a, b) => self.num(*a, at).div(self.num(*b, at)),
            Num::Min(a, b) => self.num(*a, at).extreme(self.num(*b, at), Ordering::Less),
            Num::Max(a, b) => self.num(*a, at).extreme(self.num(*b, at), Ordering::Greater),
            Num::Floor(a) => self.num(*a, at).floor(),
            Num::Choose(condition, then, otherwise) => Range::choose(
                self.node(*condition, at, Manual::Open),
                self.num(*then, at),
                self.num(*otherwise, at),
            ),
            Num::AddMonths(date, months) => self.num(*date, at).add_months(self.num(*months, at)),
            Num::Years(date) => self.elapsed(*date, at, 12),
            Num::Months(date) => self.elapsed(*date, at, 1),
            Num::Year(date) => self.civil(*date, at, |low, high| (year(low), year(high))),
            Num::Month(date) => self.civil(*date, at, |low, high| {
                if year(low) == year(high) { (month(low), month(high)) } else { (1, 12) }
            }),
            Num::Param { name, region, decimal } => self.param(name, *region, *decimal, at),
            Num::CountFacts(field, mask, span) => self.count_facts(*field, mask, *span, at),
            Num::SumFacts(field, mask, span) => self.sum_facts(*field, mask, *span, at),
            Num::CountMembers(relation, filter) => self.count_members(*relation, *filter, at),
        }
    }

    /// A cell: known up to the end of its period.
    fn stored(&self, id: NumId, at: &At<'a>) -> Range {
        match (self.early.num(id, at), self.late.num(id, at)) {
            (Some(value), Some(_)) => Range::Same(Some(value)),
            (Some(value), None) => Range::sometimes(value),
            (None, None) => Range::Same(None),
            (None, Some(_)) => Range::Any,
        }
    }

    /// Completed units of so many months from a date to the day judged: more
    /// on later days, and fewer from later dates.
    fn elapsed(&self, date: NumId, at: &At<'a>, unit: i64) -> Range {
        let (low, high, gaps) = match self.date(date, at) {
            Ok(found) => found,
            Err(range) => return range,
        };
        let since = |from: i32, today: i32| Some(months_between(from, today)?.div_euclid(unit));
        let least = since(high, self.early.dated.today);
        let most = since(low, self.late.dated.today);
        least.zip(most).map_or(Range::Any, |(least, most)| same_or(least, most, gaps))
    }

    /// A part of a calendar day.
    fn civil(&self, date: NumId, at: &At<'a>, part: impl Fn(i32, i32) -> (i64, i64)) -> Range {
        match self.date(date, at) {
            Ok((low, high, gaps)) => {
                let (least, most) = part(low, high);
                same_or(least, most, gaps)
            }
            Err(range) => range,
        }
    }

    /// First and last day that a number can be, both in the calendar, and
    /// whether it may be unknown; or what to say instead.
    fn date(&self, id: NumId, at: &At<'a>) -> Result<(i32, i32, bool), Range> {
        let range = self.num(id, at);
        let fixed = matches!(range, Range::Same(_));
        let day = |days: i64| i32::try_from(days).ok().filter(|days| date_of(*days).is_some());
        let found = range
            .days_or_numbers()
            .and_then(|Whole { low, high, gaps }| Some((day(low)?, day(high)?, gaps)));
        // What is no day of the calendar is none on any day.
        found.ok_or(if fixed { Range::Same(None) } else { Range::Any })
    }

    /// A parameter's value: another where a row begins or ends.
    fn param(&self, name: &str, region: FieldRef, decimal: bool, at: &At<'a>) -> Range {
        let Some(place) = self.early.place(region, at) else { return Range::Same(None) };
        let values = self.days.values(self.stretch).map(|dated| {
            let value = dated.parameter(name, place)?;
            Some(if decimal { Number::decimal(value) } else { Number::whole(value) })
        });
        let mut found: Option<Range> = None;
        for value in values {
            let next = Range::Same(value);
            found = Some(match found {
                Some(Range::Same(before)) if same_value(before, value) => next,
                Some(before) => before.either(next),
                None => next,
            });
        }
        let found = found.unwrap_or(Range::Any);
        match self.late.place(region, at) {
            Some(_) => found,
            None => found.either(Range::Same(None)),
        }
    }
}

fn same_value(a: Option<Number>, b: Option<Number>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a.num(), a.den()) == (b.num(), b.den()),
        (None, None) => true,
        _ => false,
    }
}

/// A whole number between two, which is the same where they are equal.
pub(super) fn same_or(low: i64, high: i64, gaps: bool) -> Range {
    if low == high && !gaps {
        return Range::Same(Some(Number::whole(low)));
    }
    Range::whole(low, high, gaps)
}

fn year(days: i32) -> i64 {
    date_of(days).map_or(0, |day| i64::from(day.year()))
}

fn month(days: i32) -> i64 {
    date_of(days).map_or(0, |day| i64::from(day.month()))
}
