//! How well extraction finds what people marked: precision and recall of
//! numeric statements, and how often each of their keys is right.
//!
//! A labelled statement and an extracted one belong together when their words
//! overlap; each belongs to at most one, the longest overlap first. A
//! statement counts as right when kind, comparator, values, unit and bounds
//! are all right. Only clauses that somebody labelled are looked at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::extract::{Item, Kind, Op};

/// A clause that somebody labelled, also when it states nothing.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct LabelledClause {
    /// Name of the document.
    pub doc: String,
    /// First character of the clause in the document.
    #[serde(default)]
    pub clause_start: usize,
    /// Character after its last.
    #[serde(default)]
    pub clause_end: usize,
    /// The clause itself, where the labels are of sentences of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it states.
    #[serde(default)]
    pub items: Vec<Label>,
}

/// A label that names no place in its clause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{quote}` does not stand in clause `{doc}`: copy the words exactly as the clause has them"
)]
pub struct QuoteError {
    /// The words.
    pub quote: String,
    /// Name of the document.
    pub doc: String,
}

impl LabelledClause {
    /// Finds the places of a clause that carries its own text: its own, and
    /// those of labels that quote words instead of counting characters. A quote
    /// is looked for behind the one before it.
    ///
    /// # Errors
    /// [`QuoteError`] where the words do not stand in the clause.
    pub fn settle(&mut self) -> Result<(), QuoteError> {
        let Some(text) = &self.text else { return Ok(()) };
        let chars: Vec<char> = text.chars().collect();
        self.clause_end = self.clause_end.max(chars.len());
        let mut from = 0;
        for label in &mut self.items {
            let Some(quote) = &label.quote else { continue };
            let words: Vec<char> = quote.chars().collect();
            let behind = chars.get(from..).unwrap_or_default();
            let at = behind
                .windows(words.len().max(1))
                .position(|window| window == words)
                .ok_or_else(|| QuoteError { quote: quote.clone(), doc: self.doc.clone() })?;
            (label.start, label.end) = (from + at, from + at + words.len());
            from = label.end;
        }
        Ok(())
    }
}

/// One labelled statement.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Label {
    /// First character in the document.
    #[serde(default)]
    pub start: usize,
    /// Character after the last.
    #[serde(default)]
    pub end: usize,
    /// The words instead, for clauses that carry their own text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// What it is about.
    pub kind: Kind,
    /// How the value is compared.
    pub op: Op,
    /// The value, or the lower bound.
    pub value: String,
    /// The upper bound of two.
    #[serde(default)]
    pub value2: Option<String>,
    /// Unit as the guide names it.
    pub unit: String,
    /// Whether the lower bound belongs to it.
    #[serde(default)]
    pub lower_inclusive: Option<bool>,
    /// Whether the upper bound belongs to it.
    #[serde(default)]
    pub upper_inclusive: Option<bool>,
    /// Whether the clause excludes those who satisfy it.
    #[serde(default)]
    pub negated: bool,
    /// Field of the catalogue, for conditions that one measures.
    #[serde(default)]
    pub field: Option<String>,
}

/// Right, found and marked, with what follows from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    /// Extracted and right in every key.
    pub right: usize,
    /// Extracted.
    pub extracted: usize,
    /// Labelled.
    pub labelled: usize,
}

impl Score {
    /// Share of the extracted that is right; `None` without any.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        share(self.right, self.extracted)
    }

    /// Share of the labelled that was found right; `None` without any.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        share(self.right, self.labelled)
    }
}

/// How often one key was right among statements that belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Equal.
    pub equal: usize,
    /// Compared.
    pub compared: usize,
}

impl Agreement {
    /// Share that is equal; `None` without any.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        share(self.equal, self.compared)
    }

    fn count(&mut self, equal: bool) {
        self.equal += usize::from(equal);
        self.compared += 1;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of labels are far below 2^52")]
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// One difference, for a person to read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Name of the document.
    pub doc: String,
    /// What the person marked, if anything.
    pub labelled: Option<Label>,
    /// What was extracted, if anything.
    pub extracted: Option<Item>,
    /// Keys that differ; empty when one side is absent.
    pub keys: Vec<&'static str>,
}

/// The whole result.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Clauses looked at.
    pub clauses: usize,
    /// All numeric statements.
    pub all: Score,
    /// By the labelled kind, or the extracted one where nothing was labelled.
    pub kinds: BTreeMap<String, Score>,
    /// Statements found at all: words overlap.
    pub spans: Score,
    /// Each key among statements that belong together.
    pub keys: BTreeMap<&'static str, Agreement>,
    /// Field among conditions that belong together, those without one included.
    pub fields: Agreement,
    /// Field among conditions whose label names one.
    pub named_fields: Agreement,
    /// Everything that is not right.
    pub differences: Vec<Difference>,
}

