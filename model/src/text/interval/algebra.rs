//! Bounds in signs, as tables write them: 300≤X<1000, 10<从业人员.

use super::{Interval, Limit};
use crate::text::measure::{self, Measure};
use crate::text::scan;

/// The longest name of a quantity between two signs.
const LONGEST_NAME: usize = 8;

/// The interval that starts with `first` and a sign behind it.
pub(super) fn read(chars: &[char], first: Measure) -> Option<Interval> {
    let (inclusive, behind) = sign(chars, first.end)?;
    let (name, _) = scan::visible(chars, behind)?;
    let length =
        chars.iter().skip(name).take(LONGEST_NAME).take_while(|c| c.is_alphabetic()).count();
    if length == 0 {
        return None;
    }
    let lower = Some(Limit { value: first.value, inclusive });
    let one = Interval {
        start: first.start,
        end: behind,
        first,
        second: None,
        lower,
        upper: None,
        explicit: true,
    };
    Some(upper(chars, one, name + length).unwrap_or(one))
}

/// The second sign and number, behind the name.
fn upper(chars: &[char], one: Interval, index: usize) -> Option<Interval> {
    let (inclusive, behind) = sign(chars, index)?;
    let (from, _) = scan::visible(chars, behind)?;
    let mut second = measure::at(chars, from)?;
    let mut first = one.first;
    super::agree(chars, &mut first, &mut second)?;
    if first.value.compare(second.value) == Some(std::cmp::Ordering::Greater) {
        return None;
    }
    Some(Interval {
        end: second.end,
        first,
        second: Some(second),
        lower: one.lower.map(|limit| Limit { value: first.value, ..limit }),
        upper: Some(Limit { value: second.value, inclusive }),
        ..one
    })
}

/// `<` or `≤` at `index`: whether it includes, and where it ends.
fn sign(chars: &[char], index: usize) -> Option<(bool, usize)> {
    let (at, first) = scan::visible(chars, index)?;
    match first {
        '≤' => Some((true, at + 1)),
        '<' if chars.get(at + 1) == Some(&'=') => Some((true, at + 2)),
        '<' => Some((false, at + 1)),
        _ => None,
    }
}
