//! A town: up to sixty citizens in their households and the enterprises they
//! work for, a pure function of the seed and the town's number. Nothing
//! outside a town refers to anybody inside, so that towns are made and
//! forgotten one by one.
//!
//! Ages and sexes are drawn first, from the census; couples, parents and
//! households are then fitted to them. So the age structure is exact, and the
//! sizes of households follow from who is there.

use super::draw::Draw;
use super::firm::{self, Firm};
use super::life;
use super::means::precise;
use super::person::{Home, Person};
use super::place::{Places, Spot};
use super::{day, kin, marginals, numbers};

/// Citizens of a full town.
pub(super) const CITIZENS: u64 = 60;

/// Enterprises of a full town, where there are fewer citizens than that asks for.
pub(super) const ENTERPRISES: u64 = 12;

/// What every town is made from.
pub(super) struct World<'a> {
    pub seed: u64,
    /// The data cut-off, days since 1970-01-01.
    pub known_at: i32,
    pub citizens: u64,
    pub enterprises: u64,
    pub places: &'a Places,
}

/// One town.
pub(super) struct Town {
    pub spot: Spot,
    pub people: Vec<Person>,
    pub homes: Vec<Home>,
    pub firms: Vec<Firm>,
}

impl World<'_> {
    /// The share of subjects that something rare befalls: as published, but in
    /// a small population enough for about six of them, so that no register
    /// of a sample is empty.
    pub(super) fn rare(&self, share: f64, of: u64) -> f64 {
        let least = precise(i64::try_from(of).unwrap_or(i64::MAX).max(1));
        share.max((6.0 / least).min(0.25))
    }

    /// Number of towns.
    pub(super) fn towns(&self) -> u64 {
        self.citizens.div_ceil(CITIZENS).max(self.enterprises.div_ceil(ENTERPRISES * 4)).max(1)
    }

    /// Makes one town.
    pub(super) fn town(&self, number: u64) -> Town {
        let mut draw = Draw::new(self.seed, 1, number);
        let towns = self.towns();
        let spot = self.places.spot(number, towns, &mut draw);
        let share = |total: u64| (split(total, number, towns), split(total, number + 1, towns));
        let (first, last) = share(self.enterprises);
        let firms = (first..last).map(|index| firm::draft(self, index, &spot)).collect();
        let (first, last) = share(self.citizens);
        let people = (first..last).map(|index| self.newborn(index, &mut draw)).collect();
        let mut town = Town { spot, people, homes: Vec::new(), firms };
        kin::marry(&mut town, &mut draw);
        kin::assign_parents(&mut town, &mut draw);
        kin::settle(&mut town, number, &mut draw);
        life::live(self, &mut town);
        firm::finish(self, &mut town);
        town
    }

    /// A person with sex and age and nothing else.
    fn newborn(&self, index: u64, draw: &mut Draw) -> Person {
        let groups =
            marginals::AGE_GROUPS.iter().enumerate().map(|(group, weight)| (group, *weight));
        let groups: Vec<(usize, f64)> = groups.collect();
        let group = i32::try_from(draw.weighted(&groups).unwrap_or(0)).unwrap_or(0);
        let age = if group == 20 { 100 + draw.day(0, 4) } else { group * 5 + draw.day(0, 4) };
        let female = !draw.chance(marginals::male_share(age));
        let drawn = day::add_months(self.known_at, -12 * age) - draw.day(0, 364);
        let birth = numbers::birth_day(index, self.citizens, drawn);
        Person::new(index, birth, female, self.known_at)
    }
}

/// Where part `part` of `parts` begins in a total.
fn split(total: u64, part: u64, parts: u64) -> u64 {
    let at = u128::from(total) * u128::from(part) / u128::from(parts.max(1));
    u64::try_from(at).unwrap_or(total)
}
