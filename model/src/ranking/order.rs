//! A ranker put to work on one day: features, probabilities and the order of
//! a subject's matches. Batch, service and Python call the same functions.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::{
    facts::{PolicyFacts, facts},
    features::{self, COUNT, Context, FEATURES, value},
    history::{Histories, History},
    list::{Entry, arrange},
    portrait::Portraits,
    profile::Profile,
    ranker::{KindRanker, Ranker},
    uptake::Uptake,
    words::Collection,
};
use crate::{
    domain::SubjectKind,
    matching::{Match, Matcher},
    policy::cases::Verdict,
    rules::{
        program::Program,
        scalar::{At, Dossier, Scalar},
    },
};

/// Distinct words of dossiers whose scores are kept.
const MOST_REMEMBERED: usize = 50_000;
/// An unknown verdict counts so much of a sure one where no list of the log
/// had any: the first score's figure.
const UNKNOWN_CERTAINTY: f64 = 0.3;

/// What is the same for all days: the facts and the words of the policies.
#[derive(Debug)]
pub struct Shelf {
    /// By position in the program.
    pub facts: Vec<PolicyFacts>,
    collection: Collection,
    /// Scores by the words of a dossier: many dossiers share theirs.
    known: Mutex<FxHashMap<Box<str>, Arc<[f64]>>>,
}

impl Shelf {
    /// Reads the policies of a program.
    #[must_use]
    pub fn new(program: &Program) -> Shelf {
        Shelf {
            facts: facts(program),
            collection: Collection::new(&program.policies),
            known: Mutex::default(),
        }
    }

    /// Text scores of every policy for the words of a dossier.
    #[must_use]
    pub fn relevance(&self, words: &str) -> Arc<[f64]> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scores) = known().get(words) {
            return Arc::clone(scores);
        }
        let scores: Arc<[f64]> = self.collection.scores(words).into();
        let mut known = known();
        if known.len() < MOST_REMEMBERED {
            known.insert(words.into(), Arc::clone(&scores));
        }
        scores
    }

    fn themes(&self, id: &str) -> Option<Vec<String>> {
        self.facts.iter().find(|facts| facts.id == id).map(|facts| facts.themes.clone())
    }

    /// The profile of a subject, with its text scores.
    #[must_use]
    pub fn profile<'a>(
        &self,
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
        portraits: &Portraits,
        history: &'a History,
    ) -> Profile<'a> {
        let mut profile = Profile::read(matcher, kind, subject, portraits, history);
        profile.relevance = self.relevance(&profile.words);
        profile
    }

    /// The features of a match.
    #[must_use]
    pub fn features(
        &self,
        scalar: &Scalar<'_>,
        at: &At<'_>,
        found: &Match,
        profile: &Profile<'_>,
        uptake: &Uptake,
    ) -> Option<[f64; COUNT]> {
        let policy = self.facts.get(found.policy)?;
        let day = scalar.dated.as_of;
        let context = Context {
            found,
            policy,
            profile,
            relevance: profile.relevance.get(found.policy).copied().unwrap_or(0.0),
            uptake: uptake.rate(policy, profile.portrait),
            margin: margin(scalar, at, policy),
            counts: profile.history.of(&policy.id, day),
            opened_theme: features::themes_opened(policy, profile.history, day, |id| {
                self.themes(id)
            }),
            day,
        };
        Some(features::values(&context))
    }
}

/// Distance d from the nearest threshold t that holds, as d / (d + |t|); for
/// a threshold of zero d / (d + 1). `None` where no measure is known.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "ranking only")]
pub fn margin(scalar: &Scalar<'_>, at: &At<'_>, policy: &PolicyFacts) -> Option<f64> {
    let float = |number: crate::domain::Number| number.num() as f64 / number.den() as f64;
    policy
        .thresholds
        .iter()
        .filter_map(|(op, measure, threshold)| {
            let (measure, threshold) = (scalar.num(*measure, at)?, scalar.num(*threshold, at)?);
            if !op.holds(measure.compare(threshold)?) {
                return None;
            }
            let (measure, threshold) = (float(measure), float(threshold));
            let distance = (measure - threshold).abs();
            let scale = if threshold == 0.0 { 1.0 } else { threshold.abs() };
            Some(distance / (distance + scale))
        })
        .min_by(f64::total_cmp)
}

/// A ranker with everything it reads.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The ranker.
    pub ranker: Arc<Ranker>,
    /// The policies.
    pub shelf: Arc<Shelf>,
    /// What subjects were shown before.
    pub histories: Arc<Histories>,
}

/// Why a match stands where it does: a share of the log-odds of one feature.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Contribution {
    /// ASCII name of the feature.
    pub feature: &'static str,
    /// Its Chinese words.
    pub label: &'static str,
    /// Its value.
    pub value: f64,
    /// What it adds to the log-odds of the three steps together, against an
    /// average match.
    pub log_odds: f64,
}

/// The score of a match with its parts.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Scored {
    /// Calibrated probability of opening, of applying once opened, and of
    /// approval once applied.
    pub probabilities: [f64; 3],
    /// What the sum is worth, 0..=1.
    pub value: f64,
    /// Their product.
    pub score: f64,
    /// Features by the size of what they add.
    pub contributions: Vec<Contribution>,
}

