//! What to hand in and whom to ask.

use crate::text::span::{find, has_any};

use super::{
    Document,
    clause::Clauses,
    role::{self, Role},
};

/// Longest name of a paper; what is longer is an instruction.
const LONGEST: usize = 60;

/// Papers and contact.
#[derive(Debug, Default)]
pub(super) struct Papers {
    /// Names of papers.
    pub(super) materials: Vec<String>,
    /// A telephone number.
    pub(super) phone: Option<String>,
}

/// Reads the list of papers and the contact.
pub(super) fn read(document: &Document<'_>, clauses: &Clauses) -> Papers {
    let mut papers = Papers::default();
    for clause in &clauses.all {
        let listed = role::above(document, clauses, clause) == Some(Role::Material);
        let words = document.words(clause.span);
        let fits =
            clause.opens.is_none() && !clause.heading && (2..=LONGEST).contains(&clause.span.len());
        if listed && fits && !papers.materials.contains(&words) {
            papers.materials.push(words);
        }
    }
    papers.phone = phone(document.chars);
    papers
}

/// The first telephone number behind words that announce one.
fn phone(chars: &[char]) -> Option<String> {
    let mut from = 0;
    while let Some(at) = chars.get(from..).and_then(|rest| find(rest, "电话")) {
        let start = from + at + 2;
        let rest = chars.get(start..chars.len().min(start + 24))?;
        let digits: String = rest
            .iter()
            .skip_while(|c| matches!(c, ':' | ' ' | '为' | '(' | '是'))
            .take_while(|c| c.is_ascii_digit() || matches!(c, '-' | ')'))
            .map(|c| if *c == ')' { '-' } else { *c })
            .collect();
        let count = digits.chars().filter(char::is_ascii_digit).count();
        if (5..=13).contains(&count) && !has_any(rest, &["传真"]) {
            return Some(digits);
        }
        from = start;
    }
    None
}
