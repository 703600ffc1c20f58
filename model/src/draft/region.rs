//! Names of places in a document: the full names of the region table, and
//! 本市 and its kin, which mean the place of the issuer. An ambiguous name is
//! no place.

use crate::{
    domain::{RegionCode, RegionLevel, RegionTable},
    text::span::{find, has_any},
};

/// The one region that is named by its full name, if there is one: of several
/// within each other the smallest.
pub(super) fn named(words: &[char], regions: &RegionTable) -> Option<RegionCode> {
    let mut found: Vec<(usize, RegionCode)> = Vec::new();
    for code in regions.codes() {
        let Some(name) = regions.name(code) else { continue };
        if regions.abolished(code) != Some(false) || name.chars().count() < 3 {
            continue;
        }
        if find(words, name).is_some() {
            found.push((name.chars().count(), code));
        }
    }
    // A name inside a longer one is not named: 城区 in 江城区.
    let named = |code: RegionCode| regions.name(code).unwrap_or_default();
    let inner: Vec<RegionCode> = found
        .iter()
        .map(|(_, code)| *code)
        .filter(|code| {
            !found.iter().any(|(_, other)| {
                named(*other) != named(*code) && named(*other).contains(named(*code))
            })
        })
        .collect();
    // Those that hold another of them say where it lies.
    let holds = |code: RegionCode| {
        inner.iter().any(|other| *other != code && regions.within(*other, code) == Some(true))
    };
    let leaves: Vec<RegionCode> = inner.iter().copied().filter(|code| !holds(*code)).collect();
    let outer: Vec<RegionCode> = inner.iter().copied().filter(|code| holds(*code)).collect();
    let fits =
        |code: &RegionCode| outer.iter().all(|above| regions.within(*code, *above) == Some(true));
    match leaves.as_slice() {
        [one] => Some(*one),
        several => {
            let same = several.iter().all(|code| named(*code) == named(several[0]));
            let mut fitting = several.iter().copied().filter(fits);
            let first = fitting.next().filter(|_| same && !outer.is_empty())?;
            fitting.next().is_none().then_some(first)
        }
    }
}

/// The region meant by words such as 本市: the issuer's, where it is of that
/// level, or the one of that level above it.
pub(super) fn meant(
    words: &[char],
    home: Option<RegionCode>,
    regions: &RegionTable,
) -> Option<RegionCode> {
    if let Some(code) = named(words, regions) {
        return Some(code);
    }
    let home = home?;
    let level = if has_any(words, &["本省", "我省", "全省", "本自治区", "我区"])
        && regions.level(home) == Some(RegionLevel::Province)
    {
        RegionLevel::Province
    } else if has_any(words, &["本市", "我市", "全市"]) {
        match regions.level(home)? {
            RegionLevel::Province => return Some(home),
            _ => RegionLevel::City,
        }
    } else if has_any(words, &["本区", "我区", "本县", "我县"]) {
        RegionLevel::County
    } else if has_any(words, &["本省", "我省", "全省"]) {
        RegionLevel::Province
    } else {
        return None;
    };
    regions.ancestors(home).find(|code| regions.level(*code) == Some(level))
}
