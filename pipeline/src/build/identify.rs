//! Keys of rows: identity numbers checked, tidied and matched to dossiers.
//!
//! A number that is in the register is valid, so most keys need one look-up
//! and no check. Raw numbers stay inside this stage; everything behind it
//! knows rows and hashed keys.

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use zhida_model::domain::{ResidentId, ResidentIdError, SubjectKind, Uscc, UsccError, tidy};

use super::fault::Fault;

/// The eighteen characters of a checked number.
pub(super) type Identity = [u8; 18];

/// The dossiers of one kind by number.
#[derive(Default)]
pub(super) struct Subjects {
    rows: FxHashMap<Identity, u32>,
}

/// A key as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identified {
    pub(super) identity: Identity,
    pub(super) repair: Option<Repair>,
}

/// What had to be mended before a key could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// Full-width characters were folded.
    FullWidth,
    /// Spaces were dropped or letters raised.
    Untidy,
    /// A number of fifteen digits was brought into the present form.
    FifteenDigits,
}

impl Repair {
    /// The snake_case name used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Repair::FullWidth => "full_width",
            Repair::Untidy => "untidy",
            Repair::FifteenDigits => "fifteen_digit_id",
        }
    }
}

impl Subjects {
    /// Dossier rows by number.
    pub(super) fn new(rows: FxHashMap<Identity, u32>) -> Subjects {
        Subjects { rows }
    }

    /// The dossier of a key, and what was mended.
    pub(super) fn find(
        &self,
        kind: SubjectKind,
        raw: &str,
        known_at: Date,
    ) -> Result<(u32, Option<Repair>), Fault> {
        if let Some(&row) = exact(raw).and_then(|identity| self.rows.get(identity)) {
            return Ok((row, None));
        }
        let found = identify(kind, raw, known_at)?;
        match (self.rows.get(&found.identity), found.repair) {
            (Some(&row), repair) => Ok((row, repair)),
            (None, Some(Repair::FifteenDigits)) => Err(Fault::FifteenDigitId),
            (None, _) => Err(Fault::Orphan),
        }
    }

    /// The checked number of an orphan, for its hashed key.
    pub(super) fn identity(kind: SubjectKind, raw: &str, known_at: Date) -> Option<Identity> {
        identify(kind, raw, known_at).ok().map(|found| found.identity)
    }
}

fn exact(raw: &str) -> Option<&Identity> {
    raw.as_bytes().try_into().ok()
}

/// Reads and checks a number of either kind.
pub(super) fn identify(kind: SubjectKind, raw: &str, known_at: Date) -> Result<Identified, Fault> {
    let text = tidy(raw);
    if text.is_empty() {
        return Err(Fault::MissingKey);
    }
    let (identity, upgraded) = match kind {
        SubjectKind::Enterprise => {
            (Uscc::parse(&text).map_err(|e| uscc_fault(&e))?.as_str().as_bytes().try_into(), false)
        }
        SubjectKind::Citizen => {
            let (id, upgraded) = match ResidentId::parse(&text, known_at) {
                Ok(id) => (id, false),
                Err(ResidentIdError::FifteenDigits { upgraded }) => (upgraded, true),
                Err(error) => return Err(resident_fault(&error)),
            };
            (id.as_str().as_bytes().try_into(), upgraded)
        }
    };
    let identity: Identity = identity.map_err(|_| Fault::BadLength)?;
    let repair = match () {
        () if upgraded => Some(Repair::FifteenDigits),
        () if identity == raw.as_bytes() => None,
        () if raw.is_ascii() => Some(Repair::Untidy),
        () => Some(Repair::FullWidth),
    };
    Ok(Identified { identity, repair })
}

fn uscc_fault(error: &UsccError) -> Fault {
    match error {
        UsccError::Length { .. } => Fault::BadLength,
        UsccError::Character { .. } => Fault::BadCharacter,
        UsccError::Check { .. } => Fault::BadCheckDigit,
    }
}

fn resident_fault(error: &ResidentIdError) -> Fault {
    match error {
        ResidentIdError::Length { .. } => Fault::BadLength,
        ResidentIdError::Character { .. } => Fault::BadCharacter,
        ResidentIdError::BirthDate => Fault::BadBirthDate,
        ResidentIdError::Check => Fault::BadCheckDigit,
        ResidentIdError::FifteenDigits { .. } => Fault::FifteenDigitId,
    }
}
