//! Days, months and years of the calendar: 2017年5月1日, 2017.5.1, 二〇一七年,
//! 5月1日 with a reference day, and ranges of them.
//!
//! Left out: the lunar calendar, reigns, weekdays, and orders of day and month
//! that differ between countries (1/2/2017).

use jiff::civil::Date;

use super::relative;
use super::{Failed, Found, Here, Scene};
use crate::text::bound;
use crate::text::measure;
use crate::text::numeral::{self, Lone, glyph};
use crate::text::scan;

/// A date as exactly as the text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) end: usize,
    pub(super) year: i16,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
}

/// A date, or why it is none with the end of its words.
pub(super) type Read = Option<Result<Dated, (usize, String)>>;

impl Dated {
    /// A whole day.
    pub(super) fn on(day: Date, end: usize) -> Dated {
        Dated { end, year: day.year(), month: Some(day.month()), day: Some(day.day()) }
    }

    /// ISO 8601: 2017-05-01, 2017-05 or 2017.
    fn iso(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{:04}-{month:02}", self.year),
            _ => format!("{:04}", self.year),
        }
    }

    /// Whether it stands in the calendar.
    fn checked(self) -> Result<Dated, (usize, String)> {
        match Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)) {
            Ok(_) if self.year > 0 => Ok(self),
            _ => Err((
                self.end,
                format!(
                    "`{}` is no day of the calendar: check it against the document",
                    self.iso()
                ),
            )),
        }
    }
}

/// The date at `at`, with the words around it.
pub(super) fn look(scene: Scene<'_>, at: usize, _floor: usize) -> Here {
    let chars = scene.chars;
    if let Some(failed) = event(chars, at) {
        return Some(Err(failed));
    }
    if let Some((end, first, last)) = relative::quarter(scene, at) {
        return Some(Ok(span(at, end, &first.to_string(), &last.to_string())));
    }
    if let Some(found) = years(chars, at).or_else(|| part_of_year(chars, at)) {
        return Some(Ok(found));
    }
    let first = match read(scene, at)? {
        Ok(first) => first,
        Err((end, error)) => return Some(Err(Failed::new(at, end, error))),
    };
    if lunar(chars, at, first.end) {
        let error = "the date is one of the lunar calendar: give the day of the civil calendar";
        return Some(Err(Failed::new(at, first.end, error)));
    }
    if let Some(range) = range(scene, at, first) {
        return Some(Ok(range));
    }
    let iso = first.iso();
    let found = Found { start: at, end: first.end, value: Some(iso.clone()), ..Found::default() };
    Some(Ok(sided(chars, found, iso)))
}

/// From one day, month or year through another; both the same is a value.
fn span(start: usize, end: usize, first: &str, last: &str) -> Found {
    let found = Found { start, end, ..Found::default() };
    if first == last {
        return Found { value: Some(first.to_owned()), ..found };
    }
    Found {
        lower: Some(first.to_owned()),
        upper: Some(last.to_owned()),
        lower_inclusive: Some(true),
        upper_inclusive: Some(true),
        ..found
    }
}

/// 2017-2020年.
fn years(chars: &[char], at: usize) -> Option<Found> {
    let before = at.checked_sub(1).and_then(|index| chars.get(index));
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/')) {
        return None;
    }
    let (first, behind) = digits(chars, at).filter(|(_, end)| end - at == 4)?;
    let (link, _) =
        scan::visible(chars, behind).filter(|(_, c)| matches!(c, '-' | '~' | '至' | '到'))?;
    let doubled = usize::from(chars.get(link + 1) == Some(&'-'));
    let (second, _) = scan::visible(chars, link + 1 + doubled)?;
    let (last, end) = year(chars, second)?;
    (first < i32::from(last)).then(|| span(at, end, &first.to_string(), &format!("{last:04}")))
}

