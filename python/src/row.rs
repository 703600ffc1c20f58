//! One dossier written as a Python dict, as a table of one row, so that it is
//! read by the same rules as any other table.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray,
    NullArray, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields, Schema};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use zhida_model::catalogue::types::FieldType;
use zhida_model::domain::SubjectKind;
use zhida_model::reference::Reference;
use zhida_model::rules::dated::days_of;

use crate::arguments::Day;
use crate::capsule::Table;
use crate::errors::{Error, TableFault};

/// Digits of the widest decimal.
const DIGITS: u8 = 38;

/// The table of one row that holds the cells of a dict.
pub(crate) fn table(
    reference: &Reference,
    kind: SubjectKind,
    cells: &Bound<'_, PyDict>,
) -> PyResult<Table> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (name, value) in cells {
        let name: String = name.extract()?;
        let facts = reference
            .catalogue
            .field(kind, &name)
            .is_some_and(|field| field.kind == FieldType::Facts);
        let array = cell(&value, facts).map_err(|error| refused(&value, &name, error))?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let one = RecordBatchOptions::new().with_row_count(Some(1));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &one)
        .map_err(|error| Error::Argument(format!("the row is no dossier: {error}")))?;
    Ok(Table { name: "subject".to_owned(), schema, batches: vec![batch], seconds: 0.0 })
}

fn refused(value: &Bound<'_, PyAny>, column: &str, error: PyErr) -> PyErr {
    let kind = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
    Error::Table(TableFault {
        table: "subject".to_owned(),
        column: Some(column.to_owned()),
        row: Some(0),
        problem: format!("a value of type `{kind}` cannot be read ({error})"),
        remedy: "give bool, int, Decimal, str, datetime.date, a list of str, a list of dicts for facts, or None".to_owned(),
    })
    .into()
}

fn cell(value: &Bound<'_, PyAny>, facts: bool) -> PyResult<ArrayRef> {
    if value.is_none() {
        return Ok(Arc::new(NullArray::new(1)));
    }
    if let Ok(list) = value.cast::<PyList>() {
        return if facts { fact_list(list) } else { text_list(list) };
    }
    scalars(std::slice::from_ref(value))
}

/// Values of one type, or null, as an array.
fn scalars(values: &[Bound<'_, PyAny>]) -> PyResult<ArrayRef> {
    fn all<'py, T, A: FromIterator<Option<T>>>(
        values: &[Bound<'py, PyAny>],
        read: impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<A> {
        let read = |value: &Bound<'py, PyAny>| (!value.is_none()).then(|| read(value)).transpose();
        values.iter().map(read).collect()
    }
    let Some(first) = values.iter().find(|value| !value.is_none()) else {
        return Ok(Arc::new(NullArray::new(values.len())));
    };
    Ok(if first.is_instance_of::<PyBool>() {
        Arc::new(all::<bool, BooleanArray>(values, |value| value.extract())?)
    } else if first.is_instance_of::<PyInt>() {
        Arc::new(all::<i64, Int64Array>(values, |value| value.extract())?)
    } else if first.is_instance_of::<PyFloat>() {
        // Refused later, with the column's name and what to give instead.
        Arc::new(all::<f64, Float64Array>(values, |value| value.extract())?)
    } else if first.is_instance_of::<PyString>() {
        Arc::new(all::<String, StringArray>(values, |value| value.extract())?)
    } else if first.hasattr("as_tuple")? {
        decimal(first)?
    } else {
        Arc::new(all::<i32, Date32Array>(values, |value| {
            value.extract::<Day>().map(|day| days_of(day.0))
        })?)
    })
}

/// A `decimal.Decimal`, exactly.
fn decimal(value: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    let wide = || Error::Argument("the decimal has more than 38 digits".to_owned());
    let (sign, digits, exponent): (u8, Vec<u8>, i32) = value.call_method0("as_tuple")?.extract()?;
    let digits = digits
        .iter()
        .try_fold(0_i128, |number, &digit| number.checked_mul(10)?.checked_add(i128::from(digit)));
    let digits = digits.ok_or_else(wide)?;
    let zeros = 10_i128.checked_pow(exponent.max(0).unsigned_abs()).ok_or_else(wide)?;
    let number = digits.checked_mul(zeros).ok_or_else(wide)?;
    let number = if sign == 1 { -number } else { number };
    let scale = i8::try_from((-exponent).max(0)).map_err(|_| wide())?;
    let array = Decimal128Array::from(vec![number]).with_precision_and_scale(DIGITS, scale);
    Ok(Arc::new(array.map_err(|_| wide())?))
}

fn text_list(list: &Bound<'_, PyList>) -> PyResult<ArrayRef> {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for item in list {
        builder.values().append_value(item.extract::<String>()?);
    }
    builder.append(true);
    Ok(Arc::new(builder.finish()))
}

fn fact_list(list: &Bound<'_, PyList>) -> PyResult<ArrayRef> {
    let names = ["code", "from", "to", "amount", "source"];
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    let facts: Vec<Bound<'_, PyDict>> =
        list.iter().map(|item| Ok(item.cast_into::<PyDict>()?)).collect::<PyResult<_>>()?;
    for fact in &facts {
        for key in fact.keys() {
            let key: String = key.extract()?;
            if !names.contains(&key.as_str()) {
                let text = format!("a fact has no `{key}`: give {}", names.join(", "));
                return Err(Error::Argument(text).into());
            }
        }
    }
    for name in names {
        let values: Vec<Bound<'_, PyAny>> = facts
            .iter()
            .map(|fact| {
                let none = || list.py().None().into_bound(list.py());
                Ok(fact.get_item(name)?.unwrap_or_else(none))
            })
            .collect::<PyResult<_>>()?;
        let array = match facts.is_empty() {
            true => Arc::new(NullArray::new(0)),
            false => scalars(&values)?,
        };
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let fields = Fields::from(fields);
    let item = Arc::new(Field::new("item", DataType::Struct(fields.clone()), true));
    let rows: ArrayRef = Arc::new(StructArray::new(fields, arrays, None));
    let offsets = OffsetBuffer::from_lengths([facts.len()]);
    Ok(Arc::new(ListArray::new(item, offsets, rows, None)))
}
