//! A question to the solver, and its answer: a dossier that the specification
//! confirms, the certainty that there is none, or neither, with the reason.

use serde::Serialize;

use crate::{
    catalogue::RelationId,
    domain::SubjectKind,
    rules::{dated::Dated, ir::NodeId, values::Typed},
};

use super::{
    goal::{Env, Goal},
    problem::Problem,
    profile::Writer,
    search::{Outcome, search},
    state::State,
};

/// A node that is to be true or false.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The node.
    pub node: NodeId,
    /// Which of the units its `unit` means, if it has one.
    pub unit: Option<usize>,
    /// Its truth, with clauses that a person judges taken as met.
    pub truth: bool,
}

/// Somebody for whom all of these hold.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The program on the day judged.
    pub dated: &'a Dated<'a>,
    /// Who it is about.
    pub kind: SubjectKind,
    /// The relations whose members are the units.
    pub units: Vec<RelationId>,
    /// What is wanted.
    pub wanted: Vec<Wanted>,
    /// A dossier from which no more is to differ than must.
    pub near: Option<&'a Typed>,
}

/// What a question came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// This dossier does it; what it does not name may be anything.
    Profile(Typed),
    /// No dossier does.
    None,
    /// Neither was found, for this reason.
    Undecided(String),
}

impl Answer {
    /// Whether it was proved that there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Answer::None
    }

    /// The dossier, if there is one.
    #[must_use]
    pub fn profile(&self) -> Option<&Typed> {
        match self {
            Answer::Profile(typed) => Some(typed),
            Answer::None | Answer::Undecided(_) => None,
        }
    }
}

impl Question<'_> {
    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let nodes: Vec<NodeId> = self.wanted.iter().map(|wanted| wanted.node).collect();
        let mut problem = Problem::new(self.dated, &nodes);
        if let Some(near) = self.near {
            problem.stay_near(self.kind, near);
        }
        let Ok(state) = State::start(&mut problem, &self.units) else { return Answer::None };
        let goals: Vec<Goal> = self
            .wanted
            .iter()
            .map(|wanted| {
                let env = Env { unit: wanted.unit, member: None };
                Goal::Node(wanted.node, env, wanted.truth)
            })
            .collect();
        let mut accept = |problem: &Problem<'_>, state: &State| {
            let writer = Writer::new(problem, state);
            let dossier = writer.dossier()?;
            writer.confirmed(self.kind, &dossier, &goals).then_some(dossier)
        };
        match search(&mut problem, state, &goals, &mut accept) {
            Outcome::Found(dossier) => Answer::Profile(dossier),
            Outcome::None => Answer::None,
            Outcome::Cut(why) => Answer::Undecided(why.to_owned()),
        }
    }
}
