//! The report on data quality: per table what came in, what was left out and
//! why, and per field how much is known. As JSON for programs and as a table
//! for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;
use zhida_model::catalogue::{SourceTable, types::Table};
use zhida_model::domain::Reason;

use super::read::ReadError;
use super::rejects::Reject;

/// Everything a build found out about its data.
#[derive(Debug, Clone, Serialize)]
pub struct BuildReport {
    /// Data cut-off.
    pub known_at: Date,
    /// Version of the catalogue.
    pub catalogue_version: String,
    /// Dossiers by kind.
    pub dossiers: BTreeMap<&'static str, usize>,
    /// By table, in the order of the catalogue.
    pub tables: Vec<TableReport>,
    /// By field, in the order of the catalogue.
    pub fields: Vec<FieldReport>,
    /// By relation, in the order of the catalogue.
    pub relations: Vec<RelationReport>,
}

/// What became of the rows of one table.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TableReport {
    /// Table name.
    pub table: String,
    /// Chinese label.
    pub label: String,
    /// Department that owns it.
    pub owner: String,
    /// Rows in the file, without the header.
    pub rows: usize,
    /// Rows that count.
    pub taken: usize,
    /// Rows observed after the cut-off, left out without fault.
    pub after_cutoff: usize,
    /// Exact copies of an earlier row.
    pub duplicates: usize,
    /// Rows replaced by a row of the same key and period.
    pub superseded: usize,
    /// Rows that count but are older than the refresh interval allows.
    pub stale: usize,
    /// Cells of dossiers that other departments contradict, counted at the later source.
    pub disputed: usize,
    /// Columns that the header lacks.
    pub missing_columns: usize,
    /// Keys mended, by kind.
    pub repairs: BTreeMap<&'static str, usize>,
    /// Rows with a reject, by reason; a row counts once for each reason.
    pub rejects: BTreeMap<&'static str, usize>,
    /// What concerns the table as a whole.
    pub findings: Vec<Finding>,
    #[serde(skip)]
    seen: BTreeSet<(u32, &'static str)>,
    #[serde(skip)]
    cells: BTreeMap<(String, &'static str), usize>,
}

/// Something about a whole table.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Stable short name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// How much of a field is known.
#[derive(Debug, Clone, Serialize)]
pub struct FieldReport {
    /// Whom it describes.
    pub subject: &'static str,
    /// Field name.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// Dossiers with a known value.
    pub known: usize,
    /// Dossiers without, by reason.
    pub unknown: BTreeMap<&'static str, usize>,
    /// Cells rejected in its sources, by reason.
    pub rejects: BTreeMap<&'static str, usize>,
}

/// What became of a relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelationReport {
    /// Whose list it is.
    pub subject: &'static str,
    /// Relation name.
    pub relation: String,
    /// Chinese label.
    pub label: String,
    /// Members in all lists.
    pub edges: usize,
    /// Dossiers whose list is complete.
    pub complete: usize,
}

impl Finding {
    /// A table that cannot be read.
    pub(super) fn unreadable(table: &SourceTable, error: &ReadError) -> Finding {
        let (owner, table) = (&table.owner_label, &table.entry);
        let code = match error {
            ReadError::Missing { .. } => "missing_table",
            _ => "unreadable_table",
        };
        Finding {
            code,
            message: format!("表 {}（{}）未能读取：{error}", table.name, table.label),
            remedy: format!("请{}重新提供该表；在此之前取自该表的字段一律为未知", owner),
        }
    }
}

impl TableReport {
    pub(super) fn new(table: &Table) -> TableReport {
        TableReport {
            table: table.name.clone(),
            label: table.label.clone(),
            owner: table.owner.clone(),
            ..TableReport::default()
        }
    }

    /// Counts a reject: once for each row and reason, and once for its cell.
    pub(super) fn reject(&mut self, reject: &Reject) {
        let reason = reject.fault.name();
        if self.seen.insert((reject.record, reason)) {
            *self.rejects.entry(reason).or_default() += 1;
        }
        if !reject.field.is_empty() {
            *self.cells.entry((reject.field.clone(), reason)).or_default() += 1;
        }
    }

