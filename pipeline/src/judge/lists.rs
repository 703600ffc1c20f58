//! The lists of the days not learned from, with every order of them.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    matching::{Match, Matcher, Memo},
    policy::cases::Verdict,
    ranking::{KindRanker, features::value, order::at_of, profile::Profile},
    rules::{dated::Dated, scalar::Dossier},
};
use zhida_store::feedback::Entry;

use super::{
    Judged,
    orders::{Seen, baselines, name, order},
};
use crate::{feedback::Gain, train::examples::places};

/// One list.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) subject: SubjectKey,
    pub(super) row: u32,
    pub(super) on: Date,
    /// Key of the unit of each item, or empty.
    pub(super) units: Vec<String>,
    /// Policy of each item, by position in the program.
    pub(super) policies: Vec<usize>,
    /// Whether each item is eligible for certain.
    pub(super) eligible: Vec<bool>,
    /// What each item is truly worth.
    pub(super) gains: Option<Vec<f64>>,
    /// Position in the log of each item that was shown.
    pub(super) shown: Vec<Option<usize>>,
    /// Calibrated probabilities of the three steps.
    pub(super) probabilities: Vec<[f64; 3]>,
    /// By method: the order.
    pub(super) orders: Vec<Vec<usize>>,
    pub(super) shuffled: bool,
}

/// What an item of a list is: policy and unit.
type Item<'g> = (&'g str, String);

/// Every list of a kind from the ranker's last day on.
pub(super) fn lists(judged: &Judged<'_>, kind: SubjectKind) -> Vec<List> {
    let until = judged.ranking.ranker.until;
    let mut tested: Vec<(usize, &Entry)> = judged
        .log
        .iter()
        .enumerate()
        .filter(|(_, entry)| {
            entry.kind == kind && entry.shown_on >= until && entry.shown_on >= judged.known_at
        })
        .collect();
    tested.sort_by_key(|(at, entry)| (entry.shown_on, entry.subject, *at));
    let truth = truth(judged.truth.unwrap_or(&[]));
    let rows = places(judged.world);
    let popularity = popularity(judged, kind);
    let mut all = Vec::new();
    for day in tested.chunk_by(|a, b| a.1.shown_on == b.1.shown_on) {
        let Some((_, first)) = day.first() else { continue };
        let dated = Dated::new(judged.program, judged.reference, first.shown_on, judged.known_at);
        let matcher = Matcher::new(&dated, judged.world).with(Some(judged.ranking));
        let days: Vec<&[(usize, &Entry)]> =
            day.chunk_by(|a, b| a.1.subject == b.1.subject).collect();
        let made: Vec<List> = days
            .par_iter()
            .map_init(Memo::default, |memo, entries| {
                one(judged, &matcher, memo, entries, &rows, &truth, &popularity)
            })
            .flatten()
            .collect();
        all.extend(made);
    }
    all
}

type Truth<'g> = FxHashMap<(&'g str, Date), FxHashMap<Item<'g>, f64>>;

fn truth(gains: &[Gain]) -> Truth<'_> {
    let mut truth: Truth<'_> = FxHashMap::default();
    for gain in gains {
        let list = truth.entry((gain.subject.as_str(), gain.on)).or_default();
        list.insert((gain.policy.as_str(), gain.unit.clone()), gain.gain);
    }
    truth
}

/// Openings of each policy before the ranker's last day.
fn popularity(judged: &Judged<'_>, kind: SubjectKind) -> Vec<f64> {
    let until = judged.ranking.ranker.until;
    let mut opened: FxHashMap<&str, f64> = FxHashMap::default();
    for entry in judged.log.iter().filter(|entry| entry.kind == kind) {
        if entry.opened_on.is_some_and(|day| day < until) {
            *opened.entry(&entry.policy).or_default() += 1.0;
        }
    }
    let facts = judged.ranking.shelf.facts.iter();
    facts.map(|facts| opened.get(facts.id.as_str()).copied().unwrap_or(0.0)).collect()
}

fn unit(key: Option<SubjectKey>) -> String {
    key.map(|unit| unit.to_string()).unwrap_or_default()
}

