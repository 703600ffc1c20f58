//! From a chunk in memory to a record batch, checking on the way that the
//! chunk keeps the rules of [`zhida_model::frame`] and of the catalogue.
//!
//! The batch is in one canonical form: a reason stands at unknown cells only,
//! and absent days and amounts are marked as null besides their sentinel, so
//! that other tools read them as absent too.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, FixedSizeBinaryArray, ListArray, PrimitiveArray, RecordBatch,
    StringArray, StructArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, FieldRef, Fields, SchemaRef};
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{Catalogue, Field, FieldId, RelationId};
use zhida_model::domain::Reason;
use zhida_model::frame::{Column, Edges, Facts, Frame, Values};

use crate::StoreError;
use crate::layout::{self, KEY, Layout, Slot};

/// A chunk as a record batch of the given layout.
pub(crate) fn batch(
    frame: &Frame,
    layout: &Layout,
    schema: &SchemaRef,
    catalogue: &Catalogue,
) -> Result<RecordBatch, StoreError> {
    let encoder = Encoder { frame, layout, catalogue };
    encoder.nothing_left_out()?;
    let arrays = layout.slots.iter().map(|&slot| {
        encoder.array(slot).map_err(|detail| encoder.error(encoder.name(slot), detail))
    });
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|error| encoder.error(KEY.to_owned(), error.to_string()))
}

/// What is wrong with a column; its name is added above.
type Encoded = Result<ArrayRef, String>;

struct Encoder<'a> {
    frame: &'a Frame,
    layout: &'a Layout,
    catalogue: &'a Catalogue,
}

