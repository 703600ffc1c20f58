//! Traditional script to simplified, character by character. Only characters
//! that mean one simplified character and are no simplified ones themselves
//! are in the table; words that the two scripts write differently (軟體, 软件)
//! are left out, since a character must stay where it is.

use std::sync::LazyLock;

/// The first character of the table and one behind the last: the block of
/// unified ideographs.
const FIRST: u32 = 0x4E00;
const END: u32 = 0xA000;

/// The simplified character for each of the block; 0 where it stays.
static TABLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0; (END - FIRST) as usize];
    let lines = include_str!("traditional.txt").lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        let mut symbols = line.chars();
        while let (Some(old), Some(new)) = (symbols.next(), symbols.next()) {
            let place = u32::from(old).checked_sub(FIRST).map(|place| place as usize);
            if let (Some(slot), Ok(new)) =
                (place.and_then(|place| table.get_mut(place)), u16::try_from(u32::from(new)))
            {
                *slot = new;
            }
        }
    }
    table
});

/// The simplified character that `symbol` stands for, or itself.
#[must_use]
pub fn simplified(symbol: char) -> char {
    let Some(place) = u32::from(symbol).checked_sub(FIRST) else { return symbol };
    match TABLE.get(place as usize) {
        None | Some(0) => symbol,
        Some(&new) => char::from_u32(u32::from(new)).unwrap_or(symbol),
    }
}

#[cfg(test)]
#[path = "tests/traditional.rs"]
mod tests;
