//! The command line and the service, end to end: the built program, real
//! files, real processes. One file per command, then what concerns several:
//! points in time, crashes, damage, hostile input, the README.
//!
//! Left out: what a library proves on its own (rules, tables, stores, routes).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]
#![allow(unreachable_pub, reason = "a test program has no public interface")]

mod architecture;
mod build;
mod check;
mod crash;
mod damage;
mod draft;
mod duckdb;
mod evaluate;
mod explain;
mod extract;
mod hostile;
mod matches;
mod office;
mod parse;
mod proofs;
mod push;
mod ranking;
mod readme;
mod search;
mod serve;
mod simulate;
mod sql;
mod support;
mod synth;
mod time;
mod upcoming;
mod usage;
