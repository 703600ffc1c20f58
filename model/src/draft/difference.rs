//! What changed between two documents, told by what each states: conditions,
//! sums and periods that came, went, or have another value now, with the words
//! of both.
//!
//! Statements that read the same are paired first, in order; of the others
//! those that measure the same thing, or whose clauses are worded alike. Left
//! out: whether more people qualify now. Only policy files tell that.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::text::{
    extract::{Item, Kind, extract},
    fold::Folded,
    span::Span,
};

/// Share of character pairs that two clauses must have in common to be
/// versions of each other.
const ALIKE: f64 = 0.5;

/// Most comparisons within one kind and unit; beyond, only what measures the
/// same thing is paired, in order.
const MOST: usize = 1_000_000;

/// What happened to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Only the second document states it.
    Added,
    /// Only the first does.
    Removed,
    /// Both do, with different values or bounds.
    Changed,
}

/// A statement of one of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Article or item it stands in.
    pub article: Option<String>,
    /// The shortest words that hold it.
    pub words: String,
    /// Its clause.
    pub clause: String,
    /// Where the words stand, in characters.
    pub span: Span,
    /// What it reads as: field, comparison, value, unit.
    pub reading: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// What the statement is about.
    pub kind: Kind,
    /// What it measures: a field of the catalogue, or the document's words.
    pub what: String,
    /// In the first document.
    pub before: Option<Side>,
    /// In the second.
    pub after: Option<Side>,
}

/// What two documents state differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Statements that read the same in both.
    pub same: usize,
    /// The others, in the order of the second document, what went first where
    /// it stood in the first.
    pub changes: Vec<Change>,
}

/// A statement with what it is paired by.
struct Known {
    item: Item,
    clause: String,
    pairs: FxHashSet<(char, char)>,
}

/// Compares the texts of two documents.
#[must_use]
pub fn difference(before: &str, after: &str) -> Difference {
    let (mut old, mut new) = (known(before), known(after));
    let same = unchanged(&mut old, &mut new);
    let mut pairs = Vec::new();
    pair(&old, &new, &mut pairs);
    let mut changes: Vec<(usize, usize, Change)> = Vec::new();
    let (mut gone, mut come) = (vec![true; old.len()], vec![true; new.len()]);
    for (from, to) in pairs {
        (gone[from], come[to]) = (false, false);
        changes.push((new[to].item.start, 1, change(Some(&old[from]), Some(&new[to]))));
    }
    let removed = old.iter().zip(gone).filter(|(_, gone)| *gone);
    changes.extend(removed.map(|(known, _)| (known.item.start, 0, change(Some(known), None))));
    let added = new.iter().zip(come).filter(|(_, come)| *come);
    changes.extend(added.map(|(known, _)| (known.item.start, 2, change(None, Some(known)))));
    changes.sort_by_key(|(at, order, _)| (*at, *order));
    Difference { same, changes: changes.into_iter().map(|(.., change)| change).collect() }
}

/// The statements of a text that bind somebody.
fn known(text: &str) -> Vec<Known> {
    let folded = Folded::new(text);
    let original: Vec<char> = text.chars().collect();
    let items = extract("", text).into_iter().filter(|item| item.kind != Kind::Other);
    items
        .map(|item| {
            let span = Span::new(item.clause_start, item.clause_end);
            let words: Vec<char> = span
                .of(folded.chars())
                .iter()
                .copied()
                .filter(|symbol| symbol.is_alphanumeric() && !symbol.is_ascii_digit())
                .collect();
            let pairs = words.iter().copied().zip(words.iter().copied().skip(1)).collect();
            Known { item, clause: span.text(&original), pairs }
        })
        .collect()
}

/// Takes out what reads the same in both, in order; how many there were.
fn unchanged(old: &mut Vec<Known>, new: &mut Vec<Known>) -> usize {
    let mut waiting: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (at, known) in new.iter().enumerate().rev() {
        waiting.entry(identity(&known.item)).or_default().push(at);
    }
    let mut taken = vec![false; new.len()];
    let before = old.len();
    old.retain(|known| {
        let next = waiting.get_mut(&identity(&known.item)).and_then(Vec::pop);
        next.map(|at| taken[at] = true).is_none()
    });
    let mut taken = taken.into_iter();
    new.retain(|_| !taken.next().unwrap_or(false));
    before - old.len()
}

/// Everything a statement says.
fn identity(item: &Item) -> String {
    let words = if item.op.numeric() { String::new() } else { squeeze(&item.text) };
    format!(
        "{:?}|{}|{}|{:?}|{:?}|{}|{words}",
        item.kind,
        subject(item),
        reading(item),
        item.lower_inclusive,
        item.upper_inclusive,
        item.negated
    )
}

