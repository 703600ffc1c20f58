//! Reads Parquet through the `parquet` crate and shows every cell as the text
//! a CSV file would hold, so that both forms go the same way from here on.

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{
    ReadError,
    block::{Batch, Block, hash},
};
use crate::build::day;

/// Rows read at a time.
const ROWS: usize = 32_768;

const SECONDS_PER_DAY: i64 = 86_400;

/// The batches of one file.
pub(super) struct Batches {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    next: u32,
}

/// One batch, not yet turned into text.
pub(in crate::build) struct ArrowBlock {
    batch: RecordBatch,
    first: u32,
}

/// The columns of a file, and its batches.
pub(super) fn open(path: &Path) -> Result<(Vec<String>, Batches), ReadError> {
    let file =
        File::open(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    let fail = |problem: String| ReadError::Parquet { path: path.to_owned(), problem };
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| fail(e.to_string()))?;
    let columns: Vec<String> =
        builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    for field in builder.schema().fields() {
        if !supported(field.data_type()) {
            let kind = field.data_type();
            return Err(fail(format!(
                "column `{}` is of type {kind}: write it as text, number or date",
                field.name()
            )));
        }
    }
    let reader = builder.with_batch_size(ROWS).build().map_err(|e| fail(e.to_string()))?;
    Ok((columns, Batches { path: path.to_owned(), reader, next: 2 }))
}

impl Batches {
    pub(super) fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let fail = |problem: String| ReadError::Parquet { path: self.path.clone(), problem };
        let batch = batch.map_err(|error| fail(error.to_string()))?;
        let first = self.next;
        self.next = first.saturating_add(u32::try_from(batch.num_rows()).unwrap_or(u32::MAX));
        Ok(Some(Block::Arrow(ArrowBlock { batch, first })))
    }
}

impl ArrowBlock {
    pub(super) fn cut(self, wanted: &[Option<usize>], columns: usize) -> Batch {
        let rows = self.batch.num_rows();
        let mut batch = Batch::with_columns(columns, rows);
        let mut text = String::with_capacity(rows * columns * 12);
        let mut row_text = String::new();
        for row in 0..rows {
            row_text.clear();
            for (array, place) in self.batch.columns().iter().zip(wanted) {
                let start = row_text.len();
                write_cell(array, row, &mut row_text);
                if let Some(column) = *place {
                    batch.push_cell(column, text.len() + start, text.len() + row_text.len());
                }
                row_text.push('\u{1f}');
            }
            text.push_str(&row_text);
            batch.records.push(self.first.saturating_add(u32::try_from(row).unwrap_or(u32::MAX)));
            batch.hashes.push(hash(row_text.as_bytes()));
        }
        batch.set_text(text);
        batch
    }
}

fn supported(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => matches!(**values, DataType::Utf8 | DataType::LargeUtf8),
        DataType::Timestamp(_, _) | DataType::Decimal128(_, 0..) => true,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Boolean
        | DataType::Date32
        | DataType::Float32
        | DataType::Float64
        | DataType::Null => true,
        other => other.is_integer(),
    }
}

/// Appends the text of a cell; nothing for a null.
fn write_cell(array: &ArrayRef, row: usize, text: &mut String) {
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
        DataType::Boolean => {
            text.push_str(if array.as_boolean().value(row) { "true" } else { "false" })
        }
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Date32 => day::write(array.as_primitive::<Date32Type>().value(row), text),
        DataType::Decimal128(_, _) => {
            text.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Timestamp(unit, _) => {
            let (value, per_second) = match unit {
                TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), 1),
                TimeUnit::Millisecond => {
                    (array.as_primitive::<TimestampMillisecondType>().value(row), 1_000)
                }
                TimeUnit::Microsecond => {
                    (array.as_primitive::<TimestampMicrosecondType>().value(row), 1_000_000)
                }
                TimeUnit::Nanosecond => {
                    (array.as_primitive::<TimestampNanosecondType>().value(row), 1_000_000_000)
                }
            };
            let days = value.div_euclid(per_second).div_euclid(SECONDS_PER_DAY);
            day::write(i32::try_from(days).unwrap_or(i32::MAX), text);
        }
        _ => {}
    }
}
