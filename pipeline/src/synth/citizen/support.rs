//! Incomes, public support, and who needs care.

use super::{Getter, Subject, flag, is, noise};
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    Some(match name {
        "annual_income" => |s, back| {
            Value::when(
                back == 1 && s.person.age >= 16 && s.person.income > 0,
                Value::Money(s.person.income / 100 * 100),
            )
        },
        "household_income" => |s, back| Value::when(back == 1, Value::Money(s.home.income)),
        "household_size" => |s, back| Value::when(back == 1, Value::Int(s.home.alive)),
        "household_assets_ok" => |s, back| Value::when(back == 1, flag(s.home.assets_ok)),
        "household_medical_expense" => {
            |s, back| Value::when(back == 1, Value::Money(s.home.medical))
        }
        "private_pension_paid" => |s, back| {
            let joins = is(s, "employed")
                && s.person.income > 9_600_000
                && noise(s, "private_pension").chance(0.3);
            Value::when(
                back == 1 && joins,
                Value::Money(noise(s, "private_paid").range(1, 12) * 100_000),
            )
        },
        "welfare_status" => |s, _| Value::Code(welfare(s)),
        "welfare_since" => |s, _| {
            Value::when(
                welfare(s) != "none",
                Value::Day((s.known_at - noise(s, "welfare").day(60, 2_500)).max(s.person.birth)),
            )
        },
        "illness_poverty" => |s, _| flag(welfare(s) == "expenditure_poverty"),
        "no_income_source" => |s, _| flag(s.person.income == 0 && s.person.age >= 16),
        "able_supporter" => |s, _| flag(welfare(s) != "extreme_poverty"),
        "concentrated_support" => {
            |s, _| flag(welfare(s) == "extreme_poverty" && noise(s, "concentrated").chance(0.3))
        }
        "poverty_alleviated" => |s, _| flag(s.home.alleviated),
        "poverty_monitored" => {
            |s, _| flag(s.home.alleviated && s.home.poor && noise(s, "monitored").chance(0.5))
        }
        "orphan_status" => |s, _| Value::Code(orphan(s)),
        "only_child_died_or_disabled" => |s, _| flag(s.person.bereaved.is_some()),
        "only_child_died" => |s, _| flag(s.person.bereaved == Some(true)),
        "disability_category" => {
            |s, _| Value::Code(s.person.disability.map_or("none", |(category, _)| category))
        }
        "disability_level" => |s, _| Value::Int(s.person.disability.map_or(0, |(_, level)| level)),
        "long_term_care_needed" => |s, _| {
            flag(
                s.person.disability.is_some_and(|(_, level)| level == 1)
                    || s.person.disability.is_some_and(|(_, level)| level == 2)
                        && noise(s, "long_term").chance(0.5),
            )
        },
        "care_level" => |s, _| s.person.care.map_or(Value::Absent, |(level, _)| Value::Code(level)),
        "care_assessed_on" => |s, _| Value::day(s.person.care.map(|(_, on)| on)),
        _ => return None,
    })
}

fn welfare(subject: &Subject<'_>) -> &'static str {
    if subject.person.alive() { subject.home.welfare } else { "none" }
}

/// Minors whose parents are dead or gone. Most minors without a parent in the
/// register simply have parents elsewhere.
fn orphan(subject: &Subject<'_>) -> &'static str {
    let person = subject.person;
    let dead =
        |parent: Option<usize>| parent.is_some_and(|parent| !subject.town.people[parent].alive());
    if person.age >= 18 {
        return "none";
    }
    match (dead(person.mother), dead(person.father)) {
        (true, true) => "orphan",
        (true, false) | (false, true) if noise(subject, "unattended").chance(0.4) => {
            "de_facto_unattended"
        }
        _ => "none",
    }
}
