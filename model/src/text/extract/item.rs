//! One statement found in a document, as `zhida extract` prints it: what kind
//! it is, which words hold it, and what they say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a statement is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a subject must satisfy, exclusions included.
    Condition,
    /// What is granted, paid or charged, with its caps and rates.
    Benefit,
    /// When to apply, how long something is valid, how long an office may take.
    Window,
    /// Everything else that fixes a quantity.
    Other,
}

/// How the value is compared.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than.
    #[serde(rename = ">")]
    More,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// Exactly.
    #[serde(rename = "==")]
    Equal,
    /// Not equal.
    #[serde(rename = "!=")]
    Unequal,
    /// Between two bounds.
    Between,
    /// One of the values.
    In,
    /// None of the values.
    NotIn,
    /// Has the quality, the certificate, the status.
    Holds,
    /// Has it not.
    NotHolds,
    /// Lies in the region.
    Within,
    /// On or before the day.
    Before,
    /// On or after the day.
    After,
    /// Only a person can decide.
    Manual,
}

impl Op {
    /// Whether the comparison is of numbers.
    #[must_use]
    pub fn numeric(self) -> bool {
        matches!(
            self,
            Op::AtLeast | Op::More | Op::AtMost | Op::Less | Op::Equal | Op::Between | Op::Unequal
        )
    }
}

/// How it is known whether a bound includes its number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BoundarySource {
    /// The clause says so: 含, 不含, or a comparison sign.
    Explicit,
    /// The document says so in a clause of its own: 本办法所称以上包括本数.
    Document,
    /// The family of law the document belongs to has its own convention.
    Family,
    /// The next tier starts at the number, so this one ends before it.
    Adjacency,
    /// The Civil Code, article 1259: 以上, 以下, 以内 include; 不满, 超过 do not.
    CivilCode,
}

/// How the statements of one group join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logic {
    /// All of them must hold.
    All,
    /// One of them is enough.
    Any,
    /// So many of them must hold.
    AtLeast(u32),
    /// They are steps: the first that fits decides what is granted.
    Tiers,
}

impl std::fmt::Display for Logic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Logic::All => f.write_str("all"),
            Logic::Any => f.write_str("any"),
            Logic::AtLeast(count) => write!(f, "at_least_{count}"),
            Logic::Tiers => f.write_str("tiers"),
        }
    }
}

impl Serialize for Logic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One statement. Offsets count Unicode characters of the document, the end is
/// not included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Name of the document.
    pub doc: String,
    /// What the statement is about.
    pub kind: Kind,
    /// First character of the shortest words that hold it.
    pub start: usize,
    /// Character after the last.
    pub end: usize,
    /// First character of its clause.
    pub clause_start: usize,
    /// Character after the last of its clause.
    pub clause_end: usize,
    /// The words themselves, as the document has them.
    pub text: String,
    /// Article or list item it stands in, as the document names it.
    pub article: Option<String>,
    /// Group of statements it belongs to, unique in the document.
    pub group: Option<String>,
    /// How the group joins.
    pub logic: Option<Logic>,
    /// Field of the catalogue it measures.
    pub field: Option<&'static str>,
    /// Words that name what is measured.
    pub field_text: Option<String>,
    /// How the value is compared.
    pub op: Op,
    /// The value, or the lower bound of two: decimal in base units, ISO date,
    /// region code, or a word of the catalogue.
    pub value: Option<String>,
    /// The upper bound of two.
    pub value2: Option<String>,
    /// Unit of the values.
    pub unit: Option<String>,
    /// Whether the lower bound belongs to it, where there is one.
    pub lower_inclusive: Option<bool>,
    /// Whether the upper bound belongs to it, where there is one.
    pub upper_inclusive: Option<bool>,
    /// How the bounds are known.
    pub boundary_source: Option<BoundarySource>,
    /// Whether the text excludes those who satisfy it.
    pub negated: bool,
    /// Over which time the quantity is taken, as the document says it.
    pub period: Option<String>,
    /// How sure the reading is, from 0 to 1.
    pub confidence: f64,
    /// Number of the wording pattern, 1 to 110.
    pub pattern: Option<u16>,
}
