//! The figures of a ranker on unseen lists.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use zhida_model::{
    domain::SubjectKind,
    metrics::{
        beyond::{self, Fairness, Lists, Mean},
        compare::{Comparison, compare, differences},
        counterfactual::{self, Logged, Options},
        interval::Resampling,
        probability::{self, Predictions},
        ranking::discount,
        split::{Row, Side, Split},
    },
    ranking::list::overlap,
};

use super::{
    JudgeError, Judged,
    groups::{layers, sums},
    lists::{List, lists},
    orders::{FIRST_BASELINE, METHODS, order},
};
use crate::train::{attention, examples::HORIZONS, period};

/// Places of a list that count.
const K: usize = 5;
/// Bins of the reliability curve, of equal mass.
const BINS: usize = 10;
/// Replicates of intervals and tests.
const REPLICATES: u32 = 2_000;
/// Weight above which the switch estimator leaves the log for the model.
const SWITCH: f64 = 10.0;
/// Groups of fewer rows are not written: their figures say more of people than of the ranker.
const SMALLEST_GROUP: u64 = 20;

/// Everything.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// First day judged.
    pub from: Date,
    /// Last day of the log.
    pub to: Date,
    /// Whether the log was simulated, so that the truth is known.
    pub truth_known: bool,
    /// Check that nothing learned from has seen the days judged.
    pub leakage: Leakage,
    /// By kind of subject.
    pub kinds: BTreeMap<String, KindReport>,
}

/// What the check of leakage saw.
#[derive(Debug, Clone, Serialize)]
pub struct Leakage {
    /// Entries learned from.
    pub train: usize,
    /// Entries judged.
    pub test: usize,
    /// Entries on the wrong side, or that know the future.
    pub findings: usize,
}

/// One kind of subject.
#[derive(Debug, Clone, Serialize)]
pub struct KindReport {
    /// Lists judged.
    pub lists: usize,
    /// Their subjects.
    pub subjects: usize,
    /// Items in them.
    pub items: usize,
    /// By method: how good the order is.
    pub methods: Vec<MethodRow>,
    /// The ranker beside the best baseline.
    pub against_best: Option<Paired>,
    /// By step: how true the probabilities are.
    pub steps: Vec<Chance>,
    /// What the ranker would have earned at the first place of the log.
    pub counterfactual: Option<counterfactual::Report>,
    /// What its first place is truly worth (simulated logs).
    pub true_first_open: Option<f64>,
    /// What the lists are like.
    pub beyond: Option<Beyond>,
    /// By policy: whether it is found where it belongs (simulated logs).
    pub policies: Vec<PolicyRow>,
    /// By dimension and group: how true, how fair.
    pub groups: Vec<GroupRow>,
    /// By dimension: exposure of what people are eligible for.
    pub exposure: BTreeMap<String, Fairness>,
}

/// One order.
#[derive(Debug, Clone, Serialize)]
pub struct MethodRow {
    /// Its name.
    pub method: &'static str,
    /// Against the truth: nDCG@5 with the true worth as linear gain.
    pub planted: Option<Ranks>,
    /// Against what was opened (1), applied for (2), approved (3) in lists in
    /// random order: nDCG@5 with gain 2^r − 1.
    pub observed: Option<Ranks>,
}

/// A mean over lists.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ranks {
    /// Mean nDCG@5.
    pub ndcg: f64,
    /// Lists in it: those with anything to gain.
    pub lists: usize,
}

/// The ranker against another order, paired by subject.
#[derive(Debug, Clone, Serialize)]
pub struct Paired {
    /// The other order.
    pub method: &'static str,
    /// Whether the truth or what was observed is compared.
    pub by_truth: bool,
    /// Ratio of the means.
    pub ratio: f64,
    /// Difference of the means by subject, with interval and test.
    pub comparison: Comparison,
}

/// The probabilities of one step.
#[derive(Debug, Clone, Serialize)]
pub struct Chance {
    /// `open`, `apply` or `approve`.
    pub step: &'static str,
    /// Its figures; `None` without rows of both outcomes.
    pub figures: Option<probability::Report>,
    /// Entries left out, as their outcome could still come.
    pub unripe: usize,
}

