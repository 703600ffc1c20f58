//! Words that make a bound of a number: 不低于 before it, 以上 and (含) behind.
//!
//! Whether a bound includes its number follows the Civil Code, article 1259
//! (以上, 以下, 以内 and 届满 include; 不满, 超过 and 以外 exclude), unless the
//! words say so themselves. A document's own interpretation article, and what
//! the neighbouring tier says, are for the caller to weigh.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::{measure, scan};

/// Which side a bound closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// At least, or more than.
    Lower,
    /// At most, or less than.
    Upper,
    /// Exactly.
    Equal,
}

/// A bound word in folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Its first character.
    pub start: usize,
    /// Behind its last character, that of a mark such as (含) included.
    pub end: usize,
    /// Which side it closes.
    pub side: Side,
    /// Whether the number itself is within.
    pub inclusive: bool,
    /// Whether the text says so: (含), (不含), 及以上.
    pub explicit: bool,
}

/// Whether the number itself counts, as a mark in brackets says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inclusion {
    /// Its opening bracket.
    pub start: usize,
    /// Behind its closing bracket.
    pub end: usize,
    /// 含 or 不含.
    pub inclusive: bool,
}

/// Words before a number. A negation belongs to its word: 不得低于 is a lower
/// bound, 未达到 an upper one.
const BEFORE: [(Side, bool, &str); 7] = [
    (
        Side::Lower,
        true,
        "不低于 不少于 不小于 不短于 不下于 不弱于 不亚于 不得低于 不得少于 不得小于 不得短于 不能低于 不能少于 \
不应低于 不应少于 不可低于 不可少于 应不低于 应不少于 未低于 未少于 不会低于 至少 最少 最低 最短 最小 起码 达到 \
达 满 年满 已满 届满 累计满 大于等于 大于或等于 大于或者等于 高于或等于 高于等于 多于或等于 超过或等于 不早于 下限 \
下限为 ≥ >= 从 不低於 不少於 不小於 達到 達 滿 年滿",
    ),
    (
        Side::Lower,
        false,
        "超过 超出 超 大于 高于 多于 长于 逾 突破 > 过 優於 優于 大於 高於 多於 超過",
    ),
    (
        Side::Upper,
        true,
        "不超过 不超出 不超 不高于 不大于 不多于 不长于 不得超过 不得高于 不得大于 不得多于 不得超出 不能超过 \
不能高于 不应超过 不应高于 不应大于 不可超过 应不超过 未超过 没有超过 不会超过 至多 最多 最高 最长 最大 上限 上限为 \
封顶 限额 小于等于 小于或等于 小于或者等于 低于或等于 低于等于 少于或等于 不逾 不晚于 不迟于 最迟 最高不超过 \
最多不超过 最长不超过 最高不得超过 最高限 最多限 限 未逾 未过 不足或等于 低于或者等于 控制在 ≤ <= 不超過 不高於 \
不大於 不多於 不得超過 至多不超过",
    ),
    (
        Side::Upper,
        false,
        "低于 少于 小于 短于 未满 不满 不足 不到 未到 未达 未达到 不达 达不到 没达到 未及 < 低於 少於 小於 未滿 不滿 \
尚未达到 不能达到",
    ),
    (Side::Equal, true, "等于 等於 = 恰为 正好"),
    (Side::Upper, true, "不再高于 不予超过 不宜超过 一般不超过 原则上不超过"),
    (Side::Lower, true, "不宜低于 不宜少于 一般不低于 原则上不低于 确保不低于"),
];

/// Words behind a number.
const AFTER: [(Side, bool, bool, &str); 6] = [
    (
        Side::Lower,
        true,
        true,
        "及以上 或以上 或者以上 和以上 及其以上 或更多 或者更多 及更多 以及以上 含以上 及之上 以上含本数",
    ),
    (
        Side::Upper,
        true,
        true,
        "及以下 或以下 或者以下 和以下 及其以下 或更少 或者更少 以及以下 及以内 含以下 含以内 以内含本数",
    ),
    (Side::Lower, true, false, "以上 之上 往上 开外"),
    (Side::Upper, true, false, "以下 之下 以内 以內 之内 之內 内 內"),
    (Side::Lower, false, false, "以外 之外"),
    (Side::Upper, true, false, "封顶"),
];

