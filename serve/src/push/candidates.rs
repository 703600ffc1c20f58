//! Who is to be told what: the matches of a range of subjects that are sure
//! enough, not suppressed, and have somebody to tell.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use zhida_model::{
    catalogue::Catalogue,
    domain::{SubjectKey, SubjectKind},
    frame::{Values, World},
    matching::{Match, Matcher, Suppression},
    policy::file::Recipient,
    rules::{
        dated::add_months,
        program::Policy,
        scalar::{Dossier, Scalar},
    },
};

use crate::{
    judging::{self, Wanted},
    view::{case_name, route_name},
};

/// Months until a person is of age (Civil Code art. 17).
const OF_AGE: i64 = 18 * 12;
/// Conditions named in the reason of a push.
const REASONS: usize = 3;

/// A push that may be new.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) kind: SubjectKind,
    pub(super) policy: String,
    pub(super) version: String,
    pub(super) case: &'static str,
    pub(super) unit: String,
    pub(super) title: String,
    pub(super) verdict: &'static str,
    pub(super) amount: Option<i64>,
    pub(super) reason: String,
    pub(super) route: &'static str,
    pub(super) deadline: Option<String>,
    pub(super) topics: Vec<String>,
    pub(super) score: f64,
}

/// What judging a range of subjects came to.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Keys of every subject of the range.
    pub(super) subjects: Vec<String>,
    /// What may be new, by subject in the order of the rows, best first.
    pub(super) candidates: Vec<Candidate>,
    /// Why a push that is out would not be made now, by its id.
    pub(super) suppressed: FxHashMap<String, &'static str>,
    /// Subjects that have died or are deregistered.
    pub(super) gone: FxHashMap<String, &'static str>,
    /// Matches that nobody can be told of.
    pub(super) unreachable: usize,
}

/// Judges the subjects of a range of rows.
pub(super) fn batch(matcher: &Matcher<'_>, kind: SubjectKind, rows: Range<u32>) -> Batch {
    let parts: Vec<Batch> = rows.into_par_iter().map(|row| subject(matcher, kind, row)).collect();
    let mut whole = Batch::default();
    for part in parts {
        whole.subjects.extend(part.subjects);
        whole.candidates.extend(part.candidates);
        whole.suppressed.extend(part.suppressed);
        whole.gone.extend(part.gone);
        whole.unreachable += part.unreachable;
    }
    whole
}

fn subject(matcher: &Matcher<'_>, kind: SubjectKind, row: u32) -> Batch {
    let mut batch = Batch::default();
    let Some((frame, local)) = matcher.scalar.world.of(kind).locate(row) else { return batch };
    let dossier = Dossier { frame, row: local };
    let key = frame.key(local);
    batch.subjects.push(key.to_string());
    if let Some(gone) = matcher.gone(kind, dossier) {
        batch.gone.insert(key.to_string(), gone.name());
        return batch;
    }
    let people = People { scalar: &matcher.scalar };
    for found in judging::judge(matcher, kind, row, Wanted::default()).matches {
        let Some(policy) = matcher.scalar.dated.program.policies.get(found.policy) else {
            continue;
        };
        let recipients = people.recipients(policy.file.recipient, kind, dossier, key);
        match &found.suppressed {
            Some(why) => {
                let ids = recipients.iter().map(|to| id(*to, &found, policy));
                batch.suppressed.extend(ids.map(|id| (id, Suppression::name(why))));
            }
            None if recipients.is_empty() => batch.unreachable += 1,
            None => {
                let at = judging::at_of(matcher, policy, dossier, found.unit);
                let reason = reason(&judging::why(matcher, policy, &at), &found);
                let made = recipients
                    .iter()
                    .map(|to| candidate(*to, kind, &found, policy, reason.clone()));
                batch.candidates.extend(made);
            }
        }
    }
    batch
}

/// The words of a push: how sure it is, and the first conditions that hold.
fn reason(why: &[String], found: &Match) -> String {
    let met: Vec<&str> =
        why.iter().filter_map(|line| line.strip_prefix("满足：")).take(REASONS).collect();
    let words = found.verdict.label();
    if met.is_empty() { words.to_owned() } else { format!("{words}：{}", met.join("；")) }
}

