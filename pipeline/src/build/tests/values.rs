//! Windows, sums, staleness, disputes, coverage, facts, households.

use super::support::*;

fn annual(rows: &str) -> Outcome {
    let case = Case::new();
    case.table("annual", &format!("ID,YEAR,REVENUE,MARGIN,SEEN\n{rows}"));
    case.build()
}

#[test]
fn years_are_counted_back_from_the_cut_off() {
    let id = firm(1);
    let outcome = annual(&format!(
        "{id},2025,12.5,5.5,20260401\n{id},2024,10,4,20250601\n{id},2023,1,4,20250601\n"
    ));
    assert_eq!(outcome.firm(1, "revenue"), "12500000");
    assert_eq!(outcome.firm(1, "margin"), "55000");
    assert_eq!(outcome.firm(1, "revenue_before"), "10000000");
    assert_eq!(outcome.firm(1, "revenue_3y"), "23500000");
    assert_eq!(outcome.observed(1, "revenue"), "2026-04-01");
}

#[test]
fn a_year_without_a_row_makes_the_sum_unknown() {
    let id = firm(1);
    let outcome = annual(&format!("{id},2025,12,5,20260401\n{id},2023,1,4,20250601\n"));
    assert_eq!(outcome.firm(1, "revenue_3y"), "[wrong_period]");
    assert_eq!(outcome.firm(1, "revenue_before"), "[wrong_period]");
    assert_eq!(outcome.firm(2, "revenue_3y"), "[missing]");
}

#[test]
fn years_before_the_firm_existed_need_no_row() {
    let case = Case::bare();
    let row =
        |n: u32, year: u32| format!("{},新,330106,,{year}-05-01,C3911,1,2026-06-01\n", firm(n));
    case.table("firm", &format!("{FIRM}{}{}", row(1, 2025), row(2, 2026)));
    case.table("annual", &format!("ID,YEAR,REVENUE,MARGIN,SEEN\n{},2025,12,5,20260401\n", firm(1)));
    let outcome = case.build();
    assert_eq!(outcome.firm(1, "revenue_3y"), "12000000");
    assert_eq!(outcome.firm(2, "revenue_3y"), "[missing]", "no year of its own: not zero");
}

#[test]
fn a_rejected_cell_makes_the_sum_unknown() {
    let id = firm(1);
    let outcome = annual(&format!(
        "{id},2025,12,5,20260401\n{id},2024,x,4,20250601\n{id},2023,1,4,20250601\n"
    ));
    assert_eq!(outcome.firm(1, "revenue_3y"), "[rejected]");
    assert_eq!(outcome.rejects("annual"), "bad_number 1");
}

#[test]
fn an_old_report_of_an_old_year_is_not_stale() {
    let id = firm(1);
    let outcome = annual(&format!("{id},2025,12,5,20241201\n{id},2024,10,4,20241001\n"));
    assert_eq!(outcome.firm(1, "revenue"), "[stale]");
    assert_eq!(outcome.firm(1, "revenue_before"), "10000000");
    assert_eq!(outcome.table("annual").stale, 2);
}

#[test]
fn the_last_month_may_not_be_reported_yet() {
    let case = Case::new();
    let row = |n: u32, month: &str, sales: u32| format!("{},{month},{sales},2026-06-10\n", firm(n));
    let rows = [
        row(1, "202605", 3),
        row(1, "202604", 2),
        row(1, "202603", 1),
        row(2, "202604", 2),
        row(2, "202603", 1),
        row(2, "202602", 1),
        row(3, "202602", 9),
    ];
    case.table("sales", &format!("ID,MONTH,SALES,SEEN\n{}", rows.concat()));
    let outcome = case.build();
    assert_eq!(
        (outcome.firm(1, "sales_month"), outcome.firm(1, "sales_3m")),
        ("300".into(), "600".into())
    );
    assert_eq!(
        (outcome.firm(2, "sales_month"), outcome.firm(2, "sales_3m")),
        ("200".into(), "400".into())
    );
    assert_eq!(
        (outcome.firm(3, "sales_month"), outcome.firm(3, "sales_3m")),
        ("[wrong_period]".into(), "[wrong_period]".into())
    );
}

#[test]
fn departments_that_differ_leave_a_dispute() {
    let case = Case::new();
    case.table(
        "staff",
        &format!(
            "ID,COUNT,SEEN\n{},5,2026-06-01\n{},5,2026-06-01\n{},5,2026-06-01\n",
            firm(1),
            firm(2),
            firm(3)
        ),
    );
    case.table(
        "payroll",
        &format!(
            "ID,COUNT,PAYS,SEEN\n{},5,1,2026-06-02\n{},6,1,2026-06-01\n{},6,0,2025-06-01\n",
            firm(1),
            firm(2),
            firm(3)
        ),
    );
    let outcome = case.build();
    assert_eq!(outcome.firm(1, "employees"), "5");
    assert_eq!(outcome.observed(1, "employees"), "2026-06-02");
    assert_eq!(outcome.firm(2, "employees"), "[disputed]");
    assert_eq!(outcome.firm(3, "employees"), "5", "a stale value disputes nothing");
    assert_eq!((outcome.table("payroll").disputed, outcome.table("staff").disputed), (1, 0));
    assert_eq!(outcome.table("payroll").stale, 1);
    let pays = [1, 2, 3].map(|n| outcome.firm(n, "pays"));
    assert_eq!(pays, ["true", "true", "[stale]"]);
}

