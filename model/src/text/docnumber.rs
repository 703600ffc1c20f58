//! Numbers of documents: 国办发〔2026〕2号, 国务院令第649号, 公告2023年第7号.
//! A number is found with the office that gave it, and written in one normal
//! form, so that two documents that name the same one can be joined.
//! [`find_documents`] says what a document does to those it names.

use serde::Serialize;

use super::span::{Span, begins};

mod relation;

pub use self::relation::{DocumentRef, Relation, find_documents, link, normal_title};

/// A number of a document in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentNumber {
    /// Its words, the office included.
    pub span: Span,
    /// One way to write it: `国办发〔2026〕2号`, `国务院令第649号`,
    /// `国家税务总局公告2023年第7号`.
    pub normal: String,
    /// The year in it.
    pub year: Option<u16>,
    /// The number in it.
    pub number: u32,
}

/// Words that stand before an office and are no part of its name.
const BEFORE: [&str; 34] = [
    "根据", "按照", "依据", "依照", "参照", "遵照", "贯彻", "落实", "执行", "关于", "详见", "文件",
    "印发", "转发", "修改", "废止", "以及", "按", "依", "和", "与", "及", "对", "以", "经", "原",
    "即", "见", "由", "的", "或", "日", "在", "据",
];

/// The longest name of an office before a number, in characters.
const LONGEST: usize = 30;

/// All document numbers of a text, in order. Linear: brackets and 令, 告 are
/// the only characters that are looked at twice.
#[must_use]
pub fn find_numbers(chars: &[char]) -> Vec<DocumentNumber> {
    find_numbers_in(chars, Span::new(0, chars.len()))
}

/// The document numbers that lie in a part of a text.
#[must_use]
pub fn find_numbers_in(chars: &[char], within: Span) -> Vec<DocumentNumber> {
    let end = within.end.min(chars.len());
    let mut found: Vec<DocumentNumber> = Vec::new();
    let mut from = within.start;
    let mut at = within.start;
    while at < end {
        let next = match chars.get(at) {
            Some('[' | '(') => bracketed(chars, from, at, end),
            Some('令' | '告') => ordered(chars, from, at, end),
            _ => None,
        };
        if let Some(number) = next {
            (from, at) = (number.span.end, number.span.end);
            found.push(number);
        } else {
            at += 1;
        }
    }
    found
}

/// 财税〔2019〕13号: an office, a year in brackets, a number.
fn bracketed(chars: &[char], from: usize, at: usize, end: usize) -> Option<DocumentNumber> {
    let (year, after) = digits(chars, skip(chars, at + 1, end), end)?;
    let after = skip(chars, after, end);
    let closed = matches!(chars.get(after), Some(']' | ')')) && after < end;
    if !closed || !(1949..2200).contains(&year) {
        return None;
    }
    let (number, stop) = number_after(chars, after + 1, end)?;
    let office = office(chars, from, at)?;
    let name: String = office.of(chars).iter().filter(|c| !c.is_whitespace()).collect();
    Some(DocumentNumber {
        span: Span::new(office.start, stop),
        normal: format!("{name}〔{year}〕{number}号"),
        year: u16::try_from(year).ok(),
        number,
    })
}

/// 国务院令第649号, 公告2023年第7号, 公告〔2019〕第2号.
fn ordered(chars: &[char], from: usize, at: usize, end: usize) -> Option<DocumentNumber> {
    let kind = match chars.get(at)? {
        '告' if at > from && matches!(chars.get(at - 1), Some('公' | '通')) => at - 1,
        '令' if at > from && chars.get(at - 1) == Some(&'命') => at - 1,
        '令' => at,
        _ => return None,
    };
    let mut after = skip(chars, at + 1, end);
    let mut year = None;
    if let Some((value, behind)) = digits(chars, after, end) {
        after = chars.get(behind).filter(|&&c| c == '年').map(|_| behind + 1)?;
        year = Some(value);
    } else if matches!(chars.get(after), Some('[' | '(')) {
        let (value, behind) = digits(chars, after + 1, end)?;
        after = chars.get(behind).filter(|c| matches!(c, ']' | ')')).map(|_| behind + 1)?;
        year = Some(value).filter(|year| (1949..2200).contains(year));
        year?;
    } else if chars.get(after) != Some(&'第') {
        return None;
    }
    let (number, stop) = number_after(chars, after, end)?;
    let office = offices(chars, from, kind);
    let name: String =
        Span::new(office, at + 1).of(chars).iter().filter(|c| !c.is_whitespace()).collect();
    let name = name.strip_prefix("中华人民共和国").unwrap_or(&name);
    let normal = match year {
        Some(year) => format!("{name}{year}年第{number}号"),
        None => format!("{name}第{number}号"),
    };
    let year = year.and_then(|year| u16::try_from(year).ok());
    Some(DocumentNumber { span: Span::new(office, stop), normal, year, number })
}

