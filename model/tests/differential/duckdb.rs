//! Runs queries in DuckDB through Python: the engine shares no code with ours.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use serde_json::json;

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

/// Python with DuckDB, where it is installed: `benches/peers/.venv`, or what
/// `ZHIDA_PEERS_PYTHON` names.
pub(crate) fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/peers");
    let python = std::env::var_os("ZHIDA_PEERS_PYTHON")
        .map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    let works = Command::new(&python).args(["-c", "import duckdb"]).output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(
        std::env::var_os("ZHIDA_REQUIRE_PEERS").is_none(),
        "`{}` has no duckdb: run `make peers`",
        python.display()
    );
    // Not captured by the test harness, so that a skipped proof is seen.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: `{}` has no duckdb; run `make peers` to compare with it",
        python.display()
    );
    None
}

/// The answers, or what DuckDB says against a query.
pub(crate) fn run(
    python: &Path,
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
    let text = json!({ "tables": listed, "queries": asked }).to_string();
    fs::write(&task, text).expect("the task is written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/peers/differential.py");
    let output = Command::new(python).arg(&script).arg(&task).output().expect("Python runs");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).expect("the answer is UTF-8");
    Ok(text.lines().map(|line| serde_json::from_str(line).expect("an answer")).collect())
}
