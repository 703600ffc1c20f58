//! `zhida upcoming`: its changes are those between two runs of `zhida match`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

use crate::support::{DAY, Run, copy, rows, run, text, world, zhida};

/// Subject, policy, version, case and unit.
type Key = [String; 5];

/// Verdict and window of a match; nothing for everybody else.
type State = Option<(String, String)>;

/// Runs `zhida upcoming` on the common snapshot.
fn upcoming(more: &[&str]) -> Run {
    let base = ["upcoming", "--data", world().to_str().unwrap(), "--as-of", DAY];
    run(base.into_iter().chain(more.iter().copied()))
}

/// The rows of a CSV file of ours by column name.
fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(cells);
    let header = lines.next().unwrap();
    lines
        .map(|line| {
            assert_eq!(line.len(), header.len(), "{line:?}");
            header.iter().cloned().zip(line).collect()
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

/// The matches of a day, those of the dead and the deregistered left out.
fn matches(day: &str) -> BTreeMap<Key, (String, String)> {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (world().to_str().unwrap(), dir.path().to_str().unwrap());
    run(["match", "--data", data, "--out", out, "--as-of", day]).fine();
    rows(&dir.path().join("matches.parquet"))
        .iter()
        .filter(|row| !["dead", "deregistered"].contains(&text(row, "suppressed")))
        .map(|row| {
            let key = ["subject", "policy", "version", "case", "unit"];
            let key = key.map(|column| text(row, column).to_owned());
            (key, (text(row, "verdict").to_owned(), text(row, "window").to_owned()))
        })
        .collect()
}

fn state(verdict: &str, window: &str) -> State {
    let matched = ["eligible", "likely", "unknown"].contains(&verdict);
    matched.then(|| (verdict.to_owned(), window.to_owned()))
}

fn day_before(day: &str) -> String {
    day.parse::<jiff::civil::Date>().unwrap().yesterday().unwrap().to_string()
}

#[test]
fn the_changes_are_those_between_two_days_of_matches() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("changes.csv");
    upcoming(&["--days", "300", "--out", out.to_str().unwrap()]).fine();
    let found = csv(&out);
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    found.iter().for_each(|change| *days.entry(&change["day"]).or_default() += 1);
    let mut most: Vec<(&str, usize)> = days.into_iter().collect();
    most.sort_by_key(|(day, count)| (usize::MAX - *count, *day));
    // Two days on which much happens (a period ends, a window opens), and
    // one on which little does.
    let few = most.iter().find(|(_, count)| *count == 1).unwrap();
    for (day, count) in [most[0], most[1], *few] {
        let (before, after) = (matches(&day_before(day)), matches(day));
        let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
        let expected: BTreeMap<Key, (State, State)> = keys
            .into_iter()
            .map(|key| (key.clone(), (before.get(key).cloned(), after.get(key).cloned())))
            .filter(|(_, (before, after))| before != after)
            .collect();
        let changes: BTreeMap<Key, (State, State)> = found
            .iter()
            .filter(|change| change["day"] == day)
            .map(|change| {
                let key = ["subject", "policy", "version", "case", "unit"];
                let from = state(&change["from"], &change["from_window"]);
                let to = state(&change["to"], &change["to_window"]);
                (key.map(|column| change[column].clone()), (from, to))
            })
            .collect();
        assert_eq!(changes.len(), count, "{day}: a change is there twice");
        assert_eq!(changes, expected, "{day}");
    }
    assert!(
        found.iter().all(|change| !change["because"].is_empty() && !change["rules"].is_empty())
    );
}

#[test]
fn the_report_counts_the_changes_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("changes.csv");
    let more = ["--days", "90", "--format", "json", "--limit", "7", "--by", "week", "--out"];
    let more: Vec<&str> = more.into_iter().chain([out.to_str().unwrap()]).collect();
    let report = upcoming(&more).fine().json();
    let found = csv(&out);
    assert_eq!(report["changes"], found.len());
    assert_eq!(
        (report["as_of"].as_str(), report["until"].as_str()),
        (Some(DAY), Some("2026-06-29"))
    );
    let policies = report["policies"].as_array().unwrap();
    let total =
        |name: &str| -> u64 { policies.iter().map(|policy| policy[name].as_u64().unwrap()).sum() };
    let weekly = |name: &str| -> u64 {
        let weeks = policies.iter().flat_map(|policy| policy["periods"].as_object().unwrap());
        weeks.map(|(_, counts)| counts[name].as_u64().unwrap()).sum()
    };
    for name in ["becoming", "ceasing", "data_ends", "unknown", "other"] {
        assert_eq!(total(name), weekly(name), "{name}");
    }
    let eligible = |change: &BTreeMap<String, String>, side: &str| {
        change[side] == "eligible" && change[&format!("{side}_window")] != "closed"
    };
    let becoming =
        found.iter().filter(|change| !eligible(change, "from") && eligible(change, "to")).count();
    assert_eq!(total("becoming"), becoming as u64);
    assert!(becoming > 0);
    let earliest = report["earliest"].as_array().unwrap();
    let days: Vec<&str> = earliest.iter().map(|change| change["day"].as_str().unwrap()).collect();
    let mut first: Vec<&str> = found.iter().map(|change| change["day"].as_str()).collect();
    first.sort_unstable();
    assert_eq!(days, first[..7]);
    assert!(earliest.iter().all(|change| change["because"][0]["what"].is_string()));
}