fn one<'a>(
    judged: &Judged<'a>,
    matcher: &Matcher<'a>,
    memo: &mut Memo,
    entries: &[(usize, &Entry)],
    rows: &FxHashMap<SubjectKey, (SubjectKind, u32)>,
    truth: &Truth<'_>,
    popularity: &[f64],
) -> Option<List> {
    let (_, first) = entries.first()?;
    let (kind, row) = *rows.get(&first.subject)?;
    let (frame, local) = judged.world.of(kind).locate(row)?;
    let subject = Dossier { frame, row: local };
    let facts = &judged.ranking.shelf.facts;
    let text = first.subject.to_string();
    let gains = truth.get(&(text.as_str(), first.shown_on));
    let shown: FxHashMap<Item<'_>, usize> =
        entries.iter().map(|(at, entry)| ((&*entry.policy, unit(entry.unit)), *at)).collect();
    let item =
        |found: &Match| facts.get(found.policy).map(|facts| (facts.id.as_str(), unit(found.unit)));
    let mut found = matcher.offers(kind, subject, memo);
    // What nobody knows the worth of is not judged: with a truth that is what
    // was not offered, without one what was not shown.
    found.retain(|found| {
        item(found).is_some_and(|item| match gains {
            Some(gains) => gains.contains_key(&item),
            None => shown.contains_key(&item),
        })
    });
    if found.is_empty() {
        return None;
    }
    let of = judged.ranking.ranker.of(kind)?;
    let history = judged.ranking.histories.of(first.subject);
    let profile = judged.ranking.shelf.profile(matcher, kind, subject, &of.portraits, history);
    let probabilities = probabilities(judged, matcher, subject, of, &profile, &found)?;
    let seen = Seen {
        found: &found,
        facts,
        relevance: &profile.relevance,
        popularity,
        seed: judged.seed,
        name: name(&text, &first.shown_on.to_string()),
    };
    let orders = orders(judged, matcher, kind, subject, &probabilities, &seen);
    let gain = |found: &Match| gains.and_then(|gains| gains.get(&item(found)?)).copied();
    Some(List {
        subject: first.subject,
        row,
        on: first.shown_on,
        units: found.iter().map(|one| unit(one.unit)).collect(),
        policies: found.iter().map(|one| one.policy).collect(),
        eligible: found.iter().map(|one| one.verdict == Verdict::Eligible).collect(),
        gains: gains.map(|_| found.iter().map(|one| gain(one).unwrap_or(0.0)).collect()),
        shown: found
            .iter()
            .map(|one| item(one).and_then(|item| shown.get(&item).copied()))
            .collect(),
        probabilities,
        orders,
        shuffled: first.shuffled,
    })
}

/// The calibrated probabilities of each item of a list.
fn probabilities<'a>(
    judged: &Judged<'_>,
    matcher: &Matcher<'a>,
    subject: Dossier<'a>,
    of: &KindRanker,
    profile: &Profile<'_>,
    found: &[Match],
) -> Option<Vec<[f64; 3]>> {
    let one = |found: &Match| {
        let at = at_of(matcher, subject, found);
        let scalar = &matcher.scalar;
        let values = judged.ranking.shelf.features(scalar, &at, found, profile, &of.uptake)?;
        Some(of.probabilities(&values))
    };
    found.iter().map(one).collect()
}

/// Every order of a list: the ranker's, its scores alone, the baselines.
fn orders<'a>(
    judged: &Judged<'a>,
    matcher: &Matcher<'a>,
    kind: SubjectKind,
    subject: Dossier<'a>,
    probabilities: &[[f64; 3]],
    seen: &Seen<'_>,
) -> Vec<Vec<usize>> {
    let found = seen.found;
    let worth: Vec<f64> = probabilities
        .iter()
        .zip(found)
        .map(|(steps, one)| steps.iter().product::<f64>() * value(one.amount))
        .collect();
    let mut ranked = found.to_vec();
    judged.ranking.order(matcher, kind, subject, &mut ranked);
    let place = |one: &Match| {
        found.iter().position(|other| other.policy == one.policy && other.unit == one.unit)
    };
    let mut orders = vec![ranked.iter().filter_map(place).collect(), order(&worth)];
    orders.extend(baselines(seen));
    orders
}
