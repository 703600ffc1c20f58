//! `zhida check --deep` and `zhida diff`: every sample policy has its verdict,
//! what is proved can be pasted into a file of cases, and files with a fault
//! are told what to do.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::support::{Run, definitions, edit, run, samples};

const POLICY: &str = "childcare-subsidy-2025";
const OTHER: &str = "free-preschool-2025";
const OTHER_ID: &str = "free-preschool";

fn deep(at: &Path, more: &[&str]) -> Run {
    let at = at.to_str().unwrap();
    run(["check", "--deep", "--definitions", at].iter().chain(more))
}

#[test]
fn every_sample_policy_is_decided() {
    let run = run(["check", "--deep", "--format", "json"]).fine();
    let result = run.json();
    let totals = &result["proofs"]["totals"];
    let policies = result["policies"].as_u64().unwrap();
    assert_eq!(totals["met"], policies, "{totals}");
    assert_eq!(totals["never_met"], 0);
    assert_eq!(totals["undecided"], 0);
    assert!(totals["alone"].as_u64().unwrap() > 600, "{totals}");
    assert!(result["notes"].as_u64().unwrap() > 0);
    assert_eq!(result["errors"], 0);
    let proofs = result["proofs"]["policies"].as_array().unwrap();
    let older = |proof: &&Value| proof["difference"].is_object();
    let verdicts: BTreeMap<&str, &str> = proofs
        .iter()
        .filter(older)
        .map(|proof| {
            (proof["id"].as_str().unwrap(), proof["difference"]["verdict"].as_str().unwrap())
        })
        .collect();
    assert_eq!(verdicts.get("nev-purchase-tax"), Some(&"both"), "{verdicts:?}");
    assert_eq!(verdicts.get("small-scale-vat"), Some(&"same"), "{verdicts:?}");
}

/// Without `--deep` nothing is noted, so that `--strict` stays a gate.
#[test]
fn the_plain_check_says_nothing_of_proofs() {
    let run = run(["check", "--strict", "--format", "json"]).fine();
    assert!(run.json().get("proofs").is_none());
    assert_eq!(run.json()["findings"].as_array().map(Vec::len), Some(0));
}

/// What is printed about each policy is a file of cases. Run as one, every
/// dossier has the verdict that was said of it.
#[test]
fn every_profile_holds_as_a_case() {
    let printed = run(["check", "--deep"]).fine();
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[]);
    let policies = at.join("policies");
    fs::create_dir_all(&policies).unwrap();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in printed.out.lines() {
        if let Some(path) = line.strip_prefix("# ").filter(|path| path.ends_with(".yaml")) {
            current = Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        } else if line.is_empty() {
            current = None;
        } else if let Some(name) = &current {
            let text = files.entry(name.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    for (name, text) in &files {
        let policy = format!("{name}.yaml");
        fs::copy(samples().join("policies").join(&policy), policies.join(&policy)).unwrap();
        fs::write(policies.join(format!("{name}.cases.yaml")), text).unwrap();
    }
    let result = run(["check", "--format", "json", "--definitions", at.to_str().unwrap()]).json();
    assert_eq!(result["passed"], result["cases"], "{:#}", result["findings"]);
    assert!(result["cases"].as_u64().unwrap() > 700, "{}", result["cases"]);
}

#[test]
fn a_contradiction_between_several_fields_is_proved() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    let file = at.join(format!("policies/{POLICY}.yaml"));
    edit(&file, |text| {
        let more = "conditions:
  - {id: some, article: 第一条, quote: 育儿补贴, bound: explicit, when: annual_income / household_income >= 0.3}
  - {id: less, article: 第一条, quote: 育儿补贴, bound: explicit, when: annual_income < household_income * 0.2 && household_income > yuan(0)}
";
        text.replacen("conditions:\n", more, 1)
    });
    let found = deep(&at, &[]).fails_with(&[
        &format!("{POLICY}.yaml:1:"),
        "error[never_met]",
        "no dossier can meet all conditions together, on 2026-03-31, 2025-01-01",
    ]);
    // The linter finds by trying what is proved here: it is said once.
    assert_eq!(found.err.matches("never_met").count(), 1, "{}", found.err);
    assert!(found.out.contains("# no dossier meets all conditions: proved"), "{}", found.out);
}

#[test]
fn an_implication_is_proved_or_refuted_by_a_dossier() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    let file = at.join(format!("policies/{POLICY}.yaml"));
    edit(&file, |text| text.replacen("status:", &format!("implies: [{OTHER_ID}]\nstatus:"), 1));
    deep(&at, &[]).fails_with(&["error[not_implied]", "free-preschool", "birth_date"]);
}

#[test]
fn two_files_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) =
        (samples().join(format!("policies/{POLICY}.yaml")), dir.path().join("new.yaml"));
    fs::copy(&old, &new).unwrap();
    edit(&new, |text| text.replacen("age(birth_date) < 3", "age(birth_date) < 2", 1));
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let narrower = run(["diff", old, new, "--format", "json"]).fine().json();
    assert_eq!(narrower["verdict"], "narrower");
    assert_eq!(narrower["gained"], "none");
    assert!(narrower["lost"]["profile"]["birth_date"].is_string(), "{narrower:#}");
    let text = run(["diff", new, old]).fine().out;
    assert!(text.contains("wider: more qualify"), "{text}");
    assert!(text.contains("- only the first: nobody, proved"), "{text}");
    assert!(text.contains("~ condition "), "{text}");
    let other = samples().join(format!("policies/{OTHER}.yaml"));
    let apart = run(["diff", old, other.to_str().unwrap()]).fine().out;
    assert!(apart.contains(&format!("+ only {OTHER_ID} 2025: {{")), "{apart}");
    let same = run(["diff", old, old, "--format", "json"]).fine().json();
    assert_eq!(same["verdict"], "same");
    assert_eq!(same["changes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn two_versions_are_compared_by_name() {
    let ask =
        |to: &str| run(["diff", "--policy", "nev-purchase-tax", "--from", "2024", "--to", to]);
    let text = ask("2026").fine().out;
    for words in ["judged on 2026-03-31", "+ only 2026:", "- only 2024:", "~ valid"] {
        assert!(text.contains(words), "`{words}` is not in:\n{text}");
    }
    ask("1999").fails_with(&["has no version `1999`", "`2024`", "`2026`"]);
    run(["diff", "--policy", "nothing", "--from", "1", "--to", "2"]).fails_with(&["`nothing`"]);
    run(["diff"]).fails_with(&["two policy files", "--policy ID"]);
    let missing = run(["diff", "no-such-file.yaml", "other.yaml"]);
    missing.fails_with(&["no-such-file.yaml"]);
}
