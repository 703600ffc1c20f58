//! The service from outside: every route with what it answers and what it
//! refuses, and the push across several runs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod office;
mod open;
mod push;
mod search;
mod start;
mod subjects;
mod world;