/// 2017年第一季度, 2017年上半年.
fn part_of_year(chars: &[char], at: usize) -> Option<Found> {
    let (year, behind) = year(chars, at)?;
    let months = [("上半年", 1, 6), ("下半年", 7, 12), ("前三季度", 1, 9), ("前三个季度", 1, 9)];
    let named = months
        .into_iter()
        .find_map(|(word, first, last)| Some((scan::word(chars, behind, word)?, first, last)));
    let (end, first, last) = named.or_else(|| {
        let number = scan::word(chars, behind, "第").unwrap_or(behind);
        let figure = *chars.get(number)?;
        let quarter = glyph::digit(figure).or_else(|| figure.to_digit(10).map(i128::from))?;
        let quarter = i8::try_from(quarter).ok().filter(|quarter| (1..=4).contains(quarter))?;
        let end = scan::exactly(chars, number + 1, "季度")?;
        Some((end, quarter * 3 - 2, quarter * 3))
    })?;
    let first = Date::new(year, first, 1).ok()?;
    let last = Date::new(year, last, 1).ok()?.last_of_month();
    Some(span(at, end, &first.to_string(), &last.to_string()))
}

/// 农历三月, 三月初一.
fn lunar(chars: &[char], start: usize, end: usize) -> bool {
    let named = |word: &str| {
        start.checked_sub(2).is_some_and(|from| scan::exactly(chars, from, word).is_some())
            || scan::word(chars, end, word).is_some()
    };
    let tenth =
        chars.get(end) == Some(&'初') && chars.get(end + 1).is_some_and(|&c| glyph::is_numeral(c));
    tenth || named("农历") || named("阴历")
}

/// Any writing of a date at `at`.
fn read(scene: Scene<'_>, at: usize) -> Read {
    let before = at.checked_sub(1).and_then(|index| scene.chars.get(index)).copied();
    let first = *scene.chars.get(at)?;
    if first.is_ascii_digit() && before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.') {
        return None;
    }
    if first.is_ascii_digit()
        && let Some(dated) = separated(scene.chars, at)
    {
        return Some(dated.checked());
    }
    if let Some(year) = year(scene.chars, at) {
        return Some(within(scene.chars, year).checked());
    }
    relative::read(scene, at).or_else(|| monthly(scene, at))
}

/// 2017-5-1, 2017/5/1, 2017.5.1, 2017-05, 20170501.
fn separated(chars: &[char], at: usize) -> Option<Dated> {
    let (year, behind) = digits(chars, at)?;
    let width = behind - at;
    if width == 8 {
        let (year, rest) = (year / 10_000, year % 10_000);
        let month = i8::try_from(rest / 100).ok().filter(|month| (1..=12).contains(month))?;
        let day = i8::try_from(rest % 100).ok().filter(|day| (1..=31).contains(day))?;
        let year = i16::try_from(year).ok().filter(|year| (1900..2100).contains(year))?;
        return Some(Dated { end: behind, year, month: Some(month), day: Some(day) });
    }
    let year = i16::try_from(year).ok().filter(|_| width == 4)?;
    let separator = *chars.get(behind).filter(|c| matches!(c, '-' | '/' | '.' | ' '))?;
    let (month, end) = digits(chars, behind + 1)?;
    let month_width = end - behind - 1;
    let month = i8::try_from(month).ok().filter(|_| month_width <= 2)?;
    if chars.get(end) == Some(&separator)
        && let Some((day, end)) = digits(chars, end + 1)
        && (separator != ' ' || month_width == 2)
    {
        let day = i8::try_from(day).ok()?;
        return Some(Dated { end, year, month: Some(month), day: Some(day) });
    }
    let plausible = separator != ' ' && (1..=12).contains(&month) && (1900..2100).contains(&year);
    let counted = chars.get(end).is_some_and(|&c| c == '%' || glyph::big(c).is_some());
    (plausible && !counted).then_some(Dated { end, year, month: Some(month), day: None })
}

/// Up to eight digits with no more behind.
fn digits(chars: &[char], at: usize) -> Option<(i32, usize)> {
    let count = chars.iter().skip(at).take(9).take_while(|c| c.is_ascii_digit()).count();
    if !(1..=8).contains(&count) {
        return None;
    }
    let figures = chars.get(at..at + count)?.iter().filter_map(|c| c.to_digit(10));
    let value = figures.fold(0_u32, |sum, digit| sum * 10 + digit);
    Some((i32::try_from(value).ok()?, at + count))
}

