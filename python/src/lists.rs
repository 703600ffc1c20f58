//! Columns whose cells are lists: sets of codes, zones or industries, and
//! facts, which are dated rows of code, from, to, amount and source.
//!
//! Members of a set are put in order, facts by code and days, whatever order
//! they come in.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use zhida_model::catalogue::Field;
use zhida_model::frame::{Facts, Values};
use zhida_model::reference::Reference;

use crate::cells::{self, Fault, Read};
use crate::codes::{self, Lookup};

/// The rows of a list column: where each begins and ends among the members.
struct Rows {
    bounds: Vec<(usize, usize)>,
    members: ArrayRef,
}

impl Rows {
    fn of(array: &ArrayRef) -> Option<Rows> {
        match array.data_type() {
            DataType::List(_) => Some(Rows::cut::<i32>(array)),
            DataType::LargeList(_) => Some(Rows::cut::<i64>(array)),
            _ => None,
        }
    }

    /// Only the members that rows of this part hold; a null row holds none.
    fn cut<O: OffsetSizeTrait>(array: &ArrayRef) -> Rows {
        let list = array.as_list::<O>();
        let offsets = list.value_offsets();
        let first = offsets.first().map_or(0, |first| first.as_usize());
        let last = offsets.last().map_or(0, |last| last.as_usize());
        let bounds = (0..list.len()).map(|row| match offsets.get(row..row + 2) {
            Some([start, end]) if list.is_valid(row) => {
                (start.as_usize() - first, end.as_usize() - first)
            }
            _ => (0, 0),
        });
        Rows { bounds: bounds.collect(), members: list.values().slice(first, last - first) }
    }

    /// A fault of a member as one of its row.
    fn fault(&self, fault: Fault) -> Fault {
        let row = fault.row.and_then(|at| {
            self.bounds.iter().position(|(start, end)| (*start..*end).contains(&at))
        });
        Fault { row, ..fault }
    }
}

/// A set column.
pub(crate) fn set(reference: &Reference, field: &Field, array: &ArrayRef) -> Read<Values> {
    let wanted = "lists of codes (list of string)";
    let rows = Rows::of(array).ok_or_else(|| {
        Fault::whole(format!("it is of type {}", array.data_type()), format!("give {wanted}"))
    })?;
    let lookup = |text: &str| member(reference, field, text);
    if let Some(at) = first_null(&rows.members) {
        let remedy = "leave it out, or make the whole list null";
        return Err(rows.fault(Fault::at(at, "a member is null", remedy)));
    }
    let codes = codes::coded(&rows.members, wanted, lookup).map_err(|fault| rows.fault(fault))?;
    let mut members = Vec::with_capacity(codes.len());
    let mut lengths = Vec::with_capacity(rows.bounds.len());
    let mut own: Vec<u16> = Vec::new();
    for &(start, end) in &rows.bounds {
        own.clear();
        own.extend_from_slice(codes.get(start..end).unwrap_or_default());
        own.sort_unstable();
        own.dedup();
        members.extend_from_slice(&own);
        lengths.push(own.len());
    }
    Ok(Values::Set { offsets: OffsetBuffer::from_lengths(lengths), members: members.into() })
}

fn first_null(array: &ArrayRef) -> Option<usize> {
    let nulls = array.logical_nulls()?;
    nulls.iter().position(|there| !there)
}

fn member(reference: &Reference, field: &Field, text: &str) -> Lookup<u16> {
    if field.holds_industries() {
        return codes::industry(reference, text);
    }
    if field.holds_zones() {
        return reference.regions.zone_index(text).ok_or_else(|| {
            let problem = format!("`{text}` is no zone of regions.csv");
            (problem, "give the id of a zone".to_owned())
        });
    }
    codes::code(field, text).map(u16::from)
}

/// No facts for so many rows.
pub(crate) fn no_facts(rows: usize) -> Facts {
    Facts {
        offsets: OffsetBuffer::new_zeroed(rows),
        code: Vec::new().into(),
        from: Vec::new().into(),
        to: Vec::new().into(),
        amount: Vec::new().into(),
        source: Vec::new().into(),
    }
}

/// One fact, in the order of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    code: u8,
    from: i32,
    to: i32,
    amount: i64,
    source: u8,
}

