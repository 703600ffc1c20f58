//! Members of relations. "Some" needs one member, "all" speaks of every one
//! that is there; a model never needs more members than it has "some"s.
//!
//! Where members are counted, so many as can matter are made beforehand, each
//! with a variable that says whether it is there; how many there are beyond
//! them is a variable too, which is zero unless all of those are there.

use std::rc::Rc;

use crate::{catalogue::RelationId, rules::ir::NodeId};

use super::{
    goal::{Clause, Env, Goal},
    linear::Row,
    problem::Problem,
    state::{Asserted, State, Universal},
    variable::{Key, Var},
};

impl State {
    /// The state before anything is asserted, with a member for each unit.
    ///
    /// # Errors
    /// Never for sound input: nothing is asserted of the members yet.
    pub(crate) fn start(
        problem: &mut Problem<'_>,
        units: &[RelationId],
    ) -> Result<State, super::state::Conflict> {
        let mut state = State::default();
        for unit in units {
            state.members.push(*unit);
        }
        for (relation, room) in problem.rooms.clone() {
            let there = units.iter().filter(|unit| **unit == relation).count();
            for _ in there..room.max(there) {
                state.members.push(relation);
            }
        }
        for (member, relation) in state.members.clone().into_iter().enumerate() {
            if problem.rooms.contains_key(&relation) {
                let here = problem.variables.var(Key::Present(member));
                state.touch(problem, here)?;
                if member < units.len() {
                    state.at_most(problem, &[(here, -1)], -1)?;
                }
            }
        }
        // Members are alike: those that are there come first.
        for relation in problem.rooms.keys().copied().collect::<Vec<_>>() {
            for pair in state.numbers(relation).windows(2) {
                let [first, second] = pair else { continue };
                let first = problem.variables.var(Key::Present(*first));
                let second = problem.variables.var(Key::Present(*second));
                state.at_most(problem, &[(second, 1), (first, -1)], 0)?;
            }
        }
        Ok(state)
    }

    /// The members of a relation, whether there or not.
    pub(crate) fn numbers(&self, relation: RelationId) -> Vec<usize> {
        let all = self.members.iter().enumerate();
        all.filter(|(_, of)| **of == relation).map(|(member, _)| member).collect()
    }

    fn list(&mut self, relation: RelationId) {
        if !self.complete.contains(&relation) {
            self.complete.push(relation);
        }
    }

    /// Some member has the body as wanted.
    pub(crate) fn witness(
        &mut self,
        problem: &mut Problem<'_>,
        relation: RelationId,
        body: NodeId,
        env: Env,
        wanted: bool,
    ) -> Asserted {
        if !problem.rooms.contains_key(&relation) {
            let member = self.members.len();
            self.members.push(relation);
            for universal in self.universals.clone() {
                if universal.relation == relation {
                    let env = Env { member: Some(member), ..universal.env };
                    self.node(problem, universal.body, env, universal.wanted)?;
                }
            }
            return self.node(problem, body, Env { member: Some(member), ..env }, wanted);
        }
        let mut alternatives = Vec::new();
        for member in self.numbers(relation) {
            let here = problem.variables.var(Key::Present(member));
            let env = Env { member: Some(member), ..env };
            alternatives
                .push(Rc::new(vec![Goal::Row(at_least(here, 1)), Goal::Node(body, env, wanted)]));
        }
        self.clause(problem, Clause { need: 1, alternatives })
    }

    /// Every member has the body as wanted, and the list is complete.
    pub(crate) fn universal(
        &mut self,
        problem: &mut Problem<'_>,
        relation: RelationId,
        body: NodeId,
        env: Env,
        wanted: bool,
    ) -> Asserted {
        self.list(relation);
        self.universals.push(Universal { relation, body, env, wanted });
        for member in self.numbers(relation) {
            let env = Env { member: Some(member), ..env };
            if !problem.rooms.contains_key(&relation) {
                self.node(problem, body, env, wanted)?;
                continue;
            }
            let here = problem.variables.var(Key::Present(member));
            let alternatives = vec![
                Rc::new(vec![Goal::Row(at_least(here, 1)), Goal::Node(body, env, wanted)]),
                Rc::new(vec![Goal::Row(at_most(here, 0))]),
            ];
            self.clause(problem, Clause { need: 1, alternatives })?;
        }
        Ok(())
    }

