//! The specification read over a stretch of days at once: what the verdict of
//! a rule can be on any of them. Whoever gets one answer knows every day of
//! the stretch; whoever gets several cuts it in two and asks again.
//!
//! It says for each construct what [`crate::rules::scalar`] can say on the
//! days of the stretch, and may say too much, never too little. Numbers stand
//! in [`super::numbers`], facts and relations in [`super::listed`].

use crate::{
    domain::Tri,
    frame::World,
    policy::cases::Verdict,
    rules::{
        ir::{Atom, AtomId, Node, NodeId},
        program::Policy,
        scalar::{At, Manual, Scalar},
    },
};

use super::{
    days::{Days, Stretch},
    truths::Truths,
};

/// An evaluator for a stretch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prospect<'a> {
    /// All days.
    pub(super) days: &'a Days<'a>,
    /// The days asked for.
    pub(super) stretch: Stretch,
    /// The first of them.
    pub(super) early: Scalar<'a>,
    /// The last of them.
    pub(super) late: Scalar<'a>,
}

impl<'a> Prospect<'a> {
    /// An evaluator.
    pub(super) fn new(days: &'a Days<'a>, world: &'a World, stretch: Stretch) -> Prospect<'a> {
        Prospect {
            days,
            stretch,
            early: Scalar::new(days.on(stretch.first), world),
            late: Scalar::new(days.on(stretch.last), world),
        }
    }

    /// The verdict that every day of the stretch has, if that is certain.
    pub(super) fn verdict(&self, policy: &Policy, at: &At<'a>) -> Option<Verdict> {
        Some(match self.node(policy.root, at, Manual::Open).certain()? {
            Tri::True => Verdict::Eligible,
            Tri::False => Verdict::Ineligible,
            Tri::Unknown if !self.early.dated.program.graph.has_manual(policy.root) => {
                Verdict::Unknown
            }
            Tri::Unknown => {
                let met = self.node(policy.root, at, Manual::Met);
                match met.certain() {
                    Some(Tri::True) => Verdict::Likely,
                    _ if !met.may(Tri::True) => Verdict::Unknown,
                    _ => return None,
                }
            }
        })
    }

    /// What a node can be.
    pub(super) fn node(&self, id: NodeId, at: &At<'a>, manual: Manual) -> Truths {
        match self.early.dated.program.graph.node(id) {
            Node::Const(value) => Truths::only(*value),
            Node::Manual(_) => match manual {
                Manual::Open => Truths::only(Tri::Unknown),
                Manual::Met => Truths::only(Tri::True),
            },
            Node::Atom(atom) => self.atom(*atom, at),
            Node::Not(inner) => self.node(*inner, at, manual).not(),
            Node::And(parts) => {
                let mut truths = Truths::only(Tri::True);
                for part in parts {
                    truths = truths.and(self.node(*part, at, manual));
                    if truths == Truths::only(Tri::False) {
                        break;
                    }
                }
                truths
            }
            Node::Or(parts) => {
                let mut truths = Truths::only(Tri::False);
                for part in parts {
                    truths = truths.or(self.node(*part, at, manual));
                    if truths == Truths::only(Tri::True) {
                        break;
                    }
                }
                truths
            }
            Node::Choose(condition, then, otherwise) => self
                .node(*condition, at, manual)
                .choose(self.node(*then, at, manual), self.node(*otherwise, at, manual)),
            Node::AtLeast(count, parts) => {
                let parts: Vec<Truths> =
                    parts.iter().map(|part| self.node(*part, at, manual)).collect();
                Truths::at_least(*count, &parts)
            }
        }
    }

    /// What an atom can be.
    fn atom(&self, id: AtomId, at: &At<'a>) -> Truths {
        match self.early.dated.program.graph.atom(id) {
            Atom::Compare(op, left, right) => {
                self.num(*left, at).compare(*op, self.num(*right, at))
            }
            Atom::Holds(field, mask) => self.holds(*field, mask, at),
            Atom::Had(field, mask, span) => self.had(*field, mask, *span, at),
            Atom::Exists(relation, body) => self.each(*relation, *body, at, Tri::True),
            Atom::All(relation, body) => self.each(*relation, *body, at, Tri::False),
            // A stored value changes once at most: when its period ends.
            atom => {
                let truths = Truths::only(self.early.atom(id, at));
                let ends =
                    |field| self.early.dated.is_current(field) != self.late.dated.is_current(field);
                match atom.fields().any(|field| ends(field.field)) {
                    true => truths.or_else(Truths::only(self.late.atom(id, at))),
                    false => truths,
                }
            }
        }
    }
}
