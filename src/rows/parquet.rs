//! Cells of a Parquet file as the text a CSV file would hold. Numbers are
//! written with as many digits as they need to be read again without loss.

use std::{fmt::Write as _, fs::File, ops::Range};

use anyhow::{Context, Result, bail};
use arrow_array::{
    Array, RecordBatch,
    cast::AsArray,
    types::{
        Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_schema::DataType;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{Cells, Field, Taker, places};

/// Rows read at a time.
const ROWS: usize = 32_768;

/// Reads the rows of a file; the first is row 1.
pub(super) fn read(file: File, fields: &[Field], mut taker: Taker<'_>) -> Result<usize> {
    let path = taker.path;
    let unreadable = || format!("cannot read `{}` as Parquet", path.display());
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).with_context(unreadable)?;
    let schema = builder.schema().clone();
    let columns: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let places = places(path, fields, &columns)?;
    for field in places.iter().flatten().map(|&place| schema.field(place)) {
        if !supported(field.data_type()) {
            bail!(
                "`{}`, column `{}` is of type {}: write it as text or number",
                path.display(),
                field.name(),
                field.data_type()
            );
        }
    }
    let wanted = ProjectionMask::roots(builder.parquet_schema(), places.iter().flatten().copied());
    let reader = builder.with_projection(wanted).with_batch_size(ROWS).build();
    let mut number = 0;
    for batch in reader.with_context(unreadable)? {
        let batch = batch.with_context(unreadable)?;
        rows(&batch, fields, &mut number, &mut taker);
    }
    taker.end()
}

fn rows(batch: &RecordBatch, fields: &[Field], number: &mut u64, taker: &mut Taker<'_>) {
    let arrays: Vec<Option<&dyn Array>> =
        fields.iter().map(|field| batch.column_by_name(field.name).map(AsRef::as_ref)).collect();
    let mut text = String::new();
    let mut spans: Vec<Option<Range<usize>>> = Vec::new();
    for row in 0..batch.num_rows() {
        text.clear();
        spans.clear();
        for array in &arrays {
            let start = text.len();
            let span = array.map(|array| {
                write_cell(array, row, &mut text);
                start..text.len()
            });
            spans.push(span);
        }
        let cell = |span: &Option<Range<usize>>| {
            span.clone().map(|span| text.get(span).unwrap_or_default())
        };
        let cells: Vec<Option<&str>> = spans.iter().map(cell).collect();
        *number += 1;
        let cells: &Cells<'_> = &cells;
        taker.take(*number, cells);
    }
}

fn supported(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => matches!(**values, DataType::Utf8 | DataType::LargeUtf8),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Boolean | DataType::Float32 | DataType::Float64 | DataType::Null => true,
        other => other.is_integer(),
    }
}

/// Appends the text of a cell; nothing for a null.
fn write_cell(array: &dyn Array, row: usize, text: &mut String) {
    if array.is_null(row) {
        return;
    }
    // Writing to a string cannot fail.
    macro_rules! number {
        ($kind:ty) => {{
            let _ = write!(text, "{}", array.as_primitive::<$kind>().value(row));
        }};
    }
    match array.data_type() {
        DataType::Utf8 => text.push_str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => text.push_str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => text.push_str(array.as_string_view().value(row)),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            if let Some(&key) = dictionary.normalized_keys().get(row) {
                write_cell(dictionary.values(), key, text);
            }
        }
        DataType::Boolean => text.push(if array.as_boolean().value(row) { '1' } else { '0' }),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => {
            let value = f64::from(array.as_primitive::<Float32Type>().value(row));
            let _ = write!(text, "{value}");
        }
        DataType::Float64 => number!(Float64Type),
        _ => {}
    }
}