/// What lists are like.
#[derive(Debug, Clone, Serialize)]
pub struct Beyond {
    /// Policies for this kind.
    pub policies: usize,
    /// Policies among the first five of some list.
    pub shown: usize,
    /// Policies offered to anybody in these lists.
    pub offered: usize,
    /// Gini coefficient of exposure over the policies offered.
    pub gini: f64,
    /// Mean −log₂ popularity.
    pub novelty: Mean,
    /// Mean distance of themes within the first five.
    pub diversity: Mean,
}

/// One policy on simulated lists.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyRow {
    /// Its id.
    pub policy: String,
    /// Lists that offer it.
    pub lists: u64,
    /// Of which it belongs among the first five, by the truth.
    pub due: u64,
    /// Of which the ranker puts it there.
    pub found: u64,
}

/// One group.
#[derive(Debug, Clone, Serialize)]
pub struct GroupRow {
    /// `region`, `sex`, `age`, `industry` or `size`.
    pub dimension: &'static str,
    /// Chinese name.
    pub group: String,
    /// Entries shown to it.
    pub rows: u64,
    /// Mean predicted probability of opening.
    pub predicted: f64,
    /// Share opened.
    pub observed: f64,
}

/// Judges a ranker.
///
/// # Errors
/// [`JudgeError`].
pub fn report(judged: &Judged<'_>) -> Result<Report, JudgeError> {
    let until = judged.ranking.ranker.until;
    let none = JudgeError::NoList { until };
    let Some((_, to)) = period(judged.log).filter(|(_, last)| *last >= until) else {
        return Err(none);
    };
    let mut kinds = BTreeMap::new();
    for kind in judged.kinds() {
        let lists = lists(judged, kind);
        if !lists.is_empty() {
            kinds.insert(kind.name().to_owned(), one(judged, kind, &lists, to)?);
        }
    }
    if kinds.is_empty() {
        return Err(none);
    }
    Ok(Report {
        from: until,
        to,
        truth_known: judged.truth.is_some(),
        leakage: leakage(judged, until),
        kinds,
    })
}

/// Puts every entry on the side the training put it, and lets the split check.
fn leakage(judged: &Judged<'_>, until: Date) -> Leakage {
    let keys: Vec<(String, &str, Date, Side)> = judged
        .log
        .iter()
        .filter(|entry| entry.shown_on >= judged.known_at)
        .map(|entry| {
            let side = if entry.shown_on < until { Side::Train } else { Side::Test };
            (entry.subject.to_string(), &*entry.policy, entry.shown_on, side)
        })
        .collect();
    let yesterday = |day: Date| day.yesterday().unwrap_or(day);
    let rows: Vec<Row<'_>> = keys
        .iter()
        .map(|(subject, policy, day, side)| Row {
            subject,
            policy,
            day: *day,
            features_until: Some(yesterday(*day).max(judged.known_at)),
            outcome_seen: (*side == Side::Train).then(|| yesterday(until)),
            side: *side,
        })
        .collect();
    match Split::new(until, 0) {
        Ok(split) => {
            let found = split.check(&rows);
            Leakage { train: found.train, test: found.test, findings: found.findings.len() }
        }
        Err(_) => Leakage { train: 0, test: 0, findings: rows.len() },
    }
}

fn one(
    judged: &Judged<'_>,
    kind: SubjectKind,
    lists: &[List],
    to: Date,
) -> Result<KindReport, JudgeError> {
    let planted: Vec<Vec<Option<f64>>> =
        by_method(lists, |list, order| list.gains.as_ref().and_then(|gains| ndcg(gains, order)));
    let observed = by_method(lists, |list, order| {
        if !list.shuffled {
            return None;
        }
        ndcg(&grades(judged, list), order)
    });
    let methods: Vec<MethodRow> = METHODS
        .into_iter()
        .enumerate()
        .map(|(method, name)| MethodRow {
            method: name,
            planted: planted.get(method).and_then(|values| ranks(values)),
            observed: observed.get(method).and_then(|values| ranks(values)),
        })
        .collect();
    let by_truth = methods.iter().any(|method| method.planted.is_some());
    let compared = if by_truth { &planted } else { &observed };
    let mut subjects: Vec<_> = lists.iter().map(|list| list.subject).collect();
    subjects.dedup();
    subjects.sort_unstable();
    subjects.dedup();
    let (counterfactual, true_first_open) = first_place(judged, lists)?;
    let (groups, exposure) = grouped(judged, kind, lists)?;
    Ok(KindReport {
        lists: lists.len(),
        subjects: subjects.len(),
        items: lists.iter().map(|list| list.policies.len()).sum(),
        against_best: paired(lists, compared, by_truth)?,
        methods,
        steps: steps(judged, kind, lists, to)?,
        counterfactual,
        true_first_open,
        beyond: like(judged, kind, lists)?,
        policies: by_policy(judged, lists),
        groups,
        exposure,
    })
}

