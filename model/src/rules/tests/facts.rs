//! Dated facts: rows that are there, rows that are not, and how far the
//! registers behind them reach.

use jiff::civil::date;
use serde_json::{Value, json};

use super::support::{Ask, check, citizen};
use crate::domain::Tri::{False, True, Unknown};

fn offences(rows: Value) -> Ask {
    citizen(json!({ "offences": rows }))
}

#[test]
fn both_days_are_included() {
    let ask = offences(json!([{"code": "theft", "from": "2026-03-01", "to": "2026-03-10"}]));
    for (day, expected) in [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 10), True),
        (date(2026, 3, 11), False),
    ] {
        assert_eq!(ask.clone().on(day).truth("holds(offences, \"theft\")"), expected, "{day}");
    }
}

#[test]
fn a_row_without_a_last_day_is_open_where_its_source_has_one() {
    let open = json!([{"code": "theft", "from": "2020-01-01"}]);
    check(
        &offences(open.clone()),
        &[("holds(offences, \"theft\")", True), ("holds(offences, \"fraud\")", False)],
    );
    let event = citizen(json!({"honours": [{"code": "medal", "from": "2025-05-01"}]}));
    check(
        &event,
        &[
            ("holds(honours, \"medal\")", False),
            ("had(honours, \"medal\", years(1))", True),
            ("had(honours, \"medal\", months(6))", False),
        ],
    );
    assert_eq!(event.on(date(2025, 5, 1)).truth("holds(honours, \"medal\")"), True);
}

/// `accidents` come from a table of events, `listings` from one of periods;
/// they share a field, and each code keeps the manner of its own source.
#[test]
fn an_event_stays_an_event_beside_lasting_codes() {
    use super::support::{CATALOGUE, reference_of, typed};
    use crate::{
        catalogue::types::FieldType,
        domain::SubjectKind,
        rules::values::{Cell, cell},
    };
    let text = CATALOGUE.replace(
        "fact: { fixed: fraud, from: { column: F } } }]",
        "fact: { fixed: fraud, from: { column: F } } }, { table: sentences, take: facts, fact: { fixed: theft, from: { column: F }, to: { column: T } } }, { table: honours, take: facts, fact: { fixed: medal, from: { column: F }, to: { column: F } } }]",
    );
    let reference = reference_of(&text);
    let field = reference.catalogue.field(SubjectKind::Citizen, "rumours").unwrap();
    assert_eq!(field.kind, FieldType::Facts);
    let rows = ["fraud", "theft", "medal"].map(|code| json!({"code": code, "from": "2020-01-01"}));
    let given = typed(json!({"rumours": rows.to_vec()}));
    let Some(Cell::Facts(rows, true)) = cell(field, &given["rumours"], &reference).unwrap() else {
        panic!("no facts")
    };
    let list = field.codes.as_ref().unwrap();
    for row in rows {
        let code = &list.entry(row.code).unwrap().code;
        assert_eq!(row.to == i32::MAX, code == "theft", "{code}");
        assert!(code == "theft" || row.to == row.from, "{code}");
    }
}

#[test]
fn the_window_takes_the_day_a_year_ago_and_today() {
    for (from, year, months, days) in [
        ("2025-03-30", False, False, False),
        ("2025-03-31", True, False, False),
        ("2026-02-28", True, False, False),
        ("2026-03-01", True, True, True),
        ("2026-03-31", True, True, True),
        ("2026-04-01", False, False, False),
    ] {
        check(
            &citizen(json!({"honours": [{"code": "medal", "from": from}]})),
            &[
                ("had(honours, \"medal\", years(1))", year),
                ("had(honours, \"medal\", months(1))", months),
                ("had(honours, \"medal\", days(30))", days),
            ],
        );
    }
}

#[test]
fn a_row_that_lasts_into_the_window_counts() {
    check(
        &offences(json!([{"code": "theft", "from": "2000-01-01", "to": "2025-04-01"}])),
        &[
            ("had(offences, \"theft\", years(1))", True),
            ("had(offences, \"theft\", months(6))", False),
            ("count(offences, \"theft\", years(1)) == 1", True),
        ],
    );
}

#[test]
fn an_absent_row_is_news_inside_coverage_only() {
    // `offences` from the beginning, `honours` since 2020-04-01, `rumours` nowhere.
    let none = citizen(json!({"offences": [], "honours": [], "rumours": []}));
    check(
        &none,
        &[
            ("holds(offences, \"theft\")", False),
            ("had(offences, \"theft\", years(50))", False),
            ("had(offences, \"theft\")", False),
            ("count(offences, \"theft\") == 0", True),
            ("sum(offences, \"theft\") == yuan(0)", True),
            ("holds(honours, \"medal\")", False),
            ("had(honours, \"medal\", years(5))", False),
            ("had(honours, \"medal\", months(71))", False),
            ("had(honours, \"medal\", months(72))", Unknown),
            ("had(honours, \"medal\", years(6))", Unknown),
            ("had(honours, \"medal\")", Unknown),
            ("count(honours, \"medal\", years(5)) == 0", True),
            ("count(honours, \"medal\", years(6)) == 0", Unknown),
            ("count(honours, \"medal\") == 0", Unknown),
            ("sum(honours, \"medal\", years(6)) == yuan(0)", Unknown),
            ("had(rumours, \"fraud\", days(1))", Unknown),
            ("count(rumours, \"fraud\", days(1)) == 0", Unknown),
        ],
    );
    // The window of six years begins on the very first day of coverage.
    let next = none.on(date(2026, 4, 1));
    check(&next, &[("had(honours, \"medal\", years(6))", False)]);
}

