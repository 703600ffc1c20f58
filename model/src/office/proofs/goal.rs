//! What is still to be reached: nodes with their wanted truth, rows, and
//! clauses of alternatives.
//!
//! Only "true" and "false" are goals. A node that is unknown never helps to
//! reach one, because the operators are monotone in what is known; so a goal
//! falls apart into goals for its atoms, and a refutation of those is a proof.

use std::rc::Rc;

use crate::rules::ir::{NodeId, Scope};

use super::{
    linear::Row,
    variable::{Var, Who},
};

/// For whom the names of an expression stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Env {
    /// The related dossier that is the unit.
    pub(crate) unit: Option<usize>,
    /// The one a quantifier looks at.
    pub(crate) member: Option<usize>,
}

impl Env {
    /// Whom a scope means; `None` where nobody is there.
    #[must_use]
    pub(crate) fn who(self, scope: Scope) -> Option<Who> {
        match scope {
            Scope::Subject => Some(Who::Subject),
            Scope::Unit => self.unit.map(Who::Member),
            Scope::Member => self.member.map(Who::Member),
        }
    }
}

/// Something to reach.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    /// A node with the wanted truth.
    Node(NodeId, Env, bool),
    /// A row.
    Row(Row),
    /// A number that must be known, whatever it is.
    Known(Var),
}

/// At least `need` of the alternatives, all goals of each.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    /// How many.
    pub(crate) need: usize,
    /// Of which.
    pub(crate) alternatives: Vec<Rc<Vec<Goal>>>,
}
