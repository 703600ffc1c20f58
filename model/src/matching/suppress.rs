//! What keeps a match from being shown although the rule is met: the subject
//! has the benefit already, holds one that excludes it, is dead or
//! deregistered, or the window is closed. The verdict itself is never changed.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    catalogue::FieldId,
    domain::SubjectKind,
    frame::Values,
    policy::file::{Frequency, PolicyFile},
    reference::Reference,
    rules::{
        dated::{Dated, days_of},
        program::Program,
        scalar::{At, Dossier, Scalar},
    },
};

use super::select::ClaimWindow;

/// Field of both kinds with the benefits received; its codes are the policies' benefit codes.
const BENEFITS: &str = "benefits";
/// Field with the day of death.
const DEATH: &str = "death_date";
/// Field with the standing of an enterprise in the register.
const REGISTRATION: &str = "registration_status";
/// Codes of an enterprise that no longer exists.
const GONE: [&str; 2] = ["deregistered", "revoked"];

/// Why a match is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Suppression {
    /// The benefit is being received, or was this year.
    AlreadyReceived,
    /// It can be had once and was.
    OnceOnly,
    /// A benefit already received excludes it.
    ExcludedBy {
        /// Id of the policy that excludes it.
        policy: String,
    },
    /// The subject has died.
    Dead,
    /// The enterprise is deregistered or its licence revoked.
    Deregistered,
    /// Every claim window is past.
    WindowClosed,
}

impl Suppression {
    /// The name used in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Suppression::AlreadyReceived => "already_received",
            Suppression::OnceOnly => "once_only",
            Suppression::ExcludedBy { .. } => "excluded_by",
            Suppression::Dead => "dead",
            Suppression::Deregistered => "deregistered",
            Suppression::WindowClosed => "window_closed",
        }
    }

    /// The Chinese words shown to people.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Suppression::AlreadyReceived => "已享受",
            Suppression::OnceOnly => "仅限享受一次，已享受",
            Suppression::ExcludedBy { .. } => "已享受互斥政策",
            Suppression::Dead => "已死亡",
            Suppression::Deregistered => "已注销或吊销",
            Suppression::WindowClosed => "申报期已过",
        }
    }
}

/// Suppressions that hold for every policy: the subject is gone.
#[must_use]
pub fn gone<'a>(scalar: &Scalar<'a>, kind: SubjectKind, of: Dossier<'a>) -> Option<Suppression> {
    let catalogue = &scalar.dated.reference.catalogue;
    match kind {
        SubjectKind::Citizen => {
            let field = catalogue.field(kind, DEATH)?;
            let column = of.frame.column(field.id)?;
            let known = column.known.as_ref().is_none_or(|known| known.value(of.row));
            let Values::Date(days) = &column.values else { return None };
            (known && *days.get(of.row)? <= scalar.dated.today).then_some(Suppression::Dead)
        }
        SubjectKind::Enterprise => {
            let field = catalogue.field(kind, REGISTRATION)?;
            let column = of.frame.column(field.id)?;
            let known = column.known.as_ref().is_none_or(|known| known.value(of.row));
            let Values::Code(codes) = &column.values else { return None };
            let code = field.codes.as_ref()?.entry(*codes.get(of.row)?)?;
            (known && GONE.contains(&code.code.as_str())).then_some(Suppression::Deregistered)
        }
    }
}

/// What can keep the matches of one policy from being shown, looked up once
/// for all subjects.
#[derive(Debug)]
pub struct Suppressor {
    audience: SubjectKind,
    /// By [`SubjectKind::index`]: the field of benefits received.
    benefits: [Option<FieldId>; 2],
    /// The benefit of the policy itself.
    own: Option<Received>,
    /// The benefits that exclude it, with the policies they belong to.
    excluding: Vec<(String, Received)>,
}

/// A benefit as the dossiers of both kinds hold it.
#[derive(Debug)]
struct Received {
    /// By [`SubjectKind::index`]: position of its code.
    codes: [Option<u8>; 2],
    frequency: Frequency,
}

impl Suppressor {
    /// Looks up the codes of the benefit and of those that exclude it.
    #[must_use]
    pub fn new(program: &Program, reference: &Reference, file: &PolicyFile) -> Suppressor {
        let field = |kind: SubjectKind| reference.catalogue.field(kind, BENEFITS);
        let received = |of: &PolicyFile| {
            let code = of.benefit_code.as_ref()?;
            let position = |kind| field(kind)?.codes.as_ref()?.position(code);
            Some(Received { codes: SubjectKind::ALL.map(position), frequency: of.frequency })
        };
        let excluding = excluding(program, file)
            .into_iter()
            .filter_map(|other| Some((other.id.value.clone(), received(other)?)))
            .collect();
        Suppressor {
            audience: file.audience,
            benefits: SubjectKind::ALL.map(|kind| field(kind).map(|field| field.id)),
            own: received(file),
            excluding,
        }
    }

