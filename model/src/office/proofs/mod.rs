//! Proofs about rules: a decision procedure for the rule language, and what a
//! policy office asks of it.
//!
//! In reading order: [`Question`] asks for a dossier for which some nodes are
//! true and others false; `state` asserts that, `propagate` narrows what is
//! left, `search` branches, `linear` refutes rows between several numbers,
//! `profile` writes the dossier down and has the specification confirm it.
//! [`policy`] asks what each condition adds, [`compare`] how two policies
//! differ, [`pairs`] whether what policies say about each other can be so,
//! [`time`] looks for days that fall between; [`Scope`] does it for all
//! policies, [`report`] makes findings of it.
//!
//! Two things hold. A dossier is given only when `rules::scalar` confirms it.
//! That there is none is said only when every branch of the search ended in a
//! contradiction; what cannot be written as rows is left out of the search,
//! which can only make it find too much, and then it is not confirmed.
//!
//! Left out: sums of money over the benefit itself, and what a person judges
//! (taken as met). Where the search runs out of steps it says so.

mod cells;
pub mod changes;
mod choice;
pub mod compare;
mod domain;
mod goal;
mod linear;
mod lower;
mod members;
mod numbers;
pub mod pairs;
pub mod policy;
mod problem;
mod profile;
mod propagate;
mod question;
mod range;
mod rational;
pub mod report;
mod scope;
mod search;
mod state;
pub mod time;
mod variable;
mod walk;
pub mod written;

#[cfg(test)]
mod tests;

pub use self::{
    question::{Answer, Question, Wanted},
    scope::Scope,
};
