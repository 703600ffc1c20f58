//! Means: incomes, dwellings, public support, and the things and loans of
//! households. Everything a policy for families asks about.

use super::draw::Draw;
use super::life::{whole, yuan};
use super::person::{Person, Trade};
use super::town::{Town, World};
use super::value::Fact;
use super::{day, marginals};

/// Minimum living standard a head and month, in yuan: averages of 798 (urban)
/// and 594 (rural) in 2024 (Ministry of Civil Affairs); here rounded up. Local
/// lines are parameters of the rules, not of this generator.
const LINES: [i64; 2] = [620, 860];

/// Fills in incomes, homes and belongings.
pub(super) fn settle(world: &World<'_>, town: &mut Town) {
    for place in 0..town.homes.len() {
        let head = town.homes[place].members.first().copied().unwrap_or(0);
        let mut draw = Draw::new(world.seed, 5, town.people[head].index);
        incomes(town, place, &mut draw);
        support(town, place, &mut draw);
        dwelling(town, place, &mut draw);
    }
    for place in 0..town.people.len() {
        let mut draw = Draw::new(world.seed, 6, town.people[place].index);
        births(town, place, world.known_at, &mut draw);
        let home = &town.homes[town.people[place].home];
        let (poor, welfare, owner) = (home.poor, home.welfare, home.owned > 0);
        let person = &mut town.people[place];
        if person.age >= 18 && person.alive() {
            cars(person, poor, world.known_at, &mut draw);
            shopping(person, poor, world.known_at, &mut draw);
            loans(person, owner, world.known_at, &mut draw);
        }
        events(world, person, &mut draw);
        received(person, welfare, world.known_at, &mut draw);
    }
    bereave(town);
}

/// Yearly income of every member, scaled down in poor households.
fn incomes(town: &mut Town, place: usize, draw: &mut Draw) {
    let home = &town.homes[place];
    let (urban, members) = (home.urban, home.members.clone());
    let mut total = 0;
    for &member in &members {
        let person = &mut town.people[member];
        let (farm, farm_spread) = marginals::FARM_INCOME;
        let monthly = match person.status {
            "employed" => 0.0,
            "self_employed" => draw.lognormal(5_600.0, 0.7),
            "flexible" | "military" => draw.lognormal(4_200.0, 0.4),
            "farmer" => draw.lognormal(farm, farm_spread),
            // Mean pension of retired employees about 3 300 yuan a month (2024, approximate).
            "retired" => draw.lognormal(3_200.0, 0.35),
            // Mean pension of residents 246 yuan a month (2024, Ministry of Human Resources).
            _ if person.age >= 60 => draw.lognormal(320.0, 0.4),
            _ => 0.0,
        };
        let months = if person.status == "employed" { 12 } else { 0 };
        person.income =
            if person.alive() { person.wage * months + yuan(monthly * 12.0) } else { 0 };
        total += person.income;
    }
    let alive =
        i64::try_from(members.iter().filter(|&&member| town.people[member].alive()).count())
            .unwrap_or(1)
            .max(1);
    let line = LINES[usize::from(urban)] * 100 * 12;
    let share = marginals::minimum_living_share(urban);
    let class = draw.unit();
    let wanted = if class < share * 1.3 {
        Some(0.35 + 0.6 * draw.unit())
    } else if class < share * 2.3 {
        Some(1.02 + 0.46 * draw.unit())
    } else {
        None
    };
    if let Some(factor) = wanted {
        let target = whole(precise(line * alive) * factor);
        let scale = if total > 0 { precise(target) / precise(total) } else { 0.0 };
        for &member in &members {
            let person = &mut town.people[member];
            let ratio = scale.min(1.0);
            person.income = whole(precise(person.income) * ratio);
            person.wage = whole(precise(person.wage) * ratio / 100.0) * 100;
        }
        total = members.iter().map(|&member| town.people[member].income).sum();
    }
    let home = &mut town.homes[place];
    home.poor = wanted.is_some();
    home.income = total;
    home.alive = alive;
}

