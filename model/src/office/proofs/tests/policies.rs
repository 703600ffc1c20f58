//! What is proved about policies: who meets them, what a condition adds, how
//! two versions differ, what contradicts each other, which days fall between.

use super::support::{policy, program, reference};
use crate::{
    office::proofs::{
        compare::Verdict,
        policy::Standing,
        report::{Report, report},
        written,
    },
    rules::program::Source,
};

fn proved(sources: &[Source]) -> Report {
    report(&program(sources), reference())
}

fn standing<'r>(report: &'r Report, id: &str) -> &'r Standing {
    let conditions = report.policies.iter().flat_map(|policy| &policy.proof.conditions);
    &conditions.into_iter().find(|condition| condition.id == id).unwrap().standing
}

/// Findings as `severity code subject`.
fn findings(report: &Report) -> Vec<String> {
    let line = |finding: &crate::diagnostic::Diagnostic| {
        let first = finding.to_string();
        let first = first.lines().next().unwrap().to_owned();
        first.split_once(".yaml").unwrap().1.split_once(": ").unwrap().1.to_owned()
    };
    report.findings.iter().map(line).collect()
}

#[test]
fn every_condition_has_its_standing() {
    let report = proved(&[policy(
        "p",
        "",
        &[
            ("old", "age(birth_date) >= 60"),
            ("grown", "age(birth_date) >= 18"),
            (
                "some",
                "raw:any: [{id: one, article: 第一条, quote: 符合条件, when: p}, {id: two, article: 第一条, quote: 符合条件, when: 'p && q'}, {id: asked, article: 第一条, quote: 符合条件, manual: 是吗}]",
            ),
            (
                "three",
                "raw:at_least: {count: 2, of: [{id: f, article: 第一条, quote: 符合条件, bound: explicit, when: a > 1}, {id: g, article: 第一条, quote: 符合条件, bound: explicit, when: a > 2}, {id: h, article: 第一条, quote: 符合条件, when: q}]}",
            ),
            ("judged", "raw:article: 第一条, quote: 申请, manual: 是否属实"),
        ],
    )]);
    assert!(matches!(standing(&report, "old"), Standing::FailsAlone { .. }));
    assert_eq!(*standing(&report, "grown"), Standing::Redundant { implied_by: vec!["old".into()] });
    assert_eq!(*standing(&report, "some"), Standing::Person);
    assert!(matches!(standing(&report, "one"), Standing::DecidesAlone { .. }));
    assert_eq!(*standing(&report, "two"), Standing::Redundant { implied_by: vec!["one".into()] });
    assert_eq!(*standing(&report, "judged"), Standing::Person);
    assert!(matches!(standing(&report, "three"), Standing::FailsAlone { .. }));
    for id in ["g", "h"] {
        assert!(matches!(standing(&report, id), Standing::DecidesAlone { .. }), "{id}");
    }
    assert_eq!(report.totals.undecided, 0);
    let text = written::cases(&report.policies[0].proof);
    assert!(text.contains("满足全部条件, expect: likely"), "{text}");
    assert!(text.contains("  # grown: adds nothing beside old: proved"), "{text}");
}

#[test]
fn what_adds_nothing_is_a_mistake_unless_the_document_says_both() {
    let both = policy("p", "", &[("old", "符合|a >= 3"), ("grown", "条件|a >= 2")]);
    assert_eq!(
        findings(&proved(&[both])),
        ["note[redundant]: condition `grown`: nobody who meets `old` can fail it"]
    );
    let once = policy("p", "", &[("old", "a >= 3"), ("grown", "a >= 2")]);
    assert_eq!(
        findings(&proved(&[once])),
        ["warning[redundant]: condition `grown`: nobody who meets `old` can fail it"]
    );
    let always = policy("p", "", &[("old", "a >= 3"), ("there", "b >= 0")]);
    assert_eq!(
        findings(&proved(&[always])),
        ["warning[redundant]: condition `there`: no data can make it fail"]
    );
}

#[test]
fn nobody_meets_a_policy_that_contradicts_itself() {
    let never = policy("p", "", &[("share", "x / y >= 0.3"), ("little", "x < y * 0.2")]);
    let report = proved(&[never]);
    assert!(report.policies[0].proof.profile.is_none());
    assert_eq!(
        findings(&report),
        [
            "error[never_met]: no dossier can meet all conditions together, on 2026-03-31, 2020-01-01"
        ]
    );
}

/// A rule may be met on some days only: those are tried before it is said that
/// nobody ever does.
#[test]
fn another_day_may_do() {
    let early = policy(
        "p",
        "valid: {from: 2024-03-01, to: 2026-12-31}\n",
        &[("then", "as_of <= add_months(d, 1)")],
    );
    let report = proved(&[early]);
    assert!(report.policies[0].proof.profile.profile().is_some());
    assert_eq!(report.policies[0].proof.as_of.to_string(), "2024-03-01");
}

fn versions(old: &str, new: &str) -> Verdict {
    let report = proved(&[
        policy("p", "valid: {from: 2020-01-01, to: 2025-12-31}\n", &[("rule", old)]),
        Source {
            name: "q.yaml".to_owned(),
            ..policy(
                "p",
                "version: \"2\"\nsupersedes: \"1\"\nvalid: {from: 2026-01-01}\n",
                &[("rule", new)],
            )
        },
    ]);
    report.policies.iter().find_map(|policy| policy.difference.as_ref()).unwrap().verdict
}

#[test]
fn versions_differ_in_four_ways() {
    assert_eq!(versions("a >= 3", "!(a < 3)"), Verdict::Same);
    assert_eq!(versions("a >= 3", "a >= 2 || p"), Verdict::Wider);
    assert_eq!(versions("x <= y", "x < y && p"), Verdict::Narrower);
    assert_eq!(versions("within(home, \"330000\")", "within(home, \"110000\")"), Verdict::Both);
}

#[test]
fn changes_are_told_by_id_in_chinese() {
    let report = proved(&[
        policy(
            "p",
            "valid: {from: 2020-01-01, to: 2025-12-31}\n",
            &[("one", "a >= 3"), ("two", "p")],
        ),
        Source {
            name: "q.yaml".to_owned(),
            ..policy(
                "p",
                "version: \"2\"\nsupersedes: \"1\"\nvalid: {from: 2026-01-01}\n",
                &[("one", "a >= 2"), ("three", "q")],
            )
        },
    ]);
    let difference = report.policies.iter().find_map(|policy| policy.difference.as_ref()).unwrap();
    let told: Vec<String> = difference
        .changes
        .iter()
        .map(|change| format!("{}: {:?} {:?}", change.what, change.before, change.after))
        .collect();
    assert_eq!(
        told,
        [
            "condition one: Some(\"甲不低于3\") Some(\"甲不低于2\")",
            "condition two: Some(\"是一\") None",
            "condition three: None Some(\"是二\")",
            "valid: Some(\"2020-01-01～2025-12-31\") Some(\"2026-01-01～\")",
        ]
    );
}
