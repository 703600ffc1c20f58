//! Cuts the lines of a document into clauses (sentences and half-sentences)
//! and clauses into the parts between commas. Brackets and titles in 《》 are
//! not cut: a full stop inside them ends nothing.

use crate::text::structure::{LineKind, Structure};

/// A clause: what stands between full stops, semicolons and line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clause {
    /// First character, list markers included.
    pub(crate) start: usize,
    /// Character after the last, its punctuation included.
    pub(crate) end: usize,
    /// Where its words begin, behind the marker.
    pub(crate) body: usize,
    /// The line it stands in.
    pub(crate) line: usize,
}

/// Characters after which a comma or blank ends a clause too (any character at twice as
/// many): every statement looks around in its clause, and the time must not grow faster
/// than the text.
const LONG: usize = 2_000;

/// Every clause of the document's own lines.
pub(crate) fn clauses(chars: &[char], structure: &Structure) -> Vec<Clause> {
    let mut found = Vec::new();
    for (index, line) in structure.lines.iter().enumerate() {
        if !readable(line.kind, &chars[line.span.start..line.span.end]) {
            continue;
        }
        let mut start = line.span.start;
        let mut depth = 0_usize;
        for at in line.body.start..line.span.end {
            match chars[at] {
                '《' | '(' => depth += 1,
                '》' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let ends = match chars[at] {
                '。' | '!' | '?' => depth == 0,
                ';' => true,
                _ => false,
            };
            let length = at + 1 - start;
            let cut = matches!(chars[at], ',' | '、' | ' ' | '|') && length >= LONG;
            if ends || cut || length >= 2 * LONG {
                push(chars, &mut found, (start, at + 1), line.body.start, index);
                start = at + 1;
                depth = 0;
            }
        }
        push(chars, &mut found, (start, line.span.end), line.body.start, index);
    }
    found
}

/// Whether a line carries statements of the document. A line that looks like a
/// title, a date or a button is read all the same when it is a sentence: a
/// document may be one sentence long.
fn readable(kind: LineKind, words: &[char]) -> bool {
    let sentence = || words.iter().any(|c| matches!(c, '。' | ';' | ','));
    match kind {
        LineKind::Blank | LineKind::Contents => false,
        LineKind::Junk => words.iter().any(|c| matches!(c, '。' | ';')),
        LineKind::Title | LineKind::Metadata | LineKind::Addressee | LineKind::Signature => {
            sentence()
        }
        _ => true,
    }
}

fn push(
    chars: &[char],
    found: &mut Vec<Clause>,
    (start, end): (usize, usize),
    body: usize,
    line: usize,
) {
    let Some(first) = (start..end).find(|&at| !chars[at].is_whitespace()) else { return };
    let last = (first..end).rev().find(|&at| !chars[at].is_whitespace()).unwrap_or(first);
    found.push(Clause { start: first, end: last + 1, body: first.max(body.min(last + 1)), line });
}

/// The part between commas that holds `at`; the comma itself is left out.
pub(crate) fn part(chars: &[char], clause: &Clause, start: usize, end: usize) -> (usize, usize) {
    let cuts = |c: char| matches!(c, ',' | ';' | '。' | ':');
    let from =
        (clause.body..start).rev().find(|&at| cuts(chars[at])).map_or(clause.body, |at| at + 1);
    let to = (end..clause.end).find(|&at| cuts(chars[at])).unwrap_or(clause.end);
    (from, to)
}
