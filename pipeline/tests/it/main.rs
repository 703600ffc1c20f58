//! What the stages of the pipeline do together, on files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod synth;
