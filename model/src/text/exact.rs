//! Exact arithmetic for what texts state: quotients in lowest terms, so that
//! long texts of digits leave 128 bits as late as possible, and their decimal
//! writing.
//!
//! What does not fit is `None`, which every caller turns into words.

use crate::domain::Number;

/// Significant digits of a quotient whose decimals never end, such as 三分之二.
/// Fifteen is what other programs that hold doubles agree on.
pub const SIGNIFICANT: usize = 15;

/// `num / den` in lowest terms.
#[must_use]
pub fn ratio(num: i128, den: i128) -> Option<Number> {
    let divisor = i128::try_from(gcd(num.unsigned_abs(), den.unsigned_abs())).ok()?;
    if divisor == 0 {
        return None;
    }
    Number::ratio(num / divisor, den / divisor)
}

/// A whole number.
#[must_use]
pub fn whole(value: i128) -> Number {
    Number::ratio(value, 1).unwrap_or(Number::ZERO)
}

/// Sum in lowest terms.
#[must_use]
pub fn add(left: Number, right: Number) -> Option<Number> {
    let sum = left.checked_add(right)?;
    ratio(sum.num(), sum.den())
}

/// Product in lowest terms; crosswise first, so that it overflows only when
/// the result itself does.
#[must_use]
pub fn mul(left: Number, right: Number) -> Option<Number> {
    let first = ratio(left.num(), right.den())?;
    let second = ratio(right.num(), left.den())?;
    let product = first.checked_mul(second)?;
    ratio(product.num(), product.den())
}

/// Quotient in lowest terms; `None` by zero too.
#[must_use]
pub fn div(left: Number, right: Number) -> Option<Number> {
    mul(left, Number::ratio(right.den(), right.num())?)
}

/// Ten to the power of `exponent`, up to 38.
#[must_use]
pub fn ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// The number as a decimal: all its digits where they end, and otherwise
/// [`SIGNIFICANT`] of them, rounded half away from zero. No exponent, no
/// trailing zeros.
///
/// ```
/// use zhida_model::text::exact;
/// assert_eq!(exact::decimal(exact::ratio(1, 8).unwrap()), "0.125");
/// assert_eq!(exact::decimal(exact::ratio(-2, 3).unwrap()), "-0.666666666666667");
/// ```
#[must_use]
pub fn decimal(number: Number) -> String {
    let (num, den) = ratio(number.num(), number.den())
        .map_or((number.num(), number.den()), |lowest| (lowest.num(), lowest.den()));
    let (den, magnitude) = (den.unsigned_abs(), num.unsigned_abs());
    let sign = if num < 0 { "-" } else { "" };
    let whole = (magnitude / den).to_string();
    let limit = if ends(den) { usize::MAX } else { SIGNIFICANT };
    let digits = expand(magnitude % den, den, &whole, limit);
    let (whole, fraction) = round(whole, digits, limit);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Digits after the point by long division: all of them, or one more than
/// `limit` significant ones.
fn expand(mut rest: u128, den: u128, whole: &str, limit: usize) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut significant = if whole == "0" { 0 } else { whole.len() };
    while rest > 0 && (significant <= limit || digits.is_empty()) {
        let Some(next) = rest.checked_mul(10) else { break };
        let digit = u8::try_from(next / den).unwrap_or(0);
        rest = next % den;
        if significant > 0 || digit > 0 {
            significant += 1;
        }
        digits.push(digit);
    }
    digits
}

/// Rounds the digit beyond `limit` into the others and joins them.
fn round(whole: String, mut digits: Vec<u8>, limit: usize) -> (String, String) {
    let mut carry = false;
    if limit != usize::MAX {
        carry = digits.pop().is_some_and(|last| last >= 5);
        for digit in digits.iter_mut().rev() {
            if !carry {
                break;
            }
            carry = *digit == 9;
            *digit = if carry { 0 } else { *digit + 1 };
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let whole = match whole.parse::<u128>() {
        Ok(value) if carry => (value + 1).to_string(),
        _ => whole,
    };
    (whole, digits.iter().map(|&digit| char::from(b'0' + digit)).collect())
}

/// Whether decimals over `den` come to an end.
fn ends(mut den: u128) -> bool {
    for factor in [2, 5] {
        while den > 1 && den.is_multiple_of(factor) {
            den /= factor;
        }
    }
    den == 1
}

fn gcd(mut left: u128, mut right: u128) -> u128 {
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
#[path = "tests/exact.rs"]
mod tests;
