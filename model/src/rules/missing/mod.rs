//! Which data are missing: the fewest items for which some values would make a
//! node true. Also the small solver behind it, which the linter uses to find
//! conditions that can never be met or never fail.
//!
//! The search is exact over the candidate values (every threshold of the rule
//! and its neighbours, one code per class that the rule can tell apart); where
//! it runs out of budget it answers from the logic of the rule alone.
//!
//! Here: the question about one node for one dossier. In reading order:
//! [`reads`] walks what a node reads; [`item`] names what is unknown about it;
//! [`fewest`] goes through sets of items, smallest first; [`search`] looks for
//! values of a set, among those of [`candidates`] and [`places`].

mod candidates;
mod fewest;
mod item;
mod places;
mod reads;
mod search;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    catalogue::RelationId,
    domain::{Number, Tri},
    rules::{
        ir::{Atom, AtomId, FieldRef, NodeId, NumId},
        scalar::{At, Scalar},
    },
};

pub(crate) use self::reads::visit_nums;
pub use self::{
    item::Item,
    reads::{atoms_below, fields_below, relations_below},
    search::Found,
};

/// Something a what-if question may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Variable {
    Field(FieldRef),
    Atom(AtomId),
    Num(NumId),
}

/// Sets of items, by position, of which any one lets an atom be true, or false.
#[derive(Debug, Default)]
struct Waits {
    yes: Vec<Vec<usize>>,
    no: Vec<Vec<usize>>,
}

/// A question about one node for one dossier.
#[derive(Debug)]
pub struct Question<'a> {
    scalar: Scalar<'a>,
    at: At<'a>,
    node: NodeId,
    /// The relation whose member the question is about, if it is about one.
    members: Option<RelationId>,
    /// Unknown items with the variables that stand for them.
    items: Vec<(Item, Vec<Variable>)>,
    /// Unknown atoms with the items they wait for.
    waiting: FxHashMap<AtomId, Waits>,
    /// Unknown atoms with the variables they depend on.
    depends: FxHashMap<AtomId, Vec<Variable>>,
    /// Known atoms.
    known: FxHashMap<AtomId, Tri>,
    atoms: Arc<[AtomId]>,
}