/// 2017年, 二〇一七年, 两千零四年: the year and the index behind 年.
fn year(chars: &[char], at: usize) -> Option<(i16, usize)> {
    let number = numeral::read_as(chars, at, Lone::Allowed)?.ok()?;
    let behind = scan::word(chars, number.end, "年")?;
    let value = number.value.floor().filter(|_| number.value.den() == 1)?;
    let written = chars.get(number.start..number.end)?;
    let figures = written.iter().all(|c| c.is_ascii_digit() || glyph::digit(*c).is_some());
    let long = figures && (3..=4).contains(&written.len());
    let spoken = (1_000..3_000).contains(&value) && written.iter().all(|c| glyph::is_numeral(*c));
    let arabic_short = written.len() == 3 && written.iter().all(char::is_ascii_digit);
    let lasting = ["以上", "以下", "以内", "内", "期"]
        .into_iter()
        .any(|word| scan::exactly(chars, behind, word).is_some());
    if !(long || spoken) || arabic_short || lasting {
        return None;
    }
    i16::try_from(value).ok().map(|year| (year, behind))
}

/// What stands behind a year: month and day, 末, 初, 度.
pub(super) fn within(chars: &[char], (year, behind): (i16, usize)) -> Dated {
    let whole = Dated { end: behind, year, month: None, day: None };
    if let Some(end) = scan::exactly(chars, behind, "度") {
        let whole = Dated { end, ..whole };
        return edge(chars, whole).unwrap_or(whole);
    }
    if let Some(dated) = edge(chars, whole) {
        return dated;
    }
    match month(chars, behind) {
        Some((month, end)) => in_month(chars, Dated { end, month: Some(month), ..whole }),
        None => whole,
    }
}

/// What stands behind a month: a day, 末, 初.
pub(super) fn in_month(chars: &[char], month: Dated) -> Dated {
    if let Some(dated) = edge(chars, month) {
        return dated;
    }
    match day(chars, month.end) {
        Some((day, end)) => Dated { end, day: Some(day), ..month },
        None => month,
    }
}

/// 末, 底 and 初 of a year or month.
fn edge(chars: &[char], of: Dated) -> Option<Dated> {
    let (word, first) = match chars.get(of.end)? {
        '末' | '底' | '终' => (1, false),
        '初' if !chars.get(of.end + 1).is_some_and(|&c| glyph::is_numeral(c)) => (1, true),
        _ => return None,
    };
    let end = of.end + word;
    let start = Date::new(of.year, of.month.unwrap_or(1), 1).ok()?;
    Some(Dated::on(
        match (first, of.month) {
            (true, _) => start,
            (false, Some(_)) => start.last_of_month(),
            (false, None) => start.last_of_year(),
        },
        end,
    ))
}

/// 5月 and the index behind it.
fn month(chars: &[char], at: usize) -> Option<(i8, usize)> {
    let (from, _) = scan::visible(chars, at)?;
    let number = numeral::read_as(chars, from, Lone::Allowed)?.ok()?;
    let behind = scan::word(chars, number.end, "月")?;
    let end = scan::exactly(chars, behind, "份").unwrap_or(behind);
    let value = number.value.floor().filter(|_| number.value.den() == 1)?;
    Some((i8::try_from(value).ok()?, end))
}

/// 1日, 1号, and 十五 without either.
fn day(chars: &[char], at: usize) -> Option<(i8, usize)> {
    let (from, first) = scan::visible(chars, at)?;
    let number = numeral::read_as(chars, from, Lone::Allowed)?.ok()?;
    let value = number.value.floor().filter(|_| number.value.den() == 1)?;
    let named = ["日", "号", "號"].into_iter().find_map(|word| scan::word(chars, number.end, word));
    let ends = chars.get(number.end).is_none_or(|c| !c.is_alphanumeric() && *c != '%');
    let bare = (!first.is_ascii_digit() && from == at && ends && value <= 31).then_some(number.end);
    Some((i8::try_from(value).ok()?, named.or(bare)?))
}

