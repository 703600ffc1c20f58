//! Every sample policy drafted again from its own text: the draft parses, it
//! passes the checker or says what to change, and its thresholds are compared
//! with those a person wrote.

use std::collections::BTreeSet;

use super::support::{reference, samples};
use crate::{
    diagnostic::Severity,
    draft::{Draft, Options, draft},
    policy::file::PolicyFile,
    rules::program::members,
};

/// The sample policies with a draft of each.
fn drafts() -> Vec<(String, PolicyFile, Draft)> {
    let mut paths: Vec<_> = std::fs::read_dir(samples().join("policies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".yaml") && !name.ends_with(".cases.yaml")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).unwrap();
            let file = serde_saphyr::from_str::<PolicyFile>(&text).unwrap();
            let mut document = format!("{}\n{}\n", file.title, file.document.number);
            for article in &file.text {
                let article = &article.value;
                let gap = if article.article.starts_with('第') { " " } else { "、" };
                document.push_str(&format!("{}{gap}{}\n", article.article, article.words.trim()));
            }
            let options = Options { audience: Some(file.audience), region: None };
            let made = draft(&name, &document, reference(), options);
            (name, file, made)
        })
        .collect()
}

/// What an expression compares with a number: name and number, money in yuan,
/// years in months.
fn thresholds(when: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let marks: Vec<(usize, &str)> =
        [">=", "<=", "> ", "< ", "== "].iter().flat_map(|sign| when.match_indices(sign)).collect();
    for (at, sign) in marks {
        let left = when.get(..at).unwrap_or_default().trim_end();
        let right = when.get(at + sign.len()..).unwrap_or_default().trim_start();
        if left.ends_with("as_of") || right.starts_with("add_") {
            for name in ["add_years(", "add_months("] {
                let Some((_, inside)) = right.split_once(name) else { continue };
                let Some((field, rest)) = inside.split_once(", ") else { continue };
                let count: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let months =
                    count.parse::<u64>().unwrap_or(0) * if name == "add_years(" { 12 } else { 1 };
                found.insert((field.to_owned(), months.to_string()));
            }
            continue;
        }
        let Some(number) = number(right) else { continue };
        let name: String = left
            .trim_end_matches(')')
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let since = left.contains(&format!("years_since({name}"));
        let number = if since {
            number.parse::<u64>().map_or(number, |count| (count * 12).to_string())
        } else {
            number
        };
        if !name.is_empty() {
            found.insert((name, number));
        }
    }
    found
}

/// The number an operand begins with.
fn number(text: &str) -> Option<String> {
    for (unit, factor) in [("yuan(", 1_u64), ("wan(", 10_000), ("yi(", 100_000_000)] {
        if let Some(rest) = text.strip_prefix(unit) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            return Some(digits.parse::<u64>().ok()?.checked_mul(factor)?.to_string());
        }
    }
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let plain = digits.trim_end_matches('0').trim_end_matches('.');
    let plain = if digits.contains('.') { plain } else { digits.as_str() };
    (!digits.is_empty()).then(|| plain.to_owned())
}

/// The thresholds of all conditions of a file.
fn of_file(file: &PolicyFile) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut stack: Vec<_> = file.conditions.iter().collect();
    while let Some(condition) = stack.pop() {
        if let Some(when) = &condition.value.when {
            found.extend(thresholds(&when.value));
        }
        stack.extend(members(&condition.value));
    }
    found
}

#[test]
fn every_sample_draft_passes_or_asks() {
    for (name, _, made) in drafts() {
        let parsed = serde_saphyr::from_str::<PolicyFile>(&made.yaml);
        assert!(parsed.is_ok(), "{name}: {:?}\n{}", parsed.err(), made.yaml);
        for finding in made.findings.iter().filter(|finding| finding.severity == Severity::Error) {
            let asked = made.questions.iter().any(|question| question.line == finding.place.line);
            assert!(asked, "{name}: {finding}");
        }
    }
}

/// Printed by `cargo test -p zhida-model -- --nocapture thresholds_of_the_samples`.
#[test]
fn thresholds_of_the_samples() {
    let (mut written, mut found, mut drafted, mut agreed) = (0, 0, 0, 0);
    let mut strange = Vec::new();
    for (name, file, made) in drafts() {
        let by_hand = of_file(&file);
        let Ok(parsed) = serde_saphyr::from_str::<PolicyFile>(&made.yaml) else { continue };
        let by_draft = of_file(&parsed);
        written += by_hand.len();
        found += by_hand.intersection(&by_draft).count();
        drafted += by_draft.len();
        agreed += by_draft.intersection(&by_hand).count();
        strange.extend(
            by_draft.difference(&by_hand).map(|(field, value)| format!("{name}: {field} {value}")),
        );
    }
    println!(
        "{found} of {written} thresholds written by hand are drafted with the same field and value"
    );
    println!("{agreed} of {drafted} drafted thresholds stand in the file written by hand");
    println!("{}", strange.join("\n"));
    assert!(found * 100 >= written * 10, "{found} of {written}");
    assert!(agreed * 100 >= drafted * 75, "{agreed} of {drafted}\n{}", strange.join("\n"));
}
