//! The citizen identity number (公民身份号码, GB 11643-1999): division, birth
//! date, sequence and check character.
//!
//! Numbers never print themselves: `Debug` shows the division alone, there is
//! no `Display`, and no error quotes its input. The division says where a
//! person was first registered, never where the person lives, so nothing here
//! turns it into a place of residence.

use std::fmt;

use jiff::civil::Date;

/// Weights of the first seventeen digits: powers of two modulo eleven.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character by remainder.
const CHECK: &[u8; 11] = b"10X98765432";

/// Why a text is no identity number. No variant repeats the number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResidentIdError {
    /// The text has another length.
    #[error(
        "an identity number has {expected} characters, not {found}: check for a cut or padded column"
    )]
    Length {
        /// How many characters were wanted.
        expected: usize,
        /// How many characters there are.
        found: usize,
    },
    /// A character other than a digit (or a final X).
    #[error("position {position} of the identity number holds no digit: compare with the document")]
    Character {
        /// Position, counted from one.
        position: usize,
    },
    /// Positions 7–14 are no day of the calendar, or one after today.
    #[error(
        "the birth date in the identity number is no day up to today: compare with the document"
    )]
    BirthDate,
    /// The check character does not follow from the others.
    #[error("the check character of the identity number is wrong: compare with the document")]
    Check,
    /// A number of the form used before 1999, without century and check.
    #[error(
        "the identity number has the old form of 15 digits: ask for the current one, or accept its 18-digit equivalent"
    )]
    FifteenDigits {
        /// The same person's number in the present form.
        upgraded: ResidentId,
    },
}

/// Sex as the identity number carries it (GB/T 2261.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Odd sequence number.
    Male,
    /// Even sequence number.
    Female,
}

impl Sex {
    /// The code of GB/T 2261.1: 1 male, 2 female.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Sex::Male => "1",
            Sex::Female => "2",
        }
    }
}

/// A checked identity number of eighteen characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResidentId {
    digits: [u8; 18],
    birth: Date,
}

impl ResidentId {
    /// Reads a number; surrounding white space is dropped and `x` raised.
    /// Permanent-residence and Hong Kong, Macao or Taiwan residence numbers of
    /// eighteen characters have the same form and pass.
    ///
    /// # Errors
    /// [`ResidentIdError`]; the old form of 15 digits comes back as
    /// [`ResidentIdError::FifteenDigits`] with its 18-digit equivalent.
    pub fn parse(text: &str, today: Date) -> Result<ResidentId, ResidentIdError> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 15 {
            return Err(upgrade(text, today));
        }
        let digits: [u8; 18] = characters(text)?;
        let birth = birth_date(&digits).filter(|&day| day <= today);
        let birth = birth.ok_or(ResidentIdError::BirthDate)?;
        if check_symbol(&digits) != digits[17] {
            return Err(ResidentIdError::Check);
        }
        Ok(ResidentId { digits, birth })
    }

    /// Completes the first seventeen digits with their check character.
    ///
    /// # Errors
    /// [`ResidentIdError`] for a wrong length, character or date.
    pub fn with_check(text: &str) -> Result<ResidentId, ResidentIdError> {
        let head: [u8; 17] = characters(text.trim())?;
        let mut digits = [b'0'; 18];
        digits[..17].copy_from_slice(&head);
        digits[17] = check_symbol(&digits);
        let birth = birth_date(&digits).ok_or(ResidentIdError::BirthDate)?;
        Ok(ResidentId { digits, birth })
    }

    /// The eighteen characters, for hashing into a key and for delivery only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.digits)
    }

    /// The birth date, a real day of the calendar.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.birth
    }

    /// The sex, from the parity of the sequence number.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.digits[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The division of first registration; it may since have been abolished.
    #[must_use]
    pub fn division(&self) -> &str {
        ascii(&self.digits[..6])
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({}…)", self.division())
    }
}

/// Exactly `N` digits, of which the eighteenth may be an X.
fn characters<const N: usize>(text: &str) -> Result<[u8; N], ResidentIdError> {
    let found = text.chars().count();
    if found != N {
        return Err(ResidentIdError::Length { expected: N, found });
    }
    let mut digits = [0; N];
    for (index, (slot, symbol)) in digits.iter_mut().zip(text.chars()).enumerate() {
        let upper = symbol.to_ascii_uppercase();
        let fits = upper.is_ascii_digit() || (index == 17 && upper == 'X');
        *slot = u8::try_from(upper)
            .ok()
            .filter(|_| fits)
            .ok_or(ResidentIdError::Character { position: index + 1 })?;
    }
    Ok(digits)
}

/// The error for a 15-digit text: its upgrade, or what is wrong with it. The
/// old form leaves out the century, which was always the twentieth.
fn upgrade(text: &str, today: Date) -> ResidentIdError {
    let old: [u8; 15] = match characters(text) {
        Ok(old) => old,
        Err(error) => return error,
    };
    let mut digits = [b'0'; 18];
    digits[..6].copy_from_slice(&old[..6]);
    digits[6..8].copy_from_slice(b"19");
    digits[8..17].copy_from_slice(&old[6..]);
    digits[17] = check_symbol(&digits);
    match birth_date(&digits).filter(|&day| day <= today) {
        Some(birth) => ResidentIdError::FifteenDigits { upgraded: ResidentId { digits, birth } },
        None => ResidentIdError::BirthDate,
    }
}

/// Positions 7–14 as a day of the calendar.
fn birth_date(digits: &[u8; 18]) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| {
        digits[range].iter().fold(0_i16, |sum, &digit| sum * 10 + i16::from(digit - b'0'))
    };
    let month = i8::try_from(number(10..12)).ok()?;
    let day = i8::try_from(number(12..14)).ok()?;
    Date::new(number(6..10), month, day).ok()
}

/// The check character of the first seventeen digits.
fn check_symbol(digits: &[u8; 18]) -> u8 {
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECK[(sum % 11) as usize]
}

/// Checked characters are ASCII, so this never falls back.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
#[path = "tests/resident.rs"]
mod tests;
