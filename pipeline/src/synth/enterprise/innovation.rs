//! Research, rights, scores and titles, and the land of farming enterprises.

use super::{Getter, noise, ratio, score, tech};
use crate::synth::firm::Firm;
use crate::synth::life::whole;
use crate::synth::means::precise;
use crate::synth::value::Value;

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    research(name)
        .or_else(|| scores(name))
        .or_else(|| market(name))
        .or_else(|| rights(name))
        .or_else(|| land(name))
}

/// The title of a high-tech enterprise and what it rests on.
fn research(name: &str) -> Option<Getter> {
    Some(match name {
        "high_tech_certified_on" => |s, _| {
            Value::day(
                s.firm
                    .certificates
                    .iter()
                    .filter(|held| held.code == "high_tech")
                    .map(|held| held.from)
                    .max(),
            )
        },
        "rd_staff" => |s, back| {
            tech(s, |firm| {
                Value::when(
                    back == 1,
                    Value::Int(
                        (firm.employees * if firm.tech == 2 { 28 } else { 12 } / 100).max(1),
                    ),
                )
            })
        },
        "tech_staff" => |s, back| {
            tech(s, |firm| {
                Value::when(
                    back == 1,
                    Value::Int(
                        (firm.employees * if firm.tech == 2 { 36 } else { 16 } / 100).max(1),
                    ),
                )
            })
        },
        "hitech_income_share" => |s, back| {
            tech(s, |firm| {
                Value::when(back == 1, ratio(precise(firm.noise("hitech").range(45, 98)) / 100.0))
            })
        },
        _ => return None,
    })
}

/// Points of the assessments behind the titles.
fn scores(name: &str) -> Option<Getter> {
    Some(match name {
        "sme_score" => |s, back| Value::when(back == 1, score(s, "sme", 48, 90)),
        "innovation_score" => |s, back| Value::when(back == 1, score(s, "innovation", 55, 90)),
        "innovative_score" => |s, _| score(s, "innovative", 45, 90),
        "innovation_ability_score" => |s, _| score(s, "ability", 14, 32),
        "growth_score" => |s, _| score(s, "growth", 10, 22),
        "specialisation_score" => |s, _| score(s, "special", 10, 22),
        "specialised_sme_score" => |s, _| score(s, "ssme", 48, 90),
        "platform_score" => |s, _| score(s, "platform", 40, 90),
        _ => return None,
    })
}

/// Its place in the market.
fn market(name: &str) -> Option<Getter> {
    Some(match name {
        "market_share" => |s, _| {
            tech(s, |firm| {
                ratio(
                    precise(firm.noise("market").range(1, if firm.tech == 2 { 40 } else { 12 }))
                        / 100.0,
                )
            })
        },
        "market_rank" => |s, _| {
            tech(s, |firm| {
                Value::Int(firm.noise("rank").range(1, if firm.tech == 2 { 12 } else { 60 }))
            })
        },
        "market_rank_world" => |s, _| {
            tech(s, |firm| {
                Value::Int(firm.noise("rank").range(1, if firm.tech == 2 { 12 } else { 60 }) * 3)
            })
        },
        "own_brand" => |s, _| tech(s, |firm| Value::Bool(firm.noise("brand").chance(0.8))),
        "core_business_online" => {
            |s, _| tech(s, |firm| Value::Bool(firm.noise("online").chance(0.8)))
        }
        _ => return None,
    })
}

/// Patents and other rights, and the standards it leads.
fn rights(name: &str) -> Option<Getter> {
    Some(match name {
        "ip_class1" => |s, _| tech(s, |firm| Value::Int(class1(firm))),
        "ip_class1_bought" => |s, _| tech(s, |firm| Value::Int(class1(firm) / 4)),
        "ip_class2" => |s, _| {
            tech(s, |firm| {
                Value::Int(firm.noise("ip2").range(2, if firm.tech == 2 { 22 } else { 9 }))
            })
        },
        "ip_applications" => {
            |s, _| tech(s, |firm| Value::Int(class1(firm) + firm.noise("filed").range(2, 8)))
        }
        "pct_applications" => |s, _| {
            tech(s, |firm| {
                Value::Int(if firm.tech == 2 { firm.noise("pct").range(0, 2) } else { 0 })
            })
        },
        "standards_led" => |s, _| {
            tech(s, |firm| {
                Value::Int(if firm.noise("standard").chance(0.15) {
                    firm.noise("led").range(1, 3)
                } else {
                    0
                })
            })
        },
        _ => return None,
    })
}

fn class1(firm: &Firm) -> i64 {
    firm.noise("ip1").range(0, if firm.tech == 2 { 8 } else { 2 })
}

fn land(name: &str) -> Option<Getter> {
    Some(match name {
        "planted_area" | "farmland_area" => |s, back| {
            let area = noise(s, "land").lognormal(180.0, 1.0).min(9_000.0);
            Value::when(
                back == 1 && s.firm.section == 'A' && s.firm.status == "active",
                Value::Decimal(whole(area * 10.0) * 100_000),
            )
        },
        _ => return None,
    })
}
