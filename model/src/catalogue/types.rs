//! The catalogue file as it is written (YAML). Every key is documented here;
//! the JSON Schema for editors is generated from these types.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::domain::SubjectKind;

/// The whole file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Version of this catalogue, for example "2026.1".
    pub version: String,
    /// Departments by their short name.
    pub departments: BTreeMap<String, Department>,
    /// Code lists by name; the order of the codes is their stored number.
    #[schemars(with = "BTreeMap<String, Vec<CodeEntry>>")]
    pub codes: BTreeMap<String, Spanned<Vec<CodeEntry>>>,
    /// The source tables.
    #[schemars(with = "Vec<Table>")]
    pub tables: Vec<Spanned<Table>>,
    /// The fields of dossiers.
    #[schemars(with = "Vec<FieldEntry>")]
    pub fields: Vec<Spanned<FieldEntry>>,
    /// One-hop lists from one subject to others.
    #[schemars(with = "Vec<RelationEntry>")]
    pub relations: Vec<Spanned<RelationEntry>>,
    /// Dated local parameters that rules may ask for by name; values live in `parameters.yaml`.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterEntry>,
}

/// A department that owns tables.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// Chinese name, for example 市场监督管理部门.
    pub label: String,
}

/// One code of a list.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// ASCII snake_case code used in rules, for example `bachelor`.
    pub code: String,
    /// Chinese label.
    pub label: String,
    /// Rank for `<`, `>=` …; a higher rank is a higher level. Codes without a
    /// rank cannot be ordered: comparing them is unknown.
    #[serde(default)]
    pub rank: Option<i32>,
    /// The number or letter of the national standard, where there is one.
    #[serde(default)]
    pub standard: Option<String>,
}

/// How the bytes of a text table are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// GBK / GB 18030.
    Gbk,
}

/// What identifies the subject of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Unified social credit code of an enterprise.
    Uscc,
    /// Identity number of a citizen.
    ResidentId,
    /// Household number: the row speaks of every member (see [`Table::household_of`]).
    Household,
}

/// A column that holds a date.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateColumn {
    /// Column name in the table.
    pub column: String,
    /// How dates are written there.
    #[serde(default)]
    pub format: DateFormat,
}

/// How a table writes dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// 2024-01-05 or 2024-01-05 10:20:30.
    #[default]
    Dashed,
    /// 20240105.
    Compact,
    /// 2024/1/5.
    Slashed,
    /// 2024年1月5日.
    Chinese,
    /// 2024: 31 December of that year. Month tables use `year_month`.
    Year,
    /// 202401 or 2024-01: the last day of that month.
    YearMonth,
}

/// Which row wins where a table holds several for the same key (and period).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// The one observed last; among equals the later row of the file.
    #[default]
    Latest,
    /// The first row of the file.
    First,
    /// Rows are events: all of them count, except exact copies.
    Keep,
}

/// Where a register is complete, so that an absent row means "no".
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Regions inside which the register is complete; "000000" is the nation.
    pub regions: Vec<String>,
    /// Since when; 1949-10-01 or earlier means from the beginning.
    #[schemars(with = "String")]
    pub since: Date,
    /// Whether an absent row can be read as "none" there.
    pub complete: bool,
}

/// One source table of one department.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// ASCII snake_case name; the file is `<name>.csv`, `.csv.gz` or `.parquet`.
    pub name: String,
    /// Chinese label.
    pub label: String,
    /// Short name of the department that owns it.
    pub owner: String,
    /// Number of the table in the national data catalogue.
    pub catalogue_id: String,
    /// What the rows are about.
    pub subject: SubjectKind,
    /// The column that identifies the subject.
    pub key: KeyColumn,
    /// Its rows create dossiers; exactly one such table for each subject kind.
    #[serde(default)]
    pub register: bool,
    /// For the table that says who lives with whom: the household number column.
    #[serde(default)]
    pub household_of: Option<String>,
    /// When the row was last confirmed. Rows observed after `known_at` are left out.
    pub observed_at: DateColumn,
    /// The day or period the row speaks of, where that differs.
    #[serde(default)]
    pub event_on: Option<DateColumn>,
    /// Which row wins.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// Encoding of the text form.
    #[serde(default)]
    pub encoding: Encoding,
    /// Days after which a row is stale at `known_at`; 0 for never.
    pub refresh_days: u32,
    /// Where the register is complete.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// Sensitivity class of its fields unless a field says otherwise.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// What the data may be used for.
    pub purpose: String,
    /// The rule that allows it.
    pub legal_basis: String,
}

