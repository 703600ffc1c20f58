//! Dossiers and relations as Parquet, for analysts and SQL: codes and places
//! in words, one reason column beside every field that is not known for all.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, StringDictionaryBuilder};
use arrow_array::types::{Int16Type, UInt8Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array,
    Int64Array, ListArray, RecordBatch, StringArray, StructArray, UInt8Array,
};
use arrow_buffer::{BooleanBuffer, NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field as ArrowField, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{Catalogue, CodeList, Field, Relation};
use zhida_model::domain::{DECIMAL_PLACES, IndustryTable, Reason, RegionTable, SubjectKey};
use zhida_model::frame::{Column, Dossiers, Edges, Facts, Frame, Values, World};

use super::{BuildError, facts::NO_AMOUNT};

/// What turns stored numbers back into words.
pub(super) struct Words<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) regions: &'a RegionTable,
    pub(super) industries: &'a IndustryTable,
    /// Zone ids in order.
    pub(super) zones: Vec<&'a str>,
}

/// One column of a file: what it is called and how a chunk fills it.
struct Named {
    field: ArrowField,
    array: ArrayRef,
}

/// Writes the dossiers of one kind.
pub(super) fn dossiers(
    path: &Path,
    words: &Words<'_>,
    dossiers: &Dossiers,
) -> Result<(), BuildError> {
    let partly: Vec<bool> = words
        .catalogue
        .fields()
        .iter()
        .map(|field| {
            dossiers
                .chunks
                .iter()
                .any(|chunk| chunk.column(field.id).is_some_and(|column| column.known.is_some()))
        })
        .collect();
    let mut file = Sink::new(path);
    for chunk in &dossiers.chunks {
        let mut columns = vec![named("subject", false, keys(chunk))];
        for field in words.catalogue.fields_of(dossiers.kind) {
            let Some(column) = chunk.column(field.id) else { continue };
            columns.push(named(&field.name, true, words.values(field, column, chunk.rows)));
            if partly[field.id.index()] || field.kind == FieldType::Facts {
                columns.push(named(
                    &format!("{}__reason", field.name),
                    true,
                    reasons(column, chunk.rows),
                ));
            }
        }
        for relation in words.catalogue.relations() {
            if let Some(edges) = chunk.edges(relation.id) {
                columns.push(named(
                    &format!("{}__complete", relation.entry.name),
                    false,
                    complete(edges, chunk.rows),
                ));
            }
        }
        file.write(columns)?;
    }
    file.finish()
}

/// Writes the edges of one relation.
pub(super) fn relation(path: &Path, relation: &Relation, world: &World) -> Result<(), BuildError> {
    let mut file = Sink::new(path);
    let targets = world.of(relation.entry.target);
    for chunk in &world.of(relation.entry.subject).chunks {
        let Some(edges) = chunk.edges(relation.id) else { continue };
        let owners = (0..chunk.rows).flat_map(|row| {
            let count = edges.offsets.get(row + 1).copied().unwrap_or(0)
                - edges.offsets.get(row).copied().unwrap_or(0);
            std::iter::repeat_n(chunk.key(row), usize::try_from(count).unwrap_or(0))
        });
        let targets =
            edges.target.iter().map(|&row| targets.locate(row).map(|(frame, row)| frame.key(row)));
        let day = |day: &i32| (*day != i32::MIN && *day != i32::MAX).then_some(*day);
        file.write(vec![
            named("subject", false, hex(owners.map(Some))),
            named("target", false, hex(targets)),
            named("since", true, Arc::new(edges.since.iter().map(day).collect::<Date32Array>())),
            named("until", true, Arc::new(edges.until.iter().map(day).collect::<Date32Array>())),
        ])?;
    }
    file.finish()
}

fn named(name: &str, nullable: bool, array: ArrayRef) -> Named {
    Named { field: ArrowField::new(name, array.data_type().clone(), nullable), array }
}

fn keys(chunk: &Frame) -> ArrayRef {
    hex((0..chunk.rows).map(|row| Some(chunk.key(row))))
}

