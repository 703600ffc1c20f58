//! Comparisons of a block's values with the compare-into-mask instructions of
//! x86 processors, which compilers do not find by themselves: they gather one
//! value from each of eight words instead, several times slower.
//!
//! Every function handles whole words of 64 rows and returns how many; what is
//! left is the caller's. Each equals its portable twin (tested).

#![expect(unsafe_code, reason = "loads of whole registers from slices of known length")]

use std::arch::x86_64::*;

use crate::rules::columnar::bits::{Bits, WORDS};

/// What the processor can do, asked once by the standard library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// AVX-512 with bytes and words.
    Avx512,
    /// AVX2.
    Avx2,
}

/// The best level of this processor.
pub(super) fn level() -> Option<Level> {
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
        Some(Level::Avx512)
    } else if is_x86_feature_detected!("avx2") {
        Some(Level::Avx2)
    } else {
        None
    }
}

/// Bits of `low <= value <= high`.
pub(super) fn range_i64(
    level: Level,
    values: &[i64],
    low: i64,
    high: i64,
    out: &mut Bits,
) -> usize {
    let (words, _) = values.as_chunks::<64>();
    // SAFETY: `level` names what the processor was found to have.
    match level {
        Level::Avx512 => unsafe { range_i64_avx512(words, low, high, out) },
        Level::Avx2 => unsafe { range_i64_avx2(words, low, high, out) },
    }
    words.len().min(WORDS)
}

/// Bits of `low <= value <= high`.
pub(super) fn range_i32(
    level: Level,
    values: &[i32],
    low: i32,
    high: i32,
    out: &mut Bits,
) -> usize {
    let (words, _) = values.as_chunks::<64>();
    // SAFETY: as above.
    match level {
        Level::Avx512 => unsafe { range_i32_avx512(words, low, high, out) },
        Level::Avx2 => unsafe { range_i32_avx2(words, low, high, out) },
    }
    words.len().min(WORDS)
}

/// Bits of `low <= value <= high`.
pub(super) fn range_u16(
    level: Level,
    values: &[u16],
    low: u16,
    high: u16,
    out: &mut Bits,
) -> usize {
    let (words, _) = values.as_chunks::<64>();
    // SAFETY: as above.
    match level {
        Level::Avx512 => unsafe { range_u16_avx512(words, low, high, out) },
        Level::Avx2 => unsafe { range_u16_avx2(words, low, high, out) },
    }
    words.len().min(WORDS)
}

/// Bits of "the value is in the set".
pub(super) fn member_u8(level: Level, values: &[u8], set: &[u64; 4], out: &mut Bits) -> usize {
    let (words, _) = values.as_chunks::<64>();
    // SAFETY: as above.
    match level {
        Level::Avx512 => unsafe { member_u8_avx512(words, set, out) },
        Level::Avx2 => unsafe { member_u8_avx2(words, set, out) },
    }
    words.len().min(WORDS)
}

#[target_feature(enable = "avx512f")]
fn range_i64_avx512(words: &[[i64; 64]], low: i64, high: i64, out: &mut Bits) {
    let (low, high) = (_mm512_set1_epi64(low), _mm512_set1_epi64(high));
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut bytes = [0_u8; 8];
        for (byte, values) in bytes.iter_mut().zip(values.as_chunks::<8>().0) {
            // SAFETY: eight values are one register; unaligned loads are meant.
            let values = unsafe { _mm512_loadu_epi64(values.as_ptr()) };
            let above = _mm512_cmpge_epi64_mask(values, low);
            *byte = _mm512_mask_cmple_epi64_mask(above, values, high);
        }
        *word = u64::from_le_bytes(bytes);
    }
}

#[target_feature(enable = "avx2")]
fn range_i64_avx2(words: &[[i64; 64]], low: i64, high: i64, out: &mut Bits) {
    let (low, high) = (_mm256_set1_epi64x(low), _mm256_set1_epi64x(high));
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut outside = 0_u64;
        for (step, values) in values.as_chunks::<4>().0.iter().enumerate() {
            // SAFETY: four values are one register; unaligned loads are meant.
            let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
            let below = _mm256_cmpgt_epi64(low, values);
            let out = _mm256_or_si256(below, _mm256_cmpgt_epi64(values, high));
            let mask = _mm256_movemask_pd(_mm256_castsi256_pd(out));
            outside |= u64::from(mask.cast_unsigned()) << (4 * step);
        }
        *word = !outside;
    }
}

#[target_feature(enable = "avx512f")]
fn range_i32_avx512(words: &[[i32; 64]], low: i32, high: i32, out: &mut Bits) {
    let (low, high) = (_mm512_set1_epi32(low), _mm512_set1_epi32(high));
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut inside = 0_u64;
        for (step, values) in values.as_chunks::<16>().0.iter().enumerate() {
            // SAFETY: sixteen values are one register; unaligned loads are meant.
            let values = unsafe { _mm512_loadu_epi32(values.as_ptr()) };
            let above = _mm512_cmpge_epi32_mask(values, low);
            let mask = _mm512_mask_cmple_epi32_mask(above, values, high);
            inside |= u64::from(mask) << (16 * step);
        }
        *word = inside;
    }
}

