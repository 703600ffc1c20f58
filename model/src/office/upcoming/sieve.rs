//! Who can change at all: before anybody is walked through the days, the
//! columnar engine leaves out the rows that a part of the rule rules out from
//! the first day to the last, and, where nothing but ages and deadlines
//! moves, the rows whose ages and deadlines pass no threshold.

use crate::{
    domain::SubjectKind,
    frame::World,
    rules::{
        columnar::{
            Rows, Verdicts,
            bits::Bits,
            block::Block,
            prepare::{Plan, Prepared},
        },
        ir::{Graph, Node, NodeId},
        program::Policy,
    },
};

use super::{
    days::Days,
    trend::{Trend, Trends},
    walk::Phase,
};

/// Rows for which a part that goes row by row is left to the walk.
const FEW: u64 = 200;

/// A policy of one kind of subject, its parts told apart.
#[derive(Debug)]
pub(super) struct Sorted {
    /// Position in the program.
    pub(super) policy: usize,
    /// Parts of the conjunction that stay, and only read columns.
    still: Vec<NodeId>,
    /// Parts that go one way.
    moving: Vec<(NodeId, Trend)>,
    /// Whether the verdict changes only where a moving part does.
    only_moving: bool,
}

/// The policies of one kind of subject, on the first and the last day.
#[derive(Debug)]
pub(super) struct Sieve<'a> {
    early: Plan<'a>,
    late: Plan<'a>,
    /// The policies that can change for anybody.
    pub(super) policies: Vec<Sorted>,
}

/// Scratch space of one thread.
pub(super) struct Sifting<'s, 'a> {
    early: Block<'s, 'a>,
    late: Block<'s, 'a>,
    all: Bits,
}

impl<'a> Sieve<'a> {
    /// Sorts the parts of policies; `phases` are those of the whole program.
    pub(super) fn new(
        days: &'a Days<'a>,
        world: &'a World,
        kind: SubjectKind,
        chosen: &[usize],
        phases: &[Vec<Phase>],
    ) -> Sieve<'a> {
        let (first, last) = (days.on(0), days.on(days.all().last));
        let program = first.program;
        let trends = Trends::new(days);
        let sorted: Vec<(usize, Vec<(NodeId, Trend)>)> = chosen
            .iter()
            .map(|index| (*index, &program.policies[*index]))
            .filter(|(_, policy)| policy.file.audience == kind)
            .map(|(index, policy)| (index, parts(&program.graph, policy)))
            .map(|(index, parts)| {
                (index, parts.into_iter().map(|part| (part, trends.node(part))).collect())
            })
            .collect();
        let nodes = |wanted: &dyn Fn(Trend) -> bool| -> Vec<NodeId> {
            let parts = sorted.iter().flat_map(|(_, parts)| parts);
            parts.filter(|(_, trend)| wanted(*trend)).map(|(node, _)| *node).collect()
        };
        let early = Plan::new(first, world, kind, &nodes(&|trend| trend != Trend::Other));
        let moving = |trend| matches!(trend, Trend::Rising | Trend::Falling);
        let late = Plan::new(last, world, kind, &nodes(&moving));
        let policies = sorted
            .into_iter()
            .map(|(index, parts)| {
                let steady = phases[index].len() == 1
                    && program.policies[index].unit.is_none()
                    && parts.iter().all(|(_, trend)| *trend != Trend::Other);
                Sorted {
                    policy: index,
                    still: parts
                        .iter()
                        .filter(|(node, trend)| {
                            *trend == Trend::Still && !by_row(&early, &program.graph, *node)
                        })
                        .map(|(node, _)| *node)
                        .collect(),
                    moving: parts.into_iter().filter(|(_, trend)| moving(*trend)).collect(),
                    only_moving: steady,
                }
            })
            .filter(|sorted| !(sorted.only_moving && sorted.moving.is_empty()))
            .filter(|sorted| phases[sorted.policy].iter().any(|phase| phase.window.is_some()))
            .collect();
        Sieve { early, late, policies }
    }

    /// Space for a thread.
    pub(super) fn sifting(&self) -> Sifting<'_, 'a> {
        Sifting { early: Block::new(&self.early), late: Block::new(&self.late), all: Bits::NONE }
    }
}

impl<'a> Sifting<'_, 'a> {
    /// Moves on to other rows.
    pub(super) fn enter(&mut self, rows: Rows<'a>) {
        self.all = Bits::first(rows.length);
        self.early.enter(rows);
        self.late.enter(rows);
    }

    /// The rows whose state may change; none that is left out does.
    pub(super) fn rows(&mut self, sorted: &Sorted) -> Bits {
        let mut rows = self.all;
        for part in &sorted.still {
            let Some(found) = self.early.verdicts(*part) else { return Bits::NONE };
            rows = rows.zip(&possible(&found), |rows, possible| rows & possible);
        }
        if rows.count() <= FEW {
            return rows;
        }
        let mut moved = Bits::NONE;
        for (part, trend) in &sorted.moving {
            let early = self.early.verdicts(*part).unwrap_or_default();
            let late = self.late.verdicts(*part).unwrap_or_default();
            // A rising part is never more than on the last day, a falling one
            // never more than on the first.
            let best = if *trend == Trend::Rising { &late } else { &early };
            rows = rows.zip(&possible(best), |rows, possible| rows & possible);
            moved = moved.zip(&differing(&early, &late), |a, b| a | b);
        }
        if sorted.only_moving { rows.zip(&moved, |rows, moved| rows & moved) } else { rows }
    }
}

fn possible(verdicts: &Verdicts) -> Bits {
    let Verdicts { eligible, likely, unknown } = verdicts;
    eligible.zip(likely, |a, b| a | b).zip(unknown, |a, b| a | b)
}

fn differing(a: &Verdicts, b: &Verdicts) -> Bits {
    let differ = |a: &Bits, b: &Bits| a.zip(b, |a, b| a ^ b);
    let (eligible, likely) = (differ(&a.eligible, &b.eligible), differ(&a.likely, &b.likely));
    eligible.zip(&likely, |a, b| a | b).zip(&differ(&a.unknown, &b.unknown), |a, b| a | b)
}

/// The parts of the conjunction that a policy is.
fn parts(graph: &Graph, policy: &Policy) -> Vec<NodeId> {
    match graph.node(policy.root) {
        Node::And(parts) => parts.clone(),
        _ => vec![policy.root],
    }
}

/// Whether any atom of a node goes row by row.
fn by_row(plan: &Plan<'_>, graph: &Graph, node: NodeId) -> bool {
    match graph.node(node) {
        Node::Const(_) | Node::Manual(_) => false,
        Node::Atom(atom) => matches!(plan.atoms.get(atom.0 as usize), Some(Prepared::ByRow)),
        Node::Not(inner) => by_row(plan, graph, *inner),
        Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
            parts.iter().any(|part| by_row(plan, graph, *part))
        }
        Node::Choose(a, b, c) => [a, b, c].into_iter().any(|part| by_row(plan, graph, *part)),
    }
}
