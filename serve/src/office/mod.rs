//! What policy offices ask of the service. Every answer speaks of the tree of
//! one region, hides small counts and rounds the others; exact figures are for
//! the command line alone.
//!
//! [`asked`] is what every question names, [`desk`] what is worked out once a
//! day; one file a resource; [`statuses`] and [`ledger`] keep what has to last;
//! [`schema`] describes the model's reports.

pub mod asked;
pub mod coverage;
pub mod desk;
pub mod ledger;
pub mod obstacles;
pub mod proofs;
pub mod schema;
pub mod simulations;
pub mod statuses;
pub mod steps;
pub mod upcoming;
