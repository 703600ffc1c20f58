//! Administrative divisions (行政区划, GB/T 2260): six-digit codes from the
//! nation down to counties, abolished codes with their successors, and zones
//! (开发区、新区、自由贸易试验区), which are no divisions and have ids of our own.
//!
//! A county of a municipality hangs below its `xx0100` (市辖区) or `xx0200`
//! (县) row; a county run by its province (`xx90xx`) hangs below the province,
//! and no `xx9000` row exists. Towns, streets and boundaries are left out, and
//! so is time: a code abolished today was abolished for every date.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Tri;

mod csv;

pub use self::csv::RegionTableError;

/// Rows of the standard that group counties and name no place.
const GROUPINGS: [&str; 2] = ["市辖区", "县"];

/// A text is no region code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no region code: write the six digits of GB/T 2260 in quotes")]
pub struct RegionCodeError {
    /// The text.
    pub text: String,
}

/// Six digits of GB/T 2260; `000000` is the whole nation. Whether a code is
/// in use only a [`RegionTable`] knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionCode(u32);

impl RegionCode {
    /// The whole nation, ancestor of every region.
    pub const NATION: RegionCode = RegionCode(0);

    /// Reads exactly six digits; surrounding white space is dropped.
    ///
    /// # Errors
    /// [`RegionCodeError`] for anything else.
    pub fn parse(text: &str) -> Result<RegionCode, RegionCodeError> {
        let digits = text.trim();
        let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let value = digits.parse().ok().filter(|_| fits);
        value.map(RegionCode).ok_or_else(|| RegionCodeError { text: text.to_owned() })
    }

    /// A code from its number, as columns store it; `None` above 999 999.
    #[must_use]
    pub fn from_value(value: u32) -> Option<RegionCode> {
        (value <= 999_999).then_some(RegionCode(value))
    }

    /// The six digits as a number.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0
    }
}

/// Level of a region.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// `000000`.
    Nation,
    /// Provinces, autonomous regions, municipalities, special regions.
    Province,
    /// Prefectures and prefecture-level cities, and the `市辖区` and `县` rows.
    City,
    /// Districts, counties and county-level cities.
    County,
}

/// A zone: a place with an administration of its own that is no division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// `Z` and six characters; where statistics have a code, that code.
    pub id: String,
    /// Chinese name.
    pub name: String,
    /// The smallest region that holds all of it.
    pub parent: RegionCode,
}

/// One row of the table.
#[derive(Debug, Clone)]
struct Region {
    code: RegionCode,
    name: String,
    level: RegionLevel,
    parent: Option<u16>,
    abolished: bool,
    /// The codes in force that took its place; itself while in force.
    ends: Vec<u16>,
    /// Codes in force it lies in for certain, nearest first, after itself.
    chain: Vec<u16>,
}

/// All regions and zones, indexed densely in ascending order of code.
#[derive(Debug, Clone)]
pub struct RegionTable {
    rows: Vec<Region>,
    index: FxHashMap<RegionCode, u16>,
    children: Vec<Vec<RegionCode>>,
    zones: BTreeMap<String, Zone>,
}

impl RegionTable {
    /// Number of region codes, abolished ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the table holds no region.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Dense index of a code, abolished or not: ascending order of code, which
    /// puts ancestors before descendants.
    #[must_use]
    pub fn index(&self, code: RegionCode) -> Option<u16> {
        self.index.get(&code).copied()
    }

    /// The code at a dense index.
    #[must_use]
    pub fn code(&self, index: u16) -> Option<RegionCode> {
        self.rows.get(usize::from(index)).map(|row| row.code)
    }

