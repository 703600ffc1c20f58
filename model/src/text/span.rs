//! Where something stands in a text, counted in Unicode characters of the
//! original, and the few questions one asks of a slice of characters. What a
//! span means is said by whoever made it.

use serde::Serialize;

/// Characters `start..end` of the original text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Span {
    /// First character.
    pub start: usize,
    /// One behind the last character.
    pub end: usize,
}

impl Span {
    /// Characters `start..end`; empty if `end` lies before `start`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end: end.max(start) }
    }

    /// Number of characters.
    #[must_use]
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it holds no character.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `other` lies within it.
    #[must_use]
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Its characters; what lies outside the text is left out.
    #[must_use]
    pub fn of(self, chars: &[char]) -> &[char] {
        let end = self.end.min(chars.len());
        chars.get(self.start.min(end)..end).unwrap_or_default()
    }

    /// Its characters as a string.
    #[must_use]
    pub fn text(self, chars: &[char]) -> String {
        self.of(chars).iter().collect()
    }

    /// Without the blanks at both ends.
    #[must_use]
    pub fn trim(self, chars: &[char]) -> Span {
        let inside = self.of(chars);
        let lead = inside.iter().take_while(|symbol| symbol.is_whitespace()).count();
        let trail = inside.iter().rev().take_while(|symbol| symbol.is_whitespace()).count();
        if lead == inside.len() {
            return Span::new(self.start, self.start);
        }
        Span::new(self.start + lead, self.start + inside.len() - trail)
    }
}

/// Whether `chars` begins with the characters of `word`.
#[must_use]
pub fn begins(chars: &[char], word: &str) -> bool {
    let mut rest = chars.iter();
    word.chars().all(|symbol| rest.next() == Some(&symbol))
}

/// Whether `chars` ends with the characters of `word`.
#[must_use]
pub fn ends(chars: &[char], word: &str) -> bool {
    let mut rest = chars.iter().rev();
    word.chars().rev().all(|symbol| rest.next() == Some(&symbol))
}

/// Where `word` first stands in `chars`. Looks at each character once for
/// each of `word`; meant for short words.
#[must_use]
pub fn find(chars: &[char], word: &str) -> Option<usize> {
    let first = word.chars().next()?;
    (0..chars.len()).find(|&at| chars[at] == first && begins(&chars[at..], word))
}

/// Whether one of the words stands in `chars`.
#[must_use]
pub fn has_any(chars: &[char], words: &[&str]) -> bool {
    words.iter().any(|word| find(chars, word).is_some())
}