impl Encoder<'_> {
    fn error(&self, column: String, detail: String) -> StoreError {
        StoreError::Frame { kind: self.frame.kind, first: self.frame.first, column, detail }
    }

    fn name(&self, slot: Slot) -> String {
        match slot {
            Slot::Key => KEY.to_owned(),
            Slot::Value(id) | Slot::Reason(id) | Slot::Observed(id) | Slot::Source(id) => {
                self.catalogue.by_id(id).name.clone()
            }
            Slot::Edges(id) | Slot::Complete(id) => {
                format!("@{}", self.catalogue.relation_by_id(id).entry.name)
            }
        }
    }

    /// Every column of the frame has its place in the layout.
    fn nothing_left_out(&self) -> Result<(), StoreError> {
        let (fields, relations) = (self.catalogue.fields(), self.catalogue.relations());
        if self.frame.columns.len() > fields.len() || self.frame.relations.len() > relations.len() {
            let detail = "the frame has more columns than the catalogue".to_owned();
            return Err(self.error(KEY.to_owned(), detail));
        }
        for field in fields {
            let Some(column) = self.frame.column(field.id) else { continue };
            let beside = [
                (true, Slot::Value(field.id)),
                (has_unknown(column), Slot::Reason(field.id)),
                (column.observed.is_some(), Slot::Observed(field.id)),
                (column.source.is_some(), Slot::Source(field.id)),
            ];
            self.all_planned(&beside)?;
            if field.derived.is_some() || field.subject != self.frame.kind {
                let detail = "only stored fields of the same kind belong in a frame".to_owned();
                return Err(self.error(field.name.clone(), detail));
            }
        }
        for relation in relations {
            let Some(edges) = self.frame.edges(relation.id) else { continue };
            let complete = edges.complete.is_some();
            self.all_planned(&[
                (true, Slot::Edges(relation.id)),
                (complete, Slot::Complete(relation.id)),
            ])?;
        }
        Ok(())
    }

    fn all_planned(&self, needed: &[(bool, Slot)]) -> Result<(), StoreError> {
        match needed.iter().find(|&&(needed, slot)| needed && !self.layout.has(slot)) {
            None => Ok(()),
            Some(&(_, slot)) => {
                let what = slot.what();
                let detail =
                    format!("the layout has no place for its {what}: begin with a wider one");
                Err(self.error(self.name(slot), detail))
            }
        }
    }

    fn array(&self, slot: Slot) -> Encoded {
        match slot {
            Slot::Key => self.keys(),
            Slot::Value(id) => self.value(id),
            Slot::Reason(id) => self.reasons(self.column(id)?),
            Slot::Observed(id) => self.observed(self.column(id)?),
            Slot::Source(id) => self.sources(id),
            Slot::Edges(id) => self.edges(id),
            Slot::Complete(id) => self.complete(id),
        }
    }

    fn column(&self, id: FieldId) -> Result<&Column, String> {
        let missing = || "the chunk lacks the column that others have".to_owned();
        self.frame.column(id).ok_or_else(missing)
    }

    fn keys(&self) -> Encoded {
        self.rows(self.frame.keys.len(), "keys")?;
        let bytes: Vec<u8> = self.frame.keys.iter().flat_map(|key| key.to_be_bytes()).collect();
        done(FixedSizeBinaryArray::try_new(layout::KEY_BYTES, Buffer::from_vec(bytes), None))
    }

    fn rows(&self, found: usize, what: &str) -> Result<(), String> {
        if found == self.frame.rows {
            return Ok(());
        }
        Err(format!("it has {found} {what}, the chunk has {} rows", self.frame.rows))
    }

    fn value(&self, id: FieldId) -> Encoded {
        let (field, column) = (self.catalogue.by_id(id), self.column(id)?);
        let nulls = match &column.known {
            Some(known) => {
                self.rows(known.len(), "bits of known cells")?;
                Some(NullBuffer::new(known.clone()))
            }
            None => None,
        };
        match (&column.values, field.kind) {
            (Values::Bool(values), FieldType::Bool) => {
                self.rows(values.len(), "values")?;
                Ok(Arc::new(BooleanArray::new(values.clone(), nulls)))
            }
            (Values::Int(values), FieldType::Int | FieldType::Decimal | FieldType::Money) => {
                self.primitive::<Int64Type>(values, nulls)
            }
            (Values::Date(values), FieldType::Date) => self.primitive::<Date32Type>(values, nulls),
            (Values::Code(values), FieldType::Code) => {
                let known = |row: usize| nulls.as_ref().is_none_or(|n| n.is_valid(row));
                self.rows(values.len(), "values")?;
                let codes = values.iter().enumerate().filter(|&(row, _)| known(row));
                below(codes.map(|(_, &code)| usize::from(code)), code_count(field), "code")?;
                self.primitive::<UInt8Type>(values, nulls)
            }
            (Values::Place(values), FieldType::Region | FieldType::Industry) => {
                self.primitive::<UInt16Type>(values, nulls)
            }
            (Values::Text { offsets, bytes }, FieldType::Text) => {
                self.rows(offsets.len() - 1, "values")?;
                let bytes = bytes.clone().into_inner();
                done(StringArray::try_new(offsets.clone(), bytes, nulls))
            }
            (Values::Set { offsets, members }, FieldType::Set) => {
                self.set(field, offsets, members, nulls)
            }
            (Values::Facts(facts), FieldType::Facts) => self.facts(field, facts, nulls),
            (_, kind) => Err(format!("its values are not of the catalogue's type {kind:?}")),
        }
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        values: &ScalarBuffer<T::Native>,
        nulls: Option<NullBuffer>,
    ) -> Encoded {
        self.rows(values.len(), "values")?;
        primitive::<T>(values, nulls)
    }

    fn set(
        &self,
        field: &Field,
        offsets: &OffsetBuffer<i32>,
        members: &ScalarBuffer<u16>,
        nulls: Option<NullBuffer>,
    ) -> Encoded {
        let values = primitive::<UInt16Type>(members, None)?;
        let list = self.list(layout::set_item(), offsets, values, nulls)?;
        if field.codes.is_some() {
            let used = members.iter().map(|&member| usize::from(member));
            below(used, code_count(field), "member")?;
        }
        ordered(offsets, |a, b| members[a] < members[b])?;
        Ok(list)
    }

    fn facts(&self, field: &Field, facts: &Facts, nulls: Option<NullBuffer>) -> Encoded {
        let parts = vec![
            primitive::<UInt8Type>(&facts.code, None)?,
            days(&facts.from, i32::MIN)?,
            days(&facts.to, i32::MAX)?,
            primitive::<Int64Type>(&facts.amount, absent(&facts.amount, i64::MIN))?,
            primitive::<UInt8Type>(&facts.source, None)?,
        ];
        let rows = structs(layout::fact_fields(), parts)?;
        let list = self.list(layout::fact_item(), &facts.offsets, rows, nulls)?;
        below(facts.code.iter().map(|&code| usize::from(code)), code_count(field), "code")?;
        below(facts.source.iter().map(|&s| usize::from(s)), field.sources.len(), "source")?;
        let order = |row: usize| (facts.code[row], facts.from[row], facts.to[row]);
        ordered(&facts.offsets, |a, b| order(a) <= order(b))?;
        Ok(list)
    }

    fn list(
        &self,
        item: FieldRef,
        offsets: &OffsetBuffer<i32>,
        values: ArrayRef,
        nulls: Option<NullBuffer>,
    ) -> Encoded {
        self.rows(offsets.len() - 1, "lists")?;
        done(ListArray::try_new(item, offsets.clone(), values, nulls))
    }

    fn reasons(&self, column: &Column) -> Encoded {
        if let Some(reasons) = &column.reasons {
            self.rows(reasons.len(), "reasons")?;
        }
        let codes: Vec<u8> = match &column.known {
            None => vec![Reason::Known.code(); self.frame.rows],
            Some(_) => (0..self.frame.rows).map(|row| column.reason(row).code()).collect(),
        };
        primitive::<UInt8Type>(&codes.into(), None)
    }

    fn observed(&self, column: &Column) -> Encoded {
        let never = || ScalarBuffer::from(vec![i32::MIN; self.frame.rows]);
        let observed = column.observed.clone().unwrap_or_else(never);
        self.rows(observed.len(), "days of observation")?;
        days(&observed, i32::MIN)
    }

    fn sources(&self, id: FieldId) -> Encoded {
        let count = self.catalogue.by_id(id).sources.len();
        let first = || ScalarBuffer::from(vec![0; self.frame.rows]);
        let sources = self.column(id)?.source.clone().unwrap_or_else(first);
        self.rows(sources.len(), "sources")?;
        below(sources.iter().map(|&source| usize::from(source)), count, "source")?;
        primitive::<UInt8Type>(&sources, None)
    }

    fn edges_of(&self, id: RelationId) -> Result<&Edges, String> {
        let missing = || "the chunk lacks the relation that others have".to_owned();
        self.frame.edges(id).ok_or_else(missing)
    }

    fn edges(&self, id: RelationId) -> Encoded {
        let edges = self.edges_of(id)?;
        let parts = vec![
            primitive::<UInt32Type>(&edges.target, None)?,
            days(&edges.since, i32::MIN)?,
            days(&edges.until, i32::MAX)?,
        ];
        let rows = structs(layout::edge_fields(), parts)?;
        self.list(layout::edge_item(), &edges.offsets, rows, None)
    }

    fn complete(&self, id: RelationId) -> Encoded {
        let all = || BooleanBuffer::new_set(self.frame.rows);
        let complete = self.edges_of(id)?.complete.clone().unwrap_or_else(all);
        self.rows(complete.len(), "bits of complete lists")?;
        Ok(Arc::new(BooleanArray::new(complete, None)))
    }
}

