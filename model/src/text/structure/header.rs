//! What stands in a document's head and tail: title, number, issuer, and the
//! days on which it was passed, signed, published and comes into force. Each
//! with its words; where a document says a thing twice, all are kept.

use jiff::civil::Date;
use serde::Serialize;

use super::day;
use super::marker::numeral;
use super::page::Page;
use super::words::is_office;
use super::{Line, LineKind};
use crate::text::docnumber::{DocumentNumber, find_numbers_in};
use crate::text::span::{Span, begins, ends, find, has_any};

/// What a day is to its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Passed by an assembly or a meeting (通过, 修正, 修订).
    Passed,
    /// Signed (成文日期, the date below the signature).
    Signed,
    /// Printed and sent out (印发).
    Printed,
    /// Published (公布, 发布).
    Published,
    /// In force from (施行, 实施, 执行).
    InForce,
}

/// A day of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Dated {
    /// What it is.
    pub kind: DayKind,
    /// The day; `None` where the text ties it to another one (自公布之日起).
    pub date: Option<Date>,
    /// Its words.
    pub span: Span,
}

/// Until when a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Expiry {
    /// The last day, where it is named.
    pub until: Option<Date>,
    /// Months from the day it comes into force, where a length is named.
    pub months: Option<u32>,
    /// Its words.
    pub span: Span,
}

/// Title, number, issuer, days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Header {
    /// The title; it may run over several lines.
    pub title: Option<Span>,
    /// The document's own number.
    pub number: Option<DocumentNumber>,
    /// Who issued it.
    pub issuer: Option<Span>,
    /// Days in the order of the text.
    pub days: Vec<Dated>,
    /// 有效期.
    pub expiry: Option<Expiry>,
}

impl Header {
    /// The first day of a kind that names a date.
    #[must_use]
    pub fn day(&self, kind: DayKind) -> Option<Dated> {
        self.days.iter().copied().find(|day| day.kind == kind && day.date.is_some())
    }
}

/// Reads head and tail of a document.
pub(super) fn read(chars: &[char], lines: &[Line], page: &Page) -> Header {
    let title = page.title.and_then(|at| {
        let (first, last) = (lines.get(at.start)?, lines.get(at.end.checked_sub(1)?)?);
        let bullet =
            matches!(first.span.of(chars).first(), Some('■' | '●' | '◆' | '★' | '•' | '·'));
        let start = first.span.start + usize::from(bullet);
        Some(Span::new(start, last.span.end).trim(chars))
    });
    let number = number(chars, lines, page, title);
    let issuer = issuer(chars, lines, title, number.as_ref());
    let mut days = Vec::new();
    let mut expiry = None;
    let mut label: &[char] = &[];
    for line in lines {
        match line.kind {
            LineKind::Metadata | LineKind::Signature => {
                let words = line.span.of(chars);
                if has_any(label, &["失效日期", "有效期"]) {
                    let until = day::find(chars, line.span);
                    expiry = until.map(|day| Expiry {
                        until: Some(day.date),
                        months: None,
                        span: day.span,
                    });
                } else {
                    dates_of(chars, line, label, &mut days);
                }
                label = if words.len() <= 8 { words } else { &[] };
            }
            LineKind::Junk if line.span.len() <= 8 => label = line.span.of(chars),
            LineKind::Blank | LineKind::Junk | LineKind::Contents => {}
            _ => {
                in_force(chars, line.span, &mut days);
                expiry = expiry.or_else(|| expires(chars, line.span));
            }
        }
    }
    Header { title, number, issuer, days, expiry }
}

