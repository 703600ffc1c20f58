//! What is told of the counts: names beside figures, and only what may be
//! shown. A figure that is hidden is `null` in JSON, never zero.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{RegionCode, SubjectKind},
    office::{
        coverage::{Counted, Survey},
        disclosure::Protection,
        ledger::LedgerStep,
        tell::Teller,
    },
    policy::file::{BenefitKind, CaseType, Per, Route},
    rules::dated::Dated,
};

/// A region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// Its code.
    pub code: String,
    /// Its full name.
    pub name: String,
}

impl Place {
    /// A region with its name.
    #[must_use]
    pub fn new(region: RegionCode, dated: &Dated<'_>) -> Place {
        let name = dated.reference.regions.full_name(region).unwrap_or_default();
        Place {
            code: region.to_string(), name: if name.is_empty() { "全国".into() } else { name }
        }
    }
}

/// Subjects by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// How many there are.
    pub population: Option<u64>,
    /// Every condition holds.
    pub eligible: Option<u64>,
    /// Only clauses are left that a person judges.
    pub likely: Option<u64>,
    /// Something is missing.
    pub unknown: Option<u64>,
    /// The data at hand speak against it.
    pub ineligible: Option<u64>,
}

/// Counts of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupCounts {
    /// Short name of the group; a region's code.
    pub key: String,
    /// Chinese label.
    pub label: String,
    /// Subjects.
    #[serde(flatten)]
    pub counts: Counts,
    /// What the open eligible claims come to, in fen.
    pub lower_fen: Option<i64>,
    /// With likely and unknown ones, in fen.
    pub upper_fen: Option<i64>,
}

/// One dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Breakdown {
    /// `region`, `sex`, `age`, `industry` or `size`.
    pub dimension: String,
    /// Chinese label.
    pub label: String,
    /// Its groups; those with nobody in them are left out.
    pub groups: Vec<GroupCounts>,
}

/// Open claims of one verdict and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Claims {
    /// Claims.
    pub claims: Option<u64>,
    /// Of these, how many whose sum cannot be told.
    pub untold: Option<u64>,
    /// The sum of the others, in fen.
    pub fen: Option<i64>,
}

/// What a tier comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TierClaims {
    /// Label of the tier.
    pub label: String,
    /// Eligible claims.
    pub eligible: Claims,
    /// Likely claims.
    pub likely: Claims,
    /// Unknown claims.
    pub unknown: Claims,
}

/// What a policy is expected to come to. The truth lies between the bounds:
/// eligible ≤ truth ≤ eligible + likely + unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Money {
    /// What the sums are for: once, a month, a quarter, a year.
    pub per: Per,
    /// The sums are ceilings, not entitlements.
    pub ceiling: bool,
    /// Eligible claims.
    pub eligible: Claims,
    /// Likely claims.
    pub likely: Claims,
    /// Unknown claims.
    pub unknown: Claims,
    /// Lower bound in fen: the eligible claims whose sum is known.
    pub lower_fen: Option<i64>,
    /// Upper bound in fen: all claims, those without a known sum at the most
    /// the policy grants; `null` where that has no bound or is hidden.
    pub upper_fen: Option<i64>,
    /// By tier, where the policy has tiers.
    pub tiers: Vec<TierClaims>,
}

/// Claims with nothing left to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Settled {
    /// Subjects, eligible or likely, who have nothing left to claim.
    pub subjects: Option<u64>,
    /// Claims received already.
    pub already_received: Option<u64>,
    /// Claims that can be made once and were.
    pub once_only: Option<u64>,
    /// Claims that a benefit already received excludes.
    pub excluded_by: Option<u64>,
}

/// Claims for the units of subjects, by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnitClaims {
    /// Every condition holds.
    pub eligible: Option<u64>,
    /// Only clauses are left that a person judges.
    pub likely: Option<u64>,
    /// Something is missing.
    pub unknown: Option<u64>,
}

