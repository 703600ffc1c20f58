//! From a document to its statements: what subjects must satisfy, what is
//! granted, when to apply.
//!
//! In reading order: [`clause`] cuts the document; [`quantity`] finds its
//! numbers and [`statement`] puts them together with their comparators;
//! [`wording`] knows how texts name what they measure and ask for, [`cue`] the
//! words that tell what a clause does with its numbers; [`kind`] decides what
//! a statement is about; [`group`] how statements join; [`boundary`] whether a
//! bound includes its number. [`item`] is the result.
//!
//! Left out: meaning beyond the clause and its headings. What the tables do
//! not know is reported with a low confidence or not at all; nothing is guessed
//! from the outside.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    domain::RegionCode,
    text::{fold::Folded, place::Finder, structure::Structure},
};

pub mod item;
pub mod wording;

mod assemble;
mod boundary;
mod clause;
mod cue;
mod group;
mod kind;
mod quantity;
mod statement;

pub use self::item::{BoundarySource, Item, Kind, Logic, Op};

/// Where places are looked up, for statements such as `注册地在杭州市`.
#[derive(Debug, Clone, Copy)]
pub struct Places<'p> {
    /// The names of regions.
    pub finder: &'p Finder<'p>,
    /// Where the document holds, if that is known: 本市 is this region's city.
    pub home: Option<RegionCode>,
}

/// Every statement of `text`, in the order of its characters. `doc` names the
/// document in the items. Linear in the length of the text.
#[must_use]
pub fn extract(doc: &str, text: &str) -> Vec<Item> {
    extract_in(doc, text, None)
}

/// The same, with regions as values of statements about places.
#[must_use]
pub fn extract_in(doc: &str, text: &str, places: Option<Places<'_>>) -> Vec<Item> {
    let folded = Folded::new(text);
    let structure = Structure::new(&folded);
    assemble::Reader::new(doc, text, &folded, &structure, places).items()
}

/// Every statement of a document whose structure is known already.
#[must_use]
pub fn extract_from(doc: &str, text: &str, folded: &Folded, structure: &Structure) -> Vec<Item> {
    assemble::Reader::new(doc, text, folded, structure, None).items()
}

/// An automaton over words of a built-in table.
fn automaton<W: AsRef<[u8]>>(words: &[W], kind: MatchKind) -> AhoCorasick {
    #[expect(clippy::expect_used, reason = "the tables are built in, a test reads them all")]
    AhoCorasick::builder().match_kind(kind).build(words).expect("built-in words fit an automaton")
}

#[cfg(test)]
#[path = "../tests/extract/mod.rs"]
mod tests;
