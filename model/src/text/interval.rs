//! What a measure and the words around it allow: 不低于10人且不超过50人, 3至5年,
//! 1000万元-2000万元(含), 大于5小于10, 十几万.
//!
//! Starts from the measure and looks to both sides, never further than one
//! partner. Two bounds that contradict each other stay two intervals.

mod algebra;

use std::cmp::Ordering;

use crate::domain::Number;
use crate::text::bound::{self, Bound, Side};
use crate::text::measure::{self, Measure};
use crate::text::numeral::{Trouble, glyph};
use crate::text::unit::UnitKind;
use crate::text::{exact, scan};

/// One end of an interval.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Where it is, in the unit of its label.
    pub value: Number,
    /// Whether the value itself is within.
    pub inclusive: bool,
}

/// One measure, or two that belong together, and what they allow.
#[derive(Debug, Clone, Copy)]
pub struct Interval {
    /// The first character of all its words.
    pub start: usize,
    /// Behind the last character of all its words.
    pub end: usize,
    /// The first measure.
    pub first: Measure,
    /// The second, of 3至5年 or of two bounds.
    pub second: Option<Measure>,
    /// The lower end.
    pub lower: Option<Limit>,
    /// The upper end.
    pub upper: Option<Limit>,
    /// Whether the text itself says for every end if it is within.
    pub explicit: bool,
}

impl Interval {
    /// The measure that carries the unit: the second where the first has none.
    #[must_use]
    pub fn measure(&self) -> Measure {
        match self.second {
            Some(second) if self.first.unit.is_none() => second,
            _ => self.first,
        }
    }

    /// Whether any word bounds the measure.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.lower.is_some() || self.upper.is_some()
    }
}

/// The interval around the measure that starts exactly at `start`. Words before
/// it count only from `floor` on, which is where the caller stopped reading.
#[must_use]
pub fn read(chars: &[char], start: usize, floor: usize) -> Option<Result<Interval, Trouble>> {
    let first = match measure::read(chars, start)? {
        Ok(first) => first,
        Err(trouble) => return Some(Err(trouble)),
    };
    if let Some(range) = joined(chars, first, floor) {
        return Some(Ok(range));
    }
    if let Some(signs) = algebra::read(chars, first) {
        return Some(Ok(signs));
    }
    let one = single(chars, first, floor);
    Some(Ok(paired(chars, one).unwrap_or(one)))
}

/// As [`read`], without what is in trouble.
#[must_use]
pub fn at(chars: &[char], start: usize, floor: usize) -> Option<Interval> {
    read(chars, start, floor)?.ok()
}

/// 3至5年, 20~100, 1000万元-2000万元(含), 10与20之间.
fn joined(chars: &[char], first: Measure, floor: usize) -> Option<Interval> {
    let mark = bound::inclusion(chars, first.end);
    let behind = mark.map_or(first.end, |mark| mark.end);
    let (link, from) = link(chars, behind)?;
    let (from, _) = scan::visible(chars, from)?;
    let mut second = measure::at(chars, from)?;
    if link == Link::And && second.unit.is_some_and(|unit| unit.written() == "间") {
        second = second.unitless(); // 10与20间 is between, not twenty rooms.
    }
    if second.number.value.num() < 0 || is_code(chars, first) || is_code(chars, second) {
        return None;
    }
    let mut first = first;
    agree(chars, &mut first, &mut second)?;
    if first.value.compare(second.value) == Some(Ordering::Greater) || goes_on(chars, second.end) {
        return None;
    }
    let mark_behind = bound::inclusion(chars, second.end);
    let mut end = mark_behind.map_or(second.end, |mark| mark.end);
    let between = scan::word(chars, end, "之间").or_else(|| {
        scan::word(chars, end, "间")
            .filter(|&at| !chars.get(at).is_some_and(|&c| "隔距断接".contains(c)))
    });
    if link == Link::And && between.is_none() {
        return None;
    }
    end = between.unwrap_or(end);
    let start = if between.is_some() { opening(chars, first.start, floor) } else { first.start };
    let included = |mark: Option<bound::Inclusion>| mark.is_none_or(|mark| mark.inclusive);
    Some(Interval {
        start,
        end,
        first,
        second: Some(second),
        lower: Some(Limit { value: first.value, inclusive: included(mark) }),
        upper: Some(Limit { value: second.value, inclusive: included(mark_behind) }),
        explicit: mark.is_some() && mark_behind.is_some(),
    })
}

/// What joins the two ends of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// 至, 到, a dash: a range by itself.
    To,
    /// 和, 与: a range only before 之间.
    And,
}