/// Compares what was extracted with what people marked. `extracted` holds the
/// items of all documents, in any order.
#[must_use]
pub fn evaluate(labelled: &[LabelledClause], extracted: &[Item]) -> Report {
    let mut by_doc: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in extracted.iter().filter(|item| numeric(item)) {
        by_doc.entry(&item.doc).or_default().push(item);
    }
    let mut report = Report { clauses: labelled.len(), ..Report::default() };
    for clause in labelled {
        let inside =
            |item: &&&Item| item.start >= clause.clause_start && item.start < clause.clause_end;
        let items: Vec<&Item> =
            by_doc.get(clause.doc.as_str()).into_iter().flatten().filter(inside).copied().collect();
        report.clause(clause, &items);
    }
    report
}

/// Whether an item compares numbers; days do not count.
fn numeric(item: &Item) -> bool {
    item.op.numeric() && item.value.is_some() && item.unit.as_deref() != Some("date")
}

impl Report {
    fn clause(&mut self, clause: &LabelledClause, items: &[&Item]) {
        let pairs = pairs(&clause.items, items);
        for (at, label) in clause.items.iter().enumerate() {
            let partner = pairs.iter().find(|pair| pair.0 == at).map(|pair| items[pair.1]);
            self.count_label(clause, label, partner);
        }
        for (at, item) in items.iter().enumerate() {
            self.spans.extracted += 1;
            self.all.extracted += 1;
            self.kinds.entry(name(item.kind)).or_default().extracted += 1;
            if !pairs.iter().any(|pair| pair.1 == at) {
                self.differ(clause, None, Some(item), Vec::new());
            }
        }
    }

    fn count_label(&mut self, clause: &LabelledClause, label: &Label, partner: Option<&Item>) {
        self.spans.labelled += 1;
        self.all.labelled += 1;
        self.kinds.entry(name(label.kind)).or_default().labelled += 1;
        let Some(item) = partner else {
            self.differ(clause, Some(label), None, Vec::new());
            return;
        };
        self.spans.right += 1;
        let mut wrong = Vec::new();
        for (key, equal) in compare(label, item) {
            self.keys.entry(key).or_default().count(equal);
            if !equal {
                wrong.push(key);
            }
        }
        if label.kind == Kind::Condition {
            let equal = label.field.as_deref() == item.field;
            self.fields.count(equal);
            if label.field.is_some() {
                self.named_fields.count(equal);
            }
        }
        if wrong.iter().all(|key| *key == "negated") {
            self.all.right += 1;
            self.kinds.entry(name(label.kind)).or_default().right += 1;
        }
        let field_differs = label.kind == Kind::Condition && label.field.as_deref() != item.field;
        if field_differs {
            wrong.push("field");
        }
        if !wrong.is_empty() {
            self.differ(clause, Some(label), Some(item), wrong);
        }
    }

    fn differ(
        &mut self,
        clause: &LabelledClause,
        labelled: Option<&Label>,
        extracted: Option<&Item>,
        keys: Vec<&'static str>,
    ) {
        self.differences.push(Difference {
            doc: clause.doc.clone(),
            labelled: labelled.cloned(),
            extracted: extracted.cloned(),
            keys,
        });
    }
}

/// Which label and which item belong together: the longest overlap first,
/// then the earliest.
fn pairs(labels: &[Label], items: &[&Item]) -> Vec<(usize, usize)> {
    let mut overlaps = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        for (other, item) in items.iter().enumerate() {
            let shared = label.end.min(item.end).saturating_sub(label.start.max(item.start));
            if shared > 0 {
                overlaps.push((std::cmp::Reverse(shared), at, other));
            }
        }
    }
    overlaps.sort();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, at, other) in overlaps {
        if pairs.iter().all(|pair| pair.0 != at && pair.1 != other) {
            pairs.push((at, other));
        }
    }
    pairs
}

fn compare(label: &Label, item: &Item) -> [(&'static str, bool); 6] {
    let value = item.value.as_deref() == Some(label.value.as_str()) && item.value2 == label.value2;
    let bounds = item.lower_inclusive == label.lower_inclusive
        && item.upper_inclusive == label.upper_inclusive;
    [
        ("kind", item.kind == label.kind),
        ("op", item.op == label.op),
        ("value", value),
        ("unit", item.unit.as_deref() == Some(label.unit.as_str())),
        ("bounds", bounds),
        ("negated", item.negated == label.negated),
    ]
}

fn name(kind: Kind) -> String {
    match kind {
        Kind::Condition => "condition",
        Kind::Benefit => "benefit",
        Kind::Window => "window",
        Kind::Other => "other",
    }
    .to_owned()
}

#[cfg(test)]
#[path = "tests/extraction.rs"]
mod tests;
