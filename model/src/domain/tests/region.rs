//! Regions: the committed table, three-valued containment, malformed files.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static TABLE: LazyLock<RegionTable> = LazyLock::new(|| {
    RegionTable::from_csv(include_str!("../../../../data-samples/regions.csv")).unwrap()
});

fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

fn within(region: &str, ancestor: &str) -> Option<bool> {
    TABLE.within(code(region), code(ancestor))
}

fn ancestors(region: &str) -> Vec<String> {
    TABLE.ancestors(code(region)).map(|code| code.to_string()).collect()
}

#[test]
fn reads_six_digits() {
    assert_eq!(code(" 330100 ").to_string(), "330100");
    assert_eq!((code("000000"), code("330100").value()), (RegionCode::NATION, 330_100));
    for wrong in ["", "3301", "3301000", "33010a", "+33010", "３３０１００", "-33010"] {
        assert!(RegionCode::parse(wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        (RegionCode::from_value(330_100), RegionCode::from_value(1_000_000)),
        (Some(code("330100")), None)
    );
}

#[test]
fn travels_as_a_quoted_string() {
    assert_eq!(serde_json::to_string(&RegionCode::NATION).unwrap(), "\"000000\"");
    assert_eq!(serde_json::from_str::<RegionCode>("\"110000\"").unwrap(), code("110000"));
    assert!(serde_json::from_str::<RegionCode>("110000").is_err());
}

#[test]
fn puts_ancestors_first() {
    let codes: Vec<RegionCode> = TABLE.codes().collect();
    assert!(codes.is_sorted() && codes.len() == TABLE.len() && !TABLE.is_empty());
    for (at, &code) in (0_u16..).zip(&codes) {
        assert_eq!((TABLE.index(code), TABLE.code(at)), (Some(at), Some(code)));
        assert!(TABLE.parent(code).is_none_or(|parent| TABLE.index(parent) < Some(at)));
    }
}

#[test]
fn holds_the_whole_country() {
    assert_eq!(TABLE.children(RegionCode::NATION).len(), 34);
    assert_eq!(TABLE.name(code("330106")), Some("西湖区"));
    assert_eq!(TABLE.level(code("330106")), Some(RegionLevel::County));
    assert_eq!(TABLE.children(code("330100")).len(), 13);
    let names = [
        ("330106", "浙江省杭州市西湖区"),
        ("110105", "北京市朝阳区"),
        ("500229", "重庆市城口县"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
        ("110100", "北京市市辖区"),
        ("820000", "澳门特别行政区"),
        ("000000", "全国"),
    ];
    for (region, name) in names {
        assert_eq!(TABLE.full_name(code(region)).as_deref(), Some(name));
    }
    assert_eq!(TABLE.full_name(code("999999")), None);
}

#[test]
fn climbs_to_the_nation() {
    assert_eq!(ancestors("330106"), ["330106", "330100", "330000", "000000"]);
    assert_eq!(ancestors("429004"), ["429004", "420000", "000000"]);
    assert_eq!(ancestors("110105"), ["110105", "110100", "110000", "000000"]);
    assert_eq!(ancestors("000000"), ["000000"]);
    assert!(ancestors("999999").is_empty());
    assert_eq!(ancestors("371202"), ["371202", "370116", "370100", "370000", "000000"]);
    assert_eq!(ancestors("371200"), ["371200", "370100", "370000", "000000"]);
}

#[test]
fn serves_no_sibling() {
    assert_eq!(within("330106", "330100"), Some(true));
    assert_eq!(within("330106", "000000"), Some(true));
    assert_eq!(within("330106", "330105"), Some(false));
    assert_eq!(within("330106", "330200"), Some(false));
    // Known by the province alone: it may be any of its cities.
    assert_eq!(within("330000", "330100"), None);
    assert_eq!(within("999999", "330100"), None);
    assert_eq!(within("330106", "999999"), None);
}

#[test]
fn resolves_abolished_codes() {
    assert_eq!(within("371200", "370100"), Some(true));
    assert_eq!(within("371200", "370116"), None);
    assert_eq!(within("371200", "370102"), Some(false));
    assert_eq!(within("330103", "330105"), Some(true));
    assert_eq!(within("330104", "330102"), None);
    assert_eq!(within("330104", "330100"), Some(true));
    // Chaohu was divided among three cities of one province.
    assert_eq!(within("341400", "340000"), Some(true));
    assert_eq!(within("341400", "340100"), None);
    assert_eq!(within("341400", "340300"), Some(false));
    // Jianyang moved from Ziyang to Chengdu.
    assert_eq!((within("512081", "510100"), within("512081", "512000")), (Some(true), Some(false)));
}

#[test]
fn keeps_abolished_ancestors_apart() {
    assert_eq!(within("371200", "371200"), Some(true));
    assert_eq!(within("371202", "371200"), Some(true));
    assert_eq!(within("370116", "371200"), None);
    assert_eq!(within("370102", "371200"), Some(false));
    assert_eq!(within("330000", "371200"), Some(false));
}

#[test]
fn follows_successors_to_the_code_in_force() {
    assert_eq!(TABLE.current(code("371202")), Some(code("370116")));
    assert_eq!(TABLE.current(code("340225")), Some(code("340281")));
    assert_eq!(TABLE.current(code("330106")), Some(code("330106")));
    assert_eq!(TABLE.current(code("371200")), None);
    assert_eq!(TABLE.current(code("999999")), None);
    assert_eq!(TABLE.abolished(code("371200")), Some(true));
    assert!(TABLE.codes().filter(|&code| TABLE.abolished(code) == Some(true)).count() >= 12);
    assert!(!TABLE.children(code("370000")).contains(&code("371200")));
}

#[test]
fn knows_zones() {
    let zone = TABLE.zone("Z110301").unwrap();
    assert_eq!((zone.name.as_str(), zone.parent), ("北京经济技术开发区", code("110000")));
    assert!(TABLE.zones().count() > 100 && TABLE.zone("Z999999").is_none());
    assert_eq!(TABLE.zone_within("Z320576", code("320500")), Some(true));
    assert_eq!(TABLE.zone_within("Z320576", code("320000")), Some(true));
    assert_eq!(TABLE.zone_within("Z320576", code("320505")), None);
    assert_eq!(TABLE.zone_within("Z320576", code("320100")), Some(false));
    assert_eq!(TABLE.zone_within("Z999999", code("320100")), None);
}

#[test]
fn tabulates_containment() {
    let inside = TABLE.within_table(code("370116"));
    let at = |region: &str| inside[usize::from(TABLE.index(code(region)).unwrap())];
    assert_eq!((at("370116"), at("371200"), at("370100")), (Tri::True, Tri::Unknown, Tri::Unknown));
    assert!(TABLE.within_table(code("999999")).iter().all(|&known| known == Tri::Unknown));
}

const HEAD: &str = "code,name,level,parent,valid_from,valid_to,successors\n000000,全国,nation,,,,\n110000,北京市,province,000000,,,\n";

#[test]
fn names_the_bad_row() {
    assert!(RegionTable::from_csv(HEAD).is_ok());
    assert_eq!(RegionTable::from_csv("code,name\n").unwrap_err().row, 1);
    let bad = [
        "110000,北京市,province,000000,,,",
        "11010,朝阳区,county,110000,,,",
        "110105,朝阳区,county,110000,,",
        "110105,朝阳区,town,110000,,,",
        "110105,朝阳区,county,,,,",
        "110105,朝阳区,county,110100,,,",
        "110105,朝阳区,province,110000,,,",
        "100105,朝阳区,county,110000,,,",
        "110105,朝阳区,county,110000,2000-02-30,,",
        "110105,朝阳区,county,110000,2001-01-01,2000-01-01,",
        "110105,朝阳区,county,110000,,,110000",
        "110105,朝阳区,county,110000,,2000-01-01,110106",
        "110105,朝阳区,county,110000,,2000-01-01,110105",
        "Z11,某区,zone,110000,,,",
        "Z110301,某区,zone,120000,,,",
        "Z110301,某区,zone,110000,2000-01-01,,",
    ];
    for line in bad {
        let error = RegionTable::from_csv(&format!("{HEAD}{line}\n")).unwrap_err();
        assert_eq!(error.row, 4, "{line}: {error}");
    }
}

/// An abolished code without successors lies nowhere for certain.
#[test]
fn leaves_a_lost_code_unknown() {
    let text = format!("{HEAD}110199,旧区,county,110000,,2000-01-01,\n");
    let table = RegionTable::from_csv(&text).unwrap();
    assert_eq!(table.within(code("110199"), code("110000")), None);
    assert_eq!(table.within(code("110199"), code("110199")), Some(true));
    assert_eq!(table.current(code("110199")), None);
}

proptest! {
    /// The ancestors of a region are exactly the codes in force it lies within.
    #[test]
    fn ancestors_agree_with_within(pick in 0_usize..10_000, other in 0_usize..10_000) {
        let region = TABLE.codes().nth(pick % TABLE.len()).unwrap();
        let ancestor = TABLE.codes().nth(other % TABLE.len()).unwrap();
        let inside = TABLE.within(region, ancestor) == Some(true);
        if TABLE.abolished(ancestor) == Some(false) {
            prop_assert_eq!(TABLE.ancestors(region).any(|code| code == ancestor), inside);
        }
        for above in TABLE.ancestors(region) {
            prop_assert_eq!(TABLE.within(region, above), Some(true));
        }
    }
}
