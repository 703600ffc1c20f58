//! What a node reads: its atoms, numbers, fields and relations, each once.

use std::collections::BTreeSet;

use crate::{
    catalogue::RelationId,
    rules::{
        ir::{Atom, AtomId, FieldRef, Node, NodeId, Num, NumId},
        scalar::Scalar,
    },
};

/// Atoms below a node, each once.
#[must_use]
pub fn atoms_below(scalar: &Scalar<'_>, node: NodeId) -> Vec<AtomId> {
    let graph = &scalar.dated.program.graph;
    let (mut atoms, mut seen, mut stack) = (BTreeSet::new(), BTreeSet::new(), vec![node]);
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        match graph.node(id) {
            Node::Const(_) | Node::Manual(_) => {}
            Node::Atom(atom) => {
                atoms.insert(*atom);
                numbers_of(graph.atom(*atom)).into_iter().for_each(|num| {
                    choices_below(scalar, num, &mut stack);
                });
            }
            Node::Not(inner) => stack.push(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                stack.extend(parts.iter().copied());
            }
            Node::Choose(a, b, c) => stack.extend([*a, *b, *c]),
        }
    }
    atoms.into_iter().collect()
}

/// Relations that a node reads.
#[must_use]
pub fn relations_below(scalar: &Scalar<'_>, node: NodeId) -> BTreeSet<RelationId> {
    let mut relations = BTreeSet::new();
    for atom in atoms_below(scalar, node) {
        match scalar.dated.program.graph.atom(atom) {
            Atom::Exists(relation, _) | Atom::All(relation, _) => {
                relations.insert(*relation);
            }
            atom => {
                for num in numbers_of(atom) {
                    visit_nums(scalar, num, &mut |_, num| {
                        if let Num::CountMembers(relation, _) = num {
                            relations.insert(*relation);
                        }
                    });
                }
            }
        }
    }
    relations
}

/// Fields that a node reads, not counting those of members.
#[must_use]
pub fn fields_below(scalar: &Scalar<'_>, body: NodeId) -> BTreeSet<FieldRef> {
    let mut fields = BTreeSet::new();
    for atom in atoms_below(scalar, body) {
        match scalar.dated.program.graph.atom(atom) {
            Atom::Compare(_, left, right) => {
                for num in [*left, *right] {
                    visit_nums(scalar, num, &mut |_, num| match num {
                        Num::Field(field)
                        | Num::Decimal(field)
                        | Num::Param { region: field, .. }
                        | Num::CountFacts(field, ..)
                        | Num::SumFacts(field, ..) => {
                            fields.insert(*field);
                        }
                        _ => {}
                    });
                }
            }
            atom => fields.extend(atom.fields()),
        }
    }
    fields
}

fn choices_below(scalar: &Scalar<'_>, num: NumId, stack: &mut Vec<NodeId>) {
    visit_nums(scalar, num, &mut |_, num| {
        if let Num::Choose(condition, ..) = num {
            stack.push(*condition);
        }
    });
}

/// Whether a number is read from the dossier or a table, not made of others.
pub(super) fn is_leaf(num: &Num) -> bool {
    matches!(
        num,
        Num::Field(_)
            | Num::Decimal(_)
            | Num::Param { .. }
            | Num::CountFacts(..)
            | Num::SumFacts(..)
            | Num::CountMembers(..)
            | Num::Since(_)
            | Num::Until(_)
    )
}

/// The two numbers a comparison is between; none for other atoms.
pub(super) fn numbers_of(atom: &Atom) -> Vec<NumId> {
    match atom {
        Atom::Compare(_, left, right) => vec![*left, *right],
        _ => Vec::new(),
    }
}

/// Shows a number and every number within it, the outer one first.
pub(crate) fn visit_nums(scalar: &Scalar<'_>, id: NumId, visit: &mut dyn FnMut(NumId, &Num)) {
    let num = scalar.dated.program.graph.num(id);
    visit(id, num);
    match num {
        Num::Add(a, b)
        | Num::Sub(a, b)
        | Num::Mul(a, b)
        | Num::Div(a, b)
        | Num::Min(a, b)
        | Num::Max(a, b)
        | Num::AddMonths(a, b)
        | Num::Choose(_, a, b) => {
            visit_nums(scalar, *a, visit);
            visit_nums(scalar, *b, visit);
        }
        Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
            visit_nums(scalar, *a, visit);
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
