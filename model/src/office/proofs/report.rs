//! Everything that is proved about a set of policies, and the findings to be
//! made of it.

use rayon::prelude::*;
use serde::Serialize;

use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    reference::Reference,
    rules::{
        dated::Dated,
        lint::{self, place_of},
        place,
        program::{Policy, Program},
    },
};

use super::{
    Answer, Scope,
    changes::changes,
    compare::{Difference, without},
    pairs::{PairProof, pairs},
    policy::{ConditionProof, PolicyProof, Standing, days, quotes_apart},
    time,
};

/// What is proved, and what follows from it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Each policy, in the order of the program.
    pub policies: Vec<PolicyReport>,
    /// What policies say about each other.
    pub pairs: Vec<PairProof>,
    /// How much was proved.
    pub totals: Totals,
    /// What is wrong, or worth knowing.
    #[serde(skip)]
    pub findings: Vec<Diagnostic>,
}

impl Report {
    /// Whether a finding of the linter, which tries values, is decided by a
    /// proof: then the proof speaks for itself, or it shows that somebody does
    /// what nobody was found to do.
    #[must_use]
    pub fn overrules(&self, finding: &Diagnostic) -> bool {
        let of = |report: &&PolicyReport| report.proof.source == finding.file;
        let Some(report) = self.policies.iter().find(of) else { return false };
        let proof = &report.proof;
        let subject = |id: &str| finding.subject == format!("condition `{id}`");
        let about = proof.conditions.iter().find(|condition| subject(&condition.id));
        match (finding.code, about) {
            ("never_met", None) => {
                finding.subject.is_empty() && !matches!(proof.profile, Answer::Undecided(_))
            }
            // Whoever meets the policy meets each of its own conditions.
            ("never_met", Some(condition)) => {
                condition.within.is_none() && proof.profile.profile().is_some()
            }
            ("never_fails", Some(condition)) => {
                matches!(condition.standing, Standing::FailsAlone { .. })
            }
            _ => false,
        }
    }
}

/// One policy.
#[derive(Debug, Serialize)]
pub struct PolicyReport {
    /// What is proved about it alone.
    #[serde(flatten)]
    pub proof: PolicyProof,
    /// How it differs from the version it supersedes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// How much was proved.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Policies that somebody meets.
    pub met: usize,
    /// Policies that nobody meets.
    pub never_met: usize,
    /// Conditions that somebody fails alone, and members that decide alone.
    pub alone: usize,
    /// Conditions proved to add nothing.
    pub redundant: usize,
    /// Conditions a person judges.
    pub person: usize,
    /// Policies and conditions that were not decided.
    pub undecided: usize,
}

/// Proves what there is to prove about the policies of a program.
#[must_use]
pub fn report(program: &Program, reference: &Reference) -> Report {
    let scope = Scope::new(program, reference);
    let proofs = scope.prove();
    let day = |policy: &Policy| lint::examined_on(&policy.file);
    let prepared = scope.on_each(program.policies.iter().map(day));
    let on = |policy: &Policy| prepared.get(&day(policy));
    let differences: Vec<Option<Difference>> = program
        .policies
        .par_iter()
        .map(|policy| {
            let older = superseded(program, policy)?;
            Some(difference(older, policy, on(policy)?, program, reference))
        })
        .collect();
    let named = pairs(program, day);
    let proved: Vec<(Option<PairProof>, Vec<Diagnostic>)> = named
        .par_iter()
        .filter_map(|pair| {
            let proof = pair.prove(on(pair.policy)?);
            let findings = pair.findings(proof.as_ref());
            Some((proof, findings))
        })
        .collect();
    let mut findings: Vec<Diagnostic> = program
        .policies
        .iter()
        .zip(&proofs)
        .flat_map(|(policy, proof)| policy_findings(policy, proof))
        .collect();
    findings.extend(proved.iter().flat_map(|(_, findings)| findings.clone()));
    findings.extend(time::gaps(program, reference));
    let totals = totals(&proofs);
    let policies = proofs
        .into_iter()
        .zip(differences)
        .map(|(proof, difference)| PolicyReport { proof, difference })
        .collect();
    let pairs = proved.into_iter().filter_map(|(proof, _)| proof).collect();
    Report { policies, pairs, totals, findings }
}

