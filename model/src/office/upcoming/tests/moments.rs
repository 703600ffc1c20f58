//! One kind of moment each.

use jiff::civil::date;
use serde_json::json;

use super::support::{Ask, expect};

#[test]
fn a_birthday_on_29_february_is_kept_on_the_28th_in_a_common_year() {
    let ask = |from, ahead| {
        Ask::new(&["age(birth_date) >= 60"], json!({ "birth_date": "1968-02-29" }), from, ahead)
    };
    expect(&ask(date(2028, 1, 1), 90), &["2028-02-29 ineligible -> eligible c1"]);
    let ask = Ask::new(
        &["age(birth_date) >= 61"],
        json!({ "birth_date": "1968-02-29" }),
        date(2029, 1, 1),
        90,
    );
    expect(&ask, &["2029-02-28 ineligible -> eligible c1"]);
}

#[test]
fn ages_and_tenures_pass_their_thresholds_on_the_day() {
    let child = json!({ "birth_date": "2023-05-31" });
    let ask = Ask::new(&["age(birth_date) < 3"], child.clone(), date(2026, 5, 1), 60);
    expect(&ask, &["2026-05-31 eligible -> ineligible c1"]);
    // Months that are too short end on their last day.
    let months = Ask::new(&["months_since(birth_date) == 37"], child, date(2026, 5, 1), 100);
    expect(
        &months,
        &["2026-06-30 ineligible -> eligible c1", "2026-07-31 eligible -> ineligible c1"],
    );
    let firm = Ask::new(
        &["years_since(established_on) >= 2"],
        json!({ "established_on": "2024-04-15" }),
        date(2026, 3, 31),
        30,
    );
    expect(
        &firm.with(json!({ "audience": "enterprise" })),
        &["2026-04-15 ineligible -> eligible c1"],
    );
}

#[test]
fn a_threshold_on_the_last_day_is_seen_and_one_behind_it_is_not() {
    let given = json!({ "birth_date": "1966-06-29" });
    let ask = |ahead| Ask::new(&["age(birth_date) >= 60"], given.clone(), date(2026, 3, 31), ahead);
    expect(&ask(90), &["2026-06-29 ineligible -> eligible c1"]);
    expect(&ask(89), &[]);
    expect(&ask(0), &[]);
}

#[test]
fn deadlines_run_out() {
    let given = json!({ "graduated_on": "2024-02-29" });
    let ask = Ask::new(&["as_of <= add_years(graduated_on, 2)"], given, date(2026, 1, 1), 90);
    expect(&ask, &["2026-03-01 eligible -> ineligible c1"]);
}

#[test]
fn years_and_months_of_the_day_turn_on_their_first() {
    let given = json!({ "birth_date": "2024-06-30" });
    let ask =
        Ask::new(&["year(birth_date) + 3 > year(as_of)"], given.clone(), date(2026, 12, 1), 60);
    expect(&ask, &["2027-01-01 eligible -> ineligible c1"]);
    let ask = Ask::new(&["month(as_of) == month(birth_date)"], given, date(2026, 3, 31), 200);
    expect(&ask, &["2026-06-01 ineligible -> eligible c1", "2026-07-01 eligible -> ineligible c1"]);
}

