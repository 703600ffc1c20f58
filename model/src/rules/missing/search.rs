//! The search over worlds: values of the variables, depth first, for which
//! nodes get the wanted truth. A question that falls apart is solved in parts.

use std::collections::BTreeSet;

use crate::{
    domain::Tri,
    rules::{
        ir::{Node, NodeId},
        missing::{Question, Variable, candidates::Choice, reads::atoms_below},
        scalar::{Manual, Scalar, Suppose},
    },
};

/// How many evaluations one question may cost.
const BUDGET: usize = 4_000;

/// What a search for values came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These values do it.
    Yes(Box<Suppose>),
    /// None of the candidates does.
    No,
    /// The budget ran out first.
    OutOfBudget,
}

impl Question<'_> {
    /// Values of these items that give the node the wanted truth.
    pub(super) fn solve(&self, items: &[usize], wanted: Tri) -> Found {
        let mut variables: Vec<Variable> =
            items.iter().flat_map(|item| self.items[*item].1.iter().copied()).collect();
        variables.sort_unstable();
        variables.dedup();
        // An atom that waits for more than these items stays open.
        variables.retain(|variable| match variable {
            Variable::Atom(atom) => self.settled(*atom, items) != (false, false),
            Variable::Field(_) | Variable::Num(_) => true,
        });
        self.decide(self.node, wanted, &variables)
    }

    /// Splits the question where it falls apart: parts of a conjunction that
    /// share no variable are solved for themselves, of a disjunction one is enough.
    fn decide(&self, node: NodeId, wanted: Tri, variables: &[Variable]) -> Found {
        let parts = match (self.scalar.dated.program.graph.node(node), wanted) {
            (Node::Not(inner), _) => return self.decide(*inner, !wanted, variables),
            (Node::And(parts), Tri::True) | (Node::Or(parts), Tri::False) => {
                return self.decide_all(parts, wanted, variables);
            }
            (Node::Or(parts), Tri::True) | (Node::And(parts), Tri::False) => parts,
            _ => return self.search(&[node], wanted, variables),
        };
        let mut exhausted = false;
        for part in parts {
            match self.decide(*part, wanted, variables) {
                Found::Yes(suppose) => return Found::Yes(suppose),
                Found::OutOfBudget => exhausted = true,
                Found::No => {}
            }
        }
        if exhausted { Found::OutOfBudget } else { Found::No }
    }

    fn decide_all(&self, parts: &[NodeId], wanted: Tri, variables: &[Variable]) -> Found {
        let mut groups: Vec<(Vec<NodeId>, Vec<Variable>)> = Vec::new();
        for part in parts {
            let mut nodes = vec![*part];
            let mut own = self.variables_of(*part, variables);
            let (joined, apart): (Vec<_>, Vec<_>) = groups
                .into_iter()
                .partition(|(_, other)| other.iter().any(|variable| own.contains(variable)));
            groups = apart;
            for (other_nodes, other) in joined {
                nodes.splice(0..0, other_nodes);
                own.splice(0..0, other);
            }
            let mut seen = BTreeSet::new();
            own.retain(|variable| seen.insert(*variable));
            groups.push((nodes, own));
        }
        let (mut together, mut exhausted) = (Suppose::default(), false);
        for (nodes, own) in groups {
            let found = match nodes.as_slice() {
                [only] if self.parts_of(*only) => self.decide(*only, wanted, &own),
                _ => self.search(&nodes, wanted, &own),
            };
            match found {
                Found::Yes(suppose) => {
                    together.fields.extend(suppose.fields);
                    together.atoms.extend(suppose.atoms);
                    together.nums.extend(suppose.nums);
                }
                Found::No => return Found::No,
                Found::OutOfBudget => exhausted = true,
            }
        }
        if exhausted { Found::OutOfBudget } else { Found::Yes(Box::new(together)) }
    }

    fn parts_of(&self, node: NodeId) -> bool {
        matches!(
            self.scalar.dated.program.graph.node(node),
            Node::And(_) | Node::Or(_) | Node::Not(_)
        )
    }

    /// The variables below a node, in the order in which its atoms name them.
    fn variables_of(&self, node: NodeId, variables: &[Variable]) -> Vec<Variable> {
        let mut own = Vec::new();
        for atom in atoms_below(&self.scalar, node) {
            for variable in self.depends.get(&atom).into_iter().flatten() {
                if variables.contains(variable) && !own.contains(variable) {
                    own.push(*variable);
                }
            }
        }
        own
    }

    fn search(&self, targets: &[NodeId], wanted: Tri, variables: &[Variable]) -> Found {
        let mut own: Vec<Variable> = Vec::new();
        for target in targets {
            for variable in self.variables_of(*target, variables) {
                if !own.contains(&variable) {
                    own.push(variable);
                }
            }
        }
        let choices: Vec<(Variable, Vec<Choice>)> =
            own.into_iter().map(|variable| (variable, self.candidates(variable))).collect();
        let mut search =
            Search { question: self, targets, choices: &choices, wanted, left: BUDGET };
        let mut suppose = Suppose::default();
        match search.step(0, &mut suppose) {
            Some(true) => Found::Yes(Box::new(suppose)),
            Some(false) => Found::No,
            None => Found::OutOfBudget,
        }
    }
}

struct Search<'q, 'a> {
    question: &'q Question<'a>,
    targets: &'q [NodeId],
    choices: &'q [(Variable, Vec<Choice>)],
    wanted: Tri,
    left: usize,
}

impl Search<'_, '_> {
    /// Depth first; a decided node prunes. `None` when the budget is spent.
    fn step(&mut self, depth: usize, suppose: &mut Suppose) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        let question = self.question;
        let scalar = Scalar { suppose: Some(suppose), ..question.scalar };
        let mut decided = true;
        for target in self.targets {
            match scalar.node(*target, &question.at, Manual::Met) {
                value if value == self.wanted => {}
                Tri::Unknown => decided = false,
                _ => return Some(false),
            }
        }
        if decided {
            return Some(true);
        }
        let Some((variable, choices)) = self.choices.get(depth) else { return Some(false) };
        for choice in choices {
            set(suppose, *variable, choice);
            match self.step(depth + 1, suppose) {
                Some(false) => {}
                other => return other,
            }
        }
        unset(suppose, *variable);
        Some(false)
    }
}

fn set(suppose: &mut Suppose, variable: Variable, choice: &Choice) {
    match (variable, choice) {
        (Variable::Field(field), Choice::Value(cell)) => {
            suppose.fields.insert(field, cell.clone());
        }
        (Variable::Atom(atom), Choice::Truth(truth)) => {
            suppose.atoms.insert(atom, *truth);
        }
        (Variable::Num(num), Choice::Count(count)) => {
            suppose.nums.insert(num, *count);
        }
        _ => {}
    }
}

fn unset(suppose: &mut Suppose, variable: Variable) {
    match variable {
        Variable::Field(field) => drop(suppose.fields.remove(&field)),
        Variable::Atom(atom) => drop(suppose.atoms.remove(&atom)),
        Variable::Num(num) => drop(suppose.nums.remove(&num)),
    }
}
