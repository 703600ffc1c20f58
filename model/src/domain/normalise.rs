//! Department tables as they come: full-width characters, invisible spaces,
//! dates in half a dozen shapes, amounts with thousand commas. Everything here
//! is exact or an error; nothing is guessed, and no float is used.
//!
//! Encodings (GB 18030 to UTF-8) and code maps are the business of whoever
//! reads the file.

use std::borrow::Cow;

use jiff::civil::Date;

/// How far a full-width character lies above its ASCII one.
const WIDTH: u32 = 0xFEE0;

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing but white space.
    #[error("the date is empty: leave the cell out or fill it in")]
    Empty,
    /// None of the known shapes.
    #[error("`{text}` has no known shape of a date: write it as 2024-01-05")]
    Shape {
        /// The text.
        text: String,
    },
    /// The shape is right, but no calendar has the day or the time.
    #[error("`{text}` names a day or time that does not exist: correct it at its source")]
    NotReal {
        /// The text.
        text: String,
    },
}

/// Why a text is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing but white space.
    #[error("the number is empty: leave the cell out or fill it in")]
    Empty,
    /// No decimal number, or commas that do not separate thousands.
    #[error(
        "`{text}` is no plain decimal number: write digits, one point, and commas between thousands only"
    )]
    Shape {
        /// The text.
        text: String,
    },
    /// Digits other than zero beyond the wanted places.
    #[error("`{text}` has more than {scale} decimal places: check its unit")]
    Places {
        /// The text.
        text: String,
        /// How many places fit.
        scale: u32,
    },
    /// The scaled value does not fit 64 bits.
    #[error("`{text}` is too large: check its unit")]
    Overflow {
        /// The text.
        text: String,
    },
}

/// Turns full-width letters, digits and punctuation (U+FF01–U+FF5E) and the
/// ideographic space into their ASCII forms. Chinese punctuation without an
/// ASCII twin (。、「」) stays. Idempotent.
#[must_use]
pub fn fold_width(text: &str) -> Cow<'_, str> {
    if text.chars().all(|symbol| fold_char(symbol) == symbol) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(fold_char).collect())
}

/// Drops white space of every kind at both ends: all Unicode spaces with
/// U+3000, zero-width characters and byte order marks.
#[must_use]
pub fn trim_spaces(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// [`trim_spaces`], then [`fold_width`]: what codes and numbers go through
/// before they are read. Not for names, whose brackets may be meant full-width.
#[must_use]
pub fn tidy(text: &str) -> Cow<'_, str> {
    fold_width(trim_spaces(text))
}

/// Reads the day of a date as departments write it: `2024-01-05`,
/// `2024/1/5`, `2024.1.5`, `20240105`, `2024年1月5日`, and each with a time
/// of day behind it (`2024-01-05 10:20:30`, `20240105102030`), which must be
/// valid and is dropped. The year has four digits. Numbers of days are not
/// read here; see [`excel_date`].
///
/// # Errors
/// [`DateError`].
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let tidy = tidy(text);
    if tidy.is_empty() {
        return Err(DateError::Empty);
    }
    let shape = || DateError::Shape { text: text.to_owned() };
    let unreal = || DateError::NotReal { text: text.to_owned() };
    let ([year, month, day], clock) =
        compact(&tidy).or_else(|| separated(&tidy)).ok_or_else(shape)?;
    let [hour, minute, second] = clock;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(unreal());
    }
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| unreal()),
        _ => Err(unreal()),
    }
}

/// The day behind a spreadsheet's serial number in the 1900 system: 1 is
/// 1900-01-01. `None` outside 1–2 958 465 and for 60, the 29 February 1900
/// that spreadsheets believe in.
#[must_use]
pub fn excel_date(serial: u32) -> Option<Date> {
    let days = match serial {
        1..=59 => serial,
        61..=2_958_465 => serial - 1,
        _ => return None,
    };
    let eve = Date::new(1899, 12, 31).ok()?;
    eve.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()
}

/// Reads a decimal number as an integer of `10^-scale`: with scale 2,
/// `1,234.5` is 123 450. An explicit sign, thousand commas and a bare leading
/// point are understood; exponents and units are not.
///
/// # Errors
/// [`NumberError`]; a digit beyond `scale` is an error unless it is zero.
pub fn parse_scaled(text: &str, scale: u32) -> Result<i64, NumberError> {
    let tidy = tidy(text);
    if tidy.is_empty() {
        return Err(NumberError::Empty);
    }
    let shape = || NumberError::Shape { text: text.to_owned() };
    let overflow = || NumberError::Overflow { text: text.to_owned() };
    let (negative, rest) = match tidy.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, tidy.strip_prefix('+').unwrap_or(&tidy)),
    };
    let (whole, places) = match rest.split_once('.') {
        Some((_, "")) => return Err(shape()),
        Some((whole, places)) => (whole, places),
        None if rest.is_empty() => return Err(shape()),
        None => (rest, ""),
    };
    if !thousands(whole) || !all_digits(places) {
        return Err(shape());
    }
    let wanted = usize::try_from(scale).unwrap_or(usize::MAX);
    if places.bytes().skip(wanted).any(|digit| digit != b'0') {
        return Err(NumberError::Places { text: text.to_owned(), scale });
    }
    let kept = places.len().min(wanted);
    let digits = whole.bytes().filter(u8::is_ascii_digit).chain(places.bytes().take(kept));
    let missing = scale - u32::try_from(kept).unwrap_or(scale);
    let below = below_zero(digits, missing).ok_or_else(overflow)?;
    if negative { Ok(below) } else { below.checked_neg().ok_or_else(overflow) }
}

