//! `docs/rule-language.md`: every example gives what the document says, every
//! error reads as the document says, and nothing of the language is left out.

use zhida_model::{policy::cases::Verdict, rules::check::FUNCTIONS};

use crate::{
    example::Example,
    support::{Block, blocks, lines, read, samples},
};

const DOCUMENT: &str = "docs/rule-language.md";

fn examples(tag: &str) -> Vec<(Block, Example)> {
    let document = read(DOCUMENT);
    blocks(&document, tag)
        .into_iter()
        .map(|block| {
            let example = Example::read(&block)
                .unwrap_or_else(|error| panic!("{DOCUMENT}:{}: {error}", block.line));
            (block, example)
        })
        .collect()
}

#[test]
fn every_example_gives_what_the_document_says() {
    let mut wrong = Vec::new();
    let examples = examples("rule");
    for (block, example) in &examples {
        let mut expect = |part: &str, got: &str| {
            if let Some(said) = example.part(part)
                && said != got
            {
                wrong.push(format!("{DOCUMENT}:{}: {part} is {got}, not {said}", block.line));
            }
        };
        match example.run(samples()) {
            Ok(outcome) => {
                expect("result", &outcome.result);
                expect("verdict", &outcome.verdict);
                expect("missing", &outcome.missing);
            }
            Err(error) => wrong.push(format!("{DOCUMENT}:{}: {error}", block.line)),
        }
        if ["result", "verdict"].iter().all(|part| example.part(part).is_none()) {
            wrong.push(format!("{DOCUMENT}:{}: it expects nothing", block.line));
        }
    }
    assert!(wrong.is_empty(), "{}", lines(&wrong));
    assert!(examples.len() >= 100, "only {} examples", examples.len());
}

#[test]
fn every_error_reads_as_the_document_says() {
    let mut wrong = Vec::new();
    let examples = examples("error");
    for (block, example) in &examples {
        let faults = example.faults(samples()).unwrap_or_else(|error| panic!("{error}"));
        let [fault] = faults.as_slice() else {
            wrong.push(format!("{DOCUMENT}:{}: {} faults: {faults:?}", block.line, faults.len()));
            continue;
        };
        let at = example.expression().get(fault.span.clone()).unwrap_or("(outside)").to_owned();
        let said = format!("{}: {}", fault.code, fault.message);
        for (part, got) in [("error", &said), ("at", &at), ("help", &fault.help)] {
            match example.part(part) {
                Some(expected) if expected == got => {}
                None if part == "help" => {}
                expected => {
                    let expected = expected.unwrap_or("(nothing)");
                    wrong.push(format!(
                        "{DOCUMENT}:{}: {part} is\n  {got}\nnot\n  {expected}",
                        block.line
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", lines(&wrong));
    assert!(examples.len() >= 25, "only {} errors", examples.len());
}

#[test]
fn no_function_is_left_out() {
    let rules = examples("rule");
    for (name, _) in FUNCTIONS {
        let call = format!("{name}(");
        assert!(
            rules.iter().any(|(_, example)| calls(example.expression(), &call)),
            "{DOCUMENT} has no example of `{name}`"
        );
    }
}

/// Whether the call stands there as a word of its own.
fn calls(expression: &str, call: &str) -> bool {
    expression.match_indices(call).any(|(at, _)| {
        let before = expression.get(..at).and_then(|text| text.chars().last());
        before.is_none_or(|symbol| !symbol.is_ascii_alphanumeric() && symbol != '_')
    })
}

#[test]
fn no_operator_is_left_out() {
    let rules = examples("rule");
    let operators = [
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "?",
        " in ",
        ".exists(",
        ".all(",
        ".filter(",
        ".contains(",
    ];
    for operator in operators {
        assert!(
            rules.iter().any(|(_, example)| example.expression().contains(operator)),
            "{DOCUMENT} has no example of `{operator}`"
        );
    }
}

#[test]
fn every_fault_of_the_checker_is_explained() {
    let document = read(DOCUMENT);
    for source in ["mod.rs", "calls.rs", "compare.rs"] {
        let text = read(&format!("model/src/rules/check/{source}"));
        let words = text.split('"').skip(1).step_by(2);
        for code in CODES {
            if words.clone().any(|word| word == code) {
                assert!(document.contains(&format!("`{code}`")), "{DOCUMENT} lacks `{code}`");
            }
        }
    }
}

/// Codes of faults in expressions.
const CODES: [&str; 20] = [
    "syntax",
    "unknown_field",
    "unknown_name",
    "unknown_code",
    "unknown_region",
    "unknown_parameter",
    "unknown_function",
    "wrong_arguments",
    "wrong_type",
    "unit_mismatch",
    "no_order",
    "not_a_condition",
    "not_money",
    "bad_date",
    "bad_period",
    "two_hops",
    "manual_misplaced",
    "circular",
    "unknown_relation",
    "condition_form",
];

#[test]
fn the_words_of_the_verdicts_are_those_of_the_document() {
    let document = read(DOCUMENT);
    for verdict in Verdict::ALL {
        let row = format!("| `{}` | {} |", verdict.name(), verdict.label());
        assert!(document.contains(&row), "{DOCUMENT} has no row with {row}");
    }
}
