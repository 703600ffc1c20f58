//! Words of a text: jieba with a dictionary of policy terms of our own.
//!
//! Numbers with their units, operators such as 不低于 and document numbers are
//! cut first ([`cut`]), so that no word can reach across them; the rest is
//! given to jieba. With [`Dictionary::Plain`] nothing is cut and nothing is
//! folded: the words are those of jieba-rs, one for one.
//!
//! Deliberately absent: what the numbers are worth, and parts of speech.

mod cut;
mod lexicon;
mod stem;

use jieba_rs::Jieba;

use super::fold::Folded;

pub use self::{
    lexicon::{is_term, terms_text},
    stem::stem,
};

/// Which words are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dictionary {
    /// Those of jieba and the policy terms.
    Policy,
    /// Those of jieba alone, exactly as it cuts them.
    Plain,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A word, a sign or white space.
    Word,
    /// A number, with its unit where one follows.
    Number,
    /// A comparison: 不低于, 以上(含).
    Operator,
    /// The number of a document: 国办发〔2026〕2号.
    Document,
}

/// A word where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// First character, counted in Unicode characters.
    pub start: usize,
    /// Character after the last.
    pub end: usize,
    /// The characters as they stand in the text.
    pub text: &'a str,
    /// What it is; [`Kind::Word`] throughout with [`Dictionary::Plain`].
    pub kind: Kind,
}

/// Cuts texts into words. Making one costs nothing after the first: the
/// dictionaries are read once and shared.
#[derive(Debug, Clone, Copy)]
pub struct Segmenter {
    dictionary: Dictionary,
    jieba: &'static Jieba,
}

impl Segmenter {
    /// A segmenter that knows the words of a dictionary.
    #[must_use]
    pub fn new(dictionary: Dictionary) -> Segmenter {
        Segmenter { dictionary, jieba: lexicon::shared(dictionary) }
    }

    /// The words of a text, which together are the whole text.
    #[must_use]
    pub fn words<'a>(&self, text: &'a str) -> Vec<Token<'a>> {
        self.tokens(text, false)
    }

    /// The words of a text for a search index: long words are preceded by the
    /// shorter words inside them, so tokens overlap.
    #[must_use]
    pub fn search_words<'a>(&self, text: &'a str) -> Vec<Token<'a>> {
        self.tokens(text, true)
    }

    fn tokens<'a>(&self, text: &'a str, search: bool) -> Vec<Token<'a>> {
        match self.dictionary {
            Dictionary::Plain => {
                let words = self.jieba_words(text, search);
                words
                    .into_iter()
                    .map(|word| Token {
                        start: word.start,
                        end: word.end,
                        text: word.word,
                        kind: Kind::Word,
                    })
                    .collect()
            }
            Dictionary::Policy => self.policy_tokens(text, search),
        }
    }

    fn jieba_words<'a>(&self, text: &'a str, search: bool) -> Vec<jieba_rs::Token<'a>> {
        if search { self.jieba.cut_for_search(text, true) } else { self.jieba.cut(text, true) }
    }

    fn policy_tokens<'a>(&self, text: &'a str, search: bool) -> Vec<Token<'a>> {
        let folded = Folded::new(text);
        let chars = folded.chars();
        let original = Original::new(text);
        let mut tokens = Vec::with_capacity(chars.len() / 2 + 1);
        let mut piece = String::new();
        let mut general = |start: usize, end: usize, tokens: &mut Vec<Token<'a>>| {
            piece.clear();
            piece.extend(chars.get(start..end).unwrap_or_default());
            for word in self.jieba_words(&piece, search) {
                let (from, to) = (start + word.start, start + word.end);
                tokens.push(Token {
                    start: from,
                    end: to,
                    text: original.slice(from, to),
                    kind: Kind::Word,
                });
            }
        };
        let mut done = 0;
        for span in cut::spans(chars) {
            if done < span.start {
                general(done, span.start, &mut tokens);
            }
            let whole = Token {
                start: span.start,
                end: span.end,
                text: original.slice(span.start, span.end),
                kind: span.kind,
            };
            if search {
                let before = tokens.len();
                general(span.start, span.end, &mut tokens);
                if tokens.get(before..).is_some_and(|parts| parts.len() == 1) {
                    tokens.pop();
                }
            }
            tokens.push(whole);
            done = span.end;
        }
        if done < chars.len() {
            general(done, chars.len(), &mut tokens);
        }
        tokens
    }
}

/// A text that can be cut at characters.
struct Original<'a> {
    text: &'a str,
    /// Byte at which each character starts, and the length of the text.
    bytes: Vec<usize>,
}

impl<'a> Original<'a> {
    fn new(text: &'a str) -> Original<'a> {
        let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        bytes.push(text.len());
        Original { text, bytes }
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        let bounds = self.bytes.get(start).zip(self.bytes.get(end));
        bounds.and_then(|(&from, &to)| self.text.get(from..to)).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "../tests/segment.rs"]
mod tests;
