//! Numbers and comparisons as rows: a number is one of several cases, each a
//! linear expression under conditions; a comparison is one of several
//! conjunctions of rows. A ratio is multiplied out where its divisor has a sign.

use std::{collections::BTreeSet, rc::Rc};

use crate::rules::ir::{FieldRef, Mask, NodeId, Num, NumId, Op};

use super::{
    cells::start_of,
    goal::{Env, Goal},
    linear::{Line, Row},
    problem::Problem,
    rational::Rational,
    variable::{Key, Made, Var},
};

/// A ratio that is part of a number: so many times dividend over divisor.
#[derive(Debug, Clone)]
struct Ratio {
    times: Rational,
    dividend: Line,
    divisor: Line,
}

/// What a number is under some conditions.
#[derive(Debug, Clone)]
struct Case {
    goals: Vec<Goal>,
    line: Line,
    ratios: Vec<Ratio>,
    /// Everything it reads, even what falls away in the sum: it must be known.
    reads: BTreeSet<Var>,
}

/// More cases than this are not told apart.
const MOST_CASES: usize = 64;

/// Alternatives of which one must hold, each with all its goals.
pub(crate) type Alternatives = Vec<Rc<Vec<Goal>>>;

/// The comparison as alternatives; `None` where it cannot be written as rows
/// within 128 bits.
#[must_use]
pub(crate) fn compare(
    problem: &mut Problem<'_>,
    env: Env,
    op: Op,
    left: NumId,
    right: NumId,
) -> Option<Alternatives> {
    let (left, right) = (cases(problem, env, left)?, cases(problem, env, right)?);
    let mut alternatives = Vec::new();
    for a in &left {
        for b in &right {
            let difference = joined(a, b, Rational::whole(-1))?;
            signs(problem, op, difference, &mut alternatives)?;
        }
    }
    Some(alternatives)
}

/// `case op 0`, with the ratio multiplied out.
fn signs(problem: &mut Problem<'_>, op: Op, case: Case, into: &mut Alternatives) -> Option<()> {
    let [ratio] = case.ratios.as_slice() else {
        for case in plain(problem, case)? {
            rows(problem, op, &known(&case, &case.line), &case.line, into)?;
        }
        return Some(());
    };
    let Some(rest) = case.line.only() else {
        for case in plain(problem, case)? {
            rows(problem, op, &known(&case, &case.line), &case.line, into)?;
        }
        return Some(());
    };
    let multiplied = ratio.dividend.times(ratio.times)?.plus(&ratio.divisor.times(rest)?)?;
    for (positive, op) in [(true, op), (false, op.flipped())] {
        let mut goals = known(&case, &multiplied);
        goals.push(Goal::Row(sign(problem, &ratio.divisor, positive)?));
        rows(problem, op, &goals, &multiplied, into)?;
    }
    Some(())
}

/// The goals of a case, and that what it reads beside the line is known.
fn known(case: &Case, line: &Line) -> Vec<Goal> {
    let rest = case.reads.iter().filter(|var| !line.terms.contains_key(var));
    case.goals.iter().cloned().chain(rest.map(|var| Goal::Known(*var))).collect()
}

/// `line > 0` or `line < 0`.
fn sign(problem: &Problem<'_>, line: &Line, positive: bool) -> Option<Row> {
    let line = if positive { line.times(Rational::whole(-1))? } else { line.clone() };
    Row::of(&line, true, |var| problem.is_whole(var))
}

fn rows(
    problem: &Problem<'_>,
    op: Op,
    goals: &[Goal],
    line: &Line,
    into: &mut Alternatives,
) -> Option<()> {
    let row = |up: bool, strict: bool| {
        let line = if up { line.clone() } else { line.times(Rational::whole(-1))? };
        Row::of(&line, strict, |var| problem.is_whole(var)).map(Goal::Row)
    };
    let mut add = |more: Vec<Goal>| {
        let mut all = goals.to_vec();
        all.extend(more);
        into.push(Rc::new(all));
    };
    match op {
        Op::AtMost => add(vec![row(true, false)?]),
        Op::Less => add(vec![row(true, true)?]),
        Op::AtLeast => add(vec![row(false, false)?]),
        Op::Greater => add(vec![row(false, true)?]),
        Op::Equal => add(vec![row(true, false)?, row(false, false)?]),
        Op::NotEqual => {
            add(vec![row(true, true)?]);
            add(vec![row(false, true)?]);
        }
    }
    Some(())
}

