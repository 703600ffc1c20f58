//! How well documents are ordered, as trec_eval measures it.
//!
//! The order is by score, highest first; equal scores by document id, last
//! first, so that a system gains nothing from ties. trec_eval keeps scores in
//! single precision: two that differ only beyond it are equal ([`Scores`]).
//! A document that nobody judged counts as not relevant, but [`Measure::Bpref`]
//! passes over it. Relevance of 1 or more is relevant; below zero a document
//! was in the pool and not judged. A query without relevant documents is
//! measured, and is 0. Queries that were not judged are left out; those judged
//! and not returned are left out too, or count as 0 ([`Missing`]). Counts are
//! summed over queries, all else is averaged.
//!
//! Left out: preferences, and judgments by several people.

mod measure;
mod query;

use serde::Serialize;

pub use self::{
    measure::{Cut, Gain, Measure, MeasureNameError, parse_list},
    query::{Judged, Ranked, Scores, discount},
};
use super::{
    sum::sum,
    trec::{Qrels, Run},
};

/// What becomes of a query that was judged and not returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// It is left out and counted, as in trec_eval.
    #[default]
    LeftOut,
    /// It counts as 0, as in trec_eval with `-c`.
    Zero,
}

/// How a run is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// What becomes of missing queries.
    pub missing: Missing,
    /// How scores are compared.
    pub scores: Scores,
}

/// Why a run cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RankingError {
    /// No measure asked for.
    #[error("no measure is named: name one, such as `nDCG@10`")]
    Measures,
    /// Nothing judged.
    #[error("there are no judgments: give at least one")]
    Judgments,
    /// No query is in both.
    #[error(
        "none of the {run} queries of the run is among the {judged} judged: use the same names of queries in both"
    )]
    Queries {
        /// Queries of the run.
        run: usize,
        /// Queries judged.
        judged: usize,
    },
    /// A gain that would be astronomical.
    #[error(
        "relevance {0} is too high for a gain of 2^r − 1: use `nDCG` with its linear gain, or grades up to 100"
    )]
    Gain(i32),
}

/// What was measured, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Judgments.
    pub judgments: usize,
    /// Documents returned.
    pub returned: usize,
    /// Queries measured.
    pub queries: usize,
    /// Of these, queries without relevant documents: all their values are 0.
    pub without_relevant: usize,
    /// Queries judged and not returned: 0 or left out, as asked.
    pub not_returned: usize,
    /// Whether the queries not returned count as 0.
    pub not_returned_count: bool,
    /// Queries returned and not judged: left out.
    pub not_judged: usize,
}

/// The values of one query, in the order of the measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The query.
    pub query: String,
    /// Its values.
    pub values: Vec<f64>,
}

/// A run, measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What was measured.
    pub seen: Seen,
    /// The measures.
    pub measures: Vec<Measure>,
    /// Over all queries: sums of counts, means of all else.
    pub all: Vec<f64>,
    /// By query, in order of their names.
    pub queries: Vec<Row>,
}

impl Report {
    /// The value of a measure over all queries.
    pub fn value(&self, measure: Measure) -> Option<f64> {
        let place = self.measures.iter().position(|&known| known == measure)?;
        self.all.get(place).copied()
    }

    /// The values of a measure by query.
    pub fn by_query(&self, place: usize) -> impl Iterator<Item = (&str, f64)> {
        self.queries
            .iter()
            .filter_map(move |row| Some((row.query.as_str(), *row.values.get(place)?)))
    }
}

/// Measures a run.
///
/// # Errors
/// [`RankingError`] where nothing can be measured.
pub fn evaluate(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
) -> Result<Report, RankingError> {
    check(qrels, measures)?;
    let mut rows = Vec::new();
    let (mut without_relevant, mut not_returned) = (0, 0);
    for query in qrels.names() {
        let Some(judged) = qrels.of(query) else { continue };
        let returned = run.of(query);
        not_returned += usize::from(returned.is_none());
        if returned.is_none() && options.missing == Missing::LeftOut {
            continue;
        }
        let ranked = Ranked::of(judged, returned, options.scores);
        without_relevant += usize::from(ranked.relevant() == 0);
        let values = measures.iter().map(|&measure| ranked.measure(measure)).collect();
        rows.push(Row { query: query.to_owned(), values });
    }
    if rows.is_empty() {
        return Err(RankingError::Queries { run: run.queries(), judged: qrels.queries() });
    }
    let seen = Seen {
        judgments: qrels.rows(),
        returned: run.rows(),
        queries: rows.len(),
        without_relevant,
        not_returned,
        not_returned_count: options.missing == Missing::Zero,
        not_judged: run.names().into_iter().filter(|query| qrels.of(query).is_none()).count(),
    };
    Ok(Report { seen, measures: measures.to_vec(), all: over_all(measures, &rows), queries: rows })
}

fn check(qrels: &Qrels, measures: &[Measure]) -> Result<(), RankingError> {
    if measures.is_empty() {
        return Err(RankingError::Measures);
    }
    let highest = qrels.highest().ok_or(RankingError::Judgments)?;
    let exponential = |measure: &Measure| matches!(measure, Measure::Ndcg(Gain::Exponential, _));
    if highest > 100 && measures.iter().any(exponential) {
        return Err(RankingError::Gain(highest));
    }
    Ok(())
}

/// Sums of counts, means of all else.
fn over_all(measures: &[Measure], rows: &[Row]) -> Vec<f64> {
    let column = |place: usize| sum(rows.iter().filter_map(|row| row.values.get(place)).copied());
    let over = |(place, measure): (usize, &Measure)| match measure.is_count() {
        true => column(place),
        false => column(place) / rows.len() as f64,
    };
    measures.iter().enumerate().map(over).collect()
}

#[cfg(test)]
#[path = "../tests/ranking.rs"]
mod tests;
