//! What policy offices ask of the service. Every answer speaks of the tree of
//! one region, hides small counts and rounds the others; exact figures are for
//! the command line alone.
//!
//! [`statuses`] is how far obstacles have got, [`ledger`] what became of claims.

pub mod ledger;
pub mod statuses;
