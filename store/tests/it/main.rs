//! Snapshots end to end: what is written comes back, what is broken is
//! refused, and nothing that happens while writing harms the one in force.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod crash;
mod damage;
mod million;
mod reading;
mod roundtrip;
mod worlds;
mod writing;
