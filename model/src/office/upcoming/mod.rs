//! Who will become or cease to be eligible because time passes: birthdays,
//! certificates that run out, facts that leave a window, periods that end,
//! members that come and go, parameters that change, versions that come in
//! force, claim windows that open and close. Nothing that is not known today
//! is foreseen.
//!
//! In reading order: [`days`] prepares the days; `sieve` leaves out, a block
//! at a time, who cannot change (`trend` says which way a condition can go);
//! `walk` asks `prospect` what the verdict can be over a whole stretch of
//! days, and cuts the stretch in two where that is more than one (`range` and
//! `truths` are what numbers and conditions can be); `because` says which
//! condition it was; [`summary`] counts.
//!
//! The result equals an evaluation of every single day with
//! [`crate::rules::scalar`], which the tests compare it with.

mod because;
pub mod change;
pub mod days;
mod listed;
mod numbers;
mod outlook;
mod prospect;
mod range;
mod sieve;
pub mod summary;
pub mod told;
mod trend;
mod truths;
mod view;
mod walk;

#[cfg(test)]
mod tests;

pub use self::{
    change::{Cause, Change, State, Window},
    days::Days,
    outlook::Outlook,
    summary::{Buckets, PolicySummary, Summary},
    view::{Described, Reason},
};