/// The link at `index`, and where it ends.
fn link(chars: &[char], index: usize) -> Option<(Link, usize)> {
    let (at, first) = scan::visible(chars, index)?;
    match first {
        '-' => {
            let second = usize::from(chars.get(at + 1) == Some(&'-'));
            Some((Link::To, at + 1 + second))
        }
        '~' | '至' | '到' => Some((Link::To, at + 1)),
        '和' | '与' | '與' | '、' => Some((Link::And, at + 1)),
        _ => None,
    }
}

/// A dash and a digit behind a second number: 2017-05-01 and 1-2-3 are no range.
fn goes_on(chars: &[char], end: usize) -> bool {
    matches!(chars.get(end), Some('-' | '/' | '.'))
        && chars.get(end + 1).is_some_and(char::is_ascii_digit)
}

/// 0571 and the like: a number with a leading zero is a code, not an amount.
fn is_code(chars: &[char], measure: Measure) -> bool {
    let number = measure.number;
    chars.get(number.start) == Some(&'0')
        && chars.get(number.start + 1).is_some_and(char::is_ascii_digit)
}

/// 位于, 介于, 在 before a range with 之间.
fn opening(chars: &[char], start: usize, floor: usize) -> usize {
    ["位于", "介于", "处于", "在"]
        .into_iter()
        .find_map(|word| {
            let (at, _) = scan::visible_before(chars, start)?;
            let from = (at + 1).checked_sub(word.chars().count())?;
            (from >= floor && scan::exactly(chars, from, word).is_some()).then_some(from)
        })
        .unwrap_or(start)
}

/// Gives both ends one unit: 3至5年 lends 年 to the first, 3-5万元 lends 万 too.
/// `None` where they measure different things or name the calendar.
fn agree(chars: &[char], first: &mut Measure, second: &mut Measure) -> Option<()> {
    match (first.unit, second.unit) {
        (None, Some(unit)) => {
            let lent = multiplier(chars, first, second);
            first.value = exact::mul(exact::mul(first.number.value, lent)?, unit.factor())?;
        }
        (Some(unit), None) => second.value = exact::mul(second.number.value, unit.factor())?,
        (None, None) => {
            first.value = exact::mul(first.value, multiplier(chars, first, second))?;
        }
        (Some(left), Some(right)) if left.name() != right.name() => return None,
        _ => {}
    }
    (!first.calendar && !second.calendar).then_some(())
}

/// The 万 of 3-5万, which the first number shares; one where it does not
/// (5000-1亿, 1万-2万).
fn multiplier(chars: &[char], first: &Measure, second: &Measure) -> Number {
    let one = exact::whole(1);
    let part =
        |measure: &Measure| chars.get(measure.number.start..measure.number.end).unwrap_or_default();
    let unit = |c: char| glyph::small(c).filter(|&unit| unit > 10).or_else(|| glyph::big(c));
    let multiplied = |c: &char| unit(*c).is_some() || glyph::small(*c).is_some();
    if part(first).iter().any(multiplied) {
        return one;
    }
    let text = part(second);
    let tail = text.iter().rev().take_while(|c| unit(**c).is_some() || **c == ' ').count();
    let head = text.get(..text.len() - tail).unwrap_or_default();
    if tail == 0 || head.iter().any(multiplied) {
        return one;
    }
    let factor = text.iter().rev().take(tail).filter_map(|&c| unit(c)).product::<i128>();
    let smaller = exact::mul(first.number.value, exact::whole(factor))
        .and_then(|value| value.compare(second.number.value));
    if smaller == Some(Ordering::Less) { exact::whole(factor) } else { one }
}

/// One measure with the words on its sides.
fn single(chars: &[char], measure: Measure, floor: usize) -> Interval {
    let none = Interval {
        start: measure.start,
        end: measure.end,
        first: measure,
        second: None,
        lower: None,
        upper: None,
        explicit: false,
    };
    if let Some(compared) = compared(chars, none, floor) {
        return compared;
    }
    let before = bound::before(chars, measure.start).filter(|bound| bound.start >= floor);
    let after = bound::after(chars, measure.end);
    let mut interval = match (before, after) {
        (Some(before), Some(after)) if before.side == after.side => {
            // 不超过15日内, 达到60%以上: the word before decides unless marked.
            let bound = if after.explicit { after } else { before };
            bounded(none, bound, before.start, after.end)
        }
        (Some(before), _) => {
            marked(chars, bounded(none, before, before.start, measure.end), before)
        }
        (None, Some(after)) => bounded(none, after, measure.start, after.end),
        (None, None) => match apart(chars, &measure).filter(|bound| bound.start >= floor) {
            Some(bound) => bounded(none, bound, bound.start, measure.end),
            None => vague(chars, none),
        },
    };
    interval.first = measure;
    interval
}

