//! A set of dossiers of one kind: one bit a row, in row order, in whole blocks
//! so that the engine's bits are copied in and out.

use crate::rules::columnar::bits::{Bits, ROWS, WORDS};

/// A set of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rowset {
    words: Vec<u64>,
}

impl Rowset {
    /// No row of so many.
    #[must_use]
    pub fn none(rows: usize) -> Rowset {
        Rowset { words: vec![0; rows.div_ceil(ROWS) * WORDS] }
    }

    /// The rows for which the test holds.
    #[must_use]
    pub fn of(rows: usize, test: impl Fn(usize) -> bool) -> Rowset {
        let mut set = Rowset::none(rows);
        for row in (0..rows).filter(|row| test(*row)) {
            set.insert(row);
        }
        set
    }

    /// Adds a row.
    pub fn insert(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Whether the row is in it.
    #[must_use]
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// How many rows are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The bits of one block.
    #[must_use]
    pub fn block(&self, number: usize) -> Bits {
        let mut bits = Bits::NONE;
        for (out, word) in bits.0.iter_mut().zip(self.words.iter().skip(number * WORDS)) {
            *out = *word;
        }
        bits
    }

    /// Replaces the bits of one block.
    pub fn set_block(&mut self, number: usize, bits: &Bits) {
        for (word, new) in self.words.iter_mut().skip(number * WORDS).zip(&bits.0) {
            *word = *new;
        }
    }

    /// How many blocks it has.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.words.len() / WORDS
    }

    /// The rows in it, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks()).flat_map(move |number| {
            let bits = self.block(number);
            bits.rows().map(|row| number * ROWS + row).collect::<Vec<_>>()
        })
    }

    /// Combines two sets of the same rows word by word.
    #[must_use]
    pub fn zip(&self, other: &Rowset, join: impl Fn(u64, u64) -> u64) -> Rowset {
        let pairs = self.words.iter().zip(&other.words);
        Rowset { words: pairs.map(|(a, b)| join(*a, *b)).collect() }
    }

    /// Rows in both.
    #[must_use]
    pub fn and(&self, other: &Rowset) -> Rowset {
        self.zip(other, |a, b| a & b)
    }

    /// Rows in this one and not in the other.
    #[must_use]
    pub fn without(&self, other: &Rowset) -> Rowset {
        self.zip(other, |a, b| a & !b)
    }

    /// Rows in either.
    #[must_use]
    pub fn or(&self, other: &Rowset) -> Rowset {
        self.zip(other, |a, b| a | b)
    }

    /// How many rows are in both.
    #[must_use]
    pub fn common(&self, other: &Rowset) -> u64 {
        let pairs = self.words.iter().zip(&other.words);
        pairs.map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }
}
