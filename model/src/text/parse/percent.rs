//! Shares of a whole: 60%, 百分之六十, 千分之三, 两成五, 八折, 5个百分点.
//!
//! Percentage points come out with the unit 百分点, for they are a difference
//! of two shares.

use super::number::wide;
use super::{Found, Here, Scene, measured};
use crate::domain::Number;
use crate::text::numeral::{self, Numeral, glyph};
use crate::text::unit::UnitKind;
use crate::text::{exact, scan};

/// The share at `at`.
pub(super) fn look(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let chars = scene.chars;
    if let Some((end, value)) = discount(chars, at) {
        return Some(Ok(share(at, end, value, "ratio")));
    }
    if let Some(found) = lettered(chars, at) {
        return Some(Ok(found));
    }
    let interval = match scene.interval(at, floor)? {
        Ok(interval) => interval,
        Err(failed) => return Some(Err(failed)),
    };
    match interval.measure().kind() {
        Some(UnitKind::Ratio | UnitKind::Points) => Some(Ok(measured(&interval))),
        _ => spaced_points(chars, interval.first.number),
    }
}

fn share(start: usize, end: usize, value: Number, unit: &str) -> Found {
    let value = Some(exact::decimal(value));
    Found { start, end, value, unit: Some(unit.to_owned()), ..Found::default() }
}

/// 六 个 百 分点: blanks inside the unit.
fn spaced_points(chars: &[char], number: Numeral) -> Here {
    let end = ["个百分点", "個百分點"]
        .into_iter()
        .find_map(|unit| scan::spaced(chars, number.end, unit))?;
    let value = exact::div(number.value, exact::whole(100))?;
    Some(Ok(share(number.start, end, value, "百分点")))
}

/// 百分之15K, 12k个百分点: thousands by letter.
fn lettered(chars: &[char], at: usize) -> Option<Found> {
    let inner = match scan::spaced(chars, at, "百分之") {
        Some(behind) if chars.get(at) == Some(&'百') => scan::visible(chars, behind)?.0,
        _ => at,
    };
    if !chars.get(inner)?.is_ascii_digit() {
        return None;
    }
    let number = wide(chars, inner)?.ok()?;
    let plain = numeral::at(chars, inner)?;
    if number.end == plain.end {
        return None;
    }
    let value = exact::div(number.value, exact::whole(100))?;
    if inner != at {
        return Some(share(at, number.end, value, "ratio"));
    }
    let end = scan::spaced(chars, number.end, "个百分点")
        .or_else(|| scan::spaced(chars, number.end, "個百分點"))?;
    Some(share(at, end, value, "百分点"))
}

/// 八折, 七五折, 9.9折, 打对折.
fn discount(chars: &[char], at: usize) -> Option<(usize, Number)> {
    let first = *chars.get(at)?;
    let before = at.checked_sub(1).and_then(|index| chars.get(index));
    if matches!(first, '对' | '對') && before == Some(&'打') {
        return Some((scan::exactly(chars, at + 1, "折")?, exact::ratio(1, 2)?));
    }
    if first == '半' && !before.is_some_and(|&c| glyph::is_numeral(c)) {
        return Some((scan::exactly(chars, at + 1, "折")?, exact::ratio(1, 2)?));
    }
    let figure = |c: char| glyph::digit(c).or_else(|| c.to_digit(10).map(i128::from));
    if before.is_some_and(|&c| figure(c).is_some() || c == '.') {
        return None;
    }
    // 七五折 is seventy-five, written figure by figure.
    if let Some(tens) = figure(first)
        && let Some((next, second)) = scan::visible(chars, at + 1)
        && let Some(ones) = figure(second)
        && let Some(end) = scan::word(chars, next + 1, "折")
    {
        return Some((end, exact::ratio(tens * 10 + ones, 100)?)).filter(|_| tens > 0);
    }
    let number = numeral::read_as(chars, at, numeral::Lone::Allowed)?.ok()?;
    let end = scan::word(chars, number.end, "折")?;
    let below = number.value.compare(exact::whole(10)) == Some(std::cmp::Ordering::Less);
    let word = chars.get(end).is_some_and(|&c| "叠旧算合磨腾返射线扇".contains(c));
    (below && !word).then_some((end, exact::div(number.value, exact::whole(10))?))
}
