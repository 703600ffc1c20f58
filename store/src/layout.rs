//! Which columns a dossier table has on disk, how they are named and typed,
//! and whether they still mean what the catalogue says.
//!
//! `_key` identifies the dossier; `<field>` holds values, beside it
//! `<field>#reason`, `<field>#observed` and `<field>#source` where needed;
//! `@<relation>` holds edges and `@<relation>#complete` which lists are
//! complete. The numbers in code columns are positions, so each column names
//! its codes and sources in its metadata, and opening compares them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::{DataType, Field as ArrowField, Fields, Schema};
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{Catalogue, Field, FieldId, RelationId};
use zhida_model::domain::SubjectKind;
use zhida_model::frame::{Column, Dossiers};

use crate::StoreError;

/// Name of the key column.
pub(crate) const KEY: &str = "_key";

/// Bytes of a key.
pub(crate) const KEY_BYTES: i32 = 16;

/// One column on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Key,
    Value(FieldId),
    Reason(FieldId),
    Observed(FieldId),
    Source(FieldId),
    Edges(RelationId),
    Complete(RelationId),
}

impl Slot {
    /// What stands in the column, for messages.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Slot::Key => "keys",
            Slot::Value(_) => "values",
            Slot::Reason(_) => "reasons",
            Slot::Observed(_) => "days of observation",
            Slot::Source(_) => "sources",
            Slot::Edges(_) => "edges",
            Slot::Complete(_) => "marks of complete lists",
        }
    }
}

/// The columns of one dossier table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub(crate) kind: SubjectKind,
    pub(crate) slots: Vec<Slot>,
}

/// Which of the columns beside a value are needed.
#[derive(Clone, Copy, Default)]
struct Beside {
    reason: bool,
    observed: bool,
    source: bool,
}

impl Layout {
    /// Just the columns that these dossiers need.
    #[must_use]
    pub fn of(catalogue: &Catalogue, dossiers: &Dossiers) -> Layout {
        let mut layout = Layout::keys_only(dossiers.kind);
        for field in catalogue.fields_of(dossiers.kind) {
            let mut columns =
                dossiers.chunks.iter().filter_map(|chunk| chunk.column(field.id)).peekable();
            if columns.peek().is_some() {
                let beside = columns.fold(Beside::default(), Beside::with);
                layout.push_field(field.id, beside);
            }
        }
        for relation in catalogue.relations() {
            let edges = dossiers.chunks.iter().filter_map(|chunk| chunk.edges(relation.id));
            let complete: Vec<bool> = edges.map(|edges| edges.complete.is_some()).collect();
            if relation.entry.subject == dossiers.kind && !complete.is_empty() {
                layout.push_relation(relation.id, complete.contains(&true));
            }
        }
        layout
    }

    /// Every column the catalogue allows for: for chunks that are not yet made.
    #[must_use]
    pub fn full(catalogue: &Catalogue, kind: SubjectKind) -> Layout {
        let mut layout = Layout::keys_only(kind);
        for field in catalogue.fields_of(kind).filter(|field| field.derived.is_none()) {
            let source = field.kind != FieldType::Facts && field.sources.len() > 1;
            layout.push_field(field.id, Beside { reason: true, observed: true, source });
        }
        for relation in catalogue.relations().iter().filter(|r| r.entry.subject == kind) {
            layout.push_relation(relation.id, true);
        }
        layout
    }

    /// Without any field: for a kind of which there is no dossier.
    pub(crate) fn keys_only(kind: SubjectKind) -> Layout {
        Layout { kind, slots: vec![Slot::Key] }
    }

    fn push_field(&mut self, id: FieldId, beside: Beside) {
        self.slots.push(Slot::Value(id));
        let slots = [
            (beside.reason, Slot::Reason(id)),
            (beside.observed, Slot::Observed(id)),
            (beside.source, Slot::Source(id)),
        ];
        self.slots.extend(slots.into_iter().filter_map(|(needed, slot)| needed.then_some(slot)));
    }

