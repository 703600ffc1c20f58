//! A number together with its unit: 5000万元, 百分之六十, 三个半月, 50元6角.
//!
//! Blanks between them are allowed. A counter that the table of units does not
//! know is left where it stands: the number then has no unit.

use crate::domain::Number;
use crate::text::numeral::{self, Lone, Numeral, Style, Trouble, glyph};
use crate::text::unit::{self, Unit, UnitKind};
use crate::text::{exact, scan, share};

/// A number and its unit in folded text.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Its first character, that of a currency sign before the number included.
    pub start: usize,
    /// Behind its last character.
    pub end: usize,
    /// The number as written.
    pub number: Numeral,
    /// The value in the unit of its label: 元, a quotient of one, 年 …
    pub value: Number,
    /// The unit, where one is known.
    pub unit: Option<&'static Unit>,
    /// 2017年, 6月, 6月15日: a point of the calendar rather than a length of time.
    pub calendar: bool,
}

impl Measure {
    /// What is measured, where a unit says it.
    #[must_use]
    pub fn kind(&self) -> Option<UnitKind> {
        self.unit.map(Unit::kind)
    }

    /// The same number without its unit, for callers who read the unit's
    /// characters otherwise.
    #[must_use]
    pub fn unitless(self) -> Measure {
        bare(self.number)
    }

    /// The label of the unit, or nothing.
    #[must_use]
    pub fn unit_name(&self) -> Option<&'static str> {
        self.unit.map(Unit::name)
    }
}

/// Signs and words of currency before a number.
const PREFIXES: [(&str, &str); 16] = [
    ("人民币", "元"),
    ("人民幣", "元"),
    ("RMB", "元"),
    ("CNY", "元"),
    ("¥", "元"),
    ("￥", "元"),
    ("HKD", "港元"),
    ("HK$", "港元"),
    ("USD", "美元"),
    ("US$", "美元"),
    ("$", "美元"),
    ("＄", "美元"),
    ("EUR", "欧元"),
    ("€", "欧元"),
    ("£", "英镑"),
    ("GBP", "英镑"),
];

/// The measure that starts exactly at `start`; `None` too where [`read`] finds
/// trouble.
#[must_use]
pub fn at(chars: &[char], start: usize) -> Option<Measure> {
    read(chars, start)?.ok()
}

/// As [`at`], and says what is wrong with a numeral that names no number.
#[must_use]
pub fn read(chars: &[char], start: usize) -> Option<Result<Measure, Trouble>> {
    if !numeral::may_start(*chars.get(start)?) {
        return None;
    }
    if let Some(share) = share::read(chars, start) {
        return Some(share.map(percent));
    }
    if let Some((label, number)) = prefix(chars, start) {
        return prefixed(chars, start, label, number);
    }
    let number = match numeral::read_as(chars, start, Lone::Allowed)? {
        Ok(number) => number,
        Err(trouble) => return Some(Err(trouble)),
    };
    if let Some(measure) = with_unit(chars, number) {
        return Some(Ok(measure));
    }
    let number = match numeral::read(chars, start)? {
        Ok(number) => number,
        Err(trouble) => return Some(Err(trouble)),
    };
    Some(Ok(unmeasured(chars, number)))
}

/// A number alone; a proper fraction is a share of something.
fn unmeasured(chars: &[char], number: Numeral) -> Measure {
    let written = chars.get(number.start..number.end).unwrap_or_default();
    let proper = number.value.num().abs() < number.value.den();
    let fraction = proper && written.iter().any(|&c| c == '分' || c == '/');
    if fraction { percent(number) } else { bare(number) }
}

/// A number alone.
fn bare(number: Numeral) -> Measure {
    Measure {
        start: number.start,
        end: number.end,
        number,
        value: number.value,
        unit: None,
        calendar: false,
    }
}

/// A share, whose unit is that of %.
fn percent(number: Numeral) -> Measure {
    Measure { unit: unit::at(&['%'], 0).map(|(unit, _)| unit), ..bare(number) }
}

/// A sign or word of currency at `start` and where its number begins.
fn prefix(chars: &[char], start: usize) -> Option<(&'static str, usize)> {
    let first = chars.get(start)?;
    if first.is_ascii_digit() {
        return None;
    }
    PREFIXES
        .iter()
        .filter(|(written, _)| written.starts_with(*first))
        .find_map(|(written, label)| Some((*label, scan::exactly(chars, start, written)?)))
}

/// 人民币50元, ￥300, RMB 300万元.
fn prefixed(
    chars: &[char],
    start: usize,
    label: &'static str,
    behind: usize,
) -> Option<Result<Measure, Trouble>> {
    let (first, _) = scan::visible(chars, behind)?;
    let number = match numeral::read_as(chars, first, Lone::Allowed)? {
        Ok(number) => number,
        Err(trouble) => return Some(Err(trouble)),
    };
    match with_unit(chars, number) {
        Some(measure) if measure.kind() == Some(UnitKind::Money) => {
            Some(Ok(Measure { start, ..measure }))
        }
        Some(_) => None,
        None => {
            let currency: Vec<char> = label.chars().collect();
            let unit = unit::at(&currency, 0).map(|(unit, _)| unit);
            Some(Ok(Measure { start, unit, ..bare(number) }))
        }
    }
}

