//! Invented feedback with a known truth: subjects come to their lists, look
//! at some places, open, apply and are approved by planted probabilities, so
//! that what a ranker learned can be held against what was planted.
//!
//! [`planted`] is the truth, [`visits`] the people. Lists come after the data
//! cut-off of the snapshot: no feature of a list can have seen later data.
//! Left out: anything real. A log of a portal has the same columns
//! (`zhida_store::feedback`) and no truth beside it.

pub mod planted;
mod truth;
mod visits;

pub use self::{
    truth::{Gain, TRUTH, read as read_truth, write as write_truth},
    visits::{FeedbackOptions, FeedbackReport, Simulated, simulate},
};