/// The key column of a table.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyColumn {
    /// Column name in the table.
    pub column: String,
    /// What stands in it.
    pub kind: KeyKind,
}

/// How closely a field must be kept.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// May be published.
    Public,
    /// Inside government only.
    #[default]
    Internal,
    /// Personal information (Personal Information Protection Law art. 4).
    Personal,
    /// Sensitive personal information (art. 28): health, disability, minors, finances.
    Sensitive,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// Whole number.
    Int,
    /// Fixed point with six places.
    Decimal,
    /// Money in fen.
    Money,
    /// Civil date.
    Date,
    /// Administrative division, GB/T 2260.
    Region,
    /// Class of GB/T 4754.
    Industry,
    /// One code of a list.
    Code,
    /// Free text.
    Text,
    /// Several codes (zones, further industries).
    Set,
    /// Dated things: rows of code, from, to, amount, source.
    Facts,
}

/// What the members of a set are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetOf {
    /// Codes of the field's list.
    Codes,
    /// Zones of the region table (development zones, free-trade zones).
    Zones,
    /// Industries of GB/T 4754.
    Industries,
}

/// One field of a dossier.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    /// ASCII snake_case name, the standard English term.
    pub name: String,
    /// Chinese label.
    pub label: String,
    /// Whom it describes.
    pub subject: SubjectKind,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Unit shown to people: 元, 人, 岁, ratio …
    #[serde(default)]
    pub unit: String,
    /// Code list, for `code` fields and for the codes of `facts` and closed `set` fields.
    #[serde(default)]
    pub codes: Option<String>,
    /// What the members of a `set` field are; needed for every set field.
    #[serde(default)]
    pub set_of: Option<SetOf>,
    /// Where it comes from; several sources are compared and a conflict is unknown.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// A CEL expression over other fields instead of sources.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub derived: Option<Spanned<String>>,
    /// Lowest plausible value in the unit of the rule language (yuan for money); lower rows are rejected.
    #[serde(default)]
    pub min: Option<String>,
    /// Highest plausible value; higher rows are rejected.
    #[serde(default)]
    pub max: Option<String>,
    /// The period its value stands for: judged in a later period it is unknown.
    #[serde(default)]
    pub period: Option<Period>,
    /// Overrides the refresh interval of its tables, in days; 0 for never stale.
    #[serde(default)]
    pub refresh_days: Option<u32>,
    /// Overrides the sensitivity of its tables.
    #[serde(default)]
    pub sensitivity: Option<Sensitivity>,
    /// Overrides the purpose of its tables.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Overrides the legal basis of its tables.
    #[serde(default)]
    pub legal_basis: Option<String>,
    /// A sentence for people who do not know the field.
    #[serde(default)]
    pub note: Option<String>,
}

/// A period a value stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A calendar year counted from the data cut-off (last year, the year before …).
    Year,
    /// A calendar quarter.
    Quarter,
    /// A calendar month.
    Month,
}

/// Where one value comes from and how many rows become one.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Table name.
    pub table: String,
    /// Column with the value; absent for `count`, `exists` and `facts`.
    #[serde(default)]
    pub column: Option<String>,
    /// How many rows become one value.
    #[serde(default)]
    pub take: Take,
    /// Only rows of this period, counted back from `known_at` by the event date.
    #[serde(default)]
    pub window: Option<Window>,
    /// Only rows where the column holds one of these raw values.
    #[serde(default)]
    pub only: Option<Only>,
    /// Raw value → code of the field's list (or `true`/`false` for bool fields).
    /// An unlisted raw value rejects the cell with reason `unknown_code`.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// The unit the table writes: the value is multiplied by it.
    #[serde(default)]
    pub scale: Scale,
    /// How the column writes dates, for date fields.
    #[serde(default)]
    pub format: DateFormat,
    /// Separator of the members, for set fields.
    #[serde(default)]
    pub separator: Option<String>,
    /// The columns of a facts row.
    #[serde(default)]
    pub fact: Option<FactColumns>,
}