    /// All codes, abolished ones included, in the order of their indices.
    pub fn codes(&self) -> impl Iterator<Item = RegionCode> + '_ {
        self.rows.iter().map(|row| row.code)
    }

    /// Chinese name, without those of its ancestors.
    #[must_use]
    pub fn name(&self, code: RegionCode) -> Option<&str> {
        self.row(code).map(|row| row.name.as_str())
    }

    /// Level of a code.
    #[must_use]
    pub fn level(&self, code: RegionCode) -> Option<RegionLevel> {
        self.row(code).map(|row| row.level)
    }

    /// Name with province and city in front: 浙江省杭州市西湖区. The rows
    /// 市辖区 and 县 are left out above a county.
    #[must_use]
    pub fn full_name(&self, code: RegionCode) -> Option<String> {
        let row = self.row(code)?;
        let above = self.lineage(row).skip(1).filter(|above| {
            above.level != RegionLevel::Nation && !GROUPINGS.contains(&above.name.as_str())
        });
        let mut names: Vec<&str> =
            std::iter::once(row).chain(above).map(|row| row.name.as_str()).collect();
        names.reverse();
        Some(names.concat())
    }

    /// The region one level up, for an abolished code the one it had.
    #[must_use]
    pub fn parent(&self, code: RegionCode) -> Option<RegionCode> {
        self.code(self.row(code)?.parent?)
    }

    /// The code itself and every region in force it lies in for certain,
    /// nearest first, ending with [`RegionCode::NATION`]. For an abolished
    /// code these are the regions all its successors lie in. Empty for an
    /// unknown code.
    pub fn ancestors(&self, code: RegionCode) -> impl Iterator<Item = RegionCode> + '_ {
        let chain = self.row(code).map_or(&[][..], |row| row.chain.as_slice());
        chain.iter().filter_map(|&at| self.code(at))
    }

    /// The regions in force one level below.
    #[must_use]
    pub fn children(&self, code: RegionCode) -> &[RegionCode] {
        let at = self.index(code).map(usize::from);
        at.and_then(|at| self.children.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Whether the code has been abolished; `None` for an unknown code.
    #[must_use]
    pub fn abolished(&self, code: RegionCode) -> Option<bool> {
        self.row(code).map(|row| row.abolished)
    }

    /// The one code in force for this place: itself, or the sole end of its
    /// successors. `None` where it was divided or is unknown.
    #[must_use]
    pub fn current(&self, code: RegionCode) -> Option<RegionCode> {
        match self.row(code)?.ends.as_slice() {
            [end] => self.code(*end),
            _ => None,
        }
    }

    /// The codes in force that stand for this one today, ascending: itself, or
    /// what became of it. Empty where nothing did, and for an unknown code.
    pub fn in_force(&self, code: RegionCode) -> impl Iterator<Item = RegionCode> + '_ {
        let ends = self.row(code).map_or(&[][..], |row| row.ends.as_slice());
        ends.iter().filter_map(|&at| self.code(at))
    }

    /// Position of a zone in [`RegionTable::zones`].
    #[must_use]
    pub fn zone_index(&self, id: &str) -> Option<u16> {
        let position = self.zones.keys().position(|known| known == id)?;
        u16::try_from(position).ok()
    }

    /// The zone at a position of [`RegionTable::zones`].
    #[must_use]
    pub fn zone_at(&self, index: u16) -> Option<&Zone> {
        self.zones.values().nth(usize::from(index))
    }

    /// Whether `code` is `ancestor` or lies below it. An abolished code lies
    /// where all its successors lie, and `None` (unknown) where some lie inside
    /// and some outside. Against an abolished ancestor, the regions of that
    /// time answer true, and its successors unknown, since they may cover more
    /// ground. Against one of its own descendants it is unknown: whoever is
    /// known by the province alone may live in any of its cities. `None` if
    /// either code is not in the table.
    #[must_use]
    pub fn within(&self, code: RegionCode, ancestor: RegionCode) -> Option<bool> {
        let (row, above) = (self.row(code)?, self.row(ancestor)?);
        if code == ancestor {
            return Some(true);
        }
        if above.abolished {
            if self.lineage(row).any(|old| old.code == ancestor) {
                return Some(true);
            }
            let touches = |at: &u16| above.ends.iter().any(|&end| self.in_force_under(*at, end));
            return if row.ends.iter().any(touches) { None } else { Some(false) };
        }
        let target = self.index(ancestor)?;
        let inside = row.ends.iter().filter(|&&end| self.in_force_under(end, target)).count();
        match inside {
            0 if row.ends.is_empty() => None,
            0 if row.ends.iter().any(|&end| self.in_force_under(target, end)) => None,
            0 => Some(false),
            all if all == row.ends.len() => Some(true),
            _ => None,
        }
    }

    /// [`RegionTable::within`] for every dense index at once, so that a kernel
    /// decides a region by one look-up. All unknown for an unknown ancestor.
    #[must_use]
    pub fn within_table(&self, ancestor: RegionCode) -> Vec<Tri> {
        self.codes().map(|code| Tri::of(self.within(code, ancestor))).collect()
    }

    /// The zone of that id.
    #[must_use]
    pub fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.get(id)
    }

    /// All zones in the order of their ids.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> + '_ {
        self.zones.values()
    }

    /// Whether a zone lies in a region: true if its parent does, unknown for a
    /// region inside its parent, which the zone may reach into.
    #[must_use]
    pub fn zone_within(&self, id: &str, ancestor: RegionCode) -> Option<bool> {
        let parent = self.zone(id)?.parent;
        match self.within(parent, ancestor)? {
            false if self.within(ancestor, parent) != Some(false) => None,
            answer => Some(answer),
        }
    }

    fn row(&self, code: RegionCode) -> Option<&Region> {
        self.rows.get(usize::from(self.index(code)?))
    }

    /// A row and those above it by its parents, as they once stood.
    fn lineage<'a>(&'a self, row: &'a Region) -> impl Iterator<Item = &'a Region> {
        std::iter::successors(Some(row), |row| self.rows.get(usize::from(row.parent?)))
    }

    /// Whether a region in force is another or lies below it.
    fn in_force_under(&self, at: u16, above: u16) -> bool {
        self.rows.get(usize::from(at)).is_some_and(|row| row.chain.contains(&above))
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<RegionCode, RegionCodeError> {
        RegionCode::parse(text)
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RegionCode, D::Error> {
        let text = String::deserialize(deserializer)?;
        RegionCode::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for RegionCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RegionCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{6}$" })
    }
}

#[cfg(test)]
#[path = "tests/region.rs"]
mod tests;
