//! What a subject was shown before and what it did then.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::domain::SubjectKey;

/// Days in which notices tire.
pub const FATIGUE_DAYS: i32 = 30;

/// One policy shown to one subject on one day, with what became of it.
/// Outcomes have their own days: on a day before them they are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Id of the policy.
    pub policy: Box<str>,
    /// Day.
    pub on: Date,
    /// Day it was opened.
    pub opened: Option<Date>,
    /// Day it was put away.
    pub dismissed: Option<Date>,
    /// Day it was applied for.
    pub applied: Option<Date>,
}

/// Everything shown to one subject.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// In order of day.
    pub shown: Vec<Shown>,
    /// Themes the subject asked for in its preferences.
    pub interests: Vec<String>,
}

/// Counts of a history before a day, for one policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often it was shown.
    pub shown: u32,
    /// How often it was opened.
    pub opened: u32,
    /// How often it was put away.
    pub dismissed: u32,
}

impl History {
    /// What had happened with a policy before the day.
    #[must_use]
    pub fn of(&self, policy: &str, day: Date) -> Counts {
        let mut counts = Counts::default();
        for shown in self.shown.iter().filter(|shown| shown.on < day && &*shown.policy == policy) {
            counts.shown += 1;
            counts.opened += u32::from(shown.opened.is_some_and(|opened| opened < day));
            counts.dismissed += u32::from(shown.dismissed.is_some_and(|gone| gone < day));
        }
        counts
    }

    /// Notices in the [`FATIGUE_DAYS`] before the day.
    #[must_use]
    pub fn recent(&self, day: Date) -> u32 {
        let recent = self.shown.iter().filter(|shown| {
            shown.on < day && day.since(shown.on).is_ok_and(|span| span.get_days() <= FATIGUE_DAYS)
        });
        u32::try_from(recent.count()).unwrap_or(u32::MAX)
    }

    /// Ids of policies opened before the day, each once.
    pub fn opened(&self, day: Date) -> impl Iterator<Item = &str> {
        self.shown
            .iter()
            .filter(move |shown| shown.opened.is_some_and(|opened| opened < day))
            .map(|shown| &*shown.policy)
    }
}

/// The histories of all subjects.
#[derive(Debug, Clone, Default)]
pub struct Histories(pub FxHashMap<SubjectKey, History>);

impl Histories {
    /// The history of a subject; an empty one where nothing was ever shown.
    #[must_use]
    pub fn of(&self, subject: SubjectKey) -> &History {
        static NONE: History = History { shown: Vec::new(), interests: Vec::new() };
        self.0.get(&subject).unwrap_or(&NONE)
    }
}
