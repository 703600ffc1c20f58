//! What a line begins with: 第八条, 二、, (三), 4., ⑤ and so on. A marker is
//! read from the first characters of a line alone; whether it continues a list
//! is decided by whoever knows the lines above it.

use crate::text::span::{Span, begins};

/// The way a marker is written, from the outermost to the innermost level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// 第一编, 第一部分.
    Part,
    /// 第一章.
    Chapter,
    /// 第一节.
    Section,
    /// 第一条.
    Article,
    /// 甲、
    Stem,
    /// 一、
    Chinese,
    /// （一）, ㈠
    ChineseBracket,
    /// 1. or 1、
    Number,
    /// 1.1, 1.1.1
    Decimal,
    /// （1）, ⑴
    NumberBracket,
    /// 1）
    NumberRight,
    /// ①
    Circle,
    /// a. or (a)
    Letter,
    /// -, •, ●
    Bullet,
}

/// A marker at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// How it is written.
    pub style: Style,
    /// Its number; 0 for bullets, the last part of a decimal one.
    pub number: u32,
    /// Its words without the punctuation that closes it: 第八条, （二）, 1.
    pub span: Span,
    /// Where the words behind it begin, blanks skipped.
    pub body: usize,
}

const DIGITS: &str = "〇一二三四五六七八九";
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
/// What follows 第八条 where the article is only referred to.
const REFERENCES: [&str; 22] = [
    "规定",
    "第",
    "所",
    "的",
    "、",
    "和",
    "至",
    "中",
    "款",
    "项",
    "及",
    "或",
    "与",
    "之规定",
    "以",
    "内容",
    "到",
    "-",
    "修改",
    ")",
    "\"",
    "》",
];

/// The marker at `at`, which must be the first character of a line that is no
/// blank; `end` is the end of that line.
#[must_use]
pub fn marker(chars: &[char], at: usize, end: usize) -> Option<Marker> {
    let end = end.min(chars.len());
    let first = *chars.get(at).filter(|_| at < end)?;
    match first {
        '第' => ordinal(chars, at, end),
        '(' => bracket(chars, at, end),
        '①'..='⑳' => single(chars, at, end, Style::Circle, first, '①'),
        '⑴'..='⒇' => single(chars, at, end, Style::NumberBracket, first, '⑴'),
        '⒈'..='⒛' => single(chars, at, end, Style::Number, first, '⒈'),
        '㈠'..='㈩' => single(chars, at, end, Style::ChineseBracket, first, '㈠'),
        '•' | '·' | '●' | '◆' | '■' | '★' | '▪' | '※' => {
            Some(close(chars, at, at + 1, end, Style::Bullet, 0))
        }
        '-' | '*' if chars.get(at + 1) == Some(&' ') => {
            Some(close(chars, at, at + 1, end, Style::Bullet, 0))
        }
        '0'..='9' => arabic(chars, at, end),
        'a'..='z' | 'A'..='Z' => {
            let stop = matches!(chars.get(at + 1), Some('.' | '、' | ')')) && at + 1 < end;
            let word = chars.get(at + 2).is_some_and(char::is_ascii_alphanumeric);
            (stop && !word).then(|| close(chars, at, at + 1, end, Style::Letter, letter(first)))
        }
        _ => chinese(chars, at, end),
    }
}

fn letter(symbol: char) -> u32 {
    u32::from(symbol.to_ascii_lowercase()) - u32::from('a') + 1
}

fn single(
    chars: &[char],
    at: usize,
    end: usize,
    style: Style,
    symbol: char,
    one: char,
) -> Option<Marker> {
    let number = u32::from(symbol) - u32::from(one) + 1;
    Some(close(chars, at, at + 1, end, style, number))
}

/// A marker of `at..after`; behind it punctuation and blanks are skipped.
fn close(chars: &[char], at: usize, after: usize, end: usize, style: Style, number: u32) -> Marker {
    let bracket = matches!(style, Style::NumberRight | Style::Letter);
    let skips = |symbol: &&char| {
        symbol.is_whitespace() || matches!(symbol, '、' | '.' | ':') || (bracket && **symbol == ')')
    };
    let skipped = Span::new(after, end).of(chars).iter().take_while(skips).count();
    Marker { style, number, span: Span::new(at, after), body: (after + skipped).min(end) }
}

/// 第…编, 章, 节, 条, 部分; blanks inside are allowed.
fn ordinal(chars: &[char], at: usize, end: usize) -> Option<Marker> {
    let blanks = |from: usize| {
        from + Span::new(from, end).of(chars).iter().take_while(|c| c.is_whitespace()).count()
    };
    let (number, after) = numeral(chars, blanks(at + 1), end)?;
    let unit = blanks(after);
    let rest = Span::new(unit, end).of(chars);
    let (style, width) = match rest.first()? {
        '编' => (Style::Part, 1),
        '章' => (Style::Chapter, 1),
        '节' => (Style::Section, 1),
        '条' => (Style::Article, 1),
        '部' if begins(rest, "部分") => (Style::Part, 2),
        _ => return None,
    };
    let mut behind = unit + width;
    if style == Style::Article && chars.get(behind) == Some(&'之') {
        behind = numeral(chars, behind + 1, end).map_or(behind, |(_, after)| after);
    }
    let rest = Span::new(behind, end).of(chars);
    if REFERENCES.iter().any(|word| begins(rest, word)) {
        return None;
    }
    if style != Style::Article && (rest.len() > 40 || rest.iter().any(|c| matches!(c, '。' | ';')))
    {
        return None;
    }
    Some(close(chars, at, behind, end, style, number))
}

