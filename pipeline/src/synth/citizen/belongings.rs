//! Dwellings, land, cars, purchases and loans.

use super::{Getter, Subject, flag, noise};
use crate::synth::life::whole;
use crate::synth::means::precise;
use crate::synth::value::{Fact, Value};

/// The getter of a field.
pub(super) fn getter(name: &str) -> Option<Getter> {
    housing(name)
        .or_else(|| land(name))
        .or_else(|| cars(name))
        .or_else(|| trade(name))
        .or_else(|| purchases(name))
        .or_else(|| loans(name))
}

fn housing(name: &str) -> Option<Getter> {
    Some(match name {
        "home_owned" => |s, _| Value::Int(if s.person.role == "head" { s.home.owned } else { 0 }),
        "living_area_per_head" => |s, _| Value::Decimal(s.home.area_per_head),
        "living_area" => |s, _| Value::Decimal(s.home.area_per_head * s.home.alive),
        "public_rental" => |s, _| flag(s.person.role == "head" && s.home.public_rental),
        "housing_queue" => |s, _| flag(s.person.role == "head" && s.home.queue),
        "rent_registered" => |s, _| flag(lease(s).is_some()),
        "lease_region" => |s, _| Value::when(lease(s).is_some(), Value::Region(s.person.residence)),
        "lease_until" => |s, _| {
            Value::when(lease(s).is_some(), Value::Day(s.known_at + noise(s, "until").day(20, 340)))
        },
        "monthly_rent" => |s, _| lease(s).map_or(Value::Absent, Value::Money),
        _ => return None,
    })
}

/// The rent of a lease that is on file.
fn lease(subject: &Subject<'_>) -> Option<i64> {
    subject.home.rent.filter(|_| {
        subject.person.role == "head"
            && subject.person.alive()
            && subject.person.noise("lease").chance(0.7)
    })
}

fn land(name: &str) -> Option<Getter> {
    Some(match name {
        "farmland_area" => {
            |s, back| farm(s, Value::when(back == 1, Value::Decimal(s.home.farmland)))
        }
        "planted_area" => |s, back| {
            farm(
                s,
                Value::when(
                    back == 1,
                    Value::Decimal(
                        whole(precise(s.home.farmland) * noise(s, "planted").unit() / 10_000.0)
                            * 10_000,
                    ),
                ),
            )
        },
        "farmland_region" => {
            |s, back| farm(s, Value::when(back == 1, Value::Region(s.person.residence)))
        }
        "farmland_excluded_area" => |s, back| {
            farm(
                s,
                Value::when(
                    back == 1,
                    Value::Decimal(if noise(s, "excluded").chance(0.1) {
                        s.home.farmland / 10 / 10_000 * 10_000
                    } else {
                        0
                    }),
                ),
            )
        },
        "planted_seasons" => {
            |s, back| farm(s, Value::when(back == 1, Value::Int(noise(s, "seasons").range(1, 2))))
        }
        _ => return None,
    })
}

/// The head of a farming household.
fn farm(subject: &Subject<'_>, value: Value) -> Value {
    Value::when(subject.person.role == "head" && subject.home.farmland > 0, value)
}

/// Cars by the day they were first registered.
fn cars(name: &str) -> Option<Getter> {
    Some(match name {
        "petrol_car_registered_on" => |s, _| car(s, "petrol_car"),
        "diesel_car_registered_on" => |s, _| car(s, "diesel_car"),
        "other_car_registered_on" => |s, _| car(s, "other_car"),
        "nev_car_registered_on" => |s, _| car(s, "nev_car"),
        _ => return None,
    })
}

fn car(subject: &Subject<'_>, kind: &str) -> Value {
    Value::day(
        subject.person.vehicles.iter().filter(|car| car.code == kind).map(|car| car.from).min(),
    )
}

