//! Which data are missing: the fewest items for which some values would make a
//! node true. Also the small solver behind it, which the linter uses to find
//! conditions that can never be met or never fail.
//!
//! The search is exact over the candidate values (every threshold of the rule
//! and its neighbours, one code per class that the rule can tell apart); where
//! it runs out of budget it answers from the logic of the rule alone.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    catalogue::types::FieldType,
    domain::{FEN, Number, Tri},
    rules::{
        dated::{add_months, days_of},
        ir::{Atom, AtomId, FieldRef, Node, NodeId, Num, NumId, Scope},
        scalar::{At, Manual, Member, Scalar, Suppose},
        values::Cell,
    },
};

/// How many evaluations one question may cost.
const BUDGET: usize = 4_000;

/// Something that is not known, by its name in the catalogue: a field
/// (`revenue`, `unit.graduated_on`), a relation (`children`), a field of its
/// members (`children.birth_date`), or a parameter (`param:minimum_wage`).
pub type Item = String;

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

fn choices_below(scalar: &Scalar<'_>, num: NumId, stack: &mut Vec<NodeId>) {
    visit_nums(scalar, num, &mut |_, num| {
        if let Num::Choose(condition, ..) = num {
            stack.push(*condition);
        }
    });
}

fn numbers_of(atom: &Atom) -> Vec<NumId> {
    match atom {
        Atom::Compare(_, left, right) => vec![*left, *right],
        _ => Vec::new(),
    }
}

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

/// Something a what-if question may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Variable {
    Field(FieldRef),
    Atom(AtomId),
    Num(NumId),
}

