//! From verdicts to matches: versions and windows, what suppresses a match,
//! rivals, sums, the order, and that policies do not disturb each other.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::support::{TODAY, policy, program, reference, source, typed, when};
use crate::{
    domain::SubjectKind,
    frame::World,
    matching::{Amount, ClaimWindow, Match, Matcher, Memo, Suppression, score, select},
    policy::{cases::Verdict, file::CaseType},
    rules::{
        dated::Dated,
        program::{Program, Source},
        values::Builder,
    },
};

fn world(kind: SubjectKind, given: Value) -> World {
    let mut builder = Builder::new(reference());
    let row = builder.add(kind, &typed(given)).unwrap();
    assert_eq!(row, 0);
    builder.build()
}

/// Matches of one dossier on a day, by policy id.
fn matches_on(
    program: &Program,
    kind: SubjectKind,
    given: Value,
    day: Date,
) -> Vec<(String, Match)> {
    let world = world(kind, given);
    let dated = Dated::new(program, reference(), day, day);
    let matcher = Matcher::new(&dated, &world);
    matcher
        .subject(kind, 0, &mut Memo::default())
        .into_iter()
        .map(|found| (program.policies[found.policy].key.id.clone(), found))
        .collect()
}

fn matches(program: &Program, given: Value) -> Vec<(String, Match)> {
    matches_on(program, SubjectKind::Citizen, given, TODAY)
}

fn student(id: &str, more: &str) -> Source {
    source(id, policy(id, more, &when("a", "student")))
}

/// Versions judged on a day: version, case, window.
fn selected(sources: &[Source], day: Date) -> Vec<String> {
    let program = program(sources);
    select(&program, day)
        .into_iter()
        .map(|selected| {
            let key = &selected.policy.key;
            let case = if key.case == CaseType::Recheck { " recheck" } else { "" };
            let window = match selected.window {
                ClaimWindow::Open { until: Some(until) } => format!("open until {until}"),
                ClaimWindow::Open { until: None } => "open".to_owned(),
                ClaimWindow::Upcoming { from } => format!("from {from}"),
                ClaimWindow::Closed => "closed".to_owned(),
            };
            format!("{}{case} {window}", key.version)
        })
        .collect()
}

/// A title with an old measure, whose re-checks go on under the old one after
/// the new one has begun, as with the little giants of 2022 and 2026.
#[test]
fn a_new_version_takes_new_claims_and_leaves_rechecks() {
    let versions = [
        student("new_old", "version: \"2022\"\nvalid: {from: 2022-06-01, to: 2026-03-31}\n"),
        student("recheck", "version: \"2022\"\ncase: recheck\nvalid: {from: 2022-06-01, to: 2026-03-31}\nclaim: [{from: 2026-05-01, to: 2026-05-31}]\nreference_date: 2026-03-31\n"),
        student("new", "version: \"2026\"\nsupersedes: \"2022\"\nvalid: {from: 2026-04-01}\nclaim: [{from: 2026-05-01, to: 2026-05-31}, {from: 2027-05-01, to: 2027-05-31}]\n"),
    ]
    .map(|source| Source { text: source.text.replace(&format!("id: {}\n", source.name.trim_end_matches(".yaml")), "id: giant\n"), ..source });
    for (day, expected) in [
        (
            date(2022, 5, 31),
            vec!["2022 from 2022-06-01", "2022 recheck from 2026-05-01", "2026 from 2026-05-01"],
        ),
        (
            date(2026, 3, 31),
            vec![
                "2022 open until 2026-03-31",
                "2022 recheck from 2026-05-01",
                "2026 from 2026-05-01",
            ],
        ),
        (date(2026, 4, 1), vec!["2022 recheck from 2026-05-01", "2026 from 2026-05-01"]),
        (
            date(2026, 5, 31),
            vec!["2022 recheck open until 2026-05-31", "2026 open until 2026-05-31"],
        ),
        (date(2026, 6, 1), vec!["2022 recheck closed", "2026 from 2027-05-01"]),
        (date(2027, 6, 1), vec!["2022 recheck closed", "2026 closed"]),
    ] {
        assert_eq!(selected(&versions, day), expected, "{day}");
    }
}

