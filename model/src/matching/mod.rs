//! From verdicts to matches: which versions of policies are judged on a day,
//! what is granted, what suppresses a match afterwards, and a first order.
//!
//! Batch and service call the same functions on the same snapshot, so that a
//! row of the batch and an answer of the portal can never differ.

mod amount;
mod cell;
mod everybody;
mod explain;
mod judge;
mod outcome;
mod score;
mod select;
mod suppress;

pub use self::{
    amount::{Amount, amount, granted},
    cell::format_cell,
    everybody::Ranked,
    explain::{ConditionTrace, Evidence, Explanation, Test, evidence, explain},
    judge::{Unit, failing, unit_verdict, units, verdict},
    outcome::{Match, Matcher, Memo, Missing, rank},
    score::{rounded, score},
    select::{ClaimWindow, Selected, days_left, select, windows},
    suppress::{Suppression, Suppressor, choose_one, gone},
};
