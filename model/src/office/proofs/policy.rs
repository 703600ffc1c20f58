//! What is proved about one policy: who meets it, and what each of its
//! conditions adds to the others.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    catalogue::RelationId,
    matching::{self, Unit},
    policy::{
        cases::Verdict,
        file::{Condition, PolicyFile},
    },
    rules::{
        dated::Dated,
        ir::{Graph, NodeId},
        lint,
        program::{Compiled, CompiledKind, Policy, PolicyKey},
        scalar::{Dossier, Scalar},
        values::{Builder, Typed},
    },
};

use super::{Answer, Question, Wanted};

/// What is proved about a policy.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyProof {
    /// Its key.
    #[serde(flatten)]
    pub key: PolicyKey,
    /// Its file.
    pub source: String,
    /// The day judged.
    pub as_of: Date,
    /// Somebody who meets all conditions.
    pub profile: Answer,
    /// The verdict for that dossier: likely where a person judges a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Verdict>,
    /// What each condition adds, groups before their members.
    pub conditions: Vec<ConditionProof>,
}

/// What is proved about a condition.
#[derive(Debug, Clone, Serialize)]
pub struct ConditionProof {
    /// Its id.
    pub id: String,
    /// The group it is a member of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// What it adds.
    #[serde(flatten)]
    pub standing: Standing,
    /// The verdict for the dossier found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Verdict>,
}

impl Standing {
    /// The dossier found, if there is one.
    #[must_use]
    pub fn profile(&self) -> Option<&Typed> {
        match self {
            Standing::FailsAlone { profile } | Standing::DecidesAlone { profile } => Some(profile),
            Standing::Redundant { .. } | Standing::Person | Standing::Undecided { .. } => None,
        }
    }
}

/// What a condition adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Somebody fails it and meets all others.
    FailsAlone {
        /// Who.
        profile: Typed,
    },
    /// A member of a group: somebody meets the group through it and not
    /// through the others.
    DecidesAlone {
        /// Who.
        profile: Typed,
    },
    /// It never decides anything: whoever meets these (or, for a member of a
    /// group, meets it) is decided already.
    Redundant {
        /// The smallest set of conditions found that decides; empty when no
        /// data at all can make it fail.
        implied_by: Vec<String>,
    },
    /// A person judges it: nobody fails it by data.
    Person,
    /// Neither was found, for this reason.
    Undecided {
        /// The reason.
        reason: String,
    },
}

/// Another condition: the name it is told under, its node, the truth it has.
type Other = (String, NodeId, bool);

/// A question about one condition, before the day is fixed: what the others
/// are, and what it is itself.
#[derive(Debug, Clone)]
pub struct Probe {
    id: String,
    within: Option<String>,
    /// The other conditions with their truth, by the names they are told under.
    context: Vec<Other>,
    node: NodeId,
    truth: bool,
    person: bool,
}

/// The questions about every condition of a policy. Some need nodes that the
/// rule itself has not ("exactly two of the others"); they are added to the graph.
#[must_use]
pub fn probes(policy: &Policy, graph: &mut Graph) -> Vec<Probe> {
    let mut probes = Vec::new();
    for condition in &policy.conditions {
        let others = policy.conditions.iter().filter(|other| other.id != condition.id);
        let context: Vec<_> = others.map(|other| (other.id.clone(), other.node, true)).collect();
        probe(condition, None, &context, false, graph, &mut probes);
    }
    probes
}

fn probe(
    condition: &Compiled,
    within: Option<&str>,
    context: &[Other],
    truth: bool,
    graph: &mut Graph,
    probes: &mut Vec<Probe>,
) {
    probes.push(Probe {
        id: condition.id.clone(),
        within: within.map(str::to_owned),
        context: context.to_vec(),
        node: condition.node,
        truth,
        person: graph.has_manual(condition.node),
    });
    let members = condition.kind.members();
    for member in members {
        let siblings: Vec<&Compiled> =
            members.iter().filter(|other| other.id != member.id).collect();
        let mut context = context.to_vec();
        let truth = match &condition.kind {
            CompiledKind::All(_) => {
                let met = siblings.iter().map(|other| (other.id.clone(), other.node, true));
                context.extend(met);
                false
            }
            CompiledKind::AtLeast(count, _) => {
                let nodes: Vec<NodeId> = siblings.iter().map(|other| other.node).collect();
                let names: Vec<&str> = siblings.iter().map(|other| other.id.as_str()).collect();
                let names = names.join(", ");
                let enough = graph.at_least(*count, nodes.clone());
                let almost = graph.at_least(count.saturating_sub(1), nodes);
                context.push((names.clone(), enough, false));
                context.push((names, almost, true));
                true
            }
            CompiledKind::Any(_) | CompiledKind::When(_) | CompiledKind::Manual(_) => {
                // Nobody fails by data what a person judges: it stays open.
                let failed = siblings.iter().filter(|other| !graph.has_manual(other.node));
                context.extend(failed.map(|other| (other.id.clone(), other.node, false)));
                true
            }
        };
        probe(member, Some(&condition.id), &context, truth, graph, probes);
    }
}

