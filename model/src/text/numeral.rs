//! Numerals: from 三千五, 壹佰万, 1.5亿, 三分之二 to exact numbers.
//!
//! One left-to-right reading with a bounded look ahead. A numeral says how
//! much; what it counts is [`super::measure`]. Left alone are ordinals (第三),
//! lone digits inside words (四川, 一切) and approximate pairs (二三十, 三五年),
//! which name no one number.

mod arabic;
pub(crate) mod glyph;
mod whole;

use crate::domain::Number;
use crate::text::{exact, scan};
use whole::Whole;

/// A numeral in folded text.
#[derive(Debug, Clone, Copy)]
pub struct Numeral {
    /// Its first character.
    pub start: usize,
    /// Behind its last character.
    pub end: usize,
    /// Its exact value; of a vague one the least that it says (十几万: 100000).
    pub value: Number,
    /// 十几, 数十, 五百余: the value is only about right.
    pub vague: bool,
    /// How it is written.
    pub style: Style,
}

/// How a numeral is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// 3,000.5
    Arabic,
    /// 三千五百
    Chinese,
    /// 叁仟伍佰
    Financial,
    /// 3千5百
    Mixed,
}

/// A text that is written like a numeral but names no number we can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// More digits than fit 128 bits.
    #[error("the numeral has too many digits: check it against the document")]
    Overflow {
        /// Its first character.
        start: usize,
        /// Behind its last character.
        end: usize,
    },
    /// 二三十, 三五: about so many.
    #[error("the numeral names several numbers at once: a person must say which is meant")]
    Several {
        /// Its first character.
        start: usize,
        /// Behind its last character.
        end: usize,
    },
}

impl Trouble {
    fn overflow(start: usize, end: usize) -> Trouble {
        Trouble::Overflow { start, end }
    }

    fn several(start: usize, end: usize) -> Trouble {
        Trouble::Several { start, end }
    }

    /// Behind the last character that is not understood.
    #[must_use]
    pub fn end(self) -> usize {
        match self {
            Trouble::Overflow { end, .. } | Trouble::Several { end, .. } => end,
        }
    }
}

/// Whether a lone digit needs a counter behind it to be a numeral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lone {
    /// As in running text: 四川 holds no number.
    Counted,
    /// The caller looks for the unit itself: 一美元.
    Allowed,
    /// Behind 分之, where any digit is a number: 百分之五.
    Part,
}

/// Whether a numeral, or a measure, could start with `character`: a quick test
/// for those who look at every character of a text.
#[must_use]
pub fn may_start(character: char) -> bool {
    match character {
        '0'..='9' | '.' | '-' | '负' | '負' | '半' | '数' | '數' | '$' | '¥' | '￥' | '€' | '£' => {
            true
        }
        '人' | 'R' | 'C' | 'H' | 'U' | 'E' | 'G' => true,
        _ => glyph::is_numeral(character) || glyph::is_few(character),
    }
}

/// The longest number that starts exactly at `start`; `None` too where
/// [`read`] finds [`Trouble`].
#[must_use]
pub fn at(chars: &[char], start: usize) -> Option<Numeral> {
    read(chars, start)?.ok()
}

/// As [`at`], and says what is wrong with a numeral that names no number.
#[must_use]
pub fn read(chars: &[char], start: usize) -> Option<Result<Numeral, Trouble>> {
    read_as(chars, start, Lone::Counted)
}

