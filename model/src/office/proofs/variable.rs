//! The variables of a question: a field of the subject or of somebody related,
//! how many facts lie in a cell, how many members there are, and numbers made
//! of others that no linear row can say.

use rustc_hash::FxHashMap;

use crate::{
    catalogue::{FieldId, RelationId},
    rules::ir::NodeId,
};

use super::linear::Line;

/// Whom a variable describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Who {
    /// The subject judged.
    Subject,
    /// The related dossier of this number; a unit is one of them.
    Member(usize),
}

/// Index of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Var(pub usize);

/// What a variable stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A stored field.
    Field(Who, FieldId),
    /// First day of the relation to a member.
    Since(Who),
    /// Last day of it.
    Until(Who),
    /// How many facts of a field lie in a cell (see [`super::cells`]).
    Cell(Who, FieldId, usize),
    /// Sum of their amounts, in fen.
    Amount(Who, FieldId, usize),
    /// How many members of a relation pass a filter.
    Members(RelationId, Option<NodeId>),
    /// How many of them are beyond those that are looked at one by one.
    Beyond(RelationId, Option<NodeId>),
    /// 1 where a member that may be there is there, otherwise 0.
    Present(usize),
    /// 1 where a member is there and passes a filter, otherwise 0.
    Passes(usize, NodeId),
    /// A number made of others.
    Made(Made),
}

/// A number made of others. Each is tied to its parts by [`super::propagate`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Made {
    /// The value of a linear expression.
    Line(Line),
    /// The largest whole number not above it.
    Floor(Line),
    /// Dividend and divisor.
    Quotient(Var, Var),
    /// Two factors.
    Product(Var, Var),
    /// A day moved by calendar months.
    AddMonths(Var, Var),
    /// Completed months from a day to the day judged.
    Months(Var),
    /// Completed years.
    Years(Var),
    /// Calendar year of a day.
    Year(Var),
    /// Calendar month of a day.
    Month(Var),
    /// A local parameter by name, of a region; whether it is scaled by 10^6.
    Parameter(String, Var, bool),
}

/// All variables of one question; equal keys are one variable.
#[derive(Debug, Default, Clone)]
pub(crate) struct Variables {
    keys: Vec<Key>,
    known: FxHashMap<Key, Var>,
}

impl Variables {
    /// The variable of a key.
    pub(crate) fn var(&mut self, key: Key) -> Var {
        if let Some(var) = self.known.get(&key) {
            return *var;
        }
        let var = Var(self.keys.len());
        self.keys.push(key.clone());
        self.known.insert(key, var);
        var
    }

    /// The variable of a key, if there is one already.
    #[must_use]
    pub(crate) fn find(&self, key: &Key) -> Option<Var> {
        self.known.get(key).copied()
    }

    /// What a variable stands for.
    #[must_use]
    pub(crate) fn key(&self, var: Var) -> &Key {
        &self.keys[var.0]
    }

    /// How many there are.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.keys.len()
    }

    /// Every variable with its key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Var, &Key)> {
        self.keys.iter().enumerate().map(|(index, key)| (Var(index), key))
    }
}
