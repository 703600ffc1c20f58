//! Linear expressions and rows, and Fourier–Motzkin elimination over them:
//! what a conjunction of rows says about one variable, or that it says nothing
//! at all because it contradicts itself.
//!
//! Rows over whole numbers are tightened (divided by the common divisor,
//! the bound rounded down), which finds most contradictions that only whole
//! numbers have; branching finds the others.

use std::collections::BTreeMap;

use super::{
    numbers::Interval,
    rational::{Rational, gcd},
    variable::Var,
};

/// A sum of multiples of variables, and a constant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    /// Factors by variable, none of them zero.
    pub(crate) terms: BTreeMap<Var, Rational>,
    /// What is added.
    pub(crate) constant: Rational,
}

impl Line {
    /// A constant.
    #[must_use]
    pub(crate) fn constant(value: Rational) -> Line {
        Line { terms: BTreeMap::new(), constant: value }
    }

    /// A variable.
    #[must_use]
    pub(crate) fn of(var: Var) -> Line {
        Line { terms: BTreeMap::from([(var, Rational::ONE)]), constant: Rational::ZERO }
    }

    /// The constant it is, if it has no variable.
    #[must_use]
    pub(crate) fn only(&self) -> Option<Rational> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The variable it is, if it is nothing else.
    #[must_use]
    pub(crate) fn variable(&self) -> Option<Var> {
        let (var, factor) = self.terms.first_key_value()?;
        let plain =
            self.terms.len() == 1 && *factor == Rational::ONE && self.constant == Rational::ZERO;
        plain.then_some(*var)
    }

    /// Sum.
    #[must_use]
    pub(crate) fn plus(&self, other: &Line) -> Option<Line> {
        let mut sum = self.clone();
        sum.constant = sum.constant.plus(other.constant)?;
        for (var, factor) in &other.terms {
            let known = sum.terms.remove(var).unwrap_or(Rational::ZERO);
            let factor = known.plus(*factor)?;
            if factor.sign() != 0 {
                sum.terms.insert(*var, factor);
            }
        }
        Some(sum)
    }

    /// Every part times a factor.
    #[must_use]
    pub(crate) fn times(&self, factor: Rational) -> Option<Line> {
        if factor.sign() == 0 {
            return Some(Line::constant(Rational::ZERO));
        }
        let scaled = |(var, by): (&Var, &Rational)| Some((*var, by.times(factor)?));
        let terms = self.terms.iter().map(scaled).collect::<Option<_>>()?;
        Some(Line { terms, constant: self.constant.times(factor)? })
    }

    /// Difference.
    #[must_use]
    pub(crate) fn minus(&self, other: &Line) -> Option<Line> {
        self.plus(&other.times(Rational::whole(-1))?)
    }
}

/// `terms <= bound`, or `terms < bound`: whole factors, ascending by variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// Factors by variable.
    pub(crate) terms: Vec<(Var, i128)>,
    /// Not more than this.
    pub(crate) bound: i128,
    /// And not this either.
    pub(crate) strict: bool,
}

impl Row {
    /// `line <= 0`, or `line < 0`; `whole` tells which variables are whole numbers.
    #[must_use]
    pub(crate) fn of(line: &Line, strict: bool, whole: impl Fn(Var) -> bool) -> Option<Row> {
        let mut scale = line.constant.den();
        for factor in line.terms.values() {
            let divisor = i128::try_from(gcd(scale.unsigned_abs(), factor.den().unsigned_abs()));
            scale = (scale / divisor.ok()?).checked_mul(factor.den())?;
        }
        let scaled = line.times(Rational::whole(scale))?;
        let terms = scaled.terms.iter().map(|(var, factor)| (*var, factor.num())).collect();
        let bound = scaled.constant.num().checked_neg()?;
        Some(Row { terms, bound, strict }.tightened(whole))
    }

    fn tightened(mut self, whole: impl Fn(Var) -> bool) -> Row {
        let divisor = self.terms.iter().fold(0, |known, (_, by)| gcd0(known, by.unsigned_abs()));
        let Ok(divisor) = i128::try_from(divisor) else { return self };
        if divisor == 0 {
            return self;
        }
        if self.terms.iter().all(|(var, _)| whole(*var)) {
            if self.strict {
                self.bound = self.bound.saturating_sub(1);
                self.strict = false;
            }
            self.terms.iter_mut().for_each(|(_, by)| *by /= divisor);
            self.bound = self.bound.div_euclid(divisor);
        } else if self.bound % divisor == 0 {
            self.terms.iter_mut().for_each(|(_, by)| *by /= divisor);
            self.bound /= divisor;
        }
        self
    }

