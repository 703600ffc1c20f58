//! The text of the SQL. That it says what the specification says is proved
//! against DuckDB in `tests/differential`; here its form is held, in both
//! dialects.

use super::*;
use crate::{
    catalogue,
    domain::{IndustryTable, RegionCode, RegionTable, SubjectKind},
    policy::Parameters,
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        ir::{Atom, Graph, Num},
        program::{Program, Source},
    },
};
use jiff::civil::date;

const CATALOGUE: &str = r#"
version: "1"
departments: { office: { label: 部门 } }
codes:
  education: [{ code: bachelor, label: 本科, rank: 60 }, { code: master, label: 硕士, rank: 70 }, { code: other, label: 其他 }]
  award: [{ code: high_tech, label: 高新, rank: 1 }, { code: tech_sme, label: 科小 }]
tables:
  - { name: firms, label: 企业, owner: office, catalogue_id: "1", subject: enterprise, key: { column: k, kind: uscc }, register: true, observed_at: { column: t }, refresh_days: 0, purpose: 登记, legal_basis: 条例 }
  - { name: people, label: 人口, owner: office, catalogue_id: "2", subject: citizen, key: { column: k, kind: resident_id }, register: true, household_of: h, observed_at: { column: t }, refresh_days: 0, purpose: 登记, legal_basis: 条例 }
  - { name: awards, label: 资质, owner: office, catalogue_id: "3", subject: enterprise, key: { column: k, kind: uscc }, observed_at: { column: t }, refresh_days: 0, coverage: { regions: ["000000"], since: 2015-01-01, complete: true }, purpose: 登记, legal_basis: 条例 }
fields:
  - { name: revenue, label: 收入, subject: enterprise, type: money, sources: [{ table: firms, column: c }] }
  - { name: rd_expenses, label: 研发, subject: enterprise, type: money, period: year, sources: [{ table: firms, column: c }] }
  - { name: loss, label: 亏损, subject: enterprise, type: money, sources: [{ table: firms, column: c }] }
  - { name: staff_count, label: 人数, subject: enterprise, type: int, sources: [{ table: firms, column: c }] }
  - { name: share, label: 占比, subject: enterprise, type: decimal, sources: [{ table: firms, column: c }] }
  - { name: listed, label: 上市, subject: enterprise, type: bool, sources: [{ table: firms, column: c }] }
  - { name: established_on, label: 成立, subject: enterprise, type: date, sources: [{ table: firms, column: c }] }
  - { name: region, label: 地区, subject: enterprise, type: region, sources: [{ table: firms, column: c }] }
  - { name: tax_region, label: 纳税地, subject: enterprise, type: region, sources: [{ table: firms, column: c }] }
  - { name: industry, label: 行业, subject: enterprise, type: industry, sources: [{ table: firms, column: c }] }
  - { name: industries, label: 各行业, subject: enterprise, type: set, set_of: industries, sources: [{ table: firms, column: c, separator: "," }] }
  - { name: zones, label: 园区, subject: enterprise, type: set, set_of: zones, sources: [{ table: firms, column: c, separator: "," }] }
  - { name: name, label: 名称, subject: enterprise, type: text, sources: [{ table: firms, column: c }] }
  - { name: order, label: 次序, subject: enterprise, type: int, sources: [{ table: firms, column: c }] }
  - name: certificates
    label: 资质
    subject: enterprise
    type: facts
    codes: award
    sources: [{ table: awards, take: facts, fact: { code: d, from: { column: a }, to: { column: b }, amount: m }, map: { "1": high_tech, "2": tech_sme } }]
  - { name: birth_date, label: 出生, subject: citizen, type: date, sources: [{ table: people, column: c }] }
  - { name: education, label: 学历, subject: citizen, type: code, codes: education, sources: [{ table: people, column: c }] }
relations:
  - { name: hires, label: 招用, subject: enterprise, target: citizen, table: firms, link: { columns: { from: k, to: p } }, since: { column: s }, until: { column: u }, complete: true }
parameters:
  line: { label: 标准, type: money, unit: 元 }
"#;

/// A real corner of the region table: a city with an abolished district.
const REGIONS: &str = "code,name,level,parent,valid_from,valid_to,successors
000000,全国,nation,,,,
330000,浙江省,province,000000,,,
330100,杭州市,city,330000,,,
330102,上城区,county,330100,,,
330103,下城区,county,330100,,2021-03-11,330105
330105,拱墅区,county,330100,,,
330500,湖州市,city,330000,,,
330502,吴兴区,county,330500,,,
Z330101,西湖科技园,zone,330100,,,
";

