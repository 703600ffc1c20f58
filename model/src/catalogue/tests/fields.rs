//! Findings about fields and their sources.

use super::check;

#[test]
fn an_unknown_table() {
    check(
        "[{ table: birth, take: count }]",
        "[{ table: brith, take: count }]",
        "c.yaml:134:24: error[unknown_table]: citizen.children_count: `brith` is no table of this catalogue\n  \
         help: did you mean `birth`?",
    );
}

#[test]
fn a_table_of_the_other_kind() {
    check(
        "[{ table: birth, take: count }]",
        "[{ table: tax_year, take: count }]",
        "c.yaml:134:24: error[subject]: citizen.children_count: table `tax_year` is about `enterprise`, the field about `citizen`\n  \
         help: name a table whose subject is `citizen`, or reach it by a relation",
    );
}

#[test]
fn an_unknown_code_list() {
    check(
        "codes: education\n",
        "codes: educaton\n",
        "c.yaml:127:12: error[unknown_codes]: citizen.education: `educaton` is no code list of this catalogue\n  \
         help: did you mean `education`?",
    );
}

#[test]
fn codes_where_they_must_and_must_not_be() {
    check(
        "    codes: education\n",
        "",
        "c.yaml:126:11: error[codes]: citizen.education: a code field needs a code list\n  \
         help: name one of the lists in `codes`",
    );
    check(
        "    type: bool\n    sources",
        "    type: bool\n    codes: education\n    sources",
        "c.yaml:139:12: error[codes]: citizen.local_hukou: a bool field has no codes\n  \
         help: leave `codes` out, or make the field a code, set or facts",
    );
}

#[test]
fn a_map_target_outside_the_list() {
    check(
        "\"个体户\": individual_business",
        "\"个体户\": individual_busines",
        "c.yaml:87:40: error[unknown_code]: enterprise.entity_kind: `individual_busines` is no code of `entity_kind`\n  \
         help: did you mean `individual_business`?",
    );
    check(
        "否: \"false\"",
        "否: \"no\"",
        "c.yaml:142:31: error[map]: citizen.local_hukou: `否` becomes `no`, which is no truth value\n  \
         help: write \"true\" or \"false\"",
    );
    check(
        "fixed: childcare_subsidy",
        "fixed: job_subsidy",
        "c.yaml:157:24: error[unknown_code]: citizen.benefits: `job_subsidy` is no code of `benefit`\n  \
         help: add it to `benefit`, or use one of its codes",
    );
}

#[test]
fn a_map_where_nothing_is_mapped() {
    check(
        "column: 年报收入 }",
        "column: 年报收入, map: { 无: \"0\" } }",
        "c.yaml:98:60: error[map]: enterprise.annual_revenue: nothing is mapped here\n  \
         help: leave `map` out: it translates code, set, facts and bool columns",
    );
}

#[test]
fn a_take_that_makes_another_type() {
    check(
        "column: 学历 }",
        "column: 学历, take: sum }",
        "c.yaml:128:52: error[take]: citizen.education: `take: sum` does not make a code field\n  \
         help: a code field takes `latest`",
    );
    check(
        "column: 园区, separator: \",\" }",
        "column: 园区, take: max, separator: \",\" }",
        "c.yaml:116:63: error[take]: enterprise.zones: `take: max` does not make a set field\n  \
         help: a set field takes `union`, `latest`",
    );
}

#[test]
fn columns_missing_and_needless() {
    check(
        "[{ table: resident, column: 学历 }]",
        "[{ table: resident }]",
        "c.yaml:128:24: error[missing_column]: citizen.education: the source in `resident` names no column\n  \
         help: write `column:`; only count, exists and facts go without, and this takes `latest`",
    );
    check(
        "take: count }",
        "take: count, column: 序号 }",
        "c.yaml:134:52: error[needless_column]: citizen.children_count: `take: count` reads no column\n  \
         help: leave `column` out; choose rows with `only`",
    );
}

#[test]
fn facts_need_their_columns() {
    check(
        "        fact: { fixed: childcare_subsidy, from: { column: 发放日期 }, amount: 金额 }\n",
        "",
        "c.yaml:156:15: error[fact]: citizen.benefits: the source in `birth` does not say which columns make a fact\n  \
         help: write `fact: { code: …, from: { column: … } }`",
    );
    check(
        "fixed: childcare_subsidy",
        "code: 项目, fixed: childcare_subsidy",
        "c.yaml:157:34: error[fact]: citizen.benefits: a fact has its code from a column or a fixed one, not both\n  \
         help: keep `code` or `fixed`",
    );
    check(
        "fixed: childcare_subsidy, ",
        "",
        "c.yaml:157:9: error[fact]: citizen.benefits: a fact without a code\n  \
         help: write `code: <column>`, or `fixed: <code>` for every row",
    );
    check(
        ", amount: 金额",
        ", amount_scale: wan",
        "c.yaml:157:67: error[scale]: citizen.benefits: `amount_scale: wan` has no money to scale\n  \
         help: name the money column in `amount`, with one, thousand, wan or fen",
    );
    check(
        "take: count }",
        "take: count, fact: { fixed: x, from: { column: 日 } } }",
        "c.yaml:134:44: error[fact]: citizen.children_count: `fact` is read by `take: facts` only\n  \
         help: write `take: facts`, or leave `fact` out",
    );
}

