//! `zhida evaluate counterfactual`: what another way of showing would have
//! earned, from logs that carry propensities.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::json;
use zhida_model::metrics::{
    Allowed,
    counterfactual::{Estimate, Logged, Options, Report, evaluate},
    interval::Resampling,
};

use super::{resampling, show};
use crate::{
    output::{self, Format, thousands},
    rows::{self, checked, optional, required},
};

/// Arguments of `zhida evaluate counterfactual`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// CSV, also .gz, or Parquet with propensity, target, reward, and optionally q_logged,
    /// q_target and list
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Lower weights above this to it
    #[arg(long, value_name = "WEIGHT")]
    clip: Option<f64>,
    /// Threshold of Switch-DR: above it the prediction alone counts
    #[arg(long, value_name = "WEIGHT")]
    switch: Option<f64>,
    #[command(flatten)]
    resampling: resampling::Intervals,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The columns of a file.
#[derive(Default)]
struct Columns {
    propensity: Vec<f64>,
    target: Vec<f64>,
    reward: Vec<f64>,
    q_logged: Option<Vec<f64>>,
    q_target: Option<Vec<f64>>,
    lists: Option<Vec<u32>>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<bool> {
    let columns = columns(&arguments.file)?;
    let log = Logged {
        propensity: &columns.propensity,
        target: &columns.target,
        reward: &columns.reward,
        q_logged: columns.q_logged.as_deref(),
        q_target: columns.q_target.as_deref(),
        lists: columns.lists.as_deref(),
    };
    let resampling = arguments.resampling.resampling();
    let options = Options { clip: arguments.clip, switch: arguments.switch, resampling };
    let report = evaluate(&log, &options)
        .with_context(|| format!("cannot measure `{}`", arguments.file.display()))?;
    match arguments.format {
        Format::Json => {
            let mut value = serde_json::to_value(&report)?;
            let Options { clip, switch, .. } = options;
            value["settings"] = show::settings(resampling);
            value["settings"]["clip"] = json!(clip);
            value["settings"]["switch"] = json!(switch);
            output::say(&serde_json::to_string_pretty(&value)?);
        }
        Format::Table => print(&report, &options),
    }
    Ok(true)
}

fn columns(path: &Path) -> Result<Columns> {
    let mut columns = Columns::default();
    let mut lists: HashMap<String, u32> = HashMap::new();
    let fields = [
        required("propensity"),
        required("target"),
        required("reward"),
        optional("q_logged"),
        optional("q_target"),
        optional("list"),
    ];
    rows::read(path, &fields, &mut |cells| {
        let &[propensity, target, reward, q_logged, q_target, list] = cells else { return Ok(()) };
        columns.propensity.push(checked("propensity", propensity, Allowed::Propensity)?);
        columns.target.push(checked("target", target, Allowed::Share)?);
        columns.reward.push(checked("reward", reward, Allowed::Number)?);
        if q_logged.is_some() {
            let value = checked("q_logged", q_logged, Allowed::Number)?;
            columns.q_logged.get_or_insert_default().push(value);
        }
        if q_target.is_some() {
            let value = checked("q_target", q_target, Allowed::Number)?;
            columns.q_target.get_or_insert_default().push(value);
        }
        if let Some(list) = list {
            if list.is_empty() {
                return Err("field `list` is empty: name the list".to_owned());
            }
            let next = u32::try_from(lists.len()).unwrap_or(u32::MAX);
            let number = *lists.entry(list.to_owned()).or_insert(next);
            columns.lists.get_or_insert_default().push(number);
        }
        Ok(())
    })?;
    Ok(columns)
}

fn print(report: &Report, options: &Options) {
    let Resampling { level, samples, seed } = options.resampling;
    let estimators = [
        ("IPS", Some(report.ips)),
        ("SNIPS", report.snips),
        ("DM", report.dm),
        ("DR", report.dr),
        ("Switch-DR", report.switch_dr),
    ];
    let mut rows = vec![vec!["logged".to_owned(), show::figure(report.logged)]];
    rows[0].resize(5, "–".to_owned());
    rows.extend(estimators.iter().filter_map(|(name, found)| Some(estimate(name, (*found)?))));
    let interval = format!("{}% interval, normal", level * 100.0);
    let header = ["reward a row", "estimate", "standard error", &interval, "bootstrap"];
    output::say(&output::table(&header, &[1, 2, 3, 4], rows));
    let weights = report.weights;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let rows = vec![
        row("rows", thousands(report.rows as u128)),
        row("resampled units", thousands(report.units as u128)),
        row("effective sample size", format!("{:.1}", weights.effective)),
        row("mean weight", show::figure(weights.mean)),
        row("largest weight", show::figure(weights.max)),
        row("weights of zero", thousands(weights.zero as u128)),
        row("weights clipped", thousands(weights.clipped as u128)),
        row("weights above the switch", thousands(weights.switched as u128)),
    ];
    output::say(&output::table(&["log", "value"], &[1], rows));
    output::say(&format!("{} bootstrap replicates, seed {seed}", thousands(samples)));
    for reason in &report.left_out {
        output::say(&format!("left out: {reason}"));
    }
}

fn estimate(name: &str, found: Estimate) -> Vec<String> {
    vec![
        name.to_owned(),
        show::figure(found.value),
        show::maybe(found.error),
        show::interval(found.normal),
        show::interval(found.bootstrap),
    ]
}
