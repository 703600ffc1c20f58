//! What nodes and numbers are made of, members' conditions included.

use std::collections::BTreeSet;

use crate::rules::ir::{Atom, AtomId, Graph, Node, NodeId, Num, NumId};

/// Shows every number within some.
pub(crate) fn visit(graph: &Graph, nums: &[NumId], see: &mut dyn FnMut(&Num)) {
    let mut stack = nums.to_vec();
    while let Some(id) = stack.pop() {
        let num = graph.num(id);
        see(num);
        match num {
            Num::Add(a, b)
            | Num::Sub(a, b)
            | Num::Mul(a, b)
            | Num::Div(a, b)
            | Num::Min(a, b)
            | Num::Max(a, b)
            | Num::AddMonths(a, b)
            | Num::Choose(_, a, b) => stack.extend([*a, *b]),
            Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
                stack.push(*a);
            }
            Num::Field(_)
            | Num::Decimal(_)
            | Num::Literal(..)
            | Num::AsOf
            | Num::Param { .. }
            | Num::CountFacts(..)
            | Num::SumFacts(..)
            | Num::CountMembers(..)
            | Num::Since(_)
            | Num::Until(_) => {}
        }
    }
}

/// Every atom below some nodes, those about members included.
#[must_use]
pub(crate) fn all_atoms(graph: &Graph, nodes: &[NodeId]) -> Vec<AtomId> {
    let mut seen = BTreeSet::new();
    let mut atoms = BTreeSet::new();
    let mut stack = nodes.to_vec();
    while let Some(node) = stack.pop() {
        if !seen.insert(node) {
            continue;
        }
        match graph.node(node) {
            Node::Const(_) | Node::Manual(_) => {}
            Node::Not(inner) => stack.push(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                stack.extend(parts.iter().copied());
            }
            Node::Choose(a, b, c) => stack.extend([*a, *b, *c]),
            Node::Atom(atom) => {
                atoms.insert(*atom);
                match graph.atom(*atom) {
                    Atom::Exists(_, body) | Atom::All(_, body) => stack.push(*body),
                    Atom::Compare(_, left, right) => {
                        visit(graph, &[*left, *right], &mut |num| match num {
                            Num::Choose(condition, ..) => stack.push(*condition),
                            Num::CountMembers(_, Some(filter)) => stack.push(*filter),
                            _ => {}
                        });
                    }
                    _ => {}
                }
            }
        }
    }
    atoms.into_iter().collect()
}

/// The two sides of every comparison below some nodes.
#[must_use]
pub(crate) fn sides_below(graph: &Graph, nodes: &[NodeId]) -> Vec<NumId> {
    let sides = |atom: AtomId| match graph.atom(atom) {
        Atom::Compare(_, left, right) => vec![*left, *right],
        _ => Vec::new(),
    };
    all_atoms(graph, nodes).into_iter().flat_map(sides).collect()
}