/// As [`read`], with a say about lone digits.
pub(crate) fn read_as(
    chars: &[char],
    start: usize,
    lone: Lone,
) -> Option<Result<Numeral, Trouble>> {
    if ordinal(chars, start) {
        return None;
    }
    if chars.get(start) == Some(&'半') {
        return half(chars, start).map(Ok);
    }
    let (body, sign) = signed(chars, start)?;
    let head = match whole::at(chars, body)? {
        Ok(head) => head,
        Err(trouble) => return Some(Err(trouble)),
    };
    if let Some((end, value, plain)) = fraction(chars, body, head) {
        let style = if plain { Style::Arabic } else { mixed(head.style, chars, head.end, end) };
        let value = if sign < 0 { exact::mul(value, exact::whole(-1)) } else { Some(value) };
        return Some(
            value
                .map(|value| Numeral { start, end, value, vague: head.vague, style })
                .ok_or(Trouble::overflow(start, end)),
        );
    }
    if numbers_list(chars, start, head) {
        return None;
    }
    let refused = match lone {
        Lone::Part => false,
        Lone::Allowed => bound(chars, body),
        Lone::Counted => bound(chars, body) || !counted(chars, body),
    };
    if head.lone && refused {
        return None;
    }
    let value = exact::mul(head.value, exact::whole(sign));
    Some(
        value
            .map(|value| Numeral {
                start,
                end: head.end,
                value,
                vague: head.vague,
                style: head.style,
            })
            .ok_or(Trouble::overflow(start, head.end)),
    )
}

/// Whether the run of numeral characters around `start` has 第 before it, so that
/// 二 in 第十二条 is no numeral either.
fn ordinal(chars: &[char], start: usize) -> bool {
    /// Characters of the longest ordinal.
    const REACH: usize = 16;
    let run = |c: &char| c.is_ascii_digit() || glyph::is_numeral(*c);
    let before = chars.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    before.iter().rev().find(|c| !run(c)) == Some(&'第')
}

/// Whether the Chinese numeral numbers a list: (二), and 三、 where a line begins.
fn numbers_list(chars: &[char], start: usize, head: Whole) -> bool {
    if !matches!(head.style, Style::Chinese) {
        return false;
    }
    let before = start.checked_sub(1).and_then(|at| chars.get(at));
    match chars.get(head.end) {
        Some(')') => before == Some(&'('),
        Some('、') => {
            before == Some(&'\n') || (scan::visible_before(chars, start).is_none() && start <= 4)
        }
        _ => false,
    }
}

/// Where the digits begin and whether they are negative.
fn signed(chars: &[char], start: usize) -> Option<(usize, i128)> {
    match chars.get(start)? {
        '负' | '負' => Some((start + 1, -1)),
        '-' if minus(chars, start) => Some((start + 1, -1)),
        _ => Some((start, 1)),
    }
}

/// Whether the dash at `index` is a minus: digits behind, no range before.
fn minus(chars: &[char], index: usize) -> bool {
    let digits = chars.get(index + 1).is_some_and(|&c| c.is_ascii_digit() || c == '.');
    let before = scan::visible_before(chars, index).map(|(_, c)| c);
    digits
        && before.is_none_or(|c| match c {
            '-' | '%' | '‰' | ')' | ']' | '~' | '.' | '/' | '=' | '&' => false,
            '于' | '为' | '到' | '至' | '是' | '在' | '超' | '过' => true,
            _ => !c.is_alphanumeric(),
        })
}

/// 半 as a number: before 百, and before what [`super::measure`] takes halves of.
fn half(chars: &[char], start: usize) -> Option<Numeral> {
    let (mut end, mut value) = (start + 1, exact::ratio(1, 2)?);
    match chars.get(end)? {
        '百' => {
            end += 1;
            value = exact::whole(50);
        }
        '年' | '天' | '日' | '成' | '折' | '个' | '個' | '小' | '岁' | '斤' | '吨' | '亩'
        | '价' | '倍' | '学' => {}
        _ => return None,
    }
    let before = start.checked_sub(1).and_then(|index| chars.get(index));
    let exceeded = start.checked_sub(2).and_then(|index| chars.get(index)) == Some(&'超');
    if before.is_some_and(|&c| {
        matches!(c, '上' | '下' | '前' | '后' | '大' | '多' | '过' | '减') && !exceeded
            || glyph::is_numeral(c)
    }) {
        return None;
    }
    Some(Numeral { start, end, value, vague: false, style: Style::Chinese })
}

