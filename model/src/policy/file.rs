//! One version of one policy, as it is written. Every key is documented here;
//! the JSON Schema for editors is generated from these types.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::domain::SubjectKind;

/// The whole file: one policy, one version, one case type.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Lower-case ASCII id shared by all versions, for example `small-low-profit-income-tax`.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Version, for example "2026"; unique within the id and case.
    pub version: String,
    /// New claim or re-check.
    #[serde(default)]
    pub case: CaseType,
    /// Title in Chinese.
    pub title: String,
    /// The document it stands in.
    pub document: Document,
    /// Level of the issuer.
    pub level: Level,
    /// Region of the issuer, quoted: "000000" is the nation. It gates nobody.
    #[schemars(with = "String")]
    pub region: Spanned<String>,
    /// Whose dossiers are judged.
    pub audience: SubjectKind,
    /// What a match is about: the subject itself, or each member of a relation
    /// of the subject, whose fields the rule then reads as `unit.<field>`.
    #[serde(default)]
    #[schemars(with = "String")]
    pub unit: Option<Spanned<String>>,
    /// Who receives it.
    #[serde(default)]
    pub recipient: Recipient,
    /// When the rule is in force; both days included.
    pub valid: Days,
    /// When it can be claimed; empty means as long as it is in force.
    #[serde(default)]
    pub claim: Vec<Days>,
    /// The day at which validity selects the version.
    #[serde(default)]
    pub reference_date: ReferenceDate,
    /// Version that this one replaces.
    #[serde(default)]
    pub supersedes: Option<String>,
    /// How it reaches people.
    pub route: Route,
    /// Once in a lifetime, once a year, or as often as the conditions hold.
    #[serde(default)]
    pub frequency: Frequency,
    /// Code of the benefit in the `benefits` facts of the audience, for
    /// "already received", "once only" and exclusions.
    #[serde(default)]
    pub benefit_code: Option<String>,
    /// Family of policies of which one is enough in a list.
    #[serde(default)]
    pub family: Option<String>,
    /// Life events (一件事) it belongs to.
    #[serde(default)]
    pub life_events: Vec<String>,
    /// Themes for search and ranking.
    #[serde(default)]
    pub themes: Vec<String>,
    /// What has to be handed in, and which electronic licence replaces it.
    #[serde(default)]
    pub materials: Vec<Material>,
    /// Policy ids that cannot be held together with this one.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub excludes: Vec<Spanned<String>>,
    /// Policy ids that can expressly be held together with this one.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub stacks: Vec<Spanned<String>>,
    /// Policy ids for which everybody qualifies who qualifies for this one;
    /// `zhida check --deep` proves it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub implies: Vec<Spanned<String>>,
    /// Who answers questions.
    pub contact: Contact,
    /// Facts of this file that nobody has verified against the official text.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// Must be `demonstration` for texts that are not the official wording.
    pub status: Status,
    /// The text, one entry an article, in the order of the document.
    #[schemars(with = "Vec<Article>")]
    pub text: Vec<Spanned<Article>>,
    /// All of them must hold.
    #[schemars(with = "Vec<Condition>")]
    pub conditions: Vec<Spanned<Condition>>,
    /// What is granted.
    pub benefit: Benefit,
}

/// A document of an issuer.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Document number, for example 国科发火〔2016〕32号; empty where there is none.
    #[serde(default)]
    pub number: String,
    /// Chinese name of the issuer.
    pub issuer: String,
    /// Day of issue, where known.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub issued_on: Option<Date>,
}

/// New claim or re-check: separate rules (decision 3).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Deserialize,
    Serialize,
    JsonSchema,
    Default,
)]
#[serde(rename_all = "snake_case")]
pub enum CaseType {
    /// A first claim.
    #[default]
    NewClaim,
    /// A holder proves again that the conditions hold.
    Recheck,
}

impl CaseType {
    /// The name used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CaseType::NewClaim => "new_claim",
            CaseType::Recheck => "recheck",
        }
    }
}

/// Level of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The nation.
    National,
    /// A province.
    Province,
    /// A city.
    City,
    /// A county or zone.
    County,
}

/// Who receives the benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The subject judged.
    #[default]
    Subject,
    /// Its parent or guardian.
    Guardian,
    /// The head of its household.
    Head,
    /// Its legal representative.
    LegalRepresentative,
}

/// A closed period; an absent bound is open.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// First day, included.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub from: Option<Date>,
    /// Last day, included.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub to: Option<Date>,
}

