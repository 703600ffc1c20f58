//! What Python hands over besides the first table: days, the other tables of a
//! question, and JSON on the way back.

use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};
use zhida_model::domain::SubjectKind;

use crate::capsule::Table;
use crate::errors::Error;
use crate::table::Tables;

/// Any mapping as a dict.
pub(crate) fn dict<'py>(mapping: &Bound<'py, PyMapping>) -> PyResult<Bound<'py, PyDict>> {
    PyDict::from_sequence(&mapping.items()?.into_any())
}

/// The tables of one question.
pub(crate) fn tables(
    kind: SubjectKind,
    table: Table,
    other: Option<&Bound<'_, PyAny>>,
    relations: Option<&Bound<'_, PyMapping>>,
    extra: &str,
) -> PyResult<Tables> {
    let ignore = match extra {
        "error" => false,
        "ignore" => true,
        _ => {
            let text = format!("extra `{extra}` is unknown: give `error` or `ignore`");
            return Err(Error::Argument(text).into());
        }
    };
    let other = other.map(|other| Table::take(other, "other")).transpose()?;
    let mut edges = Vec::new();
    for (name, table) in relations.map(dict).transpose()?.into_iter().flatten() {
        let name: String = name.extract()?;
        let table = Table::take(&table, &format!("relation `{name}`"))?;
        edges.push((name, table));
    }
    Ok(Tables { kind, table, other, relations: edges, ignore })
}

/// A day: a `datetime.date`, or text such as `2026-03-31`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

impl<'py> FromPyObject<'_, 'py> for Day {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Day> {
        if let Ok(text) = object.cast::<PyString>() {
            let text = text.to_str()?;
            let day = text.parse().map_err(|_| {
                Error::Argument(format!("`{text}` is no day: write it as 2026-03-31"))
            })?;
            return Ok(Day(day));
        }
        let part = |name| object.getattr(name)?.extract::<i16>();
        let none =
            || Error::Argument("a day is a datetime.date, or text such as `2026-03-31`".to_owned());
        let (year, month, day) = (part("year"), part("month"), part("day"));
        let (Ok(year), Ok(month), Ok(day)) = (year, month, day) else { return Err(none().into()) };
        let month = i8::try_from(month).map_err(|_| none())?;
        let day = i8::try_from(day).map_err(|_| none())?;
        Ok(Day(Date::new(year, month, day).map_err(|_| none())?))
    }
}

/// What JSON text says, as Python objects.
pub(crate) fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}
