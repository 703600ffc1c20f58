//! One question while it is worked on: the program on its day, the variables
//! met so far, and how much work is left.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rustc_hash::FxHashMap;

use crate::{
    catalogue::{FieldId, RelationId, types::FieldType},
    domain::{SubjectKind, Tri},
    rules::{
        dated::Dated,
        ir::{Atom, AtomId, Mask, NodeId, Num},
        values::{Cell, Typed, cell},
    },
};

use super::{
    cells::{Cells, cells},
    domain::{Domain, Places},
    numbers::{Interval, Wholes},
    variable::{Key, Made, Var, Variables, Who},
    walk::{all_atoms, visit},
};

/// Days a date can be: years 1 to 9999.
const DAYS: (i128, i128) = (-719_162, 2_932_896);

/// Steps after which a question is left undecided.
const STEPS: usize = 60_000;

/// Values of a parameter with the regions that have them.
pub(crate) type Values = Rc<Vec<(i64, Rc<Places>)>>;

/// One question.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    /// The program on its day.
    pub(crate) dated: &'a Dated<'a>,
    /// The variables met so far.
    pub(crate) variables: Variables,
    /// Cells of facts fields.
    pub(crate) cells: FxHashMap<FieldId, Cells>,
    /// Steps left.
    pub(crate) left: usize,
    /// A dossier of the subject whose values are taken again where they do.
    pub(crate) near: FxHashMap<FieldId, Cell>,
    /// Models that were not confirmed.
    pub(crate) rejected: usize,
    /// Relations whose members are counted, and how many are looked at.
    pub(crate) rooms: BTreeMap<RelationId, usize>,
    within: FxHashMap<u16, [Rc<Places>; 2]>,
    parameters: FxHashMap<String, Values>,
}

