//! Civil dates: month ends, 29 February, completed months against counting day
//! by day, and the first day of a window against its definition.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::json;

use super::support::{check, citizen};
use crate::{
    domain::Tri::{False, True},
    rules::{
        dated::{add_months, date_of, days_of, months_between, next_day, window_start},
        ir::Span,
    },
};

fn moved(from: Date, months: i64) -> Date {
    date_of(add_months(days_of(from), months).unwrap()).unwrap()
}

#[test]
fn months_end_where_the_month_ends() {
    for (from, months, to) in [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(1900, 1, 31), 1, date(1900, 2, 28)),
        (date(2000, 1, 31), 1, date(2000, 2, 29)),
    ] {
        assert_eq!(moved(from, months), to, "{from} and {months} months");
    }
}

#[test]
fn days_and_dates_are_each_others_inverse() {
    for day in
        [date(1970, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]
    {
        assert_eq!(date_of(days_of(day)), Some(day));
    }
    assert_eq!(days_of(date(1970, 1, 2)), 1);
    assert_eq!(date_of(i32::MAX), None);
    assert_eq!(date_of(i32::MIN), None);
    assert_eq!(add_months(0, i64::MAX), None);
    assert_eq!(next_day(date(2024, 2, 28)), date(2024, 2, 29));
    assert_eq!(next_day(Date::MAX), Date::MAX);
}

/// The definition, day by day: how often a month is completed on the way.
fn counted(from: i32, to: i32) -> i64 {
    let mut months = 0;
    while add_months(from, months + 1).unwrap() <= to {
        months += 1;
    }
    while add_months(from, months).unwrap() > to {
        months -= 1;
    }
    months
}

const DAYS: std::ops::Range<i32> = -20_000..40_000;

proptest! {
    #[test]
    fn completed_months_equal_counting(from in DAYS, to in DAYS) {
        prop_assert_eq!(months_between(from, to), Some(counted(from, to)));
    }

    #[test]
    fn completed_months_equal_counting_near_month_ends(
        year in 1996_i16..2030, month in 1_i8..=12, back in 0_i8..4, apart in -800_i32..800,
    ) {
        let last = date(year, month, 1).last_of_month();
        let from = days_of(date(year, month, last.day() - back));
        prop_assert_eq!(months_between(from, from + apart), Some(counted(from, from + apart)));
    }

    #[test]
    fn completed_months_never_fall_as_days_pass(from in DAYS, to in DAYS) {
        let (today, tomorrow) = (months_between(from, to).unwrap(), months_between(from, to + 1).unwrap());
        prop_assert!(tomorrow == today || tomorrow == today + 1);
    }

    #[test]
    fn a_window_begins_on_the_first_day_that_reaches_today(months in 1_i32..200, today in DAYS) {
        let start = window_start(Span::Months(months), today);
        let reaches = |day: i32| add_months(day, i64::from(months)).unwrap() >= today;
        prop_assert!(reaches(start), "the first day reaches");
        // Reaching never stops again, so that looking a month back is enough.
        for before in 1..40 {
            prop_assert!(!reaches(start - before), "{} days before it none does", before);
        }
    }

    #[test]
    fn a_window_of_days_is_that_many_days_back(days in 1_i32..1_200, today in DAYS) {
        prop_assert_eq!(window_start(Span::Days(days), today), today - days);
    }

    #[test]
    fn years_are_twelve_months(birth in DAYS, later in 0_i32..30_000) {
        let (from, to) = (date_of(birth).unwrap(), date_of(birth + later).unwrap());
        let years = months_between(birth, birth + later).unwrap().div_euclid(12);
        // The anniversary by the calendar alone.
        let mut expected = i64::from(to.year() - from.year());
        let birthday = Date::new(to.year(), from.month(), from.day())
            .unwrap_or_else(|_| date(to.year(), from.month(), 1).last_of_month());
        if to < birthday {
            expected -= 1;
        }
        prop_assert_eq!(years, expected);
    }
}

#[test]
fn a_window_at_the_end_of_a_month() {
    let start = |span, day| date_of(window_start(span, days_of(day))).unwrap();
    assert_eq!(start(Span::Months(1), date(2026, 3, 31)), date(2026, 3, 1));
    assert_eq!(start(Span::Months(1), date(2026, 3, 28)), date(2026, 2, 28));
    assert_eq!(start(Span::Months(1), date(2026, 2, 28)), date(2026, 1, 28));
    assert_eq!(start(Span::Months(12), date(2024, 2, 29)), date(2023, 3, 1));
    assert_eq!(start(Span::Months(12), date(2025, 2, 28)), date(2024, 2, 28));
    assert_eq!(start(Span::Months(36), date(2026, 3, 31)), date(2023, 3, 31));
    assert_eq!(window_start(Span::Months(i32::MAX), 0), i32::MIN);
}

#[test]
fn a_leap_day_birthday() {
    let born = citizen(json!({"birth_date": "2004-02-29"}));
    for (day, age) in [
        (date(2022, 2, 27), 17),
        (date(2022, 2, 28), 18),
        (date(2022, 3, 1), 18),
        (date(2024, 2, 28), 19),
        (date(2024, 2, 29), 20),
    ] {
        assert_eq!(born.clone().on(day).truth(&format!("age == {age}")), True, "{day}");
    }
}

#[test]
fn a_day_before_the_cut_off_is_judged_as_the_cut_off() {
    let ask =
        citizen(json!({"birth_date": "2008-03-31"})).on(date(2026, 3, 30)).known(date(2026, 3, 31));
    check(&ask, &[("age >= 18", True), ("as_of == date(\"2026-03-31\")", True)]);
}

#[test]
fn values_of_a_period_end_with_it() {
    let ask = citizen(json!({"yearly_income": 1, "quarter_income": 1, "month_income": 1}));
    let known = |as_of: Date, expression: &str| {
        ask.clone().on(as_of).known(date(2026, 2, 10)).truth(expression).known().is_some()
    };
    for (as_of, year, quarter, month) in [
        (date(2026, 2, 28), true, true, true),
        (date(2026, 3, 1), true, true, false),
        (date(2026, 3, 31), true, true, false),
        (date(2026, 4, 1), true, false, false),
        (date(2026, 12, 31), true, false, false),
        (date(2027, 1, 1), false, false, false),
        (date(2027, 2, 10), false, false, false),
    ] {
        assert_eq!(known(as_of, "yearly_income > yuan(0)"), year, "year on {as_of}");
        assert_eq!(known(as_of, "quarter_income > yuan(0)"), quarter, "quarter on {as_of}");
        assert_eq!(known(as_of, "month_income > yuan(0)"), month, "month on {as_of}");
    }
}

#[test]
fn functions_of_dates() {
    let ask = citizen(json!({"graduated_on": "2025-07-31"}));
    check(
        &ask,
        &[
            ("year(graduated_on) == 2025 && month(graduated_on) == 7", True),
            ("months_since(graduated_on) == 8", True),
            ("years_since(graduated_on) == 0", True),
            ("days_since(graduated_on) == 243", True),
            ("as_of - graduated_on == 243", True),
            ("add_months(graduated_on, 7) == date(\"2026-02-28\")", True),
            ("add_months(graduated_on, -1) == date(\"2025-06-30\")", True),
            ("add_years(graduated_on, 1) == date(\"2026-07-31\")", True),
            ("add_days(graduated_on, 1) == date(\"2025-08-01\")", True),
            ("add_months(graduated_on, 120000) > as_of", crate::domain::Tri::Unknown),
            ("min(graduated_on, as_of) == graduated_on", True),
            ("max(graduated_on, as_of) == graduated_on", False),
            ("months_since(add_days(as_of, 1)) == -1", True),
            ("years_since(add_days(as_of, 1)) == -1", True),
        ],
    );
}
