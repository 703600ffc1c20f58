//! Every kind of fault: what is left out, what is mended, what is counted.

use std::fs;

use super::support::*;

fn staff(rows: &str) -> Outcome {
    let case = Case::new();
    case.table("staff", &format!("ID,COUNT,SEEN\n{rows}"));
    case.build()
}

#[test]
fn a_wrong_check_digit_rejects_the_row() {
    let mut wrong = firm(1);
    wrong.replace_range(17.., if wrong.ends_with('0') { "1" } else { "0" });
    let outcome = staff(&format!("{wrong},5,2026-06-01\n"));
    assert_eq!(outcome.rejects("staff"), "bad_check_digit 1");
    assert_eq!(outcome.firm(1, "employees"), "[missing]");
}

#[test]
fn lengths_characters_and_empty_keys() {
    let id = firm(1);
    let rows = format!(
        "{},5,2026-06-01\n{},5,2026-06-01\n,5,2026-06-01\n",
        id.get(..17).unwrap(),
        id.replacen('9', "O", 1)
    );
    assert_eq!(staff(&rows).rejects("staff"), "bad_character 1, bad_length 1, missing_key 1");
}

#[test]
fn a_birth_date_that_does_not_exist() {
    let case = Case::new();
    case.table("members", "ID,HOME,SEEN\n990101198013010010,h1,2026-06-01\n");
    assert_eq!(case.build().rejects("members"), "bad_birth_date 1");
}

#[test]
fn full_width_and_untidy_keys_are_mended() {
    let wide: String =
        firm(1).chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    let outcome =
        staff(&format!("{wide},5,2026-06-01\n {} ,6,2026-06-01\n", firm(2).to_lowercase()));
    assert_eq!(outcome.rejects("staff"), "");
    assert_eq!(outcome.table("staff").repairs["full_width"], 1);
    assert_eq!(outcome.table("staff").repairs["untidy"], 1);
    assert_eq!(
        (outcome.firm(1, "employees"), outcome.firm(2, "employees")),
        ("5".into(), "6".into())
    );
}

#[test]
fn fifteen_digits_are_brought_up_where_the_person_is_known() {
    let case = Case::new();
    let old = |n: u32| format!("9901018001{n:02}001");
    case.table(
        "members",
        &format!("ID,HOME,SEEN\n{},h1,2026-06-01\n{},h1,2026-06-01\n", old(1), old(9)),
    );
    let outcome = case.build();
    assert_eq!(outcome.table("members").repairs["fifteen_digit_id"], 1);
    assert_eq!(outcome.rejects("members"), "fifteen_digit_id 1");
    assert_eq!(outcome.members(1, "household"), "[1]");
}

#[test]
fn a_valid_number_without_a_dossier_is_an_orphan() {
    let case = Case::new();
    case.table("staff", &format!("ID,COUNT,SEEN\n{},5,2026-06-01\n", firm(99)));
    assert_eq!(case.build().rejects("staff"), "orphan 1");
    let rejects = fs::read_to_string(case.out().join("rejects.csv")).unwrap();
    assert!(rejects.contains("staff,2,") && rejects.contains(",orphan,"), "{rejects}");
    assert!(!rejects.contains(&firm(99)), "a raw number must not be written");
}

#[test]
fn dates_of_observation_that_are_missing_or_wrong() {
    let outcome = staff(&format!("{0},5,\n{1},5,soon\n", firm(1), firm(2)));
    assert_eq!(outcome.rejects("staff"), "bad_observed_at 1, missing_observed_at 1");
    assert_eq!(outcome.firm(1, "employees"), "[rejected]", "there was a row, and it was lost");
}

#[test]
fn faulty_cells_leave_the_rest_of_the_row() {
    let case = Case::bare();
    let row = format!("{},甲,339999,Z9;Q,2023-02-30,C9999,ZZ9,2026-06-01\n", firm(1));
    case.table("firm", &format!("{FIRM}{row}"));
    let outcome = case.build();
    assert_eq!(
        outcome.rejects("firm"),
        "impossible_date 1, unknown_code 1, unknown_industry 1, unknown_region 1"
    );
    for field in ["region", "zones", "founded_on", "industry", "status"] {
        assert_eq!(outcome.firm(1, field), "[rejected]", "{field}");
    }
    assert_eq!(outcome.firm(1, "firm_name"), "甲");
    let report = outcome.report.fields.iter().find(|field| field.field == "status").unwrap();
    assert_eq!(
        (report.known, report.unknown["rejected"], report.rejects["unknown_code"]),
        (0, 1, 1)
    );
}

#[test]
fn numbers_that_are_none_or_out_of_range() {
    let outcome = staff(&format!(
        "{},many,2026-06-01\n{},-1,2026-06-01\n{},1.5,2026-06-01\n",
        firm(1),
        firm(2),
        firm(3)
    ));
    assert_eq!(outcome.rejects("staff"), "bad_number 1, out_of_range 1, too_precise 1");
    assert_eq!(outcome.firm(1, "employees"), "[rejected]");
}