/// Minus the number that the digits and so many zeros behind them write:
/// downwards from zero, since the least `i64` has no positive twin.
fn below_zero(digits: impl Iterator<Item = u8>, zeros: u32) -> Option<i64> {
    let mut below = 0_i64;
    for digit in digits {
        below = below.checked_mul(10)?.checked_sub(i64::from(digit - b'0'))?;
    }
    if below == 0 { Some(0) } else { below.checked_mul(10_i64.checked_pow(zeros)?) }
}

fn fold_char(symbol: char) -> char {
    match symbol {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(symbol) - WIDTH).unwrap_or(symbol),
        _ => symbol,
    }
}

fn is_blank(symbol: char) -> bool {
    symbol.is_whitespace()
        || matches!(symbol, '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits only, or groups of three behind a first of one to three.
fn thousands(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    if !whole.contains(',') {
        return all_digits(first);
    }
    (1..=3).contains(&first.len())
        && all_digits(first)
        && groups.all(|group| group.len() == 3 && all_digits(group))
}

/// Year, month, day and hour, minute, second.
type Parts = ([u32; 3], [u32; 3]);

/// `20240105` and `20240105102030`.
fn compact(text: &str) -> Option<Parts> {
    let (head, clock) = match text.split_once([' ', 'T']) {
        Some((head, clock)) => (head, Some(clock)),
        None => (text, None),
    };
    if !all_digits(head) || !matches!((head.len(), clock), (8, _) | (14, None)) {
        return None;
    }
    let number: u64 = head.parse().ok()?;
    let day = if head.len() == 14 { number / 1_000_000 } else { number };
    let time = if head.len() == 14 { number % 1_000_000 } else { 0 };
    let split = |number: u64| {
        [number / 10_000, number / 100 % 100, number % 100]
            .map(|part| u32::try_from(part).unwrap_or(u32::MAX))
    };
    let time = match clock {
        Some(clock) => clock_of(clock)?,
        None => split(time),
    };
    Some((split(day), time))
}

/// `2024-1-5`, `2024/1/5`, `2024.1.5` and `2024年1月5日`, with or without a time.
fn separated(text: &str) -> Option<Parts> {
    let (year, month, rest) = match text.find(['-', '/', '.', '年']).and_then(|at| text.get(at..))
    {
        Some(rest) if rest.starts_with('年') => cut(text, '年', '月')?,
        Some(rest) => {
            let mark = rest.chars().next()?;
            cut(text, mark, mark)?
        }
        None => return None,
    };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = rest.split_at_checked(length)?;
    let rest = match text.contains('年') {
        true => rest.strip_prefix('日')?,
        false => rest,
    };
    let short = |part: &str| {
        if (1..=2).contains(&part.len()) { number(part) } else { None }
    };
    let year = if year.len() == 4 {
        number(year)?
    } else {
        return None;
    };
    let clock = match rest.strip_prefix([' ', 'T']) {
        Some(clock) => clock_of(clock)?,
        None if rest.is_empty() => [0; 3],
        None => return None,
    };
    Some(([year, short(month)?, short(day)?], clock))
}

/// The text before the first mark, between the two, and behind the second.
fn cut(text: &str, first: char, second: char) -> Option<(&str, &str, &str)> {
    let (year, rest) = text.split_once(first)?;
    let (month, rest) = rest.split_once(second)?;
    Some((year, month, rest))
}

/// `10:20`, `10:20:30` and `10:20:30.000`.
fn clock_of(text: &str) -> Option<[u32; 3]> {
    let (clock, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let parts: Vec<u32> = clock
        .split(':')
        .map(|part| if part.len() <= 2 { number(part) } else { None })
        .collect::<Option<_>>()?;
    match (parts.as_slice(), all_digits(fraction)) {
        ([hour, minute], true) if !text.contains('.') => Some([*hour, *minute, 0]),
        ([hour, minute, second], true) => Some([*hour, *minute, *second]),
        _ => None,
    }
}

/// A run of digits as a number.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !all_digits(text) { None } else { text.parse().ok() }
}

#[cfg(test)]
#[path = "tests/normalise.rs"]
mod tests;
