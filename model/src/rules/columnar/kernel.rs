//! The vector code: comparisons of a block of values into bits. Compiled for
//! several processors and chosen at run time. Every loop runs over lanes of
//! fixed width without branches, so that the compiler can use wide registers.

use multiversion::multiversion;

use super::bits::{Bits, WORDS};

/// Lanes of 64-bit accumulators.
const LANES: usize = 8;

/// Bits of `low <= value <= high`. Values past the end count as out of range.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn range_i64(values: &[i64], low: i64, high: i64, out: &mut Bits) {
    let (words, rest) = values.as_chunks::<64>();
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut lanes = [0_u64; LANES];
        let mut bit = [1_u64, 2, 4, 8, 16, 32, 64, 128];
        let (groups, _) = values.as_chunks::<LANES>();
        for group in groups {
            for lane in 0..LANES {
                let inside = (group[lane] >= low) & (group[lane] <= high);
                lanes[lane] |= if inside { bit[lane] } else { 0 };
                bit[lane] <<= LANES;
            }
        }
        *word = lanes.iter().fold(0, |all, lane| all | lane);
    }
    tail(words.len(), rest, out, |value| (low..=high).contains(&value));
}

/// Bits of `low <= value <= high` for days.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn range_i32(values: &[i32], low: i32, high: i32, out: &mut Bits) {
    let (words, rest) = values.as_chunks::<64>();
    for (word, values) in out.0.iter_mut().zip(words) {
        let (halves, _) = values.as_chunks::<32>();
        let mut joined = 0_u64;
        for (half, values) in halves.iter().enumerate() {
            let mut lanes = [0_u32; LANES];
            let mut bit = [1_u32, 2, 4, 8, 16, 32, 64, 128];
            let (groups, _) = values.as_chunks::<LANES>();
            for group in groups {
                for lane in 0..LANES {
                    let inside = (group[lane] >= low) & (group[lane] <= high);
                    lanes[lane] |= if inside { bit[lane] } else { 0 };
                    bit[lane] <<= LANES;
                }
            }
            let bits = lanes.iter().fold(0, |all, lane| all | lane);
            joined |= u64::from(bits) << (32 * half);
        }
        *word = joined;
    }
    tail(words.len(), rest, out, |value| (low..=high).contains(&value));
}

/// Bits of `low <= value <= high` for dense indices; adds to what is there.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn range_u16(values: &[u16], low: u16, high: u16, out: &mut Bits) {
    let (words, rest) = values.as_chunks::<64>();
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut joined = 0_u64;
        let (quarters, _) = values.as_chunks::<16>();
        for (quarter, values) in quarters.iter().enumerate() {
            let mut bits = 0_u16;
            let mut lanes = [0_u16; 16];
            for lane in 0..16 {
                let inside = (values[lane] >= low) & (values[lane] <= high);
                lanes[lane] = if inside { 1 << lane } else { 0 };
            }
            for lane in lanes {
                bits |= lane;
            }
            joined |= u64::from(bits) << (16 * quarter);
        }
        *word |= joined;
    }
    let mut extra = Bits::NONE;
    tail(words.len(), rest, &mut extra, |value| (low..=high).contains(&value));
    for (word, extra) in out.0.iter_mut().zip(&extra.0) {
        *word |= extra;
    }
}

/// Bits of "the code is in the set": one shift of the set for each row.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+popcnt",
    "x86_64+avx2+bmi1+bmi2+popcnt",
    "aarch64+neon"
))]
pub fn member_u8(values: &[u8], set: u64, out: &mut Bits) {
    let (words, rest) = values.as_chunks::<64>();
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut lanes = [0_u64; LANES];
        let (groups, _) = values.as_chunks::<LANES>();
        for (step, group) in groups.iter().enumerate() {
            for lane in 0..LANES {
                let inside = (set >> (group[lane] & 63)) & 1;
                lanes[lane] |= inside << (step * LANES);
            }
        }
        *word = 0;
        for (lane, bits) in lanes.iter().enumerate() {
            *word |= bits << lane;
        }
    }
    tail(words.len(), rest, out, |value| set >> (value & 63) & 1 == 1);
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

fn tail<T: Copy>(full: usize, rest: &[T], out: &mut Bits, inside: impl Fn(T) -> bool) {
    if full < WORDS {
        let mut word = 0;
        for (bit, value) in rest.iter().enumerate() {
            word |= u64::from(inside(*value)) << bit;
        }
        out.0[full] = word;
        for word in out.0.iter_mut().skip(full + 1) {
            *word = 0;
        }
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
