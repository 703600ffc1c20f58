//! Lives: where persons live and are registered, what they learnt, where they
//! work, who has died. What follows from these (incomes, support, things
//! owned) is in `means`.

use super::draw::Draw;
use super::means;
use super::person::Person;
use super::town::{Town, World};
use super::{day, marginals};

/// Fills in everything about the people of a town.
pub(super) fn live(world: &World<'_>, town: &mut Town) {
    for place in 0..town.people.len() {
        let mut draw = Draw::new(world.seed, 2, town.people[place].index);
        origins(world, town, place, &mut draw);
        let known_at = world.known_at;
        let urban = town.homes[town.people[place].home].urban;
        let person = &mut town.people[place];
        person.seed = world.seed;
        die(person, known_at, &mut draw);
        schooling(person, known_at, urban, &mut draw);
        person.retirement = retirement(person);
        work(person, known_at, urban, &mut draw);
        bodies(person, known_at, &mut draw);
        service(person, known_at, &mut draw);
        skills(person, known_at, &mut draw);
    }
    for place in 0..town.people.len() {
        let mut draw = Draw::new(world.seed, 3, town.people[place].index);
        hire(town, place, world.known_at, &mut draw);
        insure(&mut town.people[place], world.known_at, &mut draw);
    }
    widows(town);
    means::settle(world, town);
}

/// Region, registration, ethnic group and name: households share them.
fn origins(world: &World<'_>, town: &mut Town, place: usize, draw: &mut Draw) {
    let at = town.people[place].home;
    let first = town.homes[at].members.first().copied().unwrap_or(place);
    let mut shared = Draw::new(world.seed, 4, town.people[first].index);
    let home = &town.homes[at];
    let migrant = shared.chance(if home.urban { 0.24 } else { 0.04 });
    let origin = if migrant { world.places.county(&mut shared) } else { home.county };
    let ethnicity = shared.weighted(&marginals::ETHNICITIES).unwrap_or("han");
    let urban_hukou = shared.chance(match (home.urban, migrant) {
        (true, false) => 0.88,
        (true, true) => 0.35,
        (false, _) => 0.05,
    });
    let (urban, county) = (home.urban, home.county);
    let arrived = draw.day(30, 365 * 12);
    let person = &mut town.people[place];
    person.hukou = origin;
    person.hukou_urban = urban_hukou;
    person.residence = county;
    person.ethnicity = ethnicity;
    person.residence_since =
        if migrant { (world.known_at - arrived).max(person.birth) } else { person.birth };
    if migrant && urban && person.age >= 16 && draw.chance(0.6) {
        let issued =
            (person.residence_since + 190).min(world.known_at - 20).max(world.known_at - 350);
        person.certificates.push(super::value::Fact::span(
            "residence_permit",
            issued,
            Some(issued + 364),
        ));
    }
}

fn die(person: &mut Person, known_at: i32, draw: &mut Draw) {
    if draw.chance(marginals::death_share(person.age)) {
        person.death = Some(draw.day(known_at - 700, known_at - 5).max(person.birth));
    }
}

/// A widow or widower of somebody who died.
fn widows(town: &mut Town) {
    for place in 0..town.people.len() {
        let person = &town.people[place];
        let lost = person.spouse.is_some_and(|spouse| !town.people[spouse].alive());
        if lost && person.alive() {
            town.people[place].marital = "widowed";
        }
    }
}

/// Completed years on 1 September of the running school year.
fn school_age(person: &Person, known_at: i32) -> (i32, i32) {
    let (year, month, _) = day::parts(known_at);
    let start = if month >= 9 { year } else { year - 1 };
    (day::years_between(person.birth, day::of(start, 9, 1)), start)
}

