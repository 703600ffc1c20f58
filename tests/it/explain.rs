//! `zhida explain`: says the same as the batch wrote, for everybody asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    process::Stdio,
};

use serde_json::Value;
use zhida_model::domain::ResidentId;

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

/// What `explain` prints to people.
fn said(subject: &str, policy: &str) -> String {
    let data = world().to_str().unwrap();
    run(["explain", subject, policy, "--data", data, "--as-of", DAY]).fine().out
}

#[test]
fn only_the_branch_that_is_taken_is_worked_out() {
    let found = rows(&world().join("matches.parquet"));
    let wanted =
        |row: &&Row| text(row, "policy") == "minimum-living" && text(row, "verdict") == "eligible";
    let row = found.iter().find(wanted).unwrap();
    let said = said(text(row, "subject"), "minimum-living");
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("计算：")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    let (line, rural) = (lines[0], said.contains("户籍性质 = 农村"));
    assert_eq!(line.contains("农村低保标准"), rural, "{said}");
    assert_eq!(line.contains("城市低保标准"), !rural, "{said}");
}

#[test]
fn nobody_is_shown_a_sum_that_is_not_theirs() {
    let found = rows(&world().join("matches.parquet"));
    let of = |policy: &str, verdict: &str| {
        let fits = |row: &&Row| text(row, "policy") == policy && text(row, "verdict") == verdict;
        found.iter().filter(fits).map(|row| text(row, "subject")).collect::<BTreeSet<_>>()
    };
    let open = found
        .iter()
        .find(|row| {
            text(row, "verdict") == "unknown"
                && text(row, "amount_state") == "known"
                && row["unit"].is_null()
        })
        .unwrap();
    let told = said(text(open, "subject"), text(open, "policy"));
    assert!(told.contains("结论：信息不足") && told.contains("（若符合："), "{told}");
    // Somebody on the list of a policy with a sum is not on that of another one.
    let policy = text(open, "policy");
    let matched: BTreeSet<_> = ["eligible", "likely", "unknown"]
        .into_iter()
        .flat_map(|verdict| of(policy, verdict))
        .collect();
    let kind = text(open, "kind");
    let other = found
        .iter()
        .find(|row| text(row, "kind") == kind && !matched.contains(text(row, "subject")));
    let other = text(other.unwrap(), "subject");
    let explanation = explain(other, policy).remove(0);
    assert_eq!(explanation["verdict"], "ineligible");
    assert_eq!(explanation["amount"]["state"], "none");
    assert!(explanation["amount_words"].is_null());
    let told = said(other, policy);
    let benefit = format!("待遇：{}\n", explanation["benefit"].as_str().unwrap());
    assert!(told.contains("结论：暂不符合") && told.contains(&benefit), "{told}");
}

#[test]
fn what_is_missing_comes_with_the_department_that_owns_it() {
    let found = rows(&world().join("matches.parquet"));
    let open = found.iter().filter(|row| {
        let missing = row["missing"].as_array().unwrap();
        text(row, "verdict") == "unknown"
            && missing.iter().any(|name| !name.as_str().unwrap().starts_with("param:"))
    });
    for row in open.step_by(211).take(4) {
        let told = said(text(row, "subject"), text(row, "policy"));
        let line = told.lines().find(|line| line.starts_with("尚缺：")).unwrap();
        assert!(line.contains("部门"), "{line}");
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
    ask("-", "", &["--key-file", key]).fails_with(&["no identity number came"]);
    let malformed = ask("-", "12", &["--key-file", key]).fails_with(&["no valid number"]);
    assert!(!malformed.err.contains("nobody"), "{}", malformed.err);
    let slip = number.replace(|c: char| c == number.chars().last().unwrap(), "z");
    let refused = ask("-", &slip, &["--key-file", key]).fails_with(&["no valid number"]);
    assert!(!refused.err.contains(&slip), "the number was repeated: {}", refused.err);
    let nobody = ResidentId::with_check("99010119000101001").unwrap();
    ask("-", nobody.as_str(), &["--key-file", key])
        .fails_with(&["nobody in this snapshot has that number"]);
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other.key");
    fs::write(&other, "77".repeat(32)).unwrap();
    let other = other.to_str().unwrap();
    ask("-", &number, &["--key-file", other])
        .fails_with(&["other.key", "not the one the snapshot was built with"]);
    fs::write(other, "not a key").unwrap();
    ask("-", &number, &["--key-file", other]).fails_with(&["other.key", "hexadecimal"]);
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
    for slip in ["minimum", "minimum-livin", "minimun-living"] {
        ask(of("citizen"), slip, &[]).fails_with(&["did you mean", "minimum-living"]);
    }
    ask(of("citizen"), "qqqqqq", &[]).fails_with(&["no policy has the id", "policies"]);
    ask(of("citizen"), "high-tech-enterprise", &[])
        .fails_with(&["is for enterprise", "kind citizen"]);
    ask(of("citizen"), "minimum-living", &["--version", "1999"]).fails_with(&["no version `1999`"]);
}
