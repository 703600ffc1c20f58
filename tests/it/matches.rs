//! `zhida match`: the columns, the order, the best, and the same bytes twice.

use std::{collections::BTreeMap, fs};

use crate::support::{DAY, rows, run, text, world};

/// The columns of `matches.parquet` and `best.parquet`, in any order.
const COLUMNS: [&str; 16] = [
    "amount_fen",
    "amount_state",
    "case",
    "choose_one",
    "days_left",
    "kind",
    "missing",
    "policy",
    "rank",
    "score",
    "subject",
    "suppressed",
    "unit",
    "verdict",
    "version",
    "window",
];

#[test]
fn every_match_keeps_its_promises() {
    let found = rows(&world().join("matches.parquet"));
    assert!(found.len() > 1_000);
    for row in &found {
        assert_eq!(row.keys().map(String::as_str).collect::<Vec<_>>(), COLUMNS);
        let verdict = text(row, "verdict");
        assert!(["eligible", "likely", "unknown"].contains(&verdict), "{row:?}");
        let missing = row["missing"].as_array().unwrap().len();
        assert!(verdict == "unknown" || missing == 0, "{row:?}");
        assert_eq!(text(row, "subject").len(), 32, "{row:?}");
        assert_eq!(row["amount_fen"].is_null(), text(row, "amount_state") != "known", "{row:?}");
        assert_eq!(row["rank"].is_null(), !row["suppressed"].is_null(), "{row:?}");
        assert!(["open", "upcoming"].contains(&text(row, "window")), "{row:?}");
    }
    let keys: std::collections::BTreeSet<_> = found
        .iter()
        .map(|row| ["subject", "policy", "version", "case", "unit"].map(|column| text(row, column)))
        .collect();
    assert_eq!(keys.len(), found.len(), "a match is there twice");
}

#[test]
fn ranks_run_from_one_and_the_best_are_the_first_of_them() {
    let all = rows(&world().join("matches.parquet"));
    let mut ranks: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for row in &all {
        if let Some(rank) = row["rank"].as_u64() {
            ranks.entry(text(row, "subject")).or_default().push(rank);
        }
    }
    for (subject, ranks) in ranks {
        assert_eq!(ranks, (1..=ranks.len() as u64).collect::<Vec<_>>(), "{subject}");
    }
    let best = rows(&world().join("best.parquet"));
    let wanted: Vec<_> =
        all.iter().filter(|row| row["rank"].as_u64().is_some_and(|rank| rank <= 10)).collect();
    assert_eq!(best.iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (world().to_str().unwrap(), dir.path().to_str().unwrap());
    for threads in ["1", "3"] {
        let mut command = crate::support::zhida();
        command.env("RAYON_NUM_THREADS", threads);
        command.args(["match", "--data", data, "--out", out, "--as-of", DAY]);
        crate::support::Run::of(&command.output().unwrap()).fine();
        for name in ["matches.parquet", "best.parquet"] {
            let (one, two) = (fs::read(world().join(name)), fs::read(dir.path().join(name)));
            assert_eq!(one.unwrap(), two.unwrap(), "{name} with {threads} threads");
        }
    }
}

#[test]
fn the_report_counts_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (world().to_str().unwrap(), dir.path().to_str().unwrap());
    let arguments =
        ["match", "--data", data, "--out", out, "--as-of", DAY, "--best", "2", "--format", "json"];
    let report = run(arguments).fine().json();
    let found = rows(&dir.path().join("matches.parquet"));
    assert_eq!(report["matches"], found.len());
    assert_eq!(report["subjects"], 1_800);
    for policy in report["policies"].as_array().unwrap() {
        let of = |verdict: &str| {
            found
                .iter()
                .filter(|row| {
                    ["policy", "version", "case"].iter().all(|name| row[*name] == policy[*name])
                        && text(row, "verdict") == verdict
                })
                .count()
        };
        for verdict in ["eligible", "likely", "unknown"] {
            assert_eq!(policy[verdict], of(verdict), "{} {verdict}", policy["policy"]);
        }
    }
    let mut each: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(&dir.path().join("best.parquet")) {
        *each.entry(text(&row, "subject").to_owned()).or_default() += 1;
    }
    assert!(each.values().all(|count| *count <= 2));
    assert!(!each.is_empty());
}

#[test]
fn other_policies_can_be_tried_on_the_same_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let at = crate::support::definitions(dir.path(), &["childcare-subsidy-2025"]);
    let policies = at.join("policies");
    crate::support::edit(&policies.join("childcare-subsidy-2025.yaml"), |text| {
        text.replace("age(birth_date) < 3", "age(birth_date) < 2")
    });
    let count = |more: &[&str]| {
        let out = dir.path().join("out");
        let base = ["match", "--data", world().to_str().unwrap(), "--out", out.to_str().unwrap()];
        let day = ["--as-of", DAY, "--format", "json"];
        let report = run(base.into_iter().chain(day).chain(more.iter().copied())).fine().json();
        let mut policies = report["policies"].as_array().unwrap().clone();
        policies.retain(|policy| policy["policy"] == "childcare-subsidy");
        policies[0]["eligible"].as_u64().unwrap()
    };
    let (before, after) = (count(&[]), count(&["--policies", policies.to_str().unwrap()]));
    assert!(after < before && after > 0, "{before} before, {after} after");
}

#[test]
fn a_folder_without_a_snapshot_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    run(["match", "--data", data]).fails_with(&["holds no snapshot", "zhida build"]);
    run(["explain", &"0".repeat(32), "tech-sme", "--data", data])
        .fails_with(&["holds no snapshot"]);
    run(["push", "--data", data]).fails_with(&["holds no snapshot"]);
    run(["serve", "--data", data, "--bind", "127.0.0.1:0"]).fails_with(&["holds no snapshot"]);
}
