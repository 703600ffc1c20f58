//! The words of a clause that nobody has read. A clause counts as understood
//! only where nothing but words without a demand of their own is left.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::span::Span;

/// Words that add no demand, one a line.
const NEUTRAL: &str = include_str!("neutral.txt");

fn neutral() -> &'static AhoCorasick {
    static SHARED: OnceLock<AhoCorasick> = OnceLock::new();
    SHARED.get_or_init(|| {
        let words = NEUTRAL.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        #[expect(clippy::expect_used, reason = "the table is built in, a test reads all of it")]
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words)
            .expect("built-in words fit an automaton")
    })
}

/// The words of `span` outside of `read` that state something, in order.
pub(super) fn rest(chars: &[char], span: Span, read: &[Span]) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    let mut piece = String::new();
    for at in span.start..span.end {
        let covered = read.iter().any(|read| read.start <= at && at < read.end);
        match chars.get(at) {
            Some(symbol) if !covered && symbol.is_alphanumeric() => piece.push(*symbol),
            _ => left.push(std::mem::take(&mut piece)),
        }
    }
    left.push(piece);
    left.iter().flat_map(|piece| stated(piece)).collect()
}

/// What a piece states without the words that add nothing.
fn stated(piece: &str) -> Vec<String> {
    let mut left = Vec::new();
    let mut from = 0;
    for found in neutral().find_iter(piece) {
        left.push(piece.get(from..found.start()).unwrap_or_default());
        from = found.end();
    }
    left.push(piece.get(from..).unwrap_or_default());
    left.into_iter().filter(|words| !words.is_empty()).map(str::to_owned).collect()
}