    fn push_relation(&mut self, id: RelationId, complete: bool) {
        self.slots.push(Slot::Edges(id));
        if complete {
            self.slots.push(Slot::Complete(id));
        }
    }

    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.slots.contains(&slot)
    }

    /// The Arrow schema of these columns.
    pub(crate) fn schema(&self, catalogue: &Catalogue) -> Schema {
        let fields: Vec<ArrowField> =
            self.slots.iter().map(|&slot| arrow_field(catalogue, slot)).collect();
        let metadata = [
            ("zhida.kind".to_owned(), self.kind.name().to_owned()),
            ("zhida.catalogue".to_owned(), catalogue.version().to_owned()),
        ];
        Schema::new_with_metadata(fields, HashMap::from(metadata))
    }

    /// The layout of a table that was written earlier, checked against the
    /// catalogue it is now read with.
    pub(crate) fn read(
        path: &Path,
        kind: SubjectKind,
        schema: &Schema,
        catalogue: &Catalogue,
    ) -> Result<Layout, StoreError> {
        let mut slots = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let mismatch = |detail: String| StoreError::Mismatch {
                path: path.to_owned(),
                column: field.name().clone(),
                detail,
            };
            let slot = slot_of(catalogue, kind, field.name())
                .ok_or_else(|| mismatch("the catalogue has no such field".to_owned()))?;
            if slots.contains(&slot) {
                return Err(mismatch("it is there twice".to_owned()));
            }
            fits(field, &arrow_field(catalogue, slot)).map_err(mismatch)?;
            slots.push(slot);
        }
        if slots.first() != Some(&Slot::Key) {
            let detail = "it is not the first column".to_owned();
            return Err(StoreError::Mismatch {
                path: path.to_owned(),
                column: KEY.to_owned(),
                detail,
            });
        }
        Ok(Layout { kind, slots })
    }
}

impl Beside {
    fn with(self, column: &Column) -> Beside {
        let unknown = |known: &arrow_buffer::BooleanBuffer| known.count_set_bits() < known.len();
        Beside {
            reason: self.reason || column.known.as_ref().is_some_and(unknown),
            observed: self.observed || column.observed.is_some(),
            source: self.source || column.source.is_some(),
        }
    }
}

/// Which column a name stands for.
fn slot_of(catalogue: &Catalogue, kind: SubjectKind, name: &str) -> Option<Slot> {
    if name == KEY {
        return Some(Slot::Key);
    }
    let (base, suffix) = name.split_once('#').map_or((name, None), |(b, s)| (b, Some(s)));
    if let Some(base) = base.strip_prefix('@') {
        let id = catalogue.relation(kind, base)?.id;
        return match suffix {
            None => Some(Slot::Edges(id)),
            Some("complete") => Some(Slot::Complete(id)),
            Some(_) => None,
        };
    }
    let id = catalogue.field(kind, base).filter(|field| field.derived.is_none())?.id;
    match suffix {
        None => Some(Slot::Value(id)),
        Some("reason") => Some(Slot::Reason(id)),
        Some("observed") => Some(Slot::Observed(id)),
        Some("source") => Some(Slot::Source(id)),
        Some(_) => None,
    }
}

/// Name, type and metadata of a column.
fn arrow_field(catalogue: &Catalogue, slot: Slot) -> ArrowField {
    let named = |id: FieldId, suffix: &str| format!("{}#{suffix}", catalogue.by_id(id).name);
    match slot {
        Slot::Key => ArrowField::new(KEY, DataType::FixedSizeBinary(KEY_BYTES), false),
        Slot::Value(id) => {
            let field = catalogue.by_id(id);
            ArrowField::new(&field.name, value_type(field.kind), true)
                .with_metadata(field_metadata(field))
        }
        Slot::Reason(id) => ArrowField::new(named(id, "reason"), DataType::UInt8, false),
        Slot::Observed(id) => ArrowField::new(named(id, "observed"), DataType::Date32, true),
        Slot::Source(id) => ArrowField::new(named(id, "source"), DataType::UInt8, false)
            .with_metadata(HashMap::from([sources(catalogue.by_id(id))])),
        Slot::Edges(id) => {
            let entry = &catalogue.relation_by_id(id).entry;
            let metadata = [
                ("label".to_owned(), entry.label.clone()),
                ("target".to_owned(), entry.target.name().to_owned()),
            ];
            ArrowField::new(format!("@{}", entry.name), list(edge_item()), false)
                .with_metadata(HashMap::from(metadata))
        }
        Slot::Complete(id) => {
            let name = format!("@{}#complete", catalogue.relation_by_id(id).entry.name);
            ArrowField::new(name, DataType::Boolean, false)
        }
    }
}

