//! `zhida explain`: says the same as the batch wrote, for everybody asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    process::Stdio,
};

use serde_json::Value;

use crate::support::{DAY, Run, key_file, rows, run, samples, text, world, zhida};

type Row = BTreeMap<String, Value>;

/// What batch and explanation must agree on: version, verdict, amount, missing, suppression.
fn of_match(row: &Row) -> String {
    let missing = row["missing"].as_array().unwrap().iter();
    let missing: Vec<&str> = missing.map(|name| name.as_str().unwrap()).collect();
    format!(
        "{} {} {} {} {missing:?} suppressed={}",
        text(row, "version"),
        text(row, "verdict"),
        text(row, "amount_state"),
        row["amount_fen"],
        !row["suppressed"].is_null(),
    )
}

fn of_explanation(explanation: &Value) -> String {
    let missing = explanation["missing"].as_array().unwrap().iter();
    let missing: Vec<&str> = missing.map(|item| item["name"].as_str().unwrap()).collect();
    format!(
        "{} {} {} {} {missing:?} suppressed={}",
        explanation["version"].as_str().unwrap(),
        explanation["verdict"].as_str().unwrap(),
        explanation["amount"]["state"].as_str().unwrap(),
        explanation["amount"]["fen"],
        !explanation["suppressed"].is_null(),
    )
}

fn explain(subject: &str, policy: &str) -> Vec<Value> {
    let data = world().to_str().unwrap();
    let arguments =
        ["explain", subject, policy, "--data", data, "--as-of", DAY, "--format", "json"];
    run(arguments).fine().json().as_array().unwrap().clone()
}

/// A few matches of every verdict and of policies with units, over many policies.
fn chosen(found: &[Row]) -> Vec<&Row> {
    let mut seen = BTreeSet::new();
    let mut chosen: Vec<&Row> = found
        .iter()
        .filter(|row| seen.insert((text(row, "policy"), text(row, "verdict"))))
        .collect();
    let step = (chosen.len() / 40).max(1);
    let with_unit = found.iter().filter(|row| !row["unit"].is_null()).step_by(97).take(8);
    chosen = chosen.into_iter().step_by(step).chain(with_unit).collect();
    chosen
}

#[test]
fn it_says_what_the_batch_wrote() {
    let found = rows(&world().join("matches.parquet"));
    let mut verdicts = BTreeSet::new();
    for row in chosen(&found) {
        let (subject, policy) = (text(row, "subject"), text(row, "policy"));
        verdicts.insert(text(row, "verdict").to_owned());
        let mut batch: Vec<String> = found
            .iter()
            .filter(|row| text(row, "subject") == subject && text(row, "policy") == policy)
            .map(of_match)
            .collect();
        let explanations = explain(subject, policy);
        let mut explained: Vec<String> = explanations
            .iter()
            .filter(|explanation| explanation["verdict"] != "ineligible")
            .map(of_explanation)
            .collect();
        batch.sort();
        explained.sort();
        assert_eq!(batch, explained, "{subject} {policy}");
        for explanation in &explanations {
            assert_eq!(explanation["as_of"], DAY);
            assert!(!explanation["conditions"].as_array().unwrap().is_empty());
        }
    }
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");
}

#[test]
fn every_failing_condition_is_told_to_who_is_not_matched() {
    let found = rows(&world().join("matches.parquet"));
    let matched: BTreeSet<_> = found
        .iter()
        .filter(|row| text(row, "policy") == "minimum-living")
        .map(|row| text(row, "subject"))
        .collect();
    let subjects: BTreeSet<_> = found
        .iter()
        .filter(|row| text(row, "kind") == "citizen")
        .map(|row| text(row, "subject"))
        .collect();
    let mut several = 0;
    for subject in subjects.difference(&matched).take(5) {
        let explanations = explain(subject, "minimum-living");
        let explanation = explanations.first().unwrap();
        assert_eq!(explanation["verdict"], "ineligible");
        let failing = explanation["failing"].as_array().unwrap();
        assert!(!failing.is_empty());
        several += failing.len();
    }
    assert!(several > 0);
}

#[test]
fn it_reads_like_an_answer() {
    let found = rows(&world().join("matches.parquet"));
    let row = found.iter().find(|row| text(row, "policy") == "minimum-living").unwrap();
    let data = world().to_str().unwrap();
    let said =
        run(["explain", text(row, "subject"), "minimum-living", "--data", data, "--as-of", DAY]);
    let said = said.fine().out;
    for word in ["最低生活保障", "结论：", "数据截至 2026-03-31", "咨询：", "以主管部门认定为准"]
    {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
}

#[test]
fn a_number_comes_by_standard_input_and_needs_the_key_file() {
    let table = fs::read(samples().join("tables/marriage.csv")).unwrap();
    let number =
        String::from_utf8(table.split(|byte| *byte == b'\n').nth(1).unwrap()[..18].to_vec());
    let number = number.unwrap();
    let key = key_file(world());
    let (data, key) = (world().to_str().unwrap(), key.to_str().unwrap());
    let ask = |subject: &str, number: &str, more: &[&str]| {
        let base = ["explain", subject, "minimum-living", "--data", data, "--as-of", DAY];
        let mut child = zhida()
            .args(base.into_iter().chain(more.iter().copied()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = writeln!(child.stdin.take().unwrap(), "{number}");
        Run::of(&child.wait_with_output().unwrap())
    };
    let said = ask("-", &number, &["--key-file", key]).fine();
    assert!(!said.out.contains(&number), "the number was repeated");
    ask("-", &number, &[]).fails_with(&["--key-file"]);
    ask("-", "", &["--key-file", key]).fails_with(&["nobody in this snapshot"]);
    let refused = ask(&number, "", &["--key-file", key]).fails_with(&["standard input"]);
    assert!(!refused.err.contains(&number), "the number was repeated: {}", refused.err);
}

#[test]
fn what_nobody_has_is_said_plainly() {
    let data = world().to_str().unwrap();
    let found = rows(&world().join("matches.parquet"));
    let of =
        |kind: &str| text(found.iter().find(|row| text(row, "kind") == kind).unwrap(), "subject");
    let ask = |subject: &str, policy: &str, more: &[&str]| {
        let base = ["explain", subject, policy, "--data", data, "--as-of", DAY];
        run(base.into_iter().chain(more.iter().copied()))
    };
    ask(&"0".repeat(32), "minimum-living", &[]).fails_with(&["nobody in this snapshot"]);
    ask(of("citizen"), "minimum", &[]).fails_with(&["minimum-living"]);
    ask(of("citizen"), "high-tech-enterprise", &[]).fails_with(&["is for enterprise"]);
    ask(of("citizen"), "minimum-living", &["--version", "1999"]).fails_with(&["no version `1999`"]);
}
