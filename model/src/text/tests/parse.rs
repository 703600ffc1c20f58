use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// A line of `values.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: String,
    text: String,
    on: Option<String>,
    found: Option<String>,
    value: Option<String>,
    unit: Option<String>,
    from: Option<String>,
    above: Option<String>,
    since: Option<String>,
    to: Option<String>,
    below: Option<String>,
    until: Option<String>,
    error: Option<String>,
}

impl Case {
    fn answer(&self) -> Parsed {
        let on = self.on.as_ref().map(|day| day.parse().unwrap());
        parse(self.kind.parse().unwrap(), &self.text, on)
    }

    fn lower(&self) -> (Option<String>, Option<bool>) {
        bound(&self.from, &self.above, &self.since)
    }

    fn upper(&self) -> (Option<String>, Option<bool>) {
        bound(&self.to, &self.below, &self.until)
    }
}

fn bound(
    within: &Option<String>,
    without: &Option<String>,
    open: &Option<String>,
) -> (Option<String>, Option<bool>) {
    match (within, without) {
        (Some(value), _) => (Some(value.clone()), Some(true)),
        (_, Some(value)) => (Some(value.clone()), Some(false)),
        _ => (open.clone(), None),
    }
}

#[test]
fn every_line_of_the_corpus_is_read_as_it_says() {
    let cases: Vec<Case> = serde_saphyr::from_str(include_str!("values.yaml")).unwrap();
    for case in &cases {
        let answer = case.answer();
        if let Some(words) = &case.error {
            let error = answer.error.unwrap_or_else(|| panic!("{case:?}: {:?}", answer.value));
            assert!(error.contains(words), "{case:?}: {error}");
            continue;
        }
        assert!(answer.ok, "{case:?}: {:?}", answer.error);
        let span = answer.start.zip(answer.end).unwrap();
        let found: String = case.text.chars().skip(span.0).take(span.1 - span.0).collect();
        assert_eq!(Some(found), case.found, "{case:?}");
        assert_eq!((&answer.value, &answer.unit), (&case.value, &case.unit), "{case:?}");
        assert_eq!((answer.lower, answer.lower_inclusive), case.lower(), "{case:?}");
        assert_eq!((answer.upper, answer.upper_inclusive), case.upper(), "{case:?}");
    }
}

#[test]
fn a_code_with_its_check_character_is_found() {
    let code = crate::domain::Uscc::with_check("91330100MA27XY1E1").unwrap();
    let line = format!("信用代码：{}，有效", code.as_str().to_lowercase());
    let answer = parse(Kind::Uscc, &line, None);
    assert_eq!((answer.start, answer.end), (Some(5), Some(23)));
    assert_eq!(answer.value.as_deref(), Some(code.as_str()));
}

#[test]
fn a_birth_after_the_reference_day_is_refused() {
    let on = Some(jiff::civil::date(1949, 12, 30));
    let answer = parse(Kind::ResidentId, "11010519491231002X", on);
    assert!(answer.error.unwrap().contains("birth date"));
}

#[test]
fn all_finds_every_one() {
    let answers = all(Kind::Age, "男年满60周岁、女35岁以下（含35岁）", None);
    let values: Vec<_> = answers.iter().filter_map(|answer| answer.value.as_deref()).collect();
    assert_eq!(values, ["60", "35"]);
}

#[test]
fn kinds_have_names() {
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse(), Ok(kind));
        assert!(UnknownKind(String::new()).to_string().contains(kind.name()));
    }
    assert!("colour".parse::<Kind>().unwrap_err().to_string().contains("`colour`"));
}

/// Endless numerals: twice the text may take about twice the time, never four
/// times as long. A generous absolute limit, for the machine may be busy.
#[test]
fn endless_numerals_take_linear_time() {
    let patterns = [
        "一",
        "百分之",
        "1,",
        "1,111",
        "十",
        "一百零零零",
        "数十",
        "1-",
        "1(含",
        "百百百百分之",
        "2017年",
    ];
    for pattern in patterns {
        let text = pattern.repeat(300_000 / pattern.len());
        let start = std::time::Instant::now();
        for kind in Kind::ALL {
            std::hint::black_box(all(kind, &text, None));
        }
        assert!(start.elapsed().as_secs() < 30, "`{pattern}`: {:?}", start.elapsed());
    }
}

/// Characters of numerals, units and bounds, and a few others.
const PIECES: &str = "[0-9一二三两零〇十百千万亿点分之几数余多半成折%元角年月日个天周岁负第至到和与间不超过低于以上下内含()~,.、/^eE 上去本末初-]{0,40}";

proptest! {
    #[test]
    fn any_text_gives_spans_within_it(text in "\\PC{0,60}") {
        spans_lie_within(&text);
    }

    #[test]
    fn any_text_of_our_words_gives_spans_within_it(text in PIECES) {
        spans_lie_within(&text);
    }
}

fn spans_lie_within(text: &str) {
    let length = text.chars().count();
    for kind in Kind::ALL {
        let mut before = 0;
        for answer in all(kind, text, Some(jiff::civil::date(2024, 2, 29))) {
            let (start, end) = answer.start.zip(answer.end).unwrap();
            assert!(before <= start && start < end && end <= length, "{kind}: {answer:?}");
            assert!(answer.value.is_some() || answer.lower.is_some() || answer.upper.is_some());
            before = end;
        }
        let first = parse(kind, text, None);
        assert_eq!(first.ok, first.error.is_none());
    }
}
