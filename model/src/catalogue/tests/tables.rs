//! Findings about departments, tables, relations and parameters.

use super::check;

#[test]
fn an_unknown_department() {
    check(
        "owner: tax\n",
        "owner: taxs\n",
        "c.yaml:30:12: error[unknown_department]: tax_year: `taxs` is no department of this catalogue\n  \
         help: did you mean `tax`?",
    );
}

#[test]
fn two_tables_of_one_name() {
    check(
        "- name: birth\n",
        "- name: resident\n",
        "c.yaml:55:11: error[duplicate]: resident: table `resident` is defined twice, first on line 42\n  \
         help: rename one of them\n\
         c.yaml:134:24: error[unknown_table]: citizen.children_count: `birth` is no table of this catalogue\n  \
         help: define the table in this file, or name one that is defined\n\
         c.yaml:155:16: error[unknown_table]: citizen.benefits: `birth` is no table of this catalogue\n  \
         help: define the table in this file, or name one that is defined\n\
         c.yaml:168:12: error[unknown_table]: citizen.children: `birth` is no table of this catalogue\n  \
         help: define the table in this file, or name one that is defined",
    );
}

#[test]
fn a_table_without_snake_case() {
    check(
        "- name: household_income\n    label: 家庭收入",
        "- name: HouseholdIncome\n    label: 家庭收入",
        "c.yaml:67:11: error[name]: HouseholdIncome: `HouseholdIncome` is no snake_case name\n  \
         help: write lower-case ASCII letters, digits and `_`, a letter first\n\
         c.yaml:148:24: error[unknown_table]: citizen.household_income: `household_income` is no table of this catalogue\n  \
         help: did you mean `HouseholdIncome`?",
    );
}

#[test]
fn a_key_of_the_other_kind() {
    check(
        "纳税人识别号, kind: uscc",
        "纳税人识别号, kind: resident_id",
        "c.yaml:34:14: error[key]: tax_year: the key `resident_id` stands for `citizen`, but the subject is `enterprise`\n  \
         help: write `subject: citizen`, or key the table by the number of the enterprise",
    );
}

#[test]
fn household_rows_speak_of_citizens() {
    check(
        "subject: citizen\n    key: { column: 户号, kind: household }",
        "subject: enterprise\n    key: { column: 户号, kind: household }",
        "c.yaml:71:14: error[key]: household_income: the key `household` stands for `citizen`, but the subject is `enterprise`\n  \
         help: write `subject: citizen`, or key the table by the number of the enterprise\n\
         c.yaml:148:24: error[subject]: citizen.household_income: table `household_income` is about `enterprise`, the field about `citizen`\n  \
         help: name a table whose subject is `citizen`, or reach it by a relation",
    );
}

#[test]
fn household_keys_need_a_table_that_tells_who_lives_where() {
    check(
        "    household_of: 户号\n",
        "",
        "c.yaml:71:30: error[household]: household_income: the table is keyed by household, but no table says who lives with whom\n  \
         help: add `household_of: <column>` to the register of citizens",
    );
}

#[test]
fn only_one_table_tells_who_lives_where() {
    check(
        "    duplicates: keep\n",
        "    duplicates: keep\n    household_of: 户号\n",
        "c.yaml:63:5: error[household]: birth: a second table gives household numbers\n  \
         help: keep `household_of` on one table",
    );
}

#[test]
fn household_numbers_belong_to_citizens_rows() {
    check(
        "    refresh_days: 180\n",
        "    refresh_days: 180\n    household_of: 户号\n",
        "c.yaml:75:5: error[household]: household_income: `household_of` needs a table keyed by `resident_id`\n  \
         help: put it on the table that gives each citizen a household number",
    );
}

#[test]
fn no_register_and_two_registers() {
    check(
        "kind: uscc }\n    register: true\n",
        "kind: uscc }\n",
        "c.yaml: error[register]: tables: no table is the register of the kind `enterprise`\n  \
         help: write `register: true` on the table whose rows create dossiers",
    );
    check(
        "    duplicates: keep\n",
        "    register: true\n",
        "c.yaml:62:15: error[register]: birth: a second register of the kind `citizen`\n  \
         help: keep `register: true` on the table whose rows create dossiers",
    );
}

