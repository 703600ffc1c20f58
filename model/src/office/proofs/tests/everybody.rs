//! Random conditions over small domains: what the solver says is what trying
//! everybody says. Facts and members are tried in lists longer than any that
//! these conditions can need.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{ask, everybody, lists, numbers, tried};

fn boolean() -> Vec<Value> {
    vec![json!(false), json!(true)]
}

/// Conditions over leaves, with not, and, or, choice.
fn conditions(leaf: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    leaf.prop_recursive(3, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
    .boxed()
}

fn pick(of: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(of).prop_map(str::to_owned)
}

const OPS: &[&str] = &["<", "<=", ">", ">=", "==", "!="];

fn arithmetic() -> BoxedStrategy<String> {
    let number = pick(&[
        "a",
        "b",
        "c",
        "a + b",
        "a - c",
        "b + c",
        "a * b",
        "a / b",
        "c / a",
        "a * 2 - b",
        "1",
        "2",
        "0",
        "3",
        "min(a, b)",
        "max(b, c)",
        "floor(a / 2)",
        "(p ? a : b)",
        "a / b + c / 2",
        "(a > c ? 1 : 3)",
        "floor(b / 3) + a",
    ]);
    (number.clone(), pick(OPS), number).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed()
}

fn dates() -> BoxedStrategy<String> {
    let day = pick(&[
        "d",
        "e",
        "add_months(d, 1)",
        "add_days(e, -9)",
        "add_months(e, -1)",
        "add_years(d, 0)",
        "date(\"2024-03-31\")",
        "date(\"2024-02-29\")",
    ]);
    let number = pick(&[
        "years_since(d)",
        "months_since(d)",
        "months_since(e)",
        "month(d)",
        "month(e)",
        "year(d) * 12 + month(d)",
        "days_since(d) - 700",
        "a",
        "2",
        "24",
        "23",
        "3",
        "e - d",
    ]);
    prop_oneof![
        (day.clone(), pick(OPS), day).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number.clone(), pick(OPS), number).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
    ]
    .boxed()
}

fn places() -> BoxedStrategy<String> {
    pick(&[
        "within(home, \"330100\")",
        "within(home, \"330000\")",
        "within(home, \"330104\")",
        "within(home, \"110000\")",
        "within(home, \"000000\")",
        "param(\"line\", home) >= 2",
        "param(\"line\", home) == 3",
        "a > param(\"line\", home)",
        "a == param(\"line\", home) * 2",
        "p",
    ])
    .boxed()
}

fn facts() -> BoxedStrategy<String> {
    pick(&[
        "holds(events, \"theft\")",
        "holds(events, [\"theft\", \"medal\"])",
        "had(events, \"theft\", months(6))",
        "had(events, \"medal\", years(1))",
        "had(events, [\"medal\", \"theft\"], years(1))",
        "had(events, \"theft\")",
        "count(events, \"theft\", years(1)) >= 1",
        "count(events, [\"theft\", \"medal\"], years(1)) == 1",
        "count(events, \"medal\", months(6)) < 1",
        "p",
    ])
    .boxed()
}

fn members() -> BoxedStrategy<String> {
    pick(&[
        "children.exists(k, k.p)",
        "children.exists(k, k.a > 3)",
        "children.all(k, k.a > a + 2)",
        "children.all(k, k.p || k.a == 4)",
        "children.exists(k, !k.p && k.a <= a + 3)",
        "count(children) == 1",
        "count(children) > 1",
        "count(children.filter(k, k.p)) == 1",
        "count(children.filter(k, k.a == 4)) >= 1",
        "p",
    ])
    .boxed()
}

/// For each truth: who is tried is found, and nobody is proved to be nobody.
fn agrees(expression: &str, dossiers: &[crate::rules::values::Typed]) {
    let found = tried(expression, dossiers);
    for (truth, exists) in [false, true].into_iter().zip(found) {
        let answer = ask(expression, truth);
        let right = if exists { answer.profile().is_some() } else { answer.is_none() };
        assert!(right, "`{expression}` {truth}: everybody says {exists}, the solver {answer:?}");
    }
}

fn days(from: i32, to: i32) -> Vec<Value> {
    let date = |day: i32| crate::rules::dated::date_of(day).unwrap().to_string();
    (from..=to).map(|day| json!(date(day))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn numbers_agree(expression in conditions(arithmetic())) {
        let all = everybody(&[
            ("a", numbers(0..=4)), ("b", numbers(0..=4)), ("c", numbers(-2..=2)), ("p", boolean()),
        ]);
        agrees(&expression, &all);
    }

    #[test]
    fn dates_agree(expression in conditions(dates())) {
        let first = |year, month, day| {
            crate::rules::dated::days_of(jiff::civil::date(year, month, day))
        };
        let all = everybody(&[
            ("d", days(first(2024, 2, 20), first(2024, 4, 10))),
            ("e", days(first(2024, 3, 20), first(2024, 4, 10))),
            ("a", numbers(0..=4)),
        ]);
        agrees(&expression, &all);
    }

    #[test]
    fn regions_agree(expression in conditions(places())) {
        let regions = ["000000", "330000", "330100", "330104", "330106", "330200", "110000",
            "110101", "310000", "310101", "330182"];
        let all = everybody(&[
            ("home", regions.iter().map(|code| json!(code)).collect()),
            ("a", numbers(0..=4)),
            ("p", boolean()),
        ]);
        agrees(&expression, &all);
    }

    #[test]
    fn facts_agree(expression in conditions(facts())) {
        let mut rows = Vec::new();
        for code in ["theft", "medal"] {
            for day in ["2026-03-31", "2026-01-15", "2025-06-15", "2023-01-15"] {
                rows.push(json!({"code": code, "from": day, "to": day}));
            }
        }
        let all = everybody(&[("events", lists(&rows, 4)), ("p", boolean())]);
        agrees(&expression, &all);
    }

    #[test]
    fn members_agree(expression in conditions(members())) {
        let mut kinds = Vec::new();
        for p in [false, true] {
            for a in [0, 3, 4] {
                kinds.push(json!({"p": p, "a": a}));
            }
        }
        let all = everybody(&[
            ("children", lists(&kinds, 5)),
            ("a", vec![json!(0), json!(1), json!(2), json!(4)]),
            ("p", boolean()),
        ]);
        agrees(&expression, &all);
    }
}
