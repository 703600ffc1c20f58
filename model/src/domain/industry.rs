//! National economic industries (国民经济行业分类, GB/T 4754-2017 with its
//! amendment of 2019): 20 sections, 97 divisions, groups and classes.
//!
//! A code of any level stands for everything below it. In the table's order
//! (section, division, group, class) every prefix is one run of indices, so a
//! kernel tests a prefix with two comparisons. Which industry is a firm's main
//! one is a matter of the data, not of this table.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Last division of every section from A (01–05) to T (97).
const SECTION_ENDS: [u16; 20] =
    [5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97];

/// Why an industry code or table cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndustryError {
    /// No section, division, group or class code.
    #[error(
        "`{text}` is no industry code: write a section letter A–T, two to four digits, or both (`C39`)"
    )]
    Code {
        /// The text.
        text: String,
    },
    /// The letter and the digits name different sections.
    #[error("`{text}` puts the digits under the wrong section: they belong to `{section}`")]
    Section {
        /// The text.
        text: String,
        /// The section the digits belong to.
        section: char,
    },
    /// A row of the table is malformed.
    #[error("industries row {row}: {problem}")]
    Row {
        /// Row number in the file, the header being row 1.
        row: usize,
        /// What is wrong and what to do.
        problem: String,
    },
}

/// A code of GB/T 4754: a section (letter), division (2 digits), group (3) or
/// class (4). Packed as number of digits × 10 000 + digits; a section holds
/// its place in the alphabet. The order is that of the tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IndustryCode(u16);

const LEVEL: u16 = 10_000;

impl IndustryCode {
    /// Reads `C`, `39`, `391`, `3911`, or digits behind their section's letter.
    ///
    /// # Errors
    /// [`IndustryError`] for another shape, or a letter that is not the
    /// section of the digits.
    pub fn parse(text: &str) -> Result<IndustryCode, IndustryError> {
        let text = text.trim();
        let shape = || IndustryError::Code { text: text.to_owned() };
        let mut rest = text.chars();
        let first = rest.next().map(|letter| letter.to_ascii_uppercase()).ok_or_else(shape)?;
        let letter = first.is_ascii_uppercase().then_some(first);
        let digits = if letter.is_some() { rest.as_str() } else { text };
        if digits.is_empty() {
            let place = letter.and_then(section_place).ok_or_else(shape)?;
            return Ok(IndustryCode(LEVEL + place));
        }
        let level = u16::try_from(digits.len()).map_err(|_| shape())?;
        if !(2..=4).contains(&level) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(shape());
        }
        let number: u16 = digits.parse().map_err(|_| shape())?;
        let code = IndustryCode(level * LEVEL + number);
        let section = code.section().ok_or_else(shape)?;
        if letter.is_some_and(|letter| letter != section) {
            return Err(IndustryError::Section { text: text.to_owned(), section });
        }
        Ok(code)
    }

    /// Level in the tree: 1 section, 2 division, 3 group, 4 class.
    #[must_use]
    pub fn level(self) -> u8 {
        (self.0 / LEVEL) as u8
    }

    /// The letter of the section the code lies in.
    #[must_use]
    pub fn section(self) -> Option<char> {
        match self.level() {
            1 => section_letter(self.0 % LEVEL),
            level => section_of(self.0 % LEVEL / 10_u16.pow(u32::from(level) - 2)),
        }
    }

    /// The code one level up; `None` for a section.
    #[must_use]
    pub fn parent(self) -> Option<IndustryCode> {
        let level = u16::from(self.level());
        match level {
            1 => None,
            2 => self.section().and_then(section_place).map(|place| IndustryCode(LEVEL + place)),
            _ => Some(IndustryCode((level - 1) * LEVEL + self.0 % LEVEL / 10)),
        }
    }

    /// Whether `code` is this code or lies below it. A code above this one
    /// does not lie within it.
    #[must_use]
    pub fn contains(self, code: IndustryCode) -> bool {
        std::iter::successors(Some(code), |code| code.parent()).any(|above| above == self)
    }

    /// Sort key that puts every code right before those below it.
    fn tree_key(self) -> (Option<char>, [u8; 4]) {
        let level = usize::from(self.level());
        let mut digits = [0; 4];
        if level > 1 {
            let mut rest = self.0 % LEVEL;
            for slot in digits[..level].iter_mut().rev() {
                *slot = (rest % 10) as u8 + 1;
                rest /= 10;
            }
        }
        (self.section(), digits)
    }
}

/// The section letter of a two-digit division (1–97).
#[must_use]
pub fn section_of(division: u16) -> Option<char> {
    let place = SECTION_ENDS.iter().position(|&end| division <= end)?;
    if division == 0 { None } else { section_letter(u16::try_from(place).ok()?) }
}

fn section_letter(place: u16) -> Option<char> {
    let place =
        u8::try_from(place).ok().filter(|&place| usize::from(place) < SECTION_ENDS.len())?;
    Some(char::from(b'A' + place))
}

fn section_place(letter: char) -> Option<u16> {
    ('A'..='T').zip(0..).find_map(|(section, place)| (section == letter).then_some(place))
}

/// All codes in tree order with their names.
#[derive(Debug, Clone)]
pub struct IndustryTable {
    rows: Vec<IndustryRow>,
    index: FxHashMap<IndustryCode, u16>,
}

#[derive(Debug, Clone)]
struct IndustryRow {
    code: IndustryCode,
    name: String,
    /// Index of the last code at or below this one.
    last: u16,
}

