//! Which region a statement about a place means: the one it names, or the one
//! the document holds in where it says 本市, 本省, 当地.
//!
//! Left out: 当地 of another than the document's own region; the value stays
//! open there, and where a name can mean several regions.

use crate::{
    domain::{RegionCode, RegionLevel},
    text::{
        place::{self, PlaceMention},
        span::Span,
        structure::Structure,
    },
};

use super::{
    super::{Places, wording::Hit},
    Found, Reader,
};

/// Where the document holds: what its reader was told, the region that gave it
/// its number, or the one its issuer or title names.
pub(super) fn home(
    chars: &[char],
    structure: &Structure,
    places: Places<'_>,
) -> Option<RegionCode> {
    let header = &structure.header;
    let table = places.finder.table();
    let number = || header.number.as_ref().and_then(|number| place::of_number(table, number));
    let named = |span: Option<Span>| {
        let mentions = place::find_in(places.finder, chars, span?, None);
        mentions.iter().find_map(PlaceMention::code)
    };
    places.home.or_else(|| named(header.issuer)).or_else(|| named(header.title)).or_else(number)
}

/// The code of the region a quality speaks of.
pub(super) fn named(reader: &Reader<'_>, found: &Found<'_>, hit: Hit) -> Option<String> {
    let places = reader.places?;
    let end = found.clause.end.min(hit.end + 24);
    let part = (hit.end..end).find(|&at| matches!(reader.chars[at], ',' | ';' | '。' | '、'));
    let within = Span::new(hit.start, part.unwrap_or(end));
    let mentions = place::find_in(places.finder, reader.chars, within, reader.home);
    if let Some(mention) = mentions.first() {
        return mention.code().map(|code| code.to_string());
    }
    let words: String = within.of(reader.chars).iter().collect();
    let table = places.finder.table();
    let level = match () {
        () if ["本省", "我省"].iter().any(|word| words.contains(word)) => RegionLevel::Province,
        () if ["本市", "我市"].iter().any(|word| words.contains(word)) => RegionLevel::City,
        () if ["本区", "我区", "本县", "我县"].iter().any(|word| words.contains(word)) => {
            RegionLevel::County
        }
        () => return None,
    };
    let home = reader.home?;
    let fits = |code: &RegionCode| table.level(*code) == Some(level);
    // A municipality is a province that calls itself a city.
    let municipality = |code: &RegionCode| {
        level == RegionLevel::City && matches!(code.value(), 110_000 | 120_000 | 310_000 | 500_000)
    };
    let mut chain = std::iter::once(home).chain(table.ancestors(home));
    chain.find(|code| fits(code) || municipality(code)).map(|code| code.to_string())
}
