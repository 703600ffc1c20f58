//! What is unknown about a dossier, and what it is called: every undecided
//! atom or number by the items of the catalogue that it waits for.

use std::collections::BTreeSet;

use crate::{
    catalogue::{RelationId, types::FieldType},
    domain::Tri,
    frame::Column,
    rules::{
        ir::{Atom, AtomId, FieldRef, NodeId, Num, NumId, Scope},
        missing::{
            Variable,
            reads::{fields_below, visit_nums},
        },
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
    atom: AtomId,
) -> Vec<(Item, Variable)> {
    match scalar.dated.program.graph.atom(atom) {
        Atom::Compare(_, left, right) => {
            let mut found = Vec::new();
            for num in [*left, *right] {
                visit_nums(scalar, num, &mut |id, num| {
                    found.extend(items_of_number(scalar, at, id, num));
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
        Atom::Exists(relation, body) | Atom::All(relation, body) => {
            relation_items(scalar, at, *relation, Some(*body))
                .into_iter()
                .map(|item| (item, Variable::Atom(atom)))
                .collect()
        }
    }
}

fn items_of_number<'a>(
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

/// What is missing about the members of a relation.
fn relation_items<'a>(
    scalar: &Scalar<'a>,
    at: &At<'a>,
    relation: RelationId,
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

fn field_item(scalar: &Scalar<'_>, field: FieldRef) -> Item {
    let name = &scalar.dated.reference.catalogue.by_id(field.field).name;
    match field.scope {
        Scope::Subject | Scope::Member => name.clone(),
        Scope::Unit => format!("unit.{name}"),
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

fn unknown_num<'a>(scalar: &Scalar<'a>, at: &At<'a>, id: NumId) -> bool {
    scalar.num(id, at).is_none()
}
