//! A day as documents date themselves: 2016年10月14日, 二○一二年一月十六日,
//! 2016-10-14, 2016/9/20, 2016.9.20. Ranges, relative days and incomplete
//! dates are not read here.

use jiff::civil::Date;

use super::marker::numeral;
use crate::text::span::Span;

/// A day and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its words.
    pub span: Span,
    /// The day.
    pub date: Date,
}

/// The day that begins exactly at `at`, if one does.
#[must_use]
pub fn day(chars: &[char], at: usize) -> Option<Day> {
    let first = *chars.get(at)?;
    let (year, after) = if first.is_ascii_digit() {
        digits(chars, at, 4)?
    } else if matches!(first, '一' | '二' | '〇') {
        let places = |symbol: &&char| "〇零一二三四五六七八九".contains(**symbol);
        let long = chars.iter().skip(at).take(5).take_while(places).count();
        numeral(chars, at, at + 4).filter(|&(_, after)| long == 4 && after == at + 4)?
    } else {
        return None;
    };
    let after = blanks(chars, after);
    let (month, day, end) = match *chars.get(after)? {
        '年' => {
            let (month, after) = numeral(chars, blanks(chars, after + 1), after + 8)?;
            let after = blanks(chars, after);
            let after = chars.get(after).filter(|&&symbol| symbol == '月').map(|_| after + 1)?;
            let (day, after) = numeral(chars, blanks(chars, after), after + 8)?;
            let after = blanks(chars, after);
            (month, day, chars.get(after).filter(|s| matches!(s, '日' | '号')).map(|_| after + 1)?)
        }
        mark @ ('-' | '/' | '.') => {
            let (month, after) = digits(chars, after + 1, 2)?;
            chars.get(after).filter(|&&symbol| symbol == mark)?;
            let (day, after) = digits(chars, after + 1, 2)?;
            (month, day, after)
        }
        _ => return None,
    };
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let date = Date::new(year, month, day).ok().filter(|_| (1900..2200).contains(&year))?;
    Some(Day { span: Span::new(at, end), date })
}

fn blanks(chars: &[char], at: usize) -> usize {
    at + chars.iter().skip(at).take(4).take_while(|&&symbol| symbol == ' ').count()
}

/// At most `most` Arabic digits.
fn digits(chars: &[char], at: usize, most: usize) -> Option<(u32, usize)> {
    numeral(chars, at, at + most).filter(|_| chars.get(at).is_some_and(char::is_ascii_digit))
}

/// The first day in a span.
pub(super) fn find(chars: &[char], span: Span) -> Option<Day> {
    let mut at = span.start;
    while at < span.end {
        if let Some(found) = day(chars, at).filter(|found| found.span.end <= span.end) {
            return Some(found);
        }
        // Inside a number no day begins.
        let digits = chars.iter().skip(at).take(span.end - at).take_while(|c| c.is_ascii_digit());
        at += digits.count().max(1);
    }
    None
}
