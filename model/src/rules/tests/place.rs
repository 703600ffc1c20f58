//! Line and column of a fault, whatever way YAML wrote the expression.

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::rules::place;

#[derive(Deserialize)]
struct File {
    when: Spanned<String>,
}

/// Line, column and length of the words, found by their place in the value.
fn find(yaml: &str, words: &str) -> (usize, usize, usize) {
    let file: File = serde_saphyr::from_str(yaml).unwrap();
    let start =
        file.when.value.find(words).unwrap_or_else(|| panic!("`{words}` in `{}`", file.when.value));
    let place = place::within(yaml, &file.when, &(start..start + words.len()));
    (place.line, place.column, place.length)
}

#[test]
fn plain_scalars() {
    assert_eq!(find("when: age >= 60\n", "age"), (1, 7, 3));
    assert_eq!(find("when: age >= 60\n", "60"), (1, 14, 2));
    assert_eq!(find("# 注释\nwhen:   age >= 60 # 年龄\n", "60"), (2, 16, 2));
    assert_eq!(find("when:\n  age >= 60\n  && wrong\n", "wrong"), (3, 6, 5));
}

#[test]
fn quoted_scalars() {
    assert_eq!(find("when: 'age >= 60'\n", "age"), (1, 8, 3));
    assert_eq!(find("when: 'sex == \"男\" && wrong'\n", "wrong"), (1, 22, 5));
    assert_eq!(find("when: \"sex == \\\"男\\\" && wrong\"\n", "wrong"), (1, 24, 5));
    assert_eq!(find("when: \"sex == \\\"男\\\" && wrong\"\n", "男"), (1, 17, 1));
    assert_eq!(find("when: 'nickname == \"it''s\" && wrong'\n", "wrong"), (1, 31, 5));
    assert_eq!(find("when: \"\\\"a\\\" in wrong\"\n", "wrong"), (1, 17, 5));
    assert_eq!(find("when: '\"a\" in wrong'\n", "\"a\""), (1, 8, 3));
    assert_eq!(find("when: \"\\\"a\\\" in wrong\"\n", "\"a\""), (1, 9, 4));
}

#[test]
fn block_scalars() {
    assert_eq!(find("when: |\n  age >= 60\n  && wrong\n", "wrong"), (3, 6, 5));
    assert_eq!(find("when: |-\n    age >= 60\n    && wrong\n", "age"), (2, 5, 3));
    assert_eq!(find("when: >\n  age >= 60\n  && wrong\n", "wrong"), (3, 6, 5));
    assert_eq!(find("when: >-  # 说明 age\n\n  age >= 60\n\n  && wrong\n", "age"), (3, 3, 3));
    assert_eq!(find("when: >-\n  sex == \"男\"\n  && wrong || 1\n", "wrong"), (3, 6, 5));
}

#[test]
fn flow_mappings() {
    assert_eq!(find("{when: 'age >= 60 && wrong'}\n", "wrong"), (1, 22, 5));
    assert_eq!(find("{when: age >= 60}\n", "60"), (1, 15, 2));
}

#[test]
fn words_over_several_lines_keep_their_first_character() {
    assert_eq!(find("when: |\n  age >=\n  60 && b\n", "age >=\n60"), (2, 3, 1));
}
