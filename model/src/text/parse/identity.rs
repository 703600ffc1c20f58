//! Credit codes and identity numbers inside a line, checked by
//! [`crate::domain`].

use jiff::civil::Date;

use super::{Failed, Found, Here, Scene};
use crate::domain::{ResidentId, Uscc};

/// The credit code at `at`.
pub(super) fn uscc(scene: Scene<'_>, at: usize, _floor: usize) -> Here {
    let (end, written, digits) = run(scene.chars, at)?;
    // A word of a foreign language has no digits; a part of a code has some.
    if !(15..=20).contains(&(end - at)) || digits < 6 {
        return None;
    }
    Some(match Uscc::parse(&written) {
        Ok(code) => Ok(found(at, end, code.as_str())),
        Err(error) => Err(Failed::new(at, end, error)),
    })
}

/// The identity number at `at`. Births after the reference day are refused.
pub(super) fn resident(scene: Scene<'_>, at: usize, _floor: usize) -> Here {
    let (end, written, digits) = run(scene.chars, at)?;
    if !(15..=20).contains(&(end - at)) || digits + 2 < end - at {
        return None;
    }
    Some(match ResidentId::parse(&written, scene.reference.unwrap_or(Date::MAX)) {
        Ok(id) => Ok(found(at, end, id.as_str())),
        Err(error) => Err(Failed::new(at, end, error)),
    })
}

fn found(start: usize, end: usize, value: &str) -> Found {
    Found { start, end, value: Some(value.to_owned()), ..Found::default() }
}

/// The whole run of letters and digits that starts at `at`, and how many of
/// them are digits.
fn run(chars: &[char], at: usize) -> Option<(usize, String, usize)> {
    let inside = at.checked_sub(1).and_then(|index| chars.get(index));
    if inside.is_some_and(char::is_ascii_alphanumeric) {
        return None;
    }
    let length = chars.iter().skip(at).take_while(|c| c.is_ascii_alphanumeric()).count();
    let written = chars.get(at..at + length).filter(|written| !written.is_empty())?;
    let digits = written.iter().filter(|c| c.is_ascii_digit()).count();
    // What is longer than any code need not be copied.
    let text = written.iter().take(32).collect();
    Some((at + length, text, digits))
}