#[test]
fn malformed_rows_spoil_themselves_only() {
    let rows = format!("{},5\n\"{},5,2026-06-01\n{},\"7\",2026-06-01\n", firm(1), firm(2), firm(3));
    let outcome = staff(&rows);
    assert_eq!(outcome.rejects("staff"), "malformed 2");
    assert_eq!(outcome.table("staff").rows, 3);
    assert_eq!(outcome.firm(3, "employees"), "7");
}

#[test]
fn bytes_outside_the_encoding_spoil_their_row() {
    let case = Case::new();
    let mut bytes = format!("ID,COUNT,SEEN\n{},5,2026-06-01\n{},5", firm(1), firm(2)).into_bytes();
    bytes.extend(b"\xFF,2026-06-01\n");
    case.file("staff.csv", &bytes);
    let outcome = case.build();
    assert_eq!(outcome.rejects("staff"), "bad_encoding 1");
    assert_eq!(outcome.firm(1, "employees"), "5");
}

#[test]
fn copies_are_dropped_and_older_rows_superseded() {
    let id = firm(1);
    let outcome = staff(&format!("{id},5,2026-06-01\n{id},5,2026-06-01\n{id},4,2026-05-01\n"));
    let table = outcome.table("staff");
    assert_eq!((table.rows, table.taken, table.duplicates, table.superseded), (3, 1, 1, 1));
    assert_eq!(outcome.firm(1, "employees"), "5");
}

#[test]
fn among_rows_of_one_day_the_later_wins() {
    let id = firm(1);
    assert_eq!(staff(&format!("{id},5,2026-06-01\n{id},6,2026-06-01\n")).firm(1, "employees"), "6");
}

#[test]
fn a_missing_column_makes_its_fields_unknown() {
    let case = Case::new();
    case.table("staff", &format!("ID,SEEN\n{},2026-06-01\n", firm(1)));
    let outcome = case.build();
    let table = outcome.table("staff");
    assert_eq!((table.missing_columns, table.findings[0].code), (1, "missing_column"));
    assert!(table.findings[0].message.contains("COUNT"));
    assert_eq!(outcome.firm(1, "employees"), "[missing]");
}

#[test]
fn a_missing_key_column_loses_the_table_only() {
    let case = Case::new();
    case.table("listings", "NUMBER,KIND,FROM,TO,FINE,SEEN\n");
    let outcome = case.build();
    assert_eq!(outcome.table("listings").missing_columns, 1);
    assert_eq!(outcome.firm(1, "blacklists"), " [missing]");
}

#[test]
fn an_orphan_member_makes_the_list_incomplete() {
    let case = Case::new();
    case.table(
        "births",
        &format!(
            "PARENT,CHILD,BORN,SEEN\n{},{},2001-01-01,2026-01-01\n{},{},2001-01-01,2026-01-01\n",
            person(1),
            person(2),
            person(1),
            person(30)
        ),
    );
    let outcome = case.build();
    assert_eq!(outcome.rejects("births"), "orphan_member 1");
    assert_eq!(outcome.members(1, "children"), "[2] incomplete");
    assert_eq!(outcome.members(3, "children"), "[]");
}

#[test]
fn a_register_is_complete_only_for_those_it_has_seen_from_the_beginning() {
    let case = Case::new();
    let birth =
        |child: u32, born: &str| format!("{},{},{born},2026-01-01\n", person(1), person(child));
    let rows = [birth(2, "1995-12-31"), birth(3, "1996-01-01")].concat();
    case.table("births", &format!("PARENT,CHILD,BORN,SEEN\n{rows}"));
    let outcome = case.build();
    assert_eq!(outcome.members(1, "children"), "[2, 3]");
    assert_eq!(outcome.members(1, "children_from_1996"), "[3]");
    // Born on 2 January 1980 is covered, a day earlier is not.
    assert_eq!(outcome.members(1, "parents"), "[] incomplete");
    assert_eq!(outcome.members(2, "parents"), "[1]");
}

#[test]
fn a_birth_on_an_unknown_day_may_be_after_the_first_day_that_counts() {
    let case = Case::new();
    let row = format!("{},{},1996-13-01,2026-01-01\n", person(1), person(2));
    case.table("births", &format!("PARENT,CHILD,BORN,SEEN\n{row}"));
    assert_eq!(case.build().members(1, "children_from_1996"), "[] incomplete");
}

#[test]
fn a_table_in_another_encoding_is_named_and_left_out() {
    let case = Case { accept_gaps: true, ..Case::new() };
    let (bytes, _, _) = encoding_rs::GBK.encode("编号,COUNT,SEEN\n");
    case.file("staff.csv", &bytes);
    let outcome = case.build();
    let finding = &outcome.table("staff").findings[0];
    assert_eq!(finding.code, "unreadable_table");
    assert!(finding.message.contains("not UTF-8"), "{}", finding.message);
}

#[test]
fn values_that_look_like_numbers_of_persons_are_hidden() {
    let outcome_dir = Case::new();
    outcome_dir.table(
        "staff",
        &format!("ID,COUNT,SEEN\n{},{},2026-06-01\n", firm(1), "x990101198001010010"),
    );
    outcome_dir.build();
    let rejects = fs::read_to_string(outcome_dir.out().join("rejects.csv")).unwrap();
    assert!(!rejects.contains("19800101"), "{rejects}");
}
