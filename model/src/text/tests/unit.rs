use super::*;

#[test]
fn every_row_of_the_table_is_read() {
    for line in include_str!("../units.csv").lines() {
        if line.starts_with('#') || line.starts_with("written,") {
            continue;
        }
        assert!(row(line).is_some(), "{line}");
    }
}

#[test]
fn the_longest_unit_wins_and_words_are_left_alone() {
    let table = [
        ("万平方米", "平方米"),
        ("元人民币", "元"),
        ("周岁", "岁"),
        ("个工作日", "工作日"),
        ("年级", ""),
        ("次性", ""),
        ("个百分点", "百分点"),
        ("家庭", ""),
        ("kg", "公斤"),
        ("kgs", ""),
    ];
    for (text, wanted) in table {
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(at(&chars, 0).map_or("", |(unit, _)| unit.name()), wanted, "{text}");
    }
}
