//! Departments' tables become dossiers.
//!
//! In the order of the work: [`read`] finds, decodes and cuts a table;
//! [`plan`] says what the catalogue wants from it; [`identify`] checks its
//! keys; [`cell`] turns text into values; [`register`] decides which dossiers
//! there are; [`load`] and [`join`] bring each row to its dossier; [`aggregate`] makes one
//! value of several rows and [`facts`] gathers dated things; [`resolve`]
//! settles what several departments say; [`relate`] ties subjects together;
//! [`frames`] and [`export`] put the result down; [`report`] counts it all.
//!
//! No table and no field is named here: the catalogue is the only place that
//! knows them. There is no clock: `known_at` is the day of all judgements, and
//! nothing observed after it has any effect. Threads never change a result.

mod aggregate;
mod cell;
mod day;
mod export;
mod facts;
mod fault;
mod frames;
mod identify;
mod join;
mod load;
mod plan;
mod read;
mod register;
mod rejects;
mod relate;
mod report;
mod resolve;
mod run;
mod scope;
mod window;

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use zhida_model::catalogue::Catalogue;
use zhida_model::domain::{IndustryTable, KeySecret, RegionTable, SubjectKind};

pub use self::{
    fault::Fault,
    identify::Repair,
    read::ReadError,
    report::{BuildReport, FieldReport, Finding, RelationReport, TableReport},
    run::build,
};

/// How far a build has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A table is about to be read: its name, its number from one, how many there are.
    Table {
        /// Name.
        name: String,
        /// From one.
        number: usize,
        /// How many.
        of: usize,
    },
    /// The dossiers are being written.
    Writing,
    /// The snapshot is current.
    Done,
}

/// What a build needs to know.
pub struct BuildOptions<'a> {
    /// Directory of the tables.
    pub tables: PathBuf,
    /// Directory that receives `dossiers/`, `relations/`, `rejects.csv`,
    /// `quality.json` and `snapshots/`.
    pub out: PathBuf,
    /// What the tables mean.
    pub catalogue: &'a Catalogue,
    /// Administrative divisions and zones.
    pub regions: &'a RegionTable,
    /// Industries.
    pub industries: &'a IndustryTable,
    /// Data cut-off: what was observed later does not exist.
    pub known_at: Date,
    /// The secret behind subject keys.
    pub secret: &'a KeySecret,
    /// Whether to go on where a table cannot be read or a register holds nobody.
    pub accept_gaps: bool,
    /// Whether the secret may differ from the one behind the snapshot in force.
    pub new_key: bool,
    /// Name of the snapshot.
    pub version: String,
    /// Hash of the rules, for the manifest.
    pub rule_set_hash: String,
    /// When the build was started, for the manifest.
    pub created_at: Timestamp,
    /// Name and version of the program, for the manifest.
    pub created_by: String,
    /// Files that fix the meaning of the snapshot: name and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// Told how far the build has come.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// Why a build failed. Faulty data never fails a build; it is reported.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The directory of tables cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A register holds nobody.
    #[error(
        "no dossier of {} could be made: {findings}; to build without them, add `--accept-gaps`",
        kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    )]
    Empty {
        /// Whose register holds nobody.
        kinds: Vec<SubjectKind>,
        /// What is wrong with the registers.
        findings: String,
    },
    /// Tables that are there cannot be read.
    #[error(
        "{} of the tables cannot be read; correct them, or add `--accept-gaps` to go on with \
         their fields unknown\n  {}",
        findings.len(),
        findings.join("\n  ")
    )]
    Unreadable {
        /// What is wrong with each, and what to do.
        findings: Vec<String>,
    },
    /// The secret is not the one behind the snapshot in force.
    #[error(
        "the snapshot in `{}` was built with another secret: everybody would be a stranger, and \
         every push go out again; use that secret, or add `--new-key` to change it on purpose",
        out.display()
    )]
    OtherKey {
        /// The folder.
        out: PathBuf,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {problem}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        problem: String,
    },
    /// The snapshot cannot be written; the previous one stays in force.
    #[error(transparent)]
    Store(#[from] zhida_store::StoreError),
}

#[cfg(test)]
mod tests;