/// The document's own number: in its publication data, or beside its title.
fn number(
    chars: &[char],
    lines: &[Line],
    page: &Page,
    title: Option<Span>,
) -> Option<DocumentNumber> {
    let first = lines.iter().position(Line::is_content).unwrap_or(lines.len());
    let near = first.max(page.body.start) + 3;
    let near = lines.get(..near.min(lines.len())).unwrap_or_default();
    let data =
        (0..near.len()).filter(|&at| near.get(at).is_some_and(|l| l.kind == LineKind::Metadata));
    let said = |at: &usize| {
        let words = near.get(*at).map(|line| line.span.of(chars)).unwrap_or_default();
        has_any(words, &["发文字号", "文号", "文 号", "文件编号"])
    };
    let named = data.clone().filter(said);
    // 令 and its number may stand on two lines.
    let whole = |at: usize| {
        let line = near.get(at)?.span;
        let order = ends(line.of(chars), "令") || ends(line.of(chars), "公告");
        let next = near.iter().skip(at + 1).find(|line| !line.span.is_empty()).filter(|_| order);
        Some(Span::new(line.start, next.map_or(line.end, |next| next.span.end)))
    };
    let mut spans: Vec<Span> = named.chain(data).filter_map(whole).collect();
    spans.extend(title);
    spans.into_iter().find_map(|span| find_numbers_in(chars, span).into_iter().next())
}

/// Who issued it: said so, in the title, in the signature, in the number.
fn issuer(
    chars: &[char],
    lines: &[Line],
    title: Option<Span>,
    number: Option<&DocumentNumber>,
) -> Option<Span> {
    let said = lines.iter().filter(|line| line.kind == LineKind::Metadata).find_map(|line| {
        let words = line.span.of(chars);
        let keys = ["发布机构", "发文机关", "发文单位", "制定机关", "发布单位"];
        let (at, key) = keys.iter().find_map(|key| Some((find(words, key)?, key)))?;
        let behind = words.get(at + key.chars().count()..)?;
        let lead = behind.iter().take_while(|c| c.is_whitespace() || **c == ':').count();
        let name = behind.iter().skip(lead).take_while(|c| !c.is_whitespace()).count();
        let start = line.span.start + at + key.chars().count() + lead;
        (name >= 2).then(|| Span::new(start, start + name))
    });
    let titled = || {
        let title = title?;
        let words = title.of(chars);
        let about = find(words, "关于").filter(|&at| at >= 3)?;
        let name = Span::new(title.start, title.start + about).trim(chars);
        is_office(name.of(chars)).then_some(name)
    };
    let signed = || {
        let signature = lines
            .iter()
            .find(|line| line.kind == LineKind::Signature && is_office(line.span.of(chars)));
        signature.map(|line| line.span)
    };
    let ordered = || {
        let number = number?;
        let words = number.span.of(chars);
        let end =
            find(words, "令第").or_else(|| find(words, "令 第")).or_else(|| find(words, "公告"))?;
        let name = Span::new(number.span.start, number.span.start + end);
        is_office(name.of(chars)).then_some(name)
    };
    let letterhead = || {
        let head = lines.iter().filter(|line| line.kind == LineKind::Metadata);
        let head = head.map(|line| line.span).find(|span| ends(span.of(chars), "文件"))?;
        Some(Span::new(head.start, head.end - 2))
    };
    said.or_else(titled).or_else(signed).or_else(ordered).or_else(letterhead)
}

/// The days of a line of publication data or below a signature.
fn dates_of(chars: &[char], line: &Line, label: &[char], days: &mut Vec<Dated>) {
    let mut from = line.span.start;
    while let Some(found) = day::find(chars, Span::new(from, line.span.end)) {
        let own = Span::new(from, found.span.start).of(chars);
        let before = if own.is_empty() { label } else { own };
        let after = Span::new(found.span.end, line.span.end).of(chars);
        let kind = if has_any(before, &["施行日期", "实施日期", "生效日期"])
            || begins_with_force(after)
        {
            DayKind::InForce
        } else if has_any(before, &["成文", "发文日期", "生成日期"]) {
            DayKind::Signed
        } else if has_any(before, &["印发日期"]) || find(after, "印发").is_some_and(|at| at < 3)
        {
            DayKind::Printed
        } else if has_any(before, &["发布", "公布", "公开", "日期", "时间"])
            || says(after, &["公布", "发布"])
        {
            DayKind::Published
        } else if says(after, &["通过", "修正", "修订", "批准"]) {
            DayKind::Passed
        } else if line.kind == LineKind::Signature {
            DayKind::Signed
        } else {
            DayKind::Published
        };
        days.push(Dated { kind, date: Some(found.date), span: found.span });
        from = found.span.end;
    }
}

