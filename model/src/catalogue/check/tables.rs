//! Checks of source tables: keys, registers, households, coverage.

use std::collections::HashMap;

use serde_saphyr::Spanned;

use super::{Check, Entry, MOST_DAYS};
use crate::catalogue::index::TableId;
use crate::catalogue::types::{KeyKind, Table};
use crate::catalogue::yaml;
use crate::diagnostic::Place;
use crate::domain::{RegionCode, SubjectKind};

impl Check<'_> {
    /// Checks all tables; the registers where each kind has exactly one.
    pub(super) fn tables(&mut self, tables: &[Spanned<Table>]) -> Option<[TableId; 2]> {
        let mut lines = HashMap::new();
        for table in tables {
            let entry = entry(table);
            self.name(entry, "name", &table.value.name);
            if let Some(line) = lines.insert(table.value.name.as_str(), entry.place.line) {
                let message =
                    format!("table `{}` is defined twice, first on line {line}", table.value.name);
                let at = self.point(entry, "name", &table.value.name);
                self.report(at, "duplicate", message, "rename one of them");
            }
            self.key(entry, &table.value);
            self.household(entry, &table.value);
            self.coverage(entry, &table.value);
            self.columns(entry, &table.value);
        }
        self.one_household_table(tables);
        let [enterprise, citizen] = SubjectKind::ALL.map(|kind| self.register(kind, tables));
        Some([enterprise?, citizen?])
    }

    fn key(&mut self, entry: Entry<'_>, table: &Table) {
        let (kind, wanted) = match table.key.kind {
            KeyKind::Uscc => ("uscc", SubjectKind::Enterprise),
            KeyKind::ResidentId => ("resident_id", SubjectKind::Citizen),
            KeyKind::Household => ("household", SubjectKind::Citizen),
        };
        if table.subject != wanted {
            let message = format!(
                "the key `{kind}` stands for `{wanted}`, but the subject is `{}`",
                table.subject
            );
            let at = self.point(entry, "subject", table.subject.name());
            self.report(
                at,
                "key",
                message,
                format!(
                    "write `subject: {wanted}`, or key the table by the number of the {}",
                    table.subject
                ),
            );
        }
        if table.register && table.key.kind == KeyKind::Household {
            let message = "a register cannot be keyed by household";
            let help = "its rows create dossiers: key it by the subject's own number";
            self.report(self.point(entry, "register", "true"), "register", message, help);
        }
    }

    fn household(&mut self, entry: Entry<'_>, table: &Table) {
        if table.household_of.is_some() && table.key.kind != KeyKind::ResidentId {
            let message = "`household_of` needs a table keyed by `resident_id`";
            let help = "put it on the table that gives each citizen a household number";
            self.report(self.point(entry, "household_of", ""), "household", message, help);
        }
    }

    fn coverage(&mut self, entry: Entry<'_>, table: &Table) {
        let Some(coverage) = &table.coverage else { return };
        if coverage.regions.is_empty() {
            let message = "the coverage names no region";
            self.report(
                self.point(entry, "regions", ""),
                "coverage",
                message,
                "write [\"000000\"] for the nation, or leave `coverage` out",
            );
        }
        for region in coverage.regions.iter().filter(|region| RegionCode::parse(region).is_err()) {
            let message = format!("`{region}` is no region code");
            let help = "write the six digits of GB/T 2260 in quotes";
            self.report(self.point(entry, "regions", region), "coverage", message, help);
        }
    }

    fn columns(&mut self, entry: Entry<'_>, table: &Table) {
        let columns = [
            ("key", Some(&table.key.column)),
            ("observed_at", Some(&table.observed_at.column)),
            ("event_on", table.event_on.as_ref().map(|date| &date.column)),
            ("household_of", table.household_of.as_ref()),
        ];
        for (key, _) in columns.iter().filter(|(_, name)| name.is_some_and(|n| n.trim().is_empty()))
        {
            let message = format!("the column of `{key}` has no name");
            let at = self.point(entry, key, "");
            self.report(
                at,
                "missing_column",
                message,
                "write the column name as it stands in the table's header",
            );
        }
        self.refresh(entry, table.refresh_days);
    }

    pub(super) fn refresh(&mut self, entry: Entry<'_>, days: u32) {
        if days > MOST_DAYS {
            let message = format!("`refresh_days: {days}` is more than a hundred years");
            let at = self.point(entry, "refresh_days", &days.to_string());
            self.report(at, "refresh", message, "give days, or 0 for never stale");
        }
    }

    /// Household-keyed rows need one table that says who lives with whom.
    fn one_household_table(&mut self, tables: &[Spanned<Table>]) {
        let mut telling = tables.iter().filter(|table| {
            table.value.household_of.is_some() && table.value.key.kind == KeyKind::ResidentId
        });
        let first = telling.next();
        for table in telling {
            let message = "a second table gives household numbers";
            let help = "keep `household_of` on one table";
            self.report(self.point(entry(table), "household_of", ""), "household", message, help);
        }
        if first.is_some() {
            return;
        }
        for table in tables.iter().filter(|table| table.value.key.kind == KeyKind::Household) {
            let message = "the table is keyed by household, but no table says who lives with whom";
            let help = "add `household_of: <column>` to the register of citizens";
            let at = self.point(entry(table), "kind", "household");
            self.report(at, "household", message, help);
        }
    }

    fn register(&mut self, kind: SubjectKind, tables: &[Spanned<Table>]) -> Option<TableId> {
        let mut registers = tables
            .iter()
            .enumerate()
            .filter(|(_, table)| table.value.register && table.value.subject == kind);
        let first = registers.next();
        for (_, table) in registers {
            let message = format!("a second register of the kind `{kind}`");
            let help = "keep `register: true` on the table whose rows create dossiers";
            self.report(self.point(entry(table), "register", "true"), "register", message, help);
        }
        if first.is_none() {
            let message = format!("no table is the register of the kind `{kind}`");
            let help = "write `register: true` on the table whose rows create dossiers";
            let place = Place { line: 0, column: 0, length: 0 };
            self.report(Entry { subject: "tables", place }, "register", message, help);
        }
        first.map(|(index, _)| TableId::new(index))
    }
}

fn entry(table: &Spanned<Table>) -> Entry<'_> {
    Entry { subject: &table.value.name, place: yaml::place(table) }
}
