//! The table of wordings (`wordings.csv`): how texts name what they measure or
//! ask for, as literals that are all searched for in one pass.
//!
//! A wording is a row of parts, each a set of literals; the parts follow each
//! other within a clause, at most [`GAP`] characters apart.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::item::Op;

mod expand;

/// Characters that `…` may stand for.
pub(crate) const GAP: usize = 24;

/// The table, kept beside the code so that it can be read and extended.
const TABLE: &str = include_str!("wordings.csv");

/// What a wording measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasureClass {
    /// Money of any currency.
    Money,
    /// A share, as a ratio.
    Ratio,
    /// Years of life.
    Age,
    /// A stretch of time.
    Span,
    /// A number of persons or things.
    Count,
    /// An area.
    Area,
    /// Points.
    Score,
    /// A multiple.
    Times,
    /// Nothing: the words are the statement.
    None,
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Wording {
    /// Number of the pattern, 1 to 110.
    pub pattern: u16,
    /// What it measures.
    pub measure: MeasureClass,
    /// Field of the catalogue, if a shared datum holds it.
    pub field: Option<&'static str>,
    /// What the words state, for [`MeasureClass::None`].
    pub op: Option<Op>,
    /// The value they state.
    pub value: Option<&'static str>,
    /// How many parts follow each other.
    parts: usize,
}

/// A wording found in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Row of the table.
    pub wording: usize,
    /// First character.
    pub start: usize,
    /// Character after the last.
    pub end: usize,
}

/// Where a literal belongs: row and part.
type Place = (usize, usize);

/// The table, ready to be searched for.
#[derive(Debug)]
pub struct Wordings {
    rows: Vec<Wording>,
    literals: AhoCorasick,
    places: Vec<Vec<Place>>,
}

impl Wordings {
    /// The built-in table.
    #[must_use]
    pub fn shared() -> &'static Wordings {
        static SHARED: OnceLock<Wordings> = OnceLock::new();
        SHARED.get_or_init(Wordings::built_in)
    }

    fn built_in() -> Wordings {
        let mut rows = Vec::new();
        let mut literals: Vec<String> = Vec::new();
        let mut places: Vec<Vec<Place>> = Vec::new();
        let mut known = rustc_hash::FxHashMap::default();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let Some((row, parts)) = read(line) else { continue };
            for (part, words) in parts.iter().enumerate() {
                for word in words {
                    let at = *known.entry(word.clone()).or_insert_with(|| {
                        literals.push(word.clone());
                        places.push(Vec::new());
                        literals.len() - 1
                    });
                    places[at].push((rows.len(), part));
                }
            }
            rows.push(row);
        }
        let literals = super::automaton(&literals, MatchKind::Standard);
        Wordings { rows, literals, places }
    }

    /// The rows, in the table's order.
    #[must_use]
    pub fn rows(&self) -> &[Wording] {
        &self.rows
    }

    /// Every literal of the text, in order of its end: place in the table,
    /// first byte, byte after the last.
    pub(crate) fn literals<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = (&'t [Place], usize, usize)> {
        self.literals.find_overlapping_iter(text).map(|found| {
            (self.places[found.pattern().as_usize()].as_slice(), found.start(), found.end())
        })
    }
}

/// One row, and the literals of each of its parts.
fn read(line: &'static str) -> Option<(Wording, Vec<Vec<String>>)> {
    let mut cells = line.split(',');
    let (pattern, words, measure) = (cells.next()?, cells.next()?, cells.next()?);
    let filled = |cell: Option<&'static str>| cell.filter(|text| !text.is_empty());
    let (field, op, value) = (filled(cells.next()), filled(cells.next()), filled(cells.next()));
    let parts = expand::parts(words);
    let row = Wording {
        pattern: pattern.parse().ok()?,
        measure: measure_class(measure)?,
        field,
        op: op.and_then(|op| serde_json::from_value(op.into()).ok()),
        value,
        parts: parts.len(),
    };
    Some((row, parts))
}

fn measure_class(text: &str) -> Option<MeasureClass> {
    Some(match text {
        "money" => MeasureClass::Money,
        "ratio" => MeasureClass::Ratio,
        "age" => MeasureClass::Age,
        "span" => MeasureClass::Span,
        "count" => MeasureClass::Count,
        "area" => MeasureClass::Area,
        "score" => MeasureClass::Score,
        "times" => MeasureClass::Times,
        "none" => MeasureClass::None,
        _ => return None,
    })
}

/// Puts the parts of wordings together as their literals come by.
#[derive(Debug)]
pub(crate) struct Tracker<'w> {
    wordings: &'w Wordings,
    /// For every row the last part reached of each: clause, start of the whole, end.
    reached: Vec<[Option<(usize, usize, usize)>; PARTS]>,
}

/// Most parts a row may have.
pub(crate) const PARTS: usize = 4;

impl<'w> Tracker<'w> {
    pub(crate) fn new(wordings: &'w Wordings) -> Tracker<'w> {
        Tracker { wordings, reached: vec![[None; PARTS]; wordings.rows.len()] }
    }

    /// A literal of `places` stands at `start..end` of clause `clause`; calls
    /// `found` for every wording it completes.
    pub(crate) fn take(
        &mut self,
        places: &[Place],
        clause: usize,
        (start, end): (usize, usize),
        mut found: impl FnMut(Hit),
    ) {
        for &(row, part) in places {
            let whole = if part == 0 {
                Some(start)
            } else {
                self.reached[row][part - 1]
                    .filter(|&(at, _, before)| {
                        at == clause && before <= start && start - before <= GAP
                    })
                    .map(|(_, whole, _)| whole)
            };
            let Some(whole) = whole else { continue };
            self.reached[row][part] = Some((clause, whole, end));
            if part + 1 == self.wordings.rows[row].parts {
                found(Hit { wording: row, start: whole, end });
            }
        }
    }
}

#[cfg(test)]
#[path = "../tests/wording.rs"]
mod tests;