#[test]
fn one_policy_can_be_looked_at() {
    let report = upcoming(&["--policy", "childcare-subsidy", "--format", "json"]).fine().json();
    let policies = report["policies"].as_array().unwrap();
    assert!(!policies.is_empty());
    assert!(policies.iter().all(|policy| policy["policy"] == "childcare-subsidy"));
    let condition = |change: &Value| {
        let because = change["because"].as_array().unwrap().clone();
        because.into_iter().any(|reason| {
            reason["what"] == "condition" && reason["rule"].as_str().unwrap().contains("周年")
        })
    };
    assert!(report["earliest"].as_array().unwrap().iter().any(condition), "{report}");
    upcoming(&["--policy", "no-such-policy"]).fails_with(&["`no-such-policy`", "zhida match"]);
}

#[test]
fn threads_change_no_byte() {
    let dir = tempfile::tempdir().unwrap();
    let files = ["1", "3"].map(|threads| {
        let out = dir.path().join(format!("{threads}.csv"));
        let mut command = zhida();
        command.env("RAYON_NUM_THREADS", threads);
        command.args(["upcoming", "--data", world().to_str().unwrap(), "--as-of", DAY, "--out"]);
        Run::of(&command.arg(&out).output().unwrap()).fine();
        fs::read(out).unwrap()
    });
    assert!(files[0].len() > 1_000);
    assert_eq!(files[0], files[1]);
}

#[test]
fn what_cannot_be_done_is_said() {
    let dir = tempfile::tempdir().unwrap();
    run(["upcoming", "--data", dir.path().to_str().unwrap()])
        .fails_with(&["holds no snapshot", "zhida build"]);
    let out = dir.path().join("missing/changes.csv");
    upcoming(&["--out", out.to_str().unwrap()]).fails_with(&["cannot write", "check the folder"]);
    let run = upcoming(&["--days", "0"]);
    assert_eq!(run.code, 2, "{}", run.err);
    // A snapshot that is only read stays as it was.
    let data = dir.path().join("data");
    copy(world(), &data);
    let before = fs::read_dir(&data).unwrap().count();
    let arguments = ["upcoming", "--data", data.to_str().unwrap(), "--as-of", DAY];
    crate::support::run(arguments).fine();
    assert_eq!(fs::read_dir(&data).unwrap().count(), before);
}
