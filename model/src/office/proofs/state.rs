//! What is asserted so far: a domain for every variable, rows between them,
//! clauses still open. Asserting a goal either narrows this or contradicts it.

use std::rc::Rc;

use crate::{
    catalogue::{FieldId, RelationId, types::FieldType},
    domain::Tri,
    rules::ir::{Atom, AtomId, FieldRef, Mask, Node, NodeId, NumId, Op, Scope},
};

use super::{
    cells::start_of,
    domain::{Asked, Domain, Places},
    goal::{Clause, Env, Goal},
    linear::{Line, Row},
    lower,
    problem::Problem,
    range::{self, Leaf},
    rational::Rational,
    variable::{Key, Made, Var, Who},
};

/// What was asserted cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conflict;

/// The result of asserting something.
pub(crate) type Asserted = Result<(), Conflict>;

/// Something that holds for every member of a relation.
#[derive(Debug, Clone)]
pub(crate) struct Universal {
    /// Of this relation.
    pub(crate) relation: RelationId,
    /// What.
    pub(crate) body: NodeId,
    /// For whom the other names stand.
    pub(crate) env: Env,
    /// Its truth.
    pub(crate) wanted: bool,
}

/// What is asserted so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    domains: Vec<Option<Domain>>,
    /// Rows between several variables.
    pub(crate) rows: Vec<Row>,
    /// Variables made of others.
    pub(crate) made: Vec<Var>,
    /// Pairs of codes or places that must be the same, or differ.
    pub(crate) same: Vec<(Var, Var, bool)>,
    /// Clauses still open.
    pub(crate) clauses: Vec<Rc<Clause>>,
    /// The related dossiers: whose members they are.
    pub(crate) members: Vec<RelationId>,
    /// Relations of which every member is told.
    pub(crate) complete: Vec<RelationId>,
    /// What holds for every member.
    pub(crate) universals: Vec<Universal>,
    /// Something could not be written down: a model must be verified, but a
    /// contradiction still is one.
    pub(crate) loose: bool,
}

impl State {
    /// The domain of a variable, if anything was asked of it.
    #[must_use]
    pub(crate) fn domain(&self, var: Var) -> Option<&Domain> {
        self.domains.get(var.0).and_then(Option::as_ref)
    }

    /// Narrows a domain; says whether it became smaller.
    pub(crate) fn set(&mut self, var: Var, domain: Domain) -> Result<bool, Conflict> {
        if domain.is_empty() {
            return Err(Conflict);
        }
        let Some(slot) = self.domains.get_mut(var.0) else { return Ok(false) };
        let changed = slot.as_ref() != Some(&domain);
        *slot = Some(domain);
        Ok(changed)
    }

    /// Brings a variable in, with what ties it to others.
    pub(crate) fn touch(&mut self, problem: &mut Problem<'_>, var: Var) -> Asserted {
        if self.domain(var).is_some() {
            return Ok(());
        }
        if self.domains.len() <= var.0 {
            self.domains.resize(problem.variables.count().max(var.0 + 1), None);
        }
        let domain = problem.everything(var);
        self.set(var, domain)?;
        match problem.variables.key(var).clone() {
            Key::Made(made) => self.tie(problem, var, &made),
            Key::Amount(who, field, cell) => {
                let count = problem.variables.var(Key::Cell(who, field, cell));
                self.touch(problem, count)?;
                self.no_amount_without_fact(problem, var, count);
                self.touch_facts(problem, who, field)
            }
            Key::Cell(who, field, _) => self.touch_facts(problem, who, field),
            Key::Members(relation, filter) => self.count(problem, var, relation, filter),
            _ => Ok(()),
        }
    }

    fn touch_facts(&mut self, problem: &mut Problem<'_>, who: Who, field: FieldId) -> Asserted {
        let var = problem.variables.var(Key::Field(who, field));
        self.touch(problem, var)
    }