/// The rest of 三分之二, 三又二分之一, 2/3 or 1 2/3 behind `head`.
fn fraction(chars: &[char], start: usize, head: Whole) -> Option<(usize, Number, bool)> {
    if let Some(over) = parts(chars, head.end) {
        let (end, above) = above(chars, over)?;
        return Some((end, exact::div(above, head.value)?, false));
    }
    if let Some(second) = scan::word(chars, head.end, "又") {
        let (second, _) = scan::visible(chars, second)?;
        let below = whole::at(chars, second)?.ok()?;
        let (end, above) = above(chars, parts(chars, below.end)?)?;
        return Some((end, exact::add(head.value, exact::div(above, below.value)?)?, false));
    }
    if !head.plain {
        return None;
    }
    if let Some((end, value)) = slash(chars, start, head) {
        return Some((end, value, true));
    }
    let (second, character) = scan::visible(chars, head.end)?;
    if second == head.end || !character.is_ascii_digit() {
        return None;
    }
    let above = whole::at(chars, second)?.ok().filter(|above| above.plain)?;
    let (end, value) = slash(chars, second, above)?;
    Some((end, exact::add(head.value, value)?, true))
}

/// Behind 分之, blanks allowed.
pub(crate) fn parts(chars: &[char], index: usize) -> Option<usize> {
    scan::spaced(chars, index, "分之")
}

/// The numerator, with its own sign.
fn above(chars: &[char], index: usize) -> Option<(usize, Number)> {
    let (start, _) = scan::visible(chars, index)?;
    let (body, sign) = match chars.get(start) {
        Some('负' | '負' | '-') => (start + 1, -1),
        _ => (start, 1),
    };
    let above = whole::at(chars, body)?.ok()?;
    Some((above.end, exact::mul(above.value, exact::whole(sign))?))
}

/// 2/3, but neither 2017/5/1 nor a path.
fn slash(chars: &[char], start: usize, head: Whole) -> Option<(usize, Number)> {
    let before = start.checked_sub(1).and_then(|index| chars.get(index));
    if chars.get(head.end) != Some(&'/')
        || before.is_some_and(|&c| c == '/' || c.is_ascii_alphabetic())
    {
        return None;
    }
    let below = whole::at(chars, head.end + 1)?.ok().filter(|below| below.plain)?;
    if chars.get(below.end) == Some(&'/') {
        return None;
    }
    Some((below.end, exact::div(head.value, below.value)?))
}

/// The style of a fraction whose parts may differ.
fn mixed(style: Style, chars: &[char], from: usize, to: usize) -> Style {
    let arabic = chars.get(from..to).is_some_and(|part| part.iter().any(char::is_ascii_digit));
    match style {
        Style::Chinese | Style::Financial if !arabic => style,
        _ => Style::Mixed,
    }
}

/// Whether the lone digit at `index` is the end of a word: 统一, 其一, 之一. In
/// 百分之一 it is not.
fn bound(chars: &[char], index: usize) -> bool {
    let before = |back: usize| index.checked_sub(back).and_then(|at| chars.get(at)).copied();
    let part = before(1) == Some('之') && before(2) == Some('分');
    // 上一年 is the year before, while 以上一年以下 is a tier.
    let neighbour = matches!(before(1), Some('上' | '下' | '进'))
        && !matches!(before(2), Some('以' | '及' | '之'))
        && chars.get(index) == Some(&'一');
    neighbour || (before(1).is_some_and(glyph::binds) && !part)
}

/// Whether the lone digit at `index` counts something.
fn counted(chars: &[char], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|at| chars.get(at)).copied();
    let behind = chars.get(index + 1).copied();
    let financial = chars.get(index).is_some_and(|&c| glyph::is_financial(c));
    let counter = |c: char| (!c.is_alphanumeric() && c != '%') || glyph::is_counter(c);
    let free = |c: char| counter(c) || glyph::is_grammar(c);
    let phrase = |word| scan::exactly(chars, index + 1, word).is_some();
    // 大陆, 拾到: a financial digit alone is more often part of a word.
    if financial && !before.is_none_or(|c| free(c) || c == '是') {
        return false;
    }
    behind.is_none_or(|c| if financial { counter(c) } else { free(c) || c.is_ascii_digit() })
        || ["以上", "以下", "以内", "分", "小时", "小時"].into_iter().any(phrase)
}

#[cfg(test)]
#[path = "tests/numeral.rs"]
mod tests;
