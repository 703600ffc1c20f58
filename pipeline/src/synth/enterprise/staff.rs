//! Staff and its insurance.

use super::{Getter, Subject, insured, noise, ratio};
use crate::synth::day;
use crate::synth::life::whole;
use crate::synth::means::precise;
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    Some(match name {
        "employees" => |s, back| {
            Value::when(back == 1 && s.firm.status != "deregistered", Value::Int(s.firm.employees))
        },
        "insured_employees" => |s, _| Value::when(insured(s), Value::Int(s.firm.insured)),
        "insured_months_full" => |s, _| {
            Value::when(
                insured(s),
                Value::Int(
                    i64::from(day::months_between(s.firm.established, s.known_at)).clamp(1, 120),
                ),
            )
        },
        "insurance_arrears" => |s, _| {
            Value::when(
                insured(s),
                Value::Money(if noise(s, "arrears").chance(0.04) {
                    noise(s, "owed").range(5, 900) * 100_000
                } else {
                    0
                }),
            )
        },
        "unemployment_premium" => |s, _| {
            Value::when(insured(s), Value::Money(s.firm.insured * s.firm.mean_wage / 100 * 12))
        },
        "layoff_rate" => |s, _| {
            Value::when(insured(s), ratio(precise(layoffs(s)) / precise(s.firm.insured.max(1))))
        },
        "layoffs_12m" => |s, _| Value::when(insured(s), Value::Int(layoffs(s))),
        "average_monthly_wage" => |s, _| Value::when(insured(s), Value::Money(s.firm.mean_wage)),
        "graduates_hired_12m" => {
            |s, _| Value::when(insured(s), Value::Int(s.firm.recent_graduates + new_hires(s) / 5))
        }
        "new_hires_12m" => {
            |s, _| Value::when(insured(s), Value::Int(s.firm.recent_hires + new_hires(s)))
        }
        "qualified_hires_12m" => {
            |s, _| Value::when(insured(s), Value::Int(s.firm.recent_graduates + new_hires(s) / 4))
        }
        "jobs_created" => |s, _| Value::when(insured(s), Value::Int(s.firm.insured.min(200))),
        "d_class_talents" => |s, _| {
            Value::when(
                insured(s),
                Value::Int(if s.firm.tech == 2 { noise(s, "talents").range(0, 3) } else { 0 }),
            )
        },
        "disabled_employees" => {
            |s, back| Value::when(back == 1 && insured(s), Value::Int(disabled(s)))
        }
        "disabled_wages" => |s, back| {
            Value::when(back == 1 && insured(s), Value::Money(disabled(s) * s.firm.mean_wage * 10))
        },
        _ => return None,
    })
}

fn layoffs(subject: &Subject<'_>) -> i64 {
    let share = noise(subject, "layoffs").lognormal(0.02, 1.0).min(0.5);
    whole(precise(subject.firm.insured) * share)
}

fn new_hires(subject: &Subject<'_>) -> i64 {
    whole(precise(subject.firm.insured) * noise(subject, "hires").unit() * 0.2)
}

fn disabled(subject: &Subject<'_>) -> i64 {
    let drawn = whole(precise(subject.firm.insured) * noise(subject, "disabled").unit() * 0.025);
    subject.firm.disabled_workers.max(drawn)
}
