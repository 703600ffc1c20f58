//! The terms of a text: words with their stems, the shorter words inside
//! them, single characters and pairs of characters.

use zhida_model::text::{
    fold::fold,
    segment::{Dictionary, Kind, Segmenter, Token, stem},
};

use crate::digest;

/// Raised whenever the same text gives other terms than before.
const VERSION: u32 = 1;

/// Longest term, in characters; what is longer is no word.
const LONGEST: usize = 64;

/// A text that shows whether this program makes the terms another one made.
const PROBE: &str = "根据国办发〔2026〕2号，残疾人就业保障金不低于5000万元（含）的专精特新“小巨人”企业\
                     可享受稳岗返还；Enterprises’ vouchers ＡＢＣ，灵活就业人员连续缴纳社保满12个月。";

/// Makes terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Analyzer {
    segmenter: Segmenter,
}

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) term: String,
    pub(super) kind: Kind,
}

impl Analyzer {
    pub(super) fn new() -> Analyzer {
        Analyzer { segmenter: Segmenter::new(Dictionary::Policy) }
    }

    /// A checksum of what it does, policy terms included.
    pub(super) fn checksum(&self) -> String {
        let words: Vec<String> = self.words(PROBE).into_iter().map(|word| word.term).collect();
        let pieces = [
            VERSION.to_string(),
            words.join("|"),
            self.parts(PROBE).join("|"),
            bigrams(PROBE).join("|"),
            zhida_model::text::segment::terms_text().to_owned(),
        ];
        digest::sha256(pieces.join("\n").as_bytes())
    }

    /// The words, in order.
    pub(super) fn words(&self, text: &str) -> Vec<Word> {
        self.segmenter.words(text).iter().filter_map(word).collect()
    }

    /// The shorter words inside the words, in order.
    pub(super) fn parts(&self, text: &str) -> Vec<String> {
        let whole = self.segmenter.words(text);
        let mut whole = whole.iter().map(|token| (token.start, token.end)).peekable();
        let mut parts = Vec::new();
        for token in self.segmenter.search_words(text) {
            // A word follows the words inside it, so both lists go by ends.
            if whole.peek() == Some(&(token.start, token.end)) {
                whole.next();
            } else if let Some(word) = word(&token) {
                parts.push(word.term);
            }
        }
        parts
    }
}

fn word(token: &Token<'_>) -> Option<Word> {
    // White space ends a term in the index, so that none can hold any.
    let counts = token.text.chars().any(char::is_alphanumeric)
        && !token.text.chars().any(char::is_whitespace);
    let folded: String = token.text.chars().take(LONGEST).map(fold).collect();
    counts.then(|| Word {
        start: token.start,
        end: token.end,
        term: stem(&folded).into_owned(),
        kind: token.kind,
    })
}

/// Whether it is a Chinese character.
pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}')
}

/// Runs of Chinese characters, folded, with where they start.
pub(super) fn han_runs(text: &str) -> Vec<(usize, Vec<char>)> {
    let mut runs: Vec<(usize, Vec<char>)> = Vec::new();
    let mut open = false;
    for (at, character) in text.chars().map(fold).enumerate() {
        let han = is_han(character);
        match runs.last_mut().filter(|_| open && han) {
            Some((_, run)) => run.push(character),
            None if han => runs.push((at, vec![character])),
            None => {}
        }
        open = han;
    }
    runs
}

/// Every Chinese character.
pub(super) fn unigrams(text: &str) -> Vec<String> {
    text.chars().map(fold).filter(|character| is_han(*character)).map(String::from).collect()
}

/// Every pair of neighbouring Chinese characters.
pub(super) fn bigrams(text: &str) -> Vec<String> {
    let runs = han_runs(text);
    runs.iter().flat_map(|(_, run)| run.windows(2).map(|pair| pair.iter().collect())).collect()
}

/// One form of a document number: folded, without blanks.
pub(super) fn number(text: &str) -> String {
    text.chars()
        .map(fold)
        .filter(|character| !character.is_whitespace())
        .map(|c| match c {
            '(' => '[',
            ')' => ']',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

/// Names in a list: joint issuers, themes.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "、，,；;".contains(c))
        .filter(|name| !name.is_empty())
}
