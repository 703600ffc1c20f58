//! What is worked out once a day for policy offices, and kept: who is counted,
//! what was counted for a region, and the conditions of the policies that
//! somebody is trying to change.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use zhida_model::{
    domain::{RegionCode, SubjectKind},
    frame::World,
    matching::{Selected, select},
    office::{
        coverage::{self, Survey},
        obstacles::{self, Obstacles},
        population::Population,
        rowset::Rowset,
        simulate::Baseline,
        upcoming::{Buckets, Change, Days, Outlook, PolicySummary, Summary},
    },
};

use crate::engine::Day;

/// Results of one sort that are kept.
const KEPT: usize = 16;

/// Baselines kept: some bits for each condition and dossier.
const BASELINES: usize = 8;

/// Answered simulations remembered for each day.
const ANSWERS: usize = 256;

/// The last few results of something costly, by what was asked.
#[derive(Debug)]
struct Kept<K, V> {
    most: usize,
    entries: Mutex<VecDeque<(K, Arc<V>)>>,
}

impl<K: PartialEq + Clone, V> Kept<K, V> {
    fn new(most: usize) -> Kept<K, V> {
        Kept { most, entries: Mutex::default() }
    }

    fn find(&self, key: &K) -> Option<Arc<V>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().find(|(known, _)| known == key).map(|(_, value)| Arc::clone(value))
    }

    fn get(&self, key: &K, make: impl FnOnce() -> V) -> Arc<V> {
        if let Some(found) = self.find(key) {
            return found;
        }
        let value = Arc::new(make());
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.most {
            entries.pop_front();
        }
        entries.push_back((key.clone(), Arc::clone(&value)));
        value
    }
}

/// An answered simulation: the policy, the region, and who would be eligible.
type Answered = (usize, RegionCode, Rowset);

/// The desk of one day.
#[derive(Debug)]
pub struct Desk {
    /// The rules on the day.
    pub day: Arc<Day>,
    /// All dossiers.
    pub world: Arc<World>,
    /// By [`SubjectKind::index`].
    pub populations: [Population; 2],
    surveys: Kept<RegionCode, Vec<Survey>>,
    obstacles: Kept<RegionCode, Vec<(SubjectKind, Obstacles)>>,
    baselines: Kept<usize, Baseline>,
    outlooks: Kept<(RegionCode, Option<String>, usize), Vec<PolicySummary>>,
    answered: Mutex<VecDeque<Answered>>,
}

impl Desk {
    /// Looks at everybody.
    #[must_use]
    pub fn new(day: Arc<Day>, world: Arc<World>) -> Desk {
        let populations = Population::both(day.borrow_dependent(), &world);
        Desk {
            day,
            world,
            populations,
            surveys: Kept::new(KEPT),
            obstacles: Kept::new(KEPT),
            baselines: Kept::new(BASELINES),
            outlooks: Kept::new(KEPT),
            answered: Mutex::default(),
        }
    }

    /// The versions judged on the day, all or those of one policy.
    #[must_use]
    pub fn selected(&self, policy: Option<&str>) -> Vec<Selected<'_>> {
        let dated = self.day.borrow_dependent();
        let all = select(dated.program, dated.as_of).into_iter();
        all.filter(|one| policy.is_none_or(|id| one.policy.key.id == id)).collect()
    }

    /// Counts of a region: of every policy, or of one alone.
    #[must_use]
    pub fn surveys(&self, region: RegionCode, policy: Option<&str>) -> Arc<Vec<Survey>> {
        let count = |policy: Option<&str>| -> Vec<Survey> {
            let dated = self.day.borrow_dependent();
            let selected = self.selected(policy);
            let kinds = SubjectKind::ALL.into_iter().filter(|kind| {
                policy.is_none() || selected.iter().any(|one| one.policy.file.audience == *kind)
            });
            kinds
                .map(|kind| {
                    let population = &self.populations[kind.index()];
                    coverage::count(dated, &self.world, population, &selected, region)
                })
                .collect()
        };
        match (policy, self.surveys.find(&region)) {
            (_, Some(all)) => all,
            (Some(_), None) => Arc::new(count(policy)),
            (None, None) => self.surveys.get(&region, || count(None)),
        }
    }

    /// Obstacles of a region: of every policy, or of one alone.
    #[must_use]
    pub fn obstacles(
        &self,
        region: RegionCode,
        policy: Option<&str>,
    ) -> Arc<Vec<(SubjectKind, Obstacles)>> {
        let find = |policy: Option<&str>| -> Vec<(SubjectKind, Obstacles)> {
            let dated = self.day.borrow_dependent();
            let selected = self.selected(policy);
            let of = |kind: SubjectKind| {
                let rows = self.populations[kind.index()].within(region, dated);
                (kind, obstacles::obstacles(dated, &self.world, kind, &selected, &rows))
            };
            SubjectKind::ALL.into_iter().map(of).collect()
        };
        match policy {
            Some(_) => Arc::new(find(policy)),
            None => self.obstacles.get(&region, || find(None)),
        }
    }

    /// How many will qualify, or cease to, within so many days.
    #[must_use]
    pub fn outlook(
        &self,
        region: RegionCode,
        policy: Option<&str>,
        ahead: usize,
    ) -> Arc<Vec<PolicySummary>> {
        self.outlooks.get(&(region, policy.map(str::to_owned), ahead), || {
            let dated = self.day.borrow_dependent();
            let rows =
                SubjectKind::ALL.map(|kind| self.populations[kind.index()].within(region, dated));
            let days =
                Days::new(dated.program, dated.reference, dated.as_of, dated.known_at, ahead);
            let wanted = |id: &str| policy.is_none_or(|policy| policy == id);
            let outlook = Outlook::new(&days, &self.world, |one| wanted(&one.key.id)).only(rows);
            let mut summary = Summary::new(&outlook, Buckets::Month);
            let add = &mut |changes: Vec<Change>| {
                changes.iter().for_each(|change| summary.add(change));
                Ok::<(), std::convert::Infallible>(())
            };
            let Ok(()) = outlook.run(&|_| (), add);
            summary.policies()
        })
    }

    /// The conditions of a policy for everybody.
    #[must_use]
    pub fn baseline(&self, selected: &Selected<'_>) -> Arc<Baseline> {
        self.baselines.get(&selected.index, || {
            let population = &self.populations[selected.policy.file.audience.index()];
            Baseline::new(self.day.borrow_dependent(), &self.world, population, selected)
        })
    }

    /// Remembers who would be eligible by a simulation, unless fewer than
    /// `smallest` subjects tell it from an earlier answer about the same policy
    /// and region: whoever holds both would know of these few.
    #[must_use]
    pub fn may_answer(
        &self,
        policy: usize,
        region: RegionCode,
        eligible: &Rowset,
        smallest: u64,
    ) -> bool {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let of_same = answered.iter().filter(|(p, r, _)| (*p, *r) == (policy, region));
        let mut known = false;
        for (_, _, earlier) in of_same {
            let apart = earlier.zip(eligible, |a, b| a ^ b).count();
            if apart > 0 && apart < smallest {
                return false;
            }
            known |= apart == 0;
        }
        if !known {
            if answered.len() >= ANSWERS {
                answered.pop_front();
            }
            answered.push_back((policy, region, eligible.clone()));
        }
        true
    }
}
