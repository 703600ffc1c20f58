//! `docs/catalogue.md`: what the page adds makes a sound catalogue, and its
//! examples run over it; no key is left out.

use zhida_model::{catalogue, policy::parameters_schema, rules::program::Program};

use crate::{
    example::Example,
    policy_guide::{keys, words},
    support::{blocks, lines, read, reference_with},
};

const DOCUMENT: &str = "docs/catalogue.md";

/// The sample catalogue with every block of the page at the end of its part.
fn grown_catalogue() -> String {
    let mut text = read("data-samples/catalogue.yaml");
    for block in blocks(&read(DOCUMENT), "yaml") {
        let Some(part) = block.tag.strip_prefix("yaml catalogue:") else { continue };
        let head = format!("\n{part}:\n");
        let start = text.find(&head).unwrap_or_else(|| panic!("no part `{part}`")) + head.len();
        let rest = text.get(start..).unwrap_or_default();
        let length: usize = rest
            .split_inclusive('\n')
            .take_while(|line| line.starts_with([' ', '#', '\n']))
            .map(str::len)
            .sum();
        text.insert_str(start + length, &block.text);
    }
    text
}

fn grown_parameters() -> String {
    let added: String = blocks(&read(DOCUMENT), "yaml")
        .into_iter()
        .filter(|block| block.tag == "yaml parameters")
        .map(|block| block.text)
        .collect();
    assert!(!added.is_empty());
    read("data-samples/parameters.yaml") + &added
}

#[test]
fn what_the_page_adds_is_sound_and_its_examples_run() {
    let reference = reference_with(&grown_catalogue(), &grown_parameters());
    let (_, findings) = Program::compile(&[], &reference);
    assert!(findings.is_empty(), "{}", lines(&findings));
    let examples = blocks(&read(DOCUMENT), "rule");
    for block in &examples {
        let at = format!("{DOCUMENT}:{}", block.line);
        let example = Example::read(block).unwrap_or_else(|error| panic!("{at}: {error}"));
        let outcome = example.run(&reference).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_eq!(Some(outcome.result.as_str()), example.part("result"), "{at}");
    }
    assert!(examples.len() >= 6);
}

#[test]
fn a_misspelt_owner_reads_as_the_page_says() {
    let text = grown_catalogue().replace("owner: red_cross", "owner: red_cros");
    let findings = catalogue::read("catalogue.yaml", &text).expect_err("the owner is unknown");
    let first = findings.first().map(ToString::to_string).unwrap_or_default();
    let said = blocks(&read(DOCUMENT), "text").into_iter().next().expect("a message").text;
    // The line number moves with the samples.
    let behind = |text: &str| text.split_once(": error").map(|(_, rest)| rest.trim().to_owned());
    assert_eq!(behind(&first), behind(&said));
}

#[test]
fn no_key_is_left_out() {
    let document = read(DOCUMENT);
    let mut wanted = keys(&catalogue::schema());
    assert!(wanted.len() > 40, "{wanted:?}");
    wanted.extend(words(&catalogue::schema()));
    wanted.extend(keys(&parameters_schema()));
    let named = |word: &str| {
        document.contains(&format!("`{word}`")) || document.contains(&format!("{word}:"))
    };
    let missing: Vec<&String> = wanted.iter().filter(|word| !named(word)).collect();
    assert!(missing.is_empty(), "{DOCUMENT} lacks {missing:?}");
}
