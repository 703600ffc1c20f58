//! One file per subcommand.

pub mod build;
pub mod check;
pub mod coverage;
pub mod demo;
pub mod diff;
pub mod draft;
pub mod evaluate;
pub mod explain;
pub mod extract;
pub mod matches;
pub mod parse;
pub mod push;
pub mod schema;
pub mod search;
pub mod serve;
pub mod simulate;
pub mod sql;
pub mod synth;
pub mod train;
pub mod upcoming;
