//! Judgments and runs for the measures: query, document and a number, from
//! Python's tuples or the columns of an Arrow table.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use pyo3::prelude::*;

use crate::capsule::Table;
use crate::cells::{Fault, Read, whole};
use crate::codes::texts;
use crate::errors::{Error, Result, TableFault, detached};

/// Query, document and relevance or score.
pub(crate) type Triples = Vec<(String, String, f64)>;

/// Triples as such, or the columns `query`, `document` and a number of a table.
pub(crate) fn triples(object: &Bound<'_, PyAny>, name: &str, number: &str) -> PyResult<Triples> {
    if object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")? {
        let table = Table::take(object, name)?;
        return detached(object.py(), || of_table(&table, number));
    }
    object.extract()
}

fn of_table(table: &Table, number: &str) -> Result<Triples> {
    let mut found = Triples::new();
    for batch in &table.batches {
        let first = found.len();
        let told = |column: &str, fault: Fault| {
            Error::Table(TableFault {
                table: table.name.clone(),
                column: Some(column.to_owned()),
                row: fault.row.map(|row| first + row),
                problem: fault.problem,
                remedy: fault.remedy,
            })
        };
        let queries = named(batch, "query").and_then(words).map_err(|f| told("query", f))?;
        let documents =
            named(batch, "document").and_then(words).map_err(|f| told("document", f))?;
        let values = named(batch, number).and_then(numbers).map_err(|f| told(number, f))?;
        let rows = queries.into_iter().zip(documents).zip(values);
        found.extend(rows.map(|((query, document), value)| (query, document, value)));
    }
    Ok(found)
}

fn named<'b>(batch: &'b RecordBatch, name: &str) -> Read<&'b ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| {
        Fault::whole("is missing", "name the columns query, document, and relevance or score")
    })
}

fn null(row: usize) -> Fault {
    Fault::at(row, "null", "give a value, or leave the row out")
}

fn words(array: &ArrayRef) -> Read<Vec<String>> {
    let mut found = Vec::with_capacity(array.len());
    texts(array.as_ref(), "text (string)", |row, text| {
        found.push(text.ok_or_else(|| null(row))?.to_owned());
        Ok(())
    })?;
    Ok(found)
}

/// Numbers of any kind; a whole one keeps all its digits up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "a relevance is small")]
fn numbers(array: &ArrayRef) -> Read<Vec<f64>> {
    if let Some(row) = (0..array.len()).find(|row| array.is_null(*row)) {
        return Err(null(row));
    }
    Ok(match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().values().to_vec(),
        DataType::Float32 => {
            array.as_primitive::<Float32Type>().values().iter().map(|one| f64::from(*one)).collect()
        }
        _ => whole(array, "numbers")?.iter().map(|one| *one as f64).collect(),
    })
}
