//! Every version of a kernel against the plain loop, at every length around
//! whole words and blocks, with values at both bounds and at the ends of the type.

use proptest::prelude::*;

use super::*;
use crate::rules::columnar::bits::ROWS;

/// Lengths that end inside, at and after a word, and a whole block.
fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![0..200_usize, ROWS - 70..=ROWS, Just(ROWS)]
}

/// Few distinct values, so that bounds are hit.
fn near<T: Copy + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = T> {
    prop::sample::select(values)
}

fn plain<T: Copy>(values: &[T], inside: impl Fn(T) -> bool) -> Bits {
    let mut bits = Bits::NONE;
    for row in values.iter().enumerate().filter(|(_, value)| inside(**value)).map(|(row, _)| row) {
        bits.set(row);
    }
    bits
}

/// Bits that must be overwritten.
fn dirty() -> Bits {
    Bits::first(ROWS)
}

#[cfg(target_arch = "x86_64")]
fn levels() -> Vec<x86::Level> {
    match x86::level() {
        Some(x86::Level::Avx512) => vec![x86::Level::Avx512, x86::Level::Avx2],
        Some(level) => vec![level],
        None => Vec::new(),
    }
}

macro_rules! ranges {
    ($name:ident, $kernel:ident, $kind:ty, $values:expr) => {
        proptest! {
            #[test]
            fn $name(
                values in lengths().prop_flat_map(|n| prop::collection::vec(near($values), n)),
                low in near($values),
                high in near($values),
            ) {
                let expected = plain(&values, |value: $kind| (low..=high).contains(&value));
                let mut found = dirty();
                $kernel(&values, low, high, &mut found);
                prop_assert_eq!(&found, &expected);
                #[cfg(target_arch = "x86_64")]
                for level in levels() {
                    let mut found = dirty();
                    let done = x86::$kernel(level, &values, low, high, &mut found);
                    prop_assert_eq!(done, values.len() / 64);
                    prop_assert_eq!(&found.0[..done], &expected.0[..done], "{:?}", level);
                }
            }
        }
    };
}

ranges!(whole_numbers, range_i64, i64, vec![i64::MIN, -1, 0, 1, 2, 1 << 40, i64::MAX]);
ranges!(days, range_i32, i32, vec![i32::MIN, -1, 0, 1, 2, 1 << 20, i32::MAX]);
ranges!(places, range_u16, u16, vec![0, 1, 2, 0x7fff, 0x8000, 0x8001, u16::MAX]);

proptest! {
    #[test]
    fn codes(
        values in lengths().prop_flat_map(|n| prop::collection::vec(any::<u8>(), n)),
        set in prop::array::uniform4(any::<u64>()),
    ) {
        let set = Mask(set);
        let expected = plain(&values, |value| set.contains(value));
        let mut found = dirty();
        member_u8(&values, &set, &mut found);
        prop_assert_eq!(&found, &expected);
        #[cfg(target_arch = "x86_64")]
        for level in levels() {
            let mut found = dirty();
            let done = x86::member_u8(level, &values, &set.0, &mut found);
            prop_assert_eq!(done, values.len() / 64);
            prop_assert_eq!(&found.0[..done], &expected.0[..done], "{:?}", level);
        }
    }
}
