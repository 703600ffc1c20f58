//! What is unknown about a dossier, and what it is called: every undecided
//! atom or number by the items of the catalogue that it waits for.

use std::collections::BTreeSet;

use crate::{
    catalogue::{RelationId, types::FieldType},
    domain::Tri,
    frame::{Column, Values},
    rules::{
        ir::{Atom, AtomId, FieldRef, NodeId, Num, NumId, Scope},
        missing::{Question, Variable, reads::visit_nums},
        scalar::{At, Manual, Member, Scalar},
    },
};

/// Something that is not known, by its name in the catalogue: a field
/// (`revenue`, `unit.graduated_on`), a relation (`children`), a field of its
/// members (`children.birth_date`), or a parameter (`param:minimum_wage`).
pub type Item = String;

/// The items an undecided atom waits for, each with the variable that stands
/// for it.
pub(super) fn items_of_atom<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    members: Option<RelationId>,
    atom: AtomId,
) -> Vec<(Item, Variable)> {
    let field_item = |scalar: &Scalar<'_>, field: FieldRef| field_item(scalar, members, field);
    match scalar.dated.program.graph.atom(atom) {
        Atom::Compare(_, left, right) => {
            let mut found = Vec::new();
            for num in [*left, *right] {
                visit_nums(scalar, num, &mut |id, num| {
                    found.extend(items_of_number(scalar, at, members, id, num));
                });
            }
            found
        }
        Atom::Flag(field) | Atom::Code(field, ..) | Atom::Within(field, _) => {
            // A known value can be too vague to decide (a province, a level
            // without rank): a closer one is missing.
            vec![(field_item(scalar, *field), Variable::Field(*field))]
        }
        Atom::Industry(field, _) => {
            let kind = scalar.dated.reference.catalogue.by_id(field.field).kind;
            let variable = match kind {
                FieldType::Industry => Variable::Field(*field),
                _ => Variable::Atom(atom),
            };
            vec![(field_item(scalar, *field), variable)]
        }
        Atom::Has(field, _)
        | Atom::Text(field, ..)
        | Atom::Holds(field, _)
        | Atom::Had(field, ..) => vec![(field_item(scalar, *field), Variable::Atom(atom))],
        Atom::Same(left, right) => [*left, *right]
            .into_iter()
            .filter(|field| is_unknown(scalar, at, *field))
            .map(|field| (field_item(scalar, field), Variable::Atom(atom)))
            .collect(),
        // Waited for in several ways: [`ways_of_atom`].
        Atom::Exists(..) | Atom::All(..) => Vec::new(),
    }
}

fn items_of_number<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    members: Option<RelationId>,
    id: NumId,
    num: &Num,
) -> Vec<(Item, Variable)> {
    let field_item = |scalar: &Scalar<'_>, field: FieldRef| field_item(scalar, members, field);
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
            let members = undecided(scalar, at, *relation, *filter);
            members.all(|question| question.items()).map(|item| (item, Variable::Num(id))).collect()
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

/// Sets of items of which any one lets an atom be true, and of which any one
/// lets it be false.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) yes: Vec<Vec<Item>>,
    pub(super) no: Vec<Vec<Item>>,
}

/// How an undecided question about the members of a relation can be settled:
/// one member who passes is enough for "exists", every one is needed for
/// "all", and the other way round against them. `None` for any other atom.
pub(super) fn ways_of_atom<'a>(scalar: &Scalar<'a>, at: &At<'a>, atom: AtomId) -> Option<Ways> {
    let (relation, body, exists) = match scalar.dated.program.graph.atom(atom) {
        Atom::Exists(relation, body) => (*relation, *body, true),
        Atom::All(relation, body) => (*relation, *body, false),
        _ => return None,
    };
    let members = undecided(scalar, at, relation, Some(body));
    let (fewest, whole) = (Question::fewest, |question: &Question<'_>| Some(question.items()));
    Some(if exists {
        Ways { yes: members.any(fewest), no: vec![members.all(Question::items).collect()] }
    } else {
        let yes = members.every(fewest).into_iter().collect();
        Ways { yes, no: members.any(whole) }
    })
}

