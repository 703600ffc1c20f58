//! Checks of relations: their table, their subjects, and their names, which
//! stand beside field names in rules.

use std::collections::HashMap;

use serde_saphyr::Spanned;

use super::{Check, Entry, qualified};
use crate::catalogue::types::{FieldEntry, Link, Only, RelationEntry};
use crate::catalogue::yaml;

impl Check<'_> {
    pub(super) fn relations(
        &mut self,
        relations: &[Spanned<RelationEntry>],
        fields: &[Spanned<FieldEntry>],
    ) {
        let mut lines: HashMap<_, _> = fields
            .iter()
            .map(|field| {
                ((field.value.subject, field.value.name.as_str()), yaml::place(field).line)
            })
            .collect();
        for relation in relations {
            let name = qualified(relation.value.subject, &relation.value.name);
            let entry = Entry { subject: &name, place: yaml::place(relation) };
            self.name(entry, "name", &relation.value.name);
            let key = (relation.value.subject, relation.value.name.as_str());
            if let Some(line) = lines.insert(key, entry.place.line) {
                let message = format!(
                    "`{}` is already a name of the kind `{}`, on line {line}",
                    relation.value.name, relation.value.subject
                );
                let at = self.point(entry, "name", &relation.value.name);
                self.report(
                    at,
                    "duplicate",
                    message,
                    "rename one: rules call fields and relations alike",
                );
            }
            self.relation(entry, &relation.value);
        }
    }

    fn relation(&mut self, entry: Entry<'_>, relation: &RelationEntry) {
        match self.tables.get(relation.table.as_str()).map(|table| table.subject) {
            None => self.unknown_table(entry, &relation.table),
            Some(subject) if ![relation.subject, relation.target].contains(&subject) => {
                let message =
                    format!("table `{}` speaks of neither end of the relation", relation.table);
                let at = self.point(entry, "table", &relation.table);
                self.report(
                    at,
                    "subject",
                    message,
                    format!("its subject is `{subject}`: name a table about one of the ends"),
                );
            }
            Some(_) => {}
        }
        match &relation.link {
            Link::Columns { from, to } => {
                self.column(entry, "from", from);
                self.column(entry, "to", to);
                if from == to {
                    let message = format!("`{from}` is both ends of the relation");
                    let help =
                        "name the member's column in `to`, or link by `group` for a shared number";
                    self.report(self.point(entry, "to", to), "link", message, help);
                }
            }
            Link::Group { column } => {
                self.column(entry, "column", column);
                if relation.subject != relation.target {
                    let message = "a group has members of one kind only";
                    let help =
                        format!("write `target: {}`, or link by `columns`", relation.subject);
                    let at = self.point(entry, "target", relation.target.name());
                    self.report(at, "link", message, help);
                }
            }
        }
        if let Some(only) = &relation.only {
            self.only(entry, only);
        }
        if relation.begun_from.is_some() && relation.since.is_none() {
            let message = "`begun_from` compares `since`, which the relation does not have";
            let help = "name the column of the first day in `since`, or drop `begun_from`";
            self.report(self.point(entry, "begun_from", ""), "begun_from", message, help);
        }
        if relation.born_from.is_some() && !relation.complete {
            let message = "`born_from` limits whose lists are complete, and none is";
            let help = "write `complete: true`, or drop `born_from`";
            self.report(self.point(entry, "born_from", ""), "born_from", message, help);
        }
        for (key, date) in [("since", &relation.since), ("until", &relation.until)] {
            if let Some(date) = date {
                self.column(entry, key, &date.column);
            }
        }
    }

    /// A column that is named but empty.
    pub(super) fn column(&mut self, entry: Entry<'_>, key: &str, column: &str) {
        if column.trim().is_empty() {
            let message = format!("the column of `{key}` has no name");
            let help = "write the column name as it stands in the table's header";
            self.report(self.point(entry, key, ""), "missing_column", message, help);
        }
    }

    pub(super) fn only(&mut self, entry: Entry<'_>, only: &Only) {
        self.column(entry, "only", &only.column);
        if only.values.is_empty() {
            let message = "`only` lets no row pass";
            let help = "list the raw values that count, or leave `only` out";
            self.report(self.point(entry, "only", ""), "only", message, help);
        }
    }

    pub(super) fn unknown_table(&mut self, entry: Entry<'_>, table: &str) {
        let at = self.point(entry, "table", table);
        let known: Vec<&str> = self.tables.keys().copied().collect();
        self.known(at, "unknown_table", "table", table, known.into_iter());
    }
}
