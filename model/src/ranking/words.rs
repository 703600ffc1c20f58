//! Text relevance: BM25F in f64 over the words and character pairs of
//! policies, asked with the words of a dossier.
//!
//! The weights of fields are applied to term frequencies before saturation
//! (Robertson, Zaragoza & Taylor 2004, "Simple BM25 extension to multiple
//! weighted fields"), with the usual k1 and b (Robertson & Zaragoza 2009).
//! Words come from [`crate::text::segment`]; pairs of characters find what a
//! dictionary does not know. Left out: searching (`zhida search` has its own
//! index): this one ranks some hundred policies for one dossier.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    policy::file::PolicyFile,
    rules::program::Policy,
    text::segment::{Dictionary, Kind, Segmenter},
};

/// Saturation of a term's frequency.
const K1: f64 = 1.2;
/// How much longer texts are held back.
const B: f64 = 0.75;
/// Weights of title, themes and life events, benefit and conditions, text.
const FIELD_WEIGHTS: [f64; 4] = [3.0, 2.0, 1.5, 1.0];
/// A pair of characters counts for so much of a word.
const PAIR_WEIGHT: f64 = 0.4;

/// The policies as a searchable collection.
#[derive(Debug)]
pub struct Collection {
    /// By term: policy, and its weighted, length-normalised frequency.
    postings: FxHashMap<Box<str>, Vec<(u32, f64)>>,
    policies: usize,
}

impl Collection {
    /// Reads the policies of a program, in their order.
    #[must_use]
    pub fn new(policies: &[Policy]) -> Collection {
        let texts: Vec<[String; 4]> = policies.iter().map(|policy| fields(&policy.file)).collect();
        Collection::of(&texts)
    }

    /// Reads texts of four fields: title, topics, benefit and conditions, text.
    #[must_use]
    pub fn of(texts: &[[String; 4]]) -> Collection {
        let texts: Vec<[FxHashMap<Box<str>, f64>; 4]> =
            texts.iter().map(|fields| fields.each_ref().map(|text| counted(text))).collect();
        let length = |terms: &FxHashMap<Box<str>, f64>| terms.values().sum::<f64>();
        let mut mean = [0.0; 4];
        for text in &texts {
            for (mean, terms) in mean.iter_mut().zip(text) {
                *mean += length(terms) / count(texts.len().max(1));
            }
        }
        let mut postings: FxHashMap<Box<str>, Vec<(u32, f64)>> = FxHashMap::default();
        for (policy, text) in texts.iter().enumerate() {
            let mut weighted: FxHashMap<&str, f64> = FxHashMap::default();
            for ((terms, mean), weight) in text.iter().zip(mean).zip(FIELD_WEIGHTS) {
                let relative = if mean > 0.0 { length(terms) / mean } else { 1.0 };
                let norm = 1.0 - B + B * relative;
                for (term, times) in terms {
                    *weighted.entry(term).or_default() += weight * times / norm;
                }
            }
            let policy = u32::try_from(policy).unwrap_or(u32::MAX);
            for (term, frequency) in weighted {
                postings.entry(term.into()).or_default().push((policy, frequency));
            }
        }
        Collection { postings, policies: texts.len() }
    }

    /// The score of every policy for a query, 0 where no term occurs. Each
    /// distinct term of the query counts once.
    #[must_use]
    pub fn scores(&self, query: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.policies];
        let mut terms: Vec<Box<str>> = counted(query).into_keys().collect();
        // Sums of floats depend on their order, and a hash map has none.
        terms.sort_unstable();
        for term in &terms {
            let Some(found) = self.postings.get(term) else { continue };
            let (all, holding) = (count(self.policies), count(found.len()));
            let rarity = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln();
            let weight = if is_pair(term) { PAIR_WEIGHT } else { 1.0 };
            for (policy, frequency) in found {
                if let Some(score) = scores.get_mut(*policy as usize) {
                    *score += weight * rarity * frequency * (K1 + 1.0) / (frequency + K1);
                }
            }
        }
        scores
    }
}

fn fields(file: &PolicyFile) -> [String; 4] {
    let join = |parts: &[String]| parts.join("。");
    let mut quotes: Vec<String> = vec![file.benefit.summary.clone()];
    quotes.extend(
        file.conditions
            .iter()
            .filter_map(|condition| Some(condition.value.quote.as_ref()?.value.clone())),
    );
    let body: Vec<String> = file.text.iter().map(|article| article.value.words.clone()).collect();
    let topics: Vec<String> = file.themes.iter().chain(&file.life_events).cloned().collect();
    [file.title.clone(), join(&topics), join(&quotes), join(&body)]
}

/// Marks a pair of characters, so that it is not taken for a word.
const PAIR: char = '\u{1}';

fn is_pair(term: &str) -> bool {
    term.starts_with(PAIR)
}

/// The terms of a text with how often each occurs.
fn counted(text: &str) -> FxHashMap<Box<str>, f64> {
    let mut terms: FxHashMap<Box<str>, f64> = FxHashMap::default();
    let mut seen: FxHashSet<(usize, usize)> = FxHashSet::default();
    for token in Segmenter::new(Dictionary::Policy).search_words(text) {
        let meaning = token.text.chars().any(char::is_alphanumeric);
        let long = token.text.chars().nth(1).is_some();
        if meaning && long && token.kind == Kind::Word && seen.insert((token.start, token.end)) {
            *terms.entry(token.text.into()).or_default() += 1.0;
        }
    }
    let characters: Vec<char> = text.chars().collect();
    for pair in characters.windows(2) {
        if pair.iter().all(|character| is_han(*character)) {
            let term: String = std::iter::once(PAIR).chain(pair.iter().copied()).collect();
            *terms.entry(term.into()).or_default() += 1.0;
        }
    }
    terms
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[expect(clippy::cast_precision_loss, reason = "a collection has far fewer than 2^52 policies")]
fn count(number: usize) -> f64 {
    number as f64
}
