//! The dictionaries, read once for the whole program.
//!
//! `terms.csv` holds our terms as `term,tag`; a third column may fix the
//! frequency. Without one a term gets the smallest frequency at which jieba
//! keeps it whole, and at least [`FLOOR`], so that it also wins against
//! words that overlap it.

use std::sync::OnceLock;

use jieba_rs::Jieba;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{super::fold::fold, Dictionary, cut};

/// Policy terms, one a line; `#` begins a comment line.
const TERMS: &str = include_str!("terms.csv");

/// Least frequency of a policy term: that of words everybody knows.
const FLOOR: usize = 3000;

/// The dictionary, which the first caller waits for.
pub(super) fn shared(dictionary: Dictionary) -> &'static Jieba {
    static PLAIN: OnceLock<Jieba> = OnceLock::new();
    static POLICY: OnceLock<Jieba> = OnceLock::new();
    match dictionary {
        Dictionary::Plain => PLAIN.get_or_init(Jieba::new),
        Dictionary::Policy => POLICY.get_or_init(|| {
            let mut jieba = Jieba::new();
            for term in terms() {
                let least = jieba.suggest_freq(term.word).max(FLOOR);
                jieba.add_word(term.word, Some(term.frequency.unwrap_or(least)), Some(term.tag));
            }
            jieba
        }),
    }
}

/// The data file of policy terms, so that an index can tell whether it was
/// written with the same.
#[must_use]
pub fn terms_text() -> &'static str {
    TERMS
}

/// Whether a word is one of the policy terms.
#[must_use]
pub fn is_term(word: &str) -> bool {
    static WORDS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| terms().map(|term| term.word).collect()).contains(word)
}

/// A line of the data file.
pub(super) struct Term {
    /// The term.
    pub(super) word: &'static str,
    /// Its part of speech.
    pub(super) tag: &'static str,
    /// Its frequency, where the file fixes one.
    pub(super) frequency: Option<usize>,
}

/// Every term, in the order of the file.
pub(super) fn terms() -> impl Iterator<Item = Term> {
    let lines = TERMS.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut columns = line.split(',');
        Term {
            word: columns.next().unwrap_or_default(),
            tag: columns.next().unwrap_or_default(),
            frequency: columns.next().and_then(|text| text.parse().ok()),
        }
    })
}

/// Terms that hold a numeral, an operator or a sign, folded, by their first
/// character: they are words although something of another kind seems to
/// stand in them.
pub(super) fn protected_terms() -> &'static FxHashMap<char, Vec<String>> {
    static TERMS: OnceLock<FxHashMap<char, Vec<String>>> = OnceLock::new();
    TERMS.get_or_init(|| {
        let mut by_first: FxHashMap<char, Vec<String>> = FxHashMap::default();
        for Term { word, .. } in terms() {
            let folded: Vec<char> = word.chars().map(fold).collect();
            if let Some(first) = folded.first().filter(|_| cut::would_tear(&folded)) {
                by_first.entry(*first).or_default().push(folded.iter().collect());
            }
        }
        by_first
    })
}