/// One policy version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyCoverage {
    /// Id.
    pub policy: String,
    /// Version.
    pub version: String,
    /// Case type.
    pub case: CaseType,
    /// Title.
    pub title: String,
    /// Issuer.
    pub issuer: String,
    /// Whom it is for.
    pub audience: SubjectKind,
    /// How it reaches people.
    pub route: Route,
    /// What it grants.
    pub benefit: BenefitKind,
    /// `open`, `upcoming` or `closed`.
    pub window: String,
    /// What a claim is for, where it is not the subject itself: a relation.
    pub unit: Option<String>,
    /// Subjects by verdict.
    pub subjects: Counts,
    /// Claims by verdict, settled ones included, where they are made for units.
    pub claims: Option<UnitClaims>,
    /// What is settled already.
    pub settled: Settled,
    /// What is to be paid; absent where the policy tells no sum.
    pub money: Option<Money>,
    /// From eligible to paid, once anything is known of the claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Vec<LedgerStep>>,
    /// By group.
    pub groups: Vec<Breakdown>,
}

/// Subjects of one kind that no policy reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unreached {
    /// Whom.
    pub kind: SubjectKind,
    /// How many there are in all.
    pub population: Option<u64>,
    /// How many of them are neither eligible nor likely for any policy.
    pub unreached: Option<u64>,
    /// By group.
    pub groups: Vec<UnreachedGroups>,
}

/// One dimension of those who are not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreachedGroups {
    /// `region`, `sex`, `age`, `industry` or `size`.
    pub dimension: String,
    /// Chinese label.
    pub label: String,
    /// Its groups.
    pub groups: Vec<UnreachedGroup>,
}

/// One group of those who are not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnreachedGroup {
    /// Short name.
    pub key: String,
    /// Chinese label.
    pub label: String,
    /// How many there are in all.
    pub population: Option<u64>,
    /// How many are not reached.
    pub unreached: Option<u64>,
}

/// Two policies whose eligible subjects nearly coincide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OverlapReport {
    /// Id and version of the first.
    pub first: String,
    /// Title of the first.
    pub first_title: String,
    /// Id and version of the second.
    pub second: String,
    /// Title of the second.
    pub second_title: String,
    /// Subjects eligible for both.
    pub both: Option<u64>,
    /// Subjects eligible for either.
    pub either: Option<u64>,
}

/// What the policies leave out together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlindSpots {
    /// Subjects that no policy reaches.
    pub unreached: Vec<Unreached>,
    /// Ids and versions of policies that reach nobody here.
    pub without_reach: Vec<String>,
    /// Pairs whose eligible subjects nearly coincide.
    pub overlaps: Vec<OverlapReport>,
}

/// Coverage of every policy in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// The day judged.
    pub as_of: String,
    /// The data cut-off.
    pub known_at: String,
    /// Whose subjects are counted.
    pub region: Place,
    /// How small counts are hidden; `null` for exact figures.
    pub protection: Option<Protection>,
    /// By policy version.
    pub policies: Vec<PolicyCoverage>,
    /// Who and what is left out.
    pub blind_spots: BlindSpots,
}

/// Tells what was counted. Without protection every figure is exact.
#[must_use]
pub fn report(
    dated: &Dated<'_>,
    surveys: &[Survey],
    region: RegionCode,
    protection: Option<Protection>,
) -> Coverage {
    let teller = Teller { dated, protection };
    let mut policies: Vec<(usize, PolicyCoverage)> = surveys
        .iter()
        .flat_map(|survey| {
            let told = survey.policies.iter().filter_map(|counted| {
                let policy = dated.program.policies.get(counted.policy)?;
                Some((counted.policy, teller.policy(survey, counted, policy)))
            });
            told.collect::<Vec<_>>()
        })
        .collect();
    policies.sort_by_key(|(position, _)| *position);
    let nobody = |counted: &&Counted| counted.total.subjects == [0; 3];
    let without = surveys.iter().flat_map(|survey| survey.policies.iter().filter(nobody));
    let blind_spots = BlindSpots {
        unreached: surveys.iter().map(|survey| teller.unreached(survey)).collect(),
        without_reach: without.map(|counted| teller.name(counted.policy)).collect(),
        overlaps: surveys.iter().flat_map(|survey| teller.overlaps(survey)).collect(),
    };
    Coverage {
        as_of: dated.as_of.to_string(),
        known_at: dated.known_at.to_string(),
        region: Place::new(region, dated),
        protection,
        policies: policies.into_iter().map(|(_, told)| told).collect(),
        blind_spots,
    }
}