    fn no_amount_without_fact(&mut self, problem: &Problem<'_>, amount: Var, count: Var) {
        let row = |terms: Vec<(Var, i128)>, bound| Goal::Row(Row { terms, bound, strict: false });
        debug_assert!(problem.is_whole(amount), "fen are whole");
        let none = vec![row(vec![(amount, 1)], 0), row(vec![(amount, -1)], 0)];
        let some = vec![row(vec![(count, -1)], -1)];
        let alternatives = vec![Rc::new(none), Rc::new(some)];
        self.clauses.push(Rc::new(Clause { need: 1, alternatives }));
    }

    /// Asserts a sum of whole multiples of variables not to pass a bound.
    pub(crate) fn at_most(
        &mut self,
        problem: &mut Problem<'_>,
        terms: &[(Var, i128)],
        bound: i128,
    ) -> Asserted {
        self.row(problem, Row { terms: terms.to_vec(), bound, strict: false })
    }

    /// What ties a made variable to its parts, as far as rows can say it.
    fn tie(&mut self, problem: &mut Problem<'_>, var: Var, made: &Made) -> Asserted {
        self.made.push(var);
        match made {
            Made::Line(line) | Made::Floor(line) => {
                let Some(line) = Line::of(var).minus(line) else {
                    self.loose = true;
                    return Ok(());
                };
                let (above, below) = (line.clone(), line.times(Rational::whole(-1)));
                let rounded = matches!(made, Made::Floor(_));
                let whole = |var| problem.is_whole(var);
                let up = Row::of(&above, false, whole);
                let more = if rounded { Rational::whole(-1) } else { Rational::ZERO };
                let down = below
                    .and_then(|below| below.plus(&Line::constant(more)))
                    .and_then(|below| Row::of(&below, rounded, |var| problem.is_whole(var)));
                for row in [up, down] {
                    match row {
                        Some(row) => self.row(problem, row)?,
                        None => self.loose = true,
                    }
                }
                Ok(())
            }
            Made::Quotient(a, b) | Made::Product(a, b) | Made::AddMonths(a, b) => {
                self.touch(problem, *a)?;
                self.touch(problem, *b)?;
                if let Made::AddMonths(..) = made {
                    self.month_lengths(problem, var, *a, *b)?;
                }
                Ok(())
            }
            Made::Months(day) | Made::Years(day) | Made::Year(day) | Made::Month(day) => {
                self.touch(problem, *day)
            }
            Made::Parameter(name, region, _) => {
                self.touch(problem, *region)?;
                let values = problem.parameter(name);
                let empty = Places::of(problem.dated.reference.regions.len(), |_| false);
                let told = values.iter().fold(empty, |all, (_, places)| all.or(places));
                self.narrow_places(*region, &told)
            }
        }
    }

    /// A month has between 28 and 31 days: what elimination needs of a moved day.
    fn month_lengths(
        &mut self,
        problem: &mut Problem<'_>,
        moved: Var,
        day: Var,
        months: Var,
    ) -> Asserted {
        self.propagate(problem)?;
        let Some(Domain::Whole(count)) = self.domain(months) else { return Ok(()) };
        let Some(count) = count.only() else { return Ok(()) };
        let (few, many) = (count.saturating_mul(28), count.saturating_mul(31));
        self.at_most(problem, &[(moved, 1), (day, -1)], few.max(many))?;
        self.at_most(problem, &[(day, 1), (moved, -1)], -few.min(many))
    }

    /// Asserts a row.
    pub(crate) fn row(&mut self, problem: &mut Problem<'_>, row: Row) -> Asserted {
        for (var, _) in &row.terms {
            self.touch(problem, *var)?;
        }
        match row.terms.as_slice() {
            [] if row.bound < 0 || (row.strict && row.bound == 0) => Err(Conflict),
            [] => Ok(()),
            _ if self.rows.contains(&row) => Ok(()),
            [_] => {
                // A bound of one variable is a domain; a strict one of a real stays.
                let closed = !row.strict;
                self.apply(problem, &row)?;
                if !closed {
                    self.rows.push(row);
                }
                Ok(())
            }
            _ => {
                self.rows.push(row);
                Ok(())
            }
        }
    }

