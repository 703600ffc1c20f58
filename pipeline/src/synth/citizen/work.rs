//! Work: jobs and contracts, unemployment, businesses of one's own, skills.

use super::{Getter, Subject, deducts, flag, held, is, noise};
use crate::synth::day;
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    jobs(name)
        .or_else(|| unemployment(name))
        .or_else(|| flexible(name))
        .or_else(|| business(name))
        .or_else(|| skills(name))
}

/// Status, contract, and where the work is.
fn jobs(name: &str) -> Option<Getter> {
    Some(match name {
        "employment_status" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.status)),
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
        _ => return None,
    })
}

/// Unemployment, and what is paid for it.
fn unemployment(name: &str) -> Option<Getter> {
    Some(match name {
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
        "zero_employment_household" => |s, _| flag(is(s, "unemployed") && workless(s)),
        "unemployment_benefit_active" => |s, _| {
            flag(
                s.person
                    .benefits
                    .iter()
                    .any(|paid| paid.code == "unemployment_benefit" && paid.to.is_none()),
            )
        },
        _ => return None,
    })
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

/// Flexible work, and the insurance subsidy for it.
fn flexible(name: &str) -> Option<Getter> {
    Some(match name {
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
        _ => return None,
    })
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

/// A business of one's own.
fn business(name: &str) -> Option<Getter> {
    Some(match name {
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

/// Skills and talents.
fn skills(name: &str) -> Option<Getter> {
    Some(match name {
        "skill_level" => |s, _| Value::when(s.person.age >= 16, Value::Code(s.person.skill)),
        "skill_certified_on" => |s, _| Value::day(s.person.skill_on),
        "skill_subsidised_level" => |s, _| Value::when(s.person.age >= 16, Value::Code("none")),
        "d_class_talent" => |s, _| flag(held(s, "d_class_talent").is_some()),
        _ => return None,
    })
}
