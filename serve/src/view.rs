//! Bodies that several resources share, and the words people read.
//!
//! Wire types live here and beside their routes; the model carries no HTTP.

use serde::Serialize;
use utoipa::ToSchema;
use zhida_model::{
    domain::Tri,
    matching::{self, Amount, ClaimWindow},
    policy::{
        cases::Verdict,
        file::{CaseType, Level, PolicyFile, Route, Status},
    },
};

/// The words for the result of one condition.
#[must_use]
pub fn result_words(result: Tri, manual: bool) -> &'static str {
    match (result, manual) {
        (Tri::True, _) => "满足",
        (Tri::False, _) => "按现有数据未满足",
        (Tri::Unknown, true) => "由受理部门认定",
        (Tri::Unknown, false) => "缺少信息",
    }
}

/// A sum.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AmountBody {
    /// `known`, `unknown`, or `none` where the policy tells no sum or the data
    /// speak against it.
    pub state: &'static str,
    /// The sum in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fen: Option<i64>,
    /// The sum as people write it, with 若符合 before it while the verdict is
    /// unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl AmountBody {
    /// The sum beside a verdict.
    #[must_use]
    pub fn beside(verdict: Verdict, amount: Amount) -> AmountBody {
        let amount = amount.beside(verdict);
        let state = match amount {
            Amount::None => "none",
            Amount::Unknown => "unknown",
            Amount::Known(_) => "known",
        };
        AmountBody { state, fen: amount.known(), text: amount.words(verdict) }
    }
}

/// Where the claim window stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WindowBody {
    /// `open`, `upcoming` or `closed`.
    pub state: &'static str,
    /// First day, while it is upcoming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day, while it is open and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl From<ClaimWindow> for WindowBody {
    fn from(window: ClaimWindow) -> WindowBody {
        match window {
            ClaimWindow::Open { until } => {
                let until = until.map(|day| day.to_string());
                WindowBody { state: "open", from: None, until }
            }
            ClaimWindow::Upcoming { from } => {
                WindowBody { state: "upcoming", from: Some(from.to_string()), until: None }
            }
            ClaimWindow::Closed => WindowBody { state: "closed", from: None, until: None },
        }
    }
}

/// A datum that is missing, and who could supply it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct MissingBody {
    /// Name in the catalogue.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// Chinese names of the departments that own it.
    pub departments: Vec<String>,
}

impl MissingBody {
    /// With the departments' own names.
    #[must_use]
    pub fn new(
        missing: &matching::Missing,
        catalogue: &zhida_model::catalogue::Catalogue,
    ) -> MissingBody {
        let name = |owner: &String| {
            catalogue.department(owner).map_or_else(|| owner.clone(), |found| found.label.clone())
        };
        MissingBody {
            field: missing.name.clone(),
            label: missing.label.clone(),
            departments: missing.owners.iter().map(name).collect(),
        }
    }
}

/// What identifies a policy in an answer, with what everybody may know of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyBody {
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
    /// `new_claim` or `recheck`.
    pub case: &'static str,
    /// Title.
    pub title: String,
    /// Document number; empty where there is none.
    pub document: String,
    /// Issuer.
    pub issuer: String,
    /// `national`, `province`, `city` or `county`.
    pub level: &'static str,
    /// Region code of the issuer.
    pub region: String,
    /// Chinese name of that region.
    pub region_name: String,
    /// `auto` (no application), `confirm` or `apply`.
    pub route: &'static str,
    /// The benefit in one sentence.
    pub benefit: String,
    /// Themes.
    pub themes: Vec<String>,
    /// Life events it belongs to.
    pub life_events: Vec<String>,
    /// The department that decides.
    pub contact: String,
    /// Its telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Whether the text is a paraphrase for demonstration.
    pub demonstration: bool,
    /// Facts of the file that nobody has verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unverified: Vec<String>,
}

impl PolicyBody {
    /// From a compiled policy.
    #[must_use]
    pub fn new(
        policy: &zhida_model::rules::program::Policy,
        regions: &zhida_model::domain::RegionTable,
    ) -> PolicyBody {
        let file: &PolicyFile = &policy.file;
        PolicyBody {
            id: policy.key.id.clone(),
            version: policy.key.version.clone(),
            case: case_name(policy.key.case),
            title: file.title.clone(),
            document: file.document.number.clone(),
            issuer: file.document.issuer.clone(),
            level: level_name(file.level),
            region: file.region.value.clone(),
            region_name: regions.full_name(policy.region).unwrap_or_default(),
            route: route_name(file.route),
            benefit: file.benefit.summary.clone(),
            themes: file.themes.clone(),
            life_events: file.life_events.clone(),
            contact: file.contact.department.clone(),
            phone: file.contact.phone.clone(),
            demonstration: file.status == Status::Demonstration,
            unverified: file.unverified.clone(),
        }
    }
}

/// The name of a case type in files and addresses.
#[must_use]
pub fn case_name(case: CaseType) -> &'static str {
    match case {
        CaseType::NewClaim => "new_claim",
        CaseType::Recheck => "recheck",
    }
}

/// The name of a level in files and addresses.
#[must_use]
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::National => "national",
        Level::Province => "province",
        Level::City => "city",
        Level::County => "county",
    }
}

/// The name of a route in files.
#[must_use]
pub fn route_name(route: Route) -> &'static str {
    match route {
        Route::Auto => "auto",
        Route::Confirm => "confirm",
        Route::Apply => "apply",
    }
}
