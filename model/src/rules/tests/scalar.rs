//! What every operator and function gives, known and unknown: a table each.

use serde_json::json;

use super::support::{check, citizen, enterprise};
use crate::domain::{
    Number,
    Tri::{False, True, Unknown},
};

#[test]
fn kleene_logic() {
    let values = [(json!(true), True), (json!(false), False), (json!(null), Unknown)];
    for (a, left) in &values {
        for (b, right) in &values {
            let ask = citizen(json!({"student": a, "worker": b}));
            check(
                &ask,
                &[
                    ("student && worker", left.and(*right)),
                    ("student || worker", left.or(*right)),
                    ("!student", !*left),
                    ("!(student && worker)", (!*left).or(!*right)),
                    ("student == worker", left.choose(*right, !*right)),
                    ("student != worker", !left.choose(*right, !*right)),
                    ("student ? worker : true", left.choose(*right, True)),
                    ("student ? worker : worker", *right),
                ],
            );
        }
    }
}

#[test]
fn comparisons_of_known_values() {
    for (size, table) in [
        (2, [True, True, False, True, False, False]),
        (3, [False, True, True, False, True, False]),
        (4, [False, False, False, True, True, True]),
    ] {
        let ask = citizen(json!({"family_size": size}));
        for (operator, expected) in ["<", "<=", "==", "!=", ">=", ">"].into_iter().zip(table) {
            assert_eq!(
                ask.truth(&format!("family_size {operator} 3")),
                expected,
                "{size} {operator} 3"
            );
            let flipped = match operator {
                "<" => ">",
                "<=" => ">=",
                ">=" => "<=",
                ">" => "<",
                same => same,
            };
            assert_eq!(
                ask.truth(&format!("3 {flipped} family_size")),
                expected,
                "3 {flipped} {size}"
            );
        }
    }
}

#[test]
fn whatever_is_unknown_makes_a_comparison_unknown() {
    let ask = citizen(json!({"income": 1000}));
    for operator in ["<", "<=", "==", "!=", ">=", ">"] {
        assert_eq!(ask.truth(&format!("family_size {operator} 3")), Unknown);
        assert_eq!(ask.truth(&format!("income {operator} savings")), Unknown);
        assert_eq!(ask.truth(&format!("birth_date {operator} as_of")), Unknown);
    }
    check(
        &ask,
        &[
            ("sex == \"male\"", Unknown),
            ("sex in [\"male\", \"female\"]", Unknown),
            ("education >= \"bachelor\"", Unknown),
            ("within(hukou_region, \"000000\")", Unknown),
            ("industry_in(trade, \"C\")", Unknown),
            ("industry_in(crafts, \"C\")", Unknown),
            ("\"music\" in hobbies", Unknown),
            ("nickname == \"甲\"", Unknown),
            ("nickname.contains(\"甲\")", Unknown),
            ("hukou_region == home_region", Unknown),
            ("education == spouse_education", Unknown),
            ("holds(offences, \"theft\")", Unknown),
            ("children.exists(c, true)", Unknown),
            ("count(children) >= 0", Unknown),
            ("income + savings > yuan(0)", Unknown),
            ("min(income, savings) > yuan(0)", Unknown),
            ("year(birth_date) > 0", Unknown),
        ],
    );
}

#[test]
fn numbers_are_exact() {
    let ask = citizen(
        json!({"income": 100, "savings": 300, "family_size": 3, "share": "0.1", "score": -7}),
    );
    check(
        &ask,
        &[
            ("income / savings * 3 == 1", True),
            ("income / 3 * 3 == income", True),
            ("share + share + share == 0.3", True),
            ("share * 3 == 0.3", True),
            ("1 / 3 + 1 / 3 + 1 / 3 == 1", True),
            ("0.1 + 0.2 == 0.3", True),
            ("income * 0.07 == yuan(7)", True),
            ("floor(score / 2) == -4", True),
            ("floor(0.999999) == 0", True),
            ("-score == 7", True),
            ("- -score == score", True),
            ("score - -1 == -6", True),
            ("max(score, 0) == 0 && min(score, 0) == score", True),
            ("income_per_head > yuan(33.33) && income_per_head < yuan(33.34)", True),
            ("family_size * 0.5 == 1.5", True),
        ],
    );
}

#[test]
fn money_is_counted_in_fen() {
    let ask = citizen(json!({"income": "3000000.01元"}));
    check(
        &ask,
        &[
            ("income > wan(300)", True),
            ("income == yuan(3000000.01)", True),
            ("income - wan(300) == yuan(0.01)", True),
            ("wan(1) == yuan(10000) && yi(1) == wan(10000) && yuan(1) == yuan(1.00)", True),
            ("wan(1.5) == yuan(15000)", True),
        ],
    );
}

