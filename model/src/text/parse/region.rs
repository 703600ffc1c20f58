//! `--kind region`: a name of a region, or its six digits, as its code.
//!
//! A name that several regions have is no value: the error lists all of them.
//! The unit names the zone, where the words name one inside the region.

use super::{Found, Parsed, answer, refusal};
use crate::{
    domain::RegionCode,
    text::place::{Finder, parse_region},
};

/// The first region of a line. `hint` is where the line was written: it decides
/// between regions of one name.
#[must_use]
pub fn region(input: &str, finder: &Finder<'_>, hint: Option<RegionCode>) -> Parsed {
    let found = match parse_region(input, finder, hint) {
        Ok(found) => found,
        Err(error) => return refusal(input.into(), None, error.to_string()),
    };
    let (start, end) = (found.span.start, found.span.end);
    if let Some(error) = found.error {
        return refusal(input.into(), Some((start, end)), error.to_string());
    }
    let value = found.codes.first().map(ToString::to_string);
    answer(&input.into(), Found { start, end, value, unit: found.zone, ..Found::default() })
}