impl IndustryTable {
    /// Reads UTF-8 text with the columns `code,name`; rows may stand in any
    /// order, names hold no comma.
    ///
    /// # Errors
    /// [`IndustryError::Row`] for a malformed or repeated code, and for a code
    /// whose parent is missing.
    pub fn from_csv(text: &str) -> Result<IndustryTable, IndustryError> {
        let mut found: FxHashMap<IndustryCode, (usize, String)> = FxHashMap::default();
        for (row, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let fail = |problem: String| IndustryError::Row { row, problem };
            let Some((code, name)) = line.split_once(',').filter(|(_, name)| !name.contains(','))
            else {
                return Err(fail("it has not two columns, `code,name`".to_owned()));
            };
            if row == 1 {
                if line.trim() != "code,name" {
                    return Err(fail("the header must be `code,name`".to_owned()));
                }
                continue;
            }
            let code = IndustryCode::parse(code).map_err(|error| fail(error.to_string()))?;
            if found.insert(code, (row, name.trim().to_owned())).is_some() {
                return Err(fail(format!("`{code}` stands twice: remove one")));
            }
        }
        if found.is_empty() {
            let problem = "the table is empty: write `code,name` and a row for each industry";
            return Err(IndustryError::Row { row: 1, problem: problem.to_owned() });
        }
        for (code, (row, _)) in &found {
            if let Some(parent) = code.parent().filter(|parent| !found.contains_key(parent)) {
                let problem = format!("`{code}` lacks its parent `{parent}`: add that row");
                return Err(IndustryError::Row { row: *row, problem });
            }
        }
        Ok(IndustryTable::build(found))
    }

    fn build(found: FxHashMap<IndustryCode, (usize, String)>) -> IndustryTable {
        let mut named: Vec<(IndustryCode, String)> =
            found.into_iter().map(|(code, (_, name))| (code, name)).collect();
        named.sort_by_key(|(code, _)| code.tree_key());
        let mut rows: Vec<IndustryRow> =
            (0..).zip(named).map(|(last, (code, name))| IndustryRow { code, name, last }).collect();
        let index: FxHashMap<IndustryCode, u16> =
            (0..).zip(&rows).map(|(at, row)| (row.code, at)).collect();
        for at in (0..rows.len()).rev() {
            let last = rows[at].last;
            if let Some(&parent) = rows[at].code.parent().and_then(|parent| index.get(&parent)) {
                let above = &mut rows[usize::from(parent)].last;
                *above = last.max(*above);
            }
        }
        IndustryTable { rows, index }
    }

    /// Number of codes of all levels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the table holds no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Dense index of a code in tree order; `None` for an unknown code.
    #[must_use]
    pub fn index(&self, code: IndustryCode) -> Option<u16> {
        self.index.get(&code).copied()
    }

    /// The code at a dense index.
    #[must_use]
    pub fn code(&self, index: u16) -> Option<IndustryCode> {
        self.rows.get(usize::from(index)).map(|row| row.code)
    }

    /// The name of a code.
    #[must_use]
    pub fn name(&self, code: IndustryCode) -> Option<&str> {
        self.rows.get(usize::from(self.index(code)?)).map(|row| row.name.as_str())
    }

    /// Dense indices of a code and everything below it.
    #[must_use]
    pub fn range(&self, prefix: IndustryCode) -> Option<RangeInclusive<u16>> {
        let first = self.index(prefix)?;
        Some(first..=self.rows.get(usize::from(first))?.last)
    }

    /// Whether `code` is `prefix` or lies below it; `None` where the table
    /// does not know one of them.
    #[must_use]
    pub fn contains(&self, prefix: IndustryCode, code: IndustryCode) -> Option<bool> {
        Some(self.range(prefix)?.contains(&self.index(code)?))
    }

    /// The codes directly below one, in order.
    pub fn children(&self, code: IndustryCode) -> impl Iterator<Item = IndustryCode> + '_ {
        let range = self.range(code).into_iter().flatten();
        range.filter_map(|at| self.code(at)).filter(move |below| below.parent() == Some(code))
    }

    /// All codes in tree order.
    pub fn iter(&self) -> impl Iterator<Item = (IndustryCode, &str)> + '_ {
        self.rows.iter().map(|row| (row.code, row.name.as_str()))
    }
}

impl fmt::Display for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0 % LEVEL;
        match self.level() {
            1 => section_letter(number).map_or(Ok(()), |letter| write!(f, "{letter}")),
            level => write!(f, "{number:0width$}", width = usize::from(level)),
        }
    }
}

impl fmt::Debug for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndustryCode({self})")
    }
}

impl Ord for IndustryCode {
    fn cmp(&self, other: &IndustryCode) -> std::cmp::Ordering {
        self.tree_key().cmp(&other.tree_key())
    }
}

impl PartialOrd for IndustryCode {
    fn partial_cmp(&self, other: &IndustryCode) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for IndustryCode {
    type Err = IndustryError;

    fn from_str(text: &str) -> Result<IndustryCode, IndustryError> {
        IndustryCode::parse(text)
    }
}

impl Serialize for IndustryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IndustryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<IndustryCode, D::Error> {
        let text = String::deserialize(deserializer)?;
        IndustryCode::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for IndustryCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IndustryCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([A-T]|[A-T]?[0-9]{2,4})$" })
    }
}

#[cfg(test)]
#[path = "tests/industry.rs"]
mod tests;
