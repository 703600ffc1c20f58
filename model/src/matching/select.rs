//! Which versions of which policies are judged on a day (decision 3).
//!
//! Validity selects the version at the rule's reference date. A version whose
//! claim window is open, or will open, is judged even after its validity has
//! ended; one that is in force with every window past is judged too, and its
//! matches are suppressed as closed, so that nobody has to guess why it is gone.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    policy::file::{Days, PolicyFile, ReferenceDate},
    rules::program::{Policy, Program},
};

/// Where the claim window stands on the day judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ClaimWindow {
    /// Open; the last day, if it ends.
    Open {
        /// Last day, included.
        until: Option<Date>,
    },
    /// Opens later.
    Upcoming {
        /// First day.
        from: Date,
    },
    /// Every window is past.
    Closed,
}

/// A version to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Selected<'a> {
    /// Position in the program.
    pub index: usize,
    /// The policy.
    pub policy: &'a Policy,
    /// Its claim window.
    pub window: ClaimWindow,
}

/// Where the claim windows of a file stand on a day.
#[must_use]
pub fn windows(file: &PolicyFile, as_of: Date) -> ClaimWindow {
    let validity = [file.valid];
    let windows: &[Days] = if file.claim.is_empty() { &validity } else { &file.claim };
    if let Some(open) = windows
        .iter()
        .filter(|days| days.contains(as_of))
        .max_by_key(|days| days.to.unwrap_or(Date::MAX))
    {
        return ClaimWindow::Open { until: open.to };
    }
    let next = windows.iter().filter_map(|days| days.from).filter(|from| *from > as_of).min();
    match next {
        Some(from) => ClaimWindow::Upcoming { from },
        None => ClaimWindow::Closed,
    }
}

/// Days until the window closes (0 on its last day); `None` while open-ended
/// or not open.
#[must_use]
pub fn days_left(window: ClaimWindow, as_of: Date) -> Option<i32> {
    match window {
        ClaimWindow::Open { until: Some(until) } => {
            until.since(as_of).ok().map(|span| span.get_days())
        }
        _ => None,
    }
}

/// The versions to be judged on a day, in the order of the program.
#[must_use]
pub fn select(program: &Program, as_of: Date) -> Vec<Selected<'_>> {
    let chosen: Vec<Selected<'_>> = program
        .policies
        .iter()
        .enumerate()
        .filter_map(|(index, policy)| {
            let window = windows(&policy.file, as_of);
            let reference = match policy.file.reference_date {
                ReferenceDate::AsOf => as_of,
                ReferenceDate::On(day) => day,
            };
            let in_force = policy.file.valid.contains(reference);
            let claimable = match window {
                ClaimWindow::Open { .. } => true,
                ClaimWindow::Upcoming { .. } => {
                    // A version that has not begun is announced through its claim window.
                    policy.file.valid.to.is_none_or(|to| to >= as_of)
                }
                ClaimWindow::Closed => false,
            };
            (in_force || claimable).then_some(Selected { index, policy, window })
        })
        .collect();
    chosen.iter().copied().filter(|selected| !superseded(selected, &chosen, as_of)).collect()
}

/// A newer version that is open or in force itself takes the place of the one it supersedes.
fn superseded(selected: &Selected<'_>, chosen: &[Selected<'_>], as_of: Date) -> bool {
    let still_open = !selected.policy.file.claim.is_empty()
        && matches!(selected.window, ClaimWindow::Open { .. });
    chosen.iter().any(|other| {
        other.policy.key.id == selected.policy.key.id
            && other.policy.key.case == selected.policy.key.case
            && other.policy.file.supersedes.as_ref() == Some(&selected.policy.key.version)
            && other.policy.file.valid.contains(as_of)
            && !still_open
    })
}
