//! What an expression reads besides the columns of the subject: counted
//! members, and the unit of the policy.

use rustc_hash::FxHashSet;

use super::printer::Counted;
use crate::rules::ir::{Atom, FieldRef, Graph, Node, NodeId, Num, NumId, Scope};

/// What was found under some nodes.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Counted members, those inside a body before those around it.
    pub(super) counted: Vec<Counted>,
    /// Whether something of the unit is read.
    pub(super) unit: bool,
    nodes: FxHashSet<NodeId>,
    nums: FxHashSet<NumId>,
}

impl Reads {
    pub(super) fn of(graph: &Graph, nodes: impl IntoIterator<Item = NodeId>) -> Reads {
        let mut reads = Reads::default();
        for node in nodes {
            reads.node(graph, node);
        }
        reads
    }

    fn node(&mut self, graph: &Graph, id: NodeId) {
        if !self.nodes.insert(id) {
            return;
        }
        match graph.node(id) {
            Node::Const(_) | Node::Manual(_) => {}
            Node::Atom(atom) => self.atom(graph, graph.atom(*atom)),
            Node::Not(inner) => self.node(graph, *inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                for part in parts {
                    self.node(graph, *part);
                }
            }
            Node::Choose(a, b, c) => {
                for part in [a, b, c] {
                    self.node(graph, *part);
                }
            }
        }
    }

    fn atom(&mut self, graph: &Graph, atom: &Atom) {
        match atom {
            Atom::Compare(_, left, right) => {
                self.num(graph, *left);
                self.num(graph, *right);
            }
            Atom::Exists(relation, body) | Atom::All(relation, body) => {
                self.members(graph, (*relation, Some(*body)));
            }
            atom => atom.fields().for_each(|field| self.field(field)),
        }
    }

    fn num(&mut self, graph: &Graph, id: NumId) {
        if !self.nums.insert(id) {
            return;
        }
        match graph.num(id) {
            Num::Literal(..) | Num::AsOf => {}
            Num::Field(field)
            | Num::Decimal(field)
            | Num::Param { region: field, .. }
            | Num::CountFacts(field, ..)
            | Num::SumFacts(field, ..) => self.field(*field),
            Num::Add(a, b)
            | Num::Sub(a, b)
            | Num::Mul(a, b)
            | Num::Div(a, b)
            | Num::Min(a, b)
            | Num::Max(a, b)
            | Num::AddMonths(a, b) => {
                self.num(graph, *a);
                self.num(graph, *b);
            }
            Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
                self.num(graph, *a);
            }
            Num::Choose(condition, a, b) => {
                self.node(graph, *condition);
                self.num(graph, *a);
                self.num(graph, *b);
            }
            Num::CountMembers(relation, filter) => self.members(graph, (*relation, *filter)),
            Num::Since(scope) | Num::Until(scope) => self.unit |= *scope == Scope::Unit,
        }
    }

    fn field(&mut self, field: FieldRef) {
        self.unit |= field.scope == Scope::Unit;
    }

    fn members(&mut self, graph: &Graph, counted: Counted) {
        if let Some(body) = counted.1 {
            self.node(graph, body);
        }
        if !self.counted.contains(&counted) {
            self.counted.push(counted);
        }
    }
}
