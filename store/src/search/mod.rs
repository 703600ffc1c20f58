//! Search over policy texts: an index on disk or in memory, and questions to it.
//!
//! In reading order: [`Record`] is what can be found; [`build_index`] writes
//! an index and [`SearchIndex`] opens one; [`Question`] is what somebody asks,
//! narrowed by a [`Filter`]; an [`Answer`] holds [`Hit`]s with [`Snippet`]s.
//! Inside, [`analysis`] makes terms of texts, [`query`] of questions,
//! [`rank`] scores and [`vocabulary`] knows what else may have been meant.
//!
//! tantivy keeps the terms, their lists and the records. Scores are our own
//! BM25 over those lists, in one order, so that the same index always gives
//! the same answer; ties go by id.
//!
//! Deliberately absent: a query language. What somebody types is data: no
//! sign of it is an operator.

mod analysis;
mod build;
mod error;
mod filter;
mod index;
mod json;
mod manifest;
mod query;
mod rank;
mod record;
mod schema;
mod snippet;
mod synonyms;
mod vocabulary;

pub use self::{
    build::build_index,
    error::SearchError,
    filter::{Filter, Places},
    index::{Answer, Hit, Question, SearchIndex},
    manifest::SearchManifest,
    query::LONGEST_QUESTION,
    record::{Record, RecordError, read_corpus_line},
    snippet::Snippet,
};

#[cfg(test)]
mod tests;
