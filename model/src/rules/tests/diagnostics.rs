//! Findings about policies exactly as they are printed: file, line, column,
//! what is wrong, what to do.

use super::support::{CATALOGUE, citizen, findings, lines, policy, reference_of, source};
use crate::rules::program::Program;

/// Findings of conditions, with the lines before them left out of the count.
fn check(conditions: &str, expected: &str) {
    let text = policy("p", "", conditions);
    let before = text.lines().count() - conditions.lines().count();
    let found = findings(&[source("p", text)]);
    let mut printed = String::new();
    for mut finding in found {
        finding.place.line = finding.place.line.saturating_sub(before);
        printed.push_str(&format!("{finding}\n"));
    }
    assert_eq!(printed.trim_end(), expected.trim(), "\n--- got\n{printed}");
}

#[test]
fn an_unknown_field_with_a_suggestion() {
    check(
        "  - {id: a, when: 'age(birthdate) >= 60'}\n",
        "p.yaml:1:24: error[unknown_field]: condition `a`: `birthdate` is no field of citizen
  help: did you mean `birth_date`?",
    );
}

#[test]
fn several_faults_of_several_conditions_at_once() {
    check(
        "  - {id: a, when: 'age(birthdate) >= 60 && sex == \"woman\"'}\n  - id: b\n    when: |-\n      income > 300\n      || education >= \"bachelors\"\n",
        "p.yaml:1:24: error[unknown_field]: condition `a`: `birthdate` is no field of citizen
  help: did you mean `birth_date`?
p.yaml:1:51: error[unknown_code]: condition `a`: `woman` is no code of `sex`
  help: see the list `sex` in the catalogue
p.yaml:4:7: error[unit_mismatch]: condition `b`: money is compared with a bare number
  help: write sums as `yuan(100000)` or `wan(10)`; ratios of money are bare numbers
p.yaml:5:23: error[unknown_code]: condition `b`: `bachelors` is no code of `education`
  help: did you mean `bachelor`?",
    );
}

#[test]
fn chinese_names() {
    check(
        "  - {id: a, when: '年龄 >= 60'}\n",
        "p.yaml:1:20: error[syntax]: condition `a`: `年龄` cannot stand here
  help: names are the catalogue's English names; Chinese belongs into quotes",
    );
}

#[test]
fn codes_without_an_order() {
    check(
        "  - {id: a, when: 'sex >= \"female\"'}\n  - {id: b, when: 'education >= \"other\"'}\n  - {id: c, when: 'student >= worker'}\n  - {id: d, when: 'nickname > \"a\"'}\n",
        "p.yaml:1:20: error[no_order]: condition `a`: the codes of `sex` have no order here
  help: use `==` or `in`, or give the codes a rank in the catalogue
p.yaml:2:20: error[no_order]: condition `b`: the codes of `education` have no order here
  help: use `==` or `in`, or give the codes a rank in the catalogue
p.yaml:3:20: error[no_order]: condition `c`: `>=` needs an order, there is none here
  help: use `==`, `!=` or `in`
p.yaml:4:20: error[no_order]: condition `d`: `>` needs an order, there is none here
  help: use `==`, `!=` or `in`",
    );
}

#[test]
fn two_hops() {
    check(
        "  - {id: a, when: 'children.exists(c, children.exists(d, d.age < 3))'}\n  - {id: b, when: 'children.exists(c, c.young_children > 0)'}\n",
        "p.yaml:1:39: error[two_hops]: condition `a`: a list inside a list would be a second hop
  help: split the condition
p.yaml:2:39: error[two_hops]: condition `b`: the derived field `young_children` cannot be used here: `children` would be a second hop
  help: rules see the subject and the members of its own relations, no further",
    );
}

#[test]
fn manual_clauses_in_the_wrong_place() {
    check(
        "  - {id: a, when: '!manual(\"一\")'}\n  - {id: b, when: 'student ? manual(\"一\") : worker'}\n  - {id: c, when: 'children.all(c, manual(\"一\"))'}\n  - {id: d, when: 'manual(\"一\") == student'}\n  - {id: e, when: '!(student && (worker || manual(\"一\")))'}\n",
        "p.yaml:1:21: error[manual_misplaced]: condition `a`: `manual(…)` cannot stand under a negation
  help: a clause a person judges can only help to pass: state it positively
p.yaml:2:30: error[manual_misplaced]: condition `b`: `manual(…)` cannot stand under `?:`
  help: a clause a person judges can only help to pass: state it positively
p.yaml:3:36: error[manual_misplaced]: condition `c`: `manual(…)` cannot stand under a list
  help: a clause a person judges can only help to pass: state it positively
p.yaml:4:20: error[manual_misplaced]: condition `d`: `manual(…)` cannot stand under a comparison
  help: a clause a person judges can only help to pass: state it positively
p.yaml:5:22: error[manual_misplaced]: condition `e`: `manual(…)` cannot stand under a negation
  help: a clause a person judges can only help to pass: state it positively",
    );
}

