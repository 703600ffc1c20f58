//! How each field of a citizen's dossier follows from the person and the
//! household, in the terms of dossiers: one arm a field, by its name in the
//! catalogue. Insurance, support and belongings have files of their own.

mod belongings;
mod insurance;
mod support;

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
        .or_else(|| school(name))
        .or_else(|| work(name))
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

/// A pupil or student.
fn pupil(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.at_school(), value)
}

fn tertiary(person: &Person) -> bool {
    matches!(person.stage, "undergraduate" | "junior_college" | "postgraduate")
}

fn school(name: &str) -> Option<Getter> {
    Some(match name {
        "education" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.education)),
        "degree" => |s, _| {
            graduate(
                s,
                Value::Code(match s.person.education {
                    "doctor" => "doctor",
                    "master" => "master",
                    "bachelor" => "bachelor",
                    _ => "none",
                }),
            )
        },
        "graduated_on" => |s, _| Value::day(s.person.graduated),
        "graduation_year" => |s, _| match s.person.graduated {
            Some(on) => Value::Int(i64::from(day::year(on))),
            None if tertiary(s.person) => Value::Int(i64::from(day::year(expected(s)))),
            None => Value::Absent,
        },
        "expected_graduation_on" => |s, _| Value::when(tertiary(s.person), Value::Day(expected(s))),
        "school_region" | "graduated_school_region" => |s, _| {
            Value::when(
                s.person.at_school() || s.person.graduated.is_some(),
                Value::Region(if tertiary(s.person) || s.person.graduated.is_some() {
                    s.person.hukou
                } else {
                    s.person.residence
                }),
            )
        },
        "enrolment_stage" => |s, _| Value::Code(s.person.stage),
        "enrolment_grade" => |s, _| pupil(s, Value::Int(s.person.grade)),
        "kindergarten_last_year" => {
            |s, _| Value::when(s.person.stage == "kindergarten", flag(s.person.grade == 3))
        }
        "school_ownership" => {
            |s, _| Value::Code(if s.person.at_school() { ownership(s) } else { "none" })
        }
        "full_time" => {
            |s, _| pupil(s, flag(!tertiary(s.person) || noise(s, "full_time").chance(0.96)))
        }
        "student_hardship" => |s, _| {
            Value::Code(
                if s.person.at_school() && (s.home.poor || noise(s, "hardship").chance(0.06)) {
                    noise(s, "grade")
                        .weighted(&[("special", 30.0), ("difficult", 40.0), ("general", 30.0)])
                        .unwrap_or("general")
                } else {
                    "none"
                },
            )
        },
        "academic_rank_share" => |s, _| {
            Value::when(
                tertiary(s.person),
                Value::Decimal(noise(s, "rank").range(1, 1_000) * 1_000),
            )
        },
        "student_loan" => |s, _| flag(s.person.loans.iter().any(|loan| loan.code == "student")),
        "student_loan_amount" => |s, _| {
            s.person
                .loans
                .iter()
                .find(|loan| loan.code == "student")
                .and_then(|loan| loan.amount)
                .map_or(Value::Absent, Value::Money)
        },
        _ => return None,
    })
}

fn graduate(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.graduated.is_some(), value)
}

/// The summer in which a student leaves.
fn expected(subject: &Subject<'_>) -> i32 {
    let length = if subject.person.stage == "undergraduate" { 4 } else { 3 };
    let left = i32::try_from(length - subject.person.grade).unwrap_or(0).max(0);
    let (year, month, _) = day::parts(subject.known_at);
    day::of(if month >= 9 { year + 1 } else { year } + left, 6, 30)
}

