//! Relevance: among what somebody qualifies for, what comes first.
//!
//! [`features`] says what is looked at, one function each; [`ranker`] is a
//! trained model as it is saved; [`order`] puts it to work on one day; [`list`]
//! turns scores into a list. Eligibility is decided before any of this and
//! changed by none of it: a ranker orders and never withholds.
//!
//! Left out: learning (`zhida-pipeline`), since it needs randomness and
//! optimisers; and every trait of a person that the law calls sensitive
//! (`rules/traits.yaml`).

pub mod calibration;
pub mod facts;
pub mod features;
pub mod history;
pub mod list;
pub mod order;
pub mod portrait;
pub mod profile;
pub mod ranker;
pub mod uptake;
pub mod words;

pub use self::{
    history::{Histories, History, Shown},
    order::{Contribution, Ranking, Scored, Shelf},
    ranker::{KindRanker, Ranker, RankerError},
};

#[cfg(test)]
mod tests;