/// `a + factor * b`.
fn joined(a: &Case, b: &Case, factor: Rational) -> Option<Case> {
    let b = scaled(b, factor)?;
    let mut goals = a.goals.clone();
    goals.extend(b.goals);
    let mut ratios = a.ratios.clone();
    ratios.extend(b.ratios);
    let reads = a.reads.union(&b.reads).copied().collect();
    Some(Case { goals, line: a.line.plus(&b.line)?, ratios, reads })
}

fn scaled(case: &Case, factor: Rational) -> Option<Case> {
    let ratios = case
        .ratios
        .iter()
        .map(|ratio| Some(Ratio { times: ratio.times.times(factor)?, ..ratio.clone() }))
        .collect::<Option<_>>()?;
    let line = case.line.times(factor)?;
    Some(Case { goals: case.goals.clone(), line, ratios, reads: case.reads.clone() })
}

/// The case with each ratio as a variable of its own, whose divisor is not zero.
fn plain(problem: &mut Problem<'_>, case: Case) -> Option<Vec<Case>> {
    let ratios = case.ratios;
    let mut done = vec![Case { ratios: Vec::new(), ..case }];
    for ratio in ratios {
        let (a, b) = (variable(problem, &ratio.dividend), variable(problem, &ratio.divisor));
        let quotient = problem.variables.var(Key::Made(Made::Quotient(a, b)));
        let term = Line::of(quotient).times(ratio.times)?;
        let mut next = Vec::new();
        for known in &done {
            for positive in [true, false] {
                let mut goals = known.goals.clone();
                goals.push(Goal::Row(sign(problem, &ratio.divisor, positive)?));
                let line = known.line.plus(&term)?;
                next.push(Case { goals, line, ..known.clone() });
            }
        }
        done = next;
    }
    Some(done)
}

/// A variable that has the value of an expression.
fn variable(problem: &mut Problem<'_>, line: &Line) -> Var {
    match line.variable() {
        Some(var) => var,
        None => problem.variables.var(Key::Made(Made::Line(line.clone()))),
    }
}

/// A whole variable that has the value of an expression rounded down.
fn whole(problem: &mut Problem<'_>, line: &Line) -> Var {
    match line.variable() {
        Some(var) if problem.is_whole(var) => var,
        _ => problem.variables.var(Key::Made(Made::Floor(line.clone()))),
    }
}

fn certain(line: Line) -> Option<Vec<Case>> {
    let reads = line.terms.keys().copied().collect();
    Some(vec![Case { goals: Vec::new(), line, ratios: Vec::new(), reads }])
}

