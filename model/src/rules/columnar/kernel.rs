//! The vector code: comparisons of a block of values into bits, and how bits
//! are joined. The kernel is chosen at run time: [`x86`] where the processor
//! has what it needs, else plain loops, which are the specification.

use multiversion::multiversion;

use super::bits::{Bits, WORDS};
use crate::rules::ir::Mask;

#[cfg(target_arch = "x86_64")]
mod x86;

/// Bits of `low <= value <= high`. Values past the end count as out of range.
pub fn range_i64(values: &[i64], low: i64, high: i64, out: &mut Bits) {
    #[cfg(target_arch = "x86_64")]
    let done = x86::level().map_or(0, |level| x86::range_i64(level, values, low, high, out));
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    rest(done, values, out, |value| (low..=high).contains(&value));
}

/// Bits of `low <= value <= high` for days.
pub fn range_i32(values: &[i32], low: i32, high: i32, out: &mut Bits) {
    #[cfg(target_arch = "x86_64")]
    let done = x86::level().map_or(0, |level| x86::range_i32(level, values, low, high, out));
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    rest(done, values, out, |value| (low..=high).contains(&value));
}

/// Bits of `low <= value <= high` for dense indices.
pub fn range_u16(values: &[u16], low: u16, high: u16, out: &mut Bits) {
    #[cfg(target_arch = "x86_64")]
    let done = x86::level().map_or(0, |level| x86::range_u16(level, values, low, high, out));
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    rest(done, values, out, |value| (low..=high).contains(&value));
}

/// Bits of "the code is in the set".
pub fn member_u8(values: &[u8], set: &Mask, out: &mut Bits) {
    #[cfg(target_arch = "x86_64")]
    let done = x86::level().map_or(0, |level| x86::member_u8(level, values, &set.0, out));
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    rest(done, values, out, |value| set.contains(value));
}

/// The words from `done` on, row by row; also what the fast versions must equal.
fn rest<T: Copy>(done: usize, values: &[T], out: &mut Bits, inside: impl Fn(T) -> bool) {
    let mut words = values.chunks(64).skip(done);
    for word in out.0.iter_mut().skip(done) {
        *word = words
            .next()
            .unwrap_or_default()
            .iter()
            .enumerate()
            .fold(0, |word, (bit, value)| word | u64::from(inside(*value)) << bit);
    }
}

/// Bits of `num / den >= limit_num / limit_den`, exactly: cross-multiplied in
/// 128 bits, with the sign of the divisor. `limit_den` is positive, and both
/// limits fit 64 bits, so that no product leaves 128 bits. A zero divisor
/// gives no bit; the caller clears those rows.
pub fn ratio_at_least(
    nums: &[i64],
    dens: &[i64],
    (limit_num, limit_den): (i64, i64),
    strictly: bool,
    out: &mut Bits,
) {
    for ((position, num), den) in nums.iter().enumerate().zip(dens) {
        let left = i128::from(*num) * i128::from(limit_den);
        let right = i128::from(limit_num) * i128::from(*den);
        let (left, right) = if *den < 0 { (right, left) } else { (left, right) };
        let inside = if strictly { left > right } else { left >= right };
        out.0[position / 64] |= u64::from(inside) << (position % 64);
    }
}

/// Conjunction into `yes` and `no`; tells whether any row may still be true.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn and_into(
    yes: &mut Bits,
    no: &mut Bits,
    other_yes: &Bits,
    other_no: &Bits,
    rows: &Bits,
) -> bool {
    let mut open = 0;
    for word in 0..WORDS {
        yes.0[word] &= other_yes.0[word];
        no.0[word] |= other_no.0[word];
        open |= rows.0[word] & !no.0[word];
    }
    open != 0
}

/// Disjunction into `yes` and `no`; tells whether any row may still be false.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn or_into(
    yes: &mut Bits,
    no: &mut Bits,
    other_yes: &Bits,
    other_no: &Bits,
    rows: &Bits,
) -> bool {
    let mut open = 0;
    for word in 0..WORDS {
        yes.0[word] |= other_yes.0[word];
        no.0[word] &= other_no.0[word];
        open |= rows.0[word] & !yes.0[word];
    }
    open != 0
}

/// Splits known rows into yes and no: `yes = inside & known`, `no = known & !inside`.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn split(inside: &Bits, known: &Bits, yes: &mut Bits, no: &mut Bits) {
    for word in 0..WORDS {
        yes.0[word] = inside.0[word] & known.0[word];
        no.0[word] = known.0[word] & !inside.0[word];
    }
}

#[cfg(test)]
mod tests;