    /// Asserts goals, as far as they can be decided at once; what has
    /// alternatives becomes a clause.
    pub(crate) fn assert(&mut self, problem: &mut Problem<'_>, goals: &[Goal]) -> Asserted {
        for goal in goals {
            match goal {
                Goal::Row(row) => self.row(problem, row.clone())?,
                Goal::Known(var) => self.touch(problem, *var)?,
                Goal::Node(node, env, wanted) => self.node(problem, *node, *env, *wanted)?,
            }
        }
        Ok(())
    }

    /// Asserts a clause.
    pub(crate) fn clause(&mut self, problem: &mut Problem<'_>, clause: Clause) -> Asserted {
        if clause.need == 0 {
            return Ok(());
        }
        if clause.alternatives.len() < clause.need {
            return Err(Conflict);
        }
        if clause.alternatives.len() == clause.need {
            for goals in &clause.alternatives {
                self.assert(problem, goals)?;
            }
            return Ok(());
        }
        self.clauses.push(Rc::new(clause));
        Ok(())
    }

    /// Asserts a node to have the wanted truth.
    pub(crate) fn node(
        &mut self,
        problem: &mut Problem<'_>,
        node: NodeId,
        env: Env,
        wanted: bool,
    ) -> Asserted {
        let graph = &problem.dated.program.graph;
        let one = |part: &NodeId| Rc::new(vec![Goal::Node(*part, env, wanted)]);
        match graph.node(node) {
            Node::Const(truth) if *truth == Tri::from(wanted) => Ok(()),
            Node::Const(_) => Err(Conflict),
            // A person decides: taken as met, and nobody can make it fail.
            Node::Manual(_) if wanted => Ok(()),
            Node::Manual(_) => Err(Conflict),
            Node::Not(inner) => self.node(problem, *inner, env, !wanted),
            Node::And(parts) if wanted => self.all(problem, parts, env, true),
            Node::Or(parts) if !wanted => self.all(problem, parts, env, false),
            Node::And(parts) | Node::Or(parts) => {
                let alternatives = parts.iter().map(one).collect();
                self.clause(problem, Clause { need: 1, alternatives })
            }
            Node::AtLeast(count, parts) => {
                let need = if wanted { *count } else { parts.len() + 1 - count };
                let alternatives = parts.iter().map(one).collect();
                self.clause(problem, Clause { need, alternatives })
            }
            Node::Choose(condition, then, otherwise) => {
                let goal = |node: &NodeId, wanted| Goal::Node(*node, env, wanted);
                let alternatives = vec![
                    Rc::new(vec![goal(condition, true), goal(then, wanted)]),
                    Rc::new(vec![goal(condition, false), goal(otherwise, wanted)]),
                    Rc::new(vec![goal(then, wanted), goal(otherwise, wanted)]),
                ];
                self.clause(problem, Clause { need: 1, alternatives })
            }
            Node::Atom(atom) => self.atom(problem, *atom, env, wanted),
        }
    }

    fn all(
        &mut self,
        problem: &mut Problem<'_>,
        parts: &[NodeId],
        env: Env,
        wanted: bool,
    ) -> Asserted {
        parts.iter().try_for_each(|part| self.node(problem, *part, env, wanted))
    }

