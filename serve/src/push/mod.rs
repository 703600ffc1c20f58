//! The push in its first form: finds who may get what and tells them once.
//!
//! [`candidates`](self::candidates) judges subjects and finds who is to be
//! told; [`run`](self::run) writes what is new since the last run and
//! withdraws what no longer holds, with the statements of [`rows`](self::rows);
//! [`inbox`](self::inbox) reads it back.
//!
//! Left out for now: channels other than the inbox, quiet hours, and a learned
//! order. Nothing here decides a claim.

mod candidates;
mod inbox;
mod rows;
mod run;

pub use self::{
    inbox::{Answer, Inbox, Page, PushRow, State, inbox, of_run},
    run::{PolicyCount, PushError, PushOptions, PushReport, push_run},
};
