//! Which way a condition can go as time passes, read from the rule alone: an
//! age is only ever reached, a deadline only ever missed. Where the truth can
//! go one way only, one look at the last or at the first day tells that a row
//! never meets it.

use rustc_hash::FxHashSet;

use crate::{
    catalogue::{FieldId, types::FieldType},
    rules::{
        ir::{Atom, AtomId, FieldRef, Graph, Node, NodeId, Num, NumId, Op},
        program::Program,
    },
};

use super::days::Days;

/// Literals above this are left out: sums with them might overflow.
const SMALL: i128 = 1 << 40;

/// How a truth (false below unknown below true) or a number moves over all days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trend {
    /// It stays.
    Still,
    /// It never falls.
    Rising,
    /// It never rises.
    Falling,
    /// It may do anything.
    Other,
}

impl Trend {
    fn join(self, other: Trend) -> Trend {
        match (self, other) {
            (Trend::Still, trend) | (trend, Trend::Still) => trend,
            (a, b) if a == b => a,
            _ => Trend::Other,
        }
    }

    fn turned(self) -> Trend {
        match self {
            Trend::Rising => Trend::Falling,
            Trend::Falling => Trend::Rising,
            same => same,
        }
    }
}

/// The trends of nodes of a program over a span of days.
#[derive(Debug)]
pub(super) struct Trends<'d, 'a> {
    days: &'d Days<'a>,
    graph: &'a Graph,
}

impl<'d, 'a> Trends<'d, 'a> {
    pub(super) fn new(days: &'d Days<'a>) -> Trends<'d, 'a> {
        let program: &'a Program = days.on(0).program;
        Trends { days, graph: &program.graph }
    }

    pub(super) fn node(&self, id: NodeId) -> Trend {
        let all = |parts: &[NodeId]| {
            parts.iter().fold(Trend::Still, |trend, part| trend.join(self.node(*part)))
        };
        match self.graph.node(id) {
            Node::Const(_) | Node::Manual(_) => Trend::Still,
            Node::Atom(atom) => self.atom(*atom),
            Node::Not(inner) => self.node(*inner).turned(),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => all(parts),
            Node::Choose(a, b, c) => match all(&[*a, *b, *c]) {
                Trend::Still => Trend::Still,
                _ => Trend::Other,
            },
        }
    }

    fn atom(&self, id: AtomId) -> Trend {
        match self.graph.atom(id) {
            Atom::Compare(op, left, right) => self.compare(*op, *left, *right),
            Atom::Holds(..) | Atom::Had(..) | Atom::Exists(..) | Atom::All(..) => Trend::Other,
            atom if atom.fields().all(|field| self.stays(field)) => Trend::Still,
            _ => Trend::Other,
        }
    }

    fn compare(&self, op: Op, left: NumId, right: NumId) -> Trend {
        let (a, b) = (self.num(left), self.num(right));
        if (a, b) == (Trend::Still, Trend::Still) {
            return Trend::Still;
        }
        if !self.small(left) || !self.small(right) {
            return Trend::Other;
        }
        let difference = a.join(b.turned());
        match op {
            Op::Greater | Op::AtLeast => difference,
            Op::Less | Op::AtMost => difference.turned(),
            Op::Equal | Op::NotEqual => Trend::Other,
        }
    }

    /// Whether a stored value is the same on all days.
    fn stays(&self, field: FieldRef) -> bool {
        let (first, last) = (self.days.on(0), self.days.on(self.days.all().last));
        first.is_current(field.field) == last.is_current(field.field)
    }

