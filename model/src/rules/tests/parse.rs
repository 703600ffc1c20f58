//! Text to tree: what is read, what is refused, and that nothing panics.

use proptest::prelude::*;

use crate::rules::parse::{Expr, ExprKind, parse};

fn read(text: &str) -> Expr {
    parse(text).unwrap_or_else(|faults| panic!("`{text}`: {faults:?}"))
}

/// Words a part of an expression covers.
fn words(text: &str, expr: &Expr) -> String {
    text.get(expr.span.clone()).unwrap_or("(outside)").to_owned()
}

fn messages(text: &str) -> Vec<(String, String)> {
    parse(text)
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|fault| (text.get(fault.span).unwrap_or("(outside)").to_owned(), fault.message))
        .collect()
}

#[test]
fn spans_cover_the_words() {
    for text in [
        "student",
        "age(birth_date) >= 18",
        "within( home_region , \"330100\" )",
        "children.exists(c, c.age < 3)",
        "count(children.filter(c, c.age < 3)) >= 2",
        "education in [\"bachelor\", \"master\" ]",
        "nickname.contains(\"三\")",
        "student ? worker : disabled",
        "-score * 2 + 1",
        "student && worker || disabled",
        "sex == \"女\" && nickname == \"张\"",
        "!student",
    ] {
        assert_eq!(words(text, &read(text)), text);
    }
}

#[test]
fn spans_of_parts() {
    let text = "nickname == \"张三\" && age(birth_date) >= 18";
    let ExprKind::And(left, right) = read(text).kind else { panic!("no conjunction") };
    assert_eq!(words(text, &left), "nickname == \"张三\"");
    assert_eq!(words(text, &right), "age(birth_date) >= 18");
    let ExprKind::Compare(_, call, number) = right.kind else { panic!("no comparison") };
    assert_eq!(words(text, &call), "age(birth_date)");
    assert_eq!(words(text, &number), "18");
}

#[test]
fn decimals_are_read_from_their_own_digits() {
    for (text, num, den) in [
        ("0.055", 55, 1_000),
        ("5.0", 50, 10),
        ("123456789012345.678", 123_456_789_012_345_678, 1_000),
        ("-0.5", -5, 10),
        ("7", 7, 1),
        ("-7", -7, 1),
    ] {
        let ExprKind::Number(number) = read(text).kind else { panic!("`{text}` is no number") };
        assert_eq!((number.0, number.1), (num, den), "{text}");
    }
    for text in ["1e3", "0.5e-2", "1234567890123456789.5", "0x10u", "3u", "null", "b\"x\""] {
        assert_eq!(messages(text).len(), 1, "{text}");
    }
}

#[test]
fn binding_strength() {
    for (text, same) in [
        ("a || b && c", "a || (b && c)"),
        ("!a && b", "(!a) && b"),
        ("a + b * c - d", "(a + (b * c)) - d"),
        ("a / b / c", "(a / b) / c"),
        ("a - b < c", "(a - b) < c"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("-a * b", "(-a) * b"),
        ("a == b && c in [\"x\"]", "(a == b) && (c in [\"x\"])"),
    ] {
        assert_eq!(shape(&read(text)), shape(&read(same)), "{text}");
    }
}

/// A tree without spans.
fn shape(expr: &Expr) -> String {
    let text = format!("{expr:?}");
    let mut shape = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("span: ") {
        shape.push_str(before);
        rest = after.trim_start_matches(|symbol: char| symbol.is_ascii_digit() || symbol == '.');
    }
    shape + rest
}

#[test]
fn chinese_names_are_one_fault_each() {
    assert_eq!(
        messages("年龄 >= 60 && 收入 < 3"),
        [
            ("年龄".to_owned(), "`年龄` cannot stand here".to_owned()),
            ("收入".to_owned(), "`收入` cannot stand here".to_owned()),
        ]
    );
    assert_eq!(messages("age（birth_date） >= 60").len(), 2, "full-width brackets");
}

#[test]
fn faults_point_at_their_words() {
    for (text, at, message) in [
        ("has(c.age)", "has(c.age)", "`has(…)` is not part of the rule language"),
        (
            "children.map(c, c.age)",
            "children.map(c, c.age)",
            "this macro is not part of the rule language",
        ),
        (
            "children.exists_one(c, c.age)",
            "children.exists_one(c, c.age)",
            "this macro is not part of the rule language",
        ),
        ("score % 2 == 0", "%", "`%` is not part of the rule language"),
        ("student &&", "", "mismatched input `end of expression`"),
        ("", "", "mismatched input `end of expression`"),
    ] {
        let found = messages(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].1, message, "{text}");
        assert!(
            found[0].0 == at || text.contains("children."),
            "{text} points at `{}`",
            found[0].0
        );
    }
}

#[test]
fn strings_are_plain_and_closed_on_their_line() {
    for (text, message) in [
        ("sex == \"male", "the quotation is not closed"),
        ("sex == 'male\" || a", "the quotation is not closed"),
        ("sex == \"ma\nle\"", "the quotation is not closed"),
        ("sex == \"\"\"male\"\"\"", "the quotation is not closed"),
        ("sex == \"male\\\"", "the quotation is not closed"),
        ("sex == r'male'", "a prefix before a string is not part of the rule language"),
        ("sex == b\"male\"", "a prefix before a string is not part of the rule language"),
    ] {
        let faults = parse(text).unwrap_err();
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(faults[0].message, message, "{text}");
    }
    for text in [
        "sex == \"\" || a",
        "sex == 'male'",
        "nickname == \"a\\\"b\"",
        "nickname == \"it's // no comment\"",
    ] {
        assert!(parse(text).is_ok(), "{text}");
    }
}

