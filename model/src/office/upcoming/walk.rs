//! One subject and one policy over all days: stretches with one state each,
//! and the changes between them.

use std::collections::BTreeMap;

use crate::{
    domain::SubjectKey,
    frame::World,
    matching::{Unit, select, verdict},
    policy::cases::Verdict,
    rules::{
        program::Policy,
        scalar::{At, Dossier, Member, Scalar},
    },
};

use super::{
    change::{State, Window},
    days::{Days, Stretch},
    prospect::Prospect,
};

/// Days on which the same is said of a policy before any dossier is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    pub(super) days: Stretch,
    /// The claim window; absent while the version is not selected.
    pub(super) window: Option<Window>,
}

/// The phases of every policy of the program, by position.
pub(super) fn phases(days: &Days<'_>) -> Vec<Vec<Phase>> {
    let program = days.on(0).program;
    let mut phases: Vec<Vec<Phase>> = program.policies.iter().map(|_| Vec::new()).collect();
    for day in 0..=days.all().last {
        let mut windows = vec![None; program.policies.len()];
        for selected in select(program, days.on(day).as_of) {
            windows[selected.index] = Some(Window::from(selected.window));
        }
        for (phases, window) in phases.iter_mut().zip(windows) {
            match phases.last_mut() {
                Some(phase) if phase.window == window => phase.days.last = day,
                _ => phases.push(Phase { days: Stretch { first: day, last: day }, window }),
            }
        }
    }
    phases
}

/// The states of a subject or unit: each with its first day, the next one
/// always different. The first begins on day 0.
pub(super) type States = Vec<(usize, State)>;

fn push(states: &mut States, day: usize, state: State) {
    if states.last().is_none_or(|(_, last)| *last != state) {
        states.push((day, state));
    }
}

/// One policy over all days, for one subject after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk<'a> {
    pub(super) days: &'a Days<'a>,
    pub(super) world: &'a World,
    pub(super) policy: &'a Policy,
    pub(super) phases: &'a [Phase],
}

impl<'a> Walk<'a> {
    /// The states of everybody the policy is about: the subject, or its units
    /// by key; without a key the unit that an incomplete list may hide.
    pub(super) fn states(&self, subject: Dossier<'a>) -> Vec<(Option<SubjectKey>, States)> {
        let Some(relation) = self.policy.unit else {
            return vec![(None, self.judged(&Unit::Subject, subject, self.days.all()))];
        };
        let (first, last) = (self.days.on(0).today, self.days.on(self.days.all().last).today);
        let scalar = Scalar::new(self.days.on(0), self.world);
        let (members, complete) = scalar.related_over(relation, subject, first, last);
        let mut units: BTreeMap<SubjectKey, States> = BTreeMap::new();
        for member in members {
            let key = member.dossier.frame.key(member.dossier.row);
            let Some(there) = self.there(&member) else { continue };
            let states = self.judged(&Unit::Member(member), subject, there);
            // Who is in the list twice has the better state of the two.
            let states = match units.remove(&key) {
                Some(before) => better(&before, &states),
                None => states,
            };
            units.insert(key, states);
        }
        let mut found: Vec<_> =
            units.into_iter().map(|(key, states)| (Some(key), states)).collect();
        if !complete {
            found.push((None, self.judged(&Unit::Unseen, subject, self.days.all())));
        }
        found
    }

    /// The days on which a member is in the relation.
    fn there(&self, member: &Member<'_>) -> Option<Stretch> {
        let today = self.days.on(0).today;
        let number = |day: i32| usize::try_from(i64::from(day) - i64::from(today));
        let first = number(member.since).unwrap_or(0);
        let last = number(member.until).ok()?;
        Stretch { first, last }.within(self.days.all())
    }

    /// The states of somebody who is there for a stretch.
    fn judged(&self, unit: &Unit<'a>, subject: Dossier<'a>, there: Stretch) -> States {
        let at = unit.at(subject);
        let best = match unit {
            // Nobody knows a unit that nobody can see to qualify.
            Unit::Unseen => Verdict::Unknown,
            Unit::Subject | Unit::Member(_) => Verdict::Eligible,
        };
        let mut states = States::new();
        for phase in self.phases {
            let Some(window) = phase.window else {
                push(&mut states, phase.days.first, State::NotInForce);
                continue;
            };
            let Some(judged) = phase.days.within(there) else {
                push(&mut states, phase.days.first, State::Absent);
                continue;
            };
            if judged.first > phase.days.first {
                push(&mut states, phase.days.first, State::Absent);
            }
            self.verdicts(&at, judged, &mut |day, verdict| {
                push(&mut states, day, State::Judged(verdict.max(best), window));
            });
            if judged.last < phase.days.last {
                push(&mut states, judged.last + 1, State::Absent);
            }
        }
        states
    }

    /// The verdicts of a stretch, each with a day on which it begins: one
    /// where a single answer fits all days, else those of its two halves.
    fn verdicts(&self, at: &At<'a>, days: Stretch, found: &mut dyn FnMut(usize, Verdict)) {
        if days.first == days.last {
            let scalar = Scalar::new(self.days.on(days.first), self.world);
            return found(days.first, verdict(&scalar, self.policy, at));
        }
        let prospect = Prospect::new(self.days, self.world, days);
        if let Some(verdict) = prospect.verdict(self.policy, at) {
            return found(days.first, verdict);
        }
        let middle = days.first + (days.last - days.first) / 2;
        self.verdicts(at, Stretch { last: middle, ..days }, found);
        self.verdicts(at, Stretch { first: middle + 1, ..days }, found);
    }
}

/// The better of two states on every day.
fn better(a: &States, b: &States) -> States {
    let mut days: Vec<usize> = a.iter().chain(b).map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let on = |states: &States, day: usize| {
        let begun = states.partition_point(|(first, _)| *first <= day);
        begun.checked_sub(1).and_then(|last| states.get(last)).map(|(_, state)| *state)
    };
    let mut merged = States::new();
    for day in days {
        if let Some(state) = on(a, day).into_iter().chain(on(b, day)).min() {
            push(&mut merged, day, state);
        }
    }
    merged
}
