//! Every finding of the linter, provoked by a policy that has it.

use super::support::{lines, policy, program, reference, source, when};
use crate::rules::{lint::lint, program::Source};

/// Findings with the cases file beside each policy, so that its absence is silent.
fn findings(sources: &[Source]) -> Vec<String> {
    let program = program(sources);
    let cases: Vec<Source> = sources
        .iter()
        .map(|source| Source {
            name: source.name.replace(".yaml", ".cases.yaml"),
            text: String::new(),
        })
        .collect();
    lint(&program, sources, &cases, reference()).iter().map(ToString::to_string).collect()
}

fn one(text: String) -> String {
    lines(&findings(&[source("p", text)]))
}

#[test]
fn a_sound_policy_has_no_finding() {
    let more = "benefit: {kind: cash, summary: 钱, per: once, amount: 'yuan(5)', tiers: [{label: 一, when: 'family_size > 3', amount: 'yuan(9)'}]}\n";
    let conditions = when("a", "family_size >= 2") + &when("b", "student || worker");
    assert_eq!(one(policy("p", more, &conditions)), "");
}

#[test]
fn quotes() {
    let conditions = "  - {id: a, when: student}\n  - {id: b, article: 第九条, quote: 符合条件, when: worker}\n  - {id: c, article: 第一条, quote: 不符合条件, when: disabled}\n  - {id: d, article: 第一条, quote: '', when: retired}\n";
    assert_eq!(
        one(policy("p", "", conditions)),
        "p.yaml:15:5: error[no_quote]: condition `a`: it does not quote the words it stands for
  help: add `article` and `quote`
p.yaml:16:34: error[unknown_article]: condition `b`: the text has no article `第九条`
  help: correct the article or complete the text
p.yaml:17:34: error[quote_not_found]: condition `c`: `不符合条件` does not stand in 第一条
  help: quote the words exactly as they stand there
p.yaml:18:34: error[quote_not_found]: condition `d`: `` does not stand in 第一条
  help: quote the words exactly as they stand there"
    );
}

/// A policy that has errors of its own is there all the same.
#[test]
fn a_policy_that_does_not_compile_may_be_named() {
    let names = |id: &str| policy("p", &format!("stacks: [{id}]\n"), &when("a", "student"));
    let broken = source("q", policy("q", "", &when("a", "studend")));
    let sources = [source("p", names("q")), broken];
    let (program, _) = crate::rules::program::Program::compile(&sources, reference());
    assert_eq!(program.policies.len(), 1);
    let cases = [source("p.cases", String::new())];
    assert_eq!(lint(&program, &sources, &cases, reference()), []);
    let found = lint(&program, sources.get(..1).expect("one"), &cases, reference());
    assert_eq!(found.len(), 1, "without its file nobody is there: {found:?}");
    assert_eq!(found.first().map(|finding| finding.code), Some("unknown_policy"));
}

#[test]
fn blanks_and_line_breaks_of_a_quote_do_not_matter() {
    let more =
        "text:\n  - article: 第一条\n    words: |\n      凡符合\n      条件的人员均可 申请。\n";
    let conditions =
        "  - {id: a, article: 第一条, quote: '符合条件的人员 均可申请', when: student}\n";
    assert_eq!(one(policy("p", more, conditions)), "");
}

#[test]
fn conditions_that_cannot_be_met_or_cannot_fail() {
    let conditions = when("a", "family_size > 3 && family_size < 2")
        + &when("b", "student || !student")
        + &when("c", "age >= 18 && age < 18")
        + &when("d", "education >= \"master\" && education in [\"bachelor\"]")
        + &when("e", "family_size >= 0");
    assert_eq!(
        one(policy("p", "", &conditions)),
        "p.yaml:15:5: error[never_met]: condition `a`: no value of the data can meet it
  help: correct the bounds: two parts contradict each other
p.yaml:16:5: error[never_fails]: condition `b`: no value of the data can fail it
  help: leave it out, or correct the bounds
p.yaml:17:5: error[never_met]: condition `c`: no value of the data can meet it
  help: correct the bounds: two parts contradict each other
p.yaml:18:5: error[never_met]: condition `d`: no value of the data can meet it
  help: correct the bounds: two parts contradict each other
p.yaml:19:5: error[never_fails]: condition `e`: no value of the data can fail it
  help: leave it out, or correct the bounds
p.yaml:1:5: error[never_met]: no dossier can meet all conditions together
  help: two conditions contradict each other"
    );
}

#[test]
fn two_conditions_that_contradict_each_other() {
    let conditions = when("a", "family_size > 3") + &when("b", "family_size <= 3");
    assert_eq!(
        one(policy("p", "", &conditions)),
        "p.yaml:1:5: error[never_met]: no dossier can meet all conditions together
  help: two conditions contradict each other"
    );
}

