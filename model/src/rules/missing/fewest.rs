//! The fewest items: which sets of unknown items the logic of the rule lets
//! suffice, smallest first, until the search finds values for one.

use crate::{
    domain::Tri,
    rules::{
        ir::{AtomId, Node, NodeId},
        missing::{Item, Question, search::Found},
    },
};

impl Question<'_> {
    /// The fewest items for which some values make the node true, by name;
    /// `None` where no values would.
    #[must_use]
    pub fn fewest(&self) -> Option<Vec<Item>> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by(|a, b| self.items[*a].0.cmp(&self.items[*b].0));
        if !self.could_be(&order, true) {
            return None;
        }
        let needed: Vec<usize> = order
            .iter()
            .copied()
            .filter(|item| {
                let others: Vec<usize> =
                    order.iter().copied().filter(|other| other != item).collect();
                !self.could_be(&others, true)
            })
            .collect();
        let free: Vec<usize> =
            order.iter().copied().filter(|item| !needed.contains(item)).collect();
        let mut fallback = None;
        for extra in 0..=free.len().min(4) {
            for chosen in combinations(&free, extra) {
                let mut set = needed.clone();
                set.extend(chosen);
                set.sort_by(|a, b| self.items[*a].0.cmp(&self.items[*b].0));
                if !self.could_be(&set, true) {
                    continue;
                }
                match self.solve(&set, Tri::True) {
                    Found::Yes(_) => return Some(self.names(&set)),
                    Found::OutOfBudget => {
                        fallback.get_or_insert(set);
                    }
                    Found::No => {}
                }
            }
            if fallback.is_some() {
                break;
            }
        }
        match fallback {
            Some(set) => Some(self.names(&set)),
            None => matches!(self.solve(&order, Tri::True), Found::Yes(_) | Found::OutOfBudget)
                .then(|| self.names(&order)),
        }
    }

    fn names(&self, set: &[usize]) -> Vec<Item> {
        set.iter().map(|item| self.items[*item].0.clone()).collect()
    }

    /// Whether the logic alone lets the node be true (or false) once these
    /// items are known and every atom on them can be either.
    fn could_be(&self, items: &[usize], truth: bool) -> bool {
        let (can_true, can_false) = self.reach(self.node, items);
        if truth { can_true } else { can_false }
    }

    /// Whether an undecided atom can be true, and false, once these items are known.
    pub(super) fn settled(&self, atom: AtomId, items: &[usize]) -> (bool, bool) {
        let Some(waits) = self.waiting.get(&atom) else { return (false, false) };
        let given = |set: &Vec<usize>| set.iter().all(|item| items.contains(item));
        (waits.yes.iter().any(given), waits.no.iter().any(given))
    }

    fn reach(&self, node: NodeId, items: &[usize]) -> (bool, bool) {
        match self.scalar.dated.program.graph.node(node) {
            Node::Const(value) => (*value == Tri::True, *value == Tri::False),
            Node::Manual(_) => (true, false),
            Node::Atom(atom) => match self.known.get(atom) {
                Some(value) => (*value == Tri::True, *value == Tri::False),
                None => self.settled(*atom, items),
            },
            Node::Not(inner) => {
                let (can_true, can_false) = self.reach(*inner, items);
                (can_false, can_true)
            }
            Node::And(parts) => {
                let reached: Vec<_> = parts.iter().map(|part| self.reach(*part, items)).collect();
                (reached.iter().all(|part| part.0), reached.iter().any(|part| part.1))
            }
            Node::Or(parts) => {
                let reached: Vec<_> = parts.iter().map(|part| self.reach(*part, items)).collect();
                (reached.iter().any(|part| part.0), reached.iter().all(|part| part.1))
            }
            Node::Choose(condition, then, otherwise) => {
                let (yes, no) = self.reach(*condition, items);
                let (a, b) = (self.reach(*then, items), self.reach(*otherwise, items));
                (
                    (yes && a.0) || (no && b.0) || (a.0 && b.0),
                    (yes && a.1) || (no && b.1) || (a.1 && b.1),
                )
            }
            Node::AtLeast(count, parts) => {
                let reached: Vec<_> = parts.iter().map(|part| self.reach(*part, items)).collect();
                let can = reached.iter().filter(|part| part.0).count();
                let cannot = reached.iter().filter(|part| part.1).count();
                (can >= *count, parts.len() - cannot < *count)
            }
        }
    }
}

/// Every choice of `count` from `items`, in order.
fn combinations(items: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (position, item) in items.iter().enumerate() {
        for mut rest in combinations(items.get(position + 1..).unwrap_or_default(), count - 1) {
            rest.insert(0, *item);
            all.push(rest);
        }
    }
    all
}
