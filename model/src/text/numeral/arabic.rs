//! Arabic digits: thousand commas and decimals, in a bounded look ahead.

use super::Trouble;
use crate::domain::Number;
use crate::text::exact;

/// More digits than 128 bits hold.
const MOST: usize = 36;

/// A number in Arabic digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arabic {
    /// Behind the last digit.
    pub(super) end: usize,
    pub(super) value: Number,
    /// Whether it is digits only, without commas and point.
    pub(super) plain: bool,
    /// How many digits the whole part has.
    pub(super) digits: usize,
}

/// The number that starts at `start`, which is a digit, or a point before one.
pub(super) fn at(chars: &[char], start: usize) -> Option<Result<Arabic, Trouble>> {
    let digit = |index: usize| chars.get(index).and_then(|c| c.to_digit(10)).map(i128::from);
    let inside = start > 0 && digit(start - 1).is_some();
    let after_point = start > 1 && chars.get(start - 1) == Some(&'.') && digit(start - 2).is_some();
    let starts =
        digit(start).is_some() || (chars.get(start) == Some(&'.') && digit(start + 1).is_some());
    if !starts || inside || (chars.get(start) == Some(&'.') && !opens(chars, start)) {
        return None;
    }
    let mut end = start;
    let mut mantissa: Option<i128> = Some(0);
    let push = |sum: Option<i128>, figure: i128| sum?.checked_mul(10)?.checked_add(figure);
    while let Some(figure) = digit(end) {
        mantissa = push(mantissa, figure);
        end += 1;
    }
    let mut digits = end - start;
    let mut plain = true;
    if (1..=3).contains(&digits) {
        while digits <= MOST && group(chars, end) {
            for figure in (end + 1..end + 4).filter_map(digit) {
                mantissa = push(mantissa, figure);
            }
            plain = false;
            digits += 3;
            end += 4;
        }
    }
    let mut places = 0;
    if chars.get(end) == Some(&'.') && digit(end + 1).is_some() && !after_point {
        let mut behind = end + 1;
        let mut longer = mantissa;
        while let Some(figure) = digit(behind) {
            longer = push(longer, figure);
            behind += 1;
        }
        // 2.3.4 is a version or a heading: its parts stand alone.
        if !(chars.get(behind) == Some(&'.') && digit(behind + 1).is_some()) {
            places = behind - end - 1;
            (mantissa, end, plain) = (longer, behind, false);
        }
    }
    let value = u32::try_from(places)
        .ok()
        .and_then(exact::ten)
        .and_then(|den| exact::ratio(mantissa?, den))
        .filter(|_| digits + places <= MOST);
    Some(match value {
        Some(value) => Ok(Arabic { end, value, plain, digits }),
        None => Err(Trouble::overflow(start, end)),
    })
}

/// Whether `,ddd` and no further digit stands at `index`.
fn group(chars: &[char], index: usize) -> bool {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    chars.get(index) == Some(&',') && (index + 1..index + 4).all(digit) && !digit(index + 4)
}

/// Whether a point at `index` may open a number: `.5`, but not `...9`.
fn opens(chars: &[char], index: usize) -> bool {
    index == 0
        || chars
            .get(index - 1)
            .is_none_or(|&before| before != '.' && !before.is_ascii_alphanumeric())
}