/// Whether one of the words follows before the next day.
fn says(after: &[char], words: &[&str]) -> bool {
    let next = (0..after.len()).find(|&at| {
        after.get(at).is_some_and(char::is_ascii_digit) && day::day(after, at).is_some()
    });
    has_any(after.get(..next.unwrap_or(after.len())).unwrap_or_default(), words)
}

fn begins_with_force(after: &[char]) -> bool {
    let lead = after.iter().take_while(|c| c.is_whitespace() || **c == '起').count();
    let rest = after.get(lead..).unwrap_or_default();
    let rest = ["正式", "开始", "试"]
        .iter()
        .find(|word| begins(rest, word))
        .map_or(rest, |word| rest.get(word.chars().count()..).unwrap_or_default());
    ["施行", "实施", "执行", "生效", "行"].iter().any(|word| begins(rest, word))
}

/// 自2012年2月1日起施行, 自公布之日起施行.
fn in_force(chars: &[char], span: Span, days: &mut Vec<Dated>) {
    for at in span.start..span.end {
        if chars.get(at) != Some(&'起') {
            continue;
        }
        let after = Span::new(at + 1, span.end).of(chars);
        let thirty = after.iter().take_while(|c| c.is_ascii_digit()).count();
        let late = thirty > 0 && after.get(thirty) == Some(&'日');
        if !begins_with_force(after) && !late {
            continue;
        }
        let before = Span::new(span.start.max(at.saturating_sub(16)), at);
        let found = (before.start..at)
            .find_map(|from| day::day(chars, from).filter(|day| day.span.end == at));
        if let Some(day) = found {
            days.push(Dated { kind: DayKind::InForce, date: Some(day.date), span: day.span });
        } else if ends(before.of(chars), "之日") && !late {
            let own =
                ["自公布", "自发布", "自印发", "自颁布", "从公布", "从发布", "自发文", "从印发"];
            let own = own.iter().find_map(|word| find(before.of(chars), word));
            if let Some(start) = own {
                let span = Span::new(before.start + start, at);
                days.push(Dated { kind: DayKind::InForce, date: None, span });
            }
        }
    }
}

/// 有效期至2016年12月31日, 有效期3年; only where the document speaks of itself.
fn expires(chars: &[char], span: Span) -> Option<Expiry> {
    let words = span.of(chars);
    let at = find(words, "有效期").or_else(|| find(words, "施行至"))?;
    let sentence = words.iter().take(at).rposition(|&c| c == '。').map_or(0, |dot| dot + 1);
    let rest = words.get(sentence..)?;
    let lead = rest.get(..at - sentence)?;
    let end = rest.iter().position(|&c| c == '。').unwrap_or(rest.len());
    let own = [
        "本办法",
        "本规定",
        "本细则",
        "本意见",
        "本通知",
        "本方案",
        "本条例",
        "本实施",
        "本政策",
        "本措施",
        "本指南",
        "本文件",
        "本标准",
        "本公告",
    ];
    let itself = own
        .iter()
        .any(|word| find(lead.get(..lead.len().min(16)).unwrap_or_default(), word).is_some());
    let force = has_any(rest.get(..end)?, &["施行", "实施", "执行", "生效"]);
    if !(itself || (force && has_any(lead, &["自", "起"]))) {
        return None;
    }
    let start = span.start + at;
    let mut from = start + 3;
    while matches!(chars.get(from), Some('为' | '至' | '到' | '限' | ' ' | ':' | '暂' | '定'))
    {
        from += 1;
    }
    if let Some(day) = day::day(chars, from) {
        let span = Span::new(start, day.span.end);
        return Some(Expiry { until: Some(day.date), months: None, span });
    }
    let (number, mut after) = numeral(chars, from, span.end)?;
    if number >= 100 {
        // 至2019年: its last day.
        let until = i16::try_from(number).ok().and_then(|year| Date::new(year, 12, 31).ok());
        let year = chars.get(after) == Some(&'年') && (1949..2200).contains(&number);
        let span = Span::new(start, after + 1);
        return year.then_some(Expiry { until, months: None, span });
    }
    let months = match chars.get(after)? {
        '年' => number.checked_mul(12)?,
        '个' if chars.get(after + 1) == Some(&'月') => {
            after += 1;
            number
        }
        _ => return None,
    };
    Some(Expiry { until: None, months: Some(months), span: Span::new(start, after + 1) })
}