#[test]
fn certificates_begin_and_run_out() {
    let given = json!({ "benefits": [
        { "code": "title", "from": "2026-04-10", "to": "2026-05-09" },
    ] });
    let ask = Ask::new(&[r#"holds(benefits, "title")"#], given.clone(), date(2026, 3, 31), 90);
    expect(&ask, &["2026-04-10 ineligible -> eligible c1", "2026-05-10 eligible -> ineligible c1"]);
    let ask = Ask::new(&[r#"!holds(benefits, "title")"#], given, date(2026, 4, 15), 90);
    expect(&ask, &["2026-05-10 ineligible -> eligible c1"]);
}

#[test]
fn facts_leave_a_window() {
    // The day on which the period ends still belongs to it.
    let given = json!({ "offences": [{ "code": "theft", "from": "2023-05-15", "to": "2023-05-15", "amount": 100 }] });
    for (condition, days) in [
        (r#"!had(offences, "theft", years(3))"#, "2026-05-16"),
        (r#"count(offences, "theft", months(36)) == 0"#, "2026-05-16"),
        (r#"sum(offences, "theft", days(1100)) < yuan(100)"#, "2026-05-20"),
    ] {
        let ask = Ask::new(std::slice::from_ref(&condition), given.clone(), date(2026, 3, 31), 90);
        expect(&ask, &[&format!("{days} ineligible -> eligible c1")]);
    }
}

#[test]
fn the_window_moves_into_what_the_register_covers() {
    // Honours are registered since 2020-04-01; from 2026-04-01 on the last six
    // years are covered, and no row means none.
    let ask = Ask::new(
        &[r#"!had(honours, "medal", years(6))"#],
        json!({ "honours": [] }),
        date(2026, 3, 1),
        90,
    );
    expect(&ask, &["2026-04-01 unknown -> eligible c1"]);
}

#[test]
fn periods_end_with_their_year_quarter_and_month() {
    let given = json!({ "yearly_income": 100, "quarter_income": 100, "month_income": 100 });
    for (condition, day) in [
        ("yearly_income <= yuan(100)", "2027-01-01"),
        ("quarter_income <= yuan(100)", "2026-10-01"),
        ("month_income <= yuan(100)", "2026-09-01"),
    ] {
        let ask = Ask::new(std::slice::from_ref(&condition), given.clone(), date(2026, 8, 15), 200);
        expect(&ask, &[&format!("{day} eligible -> unknown c1 data-ends")]);
    }
}

#[test]
fn members_come_and_go_and_grow_up() {
    let given = json!({ "children": [
        { "birth_date": "2023-04-20", "since": "2023-04-20" },
        { "birth_date": "2024-04-20", "since": "2026-05-10", "until": "2026-06-09" },
    ] });
    let ask = Ask::new(
        &["children.exists(c, age(c.birth_date) < 3)"],
        given.clone(),
        date(2026, 3, 31),
        90,
    );
    expect(
        &ask,
        &[
            "2026-04-20 eligible -> ineligible c1",
            "2026-05-10 ineligible -> eligible c1",
            "2026-06-10 eligible -> ineligible c1",
        ],
    );
    let ask = Ask::new(&["count(children) >= 2"], given, date(2026, 3, 31), 90);
    expect(&ask, &["2026-05-10 ineligible -> eligible c1", "2026-06-10 eligible -> ineligible c1"]);
}

#[test]
fn units_come_and_go() {
    let given = json!({ "children": [
        { "birth_date": "2024-04-20", "since": "2026-05-10", "until": "2026-06-09" },
    ] });
    let ask = Ask::new(&["age(unit.birth_date) < 3"], given, date(2026, 3, 31), 90)
        .with(json!({ "unit": "children" }));
    expect(&ask, &["2026-05-10 absent -> eligible (unit)", "2026-06-10 eligible -> absent (unit)"]);
}

#[test]
fn a_unit_nobody_can_see_depends_on_the_subject_alone() {
    let given =
        json!({ "birth_date": "1966-04-20", "children": { "rows": [], "complete": false } });
    let ask = Ask::new(
        &["age(birth_date) >= 60", "age(unit.birth_date) < 3"],
        given,
        date(2026, 3, 31),
        90,
    )
    .with(json!({ "unit": "children" }));
    expect(&ask, &["2026-04-20 ineligible -> unknown c1"]);
}

#[test]
fn parameters_change() {
    let given = json!({ "income": 1100, "hukou_region": "330100" });
    // From July the line of the city has ended and that of the province holds,
    // wherever in the span that day lies.
    for (from, ahead) in [(date(2026, 3, 31), 200), (date(2026, 6, 1), 30), (date(2026, 6, 30), 8)]
    {
        let condition = r#"income <= param("poverty_line", hukou_region)"#;
        let ask = Ask::new(std::slice::from_ref(&condition), given.clone(), from, ahead);
        expect(&ask, &["2026-07-01 eligible -> ineligible c1"]);
    }
    let given = json!({ "income": 600, "hukou_region": "110000" });
    let ask = Ask::new(
        &[r#"income <= param("poverty_line", hukou_region)"#],
        given,
        date(2025, 12, 1),
        60,
    );
    expect(&ask, &["2026-01-01 eligible -> unknown c1"]);
}

#[test]
fn claim_windows_open_and_close() {
    let given = json!({ "student": true });
    let ask = Ask::new(&["student"], given, date(2026, 3, 31), 200).with(json!({
        "claim": [{ "from": "2026-05-01", "to": "2026-05-31" }, { "from": "2026-08-01", "to": "2026-08-31" }],
    }));
    expect(
        &ask,
        &[
            "2026-05-01 eligible/upcoming -> eligible (window)",
            "2026-06-01 eligible -> eligible/upcoming (window)",
            "2026-08-01 eligible/upcoming -> eligible (window)",
            "2026-09-01 eligible -> eligible/closed (window)",
        ],
    );
}

#[test]
fn versions_come_in_force_and_end() {
    let given = json!({ "student": true });
    let ask = Ask::new(&["student"], given, date(2026, 3, 31), 200).with(json!({
        "valid": { "from": "2026-05-01", "to": "2026-06-30" },
        "claim": [{ "from": "2026-05-01", "to": "2026-05-31" }],
    }));
    expect(
        &ask,
        &[
            "2026-05-01 eligible/upcoming -> eligible (window)",
            "2026-06-01 eligible -> eligible/closed (window)",
            "2026-07-01 eligible/closed -> not_in_force (version)",
        ],
    );
}

#[test]
fn a_window_and_a_birthday_on_one_day_are_one_change() {
    let given = json!({ "birth_date": "1966-05-01" });
    let ask = Ask::new(&["age(birth_date) >= 60"], given, date(2026, 3, 31), 60)
        .with(json!({ "claim": [{ "from": "2026-05-01" }] }));
    expect(&ask, &["2026-05-01 ineligible/upcoming -> eligible (window) c1"]);
}

#[test]
fn only_the_conditions_that_turn_are_named() {
    let given = json!({ "birth_date": "1966-05-01", "student": true, "worker": false });
    let ask = Ask::new(&[], given, date(2026, 3, 31), 60).with(json!({ "conditions": [
        { "id": "a", "article": "一", "quote": "试验", "when": "student" },
        { "id": "g", "any": [
            { "id": "b", "article": "一", "quote": "试验", "when": "worker" },
            { "id": "c", "article": "一", "quote": "试验", "when": "age(birth_date) >= 60" },
        ] },
        { "id": "m", "article": "一", "manual": "请核实" },
    ] }));
    expect(&ask, &["2026-05-01 ineligible -> likely c"]);
}

#[test]
fn a_condition_that_a_person_has_to_complete_is_named_too() {
    // What was not known becomes true; that a person has to judge stays open.
    let given = json!({ "honours": [], "student": true });
    let ask = Ask::new(
        &[r#"!had(honours, "medal", years(6)) && manual("请核实")"#, "student"],
        given,
        date(2026, 3, 1),
        90,
    );
    expect(&ask, &["2026-04-01 unknown -> likely c1"]);
}

#[test]
fn quotients_of_days_are_cut_down_to_single_days() {
    // 30/60 on 2026-05-01, and 29/59 the day before: below one half.
    let given = json!({ "birth_date": "2026-04-01", "graduated_on": "2026-03-02" });
    let ask = Ask::new(
        &["days_since(birth_date) / days_since(graduated_on) >= 0.5"],
        given,
        date(2026, 3, 1),
        90,
    );
    let changes = ask.changes();
    assert_eq!(changes.last().unwrap(), "2026-05-01 ineligible -> eligible c1", "{changes:?}");
    // On the day of graduation the divisor is zero, and nothing can be said.
    assert!(changes.iter().any(|change| change.starts_with("2026-03-02 eligible -> unknown")));
}

#[test]
fn the_calendar_ends() {
    let given = json!({ "birth_date": "9939-12-31" });
    let ask = Ask::new(&["age(birth_date) >= 60"], given, date(9999, 12, 1), 500);
    expect(&ask, &["9999-12-31 ineligible -> eligible c1"]);
}
