//! Reading a feedback log, with a reason for every row that cannot be used.

use std::{fs::File, path::Path};

use arrow_array::{
    Array, ArrayRef, BooleanArray, RecordBatch, StringArray,
    cast::AsArray,
    types::{Date32Type, Float64Type, UInt16Type},
};
use arrow_schema::DataType;
use jiff::{ToSpan, civil::Date};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    policy::file::CaseType,
};

use super::{Entry, FeedbackError};

/// Reads a whole log.
///
/// # Errors
/// [`FeedbackError`] with the file, the row and the column.
pub fn read(path: &Path) -> Result<Vec<Entry>, FeedbackError> {
    let file =
        File::open(path).map_err(|source| FeedbackError::Io { path: path.to_owned(), source })?;
    let broken = |detail: String| FeedbackError::Parquet { path: path.to_owned(), detail };
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| broken(error.to_string()))?;
    let mut log = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| broken(error.to_string()))?;
        let columns = Columns::of(path, &batch)?;
        let first = log.len();
        for row in 0..batch.num_rows() {
            log.push(columns.entry(row, first + row + 1)?);
        }
    }
    Ok(log)
}

/// The columns of one batch, each of the type wanted.
struct Columns<'b> {
    path: &'b Path,
    subject: &'b StringArray,
    kind: &'b StringArray,
    policy: &'b StringArray,
    version: &'b StringArray,
    case: &'b StringArray,
    unit: &'b StringArray,
    shown_on: &'b ArrayRef,
    position: &'b ArrayRef,
    propensity: &'b ArrayRef,
    shuffled: &'b BooleanArray,
    outcomes: [&'b ArrayRef; 4],
}

/// Columns of the outcomes, in the order of [`Columns::outcomes`].
const OUTCOMES: [&str; 4] = ["opened_on", "applied_on", "approved_on", "dismissed_on"];

fn column<'b>(
    path: &Path,
    batch: &'b RecordBatch,
    name: &'static str,
    kind: &DataType,
    wanted: &'static str,
) -> Result<&'b ArrayRef, FeedbackError> {
    let fail = |problem: String| FeedbackError::Column {
        path: path.to_owned(),
        column: name,
        problem,
        wanted,
    };
    let found = batch.column_by_name(name).ok_or_else(|| fail("is missing".to_owned()))?;
    if found.data_type() == kind {
        Ok(found)
    } else {
        Err(fail(format!("is of type {}", found.data_type())))
    }
}

impl<'b> Columns<'b> {
    fn of(path: &'b Path, batch: &'b RecordBatch) -> Result<Columns<'b>, FeedbackError> {
        let text = |name| column(path, batch, name, &DataType::Utf8, "text");
        let text = |name| text(name).map(|array| array.as_string::<i32>());
        let day = |name| column(path, batch, name, &DataType::Date32, "a date");
        let [opened, applied, approved, dismissed] = OUTCOMES.map(day);
        Ok(Columns {
            path,
            subject: text("subject")?,
            kind: text("kind")?,
            policy: text("policy")?,
            version: text("version")?,
            case: text("case")?,
            unit: text("unit")?,
            shown_on: day("shown_on")?,
            position: column(
                path,
                batch,
                "position",
                &DataType::UInt16,
                "a whole number of 16 bits without sign",
            )?,
            propensity: column(
                path,
                batch,
                "propensity",
                &DataType::Float64,
                "a number of 64 bits",
            )?,
            shuffled: column(path, batch, "shuffled", &DataType::Boolean, "true or false")?
                .as_boolean(),
            outcomes: [opened?, applied?, approved?, dismissed?],
        })
    }

    /// The days of the outcomes; none lies before the day of the list.
    fn outcomes(
        &self,
        at: usize,
        row: usize,
        shown_on: Date,
    ) -> Result<[Option<Date>; 4], FeedbackError> {
        let mut outcomes = [None; 4];
        for ((outcome, array), column) in outcomes.iter_mut().zip(self.outcomes).zip(OUTCOMES) {
            *outcome = day(array, at);
            if outcome.is_some_and(|happened| happened < shown_on) {
                let problem = format!("lies before `shown_on` {shown_on}: exchange them");
                return Err(FeedbackError::Cell {
                    path: self.path.to_owned(),
                    row,
                    column,
                    problem,
                });
            }
        }
        Ok(outcomes)
    }

    fn entry(&self, at: usize, row: usize) -> Result<Entry, FeedbackError> {
        let fail = |column: &'static str, problem: String| FeedbackError::Cell {
            path: self.path.to_owned(),
            row,
            column,
            problem,
        };
        let text = |array: &'b StringArray, column| {
            let missing = || fail(column, "is empty: every row needs one".to_owned());
            array.is_valid(at).then(|| array.value(at)).ok_or_else(missing)
        };
        let key = |text: &str, column| {
            let wrong = |_| fail(column, format!("`{text}` is no key of a subject"));
            text.parse::<SubjectKey>().map_err(wrong)
        };
        let kind = text(self.kind, "kind")?;
        let case = text(self.case, "case")?;
        let shown_on = day(self.shown_on, at)
            .ok_or_else(|| fail("shown_on", "is no day: every row needs one".to_owned()))?;
        let position = self.position.as_primitive::<UInt16Type>();
        let propensity = self.propensity.as_primitive::<Float64Type>();
        let [opened_on, applied_on, approved_on, dismissed_on] =
            self.outcomes(at, row, shown_on)?;
        Ok(Entry {
            subject: key(text(self.subject, "subject")?, "subject")?,
            kind: SubjectKind::ALL.into_iter().find(|known| known.name() == kind).ok_or_else(
                || fail("kind", format!("`{kind}` is not `enterprise` or `citizen`")),
            )?,
            policy: text(self.policy, "policy")?.into(),
            version: text(self.version, "version")?.into(),
            case: [CaseType::NewClaim, CaseType::Recheck]
                .into_iter()
                .find(|known| known.name() == case)
                .ok_or_else(|| fail("case", format!("`{case}` is not `new_claim` or `recheck`")))?,
            unit: match self.unit.is_valid(at).then(|| self.unit.value(at)) {
                Some(unit) => Some(key(unit, "unit")?),
                None => None,
            },
            shown_on,
            position: Some(position.value(at))
                .filter(|place| position.is_valid(at) && *place > 0)
                .ok_or_else(|| {
                    fail("position", "is no place of a list: they begin at 1".to_owned())
                })?,
            propensity: Some(propensity.value(at))
                .filter(|value| propensity.is_valid(at) && *value > 0.0 && *value <= 1.0)
                .ok_or_else(|| {
                    let problem =
                        "is no probability above 0 and up to 1: log it when the list is made";
                    fail("propensity", problem.to_owned())
                })?,
            shuffled: self.shuffled.is_valid(at) && self.shuffled.value(at),
            opened_on,
            applied_on,
            approved_on,
            dismissed_on,
        })
    }
}

fn day(array: &ArrayRef, at: usize) -> Option<Date> {
    let days = array.as_primitive::<Date32Type>();
    let since_1970 = days.is_valid(at).then(|| days.value(at))?;
    Date::new(1970, 1, 1).ok()?.checked_add(since_1970.days()).ok()
}
