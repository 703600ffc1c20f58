//! Narrows domains by rows and by what made variables are made of, until
//! nothing changes or enough has been tried. It only takes values away that no
//! model has.

use std::rc::Rc;

use crate::rules::dated::{add_months, date_of, days_of, months_between};

use super::{
    domain::{Domain, Places},
    linear::Row,
    numbers::{Interval, Wholes},
    problem::Problem,
    rational::Rational,
    state::{Asserted, Conflict, State},
    variable::{Key, Made, Var},
};

/// Rounds after which the search goes on with what is known.
const ROUNDS: usize = 40;

impl State {
    /// Bounds of a variable.
    #[must_use]
    pub(crate) fn interval(&self, var: Var) -> Interval {
        self.domain(var).map_or(Interval::ALL, Domain::interval)
    }

    /// Keeps what lies in the interval; says whether that took anything away.
    pub(crate) fn narrow(&mut self, var: Var, to: Interval) -> Result<bool, Conflict> {
        match self.domain(var) {
            Some(Domain::Whole(known)) => {
                let Some((low, high)) = known.hull() else { return Err(Conflict) };
                let low = to.low.map_or(low, |bound| bound.ceil().max(low));
                let high = to.high.map_or(high, |bound| bound.floor().min(high));
                let left = known.and(&Wholes::between(low, high));
                self.set(var, Domain::Whole(left))
            }
            Some(Domain::Real(known)) => {
                let left = known.and(to.rounded());
                self.set(var, Domain::Real(left))
            }
            _ => Ok(false),
        }
    }

