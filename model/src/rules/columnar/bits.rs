//! Bit vectors of one block: one bit a row.

/// Rows in a block.
pub const ROWS: usize = 4096;

/// Words of 64 rows in a block.
pub const WORDS: usize = ROWS / 64;

/// One bit for each row of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Bits(pub [u64; WORDS]);

impl Default for Bits {
    fn default() -> Bits {
        Bits::NONE
    }
}

impl std::fmt::Debug for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bits({} set)", self.count())
    }
}

impl Bits {
    /// No row.
    pub const NONE: Bits = Bits([0; WORDS]);

    /// The first `length` rows.
    #[must_use]
    pub fn first(length: usize) -> Bits {
        let mut bits = Bits::NONE;
        for (position, word) in bits.0.iter_mut().enumerate() {
            let rest = length.saturating_sub(position * 64);
            *word = if rest >= 64 { u64::MAX } else { (1_u64 << rest) - 1 };
        }
        bits
    }

    /// Whether the row is in it.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }

    /// Adds a row.
    pub fn set(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    /// How many rows are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether no row is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// The rows in it, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(position, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(position * 64 + bit)
            })
        })
    }

    /// Combines two vectors word by word.
    #[must_use]
    pub fn zip(&self, other: &Bits, join: impl Fn(u64, u64) -> u64) -> Bits {
        let mut joined = Bits::NONE;
        for ((out, a), b) in joined.0.iter_mut().zip(&self.0).zip(&other.0) {
            *out = join(*a, *b);
        }
        joined
    }
}

/// Three-valued truth of every row: certainly true, certainly false; a row in
/// neither is unknown, and no row is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Truths {
    /// Certainly true.
    pub yes: Bits,
    /// Certainly false.
    pub no: Bits,
}

impl Truths {
    /// Unknown for every row.
    pub const UNKNOWN: Truths = Truths { yes: Bits::NONE, no: Bits::NONE };

    /// Negation.
    #[must_use]
    pub fn negated(self) -> Truths {
        Truths { yes: self.no, no: self.yes }
    }
}
