//! Measures of how good an answer is, one file per family. Each says how many
//! rows it saw.
//!
//! Left out: thresholds. What is good enough is for whoever asks.

pub mod extraction;