fn schooling(person: &mut Person, known_at: i32, urban: bool, draw: &mut Draw) {
    let (age, _) = school_age(person, known_at);
    let (stage, grade) = match age {
        3..=5 if draw.chance(0.91) => ("kindergarten", age - 2),
        6..=11 => ("primary", age - 5),
        12..=14 => ("junior_middle", age - 11),
        15..=17 if draw.chance(0.93) => {
            let kinds =
                [("high_school", 57.0), ("secondary_vocational", 35.0), ("technical_school", 8.0)];
            (draw.weighted(&kinds).unwrap_or("high_school"), age - 14)
        }
        18..=20 if draw.chance(if urban { 0.68 } else { 0.5 }) => (
            draw.weighted(&[("undergraduate", 50.0), ("junior_college", 50.0)])
                .unwrap_or("undergraduate"),
            age - 17,
        ),
        21 if draw.chance(0.3) => ("undergraduate", 4),
        22..=24 if draw.chance(0.10) => ("postgraduate", age - 21),
        _ => ("none", 0),
    };
    if person.alive() {
        (person.stage, person.grade) = (stage, i64::from(grade));
    }
    person.education = match person.stage {
        "postgraduate" => "bachelor",
        "undergraduate" | "junior_college" => "high_school",
        "high_school" | "secondary_vocational" | "technical_school" => "junior_middle",
        "junior_middle" => "primary",
        _ if person.age < 16 => "other",
        _ => attained(person.age, draw),
    };
    let years = match person.education {
        "doctor" => 29,
        "master" => 25,
        "bachelor" => 22,
        "junior_college" => 21,
        _ => return,
    };
    let year = day::year(person.birth) + years;
    person.graduated = Some(day::of(year, 6, 1) + draw.day(14, 50)).filter(|&on| on <= known_at);
}

/// Schooling that a person of this age can have completed.
fn attained(age: i32, draw: &mut Draw) -> &'static str {
    let list = marginals::education(age);
    let drawn = draw.weighted(list).unwrap_or("junior_middle");
    match drawn {
        "doctor" if age < 31 => "master",
        "master" if age < 27 => "bachelor",
        "bachelor" if age < 24 => "junior_college",
        "junior_college" if age < 23 => "high_school",
        other => other,
    }
}

/// The statutory retirement day: 60 for men, 55 or 50 for women, deferred from
/// 2025 by a month for every four months (50: every two), by 36 or 60 months
/// at most (Decision of the Standing Committee of the National People's
/// Congress of 13 September 2024).
fn retirement(person: &Person) -> i32 {
    let blue = matches!(
        person.education,
        "primary" | "junior_middle" | "high_school" | "illiterate" | "other"
    );
    let (age, every, most) = match (person.female, blue) {
        (false, _) => (60, 4, 36),
        (true, false) => (55, 4, 36),
        (true, true) => (50, 2, 60),
    };
    let old = day::add_months(person.birth, age * 12);
    let start = day::of(2025, 1, 1);
    let late =
        if old < start { 0 } else { ((day::months_between(start, old) + every) / every).min(most) };
    day::add_months(old, late)
}

fn work(person: &mut Person, known_at: i32, urban: bool, draw: &mut Draw) {
    if person.age < 16 || !person.alive() {
        return;
    }
    person.status = if person.at_school() {
        "student"
    } else if person.retirement <= known_at {
        let pensioned = if person.hukou_urban { 0.85 } else { 0.12 };
        match (draw.chance(pensioned), urban, person.age) {
            (true, _, _) => "retired",
            (false, false, ..=74) => "farmer",
            _ => "none",
        }
    } else if urban {
        let kinds = [
            ("employed", 64.0),
            ("flexible", 12.0),
            ("self_employed", 8.0),
            ("unemployed", 100.0 * marginals::UNEMPLOYMENT),
            ("none", 10.0),
            ("military", if person.female || person.age > 26 { 0.0 } else { 2.0 }),
        ];
        draw.weighted(&kinds).unwrap_or("employed")
    } else {
        let kinds = [
            ("farmer", 46.0),
            ("employed", 24.0),
            ("flexible", 13.0),
            ("self_employed", 5.0),
            ("unemployed", 2.5),
            ("none", 9.5),
        ];
        draw.weighted(&kinds).unwrap_or("farmer")
    };
    person.unemployed_since = (person.status == "unemployed").then(|| known_at - draw.day(20, 560));
    person.flexible_on =
        (person.status == "flexible" && draw.chance(0.6)).then(|| known_at - draw.day(40, 1_500));
    person.self_employed_on = (person.status == "self_employed").then(|| {
        let since = if draw.chance(0.4) { draw.day(60, 720) } else { draw.day(720, 3_600) };
        (known_at - since).max(day::add_months(person.birth, 19 * 12))
    });
    let elder = if person.female { 40 } else { 50 };
    let hard = matches!(person.status, "unemployed" | "flexible")
        && person.age >= elder
        && draw.chance(0.5);
    person.difficulty_on = hard.then(|| known_at - draw.day(30, 900));
}

