//! Cells as departments fill them.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

#[test]
fn folds_full_width() {
    assert_eq!(fold_width("ＡＢＣｘ１２３（甲）：－／％　"), "ABCx123(甲):-/% ");
    assert_eq!(fold_width("杭州市。、「」"), "杭州市。、「」");
    assert!(matches!(fold_width("杭州 A1"), Cow::Borrowed(_)));
}

#[test]
fn trims_every_blank() {
    assert_eq!(trim_spaces("\u{feff}\u{3000}\u{200b} \t甲 乙\u{a0}\u{2003}\u{2060}\r\n"), "甲 乙");
    assert_eq!(tidy("　１ ２　"), "1 2");
    assert_eq!(tidy("\u{3000}"), "");
}

#[test]
fn reads_the_dates_departments_write() {
    let shapes = [
        "2024-01-05",
        "2024-1-5",
        "2024/1/5",
        "2024/01/05",
        "2024.1.5",
        "20240105",
        "2024年1月5日",
        "2024年01月05日",
        " ２０２４－０１－０５　",
        "2024-01-05 10:20:30",
        "2024-01-05T10:20:30",
        "2024/1/5 9:05",
        "2024-01-05 00:00:00.000",
        "20240105102030",
        "20240105 10:20:30",
        "2024年1月5日 10:20",
    ];
    for text in shapes {
        assert_eq!(parse_date(text), Ok(date(2024, 1, 5)), "{text}");
    }
    assert_eq!(parse_date("2024-02-29"), Ok(date(2024, 2, 29)));
}

#[test]
fn refuses_what_is_no_date() {
    assert_eq!(parse_date(" \u{3000} "), Err(DateError::Empty));
    let shapes = [
        "2024",
        "2024-01",
        "2024-1/5",
        "24-1-5",
        "2024-001-5",
        "2024-1-",
        "2024-1-5x",
        "202415",
        "2024年1月5",
        "2024年1-5日",
        "2024-01-05 ",
        "45296",
        "1/5/2024",
        "2024-01-05 10",
        "2024-01-05 10:20.5",
        "长期",
        "2024-01-05 10:20:30:40",
        "20240105102030 10:20",
        "2024-01-05日",
    ];
    for text in shapes.into_iter().filter(|text| !text.ends_with(' ')) {
        assert_eq!(parse_date(text), Err(DateError::Shape { text: text.to_owned() }), "{text}");
    }
    for text in [
        "2023-02-29",
        "20240230",
        "2024年13月1日",
        "2024-00-01",
        "2024-01-05 24:00",
        "20240105106030",
    ] {
        assert_eq!(parse_date(text), Err(DateError::NotReal { text: text.to_owned() }), "{text}");
    }
}

#[test]
fn counts_spreadsheet_days() {
    let known = [
        (1, (1900, 1, 1)),
        (59, (1900, 2, 28)),
        (61, (1900, 3, 1)),
        (45_296, (2024, 1, 5)),
        (2_958_465, (9999, 12, 31)),
    ];
    for (serial, (year, month, day)) in known {
        assert_eq!(excel_date(serial), Some(date(year, month, day)), "{serial}");
    }
    assert_eq!(
        [excel_date(0), excel_date(60), excel_date(2_958_466), excel_date(u32::MAX)],
        [None; 4]
    );
}

#[test]
fn scales_exactly() {
    let known = [
        ("0", 2, 0),
        ("12", 2, 1_200),
        ("12.3", 2, 1_230),
        ("12.34", 2, 1_234),
        ("-12.34", 2, -1_234),
        ("+1", 0, 1),
        ("1,234,567.8", 2, 123_456_780),
        ("１，２３４．５", 1, 12_345),
        (" .5 ", 1, 5),
        ("12.3400", 2, 1_234),
        ("7.000", 0, 7),
        ("0.1", 6, 100_000),
        ("−3", 0, -3),
        ("-0", 2, 0),
        ("007", 0, 7),
        ("9223372036854775807", 0, i64::MAX),
        ("-9223372036854775808", 0, i64::MIN),
        ("-92233720368547758.08", 2, i64::MIN),
        ("0.000", 4_000_000_000, 0),
    ];
    for (text, scale, value) in known {
        assert_eq!(parse_scaled(text, scale), Ok(value), "{text}");
    }
}

