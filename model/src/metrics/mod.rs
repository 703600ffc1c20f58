//! Measures of how good an answer is, one file per family. Each says how many
//! rows it saw and what it left out.
//!
//! [`extraction`] measures statements found in documents. For ranking:
//! [`trec`] reads judgments and runs, [`ranking`] measures them,
//! [`probability`] measures predicted probabilities, [`beyond`] what a list is
//! like apart from being right, [`counterfactual`] what another policy of
//! showing would have earned, [`compare`] whether a difference is more than
//! chance, and [`split`] keeps the future out of the training data.
//!
//! Everything is computed in f64, sums are compensated ([`sum`]), and what is
//! drawn at random comes from a seed ([`draw`]).
//!
//! Left out: thresholds. What is good enough is for whoever asks.

pub mod beyond;
pub mod compare;
pub mod counterfactual;
pub mod draw;
pub mod error;
pub mod extraction;
pub mod interval;
pub mod probability;
pub mod ranking;
pub mod split;
pub mod sum;
pub mod trec;

pub use self::error::{Allowed, MeasureError};
