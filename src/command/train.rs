//! `zhida train`: the order of policies, learned from a feedback log.

mod card;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use zhida_model::ranking::{Ranker, Ranking, Shelf};
use zhida_pipeline::{
    feedback::{TRUTH, read_truth},
    judge::{JudgeError, Judged, Report, report},
    train::{HOLDOUT, TrainOptions, train},
};
use zhida_store::{
    RANKER, atomic_write,
    feedback::{Entry, FEEDBACK, histories, read},
};

use crate::{
    output::{self, Format, thousands},
    snapshot::{From, Opened},
};

/// Name of the model card beside a ranker.
const CARD: &str = "model-card.md";

/// Arguments of `zhida train`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub from: From,
    /// The feedback log; feedback.parquet of the data folder by default
    #[arg(long, value_name = "FILE")]
    pub feedback: Option<PathBuf>,
    /// The ranker that is written; ranker.json of the data folder by default
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Learn only from lists and outcomes before this day
    #[arg(long)]
    pub until: Option<Date>,
    /// Share of the log's days left for `zhida evaluate ranker`, where no day is given
    #[arg(long, default_value_t = HOLDOUT)]
    pub holdout: f64,
    /// Seed of the samples
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
    /// Day of the training, for the record; today by default
    #[arg(long, value_name = "DAY")]
    pub trained_on: Option<Date>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if !(0.0..1.0).contains(&arguments.holdout) {
        bail!("`--holdout {}` is not a share from 0 to below 1", arguments.holdout);
    }
    let opened = arguments.from.open()?;
    let path = arguments.feedback.clone().unwrap_or_else(|| arguments.from.data.join(FEEDBACK));
    let log = read(&path)
        .context("a feedback log is needed: `zhida synth feedback` invents one to try with")?;
    let bar = output::progress(log.len() as u64, "train");
    let options = TrainOptions {
        until: arguments.until,
        holdout: arguments.holdout,
        seed: arguments.seed,
        trained_on: arguments.trained_on.unwrap_or_else(zhida_serve::clock::today),
        snapshot: opened.snapshot.manifest().version.clone(),
        data_hash: hash(&path)?,
    };
    let ranker = train(
        &opened.program,
        &opened.reference,
        &opened.world,
        opened.known_at,
        &log,
        &options,
        &|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        },
    )?;
    bar.finish_and_clear();
    let out = arguments.out.clone().unwrap_or_else(|| arguments.from.data.join(RANKER));
    let json = serde_json::to_string_pretty(&ranker)?;
    let report = judged(&opened, &ranker, &log, &path)?;
    let card_path = out.with_file_name(CARD);
    atomic_write(&out, json.as_bytes())?;
    atomic_write(&card_path, card::card(&ranker, report.as_ref()).as_bytes())?;
    match arguments.format {
        Format::Json => output::say(&json),
        Format::Table => {
            output::say(&table(&ranker));
            for line in report.iter().flat_map(summary) {
                output::say(&line);
            }
            output::say(&format!(
                "learned from lists of {} to before {}: `{}`, described in `{}`",
                ranker.from,
                ranker.until,
                out.display(),
                card_path.display(),
            ));
        }
    }
    Ok(true)
}

/// The ranker on the lists that were left out, where there are any.
fn judged(opened: &Opened, ranker: &Ranker, log: &[Entry], path: &Path) -> Result<Option<Report>> {
    let ranking = Ranking {
        ranker: Arc::new(ranker.clone()),
        shelf: Arc::new(Shelf::new(&opened.program)),
        histories: Arc::new(histories(log)),
    };
    let truth = path.with_file_name(TRUTH);
    let truth = if truth.exists() { Some(read_truth(&truth)?) } else { None };
    let judged = Judged {
        program: &opened.program,
        reference: &opened.reference,
        world: &opened.world,
        known_at: opened.known_at,
        ranking: &ranking,
        log,
        truth: truth.as_deref(),
        seed: 1,
    };
    match report(&judged) {
        Ok(report) => Ok(Some(report)),
        Err(JudgeError::NoList { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// One line a kind: the order beside the best baseline.
fn summary(report: &Report) -> Vec<String> {
    let line = |(kind, of): (&String, &zhida_pipeline::judge::KindReport)| {
        let paired = of.against_best.as_ref()?;
        let what = if paired.by_truth { "the truth" } else { "shuffled lists" };
        Some(format!(
            "{kind}: nDCG@5 of {what} {:.3} times that of the best baseline ({}) on {} unseen lists; see `zhida evaluate ranker`",
            paired.ratio,
            paired.method,
            thousands(of.lists as u64),
        ))
    };
    report.kinds.iter().filter_map(line).collect()
}

/// SHA-256 of a file, hexadecimal.
fn hash(path: &Path) -> Result<String> {
    Ok(Sha256::digest(std::fs::read(path)?).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn table(ranker: &Ranker) -> String {
    let mut rows = Vec::new();
    for (kind, of) in &ranker.kinds {
        for step in &of.steps {
            let mut heaviest: Vec<(&String, &f64)> =
                ranker.features.iter().zip(&step.weights).collect();
            heaviest.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            let words: Vec<String> = heaviest
                .iter()
                .take(4)
                .map(|(name, weight)| format!("{name} {weight:+.2}"))
                .collect();
            rows.push(vec![
                kind.clone(),
                step.name.clone(),
                thousands(step.rows),
                thousands(step.taken),
                format!("{}", step.penalty),
                words.join(", "),
            ]);
        }
    }
    let header = ["kind", "step", "rows", "taken", "penalty", "heaviest weights (standardised)"];
    output::table(&header, &[2, 3, 4], rows)
}
