use super::*;
use crate::text::fold::Folded;

#[test]
fn numbers_with_their_units() {
    let table = [
        ("5000万元", "50000000", "元"),
        ("1.5亿元人民币", "150000000", "元"),
        ("人民币 50 元", "50", "元"),
        ("￥300", "300", "元"),
        ("百分之六十", "0.6", "ratio"),
        ("60%", "0.6", "ratio"),
        ("3‰", "0.003", "ratio"),
        ("5个百分点", "0.05", "百分点"),
        ("十八周岁", "18", "岁"),
        ("两成五", "0.25", "ratio"),
        ("3成半", "0.35", "ratio"),
        ("一年半", "1.5", "年"),
        ("半年", "0.5", "年"),
        ("三个半月", "3.5", "月"),
        ("15个工作日", "15", "工作日"),
        ("50元6角三分", "50.63", "元"),
        ("五元三毛", "5.3", "元"),
        ("两美元又三美分", "2.03", "美元"),
        ("20万平方米", "200000", "平方米"),
        ("2倍", "2", "倍"),
        ("20余人", "20", "人"),
        ("一美元", "1", "美元"),
        ("百分之百", "1", "ratio"),
        ("三人", "3", "人"),
        ("1/3", "0.333333333333333", "ratio"),
    ];
    for (text, value, unit) in table {
        let folded = Folded::new(text);
        let measure = at(folded.chars(), 0).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(measure.end, folded.chars().len(), "{text}");
        assert_eq!(exact::decimal(measure.value), value, "{text}");
        assert_eq!(measure.unit_name().unwrap_or(""), unit, "{text}");
    }
}

#[test]
fn the_calendar_is_no_length_of_time() {
    let table = [
        ("2017年", true),
        ("3年", false),
        ("6月", true),
        ("6个月", false),
        ("六月以下", false),
        ("二〇一七年", true),
    ];
    for (text, wanted) in table {
        let folded = Folded::new(text);
        assert_eq!(at(folded.chars(), 0).unwrap().calendar, wanted, "{text}");
    }
}