#[test]
fn a_register_keyed_by_household() {
    check(
        "    refresh_days: 180\n",
        "    refresh_days: 180\n    register: true\n",
        "c.yaml:75:15: error[register]: household_income: a register cannot be keyed by household\n  \
         help: its rows create dossiers: key it by the subject's own number\n\
         c.yaml:75:15: error[register]: household_income: a second register of the kind `citizen`\n  \
         help: keep `register: true` on the table whose rows create dossiers",
    );
}

#[test]
fn coverage_regions() {
    check(
        "[\"330000\"]",
        "[\"33\"]",
        "c.yaml:39:28: error[coverage]: tax_year: `33` is no region code\n  \
         help: write the six digits of GB/T 2260 in quotes",
    );
    check(
        "[\"330000\"]",
        "[]",
        "c.yaml:39:17: error[coverage]: tax_year: the coverage names no region\n  \
         help: write [\"000000\"] for the nation, or leave `coverage` out",
    );
}

#[test]
fn refresh_intervals() {
    check(
        "refresh_days: 400",
        "refresh_days: 400000",
        "c.yaml:38:19: error[refresh]: tax_year: `refresh_days: 400000` is more than a hundred years\n  \
         help: give days, or 0 for never stale",
    );
}

#[test]
fn columns_have_names() {
    check(
        "column: 核对日期",
        "column: \"\"",
        "c.yaml:73:5: error[missing_column]: household_income: the column of `observed_at` has no name\n  \
         help: write the column name as it stands in the table's header",
    );
}

#[test]
fn a_relation_named_like_a_field() {
    check(
        "- name: household\n",
        "- name: birth_date\n",
        "c.yaml:172:11: error[duplicate]: citizen.birth_date: `birth_date` is already a name of the kind `citizen`, on line 117\n  \
         help: rename one: rules call fields and relations alike",
    );
}

#[test]
fn a_relation_over_an_unknown_table() {
    check(
        "    table: birth\n    link",
        "    table: births\n    link",
        "c.yaml:168:12: error[unknown_table]: citizen.children: `births` is no table of this catalogue\n  \
         help: did you mean `birth`?",
    );
}

#[test]
fn a_relation_over_a_table_of_neither_end() {
    check(
        "    table: birth\n    link",
        "    table: tax_year\n    link",
        "c.yaml:168:12: error[subject]: citizen.children: table `tax_year` speaks of neither end of the relation\n  \
         help: its subject is `enterprise`: name a table about one of the ends",
    );
}

#[test]
fn a_group_across_kinds() {
    check(
        "target: citizen\n    table: resident",
        "target: enterprise\n    table: resident",
        "c.yaml:175:13: error[link]: citizen.household: a group has members of one kind only\n  \
         help: write `target: citizen`, or link by `columns`",
    );
}

#[test]
fn a_relation_from_a_column_to_itself() {
    check(
        "to: 子女身份证号",
        "to: 母亲身份证号",
        "c.yaml:169:42: error[link]: citizen.children: `母亲身份证号` is both ends of the relation\n  \
         help: name the member's column in `to`, or link by `group` for a shared number",
    );
}

#[test]
fn a_first_day_of_rows_without_days() {
    check(
        "    link: { group: { column: 户号 } }",
        "    link: { group: { column: 户号 } }\n    begun_from: 1996-01-01",
        "c.yaml:178:5: error[begun_from]: citizen.household: `begun_from` compares `since`, which the relation does not have\n  \
         help: name the column of the first day in `since`, or drop `begun_from`",
    );
}

#[test]
fn a_limit_of_completeness_where_nothing_is_complete() {
    check(
        "    complete: false\n  - name: household",
        "    complete: false\n    born_from: 1996-01-01\n  - name: household",
        "c.yaml:172:5: error[born_from]: citizen.children: `born_from` limits whose lists are complete, and none is\n  \
         help: write `complete: true`, or drop `born_from`",
    );
}

#[test]
fn a_parameter_of_a_type_that_cannot_be() {
    check(
        "type: money, unit: 元/月",
        "type: text, unit: 元/月",
        "c.yaml:180:3: error[type]: minimum_living_line: a parameter cannot be of type `text`\n  \
         help: use money, decimal or int",
    );
}
