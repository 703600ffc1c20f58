//! Numbers that can belong to nobody: identity numbers and credit codes of
//! division 99xxxx, which GB/T 2260 gives to no place.
//!
//! A number follows from the index of its subject, so that no table of used
//! numbers is needed. Divisions 99 9900–99 9999 are kept free for the numbers
//! of subjects that are in no register.

use zhida_model::domain::{ResidentId, Uscc};

use super::day;

/// Divisions used for subjects: 99 0000 to 99 9899.
const DIVISIONS: u64 = 9_900;

/// Sequence numbers of one sex.
const SEQUENCES: u64 = 500;

/// Persons that differ by division or sequence alone.
pub(super) const ROUND: u64 = DIVISIONS * SEQUENCES;

/// Symbols of the organisation part of a credit code.
const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Moves a birth day back until persons of different rounds cannot share it.
pub(super) fn birth_day(index: u64, total: u64, drawn: i32) -> i32 {
    let rounds = i32::try_from(total.div_ceil(ROUND).max(1)).unwrap_or(1);
    let own = i32::try_from(index / ROUND).unwrap_or(0);
    drawn - (drawn - own).rem_euclid(rounds)
}

/// The identity number of the citizen of that index.
pub(super) fn resident(index: u64, birth: i32, female: bool) -> String {
    // 3 701 is coprime to both factors of ROUND, so places are not repeated.
    let place = (index % ROUND) * 3_701 % ROUND;
    number(place % DIVISIONS, place / DIVISIONS, birth, female)
}

/// A valid identity number of nobody.
pub(super) fn nobody(draw: u64, birth: i32) -> String {
    number(DIVISIONS + draw % 100, draw / 100 % SEQUENCES, birth, draw.is_multiple_of(2))
}

fn number(division: u64, sequence: u64, birth: i32, female: bool) -> String {
    let (year, month, day) = day::parts(birth);
    let sequence = sequence * 2 + u64::from(!female);
    let head = format!("99{division:04}{year:04}{month:02}{day:02}{sequence:03}");
    with_check(&head)
}

/// The first seventeen digits with their check character, also for a birth
/// date that no calendar has.
pub(super) fn with_check(head: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if let Ok(id) = ResidentId::with_check(head) {
        return id.as_str().to_owned();
    }
    let sum: u32 = head
        .chars()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    let check = "10X98765432".chars().nth((sum % 11) as usize).unwrap_or('0');
    format!("{head}{check}")
}

/// The credit code of the enterprise of that index. `class` is the authority
/// and kind, for example `91`.
pub(super) fn enterprise(index: u64, class: &str) -> String {
    code(index * 7_919 % DIVISIONS, index, class)
}

/// A valid credit code of nobody.
pub(super) fn no_enterprise(draw: u64) -> String {
    code(DIVISIONS + draw % 100, draw / 100 % 800_000_000, "91")
}

fn code(division: u64, index: u64, class: &str) -> String {
    let mut body = String::from("MA");
    let mut rest = index.wrapping_mul(48_271) % 887_503_681;
    for _ in 0..6 {
        body.push(char::from(SYMBOLS[(rest % 31) as usize]));
        rest /= 31;
    }
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(symbol, weight)| symbol.to_digit(36).unwrap_or(0) * weight)
        .sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    let head = format!("{class}99{division:04}{body}{check}");
    Uscc::with_check(&head).map_or(head, |code| code.as_str().to_owned())
}