/// Disability and the need for care.
fn bodies(person: &mut Person, known_at: i32, draw: &mut Draw) {
    if draw.chance(marginals::disabled_share(person.age)) {
        let category = draw.weighted(&marginals::DISABILITIES).unwrap_or("limb");
        let level = draw.weighted(&marginals::DISABILITY_LEVELS).unwrap_or(4);
        person.disability = Some((category, level));
        let issued = (known_at - draw.day(60, 3_400)).max(person.birth + 200);
        person.certificates.push(super::value::Fact::span(
            "disability_card",
            issued,
            Some(day::add_months(issued, 120)),
        ));
    }
    let assessed = match person.age {
        ..=59 => 0.0,
        60..=69 => 0.15,
        70..=79 => 0.35,
        _ => 0.7,
    };
    if draw.chance(assessed) {
        let frail = f64::from(person.age - 55) / 10.0;
        let levels = [
            ("intact", 20.0),
            ("mild", 2.0 * frail),
            ("moderate", 1.2 * frail),
            ("severe", 0.8 * frail),
            ("total", 0.4 * frail),
        ];
        person.care =
            Some((draw.weighted(&levels).unwrap_or("intact"), known_at - draw.day(10, 640)));
    }
}

fn service(person: &mut Person, known_at: i32, draw: &mut Draw) {
    if person.age < 21
        || person.status == "military"
        || !draw.chance(if person.female { 0.004 } else { marginals::VETERAN_SHARE })
    {
        return;
    }
    let kinds = [
        ("self_employed_soldier", 72.0),
        ("assigned_soldier", 13.0),
        ("resettled_officer", 7.0),
        ("retired_monthly", 3.0),
        ("other", 5.0),
    ];
    person.veteran = draw.weighted(&kinds).unwrap_or("other");
    let years =
        if person.veteran.contains("soldier") { draw.day(20, 24) } else { draw.day(30, 45) };
    let discharged = day::of(day::year(person.birth) + years, 9, 1) + draw.day(0, 20);
    if discharged > known_at {
        person.veteran = "none";
        return;
    }
    person.discharged = Some(discharged);
    if draw.chance(0.06) {
        let kinds = [
            ("merit_3", 88.0),
            ("merit_2", 8.0),
            ("combat_merit_4", 2.0),
            ("merit_1", 1.0),
            ("medal", 1.0),
        ];
        let merit = draw.weighted(&kinds).unwrap_or("merit_3");
        person.certificates.push(super::value::Fact::span(
            merit,
            discharged - draw.day(100, 900),
            None,
        ));
    }
}

/// Vocational skill: about 30% of workers hold a level (Ministry of Human
/// Resources, over 200 million skilled workers in 2023; approximate).
fn skills(person: &mut Person, known_at: i32, draw: &mut Draw) {
    let working = matches!(person.status, "employed" | "unemployed" | "flexible");
    if !working || !draw.chance(0.26) {
        return;
    }
    let levels =
        [("level5", 34.0), ("level4", 33.0), ("level3", 24.0), ("level2", 6.0), ("level1", 3.0)];
    person.skill = draw.weighted(&levels).unwrap_or("level5");
    let ago = if draw.chance(0.35) { draw.day(5, 330) } else { draw.day(330, 3_000) };
    let on = (known_at - ago).max(day::add_months(person.birth, 18 * 12));
    person.skill_on = Some(on);
    let code = match person.skill {
        "level5" => "skill_level5",
        "level4" => "skill_level4",
        "level3" => "skill_level3",
        "level2" => "skill_level2",
        _ => "skill_level1",
    };
    person.certificates.push(super::value::Fact::span(code, on, None));
    if draw.chance(0.25) {
        person.training.push(super::value::Fact {
            code: "skill_upgrade",
            from: on - 60,
            to: Some(on - 20),
            amount: Some(draw.range(8, 30) * 10_000),
        });
    }
}

