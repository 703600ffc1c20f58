//! A small good catalogue, and what is said when one thing in it is wrong.

use super::types::{FieldType, Sensitivity};
use super::{Catalogue, read};
use crate::domain::SubjectKind::{Citizen, Enterprise};

const GOOD: &str = include_str!("tests/good.yaml");

fn good() -> Catalogue {
    match read("catalogue.yaml", GOOD) {
        Ok(catalogue) => catalogue,
        Err(findings) => panic!("{}", rendered(&findings)),
    }
}

fn rendered(findings: &[crate::diagnostic::Diagnostic]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is said about the good file with one text replaced.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must occur once in the good file");
    let found = match read("c.yaml", &GOOD.replace(from, to)) {
        Ok(_) => String::new(),
        Err(findings) => rendered(&findings),
    };
    assert_eq!(found, expected, "after writing `{to}`");
}

#[test]
fn the_good_file_has_dense_ids_in_file_order() {
    let catalogue = good();
    assert_eq!(catalogue.version(), "2026.1");
    for (index, field) in catalogue.fields().iter().enumerate() {
        assert_eq!(field.id.index(), index);
        assert_eq!(catalogue.field(field.subject, &field.name).map(|f| f.id), Some(field.id));
    }
    let of = |kind| catalogue.fields_of(kind).map(|f| f.name.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Enterprise), ["entity_kind", "annual_revenue", "rd_ratio", "zones"]);
    assert_eq!(of(Citizen).len(), 7);
    assert!(catalogue.field(Enterprise, "birth_date").is_none(), "fields belong to one kind");
    let children = catalogue.relation(Citizen, "children").map(|r| (r.id.index(), r.table));
    assert_eq!(children, catalogue.table("birth").map(|table| (0, table.id)));
    assert_eq!(catalogue.register(Citizen).entry.name, "resident");
    assert_eq!(catalogue.register(Enterprise).entry.name, "enterprise_register");
    assert_eq!(catalogue.household_table().map(|t| t.entry.name.as_str()), Some("resident"));
}

#[test]
fn bounds_are_stored_in_the_unit_of_the_column() {
    let catalogue = good();
    let bounds = |kind, name| catalogue.field(kind, name).map(|field| (field.min, field.max));
    assert_eq!(bounds(Enterprise, "annual_revenue"), Some((Some(0), Some(100_000_000_000_050))));
    assert_eq!(bounds(Enterprise, "rd_ratio"), Some((Some(-500_000), Some(1_000_000))));
    assert_eq!(bounds(Citizen, "birth_date"), Some((Some(-25_567), None)));
    assert_eq!(bounds(Citizen, "children_count"), Some((None, Some(20))));
}

#[test]
fn fields_inherit_from_their_tables_and_inputs() {
    let catalogue = good();
    let of = |kind, name: &str| {
        let field = catalogue.field(kind, name).ok_or(name.to_owned());
        field.map(|f| (f.sensitivity, f.purpose.as_str(), f.legal_basis.as_str()))
    };
    let revenue = (Sensitivity::Internal, "涉税服务", "税收征收管理法");
    assert_eq!(of(Enterprise, "annual_revenue"), Ok(revenue));
    let ratio = (Sensitivity::Internal, "研发扶持", "税收征收管理法");
    assert_eq!(of(Enterprise, "rd_ratio"), Ok(ratio), "own purpose, inherited basis");
    let kind = (Sensitivity::Public, "登记公示", "市场主体登记管理条例");
    assert_eq!(of(Enterprise, "entity_kind"), Ok(kind));
    let minor = (Sensitivity::Sensitive, "人口服务；出生登记", "户口登记条例；母婴保健法");
    assert_eq!(of(Citizen, "has_minor"), Ok(minor), "the relation's table and the members' fields");
}

#[test]
fn owners_are_named_once_in_the_order_of_the_sources() {
    let catalogue = good();
    let owners = |kind, name| catalogue.field(kind, name).map(|field| catalogue.owners(field));
    assert_eq!(owners(Enterprise, "annual_revenue"), Some(vec!["tax", "market"]));
    assert_eq!(owners(Enterprise, "rd_ratio"), Some(vec![]));
}

#[test]
fn codes_are_positions() {
    let catalogue = good();
    let education = catalogue.codes("education").map(|list| {
        let position = list.position("bachelor");
        (list.len(), position, position.and_then(|p| list.entry(p)).and_then(|code| code.rank))
    });
    assert_eq!(education, Some((3, Some(1), Some(60))));
    assert!(catalogue.codes("education").is_some_and(|list| list.position("phd").is_none()));
}

#[test]
fn suggests_by_spelling_by_label_and_among_relations() {
    let catalogue = good();
    assert_eq!(catalogue.suggest_field(Citizen, "brith_date"), Some("birth_date"));
    assert_eq!(catalogue.suggest_field(Citizen, "最高学历"), Some("education"));
    assert_eq!(catalogue.suggest_field(Citizen, "childern"), Some("children"));
    assert_eq!(catalogue.suggest_field(Enterprise, "brith_date"), None);
}

#[test]
fn yaml_errors_have_their_place() {
    check(
        "- owner: tax\n",
        "- ownr: tax\n",
        "c.yaml:30:5: error[yaml]: unknown field `ownr`, expected one of name, label, owner, catalogue_id, subject, key, register, household_of, observed_at, event_on, duplicates, encoding, refresh_days, coverage, sensitivity, purpose, legal_basis\n  \
         help: correct this place; docs/catalogue.md explains the keys of this file",
    );
}

#[test]
fn all_findings_come_at_once_in_file_order() {
    let text = GOOD.replace("owner: tax", "owner: taxes").replace("type: int", "type: text");
    let findings = read("c.yaml", &text).map_or_else(|findings| findings, |_| Vec::new());
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["unknown_department", "bounds", "take"]);
    assert!(findings.is_sorted_by_key(|finding| finding.place));
}

#[test]
fn types_of_the_good_file() {
    let catalogue = good();
    let kind = |name| catalogue.field(Citizen, name).map(|field| field.kind);
    assert_eq!(kind("benefits"), Some(FieldType::Facts));
    assert_eq!(kind("has_minor"), Some(FieldType::Bool));
}

mod codes;
mod fields;
mod tables;