#[test]
fn forms_of_conditions() {
    check(
        "  - {id: a}\n  - {id: b, when: student, manual: 问？}\n  - {id: c, any: [{id: a, when: student}]}\n",
        "p.yaml:1:5: error[condition_form]: a: exactly one of `when`, `manual`, `any`, `all`, `at_least` is needed
  help: split the condition, or complete it
p.yaml:2:5: error[condition_form]: b: exactly one of `when`, `manual`, `any`, `all`, `at_least` is needed
  help: split the condition, or complete it
p.yaml:1:5: error[duplicate_condition]: a: the id `a` stands twice
  help: give every condition its own id",
    );
}

#[test]
fn amounts_that_are_no_money() {
    let more = "benefit: {kind: cash, summary: 钱, per: once, amount: 'family_size * 100', cap: 'wan(5', tiers: [{label: 一, when: 'income', amount: 'income * 0.1'}]}\n";
    let found = findings(&[source("p", policy("p", more, "  - {id: a, when: student}\n"))]);
    assert_eq!(
        lines(&found),
        "p.yaml:13:55: error[not_money]: amount: an amount must be money, this is a number
  help: write sums as `yuan(3600)`, `wan(5)`, or multiply a money field
p.yaml:13:86: error[syntax]: cap: missing `)` at `end of expression`
  help: the expression ends too early: complete it or close a bracket
p.yaml:13:115: error[not_a_condition]: tier `一`: a condition is needed here, this is money
  help: compare it with something, for example `>= 3`"
    );
}

#[test]
fn heads_of_policies() {
    let more = "region: \"339999\"\nunit: cousins\n";
    let found = findings(&[
        source("p", policy("p", more, "  - {id: a, when: student}\n")),
        source("q", policy("q", "", "  []\n")),
        source("r", policy("r", "", "  - {id: a, when: student}\n")),
        source("s", policy("r", "", "  - {id: a, when: student}\n")),
        source("t", "id: t\nvershun: 1\n".to_owned()),
    ]);
    assert_eq!(
        lines(&found),
        "t.yaml:2:1: error[yaml]: unknown field `vershun`, expected one of id, version, case, title, document, level, region, audience, unit, recipient, valid, claim, reference_date, supersedes, route, frequency, benefit_code, family, life_events, themes, materials, excludes, stacks, implies, contact, unverified, status, text, conditions, benefit
  help: correct this place; docs/policies.md explains the keys of this file
p.yaml:12:9: error[unknown_region]: region: `339999` is no region
  help: use a six-digit code of GB/T 2260 in quotes; \"000000\" is the nation
p.yaml:13:7: error[unknown_relation]: unit: `cousins` is no relation of citizen
  help: name a relation of the catalogue, or leave `unit` out
q.yaml:1:5: error[no_condition]: the policy has no condition: it would fit everybody
  help: write at least one condition, or a `manual` one
s.yaml:1:5: error[duplicate_policy]: `r` version `1` stands in two files
  help: change the version of one"
    );
}

#[test]
fn a_broken_file_leaves_the_others_usable() {
    let sound = source("a", policy("a", "", "  - {id: a, when: student}\n"));
    let broken = source("b", policy("b", "", "  - {id: a, when: studend}\n"));
    let (program, found) = Program::compile(&[broken, sound], super::support::reference());
    assert_eq!(found.len(), 1);
    assert_eq!(
        program.policies.iter().map(|policy| policy.key.id.as_str()).collect::<Vec<_>>(),
        ["a"]
    );
}

