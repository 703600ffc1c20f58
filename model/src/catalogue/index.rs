//! The catalogue in its checked form: dense ids, resolved names, and look-ups
//! that cannot fail for what the checks let through.
//!
//! Derived fields keep their text; `rules` compiles it. Values are not here:
//! a catalogue says what a field means, a frame what it holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::suggest;
use super::types::{
    CodeEntry, Department, FieldType, KeyKind, ParameterEntry, Period, RelationEntry, Sensitivity,
    SetOf, Source, Table,
};
use crate::diagnostic::Place;
use crate::domain::SubjectKind;

macro_rules! dense_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u16);

        impl $name {
            /// The id of a position; positions past 65 535 share the last id,
            /// which no checked catalogue reaches.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u16::try_from(index).unwrap_or(u16::MAX))
            }

            /// The position it stands for.
            #[must_use]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    };
}

dense_id! {
    /// A field, dense over the fields of both kinds in the order of the file.
    FieldId
}
dense_id! {
    /// A relation, dense in the order of the file.
    RelationId
}
dense_id! {
    /// A source table, dense in the order of the file.
    TableId
}

/// A list of codes; a code is stored as its position.
#[derive(Debug, Clone, Serialize)]
pub struct CodeList {
    /// Name in the catalogue, for example `education`.
    pub name: String,
    /// At most 256 codes, in the order of the file.
    pub entries: Vec<CodeEntry>,
}

/// Lists are equal by name, which is unique in a catalogue.
impl PartialEq for CodeList {
    fn eq(&self, other: &CodeList) -> bool {
        self.name == other.name
    }
}

impl Eq for CodeList {}

impl CodeList {
    /// The stored number of a code.
    #[must_use]
    pub fn position(&self, code: &str) -> Option<u8> {
        self.entries.iter().position(|entry| entry.code == code)?.try_into().ok()
    }

    /// The code of a stored number.
    #[must_use]
    pub fn entry(&self, position: u8) -> Option<&CodeEntry> {
        self.entries.get(usize::from(position))
    }

    /// Number of codes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no codes; a checked list never is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The code nearest to a wrong one, by spelling or by its Chinese label.
    #[must_use]
    pub fn suggest(&self, wrong: &str) -> Option<&str> {
        suggest::nearest(wrong, self.entries.iter().map(|e| (e.code.as_str(), e.label.as_str())))
    }
}

/// The expression of a derived field, not yet compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Derived {
    /// The text of the expression.
    pub text: String,
    /// Where it stands in the catalogue file.
    pub place: Place,
}

/// One checked field.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// ASCII snake_case name; unique among the fields and relations of its kind.
    pub name: String,
    /// Chinese label.
    pub label: String,
    /// Whom it describes.
    pub subject: SubjectKind,
    /// Its type.
    pub kind: FieldType,
    /// Unit shown to people; may be empty.
    pub unit: String,
    /// Present for `code` and `facts` fields, and for closed `set` fields.
    pub codes: Option<Arc<CodeList>>,
    /// What the members are, for `set` fields.
    pub set_of: Option<SetOf>,
    /// Where it comes from; empty for derived fields.
    pub sources: Vec<Source>,
    /// Present when `sources` is empty.
    pub derived: Option<Derived>,
    /// Lowest plausible value as stored: fen, scaled decimal, whole number or
    /// days since 1970-01-01.
    pub min: Option<i64>,
    /// Highest plausible value as stored.
    pub max: Option<i64>,
    /// The period its value stands for.
    pub period: Option<Period>,
    /// Overrides the refresh interval of its tables, in days; 0 for never stale.
    pub refresh_days: Option<u32>,
    /// Its own class, or the highest of what it is made from.
    pub sensitivity: Sensitivity,
    /// Its own purpose, or those of what it is made from, joined by ；.
    pub purpose: String,
    /// Its own legal basis, or those of what it is made from, joined by ；.
    pub legal_basis: String,
    /// A sentence for people who do not know the field.
    pub note: Option<String>,
    /// Where its entry stands in the catalogue file.
    pub place: Place,
}

