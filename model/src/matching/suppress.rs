//! What keeps a match from being shown although the rule is met: the subject
//! has the benefit already, holds one that excludes it, is dead or
//! deregistered, or the window is closed. The verdict itself is never changed.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    domain::{SubjectKind, Tri},
    frame::Values,
    policy::file::{Frequency, PolicyFile},
    reference::Reference,
    rules::{
        dated::days_of,
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
pub(super) fn gone<'a>(
    scalar: &Scalar<'a>,
    kind: SubjectKind,
    of: Dossier<'a>,
) -> Option<Suppression> {
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

/// What suppresses a match of a policy for a subject or unit.
#[must_use]
pub(super) fn suppression<'a>(
    scalar: &Scalar<'a>,
    file: &PolicyFile,
    window: ClaimWindow,
    at: &At<'a>,
) -> Option<Suppression> {
    if let Some(gone) = gone(scalar, file.audience, at.subject) {
        return Some(gone);
    }
    if window == ClaimWindow::Closed {
        return Some(Suppression::WindowClosed);
    }
    let dossiers: Vec<(SubjectKind, Dossier<'a>)> = std::iter::once((file.audience, at.subject))
        .chain(at.unit.map(|unit| (unit.dossier.frame.kind, unit.dossier)))
        .collect();
    let reference = scalar.dated.reference;
    // Units carry their own benefits; those of the subject speak of all units together.
    let own = dossiers.last().copied()?;
    if let Some(code) = &file.benefit_code
        && received(scalar, reference, own, code, file.frequency) == Tri::True
    {
        return Some(match file.frequency {
            Frequency::Once => Suppression::OnceOnly,
            Frequency::Continuous | Frequency::Yearly => Suppression::AlreadyReceived,
        });
    }
    let program = scalar.dated.program;
    for excluded in excluding(program, file) {
        let Some(code) = &excluded.benefit_code else { continue };
        for dossier in &dossiers {
            if received(scalar, reference, *dossier, code, excluded.frequency) == Tri::True {
                return Some(Suppression::ExcludedBy { policy: excluded.id.value.clone() });
            }
        }
    }
    None
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

/// Whether a benefit counts as received on the day judged.
fn received<'a>(
    scalar: &Scalar<'a>,
    reference: &Reference,
    (kind, of): (SubjectKind, Dossier<'a>),
    code: &str,
    frequency: Frequency,
) -> Tri {
    let Some(field) = reference.catalogue.field(kind, BENEFITS) else { return Tri::Unknown };
    let position = field.codes.as_ref().and_then(|list| list.position(code));
    let (Some(position), Some(column)) = (position, of.frame.column(field.id)) else {
        return Tri::Unknown;
    };
    let Values::Facts(facts) = &column.values else { return Tri::Unknown };
    let bounds = facts.offsets.get(of.row).zip(facts.offsets.get(of.row + 1));
    let Some((start, end)) = bounds else { return Tri::Unknown };
    let (start, end) = (usize::try_from(*start).unwrap_or(0), usize::try_from(*end).unwrap_or(0));
    let today = scalar.dated.today;
    let as_of = scalar.dated.as_of;
    let year = days_of(Date::new(as_of.year(), 1, 1).unwrap_or(as_of));
    let found = (start..end).any(|row| {
        facts.code[row] == position
            && facts.from[row] <= today
            && match frequency {
                Frequency::Once => true,
                Frequency::Yearly => facts.to[row] >= year,
                Frequency::Continuous => facts.to[row] >= today,
            }
    });
    if found { Tri::True } else { Tri::Unknown }
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
