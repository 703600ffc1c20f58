//! `zhida evaluate ranker`: a trained order on lists it has not seen.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use zhida_pipeline::{
    feedback::{TRUTH, read_truth},
    judge::{Judged, KindReport, Report, report},
};
use zhida_store::feedback::{FEEDBACK, histories, read};

use super::show::{chance, difference, figure, interval, maybe};
use crate::{
    output::{self, Format, thousands},
    snapshot::From,
};

/// Arguments of `zhida evaluate ranker`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    from: From,
    /// The feedback log; feedback.parquet of the data folder by default
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// What every offer was truly worth, for simulated logs; truth.parquet beside the log by default
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Also write, for simulated logs, whether each policy is found where it belongs, as CSV
    #[arg(long, value_name = "FILE")]
    per_policy: Option<PathBuf>,
    /// Seed of the random order
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let ranking = arguments.from.ranking(&opened.program)?;
    let mut ranking = ranking.with_context(|| {
        format!(
            "`{}` has no ranker.json: train one with `zhida train`",
            arguments.from.data.display()
        )
    })?;
    let path = arguments.feedback.clone().unwrap_or_else(|| arguments.from.data.join(FEEDBACK));
    let log = read(&path)?;
    ranking.histories = Arc::new(histories(&log));
    let truth = arguments
        .truth
        .clone()
        .or_else(|| Some(path.with_file_name(TRUTH)).filter(|truth| truth.exists()));
    let truth = truth.map(|path| read_truth(&path)).transpose()?;
    let judged = Judged {
        program: &opened.program,
        reference: &opened.reference,
        world: &opened.world,
        known_at: opened.known_at,
        ranking: &ranking,
        log: &log,
        truth: truth.as_deref(),
        seed: arguments.seed,
    };
    let report = report(&judged)?;
    if let Some(path) = &arguments.per_policy {
        per_policy(path, &report)?;
    }
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => print(&report),
    }
    Ok(report.leakage.findings == 0)
}

/// Writes one row a policy: lists that offer it, of which it belongs among
/// the first five, of which it stands there.
fn per_policy(path: &Path, report: &Report) -> Result<()> {
    let mut writer = output::csv(path)?;
    writer.write_record(["kind", "policy", "lists", "due", "found"])?;
    for (kind, of) in &report.kinds {
        for row in &of.policies {
            let numbers = [row.lists, row.due, row.found].map(|number| number.to_string());
            let [lists, due, found] = numbers;
            writer.write_record([kind, &row.policy, &lists, &due, &found])?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// The tables of a report.
pub fn print(report: &Report) {
    output::say(&format!(
        "lists of {} to {}, after everything the ranker learned from; leakage check: {} entries learned from, {} judged, {} findings",
        report.from,
        report.to,
        thousands(report.leakage.train as u64),
        thousands(report.leakage.test as u64),
        report.leakage.findings,
    ));
    for (kind, of) in &report.kinds {
        output::say(&format!(
            "\n{kind}: {} lists of {} subjects, {} items",
            thousands(of.lists as u64),
            thousands(of.subjects as u64),
            thousands(of.items as u64)
        ));
        orders(of);
        probabilities(of);
        first_place(of);
        lists(of);
        groups(of);
    }
}

fn orders(of: &KindReport) {
    let rows = of
        .methods
        .iter()
        .map(|method| {
            let mut row = vec![method.method.to_owned()];
            for ranks in [method.planted, method.observed] {
                row.push(maybe(ranks.map(|ranks| ranks.ndcg)));
                row.push(
                    ranks.map_or_else(|| "–".to_owned(), |ranks| thousands(ranks.lists as u64)),
                );
            }
            row
        })
        .collect();
    let header = ["order", "nDCG@5 of the truth", "lists", "nDCG@5 in shuffled lists", "lists"];
    output::say(&output::table(&header, &[1, 2, 3, 4], rows));
    if let Some(paired) = &of.against_best {
        let comparison = &paired.comparison;
        output::say(&format!(
            "against the best baseline ({}): {:.3} times, {} by subject ({}; p {}; {} subjects)",
            paired.method,
            paired.ratio,
            difference(comparison.difference),
            interval(comparison.interval),
            chance(comparison.test.p),
            thousands(comparison.subjects as u64),
        ));
    }
}

fn probabilities(of: &KindReport) {
    let rows = of
        .steps
        .iter()
        .map(|step| match &step.figures {
            Some(figures) => vec![
                step.step.to_owned(),
                thousands(figures.rows as u64),
                figure(figures.base_rate),
                figure(figures.mean_probability),
                maybe(figures.auc.value),
                maybe(figures.grouped_auc.as_ref().and_then(|auc| auc.value)),
                figure(figures.log_loss),
                figure(figures.brier),
                figure(figures.equal_mass.ece),
                figure(figures.equal_width.ece),
            ],
            None => {
                let mut row = vec![step.step.to_owned()];
                row.extend(std::iter::repeat_n("–".to_owned(), 9));
                row
            }
        })
        .collect();
    let header = [
        "step",
        "rows",
        "rate",
        "predicted",
        "AUC",
        "by list",
        "log loss",
        "Brier",
        "ECE (mass)",
        "ECE (width)",
    ];
    output::say(&output::table(&header, &[1, 2, 3, 4, 5, 6, 7, 8, 9], rows));
}

fn first_place(of: &KindReport) {
    let Some(found) = &of.counterfactual else { return };
    let line = |name: &str, estimate: Option<zhida_model::metrics::counterfactual::Estimate>| {
        estimate.map(|estimate| {
            vec![name.to_owned(), figure(estimate.value), interval(estimate.bootstrap)]
        })
    };
    let rows = [
        Some(vec!["as logged".to_owned(), figure(found.logged), String::new()]),
        line("IPS", Some(found.ips)),
        line("SNIPS", found.snips),
        line("direct method", found.dm),
        line("doubly robust", found.dr),
        line("switch (10)", found.switch_dr),
        of.true_first_open.map(|value| vec!["truth".to_owned(), figure(value), String::new()]),
    ];
    let header = ["opened at the first place", "share", "95% interval"];
    output::say(&output::table(&header, &[1], rows.into_iter().flatten().collect()));
    output::say(&format!(
        "from {} lists; effective sample size {}",
        thousands(found.rows as u64),
        thousands(found.weights.effective.round().max(0.0) as u128),
    ));
}

fn lists(of: &KindReport) {
    let Some(like) = &of.beyond else { return };
    output::say(&format!(
        "first five places: {} of {} policies offered are shown, Gini of exposure {}, novelty {} bits, diversity of themes {}",
        like.shown,
        like.offered,
        figure(like.gini),
        maybe(like.novelty.value),
        maybe(like.diversity.value),
    ));
}

fn groups(of: &KindReport) {
    let ratios: BTreeMap<(&str, &str), Option<f64>> = of
        .exposure
        .iter()
        .flat_map(|(dimension, fairness)| {
            fairness
                .groups
                .iter()
                .map(move |group| ((dimension.as_str(), group.group.as_str()), group.ratio))
        })
        .collect();
    let rows = of
        .groups
        .iter()
        .map(|row| {
            vec![
                row.dimension.to_owned(),
                row.group.clone(),
                thousands(row.rows),
                figure(row.predicted),
                figure(row.observed),
                maybe(ratios.get(&(row.dimension, row.group.as_str())).copied().flatten()),
            ]
        })
        .collect();
    let header =
        ["dimension", "group", "entries", "predicted", "opened", "exposure of what is due"];
    output::say(&output::table(&header, &[2, 3, 4, 5], rows));
}
