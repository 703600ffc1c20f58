//! One column: from Arrow values to what the engine reads, with a fault that
//! names row and remedy where a value is not of the field's type.
//!
//! A cell is known where it holds a value and no reason beside it. Nothing is
//! rounded and nothing guessed: a floating-point number is refused, because a
//! threshold would be met or missed by its last digit.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use zhida_model::catalogue::Field;
use zhida_model::catalogue::types::FieldType;
use zhida_model::domain::{DECIMAL_PLACES, Reason};
use zhida_model::frame::{Column, Values};
use zhida_model::reference::Reference;

use crate::{codes, lists};

/// What is wrong with a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Row within the array.
    pub(crate) row: Option<usize>,
    /// What is wrong.
    pub(crate) problem: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// What can fail for one column.
pub(crate) type Read<T> = std::result::Result<T, Fault>;

impl Fault {
    /// About the whole column.
    pub(crate) fn whole(problem: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault { row: None, problem: problem.into(), remedy: remedy.into() }
    }

    /// About one row.
    pub(crate) fn at(row: usize, problem: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault { row: Some(row), problem: problem.into(), remedy: remedy.into() }
    }

    /// About the column of reasons beside a field.
    fn in_reasons(self, field: &Field) -> Fault {
        let problem = format!("in `{}__reason`, {}", field.name, self.problem);
        Fault { problem, ..self }
    }

    pub(crate) fn of_type(array: &dyn Array, wanted: &str) -> Fault {
        Fault::whole(format!("it is of type {}", array.data_type()), format!("give {wanted}"))
    }
}

/// The column of a field.
pub(crate) fn column(
    reference: &Reference,
    field: &Field,
    array: &ArrayRef,
    reasons: Option<&ArrayRef>,
) -> Read<Column> {
    let nulls = array.logical_nulls();
    let values = match array.data_type() {
        DataType::Null => nothing(field.kind, array.len()),
        _ => values(reference, field, array)?,
    };
    let facts = field.kind == FieldType::Facts;
    let codes = match reasons {
        Some(reasons) => {
            Some(codes::reason_codes(reasons).map_err(|fault| fault.in_reasons(field))?)
        }
        // A list that does not say that it is complete is not.
        None if facts => Some(vec![Reason::NotCovered.code(); array.len()]),
        None => None,
    };
    let told = codes.as_ref().map(|codes| {
        NullBuffer::new(BooleanBuffer::collect_bool(codes.len(), |row| {
            codes.get(row) == Some(&Reason::Known.code())
        }))
    });
    let known = NullBuffer::union(nulls.as_ref(), told.as_ref());
    let known = known.filter(|known| known.null_count() > 0).map(|known| aligned(known.inner()));
    let reasons = known.is_some().then_some(codes).flatten().map(ScalarBuffer::from);
    Ok(Column { values, known, reasons, observed: None, source: None })
}

/// Values of a column that holds none.
fn nothing(kind: FieldType, rows: usize) -> Values {
    match kind {
        FieldType::Bool => Values::Bool(BooleanBuffer::new_unset(rows)),
        FieldType::Int | FieldType::Decimal | FieldType::Money => Values::Int(vec![0; rows].into()),
        FieldType::Date => Values::Date(vec![0; rows].into()),
        FieldType::Code => Values::Code(vec![0; rows].into()),
        FieldType::Region | FieldType::Industry => Values::Place(vec![0; rows].into()),
        FieldType::Text => {
            Values::Text { offsets: OffsetBuffer::new_zeroed(rows), bytes: Vec::new().into() }
        }
        FieldType::Set => {
            Values::Set { offsets: OffsetBuffer::new_zeroed(rows), members: Vec::new().into() }
        }
        FieldType::Facts => Values::Facts(lists::no_facts(rows)),
    }
}

fn values(reference: &Reference, field: &Field, array: &ArrayRef) -> Read<Values> {
    Ok(match field.kind {
        FieldType::Bool => Values::Bool(truths(array)?),
        FieldType::Int => Values::Int(whole(array, "whole numbers (int64)")?),
        FieldType::Money => Values::Int(whole(
            array,
            "whole fen (int64): multiply yuan by 100, round as your source does, and cast",
        )?),
        FieldType::Decimal => Values::Int(decimals(array)?),
        FieldType::Date => Values::Date(days(array)?),
        FieldType::Code => Values::Code(
            codes::coded(array, "codes as text", |text| codes::code(field, text))?.into(),
        ),
        FieldType::Region => Values::Place(codes::regions(reference, array)?.into()),
        FieldType::Industry => {
            let lookup = |text: &str| codes::industry(reference, text);
            Values::Place(codes::coded(array, "codes of GB/T 4754 as text", lookup)?.into())
        }
        FieldType::Text => codes::text(array)?,
        FieldType::Set => lists::set(reference, field, array)?,
        FieldType::Facts => Values::Facts(lists::facts(field, array)?),
    })
}