/// 5月1日 and 5月, in the year of the reference day.
fn monthly(scene: Scene<'_>, at: usize) -> Read {
    let (month, end) = month(scene.chars, at)?;
    let dated = in_month(scene.chars, Dated { end, year: 2000, month: Some(month), day: None });
    let named =
        dated.day.is_some() || measure::at(scene.chars, at).is_some_and(|measure| measure.calendar);
    if !named || scene.chars.get(at) == Some(&'-') {
        return None;
    }
    let Some(reference) = scene.reference else {
        return Some(Err((dated.end, relative::needs_reference(scene.chars, at, dated.end))));
    };
    Some(Dated { year: reference.year(), ..dated }.checked())
}

/// 2017年1月1日至2018年6月30日, 5月1日—15日.
fn range(scene: Scene<'_>, start: usize, first: Dated) -> Option<Found> {
    let chars = scene.chars;
    let mark = bound::inclusion(chars, first.end);
    let (at, link) = scan::visible(chars, mark.map_or(first.end, |mark| mark.end))?;
    if !matches!(link, '至' | '到' | '-' | '~') {
        return None;
    }
    let doubled = usize::from(link == '-' && chars.get(at + 1) == Some(&'-'));
    let (from, _) = scan::visible(chars, at + 1 + doubled)?;
    let inherited = Scene { reference: Date::new(first.year, 1, 1).ok(), ..scene };
    let second = match read(scene, from) {
        Some(Ok(second)) => Some(second),
        _ => monthly(inherited, from).and_then(Result::ok),
    };
    let second = second.or_else(|| {
        let (day, end) = day(chars, from).filter(|_| first.day.is_some())?;
        Dated { end, day: Some(day), ..first }.checked().ok()
    })?;
    let marked = bound::inclusion(chars, second.end);
    Some(Found {
        start,
        end: marked.map_or(second.end, |mark| mark.end),
        lower: Some(first.iso()),
        upper: Some(second.iso()),
        lower_inclusive: Some(mark.is_none_or(|mark| mark.inclusive)),
        upper_inclusive: Some(marked.is_none_or(|mark| mark.inclusive)),
        ..Found::default()
    })
}

/// 前, 后, 起 behind a date. Whether 前 and 后 hold the day itself is left open
/// where no mark says so: neither usage nor the Civil Code settles it.
fn sided(chars: &[char], mut found: Found, iso: String) -> Found {
    let mark = bound::inclusion(chars, found.end);
    let from = mark.map_or(found.end, |mark| mark.end);
    let word = |words: &[&str]| words.iter().any(|word| scan::word(chars, from, word).is_some());
    let said = mark.map(|mark| mark.inclusive);
    let said = said.or_else(|| bound::inclusion(chars, from + 2).map(|mark| mark.inclusive));
    if word(&["前", "以前", "之前"]) {
        (found.upper, found.upper_inclusive) = (Some(iso), said);
    } else if word(&["止", "为止"]) {
        (found.upper, found.upper_inclusive) = (Some(iso), said.or(Some(true)));
    } else if word(&["起", "以来", "开始"]) {
        (found.lower, found.lower_inclusive) = (Some(iso), said.or(Some(true)));
    } else if word(&["后", "以后", "之后"]) {
        (found.lower, found.lower_inclusive) = (Some(iso), said);
    }
    found
}

/// 申请之日, 认定当日: a day that an event fixes.
fn event(chars: &[char], at: usize) -> Option<Failed> {
    let end = ["之日", "当日", "当天", "之时"]
        .into_iter()
        .find_map(|word| scan::exactly(chars, at, word))?;
    let mut start = at;
    while start > 0 && at - start < 4 && chars.get(start - 1).is_some_and(|c| c.is_alphabetic()) {
        start -= 1;
    }
    if at > start + 1 && matches!(chars.get(start), Some('自' | '从' | '在' | '至')) {
        start += 1;
    }
    let words: String = chars.get(start..end)?.iter().collect();
    let error = format!("`{words}` is fixed by an event: say on which day it happened");
    Some(Failed::new(start, end, error))
}
