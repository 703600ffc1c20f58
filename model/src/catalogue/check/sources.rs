//! Checks of one source of a field: its table, and whether the way rows
//! become a value fits the type of the field.

use super::{Check, Entry, kind_name};
use crate::catalogue::index::CodeList;
use crate::catalogue::types::{
    DateFormat, FactColumns, FieldEntry, FieldType, Scale, Source, Take,
};

impl Check<'_> {
    pub(super) fn source(
        &mut self,
        entry: Entry<'_>,
        field: &FieldEntry,
        source: &Source,
        codes: Option<&CodeList>,
    ) {
        match self.tables.get(source.table.as_str()).map(|table| table.subject) {
            None => self.unknown_table(entry, &source.table),
            Some(subject) if subject != field.subject => {
                let message = format!(
                    "table `{}` is about `{subject}`, the field about `{}`",
                    source.table, field.subject
                );
                let help = format!(
                    "name a table whose subject is `{}`, or reach it by a relation",
                    field.subject
                );
                self.report(self.point(entry, "table", &source.table), "subject", message, help);
            }
            Some(_) => {}
        }
        self.take(entry, field, source);
        self.value_column(entry, source);
        self.facts(entry, source, codes);
        self.map(entry, field, source, codes);
        self.form(entry, field, source);
        self.window(entry, source);
        if let Some(only) = &source.only {
            self.only(entry, only);
        }
    }

    fn take(&mut self, entry: Entry<'_>, field: &FieldEntry, source: &Source) {
        let fitting = takes(field.kind);
        if fitting.contains(&source.take) {
            return;
        }
        let (take, kind) = (take_name(source.take), kind_name(field.kind));
        let names: Vec<String> = fitting.iter().map(|&t| format!("`{}`", take_name(t))).collect();
        let message = format!("`take: {take}` does not make a {kind} field");
        let at = self.point(entry, "take", take);
        self.report(at, "take", message, format!("a {kind} field takes {}", names.join(", ")));
    }

    /// `count`, `exists` and `facts` have no value column, all others do.
    fn value_column(&mut self, entry: Entry<'_>, source: &Source) {
        let take = take_name(source.take);
        let without = matches!(source.take, Take::Count | Take::Exists | Take::Facts);
        match &source.column {
            None if !without => {
                let message = format!("the source in `{}` names no column", source.table);
                let help = format!(
                    "write `column:`; only count, exists and facts go without, and this takes `{take}`"
                );
                self.report(
                    self.point(entry, "table", &source.table),
                    "missing_column",
                    message,
                    help,
                );
            }
            Some(column) if without => {
                let message = format!("`take: {take}` reads no column");
                let help = "leave `column` out; choose rows with `only`";
                self.report(self.point(entry, "column", column), "needless_column", message, help);
            }
            Some(column) => self.column(entry, "column", column),
            None => {}
        }
    }

    fn facts(&mut self, entry: Entry<'_>, source: &Source, codes: Option<&CodeList>) {
        let Some(fact) = &source.fact else {
            if source.take == Take::Facts {
                let message = format!(
                    "the source in `{}` does not say which columns make a fact",
                    source.table
                );
                let help = "write `fact: { code: …, from: { column: … } }`";
                self.report(self.point(entry, "take", "facts"), "fact", message, help);
            }
            return;
        };
        if source.take != Take::Facts {
            let message = "`fact` is read by `take: facts` only";
            self.report(
                self.point(entry, "fact", ""),
                "fact",
                message,
                "write `take: facts`, or leave `fact` out",
            );
        }
        self.fact_code(entry, fact, codes);
        self.column(entry, "from", &fact.from.column);
        if let Some(to) = &fact.to {
            self.column(entry, "to", &to.column);
        }
        let scale = fact.amount_scale;
        let fitting = fact.amount.is_some() && scale != Scale::Percent || scale == Scale::One;
        if !fitting {
            let message = format!("`amount_scale: {}` has no money to scale", scale_name(scale));
            let help = "name the money column in `amount`, with one, thousand, wan or fen";
            self.report(self.point(entry, "amount_scale", ""), "scale", message, help);
        }
    }

    fn fact_code(&mut self, entry: Entry<'_>, fact: &FactColumns, codes: Option<&CodeList>) {
        match (&fact.code, &fact.fixed) {
            (Some(_), Some(fixed)) => {
                let message = "a fact has its code from a column or a fixed one, not both";
                self.report(
                    self.point(entry, "fixed", fixed),
                    "fact",
                    message,
                    "keep `code` or `fixed`",
                );
            }
            (None, None) => {
                let message = "a fact without a code";
                let help = "write `code: <column>`, or `fixed: <code>` for every row";
                self.report(self.point(entry, "fact", ""), "fact", message, help);
            }
            (Some(column), None) => self.column(entry, "code", column),
            (None, Some(fixed)) => self.is_code(entry, "fixed", fixed, codes),
        }
    }

    /// The targets of `map` are what the field can hold.
    fn map(
        &mut self,
        entry: Entry<'_>,
        field: &FieldEntry,
        source: &Source,
        codes: Option<&CodeList>,
    ) {
        let Some((first, _)) = source.map.first_key_value() else { return };
        let fixed = source.fact.as_ref().is_some_and(|fact| fact.fixed.is_some());
        let counted = matches!(source.take, Take::Count | Take::Exists);
        let mapped = matches!(
            field.kind,
            FieldType::Code | FieldType::Facts | FieldType::Set | FieldType::Bool
        );
        if fixed || counted || !mapped {
            let message = "nothing is mapped here";
            let help = "leave `map` out: it translates code, set, facts and bool columns";
            self.report(self.point(entry, first, ""), "map", message, help);
            return;
        }
        for (raw, target) in &source.map {
            if field.kind == FieldType::Bool {
                if target != "true" && target != "false" {
                    let message = format!("`{raw}` becomes `{target}`, which is no truth value");
                    let at = self.point(entry, raw, target);
                    self.report(at, "map", message, "write \"true\" or \"false\"");
                }
            } else {
                self.is_code(entry, raw, target, codes);
            }
        }
    }

    /// A code that must be in the field's list. An open set takes any.
    fn is_code(&mut self, entry: Entry<'_>, key: &str, code: &str, codes: Option<&CodeList>) {
        let Some(list) = codes.filter(|list| list.position(code).is_none()) else { return };
        let message = format!("`{code}` is no code of `{}`", list.name);
        let help = match list.suggest(code) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add it to `{}`, or use one of its codes", list.name),
        };
        self.report(self.point(entry, key, code), "unknown_code", message, help);
    }

    /// Separator, date format and scale belong to certain types.
    fn form(&mut self, entry: Entry<'_>, field: &FieldEntry, source: &Source) {
        let kind = kind_name(field.kind);
        match &source.separator {
            Some(_) if field.kind != FieldType::Set => {
                let message = format!("a {kind} field has no members to separate");
                let at = self.point(entry, "separator", "");
                self.report(
                    at,
                    "separator",
                    message,
                    "leave `separator` out, or make the field a set",
                );
            }
            Some(separator) if separator.is_empty() => {
                let at = self.point(entry, "separator", "");
                self.report(
                    at,
                    "separator",
                    "the separator is empty",
                    "write the character between members",
                );
            }
            None if field.kind == FieldType::Set && source.take == Take::Latest => {
                let message = "a set needs several rows or several members in a cell";
                let help =
                    "write `take: union`, or `separator: \"…\"` for a cell that lists members";
                self.report(self.point(entry, "table", &source.table), "separator", message, help);
            }
            _ => {}
        }
        if source.format != DateFormat::Dashed && field.kind != FieldType::Date {
            let message = format!("a {kind} field has no date format");
            let at = self.point(entry, "format", "");
            self.report(at, "format", message, "leave `format` out, or make the field a date");
        }
        if !scales(field.kind).contains(&source.scale) {
            let message =
                format!("`scale: {}` does not fit a {kind} field", scale_name(source.scale));
            let names: Vec<_> = scales(field.kind).iter().map(|&scale| scale_name(scale)).collect();
            let at = self.point(entry, "scale", scale_name(source.scale));
            self.report(at, "scale", message, format!("use {}", names.join(", ")));
        }
    }

    fn window(&mut self, entry: Entry<'_>, source: &Source) {
        let Some(window) = source.window else { return };
        let at = self.point(entry, "window", "");
        match (window.years, window.months) {
            (Some(1..), None) | (None, Some(1..)) => {}
            (Some(_), Some(_)) => self.report(
                at,
                "window",
                "a window counts years or months, not both",
                "keep `years` for calendar years or `months` for rolling months",
            ),
            _ => self.report(
                at,
                "window",
                "the window is empty",
                "write `years: 1` or more, or `months: 1` or more",
            ),
        }
    }
}