/// The members of a relation about whom a body is undecided.
struct Undecided<'a> {
    relation: Item,
    questions: Vec<Question<'a>>,
    complete: bool,
}

fn undecided<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    relation: RelationId,
    body: Option<NodeId>,
) -> Undecided<'a> {
    let (members, complete) = scalar.related(relation, at.subject);
    let question = |member: Member<'a>| {
        let inner = At { member: Some(member), ..*at };
        let body = body?;
        let open = scalar.node(body, &inner, Manual::Open) == Tri::Unknown;
        open.then(|| Question::of_member(*scalar, inner, relation, body))
    };
    let name = &scalar.dated.reference.catalogue.relation_by_id(relation).entry.name;
    let questions = members.into_iter().filter_map(question).collect();
    Undecided { relation: name.clone(), questions, complete }
}

impl<'a> Undecided<'a> {
    /// What one member needs; the relation itself where nothing of the member is
    /// missing but, say, the day it began.
    fn needs(
        &self,
        question: &Question<'a>,
        needed: impl Fn(&Question<'a>) -> Option<Vec<Item>>,
    ) -> Option<Vec<Item>> {
        match question.items().is_empty() {
            true => Some(vec![self.relation.clone()]),
            false => needed(question),
        }
    }

    /// One set for each member, and the whole list where it is incomplete.
    fn any(&self, needed: impl Fn(&Question<'a>) -> Option<Vec<Item>>) -> Vec<Vec<Item>> {
        let sets = self.questions.iter().filter_map(|question| self.needs(question, &needed));
        let unseen = (!self.complete).then(|| vec![self.relation.clone()]);
        let sets: BTreeSet<Vec<Item>> = sets.chain(unseen).collect();
        sets.into_iter().collect()
    }

    /// What all members need together; `None` if one cannot be had.
    fn every(&self, needed: impl Fn(&Question<'a>) -> Option<Vec<Item>>) -> Option<Vec<Item>> {
        let mut all: BTreeSet<Item> = BTreeSet::new();
        for question in &self.questions {
            all.extend(self.needs(question, &needed)?);
        }
        if !self.complete || all.is_empty() {
            all.insert(self.relation.clone());
        }
        Some(all.into_iter().collect())
    }

    /// What all members need together, whatever the answer is to be.
    fn all(&self, needed: impl Fn(&Question<'a>) -> Vec<Item>) -> impl Iterator<Item = Item> {
        self.every(|question| Some(needed(question))).unwrap_or_default().into_iter()
    }
}

fn field_item(scalar: &Scalar<'_>, members: Option<RelationId>, field: FieldRef) -> Item {
    let catalogue = &scalar.dated.reference.catalogue;
    let name = &catalogue.by_id(field.field).name;
    match (field.scope, members) {
        (Scope::Member, Some(relation)) => {
            format!("{}.{name}", catalogue.relation_by_id(relation).entry.name)
        }
        (Scope::Subject | Scope::Member, _) => name.clone(),
        (Scope::Unit, _) => format!("unit.{name}"),
    }
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

fn held<'a>(at: &At<'a>, field: FieldRef) -> Option<(&'a Column, usize)> {
    let dossier = match field.scope {
        Scope::Subject => at.subject,
        Scope::Unit => at.unit?.dossier,
        Scope::Member => at.member?.dossier,
    };
    dossier.frame.column(field.field).map(|column| (column, dossier.row))
}

/// The position of a known code, region or industry in its list.
pub(super) fn position(at: &At<'_>, field: FieldRef) -> Option<u16> {
    let (column, row) = held(at, field)?;
    if column.known.as_ref().is_some_and(|known| !known.value(row)) {
        return None;
    }
    match &column.values {
        Values::Code(codes) => codes.get(row).map(|code| u16::from(*code)),
        Values::Place(places) => places.get(row).copied(),
        _ => None,
    }
}

fn unknown_num<'a>(scalar: &Scalar<'a>, at: &At<'a>, id: NumId) -> bool {
    scalar.num(id, at).is_none()
}