#[test]
fn refuses_what_is_no_number() {
    assert_eq!(parse_scaled(" ", 2), Err(NumberError::Empty));
    let shapes = [
        "-", "+", ".", "5.", "1e5", "1.2.3", "--1", "1 000", "12,34", "1,2345", ",123", "1,,234",
        "1234,567", "1.5,000", "12元", "12%", "0x10", "一百", "NaN", "1,234,",
    ];
    for text in shapes {
        assert_eq!(
            parse_scaled(text, 2),
            Err(NumberError::Shape { text: text.to_owned() }),
            "{text}"
        );
    }
    assert_eq!(
        parse_scaled("0.001", 2),
        Err(NumberError::Places { text: "0.001".to_owned(), scale: 2 })
    );
    for (text, scale) in [
        ("9223372036854775808", 0),
        ("92233720368547758.08", 2),
        ("-9223372036854775809", 0),
        ("1", 19),
    ] {
        assert_eq!(
            parse_scaled(text, scale),
            Err(NumberError::Overflow { text: text.to_owned() }),
            "{text}"
        );
    }
}

/// Thousand commas from the right.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

proptest! {
    #[test]
    fn scaling_equals_wide_arithmetic(
        negative: bool, whole in "[0-9]{1,20}", places in "[0-9]{0,8}", scale in 0_u32..8, commas: bool,
    ) {
        let point = if places.is_empty() { "" } else { "." };
        let sign = if negative { "-" } else { "" };
        let shown = if commas { grouped(&whole) } else { whole.clone() };
        let text = format!("{sign}{shown}{point}{places}");
        // The value times 10^8, exactly.
        let wide: i128 = format!("{whole}{places:0<8}").parse().unwrap();
        let wide = if negative { -wide } else { wide };
        let unit = 10_i128.pow(8 - scale);
        let answer = parse_scaled(&text, scale);
        if wide % unit != 0 {
            prop_assert_eq!(answer, Err(NumberError::Places { text, scale }));
        } else if let Ok(value) = i64::try_from(wide / unit) {
            prop_assert_eq!(answer, Ok(value));
        } else {
            prop_assert_eq!(answer, Err(NumberError::Overflow { text }));
        }
    }

    #[test]
    fn every_day_reads_back(day in 0_u32..1_000_000) {
        prop_assume!(day != 60 && day != 0);
        let day = excel_date(day).unwrap();
        let (y, m, d) = (day.year(), day.month(), day.day());
        for text in [
            format!("{y:04}-{m:02}-{d:02}"), format!("{y:04}{m:02}{d:02}"), format!("{y:04}/{m}/{d}"),
            format!("{y:04}年{m}月{d}日"), format!("{y:04}-{m}-{d} 23:59:59"),
        ] {
            prop_assert_eq!(parse_date(&text), Ok(day), "{}", text);
        }
    }

    #[test]
    fn folding_is_idempotent(text in any::<String>(), wide in "[\u{ff00}-\u{ffef}\u{3000}]{0,20}") {
        for text in [text, wide] {
            let once = fold_width(&text).into_owned();
            let twice = fold_width(&once);
            prop_assert_eq!(twice.as_ref(), once.as_str());
            let tidied = tidy(&text).into_owned();
            let again = tidy(&tidied).into_owned();
            prop_assert_eq!(again, tidied);
        }
    }

    #[test]
    fn never_panics(text in any::<String>(), cell in "[0-9０-９年月日:./,T +-]{0,20}", scale: u32) {
        for text in [text, cell] {
            let _ = parse_date(&text);
            let _ = parse_scaled(&text, scale);
        }
    }
}