impl<'a> Question<'a> {
    /// Looks at every atom below the node.
    #[must_use]
    pub fn new(scalar: Scalar<'a>, at: At<'a>, node: NodeId) -> Question<'a> {
        let atoms = atoms_below(&scalar, node).into();
        Question::about(scalar, at, node, atoms)
    }

    /// [`Question::new`] with the atoms below the node already at hand.
    #[must_use]
    pub fn about(
        scalar: Scalar<'a>,
        at: At<'a>,
        node: NodeId,
        atoms: Arc<[AtomId]>,
    ) -> Question<'a> {
        Question::ask(scalar, at, node, None, atoms)
    }

    /// [`Question::new`] about the body of a question about members, for one of them.
    fn of_member(
        scalar: Scalar<'a>,
        at: At<'a>,
        relation: RelationId,
        body: NodeId,
    ) -> Question<'a> {
        let atoms = atoms_below(&scalar, body).into();
        Question::ask(scalar, at, body, Some(relation), atoms)
    }

    fn ask(
        scalar: Scalar<'a>,
        at: At<'a>,
        node: NodeId,
        members: Option<RelationId>,
        atoms: Arc<[AtomId]>,
    ) -> Question<'a> {
        let mut question = Question {
            scalar,
            at,
            node,
            members,
            items: Vec::new(),
            waiting: FxHashMap::default(),
            depends: FxHashMap::default(),
            known: FxHashMap::default(),
            atoms,
        };
        for &atom in Arc::clone(&question.atoms).iter() {
            match scalar.atom(atom, &at) {
                Tri::Unknown => question.wait(atom),
                decided => {
                    question.known.insert(atom, decided);
                }
            }
        }
        question
    }

    /// Notes the items an undecided atom waits for.
    fn wait(&mut self, atom: AtomId) {
        if let Some(ways) = item::ways_of_atom(&self.scalar, &self.at, atom) {
            let variable = Variable::Atom(atom);
            self.depends.insert(atom, vec![variable]);
            let [yes, no] = [ways.yes, ways.no].map(|sets| {
                let positions = |set: Vec<Item>| {
                    set.into_iter().map(|item| self.item(item, variable)).collect()
                };
                sets.into_iter().map(positions).collect()
            });
            self.waiting.insert(atom, Waits { yes, no });
            return;
        }
        let found = item::items_of_atom(&self.scalar, &self.at, self.members, atom);
        self.depends.insert(atom, found.iter().map(|(_, variable)| *variable).collect());
        let mut all = Vec::new();
        for (item, variable) in found {
            let position = self.item(item, variable);
            if !all.contains(&position) {
                all.push(position);
            }
        }
        let sets = if all.is_empty() { Vec::new() } else { vec![all] };
        self.waiting.insert(atom, Waits { yes: sets.clone(), no: sets });
    }

    /// The position of an item that a variable stands for.
    fn item(&mut self, item: Item, variable: Variable) -> usize {
        let position = match self.items.iter().position(|(known, _)| *known == item) {
            Some(position) => position,
            None => {
                self.items.push((item, Vec::new()));
                self.items.len() - 1
            }
        };
        if !self.items[position].1.contains(&variable) {
            self.items[position].1.push(variable);
        }
        position
    }

    /// A fingerprint of everything the answer depends on: the truth of every
    /// atom, and of those that are open what they wait for and the values that
    /// are known about them. Equal prints of one node have equal answers.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut print = Vec::with_capacity(2 * self.atoms.len());
        for atom in self.atoms.iter() {
            print.push(self.known.get(atom).map_or(2, |value| u8::from(*value == Tri::True)));
            if let Some(waits) = self.waiting.get(atom) {
                self.print_waits(waits, &mut print);
                self.print_values(*atom, &mut print);
            }
        }
        print
    }

    fn print_waits(&self, waits: &Waits, print: &mut Vec<u8>) {
        for sets in [&waits.yes, &waits.no] {
            for set in sets {
                for item in set {
                    print.extend(self.items[*item].0.bytes());
                    print.push(b',');
                }
                print.push(b';');
            }
            print.push(b'.');
        }
    }

    /// What is known about an open atom: numbers beside unknown ones, and a
    /// value too vague to decide.
    fn print_values(&self, atom: AtomId, print: &mut Vec<u8>) {
        let graph = &self.scalar.dated.program.graph;
        let mut number = |value: Option<Number>| match value {
            Some(value) => {
                print.push(1);
                print.extend(value.num().to_le_bytes());
                print.extend(value.den().to_le_bytes());
            }
            None => print.push(0),
        };
        match graph.atom(atom) {
            Atom::Compare(_, left, right) => {
                for num in [*left, *right] {
                    visit_nums(&self.scalar, num, &mut |id, num| {
                        if reads::is_leaf(num) {
                            number(self.scalar.num(id, &self.at));
                        }
                    });
                }
            }
            Atom::Code(field, ..) | Atom::Within(field, _) | Atom::Industry(field, _) => {
                let value = item::position(&self.at, *field);
                number(value.map(|value| Number::whole(i64::from(value))));
            }
            _ => {}
        }
    }

    /// Values of the unknown items that give the node the wanted truth.
    #[must_use]
    pub fn witness(&self, wanted: Tri) -> Found {
        let all: Vec<usize> = (0..self.items.len()).collect();
        self.solve(&all, wanted)
    }

    /// Every unknown item, by name.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        let mut names: Vec<Item> = self.items.iter().map(|(item, _)| item.clone()).collect();
        names.sort();
        names
    }
}
