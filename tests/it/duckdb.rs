//! Asking DuckDB, which shares no code with ours, through Python.
//!
//! Left out: what is asked.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::root;

/// The rows of every query, by its name.
pub type Answers = BTreeMap<String, Vec<Vec<Value>>>;

/// Runs queries after some statements; `None` where DuckDB is not installed.
pub fn ask(setup: &[String], queries: &[(&str, &str)]) -> Option<Answers> {
    let python = python()?;
    let queries: BTreeMap<&str, &str> = queries.iter().copied().collect();
    let task = json!({ "setup": setup, "queries": queries }).to_string();
    let mut child = Command::new(python)
        .arg(root().join("benches/peers/query.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(task.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Python with DuckDB: `benches/peers/.venv`, or what `ZHIDA_PEERS_PYTHON` names.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("ZHIDA_PEERS_PYTHON")
        .map_or_else(|| root().join("benches/peers/.venv/bin/python"), PathBuf::from);
    let works = Command::new(&python).args(["-c", "import duckdb"]).output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let needed = std::env::var_os("ZHIDA_REQUIRE_PEERS").is_some();
    assert!(!needed, "`{}` has no duckdb: run `make peers`", python.display());
    // Past the test harness, so that a skipped proof is seen.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: `{}` has no duckdb; see benches/peers/README.md to compare with it",
        python.display()
    );
    None
}