fn cases(problem: &mut Problem<'_>, env: Env, num: NumId) -> Option<Vec<Case>> {
    let dated = problem.dated;
    match dated.program.graph.num(num) {
        Num::Field(field) => read(problem, env, *field, Rational::ONE),
        Num::Decimal(field) => read(problem, env, *field, Rational::new(1, 1_000_000)?),
        Num::Literal(num, den) => certain(Line::constant(Rational::new(*num, *den)?)),
        Num::AsOf => certain(Line::constant(Rational::whole(i128::from(dated.today)))),
        Num::Add(a, b) => pairs(problem, env, *a, *b, |_, a, b| joined(a, b, Rational::ONE)),
        Num::Sub(a, b) => pairs(problem, env, *a, *b, |_, a, b| joined(a, b, Rational::whole(-1))),
        Num::Mul(a, b) => product(problem, env, *a, *b),
        Num::Div(a, b) => quotient(problem, env, *a, *b),
        Num::Min(a, b) => extreme(problem, env, *a, *b, Op::AtMost),
        Num::Max(a, b) => extreme(problem, env, *a, *b, Op::AtLeast),
        Num::Choose(condition, then, otherwise) => {
            chosen(problem, env, *condition, *then, *otherwise)
        }
        Num::Floor(a) => one(problem, env, *a, |problem, line| whole(problem, &line)),
        Num::Years(date) => dates(problem, env, *date, Made::Years),
        Num::Months(date) => dates(problem, env, *date, Made::Months),
        Num::Year(date) => dates(problem, env, *date, Made::Year),
        Num::Month(date) => dates(problem, env, *date, Made::Month),
        Num::AddMonths(date, months) => pairs(problem, env, *date, *months, |problem, a, b| {
            if !a.ratios.is_empty() || !b.ratios.is_empty() {
                return None;
            }
            let (day, months) = (whole(problem, &a.line), whole(problem, &b.line));
            let moved = problem.variables.var(Key::Made(Made::AddMonths(day, months)));
            let goals = a.goals.iter().chain(&b.goals).cloned().collect();
            let reads = a.reads.union(&b.reads).copied().collect();
            Some(Case { goals, line: Line::of(moved), ratios: Vec::new(), reads })
        }),
        Num::Param { name, region, decimal } => {
            let Some(who) = env.who(region.scope) else { return Some(Vec::new()) };
            if !dated.is_current(region.field) {
                return Some(Vec::new());
            }
            let region = problem.variables.var(Key::Field(who, region.field));
            let made = Made::Parameter(name.clone(), region, *decimal);
            let line = Line::of(problem.variables.var(Key::Made(made)));
            let scale = if *decimal { 1_000_000 } else { 1 };
            certain(line.times(Rational::new(1, scale)?)?)
        }
        Num::CountFacts(field, mask, span) => {
            let start = start_of(dated, *span);
            counted(problem, env, *field, mask, start, Key::Cell)
        }
        Num::SumFacts(field, mask, span) => {
            let start = start_of(dated, *span);
            counted(problem, env, *field, mask, start, Key::Amount)
        }
        Num::CountMembers(relation, filter) => {
            let var = problem.variables.var(Key::Members(*relation, *filter));
            certain(Line::of(var))
        }
        Num::Since(scope) => {
            let Some(who) = env.who(*scope) else { return Some(Vec::new()) };
            certain(Line::of(problem.variables.var(Key::Since(who))))
        }
        Num::Until(scope) => {
            let Some(who) = env.who(*scope) else { return Some(Vec::new()) };
            certain(Line::of(problem.variables.var(Key::Until(who))))
        }
    }
}

/// One number or the other, by the choice.
fn chosen(
    problem: &mut Problem<'_>,
    env: Env,
    condition: NodeId,
    then: NumId,
    otherwise: NumId,
) -> Option<Vec<Case>> {
    let mut all = Vec::new();
    for (wanted, branch) in [(true, then), (false, otherwise)] {
        for mut case in cases(problem, env, branch)? {
            case.goals.insert(0, Goal::Node(condition, env, wanted));
            all.push(case);
        }
    }
    // Where the choice is open, both branches must agree.
    let (then, otherwise) = (cases(problem, env, then)?, cases(problem, env, otherwise)?);
    for (a, b) in then.iter().flat_map(|a| otherwise.iter().map(move |b| (a, b))) {
        let mut agreed = Vec::new();
        signs(problem, Op::Equal, joined(a, b, Rational::whole(-1))?, &mut agreed)?;
        for goals in agreed {
            all.push(Case { goals: goals.to_vec(), ..a.clone() });
        }
    }
    (all.len() <= MOST_CASES).then_some(all)
}

fn read(problem: &mut Problem<'_>, env: Env, field: FieldRef, unit: Rational) -> Option<Vec<Case>> {
    // Without anybody there the number is unknown: no case at all.
    let Some(who) = env.who(field.scope) else { return Some(Vec::new()) };
    if !problem.dated.is_current(field.field) {
        return Some(Vec::new());
    }
    let var = problem.variables.var(Key::Field(who, field.field));
    certain(Line::of(var).times(unit)?)
}

/// The sum of the cells of a window; unknown where the registers do not cover it.
fn counted(
    problem: &mut Problem<'_>,
    env: Env,
    field: FieldRef,
    mask: &Mask,
    start: i32,
    key: impl Fn(super::variable::Who, crate::catalogue::FieldId, usize) -> Key,
) -> Option<Vec<Case>> {
    let window = (start != i32::MIN).then_some(start);
    let Some(who) = env.who(field.scope) else { return Some(Vec::new()) };
    let current = problem.dated.is_current(field.field);
    if !current || !problem.dated.covers(field.field, mask, window) {
        return Some(Vec::new());
    }
    let cells: Vec<usize> = problem.cells.get(&field.field)?.within(*mask, start).collect();
    let mut line = Line::constant(Rational::ZERO);
    for cell in cells {
        let var = problem.variables.var(key(who, field.field, cell));
        line = line.plus(&Line::of(var))?;
    }
    certain(line)
}

