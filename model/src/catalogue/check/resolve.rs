//! What a field inherits: sensitivity, purpose and legal basis from its
//! tables or, when it is derived, from whatever its expression names.
//!
//! Words of an expression are matched to fields without parsing it. That can
//! only name too many fields, and so only make the result stricter.

use std::collections::{BTreeSet, HashMap};

use crate::catalogue::index::Field;
use crate::catalogue::types::{CatalogueFile, FieldEntry, Sensitivity};
use crate::domain::SubjectKind;

/// What is handed down.
#[derive(Debug, Clone, PartialEq, Default)]
struct Inherited {
    sensitivity: Option<Sensitivity>,
    purposes: BTreeSet<String>,
    bases: BTreeSet<String>,
}

impl Inherited {
    fn add(&mut self, other: &Inherited) {
        self.sensitivity = self.sensitivity.max(other.sensitivity);
        self.purposes.extend(other.purposes.iter().cloned());
        self.bases.extend(other.bases.iter().cloned());
    }
}

/// Fills in what the entries leave to their tables and inputs.
pub(super) fn inherit(fields: &mut [Field], file: &CatalogueFile) {
    let tables = tables(file);
    let mut known: Vec<Inherited> = Vec::with_capacity(file.fields.len());
    for entry in &file.fields {
        let mut own = Inherited::default();
        for source in &entry.value.sources {
            own.add(tables.get(source.table.as_str()).unwrap_or(&Inherited::default()));
        }
        known.push(overridden(&entry.value, own));
    }
    derive(&mut known, &tables, file);
    for (field, inherited) in fields.iter_mut().zip(known) {
        field.sensitivity = inherited.sensitivity.unwrap_or_default();
        field.purpose = join(inherited.purposes);
        field.legal_basis = join(inherited.bases);
    }
}

/// Expressions may read derived fields: repeat until nothing changes, at most
/// once for each level of nesting.
fn derive(known: &mut [Inherited], tables: &HashMap<&str, Inherited>, file: &CatalogueFile) {
    for _ in 0..file.fields.len() {
        let mut changed = false;
        for (index, entry) in file.fields.iter().enumerate() {
            let Some(text) = &entry.value.derived else { continue };
            let mut own = Inherited::default();
            for input in inputs(&text.value, entry.value.subject, file) {
                match input {
                    Input::Field(at) => own.add(&known[at]),
                    Input::Table(name) => {
                        own.add(tables.get(name).unwrap_or(&Inherited::default()))
                    }
                }
            }
            let own = overridden(&entry.value, own);
            changed |= known[index] != own;
            known[index] = own;
        }
        if !changed {
            break;
        }
    }
}

/// What an expression may read.
enum Input<'a> {
    Field(usize),
    Table(&'a str),
}

/// The fields and relation tables whose names occur in an expression, with
/// the fields of the members where a relation occurs.
fn inputs<'a>(text: &str, kind: SubjectKind, file: &'a CatalogueFile) -> Vec<Input<'a>> {
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let relations = file.relations.iter().map(|relation| &relation.value);
    let named: Vec<_> = relations
        .filter(|relation| relation.subject == kind && words.contains(relation.name.as_str()))
        .collect();
    let read = |field: &FieldEntry| {
        words.contains(field.name.as_str())
            && (field.subject == kind || named.iter().any(|r| r.target == field.subject))
    };
    let fields = file.fields.iter().enumerate().filter(|(_, field)| read(&field.value));
    let fields = fields.map(|(index, _)| Input::Field(index));
    fields.chain(named.iter().map(|relation| Input::Table(&relation.table))).collect()
}

/// An entry's own words win over what it inherits.
fn overridden(entry: &FieldEntry, mut own: Inherited) -> Inherited {
    own.sensitivity = entry.sensitivity.or(own.sensitivity);
    if let Some(purpose) = &entry.purpose {
        own.purposes = BTreeSet::from([purpose.clone()]);
    }
    if let Some(basis) = &entry.legal_basis {
        own.bases = BTreeSet::from([basis.clone()]);
    }
    own
}

fn tables(file: &CatalogueFile) -> HashMap<&str, Inherited> {
    let tables = file.tables.iter().map(|table| &table.value);
    let inherited = tables.map(|table| {
        let inherited = Inherited {
            sensitivity: Some(table.sensitivity),
            purposes: BTreeSet::from([table.purpose.clone()]),
            bases: BTreeSet::from([table.legal_basis.clone()]),
        };
        (table.name.as_str(), inherited)
    });
    inherited.collect()
}

fn join(texts: BTreeSet<String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("；")
}