impl Days {
    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The day at which validity selects the version: `as_of` or a fixed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceDate {
    /// The day judged.
    #[default]
    AsOf,
    /// A fixed day.
    On(Date),
}

impl<'de> Deserialize<'de> for ReferenceDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "as_of" {
            return Ok(ReferenceDate::AsOf);
        }
        text.parse().map(ReferenceDate::On).map_err(|_| {
            serde::de::Error::custom(format!(
                "reference_date `{text}` is neither `as_of` nor a day like 2026-01-31"
            ))
        })
    }
}

impl JsonSchema for ReferenceDate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReferenceDate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "`as_of` or a day like 2026-01-31"
        })
    }
}

/// How a benefit reaches people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 免申即享: no application; at most one confirmation.
    Auto,
    /// Prepared for the subject, who confirms.
    Confirm,
    /// The subject applies.
    Apply,
}

/// How often it can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// As long as the conditions hold.
    #[default]
    Continuous,
    /// Once in each calendar year.
    Yearly,
    /// Once.
    Once,
}

/// A paper to hand in.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Its Chinese name.
    pub name: String,
    /// The electronic licence that replaces it.
    #[serde(default)]
    pub licence: Option<String>,
}

/// Who answers questions.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Chinese name of the deciding department.
    pub department: String,
    /// Telephone; 12345 where nothing better is known.
    #[serde(default)]
    pub phone: Option<String>,
}

/// Standing of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A paraphrase for demonstration: not the official wording.
    Demonstration,
    /// The official wording, confirmed by the issuer.
    Official,
    /// Drafted from a document (`zhida draft`) and confirmed by nobody: it is
    /// checked, but neither matched nor served.
    Draft,
}

/// One article of the text.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its number, for example 第二条 or 一（二）.
    pub article: String,
    /// Its words.
    pub words: String,
}

/// One condition: exactly one of `when`, `manual`, `any`, `all`, `at_least`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// ASCII id, unique in the file.
    pub id: String,
    /// Article of the quoted words; a group takes its members' articles.
    #[serde(default)]
    pub article: Option<String>,
    /// The words it stands for; they must occur in the article.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub quote: Option<Spanned<String>>,
    /// A checked CEL expression.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    /// A clause no datum can decide, with the question a person answers.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub manual: Option<Spanned<String>>,
    /// One of these is enough.
    #[serde(default)]
    #[schemars(with = "Vec<Condition>")]
    pub any: Vec<Spanned<Condition>>,
    /// All of these together.
    #[serde(default)]
    #[schemars(with = "Vec<Condition>")]
    pub all: Vec<Spanned<Condition>>,
    /// At least so many of these.
    #[serde(default)]
    pub at_least: Option<AtLeast>,
    /// How it is known whether the bounds of its thresholds are included.
    #[serde(default)]
    pub bound: Option<BoundSource>,
}

/// M of N.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// How many must hold.
    pub count: usize,
    /// Of which.
    #[schemars(with = "Vec<Condition>")]
    pub of: Vec<Spanned<Condition>>,
}

/// How it is known whether a bound is included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoundSource {
    /// The clause says so: （含）, 不超过, 达到 ….
    Explicit,
    /// The document has an interpretation clause.
    Document,
    /// The family of law has one.
    LawFamily,
    /// The next tier begins there.
    NextTier,
    /// Civil Code art. 1259: 以上, 以下, 以内, 届满 include; 不满, 超过, 以外 do not.
    CivilCode,
}

/// What is granted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// What it is.
    pub kind: BenefitKind,
    /// One Chinese sentence.
    pub summary: String,
    /// CEL expression of type money; absent where no sum can be told.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub amount: Option<Spanned<String>>,
    /// Tiers; the first whose condition holds decides.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Highest sum, as a CEL expression of type money.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub cap: Option<Spanned<String>>,
    /// What the sum is for.
    pub per: Per,
    /// A ceiling (不超过) is no entitlement to the sum.
    #[serde(default)]
    pub ceiling: bool,
    /// Months it is paid at the most.
    #[serde(default)]
    pub months: Option<u32>,
}

/// One tier of a benefit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Chinese label.
    pub label: String,
    /// When it applies.
    #[schemars(with = "String")]
    pub when: Spanned<String>,
    /// How much.
    #[schemars(with = "String")]
    pub amount: Spanned<String>,
}

/// What kind of benefit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BenefitKind {
    /// Money paid out.
    Cash,
    /// Tax or fee not charged.
    Relief,
    /// Interest borne or loan given.
    Loan,
    /// A title or certificate.
    Title,
    /// A service or good.
    Service,
}

/// What the sum is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Once.
    Once,
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every year.
    Year,
    /// No sum.
    None,
}
