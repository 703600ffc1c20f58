use super::*;
use crate::text::docnumber::find_numbers;
use crate::text::fold::Folded;

fn table() -> RegionTable {
    RegionTable::from_csv(include_str!("../../../../data-samples/regions.csv")).unwrap()
}

/// Words and codes, `/` between the codes of one name.
fn found(table: &RegionTable, text: &str, hint: Option<&str>) -> Vec<(String, String)> {
    let finder = Finder::new(table);
    let folded = Folded::new(text);
    let hint = hint.map(|code| RegionCode::parse(code).unwrap());
    let mentions = find(&finder, folded.chars(), hint);
    let codes = |mention: &PlaceMention| {
        mention.codes.iter().map(ToString::to_string).collect::<Vec<_>>().join("/")
    };
    mentions.iter().map(|m| (m.span.text(folded.chars()), codes(m))).collect()
}

#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let found = found(&table(), text, None);
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn levels_make_one_name() {
    check("住所在浙江省杭州市西湖区的企业", &[("浙江省杭州市西湖区", "330106")]);
    check("浙江安吉、杭州余杭区", &[("浙江安吉", "330523"), ("杭州余杭区", "330110")]);
    check("广东省广州市南沙区和北京市", &[("广东省广州市南沙区", "440115"), ("北京市", "110000")]);
}

#[test]
fn names_go_without_suffix() {
    check(
        "杭州、内蒙古、恩施和延边",
        &[("杭州", "330100"), ("内蒙古", "150000"), ("恩施", "422800"), ("延边", "222400")],
    );
    check("安吉的茶、和平的愿望、来宾须知、日照时间", &[]);
}

#[test]
fn words_are_no_names() {
    check("现将指南充分通知各省级部门", &[]);
    check("重大理论、二十四平方米、股东营业收入、各自贡献、确保定期、更新余额", &[]);
    check("在上海南站办理", &[("上海", "310000")]);
    check("面向杭州市民和南昌市场", &[("杭州", "330100"), ("南昌", "360100")]);
    check("商丘市民权县、保定市容城县", &[("商丘市民权县", "411421"), ("保定市容城县", "130629")]);
    check("国有和县以上集体企业，对应县级部门", &[]);
    check("中原区域、西南山区、自治州", &[]);
}

#[test]
fn what_is_not_clear_keeps_every_region() {
    let table = table();
    check("在朝阳区居住", &[("朝阳区", "110105/220104")]);
    check("东城区、朝阳区", &[("东城区", "110101"), ("朝阳区", "110105")]);
    let names = found(&table, "在鼓楼区居住", Some("350000"));
    assert_eq!(names, [("鼓楼区".to_owned(), "350102".to_owned())]);
    let finder = Finder::new(&table);
    let unclear = parse_region("朝阳区", &finder, None).unwrap();
    let error = unclear.error.unwrap().to_string();
    assert!(error.contains("110105 北京市朝阳区") && error.contains("220104"), "{error}");
    let here = RegionCode::parse("110000").ok();
    assert_eq!(parse_region("朝阳区", &finder, here).unwrap().codes.len(), 1);
    assert!(parse_region("某某", &finder, None).unwrap_err().to_string().contains("`某某`"));
    let digits = parse_region("代码 330106。", &finder, None).unwrap();
    assert_eq!((digits.span, digits.codes[0].to_string()), (Span::new(3, 9), "330106".to_owned()));
}

#[test]
fn abolished_names_lead_to_their_successors() {
    let table = table();
    let finder = Finder::new(&table);
    let old = parse_region("北京市崇文区", &finder, None).unwrap();
    assert_eq!(old.codes[0].to_string(), "110103");
    assert_eq!(old.successors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["110101"]);
}

#[test]
fn every_name_of_the_table_is_found_whole() {
    let table = table();
    let finder = Finder::new(&table);
    for code in table.codes().filter(|&code| table.abolished(code) == Some(false)) {
        let name = table.full_name(code).unwrap();
        if code == RegionCode::NATION || name.ends_with("市辖区") || name == "重庆市县" {
            continue;
        }
        let folded = Folded::new(&name);
        let mentions = find(&finder, folded.chars(), None);
        assert_eq!(mentions.len(), 1, "{name}");
        assert_eq!(mentions[0].code(), Some(code), "{name}: {mentions:?}");
    }
}

#[test]
fn numbers_of_documents_say_where_they_come_from() {
    let table = table();
    let of = |text: &str| {
        let folded = Folded::new(text);
        of_number(&table, &find_numbers(folded.chars())[0]).map(|code| code.to_string())
    };
    assert_eq!(of("沪人社规〔2020〕1号").as_deref(), Some("310000"));
    assert_eq!(of("穗府办〔2020〕1号").as_deref(), Some("440100"));
    assert_eq!(of("财税〔2020〕1号"), None);
}

#[test]
fn a_long_line_costs_its_length() {
    let table = table();
    let finder = Finder::new(&table);
    let folded = Folded::new(&"浙江省浙江省杭州朝阳区南".repeat(100_000));
    assert!(find(&finder, folded.chars(), None).len() > 100_000);
}