/// Half of all kindergarten children and a tenth of pupils are in private
/// schools (Ministry of Education, 2023; approximate).
fn ownership(subject: &Subject<'_>) -> &'static str {
    let private = if subject.person.stage == "kindergarten" { 0.42 } else { 0.1 };
    let draw = &mut noise(subject, "ownership");
    match (draw.chance(private), draw.chance(0.02)) {
        (false, _) => "public",
        (true, false) => "private_approved",
        (true, true) => "private_unapproved",
    }
}

fn is(subject: &Subject<'_>, status: &str) -> bool {
    subject.person.alive() && subject.person.status == status
}

fn work(name: &str) -> Option<Getter> {
    Some(match name {
        "employment_status" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.status)),
        "unemployed_since" => |s, _| Value::day(s.person.unemployed_since),
        "involuntary_unemployment" => {
            |s, _| Value::when(is(s, "unemployed"), flag(noise(s, "involuntary").chance(0.75)))
        }
        "job_seeking" => |s, _| flag(is(s, "unemployed") && noise(s, "seeking").chance(0.85)),
        "job_refusals" => |s, _| {
            Value::when(
                is(s, "unemployed"),
                Value::Int(
                    noise(s, "refusals").weighted(&[(0, 80.0), (1, 13.0), (3, 7.0)]).unwrap_or(0),
                ),
            )
        },
        "employment_difficulty" => |s, _| flag(s.person.difficulty_on.is_some()),
        "employment_difficulty_on" => |s, _| Value::day(s.person.difficulty_on),
        "flexible_employment" => |s, _| flag(s.person.flexible_on.is_some()),
        "flexible_employment_on" => |s, _| Value::day(s.person.flexible_on),
        "flexible_subsidy_months" => {
            |s, _| Value::when(s.person.flexible_on.is_some(), Value::Int(subsidised(s)))
        }
        "flexible_subsidy_since" => |s, _| {
            Value::when(
                subsidised(s) > 0,
                Value::Day(day::add_months(s.known_at, -i32::try_from(subsidised(s)).unwrap_or(0))),
            )
        },
        "unemployed_before_hire" => |s, _| {
            Value::when(
                is(s, "employed") && s.known_at - s.person.job_since < 400,
                flag(noise(s, "before").chance(0.35)),
            )
        },
        "contract_months" => {
            |s, _| Value::when(s.person.employer.is_some(), Value::Int(s.person.contract_months))
        }
        "work_region" => |s, _| deducts(s, Value::Region(s.person.residence)),
        "homes_in_work_city" => |s, _| deducts(s, Value::Int(s.home.owned)),
        "self_employed_on" => |s, _| Value::day(s.person.self_employed_on),
        "startup_first" => {
            |s, _| flag(s.person.self_employed_on.is_some() && noise(s, "first").chance(0.8))
        }
        "startup_hires_12m" => |s, _| started(s, Value::Int(noise(s, "startup_hires").range(0, 4))),
        "jobs_created" => |s, _| started(s, Value::Int(noise(s, "jobs").range(0, 9))),
        "returned_on" => {
            |s, _| Value::when(returned(s), Value::day(s.person.self_employed_on.map(|on| on - 60)))
        }
        "returned_migrant" => |s, _| flag(returned(s)),
        "business_region" => |s, _| started(s, Value::Region(s.person.residence)),
        "zero_employment_household" => |s, _| flag(is(s, "unemployed") && workless(s)),
        "unemployment_benefit_active" => |s, _| {
            flag(
                s.person
                    .benefits
                    .iter()
                    .any(|paid| paid.code == "unemployment_benefit" && paid.to.is_none()),
            )
        },
        "skill_level" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.skill)),
        "skill_certified_on" => |s, _| Value::day(s.person.skill_on),
        "skill_subsidised_level" => |s, _| Value::when(s.person.age >= 16, Value::Code("none")),
        "d_class_talent" => |s, _| flag(held(s, "d_class_talent").is_some()),
        _ => return None,
    })
}

fn started(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.self_employed_on.is_some(), value)
}

fn returned(subject: &Subject<'_>) -> bool {
    subject.person.self_employed_on.is_some()
        && !subject.person.hukou_urban
        && noise(subject, "returned").chance(0.3)
}

fn workless(subject: &Subject<'_>) -> bool {
    let busy = |&member: &usize| {
        matches!(
            subject.town.people[member].status,
            "employed" | "self_employed" | "flexible" | "farmer" | "military"
        )
    };
    !subject.home.members.iter().any(busy)
}

/// Months of insurance subsidy a flexible worker has had.
fn subsidised(subject: &Subject<'_>) -> i64 {
    let Some(on) = subject.person.flexible_on.filter(|_| subject.person.insured()) else {
        return 0;
    };
    let most = i64::from(day::months_between(on, subject.known_at)).min(40);
    if noise(subject, "subsidised").chance(0.4) {
        noise(subject, "months").range(0, most)
    } else {
        0
    }
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
