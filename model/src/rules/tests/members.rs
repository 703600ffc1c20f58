//! Relations: who counts as a member, what an incomplete list leaves open.

use jiff::civil::date;
use serde_json::{Value, json};

use super::support::{Ask, check, citizen};
use crate::domain::Tri::{self, False, True, Unknown};

const YOUNG: &str = "2025-01-01";
const GROWN: &str = "2000-01-01";

fn children(rows: Value) -> Ask {
    citizen(json!({ "children": rows }))
}

fn row(birth: Option<&str>) -> Value {
    match birth {
        Some(day) => json!({"birth_date": day}),
        None => json!({}),
    }
}

#[test]
fn some_all_and_how_many() {
    type Row<'a> = (&'a [Option<&'a str>], bool, Tri, Tri, Tri);
    let table: [Row; 10] = [
        (&[], true, False, True, True),
        (&[], false, Unknown, Unknown, Unknown),
        (&[Some(YOUNG)], true, True, True, False),
        (&[Some(YOUNG)], false, True, Unknown, Unknown),
        (&[Some(GROWN)], true, False, False, True),
        (&[Some(GROWN)], false, Unknown, False, Unknown),
        (&[Some(YOUNG), Some(GROWN)], true, True, False, False),
        (&[Some(YOUNG), None], true, True, Unknown, Unknown),
        (&[Some(GROWN), None], true, Unknown, False, Unknown),
        (&[None], true, Unknown, Unknown, Unknown),
    ];
    for (births, complete, exists, all, none) in table {
        let rows: Vec<Value> = births.iter().map(|birth| row(*birth)).collect();
        check(
            &children(json!({"rows": rows, "complete": complete})),
            &[
                ("children.exists(c, age(c.birth_date) < 3)", exists),
                ("children.all(c, age(c.birth_date) < 3)", all),
                ("count(children.filter(c, age(c.birth_date) < 3)) == 0", none),
                ("young_children == 0", none),
            ],
        );
    }
}

#[test]
fn counting_members_needs_the_whole_list() {
    check(
        &children(json!([row(Some(YOUNG)), row(None)])),
        &[("count(children) == 2", True), ("count(children.filter(c, true)) == 2", True)],
    );
    check(
        &children(json!({"rows": [row(None)], "complete": false})),
        &[("count(children) >= 1", Unknown)],
    );
}

#[test]
fn members_count_on_the_days_of_the_relation() {
    let ask = children(json!([{"since": "2020-01-01", "until": "2026-03-31"}]));
    for (day, count) in [
        (date(2019, 12, 31), 0),
        (date(2020, 1, 1), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 0),
    ] {
        assert_eq!(
            ask.clone().on(day).truth(&format!("count(children) == {count}")),
            True,
            "{day}"
        );
    }
}

#[test]
fn a_body_sees_the_member_and_the_subject() {
    let ask = citizen(json!({
        "birth_date": "1990-01-01",
        "children": [{"birth_date": YOUNG, "sex": "female", "since": "2025-02-01"}],
    }));
    check(
        &ask,
        &[
            ("children.exists(c, c.birth_date > birth_date)", True),
            ("children.exists(c, c.since > c.birth_date)", True),
            ("children.all(c, c.sex == \"female\" && c.age < 3)", True),
            ("children.exists(c, c.until < as_of)", Unknown),
        ],
    );
    let open = children(json!([{"birth_date": YOUNG}]));
    check(&open, &[("children.exists(c, c.birth_date > birth_date)", Unknown)]);
}

#[test]
fn negation_of_an_open_list_stays_open() {
    check(
        &children(json!({"rows": [], "complete": false})),
        &[("!children.exists(c, age(c.birth_date) < 3)", Unknown)],
    );
}
