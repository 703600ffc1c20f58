//! The pure library of Zhida: what a dossier, a policy and a verdict are.
//!
//! In reading order: [`domain`] holds the words everybody uses (identity
//! numbers, regions, industries, money, dates); [`catalogue`] says what every
//! field of a dossier means and where it comes from; [`frame`] is a dossier
//! table in memory; [`policy`] is a policy file and the cases beside it;
//! [`rules`] reads, checks and evaluates the conditions; [`matching`] turns
//! verdicts into matches; [`text`] reads what offices publish and [`draft`]
//! makes policies of it; [`office`] answers what a policy office asks of all
//! dossiers together, and of the rules themselves.
//!
//! Deliberately absent: files, network, clocks, randomness, async. Every date
//! and every table comes in as an argument, so the same inputs always give
//! the same answer.

pub mod catalogue;
pub mod diagnostic;
pub mod domain;
pub mod draft;
pub mod frame;
pub mod matching;
pub mod metrics;
pub mod office;
pub mod policy;
pub mod ranking;
pub mod reference;
pub mod rules;
pub mod text;