    /// Ties a number of members to the members.
    pub(crate) fn count(
        &mut self,
        problem: &mut Problem<'_>,
        total: Var,
        relation: RelationId,
        filter: Option<NodeId>,
    ) -> Asserted {
        self.list(relation);
        let beyond = problem.variables.var(Key::Beyond(relation, filter));
        let mut terms = vec![(total, 1), (beyond, -1)];
        let all = problem.variables.var(Key::Beyond(relation, None));
        if let Some(filter) = filter {
            let mut passes = Vec::new();
            for member in self.numbers(relation) {
                let here = problem.variables.var(Key::Present(member));
                passes.push((self.passes(problem, member, filter)?, here));
            }
            terms.extend(passes.iter().map(|(var, _)| (*var, -1)));
            self.at_most(problem, &[(beyond, 1), (all, -1)], 0)?;
            self.alike(problem, &passes, beyond, all)?;
            let everybody = problem.variables.var(Key::Members(relation, None));
            self.touch(problem, everybody)?;
        } else {
            let mut present = Vec::new();
            for member in self.numbers(relation) {
                present.push(problem.variables.var(Key::Present(member)));
            }
            terms.extend(present.iter().map(|here| (*here, -1)));
            let filled = present.iter().map(|here| Goal::Row(at_least(*here, 1))).collect();
            let alternatives = vec![Rc::new(vec![Goal::Row(at_most(all, 0))]), Rc::new(filled)];
            self.touch(problem, all)?;
            self.clause(problem, Clause { need: 1, alternatives })?;
        }
        let negated: Vec<(Var, i128)> = terms.iter().map(|(var, by)| (*var, -by)).collect();
        self.at_most(problem, &terms, 0)?;
        self.at_most(problem, &negated, 0)
    }

    /// Those beyond are like some that are looked at: whoever passes among them
    /// has a companion here that passes, whoever fails one that fails.
    fn alike(
        &mut self,
        problem: &mut Problem<'_>,
        passes: &[(Var, Var)],
        beyond: Var,
        all: Var,
    ) -> Asserted {
        let mut some = vec![Rc::new(vec![Goal::Row(at_most(beyond, 0))])];
        let nobody_fails = Row { terms: vec![(all, 1), (beyond, -1)], bound: 0, strict: false };
        let mut none = vec![Rc::new(vec![Goal::Row(nobody_fails)])];
        for (passes, here) in passes {
            some.push(Rc::new(vec![Goal::Row(at_least(*passes, 1))]));
            let fails = vec![Goal::Row(at_least(*here, 1)), Goal::Row(at_most(*passes, 0))];
            none.push(Rc::new(fails));
        }
        for alternatives in [some, none] {
            self.clause(problem, Clause { need: 1, alternatives })?;
        }
        Ok(())
    }

    fn passes(
        &mut self,
        problem: &mut Problem<'_>,
        member: usize,
        filter: NodeId,
    ) -> Result<Var, super::state::Conflict> {
        let passes = problem.variables.var(Key::Passes(member, filter));
        let here = problem.variables.var(Key::Present(member));
        let env = Env { unit: None, member: Some(member) };
        let goals = |truth: bool| {
            let row = if truth { at_least(passes, 1) } else { at_most(passes, 0) };
            vec![Goal::Row(row), Goal::Row(at_least(here, 1)), Goal::Node(filter, env, truth)]
        };
        let absent = vec![Goal::Row(at_most(passes, 0)), Goal::Row(at_most(here, 0))];
        self.touch(problem, passes)?;
        let alternatives = vec![Rc::new(absent), Rc::new(goals(true)), Rc::new(goals(false))];
        self.clause(problem, Clause { need: 1, alternatives })?;
        Ok(passes)
    }
}

fn at_most(var: Var, bound: i128) -> Row {
    Row { terms: vec![(var, 1)], bound, strict: false }
}

fn at_least(var: Var, bound: i128) -> Row {
    Row { terms: vec![(var, -1)], bound: -bound, strict: false }
}
