//! `docs/policies.md`: the worked example passes without a finding, and no key
//! and no finding is left out.

use std::collections::BTreeSet;

use serde_json::Value;
use zhida_model::{
    policy,
    rules::{
        cases, lint,
        program::{Program, Source},
    },
};

use crate::support::{blocks, lines, read, samples};

const DOCUMENT: &str = "docs/policies.md";

/// The blocks with this second word, put together.
fn written(word: &str) -> String {
    let tag = format!("yaml {word}");
    blocks(&read(DOCUMENT), "yaml")
        .into_iter()
        .filter(|block| block.tag == tag)
        .map(|block| block.text)
        .collect()
}

fn example() -> (Source, Source) {
    let name = "policies/hangzhou-double-ninth-gift-2026";
    let policy = Source { name: format!("{name}.yaml"), text: written("policy") };
    let cases = Source { name: format!("{name}.cases.yaml"), text: written("cases") };
    (policy, cases)
}

#[test]
fn the_worked_example_passes() {
    let (policy, cases) = example();
    let sources = [policy];
    let (program, mut findings) = Program::compile(&sources, samples());
    findings.extend(lint::lint(&program, &sources, std::slice::from_ref(&cases), samples()));
    let report = cases::run(&cases, &sources, samples());
    findings.extend(report.findings);
    assert!(findings.is_empty(), "{}", lines(&findings));
    let said = format!(
        "`1 policy, {} of {} cases agree, 0 errors, 0 warnings`",
        report.passed, report.cases
    );
    assert!(read(DOCUMENT).contains(&said), "{said}");
}

/// Each wrong rule that one might write is found by a case of the example.
#[test]
fn the_cases_of_the_worked_example_find_wrong_rules() {
    let (policy, cases) = example();
    for (right, wrong) in [
        ("year(as_of) - year(birth_date) >= 80", "age(birth_date) >= 80"),
        ("year(birth_date) >= 80", "year(birth_date) > 80"),
        ("within(hukou_region, \"330100\")", "within(hukou_region, \"330106\")"),
        ("within(hukou_region, \"330100\")", "within(hukou_region, \"330000\")"),
        ("age(birth_date) >= 100'", "age(birth_date) > 100'"),
        ("age(birth_date) >= 90'", "age(birth_date) > 90'"),
        ("'!concentrated_support'", "concentrated_support"),
        ("welfare_status != ", "welfare_status == "),
        ("yuan(600)", "yuan(60)"),
    ] {
        let text = policy.text.replace(right, wrong);
        assert_ne!(text, policy.text, "{right}");
        let sources = [Source { name: policy.name.clone(), text }];
        let report = cases::run(&cases, &sources, samples());
        assert!(!report.findings.is_empty(), "no case notices `{wrong}`");
    }
}

/// Every property of a schema and of the types below it.
pub(crate) fn keys(schema: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| keys.extend(self::keys(value)));
        }
        Value::Array(items) => items.iter().for_each(|item| keys.extend(self::keys(item))),
        _ => {}
    }
    keys
}

/// Every word of an enumeration in a schema.
pub(crate) fn words(schema: &Value) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    match schema {
        Value::Object(map) => {
            words.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
            let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| words.extend(self::words(value)));
        }
        Value::Array(items) => items.iter().for_each(|item| words.extend(self::words(item))),
        _ => {}
    }
    words
}

#[test]
fn no_key_is_left_out() {
    let document = read(DOCUMENT);
    let (policy, cases) = (policy::schema(), policy::cases_schema());
    let mut wanted = keys(&policy);
    assert!(wanted.len() > 40, "{wanted:?}");
    wanted.extend(keys(&cases));
    wanted.extend(words(&policy));
    wanted.extend(words(&cases));
    let missing: Vec<&String> =
        wanted.iter().filter(|word| !document.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "{DOCUMENT} lacks {missing:?}");
}

#[test]
fn no_finding_is_left_out() {
    let document = read(DOCUMENT);
    let rows: BTreeSet<&str> = document
        .lines()
        .skip_while(|line| *line != "## Findings")
        .filter_map(|line| line.strip_prefix("| `"))
        .flat_map(|line| line.split(" | ").next().into_iter().flat_map(|names| names.split('`')))
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.is_empty())
        .collect();
    let sources = ["lint.rs", "program.rs", "cases.rs"]
        .map(|file| read(&format!("model/src/rules/{file}")))
        .concat();
    // The code of a finding is a word of its own in quotes.
    let mut quoted: BTreeSet<&str> = sources.split('"').skip(1).step_by(2).collect();
    assert!(read("model/src/catalogue/yaml.rs").contains("code: \"yaml\""));
    quoted.insert("yaml");
    for row in &rows {
        assert!(quoted.contains(row), "{DOCUMENT} explains `{row}`, which nothing reports");
    }
    for code in quoted {
        let is_code =
            code.contains('_') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(!is_code || rows.contains(code), "{DOCUMENT} does not explain `{code}`");
    }
    assert!(rows.len() >= 25, "{rows:?}");
}