/// An old car given up for a new one.
fn trade(name: &str) -> Option<Getter> {
    Some(match name {
        "old_car_kind" => {
            |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.old_kind))
        }
        "old_car_registered_on" | "old_car_held_since" => {
            |s, _| Value::day(s.person.trade.as_ref().map(|t| t.old_since))
        }
        "old_car_disposal" => {
            |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.disposal))
        }
        "old_car_disposed_on" => |s, _| {
            Value::day(
                s.person.trade.as_ref().filter(|t| t.disposal != "none").map(|t| t.disposed_on),
            )
        },
        "new_car_kind" => {
            |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Code(t.new_kind))
        }
        "new_car_bought_on" => |s, _| Value::day(s.person.trade.as_ref().map(|t| t.bought_on)),
        "new_car_price" => {
            |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Money(t.price))
        }
        "new_car_tax_base" => |s, _| {
            s.person.trade.as_ref().map_or(Value::Absent, |t| Value::Money(t.price * 100 / 113))
        },
        "new_car_displacement" => |s, _| {
            s.person.trade.as_ref().map_or(Value::Absent, |t| {
                Value::Decimal(if t.new_kind == "nev_car" {
                    0
                } else {
                    [1_400_000, 1_500_000, 2_000_000]
                        [usize::try_from(t.price / 100 % 3).unwrap_or(0)]
                })
            })
        },
        "new_car_listed" => {
            |s, _| s.person.trade.as_ref().map_or(Value::Absent, |t| flag(t.new_kind == "nev_car"))
        }
        _ => return None,
    })
}

/// Appliances and digital products.
fn purchases(name: &str) -> Option<Getter> {
    Some(match name {
        "appliance_class" => {
            |s, _| bought(s, false).map_or(Value::Absent, |fact| Value::Code(fact.code))
        }
        "appliance_price" => {
            |s, _| bought(s, false).and_then(|fact| fact.amount).map_or(Value::Absent, Value::Money)
        }
        "appliance_bought_on" => |s, _| Value::day(bought(s, false).map(|fact| fact.from)),
        "appliance_energy_grade" => |s, _| {
            Value::Int(noise(s, "energy").weighted(&[(1, 72.0), (2, 20.0), (3, 8.0)]).unwrap_or(1))
        },
        "digital_class" => {
            |s, _| bought(s, true).map_or(Value::Absent, |fact| Value::Code(fact.code))
        }
        "digital_price" => {
            |s, _| bought(s, true).and_then(|fact| fact.amount).map_or(Value::Absent, Value::Money)
        }
        "digital_bought_on" => |s, _| Value::day(bought(s, true).map(|fact| fact.from)),
        _ => return None,
    })
}

/// The last purchase among some kinds.
fn bought<'a>(subject: &Subject<'a>, digital: bool) -> Option<&'a Fact> {
    let fits =
        |fact: &&Fact| matches!(fact.code, "phone" | "tablet" | "watch" | "glasses") == digital;
    subject.person.purchases.iter().filter(fits).max_by_key(|fact| fact.from)
}

/// Consumer loans.
fn loans(name: &str) -> Option<Getter> {
    Some(match name {
        "consumer_loan_amount" => {
            |s, _| borrowed(s).and_then(|loan| loan.amount).map_or(Value::Absent, Value::Money)
        }
        "consumer_loan_on" => |s, _| Value::day(borrowed(s).map(|loan| loan.from)),
        "consumer_loan_purpose" => |s, _| {
            let kinds = [
                ("daily", 40.0),
                ("home", 15.0),
                ("car", 15.0),
                ("electronics", 8.0),
                ("education", 7.0),
                ("culture_tourism", 6.0),
                ("health", 5.0),
                ("elder_birth", 2.0),
                ("other", 2.0),
            ];
            noise(s, "purpose").weighted(&kinds).map_or(Value::Absent, Value::Code)
        },
        "consumer_loan_rate" => |s, _| Value::Decimal(noise(s, "rate").range(30, 90) * 1_000),
        "consumer_loan_card" => |s, _| flag(noise(s, "card").chance(0.15)),
        _ => return None,
    })
}

fn borrowed<'a>(subject: &Subject<'a>) -> Option<&'a Fact> {
    subject
        .person
        .loans
        .iter()
        .filter(|loan| loan.code.starts_with("consumer"))
        .max_by_key(|loan| loan.from)
}
