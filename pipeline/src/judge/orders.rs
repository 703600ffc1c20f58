//! The orders that are compared: the ranker's, and baselines that need no
//! learning. Ties are broken by the order of the policies.

use zhida_model::{
    matching::{Match, score},
    ranking::{facts::PolicyFacts, features::value},
};

use crate::synth::draw::{Draw, hash, mix};

/// What is compared, the ranker first.
pub const METHODS: [&str; 8] = [
    "ranker",
    "scores alone",
    "first score",
    "random",
    "popular",
    "newest",
    "amount",
    "text (BM25F)",
];

/// Position of the first baseline among [`METHODS`].
pub(super) const FIRST_BASELINE: usize = 2;

/// What the baselines look at.
pub(super) struct Seen<'s> {
    pub(super) found: &'s [Match],
    pub(super) facts: &'s [PolicyFacts],
    pub(super) relevance: &'s [f64],
    /// Openings of each policy in the days learned from.
    pub(super) popularity: &'s [f64],
    pub(super) seed: u64,
    pub(super) name: u64,
}

/// The orders of the baselines, as positions in the list.
pub(super) fn baselines(seen: &Seen<'_>) -> Vec<Vec<usize>> {
    let mut draw = Draw::new(seen.seed, 0x7261_6E64, mix(&[seen.name]));
    let policy = |found: &Match| seen.facts.get(found.policy);
    let newest = |found: &Match| {
        let since = policy(found).and_then(|facts| facts.since);
        since.map_or(f64::MIN, |day| {
            f64::from(
                i32::from(day.year()) * 372 + i32::from(day.month()) * 31 + i32::from(day.day()),
            )
        })
    };
    let random: Vec<f64> = seen.found.iter().map(|_| draw.unit()).collect();
    let scores: [Vec<f64>; 6] = [
        seen.found.iter().map(|one| score(one.verdict, one.amount, one.days_left)).collect(),
        random,
        seen.found.iter().map(|one| at(seen.popularity, one.policy)).collect(),
        seen.found.iter().map(newest).collect(),
        seen.found
            .iter()
            .map(|one| one.amount.known().map_or(0.0, |_| value(one.amount)))
            .collect(),
        seen.found.iter().map(|one| at(seen.relevance, one.policy)).collect(),
    ];
    scores.iter().map(|scores| order(scores)).collect()
}

fn at(values: &[f64], position: usize) -> f64 {
    values.get(position).copied().unwrap_or(0.0)
}

/// Positions by falling score.
pub(super) fn order(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| at(scores, *b).total_cmp(&at(scores, *a)).then(a.cmp(b)));
    order
}

/// A list as a number for the random baseline.
pub(super) fn name(subject: &str, day: &str) -> u64 {
    mix(&[hash(subject), hash(day)])
}
