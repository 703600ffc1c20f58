//! One file per subcommand.

pub mod build;
pub mod check;
pub mod demo;
pub mod diff;
pub mod explain;
pub mod matches;
pub mod push;
pub mod schema;
pub mod serve;
pub mod sql;
pub mod synth;
