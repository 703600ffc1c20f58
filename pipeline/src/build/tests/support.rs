//! Builds a set of small tables and reads single cells back from the
//! snapshot.

use std::fs;
use std::path::Path;

use jiff::civil::{Date, date};
use tempfile::TempDir;
use zhida_model::catalogue::{Catalogue, read};
use zhida_model::domain::{
    IndustryTable, KeySecret, Reason, RegionTable, ResidentId, SubjectKey, SubjectKind, Uscc,
};
use zhida_model::frame::{Column, Frame, Values};
use zhida_store::Snapshot;

use crate::build::{BuildError, BuildOptions, BuildReport, TableReport, build, day};

pub(super) const KNOWN_AT: Date = date(2026, 6, 15);

pub(super) const FIRM: &str = "ID,NAME,REGION,ZONES,FOUNDED,INDUSTRY,STATUS,SEEN\n";
pub(super) const PERSON: &str = "ID,BORN,REGION,SEEN\n";

/// The code of the n-th firm.
pub(super) fn firm(n: u32) -> String {
    Uscc::with_check(&format!("91990101MA{n:07}")).unwrap().as_str().to_owned()
}

/// The number of the n-th person, born on the n-th of January 1980.
pub(super) fn person(n: u32) -> String {
    ResidentId::with_check(&format!("990101198001{n:02}001")).unwrap().as_str().to_owned()
}

/// A register row of a firm in Hangzhou, founded in 2010.
pub(super) fn firm_row(n: u32) -> String {
    format!("{},企业{n},330106,,2010-05-01,C3911,1,2026-06-01\n", firm(n))
}

/// A register row of a person in Hangzhou.
pub(super) fn person_row(n: u32) -> String {
    format!("{},1980-01-{n:02},330106,2026-06-01\n", person(n))
}

/// Tables in a directory of their own.
pub(super) struct Case {
    pub(super) dir: TempDir,
    pub(super) known_at: Date,
    pub(super) catalogue: Catalogue,
    pub(super) regions: RegionTable,
    pub(super) industries: IndustryTable,
    pub(super) secret: KeySecret,
    pub(super) accept_gaps: bool,
    pub(super) new_key: bool,
}

/// What a build made.
pub(super) struct Outcome {
    pub(super) report: BuildReport,
    snapshot: Snapshot,
    secret: KeySecret,
    catalogue: Catalogue,
}

impl Case {
    /// Three firms and five persons in the registers.
    pub(super) fn new() -> Case {
        let case = Case { accept_gaps: false, ..Case::bare() };
        let firms: String = (1..=3).map(firm_row).collect();
        case.table("firm", &format!("{FIRM}{firms}"));
        let persons: String = (1..=5).map(person_row).collect();
        case.table("person", &format!("{PERSON}{persons}"));
        case
    }

    /// No table at all.
    pub(super) fn bare() -> Case {
        Case {
            dir: tempfile::tempdir().unwrap(),
            known_at: KNOWN_AT,
            catalogue: read("catalogue.yaml", include_str!("catalogue.yaml")).unwrap(),
            regions: RegionTable::from_csv(include_str!("../../../../data-samples/regions.csv"))
                .unwrap(),
            industries: IndustryTable::from_csv(include_str!(
                "../../../../data-samples/industries.csv"
            ))
            .unwrap(),
            secret: KeySecret::new(b"a secret for tests only").unwrap(),
            accept_gaps: true,
            new_key: false,
        }
    }

    pub(super) fn table(&self, name: &str, text: &str) {
        self.file(&format!("{name}.csv"), text.as_bytes());
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.dir.path().join(name), bytes).unwrap();
    }

    pub(super) fn out(&self) -> std::path::PathBuf {
        self.dir.path().join("out")
    }

    pub(super) fn try_build(&self, version: &str) -> Result<BuildReport, BuildError> {
        build(&BuildOptions {
            tables: self.dir.path().to_owned(),
            out: self.out(),
            catalogue: &self.catalogue,
            regions: &self.regions,
            industries: &self.industries,
            known_at: self.known_at,
            secret: &self.secret,
            accept_gaps: self.accept_gaps,
            new_key: self.new_key,
            version: version.to_owned(),
            rule_set_hash: "none".to_owned(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            created_by: "tests".to_owned(),
            files: Vec::new(),
            progress: &|_| {},
        })
    }

    pub(super) fn build(&self) -> Outcome {
        let report = self.try_build("v1").unwrap();
        let snapshot = Snapshot::open(&self.out(), &self.catalogue).unwrap();
        Outcome { report, snapshot, secret: self.secret.clone(), catalogue: self.catalogue.clone() }
    }

    /// The bytes of everything that holds dossiers.
    pub(super) fn product(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for part in ["dossiers", "relations", "snapshots/v1"] {
            collect(&self.out().join(part), &mut found);
        }
        found.sort();
        found
    }
}