/// Who draws public support; some of the entitled are not known to it.
fn support(town: &mut Town, place: usize, draw: &mut Draw) {
    let home = &town.homes[place];
    let line = LINES[usize::from(home.urban)] * 100 * 12 * home.alive;
    let alone = home.members.len() == 1;
    let head = home.members.first().map(|&member| &town.people[member]);
    let helpless = head.is_some_and(|head| {
        alone
            && head.children.is_empty()
            && (head.age >= 60 || head.disability.is_some_and(|(_, level)| level <= 2))
    });
    let welfare = match (home.poor, home.income < line) {
        (true, true) if helpless && draw.chance(0.8) => "extreme_poverty",
        (true, true) if draw.chance(0.72) => "minimum_living",
        (true, false) if draw.chance(0.5) => "minimum_living_edge",
        (false, _) if draw.chance(0.002) => "expenditure_poverty",
        _ => "none",
    };
    let home = &mut town.homes[place];
    home.welfare = welfare;
    home.assets_ok = welfare != "none" || draw.chance(if home.poor { 0.9 } else { 0.35 });
    home.alleviated = !home.urban && draw.chance(if home.poor { 0.55 } else { 0.16 });
    let costs = if matches!(welfare, "expenditure_poverty") { 60_000.0 } else { 2_600.0 };
    home.medical = yuan(draw.lognormal(costs, 1.0).min(900_000.0));
}

fn dwelling(town: &mut Town, place: usize, draw: &mut Draw) {
    let focus = town.spot.focus;
    let head = town.homes[place].members.first().copied().unwrap_or(0);
    let migrant = town.people[head].hukou != town.people[head].residence;
    let home = &mut town.homes[place];
    let rents = home.urban && draw.chance(if migrant { 0.7 } else { marginals::RENT_SHARE * 0.4 });
    if rents {
        let median = if focus { 3_200.0 } else { 1_400.0 };
        home.public_rental = draw.chance(if home.poor { 0.35 } else { 0.04 });
        let discount = if home.public_rental { 0.35 } else { 1.0 };
        home.rent = Some(yuan(draw.lognormal(median, 0.4) * discount));
        home.queue = !home.public_rental && !migrant && draw.chance(0.2);
        home.owned = i64::from(draw.chance(0.08));
    } else {
        home.owned = if home.urban {
            draw.weighted(&[(1, 80.0), (2, 17.0), (3, 3.0)]).unwrap_or(1)
        } else {
            i64::from(draw.chance(0.25))
        };
    }
    // Floor space a head: about 39 m² urban, 49 m² rural (2019, National Bureau of Statistics).
    let median = match (home.urban, rents) {
        (true, true) => 20.0,
        (true, false) => 36.0,
        (false, _) => 46.0,
    };
    home.area_per_head = whole(draw.lognormal(median, 0.4).clamp(4.0, 200.0) * 10.0) * 100_000;
    let farms = !home.urban && draw.chance(0.85);
    // About 7.8 mu of contracted land a farming household (third agricultural census, 2016; approximate).
    home.farmland =
        if farms { whole(draw.lognormal(6.5, 0.7).min(90.0) * 100.0) * 10_000 } else { 0 };
}

/// Mothers of infants: the last birth, its leave, its allowance.
fn births(town: &mut Town, place: usize, known_at: i32, draw: &mut Draw) {
    if !town.people[place].female {
        return;
    }
    let last = town.people[place].children.iter().map(|&child| town.people[child].birth).max();
    let recent = last.filter(|&on| known_at - on < 1_095);
    let insured = town.people[place].insured();
    town.people[place].childbirth = recent.filter(|_| insured && draw.chance(0.9));
}