impl Scored {
    /// The reasons in Chinese: what speaks most for it, then what most against.
    #[must_use]
    pub fn words(&self, most: usize) -> Vec<String> {
        let side = |up: bool| {
            let of = self.contributions.iter().filter(move |one| (one.log_odds > 0.0) == up);
            of.filter(|one| one.log_odds.abs() >= 0.05).take(most)
        };
        let line = |one: &Contribution| {
            let verb = if one.log_odds > 0.0 { "使排序靠前" } else { "使排序靠后" };
            format!("{}：{verb}（{:+.2}）", one.label, one.log_odds)
        };
        side(true).chain(side(false)).map(line).collect()
    }
}

impl Ranking {
    /// The score of one match, taken apart; `None` where the kind has no ranker.
    #[must_use]
    pub fn scored<'a>(
        &'a self,
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
        at: &At<'a>,
        found: &Match,
    ) -> Option<Scored> {
        let of = self.ranker.of(kind)?;
        let profile = self.profile(matcher, kind, subject, of);
        let values = self.shelf.features(&matcher.scalar, at, found, &profile, &of.uptake)?;
        let (probabilities, score) = score(of, &values, found);
        let standard = of.standard(&values);
        let mut contributions: Vec<Contribution> = FEATURES
            .iter()
            .enumerate()
            .map(|(position, feature)| Contribution {
                feature: feature.name,
                label: feature.label,
                value: values[position],
                log_odds: of
                    .steps
                    .iter()
                    .filter_map(|step| step.weights.get(position))
                    .map(|weight| weight * standard[position])
                    .sum(),
            })
            .collect();
        contributions.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
        Some(Scored { probabilities, value: value(found.amount), score, contributions })
    }

    fn profile<'a>(
        &'a self,
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
        of: &KindRanker,
    ) -> Profile<'a> {
        let history = self.histories.of(subject.frame.key(subject.row));
        self.shelf.profile(matcher, kind, subject, &of.portraits, history)
    }

    /// Scores the matches of one subject and puts them in order. Without a
    /// ranker for the kind nothing is changed and the answer is `false`.
    pub fn order<'a>(
        &'a self,
        matcher: &Matcher<'a>,
        kind: SubjectKind,
        subject: Dossier<'a>,
        matches: &mut Vec<Match>,
    ) -> bool {
        let Some(of) = self.ranker.of(kind) else { return false };
        if matches.is_empty() {
            return true;
        }
        let profile = self.profile(matcher, kind, subject, of);
        for found in matches.iter_mut() {
            let at = at_of(matcher, subject, found);
            let values = self.shelf.features(&matcher.scalar, &at, found, &profile, &of.uptake);
            if let Some(values) = values {
                found.score = score(of, &values, found).1;
            }
        }
        matches.sort_by(|a, b| a.policy.cmp(&b.policy).then(a.unit.cmp(&b.unit)));
        let entries: Vec<Entry<'_>> = matches
            .iter()
            .filter_map(|found| self.entry(of, &profile, found, matcher.scalar.dated.as_of))
            .collect();
        let mut slots: Vec<Option<Match>> = matches.drain(..).map(Some).collect();
        let order = arrange(&entries);
        matches.extend(order.into_iter().filter_map(|at| slots.get_mut(at).and_then(Option::take)));
        true
    }

    fn entry(
        &self,
        of: &KindRanker,
        profile: &Profile<'_>,
        found: &Match,
        day: Date,
    ) -> Option<Entry<'_>> {
        let policy = self.shelf.facts.get(found.policy)?;
        Some(Entry {
            policy,
            score: found.score,
            offered: found.suppressed.is_none(),
            days_left: found.days_left,
            shown_before: profile.history.of(&policy.id, day).shown > 0,
            underexposed: of.underexposed.contains(&policy.id),
            draw: draw(found, &policy.id, day),
        })
    }
}

/// Position of the feature that says a datum is missing.
const UNKNOWN: Option<usize> = features::position("unknown");

fn score(of: &KindRanker, values: &[f64; COUNT], found: &Match) -> ([f64; 3], f64) {
    let probabilities = of.probabilities(values);
    let never_seen = UNKNOWN.and_then(|at| of.means.get(at)).is_none_or(|mean| *mean == 0.0);
    let unknown = found.verdict == Verdict::Unknown && never_seen;
    let certainty = if unknown { UNKNOWN_CERTAINTY } else { 1.0 };
    (probabilities, probabilities.iter().product::<f64>() * value(found.amount) * certainty)
}

/// Whom the names of a rule stand for in a match.
#[must_use]
pub fn at_of<'a>(matcher: &Matcher<'a>, subject: Dossier<'a>, found: &Match) -> At<'a> {
    let plain = At { subject, unit: None, member: None };
    let Some(wanted) = found.unit else { return plain };
    let policy = matcher.scalar.dated.program.policies.get(found.policy);
    policy
        .into_iter()
        .flat_map(|policy| crate::matching::units(&matcher.scalar, policy, subject))
        .map(|unit| unit.at(subject))
        .find(|at| at.unit.is_some_and(|unit| unit.dossier.frame.key(unit.dossier.row) == wanted))
        .unwrap_or(plain)
}

/// A number for a subject, a policy and a week, the same on every machine (FNV-1a).
fn draw(found: &Match, policy: &str, day: Date) -> u64 {
    let week = day.iso_week_date();
    let text = format!("{}|{policy}|{}-{}", found.subject, week.year(), week.week());
    let hash = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    // The low bits of FNV-1a are spread badly: fold the high ones in.
    hash ^ (hash >> 32)
}