fn collect(dir: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push((
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            ));
        }
    }
}

impl Outcome {
    pub(super) fn table(&self, name: &str) -> &TableReport {
        self.report.tables.iter().find(|table| table.table == name).unwrap()
    }

    /// Rejects of a table as `reason count` in order.
    pub(super) fn rejects(&self, name: &str) -> String {
        let rejects =
            self.table(name).rejects.iter().map(|(reason, count)| format!("{reason} {count}"));
        rejects.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn firm(&self, n: u32, field: &str) -> String {
        self.cell(SubjectKind::Enterprise, &firm(n), field)
    }

    pub(super) fn person(&self, n: u32, field: &str) -> String {
        self.cell(SubjectKind::Citizen, &person(n), field)
    }

    fn locate(&self, kind: SubjectKind, number: &str) -> (&Frame, usize) {
        let key = self.secret.subject_key(kind, number);
        for chunk in 0..self.snapshot.chunks(kind) {
            let frame = self.snapshot.frame(kind, chunk).unwrap();
            if let Some(row) = (0..frame.rows).find(|&row| frame.key(row) == key) {
                return (frame, row);
            }
        }
        panic!("no dossier");
    }

    /// A cell as text: its value, or the reason in brackets; facts and sets
    /// show both.
    fn cell(&self, kind: SubjectKind, number: &str, field: &str) -> String {
        let (frame, row) = self.locate(kind, number);
        let field = self.catalogue.field(kind, field).unwrap();
        let column = frame.column(field.id).unwrap();
        match column.reason(row) {
            Reason::Known => shown(column, row),
            reason if matches!(column.values, Values::Facts(_)) => {
                format!("{} [{}]", shown(column, row), reason.name())
            }
            reason => format!("[{}]", reason.name()),
        }
    }

    /// When a cell was confirmed.
    pub(super) fn observed(&self, n: u32, field: &str) -> String {
        let (frame, row) = self.locate(SubjectKind::Enterprise, &firm(n));
        let field = self.catalogue.field(SubjectKind::Enterprise, field).unwrap();
        let observed = frame.column(field.id).unwrap().observed.as_ref().unwrap()[row];
        day::date_of(observed).to_string()
    }

    /// Members of a relation of a person as birth days of January, and
    /// whether the list is complete.
    pub(super) fn members(&self, n: u32, relation: &str) -> String {
        let (frame, row) = self.locate(SubjectKind::Citizen, &person(n));
        let relation = self.catalogue.relation(SubjectKind::Citizen, relation).unwrap();
        let edges = frame.edges(relation.id).unwrap();
        let (from, to) = (edges.offsets[row] as usize, edges.offsets[row + 1] as usize);
        let complete = edges.complete.as_ref().is_none_or(|complete| complete.value(row));
        let mut names: Vec<u32> =
            edges.target[from..to].iter().map(|&target| self.number_of(target)).collect();
        names.sort_unstable();
        format!("{names:?}{}", if complete { "" } else { " incomplete" })
    }

    fn number_of(&self, row: u32) -> u32 {
        let (frame, row) = self.snapshot.locate(SubjectKind::Citizen, row).unwrap();
        let key = frame.key(row);
        let of =
            |n: &u32| -> SubjectKey { self.secret.subject_key(SubjectKind::Citizen, &person(*n)) };
        (1..=31).find(|n| of(n) == key).unwrap()
    }
}

fn shown(column: &Column, row: usize) -> String {
    match &column.values {
        Values::Bool(cells) => cells.value(row).to_string(),
        Values::Int(cells) => cells[row].to_string(),
        Values::Date(cells) => day::date_of(cells[row]).to_string(),
        Values::Code(cells) => cells[row].to_string(),
        Values::Place(cells) => cells[row].to_string(),
        Values::Text { offsets, bytes } => {
            let bytes = &bytes[offsets[row] as usize..offsets[row + 1] as usize];
            String::from_utf8(bytes.to_vec()).unwrap()
        }
        Values::Set { offsets, members } => {
            format!("{:?}", &members[offsets[row] as usize..offsets[row + 1] as usize])
        }
        Values::Facts(facts) => {
            let rows = facts.offsets[row] as usize..facts.offsets[row + 1] as usize;
            let day = |day: i32| match day {
                i32::MIN | i32::MAX => "…".to_owned(),
                day => day::date_of(day).to_string(),
            };
            let fact = |at: usize| {
                format!("{} {}–{}", facts.code[at], day(facts.from[at]), day(facts.to[at]))
            };
            rows.map(fact).collect::<Vec<_>>().join("; ")
        }
    }
}
