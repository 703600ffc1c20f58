//! `zhida evaluate`: how good an answer is, measured against what people said or
//! did. One file per subcommand; what is measured is in the library
//! (`zhida_model::metrics`), and here are the files, the tables and the JSON.

mod counterfactual;
mod extraction;
mod probability;
pub mod ranker;
mod ranking;
mod resampling;
mod show;

use anyhow::Result;

/// Arguments of `zhida evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// What is evaluated.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Statements extracted from documents, against labelled clauses
    Extraction(extraction::Arguments),
    /// Ranked lists against judgments, in TREC format, CSV or Parquet
    Ranking(ranking::Arguments),
    /// Predicted probabilities against what came true
    Probability(probability::Arguments),
    /// A trained order on lists it has not seen, beside baselines
    Ranker(ranker::Arguments),
    /// What another way of showing would have earned, from logs with propensities
    Counterfactual(counterfactual::Arguments),
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.what {
        What::Extraction(arguments) => extraction::run(arguments),
        What::Ranking(arguments) => ranking::run(arguments),
        What::Probability(arguments) => probability::run(arguments),
        What::Ranker(arguments) => ranker::run(arguments),
        What::Counterfactual(arguments) => counterfactual::run(arguments),
    }
}
