//! Names of places in a text, as codes of regions and ids of zones.
//!
//! Names follow each other from large to small (浙江省杭州市西湖区) and make
//! one find, whose smallest region counts. A name that several regions have
//! (鼓楼区) keeps them all unless a larger one stands before it, a sibling does
//! in the same list, or the caller says where the document holds. Provinces and cities may stand without
//! their suffix (浙江, 杭州); counties only behind a larger name, because most
//! of theirs are words as well; 区 always keeps its suffix. [`guard`] lists
//! names that are words and words that begin like names. One-character
//! abbreviations (沪, 粤) count in numbers of documents alone.
//!
//! Towns, streets, rivers and regions of several provinces (江南, 长三角) are
//! left out. Linear: at each character at most one longest name is looked for.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::docnumber::DocumentNumber;
use super::span::Span;
use crate::domain::{RegionCode, RegionLevel, RegionTable};

mod guard;
mod name;

use self::guard::{blocked, crossed};
use self::name::{Form, forms};

/// A name of a place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceMention {
    /// All its words: 浙江省杭州市西湖区.
    pub span: Span,
    /// The regions it can mean, ascending: one if it is clear. For a zone, the
    /// smallest region that holds it.
    pub codes: Vec<RegionCode>,
    /// The id of the zone it names.
    pub zone: Option<String>,
    /// Regions in force today that stand for an abolished name, ascending;
    /// empty where the name is in force.
    pub successors: Vec<RegionCode>,
    /// Written without its suffix.
    pub short: bool,
}

impl PlaceMention {
    /// The region it means, if that is clear: abolished ones as written.
    #[must_use]
    pub fn code(&self) -> Option<RegionCode> {
        match self.codes.as_slice() {
            [code] => Some(*code),
            _ => None,
        }
    }
}

/// All names, ready to be looked up.
#[derive(Debug)]
pub struct Finder<'t> {
    table: &'t RegionTable,
    /// Next node by node and character.
    edges: FxHashMap<(u32, char), u32>,
    /// What ends at a node.
    ends: FxHashMap<u32, Vec<Entry>>,
    /// Whether a name begins with a character of the block of ideographs.
    begins: Vec<bool>,
}

/// What a name can mean.
#[derive(Debug, Clone)]
struct Entry {
    code: RegionCode,
    zone: Option<String>,
    form: Form,
}

/// A name that begins at some character.
struct Hit<'f> {
    end: usize,
    entries: &'f [Entry],
}

const FIRST: u32 = 0x4E00;