    fn atom(
        &mut self,
        problem: &mut Problem<'_>,
        atom: AtomId,
        env: Env,
        wanted: bool,
    ) -> Asserted {
        let dated = problem.dated;
        match dated.program.graph.atom(atom) {
            Atom::Compare(op, left, right) => {
                let op = if wanted { *op } else { opposite(*op) };
                self.compare(problem, env, op, *left, *right)
            }
            Atom::Flag(field) => self.flag(problem, env, *field, wanted),
            Atom::Code(field, yes, open) => self.code(problem, env, *field, (yes, open), wanted),
            Atom::Within(field, outer) => {
                let var = self.field(problem, env, *field)?;
                let places = problem.within(*outer, wanted);
                self.narrow_places(var, &places)
            }
            Atom::Industry(field, ranges) => self.industry(problem, env, *field, ranges, wanted),
            Atom::Has(field, members) => {
                let var = self.field(problem, env, *field)?;
                let ranges = members.iter().map(|member| (*member, *member)).collect();
                self.members_of(var, ranges, wanted)
            }
            Atom::Text(field, test, words) => {
                let var = self.field(problem, env, *field)?;
                self.text(var, (*test, words.clone(), wanted))
            }
            Atom::Same(left, right) => {
                let left = self.field(problem, env, *left)?;
                let right = self.field(problem, env, *right)?;
                self.same.push((left, right, wanted));
                Ok(())
            }
            Atom::Holds(field, mask) => {
                self.facts(problem, env, *field, *mask, Some(dated.today), wanted)
            }
            Atom::Had(field, mask, span) => {
                let start = span.map(|_| start_of(dated, *span));
                self.facts(problem, env, *field, *mask, start, wanted)
            }
            Atom::Exists(relation, body) if wanted => {
                self.witness(problem, *relation, *body, env, true)
            }
            Atom::All(relation, body) if !wanted => {
                self.witness(problem, *relation, *body, env, false)
            }
            Atom::Exists(relation, body) | Atom::All(relation, body) => {
                self.universal(problem, *relation, *body, env, wanted)
            }
        }
    }

    fn flag(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        field: FieldRef,
        wanted: bool,
    ) -> Asserted {
        let var = self.field(problem, env, field)?;
        match self.domain(var) {
            Some(Domain::Flag { yes, no }) => {
                let flag = Domain::Flag { yes: *yes && wanted, no: *no && !wanted };
                self.set(var, flag).map(|_| ())
            }
            _ => Err(Conflict),
        }
    }

    fn code(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        field: FieldRef,
        (yes, open): (&Mask, &Mask),
        wanted: bool,
    ) -> Asserted {
        let var = self.field(problem, env, field)?;
        let Some(Domain::Codes(known)) = self.domain(var) else { return Err(Conflict) };
        let mut left = Mask::default();
        known
            .iter()
            .filter(|code| yes.contains(*code) == wanted && !open.contains(*code))
            .for_each(|code| left.insert(code));
        self.set(var, Domain::Codes(left)).map(|_| ())
    }

    /// The variable of a field; a conflict where nobody is there to have it.
    fn field(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        field: FieldRef,
    ) -> Result<Var, Conflict> {
        let who = env.who(field.scope).ok_or(Conflict)?;
        if !problem.dated.is_current(field.field) {
            // Its period is over: nobody knows it on that day.
            return Err(Conflict);
        }
        let var = problem.variables.var(Key::Field(who, field.field));
        self.touch(problem, var)?;
        Ok(var)
    }

    /// Keeps only these places.
    pub(crate) fn narrow_places(&mut self, var: Var, places: &Places) -> Asserted {
        let Some(Domain::Places(known)) = self.domain(var) else { return Err(Conflict) };
        let left = known.and(places);
        self.set(var, Domain::Places(Rc::new(left))).map(|_| ())
    }

    fn industry(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        field: FieldRef,
        ranges: &[(u16, u16)],
        wanted: bool,
    ) -> Asserted {
        let var = self.field(problem, env, field)?;
        let catalogue = &problem.dated.reference.catalogue;
        if catalogue.by_id(field.field).kind == FieldType::Set {
            return self.members_of(var, ranges.to_vec(), wanted);
        }
        let within = |at: u16| ranges.iter().any(|(low, high)| (*low..=*high).contains(&at));
        let length = problem.dated.reference.industries.len();
        self.narrow_places(var, &Places::of(length, |at| within(at) == wanted))
    }

