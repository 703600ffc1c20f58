//! A feedback log as examples: every entry with the features it had on its
//! day, computed by the functions the service uses. The histories and the
//! uptake of a day hold what had happened before it and nothing later.

use jiff::{ToSpan, civil::Date};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    frame::World,
    matching::{Match, Matcher, Memo},
    ranking::{
        Histories, Shelf, features::COUNT, order::at_of, portrait::Portraits, uptake::Uptake,
    },
    reference::Reference,
    rules::{dated::Dated, program::Program, scalar::Dossier},
};
use zhida_store::feedback::Entry;

use super::attention;

/// Days after which an entry that was not opened counts as never opened, an
/// opened one as never applied for, a claim as never approved.
pub const HORIZONS: [i32; 3] = [14, 30, 60];

/// One entry of the log with its features.
#[derive(Debug, Clone)]
pub struct Example {
    /// Position in the log.
    pub entry: usize,
    /// Kind of subject.
    pub kind: SubjectKind,
    /// Features.
    pub values: [f64; COUNT],
    /// The match on its day.
    pub found: Match,
    /// Portrait of the subject.
    pub portrait: Option<u16>,
}

/// What examples are made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'s> {
    /// The policies.
    pub program: &'s Program,
    /// What they were compiled against.
    pub reference: &'s Reference,
    /// The dossiers.
    pub world: &'s World,
    /// Data cut-off.
    pub known_at: Date,
    /// The policies for the ranking.
    pub shelf: &'s Shelf,
    /// The log.
    pub log: &'s [Entry],
}

/// Examples, and what could not be one.
#[derive(Debug, Default)]
pub struct Examples {
    /// In order of day and log.
    pub rows: Vec<Example>,
    /// Entries whose subject is not in the snapshot.
    pub no_subject: u64,
    /// Entries whose policy does not match on its day (any more).
    pub no_match: u64,
    /// Entries of days before the data cut-off: their features would have
    /// seen later data.
    pub too_early: u64,
}