fn superseded<'p>(program: &'p Program, policy: &Policy) -> Option<&'p Policy> {
    let older = policy.file.supersedes.as_ref()?;
    let at = program.find(&policy.key.id, older, policy.key.case)?;
    program.policies.get(at)
}

/// How a second policy differs from a first one, both judged on one day.
#[must_use]
pub fn difference(
    from: &Policy,
    to: &Policy,
    dated: &Dated<'_>,
    program: &Program,
    reference: &Reference,
) -> Difference {
    let (gained, lost) = (without(to, from, dated), without(from, to, dated));
    Difference {
        from: from.key.clone(),
        to: to.key.clone(),
        as_of: dated.as_of,
        verdict: Difference::verdict(&gained, &lost),
        person: [from, to].iter().any(|policy| dated.program.graph.has_manual(policy.root)),
        gained,
        lost,
        changes: changes(from, to, program, reference),
    }
}

fn totals(proofs: &[PolicyProof]) -> Totals {
    let mut totals = Totals::default();
    for proof in proofs {
        match proof.profile {
            Answer::Profile(_) => totals.met += 1,
            Answer::None => totals.never_met += 1,
            Answer::Undecided(_) => totals.undecided += 1,
        }
        for condition in &proof.conditions {
            match condition.standing {
                Standing::FailsAlone { .. } | Standing::DecidesAlone { .. } => totals.alone += 1,
                Standing::Redundant { .. } => totals.redundant += 1,
                Standing::Person => totals.person += 1,
                Standing::Undecided { .. } => totals.undecided += 1,
            }
        }
    }
    totals
}

fn policy_findings(policy: &Policy, proof: &PolicyProof) -> Vec<Diagnostic> {
    let finding = |at: Place, severity, code, subject: &str, message, help: &str| Diagnostic {
        file: policy.source.clone(),
        place: at,
        severity,
        code,
        message,
        subject: subject.to_owned(),
        help: help.to_owned(),
    };
    let mut findings = Vec::new();
    match &proof.profile {
        Answer::Profile(_) => {}
        Answer::None => {
            let days: Vec<String> = days(&policy.file).iter().map(ToString::to_string).collect();
            let message =
                format!("no dossier can meet all conditions together, on {}", days.join(", "));
            let help = "two conditions contradict each other";
            let at = place::of(&policy.file.id);
            findings.push(finding(at, Severity::Error, "never_met", "", message, help));
        }
        Answer::Undecided(reason) => {
            let message = format!("not decided whether anybody can meet it: {reason}");
            let at = place::of(&policy.file.id);
            let help = "a case that is eligible shows that somebody does";
            findings.push(finding(at, Severity::Note, "undecided", "", message, help));
        }
    }
    for condition in &proof.conditions {
        let subject = format!("condition `{}`", condition.id);
        let at = place_of(&policy.file, &condition.id);
        match &condition.standing {
            Standing::Redundant { implied_by } => {
                let (severity, message, help) = redundant(policy, condition, implied_by);
                findings.push(finding(at, severity, "redundant", &subject, message, help));
            }
            Standing::Undecided { reason } => {
                let message = format!("not decided whether it adds anything: {reason}");
                let help = "a case that fails it alone shows that it does";
                findings.push(finding(at, Severity::Note, "undecided", &subject, message, help));
            }
            Standing::FailsAlone { .. } | Standing::DecidesAlone { .. } | Standing::Person => {}
        }
    }
    findings
}

/// A condition that adds nothing is a mistake, unless the document itself says
/// both: then each stands on words of its own.
fn redundant(
    policy: &Policy,
    condition: &ConditionProof,
    implied_by: &[String],
) -> (Severity, String, &'static str) {
    let names = implied_by.join("`, `");
    let message = match (&condition.within, implied_by.is_empty()) {
        (_, true) if condition.within.is_none() => "no data can make it fail".to_owned(),
        (Some(group), true) => format!("no data can make it decide in `{group}`"),
        (Some(group), false) => format!("it never decides in `{group}`: beside it stand `{names}`"),
        (None, _) => format!("nobody who meets `{names}` can fail it"),
    };
    let mut ids: Vec<&str> = implied_by.iter().map(String::as_str).collect();
    ids.push(&condition.id);
    if !implied_by.is_empty() && quotes_apart(&policy.file, &ids) {
        return (Severity::Note, message, "nothing to do: the document says both");
    }
    (Severity::Warning, message, "leave it out, or correct the condition that was meant")
}
