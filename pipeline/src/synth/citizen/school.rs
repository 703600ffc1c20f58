//! School and university: degrees, and where a pupil or student is enrolled.

use super::{Getter, Subject, flag, noise};
use crate::synth::day;
use crate::synth::person::Person;
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    degrees(name).or_else(|| enrolment(name)).or_else(|| hardship(name))
}

/// What a person has finished, or will.
fn degrees(name: &str) -> Option<Getter> {
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
        "academic_rank_share" => |s, _| {
            Value::when(
                tertiary(s.person),
                Value::Decimal(noise(s, "rank").range(1, 1_000) * 1_000),
            )
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

/// The school, stage and grade.
fn enrolment(name: &str) -> Option<Getter> {
    Some(match name {
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
        _ => return None,
    })
}

/// A pupil or student.
fn pupil(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.at_school(), value)
}

fn tertiary(person: &Person) -> bool {
    matches!(person.stage, "undergraduate" | "junior_college" | "postgraduate")
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

/// Hardship and student loans.
fn hardship(name: &str) -> Option<Getter> {
    Some(match name {
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
