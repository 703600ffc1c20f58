//! Dated parameters: whose value holds where and when, abolished regions, and
//! what is said about a wrong file.

use jiff::civil::{Date, date};

use super::*;
use crate::catalogue;

/// Two provinces. 330103 became 330105; 330102 was divided between 330105 and
/// 330110; 330107 came to nothing.
const REGIONS: &str = "\
code,name,level,parent,valid_from,valid_to,successors
000000,全国,nation,,,,
310000,上海市,province,000000,,,
310100,市辖区,city,310000,,,
310101,黄浦区,county,310100,,,
330000,浙江省,province,000000,,,
330100,杭州市,city,330000,,,
330102,上城区,county,330100,,2021-04-09,330105;330110
330103,下城区,county,330100,,2021-04-09,330105
330105,拱墅区,county,330100,,,
330107,无存区,county,330100,,1990-12-31,
330110,余杭区,county,330100,,,
";

const LINE: &str = "minimum_living_line";

const GOOD: &str = r#"parameters:
  - name: minimum_living_line
    region: "310000"
    from: 2024-07-01
    to: 2025-06-30
    value: "1510"
    source: 沪民规〔2024〕
  - name: minimum_living_line
    region: "310000"
    from: 2025-07-01
    value: "1595.5"
    source: 沪民规〔2025〕
    unverified: true
  - { name: minimum_living_line, region: "330100", from: 2025-01-01, value: "1285", source: 杭民 }
  - { name: minimum_living_line, region: "330110", from: 2025-01-01, value: "1300", source: 余杭 }
  - { name: insurance_base_rate, region: "000000", from: 2019-05-01, value: 0.16, source: 国办发 }
"#;

fn regions() -> RegionTable {
    RegionTable::from_csv(REGIONS).unwrap()
}

fn read(text: &str) -> Result<Parameters, Vec<Diagnostic>> {
    let catalogue = include_str!("../../catalogue/tests/good.yaml");
    let catalogue = catalogue::read("catalogue.yaml", catalogue).unwrap();
    Parameters::read("p.yaml", text, &catalogue, &regions())
}

fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

fn value(name: &str, region: &str, as_of: Date) -> Option<i64> {
    let regions = regions();
    let at = regions.index(code(region)).unwrap();
    read(GOOD).unwrap().value(name, at, as_of, &regions)
}

/// What is said about the good file with one text replaced.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must occur once in the good file");
    let findings = read(&GOOD.replace(from, to)).map_or_else(|findings| findings, |_| Vec::new());
    let found: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found.join("\n"), expected, "after writing `{to}`");
}

#[test]
fn both_days_are_included_and_nothing_is_carried_further() {
    let at = |day| value(LINE, "310000", day);
    assert_eq!(at(date(2024, 6, 30)), None);
    assert_eq!(at(date(2024, 7, 1)), Some(151_000));
    assert_eq!(at(date(2025, 6, 30)), Some(151_000));
    assert_eq!(at(date(2025, 7, 1)), Some(159_550), "yuan are stored as fen");
    assert_eq!(at(date(2099, 1, 1)), Some(159_550));
}

#[test]
fn the_nearest_ancestor_wins() {
    let day = date(2026, 1, 1);
    assert_eq!(value(LINE, "310101", day), Some(159_550), "from the province");
    assert_eq!(value(LINE, "330105", day), Some(128_500), "from the city");
    assert_eq!(value(LINE, "330110", day), Some(130_000), "its own");
    assert_eq!(value(LINE, "330000", day), None, "a value never climbs");
    assert_eq!(value("insurance_base_rate", "330110", day), Some(160_000), "millionths");
    assert_eq!(value("no_such_parameter", "330110", day), None);
}

#[test]
fn a_nearer_value_that_has_expired_gives_way_to_the_ancestor() {
    let regions = regions();
    let parameters = Parameters::empty()
        .with(LINE, code("330000"), 100, date(2020, 1, 1), None)
        .and_then(|p| p.with(LINE, code("330100"), 200, date(2020, 1, 1), Some(date(2020, 12, 31))))
        .unwrap();
    let at = regions.index(code("330105")).unwrap();
    assert_eq!(parameters.value(LINE, at, date(2020, 12, 31), &regions), Some(200));
    assert_eq!(parameters.value(LINE, at, date(2021, 1, 1), &regions), Some(100));
}

#[test]
fn abolished_regions_follow_their_successors() {
    let day = date(2026, 1, 1);
    assert_eq!(value(LINE, "330103", day), Some(128_500), "one successor");
    assert_eq!(value(LINE, "330102", day), None, "successors disagree");
    assert_eq!(value(LINE, "330102", date(2024, 1, 1)), None, "neither has one");
    assert_eq!(value("insurance_base_rate", "330102", day), Some(160_000), "successors agree");
    assert_eq!(value(LINE, "330107", day), None, "nothing took its place");
}

#[test]
fn the_dense_table_equals_the_single_look_up() {
    let (regions, parameters) = (regions(), read(GOOD).unwrap());
    for name in [LINE, "insurance_base_rate", "no_such_parameter"] {
        for day in [date(2019, 4, 30), date(2024, 7, 1), date(2025, 6, 30), date(2026, 1, 1)] {
            let dense = parameters.dense(name, day, &regions);
            assert_eq!(dense.len(), regions.len());
            for (at, &found) in (0..).zip(&dense) {
                assert_eq!(found, parameters.value(name, at, day, &regions), "{name} {day} {at}");
            }
        }
    }
    assert_eq!(parameters.value(LINE, u16::MAX, date(2026, 1, 1), &regions), None);
}