#[test]
fn a_version_whose_claims_stay_open_outlives_its_validity() {
    let versions = [
        source(
            "a",
            policy(
                "p",
                "version: \"1\"\nvalid: {to: 2025-12-31}\nclaim: [{from: 2026-01-01, to: 2026-04-30}]\n",
                &when("a", "student"),
            ),
        ),
        source(
            "b",
            policy(
                "p",
                "version: \"2\"\nsupersedes: \"1\"\nvalid: {from: 2026-01-01}\n",
                &when("a", "student"),
            ),
        ),
    ];
    assert_eq!(selected(&versions, date(2026, 4, 30)), ["1 open until 2026-04-30", "2 open"]);
    assert_eq!(selected(&versions, date(2026, 5, 1)), ["2 open"]);
}

#[test]
fn windows_and_days_left() {
    let program = program(&[student(
        "p",
        "claim: [{from: 2026-01-01, to: 2026-03-31}, {from: 2026-03-01, to: 2026-04-10}, {from: 2027-01-01}]\n",
    )]);
    for (day, window, days_left) in [
        (date(2025, 12, 31), ClaimWindow::Upcoming { from: date(2026, 1, 1) }, None),
        (date(2026, 2, 28), ClaimWindow::Open { until: Some(date(2026, 3, 31)) }, Some(31)),
        // Two windows are open; the later end counts.
        (date(2026, 3, 31), ClaimWindow::Open { until: Some(date(2026, 4, 10)) }, Some(10)),
        (date(2026, 4, 10), ClaimWindow::Open { until: Some(date(2026, 4, 10)) }, Some(0)),
        (date(2026, 4, 11), ClaimWindow::Upcoming { from: date(2027, 1, 1) }, None),
        (date(2030, 1, 1), ClaimWindow::Open { until: None }, None),
    ] {
        let found = matches_on(&program, SubjectKind::Citizen, json!({"student": true}), day);
        assert_eq!(found[0].1.window, window, "{day}");
        assert_eq!(found[0].1.days_left, days_left, "{day}");
    }
}

#[test]
fn ineligible_matches_are_left_out_and_unknown_ones_say_what_is_missing() {
    let program = program(&[student("p", "")]);
    assert!(matches(&program, json!({"student": false})).is_empty());
    let found = matches(&program, json!({}));
    assert_eq!(found[0].1.verdict, Verdict::Unknown);
    let missing = &found[0].1.missing[0];
    assert_eq!((missing.name.as_str(), missing.label.as_str()), ("student", "在校生"));
    assert_eq!(missing.owners, ["police"]);
    assert_eq!(matches(&program, json!({"student": true}))[0].1.missing, []);
}

fn suppressed(sources: &[Source], given: Value) -> Option<Suppression> {
    let found = matches(&program(sources), given);
    found.into_iter().find(|(id, _)| id == "p").unwrap().1.suppressed
}

#[test]
fn what_is_received_already_is_not_shown_again() {
    let received = |from: &str, to: &str| json!({"student": true, "benefits": [{"code": "grant", "from": from, "to": to}]});
    for (frequency, benefits, expected) in [
        ("continuous", received("2025-01-01", "2026-12-31"), Some(Suppression::AlreadyReceived)),
        ("continuous", received("2025-01-01", "2026-03-31"), Some(Suppression::AlreadyReceived)),
        ("continuous", received("2025-01-01", "2026-03-30"), None),
        ("continuous", received("2026-04-01", "2026-12-31"), None),
        ("yearly", received("2026-01-01", "2026-01-01"), Some(Suppression::AlreadyReceived)),
        ("yearly", received("2025-12-31", "2025-12-31"), None),
        ("once", received("2001-01-01", "2001-01-01"), Some(Suppression::OnceOnly)),
        ("once", received("2026-04-01", "2026-04-01"), None),
        (
            "once",
            json!({"student": true, "benefits": [{"code": "title", "from": "2020-01-01"}]}),
            None,
        ),
        ("once", json!({"student": true}), None),
    ] {
        let more = format!("benefit_code: grant\nfrequency: {frequency}\n");
        assert_eq!(
            suppressed(&[student("p", &more)], benefits.clone()),
            expected,
            "{frequency} {benefits}"
        );
    }
}

#[test]
fn a_benefit_that_excludes_is_named_by_either_side() {
    let given = json!({"student": true, "benefits": [{"code": "pension", "from": "2025-01-01", "to": "2026-12-31"}]});
    let excluded = Some(Suppression::ExcludedBy { policy: "q".to_owned() });
    for (own, other, expected) in [
        ("excludes: [q]\n", "benefit_code: pension\n", excluded.clone()),
        ("", "benefit_code: pension\nexcludes: [p]\n", excluded),
        ("", "benefit_code: pension\n", None),
        ("excludes: [q]\n", "benefit_code: title\n", None),
        ("excludes: [q]\n", "", None),
    ] {
        assert_eq!(
            suppressed(&[student("p", own), student("q", other)], given.clone()),
            expected,
            "{own} {other}"
        );
    }
}

