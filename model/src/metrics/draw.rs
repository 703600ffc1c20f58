//! Random numbers from a seed: SplitMix64 (Steele, Lea and Flood 2014). The
//! library has no other source of chance, and each replicate has a stream of
//! its own, so that the number of threads never shows in a result.

/// 2⁶⁴ divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Draw {
    state: u64,
}

impl Draw {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Draw {
        Draw { state: seed }
    }

    /// One of many streams of a seed: that of a replicate.
    pub fn stream(seed: u64, index: u64) -> Draw {
        Draw { state: mix(seed.wrapping_add(mix(index.wrapping_add(GOLDEN)))) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// A whole number below `bound`: the upper half of a 128-bit product.
    /// Uneven by less than `bound` · 2⁻⁶⁴. Zero for a bound of zero.
    pub fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.bits()) * bound as u128;
        (product >> 64) as usize
    }

    /// A number in [0, 1) with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Mixes 64 bits.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
#[path = "tests/draw.rs"]
mod tests;
