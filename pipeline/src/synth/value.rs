//! Values in the terms of dossiers, before a table writes them its own way.

/// One value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing to write: an empty cell.
    Absent,
    /// Yes or no.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Millionths.
    Decimal(i64),
    /// Fen.
    Money(i64),
    /// Days since 1970-01-01.
    Day(i32),
    /// Six digits of GB/T 2260.
    Region(u32),
    /// A code of the field's list.
    Code(&'static str),
    /// Text, a class of GB/T 4754, an identity number.
    Text(String),
    /// Members of a set.
    List(Vec<String>),
}

/// One dated thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fact {
    /// Code of the field's list.
    pub code: &'static str,
    /// First day.
    pub from: i32,
    /// Last day; `None` while open.
    pub to: Option<i32>,
    /// Fen.
    pub amount: Option<i64>,
}

impl Fact {
    /// Something that holds from one day to another.
    pub(super) fn span(code: &'static str, from: i32, to: Option<i32>) -> Fact {
        Fact { code, from, to, amount: None }
    }

    /// Something that happened on a day.
    pub(super) fn event(code: &'static str, on: i32, amount: Option<i64>) -> Fact {
        Fact { code, from: on, to: Some(on), amount }
    }
}

impl Value {
    /// A day that may be missing.
    pub(super) fn day(day: Option<i32>) -> Value {
        day.map_or(Value::Absent, Value::Day)
    }

    /// The value where a condition holds.
    pub(super) fn when(holds: bool, value: Value) -> Value {
        if holds { value } else { Value::Absent }
    }
}
