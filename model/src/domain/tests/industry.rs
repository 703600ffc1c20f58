//! Industry codes, and the committed table as a whole.

use super::*;

fn table() -> IndustryTable {
    IndustryTable::from_csv(include_str!("../../../../data-samples/industries.csv")).unwrap()
}

fn code(text: &str) -> IndustryCode {
    IndustryCode::parse(text).unwrap()
}

#[test]
fn reads_every_form() {
    let forms = [
        ("C", "C"),
        ("c", "C"),
        ("C39", "39"),
        ("39", "39"),
        ("391", "391"),
        (" C3911 ", "3911"),
        ("0111", "0111"),
        ("A01", "01"),
    ];
    for (text, shown) in forms {
        assert_eq!(code(text).to_string(), shown);
    }
    assert_eq!(code("C3911"), code("3911"));
    for wrong in
        ["", "U", "3", "39110", "C3", "39C", "00", "98", "980", "CC", "C-1", "三九", "C３９"]
    {
        assert!(matches!(IndustryCode::parse(wrong), Err(IndustryError::Code { .. })), "{wrong}");
    }
    assert_eq!(
        IndustryCode::parse("A39"),
        Err(IndustryError::Section { text: "A39".to_owned(), section: 'C' })
    );
}

#[test]
fn knows_the_sections() {
    let known = [
        (1, 'A'),
        (5, 'A'),
        (6, 'B'),
        (13, 'C'),
        (43, 'C'),
        (44, 'D'),
        (70, 'K'),
        (83, 'P'),
        (96, 'S'),
        (97, 'T'),
    ];
    for (division, section) in known {
        assert_eq!(section_of(division), Some(section), "{division}");
    }
    assert_eq!((section_of(0), section_of(98)), (None, None));
}

#[test]
fn contains_what_lies_below() {
    for prefix in ["C", "39", "391", "3911"] {
        assert!(code(prefix).contains(code("3911")), "{prefix}");
    }
    for other in ["D", "38", "392", "3912"] {
        assert!(!code(other).contains(code("3911")), "{other}");
    }
    assert!(!code("391").contains(code("39")));
    assert_eq!(code("3911").parent(), Some(code("391")));
    assert_eq!((code("39").parent(), code("C").parent()), (Some(code("C")), None));
}

#[test]
fn holds_the_whole_standard() {
    let table = table();
    let at = |level| table.iter().filter(|(code, _)| code.level() == level).count();
    assert_eq!([at(1), at(2), at(3), at(4)], [20, 97, 473, 1381]);
    assert_eq!(table.name(code("3741")), Some("飞机制造"));
    assert_eq!(table.name(code("374")), Some("航空、航天器及设备制造"));
    assert_eq!(table.name(code("I65")), Some("软件和信息技术服务业"));
    assert_eq!(table.name(code("3999")), None);
    assert!(table.children(code("C")).count() == 31 && !table.is_empty());
}

#[test]
fn makes_every_prefix_one_range() {
    let table = table();
    for (prefix, _) in table.iter() {
        let range = table.range(prefix).unwrap();
        for (at, (code, _)) in (0_u16..).zip(table.iter()) {
            assert_eq!(range.contains(&at), prefix.contains(code), "{prefix} {code}");
        }
    }
}

#[test]
fn indexes_in_tree_order() {
    let table = table();
    let codes: Vec<IndustryCode> = table.iter().map(|(code, _)| code).collect();
    assert!(codes.is_sorted() && codes.len() == table.len());
    for (at, &code) in (0_u16..).zip(&codes) {
        assert_eq!((table.index(code), table.code(at)), (Some(at), Some(code)));
    }
    assert_eq!(table.contains(code("C"), code("3911")), Some(true));
    assert_eq!(table.contains(code("C"), code("3999")), None);
    assert_eq!(table.range(code("3999")), None);
}

#[test]
fn names_the_bad_row() {
    let row = |text: &str| match IndustryTable::from_csv(text) {
        Err(IndustryError::Row { row, .. }) => row,
        other => panic!("{other:?}"),
    };
    assert_eq!(row("name,code\n"), 1);
    assert_eq!(row("code,name\nC,制造业\nC,制造业\n"), 3);
    assert_eq!(row("code,name\nC,制造业\n391,计算机制造\n"), 3);
    assert_eq!(row("code,name\nC,制造业,多\n"), 2);
    assert_eq!(row("code,name\nX,制造业\n"), 2);
}

#[test]
fn travels_as_a_string() {
    assert_eq!(serde_json::to_string(&code("C3911")).unwrap(), "\"3911\"");
    assert_eq!(serde_json::from_str::<IndustryCode>("\"C39\"").unwrap(), code("39"));
    assert!(serde_json::from_str::<IndustryCode>("39").is_err());
}
