use super::*;
use proptest::prelude::*;

use crate::text::fold::Folded;

#[test]
fn common_numerals() {
    let table = [
        ("三千五", "3500"),
        ("两万五千", "25000"),
        ("一亿二千万", "120000000"),
        ("壹佰万", "1000000"),
        ("叁仟伍佰", "3500"),
        ("1.5亿", "150000000"),
        ("2万5千", "25000"),
        ("3千", "3000"),
        ("5千万", "50000000"),
        ("三点五", "3.5"),
        ("二〇一七", "2017"),
        ("三分之二", "0.666666666666667"),
        ("5000 万", "50000000"),
        ("1,234,567", "1234567"),
        ("廿五", "25"),
        ("负三十二", "-32"),
        ("一百零五", "105"),
        ("零点五", "0.5"),
        ("三点五万", "35000"),
        ("半百", "50"),
        ("一万五千亿", "1500000000000"),
        ("十四", "14"),
    ];
    for (text, wanted) in table {
        let folded = Folded::new(text);
        let numeral = at(folded.chars(), 0).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(numeral.end, folded.chars().len(), "{text}");
        assert_eq!(exact::decimal(numeral.value), wanted, "{text}");
    }
}

#[test]
fn what_is_no_number_says_why() {
    let several = ["二三十", "十四五", "三五年", "七八"];
    for text in several {
        let read = read(Folded::new(text).chars(), 0);
        assert!(matches!(read, Some(Err(Trouble::Several { start: 0, .. }))), "{text}: {read:?}");
    }
    let long = "9".repeat(60);
    let read = read(Folded::new(&long).chars(), 0);
    assert!(matches!(read, Some(Err(Trouble::Overflow { start: 0, end: 60 }))), "{read:?}");
    for text in ["四川", "一切", "陆地", "万一", "负责", "多万", "百分"] {
        assert!(at(Folded::new(text).chars(), 0).is_none(), "{text}");
    }
}

#[test]
fn vague_numerals_say_the_least() {
    for (text, wanted) in
        [("十几万", "100000"), ("五百余万", "5000000"), ("二十几", "20"), ("数十", "10")]
    {
        let numeral = at(Folded::new(text).chars(), 0).unwrap_or_else(|| panic!("{text}"));
        assert!(numeral.vague, "{text}");
        assert_eq!(exact::decimal(numeral.value), wanted, "{text}");
    }
}

/// Writes a number the way it is spoken, for reading back.
fn spoken(mut value: u64) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |value: u64| DIGITS[usize::try_from(value).unwrap()];
    if value == 0 {
        return "零".to_owned();
    }
    let mut groups = Vec::new();
    while value > 0 {
        groups.push(value % 10_000);
        value /= 10_000;
    }
    let mut text = String::new();
    for (index, &group) in groups.iter().enumerate().rev() {
        if group == 0 {
            continue;
        }
        let gap = !text.is_empty() && (group < 1000 || groups[index + 1] == 0);
        if gap {
            text.push('零');
        }
        let mut inner = false;
        let mut zero = false;
        for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let figure = group / unit % 10;
            if figure == 0 {
                zero = inner;
                continue;
            }
            if zero {
                text.push('零');
            }
            text.push(digit(figure));
            text.push_str(name);
            (inner, zero) = (true, false);
        }
        text.push_str(["", "万", "亿"][index]);
    }
    text
}

/// The same in financial characters.
fn financial(value: u64) -> String {
    let plain = "一二三四五六七八九十百千".chars().zip("壹贰叁肆伍陆柒捌玖拾佰仟".chars());
    let table: std::collections::HashMap<char, char> = plain.collect();
    spoken(value).chars().map(|c| table.get(&c).copied().unwrap_or(c)).collect()
}

proptest! {
    #[test]
    fn spoken_numbers_read_back(value in 0_u64..1_000_000_000_000) {
        for text in [spoken(value), financial(value), value.to_string()] {
            let chars: Vec<char> = format!("{text}个").chars().collect();
            let numeral = at(&chars, 0).unwrap_or_else(|| panic!("{text}"));
            prop_assert_eq!(numeral.end, chars.len() - 1, "{}", &text);
            prop_assert_eq!(exact::decimal(numeral.value), value.to_string(), "{}", &text);
        }
    }

    #[test]
    fn small_spoken_numbers_read_back(value in 0_u64..100_000) {
        let chars: Vec<char> = format!("{}个", spoken(value)).chars().collect();
        let numeral = at(&chars, 0).unwrap();
        prop_assert_eq!(exact::decimal(numeral.value), value.to_string());
    }
}
