//! The ways to write one region's name: whole, and without its suffix. Facts
//! about names: which suffixes there are, which nationalities stand in them.

use super::guard::NEEDS_SUFFIX;
use crate::domain::{RegionCode, RegionLevel, RegionTable};

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As in the table.
    Full,
    /// Without its suffix: 杭州.
    Short,
    /// Counts behind a larger name only: 浙江安吉.
    Weak,
}

/// Nationalities in names of autonomous regions, longest first where one
/// begins another.
const NATIONALITIES: [&str; 40] = [
    "维吾尔",
    "哈萨克",
    "蒙古族",
    "蒙古",
    "朝鲜族",
    "藏族",
    "羌族",
    "彝族",
    "哈尼族",
    "傣族",
    "景颇族",
    "傈僳族",
    "白族",
    "壮族",
    "苗族",
    "布依族",
    "侗族",
    "土家族",
    "回族",
    "柯尔克孜",
    "满族",
    "瑶族",
    "各族",
    "畲族",
    "黎族",
    "水族",
    "仡佬族",
    "仫佬族",
    "毛南族",
    "佤族",
    "拉祜族",
    "纳西族",
    "普米族",
    "怒族",
    "独龙族",
    "布朗族",
    "东乡族",
    "保安族",
    "撒拉族",
    "土族",
];
/// Full names that are words of every text about towns.
const WORDS: [&str; 12] = [
    "城区",
    "郊区",
    "矿区",
    "东区",
    "西区",
    "新城区",
    "老城区",
    "城中区",
    "市中区",
    "新市区",
    "中区",
    "南区",
];

/// All ways to write a region's name.
pub(super) fn forms(table: &RegionTable, code: RegionCode) -> Vec<(String, Form)> {
    let (Some(name), Some(level)) = (table.name(code), table.level(code)) else {
        return Vec::new();
    };
    if level == RegionLevel::Nation || name.chars().count() < 2 || name == "市辖区" {
        return Vec::new();
    }
    let whole = if WORDS.contains(&name) { Form::Weak } else { Form::Full };
    let mut all = vec![(name.to_owned(), whole)];
    if let Some(short) = short(name, level) {
        let plain = level <= RegionLevel::City && !NEEDS_SUFFIX.contains(&short.as_str());
        all.push((short, if plain { Form::Short } else { Form::Weak }));
    }
    all
}

/// A name without its suffix, if at least two characters stay.
fn short(name: &str, level: RegionLevel) -> Option<String> {
    let suffixes: &[&str] = match level {
        RegionLevel::Nation => &[],
        RegionLevel::Province => &["特别行政区", "自治区", "省", "市"],
        RegionLevel::City => &["自治州", "地区", "盟", "市"],
        RegionLevel::County => &["自治县", "自治旗", "县", "市", "旗"],
    };
    let mut stem = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix))?;
    if name.contains("自治") {
        while let Some(rest) =
            NATIONALITIES.iter().find_map(|nationality| stem.strip_suffix(nationality))
        {
            if rest.chars().count() < 2 {
                break;
            }
            stem = rest;
        }
    }
    (stem.chars().count() >= 2 && stem != name).then(|| stem.to_owned())
}