#[test]
fn the_dead_and_the_closed() {
    let sources = [student("p", "")];
    assert_eq!(
        suppressed(&sources, json!({"student": true, "death_date": "2026-03-31"})),
        Some(Suppression::Dead)
    );
    assert_eq!(suppressed(&sources, json!({"student": true, "death_date": "2026-04-01"})), None);
    let closed = [student("p", "claim: [{from: 2025-01-01, to: 2026-03-30}]\n")];
    assert_eq!(suppressed(&closed, json!({"student": true})), Some(Suppression::WindowClosed));
}

#[test]
fn enterprises_that_are_gone() {
    let program =
        program(&[source("p", policy("p", "audience: enterprise\n", &when("a", "employees > 1")))]);
    for (status, expected) in [
        ("active", None),
        ("revoked", Some(Suppression::Deregistered)),
        ("deregistered", Some(Suppression::Deregistered)),
    ] {
        let given = json!({"employees": 5, "registration_status": status});
        let found = matches_on(&program, SubjectKind::Enterprise, given, TODAY);
        assert_eq!(found[0].1.suppressed, expected, "{status}");
        assert_eq!(found[0].1.verdict, Verdict::Eligible, "the verdict itself stays");
    }
}

#[test]
fn of_rivals_only_one_can_be_had() {
    let program = program(&[
        student("a", "excludes: [b, c]\n"),
        student("b", ""),
        source("c", policy("c", "", &when("x", "worker"))),
        student("d", "excludes: [a]\nclaim: [{to: 2025-01-01}]\n"),
    ]);
    let found = matches(&program, json!({"student": true}));
    let rivals = |id: &str| {
        found.iter().find(|(own, _)| own == id).map(|(_, found)| found.choose_one.clone()).unwrap()
    };
    // `c` is unknown and `d` is closed: neither is a choice.
    assert_eq!(rivals("a"), ["b"]);
    assert_eq!(rivals("b"), ["a"]);
    assert!(rivals("c").is_empty() && rivals("d").is_empty());
}

fn amount(benefit: &str, given: Value) -> Amount {
    let more = format!("benefit:\n  kind: cash\n  summary: 钱\n  per: once\n{benefit}");
    let program = program(&[source("p", policy("p", &more, &when("a", "student")))]);
    let mut dossier = given;
    dossier["student"] = json!(true);
    matches(&program, dossier)[0].1.amount
}

#[test]
fn plain_sums_and_caps() {
    let capped = "  amount: income * 0.1\n  cap: yuan(500)\n";
    for (benefit, given, expected) in [
        ("", json!({}), Amount::None),
        ("  amount: yuan(3600)\n", json!({}), Amount::Known(360_000)),
        (capped, json!({"income": 4999}), Amount::Known(49_990)),
        (capped, json!({"income": 5000}), Amount::Known(50_000)),
        (capped, json!({"income": 5001}), Amount::Known(50_000)),
        (capped, json!({"income": "0.19"}), Amount::Known(1)),
        (capped, json!({}), Amount::Unknown),
        ("  amount: income * 0.1\n  cap: savings\n", json!({"income": 100}), Amount::Unknown),
        ("  amount: income - savings\n", json!({"income": 1, "savings": 2}), Amount::Known(0)),
        (
            "  amount: income / family_size\n",
            json!({"income": 1, "family_size": 0}),
            Amount::Unknown,
        ),
    ] {
        assert_eq!(amount(benefit, given.clone()), expected, "{benefit} {given}");
    }
}