/// （一）, (1), (a).
fn bracket(chars: &[char], at: usize, end: usize) -> Option<Marker> {
    let inner = chars.get(at + 1).filter(|_| at + 1 < end)?;
    let closed = |after: usize| after < end && chars.get(after) == Some(&')');
    if inner.is_ascii_alphabetic() {
        return closed(at + 2)
            .then(|| close(chars, at, at + 3, end, Style::Letter, letter(*inner)));
    }
    let style = if inner.is_ascii_digit() { Style::NumberBracket } else { Style::ChineseBracket };
    let (number, after) = numeral(chars, at + 1, end)?;
    (closed(after) && number < 1000).then(|| close(chars, at, after + 1, end, style, number))
}

/// 1. 1、 1) 1.1
fn arabic(chars: &[char], at: usize, end: usize) -> Option<Marker> {
    let (mut number, mut after) = numeral(chars, at, end)?;
    if number > 999 || after - at > 3 {
        return None;
    }
    let get = |at: usize| chars.get(at).copied().filter(|_| at < end);
    let digit = |at: usize| get(at).is_some_and(|symbol| symbol.is_ascii_digit());
    match get(after)? {
        '、' => return Some(close(chars, at, after, end, Style::Number, number)),
        ')' => return Some(close(chars, at, after, end, Style::NumberRight, number)),
        '.' if !digit(after + 1) => {
            return Some(close(chars, at, after, end, Style::Number, number));
        }
        '.' => {}
        _ => return None,
    }
    // `1.2017年度` is item 1 that begins with a year.
    let year = (1..=4).all(|by| digit(after + by)) && get(after + 5) == Some('年');
    if year {
        return Some(close(chars, at, after, end, Style::Number, number));
    }
    while get(after) == Some('.') && digit(after + 1) {
        (number, after) = numeral(chars, after + 1, end)?;
    }
    // A bare decimal is a value unless words and a blank or a dot follow.
    let apart = matches!(get(after), Some(' ' | '\t' | '、' | '.'));
    let parts = Span::new(at, after).of(chars).iter().filter(|&&c| c == '.').count();
    (apart || parts > 1).then(|| close(chars, at, after, end, Style::Decimal, number))
}

/// 一、 or 甲、
fn chinese(chars: &[char], at: usize, end: usize) -> Option<Marker> {
    let first = *chars.get(at)?;
    let stop = |after: usize| {
        let gap = usize::from(chars.get(after) == Some(&' '));
        after + gap < end && matches!(chars.get(after + gap), Some('、' | '.'))
    };
    if let Some(place) = STEMS.chars().position(|stem| stem == first) {
        let number = u32::try_from(place).ok()? + 1;
        return stop(at + 1).then(|| close(chars, at, at + 1, end, Style::Stem, number));
    }
    let (number, after) = numeral(chars, at, end)?;
    let fits = stop(after) && number > 0 && number < 200;
    fits.then(|| close(chars, at, after, end, Style::Chinese, number))
}

/// A whole number below 10 000 in Chinese or Arabic digits, and where it ends.
#[must_use]
pub(crate) fn numeral(chars: &[char], at: usize, end: usize) -> Option<(u32, usize)> {
    let inside = Span::new(at, end.min(at + 9)).of(chars);
    let arabic = inside.iter().take_while(|symbol| symbol.is_ascii_digit()).count();
    if arabic > 0 {
        let digits = inside.get(..arabic)?.iter().filter_map(|symbol| symbol.to_digit(10));
        let value = digits.fold(0_u32, |sum, digit| sum.saturating_mul(10).saturating_add(digit));
        return (arabic <= 4).then_some((value, at + arabic));
    }
    let (mut sum, mut last, mut used, mut places) = (0_u32, None::<u32>, 0, 0);
    for &symbol in inside {
        let digit = DIGITS.chars().position(|known| known == symbol).or(match symbol {
            '零' => Some(0),
            '两' => Some(2),
            _ => None,
        });
        match (digit, symbol) {
            (Some(digit), _) => {
                let digit = u32::try_from(digit).ok()?;
                // 一二三 is read digit by digit.
                last = Some(last.unwrap_or(0).saturating_mul(10).saturating_add(digit));
                places += 1;
            }
            (None, '十' | '百' | '千') => {
                let unit = match symbol {
                    '十' => 10,
                    '百' => 100,
                    _ => 1000,
                };
                let times = last.take().filter(|&times| times > 0).unwrap_or(1);
                sum = sum.saturating_add(times.saturating_mul(unit));
                places = 0;
            }
            _ => break,
        }
        used += 1;
    }
    let value = sum.saturating_add(last.unwrap_or(0));
    (used > 0 && places <= 4 && value < 10_000).then_some((value, at + used))
}
