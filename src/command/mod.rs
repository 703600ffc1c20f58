//! One file per subcommand.

pub mod build;
pub mod check;
pub mod coverage;
pub mod demo;
pub mod diff;
pub mod explain;
pub mod matches;
pub mod push;
pub mod schema;
pub mod serve;
pub mod simulate;
pub mod sql;
pub mod synth;
pub mod upcoming;
