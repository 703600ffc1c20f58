//! Runs queries in DuckDB or Spark through Python: neither shares code with ours.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use serde_json::json;
use zhida_model::rules::sql::Dialect;

use crate::world::Table;

/// One query: its name, its text and the columns to return.
pub(crate) struct Query {
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) columns: Vec<String>,
}

impl Query {
    /// The same with another text.
    pub(crate) fn with(&self, sql: String) -> Query {
        Query { name: self.name.clone(), sql, columns: self.columns.clone() }
    }
}

/// The result of one query: by `subject` or `subject/unit`, one letter a
/// column (`T`, `F`, `N`), and the verdict.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) name: String,
    pub(crate) rows: BTreeMap<String, (String, String)>,
}

/// The Python module of the engine that runs a dialect.
fn module(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::DuckDb => ("duckdb", "duckdb"),
        Dialect::Spark => ("spark", "pyspark"),
    }
}

/// Python with the engine of a dialect, where it is installed:
/// `benches/peers/.venv`, or what `ZHIDA_PEERS_PYTHON` names.
pub(crate) fn python(dialect: Dialect) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/peers");
    let python = std::env::var_os("ZHIDA_PEERS_PYTHON")
        .map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    let (_, module) = module(dialect);
    let works = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let needed = dialect == Dialect::DuckDb && std::env::var_os("ZHIDA_REQUIRE_PEERS").is_some();
    assert!(!needed, "`{}` has no {module}: run `make peers`", python.display());
    say(&format!(
        "skipped: `{}` has no {module}; see benches/peers/README.md to compare with it",
        python.display()
    ));
    None
}

/// A line that the test harness does not capture, so that a skipped proof is seen.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The answers, or what the engine says against a query.
pub(crate) fn run(
    python: &Path,
    dialect: Dialect,
    tables: &[Table],
    queries: &[Query],
) -> Result<Vec<Answer>, String> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let listed: Vec<_> = tables
        .iter()
        .map(|table| {
            let file = dir.path().join(format!("{}.ndjson", table.name));
            fs::write(&file, &table.rows).expect("the table is written");
            let columns: Vec<[&str; 2]> =
                table.columns.iter().map(|(name, kind)| [name.as_str(), kind]).collect();
            json!({ "name": table.name, "file": file, "columns": columns })
        })
        .collect();
    let asked: Vec<_> = queries
        .iter()
        .map(|query| json!({ "name": query.name, "sql": query.sql, "columns": query.columns }))
        .collect();
    let task = dir.path().join("task.json");
    let text =
        json!({ "engine": module(dialect).0, "tables": listed, "queries": asked }).to_string();
    fs::write(&task, text).expect("the task is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/peers/differential.py");
    let output = Command::new(python).arg(&script).arg(&task).output().expect("Python runs");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).expect("the answer is UTF-8");
    Ok(text.lines().map(|line| serde_json::from_str(line).expect("an answer")).collect())
}