/// Keys as 32 hexadecimal digits.
fn hex(keys: impl Iterator<Item = Option<SubjectKey>>) -> ArrayRef {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut builder = StringBuilder::new();
    let mut text = String::with_capacity(32);
    for key in keys {
        text.clear();
        for byte in key.map(|key| *key.as_bytes()).unwrap_or_default() {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        builder.append_value(&text);
    }
    Arc::new(builder.finish())
}

fn nulls(column: &Column) -> Option<NullBuffer> {
    column.known.clone().map(NullBuffer::new)
}

fn reasons(column: &Column, rows: usize) -> ArrayRef {
    let mut builder = StringDictionaryBuilder::<UInt8Type>::new();
    for row in 0..rows {
        match column.reason(row) {
            Reason::Known => builder.append_null(),
            // Nine names fit one byte.
            reason => builder.append_value(reason.name()),
        }
    }
    Arc::new(builder.finish())
}

fn complete(edges: &Edges, rows: usize) -> ArrayRef {
    let complete = edges.complete.clone().unwrap_or_else(|| BooleanBuffer::new_set(rows));
    Arc::new(BooleanArray::new(complete, None))
}

impl Words<'_> {
    /// The values of a column in words.
    fn values(&self, field: &Field, column: &Column, rows: usize) -> ArrayRef {
        let nulls = nulls(column);
        match &column.values {
            Values::Bool(cells) => Arc::new(BooleanArray::new(cells.clone(), nulls)),
            Values::Int(cells) if field.kind == FieldType::Decimal => {
                let cells = cells.iter().map(|&cell| i128::from(cell)).collect();
                let array = Decimal128Array::new(cells, nulls);
                Arc::new(array.with_data_type(DataType::Decimal128(
                    18,
                    i8::try_from(DECIMAL_PLACES).unwrap_or(6),
                )))
            }
            Values::Int(cells) => Arc::new(Int64Array::new(cells.clone(), nulls)),
            Values::Date(cells) => Arc::new(Date32Array::new(cells.clone(), nulls)),
            Values::Code(cells) => codes(field.codes.as_deref(), cells, nulls),
            Values::Place(cells) if field.kind == FieldType::Region => {
                let code = |&index: &u16| {
                    self.regions
                        .code(index)
                        .map_or(0, |code| i32::try_from(code.value()).unwrap_or(0))
                };
                Arc::new(Int32Array::new(cells.iter().map(code).collect(), nulls))
            }
            Values::Place(cells) => self.industry(cells, nulls.as_ref()),
            Values::Text { offsets, bytes } => {
                let bytes = bytes.inner().clone();
                match StringArray::try_new(offsets.clone(), bytes, nulls) {
                    Ok(array) => Arc::new(array),
                    // Texts were decoded as UTF-8; this cannot be reached.
                    Err(_) => Arc::new(StringArray::new_null(rows)),
                }
            }
            Values::Set { offsets, members } => {
                let mut builder = StringBuilder::new();
                for &member in members.iter() {
                    builder.append_value(self.member(field, member));
                }
                list(offsets, Arc::new(builder.finish()), nulls)
            }
            // Rows that are there settle questions, so they are shown even
            // where the list is not complete; the reason says that it is not.
            Values::Facts(facts) => fact_list(field, facts),
        }
    }

    fn member(&self, field: &Field, member: u16) -> String {
        let code =
            |list: &Arc<CodeList>| Some(list.entry(u8::try_from(member).ok()?)?.code.clone());
        match &field.codes {
            Some(list) => code(list).unwrap_or_default(),
            None if field.holds_industries() => {
                self.industries.code(member).map(|code| code.to_string()).unwrap_or_default()
            }
            None => {
                self.zones.get(usize::from(member)).map(|id| (*id).to_owned()).unwrap_or_default()
            }
        }
    }

    fn industry(&self, cells: &[u16], nulls: Option<&NullBuffer>) -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int16Type>::new();
        for (row, &cell) in cells.iter().enumerate() {
            match self
                .industries
                .code(cell)
                .filter(|_| nulls.is_none_or(|nulls| nulls.is_valid(row)))
            {
                Some(code) => builder.append_value(code.to_string()),
                None => builder.append_null(),
            }
        }
        Arc::new(builder.finish())
    }
}

