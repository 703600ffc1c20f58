//! Findings about names and code lists.

use super::{GOOD, check, rendered};
use crate::catalogue::read;

#[test]
fn a_code_twice() {
    check(
        "code: bachelor",
        "code: master",
        "c.yaml:13:15: error[duplicate]: education: code `master` occurs twice\n  \
         help: keep one of them: the position of a code is its stored number",
    );
}

#[test]
fn a_code_without_snake_case() {
    check(
        "code: bachelor",
        "code: Bachelor",
        "c.yaml:13:15: error[name]: education: `Bachelor` is no snake_case code\n  \
         help: write lower-case ASCII letters, digits and `_`, a letter first",
    );
}

#[test]
fn an_empty_list() {
    check(
        "  benefit:\n    - { code: childcare_subsidy, label: 育儿补贴 }\n",
        "  benefit: []\n",
        "c.yaml:15:3: error[codes]: benefit: the code list is empty\n  \
         help: give it at least one code\n\
         c.yaml:156:24: error[unknown_code]: citizen.benefits: `childcare_subsidy` is no code of `benefit`\n  \
         help: add it to `benefit`, or use one of its codes",
    );
}

#[test]
fn a_list_holds_256_codes_and_not_one_more() {
    let with = |count: usize| {
        let codes: String =
            (0..count).map(|n| format!("    - {{ code: c{n}, label: 代码 }}\n")).collect();
        let text = GOOD.replace("  benefit:\n", &format!("  long:\n{codes}  benefit:\n"));
        read("c.yaml", &text).map(|catalogue| {
            let last =
                catalogue.codes("long").and_then(|list| list.position(&format!("c{}", count - 1)));
            last.map(usize::from)
        })
    };
    assert_eq!(with(256), Ok(Some(255)));
    let found = with(257).map_or_else(|findings| rendered(&findings), |_| String::new());
    assert_eq!(
        found,
        "c.yaml:15:3: error[codes]: long: the list has 257 codes; at most 256 fit\n  \
         help: split the list, or use a text field"
    );
}

#[test]
fn names() {
    check(
        "- name: children_count",
        "- name: ChildrenCount",
        "c.yaml:129:11: error[name]: citizen.ChildrenCount: `ChildrenCount` is no snake_case name\n  \
         help: write lower-case ASCII letters, digits and `_`, a letter first",
    );
    check(
        "- name: children_count",
        "- name: as_of",
        "c.yaml:129:11: error[name]: citizen.as_of: `as_of` has a meaning of its own in rules\n  \
         help: choose another name",
    );
    check(
        "- name: children_count",
        "- name: education",
        "c.yaml:129:11: error[duplicate]: citizen.education: `citizen.education` is defined twice, first on line 123\n  \
         help: rename one, or give one field both sources",
    );
    check(
        "  minimum_living_line:",
        "  最低标准:",
        "c.yaml:180:3: error[name]: 最低标准: `最低标准` is no snake_case name\n  \
         help: write lower-case ASCII letters, digits and `_`, a letter first",
    );
}
