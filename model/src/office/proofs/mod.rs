//! Proofs about rules: a decision procedure for the rule language, and what a
//! policy office asks of it.
pub mod cells;
mod choice;
mod domain;
mod goal;
mod linear;
mod lower;
mod members;
mod numbers;
mod problem;
mod profile;
mod propagate;
mod question;
mod range;
mod rational;
mod search;
mod state;
mod variable;

pub use self::question::{Answer, Question, Wanted};
