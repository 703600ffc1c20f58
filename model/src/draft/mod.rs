//! From what a document states to a policy file that a person reviews.
//!
//! In reading order: [`clause`] cuts the document into clauses and finds the
//! lists they stand in; [`role`] tells what a clause is for; [`number`] and
//! [`quality`] write one statement as an expression of the rule language,
//! [`rest`] says which words of a clause nobody has read, [`piece`] reads a
//! clause with them; [`condition`] puts the clauses together; [`grant`] reads what is granted, [`header`] title,
//! issuer, days and place, [`paper`] what to hand in and whom to ask;
//! [`write`](mod@write) prints the file, [`ledger`] accounts for every clause.
//! [`difference`] compares what two documents state.
//!
//! The failure that matters is money paid to the wrong people. So a clause
//! becomes an expression only where field, type, unit, period and every word
//! of it are understood; whatever is left over is asked of a person beside it,
//! and the policy cannot pass without the answer. A `manual` clause never
//! stands under a negation.
//!
//! Left out: reading documents (that is [`crate::text`]) and deciding anything
//! that the words leave open.

use serde::Serialize;

use crate::{
    diagnostic::{Diagnostic, Severity},
    domain::{RegionCode, SubjectKind},
    reference::Reference,
    rules::{
        lint,
        program::{Program, Source},
    },
    text::{
        extract::{self, Item},
        fold::Folded,
        span::Span,
        structure::Structure,
    },
};

mod clause;
mod condition;
pub mod difference;
mod grant;
mod header;
pub mod ledger;
mod number;
mod paper;
mod piece;
mod quality;
mod region;
mod rest;
mod role;
mod write;

pub use self::ledger::{Entry, Fate, Ledger};

/// What the caller knows better than the document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Region of the issuer, where 本市 lies.
    pub region: Option<RegionCode>,
    /// Whose dossiers are judged.
    pub audience: Option<SubjectKind>,
}

/// A policy file for review.
#[derive(Debug, Clone, Serialize)]
pub struct Draft {
    /// The policy as YAML.
    pub yaml: String,
    /// What became of every clause.
    pub ledger: Ledger,
    /// What a person must decide, by line of the YAML.
    pub questions: Vec<Question>,
    /// What the checker says about the YAML; errors only if the reference has some.
    pub findings: Vec<Diagnostic>,
}

/// Something a person must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Line of the YAML, from 1.
    pub line: usize,
    /// The question, in Chinese.
    pub words: String,
}

/// A document while it is read: its characters, its lines, its statements.
struct Document<'t> {
    chars: &'t [char],
    original: &'t [char],
    structure: &'t Structure,
    items: &'t [Item],
    reference: &'t Reference,
}

impl Document<'_> {
    /// The words of a span as the document has them.
    fn words(&self, span: Span) -> String {
        span.text(self.original)
    }

    /// The statements that begin in a span.
    fn items_in(&self, span: Span) -> &[Item] {
        let from = self.items.partition_point(|item| item.start < span.start);
        let to = self.items.partition_point(|item| item.start < span.end);
        self.items.get(from..to).unwrap_or_default()
    }
}

/// Drafts a policy from the text of a document. `name` names it in findings.
/// The time is linear in the text but for the checker, which runs on the result.
#[must_use]
pub fn draft(name: &str, text: &str, reference: &Reference, options: Options) -> Draft {
    let folded = Folded::new(text);
    let structure = Structure::new(&folded);
    let mut items = extract::extract_from(name, text, &folded, &structure);
    items.sort_by_key(|item| (item.start, item.end));
    let original: Vec<char> = text.chars().collect();
    let document = Document {
        chars: folded.chars(),
        original: &original,
        structure: &structure,
        items: &items,
        reference,
    };
    let clauses = clause::Clauses::read(&document);
    let head = header::Head::read(&document, &clauses, options);
    let mut reading = condition::read(&document, &clauses, &head);
    let grant = grant::read(&document, &clauses, &reading, &head);
    let papers = paper::read(&document, &clauses);
    let anything = header::anything(&clauses);
    let mut written = write::policy(&document, &head, &reading, &grant, &papers, anything);
    let mut findings = check(name, &written.yaml, reference);
    if findings.iter().any(|finding| finding.code == "never_met") {
        reading.soften(&document);
        written = write::policy(&document, &head, &reading, &grant, &papers, anything);
        findings = check(name, &written.yaml, reference);
    }
    let mut questions = written.questions;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    questions.extend(errors.map(|finding| Question {
        line: finding.place.line,
        words: format!("检查未通过，须修改：{}", finding.message),
    }));
    questions.sort_by_key(|question| question.line);
    Draft { yaml: written.yaml, ledger: Ledger::new(reading.entries), questions, findings }
}

/// What the checker says of the drafted file. That it has no cases beside it
/// is no news.
fn check(name: &str, yaml: &str, reference: &Reference) -> Vec<Diagnostic> {
    let sources = [Source { name: format!("{name}.yaml"), text: yaml.to_owned() }];
    let (program, mut findings) = Program::compile(&sources, reference);
    findings.extend(lint::lint(&program, &sources, &[], reference));
    findings.retain(|finding| finding.code != "no_cases");
    findings
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
