//! Writing a feedback log.

use std::{fs::File, path::Path, sync::Arc};

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, RecordBatch, StringArray, UInt16Array,
};
use arrow_schema::{DataType, Field, Schema};
use jiff::civil::Date;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use super::{Entry, FeedbackError};

/// Rows in one batch.
const ROWS: usize = 65_536;

/// Writes a log, under a temporary name until it is complete.
///
/// # Errors
/// [`FeedbackError`].
pub fn write(path: &Path, log: &[Entry]) -> Result<(), FeedbackError> {
    let temporary = path.with_extension("parquet.partial");
    let io = |source| FeedbackError::Io { path: temporary.clone(), source };
    let broken = |detail: String| FeedbackError::Parquet { path: temporary.clone(), detail };
    let file = File::create(&temporary).map_err(io)?;
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let schema = Arc::new(schema());
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
        .map_err(|error| broken(error.to_string()))?;
    for rows in log.chunks(ROWS) {
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns(rows))
            .map_err(|error| broken(error.to_string()))?;
        writer.write(&batch).map_err(|error| broken(error.to_string()))?;
    }
    let file = writer.into_inner().map_err(|error| broken(error.to_string()))?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&temporary, path).map_err(io)
}

fn schema() -> Schema {
    let text = |name: &str, empty| Field::new(name, DataType::Utf8, empty);
    let day = |name: &str, empty| Field::new(name, DataType::Date32, empty);
    Schema::new(vec![
        text("subject", false),
        text("kind", false),
        text("policy", false),
        text("version", false),
        text("case", false),
        text("unit", true),
        day("shown_on", false),
        Field::new("position", DataType::UInt16, false),
        Field::new("propensity", DataType::Float64, false),
        Field::new("shuffled", DataType::Boolean, false),
        day("opened_on", true),
        day("applied_on", true),
        day("approved_on", true),
        day("dismissed_on", true),
    ])
}

fn columns(rows: &[Entry]) -> Vec<ArrayRef> {
    let text = |of: &dyn Fn(&Entry) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    let day = |of: &dyn Fn(&Entry) -> Option<Date>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| of(row).and_then(days)).collect::<Date32Array>())
    };
    vec![
        text(&|row| Some(row.subject.to_string())),
        text(&|row| Some(row.kind.name().to_owned())),
        text(&|row| Some(row.policy.to_string())),
        text(&|row| Some(row.version.to_string())),
        text(&|row| Some(row.case.name().to_owned())),
        text(&|row| row.unit.map(|unit| unit.to_string())),
        day(&|row| Some(row.shown_on)),
        Arc::new(rows.iter().map(|row| Some(row.position)).collect::<UInt16Array>()),
        Arc::new(rows.iter().map(|row| Some(row.propensity)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| Some(row.shuffled)).collect::<BooleanArray>()),
        day(&|row| row.opened_on),
        day(&|row| row.applied_on),
        day(&|row| row.approved_on),
        day(&|row| row.dismissed_on),
    ]
}

fn days(day: Date) -> Option<i32> {
    Some(day.since(Date::new(1970, 1, 1).ok()?).ok()?.get_days())
}
