//! Whether a difference between two systems is more than chance, from pairs of
//! values of the same subjects: a bootstrap interval of the mean difference
//! (Efron and Tibshirani 1993) and a permutation test by flipping signs
//! (Fisher 1935; Smucker, Allan and Carterette 2007 for rankings).
//!
//! Left out: more than two systems at once, and corrections for that.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{
    draw::Draw,
    error::{Allowed, MeasureError, length, values},
    interval::{Interval, Resampling, percentile},
    sum::{Sum, mean, sum},
};

/// Most patterns of signs that are all looked at.
const EXACT: u32 = 20;

/// Sums that differ by less than this share of all differences are equal.
const EQUAL: f64 = 1e-12;

/// Two systems, compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// Subjects in both.
    pub subjects: usize,
    /// Mean of the differences, second minus first.
    pub difference: f64,
    /// Interval of the mean difference; `None` of a single subject.
    pub interval: Option<Interval>,
    /// Subjects for whom the second is better.
    pub better: usize,
    /// Subjects for whom it is worse.
    pub worse: usize,
    /// Subjects for whom both are equal.
    pub equal: usize,
    /// The permutation test.
    pub test: Permutation,
}

/// Result of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Permutation {
    /// Share of patterns whose mean difference is at least as far from zero.
    pub p: f64,
    /// Patterns looked at.
    pub patterns: u64,
    /// Whether these are all there are.
    pub exact: bool,
}

/// Differences of the subjects in both, second minus first, in order of the
/// subjects. Several values of a subject are averaged before. Also how many
/// subjects are in one only.
pub fn differences<S: Ord>(
    first: impl IntoIterator<Item = (S, f64)>,
    second: impl IntoIterator<Item = (S, f64)>,
) -> (Vec<f64>, usize) {
    type Values = (Vec<f64>, Vec<f64>);
    let mut subjects: BTreeMap<S, Values> = BTreeMap::new();
    for (subject, value) in first {
        subjects.entry(subject).or_default().0.push(value);
    }
    for (subject, value) in second {
        subjects.entry(subject).or_default().1.push(value);
    }
    let all = subjects.len();
    let paired = |(first, second): &Values| Some(mean(second)? - mean(first)?);
    let found: Vec<f64> = subjects.values().filter_map(paired).collect();
    let alone = all - found.len();
    (found, alone)
}

/// Compares two systems by the differences of their subjects.
///
/// # Errors
/// [`MeasureError`] for no differences, values that are no numbers, and
/// settings outside their range.
pub fn compare(differences: &[f64], resampling: Resampling) -> Result<Comparison, MeasureError> {
    let test = permutation(differences, resampling)?;
    let count = |holds: fn(f64) -> bool| differences.iter().filter(|&&d| holds(d)).count();
    Ok(Comparison {
        subjects: differences.len(),
        difference: mean(differences).unwrap_or_default(),
        interval: bootstrap(differences, resampling)?,
        better: count(|difference| difference > 0.0),
        worse: count(|difference| difference < 0.0),
        equal: count(|difference| difference == 0.0),
        test,
    })
}

/// Compares two columns of the same subjects.
///
/// # Errors
/// As [`compare`], and for columns of unequal length.
pub fn compare_columns(
    first: &[f64],
    second: &[f64],
    resampling: Resampling,
) -> Result<Comparison, MeasureError> {
    length("second", second.len(), first.len())?;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| b - a).collect();
    compare(&differences, resampling)
}

fn check(differences: &[f64], resampling: Resampling) -> Result<(), MeasureError> {
    if differences.is_empty() {
        return Err(MeasureError::Empty { what: "subjects measured in both" });
    }
    values("difference", differences, Allowed::Number)?;
    resampling.check()
}

/// Percentile bootstrap interval of the mean difference, subjects drawn with
/// replacement; `None` of a single subject.
///
/// # Errors
/// As [`compare`].
pub fn bootstrap(
    differences: &[f64],
    resampling: Resampling,
) -> Result<Option<Interval>, MeasureError> {
    check(differences, resampling)?;
    if differences.len() < 2 {
        return Ok(None);
    }
    let replicate = |index: u32| {
        let mut draw = Draw::stream(resampling.seed, u64::from(index));
        let drawn = (0..differences.len()).map(|_| differences[draw.below(differences.len())]);
        sum(drawn) / differences.len() as f64
    };
    let mut means: Vec<f64> = (0..resampling.samples).into_par_iter().map(replicate).collect();
    Ok(percentile(&mut means, resampling.level))
}

/// Two-sided sign-flip test of a mean difference of zero. Differences of zero
/// change nothing and are set aside; with at most 20 others all patterns of
/// signs are looked at, else as many as asked for, drawn at random and the
/// observed one added, so that p is never 0.
///
/// # Errors
/// As [`compare`].
pub fn permutation(
    differences: &[f64],
    resampling: Resampling,
) -> Result<Permutation, MeasureError> {
    check(differences, resampling)?;
    let changed: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    let all = sum(changed.iter().map(|d| d.abs()));
    let least = sum(changed.iter().copied()).abs() - all * EQUAL;
    if changed.len() <= EXACT as usize {
        let patterns = 1_u64 << changed.len();
        let far = patterns_as_far(&changed, least);
        return Ok(Permutation { p: far as f64 / patterns as f64, patterns, exact: true });
    }
    let far = (0..resampling.samples)
        .into_par_iter()
        .filter(|&index| flipped(&changed, resampling.seed, index).abs() >= least)
        .count();
    let patterns = u64::from(resampling.samples) + 1;
    Ok(Permutation { p: (far + 1) as f64 / patterns as f64, patterns, exact: false })
}

/// The sum of the differences with signs drawn at random.
fn flipped(differences: &[f64], seed: u64, index: u32) -> f64 {
    // Another stream than the bootstrap's of the same seed.
    let mut draw = Draw::stream(!seed, u64::from(index));
    let mut total = Sum::default();
    for block in differences.chunks(64) {
        let mut signs = draw.bits();
        for &difference in block {
            total.add(if signs & 1 == 1 { difference } else { -difference });
            signs >>= 1;
        }
    }
    total.value()
}

/// Patterns of signs whose sum is at least so far from zero. The sums of both
/// halves are computed once each and then combined.
fn patterns_as_far(differences: &[f64], least: f64) -> u64 {
    let (low, high) = differences.split_at(differences.len() / 2);
    let (low, high) = (signed(low), signed(high));
    let far = |a: &f64| low.iter().filter(|&b| (a + b).abs() >= least).count() as u64;
    high.iter().map(far).sum()
}

/// The sums of all patterns of signs.
fn signed(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum + difference, sum - difference]).collect();
    }
    sums
}

#[cfg(test)]
#[path = "tests/compare.rs"]
mod tests;
