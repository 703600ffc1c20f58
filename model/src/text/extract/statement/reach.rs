//! Comparators that do not touch their number: `最高给予3000万元`, `低于当地平均工资的
//! 百分之八十`, `提前三日`, `30日前`.

use crate::text::bound::{self, Bound, Side};

use super::super::{quantity::Quantity, wording::MeasureClass};

/// Characters that a comparator may stand before its number.
const REACH: usize = 40;

/// Characters that may lie between 最高 and its number.
const NEAR: usize = 10;

/// A comparator somewhere before the number.
pub(super) fn before(
    chars: &[char],
    quantity: &Quantity,
    from: usize,
    bounded_after: bool,
) -> Option<Bound> {
    let shared = matches!(quantity.class, MeasureClass::Ratio | MeasureClass::Times);
    let wide = || far(chars, quantity, from).filter(|_| shared && !bounded_after);
    majority(chars, quantity, bounded_after)
        .or_else(|| notice(chars, quantity, bounded_after))
        .or_else(wide)
        .or_else(|| superlative(chars, quantity, from))
        .or_else(|| {
            let share = matches!(quantity.class, MeasureClass::Ratio | MeasureClass::Times);
            match (bounded_after, share) {
                (true, _) => None,
                (false, true) => far(chars, quantity, from),
                (false, false) => near(chars, quantity, from),
            }
        })
}

/// `过半数`: more than half.
fn majority(chars: &[char], quantity: &Quantity, bounded_after: bool) -> Option<Bound> {
    let start = quantity.start.checked_sub(1)?;
    let half = chars.get(quantity.start..quantity.end) == Some(&['半', '数']);
    (half && !bounded_after && chars[start] == '过').then_some(Bound {
        start,
        end: quantity.start,
        side: Side::Lower,
        inclusive: false,
        explicit: false,
    })
}

/// `提前三日`, `期满之日前3个月`: at least so long before; `逾期二十日`, `连续两次`,
/// `累计2次`: at least so much of it.
fn notice(chars: &[char], quantity: &Quantity, bounded_after: bool) -> Option<Bound> {
    let start = quantity.start.checked_sub(2)?;
    let lower = |start: usize| {
        Some(Bound {
            start,
            end: quantity.start,
            side: Side::Lower,
            inclusive: true,
            explicit: false,
        })
    };
    let days = matches!(quantity.unit.as_deref(), Some("日" | "工作日"));
    let counted = quantity.unit.as_deref() == Some("次");
    let relaxed = quantity
        .start
        .checked_sub(3)
        .filter(|&at| matches!(chars[at..quantity.start], ['放', '宽', '至' | '到']));
    if let Some(start) = relaxed {
        return lower(start).map(|bound| Bound { side: Side::Upper, ..bound });
    }
    let ended = ["终止前", "届满前", "到期前", "结束前"].iter().any(|word| {
        let before = chars.get(quantity.start.saturating_sub(3)..quantity.start);
        before.is_some_and(|before| before.iter().copied().eq(word.chars()))
    });
    if ended && quantity.class == MeasureClass::Span && !bounded_after {
        return lower(start + 1);
    }
    match chars.get(start..quantity.start)? {
        ['提', '前'] | ['逾', '期'] if quantity.class == MeasureClass::Span => lower(start),
        ['连', '续'] | ['累', '计'] if counted => lower(start),
        ['日' | '满' | '期', '前'] if quantity.class == MeasureClass::Span && !bounded_after => {
            lower(start + 1)
        }
        [before, '前'] if days && !bounded_after && before.is_alphabetic() => {
            let word = !"以之年月提当".contains(*before);
            word.then(|| lower(start + 1)).flatten()
        }
        [_, '近'] if quantity.class == MeasureClass::Span && !bounded_after => {
            lower(start + 1).map(|bound| Bound { side: Side::Upper, ..bound })
        }
        _ => None,
    }
}

/// `最高给予3000万元`: no number and no comma between.
fn superlative(chars: &[char], quantity: &Quantity, from: usize) -> Option<Bound> {
    let lowest = quantity.start.saturating_sub(NEAR).max(from);
    let mut at = quantity.start;
    while at > lowest {
        at -= 1;
        let here = chars[at];
        if breaks(here) || here.is_ascii_digit() || here == '、' {
            return None;
        }
        if here == '至' && chars.get(at + 1) == Some(&'少') {
            return Some(Bound {
                start: at,
                end: at + 2,
                side: Side::Lower,
                inclusive: true,
                explicit: false,
            });
        }
        if here != '最' {
            continue;
        }
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let side = match next {
            '高' | '多' | '长' if !quantity.article_like => Side::Upper,
            '低' | '少' | '短' => Side::Lower,
            _ => return None,
        };
        let term = ["人民", "生活", "工资", "缴费", "保障", "法院", "标准线"].iter().any(|word| {
            chars
                .get(at + 2..at + 2 + word.chars().count())
                .is_some_and(|here| here.iter().copied().eq(word.chars()))
        });
        return (!term).then_some(Bound {
            start: at,
            end: at + 2,
            side,
            inclusive: true,
            explicit: false,
        });
    }
    None
}

