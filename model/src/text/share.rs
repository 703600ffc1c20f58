//! Shares named by their whole: 百分之六十, 千分之三, 百分之百.

use crate::text::numeral::glyph;
use crate::text::numeral::{self, Lone, Numeral, Trouble};
use crate::text::{exact, scan};

/// Multipliers before 分之: 百万万分之 has three.
const MOST_MULTIPLIERS: usize = 4;

/// The share that starts at `start`, as a quotient of one. Its numeral covers
/// the whole of it.
#[must_use]
pub fn read(chars: &[char], start: usize) -> Option<Result<Numeral, Trouble>> {
    let (start_of_whole, sign) = match chars.get(start)? {
        '负' | '負' => (start + 1, -1),
        _ => (start, 1),
    };
    let (den, behind) = whole(chars, start_of_whole)?;
    if preceded(chars, start) {
        return None;
    }
    let (of, first) = scan::visible(chars, numeral::parts(chars, behind)?)?;
    let above = if first == '百' && !chars.get(of + 1).is_some_and(|&c| glyph::is_numeral(c)) {
        bare_hundred(of)
    } else {
        match numeral::read_as(chars, of, Lone::Part)? {
            Ok(above) => above,
            Err(trouble) => return Some(Err(trouble)),
        }
    };
    let value =
        exact::div(above.value, exact::whole(den)).and_then(|v| exact::mul(v, exact::whole(sign)));
    Some(
        value
            .map(|value| Numeral { start, value, ..above })
            .ok_or(Trouble::Overflow { start, end: above.end }),
    )
}

/// 百, 千, 万, 百万 …: the product and the index behind it.
fn whole(chars: &[char], start: usize) -> Option<(i128, usize)> {
    let (mut at, mut product, mut count) = (start, 1_i128, 0);
    while count < MOST_MULTIPLIERS {
        let Some((next, unit)) = scan::visible(chars, at)
            .and_then(|(next, c)| Some((next, glyph::small(c).or_else(|| glyph::big(c))?)))
        else {
            break;
        };
        if count == 0 && next != start {
            return None;
        }
        product = product.checked_mul(unit)?;
        (at, count) = (next + 1, count + 1);
    }
    (count > 0).then_some((product, at))
}

/// 五百分之二 is a fraction, not 百分之二.
fn preceded(chars: &[char], start: usize) -> bool {
    start.checked_sub(1).and_then(|index| chars.get(index)).is_some_and(|&before| {
        before.is_ascii_digit() || glyph::is_numeral(before) || glyph::is_few(before)
    })
}

/// 百 in 百分之百.
fn bare_hundred(at: usize) -> Numeral {
    Numeral {
        start: at,
        end: at + 1,
        value: exact::whole(100),
        vague: false,
        style: numeral::Style::Chinese,
    }
}
