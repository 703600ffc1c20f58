//! The four verdicts of V0 and V1, with clauses a person judges in every place
//! where they may stand.

use serde_json::json;

use super::support::{citizen, policy, program, reference, source, typed};
use crate::{
    domain::{SubjectKind, Tri},
    matching,
    policy::cases::Verdict,
    rules::{
        dated::Dated,
        scalar::{At, Scalar},
        values::Builder,
    },
};

use super::support::TODAY;

/// Verdict and failing conditions of a policy with these conditions.
fn judge(conditions: &str, given: serde_json::Value) -> (Verdict, Vec<String>) {
    let program = program(&[source("p", policy("p", "", conditions))]);
    let mut builder = Builder::new(reference());
    let row = builder.add(SubjectKind::Citizen, &typed(given)).unwrap();
    let world = builder.build();
    let dated = Dated::new(&program, reference(), TODAY, TODAY);
    let scalar = Scalar::new(&dated, &world);
    let (frame, row) = world.of(SubjectKind::Citizen).locate(row).unwrap();
    let at = At::subject(frame, row);
    let policy = &program.policies[0];
    let failing = matching::failing(&scalar, policy, &at);
    (
        matching::verdict(&scalar, policy, &at),
        failing.into_iter().map(|condition| condition.id.clone()).collect(),
    )
}

#[test]
fn data_and_a_manual_clause() {
    let conditions = "  - {id: student, when: student}\n  - {id: judged, manual: 是否优秀？}\n";
    for (student, verdict) in [
        (json!(true), Verdict::Likely),
        (json!(false), Verdict::Ineligible),
        (json!(null), Verdict::Unknown),
    ] {
        assert_eq!(judge(conditions, json!({"student": student})).0, verdict);
    }
}

#[test]
fn without_manual_clauses_nothing_is_likely() {
    let conditions = "  - {id: student, when: student}\n";
    for (student, verdict) in [
        (json!(true), Verdict::Eligible),
        (json!(false), Verdict::Ineligible),
        (json!(null), Verdict::Unknown),
    ] {
        assert_eq!(judge(conditions, json!({"student": student})).0, verdict);
    }
}

#[test]
fn a_manual_clause_in_an_any_group() {
    let conditions = "  - id: either\n    any:\n      - {id: student, when: student}\n      - {id: judged, manual: 是否优秀？}\n";
    assert_eq!(judge(conditions, json!({"student": true})).0, Verdict::Eligible);
    assert_eq!(judge(conditions, json!({"student": false})).0, Verdict::Likely);
    // Whatever the datum says, the clause alone is enough.
    assert_eq!(judge(conditions, json!({})).0, Verdict::Likely);
}

#[test]
fn a_manual_clause_in_an_all_group_inside_any() {
    let conditions = "  - id: either\n    any:\n      - {id: worker, when: worker}\n      - id: both\n        all:\n          - {id: student, when: student}\n          - {id: judged, manual: 是否优秀？}\n";
    for (worker, student, verdict) in [
        (json!(true), json!(false), Verdict::Eligible),
        (json!(false), json!(true), Verdict::Likely),
        (json!(null), json!(true), Verdict::Likely),
        (json!(false), json!(null), Verdict::Unknown),
        (json!(null), json!(false), Verdict::Unknown),
        (json!(false), json!(false), Verdict::Ineligible),
    ] {
        let given = json!({"worker": worker, "student": student});
        assert_eq!(judge(conditions, given.clone()).0, verdict, "{given}");
    }
}

#[test]
fn at_least_two_of_three_with_a_manual_clause() {
    let conditions = "  - id: two\n    at_least:\n      count: 2\n      of:\n        - {id: student, when: student}\n        - {id: worker, when: worker}\n        - {id: judged, manual: 是否优秀？}\n";
    for (student, worker, verdict) in [
        (json!(true), json!(true), Verdict::Eligible),
        (json!(true), json!(false), Verdict::Likely),
        (json!(true), json!(null), Verdict::Likely),
        (json!(null), json!(null), Verdict::Unknown),
        (json!(false), json!(null), Verdict::Unknown),
        (json!(false), json!(false), Verdict::Ineligible),
    ] {
        let given = json!({"student": student, "worker": worker});
        assert_eq!(judge(conditions, given.clone()).0, verdict, "{given}");
    }
}

#[test]
fn manual_inside_an_expression() {
    let ask = citizen(json!({"student": true}));
    let clause = "manual(\"是否优秀？\")";
    assert_eq!(ask.both(&format!("student && {clause}")), (Tri::Unknown, Tri::True));
    assert_eq!(ask.both(&format!("!student && {clause}")), (Tri::False, Tri::False));
    assert_eq!(ask.both(&format!("!student || {clause}")), (Tri::Unknown, Tri::True));
    assert_eq!(ask.both(&format!("worker && {clause}")), (Tri::Unknown, Tri::Unknown));
    assert_eq!(ask.both(&format!("{clause} && manual(\"二\")")), (Tri::Unknown, Tri::True));
}

#[test]
fn every_failing_condition_is_named_whatever_is_missing() {
    let conditions = "  - {id: a, when: student}\n  - {id: b, when: worker}\n  - {id: c, when: disabled}\n  - {id: d, when: retired}\n";
    let (verdict, failing) =
        judge(conditions, json!({"student": false, "worker": true, "disabled": false}));
    assert_eq!(verdict, Verdict::Ineligible);
    assert_eq!(failing, ["a", "c"]);
}

#[test]
fn the_order_of_conditions_changes_no_verdict() {
    let lines = [
        "  - {id: a, when: student}\n",
        "  - {id: b, when: 'worker || disabled'}\n",
        "  - {id: c, manual: 是否优秀？}\n",
    ];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let values = [json!(true), json!(false), json!(null)];
    for (a, b, c) in values.iter().flat_map(|a| {
        values.iter().flat_map(move |b| [json!(true), json!(false), json!(null)].map(|c| (a, b, c)))
    }) {
        let given = json!({"student": a, "worker": b, "disabled": c});
        let verdicts =
            orders.map(|order| judge(&order.map(|line| lines[line]).concat(), given.clone()).0);
        assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{given}: {verdicts:?}");
    }
}