const INDUSTRIES: &str =
    "code,name\nC,制造业\n13,农副食品\n39,计算机\n391,计算机制造\n3911,整机\nI,信息\n65,软件\n";

fn reference() -> Reference {
    let nation = RegionCode::NATION;
    let city = RegionCode::parse("330100").unwrap();
    Reference {
        catalogue: catalogue::read("catalogue.yaml", CATALOGUE).unwrap(),
        regions: RegionTable::from_csv(REGIONS).unwrap(),
        industries: IndustryTable::from_csv(INDUSTRIES).unwrap(),
        parameters: Parameters::empty()
            .with("line", nation, 90_000, date(2020, 1, 1), None)
            .and_then(|p| p.with("line", city, 120_000, date(2020, 1, 1), None))
            .unwrap(),
    }
}

/// The condition in both dialects, judged on 2026-07-01 with data of 2025.
fn both(text: &str) -> String {
    let reference = reference();
    let mut program = Program::default();
    let unit = reference.catalogue.relation(SubjectKind::Enterprise, "hires");
    let audience = Audience { subject: SubjectKind::Enterprise, unit };
    let checker =
        Checker::new(reference.lookup(), audience, &mut program.graph, &mut program.manuals);
    let node = checker.condition(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let dated = Dated::new(&program, &reference, date(2026, 7, 1), date(2025, 12, 31));
    let printed = Dialect::ALL
        .map(|dialect| node_sql(&dated, node, dialect, Manual::Open).expect("no relation is read"));
    match printed {
        [duckdb, spark] if duckdb == spark => duckdb,
        [duckdb, spark] => format!("{duckdb}\n-- Spark\n{spark}"),
    }
}

#[test]
fn plain_columns_are_compared_as_they_are() {
    insta::assert_snapshot!(both("revenue >= wan(5000)"), @"s.revenue >= 5000000000");
    insta::assert_snapshot!(both("share >= 0.055"), @"s.share >= 0.055");
    insta::assert_snapshot!(both("revenue > loss && !listed"), @"NOT s.listed AND s.revenue > s.loss");
    insta::assert_snapshot!(both("established_on <= date(\"2024-01-01\")"), @"s.established_on <= DATE '2024-01-01'");
}

#[test]
fn reserved_words_are_quoted_and_texts_escaped() {
    insta::assert_snapshot!(both("order > 1"), @r#"
    s."order" > 1
    -- Spark
    s.`order` > 1
    "#);
    insta::assert_snapshot!(both(r#"name == "O'Neill \\ 子""#), @r"
    s.name = 'O''Neill \ 子'
    -- Spark
    s.name = 'O\'Neill \\ 子'
    ");
}

#[test]
fn a_value_of_another_period_is_unknown() {
    insta::assert_snapshot!(both("rd_expenses / revenue >= 0.05"), @r#"CAST(NULL AS BOOLEAN) /* rd_expenses is of another period */"#);
    insta::assert_snapshot!(both("loss / revenue >= 0.05"), @r#"
    CASE
      WHEN CAST(s.revenue AS HUGEINT) < 0 THEN 0 - CAST(s.loss AS HUGEINT)
      ELSE CAST(s.loss AS HUGEINT)
    END * 20 >= NULLIF(abs(CAST(s.revenue AS HUGEINT)), 0)
    -- Spark
    CASE
      WHEN CAST(s.revenue AS DECIMAL(38, 0)) < 0 THEN 0 - CAST(s.loss AS DECIMAL(38, 0))
      ELSE CAST(s.loss AS DECIMAL(38, 0))
    END * 20 >= NULLIF(abs(CAST(s.revenue AS DECIMAL(38, 0))), 0)
    "#);
}

#[test]
fn dates_move_by_calendar_months() {
    insta::assert_snapshot!(both("years_since(established_on) >= 3"), @r#"
    CAST(2026 - year(s.established_on) - CASE
      WHEN CAST(s.established_on + to_months(CAST(12 * (2026 - year(s.established_on)) AS INTEGER)) AS DATE) > DATE '2026-07-01' THEN 1
      ELSE 0
    END AS HUGEINT) >= 3
    -- Spark
    CAST(2026 - year(s.established_on) - CASE
      WHEN add_months(s.established_on, CAST(12 * (2026 - year(s.established_on)) AS INTEGER)) > DATE '2026-07-01' THEN 1
      ELSE 0
    END AS DECIMAL(38, 0)) >= 3
    "#);
    insta::assert_snapshot!(both("add_months(established_on, 6) >= as_of"), @r#"
    CASE
      WHEN s.established_on < DATE '9999-07-01' THEN CAST(s.established_on + to_months(6) AS DATE)
    END >= DATE '2026-07-01'
    -- Spark
    CASE WHEN s.established_on < DATE '9999-07-01' THEN add_months(s.established_on, 6) END >= DATE '2026-07-01'
    "#);
}

#[test]
fn places_are_ranges_with_what_cannot_be_told() {
    insta::assert_snapshot!(both("within(region, \"330100\")"), @r#"
    CASE
      WHEN s.region BETWEEN 0 AND 330000 THEN CAST(NULL AS BOOLEAN)
      ELSE s.region BETWEEN 330100 AND 330105
    END
    "#);
    insta::assert_snapshot!(both("param(\"line\", region) > yuan(1000)"), @r#"
    CAST(CASE
      WHEN s.region BETWEEN 0 AND 330000 OR s.region BETWEEN 330500 AND 330502 THEN 90000
      WHEN s.region BETWEEN 330100 AND 330105 THEN 120000
    END AS HUGEINT) > 100000
    -- Spark
    CAST(CASE
      WHEN s.region BETWEEN 0 AND 330000 OR s.region BETWEEN 330500 AND 330502 THEN 90000
      WHEN s.region BETWEEN 330100 AND 330105 THEN 120000
    END AS DECIMAL(38, 0)) > 100000
    "#);
    insta::assert_snapshot!(both("industry_in(industry, [\"C\", \"65\"])"), @r#"
    (s.industry = 'C' OR substr(s.industry, 1, 2) BETWEEN '13' AND '39')
    OR s.industry LIKE '65%'
    -- Spark
    (s.industry = 'C' OR substring(s.industry, 1, 2) BETWEEN '13' AND '39')
    OR s.industry LIKE '65%'
    "#);
}

#[test]
fn an_absent_fact_is_false_only_where_the_register_is_complete() {
    insta::assert_snapshot!(both("holds(certificates, \"high_tech\")"), @r#"
    CASE
      WHEN len(list_filter(s.certificates, lambda x: x.code = 'high_tech' AND (x."from" IS NULL OR x."from" <= DATE '2026-07-01') AND (x."to" IS NULL OR x."to" >= DATE '2026-07-01'))) > 0 THEN TRUE
      WHEN s.certificates__reason IS NULL THEN FALSE
    END
    -- Spark
    CASE
      WHEN exists(s.certificates, x -> x.code = 'high_tech' AND (x.`from` IS NULL OR x.`from` <= DATE '2026-07-01') AND (x.`to` IS NULL OR x.`to` >= DATE '2026-07-01')) THEN TRUE
      WHEN s.certificates__reason IS NULL THEN FALSE
    END
    "#);
    insta::assert_snapshot!(both("had(certificates, \"high_tech\", years(3))"), @r#"
    CASE
      WHEN len(list_filter(s.certificates, lambda x: x.code = 'high_tech' AND (x."from" IS NULL OR x."from" <= DATE '2026-07-01') AND (x."to" IS NULL OR CAST(x."to" + to_months(36) AS DATE) >= DATE '2026-07-01'))) > 0 THEN TRUE
      WHEN s.certificates__reason IS NULL
      AND CAST((DATE '2015-01-01' - 1) + to_months(36) AS DATE) < DATE '2026-07-01' THEN FALSE
    END
    -- Spark
    CASE
      WHEN exists(s.certificates, x -> x.code = 'high_tech' AND (x.`from` IS NULL OR x.`from` <= DATE '2026-07-01') AND (x.`to` IS NULL OR add_months(x.`to`, 36) >= DATE '2026-07-01')) THEN TRUE
      WHEN s.certificates__reason IS NULL
      AND add_months(date_add(DATE '2015-01-01', -1), 36) < DATE '2026-07-01' THEN FALSE
    END
    "#);
    insta::assert_snapshot!(both("sum(certificates, \"high_tech\", days(90)) > yuan(1)"), @r#"
    CAST(CASE
      WHEN s.certificates__reason IS NULL AND (DATE '2015-01-01' - 1) + 90 < DATE '2026-07-01' THEN TRY_CAST(CASE
        WHEN len(list_filter(coalesce(s.certificates, []), lambda x: x.code = 'high_tech' AND (x."from" IS NULL OR x."from" <= DATE '2026-07-01') AND (x."to" IS NULL OR x."to" + 90 >= DATE '2026-07-01') AND x.amount IS NULL)) = 0 THEN coalesce(list_sum(list_transform(list_filter(coalesce(s.certificates, []), lambda x: x.code = 'high_tech' AND (x."from" IS NULL OR x."from" <= DATE '2026-07-01') AND (x."to" IS NULL OR x."to" + 90 >= DATE '2026-07-01')), lambda x: x.amount)), 0)
      END AS BIGINT)
    END AS HUGEINT) > 100
    -- Spark
    CAST(CASE
      WHEN s.certificates__reason IS NULL
      AND date_add(date_add(DATE '2015-01-01', -1), 90) < DATE '2026-07-01' THEN TRY_CAST(aggregate(filter(coalesce(s.certificates, filter(s.certificates, x -> FALSE)), x -> x.code = 'high_tech' AND (x.`from` IS NULL OR x.`from` <= DATE '2026-07-01') AND (x.`to` IS NULL OR date_add(x.`to`, 90) >= DATE '2026-07-01')), CAST(0 AS DECIMAL(38, 0)), (sum, x) -> CAST(sum + x.amount AS DECIMAL(38, 0))) AS BIGINT)
    END AS DECIMAL(38, 0)) > 100
    "#);
}

#[test]
fn what_may_overflow_is_checked_and_nothing_else() {
    insta::assert_snapshot!(both("staff_count * staff_count > 9"), @r#"
    CAST(s.staff_count AS HUGEINT) * CAST(s.staff_count AS HUGEINT) > 9
    -- Spark
    CAST(s.staff_count AS DECIMAL(38, 0)) * CAST(s.staff_count AS DECIMAL(38, 0)) > 9
    "#);
    insta::assert_snapshot!(both("staff_count * staff_count * staff_count > 9"), @r#"
    TRY((CAST(s.staff_count AS HUGEINT) * CAST(s.staff_count AS HUGEINT)) * CAST(s.staff_count AS HUGEINT)) > 9
    -- Spark
    try_multiply(CAST(s.staff_count AS DECIMAL(38, 0)) * CAST(s.staff_count AS DECIMAL(38, 0)), CAST(s.staff_count AS DECIMAL(38, 0))) > 9
    "#);
}

#[test]
fn a_policy_reads_like_its_file() {
    let text = r#"
id: hiring
version: "2026"
title: 招用补贴
document: { issuer: 部门, number: 〔2026〕1号 }
level: city
region: "330100"
audience: enterprise
unit: hires
valid: {}
route: apply
contact: { department: 部门 }
status: demonstration
text: [{ article: 第一条, words: 招用本科以上毕业生，且有两名以上此类员工，资质有效 }]
conditions:
  - { id: graduate, article: 第一条, quote: 招用本科以上毕业生, when: 'unit.education >= "bachelor"' }
  - { id: two, article: 第一条, quote: 有两名以上此类员工, when: 'count(hires.filter(h, h.education >= "bachelor")) >= 2' }
  - id: either
    any:
      - { id: held, when: 'holds(certificates, "high_tech") && manual("是否真实？")' }
      - { id: seen, manual: 是否现场核实？ }
benefit: { kind: cash, summary: 补贴, per: once }
"#;
    let reference = reference();
    let source = Source { name: "hiring.yaml".to_owned(), text: text.to_owned() };
    let (program, findings) = Program::compile(&[source], &reference);
    assert!(findings.is_empty(), "{findings:#?}");
    let dated = Dated::new(&program, &reference, date(2026, 7, 1), date(2026, 7, 1));
    insta::assert_snapshot!(policy_sql(&dated, &program.policies[0], Dialect::DuckDb));
}

/// Every form of the language, so that a new one is not forgotten in a dialect.
const FORMS: [&str; 34] = [
    "listed",
    "true || listed",
    "!listed",
    "listed && revenue > loss",
    "listed == (revenue > loss)",
    "(listed ? revenue : loss) > yuan(0)",
    "((listed ? revenue : loss) + loss) > yuan(0)",
    "manual(\"核实\")",
    "staff_count + 1 > order - 2",
    "share * 2 > 0.1",
    "loss / revenue < revenue / loss",
    "min(revenue, loss) + max(revenue, loss) > yuan(0)",
    "floor(staff_count / 3) == 2",
    "-staff_count < 0",
    "years_since(established_on) > 1",
    "months_since(established_on) > 1",
    "days_since(established_on) > 1",
    "year(established_on) == month(established_on)",
    "add_months(established_on, staff_count) < as_of",
    "add_days(established_on, 3) < as_of",
    "min(established_on, as_of) < max(established_on, as_of)",
    "unit.since < unit.until",
    "age(unit.birth_date) < 30",
    "unit.education > \"bachelor\" || unit.education != \"other\"",
    "within(region, \"330000\") || region == tax_region",
    "within(region, \"Z330101\") || \"Z330101\" in zones",
    "industry_in(industry, [\"C\", \"391\", \"3911\"])",
    "industry_in(industries, [\"65\"])",
    "name in [\"甲\", \"乙\"] || name.contains(\"科\")",
    "holds(certificates, [\"high_tech\", \"tech_sme\"])",
    "had(certificates, \"high_tech\") || had(certificates, \"high_tech\", months(6))",
    "count(certificates, \"high_tech\", days(9)) > 1",
    "sum(certificates, \"high_tech\", years(1)) > yuan(1)",
    "param(\"line\", region) > yuan(1)",
];

#[test]
fn both_dialects_print_every_form() {
    for text in FORMS {
        let printed = both(text);
        assert!(balanced(&printed), "{text}: {printed}");
        let (duckdb, spark) = printed.split_once("\n-- Spark\n").unwrap_or((&printed, &printed));
        for foreign in ["HUGEINT", "to_months(", "lambda ", "TRY(", "list_", "len("] {
            assert!(!spark.contains(foreign), "{text}: {foreign} in {spark}");
        }
        for foreign in ["DECIMAL(38", "add_months(", "date_add(", "try_add", "size(", "`"] {
            assert!(!duckdb.contains(foreign), "{text}: {foreign} in {duckdb}");
        }
    }
}

#[test]
fn every_kind_of_atom_and_number_is_among_the_forms() {
    let reference = reference();
    let (mut graph, mut manuals) = (Graph::default(), Vec::new());
    let unit = reference.catalogue.relation(SubjectKind::Enterprise, "hires");
    let members = ["hires.exists(h, h.since < as_of)", "hires.all(h, listed)", "count(hires) > 1"];
    for text in FORMS.into_iter().chain(members) {
        let audience = Audience { subject: SubjectKind::Enterprise, unit };
        let checker = Checker::new(reference.lookup(), audience, &mut graph, &mut manuals);
        checker.condition(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    }
    let mut atoms: Vec<_> = graph.atoms().iter().map(std::mem::discriminant::<Atom>).collect();
    let mut nums: Vec<_> = graph.nums().iter().map(std::mem::discriminant::<Num>).collect();
    let distinct = |found: usize, all: usize| assert_eq!(found, all, "add the form that is new");
    atoms.dedup();
    nums.dedup();
    distinct(atoms.iter().collect::<std::collections::HashSet<_>>().len(), 12);
    distinct(nums.iter().collect::<std::collections::HashSet<_>>().len(), 23);
}

/// An engine that puts the text of a common table wherever its name stands
/// must not run out of memory over a policy with many lists.
#[test]
fn common_tables_do_not_multiply_one_another() {
    let reference = reference();
    let mut program = Program::default();
    let unit = reference.catalogue.relation(SubjectKind::Enterprise, "hires");
    let audience = Audience { subject: SubjectKind::Enterprise, unit };
    let columns: Vec<Column> = (1..=12)
        .map(|age| {
            let text = format!("hires.exists(h, age(h.birth_date) < {age} && count(hires) > 1)");
            let (graph, manuals) = (&mut program.graph, &mut program.manuals);
            let node = Checker::new(reference.lookup(), audience, graph, manuals).condition(&text);
            let name = format!("c{age}");
            Column { name, comments: Vec::new(), node: node.unwrap(), manual: Manual::Open }
        })
        .collect();
    let dated = Dated::new(&program, &reference, date(2026, 7, 1), date(2026, 7, 1));
    let judged = Judged { kind: SubjectKind::Enterprise, unit: None };
    let mut query = Query::new(&dated, Dialect::Spark, judged);
    let last = query.select(&columns);
    let mut sizes: Vec<(String, usize)> = Vec::new();
    let size = |text: &str, sizes: &[(String, usize)]| -> usize {
        let named = |name: &str| {
            let tables = ["FROM ", "JOIN "].map(|word| format!("{word}{name}"));
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let found = tables.iter().flat_map(|table| text.match_indices(table));
            found.filter(|(at, table)| ends(text.get(at + table.len()..).unwrap())).count()
        };
        1 + sizes.iter().map(|(name, size)| named(name) * size).sum::<usize>()
    };
    for (name, text) in &query.tables {
        sizes.push((name.clone(), size(text, &sizes)));
    }
    let whole = size(&last, &sizes);
    assert!(query.tables.len() > 12, "{} common tables", query.tables.len());
    assert!(whole < 10 * query.tables.len(), "{whole} tables in the end: {sizes:?}");
}

fn balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for symbol in text.chars() {
        depth += match symbol {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