impl Field {
    /// The sources of a facts field that can give the code at a position of
    /// its list.
    pub fn sources_giving(&self, code: u8) -> impl Iterator<Item = &Source> + '_ {
        let name = self.codes.as_ref().and_then(|list| list.entry(code)).map(|entry| &entry.code);
        self.sources.iter().filter(move |source| {
            let fixed = source.fact.as_ref().and_then(|fact| fact.fixed.as_ref());
            match fixed {
                Some(_) => fixed == name,
                None if source.map.is_empty() => name.is_some(),
                None => source.map.values().any(|code| Some(code) == name),
            }
        })
    }

    /// Whether its members are zones of the region table.
    #[must_use]
    pub fn holds_zones(&self) -> bool {
        self.set_of == Some(SetOf::Zones)
    }

    /// Whether its members are industries.
    #[must_use]
    pub fn holds_industries(&self) -> bool {
        self.set_of == Some(SetOf::Industries)
    }
}

/// One checked relation.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// The entry as it is written.
    pub entry: RelationEntry,
    /// The table whose rows are the edges.
    pub table: TableId,
    /// Where its entry stands in the catalogue file.
    pub place: Place,
}

/// One checked source table.
#[derive(Debug, Clone)]
pub struct SourceTable {
    /// Its id.
    pub id: TableId,
    /// The entry as it is written.
    pub entry: Table,
    /// Chinese name of the department that owns it.
    pub owner_label: String,
    /// Where its entry stands in the catalogue file.
    pub place: Place,
}

/// Everything the checks resolved, before it is indexed.
pub(super) struct Parts {
    pub(super) version: String,
    pub(super) departments: BTreeMap<String, Department>,
    pub(super) codes: BTreeMap<String, Arc<CodeList>>,
    pub(super) tables: Vec<SourceTable>,
    pub(super) fields: Vec<Field>,
    pub(super) relations: Vec<Relation>,
    pub(super) parameters: BTreeMap<String, ParameterEntry>,
    /// The register of each kind, in the order of [`SubjectKind::ALL`].
    pub(super) registers: [TableId; 2],
}

/// The checked catalogue. Its only source is [`super::read`].
#[derive(Debug, Clone)]
pub struct Catalogue {
    version: String,
    departments: BTreeMap<String, Department>,
    codes: BTreeMap<String, Arc<CodeList>>,
    tables: Vec<SourceTable>,
    fields: Vec<Field>,
    relations: Vec<Relation>,
    parameters: BTreeMap<String, ParameterEntry>,
    registers: [TableId; 2],
    tables_by_name: FxHashMap<String, TableId>,
    fields_by_name: [FxHashMap<String, FieldId>; 2],
    relations_by_name: [FxHashMap<String, RelationId>; 2],
}

impl Catalogue {
    /// Indexes what the checks resolved.
    pub(super) fn new(parts: Parts) -> Catalogue {
        let mut fields_by_name = [FxHashMap::default(), FxHashMap::default()];
        for field in &parts.fields {
            fields_by_name[field.subject.index()].insert(field.name.clone(), field.id);
        }
        let mut relations_by_name = [FxHashMap::default(), FxHashMap::default()];
        for relation in &parts.relations {
            let entry = &relation.entry;
            relations_by_name[entry.subject.index()].insert(entry.name.clone(), relation.id);
        }
        let tables = parts.tables.iter();
        let tables_by_name = tables.map(|table| (table.entry.name.clone(), table.id)).collect();
        Catalogue {
            version: parts.version,
            departments: parts.departments,
            codes: parts.codes,
            tables: parts.tables,
            fields: parts.fields,
            relations: parts.relations,
            parameters: parts.parameters,
            registers: parts.registers,
            tables_by_name,
            fields_by_name,
            relations_by_name,
        }
    }