    fn members_of(&mut self, var: Var, ranges: Vec<(u16, u16)>, wanted: bool) -> Asserted {
        let Some(Domain::Set { has, lacks }) = self.domain(var) else { return Err(Conflict) };
        let (mut has, mut lacks) = (has.clone(), lacks.clone());
        match wanted {
            true => has.push(ranges),
            false => lacks.extend(ranges),
        }
        self.set(var, Domain::Set { has, lacks }).map(|_| ())
    }

    fn text(&mut self, var: Var, asked: Asked) -> Asserted {
        let Some(Domain::Text(known)) = self.domain(var) else { return Err(Conflict) };
        let mut known = known.clone();
        known.push(asked);
        self.set(var, Domain::Text(known)).map(|_| ())
    }

    /// Some fact ends in the window, or none does.
    fn facts(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        field: FieldRef,
        mask: Mask,
        start: Option<i32>,
        wanted: bool,
    ) -> Asserted {
        let who = env.who(field.scope).ok_or(Conflict)?;
        self.touch_facts(problem, who, field.field)?;
        let current = problem.dated.is_current(field.field);
        let told = wanted || (current && problem.dated.covers(field.field, &mask, start));
        if !told {
            // An absent row says nothing there: it is never known to be false.
            return Err(Conflict);
        }
        let cells = problem.cells.get(&field.field).ok_or(Conflict)?;
        let cells: Vec<usize> = cells.within(mask, start.unwrap_or(i32::MIN)).collect();
        let mut vars = Vec::new();
        for cell in cells {
            vars.push(problem.variables.var(Key::Cell(who, field.field, cell)));
        }
        if wanted {
            let terms: Vec<(Var, i128)> = vars.iter().map(|var| (*var, -1)).collect();
            return if terms.is_empty() {
                Err(Conflict)
            } else {
                self.at_most(problem, &terms, -1)
            };
        }
        vars.iter().try_for_each(|var| self.at_most(problem, &[(*var, 1)], 0))
    }

    fn compare(
        &mut self,
        problem: &mut Problem<'_>,
        env: Env,
        op: Op,
        left: NumId,
        right: NumId,
    ) -> Asserted {
        if let Some(leaf) = range::only_leaf(problem.dated, &[left, right]) {
            let var = self.leaf(problem, env, leaf)?;
            if let Some(Domain::Whole(known)) = self.domain(var)
                && let Some(left) = range::satisfying(problem.dated, op, left, right, known)
            {
                return self.set(var, Domain::Whole(left)).map(|_| ());
            }
        }
        let Some(alternatives) = lower::compare(problem, env, op, left, right) else {
            self.loose = true;
            return Ok(());
        };
        self.clause(problem, Clause { need: 1, alternatives })
    }

    fn leaf(&mut self, problem: &mut Problem<'_>, env: Env, leaf: Leaf) -> Result<Var, Conflict> {
        let whose = |scope: Scope| env.who(scope).ok_or(Conflict);
        let key = match leaf {
            Leaf::Field(field) => return self.field(problem, env, field),
            Leaf::Since(scope) => Key::Since(whose(scope)?),
            Leaf::Until(scope) => Key::Until(whose(scope)?),
        };
        let var = problem.variables.var(key);
        self.touch(problem, var)?;
        Ok(var)
    }
}

/// The comparison that holds exactly when this one does not.
#[must_use]
pub(crate) fn opposite(op: Op) -> Op {
    match op {
        Op::Equal => Op::NotEqual,
        Op::NotEqual => Op::Equal,
        Op::Less => Op::AtLeast,
        Op::AtLeast => Op::Less,
        Op::Greater => Op::AtMost,
        Op::AtMost => Op::Greater,
    }
}