impl<'t> Finder<'t> {
    /// The table whose names it knows.
    #[must_use]
    pub fn table(&self) -> &'t RegionTable {
        self.table
    }

    /// Prepares all names of a table, abolished ones and zones included.
    #[must_use]
    pub fn new(table: &'t RegionTable) -> Finder<'t> {
        let mut finder = Finder {
            table,
            edges: FxHashMap::default(),
            ends: FxHashMap::default(),
            begins: vec![false; 0x5200],
        };
        let mut nodes = 1;
        for code in table.codes() {
            for (name, form) in forms(table, code) {
                finder.add(&name, Entry { code, zone: None, form }, &mut nodes);
            }
        }
        for zone in table.zones() {
            let entry = Entry { code: zone.parent, zone: Some(zone.id.clone()), form: Form::Full };
            finder.add(&zone.name, entry, &mut nodes);
        }
        finder
    }

    fn add(&mut self, name: &str, entry: Entry, nodes: &mut u32) {
        let mut node = 0;
        for (at, symbol) in name.chars().enumerate() {
            let symbol = super::fold::fold(symbol);
            if at == 0
                && let Some(slot) = slot(symbol).and_then(|slot| self.begins.get_mut(slot))
            {
                *slot = true;
            }
            node = *self.edges.entry((node, symbol)).or_insert_with(|| {
                *nodes += 1;
                *nodes - 1
            });
        }
        self.ends.entry(node).or_default().push(entry);
    }

    /// The longest name at `at` that is not the beginning of another word.
    /// `above` are the regions named right before it.
    fn longest(&self, chars: &[char], at: usize, above: &[RegionCode]) -> Option<Hit<'_>> {
        let first = *chars.get(at)?;
        if !slot(first).and_then(|slot| self.begins.get(slot)).copied().unwrap_or(false) {
            return None;
        }
        let (mut node, mut best) = (0, None);
        for (end, symbol) in (at + 1..).zip(chars.get(at..)?) {
            let Some(&next) = self.edges.get(&(node, *symbol)) else { break };
            node = next;
            let Some(entries) = self.ends.get(&node) else { continue };
            let usable = entries.iter().any(|entry| self.usable(entry, above));
            let whole = !blocked(chars, at, end) || self.goes_on(chars, end, entries);
            if usable && whole && (!above.is_empty() || !crossed(chars, at, end)) {
                best = Some(Hit { end, entries });
            }
        }
        best
    }

    /// Whether a region inside one just named follows at once: what looks like
    /// another word (市民) is the beginning of its name (商丘市民权县).
    fn goes_on(&self, chars: &[char], from: usize, above: &[Entry]) -> bool {
        let above: Vec<RegionCode> = above.iter().map(|entry| entry.code).collect();
        let mut node = 0;
        for symbol in chars.get(from..).unwrap_or_default() {
            let Some(&next) = self.edges.get(&(node, *symbol)) else { return false };
            node = next;
            let inner = self.ends.get(&node).into_iter().flatten();
            if inner.clone().any(|entry| entry.form == Form::Full && self.belongs(entry, &above)) {
                return true;
            }
        }
        false
    }

    fn usable(&self, entry: &Entry, above: &[RegionCode]) -> bool {
        entry.form != Form::Weak || self.belongs(entry, above)
    }

    /// Whether a region lies strictly in one of those above it, or a zone in it.
    fn belongs(&self, entry: &Entry, above: &[RegionCode]) -> bool {
        above.iter().any(|&above| {
            (entry.code != above || entry.zone.is_some()) && self.inside(entry.code, above)
        })
    }

    /// Whether a region, or what it was part of, lies in another.
    fn inside(&self, code: RegionCode, above: RegionCode) -> bool {
        let mut at = Some(code);
        while let Some(region) = at {
            if region == above {
                return true;
            }
            at = self.table.parent(region);
        }
        self.table.within(code, above) == Some(true)
    }

    /// The name that begins at `at`, all its levels together.
    fn mention(&self, chars: &[char], at: usize, hint: Option<RegionCode>) -> Option<PlaceMention> {
        let hit = self.longest(chars, at, &[])?;
        let entries: Vec<&Entry> =
            hit.entries.iter().filter(|entry| entry.form != Form::Weak).collect();
        let (mut chosen, mut end) = (self.choose(&entries, hint), hit.end);
        for _ in 0..4 {
            let codes: Vec<RegionCode> = chosen.iter().map(|entry| entry.code).collect();
            let Some(next) = self.longest(chars, end, &codes) else { break };
            let below: Vec<&Entry> =
                next.entries.iter().filter(|entry| self.belongs(entry, &codes)).collect();
            if below.is_empty() {
                break;
            }
            (chosen, end) = (self.choose(&below, hint), next.end);
        }
        let mut codes: Vec<RegionCode> = chosen.iter().map(|entry| entry.code).collect();
        codes.sort_unstable();
        codes.dedup();
        let gone = codes.iter().all(|&code| self.table.abolished(code) == Some(true));
        let mut successors: Vec<RegionCode> = if gone {
            codes.iter().flat_map(|&code| self.table.in_force(code)).collect()
        } else {
            Vec::new()
        };
        successors.sort_unstable();
        successors.dedup();
        let zone = chosen.first().and_then(|entry| entry.zone.clone());
        let short = chosen.iter().all(|entry| entry.form != Form::Full);
        Some(PlaceMention { span: Span::new(at, end), codes, zone, successors, short })
    }

    /// In a list (西城区、朝阳区) a name means the sibling of the one before it.
    fn sibling(&self, chars: &[char], before: &PlaceMention, mention: &mut PlaceMention) {
        let gap = chars.get(before.span.end..mention.span.start);
        let (Some(['、' | '和' | '及']), Some(code)) = (gap, before.code()) else { return };
        let beside = |region: &RegionCode| self.table.parent(*region) == self.table.parent(code);
        let mut beside = mention.codes.iter().copied().filter(beside);
        if let (Some(only), None) = (beside.next(), beside.next()) {
            mention.codes = vec![only];
        }
    }

    /// Of several regions with one name: those in force before abolished ones,
    /// the larger before the smaller where the suffix is missing, and where
    /// the document holds before elsewhere.
    fn choose<'e>(&self, entries: &[&'e Entry], hint: Option<RegionCode>) -> Vec<&'e Entry> {
        let mut left: Vec<&Entry> = entries.to_vec();
        let mut keep = |test: &dyn Fn(&Entry) -> bool| {
            let kept: Vec<&Entry> = left.iter().copied().filter(|entry| test(entry)).collect();
            if !kept.is_empty() {
                left = kept;
            }
        };
        if let Some(hint) = hint.filter(|&hint| hint != RegionCode::NATION) {
            keep(&|entry| self.inside(entry.code, hint) || self.inside(hint, entry.code));
        }
        keep(&|entry| self.table.abolished(entry.code) == Some(false));
        keep(&|entry| entry.form == Form::Full);
        // Without its suffix a name means the largest region that has it: 吉林.
        let top = left.iter().filter_map(|entry| self.table.level(entry.code)).min();
        if left.iter().all(|entry| entry.form != Form::Full) {
            left.retain(|entry| self.table.level(entry.code) == top);
        }
        left
    }
}