/// Who supplies the uptake of a day.
pub enum UptakeBy<'u> {
    /// Grown from the log, by kind: an entry counts once its claim could have been made.
    Log(&'u [Vec<f64>; 2]),
    /// A finished table, by kind.
    Table([&'u Uptake; 2]),
}

impl Source<'_> {
    /// The examples among the entries of the given positions in the log.
    #[must_use]
    pub fn examples(
        &self,
        wanted: &[usize],
        rows_of: &FxHashMap<SubjectKey, (SubjectKind, u32)>,
        histories: &Histories,
        portraits: [&Portraits; 2],
        uptake: &UptakeBy<'_>,
        progress: &dyn Fn(u64, u64),
    ) -> Examples {
        let mut order: Vec<usize> = wanted.to_vec();
        order.sort_by_key(|at| self.log.get(*at).map(|entry| (entry.shown_on, entry.subject)));
        let mut grown: [Uptake; 2] = Default::default();
        let mut counted = 0;
        let mut examples = Examples::default();
        let same_day = |a: &usize, b: &usize| {
            self.log.get(*a).map(|entry| entry.shown_on)
                == self.log.get(*b).map(|entry| entry.shown_on)
        };
        let mut done = 0;
        for day in order.chunk_by(same_day) {
            let Some(on) = day.first().and_then(|at| self.log.get(*at)).map(|entry| entry.shown_on)
            else {
                continue;
            };
            if on < self.known_at {
                examples.too_early += day.len() as u64;
                continue;
            }
            if let UptakeBy::Log(attention) = uptake {
                let waiting = examples.rows.iter().skip(counted);
                counted +=
                    waiting.take_while(|row| self.count(row, on, attention, &mut grown)).count();
            }
            let tables = match uptake {
                UptakeBy::Log(_) => [&grown[0], &grown[1]],
                UptakeBy::Table(tables) => *tables,
            };
            let dated = Dated::new(self.program, self.reference, on, self.known_at);
            let matcher = Matcher::new(&dated, self.world);
            let lists: Vec<&[usize]> = day
                .chunk_by(|a, b| {
                    let of = |at: &usize| self.log.get(*at).map(|entry| entry.subject);
                    of(a) == of(b)
                })
                .collect();
            let made: Vec<Examples> = lists
                .par_iter()
                .map_init(Memo::default, |memo, list| {
                    self.list(list, &matcher, memo, rows_of, histories, portraits, tables)
                })
                .collect();
            for part in made {
                examples.rows.extend(part.rows);
                examples.no_subject += part.no_subject;
                examples.no_match += part.no_match;
            }
            done += day.len() as u64;
            progress(done, order.len() as u64);
        }
        examples
    }

    /// Adds an example to the uptake, once a claim could have been made; says
    /// whether it was time.
    fn count(
        &self,
        row: &Example,
        on: Date,
        attention: &[Vec<f64>; 2],
        grown: &mut [Uptake; 2],
    ) -> bool {
        let Some(entry) = self.log.get(row.entry) else { return true };
        let horizon = HORIZONS[0] + HORIZONS[1];
        if entry.shown_on.checked_add(horizon.days()).is_ok_and(|ripe| ripe >= on) {
            return false;
        }
        let Some(facts) = self.shelf.facts.get(row.found.policy) else { return true };
        let kind = row.kind.index();
        let weight = attention::of(&attention[kind], entry.position);
        let claimed = entry.applied_on.is_some_and(|day| day < on);
        grown[kind].add(facts, row.portrait, weight, claimed);
        true
    }

    #[expect(clippy::too_many_arguments, reason = "one list and everything its features read")]
    fn list<'a>(
        &'a self,
        list: &[usize],
        matcher: &Matcher<'a>,
        memo: &mut Memo,
        rows_of: &FxHashMap<SubjectKey, (SubjectKind, u32)>,
        histories: &'a Histories,
        portraits: [&Portraits; 2],
        uptake: [&Uptake; 2],
    ) -> Examples {
        let mut examples = Examples::default();
        let Some(first) = list.first().and_then(|at| self.log.get(*at)) else { return examples };
        let place = rows_of.get(&first.subject).and_then(|(kind, row)| {
            let (frame, row) = self.world.of(*kind).locate(*row)?;
            Some((*kind, Dossier { frame, row }))
        });
        let Some((kind, subject)) = place else {
            examples.no_subject += list.len() as u64;
            return examples;
        };
        let history = histories.of(first.subject);
        let profile = self.shelf.profile(matcher, kind, subject, portraits[kind.index()], history);
        let offers = matcher.offers(kind, subject, memo);
        for at in list {
            let Some(entry) = self.log.get(*at) else { continue };
            let found = offers.iter().find(|found| {
                let policy = self.program.policies.get(found.policy).map(|policy| &policy.key);
                found.unit == entry.unit
                    && policy.is_some_and(|key| {
                        *key.id == *entry.policy
                            && *key.version == *entry.version
                            && key.case == entry.case
                    })
            });
            let values = found.and_then(|found| {
                let at = at_of(matcher, subject, found);
                let uptake = uptake[kind.index()];
                self.shelf.features(&matcher.scalar, &at, found, &profile, uptake)
            });
            match (found, values) {
                (Some(found), Some(values)) => examples.rows.push(Example {
                    entry: *at,
                    kind,
                    values,
                    found: found.clone(),
                    portrait: profile.portrait,
                }),
                _ => examples.no_match += 1,
            }
        }
        examples
    }

    /// The uptake of each kind from all examples whose claims could have been
    /// made before a day.
    #[must_use]
    pub fn uptake(&self, rows: &[Example], before: Date, attention: &[Vec<f64>; 2]) -> [Uptake; 2] {
        let mut grown: [Uptake; 2] = Default::default();
        for row in rows {
            self.count(row, before, attention, &mut grown);
        }
        grown
    }
}

/// Where every subject of a world stands.
#[must_use]
pub fn places(world: &World) -> FxHashMap<SubjectKey, (SubjectKind, u32)> {
    let mut places = FxHashMap::default();
    for kind in SubjectKind::ALL {
        for frame in &world.of(kind).chunks {
            for row in 0..frame.rows {
                let number = frame.first + u32::try_from(row).unwrap_or(u32::MAX);
                places.insert(frame.key(row), (kind, number));
            }
        }
    }
    places
}
