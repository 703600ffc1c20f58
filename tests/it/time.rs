//! Points in time: what was observed after the cut-off changes nothing, and
//! the day judged is its own.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::{Run, build, building, copy, matches, run, samples, zhida};

fn report(data: &Path) -> Value {
    serde_json::from_slice(&fs::read(data.join("quality.json")).unwrap()).unwrap()
}

fn late(report: &Value) -> u64 {
    let tables = report["tables"].as_array().unwrap().iter();
    tables.map(|table| table["after_cutoff"].as_u64().unwrap()).sum()
}

/// Takes the records observed after the cut-off out of the text tables.
/// Returns how many there were.
fn without_late_rows(tables: &Path) -> usize {
    let ledger: Value =
        serde_json::from_slice(&fs::read(tables.join("ledger.json")).unwrap()).unwrap();
    let entries = ledger["entries"].as_array().unwrap();
    let late: BTreeSet<(&str, usize)> = entries
        .iter()
        .filter(|entry| entry["kind"] == "after_cutoff")
        .map(|entry| (entry["table"].as_str().unwrap(), entry["row"].as_u64().unwrap() as usize))
        .collect();
    let names: BTreeSet<&str> = late.iter().map(|(table, _)| *table).collect();
    let mut removed = 0;
    for name in names {
        let path = tables.join(format!("{name}.csv"));
        let Ok(bytes) = fs::read(&path) else { continue };
        let mut kept = Vec::new();
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            if late.contains(&(name, number)) {
                removed += 1;
            } else {
                kept.extend_from_slice(line);
            }
        }
        fs::write(&path, kept).unwrap();
    }
    removed
}

#[test]
fn rows_observed_after_the_cut_off_change_no_match() {
    let dir = tempfile::tempdir().unwrap();
    let (with, without) = (dir.path().join("with"), dir.path().join("without"));
    let tables = dir.path().join("tables");
    copy(&samples().join("tables"), &tables);
    build(&tables, &with, "one").fine();
    let removed = without_late_rows(&tables);
    assert!(removed > 50, "only {removed} rows were late");
    build(&tables, &without, "one").fine();
    assert_eq!(late(&report(&with)) - late(&report(&without)), removed as u64);
    for data in [&with, &without] {
        matches(data).fine();
    }
    for name in [
        "matches.parquet",
        "best.parquet",
        "dossiers/citizen.parquet",
        "dossiers/enterprise.parquet",
    ] {
        assert_eq!(
            fs::read(with.join(name)).unwrap(),
            fs::read(without.join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_later_cut_off_takes_them_in() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut command = building(&samples().join("tables"), &data, "later");
    let position = command.get_args().position(|argument| argument == "--known-at").unwrap();
    let mut arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    arguments[position + 1] = "2026-04-30".into();
    command = zhida();
    Run::of(&command.args(arguments).output().unwrap()).fine();
    assert_eq!(late(&report(&data)), 0);
}

#[test]
fn no_day_before_the_cut_off_is_judged() {
    let data = crate::support::world();
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (data.to_str().unwrap(), dir.path().to_str().unwrap());
    let run =
        run(["match", "--data", data, "--out", out, "--as-of", "2020-01-01", "--format", "json"]);
    assert!(run.err.contains("2020-01-01 lies before the data cut-off"), "{}", run.err);
    assert_eq!(run.fine().json()["as_of"], "2026-03-31");
}

#[test]
fn every_command_says_that_the_cut_off_is_judged_instead() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    copy(&crate::support::world().join("snapshots"), &data.join("snapshots"));
    let best = crate::support::rows(&crate::support::world().join("best.parquet"));
    let row = best.iter().find(|row| crate::support::text(row, "kind") == "citizen").unwrap();
    let (data, key) = (data.to_str().unwrap(), crate::support::text(row, "subject"));
    let asks: [&[&str]; 3] =
        [&["match"], &["explain", key, "minimum-living"], &["push", "--format", "json"]];
    for ask in asks {
        for (day, noted) in [("2020-01-01", true), ("2026-03-31", false)] {
            let more = ["--data", data, "--as-of", day];
            let run = run(ask.iter().copied().chain(more)).fine();
            let note = "note: 2020-01-01 lies before the data cut-off; judging 2026-03-31 instead";
            assert_eq!(run.err.matches(note).count(), usize::from(noted), "{ask:?}: {}", run.err);
        }
    }
}

#[test]
fn the_day_judged_decides_the_version() {
    let text =
        |day: &str| run(["sql", "small-scale-vat", "--as-of", day, "--known-at", day]).fine().out;
    assert_ne!(text("2025-06-30"), text("2026-06-30"));
}
