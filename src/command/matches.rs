//! `zhida match`: every dossier against every policy version of the day.

use std::path::PathBuf;

use anyhow::Result;
use zhida_model::rules::{dated::Dated, render::money};
use zhida_pipeline::matches::{MatchOptions, MatchReport, match_all};

use crate::{
    output::{self, Format, thousands},
    snapshot::From,
};

/// Arguments of `zhida match`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub from: From,
    /// Folder that receives matches.parquet and best.parquet; the data folder by default
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How many of the best are written for each subject
    #[arg(long, default_value_t = 10)]
    pub best: usize,
    /// Keep the first order although the data folder has a trained one (ranker.json)
    #[arg(long)]
    pub plain: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let as_of = arguments.from.day(opened.known_at);
    let dated = Dated::new(&opened.program, &opened.reference, as_of, opened.known_at);
    let out = arguments.out.clone().unwrap_or_else(|| arguments.from.data.clone());
    let total: usize = opened.world.dossiers.iter().map(|dossiers| dossiers.rows).sum();
    let bar = output::progress(total as u64, "match");
    let options = MatchOptions { out: out.clone(), best: arguments.best };
    let ranking = if arguments.plain { None } else { arguments.from.ranking(&opened.program)? };
    let report = match_all(&dated, &opened.world, &options, ranking.as_ref(), &|done, _| {
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => {
            output::say(&table(&report));
            output::say(&format!(
                "{} dossiers × {} policy versions on {}: {} matches in `{}`; {} subjects reached",
                thousands(report.subjects as u64),
                report.policies.len(),
                report.as_of,
                thousands(report.matches),
                out.join("matches.parquet").display(),
                thousands(report.reached),
            ));
        }
    }
    Ok(true)
}

fn table(report: &MatchReport) -> String {
    let mut policies: Vec<_> = report.policies.iter().collect();
    policies.sort_by(|a, b| {
        (b.eligible + b.likely).cmp(&(a.eligible + a.likely)).then(a.policy.cmp(&b.policy))
    });
    let rows = policies
        .into_iter()
        .map(|counts| {
            vec![
                counts.title.clone(),
                counts.version.clone(),
                thousands(counts.eligible),
                thousands(counts.likely),
                thousands(counts.unknown),
                thousands(counts.suppressed),
                money(counts.amount),
            ]
        })
        .collect();
    let header = ["policy", "version", "eligible", "likely", "unknown", "suppressed", "known sum"];
    output::table(&header, &[2, 3, 4, 5, 6], rows)
}
