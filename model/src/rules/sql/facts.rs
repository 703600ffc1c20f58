//! Dated facts in SQL. A row that is there settles `holds` and `had`; an
//! absent one only where the dossier's list is complete (`<field>__reason` is
//! `NULL`) and its registers reach back over the window.

use jiff::civil::Date;

use super::{
    dialect::{Bind, Dialect, Sql},
    number::Quotient,
    printer::Printer,
};
use crate::rules::ir::{FieldRef, Mask, Span};

/// Registers that reach back to this day or further are complete from the beginning.
const FROM_THE_BEGINNING: Date = Date::constant(1949, 10, 1);

/// How far back the registers of a facts field are complete.
enum Coverage {
    /// Always.
    Beginning,
    /// From a day on.
    Since(Date),
    /// Never.
    None,
}

impl Printer<'_> {
    pub(super) fn holds(&self, field: FieldRef, mask: &Mask) -> Sql {
        let test = format!(
            "{} AND ({from} IS NULL OR {from} <= {today}) AND ({to} IS NULL OR {to} >= {today})",
            self.coded(field, mask),
            from = self.part("from"),
            to = self.part("to"),
            today = self.today().text,
        );
        let complete = match self.coverage(field, mask) {
            Coverage::None => None,
            Coverage::Since(since) if since > self.dated.as_of => None,
            Coverage::Beginning | Coverage::Since(_) => self.complete(field),
        };
        self.settled(field, &test, complete)
    }

    pub(super) fn had(&self, field: FieldRef, mask: &Mask, span: Option<Span>) -> Sql {
        let test = self.in_window(field, mask, span);
        self.settled(field, &test, self.covered(field, mask, span))
    }

    /// A row found is true; none is false where the list is complete.
    fn settled(&self, field: FieldRef, test: &str, complete: Option<Sql>) -> Sql {
        let found = self.dialect.some_where(&self.column(field, "").text, test);
        let mut branches = vec![(found, Sql::tight("TRUE"))];
        branches.extend(complete.map(|complete| (complete, Sql::tight("FALSE"))));
        Sql::case(&branches, None)
    }

    pub(super) fn count_facts(&self, field: FieldRef, mask: &Mask, span: Option<Span>) -> Quotient {
        let Some(complete) = self.covered(field, mask, span) else {
            return Quotient::unknown(self.dialect);
        };
        let list = self.column(field, "").text;
        let count = self.dialect.count_where(&self.rows(&list), &self.in_window(field, mask, span));
        let text = Sql::case(&[(complete, Sql::tight(count))], None);
        Quotient::over(self.dialect.widened(&text), 1 << 32, 1)
    }

    pub(super) fn sum_facts(&self, field: FieldRef, mask: &Mask, span: Option<Span>) -> Quotient {
        let Some(complete) = self.covered(field, mask, span) else {
            return Quotient::unknown(self.dialect);
        };
        let list = self.rows(&self.column(field, "").text);
        let test = self.in_window(field, mask, span);
        let sum = match self.dialect {
            Dialect::DuckDb => {
                let unpriced =
                    self.dialect.count_where(&list, &format!("{test} AND x.amount IS NULL"));
                let rows = self.dialect.filtered(&list, &test);
                let amounts = format!("list_transform({rows}, lambda x: x.amount)");
                let sum = format!("coalesce(list_sum({amounts}), 0)");
                let priced = Sql::new(Bind::Compare, format!("{unpriced} = 0"));
                Sql::case(&[(priced, Sql::tight(sum))], None)
            }
            Dialect::Spark => {
                let wide = self.dialect.wide();
                Sql::tight(format!(
                    "aggregate({}, CAST(0 AS {wide}), (sum, x) -> CAST(sum + x.amount AS {wide}))",
                    self.dialect.filtered(&list, &test),
                ))
            }
        };
        // A sum beyond 64 bits is unknown.
        let sum = self.dialect.cast_or_unknown(&sum, "BIGINT");
        let text = Sql::case(&[(complete, sum)], None);
        Quotient::over(self.dialect.widened(&text), 1 << 63, 1)
    }

    /// The list, empty where the dossier has none.
    fn rows(&self, list: &str) -> String {
        match self.dialect {
            Dialect::DuckDb => format!("coalesce({list}, [])"),
            Dialect::Spark => format!("coalesce({list}, filter({list}, x -> FALSE))"),
        }
    }

    fn part(&self, name: &str) -> String {
        format!("x.{}", self.dialect.name(name))
    }

    /// The test of a row's code.
    fn coded(&self, field: FieldRef, mask: &Mask) -> String {
        let list = self.field(field).codes.as_ref();
        let codes: Vec<&str> =
            mask.iter().filter_map(|at| list?.entry(at).map(|entry| entry.code.as_str())).collect();
        match codes.as_slice() {
            [] => "FALSE".to_owned(),
            [only] => format!("x.code = {}", self.dialect.text(only)),
            _ => format!("x.code IN ({})", self.dialect.texts(codes.iter().copied())),
        }
    }

    /// The test of a row within the span that ends on the day judged: its last
    /// day, moved by the span, is not before that day.
    fn in_window(&self, field: FieldRef, mask: &Mask, span: Option<Span>) -> String {
        let today = self.today().text;
        let from = self.part("from");
        let begun =
            format!("{} AND ({from} IS NULL OR {from} <= {today})", self.coded(field, mask));
        let Some(span) = span else { return begun };
        let to = self.part("to");
        let moved = self.moved_by(&Sql::tight(to.clone()), span);
        format!("{begun} AND ({to} IS NULL OR {} >= {today})", moved.text)
    }

    fn moved_by(&self, date: &Sql, span: Span) -> Sql {
        match span {
            Span::Months(months) => self.dialect.plus_months(date, &months.to_string()),
            Span::Days(days) => self.dialect.plus_days(date, &days.to_string()),
        }
    }

    /// The list holds every row there is; `None` where it never does.
    fn complete(&self, field: FieldRef) -> Option<Sql> {
        let reason = self.column(field, "__reason").text;
        let complete = Sql::new(Bind::Compare, format!("{reason} IS NULL"));
        self.dated.is_current(field.field).then_some(complete)
    }

    /// The list holds every row with one of the codes in the whole window.
    fn covered(&self, field: FieldRef, mask: &Mask, span: Option<Span>) -> Option<Sql> {
        let complete = self.complete(field)?;
        match (self.coverage(field, mask), span) {
            (Coverage::Beginning, _) => Some(complete),
            (Coverage::None, _) | (Coverage::Since(_), None) => None,
            (Coverage::Since(since), Some(span)) => {
                // The day before the register begins lies outside the window.
                let before = self.dialect.plus_days(&self.dialect.day(since), "-1");
                let outside = Sql::compare(&self.moved_by(&before, span), "<", &self.today());
                Some(Sql::joined(Bind::And, "AND", &[complete, outside]))
            }
        }
    }

    fn coverage(&self, field: FieldRef, mask: &Mask) -> Coverage {
        let catalogue = &self.dated.reference.catalogue;
        let field = self.field(field);
        if mask.iter().any(|code| field.sources_giving(code).next().is_none()) {
            return Coverage::None;
        }
        let mut latest = Coverage::Beginning;
        for source in mask.iter().flat_map(|code| field.sources_giving(code)) {
            let table = catalogue.table(&source.table);
            let Some(coverage) = table.and_then(|table| table.entry.coverage.as_ref()) else {
                return Coverage::None;
            };
            latest = match latest {
                _ if coverage.since <= FROM_THE_BEGINNING => latest,
                Coverage::Since(other) if other >= coverage.since => latest,
                _ => Coverage::Since(coverage.since),
            };
        }
        latest
    }
}