fn has_unknown(column: &Column) -> bool {
    column.known.as_ref().is_some_and(|known| known.count_set_bits() < known.len())
}

fn code_count(field: &Field) -> usize {
    field.codes.as_ref().map_or(0, |codes| codes.len())
}

/// Every number is a position in a list of `count`.
fn below(numbers: impl Iterator<Item = usize>, count: usize, what: &str) -> Result<(), String> {
    match numbers.max().filter(|&most| most >= count) {
        Some(most) => Err(format!("{what} number {most} is outside the catalogue's {count}")),
        None => Ok(()),
    }
}

/// Neighbours within each list stand in order.
fn ordered(
    offsets: &OffsetBuffer<i32>,
    in_order: impl Fn(usize, usize) -> bool,
) -> Result<(), String> {
    let row = offsets.windows(2).position(|bounds| {
        let (start, end) = (bounds[0] as usize, bounds[1] as usize);
        (start + 1..end).any(|place| !in_order(place - 1, place))
    });
    row.map_or(Ok(()), |row| Err(format!("the list of row {row} of the chunk is not in order")))
}

/// Days with a sentinel for "none", which is marked as null as well.
fn days(values: &ScalarBuffer<i32>, none: i32) -> Encoded {
    primitive::<Date32Type>(values, absent(values, none))
}

fn absent<T: PartialEq + Copy + arrow_buffer::ArrowNativeType>(
    values: &ScalarBuffer<T>,
    none: T,
) -> Option<NullBuffer> {
    let present = BooleanBuffer::collect_bool(values.len(), |row| values[row] != none);
    Some(NullBuffer::new(present)).filter(|nulls| nulls.null_count() > 0)
}

fn primitive<T: ArrowPrimitiveType>(
    values: &ScalarBuffer<T::Native>,
    nulls: Option<NullBuffer>,
) -> Encoded {
    done(PrimitiveArray::<T>::try_new(values.clone(), nulls))
}

fn structs(fields: Fields, parts: Vec<ArrayRef>) -> Encoded {
    done(StructArray::try_new(fields, parts, None))
}

fn done<A: Array + 'static>(array: Result<A, ArrowError>) -> Encoded {
    array.map(|array| Arc::new(array) as ArrayRef).map_err(|error| error.to_string())
}
