//! Policies that name each other, and days that fall between.

use super::support::{policy, program, reference};
use crate::{office::proofs::report::report, rules::program::Source};

/// Findings without their help.
fn findings(sources: &[Source]) -> Vec<String> {
    let report = report(&program(sources), reference());
    let line = |finding: &crate::diagnostic::Diagnostic| {
        finding.to_string().lines().next().unwrap().to_owned()
    };
    report.findings.iter().map(line).collect()
}

fn two(more: &str, rule: &str, other: &str) -> Vec<String> {
    findings(&[policy("one", more, &[("rule", rule)]), policy("two", "", &[("rule", other)])])
}

#[test]
fn an_implication_is_proved_or_refuted() {
    let more = "implies: [two]\n";
    assert_eq!(two(more, "a >= 3", "a >= 2"), Vec::<String>::new());
    assert_eq!(
        two(more, "a >= 2", "a >= 3"),
        [
            "one.yaml:5:11: error[not_implied]: `implies`: this dossier qualifies here and not for `two` 1: {a: 2}"
        ]
    );
    let both = "implies: [two]\nexcludes: [two]\n";
    assert_eq!(
        two(both, "a >= 3", "a >= 2"),
        [
            "one.yaml:5:11: error[implies_and_excludes]: `implies`: whoever qualifies is said to qualify for `two`, and that excludes it"
        ]
    );
}

#[test]
fn an_implication_by_a_unit() {
    let unit = "unit: children\nimplies: [two]\n";
    assert_eq!(two(unit, "unit.a >= 3 && p", "p"), Vec::<String>::new());
    let other = policy("two", "unit: children\n", &[("rule", "unit.a >= 2")]);
    let one = policy("one", unit, &[("rule", "unit.a >= 3")]);
    assert_eq!(findings(&[one, other]), Vec::<String>::new());
}

#[test]
fn exclusions_that_are_void_and_stacks_that_nobody_has() {
    assert_eq!(
        two("excludes: [two]\n", "a >= 3", "a < 3"),
        [
            "one.yaml:5:12: note[void_exclusion]: `excludes`: nobody can meet both this and `two` 1 anyway"
        ]
    );
    assert_eq!(two("excludes: [two]\n", "a >= 3", "a < 4"), Vec::<String>::new());
    assert_eq!(
        two("stacks: [two]\n", "a >= 3", "a < 3"),
        ["one.yaml:5:10: warning[never_together]: `stacks`: nobody can meet both this and `two` 1"]
    );
    assert_eq!(
        two("stacks: [two]\nexcludes: [two]\n", "a >= 3", "a < 4"),
        [
            "one.yaml:5:10: error[excludes_and_stacks]: `stacks`: `two` is said to stack and to be excluded"
        ]
    );
}

#[test]
fn policies_for_another_audience() {
    let firm = policy("two", "audience: enterprise\n", &[("rule", "firm_size > 3")]);
    let one = |more| policy("one", more, &[("rule", "p")]);
    assert_eq!(
        findings(&[one("excludes: [two]\n"), firm.clone()]),
        [
            "one.yaml:5:12: note[other_audience]: `excludes`: `two` judges the dossiers of another audience (enterprise, not citizen)"
        ]
    );
    assert_eq!(
        findings(&[one("implies: [two]\n"), firm]),
        [
            "one.yaml:5:11: error[other_audience]: `implies`: `two` judges the dossiers of another audience (enterprise, not citizen)"
        ]
    );
}

#[test]
fn claim_windows_of_one_version() {
    let one = |claim: &str| {
        let more = format!("valid: {{from: 2026-01-01, to: 2026-12-31}}\nclaim: [{claim}]\n");
        findings(&[policy("one", &more, &[("rule", "p")])])
    };
    assert_eq!(one("{from: 2026-02-01, to: 2026-03-01}"), Vec::<String>::new());
    assert_eq!(
        one("{from: 2026-03-01, to: 2026-02-01}"),
        [
            "one.yaml:3:5: error[claim_window]: version `1`: a claim window ends on 2026-02-01, before it begins on 2026-03-01"
        ]
    );
    assert_eq!(
        one("{from: 2025-02-01, to: 2025-03-01}"),
        [
            "one.yaml:3:5: warning[claim_outside]: version `1`: a claim window ends on 2025-03-01; the rule is in force from 2026-01-01"
        ]
    );
    assert_eq!(
        one("{from: 2026-02-01, to: 2026-03-01}, {from: 2026-03-01}"),
        [
            "one.yaml:3:5: warning[claim_overlap]: version `1`: two claim windows are open on 2026-03-01"
        ]
    );
}

#[test]
fn claim_windows_of_two_versions() {
    let both = |old: &str, new: &str| {
        let more = format!("valid: {{from: 2025-01-01, to: 2025-12-31}}\nclaim: [{old}]\n");
        let next = format!("version: \"2\"\nvalid: {{from: 2026-01-01}}\nclaim: [{new}]\n");
        let next = Source { name: "two.yaml".into(), ..policy("one", &next, &[("rule", "p")]) };
        findings(&[policy("one", &more, &[("rule", "p")]), next])
    };
    assert_eq!(
        both("{from: 2025-02-01, to: 2026-02-28}", "{from: 2026-02-01}"),
        [
            "one.yaml:3:5: warning[claim_overlap]: version `1`: it and version `2` can both be claimed on 2026-02-01"
        ]
    );
    assert_eq!(
        both("{from: 2025-02-01, to: 2025-11-30}", "{from: 2026-02-01}"),
        [
            "one.yaml:3:5: note[claim_gap]: version `1`: nobody can claim between 2025-11-30 and 2026-02-01, when version `2` opens"
        ]
    );
}

#[test]
fn a_parameter_that_runs_out() {
    let one = |valid: &str| {
        let more = format!("region: \"330100\"\nvalid: {valid}\n");
        let text = policy("one", &more, &[("rule", "a >= param(\"line\", home)")]);
        let text = text.text.replacen("level: national\nregion: \"000000\"\n", "level: city\n", 1);
        findings(&[Source { name: "one.yaml".into(), text }])
    };
    // Hangzhou's own value ends in June; that of the province goes on.
    assert_eq!(one("{from: 2020-01-01}"), Vec::<String>::new());
    let national = policy(
        "one",
        "valid: {from: 2020-01-01, to: 2027-12-31}\n",
        &[("rule", "a >= param(\"line\", home)")],
    );
    let found = findings(&[national]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("note[parameter_missing]") && found[0].contains("天津市"),
        "{found:?}"
    );
}
