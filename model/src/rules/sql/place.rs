//! Regions, industries and local parameters in SQL. Codes stand in the order
//! of the region table, so a region is mostly one or two ranges of six-digit
//! numbers; numbers between them that are no codes do not occur in a column.

use super::{
    dialect::{Bind, Dialect, Sql},
    number::Quotient,
    printer::Printer,
};
use crate::{
    catalogue::types::FieldType,
    domain::{DECIMAL_ONE, IndustryCode, RegionCode, Tri},
    rules::ir::FieldRef,
};

impl Printer<'_> {
    pub(super) fn within(&self, column: &Sql, outer: u16) -> Sql {
        let regions = &self.dated.reference.regions;
        let Some(outer) = regions.code(outer) else { return self.unknown() };
        let truths: Vec<(RegionCode, Tri)> =
            regions.codes().zip(regions.within_table(outer)).collect();
        let inside = ranges(&truths, |truth| *truth == Tri::True);
        let open = ranges(&truths, |truth| *truth == Tri::Unknown);
        let inside = among(column, &inside);
        if open.is_empty() {
            return inside;
        }
        Sql::case(&[(among(column, &open), self.unknown())], Some(&inside))
    }

    pub(super) fn parameter(&self, name: &str, region: FieldRef, decimal: bool) -> Quotient {
        let dialect = self.dialect;
        let den = if decimal { i128::from(DECIMAL_ONE) } else { 1 };
        let column = match self.cell(region, dialect.wide()) {
            Ok(column) => column,
            Err(unknown) => return Quotient::over(unknown, 0, den),
        };
        let reference = self.dated.reference;
        let (regions, as_of) = (&reference.regions, self.dated.as_of);
        let values: Vec<(RegionCode, Option<i64>)> = (0_u16..)
            .zip(regions.codes())
            .map(|(at, code)| (code, reference.parameters.value(name, at, as_of, regions)))
            .collect();
        let mut known: Vec<i64> = values.iter().filter_map(|(_, value)| *value).collect();
        known.sort_unstable();
        known.dedup();
        if known.is_empty() {
            return Quotient::unknown(dialect);
        }
        let branches: Vec<(Sql, Sql)> = known
            .iter()
            .map(|value| {
                let places = ranges(&values, |other| *other == Some(*value));
                (among(&column, &places), dialect.integer(i128::from(*value)))
            })
            .collect();
        let size = known.iter().map(|value| u128::from(value.unsigned_abs())).max().unwrap_or(0);
        Quotient::over(dialect.widened(&Sql::case(&branches, None)), size, den)
    }

    pub(super) fn industry(&self, field: FieldRef, column: &Sql, ranges: &[(u16, u16)]) -> Sql {
        let industries = &self.dated.reference.industries;
        let codes: Vec<IndustryCode> =
            ranges.iter().filter_map(|(first, _)| industries.code(*first)).collect();
        let under = |text: &str| {
            let tests: Vec<Sql> = codes.iter().map(|code| self.prefix(text, *code)).collect();
            match tests.is_empty() {
                true => Sql::tight("FALSE"),
                false => Sql::joined(Bind::Or, "OR", &tests),
            }
        };
        if self.field(field).kind == FieldType::Set {
            return self.dialect.some_where(&column.text, &under("x").text);
        }
        if codes.is_empty() {
            let there = Sql::new(Bind::Compare, format!("{} IS NOT NULL", column.text));
            return Sql::case(&[(there, Sql::tight("FALSE"))], None);
        }
        under(&column.text)
    }

    /// Whether a text is a code or lies below it.
    fn prefix(&self, text: &str, code: IndustryCode) -> Sql {
        let name = code.to_string();
        match code.level() {
            1 => {
                let divisions: Vec<String> = self
                    .dated
                    .reference
                    .industries
                    .children(code)
                    .map(|division| division.to_string())
                    .collect();
                let own = format!("{text} = {}", self.dialect.text(&name));
                let (Some(first), Some(last)) = (divisions.first(), divisions.last()) else {
                    return Sql::new(Bind::Compare, own);
                };
                let digits = match self.dialect {
                    Dialect::DuckDb => format!("substr({text}, 1, 2)"),
                    Dialect::Spark => format!("substring({text}, 1, 2)"),
                };
                Sql::new(Bind::Or, format!("{own} OR {digits} BETWEEN '{first}' AND '{last}'"))
            }
            4 => Sql::new(Bind::Compare, format!("{text} = '{name}'")),
            _ => Sql::new(Bind::Compare, format!("{text} LIKE '{name}%'")),
        }
    }
}

/// Runs of neighbouring codes whose value passes, as first and last code.
fn ranges<T>(values: &[(RegionCode, T)], passes: impl Fn(&T) -> bool) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut open = false;
    for (code, value) in values {
        match (passes(value), runs.last_mut()) {
            (true, Some(run)) if open => run.1 = code.value(),
            (true, _) => runs.push((code.value(), code.value())),
            (false, _) => {}
        }
        open = passes(value);
    }
    runs
}

/// Whether a region lies in one of the runs.
fn among(column: &Sql, runs: &[(u32, u32)]) -> Sql {
    let column = &column.text;
    let single: Vec<String> = runs
        .iter()
        .filter(|(first, last)| first == last)
        .map(|(code, _)| code.to_string())
        .collect();
    let mut tests: Vec<Sql> = runs
        .iter()
        .filter(|(first, last)| first != last)
        .map(|(first, last)| {
            Sql::new(Bind::Compare, format!("{column} BETWEEN {first} AND {last}"))
        })
        .collect();
    match single.as_slice() {
        [] => {}
        [only] => tests.push(Sql::new(Bind::Compare, format!("{column} = {only}"))),
        _ => tests.push(Sql::new(Bind::Compare, format!("{column} IN ({})", single.join(", ")))),
    }
    match tests.is_empty() {
        true => Sql::new(Bind::Compare, format!("{column} < 0")),
        false => Sql::joined(Bind::Or, "OR", &tests),
    }
}
