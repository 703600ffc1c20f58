//! The search: clauses are tried alternative by alternative, numbers by
//! splitting their domains, and every branch is cut off as soon as its domains
//! or its rows contradict each other. When all branches are, nothing fits.

use std::rc::Rc;

use super::{
    choice,
    domain::Domain,
    goal::{Clause, Goal},
    linear::{Row, Says, project},
    numbers::Interval,
    problem::Problem,
    state::{Conflict, State},
    variable::{Key, Made, Var},
};

/// What a search came to.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    /// A model, as accepted.
    Found(T),
    /// There is none.
    None,
    /// It was cut off: there may be one.
    Cut(&'static str),
}

/// Looks for a state that fulfils all goals and that `accept` makes something of.
pub(crate) fn search<T>(
    problem: &mut Problem<'_>,
    mut state: State,
    goals: &[Goal],
    accept: &mut dyn FnMut(&Problem<'_>, &State) -> Option<T>,
) -> Outcome<T> {
    match state.assert(problem, goals) {
        Ok(()) => branch(problem, state, accept),
        Err(Conflict) => Outcome::None,
    }
}

/// Why a search ended without an answer.
const TOO_LONG: &str = "the search ran out of steps";
/// Models that may fail to be confirmed before the search gives up.
const MOST_REJECTED: usize = 60;

const NOT_CONFIRMED: &str = "a profile was found that the engine does not confirm";

fn branch<T>(
    problem: &mut Problem<'_>,
    mut state: State,
    accept: &mut dyn FnMut(&Problem<'_>, &State) -> Option<T>,
) -> Outcome<T> {
    if !problem.step() {
        return Outcome::Cut(TOO_LONG);
    }
    match simplify(problem, &mut state) {
        Ok(true) => {}
        Ok(false) => return Outcome::Cut(TOO_LONG),
        Err(Conflict) => return Outcome::None,
    }
    let Some(position) = smallest(&state.clauses) else { return values(problem, state, accept) };
    let clause = state.clauses.swap_remove(position);
    let mut cut = None;
    for (at, goals) in clause.alternatives.iter().enumerate() {
        // The ones before were tried with everything that follows.
        let rest = &clause.alternatives[at + 1..];
        if rest.len() + 1 < clause.need {
            break;
        }
        let mut child = state.clone();
        let more = Clause { need: clause.need - 1, alternatives: rest.to_vec() };
        if child.assert(problem, goals).is_err() || child.clause(problem, more).is_err() {
            continue;
        }
        match branch(problem, child, accept) {
            Outcome::None => {}
            Outcome::Cut(TOO_LONG) => return Outcome::Cut(TOO_LONG),
            Outcome::Cut(why) => cut = Some(why),
            found => return found,
        }
    }
    cut.map_or(Outcome::None, Outcome::Cut)
}

fn smallest(clauses: &[Rc<Clause>]) -> Option<usize> {
    let width = |clause: &Rc<Clause>| clause.alternatives.len() + 1 - clause.need;
    (0..clauses.len()).min_by_key(|position| clauses.get(*position).map(width))
}

/// Drops alternatives that contradict the rest, and asserts those that are
/// left alone; `false` when the steps ran out.
fn simplify(problem: &mut Problem<'_>, state: &mut State) -> Result<bool, Conflict> {
    loop {
        state.propagate(problem)?;
        let mut changed = false;
        for clause in std::mem::take(&mut state.clauses) {
            let mut left = Vec::new();
            for goals in &clause.alternatives {
                if !problem.step() {
                    return Ok(false);
                }
                if possible(problem, state, goals) {
                    left.push(Rc::clone(goals));
                }
            }
            changed |= left.len() < clause.alternatives.len();
            state.clause(problem, Clause { need: clause.need, alternatives: left })?;
        }
        if !changed {
            break;
        }
    }
    consistent(problem, state, None).map(|_| true)
}

fn possible(problem: &mut Problem<'_>, state: &State, goals: &Rc<Vec<Goal>>) -> bool {
    let mut child = state.clone();
    child.clauses.clear();
    child.assert(problem, goals).is_ok() && child.propagate(problem).is_ok()
}

/// What the rows say about a variable together with the bounds of all others.
fn consistent(
    problem: &Problem<'_>,
    state: &State,
    about: Option<Var>,
) -> Result<Interval, Conflict> {
    let mut rows: Vec<Row> = state.rows.clone();
    let mut vars: Vec<Var> =
        rows.iter().flat_map(|row| row.terms.iter().map(|(var, _)| *var)).collect();
    vars.sort_unstable();
    vars.dedup();
    for var in &vars {
        let bounds = state.interval(*var);
        for (bound, up) in [(bounds.high, true), (bounds.low, false)] {
            let Some(bound) = bound else { continue };
            let sign = if up { 1 } else { -1 };
            let (by, bound) = (sign * bound.den(), sign * bound.num());
            rows.push(Row { terms: vec![(*var, by)], bound, strict: false });
        }
    }
    let whole = |var| problem.is_whole(var);
    match about {
        Some(_) => says(project(&connected(&rows, about), about, &whole)),
        None => {
            let mut rest = rows;
            while let Some(var) = rest.iter().find_map(|row| row.terms.first()).map(|(var, _)| *var)
            {
                let together = connected(&rest, Some(var));
                says(project(&together, None, &whole))?;
                rest.retain(|row| !together.contains(row));
            }
            Ok(Interval::ALL)
        }
    }
}

fn says(what: Says) -> Result<Interval, Conflict> {
    match what {
        Says::Contradiction => Err(Conflict),
        Says::Bounds(bounds) => Ok(bounds),
    }
}

/// The rows that hang together with a variable.
fn connected(rows: &[Row], with: Option<Var>) -> Vec<Row> {
    let mut reached: Vec<Var> = with.into_iter().collect();
    let mut taken = vec![false; rows.len()];
    loop {
        let before = reached.len();
        for (row, taken) in rows.iter().zip(&mut taken) {
            if !*taken && row.terms.iter().any(|(var, _)| reached.contains(var)) {
                *taken = true;
                for (var, _) in &row.terms {
                    if !reached.contains(var) {
                        reached.push(*var);
                    }
                }
            }
        }
        if reached.len() == before {
            break;
        }
    }
    rows.iter().zip(taken).filter(|(_, taken)| *taken).map(|(row, _)| row.clone()).collect()
}

/// No clause is left: values for what rows, made variables and equal codes tie
/// together, one after the other.
fn values<T>(
    problem: &mut Problem<'_>,
    mut state: State,
    accept: &mut dyn FnMut(&Problem<'_>, &State) -> Option<T>,
) -> Outcome<T> {
    if !problem.step() {
        return Outcome::Cut(TOO_LONG);
    }
    if state.propagate(problem).is_err() {
        return Outcome::None;
    }
    let Some(var) = open(problem, &state) else { return alike(problem, state, accept) };
    let Ok(bounds) = consistent(problem, &state, Some(var)) else { return Outcome::None };
    if state.narrow(var, bounds).is_err() {
        return Outcome::None;
    }
    let Some(value) = choice::number(problem, &state, var) else { return Outcome::None };
    let Some((low, high)) = hull(&state, var) else { return Outcome::None };
    // Then each half, so that no chain of values grows long.
    let middle = low + (high - low) / 2;
    let mut cut = None;
    for to in [
        Interval::wholes(value, value),
        Interval::wholes(low, middle),
        Interval::wholes(middle + 1, high),
    ] {
        let mut child = state.clone();
        if child.narrow(var, to).is_err() {
            continue;
        }
        match values(problem, child, accept) {
            Outcome::None => {}
            Outcome::Cut(TOO_LONG) => return Outcome::Cut(TOO_LONG),
            Outcome::Cut(why) => cut = Some(why),
            found => return found,
        }
    }
    cut.map_or(Outcome::None, Outcome::Cut)
}

fn hull(state: &State, var: Var) -> Option<(i128, i128)> {
    match state.domain(var) {
        Some(Domain::Whole(wholes)) => wholes.hull(),
        _ => None,
    }
}

/// A number that is tied to others and has several values left: parameters
/// first, because they decide the region, and numbers made of others last.
fn open(problem: &Problem<'_>, state: &State) -> Option<Var> {
    let mut tied: Vec<Var> = Vec::new();
    for row in &state.rows {
        tied.extend(row.terms.iter().map(|(var, _)| *var));
    }
    for var in &state.made {
        tied.push(*var);
        if let Key::Made(made) = problem.variables.key(*var) {
            match made {
                Made::Quotient(a, b) | Made::Product(a, b) | Made::AddMonths(a, b) => {
                    tied.extend([*a, *b]);
                }
                Made::Months(day) | Made::Years(day) | Made::Year(day) | Made::Month(day) => {
                    tied.push(*day);
                }
                Made::Line(_) | Made::Floor(_) | Made::Parameter(..) => {}
            }
        }
    }
    let several = |var: &Var| match state.domain(*var) {
        Some(Domain::Whole(wholes)) => wholes.only().is_none(),
        _ => false,
    };
    let rank = |var: &Var| match problem.variables.key(*var) {
        Key::Made(Made::Parameter(..)) => 0,
        Key::Present(_) | Key::Beyond(..) => 1,
        Key::Made(_) => 3,
        _ => 2,
    };
    tied.into_iter().filter(several).min_by_key(|var| (rank(var), *var))
}

/// Codes and places that must be the same, or differ.
fn alike<T>(
    problem: &mut Problem<'_>,
    state: State,
    accept: &mut dyn FnMut(&Problem<'_>, &State) -> Option<T>,
) -> Outcome<T> {
    let choices = state.same.iter().find_map(|(left, _, _)| match state.domain(*left) {
        Some(Domain::Places(places)) if places.only().is_none() => {
            Some((*left, choice::each_place(places)))
        }
        Some(Domain::Codes(codes)) if codes.iter().count() > 1 => {
            Some((*left, choice::each_code(codes)))
        }
        _ => None,
    });
    let Some((var, choices)) = choices else {
        return match accept(problem, &state) {
            Some(accepted) => Outcome::Found(accepted),
            None => {
                problem.rejected += 1;
                if problem.rejected > MOST_REJECTED {
                    problem.left = 0;
                }
                Outcome::Cut(NOT_CONFIRMED)
            }
        };
    };
    let mut cut = None;
    for domain in choices {
        if !problem.step() {
            return Outcome::Cut(TOO_LONG);
        }
        let mut child = state.clone();
        if child.set(var, domain).is_err() {
            continue;
        }
        match values(problem, child, accept) {
            Outcome::None => {}
            Outcome::Cut(TOO_LONG) => return Outcome::Cut(TOO_LONG),
            Outcome::Cut(why) => cut = Some(why),
            found => return found,
        }
    }
    cut.map_or(Outcome::None, Outcome::Cut)
}