#[test]
fn sums_are_rounded_down_at_the_very_end() {
    let ask = citizen(json!({"income": 100}));
    assert_eq!(ask.fen("income / 3"), Some(3_333));
    assert_eq!(ask.fen("income / 3 * 3"), Some(10_000));
    assert_eq!(ask.fen("yuan(0) - income / 3"), Some(-3_334));
    assert_eq!(ask.fen("min(income, yuan(60)) + max(income, yuan(600))"), Some(66_000));
    assert_eq!(ask.fen("savings + income"), None);
}

#[test]
fn division_by_zero_or_nothing_is_unknown() {
    let ask = citizen(json!({"income": 100, "family_size": 0}));
    check(
        &ask,
        &[
            ("income / family_size >= yuan(0)", Unknown),
            ("income / family_size < yuan(0)", Unknown),
            ("income / savings >= 0", Unknown),
            ("family_size / family_size == 1", Unknown),
            ("income_per_head > yuan(1) || family_size == 0", True),
            ("1 / 0 == 1", Unknown),
        ],
    );
}

#[test]
fn what_does_not_fit_is_unknown() {
    let ask = citizen(json!({"income": "900000亿", "score": 9_223_372_036_854_775_807_i64}));
    check(
        &ask,
        &[
            ("income * income > yuan(1) * yuan(1)", True),
            ("income * income * 1000000000 > income * income", Unknown),
            ("score * score * score > 0", Unknown),
            ("score * score > score", True),
            ("score + score > score", True),
            ("floor(score * 2) > 0", Unknown),
        ],
    );
    assert_eq!(ask.fen("income * 10000"), None, "a sum beyond 64 bits of fen");
    assert!(ask.number("income * 10000").is_some());
    assert_eq!(Number::whole(i64::MAX).floor(), Some(i64::MAX));
}

#[test]
fn ranks_of_codes() {
    for (education, above, equal, below) in [
        ("master", True, False, False),
        ("bachelor", False, True, False),
        ("vocational", False, False, True),
        ("other", Unknown, False, Unknown),
    ] {
        check(
            &citizen(json!({"education": education})),
            &[
                ("education > \"bachelor\"", above),
                ("education == \"bachelor\"", equal),
                ("education < \"bachelor\"", below),
                ("education >= \"bachelor\"", above.or(equal)),
                ("education <= \"bachelor\"", below.or(equal)),
                ("\"bachelor\" < education", above),
                ("education != \"bachelor\"", !equal),
            ],
        );
    }
    check(
        &citizen(json!({"education": "vocational"})),
        &[
            ("education >= \"high_school\" && education <= \"high_school\"", True),
            ("education == \"high_school\"", False),
            ("education in [\"high_school\", \"vocational\"]", True),
        ],
    );
    check(
        &citizen(json!({"education": "master", "spouse_education": "master"})),
        &[("education == spouse_education", True), ("education != spouse_education", False)],
    );
}

#[test]
fn choices() {
    let known = citizen(json!({"student": true, "family_size": 4}));
    check(
        &known,
        &[("(student ? 3 : 5) < family_size", True), ("family_size < (student ? 3 : 5)", False)],
    );
    let open = citizen(json!({"family_size": 4, "birth_date": "2000-01-01", "sex": "male"}));
    check(
        &open,
        &[
            ("(student ? 3 : 5) < family_size", Unknown),
            ("(student ? 2 : 3) < family_size", True),
            ("(student ? 5 : 6) < family_size", False),
            ("(student ? birth_date : as_of) <= as_of", True),
            ("(student ? birth_date : as_of) < as_of", Unknown),
            ("(student ? 3 : 3) == 3", True),
            ("student ? sex == \"male\" : family_size == 4", True),
        ],
    );
    assert_eq!(open.fen("student ? yuan(5) : yuan(5)"), Some(500));
    assert_eq!(open.fen("student ? yuan(5) : yuan(6)"), None);
    assert_eq!(open.fen("student ? income : yuan(6)"), None);
}

#[test]
fn derived_fields_are_their_expressions() {
    let ask = citizen(json!({"income": 3000, "family_size": 3, "birth_date": "1990-01-01"}));
    check(
        &ask,
        &[
            ("income_per_head == yuan(1000)", True),
            ("income_band == \"high\"", True),
            ("income_band > \"low\"", True),
            ("income_band in [\"low\"]", False),
            ("age == 36", True),
        ],
    );
    check(&citizen(json!({"family_size": 3})), &[("income_band == \"high\"", Unknown)]);
}

