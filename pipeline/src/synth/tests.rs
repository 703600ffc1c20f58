//! The population against the published marginals, and the numbers it bears.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use zhida_model::domain::{IndustryTable, RegionTable, ResidentId, Uscc};

use super::place::Places;
use super::town::{Town, World};
use super::{day, marginals, numbers};

const KNOWN_AT: jiff::civil::Date = date(2026, 3, 31);

fn places() -> Places {
    let regions = RegionTable::from_csv(include_str!("../../../data-samples/regions.csv")).unwrap();
    let industries =
        IndustryTable::from_csv(include_str!("../../../data-samples/industries.csv")).unwrap();
    Places::new(&regions, &industries)
}

fn towns(places: &Places, citizens: u64, enterprises: u64) -> Vec<Town> {
    let world = World { seed: 1, known_at: day::number(KNOWN_AT), citizens, enterprises, places };
    (0..world.towns()).map(|number| world.town(number)).collect()
}

/// Asserts a share within `tolerance` percentage points.
fn near(what: &str, count: usize, of: usize, percent: f64, tolerance: f64) {
    let share = count as f64 * 100.0 / of as f64;
    assert!((share - percent).abs() <= tolerance, "{what}: {share:.2}% instead of {percent:.2}%");
}

#[test]
fn ages_and_sexes_follow_the_census() {
    let towns = towns(&places(), 30_000, 3_000);
    let people: Vec<_> = towns.iter().flat_map(|town| &town.people).collect();
    assert_eq!(people.len(), 30_000);
    let total: f64 = marginals::AGE_GROUPS.iter().sum();
    for (group, weight) in (0..).zip(marginals::AGE_GROUPS) {
        let inside = people.iter().filter(|person| (person.age / 5).min(20) == group).count();
        near(&format!("age group {group}"), inside, people.len(), weight * 100.0 / total, 0.7);
    }
    near("males", people.iter().filter(|person| !person.female).count(), people.len(), 51.24, 1.0);
    near(
        "disabled",
        people.iter().filter(|person| person.disability.is_some()).count(),
        people.len(),
        2.7,
        0.6,
    );
    let homes: Vec<_> = towns.iter().flat_map(|town| &town.homes).collect();
    let size = people.len() as f64 / homes.len() as f64;
    assert!((2.2..=3.1).contains(&size), "{size:.2} persons a household instead of 2.62");
    near("urban homes", homes.iter().filter(|home| home.urban).count(), homes.len(), 64.0, 4.0);
}

#[test]
fn provinces_follow_the_census_in_a_large_population() {
    let places = places();
    let towns = 40_000;
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for town in 0..towns {
        let spot = places.spot(town, towns, &mut super::draw::Draw::new(3, 1, town));
        *counts.entry(spot.city / 10_000).or_default() += 1;
    }
    let total: f64 = marginals::PROVINCES.iter().map(|(_, people)| people).sum();
    for (province, people) in marginals::PROVINCES {
        let count = counts.get(&(province / 10_000)).copied().unwrap_or(0);
        near(&format!("province {province}"), count, 40_000, people * 100.0 / total, 0.45);
    }
}

#[test]
fn a_small_population_reaches_every_focus_city() {
    let towns = towns(&places(), 1_500, 300);
    let cities: BTreeSet<u32> = towns.iter().map(|town| town.spot.city).collect();
    assert!(marginals::FOCUS.iter().all(|city| cities.contains(city)), "{cities:?}");
    assert!(cities.len() > 15, "{cities:?}");
}

#[test]
fn families_are_possible() {
    for town in towns(&places(), 6_000, 600) {
        for (place, person) in town.people.iter().enumerate() {
            assert!(person.home < town.homes.len());
            for parent in person.mother.iter().chain(&person.father) {
                let parent = &town.people[*parent];
                assert!(parent.age >= person.age + 17, "{} and {}", parent.age, person.age);
                assert!(parent.children.contains(&place));
            }
            if let Some(spouse) = person.spouse {
                assert_eq!(town.people[spouse].spouse, Some(place));
                assert_ne!(town.people[spouse].female, person.female);
            }
            if let Some(employer) = person.employer {
                assert!(town.firms[employer].workers.contains(&place));
                assert!(person.job_since >= town.firms[employer].established);
            }
            assert!(person.vehicles.iter().all(|car| car.to.is_none_or(|to| to >= car.from)));
        }
    }
}

#[test]
fn firms_are_mostly_small_and_some_innovate() {
    let towns = towns(&places(), 3_000, 20_000);
    let firms: Vec<_> = towns.iter().flat_map(|town| &town.firms).collect();
    assert_eq!(firms.len(), 20_000);
    near(
        "up to 19 persons",
        firms.iter().filter(|firm| firm.employees < 20).count(),
        firms.len(),
        80.0,
        6.0,
    );
    near(
        "from 300 persons",
        firms.iter().filter(|firm| firm.employees >= 300).count(),
        firms.len(),
        1.0,
        0.9,
    );
    let titled = firms
        .iter()
        .filter(|firm| firm.certificates.iter().any(|held| held.code == "high_tech"))
        .count();
    near("high-tech", titled, firms.len(), 3.5, 2.5);
}

#[test]
fn numbers_are_valid_of_division_99_and_never_twice() {
    let towns = towns(&places(), 12_000, 4_000);
    let (mut ids, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for town in &towns {
        for person in &town.people {
            let id = ResidentId::parse(&person.id, KNOWN_AT).unwrap();
            assert!(id.division().starts_with("99"));
            assert_eq!(id.sex() == zhida_model::domain::Sex::Female, person.female);
            assert_eq!(day::number(id.birth_date()), person.birth);
            assert!(ids.insert(person.id.clone()));
        }
        for firm in &town.firms {
            let code = Uscc::parse(&firm.code).unwrap();
            assert!(code.division().starts_with("99") && code.organisation_check_ok());
            assert!(codes.insert(firm.code.clone()));
        }
    }
    assert_eq!((ids.len(), codes.len()), (12_000, 4_000));
}

#[test]
fn persons_beyond_a_round_of_numbers_never_share_one() {
    let total = numbers::ROUND * 3;
    let drawn = day::of(1990, 6, 15);
    let id = |index: u64| numbers::resident(index, numbers::birth_day(index, total, drawn), false);
    for index in [0, 1, 77, numbers::ROUND - 1] {
        let all: BTreeSet<String> =
            (0..3).map(|round| id(index + round * numbers::ROUND)).collect();
        assert_eq!(all.len(), 3);
    }
}

#[test]
fn nobody_is_somebody() {
    let id = ResidentId::parse(&numbers::nobody(12_345, day::of(1980, 2, 3)), KNOWN_AT).unwrap();
    assert!(id.division() >= "999900");
    assert!(Uscc::parse(&numbers::no_enterprise(12_345)).unwrap().division() >= "999900");
}

#[test]
fn days_agree_with_the_calendar() {
    for days in (-30_000..30_000).step_by(13) {
        let (year, month, day_of) = day::parts(days);
        assert_eq!(day::of(year, month, day_of), days);
        let civil = jiff::civil::Date::new(
            i16::try_from(year).unwrap(),
            i8::try_from(month).unwrap(),
            i8::try_from(day_of).unwrap(),
        );
        assert_eq!(day::number(civil.unwrap()), days);
    }
    assert_eq!(day::add_months(day::of(2024, 1, 31), 1), day::of(2024, 2, 29));
    assert_eq!(day::years_between(day::of(2000, 2, 29), day::of(2026, 2, 28)), 25);
}
