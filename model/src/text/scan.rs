//! Looking ahead past blanks, within a bound that keeps every parser linear.

/// Blanks that may stand inside a number or between it and its unit.
const MOST_BLANKS: usize = 5;

/// The first character at or behind `index` that is no blank, and where it is.
#[must_use]
pub fn visible(chars: &[char], index: usize) -> Option<(usize, char)> {
    (index..=index + MOST_BLANKS)
        .map_while(|at| chars.get(at).map(|&c| (at, c)))
        .find(|(_, character)| *character != ' ')
}

/// The index behind `word`, if it stands at `index` or past blanks there.
#[must_use]
pub fn word(chars: &[char], index: usize, word: &str) -> Option<usize> {
    let (start, _) = visible(chars, index)?;
    exactly(chars, start, word)
}

/// The index behind `word`, if it stands exactly at `index`.
#[must_use]
pub fn exactly(chars: &[char], index: usize, word: &str) -> Option<usize> {
    let mut at = index;
    for expected in word.chars() {
        if chars.get(at) != Some(&expected) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Like [`word`], with blanks allowed between the characters of `word` too.
#[must_use]
pub fn spaced(chars: &[char], index: usize, word: &str) -> Option<usize> {
    let mut at = index;
    for expected in word.chars() {
        let (found, character) = visible(chars, at)?;
        if character != expected {
            return None;
        }
        at = found + 1;
    }
    Some(at)
}

/// The last character before `index` that is no blank, and where it is.
#[must_use]
pub fn visible_before(chars: &[char], index: usize) -> Option<(usize, char)> {
    (index.saturating_sub(MOST_BLANKS + 1)..index)
        .rev()
        .map_while(|at| chars.get(at).map(|&c| (at, c)))
        .find(|(_, character)| *character != ' ')
}