/// What a statement measures.
fn subject(item: &Item) -> String {
    let named = item.field.map(str::to_owned).or_else(|| item.field_text.as_deref().map(squeeze));
    named.unwrap_or_default()
}

/// What a statement reads as.
fn reading(item: &Item) -> String {
    let op = serde_json::to_value(item.op).ok();
    let op = op.as_ref().and_then(|op| op.as_str()).unwrap_or_default();
    let values = match (&item.value, &item.value2) {
        (Some(low), Some(high)) => format!("{low} … {high}"),
        (Some(value), None) => value.clone(),
        _ => String::new(),
    };
    let not = if item.negated { "not " } else { "" };
    let bounds = match (item.lower_inclusive, item.upper_inclusive) {
        (Some(false), Some(true)) => " (lower bound excluded)",
        (Some(true), Some(false)) => " (upper bound excluded)",
        (Some(false), Some(false)) => " (bounds excluded)",
        _ => "",
    };
    format!("{not}{op} {values} {}{bounds}", item.unit.as_deref().unwrap_or_default())
        .trim()
        .to_owned()
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Pairs what may be versions of each other: of one kind and unit, measuring
/// the same or worded alike; the most alike first.
fn pair(old: &[Known], new: &[Known], pairs: &mut Vec<(usize, usize)>) {
    let bucket =
        |known: &Known| (known.item.kind, known.item.unit.clone(), known.item.op.numeric());
    let mut buckets: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, known) in old.iter().enumerate() {
        buckets.entry(key(&bucket(known))).or_default().0.push(at);
    }
    for (at, known) in new.iter().enumerate() {
        buckets.entry(key(&bucket(known))).or_default().1.push(at);
    }
    for (from, to) in buckets.into_values() {
        if from.len().saturating_mul(to.len()) > MOST {
            in_order(old, new, &from, &to, pairs);
            continue;
        }
        let mut scores: Vec<(f64, usize, usize)> = Vec::new();
        for &left in &from {
            for &right in &to {
                let score = score(&old[left], &new[right]);
                if score >= ALIKE {
                    scores.push((score, left, right));
                }
            }
        }
        scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let (mut used, mut met) = (FxHashSet::default(), FxHashSet::default());
        for (_, left, right) in scores {
            if !used.contains(&left) && !met.contains(&right) {
                used.insert(left);
                met.insert(right);
                pairs.push((left, right));
            }
        }
    }
}

/// A bucket's key in an order.
fn key(bucket: &(Kind, Option<String>, bool)) -> String {
    format!("{:?}|{:?}|{}", bucket.0, bucket.1, bucket.2)
}

/// Pairs what measures the same thing, first with first.
fn in_order(
    old: &[Known],
    new: &[Known],
    from: &[usize],
    to: &[usize],
    pairs: &mut Vec<(usize, usize)>,
) {
    let mut waiting: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for &at in to.iter().rev() {
        waiting.entry(subject(&new[at].item)).or_default().push(at);
    }
    for &left in from {
        let right = waiting.get_mut(&subject(&old[left].item)).and_then(Vec::pop);
        pairs.extend(right.map(|right| (left, right)));
    }
}

/// How alike two statements are: what they measure, and how their clauses are
/// worded (Dice's coefficient of character pairs, digits left out).
fn score(old: &Known, new: &Known) -> f64 {
    let common = old.pairs.intersection(&new.pairs).count();
    let all = old.pairs.len() + new.pairs.len();
    #[expect(clippy::cast_precision_loss, reason = "a share, for ranking only")]
    let alike = if all == 0 { 0.0 } else { 2.0 * common as f64 / all as f64 };
    let measured = subject(&old.item);
    let same = !measured.is_empty() && measured == subject(&new.item);
    if old.item.op.numeric() {
        if same { alike + 1.0 } else { alike }
    } else if same && alike >= ALIKE {
        alike
    } else {
        0.0
    }
}

fn change(before: Option<&Known>, after: Option<&Known>) -> Change {
    let side = |known: &Known| Side {
        article: known.item.article.clone(),
        words: known.item.text.clone(),
        clause: known.clause.clone(),
        span: Span::new(known.item.start, known.item.end),
        reading: reading(&known.item),
    };
    let known = after.or(before);
    Change {
        event: match (before, after) {
            (Some(_), Some(_)) => Event::Changed,
            (Some(_), None) => Event::Removed,
            _ => Event::Added,
        },
        kind: known.map_or(Kind::Other, |known| known.item.kind),
        what: known.map(|known| subject(&known.item)).unwrap_or_default(),
        before: before.map(side),
        after: after.map(side),
    }
}

#[cfg(test)]
#[path = "tests/difference.rs"]
mod tests;
