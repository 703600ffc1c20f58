//! `zhida evaluate probability`: predicted probabilities against what came true.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zhida_model::metrics::{
    Allowed,
    probability::{Binning, Calibration, Predictions, Report, evaluate},
};

use super::show;
use crate::{
    output::{self, Format, thousands},
    rows::{self, number, optional, required},
};

/// Arguments of `zhida evaluate probability`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// CSV, also .gz, or Parquet with label (0 or 1), probability, and optionally group and weight
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Bins of the reliability curve
    #[arg(long, default_value_t = 10, value_name = "N")]
    bins: usize,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The columns of a file.
#[derive(Default)]
struct Columns {
    labels: Vec<u8>,
    probabilities: Vec<f64>,
    groups: Option<Vec<String>>,
    weights: Option<Vec<f64>>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<bool> {
    let columns = columns(&arguments.file)?;
    let measured = || format!("cannot measure `{}`", arguments.file.display());
    let predictions =
        Predictions::new(&columns.labels, &columns.probabilities, columns.weights.as_deref())
            .with_context(measured)?;
    let report =
        evaluate(&predictions, columns.groups.as_deref(), arguments.bins).with_context(measured)?;
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => print(&report),
    }
    Ok(true)
}

fn columns(path: &Path) -> Result<Columns> {
    let mut columns = Columns::default();
    let fields =
        [required("label"), required("probability"), optional("group"), optional("weight")];
    rows::read(path, &fields, &mut |cells| {
        let &[label, probability, group, weight] = cells else { return Ok(()) };
        columns.labels.push(label_of(label.unwrap_or_default())?);
        columns.probabilities.push(rows::checked("probability", probability, Allowed::Share)?);
        if let Some(group) = group {
            if group.is_empty() {
                return Err("field `group` is empty: name the group".to_owned());
            }
            columns.groups.get_or_insert_default().push(group.to_owned());
        }
        if let Some(weight) = weight {
            let weight = rows::checked("weight", Some(weight), Allowed::Weight)?;
            columns.weights.get_or_insert_default().push(weight);
        }
        Ok(())
    })?;
    Ok(columns)
}

/// A label: 0 or 1, also as a truth value.
fn label_of(cell: &str) -> Result<u8, String> {
    match cell.to_ascii_lowercase().as_str() {
        "true" => return Ok(1),
        "false" => return Ok(0),
        _ => {}
    }
    let value = number("label", cell)?;
    match Allowed::Label.holds(value) {
        true => Ok(u8::from(value == 1.0)),
        false => Err(format!(
            "field `label`: `{cell}` is not {}; 1 says that it came true",
            Allowed::Label
        )),
    }
}

fn print(report: &Report) {
    let row = |name: &str, value: String, seen: String| vec![name.to_owned(), value, seen];
    let rows = |count: usize| show::counted(count, "row", "rows");
    let groups = |count: usize| show::counted(count, "group", "groups");
    let auc = report.auc;
    let mut table = vec![
        row("came true", show::figure(report.base_rate), rows(report.rows)),
        row("predicted", show::figure(report.mean_probability), rows(report.rows)),
        row(
            "AUC",
            show::maybe(auc.value),
            format!("{}, {} true", rows(auc.rows), thousands(auc.positive as u128)),
        ),
    ];
    if let Some(grouped) = report.grouped_auc {
        let seen = format!(
            "{} in {}; {} in {} of one class left out",
            rows(grouped.rows),
            groups(grouped.groups),
            rows(grouped.one_class_rows),
            groups(grouped.one_class_groups),
        );
        table.push(row("grouped AUC", show::maybe(grouped.value), seen));
    }
    table.push(row("log loss", show::figure(report.log_loss), rows(report.rows)));
    table.push(row("Brier", show::figure(report.brier), rows(report.rows)));
    for calibration in [&report.equal_width, &report.equal_mass] {
        let seen = format!(
            "{}, {} bins of {}, {} empty",
            rows(report.rows),
            calibration.bins,
            kind(calibration),
            calibration.empty
        );
        table.push(row("ECE", show::figure(calibration.ece), seen));
    }
    output::say(&output::table(&["measure", "value", "seen"], &[1], table));
    for calibration in [&report.equal_width, &report.equal_mass] {
        curve(calibration);
    }
}

fn kind(calibration: &Calibration) -> &'static str {
    match calibration.binning {
        Binning::EqualWidth => "equal width",
        Binning::EqualMass => "equal mass",
    }
}

fn curve(calibration: &Calibration) {
    let rows = calibration.curve.iter().map(|bin| {
        vec![
            format!("{} to {}", show::figure(bin.low), show::figure(bin.high)),
            thousands(bin.rows as u128),
            show::figure(bin.predicted),
            show::figure(bin.observed),
            show::difference(bin.observed - bin.predicted),
        ]
    });
    let title = format!("bins of {}", kind(calibration));
    let header = [title.as_str(), "rows", "predicted", "came true", "difference"];
    output::say(&output::table(&header, &[1, 2, 3, 4], rows.collect()));
}
