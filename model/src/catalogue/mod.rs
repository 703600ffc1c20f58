//! The catalogue: the only place where a field, a table or a relation is
//! defined. Rules are checked against it, joins are generated from it,
//! messages, masks and SQL are made from it.
//!
//! [`types`] is the file as it is written; [`Catalogue`] is the checked form
//! with dense field ids. Derived fields stay text here; `rules` compiles them.

mod check;
mod index;
mod suggest;
pub mod types;
pub(crate) mod yaml;

pub use self::{
    check::read,
    index::{
        Catalogue, CodeList, Derived, Field, FieldId, Relation, RelationId, SourceTable, TableId,
    },
    suggest::similar,
};
pub(crate) use self::{check::stored, suggest::nearest};

/// The JSON Schema of a catalogue file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(types::CatalogueFile).to_value()
}

#[cfg(test)]
mod tests;