#[test]
fn sets_texts_and_industries() {
    let ask = citizen(json!({
        "hobbies": ["music"], "nickname": "张三丰", "trade": "C3911", "crafts": ["I6513", "F5211"],
    }));
    check(
        &ask,
        &[
            ("\"music\" in hobbies", True),
            ("\"chess\" in hobbies", False),
            ("nickname == \"张三丰\"", True),
            ("\"张三丰\" == nickname", True),
            ("nickname != \"张三\"", True),
            ("nickname in [\"李四\", \"张三丰\"]", True),
            ("nickname.contains(\"三\")", True),
            ("nickname.contains(\"四\")", False),
            ("industry_in(trade, \"C\")", True),
            ("industry_in(trade, [\"39\"])", True),
            ("industry_in(trade, [\"391\", \"65\"])", True),
            ("industry_in(trade, [\"3912\", \"D\"])", False),
            ("industry_in(crafts, [\"65\"])", True),
            ("industry_in(crafts, [\"C\"])", False),
        ],
    );
    check(
        &citizen(json!({"hobbies": [], "crafts": []})),
        &[("\"music\" in hobbies", False), ("industry_in(crafts, \"C\")", False)],
    );
}

#[test]
fn regions_ancestors_and_abolished_codes() {
    for (home, city, district, nation) in [
        ("330106", True, False, True),
        ("330102", True, True, True),
        ("330104", True, Unknown, True),
        ("330100", True, Unknown, True),
        ("330000", Unknown, Unknown, True),
        ("440100", False, False, True),
    ] {
        check(
            &citizen(json!({"home_region": home})),
            &[
                ("within(home_region, \"330100\")", city),
                ("within(home_region, \"330102\")", district),
                ("within(home_region, \"000000\")", nation),
            ],
        );
    }
    check(
        &citizen(json!({"home_region": "370116"})),
        &[("within(home_region, \"371200\")", Unknown), ("within(home_region, \"370100\")", True)],
    );
    check(
        &citizen(json!({"home_region": "330106", "hukou_region": "330106"})),
        &[("home_region == hukou_region", True), ("home_region != hukou_region", False)],
    );
}

#[test]
fn zones_are_asked_in_two_ways() {
    let inside = enterprise(json!({"zones": ["Z110301"], "seat_region": "110115"}));
    let outside = enterprise(json!({"zones": [], "seat_region": "110115"}));
    let open = enterprise(json!({"seat_region": "110115"}));
    for (ask, expected) in [(inside, True), (outside, False), (open, Unknown)] {
        check(
            &ask,
            &[("within(seat_region, \"Z110301\")", expected), ("\"Z110301\" in zones", expected)],
        );
    }
}

#[test]
fn parameters_of_the_nearest_ancestor_in_force() {
    use jiff::civil::date;
    for (home, day, expected) in [
        ("330106", date(2026, 3, 31), Some(120_050)),
        ("330106", date(2026, 6, 30), Some(120_050)),
        ("330106", date(2026, 7, 1), Some(100_000)),
        ("330106", date(2025, 6, 30), Some(100_000)),
        ("330106", date(2024, 12, 31), Some(70_000)),
        ("330200", date(2026, 3, 31), Some(100_000)),
        ("440100", date(2025, 12, 31), Some(70_000)),
        ("440100", date(2026, 1, 1), None),
        ("440100", date(2019, 12, 31), None),
        ("330000", date(2026, 3, 31), Some(100_000)),
    ] {
        let ask = citizen(json!({"home_region": home})).on(day);
        assert_eq!(ask.fen("param(\"poverty_line\", home_region)"), expected, "{home} on {day}");
    }
    assert_eq!(citizen(json!({})).fen("param(\"poverty_line\", home_region)"), None);
    check(
        &citizen(json!({"home_region": "330106", "family_size": 200})),
        &[
            ("param(\"quota\", home_region) == 0.015", True),
            ("family_size * param(\"quota\", home_region) == 3", True),
            ("param(\"leave_days\", home_region) == 98", True),
        ],
    );
}

#[test]
fn the_unit_has_fields_of_its_own() {
    let ask = citizen(json!({
        "family_size": 3,
        "children": [{"birth_date": "2024-05-01", "since": "2024-06-01", "until": "2030-01-01"}],
    }))
    .unit("children");
    check(
        &ask,
        &[
            ("unit.age < 3 && family_size == 3", True),
            ("unit.since == date(\"2024-06-01\") && unit.until == date(\"2030-01-01\")", True),
            ("unit.sex == \"male\"", Unknown),
        ],
    );
    let open = citizen(json!({"children": [{"birth_date": "2024-05-01"}]})).unit("children");
    check(&open, &[("unit.since <= as_of", Unknown), ("unit.until >= as_of", Unknown)]);
}
