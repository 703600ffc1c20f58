//! Cuts a text into the lines a reader sees: at line breaks, and inside a long
//! line where the next article or the next item of a list begins. Nothing is
//! judged here, and no character is moved.

use super::marker::{Marker, Style, marker};
use crate::text::span::Span;

/// A line before anybody knows what it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw {
    /// Without the blanks around it; empty for a blank line.
    pub(super) span: Span,
    /// Whether it begins a line of the file, not a piece of one.
    pub(super) first: bool,
    /// Whether the line of the file is indented.
    pub(super) indented: bool,
    /// Level of a Markdown heading, 0 for other lines.
    pub(super) heading: usize,
    /// What it begins with.
    pub(super) marker: Option<Marker>,
}

impl Raw {
    /// Number of characters.
    pub(super) fn len(&self) -> usize {
        self.span.len()
    }
}

/// All lines, blank ones included.
pub(super) fn cut(chars: &[char]) -> Vec<Raw> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start <= chars.len() {
        let rest = chars.get(start..).unwrap_or_default();
        let length = rest.iter().position(|&symbol| symbol == '\n').unwrap_or(rest.len());
        let whole = Span::new(start, start + length);
        push_line(chars, whole, &mut lines);
        start = whole.end + 1;
    }
    if lines.last().is_some_and(|line| line.span.is_empty()) {
        lines.pop();
    }
    lines
}

/// One line of the file, in as many pieces as it holds articles and items.
fn push_line(chars: &[char], whole: Span, lines: &mut Vec<Raw>) {
    let mut span = whole.trim(chars);
    let indented = span.start > whole.start;
    let heading = span.of(chars).iter().take_while(|&&symbol| symbol == '#').count();
    let quoted = usize::from(heading == 0 && chars.get(span.start) == Some(&'>'));
    span = Span::new(span.start + heading + quoted, span.end).trim(chars);
    let mut opening = marker(chars, span.start, span.end);
    let mut running = Running::from(opening);
    let mut first = true;
    let mut start = span.start;
    for at in span.start + 1..span.end {
        if !matches!(chars.get(at), Some('第' | '(' | '①'..='⑳' | '⑴'..='⒇')) {
            continue;
        }
        // 第五条（一）: the first item stands right behind the article.
        let behind = |next: &Marker| {
            let article = opening.filter(|marker| marker.style == Style::Article);
            article.is_some_and(|marker| marker.body == at && next.number == 1)
        };
        let next = marker(chars, at, span.end);
        let Some(next) = next.filter(|next| behind(next) || running.goes_on(chars, next)) else {
            continue;
        };
        running.note(&next);
        let piece = Span::new(start, at).trim(chars);
        lines.push(Raw { span: piece, first, indented, heading, marker: opening });
        (start, first, opening) = (at, false, Some(next));
    }
    let span = Span::new(start, span.end);
    lines.push(Raw { span, first, indented, heading, marker: opening });
}

/// The list a line is in the middle of.
struct Running {
    article: Option<u32>,
    item: Option<(Style, u32)>,
}

impl Running {
    fn from(opening: Option<Marker>) -> Running {
        let mut running = Running { article: None, item: None };
        if let Some(marker) = opening {
            running.note(&marker);
        }
        running
    }

    fn note(&mut self, marker: &Marker) {
        if marker.style == Style::Article {
            *self = Running { article: Some(marker.number), item: None };
        } else {
            self.item = Some((marker.style, marker.number));
        }
    }

    /// Whether a marker in the middle of a line begins a new piece: after a
    /// full stop the next article, after a colon the first item, after a
    /// semicolon or full stop the next one.
    fn goes_on(&self, chars: &[char], next: &Marker) -> bool {
        let before = chars.get(..next.span.start).unwrap_or_default();
        let before = before.iter().rev().take(4).find(|symbol| !symbol.is_whitespace());
        match next.style {
            Style::Article => {
                let blank = chars.get(next.span.end).is_none_or(|symbol| symbol.is_whitespace());
                let counts = self.article.is_none_or(|last| next.number == last + 1);
                before == Some(&'。') && blank && counts
            }
            Style::ChineseBracket | Style::NumberBracket | Style::Circle => match before {
                Some(':') => next.number == 1,
                Some(';' | '。' | ',') => self.item == Some((next.style, next.number.max(1) - 1)),
                _ => false,
            },
            _ => false,
        }
    }
}
