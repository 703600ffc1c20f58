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
    let run = run.fine();
    assert!(run.out.starts_with("1 policy, 22 of 22 cases agree"), "{}{}", run.out, run.err);
}

/// The policies it may be held with are not checked with it, but they are there.
#[test]
fn a_policy_checked_alone_may_name_the_others() {
    let path = samples().join(format!("policies/{POLICY}.yaml"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nstacks: ["), "the sample names other policies");
    let run = run(["check".as_ref(), path.as_os_str()]).fine();
    assert_eq!(run.err, "");
}

/// One broken line of a file, and the one finding that it gives.
fn one_finding(name: &str, right: &str, wrong: &str, finding: &str) {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    edit(&at.join(name), |text| text.replacen(right, wrong, 1));
    let run = check(&at).fails_with(&[]);
    let start = format!("{}/", at.display());
    assert_eq!(run.err.replace(&start, "").trim_end(), finding, "{wrong}");
}

#[test]
fn an_error_of_the_policy_is_the_only_one() {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY, OTHER]);
    let file = format!("policies/{POLICY}.yaml");
    edit(&at.join(format!("policies/{OTHER}.yaml")), |text| {
        text.replacen("\n#\n", "\nstacks: [childcare-subsidy]\n", 1)
    });
    check(&at).fine();
    edit(&at.join(&file), |text| text.replace("age(birth_date) < 3", "age(birth_dat) < 3"));
    let run = check(&at).fails_with(&["birth_dat`"]);
    assert_eq!(run.err.matches("error[").count(), 1, "{}", run.err);
    assert!(run.out.starts_with("1 policy, "), "{}", run.out);
    assert!(run.out.contains("(22 cases not run), 1 error, 0 warnings"), "{}", run.out);
}

#[test]
fn a_mistake_in_the_base_of_the_cases_is_found_once() {
    one_finding(
        &format!("policies/{POLICY}.cases.yaml"),
        "base: { nationality: cn,",
        "base: { nationality: chinese,",
        "policies/childcare-subsidy-2025.cases.yaml:4:1: error[bad_value]: base: `nationality`: `\"chinese\"` is not one of cn, hk, mo, tw, foreign
  help: see docs/policies.md for how values are written",
    );
}

#[test]
fn codes_of_digits_in_cases_stand_in_quotes() {
    let name = format!("policies/{POLICY}.cases.yaml");
    let right = "base: { nationality";
    one_finding(
        &name,
        right,
        "base: { hukou_region: 330100, nationality",
        "policies/childcare-subsidy-2025.cases.yaml:4:1: error[bad_value]: base: `hukou_region`: `330100` is not a code: codes stand in quotes, write \"330100\"
  help: see docs/policies.md for how values are written",
    );
    one_finding(
        &name,
        right,
        "parameters: { minimum_wage: { 330100: 2490 } }\nbase: { nationality",
        "policies/childcare-subsidy-2025.cases.yaml:4:31: error[yaml]: `330100` needs quotation marks here
  help: write \"330100\"",
    );
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY]);
    edit(&at.join(&name), |text| {
        text.replacen(right, "base: { hukou_region: \"330100\", nationality", 1)
    });
    check(&at).fine();
}

#[test]
fn cases_of_another_policy_say_which() {
    one_finding(
        &format!("policies/{POLICY}.cases.yaml"),
        "version: \"2025\"",
        "version: \"2024\"",
        "policies/childcare-subsidy-2025.cases.yaml:1:1: error[unknown_policy]: the cases are for `childcare-subsidy` version `2024`, the policy beside is `childcare-subsidy` version `2025`
  help: correct `policy`, `version` or `case` in one of the two files",
    );
}

#[test]
fn wrong_values_say_what_to_write() {
    let policy = format!("policies/{POLICY}.yaml");
    for (name, right, wrong, finding) in [
        (
            policy.as_str(),
            "issued_on: 2025-07-28",
            "issued_on: 2026年1月5日",
            "policies/childcare-subsidy-2025.yaml:7:14: error[yaml]: `2026年1月5日` is no day
  help: write year, month and day like 2026-01-05",
        ),
        (
            &policy,
            "level: national",
            "level: [national",
            "policies/childcare-subsidy-2025.yaml:8:8: error[yaml]: one word is needed here, not a list or a mapping
  help: write the word alone, without brackets",
        ),
        (
            &policy,
            "region: \"000000\"",
            "region: 330100",
            "policies/childcare-subsidy-2025.yaml:9:9: error[yaml]: `330100` needs quotation marks here
  help: write \"330100\"",
        ),
        (
            &policy,
            "id: childcare-subsidy",
            "id: Childcare_Subsidy",
            "policies/childcare-subsidy-2025.yaml:1:5: error[policy_id]: id: `Childcare_Subsidy` is no id of a policy
  help: write lower-case English words or numbers joined by hyphens, for example `elder-allowance`",
        ),
        (
            "catalogue.yaml",
            "refresh_days: 0",
            "refresh_days: -1",
            "catalogue.yaml:612:19: error[yaml]: `-1` is no whole number from 0 up
  help: write digits only, for example 30",
        ),
    ] {
        one_finding(name, right, wrong, finding);
    }
}

#[test]
fn a_sum_that_disagrees_is_told_in_yuan() {
    one_finding(
        &format!("policies/{POLICY}.cases.yaml"),
        "expect: eligible, amount: \"3600\"",
        "expect: eligible, amount: \"36.5\"",
        "policies/childcare-subsidy-2025.cases.yaml:6:5: error[amount]: case `2025年9月出生的婴儿`: expected 36.50 yuan, the rule gives 3600 yuan
  help: correct the rule or the case, by the words of the text",
    );
}