/// Every case of one with every case of the other, ratios being variables.
fn pairs(
    problem: &mut Problem<'_>,
    env: Env,
    a: NumId,
    b: NumId,
    join: impl Fn(&mut Problem<'_>, &Case, &Case) -> Option<Case>,
) -> Option<Vec<Case>> {
    let (left, right) = (cases(problem, env, a)?, cases(problem, env, b)?);
    let mut all = Vec::new();
    for a in &left {
        for b in &right {
            all.push(join(problem, a, b)?);
        }
    }
    (all.len() <= MOST_CASES).then_some(all)
}

fn product(problem: &mut Problem<'_>, env: Env, a: NumId, b: NumId) -> Option<Vec<Case>> {
    let (left, right) = (flat(problem, env, a)?, flat(problem, env, b)?);
    let mut all = Vec::new();
    for a in &left {
        for b in &right {
            let goals: Vec<Goal> = a.goals.iter().chain(&b.goals).cloned().collect();
            let line = match (a.line.only(), b.line.only()) {
                (Some(factor), _) => b.line.times(factor)?,
                (_, Some(factor)) => a.line.times(factor)?,
                _ => {
                    let (a, b) = (variable(problem, &a.line), variable(problem, &b.line));
                    Line::of(problem.variables.var(Key::Made(Made::Product(a, b))))
                }
            };
            let reads = a.reads.union(&b.reads).copied().collect();
            all.push(Case { goals, line, ratios: Vec::new(), reads });
        }
    }
    (all.len() <= MOST_CASES).then_some(all)
}

fn quotient(problem: &mut Problem<'_>, env: Env, a: NumId, b: NumId) -> Option<Vec<Case>> {
    let mut all = Vec::new();
    let divisors = flat(problem, env, b)?;
    for a in cases(problem, env, a)? {
        for b in &divisors {
            let goals: Vec<Goal> = a.goals.iter().chain(&b.goals).cloned().collect();
            match b.line.only() {
                // Divided by zero it is unknown.
                Some(by) if by.sign() == 0 => {}
                Some(by) => {
                    let divided = scaled(&a, Rational::ONE.over(by)?)?;
                    all.push(Case { goals, ..divided });
                }
                None => {
                    for a in plain(problem, a.clone())? {
                        let ratio = Ratio {
                            times: Rational::ONE,
                            dividend: a.line,
                            divisor: b.line.clone(),
                        };
                        let goals = a.goals.iter().chain(&b.goals).cloned().collect();
                        let line = Line::constant(Rational::ZERO);
                        let reads = a.reads.union(&b.reads).copied().collect();
                        all.push(Case { goals, line, ratios: vec![ratio], reads });
                    }
                }
            }
        }
    }
    (all.len() <= MOST_CASES).then_some(all)
}

/// The smaller, or the larger, by who is it.
fn extreme(problem: &mut Problem<'_>, env: Env, a: NumId, b: NumId, op: Op) -> Option<Vec<Case>> {
    let (left, right) = (cases(problem, env, a)?, cases(problem, env, b)?);
    let mut all = Vec::new();
    for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
        for (first, second) in [(a, b), (b, a)] {
            let mut wins = Vec::new();
            signs(problem, op, joined(first, second, Rational::whole(-1))?, &mut wins)?;
            for goals in wins {
                all.push(Case { goals: goals.to_vec(), ..first.clone() });
            }
        }
    }
    (all.len() <= MOST_CASES).then_some(all)
}

/// The cases of a number with ratios as variables.
fn flat(problem: &mut Problem<'_>, env: Env, num: NumId) -> Option<Vec<Case>> {
    let mut all = Vec::new();
    for case in cases(problem, env, num)? {
        all.extend(plain(problem, case)?);
    }
    Some(all)
}

/// A variable made of a number.
fn one(
    problem: &mut Problem<'_>,
    env: Env,
    num: NumId,
    make: impl Fn(&mut Problem<'_>, Line) -> Var,
) -> Option<Vec<Case>> {
    let flat = flat(problem, env, num)?;
    let mut made = Vec::new();
    for case in flat {
        let var = make(problem, case.line.clone());
        made.push(Case { line: Line::of(var), ..case });
    }
    Some(made)
}

fn dates(
    problem: &mut Problem<'_>,
    env: Env,
    date: NumId,
    make: fn(Var) -> Made,
) -> Option<Vec<Case>> {
    one(problem, env, date, |problem, line| {
        let day = whole(problem, &line);
        problem.variables.var(Key::Made(make(day)))
    })
}
