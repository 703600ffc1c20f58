//! What policies say about each other, and whether it can be so: `excludes`,
//! `stacks`, `implies`.

use jiff::civil::Date;
use serde::Serialize;
use serde_saphyr::Spanned;

use crate::{
    diagnostic::{Diagnostic, Severity},
    rules::{
        dated::Dated,
        place,
        program::{Policy, PolicyKey, Program},
    },
};

use super::{
    Answer,
    compare::{together, without},
    written,
};

/// How one policy names another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Not to be held together.
    Excludes,
    /// Expressly to be held together.
    Stacks,
    /// Whoever qualifies for the one qualifies for the other.
    Implies,
}

impl Link {
    /// The key in the file.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Link::Excludes => "excludes",
            Link::Stacks => "stacks",
            Link::Implies => "implies",
        }
    }
}

/// What is proved about one such word.
#[derive(Debug, Clone, Serialize)]
pub struct PairProof {
    /// The policy that names the other.
    pub policy: PolicyKey,
    /// How.
    pub link: Link,
    /// The version of the other that was compared.
    pub other: PolicyKey,
    /// The day judged.
    pub as_of: Date,
    /// For `excludes` and `stacks` somebody who meets both; for `implies`
    /// somebody who meets the first and not the second.
    pub answer: Answer,
}

/// One policy naming another: the file's words and both policies.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'p> {
    /// Who names.
    pub policy: &'p Policy,
    /// How.
    pub link: Link,
    /// As written.
    pub written: &'p Spanned<String>,
    /// Who is named: the version in force on the day, otherwise the latest.
    pub other: &'p Policy,
}

/// Every policy that another names, with the version to compare on its day.
#[must_use]
pub fn pairs<'p>(program: &'p Program, day: impl Fn(&Policy) -> Date) -> Vec<Pair<'p>> {
    let mut pairs = Vec::new();
    for policy in &program.policies {
        let file = &policy.file;
        let links = [
            (Link::Excludes, &file.excludes),
            (Link::Stacks, &file.stacks),
            (Link::Implies, &file.implies),
        ];
        for (link, ids) in links {
            for written in ids {
                if let Some(other) = version(program, &written.value, policy, day(policy)) {
                    pairs.push(Pair { policy, link, written, other });
                }
            }
        }
    }
    pairs
}

fn version<'p>(program: &'p Program, id: &str, by: &Policy, day: Date) -> Option<&'p Policy> {
    let of = || program.policies.iter().filter(|other| other.key.id == id);
    let same_case = |other: &&Policy| other.key.case == by.key.case;
    let in_force = |other: &&Policy| other.file.valid.contains(day);
    let latest = |other: &&Policy| other.file.valid.from;
    of().filter(same_case)
        .filter(in_force)
        .max_by_key(latest)
        .or_else(|| of().filter(in_force).max_by_key(latest))
        .or_else(|| of().max_by_key(latest))
}

impl Pair<'_> {
    /// What there is to prove; nothing where the audiences differ.
    #[must_use]
    pub fn prove(&self, dated: &Dated<'_>) -> Option<PairProof> {
        if self.policy.file.audience != self.other.file.audience {
            return None;
        }
        let answer = match self.link {
            Link::Excludes | Link::Stacks => together(self.policy, self.other, dated),
            Link::Implies => without(self.policy, self.other, dated),
        };
        Some(PairProof {
            policy: self.policy.key.clone(),
            link: self.link,
            other: self.other.key.clone(),
            as_of: dated.as_of,
            answer,
        })
    }

    /// What is wrong, or worth knowing, about it.
    #[must_use]
    pub fn findings(&self, proof: Option<&PairProof>) -> Vec<Diagnostic> {
        let mut findings = self.clashes();
        let id = &self.written.value;
        match proof {
            None => {
                let (severity, help) = match self.link {
                    Link::Implies => {
                        (Severity::Error, "leave it out: one dossier cannot qualify for both")
                    }
                    _ => (Severity::Note, "nothing to do where the document says so"),
                };
                let message = format!(
                    "`{id}` judges the dossiers of another audience ({}, not {})",
                    self.other.file.audience, self.policy.file.audience
                );
                findings.push(self.finding(severity, "other_audience", message, help));
            }
            Some(proof) => findings.extend(self.proved(proof)),
        }
        findings
    }

    fn proved(&self, proof: &PairProof) -> Option<Diagnostic> {
        let (id, version) = (&self.written.value, &proof.other.version);
        Some(match (self.link, &proof.answer) {
            (Link::Excludes, Answer::None) => {
                let message = format!("nobody can meet both this and `{id}` {version} anyway");
                let help = "nothing to do: the conditions keep them apart already";
                self.finding(Severity::Note, "void_exclusion", message, help)
            }
            (Link::Stacks, Answer::None) => {
                let message = format!("nobody can meet both this and `{id}` {version}");
                let help =
                    "leave `stacks` out, or correct the conditions that contradict each other";
                self.finding(Severity::Warning, "never_together", message, help)
            }
            (Link::Implies, Answer::Profile(profile)) => {
                let message = format!(
                    "this dossier qualifies here and not for `{id}` {version}: {}",
                    written::flow_map(profile)
                );
                let help = "leave `implies` out, or correct one of the two rules";
                self.finding(Severity::Error, "not_implied", message, help)
            }
            (_, Answer::Undecided(reason)) => {
                let message = format!("not decided whether it can be with `{id}`: {reason}");
                let severity = match self.link {
                    Link::Implies => Severity::Warning,
                    Link::Excludes | Link::Stacks => Severity::Note,
                };
                self.finding(severity, "undecided", message, "compare the two rules by hand")
            }
            (Link::Excludes | Link::Stacks, Answer::Profile(_)) | (Link::Implies, Answer::None) => {
                return None;
            }
        })
    }

    /// Words that contradict each other, whoever qualifies.
    fn clashes(&self) -> Vec<Diagnostic> {
        let id = &self.written.value;
        let (here, there) = (&self.policy.file, &self.other.file);
        let names = |list: &[Spanned<String>], id: &str| list.iter().any(|of| of.value == id);
        let excluded = names(&here.excludes, id) || names(&there.excludes, &here.id.value);
        let (code, message) = match self.link {
            Link::Stacks if excluded => {
                ("excludes_and_stacks", format!("`{id}` is said to stack and to be excluded"))
            }
            Link::Implies if excluded => (
                "implies_and_excludes",
                format!("whoever qualifies is said to qualify for `{id}`, and that excludes it"),
            ),
            _ => return Vec::new(),
        };
        let help = "keep the one the document says";
        vec![self.finding(Severity::Error, code, message, help)]
    }

    fn finding(
        &self,
        severity: Severity,
        code: &'static str,
        message: String,
        help: &str,
    ) -> Diagnostic {
        Diagnostic {
            file: self.policy.source.clone(),
            place: place::of(self.written),
            severity,
            code,
            message,
            subject: format!("`{}`", self.link.key()),
            help: help.to_owned(),
        }
    }
}