    fn num(&self, id: NumId) -> Trend {
        let still = |nums: &[NumId]| nums.iter().all(|num| self.num(*num) == Trend::Still);
        let only_still = |nums: &[NumId]| if still(nums) { Trend::Still } else { Trend::Other };
        match self.graph.num(id) {
            Num::Literal(..) | Num::Since(_) | Num::Until(_) => Trend::Still,
            Num::AsOf => Trend::Rising,
            Num::Field(field) | Num::Decimal(field) if self.stays(*field) => Trend::Still,
            Num::Param { region, .. }
                if self.stays(*region) && self.days.values(self.days.all()).count() == 1 =>
            {
                Trend::Still
            }
            Num::Add(a, b) => self.num(*a).join(self.num(*b)),
            Num::Sub(a, b) => self.num(*a).join(self.num(*b).turned()),
            Num::Years(date) | Num::Months(date) if still(&[*date]) => Trend::Rising,
            Num::Year(date) if matches!(self.graph.num(*date), Num::AsOf) => Trend::Rising,
            Num::Year(inner) | Num::Month(inner) | Num::Floor(inner) => only_still(&[*inner]),
            Num::Mul(a, b)
            | Num::Div(a, b)
            | Num::Min(a, b)
            | Num::Max(a, b)
            | Num::AddMonths(a, b) => only_still(&[*a, *b]),
            Num::Choose(condition, a, b) if self.node(*condition) == Trend::Still => {
                only_still(&[*a, *b])
            }
            _ => Trend::Other,
        }
    }

    /// Whether a number is a day, a length of time or a small literal, and so
    /// is known on all days or on none, and never overflows.
    fn small(&self, id: NumId) -> bool {
        match self.graph.num(id) {
            Num::Literal(num, den) => num.abs() < SMALL && *den < SMALL,
            Num::AsOf | Num::Since(_) | Num::Until(_) => true,
            Num::Field(field) => {
                let catalogue = &self.days.on(0).reference.catalogue;
                catalogue.by_id(field.field).kind == FieldType::Date
            }
            Num::Years(_) | Num::Months(_) | Num::Year(_) | Num::Month(_) | Num::AddMonths(..) => {
                true
            }
            Num::Add(a, b) | Num::Sub(a, b) => {
                let whole = |num: NumId| !matches!(self.graph.num(num), Num::Literal(_, 2..));
                whole(*a) && whole(*b) && self.small(*a) && self.small(*b)
            }
            _ => false,
        }
    }
}

/// Every field that a node reads, those of members included.
pub(super) fn fields(graph: &Graph, node: NodeId, found: &mut FxHashSet<FieldId>) {
    match graph.node(node) {
        Node::Const(_) | Node::Manual(_) => {}
        Node::Atom(atom) => match graph.atom(*atom) {
            Atom::Compare(_, left, right) => {
                fields_of_num(graph, *left, found);
                fields_of_num(graph, *right, found);
            }
            Atom::Exists(_, body) | Atom::All(_, body) => fields(graph, *body, found),
            atom => found.extend(atom.fields().map(|field| field.field)),
        },
        Node::Not(inner) => fields(graph, *inner, found),
        Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
            parts.iter().for_each(|part| fields(graph, *part, found));
        }
        Node::Choose(a, b, c) => [a, b, c].into_iter().for_each(|part| fields(graph, *part, found)),
    }
}

fn fields_of_num(graph: &Graph, num: NumId, found: &mut FxHashSet<FieldId>) {
    match graph.num(num) {
        Num::Literal(..) | Num::AsOf | Num::Since(_) | Num::Until(_) => {}
        Num::Field(field)
        | Num::Decimal(field)
        | Num::Param { region: field, .. }
        | Num::CountFacts(field, ..)
        | Num::SumFacts(field, ..) => {
            found.insert(field.field);
        }
        Num::Add(a, b)
        | Num::Sub(a, b)
        | Num::Mul(a, b)
        | Num::Div(a, b)
        | Num::Min(a, b)
        | Num::Max(a, b)
        | Num::AddMonths(a, b) => {
            fields_of_num(graph, *a, found);
            fields_of_num(graph, *b, found);
        }
        Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
            fields_of_num(graph, *a, found);
        }
        Num::Choose(condition, a, b) => {
            fields(graph, *condition, found);
            fields_of_num(graph, *a, found);
            fields_of_num(graph, *b, found);
        }
        Num::CountMembers(_, body) => {
            if let Some(body) = body {
                fields(graph, *body, found);
            }
        }
    }
}