    /// Version of the file, for example "2026.1".
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, kind: SubjectKind, name: &str) -> Option<&Field> {
        self.fields_by_name[kind.index()].get(name).map(|&id| self.by_id(id))
    }

    /// The field of an id of this catalogue.
    ///
    /// # Panics
    /// For an id that another, longer catalogue gave out.
    #[must_use]
    pub fn by_id(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }

    /// All fields in id order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields of one kind in id order.
    pub fn fields_of(&self, kind: SubjectKind) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.subject == kind)
    }

    /// The relation of that name.
    #[must_use]
    pub fn relation(&self, kind: SubjectKind, name: &str) -> Option<&Relation> {
        self.relations_by_name[kind.index()].get(name).map(|&id| self.relation_by_id(id))
    }

    /// The relation of an id of this catalogue.
    ///
    /// # Panics
    /// For an id that another, longer catalogue gave out.
    #[must_use]
    pub fn relation_by_id(&self, id: RelationId) -> &Relation {
        &self.relations[id.index()]
    }

    /// All relations in id order.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&SourceTable> {
        self.tables_by_name.get(name).map(|&id| self.table_by_id(id))
    }

    /// The table of an id of this catalogue.
    ///
    /// # Panics
    /// For an id that another, longer catalogue gave out.
    #[must_use]
    pub fn table_by_id(&self, id: TableId) -> &SourceTable {
        &self.tables[id.index()]
    }

    /// All tables in id order.
    #[must_use]
    pub fn tables(&self) -> &[SourceTable] {
        &self.tables
    }

    /// The table whose rows create the dossiers of a kind.
    #[must_use]
    pub fn register(&self, kind: SubjectKind) -> &SourceTable {
        self.table_by_id(self.registers[kind.index()])
    }

    /// The field that tells where a subject belongs: the first region that the
    /// register of its kind gives. Rows are sorted by it.
    #[must_use]
    pub fn home(&self, kind: SubjectKind) -> Option<&Field> {
        let register = &self.register(kind).entry.name;
        self.fields_of(kind).find(|field| {
            field.kind == FieldType::Region
                && field.sources.iter().any(|source| source.table == *register)
        })
    }

    /// The table that says who lives with whom.
    #[must_use]
    pub fn household_table(&self) -> Option<&SourceTable> {
        self.tables.iter().find(|table| table.entry.household_of.is_some())
    }

    /// The code list of that name.
    #[must_use]
    pub fn codes(&self, name: &str) -> Option<&Arc<CodeList>> {
        self.codes.get(name)
    }

    /// All code lists by name.
    pub fn code_lists(&self) -> impl Iterator<Item = &Arc<CodeList>> {
        self.codes.values()
    }

    /// The department of that short name.
    #[must_use]
    pub fn department(&self, name: &str) -> Option<&Department> {
        self.departments.get(name)
    }

    /// All departments by short name.
    #[must_use]
    pub fn departments(&self) -> &BTreeMap<String, Department> {
        &self.departments
    }

    /// Whether the field holds the identity number itself: it is read to
    /// find the subject and never stored with the dossier (decision record:
    /// subjects travel under keys).
    #[must_use]
    pub fn is_identity(&self, field: &Field) -> bool {
        field.sources.iter().any(|source| {
            self.table(&source.table).is_some_and(|table| {
                let key = &table.entry.key;
                key.kind != KeyKind::Household && source.column.as_ref() == Some(&key.column)
            })
        })
    }

    /// Short names of the departments that own the field's source tables, each
    /// once, in the order of the sources; empty for a derived field.
    #[must_use]
    pub fn owners(&self, field: &Field) -> Vec<&str> {
        let mut owners = Vec::with_capacity(field.sources.len());
        for table in field.sources.iter().filter_map(|source| self.table(&source.table)) {
            let owner = table.entry.owner.as_str();
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        owners
    }

    /// The dated parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&ParameterEntry> {
        self.parameters.get(name)
    }

    /// All dated parameters by name.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, ParameterEntry> {
        &self.parameters
    }

    /// The field or relation of a kind that was most likely meant by a wrong
    /// name: at most three edits away, or with that Chinese label.
    #[must_use]
    pub fn suggest_field(&self, kind: SubjectKind, wrong: &str) -> Option<&str> {
        let fields = self.fields_of(kind).map(|field| (field.name.as_str(), field.label.as_str()));
        let relations = self.relations.iter().map(|relation| &relation.entry);
        let relations = relations
            .filter(|entry| entry.subject == kind)
            .map(|entry| (entry.name.as_str(), entry.label.as_str()));
        suggest::nearest(wrong, fields.chain(relations))
    }
}