/// Cars: about 51 for a hundred households (2024, National Bureau of
/// Statistics), a fifth of the sold ones new-energy.
fn cars(person: &mut Person, poor: bool, known_at: i32, draw: &mut Draw) {
    let chance = match person.role {
        "head" => 0.40,
        "spouse" => 0.12,
        _ => 0.08,
    };
    if person.age > 72 || !draw.chance(if poor { 0.03 } else { chance }) {
        return;
    }
    let kinds = [("petrol_car", 77.0), ("nev_car", 14.0), ("diesel_car", 5.0), ("other_car", 4.0)];
    let kind = draw.weighted(&kinds).unwrap_or("petrol_car");
    let most = if kind == "nev_car" { 2_200 } else { 6_500 };
    let since = (known_at - draw.day(60, most)).max(day::add_months(person.birth, 18 * 12));
    let old = known_at - since > 1_500;
    if !(old && draw.chance(0.14)) {
        person.vehicles.push(Fact::span(kind, since, None));
        return;
    }
    let bought = known_at - draw.day(5, 440);
    let disposed = bought - draw.day(-25, 60);
    let disposed = disposed.clamp(since + 1, known_at - 2);
    let disposal = draw
        .weighted(&[("scrapped", 55.0), ("transferred", 38.0), ("none", 7.0)])
        .unwrap_or("scrapped");
    let new_kind = draw.weighted(&[("nev_car", 60.0), ("fuel_car", 40.0)]).unwrap_or("nev_car");
    let price = yuan((draw.lognormal(145_000.0, 0.4) / 100.0).round() * 100.0);
    person.vehicles.push(Fact::span(kind, since, (disposal != "none").then_some(disposed)));
    let registered = (bought + 3).min(known_at - 1);
    person.vehicles.push(Fact::span(
        if new_kind == "nev_car" { "nev_car" } else { "petrol_car" },
        registered,
        None,
    ));
    person.trade = Some(Trade {
        old_kind: kind,
        old_since: since,
        disposal,
        disposed_on: disposed,
        new_kind,
        bought_on: bought,
        price,
    });
}

fn shopping(person: &mut Person, poor: bool, known_at: i32, draw: &mut Draw) {
    let kinds = [
        ("phone", 32.0, 3_300.0),
        ("air_conditioner", 16.0, 3_100.0),
        ("fridge", 11.0, 3_200.0),
        ("washer", 11.0, 2_600.0),
        ("tv", 9.0, 3_000.0),
        ("water_heater", 8.0, 2_200.0),
        ("computer", 7.0, 5_200.0),
        ("tablet", 6.0, 2_800.0),
        ("watch", 5.0, 1_400.0),
        ("glasses", 1.0, 2_400.0),
    ];
    let mut days = Vec::new();
    while draw.chance(if poor { 0.05 } else { 0.16 }) && days.len() < 4 {
        let weights = kinds.map(|(code, weight, median)| ((code, median), weight));
        let Some((code, median)) = draw.weighted(&weights) else { return };
        let on = known_at - draw.day(3, 450);
        if days.contains(&on) {
            continue;
        }
        days.push(on);
        let price = whole(draw.lognormal(median, 0.45).clamp(199.0, 30_000.0)) * 100;
        person.purchases.push(Fact::event(code, on, Some(price)));
    }
}

fn loans(person: &mut Person, owner: bool, known_at: i32, draw: &mut Draw) {
    let mut lend = |code, low: i64, high: i64, days: (i32, i32), years: i32, draw: &mut Draw| {
        let from = known_at - draw.day(days.0, days.1);
        let amount = Some(draw.range(low, high) * 100_000);
        person.loans.push(Fact { code, from, to: Some(day::add_months(from, years * 12)), amount });
    };
    let working = person.income > 0 && person.age < 62;
    if working && draw.chance(0.07) {
        lend("consumer", 5, 180, (5, 460), 2, draw);
    } else if working && draw.chance(0.02) {
        lend("consumer_key_field", 50, 400, (5, 460), 3, draw);
    }
    if person.status == "self_employed" && draw.chance(0.10) {
        lend("startup_guarantee", 50, 300, (30, 900), 3, draw);
    }
    if owner && working && person.role == "head" && draw.chance(0.25) {
        lend("mortgage", 2_000, 18_000, (200, 4_000), 30, draw);
    }
    if matches!(person.stage, "undergraduate" | "junior_college" | "postgraduate")
        && draw.chance(0.16)
    {
        lend("student", 60, 160, (40, 560), 10, draw);
    }
}

