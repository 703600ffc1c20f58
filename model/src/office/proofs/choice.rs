//! Which of the values left is chosen: one that a person can read. Round sums,
//! first days of a month, a county that exists.

use std::rc::Rc;

use crate::{
    catalogue::types::FieldType,
    rules::{
        dated::{date_of, days_of},
        ir::Mask,
        values::Cell,
    },
};

use super::{
    domain::{Domain, Places},
    problem::Problem,
    state::State,
    variable::{Key, Made, Var},
};

/// Days before this are not chosen where a later one will do: 1900-01-01.
const EARLIEST: i128 = -25_567;

/// A sum that is neither tiny nor huge: one million yuan, in fen.
const SOME_MONEY: i128 = 100_000_000;

/// A whole number of a domain.
#[must_use]
pub(crate) fn number(problem: &Problem<'_>, state: &State, var: Var) -> Option<i128> {
    let Some(Domain::Whole(wholes)) = state.domain(var) else { return None };
    let runs = wholes.runs();
    if let Some(value) = known_near(problem, var)
        && runs.iter().any(|(low, high)| (*low..=*high).contains(&value))
    {
        return Some(value);
    }
    match kind(problem, var) {
        Kind::Day => {
            let today = i128::from(problem.dated.today);
            let past = runs.iter().rev().find(|(low, high)| *low <= today && *high >= EARLIEST);
            let (low, high) = past.or_else(|| runs.first())?;
            Some(day(*low, *high, today))
        }
        kind => {
            let (low, high) = runs.iter().find(|(_, high)| *high >= 0).or_else(|| runs.last())?;
            Some(plain(*low, *high, kind == Kind::Money))
        }
    }
}

/// The value of a number in the dossier near.
fn known_near(problem: &Problem<'_>, var: Var) -> Option<i128> {
    let Key::Field(who, field) = problem.variables.key(var) else { return None };
    match problem.near(*who, *field)? {
        Cell::Int(value) => Some(i128::from(*value)),
        Cell::Date(day) => Some(i128::from(*day)),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Money,
    Plain,
}

fn kind(problem: &Problem<'_>, var: Var) -> Kind {
    match problem.variables.key(var) {
        Key::Since(_) | Key::Until(_) | Key::Made(Made::AddMonths(..)) => Kind::Day,
        Key::Field(_, field) => match problem.dated.reference.catalogue.by_id(*field).kind {
            FieldType::Date => Kind::Day,
            FieldType::Money => Kind::Money,
            _ => Kind::Plain,
        },
        _ => Kind::Plain,
    }
}

/// The roundest number close to the end that is nearer to zero.
fn plain(low: i128, high: i128, money: bool) -> i128 {
    if money && low > 0 && low < SOME_MONEY / 100 && high >= SOME_MONEY {
        return SOME_MONEY;
    }
    if low <= 0 && high >= 0 {
        return 0;
    }
    if high < 0 {
        return -plain(-high, -low, false);
    }
    let digits = low.checked_ilog10().unwrap_or(0);
    for power in (0..=digits).rev() {
        let unit = 10_i128.pow(power);
        let rounded = low.div_euclid(unit) * unit;
        let rounded = if rounded < low { rounded + unit } else { rounded };
        if rounded <= high {
            return rounded;
        }
    }
    low
}

/// The first of a month close to the end that the rule draws.
fn day(low: i128, high: i128, today: i128) -> i128 {
    let first = low.max(EARLIEST);
    let last = if first <= today { high.min(today) } else { high };
    if first > last {
        return low.max(high.min(EARLIEST));
    }
    // Where only the beginning is open, the end is the bound of the rule.
    let from_end = first == EARLIEST || (last < today && last - first > 366);
    let both_open = first == EARLIEST && last == today;
    let wanted = if both_open {
        last - 25 * 365
    } else if from_end {
        last
    } else {
        first
    };
    let months = |step: i128| {
        (0..62)
            .map(move |offset| wanted + step * offset)
            .find(|day| (first..=last).contains(day) && is_first(*day))
    };
    let near = if from_end { months(-1) } else { months(1) };
    near.unwrap_or(wanted.clamp(first, last))
}

fn is_first(day: i128) -> bool {
    let date = i32::try_from(day).ok().and_then(date_of);
    date.is_some_and(|date| days_of(date.first_of_month()) == days_of(date))
}

/// Each place by itself, good ones first.
#[must_use]
pub(crate) fn each_place(places: &Places) -> Vec<Domain> {
    let length = places.iter().last().map_or(0, |last| usize::from(last) + 1);
    let alone = |at: u16| Domain::Places(Rc::new(places.and(&Places::of(length, |of| of == at))));
    places.iter().map(alone).collect()
}

/// Each code by itself.
#[must_use]
pub(crate) fn each_code(codes: &Mask) -> Vec<Domain> {
    let alone = |code: u8| {
        let mut mask = Mask::default();
        mask.insert(code);
        Domain::Codes(mask)
    };
    codes.iter().map(alone).collect()
}

/// The place in the dossier near, if it will do.
#[must_use]
pub(crate) fn same_place(near: Option<&Cell>, places: &Places) -> Option<u16> {
    match near? {
        Cell::Place(place) => places.iter().find(|at| at == place),
        _ => None,
    }
}

/// The code in the dossier near if it will do, otherwise the first.
#[must_use]
pub(crate) fn code(near: Option<&Cell>, codes: &Mask) -> Option<u8> {
    match near {
        Some(Cell::Code(code)) if codes.contains(*code) => Some(*code),
        _ => codes.iter().next(),
    }
}

/// A region in force, a county where there is one.
#[must_use]
pub(crate) fn region(problem: &Problem<'_>, places: &Places) -> Option<u16> {
    let regions = &problem.dated.reference.regions;
    let rank = |at: &u16| {
        let Some(code) = regions.code(*at) else { return 4 };
        let value = code.value();
        match (regions.abolished(code), value % 100, value % 10_000) {
            (Some(true) | None, ..) => 3,
            (_, 0, _) => 2,
            // 01 and its like are collective names (市辖区).
            (_, 1, _) => 1,
            _ => 0,
        }
    };
    places.iter().min_by_key(rank)
}

/// An industry, a class of four digits where there is one.
#[must_use]
pub(crate) fn industry(problem: &Problem<'_>, places: &Places) -> Option<u16> {
    let industries = &problem.dated.reference.industries;
    let level = |at: &u16| industries.code(*at).map_or(0, crate::domain::IndustryCode::level);
    places.iter().min_by_key(|at| (std::cmp::Reverse(level(at)), *at))
}
