//! Judgments and runs in a file: text in TREC format, or a table.

use std::path::Path;

use anyhow::{Result, anyhow};
use zhida_model::metrics::trec::{self, Faults, Problem, Qrels, Run};

use crate::rows::{self, number, required};

/// Reads judgments.
pub(super) fn qrels(path: &Path) -> Result<Qrels> {
    if !rows::is_table(path) {
        return trec::qrels(&rows::text(path)?).map_err(|faults| told(path, &faults)).and_then(
            |qrels| match qrels.rows() {
                0 => Err(anyhow!("`{}` holds no judgments: give at least one", path.display())),
                _ => Ok(qrels),
            },
        );
    }
    let mut qrels = Qrels::default();
    let fields = [required("query"), required("document"), required("relevance")];
    rows::read(path, &fields, &mut |cells| {
        let [query, document, relevance] = named(cells);
        let level = relevance_of(relevance)?;
        qrels.insert(query, document, level).map_err(|problem| problem.to_string())
    })?;
    Ok(qrels)
}

/// Reads a run.
pub(super) fn run(path: &Path) -> Result<Run> {
    if !rows::is_table(path) {
        return trec::run(&rows::text(path)?).map_err(|faults| told(path, &faults)).and_then(
            |run| match run.rows() {
                0 => Err(anyhow!("`{}` holds no run: give at least one line", path.display())),
                _ => Ok(run),
            },
        );
    }
    let mut run = Run::default();
    let fields = [required("query"), required("document"), required("score")];
    rows::read(path, &fields, &mut |cells| {
        let [query, document, score] = named(cells);
        let score = number("score", score)?;
        run.insert(query, document, score).map_err(|problem| problem.to_string())
    })?;
    Ok(run)
}

/// The cells of required columns.
fn named<'a>(cells: &rows::Cells<'a>) -> [&'a str; 3] {
    [0, 1, 2].map(|place| cells.get(place).copied().flatten().unwrap_or_default())
}

/// A relevance; whole numbers may be written with a point, as notebooks do.
fn relevance_of(cell: &str) -> Result<i32, String> {
    let plain = match cell.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => cell,
    };
    plain.parse().map_err(|_| Problem::Relevance(cell.to_owned()).to_string())
}

/// Faulty lines, each with the file.
fn told(path: &Path, faults: &Faults) -> anyhow::Error {
    let text = faults.to_string();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.starts_with("line ") {
            true => format!("`{}` {line}", path.display()),
            false => line.to_owned(),
        })
        .collect();
    anyhow!(lines.join("\n"))
}