#[test]
fn circular_derived_fields() {
    let text = CATALOGUE.replace("derived: age(birth_date) }", "derived: loop_a }").replace(
        "  - { name: income_per_head",
        "  - { name: loop_a, label: 甲, subject: citizen, type: int, derived: loop_b + 1 }\n  - { name: loop_b, label: 乙, subject: citizen, type: int, derived: loop_a + 1 }\n  - { name: income_per_head",
    );
    let reference = reference_of(&text);
    let (_, found) = Program::compile(&[], &reference);
    let circular: Vec<&str> = found
        .iter()
        .filter(|finding| finding.code == "circular")
        .map(|finding| finding.subject.as_str())
        .collect();
    assert!(
        circular.contains(&"field `loop_a`") && circular.contains(&"field `loop_b`"),
        "{}",
        lines(&found)
    );
    assert!(found.iter().all(|finding| finding.file == "catalogue.yaml" && finding.place.line > 0));
}

#[test]
fn derived_fields_of_the_wrong_type() {
    let text = CATALOGUE
        .replace("type: int, derived: age(birth_date)", "type: money, derived: age(birth_date)");
    let (_, found) = Program::compile(&[], &reference_of(&text));
    let message = "the field is of type Money, its expression is a number";
    assert!(found.iter().any(|finding| finding.message == message), "{}", lines(&found));
}

/// Code and message of every fault of one expression.
fn faults(expression: &str) -> Vec<String> {
    let found = citizen(serde_json::json!({})).faults(expression);
    found
        .into_iter()
        .map(|fault| {
            let at = expression.get(fault.span.clone()).unwrap_or("(outside)");
            format!("{}: {} [{at}]", fault.code, fault.message)
        })
        .collect()
}

/// Every expression has this one fault and no other.
fn each_has_one_fault(expected: &[(&str, &str)]) {
    for (expression, expected) in expected {
        assert_eq!(faults(expression), [*expected], "{expression}");
    }
}

#[test]
fn units_that_do_not_go_together() {
    each_has_one_fault(&[
        ("income > 3", "unit_mismatch: money is compared with a bare number [income > 3]"),
        ("3 > income", "unit_mismatch: money is compared with a bare number [3 > income]"),
        (
            "income * savings > income",
            "unit_mismatch: the two sides have different units [income * savings > income]",
        ),
        ("income + 3 > savings", "unit_mismatch: money is added to a bare number [income + 3]"),
        (
            "income * income * income > income",
            "unit_mismatch: money is multiplied with money too often [income * income * income]",
        ),
        (
            "min(income, 3) > yuan(1)",
            "unit_mismatch: money and a number have different units [min(income, 3)]",
        ),
        (
            "yuan(income) > yuan(1)",
            "wrong_type: a bare number is needed here, this is money [income]",
        ),
        ("birth_date > 3", "wrong_type: a date cannot be compared with a number [birth_date > 3]"),
        (
            "birth_date + 3 > as_of",
            "wrong_type: cannot calculate with a date and a number [birth_date + 3]",
        ),
    ]);
}

#[test]
fn types_that_do_not_go_together() {
    each_has_one_fault(&[
        (
            "home_region == \"330100\"",
            "wrong_type: a region is not compared with a code [home_region == \"330100\"]",
        ),
        ("trade == \"C\"", "wrong_type: an industry is not compared with a code [trade == \"C\"]"),
        ("\"a\" == \"b\"", "wrong_type: these two codes cannot be compared [\"a\" == \"b\"]"),
        ("sex == education", "wrong_type: these two codes cannot be compared [sex == education]"),
        ("student == 1", "wrong_type: a condition cannot be compared with a number [student == 1]"),
        (
            "offences == \"theft\"",
            "wrong_type: dated facts cannot be compared with a code [offences == \"theft\"]",
        ),
        (
            "children == 2",
            "wrong_type: a list of members cannot be compared with a number [children == 2]",
        ),
        (
            "hobbies == \"music\"",
            "wrong_type: a set cannot be compared with a code [hobbies == \"music\"]",
        ),
        ("sex in hobbies", "wrong_type: a code cannot be looked for in a set [sex in hobbies]"),
        (
            "family_size in [\"3\"]",
            "wrong_type: a number cannot be looked for in a list [family_size in [\"3\"]]",
        ),
        ("sex in [1]", "wrong_type: a list holds quoted codes only [1]"),
        ("\"gold\" in hobbies", "unknown_code: `gold` is no code of `hobby` [\"gold\"]"),
        ("student && 3", "not_a_condition: a condition is needed here, this is a number [3]"),
        ("!income", "not_a_condition: a condition is needed here, this is money [income]"),
        ("-student", "wrong_type: `-` needs a number, this is a condition [student]"),
        (
            "student ? 3 : yuan(3)",
            "wrong_type: the branches differ: a number and money [student ? 3 : yuan(3)]",
        ),
    ]);
}