    /// Rejected cells of a field, by reason.
    pub(super) fn cells_of<'a>(
        &'a self,
        field: &'a str,
    ) -> impl Iterator<Item = (&'static str, usize)> + 'a {
        let own = self.cells.iter().filter(move |((name, _), _)| name == field);
        own.map(|((_, reason), &count)| (*reason, count))
    }

    /// Forgets what was only needed while counting.
    pub(super) fn settle(&mut self) {
        self.seen = BTreeSet::new();
    }
}

/// Counts cells by reason.
pub(super) fn count_reasons(reasons: &[Reason]) -> (usize, BTreeMap<&'static str, usize>) {
    let mut counts = [0_usize; Reason::ALL.len()];
    for reason in reasons {
        counts[usize::from(reason.code())] += 1;
    }
    let unknown = Reason::ALL.iter().zip(counts).skip(1).filter(|(_, count)| *count > 0);
    (counts[0], unknown.map(|(reason, count)| (reason.name(), count)).collect())
}

impl BuildReport {
    fn heading(&self) -> String {
        let mut text =
            format!("data until {}, catalogue {}\n", self.known_at, self.catalogue_version);
        for (kind, rows) in &self.dossiers {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{rows} dossiers of kind {kind}");
        }
        text
    }

    /// The totals over all tables, for a first look.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = self.heading();
        let total = |pick: fn(&TableReport) -> usize| self.tables.iter().map(pick).sum::<usize>();
        let _ = writeln!(
            text,
            "{} rows in {} tables: {} taken, {} superseded, {} exact copies, {} observed later, {} stale",
            total(|table| table.rows),
            self.tables.len(),
            total(|table| table.taken),
            total(|table| table.superseded),
            total(|table| table.duplicates),
            total(|table| table.after_cutoff),
            total(|table| table.stale),
        );
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for (reason, count) in self.tables.iter().flat_map(|table| &table.rejects) {
            *reasons.entry(reason).or_default() += count;
        }
        let list = |counts: &BTreeMap<&str, usize>| {
            let parts: Vec<String> =
                counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            parts.join(", ")
        };
        let _ = writeln!(text, "rejected: {}", list(&reasons));
        let mut repairs: BTreeMap<&str, usize> = BTreeMap::new();
        for (reason, count) in self.tables.iter().flat_map(|table| &table.repairs) {
            *repairs.entry(reason).or_default() += count;
        }
        let _ = writeln!(text, "repaired keys: {}", list(&repairs));
        let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
        for (reason, count) in self.fields.iter().flat_map(|field| &field.unknown) {
            *unknown.entry(reason).or_default() += count;
        }
        let known: usize = self.fields.iter().map(|field| field.known).sum();
        let _ = writeln!(text, "cells: known {known}, {}", list(&unknown));
        for finding in self.tables.iter().flat_map(|table| &table.findings) {
            let _ = writeln!(text, "note: {}; {}", finding.message, finding.remedy);
        }
        text
    }

    /// The report as lines of text for a terminal.
    #[must_use]
    pub fn to_table(&self) -> String {
        let mut text = self.heading();
        let _ = writeln!(
            text,
            "\n{:<28}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
            "table", "rows", "taken", "reject", "repair", "later", "copies", "older", "stale"
        );
        for table in &self.tables {
            let rejects: usize = table.rejects.values().sum();
            let repairs: usize = table.repairs.values().sum();
            let _ = writeln!(
                text,
                "{:<28}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
                table.table,
                table.rows,
                table.taken,
                rejects,
                repairs,
                table.after_cutoff,
                table.duplicates,
                table.superseded,
                table.stale
            );
            for (reason, count) in &table.rejects {
                let _ = writeln!(text, "    {reason}: {count}");
            }
            for finding in &table.findings {
                let _ = writeln!(text, "    {}；{}", finding.message, finding.remedy);
            }
        }
        let _ = writeln!(text, "\n{:<12}{:<32}{:>10}  unknown", "subject", "field", "known");
        for field in &self.fields {
            let unknown: Vec<String> =
                field.unknown.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            let _ = writeln!(
                text,
                "{:<12}{:<32}{:>10}  {}",
                field.subject,
                field.field,
                field.known,
                unknown.join(", ")
            );
        }
        let _ = writeln!(
            text,
            "\n{:<12}{:<32}{:>10}{:>10}",
            "subject", "relation", "edges", "complete"
        );
        for relation in &self.relations {
            let _ = writeln!(
                text,
                "{:<12}{:<32}{:>10}{:>10}",
                relation.subject, relation.relation, relation.edges, relation.complete
            );
        }
        text
    }
}