/// The id of a push: made from what it is about and whom it goes to.
fn id(recipient: SubjectKey, found: &Match, policy: &Policy) -> String {
    let mut digest = Sha256::new();
    let unit = found.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let key = &policy.key;
    for part in [
        recipient.to_string().as_str(),
        &found.subject.to_string(),
        &key.id,
        &key.version,
        case_name(key.case),
        &unit,
    ] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn candidate(
    recipient: SubjectKey,
    kind: SubjectKind,
    found: &Match,
    policy: &Policy,
    reason: String,
) -> Candidate {
    let file = &policy.file;
    Candidate {
        id: id(recipient, found, policy),
        recipient: recipient.to_string(),
        subject: found.subject.to_string(),
        kind,
        policy: policy.key.id.clone(),
        version: policy.key.version.clone(),
        case: case_name(policy.key.case),
        unit: found.unit.map(|unit| unit.to_string()).unwrap_or_default(),
        title: file.title.clone(),
        verdict: found.verdict.name(),
        amount: found.amount.known(),
        reason,
        route: route_name(file.route),
        deadline: crate::view::WindowBody::from(found.window).until,
        topics: file.themes.clone(),
        score: found.score,
    }
}

/// Finds whom to tell. Nobody who has died is told anything, and nobody under
/// age: their parents are.
struct People<'s, 'a> {
    scalar: &'s Scalar<'a>,
}

impl<'a> People<'_, 'a> {
    fn recipients(
        &self,
        recipient: Recipient,
        kind: SubjectKind,
        dossier: Dossier<'a>,
        own: SubjectKey,
    ) -> Vec<SubjectKey> {
        let found = match (kind, recipient) {
            (SubjectKind::Enterprise, Recipient::LegalRepresentative) => {
                self.related(kind, "legal_representative", dossier, |_| true)
            }
            (SubjectKind::Enterprise, _) => Vec::new(),
            (SubjectKind::Citizen, Recipient::Head) => {
                self.related(kind, "household", dossier, |member| self.is_head(member))
            }
            (SubjectKind::Citizen, Recipient::Guardian) if self.of_age(dossier) != Some(true) => {
                self.related(kind, "parents", dossier, |_| true)
            }
            (SubjectKind::Citizen, _) => Vec::new(),
        };
        if !found.is_empty() {
            return found;
        }
        // Nobody else is known: the subject, when it may be told.
        let guardian = recipient == Recipient::Guardian;
        match (kind, self.of_age(dossier)) {
            (SubjectKind::Enterprise, _) | (SubjectKind::Citizen, Some(true)) => vec![own],
            (SubjectKind::Citizen, None) if !guardian => vec![own],
            (SubjectKind::Citizen, None) => Vec::new(),
            (SubjectKind::Citizen, Some(false)) => self.related(kind, "parents", dossier, |_| true),
        }
    }

    /// Living members of age of a relation, each once, in order of key.
    fn related(
        &self,
        kind: SubjectKind,
        relation: &str,
        dossier: Dossier<'a>,
        wanted: impl Fn(Dossier<'a>) -> bool,
    ) -> Vec<SubjectKey> {
        let Some(relation) = self.catalogue().relation(kind, relation) else { return Vec::new() };
        let (members, _) = self.scalar.related(relation.id, dossier);
        let mut keys: Vec<SubjectKey> = members
            .into_iter()
            .map(|member| member.dossier)
            .filter(|member| self.of_age(*member) != Some(false) && !self.dead(*member))
            .filter(|member| wanted(*member))
            .map(|member| member.frame.key(member.row))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn catalogue(&self) -> &'a Catalogue {
        &self.scalar.dated.reference.catalogue
    }

    fn is_head(&self, member: Dossier<'a>) -> bool {
        let field = self.catalogue().field(SubjectKind::Citizen, "household_role");
        let code = field.and_then(|field| {
            let column = member.frame.column(field.id)?;
            let known = column.known.as_ref().is_none_or(|known| known.value(member.row));
            let Values::Code(codes) = &column.values else { return None };
            let code = *codes.get(member.row).filter(|_| known)?;
            Some(field.codes.as_ref()?.entry(code)?.code.as_str())
        });
        code == Some("head")
    }

    fn day(&self, field: &str, member: Dossier<'a>) -> Option<i32> {
        let field = self.catalogue().field(SubjectKind::Citizen, field)?;
        let column = member.frame.column(field.id)?;
        let known = column.known.as_ref().is_none_or(|known| known.value(member.row));
        let Values::Date(days) = &column.values else { return None };
        days.get(member.row).copied().filter(|_| known)
    }

    /// Whether a person is of age; `None` when the day of birth is not known.
    fn of_age(&self, member: Dossier<'a>) -> Option<bool> {
        let birth = self.day("birth_date", member)?;
        Some(add_months(birth, OF_AGE)? <= self.scalar.dated.today)
    }

    fn dead(&self, member: Dossier<'a>) -> bool {
        self.day("death_date", member).is_some_and(|day| day <= self.scalar.dated.today)
    }
}

/// Whether a world holds any dossiers of a kind.
pub(super) fn rows(world: &World, kind: SubjectKind) -> u32 {
    u32::try_from(world.of(kind).rows).unwrap_or(u32::MAX)
}
