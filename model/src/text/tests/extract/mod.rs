use std::collections::BTreeSet;

use super::*;
use crate::metrics::extraction::{LabelledClause, evaluate};

mod hostile;
mod reading;

/// One sentence for each of the 110 patterns; the number comes first.
const PATTERNS: &str = include_str!("patterns.tsv");

#[test]
fn every_wording_pattern_is_found_in_its_sentence() {
    let mut missed = Vec::new();
    let mut seen = BTreeSet::new();
    for line in PATTERNS.lines() {
        let (number, sentence) = line.split_once('\t').unwrap();
        let number: u16 = number.parse().unwrap();
        seen.insert(number);
        let text = format!("一、申请条件\n{sentence}\n");
        let items = extract("pattern", &text);
        if !items.iter().any(|item| item.pattern == Some(number)) {
            let found: Vec<_> = items.iter().map(|item| (item.pattern, &item.text)).collect();
            missed.push(format!("{number} in {sentence}: found {found:?}"));
        }
    }
    assert_eq!(seen, (1..=110).collect(), "a pattern has no sentence");
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Sentences of our own with what people read in them; one YAML entry each.
const SENTENCES: &str = include_str!("sentences.yaml");

#[test]
fn sentences_of_our_own_are_read_as_marked() {
    let mut clauses: Vec<LabelledClause> = serde_saphyr::from_str(SENTENCES).unwrap();
    let mut items = Vec::new();
    for clause in &mut clauses {
        clause.settle().unwrap();
        items.extend(extract(&clause.doc, clause.text.as_deref().unwrap()));
    }
    let report = evaluate(&clauses, &items);
    let wrong: Vec<String> = report
        .differences
        .iter()
        .map(|found| {
            format!(
                "{} {:?}: marked {:?}, extracted {:?}",
                found.doc,
                found.keys,
                found.labelled,
                found.extracted.as_ref().map(|item| (&item.text, item.kind, item.op, item.field))
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