/// The type of the values of a field.
fn value_type(kind: FieldType) -> DataType {
    match kind {
        FieldType::Bool => DataType::Boolean,
        FieldType::Int | FieldType::Decimal | FieldType::Money => DataType::Int64,
        FieldType::Date => DataType::Date32,
        FieldType::Code => DataType::UInt8,
        FieldType::Region | FieldType::Industry => DataType::UInt16,
        FieldType::Text => DataType::Utf8,
        FieldType::Set => list(set_item()),
        FieldType::Facts => list(fact_item()),
    }
}

fn list(item: Arc<ArrowField>) -> DataType {
    DataType::List(item)
}

/// What stands in a set.
pub(crate) fn set_item() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("item", DataType::UInt16, false))
}

/// What stands in a facts list.
pub(crate) fn fact_item() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("item", DataType::Struct(fact_fields()), false))
}

/// The parts of a fact.
pub(crate) fn fact_fields() -> Fields {
    Fields::from(vec![
        ArrowField::new("code", DataType::UInt8, false),
        ArrowField::new("from", DataType::Date32, true),
        ArrowField::new("to", DataType::Date32, true),
        ArrowField::new("amount", DataType::Int64, true),
        ArrowField::new("source", DataType::UInt8, false),
    ])
}

/// What stands in a list of edges.
pub(crate) fn edge_item() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("item", DataType::Struct(edge_fields()), false))
}

/// The parts of an edge.
pub(crate) fn edge_fields() -> Fields {
    Fields::from(vec![
        ArrowField::new("target", DataType::UInt32, false),
        ArrowField::new("since", DataType::Date32, true),
        ArrowField::new("until", DataType::Date32, true),
    ])
}

/// What must not change while the numbers are to keep their meaning, and the
/// label for people who read the file with another tool.
fn field_metadata(field: &Field) -> HashMap<String, String> {
    let mut metadata = HashMap::from([
        ("label".to_owned(), field.label.clone()),
        ("type".to_owned(), format!("{:?}", field.kind).to_lowercase()),
    ]);
    if !field.unit.is_empty() {
        metadata.insert("unit".to_owned(), field.unit.clone());
    }
    if let Some(members) = field.set_of {
        metadata.insert("members".to_owned(), format!("{members:?}").to_lowercase());
    }
    if let Some(codes) = &field.codes {
        let codes: Vec<&str> = codes.entries.iter().map(|entry| entry.code.as_str()).collect();
        metadata.insert("codes".to_owned(), codes.join(","));
    }
    if field.kind == FieldType::Facts {
        metadata.extend([sources(field)]);
    }
    metadata
}

/// The tables of a field in the order in which they are numbered.
fn sources(field: &Field) -> (String, String) {
    let tables: Vec<&str> = field.sources.iter().map(|source| source.table.as_str()).collect();
    ("sources".to_owned(), tables.join(","))
}

/// Whether a stored column can be read as the catalogue's. Codes and sources
/// may have been added at the end since; the others must be the same.
fn fits(stored: &ArrowField, expected: &ArrowField) -> Result<(), String> {
    if stored.data_type() != expected.data_type() {
        return Err(format!(
            "it is stored as {}, not {}",
            stored.data_type(),
            expected.data_type()
        ));
    }
    for key in ["type", "members", "target"] {
        let (old, new) = (stored.metadata().get(key), expected.metadata().get(key));
        if old != new {
            return Err(format!("its {key}: stored as {}, now {}", quoted(old), quoted(new)));
        }
    }
    for key in ["codes", "sources"] {
        let (old, new) = (stored.metadata().get(key), expected.metadata().get(key));
        let old_items: Vec<&str> = items(old);
        if !items(new).starts_with(&old_items) {
            return Err(format!("its {key}: stored as {}, now {}", quoted(old), quoted(new)));
        }
    }
    Ok(())
}

fn items(list: Option<&String>) -> Vec<&str> {
    list.map(|list| list.split(',').collect()).unwrap_or_default()
}

fn quoted(text: Option<&String>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
}
