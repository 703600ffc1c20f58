//! The rule language: conditions in a checked subset of CEL, one intermediate
//! form, three back ends.
//!
//! In reading order: [`parse`] turns text into a syntax tree with spans;
//! [`check`] types it against the catalogue and lowers it to [`ir`];
//! [`program`] compiles whole policies; [`dated`] fixes the day judged;
//! [`scalar`] is the specification (one subject, with trace); [`columnar`]
//! must equal it on every pair; [`sql`] prints it for a warehouse, and is an
//! independent oracle; [`missing`] finds the fewest missing data; [`render`]
//! says an expression in Chinese.
//!
//! Invariants: no floats; unknown is never false and never zero; the order of
//! conditions never changes a verdict.

pub mod cases;
pub mod check;
pub mod columnar;
pub mod dated;
pub mod ir;
pub mod lint;
pub mod missing;
pub mod parse;
pub mod place;
pub mod program;
pub mod render;
pub mod scalar;
pub mod sql;
pub mod traits;
pub mod values;

#[cfg(test)]
mod tests;
