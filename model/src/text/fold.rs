//! One character for every way to write it: full and half width, the several
//! brackets and dashes, white space, traditional and simplified script. Each character becomes exactly one, so an
//! index into the folded text is an index into the original.
//!
//! Nothing is dropped and nothing is joined: whoever wants to skip blanks
//! between a number and its unit does so itself.

use super::traditional::simplified;

/// A text as folded characters. `chars[i]` stands for the `i`th Unicode
/// character of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    chars: Vec<char>,
}

impl Folded {
    /// Folds every character of `text`.
    #[must_use]
    pub fn new(text: &str) -> Folded {
        Folded { chars: text.chars().map(fold).collect() }
    }

    /// The folded characters, as many as the original has.
    #[must_use]
    pub fn chars(&self) -> &[char] {
        &self.chars
    }
}

/// The one character that stands for all ways to write `character`.
#[must_use]
pub fn fold(character: char) -> char {
    match character {
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200b}' | '\u{feff}' | '\u{202f}' => ' ',
        '〔' | '［' | '【' | '﹝' => '[',
        '〕' | '］' | '】' | '﹞' => ']',
        '—' | '–' | '―' | '－' | '‐' | '‑' | '−' | '─' | '﹣' => '-',
        '～' | '〜' | '∼' | '˜' => '~',
        '﹪' | '٪' => '%',
        '．' | '﹒' => '.',
        '‘' | '’' => '\'',
        '“' | '”' | '＂' => '"',
        '≧' => '≥',
        '≦' => '≤',
        '○' | '◯' | 'Ｏ' => '〇',
        '㎡' => '㎡',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        '\u{4e00}'..='\u{9fff}' => simplified(character),
        other => other,
    }
}

#[cfg(test)]
#[path = "tests/fold.rs"]
mod tests;
