//! One kind of value in one line: `zhida parse --kind money`.
//!
//! In reading order: [`Kind`] names the kinds, [`Parsed`] is the answer, and
//! every kind has its file. The first thing of the kind wins; [`all`] gives
//! every one. What is written like the kind but names no value is an error in
//! words, never a guess.

mod age;
mod date;
mod duration;
mod identity;
mod money;
mod number;
mod percent;
mod range;
mod region;
mod relative;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::text::exact;
use crate::text::fold::Folded;
use crate::text::interval::{self, Interval, Limit};
use crate::text::numeral::{Numeral, Trouble, glyph};

pub use self::region::region;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number as written: 三千五, 1.5亿, 三分之二.
    Number,
    /// A share of a whole: 60%, 百分之六十, 两成五, 八折.
    Percent,
    /// Bounds: 不低于60%, 3至5年, 30人以上.
    Range,
    /// An amount in a currency.
    Money,
    /// A day, month or year of the calendar.
    Date,
    /// A length of time.
    Duration,
    /// An age.
    Age,
    /// A unified social credit code.
    Uscc,
    /// A citizen identity number.
    ResidentId,
}

impl Kind {
    /// All kinds, in the order of the help.
    pub const ALL: [Kind; 9] = [
        Kind::Number,
        Kind::Percent,
        Kind::Range,
        Kind::Money,
        Kind::Date,
        Kind::Duration,
        Kind::Age,
        Kind::Uscc,
        Kind::ResidentId,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Percent => "percent",
            Kind::Range => "range",
            Kind::Money => "money",
            Kind::Date => "date",
            Kind::Duration => "duration",
            Kind::Age => "age",
            Kind::Uscc => "uscc",
            Kind::ResidentId => "resident-id",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a name is no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no kind of value: use one of number, percent, range, money, date, duration, age, uscc, resident-id"
)]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// The answer for one line. Values are exact decimal strings in base units
/// (元, quotient of one), ISO 8601 dates (2017-05-01, 2017-05, 2017) or
/// periods (P1Y6M). Offsets count Unicode characters of `input`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parsed {
    /// The line as it came.
    pub input: Arc<str>,
    /// Whether a value was found.
    pub ok: bool,
    /// The first character of what was found.
    pub start: Option<usize>,
    /// Behind its last character.
    pub end: Option<usize>,
    /// The value; absent of a range.
    pub value: Option<String>,
    /// Its unit: 元, ratio, 岁, 年 …
    pub unit: Option<String>,
    /// The lower end, where words around the value say one.
    pub lower: Option<String>,
    /// The upper end.
    pub upper: Option<String>,
    /// Whether the lower end is within; absent where the text leaves it open.
    pub lower_inclusive: Option<bool>,
    /// Whether the upper end is within.
    pub upper_inclusive: Option<bool>,
    /// What is wrong, in words.
    pub error: Option<String>,
}

/// What a kind found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    start: usize,
    end: usize,
    value: Option<String>,
    unit: Option<String>,
    lower: Option<String>,
    upper: Option<String>,
    lower_inclusive: Option<bool>,
    upper_inclusive: Option<bool>,
    /// Behind the words that belong to it without being part of its span.
    past: usize,
}

/// What is written like the kind and names no value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failed {
    start: usize,
    end: usize,
    error: String,
}

impl Failed {
    fn new(start: usize, end: usize, error: impl fmt::Display) -> Failed {
        Failed { start, end, error: error.to_string() }
    }
}

/// The text and what every kind may ask of its surroundings.
#[derive(Debug, Clone, Copy)]
struct Scene<'a> {
    chars: &'a [char],
    reference: Option<Date>,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Failed {
        let (Trouble::Overflow { start, end } | Trouble::Several { start, end }) = trouble;
        Failed::new(start, end, trouble)
    }
}

impl Scene<'_> {
    /// The interval around the measure at `at`, unless it names no number.
    fn interval(self, at: usize, floor: usize) -> Option<Result<Interval, Failed>> {
        Some(match interval::read(self.chars, at, floor)? {
            Ok(interval) => match self.indefinite(&interval.first.number) {
                Some(failed) => Err(failed),
                None => Ok(interval),
            },
            Err(trouble) => Err(trouble.into()),
        })
    }

    /// 几十, 数百万: words that name no number at all.
    fn indefinite(self, number: &Numeral) -> Option<Failed> {
        let few = |&c: &char| glyph::is_few(c) || matches!(c, '数' | '數');
        self.chars.get(number.start).filter(|c| few(c))?;
        let error = "the words name no definite number: a person must say which is meant";
        Some(Failed::new(number.start, number.end, error))
    }
}

/// What stands at one place.
type Here = Option<Result<Found, Failed>>;