fn by_method(lists: &[List], of: impl Fn(&List, &[usize]) -> Option<f64>) -> Vec<Vec<Option<f64>>> {
    let one = |method: usize| {
        lists.iter().map(|list| list.orders.get(method).and_then(|order| of(list, order))).collect()
    };
    (0..METHODS.len()).map(one).collect()
}

/// nDCG@5 with the gains as they are; `None` where there is nothing to gain.
fn ndcg(gains: &[f64], order: &[usize]) -> Option<f64> {
    let total = |ranked: &mut dyn Iterator<Item = f64>| -> f64 {
        (1..).zip(ranked).take(K).map(|(rank, gain)| gain * discount(rank)).sum()
    };
    let mut best = gains.to_vec();
    best.sort_by(|a, b| b.total_cmp(a));
    let ideal = total(&mut best.into_iter());
    let own = total(&mut order.iter().filter_map(|at| gains.get(*at).copied()));
    (ideal > 0.0).then(|| own / ideal)
}

/// 2^r − 1 of what was opened (1), applied for (2) and approved (3).
fn grades(judged: &Judged<'_>, list: &List) -> Vec<f64> {
    let of = |at: &Option<usize>| {
        let entry = at.and_then(|at| judged.log.get(at));
        entry.map_or(0.0, |entry| {
            let days = [entry.opened_on, entry.applied_on, entry.approved_on];
            let grade = days.iter().take_while(|day| day.is_some()).count();
            [0.0, 1.0, 3.0, 7.0].get(grade).copied().unwrap_or(0.0)
        })
    };
    list.shown.iter().map(of).collect()
}

fn ranks(values: &[Option<f64>]) -> Option<Ranks> {
    let counted: Vec<f64> = values.iter().copied().flatten().collect();
    let ndcg = zhida_model::metrics::sum::mean(&counted)?;
    Some(Ranks { ndcg, lists: counted.len() })
}