/// A question about one node for one dossier.
#[derive(Debug)]
pub struct Question<'a> {
    scalar: Scalar<'a>,
    at: At<'a>,
    node: NodeId,
    /// Unknown items with the variables that stand for them.
    items: Vec<(Item, Vec<Variable>)>,
    /// Unknown atoms with the items they wait for.
    waiting: FxHashMap<AtomId, Vec<usize>>,
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
        let mut question = Question {
            scalar,
            at,
            node,
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

    fn wait(&mut self, atom: AtomId) {
        let mut found: Vec<(Item, Variable)> = Vec::new();
        match self.scalar.dated.program.graph.atom(atom) {
            Atom::Compare(_, left, right) => {
                for num in [*left, *right] {
                    let (scalar, at) = (self.scalar, self.at);
                    visit_nums(&scalar, num, &mut |id, num| {
                        found.extend(unknown_number(&scalar, &at, id, num));
                    });
                }
            }
            Atom::Flag(field) | Atom::Code(field, ..) | Atom::Within(field, _) => {
                // A known value can be too vague to decide (a province, a level
                // without rank): a closer one is missing.
                found.push((field_item(&self.scalar, *field), Variable::Field(*field)));
            }
            Atom::Industry(field, _) => {
                let kind = self.scalar.dated.reference.catalogue.by_id(field.field).kind;
                let variable = match kind {
                    FieldType::Industry => Variable::Field(*field),
                    _ => Variable::Atom(atom),
                };
                found.push((field_item(&self.scalar, *field), variable));
            }
            Atom::Has(field, _)
            | Atom::Text(field, ..)
            | Atom::Holds(field, _)
            | Atom::Had(field, ..) => {
                found.push((field_item(&self.scalar, *field), Variable::Atom(atom)));
            }
            Atom::Same(left, right) => {
                let unknown = [*left, *right].into_iter().filter_map(|field| {
                    let (item, _) = self.unknown_field(field)?;
                    Some((item, Variable::Atom(atom)))
                });
                found.extend(unknown.collect::<Vec<_>>());
            }
            Atom::Exists(relation, body) | Atom::All(relation, body) => {
                for item in relation_items(&self.scalar, &self.at, *relation, Some(*body)) {
                    found.push((item, Variable::Atom(atom)));
                }
            }
        }
        let mut waits = Vec::new();
        self.depends.insert(atom, found.iter().map(|(_, variable)| *variable).collect());
        for (item, variable) in found {
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
            if !waits.contains(&position) {
                waits.push(position);
            }
        }
        self.waiting.insert(atom, waits);
    }

    fn unknown_field(&self, field: FieldRef) -> Option<(Item, Variable)> {
        is_unknown(&self.scalar, &self.at, field)
            .then(|| (field_item(&self.scalar, field), Variable::Field(field)))
    }

    /// A fingerprint of everything the answer depends on, where it depends on
    /// the truth of atoms alone; `None` where known values matter too.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Vec<u8>> {
        let mut print = Vec::with_capacity(self.atoms.len());
        for atom in self.atoms.iter() {
            print.push(self.known.get(atom).map_or(2, |value| u8::from(*value == Tri::True)));
            if let Some(waits) = self.waiting.get(atom) {
                if let Atom::Compare(_, left, right) = self.scalar.dated.program.graph.atom(*atom) {
                    let mut fields = 0;
                    for num in [*left, *right] {
                        visit_nums(&self.scalar, num, &mut |_, num| {
                            fields += usize::from(!matches!(num, Num::Literal(..) | Num::AsOf))
                                - usize::from(matches!(
                                    num,
                                    Num::Add(..)
                                        | Num::Sub(..)
                                        | Num::Mul(..)
                                        | Num::Div(..)
                                        | Num::Years(_)
                                        | Num::Months(_)
                                        | Num::Year(_)
                                        | Num::Month(_)
                                        | Num::Min(..)
                                        | Num::Max(..)
                                        | Num::Floor(_)
                                        | Num::AddMonths(..)
                                        | Num::Choose(..)
                                ));
                        });
                    }
                    if fields != waits.len() {
                        return None;
                    }
                }
                for wait in waits {
                    print.extend(self.items[*wait].0.bytes());
                    print.push(b',');
                }
            }
        }
        Some(print)
    }

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

    fn names(&self, set: &[usize]) -> Vec<Item> {
        set.iter().map(|item| self.items[*item].0.clone()).collect()
    }

    /// Whether the logic alone lets the node be true (or false) once these
    /// items are known and every atom on them can be either.
    fn could_be(&self, items: &[usize], truth: bool) -> bool {
        let (can_true, can_false) = self.reach(self.node, items);
        if truth { can_true } else { can_false }
    }

    fn reach(&self, node: NodeId, items: &[usize]) -> (bool, bool) {
        match self.scalar.dated.program.graph.node(node) {
            Node::Const(value) => (*value == Tri::True, *value == Tri::False),
            Node::Manual(_) => (true, false),
            Node::Atom(atom) => match self.known.get(atom) {
                Some(value) => (*value == Tri::True, *value == Tri::False),
                None => {
                    let waits = self.waiting.get(atom).map_or(&[][..], Vec::as_slice);
                    let settled =
                        !waits.is_empty() && waits.iter().all(|item| items.contains(item));
                    (settled, settled)
                }
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

    fn solve(&self, items: &[usize], wanted: Tri) -> Found {
        let mut variables: Vec<Variable> =
            items.iter().flat_map(|item| self.items[*item].1.iter().copied()).collect();
        variables.sort_unstable();
        variables.dedup();
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

    /// Values worth trying for a variable.
    fn candidates(&self, variable: Variable) -> Vec<Choice> {
        match variable {
            Variable::Atom(_) => vec![Choice::Truth(Tri::True), Choice::Truth(Tri::False)],
            Variable::Num(num) => {
                let mut values = vec![0, 1];
                for (atom, constant) in self.constants(&|id, _| id == num) {
                    let _ = atom;
                    values.extend([constant, constant - 1, constant + 1]);
                }
                values.extend(grid());
                unique(values).into_iter().map(Choice::Count).collect()
            }
            Variable::Field(field) => {
                self.field_values(field).into_iter().map(Choice::Value).collect()
            }
        }
    }

    /// Literals and known values in comparisons that mention the number.
    fn constants(&self, mentions: &dyn Fn(NumId, &Num) -> bool) -> Vec<(AtomId, i64)> {
        let mut constants = Vec::new();
        for atom in self.atoms.iter() {
            let numbers = numbers_of(self.scalar.dated.program.graph.atom(*atom));
            let (mut found, mut literals, mut known) = (false, Vec::new(), Vec::new());
            for num in numbers {
                visit_nums(&self.scalar, num, &mut |id, num| {
                    found |= mentions(id, num);
                    if let Num::Literal(num, den) = num {
                        literals.push((*num, *den));
                    } else if let Some(value) = self.scalar.num(id, &self.at) {
                        literals.push((value.num(), value.den()));
                        known.push(value);
                    }
                });
            }
            if !found {
                continue;
            }
            literals.extend(combined(&literals, &known));
            for (num, den) in literals {
                let whole = i64::try_from(num / den);
                let scaled =
                    num.checked_mul(1_000_000).and_then(|num| i64::try_from(num / den).ok());
                constants.extend(whole.ok().map(|value| (*atom, value)));
                if den != 1 {
                    constants.extend(scaled.map(|value| (*atom, value)));
                }
            }
        }
        constants
    }

    fn field_values(&self, field: FieldRef) -> Vec<Cell> {
        let entry = self.scalar.dated.reference.catalogue.by_id(field.field);
        match entry.kind {
            FieldType::Bool => vec![Cell::Bool(true), Cell::Bool(false)],
            FieldType::Code => self.code_classes(field).into_iter().map(Cell::Code).collect(),
            FieldType::Region | FieldType::Industry => {
                self.place_classes(field).into_iter().map(Cell::Place).collect()
            }
            FieldType::Date => self.days(field).into_iter().map(Cell::Date).collect(),
            FieldType::Int | FieldType::Money | FieldType::Decimal => {
                let decimal = entry.kind == FieldType::Decimal;
                let mut values = Vec::new();
                for (_, constant) in self.constants(&|_, num| mentions_field(num, field)) {
                    values.extend([constant, constant - 1, constant + 1]);
                    if decimal {
                        let scaled = constant.saturating_mul(1_000_000);
                        values.extend([scaled, scaled - 1, scaled + 1]);
                    }
                }
                values.extend(grid());
                let (low, high) = (entry.min.unwrap_or(i64::MIN), entry.max.unwrap_or(i64::MAX));
                let fits = |value: &i64| (low..=high).contains(value);
                unique(values).into_iter().filter(fits).map(Cell::Int).collect()
            }
            FieldType::Text | FieldType::Set | FieldType::Facts => Vec::new(),
        }
    }

    /// One code of every class that the rule can tell apart.
    fn code_classes(&self, field: FieldRef) -> Vec<u8> {
        let catalogue = &self.scalar.dated.reference.catalogue;
        let length = catalogue.by_id(field.field).codes.as_ref().map_or(0, |list| list.len());
        let graph = &self.scalar.dated.program.graph;
        let masks: Vec<_> = self
            .atoms
            .iter()
            .filter_map(|atom| match graph.atom(*atom) {
                Atom::Code(of, yes, open) if *of == field => Some((yes, open)),
                _ => None,
            })
            .collect();
        let mut seen = BTreeSet::new();
        (0..length)
            .filter_map(|code| u8::try_from(code).ok())
            .filter(|code| {
                let class: Vec<_> = masks
                    .iter()
                    .map(|(yes, open)| (yes.contains(*code), open.contains(*code)))
                    .collect();
                seen.insert(class)
            })
            .collect()
    }

    /// Regions the rule names, those its parameters are set for, and the provinces.
    fn regions_of(&self, field: FieldRef) -> Vec<u16> {
        let reference = self.scalar.dated.reference;
        let regions = &reference.regions;
        let mut codes = Vec::new();
        for atom in self.atoms.iter() {
            match self.scalar.dated.program.graph.atom(*atom) {
                Atom::Within(of, outer) if *of == field => codes.extend(regions.code(*outer)),
                atom => {
                    for num in numbers_of(atom) {
                        visit_nums(&self.scalar, num, &mut |_, num| {
                            if let Num::Param { name, region, .. } = num
                                && *region == field
                            {
                                let as_of = self.scalar.dated.as_of;
                                let set = reference.parameters.in_force(name, as_of);
                                codes.extend(set.into_iter().map(|(code, _)| code));
                            }
                        });
                    }
                }
            }
        }
        codes.extend(regions.children(crate::domain::RegionCode::NATION));
        codes.into_iter().filter_map(|code| regions.index(code)).collect()
    }

    /// Both ends of every range the rule names, and their neighbours.
    fn industries_of(&self, field: FieldRef) -> Vec<u16> {
        let length = u16::try_from(self.scalar.dated.reference.industries.len()).unwrap_or(0);
        let mut places = vec![0];
        for atom in self.atoms.iter() {
            if let Atom::Industry(of, ranges) = self.scalar.dated.program.graph.atom(*atom)
                && *of == field
            {
                for (low, high) in ranges {
                    places.extend([low.saturating_sub(1), *low, *high, high.saturating_add(1)]);
                }
            }
        }
        places.retain(|place| *place < length);
        places
    }

    /// One region or industry of every class that the rule can tell apart.
    fn place_classes(&self, field: FieldRef) -> Vec<u16> {
        let reference = self.scalar.dated.reference;
        let regional = reference.catalogue.by_id(field.field).kind == FieldType::Region;
        let graph = &self.scalar.dated.program.graph;
        let mut seen = BTreeSet::new();
        let worth_trying =
            if regional { self.regions_of(field) } else { self.industries_of(field) };
        worth_trying
            .into_iter()
            .filter(|place| {
                let mut class = Vec::new();
                for atom in self.atoms.iter() {
                    match graph.atom(*atom) {
                        Atom::Within(of, outer) if *of == field => {
                            class.push(self.scalar.dated.region_within(*place, *outer) as u8);
                        }
                        Atom::Industry(of, ranges) if *of == field => {
                            let inside =
                                ranges.iter().any(|(low, high)| (*low..=*high).contains(place));
                            class.push(u8::from(inside));
                        }
                        atom => {
                            for num in numbers_of(atom) {
                                visit_nums(&self.scalar, num, &mut |_, num| {
                                    if let Num::Param { name, region, .. } = num
                                        && *region == field
                                    {
                                        let value = self.scalar.dated.parameter(name, *place);
                                        class.push(u8::from(value.is_some()));
                                        class.extend(value.unwrap_or_default().to_le_bytes());
                                    }
                                });
                            }
                        }
                    }
                }
                seen.insert(class)
            })
            .collect()
    }

    /// Days around every boundary the rule draws for a date.
    fn days(&self, field: FieldRef) -> Vec<i32> {
        let today = self.scalar.dated.today;
        let mut days = vec![today, today - 1, today + 1];
        for (_, constant) in self.constants(&|_, num| mentions_field(num, field)) {
            let Ok(constant) = i32::try_from(constant) else { continue };
            for months in [i64::from(constant), i64::from(constant) * 12] {
                for moved in [add_months(today, -months), add_months(today, months)] {
                    days.extend(moved.into_iter().flat_map(|day| [day, day - 1, day + 1]));
                }
            }
            days.extend([constant, constant - 1, constant + 1, today - constant, today + constant]);
            if (1900..2100).contains(&constant) {
                let year = i16::try_from(constant).unwrap_or(2000);
                days.push(days_of(jiff::civil::date(year, 7, 1)));
                days.push(days_of(jiff::civil::date(year, 12, 31)));
            }
        }
        days.extend((0..100).step_by(7).filter_map(|years| add_months(today, -12 * years)));
        let mut seen = BTreeSet::new();
        days.retain(|day| (-25_600..60_000).contains(day) && seen.insert(*day));
        days
    }
}

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

#[derive(Debug, Clone)]
enum Choice {
    Value(Cell),
    Truth(Tri),
    Count(i64),
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

fn mentions_field(num: &Num, field: FieldRef) -> bool {
    matches!(num, Num::Field(of) | Num::Decimal(of) if *of == field)
}

fn is_unknown(scalar: &Scalar<'_>, at: &At<'_>, field: FieldRef) -> bool {
    if !scalar.dated.is_current(field.field) {
        return true;
    }
    match held(at, field) {
        Some((column, row)) => column.known.as_ref().is_some_and(|known| !known.value(row)),
        None => true,
    }
}

fn held<'a>(at: &At<'a>, field: FieldRef) -> Option<(&'a crate::frame::Column, usize)> {
    let dossier = match field.scope {
        Scope::Subject => at.subject,
        Scope::Unit => at.unit?.dossier,
        Scope::Member => at.member?.dossier,
    };
    dossier.frame.column(field.field).map(|column| (column, dossier.row))
}

fn field_item(scalar: &Scalar<'_>, field: FieldRef) -> Item {
    let name = &scalar.dated.reference.catalogue.by_id(field.field).name;
    match field.scope {
        Scope::Subject | Scope::Member => name.clone(),
        Scope::Unit => format!("unit.{name}"),
    }
}

fn unknown_number<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    id: NumId,
    num: &Num,
) -> Vec<(Item, Variable)> {
    match num {
        Num::Field(field) | Num::Decimal(field) if is_unknown(scalar, at, *field) => {
            vec![(field_item(scalar, *field), Variable::Field(*field))]
        }
        Num::Param { name, region, .. } => {
            if is_unknown(scalar, at, *region) {
                vec![(field_item(scalar, *region), Variable::Field(*region))]
            } else if unknown_num(scalar, at, id) {
                vec![(format!("param:{name}"), Variable::Num(id))]
            } else {
                Vec::new()
            }
        }
        Num::CountFacts(field, ..) | Num::SumFacts(field, ..) if unknown_num(scalar, at, id) => {
            vec![(field_item(scalar, *field), Variable::Num(id))]
        }
        Num::CountMembers(relation, filter) if unknown_num(scalar, at, id) => {
            relation_items(scalar, at, *relation, *filter)
                .into_iter()
                .map(|item| (item, Variable::Num(id)))
                .collect()
        }
        Num::Since(Scope::Unit) if unknown_num(scalar, at, id) => {
            vec![("unit.since".to_owned(), Variable::Num(id))]
        }
        Num::Until(Scope::Unit) if unknown_num(scalar, at, id) => {
            vec![("unit.until".to_owned(), Variable::Num(id))]
        }
        _ => Vec::new(),
    }
}

fn unknown_num<'a>(scalar: &Scalar<'a>, at: &At<'a>, id: NumId) -> bool {
    scalar.num(id, at).is_none()
}

/// What is missing about the members of a relation.
fn relation_items<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    relation: crate::catalogue::RelationId,
    body: Option<NodeId>,
) -> Vec<Item> {
    let name = &scalar.dated.reference.catalogue.relation_by_id(relation).entry.name;
    let (members, complete) = scalar.related(relation, at.subject);
    let undecided = |member: &Member<'a>| {
        let inner = At { member: Some(*member), ..*at };
        body.is_some_and(|body| scalar.node(body, &inner, Manual::Open) == Tri::Unknown)
    };
    let unknown: Vec<Member<'a>> = members.into_iter().filter(undecided).collect();
    let mut items = BTreeSet::new();
    if !complete {
        items.insert(name.clone());
    }
    if let Some(body) = body {
        let member_fields = fields_below(scalar, body);
        for member in unknown {
            let inner = At { member: Some(member), ..*at };
            for field in &member_fields {
                if is_unknown(scalar, &inner, *field) {
                    let item = field_item(scalar, *field);
                    items.insert(match field.scope {
                        Scope::Member => format!("{name}.{item}"),
                        _ => item,
                    });
                }
            }
        }
    }
    if items.is_empty() {
        items.insert(name.clone());
    }
    items.into_iter().collect()
}