#[test]
fn the_first_tier_that_holds_decides() {
    let tiers = "  tiers:\n    - {label: 大, when: 'family_size >= 5', amount: 'yuan(900)'}\n    - {label: 中, when: 'family_size >= 3 || worker', amount: 'income'}\n";
    let rest = format!("{tiers}  amount: yuan(100)\n  cap: yuan(800)\n");
    for (benefit, given, expected) in [
        (tiers, json!({"family_size": 5}), Amount::Known(90_000)),
        (&rest, json!({"family_size": 5}), Amount::Known(80_000)),
        (&rest, json!({"family_size": 4, "income": 300}), Amount::Known(30_000)),
        (&rest, json!({"family_size": 2, "worker": false}), Amount::Known(10_000)),
        (tiers, json!({"family_size": 2, "worker": false}), Amount::Unknown),
        // An earlier tier may hold: nothing can be told.
        (&rest, json!({"worker": true, "income": 300}), Amount::Unknown),
        (&rest, json!({"family_size": 2, "income": 300}), Amount::Unknown),
        (&rest, json!({"family_size": 4}), Amount::Unknown),
    ] {
        assert_eq!(amount(benefit, given.clone()), expected, "{benefit} {given}");
    }
}

#[test]
fn units_make_a_match_each() {
    let conditions = when("a", "unit.age < 3 && student");
    let more = "unit: children\nbenefit_code: grant\nbenefit: {kind: cash, summary: 钱, per: year, amount: 'yuan(10)'}\n";
    let program = program(&[source("p", policy("p", more, &conditions))]);
    let young = json!({"birth_date": "2025-01-01"});
    let served = json!({"birth_date": "2025-01-01", "benefits": [{"code": "grant", "from": "2026-01-01", "to": "2026-12-31"}]});
    let grown = json!({"birth_date": "2000-01-01"});
    let found = matches(&program, json!({"student": true, "children": [young, served, grown, {}]}));
    let told: Vec<(Verdict, Option<Suppression>)> =
        found.iter().map(|(_, found)| (found.verdict, found.suppressed.clone())).collect();
    assert_eq!(
        told,
        [
            (Verdict::Eligible, None),
            (Verdict::Unknown, None),
            (Verdict::Eligible, Some(Suppression::AlreadyReceived)),
        ]
    );
    assert_eq!(found[1].1.missing[0].name, "unit.birth_date");
    assert_eq!(found[1].1.missing[0].label, "子女的出生日期");
    // Without a complete list there may be a child nobody sees.
    let found =
        matches(&program, json!({"student": true, "children": {"rows": [], "complete": false}}));
    assert_eq!(
        (found[0].1.verdict, found[0].1.missing[0].name.as_str()),
        (Verdict::Unknown, "children")
    );
    assert!(matches(&program, json!({"student": true, "children": []})).is_empty());
}

#[test]
fn scores_rise_with_certainty_sum_and_urgency() {
    let known = |fen| Amount::Known(fen);
    let sure = score(Verdict::Eligible, known(100_000), None);
    assert!(sure > score(Verdict::Likely, known(100_000), None));
    assert!(
        score(Verdict::Likely, known(100_000), None)
            > score(Verdict::Unknown, known(100_000), None)
    );
    assert!(score(Verdict::Eligible, known(100_001), None) > sure);
    assert!(
        score(Verdict::Eligible, known(100_000), Some(5))
            > score(Verdict::Eligible, known(100_000), Some(6))
    );
    assert!(score(Verdict::Eligible, known(100_000), Some(1_000)) > sure);
    assert_eq!(score(Verdict::Ineligible, known(i64::MAX), Some(0)), 0.0);
    let best = score(Verdict::Eligible, known(i64::MAX), Some(0));
    assert!(best <= 1.0 && best > 0.999);
    assert_eq!(score(Verdict::Eligible, known(-5), None), score(Verdict::Eligible, known(0), None));
    assert_eq!(
        score(Verdict::Eligible, Amount::None, None),
        score(Verdict::Eligible, Amount::Unknown, None)
    );
}

#[test]
fn matches_are_ordered_shown_first_then_by_score_then_by_id() {
    let paid = |id: &str, sum: &str, more: &str| {
        let more =
            format!("{more}benefit: {{kind: cash, summary: 钱, per: once, amount: '{sum}'}}\n");
        source(id, policy(id, &more, &when("a", "student")))
    };
    let program = program(&[
        paid("z", "wan(100)", "claim: [{to: 2020-01-01}]\n"),
        paid("d", "yuan(5)", ""),
        paid("c", "wan(1)", ""),
        paid("b", "yuan(5)", ""),
        source(
            "a",
            policy(
                "a",
                "benefit: {kind: cash, summary: 钱, per: once, amount: 'wan(1)'}\n",
                &when("a", "worker"),
            ),
        ),
    ]);
    let order: Vec<String> =
        matches(&program, json!({"student": true})).into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, ["c", "a", "b", "d", "z"]);
}

