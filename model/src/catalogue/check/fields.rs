//! Checks of fields: name, code list, bounds, and sources or an expression.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use serde_saphyr::Spanned;

use super::{Check, Entry, kind_name, qualified};
use crate::catalogue::index::{CodeList, Derived, Field, FieldId};
use crate::catalogue::types::{FieldEntry, FieldType, Sensitivity, SetOf};
use crate::catalogue::yaml;
use crate::domain::{DECIMAL_PLACES, parse_scaled};

/// Decimal places of money in yuan: fen are stored.
const MONEY_PLACES: u32 = 2;

/// Dates are stored as days since this one.
const EPOCH: Date = Date::constant(1970, 1, 1);

impl Check<'_> {
    /// Checks all fields. What their tables hand down is filled in later.
    pub(super) fn fields(
        &mut self,
        fields: &[Spanned<FieldEntry>],
        codes: &BTreeMap<String, Arc<CodeList>>,
    ) -> Vec<Field> {
        let mut lines = HashMap::new();
        let mut checked = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            let name = qualified(field.value.subject, &field.value.name);
            let entry = Entry { subject: &name, place: yaml::place(field) };
            self.name(entry, "name", &field.value.name);
            let key = (field.value.subject, field.value.name.as_str());
            if let Some(line) = lines.insert(key, entry.place.line) {
                let message = format!("`{name}` is defined twice, first on line {line}");
                let at = self.point(entry, "name", &field.value.name);
                self.report(at, "duplicate", message, "rename one, or give one field both sources");
            }
            checked.push(self.field(entry, FieldId::new(index), &field.value, codes));
        }
        checked
    }

    fn field(
        &mut self,
        entry: Entry<'_>,
        id: FieldId,
        field: &FieldEntry,
        codes: &BTreeMap<String, Arc<CodeList>>,
    ) -> Field {
        let list = self.codes_of(entry, field, codes);
        self.members(entry, field);
        self.origin(entry, field);
        for source in &field.sources {
            self.source(entry, field, source, list.as_deref());
        }
        let (min, max) = self.bounds(entry, field);
        Field {
            id,
            name: field.name.clone(),
            label: field.label.clone(),
            subject: field.subject,
            kind: field.kind,
            unit: field.unit.clone(),
            codes: list,
            set_of: field.set_of,
            sources: field.sources.clone(),
            derived: field
                .derived
                .as_ref()
                .map(|text| Derived { text: text.value.clone(), place: yaml::place(text) }),
            min,
            max,
            period: field.period,
            refresh_days: field.refresh_days,
            sensitivity: field.sensitivity.unwrap_or(Sensitivity::Public),
            purpose: field.purpose.clone().unwrap_or_default(),
            legal_basis: field.legal_basis.clone().unwrap_or_default(),
            note: field.note.clone(),
            place: entry.place,
        }
    }

    fn codes_of(
        &mut self,
        entry: Entry<'_>,
        field: &FieldEntry,
        codes: &BTreeMap<String, Arc<CodeList>>,
    ) -> Option<Arc<CodeList>> {
        let kind = kind_name(field.kind);
        let Some(name) = &field.codes else {
            if matches!(field.kind, FieldType::Code | FieldType::Facts) {
                let message = format!("a {kind} field needs a code list");
                let at = self.point(entry, "type", kind);
                self.report(at, "codes", message, "name one of the lists in `codes`");
            }
            return None;
        };
        if !matches!(field.kind, FieldType::Code | FieldType::Facts | FieldType::Set) {
            let message = format!("a {kind} field has no codes");
            let help = "leave `codes` out, or make the field a code, set or facts";
            self.report(self.point(entry, "codes", name), "codes", message, help);
        }
        let list = codes.get(name).cloned();
        if list.is_none() {
            let known = codes.keys().map(String::as_str);
            let at = self.point(entry, "codes", name);
            self.known(at, "unknown_codes", "code list", name, known);
        }
        list
    }

    /// A set says what its members are, and has a list if they are codes.
    fn members(&mut self, entry: Entry<'_>, field: &FieldEntry) {
        let listed = field.codes.is_some();
        let (key, message, help) = match (field.kind, field.set_of) {
            (FieldType::Set, None) => {
                let help =
                    "write `set_of: codes` with `codes`, `set_of: zones` or `set_of: industries`";
                ("type", "a set field does not say what its members are", help)
            }
            (FieldType::Set, Some(SetOf::Codes)) if !listed => {
                let help = "name one of the lists in `codes`";
                ("set_of", "a set of codes needs a code list", help)
            }
            (FieldType::Set, Some(SetOf::Zones | SetOf::Industries)) if listed => {
                let help = "leave `codes` out: the members are looked up in their own table";
                ("codes", "only a set of codes has a code list", help)
            }
            (FieldType::Set, _) | (_, None) => return,
            (_, Some(_)) => ("set_of", "only a set field has members", "leave `set_of` out"),
        };
        self.report(self.point(entry, key, ""), "set_of", message, help);
    }

    /// A field has sources or an expression, and an expression inherits its dates.
    fn origin(&mut self, entry: Entry<'_>, field: &FieldEntry) {
        match (&field.derived, field.sources.is_empty()) {
            (None, true) => {
                let message = "the field has neither sources nor an expression";
                let help = "name a table in `sources`, or write `derived: <expression>`";
                self.report(self.point(entry, "name", &field.name), "origin", message, help);
            }
            (Some(_), false) => {
                let message = "the field has both sources and an expression";
                let help = "keep one: move the sources to a field that the expression reads";
                self.report(self.point(entry, "derived", ""), "origin", message, help);
            }
            (Some(_), true) if matches!(field.kind, FieldType::Set | FieldType::Facts) => {
                let message = format!("a {} field cannot be derived", kind_name(field.kind));
                let at = self.point(entry, "derived", "");
                self.report(
                    at,
                    "origin",
                    message,
                    "give it sources: expressions make single values",
                );
            }
            _ => {}
        }
        let dated =
            [("period", field.period.is_some()), ("refresh_days", field.refresh_days.is_some())];
        for (key, _) in dated.iter().filter(|(_, given)| *given && field.derived.is_some()) {
            let message = format!("`{key}` says nothing about a derived field");
            let help = "put it on the fields that the expression reads";
            self.report(self.point(entry, key, ""), "period", message, help);
        }
        if let Some(days) = field.refresh_days {
            self.refresh(entry, days);
        }
        if field.period.is_some() && field.kind == FieldType::Facts {
            let message = "a facts field has no period: each row has its own dates";
            self.report(self.point(entry, "period", ""), "period", message, "leave `period` out");
        }
    }

    /// Both bounds as stored.
    fn bounds(&mut self, entry: Entry<'_>, field: &FieldEntry) -> (Option<i64>, Option<i64>) {
        let min = self.bound(entry, "min", field.min.as_deref(), field.kind);
        let max = self.bound(entry, "max", field.max.as_deref(), field.kind);
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            let written = (field.min.as_deref().unwrap_or(""), field.max.as_deref().unwrap_or(""));
            let message = format!("`min: {}` lies above `max: {}`", written.0, written.1);
            self.report(
                self.point(entry, "min", written.0),
                "bounds",
                message,
                "swap or correct them",
            );
        }
        (min, max)
    }

    fn bound(
        &mut self,
        entry: Entry<'_>,
        key: &str,
        text: Option<&str>,
        kind: FieldType,
    ) -> Option<i64> {
        let text = text?;
        let at = self.point(entry, key, text);
        let kind_of = kind_name(kind);
        let (value, wanted) = match kind {
            FieldType::Date => (date(text), "a day like 1949-10-01"),
            FieldType::Money | FieldType::Decimal | FieldType::Int => {
                (stored(text, kind), "a number in the unit of the rules (yuan for money)")
            }
            _ => {
                let message = format!("a {kind_of} field has no `{key}`");
                self.report(
                    at,
                    "bounds",
                    message,
                    "leave it out: only numbers and dates have bounds",
                );
                return None;
            }
        };
        if value.is_none() {
            let message = format!("`{text}` is no {key} of a {kind_of} field");
            self.report(at, "bounds", message, format!("write {wanted}"));
        }
        value
    }
}

/// A number in the unit of the rule language as it is stored: yuan as fen,
/// decimals times 10^6, whole numbers as they are.
pub(crate) fn stored(text: &str, kind: FieldType) -> Option<i64> {
    let places = match kind {
        FieldType::Money => MONEY_PLACES,
        FieldType::Decimal => DECIMAL_PLACES,
        FieldType::Int => 0,
        _ => return None,
    };
    parse_scaled(text, places).ok()
}

fn date(text: &str) -> Option<i64> {
    text.parse::<Date>().ok().map(|day| i64::from((day - EPOCH).get_days()))
}
