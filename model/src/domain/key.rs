//! Keys in place of identity numbers: a subject travels under the first
//! sixteen bytes of HMAC-SM3 (GB/T 32905, GB/T 15852.2) over its kind and
//! number.
//!
//! Without the secret nobody can test a guessed number against a key, which a
//! plain hash would allow: there are few identity numbers. Where the secret is
//! kept and how it is rotated is not decided here.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sm3::Sm3;

use super::SubjectKind;

/// The shortest secret accepted, in bytes.
pub const SECRET_MIN: usize = 16;

/// Why a secret or a key cannot be read. No variant repeats the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The secret has too few bytes.
    #[error(
        "the key secret has {found} bytes, fewer than {SECRET_MIN}: draw a longer one at random"
    )]
    Short {
        /// How many bytes there are.
        found: usize,
    },
    /// The secret is no text of hexadecimal digit pairs.
    #[error("the key secret is no even run of hexadecimal digits: write two digits a byte")]
    SecretHex,
    /// A subject key is 32 hexadecimal digits.
    #[error("`{text}` is no subject key: write its 32 hexadecimal digits")]
    Key {
        /// The text.
        text: String,
    },
}

/// The secret behind subject keys, held as a keyed hash state that is cloned
/// for every subject. It shows itself neither in `Debug` nor in any error, and
/// cannot be read back.
#[derive(Clone)]
pub struct KeySecret {
    keyed: Hmac<Sm3>,
}

impl KeySecret {
    /// Takes a secret of at least [`SECRET_MIN`] bytes.
    ///
    /// # Errors
    /// [`KeyError::Short`] for fewer bytes.
    pub fn new(secret: &[u8]) -> Result<KeySecret, KeyError> {
        let short = KeyError::Short { found: secret.len() };
        if secret.len() < SECRET_MIN {
            return Err(short);
        }
        let keyed = Hmac::<Sm3>::new_from_slice(secret).map_err(|_| short)?;
        Ok(KeySecret { keyed })
    }

    /// Reads a secret written as hexadecimal digits, as configuration holds it.
    ///
    /// # Errors
    /// [`KeyError::SecretHex`] or [`KeyError::Short`].
    pub fn from_hex(text: &str) -> Result<KeySecret, KeyError> {
        let text = text.trim().as_bytes();
        if !text.len().is_multiple_of(2) {
            return Err(KeyError::SecretHex);
        }
        let pairs = text.chunks_exact(2).map(|pair| hex_pair(pair[0], pair[1]));
        let bytes: Vec<u8> = pairs.collect::<Option<_>>().ok_or(KeyError::SecretHex)?;
        KeySecret::new(&bytes)
    }

    /// Tells one secret from another without giving it away: the first eight
    /// bytes of HMAC-SM3(secret, "key id"), as hexadecimal digits. No subject's
    /// key is made of these words.
    #[must_use]
    pub fn id(&self) -> String {
        let mut state = self.keyed.clone();
        state.update(b"key id");
        let digest = state.finalize().into_bytes();
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key of a subject: the first half of
    /// HMAC-SM3(secret, kind name ‖ 0x00 ‖ number). The number must be in its
    /// checked form (`Uscc::as_str`, `ResidentId::as_str`): the hash does not
    /// forgive a space or a lower-case x.
    #[must_use]
    pub fn subject_key(&self, kind: SubjectKind, number: &str) -> SubjectKey {
        let mut state = self.keyed.clone();
        state.update(kind.name().as_bytes());
        state.update(&[0]);
        state.update(number.as_bytes());
        let digest = state.finalize().into_bytes();
        let mut key = [0; 16];
        for (slot, &byte) in key.iter_mut().zip(digest.iter()) {
            *slot = byte;
        }
        SubjectKey(key)
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(…)")
    }
}

/// The name under which a subject travels: 16 bytes, written as 32 lower-case
/// hexadecimal digits. The order is that of the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectKey([u8; 16]);

impl SubjectKey {
    /// A key read back from storage.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> SubjectKey {
        SubjectKey(bytes)
    }

    /// A key from its bytes read as one big-endian number, which keeps the
    /// order.
    #[must_use]
    pub fn from_u128(value: u128) -> SubjectKey {
        SubjectKey(value.to_be_bytes())
    }

    /// The bytes as one big-endian number.
    #[must_use]
    pub fn as_u128(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// The sixteen bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.as_u128())
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({self})")
    }
}

impl FromStr for SubjectKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<SubjectKey, KeyError> {
        let bytes = text.as_bytes();
        let mut key = [0; 16];
        let fits = bytes.len() == 32
            && key
                .iter_mut()
                .zip(bytes.chunks_exact(2))
                .all(|(slot, pair)| hex_pair(pair[0], pair[1]).map(|byte| *slot = byte).is_some());
        if fits { Ok(SubjectKey(key)) } else { Err(KeyError::Key { text: text.to_owned() }) }
    }
}

/// Two hexadecimal digits as a byte.
fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

impl Serialize for SubjectKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubjectKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SubjectKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for SubjectKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SubjectKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

#[cfg(test)]
#[path = "tests/key.rs"]
mod tests;