/// Looks at one index; the other is where the last finding ended.
type Look = fn(Scene<'_>, usize, usize) -> Here;

/// The first value of `kind` in `input`. `reference` is the day on which 去年
/// and its like are asked.
#[must_use]
pub fn parse(kind: Kind, input: &str, reference: Option<Date>) -> Parsed {
    let mut failure = None;
    for here in findings(kind, input, reference, true) {
        match here {
            Ok(found) => return answer(&input.into(), found),
            Err(failed) => failure = failure.or(Some(failed)),
        }
    }
    let failed = failure.unwrap_or_else(|| Failed::new(0, 0, nothing(kind)));
    refusal(input.into(), (failed.end > 0).then_some((failed.start, failed.end)), failed.error)
}

/// Every value of `kind` in `input`, in order.
#[must_use]
pub fn all(kind: Kind, input: &str, reference: Option<Date>) -> Vec<Parsed> {
    let shared = Arc::from(input);
    let found = findings(kind, input, reference, false).into_iter();
    found.filter_map(Result::ok).map(|found| answer(&shared, found)).collect()
}

/// The answer for a line that could not even be read as text.
#[must_use]
pub fn unreadable(input: &str, error: impl fmt::Display) -> Parsed {
    refusal(input.into(), None, error.to_string())
}

fn answer(input: &Arc<str>, found: Found) -> Parsed {
    Parsed {
        input: Arc::clone(input),
        ok: true,
        start: Some(found.start),
        end: Some(found.end),
        value: found.value,
        unit: found.unit,
        lower: found.lower,
        upper: found.upper,
        lower_inclusive: found.lower_inclusive,
        upper_inclusive: found.upper_inclusive,
        error: None,
    }
}

fn refusal(input: Arc<str>, span: Option<(usize, usize)>, error: String) -> Parsed {
    Parsed {
        input,
        ok: false,
        start: span.map(|(start, _)| start),
        end: span.map(|(_, end)| end),
        value: None,
        unit: None,
        lower: None,
        upper: None,
        lower_inclusive: None,
        upper_inclusive: None,
        error: Some(error),
    }
}

/// The error where nothing of the kind stands in the line.
fn nothing(kind: Kind) -> String {
    let (what, example) = match kind {
        Kind::Number => ("number", "三千五"),
        Kind::Percent => ("share", "60%"),
        Kind::Range => ("bound", "不低于60%"),
        Kind::Money => ("amount of money", "5000万元"),
        Kind::Date => ("date", "2017年5月1日"),
        Kind::Duration => ("length of time", "3年"),
        Kind::Age => ("age", "18周岁"),
        Kind::Uscc => ("credit code", "18 letters and digits"),
        Kind::ResidentId => ("identity number", "18 digits"),
    };
    format!("no {what} found: it would look like `{example}`")
}

/// Everything of the kind in the text; with `first`, only up to the first value.
fn findings(
    kind: Kind,
    input: &str,
    reference: Option<Date>,
    first: bool,
) -> Vec<Result<Found, Failed>> {
    let chars = listed(input);
    let scene = Scene { chars: &chars, reference };
    let look: Look = match kind {
        Kind::Number => number::look,
        Kind::Percent => percent::look,
        Kind::Range => range::look,
        Kind::Money => money::look,
        Kind::Date => date::look,
        Kind::Duration => duration::look,
        Kind::Age => age::look,
        Kind::Uscc => identity::uscc,
        Kind::ResidentId => identity::resident,
    };
    let found = sweep(scene, look, first);
    if kind == Kind::Money && !found.iter().any(Result::is_ok) {
        return [found, sweep(scene, money::bare, first)].concat();
    }
    found
}

/// The folded characters, where a full-width comma behind a half-width digit
/// is a list's comma: 20，300 are two numbers; 20,300 and ４，５６５ are one, and
/// so is 1，000, whose zeros say so.
fn listed(input: &str) -> Vec<char> {
    let mut chars = Folded::new(input).chars().to_vec();
    let mut digit = false;
    for (index, original) in input.chars().enumerate() {
        let thousands = original == '，' && chars.get(index + 1..index + 4) == Some(&['0'; 3]);
        if original == '，'
            && digit
            && !thousands
            && let Some(slot) = chars.get_mut(index)
        {
            *slot = '、';
        }
        digit = original.is_ascii_digit();
    }
    chars
}

/// Looks at every index once, past what was found.
fn sweep(scene: Scene<'_>, look: Look, first: bool) -> Vec<Result<Found, Failed>> {
    let (mut at, mut floor) = (0, 0);
    let mut all = Vec::new();
    while at < scene.chars.len() {
        if let Some(end) = address(scene.chars, at) {
            (at, floor) = (end, end);
            continue;
        }
        let Some(here) = look(scene, at, floor) else {
            at += 1;
            continue;
        };
        let end = match &here {
            Ok(found) => found.end.max(found.past),
            Err(failed) => failed.end,
        };
        at = end.max(at + 1);
        floor = at;
        let done = first && here.is_ok();
        all.push(here);
        if done {
            break;
        }
    }
    all
}

/// Behind the web address that starts at `index`: its digits are no values.
fn address(chars: &[char], index: usize) -> Option<usize> {
    if chars.get(index) != Some(&'h') {
        return None;
    }
    use crate::text::scan::exactly;
    let from = exactly(chars, index, "http://").or(exactly(chars, index, "https://"))?;
    let rest = chars.iter().skip(from).take_while(|c| c.is_ascii_graphic()).count();
    Some(from + rest)
}

/// The parts of an answer that an interval gives, in the unit of its measure.
fn bounds(found: Found, interval: &Interval, write: impl Fn(Limit) -> Option<String>) -> Found {
    Found {
        lower: interval.lower.and_then(&write),
        upper: interval.upper.and_then(&write),
        lower_inclusive: interval.lower.map(|limit| limit.inclusive),
        upper_inclusive: interval.upper.map(|limit| limit.inclusive),
        past: interval.end,
        ..found
    }
}

/// A measure's answer: the value and its bounds, or the two ends of a range.
fn measured(interval: &Interval) -> Found {
    let measure = interval.measure();
    let unit = measure.unit_name().map(str::to_owned);
    let found = if interval.second.is_some() {
        Found { start: interval.start, end: interval.end, unit, ..Found::default() }
    } else {
        let value = Some(exact::decimal(measure.value));
        Found { start: measure.start, end: measure.end, value, unit, ..Found::default() }
    };
    bounds(found, interval, |limit| Some(exact::decimal(limit.value)))
}

#[cfg(test)]
#[path = "tests/parse.rs"]
mod tests;
