//! Dates that depend on the day they are asked: 去年12月31日, 上年末, 本月10日,
//! 明天. The reference day is an argument; without it they are refused.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Scene;
use super::date::{Dated, Read, in_month, within};
use crate::text::scan;

/// Days around the reference day.
const DAYS: [(&str, i32); 14] = [
    ("大前天", -3),
    ("大后天", 3),
    ("大後天", 3),
    ("前天", -2),
    ("前日", -2),
    ("昨天", -1),
    ("昨日", -1),
    ("今天", 0),
    ("今日", 0),
    ("明天", 1),
    ("明日", 1),
    ("后天", 2),
    ("後天", 2),
    ("后日", 2),
];

/// Years around the year of the reference day.
const YEARS: [(&str, i16); 15] = [
    ("大前年", -3),
    ("前年", -2),
    ("上一自然年", -1),
    ("上一会计年", -1),
    ("上一纳税年", -1),
    ("上一年", -1),
    ("上年", -1),
    ("去年", -1),
    ("今年", 0),
    ("本年", 0),
    ("本自然年", 0),
    ("明年", 1),
    ("下一年", 1),
    ("下年", 1),
    ("后年", 2),
];

/// Months around the month of the reference day.
const MONTHS: [(&str, i32); 9] = [
    ("上上个月", -2),
    ("上个月", -1),
    ("上一月", -1),
    ("上月", -1),
    ("本月", 0),
    ("这个月", 0),
    ("下个月", 1),
    ("下一月", 1),
    ("下月", 1),
];

/// A relative date at `at`.
pub(super) fn read(scene: Scene<'_>, at: usize) -> Read {
    let chars = scene.chars;
    if !chars.get(at).is_some_and(|&c| "大前昨今明后後上去本下这".contains(c))
        || inside_word(chars, at)
    {
        return None;
    }
    let answer = |end: usize, dated: &dyn Fn(Date) -> Option<Dated>| {
        Some(match scene.reference {
            None => Err((end, needs_reference(chars, at, end))),
            Some(reference) => dated(reference).ok_or_else(|| {
                (end, "the day leaves the calendar: use a nearer reference date".to_owned())
            }),
        })
    };
    if let Some((behind, days)) = word(chars, at, &DAYS) {
        return answer(behind, &|reference| {
            Some(Dated::on(reference.checked_add(days.days()).ok()?, behind))
        });
    }
    if let Some((behind, months)) = word(chars, at, &MONTHS) {
        return answer(behind, &|reference| {
            let day = reference.first_of_month().checked_add(months.months()).ok()?;
            let month = Dated { day: None, ..Dated::on(day, behind) };
            Some(in_month(chars, month))
        });
    }
    let (behind, years) = word(chars, at, &YEARS)?;
    let dated = |reference: Date| {
        let year = reference.year().checked_add(years)?;
        if let Some((end, 0)) = word(chars, behind, &MONTHS) {
            let month = Dated { end, year, month: Some(reference.month()), day: None };
            return Some(in_month(chars, month));
        }
        Some(within(chars, (year, behind)))
    };
    answer(behind, &dated)
}

/// 上季度, 本季度: the first and the last day. 末 is left to the caller's text.
pub(super) fn quarter(scene: Scene<'_>, at: usize) -> Option<(usize, Date, Date)> {
    let words = [("上一季度", -3), ("上季度", -3), ("上个季度", -3), ("本季度", 0), ("下季度", 3)];
    let (end, months) = word(scene.chars, at, &words)?;
    let reference = scene.reference?.first_of_month();
    let back = i32::from((reference.month() - 1) % 3);
    let first = reference.checked_add((months - back).months()).ok()?;
    let last = first.checked_add(2.months()).ok()?.last_of_month();
    if let Some(end) = scan::exactly(scene.chars, end, "末") {
        return Some((end, last, last));
    }
    Some((end, first, last))
}

/// The error where no reference day is given.
pub(super) fn needs_reference(chars: &[char], start: usize, end: usize) -> String {
    let words: String = chars.get(start..end).unwrap_or_default().iter().collect();
    format!("`{words}` depends on the day it is asked: give a reference date")
}

/// The first of `words` that stands at `at`, its end and its value.
fn word<T: Copy>(chars: &[char], at: usize, words: &[(&str, T)]) -> Option<(usize, T)> {
    words.iter().find_map(|(word, value)| Some((scan::exactly(chars, at, word)?, *value)))
}

/// 以上年 is above a year, not last year; 三年前年 and 之后日 likewise.
fn inside_word(chars: &[char], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|index| chars.get(index))
        .is_some_and(|&before| matches!(before, '以' | '及' | '之' | '日' | '根' | '基'))
}