fn slot(symbol: char) -> Option<usize> {
    usize::try_from(u32::from(symbol).checked_sub(FIRST)?).ok()
}

/// All names of places in a text, in order; none overlaps another. `hint` is
/// where the document holds: it decides between regions of the same name.
#[must_use]
pub fn find(finder: &Finder<'_>, chars: &[char], hint: Option<RegionCode>) -> Vec<PlaceMention> {
    find_in(finder, chars, Span::new(0, chars.len()), hint)
}

/// The names of places that lie in a part of a text.
#[must_use]
pub fn find_in(
    finder: &Finder<'_>,
    chars: &[char],
    within: Span,
    hint: Option<RegionCode>,
) -> Vec<PlaceMention> {
    let chars = chars.get(..within.end.min(chars.len())).unwrap_or_default();
    let mut found: Vec<PlaceMention> = Vec::new();
    let mut at = within.start;
    while at < chars.len() {
        match finder.mention(chars, at, hint) {
            Some(mut mention) => {
                at = mention.span.end;
                if let Some(before) = found.last() {
                    finder.sibling(chars, before, &mut mention);
                }
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

/// Why a text names no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionTextError {
    /// No name and no code.
    #[error("`{text}` names no region: write its name (浙江省杭州市) or its six digits")]
    Unknown {
        /// The text.
        text: String,
    },
    /// A name that several regions have.
    #[error("`{text}` can be {}: name the region above it too, or say where with --region", codes.join(", "))]
    Ambiguous {
        /// The text.
        text: String,
        /// Codes with full names.
        codes: Vec<String>,
    },
}

/// What one line of input says about a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionText {
    /// Its words.
    pub span: Span,
    /// The region, or all it can be.
    pub codes: Vec<RegionCode>,
    /// The zone, if it is one.
    pub zone: Option<String>,
    /// What stands for it today, if it was abolished.
    pub successors: Vec<RegionCode>,
    /// Set where it is not clear.
    pub error: Option<RegionTextError>,
}

/// The first region an input names, by name or by its six digits.
///
/// # Errors
/// [`RegionTextError::Unknown`] where nothing is found. A name that several
/// regions have is found, with all of them and [`RegionText::error`] set.
pub fn parse_region(
    input: &str,
    finder: &Finder<'_>,
    hint: Option<RegionCode>,
) -> Result<RegionText, RegionTextError> {
    let folded = super::fold::Folded::new(input);
    let chars = folded.chars();
    if let Some((span, code)) = digits(finder.table, chars) {
        let gone = finder.table.abolished(code) == Some(true);
        let successors = finder.table.in_force(code).filter(|_| gone).collect();
        return Ok(RegionText { span, codes: vec![code], zone: None, successors, error: None });
    }
    let mention = (0..chars.len()).find_map(|at| finder.mention(chars, at, hint));
    let Some(mention) = mention else {
        return Err(RegionTextError::Unknown { text: input.to_owned() });
    };
    let error = (mention.codes.len() > 1).then(|| {
        let name = |&code: &RegionCode| {
            format!("{code} {}", finder.table.full_name(code).unwrap_or_default())
        };
        RegionTextError::Ambiguous {
            text: mention.span.text(chars),
            codes: mention.codes.iter().map(name).collect(),
        }
    });
    let PlaceMention { span, codes, zone, successors, .. } = mention;
    Ok(RegionText { span, codes, zone, successors, error })
}

/// Six digits that are a code of the table and no part of a longer number.
fn digits(table: &RegionTable, chars: &[char]) -> Option<(Span, RegionCode)> {
    let mut at = 0;
    while at < chars.len() {
        let run = chars.iter().skip(at).take_while(|symbol| symbol.is_ascii_digit()).count();
        let span = Span::new(at, at + run);
        if run == 6
            && let Ok(code) = RegionCode::parse(&span.text(chars))
            && table.index(code).is_some()
        {
            return Some((span, code));
        }
        at += run.max(1);
    }
    None
}

/// The region whose office gave a document its number, from the character
/// such numbers begin with: 粤府〔2020〕1号, 穗府办…, 沪人社…
#[must_use]
pub fn of_number(table: &RegionTable, number: &DocumentNumber) -> Option<RegionCode> {
    let first = number.normal.chars().next()?;
    let value = guard::NUMBERS.iter().find(|(symbols, _)| symbols.contains(first))?.1;
    RegionCode::from_value(value)
        .filter(|&code| table.level(code).is_some_and(|level| level != RegionLevel::Nation))
}

#[cfg(test)]
#[path = "../tests/place.rs"]
mod tests;
