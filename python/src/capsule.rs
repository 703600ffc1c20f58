//! Tables across the border, by the Arrow PyCapsule interface: in from
//! whatever offers `__arrow_c_stream__` or `__arrow_c_array__`, out as a
//! stream. Buffers change hands, nothing is copied.
//!
//! The only file with `unsafe`: the interface hands over C structures behind
//! pointers. By the interface a capsule of these names holds such a structure,
//! and taking it leaves an empty one behind for the capsule's destructor.
#![expect(unsafe_code, reason = "structures of the Arrow C data interface behind pointers")]

use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray};
use arrow_schema::SchemaRef;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::errors::{Error, Result, TableFault, detached};

/// A table that was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What messages call it.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) schema: SchemaRef,
    /// Its rows.
    pub(crate) batches: Vec<RecordBatch>,
    /// Seconds that handing it over took.
    pub(crate) seconds: f64,
}

impl Table {
    /// Takes a table from a Python object.
    pub(crate) fn take(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Table> {
        let began = Instant::now();
        let table = Table::taken(object, name)?;
        Ok(Table { seconds: began.elapsed().as_secs_f64(), ..table })
    }

    fn taken(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Table> {
        if object.hasattr("__arrow_c_stream__")? {
            let capsule = object.call_method0("__arrow_c_stream__")?;
            let pointer = pointer(&capsule, c"arrow_array_stream")?.cast();
            // SAFETY: a capsule of this name holds a valid stream; it is moved out.
            let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
            return detached(object.py(), || Table::read(stream, name));
        }
        if object.hasattr("__arrow_c_array__")? {
            let pair = object.call_method0("__arrow_c_array__")?;
            let pair = pair.cast::<PyTuple>()?;
            let schema = pointer(&pair.get_item(0)?, c"arrow_schema")?.cast();
            let array = pointer(&pair.get_item(1)?, c"arrow_array")?.cast();
            // SAFETY: capsules of these names hold a valid pair; both are moved out.
            let (schema, array) = unsafe {
                (
                    FFI_ArrowSchema::from_raw(schema.as_ptr()),
                    FFI_ArrowArray::from_raw(array.as_ptr()),
                )
            };
            return detached(object.py(), move || Table::one(array, &schema, name));
        }
        let kind = object.get_type().name()?;
        Err(Error::Table(unreadable(
            name,
            format!("`{kind}` is no table"),
            "give something with `__arrow_c_stream__`, such as a pyarrow.Table, a polars.DataFrame or a DuckDB result",
        ))
        .into())
    }

    fn read(stream: FFI_ArrowArrayStream, name: &str) -> Result<Table> {
        let fail = |error: arrow_schema::ArrowError| {
            let error = error.to_string();
            // Columns of type null, as polars hands them over, say one buffer too many.
            let remedy = if error.contains("\"Null\"") {
                "give a column that holds no value the type of its field, or leave it out"
            } else {
                "make it anew"
            };
            unreadable(name, format!("it cannot be read: {error}"), remedy)
        };
        let reader = RecordBatchStreamReader::try_new(stream).map_err(fail)?;
        let schema = reader.schema();
        let batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(fail)?;
        Ok(Table { name: name.to_owned(), schema, batches, seconds: 0.0 })
    }

    fn one(array: FFI_ArrowArray, schema: &FFI_ArrowSchema, name: &str) -> Result<Table> {
        let fail = |problem: String| {
            unreadable(name, problem, "give a record batch, or a struct array of its columns")
        };
        // SAFETY: both come from one capsule pair, which describes one array.
        let data = unsafe { from_ffi(array, schema) };
        let data = data.map_err(|error| fail(format!("it cannot be read: {error}")))?;
        if !matches!(data.data_type(), arrow_schema::DataType::Struct(_)) {
            return Err(fail(format!("it is an array of {}", data.data_type())).into());
        }
        if data.null_count() > 0 {
            return Err(fail("some of its rows are null as a whole".to_owned()).into());
        }
        let batch = RecordBatch::from(StructArray::from(data));
        Ok(Table {
            name: name.to_owned(),
            schema: batch.schema(),
            batches: vec![batch],
            seconds: 0.0,
        })
    }
}

/// A stream of batches for whoever asks; it can be asked for again.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    schema: SchemaRef,
    batches: Arc<Vec<RecordBatch>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let all = (0..batches.len()).filter_map(move |at| batches.get(at).cloned().map(Ok));
    let reader = RecordBatchIterator::new(all, schema);
    PyCapsule::new_with_value(
        py,
        FFI_ArrowArrayStream::new(Box::new(reader)),
        c"arrow_array_stream",
    )
}

fn unreadable(table: &str, problem: String, remedy: &str) -> TableFault {
    let (table, remedy) = (table.to_owned(), remedy.to_owned());
    TableFault { table, column: None, row: None, problem, remedy }
}

fn pointer(object: &Bound<'_, PyAny>, name: &CStr) -> PyResult<NonNull<std::ffi::c_void>> {
    object.cast::<PyCapsule>()?.pointer_checked(Some(name))
}