#[test]
fn deep_and_long_expressions_are_refused() {
    let deep = |levels: usize| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&deep(60)).is_ok());
    for levels in [65, 1_000, 9_000] {
        let faults = parse(&deep(levels)).unwrap_err();
        assert_eq!(faults[0].message, "the expression nests deeper than 64 levels", "{levels}");
    }
    let long = format!("nickname == \"{}\"", "长".repeat(40_000));
    assert!(long.len() > 100_000);
    assert_eq!(parse(&long).unwrap_err()[0].message, "the expression is longer than 20000 bytes");
}

/// Chains need no brackets and yet nest as deep as they are long.
#[test]
fn long_chains_do_not_overflow_the_stack() {
    for link in [
        " + 1", " - 1", " * 1", " / 1", " && a", " || a", " == 1", " < 1", " ? a : a", ".b",
        " in a", "[0]", ".f(1)",
    ] {
        for length in [100, 190, 2_000, 19_000] {
            let text = format!("a{}", link.repeat(length / link.len()));
            let _ = parse(&text);
        }
    }
    for prefix in [
        "!",
        "-",
        "! ",
        "- ",
        "a ? ",
        "f(",
        "[",
        "a && (",
        "{1: ",
        "a.b(",
        "\"",
        "-(",
        "!(",
        "r'\\' + (",
    ] {
        for length in [100, 2_000, 19_000] {
            let text = format!("{}a", prefix.repeat(length / prefix.len()));
            let _ = parse(&text);
        }
    }
}

#[test]
fn chains_up_to_the_limit_are_read() {
    for link in [" + 1", " * 2", ".b", " / x"] {
        assert!(parse(&format!("a{}", link.repeat(199))).is_ok(), "{link}");
        let faults = parse(&format!("a{}", link.repeat(201))).unwrap_err();
        assert_eq!(faults[0].message, "the expression strings more than 200 operators together");
    }
    let many = vec!["a + 1 > 2"; 1_200].join(" && ");
    assert!(parse(&many).is_ok(), "a long conjunction is no chain");
    let commented = format!("a // {}\n&& b // it's {}", "(".repeat(100), "+".repeat(300));
    assert!(parse(&commented).is_ok(), "comments do not count");
    let ask = super::support::citizen(serde_json::json!({"family_size": 1}));
    let sum = format!("family_size{} == 100", " + 1".repeat(99));
    assert_eq!(ask.truth(&sum), crate::domain::Tri::True);
}

/// The first fault of a text, with what to do.
fn first_fault(text: &str) -> String {
    let faults = parse(text).expect_err(text);
    let first = faults.first().expect(text);
    let at = text.get(first.span.clone()).expect(text);
    format!("{} [{at}] {}", first.message, first.help)
}

#[test]
fn symbols_of_other_languages_are_told_apart() {
    for (text, expected) in [
        ("fee = yuan(400)", "`=` cannot stand here [=] write `==` to compare"),
        ("size ≥ 3", "`≥` cannot stand here [≥] write `>=`"),
        ("a & b", "`&` cannot stand here [&] write `&&` for \"and\""),
        (
            "within(place，\"330100\")",
            "`，` cannot stand here [，] write punctuation in its English form: `,` `(` `)` `\"`",
        ),
        (
            "size > 3;",
            "`;` cannot stand here [;] see docs/rule-language.md for what can stand here",
        ),
        (
            "年龄 > 3",
            "`年龄` cannot stand here [年龄] names are the catalogue's English names; Chinese belongs into quotes",
        ),
    ] {
        assert_eq!(first_fault(text), expected);
    }
}

#[test]
fn percentages_are_ratios() {
    for (text, number, ratio) in [
        ("growth > 4%", "4%", "0.04"),
        ("growth >= 5.5% && size > 3", "5.5%", "0.055"),
        ("growth == 50%", "50%", "0.5"),
        ("growth < 120%", "120%", "1.2"),
        ("growth > 0%", "0%", "0"),
        ("'4%' == name && growth > 100%", "100%", "1"),
    ] {
        let expected = format!(
            "`{number}` is no number of the rule language [{number}] write it as a ratio: `{ratio}`"
        );
        assert_eq!(first_fault(text), expected, "{text}");
    }
    // Where a number follows, it reads as a remainder, which the language lacks.
    assert_eq!(
        first_fault("size % 4 == 0"),
        "`%` is not part of the rule language [%] write a percentage as a ratio, for example `0.04`"
    );
    assert!(parse("name == '4%'").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_panics(text in "[ -~年月日“”（）\n]{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_mixture_of_words_panics(words in proptest::collection::vec(proptest::sample::select(vec![
        "a", "1", "0.5", "\"x\"", "年", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "!", "-",
        "+", "*", "/", "%", "&&", "||", "==", "<=", "in", "exists", "all", "filter", "has", "true",
        "null", "c", ".exists(c,", "// x\n", "'", "\\", "\u{1F600}",
    ]), 0..24)) {
        let text = words.join(" ");
        if let Err(faults) = parse(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(text.get(fault.span.clone()).is_some(), "{:?} of `{}`", fault.span, text);
            }
        }
    }
}
