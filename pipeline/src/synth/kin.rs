//! Couples, parents and households of a town.

use super::draw::Draw;
use super::person::Home;
use super::town::Town;
use super::{day, marginals};

/// Matches women with men about two years older. Shares of the married by age
/// follow the 2020 census roughly (of women at 30–59 about 93%).
pub(super) fn marry(town: &mut Town, draw: &mut Draw) {
    let mut women: Vec<usize> = (0..town.people.len())
        .filter(|&p| town.people[p].female && town.people[p].age >= 21)
        .collect();
    women.sort_by_key(|&p| (town.people[p].age, p));
    for woman in women {
        let age = town.people[woman].age;
        let wants = match age {
            ..=24 => 0.25,
            25..=29 => 0.65,
            30..=69 => 0.97,
            _ => 0.9,
        };
        if !draw.chance(wants) {
            continue;
        }
        let free = |&p: &usize| {
            let man = &town.people[p];
            !man.female
                && man.spouse.is_none()
                && man.age >= 22
                && (age - 3..=age + 8).contains(&man.age)
        };
        let nearest = (0..town.people.len())
            .filter(free)
            .min_by_key(|&p| ((town.people[p].age - age - 2).abs(), p));
        if let Some(man) = nearest {
            wed(town, woman, man, draw);
        }
    }
    for person in town.people.iter_mut().filter(|person| person.spouse.is_none()) {
        person.marital = match person.age {
            ..=24 => "single",
            25..=34 => draw.weighted(&[("single", 88.0), ("divorced", 12.0)]).unwrap_or("single"),
            35..=59 => draw
                .weighted(&[("single", 35.0), ("divorced", 52.0), ("widowed", 13.0)])
                .unwrap_or("single"),
            _ => draw
                .weighted(&[("single", 6.0), ("divorced", 12.0), ("widowed", 82.0)])
                .unwrap_or("single"),
        };
    }
}

fn wed(town: &mut Town, woman: usize, man: usize, draw: &mut Draw) {
    let birth = town.people[woman].birth.max(town.people[man].birth);
    let years = draw.day(0, 7).min(town.people[woman].age.min(town.people[man].age) - 21);
    let on = day::add_months(birth, 12 * (21 + years.max(0))) + draw.day(30, 300);
    let known = day::add_months(birth, 12 * town.people[woman].age.min(town.people[man].age));
    let on = on.min(known);
    for (own, other) in [(woman, man), (man, woman)] {
        let person = &mut town.people[own];
        person.spouse = Some(other);
        person.marital = "married";
        person.married_on = on;
    }
}

/// Gives persons a mother of fitting age, and her husband as father.
pub(super) fn assign_parents(town: &mut Town, draw: &mut Draw) {
    let mut order: Vec<usize> = (0..town.people.len()).collect();
    order.sort_by_key(|&p| (town.people[p].age, p));
    for child in order {
        let age = town.people[child].age;
        if age >= 18 && !draw.chance(0.8) {
            continue;
        }
        let gaps = if age < 18 { 18..=46 } else { 20..=40 };
        let Some(mother) = mother_of(town, child, &gaps) else { continue };
        let father = town.people[mother].spouse.filter(|&man| town.people[man].age - age >= 18);
        town.people[child].mother = Some(mother);
        town.people[child].father = father;
        for parent in std::iter::once(mother).chain(father) {
            town.people[parent].children.push(child);
        }
    }
}

fn mother_of(town: &Town, child: usize, gaps: &std::ops::RangeInclusive<i32>) -> Option<usize> {
    let own = &town.people[child];
    let in_law = own.spouse.and_then(|spouse| town.people[spouse].mother);
    let fits = |&p: &usize| {
        let woman = &town.people[p];
        let most = if woman.age < 55 { 2 } else { 4 };
        let spaced =
            woman.children.iter().all(|&other| (town.people[other].birth - own.birth).abs() > 300);
        woman.female
            && gaps.contains(&(woman.age - own.age))
            && woman.children.len() < most
            && spaced
            && Some(p) != in_law
            && (own.age < 18 || woman.age >= 40)
            && (woman.spouse.is_some() || woman.marital != "single")
    };
    let cost = |&p: &usize| {
        let woman = &town.people[p];
        let crowd = i32::try_from(woman.children.len()).unwrap_or(9) * 5;
        ((woman.age - own.age - 27).abs() + crowd + if woman.spouse.is_some() { 0 } else { 6 }, p)
    };
    (0..town.people.len()).filter(fits).min_by_key(cost)
}

/// Puts everybody into a household: couples with their minor and unmarried
/// children, some of the old with a child of theirs.
pub(super) fn settle(town: &mut Town, number: u64, draw: &mut Draw) {
    let mut order: Vec<usize> = (0..town.people.len()).collect();
    order.sort_by_key(|&p| (std::cmp::Reverse(town.people[p].age), p));
    for &head in &order {
        if town.people[head].home != usize::MAX || town.people[head].age < 18 {
            continue;
        }
        let home = open_home(town, number, draw);
        place(town, home, head, "head");
        family(town, home, head, draw);
        if town.people[head].age >= 60 && draw.chance(0.35) {
            let heir = town.people[head]
                .children
                .iter()
                .copied()
                .find(|&child| town.people[child].home == usize::MAX);
            if let Some(heir) = heir {
                let role = if town.people[heir].female { "daughter" } else { "son" };
                place(town, home, heir, role);
                family(town, home, heir, draw);
            }
        }
    }
    for &child in &order {
        if town.people[child].home == usize::MAX {
            let own = town.people[child]
                .mother
                .or(town.people[child].father)
                .map(|parent| town.people[parent].home);
            let home = match own
                .or_else(|| (!town.homes.is_empty()).then(|| draw.below(town.homes.len())))
            {
                Some(home) => home,
                None => open_home(town, number, draw),
            };
            let role = if town.homes[home].members.is_empty() { "head" } else { "grandchild" };
            place(town, home, child, role);
        }
    }
}

/// The spouse of a member, and the children who still live at home.
fn family(town: &mut Town, home: usize, member: usize, draw: &mut Draw) {
    let head = town.homes[home].members.first() == Some(&member);
    if let Some(spouse) = town.people[member].spouse.filter(|&p| town.people[p].home == usize::MAX)
    {
        place(town, home, spouse, if head { "spouse" } else { "other" });
    }
    for child in town.people[member].children.clone() {
        let person = &town.people[child];
        let stays =
            person.age < 18 || (person.spouse.is_none() && person.age < 32 && draw.chance(0.7));
        if person.home != usize::MAX || !stays {
            continue;
        }
        let role = match (head, person.female) {
            (true, true) => "daughter",
            (true, false) => "son",
            (false, _) => "grandchild",
        };
        place(town, home, child, role);
    }
}

fn place(town: &mut Town, home: usize, person: usize, role: &'static str) {
    town.people[person].home = home;
    town.people[person].role = role;
    town.homes[home].members.push(person);
}

fn open_home(town: &mut Town, number: u64, draw: &mut Draw) -> usize {
    let urban = draw.chance(if town.spot.focus { 0.86 } else { marginals::URBAN_SHARE - 0.01 });
    let county = draw.pick(&town.spot.counties).copied().unwrap_or(town.spot.city);
    // A household number is the town and the place in it.
    let place = town.homes.len();
    let number = format!("99{:08}{place:02}", number % 100_000_000);
    town.homes.push(Home { number, urban, county, welfare: "none", ..Home::default() });
    place
}