/// Proves what there is to prove about a policy on a day.
#[must_use]
pub fn prove(policy: &Policy, probes: &[Probe], days: &[&Dated<'_>]) -> Option<PolicyProof> {
    let mut chosen = days.first()?;
    let mut profile = somebody(policy, chosen);
    for day in days.iter().skip(1) {
        if profile.profile().is_some() {
            break;
        }
        let other = somebody(policy, day);
        if other.profile().is_some() || profile.is_none() && !other.is_none() {
            (chosen, profile) = (day, other);
        }
    }
    let conditions = match &profile {
        Answer::None => Vec::new(),
        _ => probes.iter().map(|probe| examine(policy, probe, chosen, profile.profile())).collect(),
    };
    Some(PolicyProof {
        key: policy.key.clone(),
        source: policy.source.clone(),
        as_of: chosen.as_of,
        expect: profile.profile().and_then(|typed| verdict(policy, chosen, typed)),
        profile,
        conditions,
    })
}

/// Somebody who meets a policy.
#[must_use]
pub fn somebody(policy: &Policy, dated: &Dated<'_>) -> Answer {
    let wanted = vec![Wanted { node: policy.root, unit: unit(policy), truth: true }];
    let (kind, units) = (policy.file.audience, units(policy));
    Question { dated, kind, units, wanted, near: None }.answer()
}

/// The unit of a policy asked about alone: the first, if it has one.
fn unit(policy: &Policy) -> Option<usize> {
    policy.unit.map(|_| 0)
}

fn units(policy: &Policy) -> Vec<RelationId> {
    policy.unit.into_iter().collect()
}

fn examine(
    policy: &Policy,
    probe: &Probe,
    dated: &Dated<'_>,
    near: Option<&Typed>,
) -> ConditionProof {
    let ask = |context: &[&Other]| {
        let unit = unit(policy);
        let mut wanted = vec![Wanted { node: probe.node, unit, truth: probe.truth }];
        wanted.extend(context.iter().map(|(_, node, truth)| Wanted {
            node: *node,
            unit,
            truth: *truth,
        }));
        let (kind, units) = (policy.file.audience, units(policy));
        Question { dated, kind, units, wanted, near }.answer()
    };
    let all: Vec<&Other> = probe.context.iter().collect();
    let standing = match ask(&all) {
        Answer::Profile(profile) if probe.truth => Standing::DecidesAlone { profile },
        Answer::Profile(profile) => Standing::FailsAlone { profile },
        Answer::Undecided(reason) => Standing::Undecided { reason },
        Answer::None if probe.person => Standing::Person,
        Answer::None => Standing::Redundant { implied_by: smallest(all, &ask) },
    };
    let expect = standing.profile().and_then(|typed| verdict(policy, dated, typed));
    ConditionProof { id: probe.id.clone(), within: probe.within.clone(), standing, expect }
}

/// The verdict for a dossier, of its best unit, as for a case.
fn verdict(policy: &Policy, dated: &Dated<'_>, typed: &Typed) -> Option<Verdict> {
    let mut builder = Builder::new(dated.reference);
    let row = builder.add(policy.file.audience, typed).ok()?;
    let world = builder.build();
    let (frame, row) = world.of(policy.file.audience).locate(row)?;
    let scalar = Scalar::new(dated, &world);
    let subject = Dossier { frame, row };
    let judged = matching::units(&scalar, policy, subject).into_iter().map(|unit| match unit {
        Unit::Unseen => Verdict::Unknown,
        Unit::Subject | Unit::Member(_) => matching::verdict(&scalar, policy, &unit.at(subject)),
    });
    judged.min()
}

/// Leaves out of a contradiction whatever it does without.
fn smallest(all: Vec<&Other>, ask: &dyn Fn(&[&Other]) -> Answer) -> Vec<String> {
    let mut needed = all;
    let mut at = 0;
    while at < needed.len() {
        let mut fewer = needed.clone();
        fewer.remove(at);
        if ask(&fewer).is_none() {
            needed = fewer;
        } else {
            at += 1;
        }
    }
    let mut names: Vec<String> = needed.into_iter().map(|(name, ..)| name.clone()).collect();
    names.dedup();
    names
}

/// The days on which a policy is examined: the one the linter takes, and if
/// nobody meets it then, the first and last days of validity and claims.
#[must_use]
pub fn days(file: &PolicyFile) -> Vec<Date> {
    let mut days = vec![lint::examined_on(file)];
    let windows = std::iter::once(&file.valid).chain(&file.claim);
    days.extend(windows.flat_map(|window| [window.from, window.to]).flatten());
    let mut seen = std::collections::BTreeSet::new();
    days.retain(|day| seen.insert(*day));
    days
}

/// Whether every one of these conditions stands on words of its own: then the
/// document itself says both, and nothing is wrong with the rule.
#[must_use]
pub fn quotes_apart(file: &PolicyFile, ids: &[&str]) -> bool {
    let quotes: Vec<Option<&str>> = ids.iter().map(|id| quote(file, id)).collect();
    let mut told: Vec<&str> = quotes.iter().filter_map(|quote| *quote).collect();
    let complete = told.len() == ids.len();
    told.sort_unstable();
    let before = told.len();
    told.dedup();
    complete && told.len() == before
}

/// The words a condition quotes; of a group, those of its first member.
fn quote<'f>(file: &'f PolicyFile, id: &str) -> Option<&'f str> {
    fn words(condition: &Condition) -> Option<&str> {
        let own = condition.quote.as_ref().map(|quote| quote.value.as_str());
        let below = crate::rules::program::members(condition);
        own.or_else(|| below.into_iter().find_map(|member| words(&member.value)))
    }
    let mut stack: Vec<&Condition> =
        file.conditions.iter().map(|condition| &condition.value).collect();
    while let Some(condition) = stack.pop() {
        if condition.id == id {
            return words(condition);
        }
        stack.extend(crate::rules::program::members(condition).into_iter().map(|m| &m.value));
    }
    None
}
