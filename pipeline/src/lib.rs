//! From departments' tables to dossiers, a snapshot and matches

pub mod build;
pub mod feedback;
#[cfg(feature = "judge")]
pub mod judge;
pub mod matches;
pub mod synth;
pub mod train;
