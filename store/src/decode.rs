//! From a record batch to a chunk in memory. Buffers are shared, not copied,
//! except the keys, whose bytes are stored most significant first.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{Catalogue, FieldId};
use zhida_model::frame::{Column, Edges, Facts, Frame, Values};

use crate::layout::{Layout, Slot};

/// The type of every value column, so that reading needs no catalogue.
#[derive(Debug)]
pub(crate) struct Types {
    fields: Vec<FieldType>,
    relations: usize,
}

impl Types {
    pub(crate) fn of(catalogue: &Catalogue) -> Types {
        let fields = catalogue.fields().iter().map(|field| field.kind).collect();
        Types { fields, relations: catalogue.relations().len() }
    }
}

/// The chunk that a batch holds; the detail of what is wrong otherwise.
pub(crate) fn frame(
    batch: &RecordBatch,
    layout: &Layout,
    types: &Types,
    first: u32,
) -> Result<Frame, String> {
    let mut frame = Frame {
        kind: layout.kind,
        first,
        rows: batch.num_rows(),
        keys: ScalarBuffer::from(Vec::new()),
        columns: vec![None; types.fields.len()],
        relations: vec![None; types.relations],
    };
    for (&slot, array) in layout.slots.iter().zip(batch.columns()) {
        read(&mut frame, slot, array, types)
            .ok_or_else(|| format!("the {} of a column are not of their type", slot.what()))?;
    }
    Ok(frame)
}

fn read(frame: &mut Frame, slot: Slot, array: &ArrayRef, types: &Types) -> Option<()> {
    match slot {
        Slot::Key => frame.keys = keys(array)?,
        Slot::Value(id) => {
            let column = column(array, *types.fields.get(id.index())?)?;
            *frame.columns.get_mut(id.index())? = Some(column);
        }
        Slot::Reason(id) => {
            let column = column_mut(frame, id)?;
            let codes = values::<UInt8Type>(array)?;
            column.reasons = column.known.is_some().then_some(codes);
        }
        Slot::Observed(id) => {
            let days = values::<Date32Type>(array)?;
            let some = array.null_count() < array.len();
            column_mut(frame, id)?.observed = some.then_some(days);
        }
        Slot::Source(id) => column_mut(frame, id)?.source = Some(values::<UInt8Type>(array)?),
        Slot::Edges(id) => {
            *frame.relations.get_mut(id.index())? = Some(edges(array)?);
        }
        Slot::Complete(id) => {
            let complete = array.as_boolean_opt()?.values().clone();
            let some = complete.count_set_bits() < complete.len();
            let edges = frame.relations.get_mut(id.index())?.as_mut()?;
            edges.complete = some.then_some(complete);
        }
    }
    Some(())
}

fn column_mut(frame: &mut Frame, id: FieldId) -> Option<&mut Column> {
    frame.columns.get_mut(id.index())?.as_mut()
}

fn keys(array: &ArrayRef) -> Option<ScalarBuffer<u128>> {
    let bytes = array.as_fixed_size_binary_opt()?.value_data();
    let (keys, rest) = bytes.as_chunks::<16>();
    let keys: Vec<u128> = keys.iter().map(|&key| u128::from_be_bytes(key)).collect();
    (rest.is_empty() && keys.len() == array.len()).then(|| keys.into())
}

fn column(array: &ArrayRef, kind: FieldType) -> Option<Column> {
    let values = match kind {
        FieldType::Bool => Values::Bool(array.as_boolean_opt()?.values().clone()),
        FieldType::Int | FieldType::Decimal | FieldType::Money => {
            Values::Int(values::<Int64Type>(array)?)
        }
        FieldType::Date => Values::Date(values::<Date32Type>(array)?),
        FieldType::Code => Values::Code(values::<UInt8Type>(array)?),
        FieldType::Region | FieldType::Industry => Values::Place(values::<UInt16Type>(array)?),
        FieldType::Text => {
            let text = array.as_string_opt::<i32>()?;
            let bytes = ScalarBuffer::from(text.values().clone());
            Values::Text { offsets: text.offsets().clone(), bytes }
        }
        FieldType::Set => {
            let (offsets, members) = list(array)?;
            Values::Set { offsets, members: self::values::<UInt16Type>(&members)? }
        }
        FieldType::Facts => Values::Facts(facts(array)?),
    };
    let known = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let known = known.map(|nulls| nulls.inner().clone());
    Some(Column { values, known, reasons: None, observed: None, source: None })
}

fn facts(array: &ArrayRef) -> Option<Facts> {
    let (offsets, rows) = list(array)?;
    let [code, from, to, amount, source] = rows.as_struct_opt()?.columns() else {
        return None;
    };
    Some(Facts {
        offsets,
        code: values::<UInt8Type>(code)?,
        from: values::<Date32Type>(from)?,
        to: values::<Date32Type>(to)?,
        amount: values::<Int64Type>(amount)?,
        source: values::<UInt8Type>(source)?,
    })
}

fn edges(array: &ArrayRef) -> Option<Edges> {
    let (offsets, rows) = list(array)?;
    let [target, since, until] = rows.as_struct_opt()?.columns() else { return None };
    Some(Edges {
        offsets,
        target: values::<UInt32Type>(target)?,
        since: values::<Date32Type>(since)?,
        until: values::<Date32Type>(until)?,
        complete: None,
    })
}

fn list(array: &ArrayRef) -> Option<(OffsetBuffer<i32>, ArrayRef)> {
    let list = array.as_list_opt::<i32>()?;
    Some((list.offsets().clone(), list.values().clone()))
}

fn values<T: ArrowPrimitiveType>(array: &ArrayRef) -> Option<ScalarBuffer<T::Native>> {
    Some(array.as_primitive_opt::<T>()?.values().clone())
}