/// Bits that begin at a byte, as the engine reads them fastest.
fn aligned(bits: &BooleanBuffer) -> BooleanBuffer {
    if bits.offset().is_multiple_of(8) {
        return bits.clone();
    }
    BooleanBuffer::new(bits.sliced(), 0, bits.len())
}

/// Yes or no; null reads as no, and is not known.
pub(crate) fn truths(array: &ArrayRef) -> Read<BooleanBuffer> {
    let array =
        array.as_boolean_opt().ok_or_else(|| Fault::of_type(array, "true and false (bool)"))?;
    Ok(match array.nulls() {
        Some(nulls) => &aligned(array.values()) & &aligned(nulls.inner()),
        None => aligned(array.values()),
    })
}

/// Whole numbers: shared where they have 64 bits, else widened.
pub(crate) fn whole(array: &ArrayRef, wanted: &str) -> Read<ScalarBuffer<i64>> {
    fn widen<T: ArrowPrimitiveType>(array: &ArrayRef) -> ScalarBuffer<i64>
    where
        T::Native: Into<i64>,
    {
        array.as_primitive::<T>().values().iter().map(|&value| value.into()).collect()
    }
    Ok(match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().values().clone(),
        DataType::Int32 => widen::<Int32Type>(array),
        DataType::Int16 => widen::<Int16Type>(array),
        DataType::Int8 => widen::<Int8Type>(array),
        DataType::UInt32 => widen::<UInt32Type>(array),
        DataType::UInt16 => widen::<UInt16Type>(array),
        DataType::UInt8 => widen::<UInt8Type>(array),
        DataType::UInt64 => narrowed::<UInt64Type>(array, |value| i64::try_from(value).ok())?,
        DataType::Decimal128(_, 0) => {
            narrowed::<Decimal128Type>(array, |value| i64::try_from(value).ok())?
        }
        _ => return Err(Fault::of_type(array, wanted)),
    })
}

/// Decimals scaled by a million, exactly.
fn decimals(array: &ArrayRef) -> Read<ScalarBuffer<i64>> {
    let DataType::Decimal128(_, scale) = *array.data_type() else {
        let millions = |value: i64| value.checked_mul(10_i64.pow(DECIMAL_PLACES));
        let values =
            whole(array, "decimals (decimal128 with at most 6 places, such as decimal(18, 6))")?;
        let nulls = array.nulls();
        return each(values.iter().copied(), nulls, millions);
    };
    let places = i32::from(scale);
    let gap = DECIMAL_PLACES.cast_signed() - places;
    let factor = 10_i128.checked_pow(gap.unsigned_abs());
    narrowed::<Decimal128Type>(array, |value| {
        let factor = factor?;
        let scaled = match gap {
            0.. => value.checked_mul(factor)?,
            _ if value % factor == 0 => value / factor,
            _ => return None,
        };
        i64::try_from(scaled).ok()
    })
}

/// Every value of a column through a function that may refuse it.
fn narrowed<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    narrow: impl Fn(T::Native) -> Option<i64>,
) -> Read<ScalarBuffer<i64>> {
    let array = array.as_primitive::<T>();
    each(array.values().iter().copied(), array.nulls(), narrow)
}

fn each<V: std::fmt::Debug + Copy>(
    values: impl Iterator<Item = V>,
    nulls: Option<&NullBuffer>,
    narrow: impl Fn(V) -> Option<i64>,
) -> Read<ScalarBuffer<i64>> {
    let cells = values.enumerate().map(|(row, value)| match narrow(value) {
        Some(value) => Ok(value),
        None if nulls.is_some_and(|nulls| nulls.is_null(row)) => Ok(0),
        None => Err(Fault::at(
            row,
            format!("{value:?} cannot be held exactly"),
            "give numbers of 64 bits, decimals with at most 6 places, or null where it is not known",
        )),
    });
    Ok(ScalarBuffer::from(cells.collect::<Read<Vec<i64>>>()?))
}

/// Days since 1970-01-01.
pub(crate) fn days(array: &ArrayRef) -> Read<ScalarBuffer<i32>> {
    const DAY: i64 = 86_400_000;
    match array.data_type() {
        DataType::Date32 => Ok(array.as_primitive::<Date32Type>().values().clone()),
        DataType::Date64 => {
            let array = array.as_primitive::<Date64Type>();
            Ok(array
                .values()
                .iter()
                .map(|&time| i32::try_from(time.div_euclid(DAY)).unwrap_or(i32::MIN))
                .collect())
        }
        _ => Err(Fault::of_type(array, "days (date32): cast it to a date")),
    }
}
