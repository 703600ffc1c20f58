//! The four verdicts (decision 5): V0 with the clauses a person judges left
//! open, V1 with them met.

use crate::{
    domain::Tri,
    policy::cases::Verdict,
    rules::{
        program::{Compiled, Policy},
        scalar::{At, Dossier, Manual, Member, Scalar},
    },
};

/// What a match is about.
#[derive(Debug, Clone, Copy)]
pub enum Unit<'a> {
    /// The subject itself.
    Subject,
    /// A member of the policy's relation.
    Member(Member<'a>),
    /// The relation is not known completely: there may be a member we cannot see.
    Unseen,
}

/// The units of a policy for one subject: itself, or the members of the
/// policy's relation on the day judged.
#[must_use]
pub fn units<'a>(scalar: &Scalar<'a>, policy: &Policy, subject: Dossier<'a>) -> Vec<Unit<'a>> {
    let Some(relation) = policy.unit else { return vec![Unit::Subject] };
    let (members, complete) = scalar.related(relation, subject);
    let mut units: Vec<Unit<'a>> = members.into_iter().map(Unit::Member).collect();
    if !complete {
        units.push(Unit::Unseen);
    }
    units
}

impl<'a> Unit<'a> {
    /// Whom the names of the rule stand for.
    #[must_use]
    pub fn at(&self, subject: Dossier<'a>) -> At<'a> {
        let unit = match self {
            Unit::Member(member) => Some(*member),
            Unit::Subject | Unit::Unseen => None,
        };
        At { subject, unit, member: None }
    }
}

/// The verdict of a policy for a subject or unit.
#[must_use]
pub fn verdict<'a>(scalar: &Scalar<'a>, policy: &Policy, at: &At<'a>) -> Verdict {
    from_truth(scalar.node(policy.root, at, Manual::Open), || {
        scalar.node(policy.root, at, Manual::Met)
    })
}

/// The verdict of a policy for a unit of a subject. Of a unit that nobody can
/// see only the subject's own conditions speak: they may rule it out, never in.
#[must_use]
pub fn unit_verdict<'a>(
    scalar: &Scalar<'a>,
    policy: &Policy,
    unit: &Unit<'a>,
    subject: Dossier<'a>,
) -> Verdict {
    let verdict = verdict(scalar, policy, &unit.at(subject));
    match unit {
        Unit::Unseen => verdict.max(Verdict::Unknown),
        Unit::Subject | Unit::Member(_) => verdict,
    }
}

/// The verdict of V0 and V1.
pub(crate) fn from_truth(open: Tri, met: impl FnOnce() -> Tri) -> Verdict {
    match open {
        Tri::True => Verdict::Eligible,
        Tri::False => Verdict::Ineligible,
        Tri::Unknown if met() == Tri::True => Verdict::Likely,
        Tri::Unknown => Verdict::Unknown,
    }
}

/// The conditions of the file that fail for certain.
#[must_use]
pub fn failing<'p, 'a>(scalar: &Scalar<'a>, policy: &'p Policy, at: &At<'a>) -> Vec<&'p Compiled> {
    policy
        .conditions
        .iter()
        .filter(|condition| scalar.node(condition.node, at, Manual::Met) == Tri::False)
        .collect()
}