    /// Whether it has no variable and is false.
    fn is_false(&self) -> bool {
        self.terms.is_empty() && (self.bound < 0 || (self.strict && self.bound == 0))
    }

    fn factor(&self, of: Var) -> i128 {
        self.terms.iter().find(|(var, _)| *var == of).map_or(0, |(_, by)| *by)
    }
}

fn gcd0(a: u128, b: u128) -> u128 {
    if a == 0 { b } else { gcd(a, b) }
}

/// Rows beyond this many are not followed: nothing is concluded from them.
const MOST_ROWS: usize = 600;

/// What rows say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// They contradict each other.
    Contradiction,
    /// The variable lies in there, over the quotients.
    Bounds(Interval),
}

/// Eliminates every variable but one, and says what is left of that; without
/// one it only tells whether the rows contradict each other. Too many rows, or
/// numbers too large, and it says nothing.
#[must_use]
pub(crate) fn project(rows: &[Row], keep: Option<Var>, whole: &dyn Fn(Var) -> bool) -> Says {
    let mut rows: Vec<Row> = rows.to_vec();
    loop {
        if rows.iter().any(Row::is_false) {
            return Says::Contradiction;
        }
        rows.retain(|row| !row.terms.is_empty());
        let Some(var) = cheapest(&rows, keep) else { break };
        let Some(next) = eliminate(&rows, var, whole) else { return Says::Bounds(Interval::ALL) };
        rows = next;
    }
    let Some(keep) = keep else { return Says::Bounds(Interval::ALL) };
    let mut bounds = Interval::ALL;
    for row in &rows {
        let by = row.factor(keep);
        let Some(value) = Rational::new(row.bound, by) else { continue };
        let side = match by > 0 {
            true => Interval { low: None, high: Some(value) },
            false => Interval { low: Some(value), high: None },
        };
        bounds = bounds.and(side);
    }
    if bounds.is_empty() { Says::Contradiction } else { Says::Bounds(bounds) }
}

/// The variable whose elimination makes the fewest rows.
fn cheapest(rows: &[Row], keep: Option<Var>) -> Option<Var> {
    let mut counts: BTreeMap<Var, (usize, usize)> = BTreeMap::new();
    for row in rows {
        for (var, by) in row.terms.iter().filter(|(var, _)| Some(*var) != keep) {
            let count = counts.entry(*var).or_default();
            if *by > 0 {
                count.0 += 1;
            } else {
                count.1 += 1;
            }
        }
    }
    counts.into_iter().min_by_key(|(var, (up, down))| (up * down, *var)).map(|(var, _)| var)
}

fn eliminate(rows: &[Row], var: Var, whole: &dyn Fn(Var) -> bool) -> Option<Vec<Row>> {
    let (mut up, mut down, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match row.factor(var).signum() {
            1 => up.push(row),
            -1 => down.push(row),
            _ => rest.push(row.clone()),
        }
    }
    for above in &up {
        for below in &down {
            let row = joined(above, below, var)?.tightened(whole);
            if !rest.contains(&row) {
                rest.push(row);
            }
            if rest.len() > MOST_ROWS {
                return None;
            }
        }
    }
    Some(strongest(rest))
}

/// The sum of two rows in which the variable falls away.
fn joined(above: &Row, below: &Row, var: Var) -> Option<Row> {
    let (a, b) = (above.factor(var), below.factor(var).checked_neg()?);
    let mut terms: BTreeMap<Var, i128> = BTreeMap::new();
    for (row, by) in [(above, b), (below, a)] {
        for (of, factor) in &row.terms {
            let entry = terms.entry(*of).or_default();
            *entry = entry.checked_add(factor.checked_mul(by)?)?;
        }
    }
    let bound = above.bound.checked_mul(b)?.checked_add(below.bound.checked_mul(a)?)?;
    let terms = terms.into_iter().filter(|(_, by)| *by != 0).collect();
    Some(Row { terms, bound, strict: above.strict || below.strict })
}

/// Of rows with the same terms the one that says most.
fn strongest(rows: Vec<Row>) -> Vec<Row> {
    let mut best: BTreeMap<Vec<(Var, i128)>, (i128, bool)> = BTreeMap::new();
    for row in rows {
        let said = (row.bound, !row.strict);
        let known = best.entry(row.terms).or_insert(said);
        *known = (*known).min(said);
    }
    best.into_iter().map(|(terms, (bound, closed))| Row { terms, bound, strict: !closed }).collect()
}