#[test]
fn a_set_of_one_cell_needs_a_separator() {
    check(
        ", separator: \",\"",
        "",
        "c.yaml:116:24: error[separator]: enterprise.zones: a set needs several rows or several members in a cell\n  \
         help: write `take: union`, or `separator: \"…\"` for a cell that lists members",
    );
    check(
        "separator: \",\"",
        "separator: \"\"",
        "c.yaml:116:57: error[separator]: enterprise.zones: the separator is empty\n  \
         help: write the character between members",
    );
    check(
        "column: 学历 }",
        "column: 学历, separator: \",\" }",
        "c.yaml:128:46: error[separator]: citizen.education: a code field has no members to separate\n  \
         help: leave `separator` out, or make the field a set",
    );
}

#[test]
fn formats_and_scales_belong_to_types() {
    check(
        "column: 学历 }",
        "column: 学历, format: compact }",
        "c.yaml:128:46: error[format]: citizen.education: a code field has no date format\n  \
         help: leave `format` out, or make the field a date",
    );
    check(
        "scale: wan",
        "scale: percent",
        "c.yaml:97:82: error[scale]: enterprise.annual_revenue: `scale: percent` does not fit a money field\n  \
         help: use one, thousand, wan, fen",
    );
}

#[test]
fn windows() {
    check(
        "window: { years: 1 }",
        "window: { years: 0 }",
        "c.yaml:97:53: error[window]: enterprise.annual_revenue: the window is empty\n  \
         help: write `years: 1` or more, or `months: 1` or more",
    );
    check(
        "window: { years: 1 }",
        "window: { years: 1, months: 12 }",
        "c.yaml:97:53: error[window]: enterprise.annual_revenue: a window counts years or months, not both\n  \
         help: keep `years` for calendar years or `months` for rolling months",
    );
}

#[test]
fn a_filter_that_lets_nothing_pass() {
    check(
        "take: count }",
        "take: count, only: { column: 状态, values: [] } }",
        "c.yaml:134:44: error[only]: citizen.children_count: `only` lets no row pass\n  \
         help: list the raw values that count, or leave `only` out",
    );
}

#[test]
fn neither_or_both_of_sources_and_expression() {
    check(
        "    derived: annual_revenue / annual_revenue\n",
        "",
        "c.yaml:103:11: error[origin]: enterprise.rd_ratio: the field has neither sources nor an expression\n  \
         help: name a table in `sources`, or write `derived: <expression>`",
    );
    check(
        "    period: month\n",
        "    derived: \"1\"\n",
        "c.yaml:147:5: error[origin]: citizen.household_income: the field has both sources and an expression\n  \
         help: keep one: move the sources to a field that the expression reads",
    );
}

#[test]
fn what_a_derived_field_cannot_have() {
    check(
        "    purpose: 研发扶持\n",
        "    period: year\n",
        "c.yaml:110:5: error[period]: enterprise.rd_ratio: `period` says nothing about a derived field\n  \
         help: put it on the fields that the expression reads",
    );
    check(
        "    type: bool\n    derived",
        "    type: set\n    set_of: zones\n    derived",
        "c.yaml:163:5: error[origin]: citizen.has_minor: a set field cannot be derived\n  \
         help: give it sources: expressions make single values",
    );
}

#[test]
fn bounds() {
    check(
        "min: \"0\"",
        "min: zero",
        "c.yaml:93:10: error[bounds]: enterprise.annual_revenue: `zero` is no min of a money field\n  \
         help: write a number in the unit of the rules (yuan for money)",
    );
    check(
        "min: \"0\"",
        "min: \"0.001\"",
        "c.yaml:93:11: error[bounds]: enterprise.annual_revenue: `0.001` is no min of a money field\n  \
         help: write a number in the unit of the rules (yuan for money)",
    );
    check(
        "min: \"-0.5\"",
        "min: \"1.1\"",
        "c.yaml:107:11: error[bounds]: enterprise.rd_ratio: `min: 1.1` lies above `max: 1`\n  \
         help: swap or correct them",
    );
    check(
        "min: \"1900-01-01\"",
        "min: \"1900-02-30\"",
        "c.yaml:121:11: error[bounds]: citizen.birth_date: `1900-02-30` is no min of a date field\n  \
         help: write a day like 1949-10-01",
    );
    check(
        "    type: bool\n    sources",
        "    type: bool\n    max: \"1\"\n    sources",
        "c.yaml:139:11: error[bounds]: citizen.local_hukou: a bool field has no `max`\n  \
         help: leave it out: only numbers and dates have bounds",
    );
}

#[test]
fn sets_say_what_their_members_are() {
    check(
        "    set_of: zones\n",
        "",
        "c.yaml:114:5: error[set_of]: enterprise.zones: a set field does not say what its members are\n  \
         help: write `set_of: codes` with `codes`, `set_of: zones` or `set_of: industries`",
    );
    check(
        "    set_of: zones\n",
        "    set_of: codes\n",
        "c.yaml:115:5: error[set_of]: enterprise.zones: a set of codes needs a code list\n  \
         help: name one of the lists in `codes`",
    );
    check(
        "    set_of: zones\n",
        "    set_of: zones\n    codes: education\n",
        "c.yaml:116:5: error[set_of]: enterprise.zones: only a set of codes has a code list\n  \
         help: leave `codes` out: the members are looked up in their own table",
    );
    check(
        "    codes: education\n",
        "    codes: education\n    set_of: codes\n",
        "c.yaml:128:5: error[set_of]: citizen.education: only a set field has members\n  \
         help: leave `set_of` out",
    );
}
