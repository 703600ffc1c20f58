//! How each field of a citizen's dossier follows from the person and the
//! household, in the terms of dossiers: one arm a field, by its name in the
//! catalogue. School, work, insurance, support and belongings have
//! files of their own.

mod belongings;
mod insurance;
mod school;
mod support;
mod work;

use super::day;
use super::draw::Draw;
use super::person::{Home, Person};
use super::town::Town;
use super::value::{Fact, Value};

/// What a field is asked about.
pub(super) struct Subject<'a> {
    pub town: &'a Town,
    pub person: &'a Person,
    pub home: &'a Home,
    pub known_at: i32,
}

/// Gives the value of a field so many periods back; 1 is the last one.
pub(super) type Getter = fn(&Subject<'_>, usize) -> Value;

fn flag(value: bool) -> Value {
    Value::Bool(value)
}

/// The getter of a field; `None` for a field this generator does not know.
pub(super) fn getter(name: &str) -> Option<Getter> {
    identity(name)
        .or_else(|| school::getter(name))
        .or_else(|| work::getter(name))
        .or_else(|| insurance::getter(name))
        .or_else(|| support::getter(name))
        .or_else(|| belongings::getter(name))
}

fn identity(name: &str) -> Option<Getter> {
    Some(match name {
        "resident_id" => |s, _| Value::Text(s.person.id.clone()),
        "birth_date" => |s, _| Value::Day(s.person.birth),
        "death_date" => |s, _| Value::day(s.person.death),
        "deceased" => |s, _| flag(!s.person.alive()),
        "sex" => |s, _| Value::Code(if s.person.female { "female" } else { "male" }),
        "nationality" => |_, _| Value::Code("cn"),
        "ethnicity" => |s, _| Value::Code(s.person.ethnicity),
        "marital_status" => |s, _| Value::Code(s.person.marital),
        "hukou_region" => |s, _| Value::Region(s.person.hukou),
        "hukou_kind" => |s, _| Value::Code(if s.person.hukou_urban { "urban" } else { "rural" }),
        "hukou_since" => |s, _| {
            Value::Day(
                (s.person.birth
                    + if s.person.age > 22 { noise(s, "hukou").day(0, 7_000) } else { 20 })
                .max(day::of(1958, 1, 9))
                .min(s.known_at),
            )
        },
        "household_role" => |s, _| Value::Code(s.person.role),
        "residence_region" => |s, _| Value::Region(s.person.residence),
        "residence_since" => |s, _| {
            Value::when(s.person.residence != s.person.hukou, Value::Day(s.person.residence_since))
        },
        "residence_permit_until" => {
            |s, _| held(s, "residence_permit").map_or(Value::Absent, |permit| Value::day(permit.to))
        }
        "lawful_birth" => |s, _| Value::when(s.person.birth >= day::of(1996, 1, 1), flag(true)),
        "only_child" => |s, _| deducts(s, flag(only_child(s))),
        "veteran_kind" => |s, _| Value::Code(s.person.veteran),
        "discharged_on" => |s, _| Value::day(s.person.discharged),
        "retirement_pay" => |s, _| {
            Value::when(
                s.person.veteran == "retired_monthly",
                Value::Money(noise(s, "pay").range(60, 130) * 10_000),
            )
        },
        "missing_since" => |s, _| Value::day(s.person.missing_since),
        _ => return None,
    })
}

fn noise(subject: &Subject<'_>, name: &str) -> Draw {
    subject.person.noise(name)
}

fn held<'a>(subject: &Subject<'a>, code: &str) -> Option<&'a Fact> {
    subject.person.certificates.iter().find(|fact| fact.code == code)
}

fn only_child(subject: &Subject<'_>) -> bool {
    match subject.person.mother {
        Some(mother) => {
            subject.town.people[mother].children.len() == 1 && noise(subject, "only").chance(0.85)
        }
        None => noise(subject, "only").chance(0.2),
    }
}

/// Whether the person has handed in particulars for tax deductions.
fn deducts(subject: &Subject<'_>, value: Value) -> Value {
    let person = subject.person;
    Value::when(
        person.alive() && person.status == "employed" && person.noise("deducts").chance(0.8),
        value,
    )
}

fn is(subject: &Subject<'_>, status: &str) -> bool {
    subject.person.alive() && subject.person.status == status
}

/// The dated things behind a `facts` field.
pub(super) fn facts<'a>(name: &str, person: &'a Person) -> Option<&'a [Fact]> {
    Some(match name {
        "certificates" => &person.certificates,
        "vehicles" => &person.vehicles,
        "purchases" => &person.purchases,
        "loans" => &person.loans,
        "blacklists" => &person.blacklists,
        "training" => &person.training,
        "situations" => &person.situations,
        "hardships" => &person.hardships,
        "benefits" => &person.benefits,
        _ => return None,
    })
}

/// The other ends of a relation, with its first and last day.
pub(super) fn edges(name: &str, subject: &Subject<'_>) -> Option<Vec<(String, i32, Option<i32>)>> {
    let people = &subject.town.people;
    Some(match name {
        "children" => subject
            .person
            .children
            .iter()
            .map(|&child| (people[child].id.clone(), people[child].birth, None))
            .collect(),
        "supporters" => supporters(subject)
            .into_iter()
            .map(|other| (people[other].id.clone(), people[other].birth, None))
            .collect(),
        "spouse" => subject
            .person
            .spouse
            .iter()
            .map(|&spouse| (people[spouse].id.clone(), subject.person.married_on, None))
            .collect(),
        _ => return None,
    })
}

/// Who owes the person support by law: the spouse, the grown children of the
/// old, the parents of minors (Civil Code arts. 1059, 1067).
fn supporters(subject: &Subject<'_>) -> Vec<usize> {
    let (person, people) = (subject.person, &subject.town.people);
    if !person.alive() {
        return Vec::new();
    }
    let grown = person
        .children
        .iter()
        .copied()
        .filter(|&child| person.age >= 60 && people[child].age >= 18);
    let parents = person.mother.into_iter().chain(person.father).filter(|_| person.age < 18);
    person
        .spouse
        .into_iter()
        .chain(grown)
        .chain(parents)
        .filter(|&other| people[other].alive())
        .collect()
}