#[test]
fn arguments_of_dates_and_facts() {
    each_has_one_fault(&[
        ("age(3) > 1", "wrong_type: a date is needed here, this is a number [3]"),
        ("age > \"3\"", "wrong_type: a number cannot be compared with a code [age > \"3\"]"),
        ("date(birth_date) > as_of", "wrong_type: a quoted day is needed [birth_date]"),
        (
            "date(\"2026-02-30\") > as_of",
            "bad_date: `2026-02-30` is no calendar day [\"2026-02-30\"]",
        ),
        (
            "had(offences, \"theft\", 3)",
            "wrong_type: a period such as `years(3)` is needed here, this is a number [3]",
        ),
        (
            "had(offences, \"theft\", years(0.5))",
            "bad_period: a period is a whole number between 1 and 1200 [0.5]",
        ),
        (
            "had(offences, \"theft\", years(family_size))",
            "bad_period: a period is a whole number between 1 and 1200 [family_size]",
        ),
        (
            "holds(hobbies, \"music\")",
            "wrong_type: a facts field is needed here, this is a set [hobbies]",
        ),
        (
            "holds(offences, 3)",
            "wrong_type: a quoted code or a list of them is needed here, this is a number [3]",
        ),
        (
            "holds(offences, [\"theft\", \"murder\"])",
            "unknown_code: `murder` is no code of `event` [\"murder\"]",
        ),
    ]);
}

#[test]
fn arguments_of_places_and_relations() {
    each_has_one_fault(&[
        (
            "within(sex, \"330100\")",
            "wrong_type: a region field is needed here, this is a code [sex]",
        ),
        (
            "within(home_region, \"Z110301\")",
            "unknown_region: `Z110301` is a zone, and citizen has no field of zones [\"Z110301\"]",
        ),
        ("within(home_region, home_region)", "wrong_type: a quoted region is needed [home_region]"),
        ("industry_in(trade, \"ZZ\")", "unknown_code: `ZZ` is no industry of GB/T 4754 [\"ZZ\"]"),
        (
            "industry_in(hobbies, \"C\")",
            "wrong_type: an industry field is needed here, this is a set [hobbies]",
        ),
        (
            "param(\"poverty\", home_region) > yuan(1)",
            "unknown_parameter: `poverty` is no parameter [\"poverty\"]",
        ),
        (
            "param(\"poverty_line\", home_region) > 1",
            "unit_mismatch: money is compared with a bare number [param(\"poverty_line\", home_region) > 1]",
        ),
        ("count(sex) > 1", "wrong_type: a relation is needed here, this is a code [sex]"),
        (
            "family_size.exists(c, true)",
            "wrong_type: a relation is needed here, this is a number [family_size]",
        ),
        (
            "children.filter(c, true)",
            "not_a_condition: a condition is needed here, this is a list of members [children.filter(c, true)]",
        ),
    ]);
}

#[test]
fn texts_names_and_arguments() {
    each_has_one_fault(&[
        ("sex.contains(\"m\")", "wrong_type: text is needed here, this is a code [sex]"),
        (
            "nickname.startsWith(\"m\")",
            "unknown_function: there is no method `startsWith` [nickname.startsWith(\"m\")]",
        ),
        ("floor(1, 2) == 1", "wrong_arguments: `floor` has other arguments [floor(1, 2)]"),
        ("unit.age > 3", "unknown_name: `unit` is not bound here [unit]"),
        ("children.exists(c, c.agee > 3)", "unknown_field: `agee` is no field of citizen [c.agee]"),
        ("manual(student)", "wrong_type: a quoted question is needed [student]"),
        ("revenue > yuan(1)", "unknown_field: `revenue` is no field of citizen [revenue]"),
        ("(1 > 2).age == 3", "wrong_type: only a member of a list or `unit` has fields [1 > 2]"),
    ]);
}

#[test]
fn one_fault_does_not_breed_others() {
    assert_eq!(faults("agee >= 3 && -agee < 4").len(), 2, "one each");
    assert_eq!(faults("min(agee, 3) + yuan(2) * nothing > within(a, b)").len(), 3);
    assert!(faults("children.exists(c, c.x && c.y) && z").len() == 3);
}