/// Codes as text, stored once each.
fn codes(list: Option<&CodeList>, cells: &[u8], nulls: Option<NullBuffer>) -> ArrayRef {
    let names = list.map(|list| list.entries.as_slice()).unwrap_or_default();
    let names = StringArray::from_iter_values(names.iter().map(|entry| entry.code.as_str()));
    // Unknown cells may hold anything; a dictionary wants keys in bounds.
    let bound = u8::try_from(names.len().saturating_sub(1)).unwrap_or(u8::MAX);
    let keys = UInt8Array::new(cells.iter().map(|&cell| cell.min(bound)).collect(), nulls);
    match DictionaryArray::<UInt8Type>::try_new(keys, Arc::new(names)) {
        Ok(array) => Arc::new(array),
        Err(_) => Arc::new(StringArray::new_null(cells.len())),
    }
}

fn list(offsets: &OffsetBuffer<i32>, items: ArrayRef, nulls: Option<NullBuffer>) -> ArrayRef {
    let item = Arc::new(ArrowField::new("item", items.data_type().clone(), true));
    Arc::new(ListArray::new(item, offsets.clone(), items, nulls))
}

fn fact_list(field: &Field, facts: &Facts) -> ArrayRef {
    let day = |day: &i32| (*day != i32::MIN && *day != i32::MAX).then_some(*day);
    let amount = |amount: &i64| (*amount != NO_AMOUNT).then_some(*amount);
    let tables: Vec<&str> = field.sources.iter().map(|source| source.table.as_str()).collect();
    let source = |at: &u8| tables.get(usize::from(*at)).copied().unwrap_or_default();
    let sources = StringArray::from_iter_values(facts.source.iter().map(source));
    let codes = match field.codes.as_deref() {
        Some(list) => StringArray::from_iter_values(
            facts.code.iter().map(|&code| list.entry(code).map_or("", |entry| entry.code.as_str())),
        ),
        None => StringArray::from_iter_values(facts.code.iter().map(|_| "")),
    };
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(codes),
        Arc::new(facts.from.iter().map(day).collect::<Date32Array>()),
        Arc::new(facts.to.iter().map(day).collect::<Date32Array>()),
        Arc::new(facts.amount.iter().map(amount).collect::<Int64Array>()),
        Arc::new(sources),
    ];
    let names = ["code", "from", "to", "amount", "source"];
    let fields: Fields = names
        .iter()
        .zip(&arrays)
        .map(|(name, array)| ArrowField::new(*name, array.data_type().clone(), true))
        .collect();
    list(&facts.offsets, Arc::new(StructArray::new(fields, arrays, None)), None)
}

/// A Parquet file that begins with its first batch.
struct Sink<'p> {
    path: &'p Path,
    writer: Option<ArrowWriter<File>>,
}

impl<'p> Sink<'p> {
    fn new(path: &'p Path) -> Sink<'p> {
        Sink { path, writer: None }
    }

    fn fail(&self, problem: &dyn std::fmt::Display) -> BuildError {
        BuildError::Write { path: self.path.to_owned(), problem: problem.to_string() }
    }

    fn write(&mut self, columns: Vec<Named>) -> Result<(), BuildError> {
        let fields: Vec<ArrowField> = columns.iter().map(|column| column.field.clone()).collect();
        let arrays = columns.into_iter().map(|column| column.array).collect();
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|e| self.fail(&e))?;
        if self.writer.is_none() {
            let file = File::create(self.path).map_err(|e| self.fail(&e))?;
            let level = ZstdLevel::try_new(1).map_err(|e| self.fail(&e))?;
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(level))
                .set_max_row_group_row_count(Some(262_144))
                .set_created_by("zhida".to_owned())
                .build();
            let writer = ArrowWriter::try_new(file, schema, Some(properties));
            self.writer = Some(writer.map_err(|e| self.fail(&e))?);
        }
        match self.writer.as_mut().map(|writer| writer.write(&batch)) {
            Some(Err(error)) => Err(self.fail(&error)),
            _ => Ok(()),
        }
    }

    /// Closes and flushes; without a batch no file is made.
    fn finish(mut self) -> Result<(), BuildError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let file = writer.into_inner().map_err(|e| self.fail(&e))?;
        file.sync_all().map_err(|e| self.fail(&e))
    }
}
