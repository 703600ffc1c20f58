//! What is wrong with the numbers a measure was given, and the checks that
//! every measure makes before it computes anything.

use std::fmt;

/// Why a measure cannot be computed. Rows count from one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Nothing to measure.
    #[error("there are no {what}: give at least one")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// Columns of one table that differ in length.
    #[error("`{field}` has {found} rows where there are {expected}: give one value a row")]
    Length {
        /// The column.
        field: &'static str,
        /// Its rows.
        found: usize,
        /// The rows of the first column.
        expected: usize,
    },
    /// A value that is no number, or not one the measure allows.
    #[error(
        "row {row}, field `{field}`: `{value}` is not {allowed}; correct the value or leave the row out"
    )]
    Value {
        /// Row, from one.
        row: usize,
        /// The column.
        field: &'static str,
        /// The value.
        value: f64,
        /// What is allowed.
        allowed: Allowed,
    },
    /// An item that the catalogue does not have.
    #[error("list {list} shows item {item} of a catalogue of {items}: count items from 0")]
    Item {
        /// List, from one.
        list: usize,
        /// The item.
        item: usize,
        /// Items there are.
        items: usize,
    },
    /// A list that shows an item twice.
    #[error("list {list} shows item {item} twice: keep the first place")]
    Twice {
        /// List, from one.
        list: usize,
        /// The item.
        item: usize,
    },
    /// An option outside its range.
    #[error("`{option}` is {value}: give {allowed}")]
    Setting {
        /// The option.
        option: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Weights, or exposure, that sum to nothing.
    #[error("the sum of `{field}` is zero: at least one row needs a value above zero")]
    Zero {
        /// The column.
        field: &'static str,
    },
}

/// What the values of a column may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// 0 or 1.
    Label,
    /// A probability.
    Share,
    /// A probability that is divided by.
    Propensity,
    /// A number that is multiplied and summed.
    Number,
    /// A number that is only compared.
    Score,
    /// A weight.
    Weight,
    /// A similarity.
    Similarity,
}

/// Largest number that is summed: its products and their squares are still
/// finite.
const LARGEST: f64 = 1e60;

impl Allowed {
    /// Whether a value is allowed; NaN and infinity never are.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Allowed::Label => value == 0.0 || value == 1.0,
            Allowed::Share => (0.0..=1.0).contains(&value),
            Allowed::Propensity => (1.0 / LARGEST..=1.0).contains(&value),
            Allowed::Number => value.abs() <= LARGEST,
            Allowed::Score => value.is_finite(),
            Allowed::Weight => (0.0..=LARGEST).contains(&value),
            Allowed::Similarity => (-1.0..=1.0).contains(&value),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Allowed::Label => "0 or 1",
            Allowed::Share => "a probability from 0 to 1",
            Allowed::Propensity => "a probability from 10^-60 to 1, and never 0",
            Allowed::Number => "a finite number up to 10^60",
            Allowed::Score => "a finite number",
            Allowed::Weight => "a finite number from 0 to 10^60",
            Allowed::Similarity => "a number from -1 to 1",
        })
    }
}

/// A column that must have as many rows as the first.
pub(super) fn length(
    field: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), MeasureError> {
    if found == expected { Ok(()) } else { Err(MeasureError::Length { field, found, expected }) }
}

/// A column whose values must all be allowed.
pub(super) fn values(
    field: &'static str,
    column: &[f64],
    allowed: Allowed,
) -> Result<(), MeasureError> {
    match column.iter().position(|&value| !allowed.holds(value)) {
        Some(row) => Err(MeasureError::Value { row: row + 1, field, value: column[row], allowed }),
        None => Ok(()),
    }
}

/// A column of weights, not all zero.
pub(super) fn weights(field: &'static str, column: &[f64]) -> Result<(), MeasureError> {
    values(field, column, Allowed::Weight)?;
    if column.iter().all(|&value| value == 0.0) {
        return Err(MeasureError::Zero { field });
    }
    Ok(())
}