/// The ways in which rows become a value of a type.
fn takes(kind: FieldType) -> &'static [Take] {
    match kind {
        FieldType::Int => &[Take::Latest, Take::Sum, Take::Count, Take::Min, Take::Max],
        FieldType::Decimal | FieldType::Money => &[Take::Latest, Take::Sum, Take::Min, Take::Max],
        FieldType::Date => &[Take::Latest, Take::Min, Take::Max],
        FieldType::Bool => &[Take::Latest, Take::Exists],
        FieldType::Region | FieldType::Industry | FieldType::Code | FieldType::Text => {
            &[Take::Latest]
        }
        FieldType::Set => &[Take::Union, Take::Latest],
        FieldType::Facts => &[Take::Facts],
    }
}

/// The units in which a table may write a type.
fn scales(kind: FieldType) -> &'static [Scale] {
    match kind {
        FieldType::Money => &[Scale::One, Scale::Thousand, Scale::Wan, Scale::Fen],
        FieldType::Decimal => &[Scale::One, Scale::Thousand, Scale::Wan, Scale::Percent],
        FieldType::Int => &[Scale::One, Scale::Thousand, Scale::Wan],
        _ => &[Scale::One],
    }
}

fn take_name(take: Take) -> &'static str {
    match take {
        Take::Latest => "latest",
        Take::Sum => "sum",
        Take::Count => "count",
        Take::Exists => "exists",
        Take::Min => "min",
        Take::Max => "max",
        Take::Union => "union",
        Take::Facts => "facts",
    }
}

fn scale_name(scale: Scale) -> &'static str {
    match scale {
        Scale::One => "one",
        Scale::Thousand => "thousand",
        Scale::Wan => "wan",
        Scale::Percent => "percent",
        Scale::Fen => "fen",
    }
}