/// Rare events: blacklists, custody, illness, accidents, losses.
fn events(world: &World<'_>, person: &mut Person, draw: &mut Draw) {
    let known_at = world.known_at;
    let (adult, birth) = (person.age >= 18, person.birth);
    let rare = |share: f64, holds: bool, draw: &mut Draw| {
        let happens = draw.chance(world.rare(share, world.citizens)) && holds;
        happens.then(|| (known_at - draw.day(15, 900)).max(birth + 30))
    };
    let half = |from: i32| from + (known_at - from) / 2;
    if let Some(from) = rare(0.006, adult, draw) {
        person.blacklists.push(Fact::span(
            "dishonest_debtor",
            from,
            draw.chance(0.3).then(|| half(from)),
        ));
    }
    if let Some(from) = rare(0.0015, adult, draw) {
        let code = draw
            .weighted(&[("imprisoned", 8.0), ("compulsory_rehab", 1.0), ("detained", 1.0)])
            .unwrap_or("imprisoned");
        person.situations.push(Fact::span(code, from, draw.chance(0.4).then(|| half(from))));
    }
    if let Some(from) = rare(0.0008, adult, draw) {
        person.missing_since = Some(from);
        person.situations.push(Fact::span("missing", from, None));
    }
    if let Some(from) = rare(0.0002, adult && !person.children.is_empty(), draw) {
        person.situations.push(Fact::span("guardianship_revoked", from, None));
    }
    let mind = person.disability.is_some_and(|(category, level)| {
        matches!(category, "mental" | "intellectual") && level <= 2
    });
    if adult && mind && draw.chance(0.35) {
        person.situations.push(Fact::span(
            "no_civil_capacity",
            known_at - draw.day(60, 2_000),
            None,
        ));
    }
    if let Some(from) = rare(0.006, true, draw) {
        person.situations.push(Fact::span("serious_illness", from, None));
    }
    if let Some(on) = rare(0.006, true, draw) {
        let kinds = [
            ("fire", 10.0),
            ("accident", 25.0),
            ("sudden_illness", 40.0),
            ("essential_spending", 20.0),
            ("other", 5.0),
        ];
        let code = draw.weighted(&kinds).unwrap_or("other");
        person.hardships.push(Fact::event(code, on, Some(draw.range(20, 900) * 10_000)));
    }
    losses(world, person, draw);
    licences(person, known_at, draw);
}

/// Losses, injuries, recognitions and machines, each among those it can befall.
fn losses(world: &World<'_>, person: &mut Person, draw: &mut Draw) {
    let (known_at, birth) = (world.known_at, person.birth);
    // `one_in` persons is one whom it can befall.
    let rare_among = |share: f64, one_in: u64, holds: bool, draw: &mut Draw| {
        let happens = draw.chance(world.rare(share, world.citizens / one_in)) && holds;
        happens.then(|| (known_at - draw.day(15, 900)).max(birth + 30))
    };
    // About a million families have lost their only child (approximate), most of them long ago.
    if let Some(on) = rare_among(0.0014, 4, person.age >= 49 && person.children.is_empty(), draw) {
        person.bereaved = Some(true);
        person.certificates.push(Fact::span("special_family", on, None));
    }
    person.injured = rare_among(0.0005, 3, person.employer.is_some(), draw).is_some();
    if let Some(from) = rare_among(0.001, 3, person.alive() && person.status == "employed", draw) {
        person.certificates.push(Fact::span(
            "d_class_talent",
            from,
            Some(day::add_months(from, 60)),
        ));
    }
    if let Some(on) = rare_among(0.03, 12, person.status == "farmer", draw) {
        let code = draw
            .weighted(&[("farm_machine", 8.0), ("large_tractor", 2.0)])
            .unwrap_or("farm_machine");
        person.purchases.push(Fact::event(code, on, Some(draw.range(3, 160) * 100_000)));
    }
}

