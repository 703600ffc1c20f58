//! For the offices that write policies: whom each policy covers, whom it
//! misses and why, and what a change would do.
//!
//! In reading order: [`rowset`] is a set of dossiers; [`groups`] and
//! [`population`] say who is counted and in which group; [`reach`] goes through
//! all policies over everybody; [`coverage`] counts; [`disclosure`] decides what
//! of a table may be shown; [`report`] tells it with names; [`obstacles`] is what
//! stands in the way; [`simulate`] tries a change out; [`upcoming`] finds who will
//! qualify, or cease to, as time passes; [`proofs`] decides questions about rules:
//! who can meet one, what each condition adds, how two versions differ.
//!
//! Left out: where the dossiers come from, and whose region may be asked for.

pub mod coverage;
pub mod disclosure;
pub mod groups;
pub mod ledger;
pub mod obstacles;
pub mod population;
pub mod proofs;
pub mod reach;
pub mod report;
pub mod rowset;
pub mod simulate;
mod tell;
pub mod upcoming;
