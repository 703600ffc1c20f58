//! A change as it is written for people and other programs: names in the
//! place of positions, the Chinese words of the rule beside its id.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    domain::{SubjectKey, SubjectKind, Tri},
    policy::file::CaseType,
};

use super::{
    change::{Cause, Change, State, Window},
    outlook::Outlook,
};

/// Why, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Reason<'o> {
    /// The version comes in force or is replaced.
    Version,
    /// A claim window opens or closes.
    Window,
    /// The unit comes or goes.
    Unit,
    /// A condition has another truth.
    Condition {
        /// Its id in the file.
        id: &'o str,
        /// What it says, in Chinese.
        rule: &'o str,
        /// The truth the day before.
        before: Tri,
        /// The truth on the day.
        after: Tri,
    },
}

impl Reason<'_> {
    /// One word: the id of a condition, or what else it is.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Reason::Version => "(version)",
            Reason::Window => "(window)",
            Reason::Unit => "(unit)",
            Reason::Condition { id, .. } => id,
        }
    }

    /// The Chinese words shown to people.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Reason::Version => "政策版本生效或失效",
            Reason::Window => "申报期开始或结束",
            Reason::Unit => "关系成员加入或离开",
            Reason::Condition { rule, .. } => rule,
        }
    }
}

/// A change with its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Described<'o> {
    /// Id of the policy.
    pub policy: &'o str,
    /// Its version.
    pub version: &'o str,
    /// Its case type.
    pub case: CaseType,
    /// Whom the subject is one of.
    pub kind: SubjectKind,
    /// Key of the subject.
    pub subject: SubjectKey,
    /// Key of the unit, where there is one.
    pub unit: Option<SubjectKey>,
    /// First day of the new state.
    pub day: Date,
    /// The state the day before.
    pub from: State,
    /// The claim window the day before.
    pub from_window: Option<Window>,
    /// The state from the day on.
    pub to: State,
    /// The claim window from the day on.
    pub to_window: Option<Window>,
    /// Whether it becomes unknown because the period of a datum has ended.
    pub data_ends: bool,
    /// Why.
    pub because: Vec<Reason<'o>>,
}

impl Outlook<'_> {
    /// A change with its names.
    #[must_use]
    pub fn describe<'o>(&'o self, change: &Change) -> Described<'o> {
        let policy = &self.days.on(0).program.policies[change.policy];
        let reason = |cause: &Cause| match cause {
            Cause::Version => Some(Reason::Version),
            Cause::Window => Some(Reason::Window),
            Cause::Unit => Some(Reason::Unit),
            Cause::Condition { position, before, after } => {
                let (id, rule) = self.rules.get(change.policy)?.get(usize::from(*position))?;
                Some(Reason::Condition { id, rule, before: *before, after: *after })
            }
        };
        Described {
            policy: &policy.key.id,
            version: &policy.key.version,
            case: policy.key.case,
            kind: change.kind,
            subject: change.subject,
            unit: change.unit,
            day: self.days.on(change.day).as_of,
            from: change.from,
            from_window: change.from.window(),
            to: change.to,
            to_window: change.to.window(),
            data_ends: change.data_ends,
            because: change.because.iter().filter_map(reason).collect(),
        }
    }
}