/// A facts column.
pub(crate) fn facts(field: &Field, array: &ArrayRef) -> Read<Facts> {
    let wanted = "lists of facts: list of struct with `code`, `from`, `to` and, where there are any, `amount` and `source`";
    let wrong =
        || Fault::whole(format!("it is of type {}", array.data_type()), format!("give {wanted}"));
    let rows = Rows::of(array).ok_or_else(wrong)?;
    if rows.members.is_empty() {
        return Ok(no_facts(array.len()));
    }
    let members = rows.members.as_struct_opt().ok_or_else(wrong)?;
    let all = members_of(field, members).map_err(|fault| rows.fault(fault))?;
    let mut facts: Vec<Fact> = Vec::with_capacity(all.len());
    let mut lengths = Vec::with_capacity(rows.bounds.len());
    for &(start, end) in &rows.bounds {
        let own = all.get(start..end).unwrap_or_default();
        let begin = facts.len();
        facts.extend_from_slice(own);
        // Stable, so that equal facts stay as they came.
        if let Some(own) = facts.get_mut(begin..) {
            own.sort_by_key(|fact| (fact.code, fact.from, fact.to));
        }
        lengths.push(own.len());
    }
    Ok(Facts {
        offsets: OffsetBuffer::from_lengths(lengths),
        code: facts.iter().map(|fact| fact.code).collect(),
        from: facts.iter().map(|fact| fact.from).collect(),
        to: facts.iter().map(|fact| fact.to).collect(),
        amount: facts.iter().map(|fact| fact.amount).collect(),
        source: facts.iter().map(|fact| fact.source).collect(),
    })
}

fn members_of(field: &Field, members: &StructArray) -> Read<Vec<Fact>> {
    let part = |name: &str| members.column_by_name(name);
    let must = |name: &str| {
        part(name).ok_or_else(|| {
            Fault::whole(
                format!("its facts have no `{name}`"),
                "give `code`, `from` and `to`; null days where they are not told",
            )
        })
    };
    let code = must("code")?;
    let codes = codes::coded(code, "codes as text", |text| codes::code(field, text))?;
    if let Some(at) = first_null(code) {
        return Err(Fault::at(at, "a fact has no code", "leave it out, or make the list null"));
    }
    let (from, to) = (days(must("from")?, i32::MIN)?, days(must("to")?, i32::MAX)?);
    let amounts = match part("amount") {
        Some(array) if *array.data_type() != DataType::Null => amounts(array)?,
        _ => vec![i64::MIN; members.len()].into(),
    };
    let sources = match part("source") {
        Some(array) if *array.data_type() != DataType::Null => {
            codes::coded(array, "names of source tables as text", |text| source(field, text))?
        }
        _ => codes.iter().map(|&code| giving(field, code)).collect(),
    };
    let days = from.iter().zip(to.iter());
    let rest = amounts.iter().zip(sources);
    Ok(codes
        .iter()
        .zip(days)
        .zip(rest)
        .map(|((&code, (&from, &to)), (&amount, source))| Fact { code, from, to, amount, source })
        .collect())
}

fn days(array: &ArrayRef, none: i32) -> Read<ScalarBuffer<i32>> {
    if *array.data_type() == DataType::Null {
        return Ok(vec![none; array.len()].into());
    }
    let days = cells::days(array)?;
    Ok(days
        .iter()
        .enumerate()
        .map(|(row, &day)| if array.is_null(row) { none } else { day })
        .collect())
}

fn amounts(array: &ArrayRef) -> Read<ScalarBuffer<i64>> {
    let amounts = array.as_primitive_opt::<Int64Type>().ok_or_else(|| {
        let problem = format!("the amounts of its facts are of type {}", array.data_type());
        Fault::whole(problem, "give whole fen (int64)")
    })?;
    Ok(amounts.iter().map(|amount| amount.unwrap_or(i64::MIN)).collect())
}

fn source(field: &Field, table: &str) -> Lookup<u8> {
    let at = field.sources.iter().position(|source| source.table == table);
    at.and_then(|at| u8::try_from(at).ok()).ok_or_else(|| {
        let tables: Vec<&str> = field.sources.iter().map(|source| source.table.as_str()).collect();
        let problem = format!("`{table}` is no source of the field");
        (problem, format!("give one of {}, or leave `source` out", tables.join(", ")))
    })
}

/// The first table that gives the code.
fn giving(field: &Field, code: u8) -> u8 {
    let first = field.sources_giving(code).next();
    let at = first.and_then(|first| field.sources.iter().position(|one| std::ptr::eq(one, first)));
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}
