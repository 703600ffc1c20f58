//! Lengths of time as ISO 8601 periods: 3年 is P3Y, 一年半 P1Y6M, 15日 P15D.
//!
//! Working days have no form of their own there: they come out as days with
//! the unit 工作日. School terms have no fixed length and are refused.

use super::{Failed, Found, Here, Scene, bounds};
use crate::domain::Number;
use crate::text::bound::{self, Side};
use crate::text::interval::Interval;
use crate::text::measure::{self, Measure};
use crate::text::numeral;
use crate::text::unit::UnitKind;
use crate::text::{exact, scan};

/// The length of time at `at`.
pub(super) fn look(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let interval = match scene.interval(at, floor)? {
        Ok(interval) => interval,
        Err(failed) => return Some(Err(failed)),
    };
    let measure = interval.measure();
    if measure.kind() != Some(UnitKind::Time) || measure.calendar {
        return None;
    }
    if interval.second.is_none()
        && let Some(found) = compound(scene.chars, measure, floor)
    {
        return Some(Ok(found));
    }
    Some(simple(&interval).ok_or_else(|| {
        let error = format!(
            "`{}` has no fixed length: say how many months are meant",
            measure.unit_name().unwrap_or("")
        );
        Failed::new(measure.start, measure.end, error)
    }))
}

/// One measure, or a range of them.
fn simple(interval: &Interval) -> Option<Found> {
    let measure = interval.measure();
    let label = measure.unit_name()?;
    let write = |value: Number| Period::default().with(label, value).map(|period| period.iso());
    let unit = Some(label.to_owned());
    let found = if interval.second.is_some() {
        write(measure.value)?;
        Found { start: interval.start, end: interval.end, unit, ..Found::default() }
    } else {
        let value = Some(write(measure.value)?);
        Found { start: measure.start, end: measure.end, value, unit, ..Found::default() }
    };
    Some(bounds(found, interval, |limit| write(limit.value)))
}

/// 1年6个月, 8天又二十个小时: parts that follow each other.
fn compound(chars: &[char], first: Measure, floor: usize) -> Option<Found> {
    let mut period = Period::default().with(first.unit_name()?, first.value)?;
    let mut end = first.end;
    let mut parts = 1;
    while let Some((label, value, behind)) = part(chars, end) {
        let Some(longer) = period.with(label, value) else { break };
        (period, end, parts) = (longer, behind, parts + 1);
    }
    if parts == 1 {
        return None;
    }
    let iso = Some(period.iso());
    let mut found = Found { start: first.start, end, value: iso.clone(), ..Found::default() };
    let before = bound::before(chars, first.start).filter(|bound| bound.start >= floor);
    match before.or_else(|| bound::after(chars, end)) {
        Some(bound) if bound.side == Side::Lower => {
            (found.lower, found.lower_inclusive) = (iso, Some(bound.inclusive));
        }
        Some(bound) if bound.side == Side::Upper => {
            (found.upper, found.upper_inclusive) = (iso, Some(bound.inclusive));
        }
        _ => {}
    }
    Some(found)
}

/// The next part behind `index`: its label, value and end.
fn part(chars: &[char], index: usize) -> Option<(&'static str, Number, usize)> {
    let mut from = index;
    for _ in 0..2 {
        from = match chars.get(from) {
            Some('又' | '余' | '多' | ' ') => from + 1,
            _ => from,
        };
    }
    let number = numeral::read_as(chars, from, numeral::Lone::Allowed)?.ok()?;
    if let Some(end) = scan::word(chars, number.end, "时")
        && !matches!(chars.get(end), Some('间' | '候'))
    {
        return Some(("小时", number.value, end));
    }
    let measure = measure::at(chars, from)?;
    let label = measure.unit_name()?;
    let lasting = measure.kind() == Some(UnitKind::Time) && !matches!(label, "工作日" | "交易日");
    lasting.then_some((label, measure.value, measure.end))
}

/// The components of a period.
#[derive(Debug, Clone, Copy)]
struct Period {
    /// Years, months, weeks, days, hours, minutes, seconds.
    parts: [Number; 7],
}

impl Default for Period {
    fn default() -> Period {
        Period { parts: [Number::ZERO; 7] }
    }
}

/// The letters of the components, and whether they stand behind T.
const LETTERS: [(char, bool); 7] =
    [('Y', false), ('M', false), ('W', false), ('D', false), ('H', true), ('M', true), ('S', true)];

/// How many of the next component make one, where that is fixed, and which
/// component that is.
const SMALLER: [(usize, usize, i128); 4] = [(0, 1, 12), (3, 4, 24), (4, 5, 60), (5, 6, 60)];

impl Period {
    /// Adds one part; `None` for a unit without fixed length, or one that is
    /// there already.
    fn with(mut self, label: &str, value: Number) -> Option<Period> {
        let (index, factor) = match label {
            "年" => (0, 1),
            "月" => (1, 1),
            "季度" => (1, 3),
            "周" => (2, 1),
            "日" | "工作日" | "交易日" => (3, 1),
            "小时" => (4, 1),
            "分钟" => (5, 1),
            "秒" => (6, 1),
            _ => return None,
        };
        let slot = self.parts.get_mut(index).filter(|part| part.num() == 0)?;
        *slot = exact::mul(value, exact::whole(factor))?;
        Some(self)
    }

    /// The period in ISO 8601. Half a year becomes six months and half a day
    /// twelve hours; half a month stays a fraction, for months differ.
    fn iso(mut self) -> String {
        for (from, to, count) in SMALLER {
            self.carry(from, to, count);
        }
        let mut text = String::from("P");
        let mut timed = false;
        for (part, (letter, time)) in self.parts.iter().zip(LETTERS) {
            if part.num() == 0 {
                continue;
            }
            if time && !timed {
                text.push('T');
                timed = true;
            }
            text.push_str(&exact::decimal(*part));
            text.push(letter);
        }
        if text.len() == 1 { "P0D".to_owned() } else { text }
    }

    /// Moves a fraction into the next component, if it is whole there.
    fn carry(&mut self, from: usize, to: usize, count: i128) -> Option<()> {
        let part = *self.parts.get(from)?;
        if part.den() == 1 || part.num() < 0 {
            return None;
        }
        let whole = exact::whole(part.num() / part.den());
        let rest = exact::add(part, exact::mul(whole, exact::whole(-1))?)?;
        let rest = exact::mul(rest, exact::whole(count))?;
        let sum = exact::add(*self.parts.get(to)?, rest)?;
        if rest.den() == 1 || (from >= 3 && to < 6) {
            *self.parts.get_mut(from)? = whole;
            *self.parts.get_mut(to)? = sum;
        }
        Some(())
    }
}
