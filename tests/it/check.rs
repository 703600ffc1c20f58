//! `zhida check`: the samples pass; what is broken is named with file, line
//! and remedy.

use std::fs;

use crate::support::{Run, definitions, edit, run, samples};

const POLICY: &str = "childcare-subsidy-2025";
const OTHER: &str = "free-preschool-2025";

fn check(at: &std::path::Path) -> Run {
    run(["check".as_ref(), "--definitions".as_ref(), at.as_os_str()])
}

#[test]
fn the_samples_pass() {
    let run = run(["check", "--format", "json"]);
    let result = run.json();
    let failing: Vec<String> = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(ToString::to_string)
        .collect();
    assert!(failing.is_empty(), "{failing:#?}");
    run.fine();
    assert_eq!(result["cases"], result["passed"]);
    let files = fs::read_dir(samples().join("policies")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let policies = names.filter(|name| !name.ends_with(".cases.yaml")).count();
    assert_eq!(result["policies"], policies);
    assert!(result["cases"].as_u64().unwrap() > 1_000);
}

#[test]
fn a_wrong_expectation_of_a_case_is_a_finding() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    check(&at).fine();
    let file = at.join(format!("policies/{POLICY}.cases.yaml"));
    edit(&file, |text| {
        text.replacen("expect: eligible, amount: \"3600\"", "expect: ineligible", 1)
    });
    let name = format!("{POLICY}.cases.yaml:6:");
    check(&at).fails_with(&[&name, "ineligible", "eligible"]);
}

#[test]
fn a_misspelt_field_is_found_with_line_and_suggestion() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    let file = at.join(format!("policies/{POLICY}.yaml"));
    edit(&file, |text| text.replace("age(birth_date) < 3", "age(birth_dat) < 3"));
    let run = check(&at).fails_with(&["birth_dat`", "birth_date", &format!("{POLICY}.yaml:50:")]);
    assert!(run_is_one_line_each(&run), "{}", run.err);
}

fn run_is_one_line_each(run: &Run) -> bool {
    run.err.lines().all(|line| line.len() < 2_000)
}

#[test]
fn a_wrong_type_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    let file = at.join(format!("policies/{POLICY}.yaml"));
    edit(&file, |text| text.replace("nationality == \"cn\"", "nationality == 7"));
    check(&at).fails_with(&["chinese", "number", &format!("{POLICY}.yaml:42:")]);
}

#[test]
fn every_broken_policy_is_reported_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    for name in [POLICY, OTHER] {
        edit(&at.join(format!("policies/{name}.yaml")), |text| {
            text.replacen("audience: citizen", "audience: nobody", 1)
        });
    }
    check(&at).fails_with(&[POLICY, OTHER, "nobody"]);
}

#[test]
fn a_broken_catalogue_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY]);
    let file = at.join("catalogue.yaml");
    edit(&file, |text| text.replacen("owner: public_security", "owner: public_secruity", 1));
    check(&at).fails_with(&["catalogue.yaml:", "public_secruity", "public_security"]);
    fs::write(&file, "version: [\n").unwrap();
    check(&at).fails_with(&["catalogue.yaml:"]);
    fs::remove_file(&file).unwrap();
    check(&at).fails_with(&["cannot read", "catalogue.yaml"]);
}

#[test]
fn broken_parameters_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY]);
    let file = at.join("parameters.yaml");
    edit(&file, |text| {
        text.replacen("minimum_living_line_urban, region", "minimum_line, region", 1)
    });
    check(&at).fails_with(&["parameters.yaml:", "minimum_line"]);
}

#[test]
fn broken_code_tables_are_found_with_their_row() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY]);
    edit(&at.join("regions.csv"), |text| text.replacen("110000,北京市", "11000X,北京市", 1));
    check(&at).fails_with(&["regions.csv", "11000X", "3"]);
    fs::copy(samples().join("regions.csv"), at.join("regions.csv")).unwrap();
    edit(&at.join("industries.csv"), |text| text.replacen("011,谷物种植", "0?1,谷物种植", 1));
    check(&at).fails_with(&["industries.csv", "0?1"]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    run(["check", "--definitions", "no/such/folder"])
        .fails_with(&["no/such/folder", "--definitions DIR"]);
    run(["check", "no/such/policy.yaml"]).fails_with(&["no/such/policy.yaml", "does not exist"]);
}

#[test]
fn one_policy_is_checked_alone_and_warnings_can_count() {
    let path = samples().join(format!("policies/{POLICY}.yaml"));
    let run = run(["check".as_ref(), path.as_os_str()]);
    assert!(run.out.contains("1 policies"), "{}{}", run.out, run.err);
}