    /// Narrows until nothing changes.
    ///
    /// # Errors
    /// A conflict, when some domain becomes empty.
    pub(crate) fn propagate(&mut self, problem: &mut Problem<'_>) -> Asserted {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for index in 0..self.rows.len() {
                let Some(row) = self.rows.get(index).cloned() else { break };
                changed |= self.apply(problem, &row)?;
            }
            for index in 0..self.made.len() {
                let Some(var) = self.made.get(index).copied() else { break };
                changed |= self.remake(problem, var)?;
            }
            changed |= self.same_values()?;
            if !changed {
                break;
            }
        }
        Ok(())
    }

    /// Narrows every variable of a row by the bounds of the others.
    pub(crate) fn apply(&mut self, problem: &Problem<'_>, row: &Row) -> Result<bool, Conflict> {
        let least = |state: &State, (var, by): &(Var, i128)| {
            state.interval(*var).scaled(Rational::whole(*by)).low
        };
        let (mut sum, mut open) = (Some(Rational::ZERO), None);
        for (at, term) in row.terms.iter().enumerate() {
            match least(self, term) {
                Some(low) => sum = sum.and_then(|sum| sum.plus(low)),
                None if open.is_none() => open = Some(at),
                None => return Ok(false),
            }
        }
        let Some(sum) = sum else { return Ok(false) };
        let bound = Rational::whole(row.bound);
        if open.is_none() {
            match sum.order(bound) {
                Some(std::cmp::Ordering::Greater) => return Err(Conflict),
                Some(std::cmp::Ordering::Equal) if row.strict => return Err(Conflict),
                _ => {}
            }
        }
        let mut changed = false;
        for (at, (var, by)) in row.terms.iter().enumerate() {
            if open.is_some_and(|open| open != at) {
                continue;
            }
            let own = if open.is_some() { Some(Rational::ZERO) } else { least(self, &(*var, *by)) };
            let rest = own.and_then(|own| sum.minus(own));
            let limit = rest.and_then(|rest| bound.minus(rest)?.over(Rational::whole(*by)));
            let Some(mut limit) = limit else { continue };
            if row.strict && problem.is_whole(*var) && limit.den() == 1 {
                let step = Rational::whole(if *by > 0 { -1 } else { 1 });
                limit = limit.plus(step).unwrap_or(limit);
            }
            let to = match *by > 0 {
                true => Interval { low: None, high: Some(limit) },
                false => Interval { low: Some(limit), high: None },
            };
            changed |= self.narrow(*var, to)?;
        }
        Ok(changed)
    }

    fn same_values(&mut self) -> Result<bool, Conflict> {
        let mut changed = false;
        for (left, right, wanted) in self.same.clone() {
            let (a, b) = (self.domain(left).cloned(), self.domain(right).cloned());
            match (a, b, wanted) {
                (Some(Domain::Places(a)), Some(Domain::Places(b)), true) => {
                    let both = Rc::new(a.and(&b));
                    changed |= self.set(left, Domain::Places(Rc::clone(&both)))?;
                    changed |= self.set(right, Domain::Places(both))?;
                }
                (Some(Domain::Places(a)), Some(Domain::Places(b)), false) => {
                    for (one, other, var) in [(&a, &b, right), (&b, &a, left)] {
                        if one.only().is_some() {
                            let rest = Domain::Places(Rc::new(other.without(one)));
                            changed |= self.set(var, rest)?;
                        }
                    }
                }
                (Some(Domain::Codes(a)), Some(Domain::Codes(b)), true) => {
                    let mut both = a;
                    both.0.iter_mut().zip(b.0).for_each(|(a, b)| *a &= b);
                    changed |= self.set(left, Domain::Codes(both))?;
                    changed |= self.set(right, Domain::Codes(both))?;
                }
                (Some(Domain::Codes(a)), Some(Domain::Codes(b)), false) => {
                    for (one, other, var) in [(&a, &b, right), (&b, &a, left)] {
                        if one.iter().count() == 1 {
                            let mut rest = *other;
                            rest.0.iter_mut().zip(one.0).for_each(|(rest, one)| *rest &= !one);
                            changed |= self.set(var, Domain::Codes(rest))?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(changed)
    }

    /// Narrows a made variable and its parts by each other.
    fn remake(&mut self, problem: &mut Problem<'_>, var: Var) -> Result<bool, Conflict> {
        let Key::Made(made) = problem.variables.key(var).clone() else { return Ok(false) };
        match made {
            // Rows say it.
            Made::Line(_) | Made::Floor(_) => Ok(false),
            Made::Quotient(a, b) => self.factors(var, b, a),
            Made::Product(a, b) => self.factors(a, b, var),
            Made::AddMonths(day, months) => self.moved(var, day, months),
            Made::Months(day) => self.since(problem, var, day, 1),
            Made::Years(day) => self.since(problem, var, day, 12),
            Made::Year(day) => self.year(var, day),
            Made::Month(day) => self.month(var, day),
            Made::Parameter(name, region, _) => self.parameter(problem, var, &name, region),
        }
    }

    /// `a * b == product`.
    fn factors(&mut self, a: Var, b: Var, product: Var) -> Result<bool, Conflict> {
        let mut changed = self.narrow(product, self.interval(a).times(self.interval(b)))?;
        changed |= self.narrow(a, self.interval(product).over(self.interval(b)))?;
        changed |= self.narrow(b, self.interval(product).over(self.interval(a)))?;
        Ok(changed)
    }

    /// First and last day of a variable.
    fn days(&self, var: Var) -> Option<(i32, i32)> {
        let bounds = self.interval(var);
        let day = |bound: Option<Rational>| i32::try_from(bound?.floor()).ok();
        Some((day(bounds.low)?, day(bounds.high)?))
    }

    fn within(&mut self, var: Var, low: i64, high: i64) -> Result<bool, Conflict> {
        self.narrow(var, Interval::wholes(i128::from(low), i128::from(high)))
    }

    fn moved(&mut self, var: Var, day: Var, months: Var) -> Result<bool, Conflict> {
        let (Some((first, last)), Some((few, many))) = (self.days(day), self.days(months)) else {
            return Ok(false);
        };
        let mut changed = false;
        if let (Some(low), Some(high)) =
            (add_months(first, i64::from(few)), add_months(last, i64::from(many)))
        {
            changed |= self.within(var, i64::from(low), i64::from(high))?;
        }
        let Some((first, last)) = self.days(var) else { return Ok(changed) };
        // Clamping to the end of a month loses three days at the most.
        if let (Some(low), Some(high)) =
            (add_months(first, -i64::from(many)), add_months(last, -i64::from(few)))
        {
            changed |= self.within(day, i64::from(low) - 4, i64::from(high) + 4)?;
        }
        Ok(changed)
    }

    /// Completed months, or years of `unit` months, up to the day judged.
    fn since(
        &mut self,
        problem: &Problem<'_>,
        var: Var,
        day: Var,
        unit: i64,
    ) -> Result<bool, Conflict> {
        let today = problem.dated.today;
        let mut changed = false;
        if let Some((first, last)) = self.days(day) {
            let ends = (months_between(last, today), months_between(first, today));
            if let (Some(low), Some(high)) = ends {
                changed |= self.within(var, low.div_euclid(unit), high.div_euclid(unit))?;
            }
        }
        let Some((few, many)) = self.days(var) else { return Ok(changed) };
        let back = |count: i64| add_months(today, -count * unit).map(i64::from);
        if let (Some(low), Some(high)) = (back(i64::from(many) + 1), back(i64::from(few))) {
            changed |= self.within(day, low - 4, high + 4)?;
        }
        Ok(changed)
    }

    fn year(&mut self, var: Var, day: Var) -> Result<bool, Conflict> {
        let mut changed = false;
        if let Some((first, last)) = self.days(day)
            && let (Some(first), Some(last)) = (date_of(first), date_of(last))
        {
            changed |= self.within(var, i64::from(first.year()), i64::from(last.year()))?;
        }
        let Some((first, last)) = self.days(var) else { return Ok(changed) };
        let end = |year: i32, month, day| {
            let date = jiff::civil::Date::new(i16::try_from(year).ok()?, month, day).ok()?;
            Some(i64::from(days_of(date)))
        };
        if let (Some(low), Some(high)) = (end(first, 1, 1), end(last, 12, 31)) {
            changed |= self.within(day, low, high)?;
        }
        Ok(changed)
    }

    fn month(&mut self, var: Var, day: Var) -> Result<bool, Conflict> {
        let Some((first, last)) = self.days(day) else { return Ok(false) };
        let (Some(first), Some(last)) = (date_of(first), date_of(last)) else { return Ok(false) };
        if first.year() != last.year() {
            return Ok(false);
        }
        self.within(var, i64::from(first.month()), i64::from(last.month()))
    }

    /// A parameter has the value of the region.
    fn parameter(
        &mut self,
        problem: &mut Problem<'_>,
        var: Var,
        name: &str,
        region: Var,
    ) -> Result<bool, Conflict> {
        let values = problem.parameter(name);
        let (Some(Domain::Places(places)), Some(Domain::Whole(known))) =
            (self.domain(region).cloned(), self.domain(var).cloned())
        else {
            return Ok(false);
        };
        let allowed = |value: i64| {
            let value = i128::from(value);
            known.runs().iter().any(|(low, high)| (*low..=*high).contains(&value))
        };
        let mut left = Places::of(problem.dated.reference.regions.len(), |_| false);
        let mut runs = Vec::new();
        for (value, with) in values.iter().filter(|(value, _)| allowed(*value)) {
            let there = places.and(with);
            if !there.is_empty() {
                left = left.or(&there);
                runs.push((i128::from(*value), i128::from(*value)));
            }
        }
        let mut changed = self.set(var, Domain::Whole(Wholes::of(runs)))?;
        changed |= self.set(region, Domain::Places(Rc::new(left)))?;
        Ok(changed)
    }
}
