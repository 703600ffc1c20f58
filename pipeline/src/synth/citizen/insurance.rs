//! What the insurances and the housing fund know of a person.

use super::{Getter, Subject, flag, is, noise};
use crate::synth::life::whole;
use crate::synth::value::Value;

/// Whether the employees' insurance knows the person.
fn pays(subject: &Subject<'_>) -> bool {
    subject.person.alive() && subject.person.insured() && subject.person.continuous_months > 0
}

fn resident_scheme(subject: &Subject<'_>) -> bool {
    let person = subject.person;
    person.age >= 16
        && person.alive()
        && !person.insured()
        && !matches!(person.status, "student" | "military")
        && person.noise("resident").chance(0.8)
}

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    months(name)
        .or_else(|| contributions(name))
        .or_else(|| pension(name))
        .or_else(|| medical(name))
        .or_else(|| maternity(name))
        .or_else(|| other(name))
}

/// Where, in what and for how long a person is insured.
fn months(name: &str) -> Option<Getter> {
    Some(match name {
        "insurance_region" => {
            |s, _| Value::when(s.person.insured(), Value::Region(s.person.residence))
        }
        "insured_since" => |s, _| Value::day(s.person.insured_since),
        "pension_months" => |s, _| adult(s, Value::Int(s.person.insured_months)),
        "pension_scheme" => |s, _| {
            adult(
                s,
                Value::Code(if s.person.insured() {
                    "employee"
                } else if resident_scheme(s) {
                    "resident"
                } else {
                    "none"
                }),
            )
        },
        "pension_insurance_active" => |s, _| flag(pays(s) || resident_scheme(s)),
        "resident_pension_months" => |s, _| {
            adult(
                s,
                Value::Int(if resident_scheme(s) {
                    noise(s, "resident_months").range(1, 16) * 12
                } else {
                    0
                }),
            )
        },
        "resident_pension_enrolled" => |s, _| flag(resident_scheme(s)),
        "unemployment_insurance_months" => {
            |s, _| adult(s, Value::Int(s.person.insured_months * 9 / 10))
        }
        "insured_months_continuous" => |s, _| adult(s, Value::Int(s.person.continuous_months)),
        _ => return None,
    })
}

/// What is paid in each month.
fn contributions(name: &str) -> Option<Getter> {
    Some(match name {
        "contribution_paid_month" => {
            |s, _| adult(s, Value::Money(if pays(s) { base(s) / 200 * 21 } else { 0 }))
        }
        "employer_contribution_month" => |s, _| {
            adult(
                s,
                Value::Money(if pays(s) && s.person.employer.is_some() { base(s) / 4 } else { 0 }),
            )
        },
        "contribution_base" => |s, _| Value::when(pays(s), Value::Money(base(s))),
        "flexible_insurance_paid" => |s, _| {
            Value::when(pays(s) && s.person.flexible_on.is_some(), Value::Money(base(s) / 100 * 28))
        },
        _ => return None,
    })
}

/// Retirement and what is drawn.
fn pension(name: &str) -> Option<Getter> {
    Some(match name {
        "retired" => |s, _| flag(s.person.status == "retired"),
        "retirement_date" => {
            |s, _| Value::when(s.person.age >= 40, Value::Day(s.person.retirement))
        }
        "basic_pension_receiving" => |s, _| flag(s.person.status == "retired" && s.person.alive()),
        "pension_amount_month" => |s, _| {
            Value::when(
                s.person.status == "retired" && s.person.alive(),
                Value::Money(s.person.income / 12 / 100 * 100),
            )
        },
        _ => return None,
    })
}

/// Medical insurance.
fn medical(name: &str) -> Option<Getter> {
    Some(match name {
        "medical_insurance_active" => {
            |s, _| flag(s.person.alive() && noise(s, "medical").chance(0.95))
        }
        "medical_insurance_kind_employee" => |s, _| flag(s.person.insured()),
        "medical_own_cost" => {
            |s, _| Value::Money(whole(noise(s, "cost").lognormal(90_000.0, 1.2).min(1e8)))
        }
        _ => return None,
    })
}

/// Maternity insurance and the births it pays for.
fn maternity(name: &str) -> Option<Getter> {
    Some(match name {
        "maternity_insurance_months" => |s, _| {
            adult(
                s,
                Value::Int(if s.person.employer.is_some() {
                    s.person.continuous_months
                } else {
                    0
                }),
            )
        },
        "childbirth_on" => |s, _| Value::day(s.person.childbirth),
        "difficult_birth" => |s, _| {
            Value::when(s.person.childbirth.is_some(), flag(noise(s, "difficult").chance(0.4)))
        },
        "newborns" => |s, _| {
            Value::when(
                s.person.childbirth.is_some(),
                Value::Int(if noise(s, "twins").chance(0.02) { 2 } else { 1 }),
            )
        },
        "employer_average_wage" => |s, _| {
            Value::when(
                s.person.childbirth.is_some() && s.person.employer.is_some(),
                Value::Money(s.person.employer.map_or(0, |firm| s.town.firms[firm].mean_wage)),
            )
        },
        _ => return None,
    })
}

/// The housing fund, and care after an injury at work.
fn other(name: &str) -> Option<Getter> {
    Some(match name {
        "housing_fund_months" => {
            |s, _| Value::when(fund(s), Value::Int(s.person.continuous_months))
        }
        "housing_fund_active" => |s, _| flag(fund(s)),
        "housing_fund_region" => |s, _| Value::when(fund(s), Value::Region(s.person.residence)),
        "work_injury_care" => |s, _| flag(s.person.injured),
        _ => return None,
    })
}

fn adult(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.age >= 16 && !matches!(subject.person.status, "student"), value)
}

/// Contribution base: the wage, or a common lower bound of about 4 900 yuan
/// for those who pay for themselves (varies by province; approximate).
fn base(subject: &Subject<'_>) -> i64 {
    (if subject.person.wage > 0 { subject.person.wage } else { 490_000 }).clamp(420_000, 3_500_000)
}

/// Housing fund: about 180 million persons pay in, 40% of urban workers (2024).
fn fund(subject: &Subject<'_>) -> bool {
    is(subject, "employed") && subject.person.noise("fund").chance(0.55)
}