#[test]
fn a_state_that_is_told_is_no_as_well_as_yes() {
    let case = Case::new();
    let id = firm(1);
    case.table(
        "payroll",
        &format!("ID,COUNT,PAYS,SEEN\n{id},5,1,2026-05-01\n{id},5,0,2026-06-01\n"),
    );
    let outcome = case.build();
    assert_eq!(outcome.firm(1, "pays"), "false", "the superseded row does not count");
    assert_eq!(
        outcome.firm(2, "pays"),
        "[not_covered]",
        "this register does not claim to be complete"
    );
}

#[test]
fn absence_means_no_only_inside_the_coverage() {
    let case = Case::bare();
    let beijing = format!("{},京,110105,,2010-05-01,C3911,1,2026-06-01\n", firm(3));
    case.table("firm", &format!("{FIRM}{}{}{beijing}", firm_row(1), firm_row(2)));
    case.table("person", PERSON);
    let rows = format!(
        "{},A,2020-01-01,2020-12-31,1.5,2026-06-01\n{},B,2021-01-01,,,2026-06-01\n",
        firm(1),
        firm(1)
    );
    case.table("listings", &format!("ID,KIND,FROM,TO,FINE,SEEN\n{rows}"));
    let outcome = case.build();
    assert_eq!(outcome.firm(1, "blacklists"), "0 2020-01-01–2020-12-31; 1 2021-01-01–…");
    assert_eq!(outcome.firm(2, "blacklists"), "");
    assert_eq!(outcome.firm(3, "blacklists"), " [not_covered]");
    assert_eq!([1, 2, 3].map(|n| outcome.firm(n, "listed")), ["true", "false", "[not_covered]"]);
    assert_eq!([1, 2, 3].map(|n| outcome.firm(n, "listings_count")), ["2", "0", "[not_covered]"]);
}

#[test]
fn a_fact_nobody_understands_makes_the_list_incomplete() {
    let case = Case::new();
    let rows = format!(
        "{},Q,2020-01-01,,,2026-06-01\n{},A,2020-01-02,2020-01-01,,2026-06-01\n",
        firm(1),
        firm(2)
    );
    case.table("listings", &format!("ID,KIND,FROM,TO,FINE,SEEN\n{rows}"));
    let outcome = case.build();
    assert_eq!(outcome.firm(1, "blacklists"), " [rejected]");
    assert_eq!(outcome.firm(2, "blacklists"), " [rejected]");
    assert_eq!(outcome.rejects("listings"), "reversed_period 1, unknown_code 1");
}

#[test]
fn what_a_household_has_belongs_to_each_member() {
    let case = Case::new();
    case.table(
        "members",
        &format!(
            "ID,HOME,SEEN\n{},h1,2026-06-01\n{},h1,2026-06-01\n{},h2,2026-06-01\n{},,2026-06-01\n",
            person(1),
            person(2),
            person(3),
            person(4)
        ),
    );
    case.table("economy", "HOME,INCOME,SEEN\nh1,30000,2026-06-01\nh9,1,2026-06-01\n");
    let outcome = case.build();
    let incomes = [1, 2, 3, 4].map(|n| outcome.person(n, "home_income"));
    assert_eq!(incomes, ["3000000", "3000000", "[missing]", "[missing]"]);
    assert_eq!(outcome.rejects("economy"), "orphan 1");
    assert_eq!(outcome.members(1, "household"), "[1, 2]");
    assert_eq!(outcome.members(3, "household"), "[3]");
    assert_eq!(outcome.members(4, "household"), "[] incomplete");
}

#[test]
fn sets_of_a_complete_register_are_known_to_be_empty() {
    let case = Case::new();
    assert_eq!(case.build().firm(1, "zones"), "[]");
}

#[test]
fn an_empty_complete_register_says_that_there_is_nothing() {
    let case = Case::new();
    case.table("listings", "ID,KIND,FROM,TO,FINE,SEEN\n");
    let outcome = case.build();
    assert_eq!(
        (outcome.firm(1, "blacklists"), outcome.firm(1, "listed")),
        ("".into(), "false".into())
    );
    case.table("members", "ID,HOME,SEEN\n");
    std::fs::remove_dir_all(case.out()).unwrap();
    assert_eq!(
        case.build().members(1, "household"),
        "[] incomplete",
        "a register that must be refreshed proves nothing while empty"
    );
}

#[test]
fn months_before_the_firm_existed_need_no_row() {
    let case = Case::bare();
    case.table("firm", &format!("{FIRM}{},新,330106,,2026-03-20,C3911,1,2026-06-01\n", firm(1)));
    case.table(
        "sales",
        &format!(
            "ID,MONTH,SALES,SEEN\n{0},202604,2,2026-06-10\n{0},202605,3,2026-06-10\n",
            firm(1)
        ),
    );
    assert_eq!(case.build().firm(1, "sales_3m"), "500");
}
