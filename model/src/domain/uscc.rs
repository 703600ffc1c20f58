//! The unified social credit code (统一社会信用代码, GB 32100-2015): eighteen
//! characters that name one enterprise, individual business or organisation.
//!
//! The check character is enforced. The inner check of the organisation code
//! (GB 11714) is only reported: codes issued since 2015 need not keep it.
//! Whether the division exists is not looked up here; see `RegionTable`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The 31 symbols of GB 32100: digits and letters without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of the first seventeen characters: powers of three modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Weights of the eight characters of an organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Why a text is no unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// The text has another length.
    #[error(
        "a credit code has {expected} characters, not {found}: check for a cut or padded column"
    )]
    Length {
        /// How many characters were wanted.
        expected: usize,
        /// How many characters there are.
        found: usize,
    },
    /// A character outside the alphabet.
    #[error(
        "`{found}` at position {position} cannot stand in a credit code (no I, O, S, V, Z): compare with the licence"
    )]
    Character {
        /// Position, counted from one.
        position: usize,
        /// The character that stands there.
        found: char,
    },
    /// The check character does not follow from the others.
    #[error(
        "the credit code ends in `{found}` where its characters give `{expected}`: compare with the licence"
    )]
    Check {
        /// The character the first seventeen give.
        expected: char,
        /// The character that stands there.
        found: char,
    },
}

/// A checked unified social credit code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc([u8; 18]);

impl Uscc {
    /// Reads a code; surrounding white space is dropped and lower case raised.
    ///
    /// # Errors
    /// [`UsccError`] for a wrong length, character or check character.
    pub fn parse(text: &str) -> Result<Uscc, UsccError> {
        let bytes: [u8; 18] = symbols(text)?;
        let code = Uscc(bytes);
        let expected = check_symbol(&bytes);
        if expected != bytes[17] {
            return Err(UsccError::Check {
                expected: char::from(expected),
                found: char::from(bytes[17]),
            });
        }
        Ok(code)
    }

    /// Completes the first seventeen characters with their check character.
    ///
    /// # Errors
    /// [`UsccError`] for a wrong length or character.
    pub fn with_check(text: &str) -> Result<Uscc, UsccError> {
        let head: [u8; 17] = symbols(text)?;
        let mut bytes = [0; 18];
        bytes[..17].copy_from_slice(&head);
        bytes[17] = check_symbol(&bytes);
        Ok(Uscc(bytes))
    }

    /// The eighteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The registering authority: `9` is market regulation, `1` 机构编制,
    /// `5` civil affairs, `N` agriculture …
    #[must_use]
    pub fn authority(&self) -> char {
        char::from(self.0[0])
    }

    /// The kind within the authority: under `9`, `1` is an enterprise, `2` an
    /// individual business, `3` a farmers' co-operative.
    #[must_use]
    pub fn kind(&self) -> char {
        char::from(self.0[1])
    }

    /// The division (GB/T 2260) of the office that registered it. It is not
    /// the place where the holder works, and may since have been abolished.
    #[must_use]
    pub fn division(&self) -> &str {
        ascii(&self.0[2..8])
    }

    /// Whether characters 9–17 satisfy GB 11714. False is worth a warning,
    /// not a rejection.
    #[must_use]
    pub fn organisation_check_ok(&self) -> bool {
        let sum: u32 = self.0[8..16]
            .iter()
            .zip(ORGANISATION_WEIGHTS)
            .map(|(&byte, weight)| base36(byte) * weight)
            .sum();
        let expected = match 11 - sum % 11 {
            10 => b'X',
            11 => b'0',
            digit => ALPHABET[digit as usize],
        };
        self.0[16] == expected
    }
}

/// Exactly `N` symbols of the alphabet, upper case.
fn symbols<const N: usize>(text: &str) -> Result<[u8; N], UsccError> {
    let text = text.trim();
    let found = text.chars().count();
    if found != N {
        return Err(UsccError::Length { expected: N, found });
    }
    let mut bytes = [0; N];
    for (index, (slot, symbol)) in bytes.iter_mut().zip(text.chars()).enumerate() {
        let upper = symbol.to_ascii_uppercase();
        *slot = u8::try_from(upper)
            .ok()
            .filter(|byte| ALPHABET.contains(byte))
            .ok_or(UsccError::Character { position: index + 1, found: symbol })?;
    }
    Ok(bytes)
}

/// The symbol at position 18: the complement to 31 of the weighted sum, where
/// 31 itself folds to zero.
fn check_symbol(bytes: &[u8; 18]) -> u8 {
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(&byte, weight)| value(byte) * weight).sum();
    ALPHABET[((31 - sum % 31) % 31) as usize]
}

/// Position of a symbol in the alphabet.
fn value(byte: u8) -> u32 {
    ALPHABET
        .iter()
        .zip(0..)
        .find_map(|(&symbol, index)| (symbol == byte).then_some(index))
        .unwrap_or(0)
}

/// Value of a character in GB 11714: A is 10, Z is 35.
fn base36(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

/// Checked symbols are ASCII, so this never falls back.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(text: &str) -> Result<Uscc, UsccError> {
        Uscc::parse(text)
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({})", self.as_str())
    }
}

impl Serialize for Uscc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Uscc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Uscc, D::Error> {
        let text = String::deserialize(deserializer)?;
        Uscc::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "tests/uscc.rs"]
mod tests;
