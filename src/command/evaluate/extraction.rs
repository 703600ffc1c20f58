//! `zhida evaluate extraction`: statements found in documents, against those
//! people marked.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use zhida_model::{
    metrics::extraction::{self, Agreement, Label, LabelledClause, Report, Score},
    text::extract::{Item, Kind, Op, extract},
};

use crate::{
    input,
    output::{self, Format},
};

/// Arguments of `zhida evaluate extraction`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Labelled clauses, one JSON object a line (docs/text.md describes it)
    #[arg(long, required = true, value_name = "FILE")]
    labels: Vec<PathBuf>,
    /// Folder of the documents, as DOC.txt; clauses that carry their own text need none
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    /// List every statement that is not right
    #[arg(long)]
    differences: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<bool> {
    let mut clauses = Vec::new();
    for path in &arguments.labels {
        clauses.extend(labels(path)?);
    }
    if clauses.is_empty() {
        bail!("no clause is labelled in the files named: give one JSON object a line");
    }
    let mut items = Vec::new();
    let docs: BTreeSet<&str> = clauses
        .iter()
        .filter(|clause| clause.text.is_none())
        .map(|clause| clause.doc.as_str())
        .collect();
    for doc in docs {
        let Some(folder) = &arguments.texts else {
            bail!(
                "the labels speak of document `{doc}`: name the folder that holds `{doc}.txt` with `--texts DIR`"
            );
        };
        let text = input::document(&folder.join(format!("{doc}.txt")))?;
        items.extend(extract(doc, &text));
    }
    for clause in &clauses {
        if let Some(text) = &clause.text {
            items.extend(extract(&clause.doc, text));
        }
    }
    let report = extraction::evaluate(&clauses, &items);
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => print(&report, arguments.differences),
    }
    Ok(true)
}

/// The labelled clauses of a file.
fn labels(path: &Path) -> Result<Vec<LabelledClause>> {
    let text = input::text(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let place =
                || format!("`{}` line {} is no labelled clause", path.display(), number + 1);
            let mut clause: LabelledClause = serde_json::from_str(line).with_context(place)?;
            clause.settle().with_context(place)?;
            Ok(clause)
        })
        .collect()
}

fn print(report: &Report, differences: bool) {
    let mut rows = vec![score("all numeric statements", report.all)];
    rows.extend(report.kinds.iter().map(|(kind, found)| score(kind, *found)));
    rows.push(score("words overlap", report.spans));
    output::say(&format!("{} clauses", report.clauses));
    output::say(&output::table(
        &["statements", "labelled", "extracted", "right", "precision", "recall"],
        &[1, 2, 3, 4, 5],
        rows,
    ));
    let mut rows: Vec<Vec<String>> =
        report.keys.iter().map(|(key, found)| agreement(key, *found)).collect();
    rows.push(agreement("field of conditions", report.fields));
    rows.push(agreement("field where one is labelled", report.named_fields));
    output::say(&output::table(&["key", "equal", "compared", "share"], &[1, 2, 3], rows));
    if differences {
        for difference in &report.differences {
            let nothing = || "nothing".to_owned();
            let marked = difference.labelled.as_ref().map_or_else(nothing, marked);
            let found = difference.extracted.as_ref().map_or_else(nothing, found);
            let keys = if difference.keys.is_empty() {
                "presence".to_owned()
            } else {
                difference.keys.join(", ")
            };
            let doc = &difference.doc;
            output::say(&format!("{doc}: {keys} differs; marked {marked}; extracted {found}"));
        }
    }
}

/// A label in a line: where, and what it says.
fn marked(label: &Label) -> String {
    let Label { start, end, kind, op, value, value2, unit, .. } = label;
    let words = label.quote.clone().unwrap_or_else(|| format!("characters {start} to {end}"));
    said(&words, *kind, *op, [Some(value), value2.as_ref(), Some(unit)])
}

/// A statement in a line.
fn found(item: &Item) -> String {
    let parts = [item.value.as_ref(), item.value2.as_ref(), item.unit.as_ref()];
    said(&item.text, item.kind, item.op, parts)
}

fn said(words: &str, kind: Kind, op: Op, parts: [Option<&String>; 3]) -> String {
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let kind = serde_json::to_value(kind).map(name).unwrap_or_default();
    let op = serde_json::to_value(op).map(name).unwrap_or_default();
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    format!("`{words}` ({kind} {op} {})", parts.join(" "))
}

fn score(name: &str, found: Score) -> Vec<String> {
    vec![
        name.to_owned(),
        found.labelled.to_string(),
        found.extracted.to_string(),
        found.right.to_string(),
        share(found.precision()),
        share(found.recall()),
    ]
}

fn agreement(name: &str, found: Agreement) -> Vec<String> {
    vec![name.to_owned(), found.equal.to_string(), found.compared.to_string(), share(found.share())]
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}