impl<'a> Problem<'a> {
    /// A question that reads these nodes.
    #[must_use]
    pub(crate) fn new(dated: &'a Dated<'a>, nodes: &[NodeId]) -> Problem<'a> {
        let atoms = all_atoms(&dated.program.graph, nodes);
        Problem {
            dated,
            variables: Variables::default(),
            cells: cells(dated, &atoms),
            left: STEPS,
            near: FxHashMap::default(),
            rejected: 0,
            rooms: rooms(dated, &atoms),
            within: FxHashMap::default(),
            parameters: FxHashMap::default(),
        }
    }

    /// Stays near a dossier: what does not have to differ is taken from it.
    pub(crate) fn stay_near(&mut self, kind: SubjectKind, typed: &Typed) {
        let reference = self.dated.reference;
        for (name, value) in typed {
            if let Some(field) = reference.catalogue.field(kind, name)
                && let Ok(Some(cell)) = cell(field, value, reference)
            {
                self.near.insert(field.id, cell);
            }
        }
    }

    /// The value that a field of somebody has in the dossier near.
    pub(crate) fn near(&self, who: Who, field: FieldId) -> Option<&Cell> {
        if who == Who::Subject { self.near.get(&field) } else { None }
    }

    /// Counts a step; `false` when none is left.
    pub(crate) fn step(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// Whether a variable is a whole number.
    #[must_use]
    pub(crate) fn is_whole(&self, var: Var) -> bool {
        !matches!(
            self.variables.key(var),
            Key::Made(Made::Line(_) | Made::Quotient(..) | Made::Product(..))
        )
    }

    /// Regions for which "within" the outer one is true, or false.
    pub(crate) fn within(&mut self, outer: u16, wanted: bool) -> Rc<Places> {
        let dated = self.dated;
        let tables = self.within.entry(outer).or_insert_with(|| {
            let length = dated.reference.regions.len();
            [Tri::False, Tri::True].map(|truth| {
                Rc::new(Places::of(length, |place| dated.region_within(place, outer) == truth))
            })
        });
        Rc::clone(&tables[usize::from(wanted)])
    }

    /// The values of a parameter, ascending, with the regions that have each.
    pub(crate) fn parameter(&mut self, name: &str) -> Values {
        if let Some(values) = self.parameters.get(name) {
            return Rc::clone(values);
        }
        let length = self.dated.reference.regions.len();
        let mut by_value: BTreeMap<i64, Vec<u16>> = BTreeMap::new();
        for (_, place) in (0..length).zip(0_u16..) {
            if let Some(value) = self.dated.parameter(name, place) {
                by_value.entry(value).or_default().push(place);
            }
        }
        let places =
            |list: Vec<u16>| Rc::new(Places::of(length, |at| list.binary_search(&at).is_ok()));
        let values: Values =
            Rc::new(by_value.into_iter().map(|(value, list)| (value, places(list))).collect());
        self.parameters.insert(name.to_owned(), Rc::clone(&values));
        values
    }

    /// Everything a variable can be before anything is asked of it.
    pub(crate) fn everything(&mut self, var: Var) -> Domain {
        let whole = |low, high| Domain::Whole(Wholes::between(low, high));
        match self.variables.key(var).clone() {
            Key::Field(_, field) => self.field(field),
            // Members are those of the day judged.
            Key::Since(_) => whole(DAYS.0, i128::from(self.dated.today)),
            Key::Until(_) => whole(i128::from(self.dated.today), DAYS.1),
            Key::Cell(..) | Key::Members(..) | Key::Beyond(..) => whole(0, i128::from(i32::MAX)),
            Key::Amount(..) => whole(i128::from(i64::MIN + 1), i128::from(i64::MAX)),
            Key::Passes(..) | Key::Present(_) => whole(0, 1),
            Key::Made(made) => match made {
                Made::Line(_) | Made::Quotient(..) | Made::Product(..) => {
                    Domain::Real(Interval::ALL)
                }
                Made::Parameter(name, ..) => {
                    let values = self.parameter(&name);
                    let run =
                        |(value, _): &(i64, Rc<Places>)| (i128::from(*value), i128::from(*value));
                    Domain::Whole(Wholes::of(values.iter().map(run).collect()))
                }
                Made::Month(_) => whole(1, 12),
                Made::Year(_) => whole(1, 9999),
                Made::AddMonths(..) => whole(DAYS.0, DAYS.1),
                Made::Years(_) | Made::Months(_) => whole(-200_000, 200_000),
                Made::Floor(_) => whole(i128::from(i64::MIN), i128::from(i64::MAX)),
            },
        }
    }

    fn field(&self, field: FieldId) -> Domain {
        let reference = self.dated.reference;
        let entry = reference.catalogue.by_id(field);
        let bounds = |low: i128, high: i128| {
            let low = entry.min.map_or(low, |min| low.max(i128::from(min)));
            let high = entry.max.map_or(high, |max| high.min(i128::from(max)));
            Domain::Whole(Wholes::between(low, high))
        };
        match entry.kind {
            FieldType::Bool => Domain::Flag { yes: true, no: true },
            FieldType::Int | FieldType::Decimal | FieldType::Money => {
                bounds(i128::from(i64::MIN), i128::from(i64::MAX))
            }
            FieldType::Date => bounds(DAYS.0, DAYS.1),
            FieldType::Region => Domain::Places(Rc::new(Places::all(reference.regions.len()))),
            FieldType::Industry => Domain::Places(Rc::new(Places::all(reference.industries.len()))),
            FieldType::Code => {
                let mut mask = Mask::default();
                let length = entry.codes.as_ref().map_or(0, |list| list.len());
                (0..=u8::MAX).take(length).for_each(|code| mask.insert(code));
                Domain::Codes(mask)
            }
            FieldType::Text => Domain::Text(Vec::new()),
            FieldType::Set => Domain::Set { has: Vec::new(), lacks: Vec::new() },
            FieldType::Facts => Domain::Facts,
        }
    }
}

/// Members that are looked at one by one because of a number they are compared with.
const MOST_MEMBERS: usize = 24;

/// Of the relations whose members are counted, how many members can matter:
/// one more than any number they are compared with, one for each "some", one
/// that passes each filter and one that does not.
fn rooms(dated: &Dated<'_>, atoms: &[AtomId]) -> BTreeMap<RelationId, usize> {
    let graph = &dated.program.graph;
    let mut rooms: BTreeMap<RelationId, usize> = BTreeMap::new();
    let mut filters: BTreeSet<(RelationId, Option<NodeId>)> = BTreeSet::new();
    for atom in atoms {
        let Atom::Compare(_, left, right) = graph.atom(*atom) else { continue };
        let (mut counted, mut largest) = (Vec::new(), 0);
        visit(graph, &[*left, *right], &mut |num| match num {
            Num::CountMembers(relation, filter) => counted.push((*relation, *filter)),
            Num::Literal(num, den) => {
                largest = largest.max(usize::try_from(num / den).unwrap_or_default());
            }
            _ => {}
        });
        for (relation, filter) in counted {
            let room = rooms.entry(relation).or_default();
            *room = (*room).max((largest + 1).min(MOST_MEMBERS));
            filters.insert((relation, filter));
        }
    }
    for (relation, filter) in filters {
        if let Some(room) = rooms.get_mut(&relation) {
            *room += if filter.is_some() { 2 } else { 0 };
        }
    }
    for atom in atoms {
        if let Atom::Exists(relation, _) | Atom::All(relation, _) = graph.atom(*atom)
            && let Some(room) = rooms.get_mut(relation)
        {
            *room += 1;
        }
    }
    rooms
}
