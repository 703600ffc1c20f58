//! The cases beside a policy: dossiers in the words of the catalogue and the
//! verdict that the policy's own words give them. They are written by hand
//! from the text, never generated from the rule.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::file::CaseType;

/// `<policy file>.cases.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CasesFile {
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its case type.
    #[serde(default)]
    pub case: CaseType,
    /// The day judged.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// Data cut-off; `as_of` by default.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub known_at: Option<Date>,
    /// Local parameters in force for these cases: name → region → value.
    #[serde(default)]
    pub parameters: BTreeMap<String, BTreeMap<String, Value>>,
    /// The dossier that every case starts from. A field not named is unknown.
    pub base: BTreeMap<String, Value>,
    /// The cases.
    #[schemars(with = "Vec<Case>")]
    pub cases: Vec<Spanned<Case>>,
}

/// One case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, in Chinese.
    pub name: String,
    /// Fields that differ from the base.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
    /// Fields that are unknown here.
    #[serde(default)]
    pub unset: Vec<String>,
    /// Another day than the file's.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// The verdict the policy's words give.
    pub expect: Verdict,
    /// For `unknown`: the missing fields.
    #[serde(default)]
    pub missing: Option<Vec<String>>,
    /// For `ineligible`: ids of the failing conditions.
    #[serde(default)]
    pub fails: Option<Vec<String>>,
    /// The sum in yuan, for example "3600" or "10.79万".
    #[serde(default)]
    pub amount: Option<Value>,
    /// The words that decide it.
    #[serde(default)]
    pub because: Option<String>,
}

/// The four verdicts (decision 5).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every condition holds.
    Eligible,
    /// Only clauses are left that a person judges.
    Likely,
    /// Something is missing.
    Unknown,
    /// A condition fails, whatever is missing.
    Ineligible,
}

impl Verdict {
    /// All four, best first.
    pub const ALL: [Verdict; 4] =
        [Verdict::Eligible, Verdict::Likely, Verdict::Unknown, Verdict::Ineligible];

    /// The name used in files and URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Eligible => "eligible",
            Verdict::Likely => "likely",
            Verdict::Unknown => "unknown",
            Verdict::Ineligible => "ineligible",
        }
    }

    /// The Chinese words shown to people; the system never refuses by itself.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Eligible => "符合",
            Verdict::Likely => "可能符合（待人工认定）",
            Verdict::Unknown => "信息不足",
            Verdict::Ineligible => "暂不符合",
        }
    }
}
