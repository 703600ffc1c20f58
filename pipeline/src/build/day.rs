//! Days since 1970-01-01, the form in which dates are stored, and the shapes
//! in which tables write them.
//!
//! The declared shape is read fast; the other full shapes are still
//! understood, because departments mix them. A year or a month alone is read
//! only where the catalogue says so.

use std::fmt::Write as _;

use jiff::civil::{Date, date};
use zhida_model::catalogue::types::DateFormat;
use zhida_model::domain::{parse_date, tidy};

/// No day told.
pub(super) const NONE: i32 = i32::MIN;

/// A period without an end.
pub(super) const OPEN: i32 = i32::MAX;

/// Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar.
const EPOCH: i64 = 719_468;

/// The stored number of a day of the calendar.
pub(super) fn of(date: Date) -> i32 {
    number(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
}

/// The calendar date of a stored day; the epoch outside the years jiff knows.
pub(super) fn date_of(days: i32) -> Date {
    let epoch = date(1970, 1, 1);
    epoch
        .checked_add(jiff::ToSpan::days(i64::from(days.clamp(-700_000, 2_900_000))))
        .unwrap_or(epoch)
}

/// Year of a stored day.
pub(super) fn year(days: i32) -> i32 {
    let shifted = i64::from(days) + EPOCH;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let within = day - (365 * year + year / 4 - year / 100);
    let month = (5 * within + 2) / 153;
    i32::try_from(year + era * 400 + i64::from(month >= 10)).unwrap_or(i32::MAX)
}

/// Months since the year 0 of a stored day.
pub(super) fn month(days: i32) -> i32 {
    let date = date_of(days);
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// The last day of a month, counted as in [`month`].
pub(super) fn month_end(month: i32) -> i32 {
    let next = i64::from(month) + 1;
    number(next.div_euclid(12), next.rem_euclid(12) + 1, 1) - 1
}

/// 31 December of a year.
pub(super) fn year_end(year: i32) -> i32 {
    number(i64::from(year), 12, 31)
}

/// Appends a day as `2024-01-05`.
pub(super) fn write(days: i32, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{}", date_of(days));
}

/// Reads a day as a table writes it; `None` where it is no date.
pub(super) fn parse(text: &str, format: DateFormat) -> Option<i32> {
    match format {
        DateFormat::Year => parse_year(&tidy(text)),
        DateFormat::YearMonth => parse_month(&tidy(text)),
        _ => fast(text.as_bytes()).or_else(|| parse_date(text).ok().map(of)),
    }
}

/// `2024-01-05` and `20240105`; `None` for anything else, also for days that
/// do not exist.
fn fast(bytes: &[u8]) -> Option<i32> {
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range)?.iter().try_fold(0_i64, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    match bytes.len() {
        10 if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') => {
            checked(digits(0..4)?, digits(5..7)?, digits(8..10)?)
        }
        8 => checked(digits(0..4)?, digits(4..6)?, digits(6..8)?),
        _ => None,
    }
}

fn parse_year(text: &str) -> Option<i32> {
    let year: i16 = text.strip_suffix('年').unwrap_or(text).parse().ok()?;
    (1900..=2200).contains(&year).then(|| year_end(i32::from(year)))
}

/// `202401`, `2024-01`, `2024/01`, `2024年1月`: the last day of the month.
fn parse_month(text: &str) -> Option<i32> {
    let (year, month) = match text.split_once(['-', '/', '.', '年']) {
        Some((year, month)) => (year, month.strip_suffix('月').unwrap_or(month)),
        None if text.len() == 6 => text.split_at_checked(4)?,
        None => return parse(text, DateFormat::Dashed).map(end_of_month),
    };
    match (year.parse(), month.parse()) {
        (Ok(year), Ok(month)) => Date::new(year, month, 1).ok().map(|day| of(day.last_of_month())),
        _ => parse(text, DateFormat::Dashed).map(end_of_month),
    }
}

fn end_of_month(days: i32) -> i32 {
    of(date_of(days).last_of_month())
}

fn checked(year: i64, month: i64, day: i64) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (year > 0 && (1..=length).contains(&day)).then(|| number(year, month, day))
}

fn number(year: i64, month: i64, day: i64) -> i32 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let within = shifted.rem_euclid(400);
    let place = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + within * 365 + within / 4 - within / 100 + place - EPOCH;
    i32::try_from(days).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_calendar() {
        for days in (-40_000..60_000).step_by(17) {
            let date = date_of(days);
            assert_eq!(of(date), days);
            assert_eq!(year(days), i32::from(date.year()));
            assert_eq!(parse(&date.to_string(), DateFormat::Dashed), Some(days));
        }
    }

    #[test]
    fn reads_the_shapes_of_tables() {
        let day = Some(of(date(2024, 1, 5)));
        assert_eq!(parse("20240105", DateFormat::Compact), day);
        assert_eq!(parse("2024/1/5", DateFormat::Slashed), day);
        assert_eq!(parse("2024年1月5日", DateFormat::Chinese), day);
        assert_eq!(parse("2024-01-05 10:20:30", DateFormat::Dashed), day);
        assert_eq!(parse("２０２４-01-05", DateFormat::Dashed), day);
        assert_eq!(parse("2024", DateFormat::Year), Some(of(date(2024, 12, 31))));
        assert_eq!(parse("202402", DateFormat::YearMonth), Some(of(date(2024, 2, 29))));
        assert_eq!(parse("2024-02", DateFormat::YearMonth), Some(of(date(2024, 2, 29))));
        assert_eq!(parse("2023-02-29", DateFormat::Dashed), None);
        assert_eq!(parse("2024-13-01", DateFormat::Dashed), None);
        assert_eq!(parse("2024", DateFormat::Dashed), None);
    }
}