#[test]
fn tiers_that_overlap_or_leave_a_gap() {
    let tiers = |tiers: &str| {
        format!("benefit:\n  kind: cash\n  summary: 钱\n  per: once\n  tiers:\n{tiers}")
    };
    let covered = tiers(
        "    - {label: 大, when: 'family_size >= 3', amount: 'yuan(9)'}\n    - {label: 更大, when: 'family_size >= 5', amount: 'yuan(20)'}\n    - {label: 小, when: 'family_size < 3', amount: 'yuan(2)'}\n",
    );
    assert_eq!(
        one(policy("p", &covered, &when("a", "student"))),
        "p.yaml:19:25: error[tier_overlap]: tier `更大`: earlier tiers leave nothing for it
  help: put the narrower tier first, or correct the bounds"
    );
    let gap = tiers(
        "    - {label: 大, when: 'family_size > 3', amount: 'yuan(9)'}\n    - {label: 小, when: 'family_size < 3', amount: 'yuan(2)'}\n",
    );
    assert_eq!(
        one(policy("p", &gap, &when("a", "student"))),
        "p.yaml:18:24: warning[tier_gap]: tiers: somebody can qualify and fall into no tier
  help: close the gap between the tiers, or give a plain `amount` for the rest"
    );
    // The conditions of the policy close the gap.
    assert_eq!(one(policy("p", &gap, &when("a", "family_size != 3"))), "");
}

#[test]
fn thresholds_say_how_their_bound_is_known() {
    let conditions = "  - {id: a, article: 第一条, quote: 符合条件, when: 'age >= 60'}\n  - {id: b, article: 第一条, quote: 符合条件, when: 'income >= savings'}\n";
    assert_eq!(
        one(policy("p", "", conditions)),
        "p.yaml:15:5: warning[bound]: condition `a`: it has a threshold and does not say how its bound is known
  help: add `bound: explicit`, `document`, `law_family`, `next_tier` or `civil_code`"
    );
}

#[test]
fn ids_dates_and_benefit_codes() {
    let more = "excludes: [nothing]\nstacks: [p, nobody]\nvalid: {from: 2026-01-01, to: 2025-01-01}\nbenefit_code: gold\n";
    assert_eq!(
        one(policy("p", more, &when("a", "student"))),
        "p.yaml:12:12: error[unknown_policy]: no policy has the id `nothing`
  help: correct the id
p.yaml:13:13: error[unknown_policy]: no policy has the id `nobody`
  help: correct the id
p.yaml:1:5: error[validity]: it ends on 2025-01-01, before it begins on 2026-01-01
  help: correct `valid`
p.yaml:1:5: error[unknown_code]: `gold` is no code of the benefits received
  help: add it to the code list of `benefits` in the catalogue"
    );
}

#[test]
fn a_policy_without_cases() {
    let sources = [source("p", policy("p", "", &when("a", "student")))];
    let program = program(&sources);
    assert_eq!(
        lines(&lint(&program, &sources, &[], reference())),
        "p.yaml:1:5: warning[no_cases]: there are no cases beside the policy
  help: write examples with their verdicts into `<file>.cases.yaml`"
    );
}

#[test]
fn versions_that_overlap_leave_a_gap_or_supersede_nothing() {
    let version = |file: &str, version: &str, more: &str| {
        let more = format!("version: \"{version}\"\n{more}");
        source(file, policy("p", &more, &when("a", "student")))
    };
    let old = "valid: {from: 2020-01-01, to: 2024-12-31}\n";
    for (first, second, expected) in [
        (old, "valid: {from: 2025-01-01}\n", ""),
        (
            old,
            "valid: {from: 2024-12-31}\n",
            "old.yaml:1:5: warning[validity_overlap]: version `1`: version `2` is in force from 2024-12-31 already
  help: end this one the day before, or say `supersedes` there",
        ),
        (old, "valid: {from: 2024-12-31}\nsupersedes: \"1\"\n", ""),
        (
            old,
            "valid: {from: 2025-01-02}\n",
            "old.yaml:1:5: warning[validity_gap]: version `1`: no version is in force between 2024-12-31 and 2025-01-02
  help: check the dates; a real gap may stand",
        ),
        (
            "valid: {from: 2020-01-01}\n",
            "valid: {from: 2025-01-01}\n",
            "old.yaml:1:5: warning[validity_overlap]: version `1`: version `2` is in force from 2025-01-01, and this one never ends
  help: give this one a last day, or say `supersedes` there",
        ),
        (
            old,
            "valid: {from: 2025-01-01}\nsupersedes: \"0\"\n",
            "new.yaml:1:5: error[unknown_version]: version `2`: it supersedes version `0`, which does not exist
  help: correct `supersedes`, or add that version",
        ),
    ] {
        let found = findings(&[version("old", "1", first), version("new", "2", second)]);
        assert_eq!(lines(&found), expected);
    }
}