/// `第 649 号`, `2号`: the number and where its words end.
fn number_after(chars: &[char], at: usize, end: usize) -> Option<(u32, usize)> {
    let mut at = skip(chars, at, end);
    if chars.get(at) == Some(&'第') {
        at = skip(chars, at + 1, end);
    }
    let (number, after) =
        digits(chars, at, end).or_else(|| super::structure::numeral(chars, at, end))?;
    let after = skip(chars, after, end);
    (after < end && chars.get(after) == Some(&'号')).then_some((number, after + 1))
}

/// The name of an office that ends right before `at`.
fn office(chars: &[char], from: usize, at: usize) -> Option<Span> {
    let end = back(chars, from, at);
    let start = name_start(chars, from, end);
    (start < end).then(|| Span::new(start, end))
}

/// Where the names of one or more offices begin: 财政部 税务总局公告.
fn offices(chars: &[char], from: usize, end: usize) -> usize {
    let mut start = name_start(chars, from, end);
    for _ in 0..6 {
        let gap = back(chars, from, start);
        let before = gap.checked_sub(1).and_then(|at| chars.get(at));
        if gap == start
            || start - gap > 2
            || !matches!(before, Some('部' | '局' | '委' | '会' | '署' | '院' | '厅' | '行'))
        {
            break;
        }
        let next = name_start(chars, from, gap);
        if next == gap {
            break;
        }
        start = next;
    }
    start
}

/// Where the run of Chinese characters that ends at `end` begins, words before
/// a name cut off.
fn name_start(chars: &[char], from: usize, end: usize) -> usize {
    let lowest = from.max(end.saturating_sub(LONGEST));
    let run = Span::new(lowest, end).of(chars);
    let han = |symbol: &&char| matches!(symbol, '\u{4e00}'..='\u{9fff}');
    let start = end - run.iter().rev().take_while(han).count();
    let name = Span::new(start, end).of(chars);
    let cut = (0..name.len()).rev().find_map(|at| {
        let rest = name.get(at..)?;
        let word = BEFORE.iter().find(|word| begins(rest, word))?;
        // The 和 of 共和国 joins nothing.
        let inner = at.checked_sub(1).and_then(|at| name.get(at));
        if inner == Some(&'共') && **word == *"和" {
            return None;
        }
        Some(at + word.chars().count()).filter(|&cut| cut < name.len())
    });
    // 2002年某市人民政府令: the year's own sign.
    let sign = usize::from(cut.is_none() && matches!(name.first(), Some('年' | '月')));
    start + cut.unwrap_or(sign)
}

fn back(chars: &[char], from: usize, at: usize) -> usize {
    let before = Span::new(from, at).of(chars);
    at - before.iter().rev().take(4).take_while(|symbol| symbol.is_whitespace()).count()
}

fn skip(chars: &[char], at: usize, end: usize) -> usize {
    at + Span::new(at, end).of(chars).iter().take(4).take_while(|c| c.is_whitespace()).count()
}

/// Up to five Arabic digits.
fn digits(chars: &[char], at: usize, end: usize) -> Option<(u32, usize)> {
    let run = Span::new(at, end.min(at + 6)).of(chars);
    let run: Vec<u32> = run.iter().map_while(|symbol| symbol.to_digit(10)).collect();
    let value = run.iter().fold(0, |sum, digit| sum * 10 + digit);
    (1..=5).contains(&run.len()).then(|| (value, at + run.len()))
}

#[cfg(test)]
#[path = "tests/docnumber.rs"]
mod tests;
