//! The truth beside a simulated log: what every offer of the lists was worth.

use std::{fs::File, path::Path, sync::Arc};

use arrow_array::{
    Array, ArrayRef, Float64Array, RecordBatch, StringArray,
    cast::AsArray,
    types::{Date32Type, Float64Type},
};
use arrow_schema::{DataType, Field, Schema};
use jiff::{ToSpan, civil::Date};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use zhida_store::feedback::FeedbackError;

/// Name of the truth beside a simulated log.
pub const TRUTH: &str = "truth.parquet";

/// One offer of a list, shown or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// Key of the subject.
    pub subject: String,
    /// Day of the list.
    pub on: Date,
    /// Policy id.
    pub policy: String,
    /// Key of the unit, or empty.
    pub unit: String,
    /// Probability that the first place of the list is looked at.
    pub look: f64,
    /// Probability of opening it once looked at.
    pub open: f64,
    /// Probability of applying once opened.
    pub apply: f64,
    /// Probability of approval once applied.
    pub approve: f64,
    /// Their product times the value of the sum.
    pub gain: f64,
}

const TEXTS: [&str; 3] = ["subject", "policy", "unit"];
const NUMBERS: [&str; 5] = ["look", "open", "apply", "approve", "gain"];

fn broken(path: &Path, detail: &dyn std::fmt::Display) -> FeedbackError {
    FeedbackError::Parquet { path: path.to_owned(), detail: detail.to_string() }
}

/// Writes the truth.
///
/// # Errors
/// [`FeedbackError`].
pub fn write(path: &Path, gains: &[Gain]) -> Result<(), FeedbackError> {
    let io = |source| FeedbackError::Io { path: path.to_owned(), source };
    let mut fields = vec![Field::new("on", DataType::Date32, false)];
    fields.extend(TEXTS.map(|name| Field::new(name, DataType::Utf8, false)));
    fields.extend(NUMBERS.map(|name| Field::new(name, DataType::Float64, false)));
    let schema = Arc::new(Schema::new(fields));
    let text = |of: fn(&Gain) -> &str| -> ArrayRef {
        Arc::new(gains.iter().map(|gain| Some(of(gain))).collect::<StringArray>())
    };
    let number = |of: fn(&Gain) -> f64| -> ArrayRef {
        Arc::new(gains.iter().map(|gain| Some(of(gain))).collect::<Float64Array>())
    };
    let days = |day: Date| Some(day.since(Date::new(1970, 1, 1).ok()?).ok()?.get_days());
    let on: arrow_array::Date32Array = gains.iter().map(|gain| days(gain.on)).collect();
    let columns = vec![
        Arc::new(on) as ArrayRef,
        text(|gain| &gain.subject),
        text(|gain| &gain.policy),
        text(|gain| &gain.unit),
        number(|gain| gain.look),
        number(|gain| gain.open),
        number(|gain| gain.apply),
        number(|gain| gain.approve),
        number(|gain| gain.gain),
    ];
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| broken(path, &error))?;
    let mut writer = ArrowWriter::try_new(File::create(path).map_err(io)?, schema, None)
        .map_err(|error| broken(path, &error))?;
    writer.write(&batch).map_err(|error| broken(path, &error))?;
    writer.close().map_err(|error| broken(path, &error))?;
    Ok(())
}

/// Reads the truth.
///
/// # Errors
/// [`FeedbackError`].
pub fn read(path: &Path) -> Result<Vec<Gain>, FeedbackError> {
    let file =
        File::open(path).map_err(|source| FeedbackError::Io { path: path.to_owned(), source })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| broken(path, &error))?;
    let mut gains = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| broken(path, &error))?;
        let column = |name: &'static str, kind: &DataType, wanted: &'static str| {
            let fail = |problem: &str| FeedbackError::Column {
                path: path.to_owned(),
                column: name,
                problem: problem.to_owned(),
                wanted,
            };
            let found = batch.column_by_name(name).ok_or_else(|| fail("is missing"))?;
            (found.data_type() == kind).then_some(found).ok_or_else(|| fail("is of another type"))
        };
        let on = column("on", &DataType::Date32, "a date")?.as_primitive::<Date32Type>();
        let text = |name| column(name, &DataType::Utf8, "text").map(AsArray::as_string::<i32>);
        let number = |name| {
            column(name, &DataType::Float64, "a number of 64 bits")
                .map(AsArray::as_primitive::<Float64Type>)
        };
        let (subject, policy, unit) = (text("subject")?, text("policy")?, text("unit")?);
        let [look, open, apply, approve, gain] = NUMBERS.map(number);
        let (look, open, apply, approve, gain) = (look?, open?, apply?, approve?, gain?);
        let origin = Date::new(1970, 1, 1).map_err(|error| broken(path, &error))?;
        for row in 0..batch.num_rows() {
            gains.push(Gain {
                subject: subject.value(row).to_owned(),
                on: origin
                    .checked_add(on.value(row).days())
                    .map_err(|error| broken(path, &error))?,
                policy: policy.value(row).to_owned(),
                unit: unit.value(row).to_owned(),
                look: look.value(row),
                open: open.value(row),
                apply: apply.value(row),
                approve: approve.value(row),
                gain: gain.value(row),
            });
        }
    }
    Ok(gains)
}