/// `低于…的百分之八十`, `不得超过…总额的百分之十`.
fn far(chars: &[char], quantity: &Quantity, from: usize) -> Option<Bound> {
    let lowest = quantity.start.saturating_sub(REACH).max(from);
    let mut at = quantity.start;
    while at > lowest {
        let here = chars[at - 1];
        let by = here == '以' && !matches!(chars.get(at), Some('上' | '下'));
        if breaks(here) || here.is_ascii_digit() || by || matches!(here, '按' | '给') {
            return None;
        }
        let found = bound::before(chars, at).filter(|bound| bound.end == at);
        let found = found.filter(|bound| {
            chars[bound.start] != '最' || chars.get(at) == Some(&'为') || chars[at - 1] == '为'
        });
        let beyond = chars.get(at..at + 2) == Some(&['部', '分']) || chars.get(at) == Some(&'的');
        let found = found.filter(|_| !beyond);
        if let Some(bound) = found.filter(|bound| bound.end - bound.start >= 2) {
            return Some(bound);
        }
        at -= 1;
    }
    None
}

/// `不超过本人十八个月`, `不超过每小时50公里`: whose it is, or per what, stands between.
fn near(chars: &[char], quantity: &Quantity, from: usize) -> Option<Bound> {
    let lowest = quantity.start.saturating_sub(NEAR).max(from);
    (lowest..quantity.start).rev().find_map(|at| {
        let between = &chars[at..quantity.start];
        let bound = bound::before(chars, at).filter(|bound| bound.end == at)?;
        let whose = matches!(between.first(), Some('每' | '本' | '失' | '其'))
            && between.iter().all(|c| c.is_alphabetic() && !"按给满".contains(*c))
            && between
                .iter()
                .enumerate()
                .all(|(n, c)| *c != '年' || between[..n].ends_with(&['每']));
        let whose = whose || matches!(between, ['人', '民', '币']);
        let plain = bound.end - bound.start >= 2 && chars[bound.start] != '最';
        (whose && plain).then_some(bound)
    })
}

fn breaks(character: char) -> bool {
    matches!(character, ',' | '。' | ';' | ':' | '\n' | '(' | ')')
}

/// `30日前`: at least so long before; `3岁以前`: younger; `六个月以后`: longer.
pub(super) fn after(chars: &[char], quantity: &Quantity) -> Option<Bound> {
    let start = quantity.end;
    let word = |words: &[char]| chars.get(start..start + words.len()) == Some(words);
    let timed = matches!(quantity.class, MeasureClass::Span | MeasureClass::Age);
    let bound = |length: usize, side: Side, inclusive: bool| {
        Some(Bound { start, end: start + length, side, inclusive, explicit: false })
    };
    if quantity.class == MeasureClass::Money && word(&['起']) {
        let next = chars.get(start + 1).copied().unwrap_or(' ');
        return if matches!(next, '步' | '草' | '诉') {
            None
        } else {
            bound(1, Side::Lower, true)
        };
    }
    if !timed {
        return counted(chars, quantity);
    }
    if word(&['期', '及', '以', '上']) {
        return bound(4, Side::Lower, true);
    }
    if word(&['期', '或', '以', '上']) {
        return bound(4, Side::Lower, true);
    }
    if word(&['期', '限', '内']) {
        return bound(3, Side::Upper, true);
    }
    if word(&['期', '以', '上']) {
        return bound(3, Side::Lower, true);
    }
    if word(&['以', '前']) {
        return bound(2, Side::Upper, false);
    }
    if word(&['以', '后']) {
        return bound(2, Side::Lower, quantity.class == MeasureClass::Age);
    }
    if timed && word(&['前']) {
        let next = chars.get(start + 1).copied().unwrap_or(' ');
        let side = if quantity.class == MeasureClass::Age { Side::Upper } else { Side::Lower };
        return if matches!(next, '款' | '述' | '项' | '期') {
            None
        } else {
            bound(1, side, side == Side::Lower)
        };
    }
    if word(&['后', '方', '可']) {
        return bound(1, Side::Lower, true);
    }
    let later = quantity.class == MeasureClass::Span && word(&['后']) && !word(&['后', '续']);
    if later { bound(1, Side::Lower, false) } else { None }
}

/// `一个国家及以上`: the thing counted stands before the comparator.
fn counted(chars: &[char], quantity: &Quantity) -> Option<Bound> {
    let counts = quantity.class == MeasureClass::Count && quantity.unit.is_some();
    if !counts {
        return None;
    }
    for noun in 1..=4 {
        let at = quantity.end + noun;
        let letter =
            chars.get(at - 1).is_some_and(|c| c.is_alphabetic() && !"以及或的".contains(*c));
        if !letter {
            return None;
        }
        for (word, side) in [
            ("及以上", Side::Lower),
            ("以上", Side::Lower),
            ("及以下", Side::Upper),
            ("以下", Side::Upper),
        ] {
            let end = at + word.chars().count();
            if chars.get(at..end).is_some_and(|here| here.iter().copied().eq(word.chars())) {
                let explicit = word.starts_with('及');
                return Some(Bound { start: at, end, side, inclusive: true, explicit });
            }
        }
    }
    None
}