/// The bound word of 不超过员工总数的30%: only shares and multiples have a base.
fn apart(chars: &[char], measure: &Measure) -> Option<Bound> {
    let relative = matches!(measure.kind(), Some(UnitKind::Ratio | UnitKind::Times));
    relative.then(|| bound::across(chars, measure.start)).flatten()
}

/// Closes the side that `bound` says.
fn bounded(interval: Interval, bound: Bound, start: usize, end: usize) -> Interval {
    let limit = Some(Limit { value: interval.first.value, inclusive: bound.inclusive });
    let (lower, upper) = match bound.side {
        Side::Lower => (limit, None),
        Side::Upper => (None, limit),
        Side::Equal => (limit, limit),
    };
    Interval { start, end, lower, upper, explicit: bound.explicit, ..interval }
}

/// The mark of 不超过300人(含).
fn marked(chars: &[char], interval: Interval, bound: Bound) -> Interval {
    match bound::inclusion(chars, interval.end) {
        Some(mark) => {
            let bound = Bound { inclusive: mark.inclusive, explicit: true, ..bound };
            bounded(interval, bound, interval.start, mark.end)
        }
        None => interval,
    }
}

/// 比三十大, 比170低.
fn compared(chars: &[char], interval: Interval, floor: usize) -> Option<Interval> {
    let (at, _) =
        scan::visible_before(chars, interval.start).filter(|&(at, c)| c == '比' && at >= floor)?;
    let (behind, word) = scan::visible(chars, interval.end)?;
    let side = match word {
        '大' | '高' | '多' | '长' | '重' => Side::Lower,
        '小' | '低' | '少' | '短' | '轻' => Side::Upper,
        _ => return None,
    };
    let bound = Bound { start: at, end: behind + 1, side, inclusive: false, explicit: false };
    Some(bounded(interval, bound, at, behind + 1))
}

/// 五百多, 十几万: more than that.
fn vague(chars: &[char], interval: Interval) -> Interval {
    if !interval.first.number.vague {
        return interval;
    }
    let more = scan::visible(chars, interval.end).filter(|(_, c)| glyph::is_more(*c));
    let end = match more {
        Some((at, _)) if interval.first.unit.is_none() => at + 1,
        _ => interval.end,
    };
    let lower = Some(Limit { value: interval.first.value, inclusive: false });
    Interval { end, lower, ..interval }
}

/// Words between two bounds of one interval.
const BETWEEN: [&str; 14] =
    ["", ",", "、", "且", "并且", "并", "的同时", "同时", "而", "又", "至", "到", "但", "和"];

/// The second bound of 不低于10人且不超过50人.
fn paired(chars: &[char], one: Interval) -> Option<Interval> {
    let open_above = match (one.lower, one.upper) {
        (Some(_), None) => true,
        (None, Some(_)) => false,
        _ => return None,
    };
    let words = partner(chars, one.end)?;
    let mut first = one.first;
    let mut partner = words.first;
    agree(chars, &mut first, &mut partner)?;
    let (lower, upper) = match (open_above, words.lower, words.upper) {
        (true, None, Some(upper)) => (one.lower?, Limit { value: partner.value, ..upper }),
        (false, Some(lower), None) => (Limit { value: partner.value, ..lower }, one.upper?),
        _ => return None,
    };
    let lower = Limit { value: if open_above { first.value } else { lower.value }, ..lower };
    let upper = Limit { value: if open_above { upper.value } else { first.value }, ..upper };
    if lower.value.compare(upper.value) == Some(Ordering::Greater) {
        return None;
    }
    Some(Interval {
        start: one.start,
        end: words.end,
        first,
        second: Some(partner),
        lower: Some(lower),
        upper: Some(upper),
        explicit: one.explicit && words.explicit,
    })
}

/// The next bounded measure behind `end`, with only joining words between.
fn partner(chars: &[char], end: usize) -> Option<Interval> {
    /// The longest joining word, blanks and bound word before a number.
    const REACH: usize = 16;
    let number = (end..end + REACH).find(|&at| {
        chars.get(at).is_some_and(|c| c.is_ascii_digit() || glyph::is_numeral(*c) || *c == '百')
            && measure::at(chars, at).is_some()
    })?;
    let next = single(chars, measure::at(chars, number)?, end);
    let between: String = chars.get(end..next.start)?.iter().filter(|c| **c != ' ').collect();
    let joins = BETWEEN.contains(&between.as_str())
        || between.strip_prefix(',').is_some_and(|rest| BETWEEN.contains(&rest));
    joins.then_some(next)
}

#[cfg(test)]
#[path = "tests/interval.rs"]
mod tests;