/// A word of either list.
#[derive(Debug)]
struct Word {
    chars: Vec<char>,
    side: Side,
    inclusive: bool,
    explicit: bool,
}

/// Words before a number by their last character, longest first.
static BY_LAST: LazyLock<FxHashMap<char, Vec<Word>>> = LazyLock::new(|| {
    let words = BEFORE.iter().flat_map(|&(side, inclusive, words)| {
        words.split_whitespace().map(move |word| Word {
            chars: word.chars().collect(),
            side,
            inclusive,
            explicit: false,
        })
    });
    grouped(words, |chars| chars.last().copied())
});

/// Words behind a number by their first character, longest first.
static BY_FIRST: LazyLock<FxHashMap<char, Vec<Word>>> = LazyLock::new(|| {
    let words = AFTER.iter().flat_map(|&(side, inclusive, explicit, words)| {
        words.split_whitespace().map(move |word| Word {
            chars: word.chars().collect(),
            side,
            inclusive,
            explicit,
        })
    });
    grouped(words, |chars| chars.first().copied())
});

fn grouped(
    words: impl Iterator<Item = Word>,
    key: fn(&[char]) -> Option<char>,
) -> FxHashMap<char, Vec<Word>> {
    let mut groups: FxHashMap<char, Vec<Word>> = FxHashMap::default();
    for word in words {
        if let Some(key) = key(&word.chars) {
            groups.entry(key).or_default().push(word);
        }
    }
    for group in groups.values_mut() {
        group.sort_by_key(|word| std::cmp::Reverse(word.chars.len()));
    }
    groups
}

/// The longest bound word that ends at `number_start`, blanks and one linking
/// word (为, 有, 了, 约) between them allowed.
#[must_use]
pub fn before(chars: &[char], number_start: usize) -> Option<Bound> {
    let mut from = number_start;
    for links in 0..3 {
        if let Some(bound) = backwards(chars, from) {
            return Some(bound);
        }
        let (at, link) = scan::visible_before(chars, from)?;
        if links == 2 || !"为為有是了约約于到在".contains(link) {
            return None;
        }
        from = at;
    }
    None
}

/// A bound word that an amount's base parts from its number: 不低于销售收入总额的5%.
/// Digits and punctuation end the search.
#[must_use]
pub fn across(chars: &[char], number_start: usize) -> Option<Bound> {
    /// Characters of the base.
    const REACH: usize = 16;
    if !scan::visible_before(chars, number_start).is_some_and(|(_, c)| "的之为".contains(c)) {
        return None;
    }
    (number_start.saturating_sub(REACH)..number_start)
        .rev()
        .take_while(|&at| chars.get(at).is_some_and(|c| c.is_alphabetic()))
        .find_map(|at| {
            // 最低 in 最低工资标准的2倍 belongs to the base.
            let clear = |bound: &Bound| {
                bound.end == at && at - bound.start > 1 && chars.get(bound.start) != Some(&'最')
            };
            backwards(chars, at).filter(clear)
        })
}

/// The longest word whose last character is the last one before `from`.
fn backwards(chars: &[char], from: usize) -> Option<Bound> {
    let (_, last) = scan::visible_before(chars, from)?;
    let words = BY_LAST.get(&last)?;
    words.iter().find_map(|word| {
        let mut at = from;
        let mut end = None;
        for &expected in word.chars.iter().rev() {
            let (found, character) = scan::visible_before(chars, at)?;
            if character != expected {
                return None;
            }
            end.get_or_insert(found + 1);
            at = found;
        }
        if !stands(chars, at, word) {
            return None;
        }
        let (side, inclusive, explicit) = (word.side, word.inclusive, word.explicit);
        Some(Bound { start: at, end: end?, side, inclusive, explicit })
    })
}