/// Policies of every kind: paid, judged by a person, of a unit, of places.
fn assorted() -> [Source; 5] {
    [
        student(
            "a",
            "benefit: {kind: cash, summary: 钱, per: once, amount: 'income * 0.1', cap: 'yuan(500)'}\n",
        ),
        source(
            "b",
            policy(
                "b",
                "",
                &(when("x", "student && income > yuan(100)") + "  - {id: m, manual: 问？}\n"),
            ),
        ),
        source(
            "c",
            policy("c", "unit: children\n", &when("x", "unit.age < 3 && income > yuan(100)")),
        ),
        source("d", policy("d", "", &when("x", "worker || education >= \"bachelor\""))),
        source(
            "e",
            policy(
                "e",
                "",
                &(when("x", "!student || manual(\"问\")")
                    + &when("y", "within(home_region, \"330000\")")),
            ),
        ),
    ]
}

/// The matches of a dossier in a form that compares, by policy.
fn told(program: &Program, given: &Value) -> Vec<String> {
    let mut told: Vec<String> = matches(program, given.clone())
        .into_iter()
        .map(|(id, found)| {
            let missing: Vec<&str> =
                found.missing.iter().map(|missing| missing.name.as_str()).collect();
            format!(
                "{id} {:?} {:?} {:?} {missing:?} {:.6}",
                found.unit, found.verdict, found.amount, found.score
            )
        })
        .collect();
    told.sort();
    told
}

/// What a subject gets depends on no other policy and on no order of files.
#[test]
fn policies_do_not_disturb_each_other() {
    let sources = assorted();
    let dossiers = [
        json!({"student": true, "income": 300, "children": [{"birth_date": "2025-01-01"}, {}]}),
        json!({"student": true}),
        json!({"student": false, "worker": true, "home_region": "330106", "children": []}),
        json!({}),
    ];
    let together = program(&sources);
    let mut turned = sources.to_vec();
    turned.reverse();
    let turned = program(&turned);
    for given in &dossiers {
        let expected = told(&together, given);
        assert_eq!(told(&turned, given), expected, "the order of files, {given}");
        let mut alone: Vec<String> = sources
            .iter()
            .flat_map(|source| told(&program(std::slice::from_ref(source)), given))
            .collect();
        alone.sort();
        assert_eq!(alone, expected, "each policy for itself, {given}");
    }
}

/// A memo may save work, never change an answer.
#[test]
fn a_memo_changes_nothing() {
    let program = program(&[
        source(
            "a",
            policy(
                "a",
                "",
                &when("x", "student && income > savings || worker && family_size / score > 2"),
            ),
        ),
        source(
            "b",
            policy(
                "b",
                "",
                &when(
                    "x",
                    "within(home_region, \"330000\") && income <= param(\"poverty_line\", home_region)",
                ),
            ),
        ),
    ]);
    let mut builder = Builder::new(reference());
    for given in [
        json!({"student": true, "income": 5}),
        json!({"student": true, "income": 500}),
        json!({"student": true, "savings": 500}),
        json!({"student": true}),
        json!({"worker": true, "family_size": 3}),
        json!({"worker": true, "family_size": 0}),
        json!({"worker": true, "score": 0}),
        json!({"home_region": "330106"}),
        json!({"home_region": "440100"}),
        json!({"income": 900}),
        json!({"income": 90_000}),
        json!({}),
    ] {
        builder.add(SubjectKind::Citizen, &typed(given)).unwrap();
    }
    let world = builder.build();
    let dated = Dated::new(&program, reference(), TODAY, TODAY);
    let matcher = Matcher::new(&dated, &world);
    let told = |row: u32, memo: &mut Memo| {
        let found = matcher.subject(SubjectKind::Citizen, row, memo);
        found
            .into_iter()
            .map(|found| format!("{} {:?} {:?}", found.policy, found.verdict, found.missing))
            .collect::<Vec<_>>()
    };
    let (mut forwards, mut backwards) = (Memo::default(), Memo::default());
    let rows = 0..12_u32;
    let first: Vec<_> = rows.clone().map(|row| told(row, &mut forwards)).collect();
    let mut last: Vec<_> = rows.clone().rev().map(|row| told(row, &mut backwards)).collect();
    last.reverse();
    let alone: Vec<_> = rows.map(|row| told(row, &mut Memo::default())).collect();
    assert_eq!(first, alone);
    assert_eq!(last, alone);
}