    /// What suppresses the match of a subject or unit.
    #[must_use]
    pub fn of<'a>(
        &self,
        scalar: &Scalar<'a>,
        window: ClaimWindow,
        at: &At<'a>,
    ) -> Option<Suppression> {
        if let Some(gone) = gone(scalar, self.audience, at.subject) {
            return Some(gone);
        }
        if window == ClaimWindow::Closed {
            return Some(Suppression::WindowClosed);
        }
        self.settled(scalar, at)
    }

    /// Whether the benefit, or one that excludes it, is held already.
    #[must_use]
    pub fn settled<'a>(&self, scalar: &Scalar<'a>, at: &At<'a>) -> Option<Suppression> {
        let unit = at.unit.map(|unit| (unit.dossier.frame.kind, unit.dossier));
        let subject = (self.audience, at.subject);
        // Units carry their own benefits; those of the subject speak of all units together.
        let own = unit.unwrap_or(subject);
        if let Some(benefit) = &self.own
            && self.holds(scalar, own, benefit)
        {
            return Some(match benefit.frequency {
                Frequency::Once => Suppression::OnceOnly,
                Frequency::Continuous | Frequency::Yearly => Suppression::AlreadyReceived,
            });
        }
        let holds = |benefit: &Received| {
            self.holds(scalar, subject, benefit)
                || unit.is_some_and(|unit| self.holds(scalar, unit, benefit))
        };
        self.excluding
            .iter()
            .find(|(_, benefit)| holds(benefit))
            .map(|(policy, _)| Suppression::ExcludedBy { policy: policy.clone() })
    }

    /// Whether a benefit counts as received on the day judged.
    fn holds<'a>(
        &self,
        scalar: &Scalar<'a>,
        (kind, of): (SubjectKind, Dossier<'a>),
        benefit: &Received,
    ) -> bool {
        let Some(code) = benefit.codes[kind.index()] else { return false };
        let column = self.benefits[kind.index()].and_then(|field| of.frame.column(field));
        let Some(Values::Facts(facts)) = column.map(|column| &column.values) else { return false };
        let bounds = facts.offsets.get(of.row).zip(facts.offsets.get(of.row + 1));
        let Some((start, end)) = bounds else { return false };
        let (start, end) =
            (usize::try_from(*start).unwrap_or(0), usize::try_from(*end).unwrap_or(0));
        let today = scalar.dated.today;
        (start..end).any(|row| {
            facts.code[row] == code
                && facts.from[row] <= today
                && match benefit.frequency {
                    Frequency::Once => true,
                    Frequency::Yearly => facts.to[row] >= first_of_year(scalar),
                    Frequency::Continuous => facts.to[row] >= today,
                }
        })
    }
}

fn first_of_year(scalar: &Scalar<'_>) -> i32 {
    let as_of = scalar.dated.as_of;
    days_of(Date::new(as_of.year(), 1, 1).unwrap_or(as_of))
}

/// What suppresses a match of a policy for a subject or unit.
#[must_use]
pub(super) fn suppression<'a>(
    scalar: &Scalar<'a>,
    file: &PolicyFile,
    window: ClaimWindow,
    at: &At<'a>,
) -> Option<Suppression> {
    let Dated { program, reference, .. } = scalar.dated;
    Suppressor::new(program, reference, file).of(scalar, window, at)
}

/// Policies that cannot be held together with this one, named by either side.
fn excluding<'p>(program: &'p Program, file: &PolicyFile) -> Vec<&'p PolicyFile> {
    let mut seen = Vec::new();
    program
        .policies
        .iter()
        .map(|policy| &policy.file)
        .filter(|other| other.id.value != file.id.value && excludes(file, other))
        .filter(|other| {
            let new = !seen.contains(&other.id.value);
            seen.push(other.id.value.clone());
            new
        })
        .collect()
}

fn excludes(a: &PolicyFile, b: &PolicyFile) -> bool {
    let names = |file: &PolicyFile, id: &str| file.excludes.iter().any(|other| other.value == id);
    names(a, &b.id.value) || names(b, &a.id.value)
}

/// Ids of the other policies in the list of which only one can be had together
/// with this one.
#[must_use]
pub fn choose_one(file: &PolicyFile, others: &[&PolicyFile]) -> Vec<String> {
    let mut rivals: Vec<String> = others
        .iter()
        .filter(|other| other.id.value != file.id.value && excludes(file, other))
        .map(|other| other.id.value.clone())
        .collect();
    rivals.sort();
    rivals.dedup();
    rivals
}