/// Relations that a node reads.
#[must_use]
pub fn relations_below(
    scalar: &Scalar<'_>,
    node: NodeId,
) -> BTreeSet<crate::catalogue::RelationId> {
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
            Atom::Flag(field)
            | Atom::Code(field, ..)
            | Atom::Within(field, _)
            | Atom::Industry(field, _)
            | Atom::Has(field, _)
            | Atom::Text(field, ..)
            | Atom::Holds(field, _)
            | Atom::Had(field, ..) => {
                fields.insert(*field);
            }
            Atom::Same(left, right) => {
                fields.extend([*left, *right]);
            }
            Atom::Exists(..) | Atom::All(..) => {}
        }
    }
    fields
}

/// What one step of arithmetic makes of a known value and another constant:
/// where `known / x >= 0.05` turns, and where `x - 7 == known` does.
fn combined(constants: &[(i128, i128)], known: &[Number]) -> Vec<(i128, i128)> {
    let mut combined = Vec::new();
    for value in known {
        for other in constants.iter().filter_map(|(num, den)| Number::ratio(*num, *den)) {
            let steps = [
                value.checked_add(other),
                value.checked_sub(other),
                value.checked_mul(other),
                value.checked_div(other),
                other.checked_div(*value),
            ];
            combined.extend(steps.into_iter().flatten().map(|step| (step.num(), step.den())));
        }
    }
    combined
}

/// Round numbers of every size, in fen, units and decimals.
fn grid() -> Vec<i64> {
    let mut values = vec![0, 1, -1, 2, 3, 5, 12, 18, 36, 60, 100];
    let mut power = 10_i64;
    while power < 10_i64.pow(15) {
        values.extend([power, 3 * power]);
        power *= 10;
    }
    values.push(FEN);
    values
}

fn unique(values: Vec<i64>) -> Vec<i64> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|value| seen.insert(*value)).collect()
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
