//! Civil days as numbers since 1970-01-01, and how departments write them.

use std::fmt::Write as _;

use jiff::civil::Date;
use zhida_model::catalogue::types::DateFormat;

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i32 = 719_468;

/// The number of a day; `day` may lie outside the month.
pub(super) fn of(year: i32, month: i32, day: i32) -> i32 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let within = shifted.rem_euclid(400);
    let place = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + within * 365 + within / 4 - within / 100 + place - EPOCH
}

/// The number of a calendar date.
pub(super) fn number(date: Date) -> i32 {
    of(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
}

/// Year, month and day of a number.
pub(super) fn parts(days: i32) -> (i32, i32, i32) {
    let shifted = days + EPOCH;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let within = day - (365 * year + year / 4 - year / 100);
    let month = (5 * within + 2) / 153;
    let (month, rest) =
        (if month < 10 { month + 3 } else { month - 9 }, within - (153 * month + 2) / 5 + 1);
    (year + era * 400 + i32::from(month <= 2), month, rest)
}

/// Year of a day.
pub(super) fn year(days: i32) -> i32 {
    parts(days).0
}

/// The same day so many months later or earlier, the month end where it is missing.
pub(super) fn add_months(days: i32, months: i32) -> i32 {
    let (year, month, day) = parts(days);
    let count = year * 12 + month - 1 + months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    of(year, month, 1) + day.min(length(year, month)) - 1
}

/// Completed years between two days.
pub(super) fn years_between(from: i32, to: i32) -> i32 {
    let ((fy, fm, fd), (ty, tm, td)) = (parts(from), parts(to));
    ty - fy - i32::from((tm, td) < (fm, fd))
}

/// Completed months between two days, never negative.
pub(super) fn months_between(from: i32, to: i32) -> i32 {
    let ((fy, fm, fd), (ty, tm, td)) = (parts(from), parts(to));
    ((ty - fy) * 12 + tm - fm - i32::from(td < fd)).max(0)
}

fn length(year: i32, month: i32) -> i32 {
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    of(next.0, next.1, 1) - of(year, month, 1)
}

/// Appends a day as a table writes it.
pub(super) fn write(days: i32, format: DateFormat, out: &mut String) {
    write_parts(parts(days), format, out);
}

/// Appends a year, month and day, whether or not the calendar has them.
pub(super) fn write_parts(
    (year, month, day): (i32, i32, i32),
    format: DateFormat,
    out: &mut String,
) {
    // Writing to a string cannot fail.
    let _ = match format {
        DateFormat::Dashed => write!(out, "{year:04}-{month:02}-{day:02}"),
        DateFormat::Compact => write!(out, "{year:04}{month:02}{day:02}"),
        DateFormat::Slashed => write!(out, "{year}/{month}/{day}"),
        DateFormat::Chinese => write!(out, "{year}年{month}月{day}日"),
        DateFormat::Year => write!(out, "{year}"),
        DateFormat::YearMonth => write!(out, "{year:04}{month:02}"),
    };
}