#[test]
fn lists_names_values_and_evidence() {
    let (regions, parameters) = (regions(), read(GOOD).unwrap());
    assert_eq!(parameters.names().collect::<Vec<_>>(), ["insurance_base_rate", LINE]);
    let expected =
        [(code("310000"), 151_000), (code("330100"), 128_500), (code("330110"), 130_000)];
    assert_eq!(parameters.in_force(LINE, date(2025, 3, 1)), expected);
    assert_eq!(parameters.values(LINE).len(), 4);
    let at = regions.index(code("310101")).unwrap();
    let evidence = parameters.evidence(LINE, at, date(2026, 1, 1), &regions);
    let told = evidence.map(|value| (value.source.as_str(), value.unverified));
    assert_eq!(told, Some(("沪民规〔2025〕", true)));
    assert!(Parameters::empty().names().next().is_none());
}

#[test]
fn added_values_are_checked() {
    let add = |from, to| {
        let first = date(2025, 1, 1);
        let parameters =
            Parameters::empty().with(LINE, code("330100"), 1, first, Some(date(2025, 12, 31)));
        parameters.unwrap().with(LINE, code("330100"), 2, from, to).map(|p| p.values(LINE).len())
    };
    let overlap = ParametersError::Overlap {
        name: LINE.to_owned(),
        region: code("330100"),
        from: date(2025, 1, 1),
    };
    assert_eq!(add(date(2026, 1, 1), None), Ok(2));
    assert_eq!(add(date(2024, 1, 1), Some(date(2024, 12, 31))), Ok(2));
    assert_eq!(add(date(2025, 12, 31), None), Err(overlap.clone()));
    assert_eq!(add(date(2024, 1, 1), Some(date(2025, 1, 1))), Err(overlap.clone()));
    assert_eq!(add(date(2024, 1, 1), None), Err(overlap));
    let backwards = add(date(2026, 1, 2), Some(date(2026, 1, 1))).unwrap_err().to_string();
    assert_eq!(
        backwards,
        "`minimum_living_line` for 330100 ends on 2026-01-01, before it begins on 2026-01-02: \
         swap the days"
    );
}

#[test]
fn an_overlap_in_the_file() {
    check(
        "to: 2025-06-30",
        "to: 2025-07-01",
        "p.yaml:10:5: error[overlap]: minimum_living_line: `minimum_living_line` for 310000 has \
         another value in force from 2024-07-01\n  \
         help: end the earlier value on the day before the later begins",
    );
}

#[test]
fn a_period_backwards() {
    check(
        "to: 2025-06-30",
        "to: 2024-06-30",
        "p.yaml:5:5: error[period]: minimum_living_line: `minimum_living_line` for 310000 ends on \
         2024-06-30, before it begins on 2024-07-01\n  \
         help: correct `from` or `to`",
    );
}

#[test]
fn an_unknown_name() {
    check(
        "name: insurance_base_rate",
        "name: insurance_bas_rate",
        "p.yaml:16:13: error[unknown_parameter]: insurance_bas_rate: `insurance_bas_rate` is no \
         parameter of the catalogue\n  \
         help: did you mean `insurance_base_rate`?",
    );
}

#[test]
fn values_that_cannot_be_stored() {
    for (wrong, column) in [("一千", 13), ("1285.001", 13), ("999999999999999999", 13)] {
        check(
            "\"1510\"",
            &format!("\"{wrong}\""),
            &format!(
                "p.yaml:6:{column}: error[value]: minimum_living_line: `{wrong}` is no value of \
                 this parameter\n  help: write a number in 元/月, digits only"
            ),
        );
    }
}

#[test]
fn regions_that_cannot_have_a_value() {
    check(
        "region: \"330110\"",
        "region: \"33011\"",
        "p.yaml:15:43: error[region]: minimum_living_line: `33011` is no region code\n  \
         help: write the six digits of GB/T 2260 in quotes",
    );
    check(
        "region: \"330110\"",
        "region: \"440100\"",
        "p.yaml:15:43: error[region]: minimum_living_line: region `440100` is not in the table of \
         regions\n  help: check the digits, or add the region to the table",
    );
    check(
        "region: \"330110\"",
        "region: \"330102\"",
        "p.yaml:15:43: error[region]: minimum_living_line: region `330102` has been abolished\n  \
         help: give the value for what took its place: `330105`, `330110`",
    );
    check(
        "region: \"330110\"",
        "region: \"330107\"",
        "p.yaml:15:43: error[region]: minimum_living_line: region `330107` has been abolished\n  \
         help: leave the value out: nothing took the region's place",
    );
}

#[test]
fn a_value_without_source() {
    check(
        "source: 余杭",
        "source: \"\"",
        "p.yaml:15:85: error[source]: minimum_living_line: the value has no source\n  \
         help: name the document that sets the value",
    );
}

#[test]
fn yaml_that_cannot_be_read() {
    check(
        "unverified: true",
        "verified: true",
        "p.yaml:13:5: error[yaml]: unknown field `verified`, expected one of name, region, from, \
         to, value, source, unverified\n  \
         help: correct this place; docs/catalogue.md explains the keys of this file",
    );
    let findings = read("parameters:\n  - [\n").map_or_else(|findings| findings, |_| Vec::new());
    assert_eq!(findings.iter().map(|f| (f.code, f.place.line)).collect::<Vec<_>>(), [("yaml", 2)]);
}
