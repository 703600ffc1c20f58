//! What may still be the value of a variable.

use std::rc::Rc;

use crate::rules::ir::{Mask, TextTest};

use super::numbers::{Interval, Wholes};

/// A set of regions or industries by dense index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places(Vec<u64>);

impl Places {
    /// Every place of a table of this length.
    #[must_use]
    pub(crate) fn all(length: usize) -> Places {
        Places::of(length, |_| true)
    }

    /// The places for which the test holds.
    #[must_use]
    pub(crate) fn of(length: usize, test: impl Fn(u16) -> bool) -> Places {
        let mut words = vec![0_u64; length.div_ceil(64)];
        for (index, place) in (0..length).zip(0_u16..) {
            if test(place) {
                words[index / 64] |= 1 << (index % 64);
            }
        }
        Places(words)
    }

    /// What both have.
    #[must_use]
    pub(crate) fn and(&self, other: &Places) -> Places {
        Places(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// What either has.
    #[must_use]
    pub(crate) fn or(&self, other: &Places) -> Places {
        Places(self.0.iter().zip(&other.0).map(|(a, b)| a | b).collect())
    }

    /// What this has and the other has not.
    #[must_use]
    pub(crate) fn without(&self, other: &Places) -> Places {
        Places(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    /// Whether nothing is left.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The places, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        (0_u16..).zip(self.0.iter()).flat_map(|(position, word)| {
            let bits = (0..64_u16).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| position * 64 + bit)
        })
    }

    /// The only place, if there is only one.
    #[must_use]
    pub(crate) fn only(&self) -> Option<u16> {
        let count: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        if count == 1 { self.iter().next() } else { None }
    }
}

/// What is asked of a text: of it, the words, and whether it must be so.
pub(crate) type Asked = (TextTest, String, bool);

/// What a variable can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Domain {
    /// Yes, no, or both still possible.
    Flag {
        /// It may be true.
        yes: bool,
        /// It may be false.
        no: bool,
    },
    /// Positions in a code list.
    Codes(Mask),
    /// Regions or industries.
    Places(Rc<Places>),
    /// A set: it has one of each of these ranges, and none of those.
    Set {
        /// One of the ranges of each.
        has: Vec<Vec<(u16, u16)>>,
        /// None of these.
        lacks: Vec<(u16, u16)>,
    },
    /// A text.
    Text(Vec<Asked>),
    /// A whole number: fen, scaled decimal, day.
    Whole(Wholes),
    /// A quotient.
    Real(Interval),
    /// Facts: told by their cells, which are variables of their own.
    Facts,
}

impl Domain {
    /// Whether no value is left.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Domain::Flag { yes, no } => !yes && !no,
            Domain::Codes(mask) => mask.is_empty(),
            Domain::Places(places) => places.is_empty(),
            Domain::Set { has, lacks } => has.iter().any(|ranges| member(ranges, lacks).is_none()),
            Domain::Text(asked) => text(asked).is_none(),
            Domain::Whole(wholes) => wholes.is_empty(),
            Domain::Real(interval) => interval.is_empty(),
            Domain::Facts => false,
        }
    }

    /// Bounds of a number; everything for what is none.
    #[must_use]
    pub(crate) fn interval(&self) -> Interval {
        match self {
            Domain::Whole(wholes) => {
                wholes.hull().map_or(Interval::ALL, |(low, high)| Interval::wholes(low, high))
            }
            Domain::Real(interval) => *interval,
            _ => Interval::ALL,
        }
    }
}

/// A member of the ranges that the set does not lack.
#[must_use]
pub(crate) fn member(ranges: &[(u16, u16)], lacks: &[(u16, u16)]) -> Option<u16> {
    let lacked = |at: u16| lacks.iter().any(|(low, high)| (*low..=*high).contains(&at));
    ranges.iter().flat_map(|(low, high)| *low..=*high).find(|at| !lacked(*at))
}

/// A text that is as asked. It exists whenever this finds one: either a whole
/// text is given, or the wanted parts are joined by a sign that no part has.
#[must_use]
pub(crate) fn text(asked: &[Asked]) -> Option<String> {
    let fits = |text: &str| {
        asked.iter().all(|(test, words, wanted)| {
            *wanted
                == match test {
                    TextTest::Equals => text == words,
                    TextTest::Contains => text.contains(words.as_str()),
                }
        })
    };
    let whole = asked.iter().find(|(test, _, wanted)| *wanted && *test == TextTest::Equals);
    if let Some((_, words, _)) = whole {
        return fits(words).then(|| words.clone());
    }
    let unused = |sign: &char| asked.iter().all(|(_, words, _)| !words.contains(*sign));
    let sign = ['，', '、', '；', '—', '·', '※', '〇', '□', '△', '☆'].into_iter().find(unused);
    let sign = sign.or_else(|| ('\u{4e00}'..'\u{9fa5}').find(unused))?;
    let parts: Vec<&str> = asked
        .iter()
        .filter(|(test, _, wanted)| *wanted && *test == TextTest::Contains)
        .map(|(_, words, _)| words.as_str())
        .collect();
    let plain = parts.join(&sign.to_string());
    // A plain text may be one that it must not equal.
    let longer = format!("{plain}{sign}");
    [plain, longer].into_iter().find(|text| fits(text))
}