fn paired(
    lists: &[List],
    values: &[Vec<Option<f64>>],
    by_truth: bool,
) -> Result<Option<Paired>, JudgeError> {
    let mean = |method: usize| values.get(method).and_then(|values| ranks(values));
    let best = (FIRST_BASELINE..METHODS.len())
        .filter_map(|method| Some((method, mean(method)?.ndcg)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let (Some((method, other)), Some(own)) = (best, mean(0)) else { return Ok(None) };
    let by_subject = |method: usize| {
        let values = values.get(method).into_iter().flatten();
        lists.iter().zip(values).filter_map(|(list, value)| Some((list.subject, (*value)?)))
    };
    let (differences, _) = differences(by_subject(method), by_subject(0));
    let comparison = compare(&differences, resampling())?;
    let name = METHODS.get(method).copied().unwrap_or_default();
    Ok(Some(Paired { method: name, by_truth, ratio: own.ndcg / other, comparison }))
}

fn resampling() -> Resampling {
    Resampling { level: 0.95, samples: REPLICATES, seed: 1 }
}

fn steps(
    judged: &Judged<'_>,
    kind: SubjectKind,
    lists: &[List],
    to: Date,
) -> Result<Vec<Chance>, JudgeError> {
    let mut made = Vec::new();
    for (step, name) in zhida_model::ranking::ranker::STEPS.into_iter().enumerate() {
        let (mut labels, mut predicted, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        let mut unripe = 0;
        for (number, list) in (0_u32..).zip(lists) {
            for (item, at) in list.shown.iter().enumerate() {
                let Some(entry) = at.and_then(|at| judged.log.get(at)) else { continue };
                let days =
                    [Some(entry.shown_on), entry.opened_on, entry.applied_on, entry.approved_on];
                let Some(before) = days.get(step).copied().flatten() else { continue };
                let ripe = to.since(before).is_ok_and(|span| span.get_days() >= HORIZONS[step]);
                if !ripe && step == 0 {
                    unripe += 1;
                    continue;
                }
                let taken = days.get(step + 1).copied().flatten().is_some();
                let raw = list.probabilities.get(item).and_then(|steps| steps.get(step));
                labels.push(u8::from(taken));
                predicted
                    .push(raw.copied().unwrap_or(0.0) * looked(judged, kind, entry.position, step));
                groups.push(number);
            }
        }
        let both = labels.contains(&0) && labels.contains(&1);
        let figures = if both {
            let predictions = Predictions::new(&labels, &predicted, None)?;
            Some(probability::evaluate(&predictions, Some(&groups), BINS)?)
        } else {
            None
        };
        made.push(Chance { step: name, figures, unripe });
    }
    Ok(made)
}

/// Probability that a place was looked at, as the ranker learned it; 1 after
/// the first step.
fn looked(judged: &Judged<'_>, kind: SubjectKind, position: u16, step: usize) -> f64 {
    match judged.ranking.ranker.of(kind) {
        Some(of) if step == 0 => attention::of(&of.examination, position),
        _ => 1.0,
    }
}

/// What the ranker would have earned by its choice of the first place.
fn first_place(
    judged: &Judged<'_>,
    lists: &[List],
) -> Result<(Option<counterfactual::Report>, Option<f64>), JudgeError> {
    let mut columns: [Vec<f64>; 5] = Default::default();
    for list in lists {
        let first = list.shown.iter().enumerate().find_map(|(item, at)| {
            let entry = judged.log.get((*at)?)?;
            (entry.position == 1).then_some((item, entry))
        });
        let chosen = list.orders.first().and_then(|order| order.first());
        let (Some((item, entry)), Some(chosen)) = (first, chosen) else { continue };
        let open = |item: usize| list.probabilities.get(item).map_or(0.0, |steps| steps[0]);
        let row = [
            entry.propensity,
            f64::from(u8::from(item == *chosen)),
            f64::from(u8::from(entry.opened_on.is_some())),
            open(item),
            open(*chosen),
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let [propensity, target, reward, logged, chosen] = &columns;
    if propensity.is_empty() {
        return Ok((None, None));
    }
    let log = Logged {
        propensity,
        target,
        reward,
        q_logged: Some(logged),
        q_target: Some(chosen),
        lists: None,
    };
    let options = Options { clip: None, switch: Some(SWITCH), resampling: resampling() };
    Ok((Some(counterfactual::evaluate(&log, &options)?), true_open(judged, lists)))
}

/// Mean true probability that what the ranker puts first is looked at and opened.
fn true_open(judged: &Judged<'_>, lists: &[List]) -> Option<f64> {
    let truth = judged.truth?;
    let mut open: rustc_hash::FxHashMap<(&str, Date, &str, &str), f64> = Default::default();
    for gain in truth {
        let first = gain.look * gain.open;
        open.insert((&gain.subject, gain.on, &gain.policy, &gain.unit), first);
    }
    let facts = &judged.ranking.shelf.facts;
    let values: Vec<f64> = lists
        .iter()
        .filter_map(|list| {
            let chosen = list.orders.first()?.first()?;
            let policy = &facts.get(*list.policies.get(*chosen)?)?.id;
            let unit = list.units.get(*chosen)?.as_str();
            open.get(&(list.subject.to_string().as_str(), list.on, policy.as_str(), unit)).copied()
        })
        .collect();
    zhida_model::metrics::sum::mean(&values)
}

fn like(
    judged: &Judged<'_>,
    kind: SubjectKind,
    lists: &[List],
) -> Result<Option<Beyond>, JudgeError> {
    let facts = &judged.ranking.shelf.facts;
    let policies = facts.iter().filter(|facts| facts.audience == kind).count();
    let mut offered: Vec<usize> = lists.iter().flat_map(|list| list.policies.clone()).collect();
    offered.sort_unstable();
    offered.dedup();
    let number = |policy: usize| offered.binary_search(&policy).ok();
    let shown: Vec<Vec<usize>> = lists
        .iter()
        .map(|list| {
            let order = list.orders.first().into_iter().flatten();
            let mut first: Vec<usize> = Vec::new();
            for at in order.filter_map(|at| number(*list.policies.get(*at)?)) {
                if first.len() < K && !first.contains(&at) {
                    first.push(at);
                }
            }
            first
        })
        .collect();
    let checked = Lists::new(&shown, offered.len())?;
    let coverage = beyond::coverage(&checked);
    let mut popularity = vec![0.0; offered.len()];
    for list in lists {
        for policy in &list.policies {
            if let Some(count) = number(*policy).and_then(|at| popularity.get_mut(at)) {
                #[expect(clippy::cast_precision_loss, reason = "a share of lists")]
                let share = 1.0 / lists.len() as f64;
                *count = (*count + share).min(1.0);
            }
        }
    }
    let similar = |a: usize, b: usize| {
        let of = |at: usize| offered.get(at).and_then(|policy| facts.get(*policy));
        of(a).zip(of(b)).map_or(0.0, |(a, b)| overlap(a, b))
    };
    Ok(Some(Beyond {
        policies,
        shown: coverage.shown,
        offered: offered.len(),
        gini: beyond::gini(&checked.exposure())?,
        novelty: beyond::novelty(&checked, &popularity)?,
        diversity: beyond::diversity(&checked, similar)?,
    }))
}

/// Whether each policy stands among the first five where the truth has it.
fn by_policy(judged: &Judged<'_>, lists: &[List]) -> Vec<PolicyRow> {
    let mut rows: BTreeMap<&str, PolicyRow> = BTreeMap::new();
    for list in lists {
        let (Some(gains), Some(own)) = (&list.gains, list.orders.first()) else { continue };
        let best = order(gains);
        for (item, policy) in list.policies.iter().enumerate() {
            let Some(facts) = judged.ranking.shelf.facts.get(*policy) else { continue };
            let row = rows.entry(&facts.id).or_insert_with(|| PolicyRow {
                policy: facts.id.clone(),
                lists: 0,
                due: 0,
                found: 0,
            });
            let first = |order: &[usize]| order.iter().take(K).any(|at| *at == item);
            row.lists += 1;
            row.due += u64::from(first(&best));
            row.found += u64::from(first(&best) && first(own));
        }
    }
    rows.into_values().collect()
}

fn grouped(
    judged: &Judged<'_>,
    kind: SubjectKind,
    lists: &[List],
) -> Result<(Vec<GroupRow>, BTreeMap<String, Fairness>), JudgeError> {
    let (mut rows, mut exposure) = (Vec::new(), BTreeMap::new());
    for layer in layers(judged, kind) {
        let label = |list: &List| {
            let group = layer.group(list.row as usize);
            let group = group.and_then(|group| layer.groups.get(group));
            group.map_or("未知", |group| group.label.as_str())
        };
        let mut names: Vec<&str> = Vec::new();
        let (mut predicted, mut observed) = (Vec::new(), Vec::new());
        let (mut who, mut got, mut due) = (Vec::new(), Vec::new(), Vec::new());
        for list in lists {
            for (item, at) in list.shown.iter().enumerate() {
                let Some(entry) = at.and_then(|at| judged.log.get(at)) else { continue };
                let open = list.probabilities.get(item).map_or(0.0, |steps| steps[0]);
                names.push(label(list));
                predicted.push(open * looked(judged, kind, entry.position, 0));
                observed.push(f64::from(u8::from(entry.opened_on.is_some())));
            }
            let eligible = |at: usize| list.eligible.get(at) == Some(&true);
            let order = list.orders.first().into_iter().flatten();
            let seen = (1..).zip(order).filter(|(_, at)| eligible(**at));
            who.push(label(list));
            got.push(seen.map(|(rank, _)| discount(rank)).sum::<f64>());
            let count = list.eligible.iter().filter(|yes| **yes).count();
            due.push((1..=count).map(discount).sum::<f64>());
        }
        let columns = [("predicted", predicted), ("observed", observed)];
        for (group, count, values) in sums(&names, &columns).unwrap_or_default() {
            if count >= SMALLEST_GROUP {
                #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
                let mean = |at: usize| values.get(at).copied().unwrap_or(0.0) / count as f64;
                rows.push(GroupRow {
                    dimension: layer.name,
                    group,
                    rows: count,
                    predicted: mean(0),
                    observed: mean(1),
                });
            }
        }
        if due.iter().sum::<f64>() > 0.0 && got.iter().sum::<f64>() > 0.0 {
            exposure.insert(layer.name.to_owned(), beyond::fairness(&who, &got, &due)?);
        }
    }
    Ok((rows, exposure))
}