/// The unit behind `number`, with its halves and smaller coins.
fn with_unit(chars: &[char], number: Numeral) -> Option<Measure> {
    let (mut from, mut first) = scan::visible(chars, number.end)?;
    if number.vague && glyph::is_more(first) {
        (from, first) = scan::visible(chars, from + 1)?;
    }
    let mut half = false;
    if matches!(first, '个' | '個') && scan::exactly(chars, from + 1, "半").is_some() {
        let (unit, end) = unit::at(chars, from + 2)?;
        half = unit.kind() == UnitKind::Time;
        return half.then(|| finished(chars, number, unit, end, true)).flatten();
    }
    let (unit, mut end) = unit::at(chars, from)?;
    if lone_ten(chars, number, unit, end) {
        return None;
    }
    if unit.written() == "成" {
        return tenths(chars, number, unit, end);
    }
    if matches!(unit.kind(), UnitKind::Time | UnitKind::Size | UnitKind::Times | UnitKind::Age)
        && chars.get(end) == Some(&'半')
        && !chars.get(end + 1).is_some_and(|&c| "径数导场路价日年天月成".contains(c))
    {
        half = true;
        end += 1;
    }
    let measure = finished(chars, number, unit, end, half)?;
    Some(if unit.kind() == UnitKind::Money { coins(chars, measure) } else { measure })
}

/// 十分 before a word means very.
fn lone_ten(chars: &[char], number: Numeral, unit: &Unit, end: usize) -> bool {
    let ten = number.end == number.start + 1 && chars.get(number.start) == Some(&'十');
    ten && unit.written() == "分"
        && chars.get(end).is_some_and(|&c| c.is_alphabetic() && !"以的及之制,、".contains(c))
}

/// Puts a measure together in the unit of its label.
fn finished(
    chars: &[char],
    number: Numeral,
    unit: &'static Unit,
    end: usize,
    half: bool,
) -> Option<Measure> {
    let amount = if half { exact::add(number.value, exact::ratio(1, 2)?)? } else { number.value };
    let value = exact::mul(amount, unit.factor())?;
    let calendar = !half && calendar(chars, number, unit, end);
    Some(Measure { start: number.start, end, number, value, unit: Some(unit), calendar })
}

/// 七成六, 三成半.
fn tenths(chars: &[char], number: Numeral, unit: &'static Unit, end: usize) -> Option<Measure> {
    let next = scan::visible(chars, end);
    let (extra, end) = match next {
        Some((at, '半')) if at == end => (exact::ratio(1, 2)?, at + 1),
        Some((at, c))
            if !chars
                .get(at + 1)
                .is_some_and(|&c| glyph::is_numeral(c) || unit::at(&[c], 0).is_some()) =>
        {
            match glyph::decimal_digit(c) {
                Some(digit) if digit > 0 && number.style == Style::Chinese => {
                    (exact::ratio(digit, 10)?, at + 1)
                }
                _ => (Number::ZERO, end),
            }
        }
        _ => (Number::ZERO, end),
    };
    let value = exact::mul(exact::add(number.value, extra)?, unit.factor())?;
    Some(Measure { start: number.start, end, number, value, unit: Some(unit), calendar: false })
}

/// 6角3分 behind 50元, and 人民币 behind them.
fn coins(chars: &[char], whole: Measure) -> Measure {
    let mut sum = whole;
    let mut least = exact::whole(1);
    let label = whole.unit_name();
    while let Some(part) = coin(chars, sum.end, label, least) {
        let Some(value) = exact::add(sum.value, part.value) else { break };
        least = part.unit.map_or(Number::ZERO, Unit::factor);
        sum = Measure { end: part.end, value, ..sum };
    }
    if sum.end > whole.end
        && let Some(end) = scan::exactly(chars, sum.end, "人民币")
    {
        sum.end = end;
    }
    sum
}

/// A smaller coin of the same currency at `index`.
fn coin(chars: &[char], index: usize, label: Option<&str>, least: Number) -> Option<Measure> {
    let from =
        scan::exactly(chars, index, "又").or(scan::exactly(chars, index, "零")).unwrap_or(index);
    let number = numeral::read_as(chars, from, Lone::Allowed)?.ok()?;
    let (unit, mut end) = match chars.get(number.end) {
        Some('分') => unit::at(&['分', '钱'], 0).map(|(unit, _)| (unit, number.end + 1))?,
        _ => unit::at(chars, number.end)?,
    };
    if chars.get(end) == Some(&'钱') {
        end += 1;
    }
    let smaller = unit.factor().compare(least) == Some(std::cmp::Ordering::Less);
    let same = unit.kind() == UnitKind::Money && label == Some(unit.name());
    (smaller && same).then(|| finished(chars, number, unit, end, false)).flatten()
}

/// Whether the measure names a year, month or day of the calendar.
fn calendar(chars: &[char], number: Numeral, unit: &Unit, end: usize) -> bool {
    let length = number.end - number.start;
    match unit.written() {
        "年" | "年度" => length == 4 && is_year(chars, number),
        "月" => {
            let lasting = ["以", "内", "之内", "期", "及", "(含"];
            !lasting.iter().any(|word| scan::exactly(chars, end, word).is_some())
        }
        "月份" => true,
        // 一季度 is the first of the year, 一个季度 any three months.
        "季度" => !chars.get(number.start).is_some_and(|&c| glyph::is_two_of(c)),
        "日" => number.start > 0 && chars.get(number.start - 1) == Some(&'月'),
        _ => false,
    }
}

/// Four figures from 1900 to 2100.
fn is_year(chars: &[char], number: Numeral) -> bool {
    let figures = chars
        .get(number.start..number.end)
        .is_some_and(|part| part.iter().all(|&c| c.is_ascii_digit() || glyph::digit(c).is_some()));
    figures && number.value.floor().is_some_and(|year| (1900..=2100).contains(&year))
}

#[cfg(test)]
#[path = "tests/measure.rs"]
mod tests;
