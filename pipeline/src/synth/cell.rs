//! A value as one table writes it: its raw codes, its unit, its dates.

use std::fmt::Write as _;

use zhida_model::catalogue::types::{FieldType, Scale};

use super::day;
use super::plan::Fill;
use super::value::Value;

/// Writes a value into an empty cell; an absent one leaves it empty. `pick`
/// chooses among raw values that mean the same.
pub(super) fn write(value: &Value, fill: &Fill, pick: u64, out: &mut String) {
    // Writing to a string cannot fail.
    match value {
        Value::Absent => {}
        Value::Bool(yes) => {
            out.push_str(raw(fill, if *yes { "true" } else { "false" }, pick).unwrap_or(if *yes {
                "1"
            } else {
                "0"
            }))
        }
        Value::Code(code) => out.push_str(raw(fill, code, pick).unwrap_or_default()),
        Value::Int(number) => scaled(*number, 0, fill.scale, out),
        Value::Decimal(millionths) if fill.kind == FieldType::Int => {
            scaled(millionths / 1_000_000, 0, fill.scale, out)
        }
        Value::Decimal(millionths) => scaled(*millionths, 6, fill.scale, out),
        Value::Money(fen) => scaled(*fen, 2, fill.scale, out),
        Value::Day(days) => day::write(*days, fill.format, out),
        Value::Region(code) => {
            let _ = write!(out, "{code:06}");
        }
        Value::Text(text) => out.push_str(text),
        Value::List(members) => {
            for (place, member) in members.iter().enumerate() {
                if place > 0 {
                    out.push_str(&fill.separator);
                }
                out.push_str(raw(fill, member, pick).unwrap_or(member));
            }
        }
    }
}

fn raw<'a>(fill: &'a Fill, code: &str, pick: u64) -> Option<&'a str> {
    let values = fill.raw.get(code)?;
    let at = usize::try_from(pick % (values.len().max(1) as u64)).unwrap_or(0);
    values.get(at).map(String::as_str)
}

/// Writes a whole number of `10^-places` in the unit of a table, without
/// needless zeros.
pub(super) fn scaled(value: i64, places: u32, scale: Scale, out: &mut String) {
    let places = match scale {
        Scale::One => places,
        Scale::Thousand => places + 3,
        Scale::Wan => places + 4,
        Scale::Percent | Scale::Fen => places.saturating_sub(2),
    };
    if value < 0 {
        out.push('-');
    }
    let (digits, unit) = (value.unsigned_abs(), 10_u64.pow(places));
    let (whole, mut rest) = (digits / unit, digits % unit);
    let _ = write!(out, "{whole}");
    if rest > 0 {
        let mut width = usize::try_from(places).unwrap_or(0);
        while rest.is_multiple_of(10) {
            rest /= 10;
            width -= 1;
        }
        let _ = write!(out, ".{rest:0width$}");
    }
}
