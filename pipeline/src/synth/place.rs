//! Where towns stand and what their enterprises do: counties by province and
//! city, zones by city, industries by section.

use std::collections::BTreeMap;

use zhida_model::domain::{IndustryTable, RegionCode, RegionLevel, RegionTable};

use super::draw::Draw;
use super::marginals;

/// Towns of the focus cities in a small population: this many, at most 45%.
const FOCUS_TOWNS: f64 = 60.0;

/// The counties to draw from.
pub(super) struct Places {
    /// Provinces by population, each with its counties.
    provinces: Vec<(usize, f64)>,
    counties: Vec<Vec<u32>>,
    /// Counties by city.
    cities: BTreeMap<u32, Vec<u32>>,
    /// City by county.
    city_of: BTreeMap<u32, u32>,
    /// Zones by city.
    zones: BTreeMap<u32, Vec<String>>,
    focus: Vec<u32>,
    /// Classes of four digits by section.
    industries: BTreeMap<char, Vec<String>>,
}

/// Where a town stands.
#[derive(Clone)]
pub(super) struct Spot {
    /// The city, a region one level above the counties.
    pub city: u32,
    /// Its counties.
    pub counties: Vec<u32>,
    /// One of the cities whose policies the samples must reach.
    pub focus: bool,
}

impl Places {
    /// Reads the tables once.
    pub(super) fn new(regions: &RegionTable, industries: &IndustryTable) -> Places {
        let mut places = Places {
            provinces: Vec::new(),
            counties: Vec::new(),
            cities: BTreeMap::new(),
            city_of: BTreeMap::new(),
            zones: BTreeMap::new(),
            focus: Vec::new(),
            industries: BTreeMap::new(),
        };
        places.read_regions(regions);
        for (code, _) in industries.iter().filter(|(code, _)| code.level() == 4) {
            if let Some(section) = code.section() {
                places.industries.entry(section).or_default().push(code.to_string());
            }
        }
        places
    }

    fn read_regions(&mut self, regions: &RegionTable) {
        let usable = |code: &RegionCode| {
            regions.abolished(*code) == Some(false)
                && regions.level(*code) == Some(RegionLevel::County)
        };
        for code in regions.codes().filter(usable) {
            let parent = regions
                .parent(code)
                .filter(|above| regions.level(*above) == Some(RegionLevel::City));
            let city = parent.unwrap_or(code).value();
            self.city_of.insert(code.value(), city);
            self.cities.entry(city).or_default().push(code.value());
        }
        for &(province, weight) in &marginals::PROVINCES {
            let own = |county: &&u32| **county / 10_000 == province / 10_000;
            let counties: Vec<u32> = self.city_of.keys().filter(own).copied().collect();
            if !counties.is_empty() {
                self.provinces.push((self.counties.len(), weight));
                self.counties.push(counties);
            }
        }
        self.focus = marginals::FOCUS
            .iter()
            .copied()
            .filter(|city| self.cities.contains_key(city))
            .collect();
        for zone in regions.zones() {
            let parent = zone.parent.value();
            let inside = |city: &&u32| {
                **city == parent
                    || **city / 10_000 * 10_000 == parent
                    || self.city_of.get(&parent) == Some(city)
            };
            for city in self.cities.keys().filter(inside) {
                self.zones.entry(*city).or_default().push(zone.id.clone());
            }
        }
    }

    /// The place of town `town` among `towns`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares of counts far below 2^53"
    )]
    pub(super) fn spot(&self, town: u64, towns: u64, draw: &mut Draw) -> Spot {
        let share = (FOCUS_TOWNS / towns.max(1) as f64).min(0.45);
        let before = (town as f64 * share) as usize;
        let focus = ((town + 1) as f64 * share) as usize > before;
        let city = if focus && !self.focus.is_empty() {
            self.focus.get(before % self.focus.len()).copied()
        } else {
            self.city_of.get(&self.county(draw)).copied()
        };
        let city = city.unwrap_or_default();
        let counties = self.cities.get(&city).cloned().unwrap_or_else(|| vec![city]);
        Spot { city, counties, focus: self.focus.contains(&city) }
    }

    /// A county of the nation, provinces by population.
    pub(super) fn county(&self, draw: &mut Draw) -> u32 {
        let province = draw.weighted(&self.provinces).unwrap_or(0);
        let counties = self.counties.get(province).map_or(&[][..], Vec::as_slice);
        draw.pick(counties).copied().unwrap_or(110_101)
    }

    /// The zones an enterprise of a city may lie in.
    pub(super) fn zones(&self, city: u32) -> &[String] {
        self.zones.get(&city).map_or(&[], Vec::as_slice)
    }

    /// A class of four digits of a section.
    pub(super) fn industry(&self, section: char, draw: &mut Draw) -> String {
        let classes = self.industries.get(&section).map_or(&[][..], Vec::as_slice);
        draw.pick(classes).cloned().unwrap_or_else(|| "7299".to_owned())
    }

    /// A class whose code begins with one of some prefixes.
    pub(super) fn class_under(&self, prefixes: &[&str], draw: &mut Draw) -> Option<String> {
        let wanted = draw.pick(prefixes)?;
        let classes: Vec<&String> =
            self.industries.values().flatten().filter(|code| code.starts_with(wanted)).collect();
        draw.pick(&classes).map(|code| (*code).clone())
    }
}
