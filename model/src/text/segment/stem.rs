//! One form for the forms of a Latin word: lower case, Snowball stem of
//! English. Anything that is not wholly Latin letters stays as it is but for
//! its case.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Longest word that is stemmed, in bytes; what is longer is no English word.
const LONGEST: usize = 64;

/// The stem of a word: `Enterprises` and `enterprise` have the same one.
#[must_use]
pub fn stem(word: &str) -> Cow<'_, str> {
    let lower = if word.chars().any(char::is_uppercase) {
        Cow::Owned(word.to_lowercase())
    } else {
        Cow::Borrowed(word)
    };
    let latin = lower.len() > 2 && lower.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !latin || lower.len() > LONGEST {
        return lower;
    }
    let stemmed = Stemmer::create(Algorithm::English).stem(&lower).into_owned();
    if stemmed == *lower { lower } else { Cow::Owned(stemmed) }
}
