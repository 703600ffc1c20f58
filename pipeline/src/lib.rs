//! From departments' tables to dossiers, a snapshot and matches

pub mod build;
pub mod matches;
pub mod synth;
