//! What a policy says of a subject or unit on a day, and a day on which that
//! changes.

use serde::{Serialize, Serializer};

use crate::{
    domain::{SubjectKey, SubjectKind, Tri},
    matching::ClaimWindow,
    policy::cases::Verdict,
};

/// Where the claim window of a version in force stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Claims are taken.
    Open,
    /// Claims will be taken.
    Upcoming,
    /// Claims are no longer taken.
    Closed,
}

impl Window {
    /// The name used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Window::Open => "open",
            Window::Upcoming => "upcoming",
            Window::Closed => "closed",
        }
    }
}

impl From<ClaimWindow> for Window {
    fn from(window: ClaimWindow) -> Window {
        match window {
            ClaimWindow::Open { .. } => Window::Open,
            ClaimWindow::Upcoming { .. } => Window::Upcoming,
            ClaimWindow::Closed => Window::Closed,
        }
    }
}

/// What a policy says on a day. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is judged that day.
    Judged(Verdict, Window),
    /// The unit is not in the relation that day.
    Absent,
    /// The day does not select the version.
    NotInForce,
}

impl State {
    /// The name used in files: that of the verdict, or of what is in its place.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Judged(verdict, _) => verdict.name(),
            State::Absent => "absent",
            State::NotInForce => "not_in_force",
        }
    }

    /// The Chinese words shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            State::Judged(verdict, _) => verdict.label(),
            State::Absent => "尚未或不再属于该关系",
            State::NotInForce => "该版本不适用",
        }
    }

    /// The claim window, where it is judged.
    #[must_use]
    pub fn window(self) -> Option<Window> {
        match self {
            State::Judged(_, window) => Some(window),
            State::Absent | State::NotInForce => None,
        }
    }

    /// The verdict, where it is judged.
    #[must_use]
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            State::Judged(verdict, _) => Some(verdict),
            State::Absent | State::NotInForce => None,
        }
    }

    /// Whether `zhida match` would write it: everything but a refusal.
    #[must_use]
    pub fn is_match(self) -> bool {
        self.verdict().is_some_and(|verdict| verdict != Verdict::Ineligible)
    }

    /// Eligible, and not too late for a claim.
    #[must_use]
    pub fn is_eligible(self) -> bool {
        matches!(self, State::Judged(Verdict::Eligible, Window::Open | Window::Upcoming))
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Why a state changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The version comes in force, or another takes its place.
    Version,
    /// A claim window opens or closes.
    Window,
    /// The unit comes or goes.
    Unit,
    /// A condition of the file has another truth: with clauses that a person
    /// judges left open or, where that is the same, with them met.
    Condition {
        /// Its place in [`crate::rules::program::Policy::all_conditions`].
        position: u16,
        /// The truth the day before.
        before: Tri,
        /// The truth on the day.
        after: Tri,
    },
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Position of the policy in the program.
    pub policy: usize,
    /// Whom the subject is one of.
    pub kind: SubjectKind,
    /// Key of the subject.
    pub subject: SubjectKey,
    /// Key of the unit, where the policy has units and this one is known.
    pub unit: Option<SubjectKey>,
    /// First day of the new state, counted from the first day looked at.
    pub day: usize,
    /// The day before.
    pub from: State,
    /// From the day on.
    pub to: State,
    /// Why, in the order of the file.
    pub because: Vec<Cause>,
    /// Whether it becomes unknown because the period of a datum has ended: the
    /// department has to supply the next one.
    pub data_ends: bool,
}