/// Licences to teach, to help and to drive.
fn licences(person: &mut Person, known_at: i32, draw: &mut Draw) {
    if person.age >= 22 && matches!(person.education, "bachelor" | "master" | "doctor") {
        if draw.chance(0.12) {
            let from = person.graduated.unwrap_or(known_at - 400).min(known_at - 30);
            person.certificates.push(Fact::span("teacher", from, None));
        }
        if draw.chance(0.04) {
            person.certificates.push(Fact::span(
                "social_worker",
                known_at - draw.day(60, 2_400),
                None,
            ));
        }
    }
    if person.age >= 20 && person.status == "employed" && draw.chance(0.02) {
        let from = known_at - draw.day(100, 1_900);
        person.certificates.push(Fact::span(
            "road_transport",
            from,
            Some(day::add_months(from, 72)),
        ));
    }
}

/// Parents past 49 whose only child in the register is disabled.
fn bereave(town: &mut Town) {
    for place in 0..town.people.len() {
        let person = &town.people[place];
        let [child] = person.children.as_slice() else { continue };
        let child = &town.people[*child];
        let severe = child.disability.is_some_and(|(_, level)| level <= 3);
        if person.age < 49 || !person.alive() || (child.alive() && !severe) {
            continue;
        }
        let (lost, on) = (!child.alive(), child.death.unwrap_or(child.birth + 9_000));
        let on = on.max(day::add_months(person.birth, 49 * 12)) + 1;
        let person = &mut town.people[place];
        person.bereaved = Some(lost);
        person.certificates.push(Fact::span("special_family", on, None));
    }
}

/// What has been paid already: to some of those entitled, never to all.
fn received(person: &mut Person, welfare: &str, known_at: i32, draw: &mut Draw) {
    if !person.alive() {
        return;
    }
    let paid = |code, ago: i32, fen: i64| Fact::event(code, known_at - ago, Some(fen));
    let mut benefits = Vec::new();
    if person.age < 3 && draw.chance(0.45) {
        benefits.push(paid("childcare_subsidy", draw.day(20, 200), 360_000));
    }
    if welfare == "minimum_living" {
        benefits.push(paid("minimum_living", draw.day(2, 28), draw.range(200, 700) * 100));
    }
    if welfare == "extreme_poverty" {
        benefits.push(paid(
            "extreme_poverty_support",
            draw.day(2, 28),
            draw.range(800, 1_700) * 100,
        ));
    }
    if person.disability.is_some() && welfare == "minimum_living" && draw.chance(0.7) {
        benefits.push(paid("disabled_living_subsidy", draw.day(2, 28), 10_000));
    }
    if person.disability.is_some_and(|(_, level)| level <= 2) && draw.chance(0.6) {
        benefits.push(paid("disabled_care_subsidy", draw.day(2, 28), 11_000));
    }
    if person.status == "unemployed" && person.insured_months >= 12 && draw.chance(0.4) {
        benefits.push(Fact {
            code: "unemployment_benefit",
            from: known_at - draw.day(20, 120),
            to: None,
            amount: Some(189_000),
        });
    }
    if person.skill_on.is_some_and(|on| known_at - on < 330) && draw.chance(0.3) {
        benefits.push(paid("skill_upgrade_subsidy", draw.day(2, 5), 150_000));
    }
    let farm = person.status == "farmer" && draw.chance(0.6);
    if farm {
        benefits.push(paid("farmland_protection", draw.day(200, 330), draw.range(30, 900) * 100));
    }
    if person.trade.as_ref().is_some_and(|trade| trade.disposal == "scrapped") && draw.chance(0.5) {
        benefits.push(paid("car_scrap_renewal", draw.day(2, 4), 2_000_000));
    }
    if person.purchases.iter().any(|bought| bought.code == "phone") && draw.chance(0.5) {
        benefits.push(paid("digital_product_subsidy", draw.day(1, 3), 50_000));
    }
    if person.status == "retired" {
        let since = person.retirement.min(known_at - 30);
        benefits.push(Fact {
            code: "basic_pension",
            from: since,
            to: None,
            amount: Some(person.income / 12),
        });
    }
    person.benefits = benefits;
}

/// A whole number as a double, exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "fen of a household stay far below 2^53")]
pub(super) fn precise(value: i64) -> f64 {
    value as f64
}