#[target_feature(enable = "avx2")]
fn range_i32_avx2(words: &[[i32; 64]], low: i32, high: i32, out: &mut Bits) {
    let (low, high) = (_mm256_set1_epi32(low), _mm256_set1_epi32(high));
    for (word, values) in out.0.iter_mut().zip(words) {
        let mut outside = 0_u64;
        for (step, values) in values.as_chunks::<8>().0.iter().enumerate() {
            // SAFETY: eight values are one register; unaligned loads are meant.
            let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
            let below = _mm256_cmpgt_epi32(low, values);
            let out = _mm256_or_si256(below, _mm256_cmpgt_epi32(values, high));
            let mask = _mm256_movemask_ps(_mm256_castsi256_ps(out));
            outside |= u64::from(mask.cast_unsigned()) << (8 * step);
        }
        *word = !outside;
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn range_u16_avx512(words: &[[u16; 64]], low: u16, high: u16, out: &mut Bits) {
    let low = _mm512_set1_epi16(low.cast_signed());
    let high = _mm512_set1_epi16(high.cast_signed());
    for (word, values) in out.0.iter_mut().zip(words) {
        *word = 0;
        for (step, values) in values.as_chunks::<32>().0.iter().enumerate() {
            // SAFETY: thirty-two values are one register; unaligned loads are meant.
            let values = unsafe { _mm512_loadu_epi16(values.as_ptr().cast()) };
            let above = _mm512_cmpge_epu16_mask(values, low);
            let mask = _mm512_mask_cmple_epu16_mask(above, values, high);
            *word |= u64::from(mask) << (32 * step);
        }
    }
}

#[target_feature(enable = "avx2")]
fn range_u16_avx2(words: &[[u16; 64]], low: u16, high: u16, out: &mut Bits) {
    let low = _mm256_set1_epi16(low.cast_signed());
    let high = _mm256_set1_epi16(high.cast_signed());
    for (word, values) in out.0.iter_mut().zip(words) {
        *word = 0;
        for (step, values) in values.as_chunks::<32>().0.iter().enumerate() {
            let (halves, _) = values.as_chunks::<16>();
            let [first, second] = [&halves[0], &halves[1]].map(|values| {
                // SAFETY: sixteen values are one register; unaligned loads are meant.
                let values = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
                let above = _mm256_cmpeq_epi16(_mm256_max_epu16(values, low), values);
                let below = _mm256_cmpeq_epi16(_mm256_min_epu16(values, high), values);
                _mm256_and_si256(above, below)
            });
            // Packing works on halves of registers; the permutation restores the order.
            let packed = _mm256_packs_epi16(first, second);
            let ordered = _mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
            let mask = _mm256_movemask_epi8(ordered);
            *word |= u64::from(mask.cast_unsigned()) << (32 * step);
        }
    }
}

/// The bytes of a set of 256 codes, halves of sixteen bytes.
fn halves(set: &[u64; 4]) -> [[i64; 2]; 2] {
    let [a, b, c, d] = set.map(u64::cast_signed);
    [[a, b], [c, d]]
}

/// Bit of a code within its byte, by the code's last three bits.
const BIT_OF: i64 = i64::from_le_bytes([1, 2, 4, 8, 16, 32, 64, 128]);

// A code's byte is looked up in both halves of the set: an index with its
// highest bit set reads as zero, so that each code finds its byte once.

#[target_feature(enable = "avx512f,avx512bw")]
fn member_u8_avx512(words: &[[u8; 64]], set: &[u64; 4], out: &mut Bits) {
    let [low, high] = halves(set).map(|[a, b]| _mm512_broadcast_i32x4(_mm_set_epi64x(b, a)));
    let bit_of = _mm512_set1_epi64(BIT_OF);
    for (word, values) in out.0.iter_mut().zip(words) {
        // SAFETY: sixty-four codes are one register; unaligned loads are meant.
        let codes = unsafe { _mm512_loadu_epi8(values.as_ptr().cast()) };
        let index = _mm512_and_si512(_mm512_srli_epi16::<3>(codes), _mm512_set1_epi8(31));
        let first = _mm512_shuffle_epi8(low, _mm512_add_epi8(index, _mm512_set1_epi8(0x70)));
        let second = _mm512_shuffle_epi8(high, _mm512_sub_epi8(index, _mm512_set1_epi8(16)));
        let bit = _mm512_shuffle_epi8(bit_of, _mm512_and_si512(codes, _mm512_set1_epi8(7)));
        *word = _mm512_test_epi8_mask(_mm512_or_si512(first, second), bit);
    }
}

#[target_feature(enable = "avx2")]
fn member_u8_avx2(words: &[[u8; 64]], set: &[u64; 4], out: &mut Bits) {
    let [low, high] = halves(set).map(|[a, b]| _mm256_broadcastsi128_si256(_mm_set_epi64x(b, a)));
    let bit_of = _mm256_set1_epi64x(BIT_OF);
    for (word, values) in out.0.iter_mut().zip(words) {
        *word = 0;
        for (step, values) in values.as_chunks::<32>().0.iter().enumerate() {
            // SAFETY: thirty-two codes are one register; unaligned loads are meant.
            let codes = unsafe { _mm256_loadu_si256(values.as_ptr().cast()) };
            let index = _mm256_and_si256(_mm256_srli_epi16::<3>(codes), _mm256_set1_epi8(31));
            let first = _mm256_shuffle_epi8(low, _mm256_add_epi8(index, _mm256_set1_epi8(0x70)));
            let second = _mm256_shuffle_epi8(high, _mm256_sub_epi8(index, _mm256_set1_epi8(16)));
            let bit = _mm256_shuffle_epi8(bit_of, _mm256_and_si256(codes, _mm256_set1_epi8(7)));
            let held = _mm256_and_si256(_mm256_or_si256(first, second), bit);
            let mask = _mm256_movemask_epi8(_mm256_cmpeq_epi8(held, bit));
            *word |= u64::from(mask.cast_unsigned()) << (32 * step);
        }
    }
}
