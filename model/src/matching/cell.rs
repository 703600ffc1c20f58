//! A stored cell as people write it: with labels, units and names. Whether a
//! value may be shown at all is not decided here.

use arrow_buffer::OffsetBuffer;

use crate::{
    catalogue::{Field, types::FieldType},
    domain::Number,
    frame::{Column, Facts, Values},
    reference::Reference,
    rules::{
        dated::date_of,
        render::{money, plain},
        scalar::Scalar,
    },
};

/// A cell as people write it.
#[must_use]
pub fn format_cell(
    scalar: &Scalar<'_>,
    field: &Field,
    column: &Column,
    row: usize,
) -> Option<String> {
    let reference = scalar.dated.reference;
    match &column.values {
        Values::Bool(values) => Some(if values.value(row) { "是" } else { "否" }.to_owned()),
        Values::Int(values) => number(field, *values.get(row)?),
        Values::Date(values) => day(*values.get(row)?),
        Values::Code(values) => label(field, *values.get(row)?),
        Values::Place(values) => place(reference, field, *values.get(row)?),
        Values::Text { offsets, bytes } => {
            let (start, end) = slot(offsets, row)?;
            std::str::from_utf8(bytes.get(start..end)?).ok().map(str::to_owned)
        }
        Values::Set { offsets, members } => {
            let (start, end) = slot(offsets, row)?;
            let names: Vec<String> = members
                .get(start..end)?
                .iter()
                .filter_map(|member| member_name(reference, field, *member))
                .collect();
            Some(if names.is_empty() { "无".to_owned() } else { names.join("、") })
        }
        Values::Facts(facts) => {
            let (start, end) = slot(&facts.offsets, row)?;
            let rows: Vec<String> = (start..end).map(|at| fact(field, facts, at)).collect();
            Some(if rows.is_empty() { "无记录".to_owned() } else { rows.join("；") })
        }
    }
}

/// Sums in yuan, shares in percent, everything else with its unit.
fn number(field: &Field, value: i64) -> Option<String> {
    Some(match field.kind {
        FieldType::Money => money(value),
        FieldType::Decimal if field.unit == "ratio" => {
            let percent = Number::decimal(value).checked_mul(Number::whole(100))?;
            format!("{}%", plain(percent))
        }
        FieldType::Decimal => format!("{}{}", plain(Number::decimal(value)), field.unit),
        _ => format!("{value}{}", field.unit),
    })
}

fn day(days: i32) -> Option<String> {
    date_of(days).map(|day| day.to_string())
}

fn label(field: &Field, position: u8) -> Option<String> {
    field.codes.as_ref()?.entry(position).map(|entry| entry.label.clone())
}

fn place(reference: &Reference, field: &Field, place: u16) -> Option<String> {
    match field.kind {
        FieldType::Region => reference.regions.full_name(reference.regions.code(place)?),
        _ => reference.industries.name(reference.industries.code(place)?).map(str::to_owned),
    }
}

fn member_name(reference: &Reference, field: &Field, member: u16) -> Option<String> {
    if field.holds_zones() {
        reference.regions.zone_at(member).map(|zone| zone.name.clone())
    } else if field.holds_industries() {
        let code = reference.industries.code(member)?;
        reference.industries.name(code).map(str::to_owned)
    } else {
        label(field, u8::try_from(member).ok()?)
    }
}

/// What it is, its first and last day, and its sum where it has one.
fn fact(field: &Field, facts: &Facts, at: usize) -> String {
    let from = (facts.from[at] != i32::MIN).then(|| day(facts.from[at])).flatten();
    let to = (facts.to[at] != i32::MAX).then(|| day(facts.to[at])).flatten();
    let amount = match facts.amount[at] {
        i64::MIN => String::new(),
        amount => format!(" {}", money(amount)),
    };
    format!(
        "{}（{}至{}{amount}）",
        label(field, facts.code[at]).unwrap_or_default(),
        from.unwrap_or_default(),
        to.unwrap_or_default(),
    )
}

fn slot(offsets: &OffsetBuffer<i32>, row: usize) -> Option<(usize, usize)> {
    let start = usize::try_from(*offsets.get(row)?).ok()?;
    let end = usize::try_from(*offsets.get(row + 1)?).ok()?;
    Some((start, end))
}