/// How many rows become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// The row that wins among duplicates.
    #[default]
    Latest,
    /// Sum over the window; a year of a yearly window without a row makes it unknown,
    /// years before the subject existed excepted.
    Sum,
    /// Number of rows; inside complete coverage no row is 0.
    Count,
    /// Whether there is a row; inside complete coverage no row is false.
    Exists,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// All values together, for set fields.
    Union,
    /// Every row becomes a fact.
    Facts,
}

/// A window of periods before `known_at`, by event date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// `years: 1` is last calendar year; `years: 3` the last three.
    #[serde(default)]
    pub years: Option<u32>,
    /// Rolling months ending at `known_at`.
    #[serde(default)]
    pub months: Option<u32>,
    /// Skip so many periods first: `years: 1, skip: 1` is the year before last.
    #[serde(default)]
    pub skip: u32,
}

/// A filter on raw values.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Column name.
    pub column: String,
    /// Raw values that pass.
    pub values: Vec<String>,
}

/// The unit a table writes numbers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// As the field's unit (yuan for money, ratio for decimals).
    #[default]
    One,
    /// Thousands.
    Thousand,
    /// 万: ten thousands.
    Wan,
    /// Hundredths: 5.5 is 0.055.
    Percent,
    /// Fen, for money.
    Fen,
}

/// The columns of a facts row.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactColumns {
    /// Column with the raw code (mapped by `map`), absent where `fixed` is given.
    #[serde(default)]
    pub code: Option<String>,
    /// The code of every row of the table.
    #[serde(default)]
    pub fixed: Option<String>,
    /// First day it holds, included.
    pub from: DateColumn,
    /// Last day it holds, included; an empty cell means open. Without this key
    /// every row is an event of one day.
    #[serde(default)]
    pub to: Option<DateColumn>,
    /// Money column.
    #[serde(default)]
    pub amount: Option<String>,
    /// Unit of the money column.
    #[serde(default)]
    pub amount_scale: Scale,
}

/// A one-hop list from a subject to others.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationEntry {
    /// ASCII name used in rules, for example `children`.
    pub name: String,
    /// Chinese label.
    pub label: String,
    /// Who has the list.
    pub subject: SubjectKind,
    /// Who is in it.
    pub target: SubjectKind,
    /// The table whose rows are the edges.
    pub table: String,
    /// How a row makes edges.
    pub link: Link,
    /// Only rows where the column holds one of these raw values.
    #[serde(default)]
    pub only: Option<Only>,
    /// First day of the relation, included (`c.since` in rules).
    #[serde(default)]
    pub since: Option<DateColumn>,
    /// Last day of the relation, included (`c.until` in rules).
    #[serde(default)]
    pub until: Option<DateColumn>,
    /// Whether an absent row means "none".
    pub complete: bool,
    /// Only rows whose `since` is this day or later; a row without a day leaves
    /// the list incomplete.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub begun_from: Option<Date>,
    /// Lists are complete only for subjects born or founded on this day or
    /// later: a register that began in 1996 knows all children of those only
    /// who were too young to have any before.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub born_from: Option<Date>,
}

/// How rows make edges.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Link {
    /// Two columns with identity numbers: from the subject's to the target's.
    Columns {
        /// Column with the number of the subject that has the list.
        from: String,
        /// Column with the number of the member.
        to: String,
    },
    /// All subjects that share the value of a column, the subject itself included.
    Group {
        /// Column with the shared number.
        column: String,
    },
}

/// A dated local parameter.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterEntry {
    /// Chinese label, for example 城市低保标准.
    pub label: String,
    /// Its type: money, decimal or int.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Unit shown to people.
    pub unit: String,
}
