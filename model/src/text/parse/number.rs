//! Numbers as written, and the writings of tables and calculators: 2e5, 40k,
//! 2^5, 一打. Phone numbers are left alone.

use super::{Failed, Found, Here, Scene};
use crate::domain::Number;
use crate::text::numeral::{self, Lone, Numeral, Style, Trouble};
use crate::text::{exact, scan, unit};

/// Largest exponent of ten or power that is computed.
const MOST_POWER: u32 = 38;

/// The number at `at`.
pub(super) fn look(scene: Scene<'_>, at: usize, _floor: usize) -> Here {
    let chars = scene.chars;
    let number = match wide(chars, at)? {
        Ok(number) => number,
        Err(trouble) => return Some(Err(trouble.into())),
    };
    if let Some(failed) = scene.indefinite(&number) {
        return Some(Err(failed));
    }
    if is_phone(chars, &number) {
        let error = "the digits are a phone number, not an amount: name another part of the line";
        return Some(Err(Failed::new(number.start, number.end, error)));
    }
    let value = Some(exact::decimal(number.value));
    Some(Ok(Found { start: number.start, end: number.end, value, ..Found::default() }))
}

/// A numeral with what calculators add: exponent, power, k and M, 打.
pub(super) fn wide(chars: &[char], at: usize) -> Option<Result<Numeral, Trouble>> {
    let number = match numeral::read(chars, at) {
        Some(Ok(number)) => number,
        None => return dozen(chars, numeral::read_as(chars, at, Lone::Allowed)?.ok()?).map(Ok),
        Some(Err(trouble)) => return Some(Err(trouble)),
    };
    if number.style != Style::Arabic {
        return Some(Ok(dozen(chars, number).unwrap_or(number)));
    }
    let longer = exponent(chars, number).or_else(|| power(chars, number));
    let longer = longer.or_else(|| letter(chars, number)).or_else(|| dozen(chars, number));
    Some(Ok(longer.unwrap_or(number)))
}

/// 12e-1: times a power of ten.
fn exponent(chars: &[char], number: Numeral) -> Option<Numeral> {
    if !matches!(chars.get(number.end), Some('e' | 'E')) {
        return None;
    }
    let (end, power, negative) = signed_digits(chars, number.end + 1)?;
    let ten = exact::whole(exact::ten(power)?);
    let value =
        if negative { exact::div(number.value, ten)? } else { exact::mul(number.value, ten)? };
    Some(Numeral { end, value, ..number })
}

/// 2^5: a small whole power.
fn power(chars: &[char], number: Numeral) -> Option<Numeral> {
    if chars.get(number.end) != Some(&'^') {
        return None;
    }
    let (end, power, negative) = signed_digits(chars, number.end + 1)?;
    // The sign stands outside, as on paper: -2^2 is -4.
    let minus = number.value.num() < 0;
    let base = if minus { exact::mul(number.value, exact::whole(-1))? } else { number.value };
    let mut value = exact::whole(1);
    for _ in 0..power {
        value = exact::mul(value, base)?;
    }
    if negative {
        value = exact::div(exact::whole(1), value)?;
    }
    let value = if minus { exact::mul(value, exact::whole(-1))? } else { value };
    Some(Numeral { end, value, ..number })
}

/// Signs and up to two digits, with no letter behind.
fn signed_digits(chars: &[char], index: usize) -> Option<(usize, u32, bool)> {
    let mut at = index;
    let mut negative = false;
    while at < index + 2 && matches!(chars.get(at), Some('+' | '-')) {
        negative ^= chars.get(at) == Some(&'-');
        at += 1;
    }
    let digits = chars.iter().skip(at).take(3).take_while(|c| c.is_ascii_digit()).count();
    let power = chars.get(at..at + digits)?.iter().filter_map(|c| c.to_digit(10));
    let power = power.fold(0, |sum, digit| sum * 10 + digit);
    let ends = !chars.get(at + digits).is_some_and(|c| c.is_ascii_alphanumeric());
    (digits > 0 && ends && power <= MOST_POWER).then_some((at + digits, power, negative))
}

/// 40k, 2.5 M.
fn letter(chars: &[char], number: Numeral) -> Option<Numeral> {
    let (at, letter) = scan::visible(chars, number.end)?;
    let factor = match letter {
        'k' | 'K' => 1_000,
        'M' => 1_000_000,
        _ => return None,
    };
    if chars.get(at + 1).is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Numeral { end: at + 1, value: exact::mul(number.value, exact::whole(factor))?, ..number })
}

/// 五十打: dozens, unless 打 is the verb.
fn dozen(chars: &[char], number: Numeral) -> Option<Numeral> {
    let end = scan::exactly(chars, number.end, "打")?;
    let verb = chars.get(end).is_some_and(|&c| "击造通开算印破折工下卡分".contains(c));
    let value: Number = exact::mul(number.value, exact::whole(12))?;
    (!verb).then_some(Numeral { end, value, ..number })
}

/// Eleven digits from 13 to 19, or a part of 0571-8xxxxxxx.
fn is_phone(chars: &[char], number: &Numeral) -> bool {
    let digits: &[char] = chars.get(number.start..number.end).unwrap_or_default();
    let plain = digits.iter().all(char::is_ascii_digit);
    let counted = unit::at(chars, number.end).is_some();
    let mobile = digits.len() == 11 && digits.first() == Some(&'1') && digits.get(1) >= Some(&'3');
    let dashed = |at: Option<usize>, step: isize| {
        at.and_then(|at| chars.get(at)) == Some(&'-')
            && at
                .and_then(|at| at.checked_add_signed(step))
                .and_then(|at| chars.get(at))
                .is_some_and(char::is_ascii_digit)
    };
    let area = (3..=4).contains(&digits.len())
        && digits.first() == Some(&'0')
        && dashed(Some(number.end), 1);
    let before = number.start.checked_sub(1);
    let local = (7..=8).contains(&digits.len()) && dashed(before, -1);
    plain && !counted && (mobile || area || local)
}