/// Whether a short word at `start` is not the tail of another: 通过, 抵达, 充满.
fn stands(chars: &[char], start: usize, word: &Word) -> bool {
    let before = start.checked_sub(1).and_then(|at| chars.get(at)).copied();
    let Some(before) = before else { return true };
    match word.chars.as_slice() {
        ['过'] => "比率值额数量均占".contains(before),
        ['达'] | ['達'] => !"到抵直发送传表下通转".contains(before),
        ['满'] | ['滿'] => !"充圆饱美丰".contains(before),
        ['超'] => !"赶反".contains(before),
        ['限'] => !"期年时权界有上下无局级低".contains(before),
        ['从'] => !"服自".contains(before),
        ['最', ..] => !"之".contains(before),
        _ => true,
    }
}

/// The bound word behind a measure, with its mark: 以上, (含)以上, 以上(不含),
/// 及以下. A mark alone, as in 不超过300人(含), is [`inclusion`].
#[must_use]
pub fn after(chars: &[char], measure_end: usize) -> Option<Bound> {
    let mark = inclusion(chars, measure_end);
    let from = mark.map_or(measure_end, |mark| mark.end);
    let from = remark(chars, from).unwrap_or(from);
    let (start, first) = scan::visible(chars, from)?;
    let words = BY_FIRST.get(&first)?;
    let (word, end) = words.iter().find_map(|word| {
        let end = scan::spaced(chars, start, &word.chars.iter().collect::<String>())?;
        (!continues(chars, word, end)).then_some((word, end))
    })?;
    let mut bound = Bound {
        start: mark.map_or(start, |mark| mark.start),
        end,
        side: word.side,
        inclusive: mark.map_or(word.inclusive, |mark| mark.inclusive),
        explicit: word.explicit || mark.is_some(),
    };
    if let Some(mark) = inclusion(chars, end) {
        bound = Bound { end: mark.end, inclusive: mark.inclusive, explicit: true, ..bound };
    }
    Some(bound)
}

/// Behind a short remark that stands between a measure and its bound:
/// 300万元(人民币)以上, 2000元/月以上.
fn remark(chars: &[char], index: usize) -> Option<usize> {
    /// Characters of a remark.
    const REACH: usize = 10;
    if chars.get(index) == Some(&'/') {
        return (index + 2..index + REACH)
            .take_while(|&at| chars.get(at - 1).is_some_and(|c| c.is_alphabetic()))
            .find(|&at| {
                ["以上", "以下", "以内"].iter().any(|word| scan::exactly(chars, at, word).is_some())
            });
    }
    let (open, _) = scan::visible(chars, index).filter(|(_, c)| *c == '(')?;
    let close = (open + 1..open + REACH).find(|&at| chars.get(at) == Some(&')'))?;
    let (_, next) = scan::visible(chars, close + 1)?;
    BY_FIRST.contains_key(&next).then_some(close + 1)
}

/// Whether what stands behind makes another word of it: 内容, 以内部.
fn continues(chars: &[char], word: &Word, end: usize) -> bool {
    let next = chars.get(end).copied();
    matches!(word.chars.as_slice(), ['内' | '內'])
        && next.is_some_and(|c| "容部外地陆资科涵设控蒙".contains(c))
}

/// (含), (不含), (含本数), (含30人) at `index`, blanks before it allowed. What
/// else brackets may hold, such as (含税), is none.
#[must_use]
pub fn inclusion(chars: &[char], index: usize) -> Option<Inclusion> {
    let (start, bracket) = scan::visible(chars, index)?;
    if bracket != '(' && bracket != '[' {
        return None;
    }
    let within = start + 1;
    let (behind, inclusive) = ["不包含", "不包括", "不含", "包含", "包括", "含"]
        .into_iter()
        .find_map(|word| Some((scan::word(chars, within, word)?, !word.starts_with('不'))))?;
    let closed = |at: usize| {
        scan::visible(chars, at).filter(|(_, c)| matches!(c, ')' | ']')).map(|(at, _)| at + 1)
    };
    let end = closed(behind).or_else(|| {
        ["本数", "本級", "本级", "本级别", "数", "该数", "本", "本日", "当日", "等于"]
            .into_iter()
            .find_map(|word| closed(scan::word(chars, behind, word)?))
            .or_else(|| {
                let (number, _) = scan::visible(chars, behind)?;
                closed(measure::at(chars, number)?.end)
            })
    })?;
    Some(Inclusion { start, end, inclusive })
}

#[cfg(test)]
#[path = "tests/bound.rs"]
mod tests;
