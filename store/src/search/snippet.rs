//! The words of a document that answer, with marks on what was asked for.

use zhida_model::text::fold::fold;

use super::{
    analysis::{self, Analyzer},
    query::{Part, Query},
};

/// Characters shown of a body.
const SHOWN: usize = 100;

/// Characters a window may begin earlier in order to begin with a sentence.
const LEAD: usize = 24;

/// Characters of a body that are looked at.
const READ: usize = 20_000;

/// A piece of text with marks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The words as they stand in the document; `…` where it goes on.
    pub text: String,
    /// What was asked for: [start, end) in Unicode characters of `text`,
    /// ascending, none touching.
    pub marks: Vec<(usize, usize)>,
}

/// A matching place of a text.
struct Mark {
    start: usize,
    end: usize,
    weight: f64,
    term: String,
}

impl Snippet {
    /// A text in full.
    pub(super) fn whole(analyzer: &Analyzer, query: &Query, text: &str) -> Snippet {
        let marks = marks(analyzer, query, text);
        Snippet { text: text.to_owned(), marks: merged(&marks, 0, usize::MAX) }
    }

    /// The part of a text that answers best.
    pub(super) fn best(analyzer: &Analyzer, query: &Query, text: &str) -> Snippet {
        let chars: Vec<char> =
            text.chars().take(READ).map(|c| if c == '\n' { ' ' } else { c }).collect();
        let read: String = chars.iter().collect();
        let marks = marks(analyzer, query, &read);
        let start = begin(&chars, best_window(&marks));
        let end = (start + SHOWN).min(chars.len());
        let shown = chars.get(start..end).unwrap_or_default();
        let mut text = String::new();
        let before = usize::from(start > 0);
        if start > 0 {
            text.push('…');
        }
        text.extend(shown);
        if end < chars.len() {
            text.push('…');
        }
        let marks = merged(&marks, start, end);
        let marks = marks.into_iter().map(|(from, to)| (from + before, to + before));
        Snippet { text, marks: marks.collect() }
    }

    /// The text as HTML: marks as `<em>`, everything else escaped.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 16 * self.marks.len());
        let mut marks = self.marks.iter().peekable();
        for (at, character) in self.text.chars().enumerate() {
            if marks.peek().is_some_and(|(start, _)| *start == at) {
                html.push_str("<em>");
            }
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
            if marks.peek().is_some_and(|(_, end)| *end == at + 1) {
                html.push_str("</em>");
                marks.next();
            }
        }
        html
    }
}

/// Every place where a word or a pair of characters of the query stands.
fn marks(analyzer: &Analyzer, query: &Query, text: &str) -> Vec<Mark> {
    let weight = |part: Part, term: &str| query.terms.get(&(part, term.to_owned())).copied();
    let mut marks: Vec<Mark> = Vec::new();
    for word in analyzer.words(text) {
        if word.end - word.start < 2 && query.text.chars().nth(2).is_some() {
            continue;
        }
        if query.marked.contains(&word.term) {
            let weight = weight(Part::Words, &word.term).unwrap_or_default();
            let (start, end, term) = (word.start, word.end, word.term);
            marks.push(Mark { start, end, weight, term });
        }
    }
    for (start, run) in analysis::han_runs(text) {
        for (at, pair) in run.windows(2).enumerate() {
            let term: String = pair.iter().copied().map(fold).collect();
            if query.pairs.contains(&term) {
                let weight = weight(Part::Bigrams, &term).unwrap_or_default();
                let start = start + at;
                marks.push(Mark { start, end: start + 2, weight, term });
            }
        }
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    marks
}

/// Where the window with the most different terms begins.
fn best_window(marks: &[Mark]) -> usize {
    let mut best = (0.0, 0);
    for (first, mark) in marks.iter().enumerate() {
        let mut seen: Vec<&str> = Vec::new();
        let mut sum = 0.0;
        let inside = marks.iter().skip(first).take_while(|m| m.end <= mark.start + SHOWN - LEAD);
        for mark in inside {
            if !seen.contains(&mark.term.as_str()) {
                seen.push(&mark.term);
                sum += mark.weight;
            }
        }
        if sum > best.0 {
            best = (sum, mark.start);
        }
    }
    best.1
}

/// Moves a beginning back to that of its sentence, if it is near.
fn begin(chars: &[char], at: usize) -> usize {
    let ends = |at: &usize| matches!(chars.get(*at), Some('。' | '；' | ' ' | '！' | '？'));
    let earliest = at.saturating_sub(LEAD);
    (earliest..at).rev().find(ends).map_or(if earliest == 0 { 0 } else { at }, |end| end + 1)
}

/// The marks inside a window, joined where they overlap or touch, counted
/// from its start.
fn merged(marks: &[Mark], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.start >= start && mark.end <= end) {
        let (from, to) = (mark.start - start, mark.end - start);
        match merged.last_mut().filter(|(_, end)| *end >= from) {
            Some((_, end)) => *end = to.max(*end),
            None => merged.push((from, to)),
        }
    }
    merged
}
