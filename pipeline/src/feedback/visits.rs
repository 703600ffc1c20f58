//! The people of the simulator: who comes when, in which order the list
//! stands, what happens to it.

use jiff::{ToSpan, civil::Date};
use rayon::prelude::*;
use serde::Serialize;
use zhida_model::{
    domain::SubjectKind,
    frame::World,
    matching::{Match, Matcher, Memo},
    ranking::{History, Shelf, Shown},
    reference::Reference,
    rules::{dated::Dated, program::Program, scalar::Dossier},
};
use zhida_store::feedback::Entry;

use super::{
    planted::{DELAYS, DISMISSAL, Planted, attention, low},
    truth::Gain,
};
use crate::synth::draw::{Draw, mix};

/// Places of a list.
const PLACES: usize = 10;
/// Weeks between the first and the last visit.
const WEEKS: u64 = 26;
/// A subject comes to its list in one of so many weeks.
const ONE_WEEK_IN: f64 = 7.0;
/// Share of lists in random order, from which attention can be learned.
const SHUFFLED: f64 = 0.1;
/// Scores are divided by this before the draw of a list: the order of the
/// first score with some exploration (Plackett & Luce).
const TEMPERATURE: f64 = 0.1;
/// Weeks at the end for which the truth is written.
const TRUE_WEEKS: u64 = 5;

const OF_VISIT: u64 = 0x7669_7369;

/// What to simulate.
#[derive(Debug, Clone, Copy)]
pub struct FeedbackOptions {
    /// Seed of everything drawn.
    pub seed: u64,
    /// Data cut-off of the snapshot; lists begin a week later.
    pub known_at: Date,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FeedbackReport {
    /// Lists shown.
    pub lists: u64,
    /// Entries of them.
    pub entries: u64,
    /// Entries opened.
    pub opened: u64,
    /// Claims made.
    pub applied: u64,
    /// Claims approved.
    pub approved: u64,
    /// Entries put away.
    pub dismissed: u64,
}

/// A simulated log with its truth.
#[derive(Debug, Clone, Default)]
pub struct Simulated {
    /// The log, by week and subject.
    pub log: Vec<Entry>,
    /// What every offer of the last weeks was worth.
    pub truth: Vec<Gain>,
    /// Counts.
    pub report: FeedbackReport,
}

/// Simulates half a year of lists. `progress` is told how many weeks of how
/// many are done.
#[must_use]
pub fn simulate(
    program: &Program,
    reference: &Reference,
    world: &World,
    options: FeedbackOptions,
    progress: &dyn Fn(u64, u64),
) -> Simulated {
    let shelf = Shelf::new(program);
    let mut people: Vec<Person> = SubjectKind::ALL
        .into_iter()
        .flat_map(|kind| {
            let rows = u32::try_from(world.of(kind).rows).unwrap_or(u32::MAX);
            (0..rows).map(move |row| Person { kind, row, history: History::default() })
        })
        .collect();
    let mut simulated = Simulated::default();
    for week in 0..WEEKS {
        let ahead = i32::try_from(7 * (week + 1)).unwrap_or(i32::MAX);
        let Ok(day) = options.known_at.checked_add(ahead.days()) else { break };
        let dated = Dated::new(program, reference, day, options.known_at);
        let matcher = Matcher::new(&dated, world);
        let planted = Planted { seed: options.seed };
        let scene = Scene { matcher: &matcher, shelf: &shelf, planted, day, week };
        let lists: Vec<List> = people
            .par_iter_mut()
            .map_init(Memo::default, |memo, person| scene.visit(person, memo))
            .flatten()
            .collect();
        for list in lists {
            simulated.add(list);
        }
        progress(week + 1, WEEKS);
    }
    simulated
}

impl Simulated {
    fn add(&mut self, list: List) {
        let report = &mut self.report;
        report.lists += 1;
        for entry in &list.entries {
            let yes = |day: Option<Date>| u64::from(day.is_some());
            report.entries += 1;
            report.opened += yes(entry.opened_on);
            report.applied += yes(entry.applied_on);
            report.approved += yes(entry.approved_on);
            report.dismissed += yes(entry.dismissed_on);
        }
        self.log.extend(list.entries);
        self.truth.extend(list.truth);
    }
}

struct Person {
    kind: SubjectKind,
    row: u32,
    history: History,
}

struct List {
    entries: Vec<Entry>,
    truth: Vec<Gain>,
}

/// One week.
struct Scene<'s, 'a> {
    matcher: &'s Matcher<'a>,
    shelf: &'s Shelf,
    planted: Planted,
    day: Date,
    week: u64,
}

/// One offer before it has a place.
struct Offer {
    found: Match,
    /// Probabilities of opening, applying, approval.
    steps: [f64; 3],
    /// Weight in the draw of the order.
    weight: f64,
}

impl Scene<'_, '_> {
    fn visit(&self, person: &mut Person, memo: &mut Memo) -> Option<List> {
        let (frame, row) = self.matcher.scalar.world.of(person.kind).locate(person.row)?;
        let subject = Dossier { frame, row };
        let mut draw =
            Draw::new(self.planted.seed, OF_VISIT, mix(&[low(frame.key(row)), self.week]));
        if !draw.chance(1.0 / ONE_WEEK_IN) || self.matcher.gone(person.kind, subject).is_some() {
            return None;
        }
        let mut found = self.matcher.offers(person.kind, subject, memo);
        // What is being applied for is not offered again.
        found.retain(|found| {
            let id = self.shelf.facts.get(found.policy).map(|facts| facts.id.as_str());
            !person.history.shown.iter().any(|shown| {
                Some(&*shown.policy) == id && shown.applied.is_some_and(|on| on <= self.day)
            })
        });
        if found.is_empty() {
            return None;
        }
        let traits = self.planted.traits(self.matcher, person.kind, subject);
        let shuffled = draw.chance(SHUFFLED);
        let look = attention(1, person.history.recent(self.day));
        let mut truth = Vec::new();
        let mut offers = Vec::with_capacity(found.len());
        for found in found {
            let Some(policy) = self.shelf.facts.get(found.policy) else { continue };
            let of = self.planted.of(self.matcher, subject, &traits, policy, &found);
            if self.week + TRUE_WEEKS >= WEEKS {
                truth.push(Gain {
                    subject: found.subject.to_string(),
                    on: self.day,
                    policy: policy.id.clone(),
                    unit: found.unit.map(|unit| unit.to_string()).unwrap_or_default(),
                    look,
                    open: of.open,
                    apply: of.apply,
                    approve: of.approve,
                    gain: of.gain,
                });
            }
            let weight = if shuffled { 1.0 } else { (found.score / TEMPERATURE).exp() };
            offers.push(Offer { found, steps: [of.open, of.apply, of.approve], weight });
        }
        let entries = self.show(person, offers, shuffled, &mut draw);
        Some(List { entries, truth })
    }