/// An employer in the town, by size, and the wage there.
fn hire(town: &mut Town, place: usize, known_at: i32, draw: &mut Draw) {
    let urban = town.homes[town.people[place].home].urban;
    let person = &town.people[place];
    if person.status != "employed" {
        return;
    }
    let firms: Vec<(usize, f64)> = (0..)
        .zip(&town.firms)
        .filter(|(_, firm)| firm.hires())
        .map(|(at, firm)| (at, firm.weight()))
        .collect();
    let Some(employer) = draw.weighted(&firms).filter(|_| !firms.is_empty()) else {
        let person = &mut town.people[place];
        person.status = "flexible";
        person.flexible_on = Some(known_at - draw.day(40, 900));
        return;
    };
    let recent = person.graduated.is_some_and(|on| known_at - on < 650);
    let tenure = if recent || draw.chance(0.16) { draw.day(10, 360) } else { draw.day(360, 3_650) };
    let earliest = town.firms[employer]
        .established
        .max(day::add_months(person.birth, 18 * 12))
        .max(person.graduated.unwrap_or(i32::MIN));
    let since = (known_at - tenure).max(earliest).min(known_at - 8);
    let (median, spread) = marginals::wage(urban);
    let schooling = match person.education {
        "doctor" => 2.4,
        "master" => 1.9,
        "bachelor" => 1.45,
        "junior_college" => 1.15,
        _ => 0.92,
    };
    let place_factor = if town.spot.focus { 1.35 } else { 1.0 };
    let wage = draw.lognormal(median * schooling * place_factor, spread).clamp(2_200.0, 90_000.0);
    let person = &mut town.people[place];
    person.employer = Some(employer);
    person.job_since = since;
    person.contract_months =
        draw.weighted(&[(12, 22.0), (24, 18.0), (36, 45.0), (60, 15.0)]).unwrap_or(36);
    person.wage = yuan(wage);
    town.firms[employer].workers.push(place);
}

/// Months in the employees' insurance, from the working life so far.
fn insure(person: &mut Person, known_at: i32, draw: &mut Draw) {
    let working_years = f64::from((person.age - 22).clamp(0, 38));
    let share = match person.status {
        "employed" => 0.55 + 0.45 * draw.unit(),
        "retired" => 0.75 + 0.25 * draw.unit(),
        "unemployed" if draw.chance(0.7) => 0.2 + 0.6 * draw.unit(),
        "flexible" | "self_employed" if draw.chance(0.55) => 0.2 + 0.7 * draw.unit(),
        _ => return,
    };
    let since_job = i64::from(day::months_between(person.job_since, known_at));
    let before = whole(working_years * 12.0 * share);
    person.insured_months = match person.status {
        "employed" => before.max(since_job + 1),
        "retired" => before.max(180),
        _ => before.max(6),
    };
    person.continuous_months = match person.status {
        "employed" => (since_job + 1).max(draw.range(1, 60)).min(person.insured_months),
        "flexible" | "self_employed" => draw.range(1, 48).min(person.insured_months),
        _ => 0,
    };
    let months = i32::try_from(person.insured_months).unwrap_or(0);
    let end = if person.status == "retired" { person.retirement } else { known_at };
    let since = day::add_months(end, -months - draw.day(0, 24))
        .max(day::of(1992, 1, 1))
        .max(day::add_months(person.birth, 16 * 12));
    person.insured_since = Some(since);
    let most = i64::from(day::months_between(since, end)) + 1;
    person.insured_months = person.insured_months.min(most);
    person.continuous_months = person.continuous_months.min(person.insured_months);
}

/// Whole yuan as fen.
pub(super) fn yuan(amount: f64) -> i64 {
    whole(amount) * 100
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "amounts and counts stay far below 2^53")]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}
