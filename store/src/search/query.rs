//! From what somebody typed to terms with weights.
//!
//! Nothing in it is an operator. What a question is dressed in (请问, 怎么办)
//! is dropped, synonyms are added with less weight.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use zhida_model::text::{fold::fold, segment::Kind};

use super::{
    analysis::{self, Analyzer},
    synonyms::Synonyms,
};

/// Characters of a question that are read; what follows is ignored.
pub const LONGEST_QUESTION: usize = 1000;

/// Words that only dress a question, longer ones before their beginnings.
const STOP_WORDS: &str = include_str!("stopwords.txt");

/// Weight of what a word stands for, against the word itself.
const SYNONYM: f64 = 0.4;

/// The lists of the index that terms are looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    Words,
    Parts,
    Bigrams,
    TitleWords,
    TitleBigrams,
    Labels,
    Number,
    /// After all others: a character alone finds nothing, it only adds to
    /// what something else has found.
    Unigrams,
}

impl Part {
    pub(super) const ALL: [Part; 8] = [
        Part::Words,
        Part::Parts,
        Part::Bigrams,
        Part::TitleWords,
        Part::TitleBigrams,
        Part::Labels,
        Part::Number,
        Part::Unigrams,
    ];

    /// How much a match counts. Words, pairs and characters were weighed on
    /// a public set of questions on statutes, all of it seen; see `docs/text.md`.
    fn weight(self) -> f64 {
        match self {
            Part::Words => 1.0,
            Part::Parts => 0.05,
            Part::Bigrams => 0.5,
            Part::TitleWords | Part::Labels => 0.5,
            Part::TitleBigrams => 0.25,
            Part::Number => 3.0,
            Part::Unigrams => 0.7,
        }
    }
}

/// A question as terms.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// Terms with their weights, in one order.
    pub(super) terms: BTreeMap<(Part, String), f64>,
    /// Words to be marked in what is found.
    pub(super) marked: FxHashSet<String>,
    /// Pairs of characters inside those words, to be marked too.
    pub(super) pairs: FxHashSet<String>,
    /// The question as it is read: folded, without its dress.
    pub(super) text: String,
}

impl Query {
    /// The terms of a question; `also` are texts that it stands for as well.
    pub(super) fn new(analyzer: &Analyzer, text: &str, also: &[String]) -> Query {
        let text = undressed(text);
        let mut query = Query::default();
        query.add(analyzer, &text, 1.0);
        let chars: Vec<char> = text.chars().collect();
        let found = Synonyms::shared().find(&chars).into_iter().map(|word| (word, SYNONYM));
        let mut others: Vec<(String, f64)> =
            found.map(|(word, by)| (word.to_owned(), by)).collect();
        for word in also {
            others.push((word.clone(), 1.0));
            let chars: Vec<char> = word.chars().collect();
            let found = Synonyms::shared().find(&chars);
            others.extend(found.into_iter().map(|word| (word.to_owned(), SYNONYM)));
        }
        for (other, by) in others {
            query.add_other(analyzer, &other, by);
        }
        query.text = text;
        query
    }

    fn add(&mut self, analyzer: &Analyzer, text: &str, by: f64) {
        let mut counts: BTreeMap<(Part, String), u32> = BTreeMap::new();
        let mut count = |part: Part, term: String| *counts.entry((part, term)).or_insert(0) += 1;
        for word in analyzer.words(text) {
            if word.kind == Kind::Document {
                count(Part::Number, analysis::number(&word.term));
            }
            self.mark(&word.term);
            for part in [Part::TitleWords, Part::Labels, Part::Parts] {
                count(part, word.term.clone());
            }
            count(Part::Words, word.term);
        }
        for part in analyzer.parts(text) {
            count(Part::Parts, part);
        }
        for pair in analysis::bigrams(text) {
            count(Part::TitleBigrams, pair.clone());
            count(Part::Bigrams, pair);
        }
        for character in analysis::unigrams(text) {
            count(Part::Unigrams, character);
        }
        for ((part, term), count) in counts {
            let weight = by * part.weight() * (1.0 + 0.5 * f64::from(count - 1));
            self.terms.insert((part, term), weight);
        }
    }

    /// Lets a word be marked, and its pairs, but none that reaches across two words.
    fn mark(&mut self, word: &str) {
        self.pairs.extend(analysis::bigrams(word));
        self.marked.insert(word.to_owned());
    }

    /// Adds what is not in the question itself.
    fn add_other(&mut self, analyzer: &Analyzer, text: &str, by: f64) {
        let words: Vec<String> = analyzer.words(text).into_iter().map(|word| word.term).collect();
        words.iter().for_each(|word| self.mark(word));
        let pairs = analysis::bigrams(text);
        let terms = words.into_iter().flat_map(|word| {
            [Part::Words, Part::TitleWords, Part::Labels].map(|part| (part, word.clone()))
        });
        let pairs = pairs
            .into_iter()
            .flat_map(|pair| [Part::Bigrams, Part::TitleBigrams].map(|part| (part, pair.clone())));
        for (part, term) in terms.chain(pairs) {
            self.terms.entry((part, term)).or_insert(by * part.weight());
        }
    }
}

/// A question folded, cut to the length that is read, without its dress.
fn undressed(text: &str) -> String {
    let chars: Vec<char> = text.chars().take(LONGEST_QUESTION).map(fold).collect();
    let words = STOP_WORDS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let words: Vec<Vec<char>> = words.map(|word| word.chars().collect()).collect();
    let mut kept = String::new();
    let mut at = 0;
    while let Some(character) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        match words.iter().find(|word| rest.starts_with(word)) {
            Some(word) => {
                kept.push(' ');
                at += word.len();
            }
            None => {
                kept.push(*character);
                at += 1;
            }
        }
    }
    // A question that is nothing but dress is taken as it is.
    if kept.trim().is_empty() { chars.into_iter().collect() } else { kept }
}