#[test]
fn a_row_that_is_there_settles_it_everywhere() {
    let found = citizen(json!({
        "honours": {"rows": [{"code": "medal", "from": "2018-05-01"}], "complete": false},
        "rumours": [{"code": "fraud", "from": "2026-01-01"}],
        "offences": {"rows": [{"code": "theft", "from": "2026-01-01"}], "complete": false},
    }));
    check(
        &found,
        &[
            ("had(honours, \"medal\")", True),
            ("had(honours, \"medal\", years(10))", True),
            ("had(honours, \"medal\", years(1))", Unknown),
            ("had(rumours, \"fraud\", years(1))", True),
            ("holds(offences, \"theft\")", True),
            ("holds(offences, \"fraud\")", Unknown),
            ("holds(offences, [\"fraud\", \"theft\"])", True),
            ("count(offences, \"theft\") == 1", Unknown),
            ("count(offences, \"theft\") >= 1", Unknown),
        ],
    );
}

#[test]
fn coverage_is_that_of_the_registers_which_give_the_code() {
    use super::support::{CATALOGUE, reference_of};
    use crate::{
        domain::SubjectKind,
        rules::{
            dated::{Dated, days_of},
            ir::Mask,
            program::Program,
        },
    };
    let beside = "map: { \"1\": medal, \"2\": theft } }]";
    assert!(CATALOGUE.contains(beside));
    // Thefts are in both registers, medals in the younger one alone.
    let joined = "map: { \"1\": medal } }, { table: sentences, take: facts, fact: { code: B, from: { column: F } }, map: { \"1\": theft, \"3\": fraud } }]";
    let reference = reference_of(&CATALOGUE.replace(beside, joined));
    let field = reference.catalogue.field(SubjectKind::Citizen, "honours").unwrap().id;
    let list = reference.catalogue.by_id(field).codes.clone().unwrap();
    let program = Program::default();
    let dated = Dated::new(&program, &reference, date(2026, 3, 31), date(2026, 3, 31));
    let covers = |codes: &[&str], start: Option<&str>| {
        let mut mask = Mask::default();
        for code in codes {
            mask.insert(list.position(code).unwrap());
        }
        let start = start.map(|day| days_of(day.parse().unwrap()));
        dated.covers(field, &mask, start)
    };
    assert!(covers(&["medal"], Some("2020-04-01")));
    assert!(!covers(&["medal"], Some("2020-03-31")));
    assert!(covers(&["theft"], Some("2020-03-31")));
    assert!(!covers(&["theft", "medal"], Some("2020-03-31")));
}

#[test]
fn counting_and_adding() {
    let ask = offences(json!([
        {"code": "theft", "from": "2025-05-01", "to": "2025-05-02", "amount": "100.50元"},
        {"code": "fraud", "from": "2025-06-01", "to": "2025-06-02", "amount": 50},
        {"code": "theft", "from": "2020-01-01", "to": "2020-01-02", "amount": 7},
        {"code": "medal", "from": "2025-06-01", "to": "2025-06-02"},
    ]));
    check(
        &ask,
        &[
            ("count(offences, \"theft\") == 2", True),
            ("count(offences, [\"theft\", \"fraud\"]) == 3", True),
            ("count(offences, [\"theft\", \"fraud\"], years(1)) == 2", True),
            ("sum(offences, [\"theft\", \"fraud\"], years(1)) == yuan(150.50)", True),
            ("sum(offences, \"theft\") == yuan(107.5)", True),
            ("sum(offences, \"medal\", years(1)) >= yuan(0)", Unknown),
            ("sum(offences, \"medal\", months(1)) == yuan(0)", True),
        ],
    );
    let huge = json!({"code": "theft", "from": "2025-05-01", "amount": "50000000000000000"});
    check(&offences(json!([huge, huge])), &[("sum(offences, \"theft\") > yuan(0)", Unknown)]);
}

#[test]
fn a_field_that_is_not_given_is_unknown() {
    check(
        &citizen(json!({})),
        &[
            ("holds(offences, \"theft\")", Unknown),
            ("had(offences, \"theft\", years(1))", Unknown),
            ("count(offences, \"theft\") == 0", Unknown),
            ("!holds(offences, \"theft\")", Unknown),
        ],
    );
}
