//! Intervals around an estimate: normal ones by the quantile of the normal
//! distribution, and percentile ones from bootstrap replicates.

use serde::Serialize;

use super::error::MeasureError;

/// An interval that covers the true value with a stated probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How intervals are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Probability of covering, such as 0.95.
    pub level: f64,
    /// Bootstrap replicates, and permutations where not all are looked at.
    pub samples: u32,
    /// Seed of both.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Resampling {
        Resampling { level: 0.95, samples: 10_000, seed: 1 }
    }
}

impl Resampling {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`MeasureError::Setting`] for a level outside 0.5 to 0.999999, or fewer
    /// than 100 replicates.
    pub fn check(&self) -> Result<(), MeasureError> {
        if !(0.5..=0.999_999).contains(&self.level) {
            return Err(MeasureError::Setting {
                option: "level",
                value: self.level,
                allowed: "a probability from 0.5 to 0.999999",
            });
        }
        if self.samples < 100 {
            return Err(MeasureError::Setting {
                option: "samples",
                value: f64::from(self.samples),
                allowed: "at least 100 replicates",
            });
        }
        Ok(())
    }
}

/// The interval of a normally distributed estimate.
pub fn normal(value: f64, error: f64, level: f64) -> Interval {
    let reach = normal_quantile(0.5 + level / 2.0) * error;
    Interval { low: value - reach, high: value + reach }
}

/// The interval between the percentiles of replicates, which are sorted;
/// `None` without any.
pub fn percentile(replicates: &mut [f64], level: f64) -> Option<Interval> {
    replicates.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { low: quantile(replicates, tail)?, high: quantile(replicates, 1.0 - tail)? })
}

/// The quantile of sorted values, linear between neighbours (type 7 of Hyndman
/// and Fan 1996); `None` of no values.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = place.floor();
    let (low, part) = (sorted.get(below as usize)?, place - below);
    let high = sorted.get(below as usize + 1).unwrap_or(low);
    Some(low + (high - low) * part)
}

/// The quantile of the standard normal distribution for shares between
/// 10⁻¹⁰ and 1 − 10⁻¹⁰, to about 16 digits (Wichura 1988, algorithm AS 241).
pub fn normal_quantile(share: f64) -> f64 {
    let centred = share - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * polynomial(&CENTRE_ABOVE, r) / polynomial(&CENTRE_BELOW, r);
    }
    let tail = if centred < 0.0 { share } else { 1.0 - share };
    let r = (-tail.ln()).sqrt() - 1.6;
    let reach = polynomial(&TAIL_ABOVE, r) / polynomial(&TAIL_BELOW, r);
    if centred < 0.0 { -reach } else { reach }
}

fn polynomial(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * at + coefficient)
}

const CENTRE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const TAIL_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const TAIL_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];

#[cfg(test)]
#[path = "tests/interval.rs"]
mod tests;