    /// Draws the order place by place, and what happens in each.
    fn show(
        &self,
        person: &mut Person,
        mut offers: Vec<Offer>,
        shuffled: bool,
        draw: &mut Draw,
    ) -> Vec<Entry> {
        let recent = person.history.recent(self.day);
        let mut entries = Vec::new();
        for position in (1_u16..).take(PLACES) {
            let total: f64 = offers.iter().map(|offer| offer.weight).sum();
            let weights: Vec<(usize, f64)> =
                offers.iter().enumerate().map(|(at, offer)| (at, offer.weight)).collect();
            let Some(chosen) = draw.weighted(&weights) else { break };
            let offer = offers.swap_remove(chosen);
            let propensity = offer.weight / total;
            let Some(entry) =
                self.entry(person.kind, &offer, position, propensity, shuffled, recent, draw)
            else {
                continue;
            };
            entries.push(entry);
        }
        person.history.shown.extend(entries.iter().map(|entry| Shown {
            policy: entry.policy.clone(),
            on: entry.shown_on,
            opened: entry.opened_on,
            dismissed: entry.dismissed_on,
            applied: entry.applied_on,
        }));
        entries
    }

    #[expect(clippy::too_many_arguments, reason = "one entry and the state it is drawn from")]
    fn entry(
        &self,
        kind: SubjectKind,
        offer: &Offer,
        position: u16,
        propensity: f64,
        shuffled: bool,
        recent: u32,
        draw: &mut Draw,
    ) -> Option<Entry> {
        let policy = self.matcher.scalar.dated.program.policies.get(offer.found.policy)?;
        let looked = draw.chance(attention(position, recent));
        // Every step is drawn whatever came before, so that each entry uses
        // the same number of draws.
        let taken: Vec<bool> = offer.steps.iter().map(|step| draw.chance(*step)).collect();
        let mut days = [None; 3];
        let mut last = Some(self.day).filter(|_| looked);
        for ((day, taken), delay) in days.iter_mut().zip(taken).zip(DELAYS) {
            let later = wait(draw, delay);
            last = last.filter(|_| taken).and_then(|day| day.checked_add(later.days()).ok());
            *day = last;
        }
        let dismissed = draw.chance(DISMISSAL) && looked && days[0].is_none();
        Some(Entry {
            subject: offer.found.subject,
            kind,
            policy: policy.key.id.as_str().into(),
            version: policy.key.version.as_str().into(),
            case: policy.key.case,
            unit: offer.found.unit,
            shown_on: self.day,
            position,
            propensity,
            shuffled,
            opened_on: days[0],
            applied_on: days[1],
            approved_on: days[2],
            dismissed_on: dismissed.then_some(self.day),
        })
    }
}

/// Days of an exponential delay.
#[expect(clippy::cast_possible_truncation, reason = "kept between 0 and 120 days")]
fn wait(draw: &mut Draw, mean: f64) -> i32 {
    (-mean * (1.0 - draw.unit()).ln()).clamp(0.0, 120.0) as i32
}
