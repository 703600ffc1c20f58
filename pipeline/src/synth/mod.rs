//! Source tables of an invented population, with the faults that real tables
//! have and a ledger of every one of them.
//!
//! In the order of the work: [`marginals`] are the published figures;
//! [`town`] makes sixty citizens and their enterprises from the seed and a
//! number alone, by [`kin`] (couples, parents, households), [`life`]
//! (schooling, work, health) and [`means`] (incomes, dwellings, belongings)
//! for people and [`firm`] for enterprises; [`citizen`] and [`enterprise`]
//! give the value of every catalogued field; [`plan`] and [`row`] turn values
//! into the rows of each table as the catalogue describes them; [`fault`]
//! spoils some and [`ledger`] writes down which; [`write`] makes the files.
//!
//! Towns are made, written and forgotten, so that size costs time but no
//! memory. The same options give the same bytes, whatever the number of
//! threads. Left out: free text, pictures of documents, and any real person:
//! all numbers are of division 99xxxx, which is nowhere.

mod cell;
mod citizen;
mod day;
pub(crate) mod draw;
mod enterprise;
mod fault;
mod firm;
mod kin;
mod ledger;
mod life;
mod marginals;
mod means;
mod numbers;
mod person;
mod place;
mod plan;
mod row;
mod run;
mod town;
mod value;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use zhida_model::catalogue::Catalogue;
use zhida_model::domain::{IndustryTable, RegionTable};

pub use self::ledger::Totals;
pub use self::run::synth;

/// The form of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Text, in the encoding the catalogue gives each table.
    Csv,
    /// Parquet; the catalogue's encodings do not apply.
    Parquet,
    /// Text, some of it compressed, some tables in Parquet: all that `build` reads.
    #[default]
    Mixed,
}

/// What to make.
pub struct SynthOptions<'a> {
    /// Seed of everything drawn.
    pub seed: u64,
    /// Number of enterprises.
    pub enterprises: u64,
    /// Number of citizens.
    pub citizens: u64,
    /// Data cut-off: no good row is observed later.
    pub known_at: Date,
    /// Form of the files.
    pub format: Format,
    /// Directory that receives the tables and the ledger; made if missing.
    pub out: PathBuf,
    /// Share of the fitting rows that get a fault of each kind, 0 to 0.05; 0.005 is usual.
    pub fault_rate: f64,
    /// Threads, at least one; the result does not depend on them.
    pub threads: usize,
    /// What the tables look like.
    pub catalogue: &'a Catalogue,
    /// Administrative divisions and zones.
    pub regions: &'a RegionTable,
    /// Industries.
    pub industries: &'a IndustryTable,
    /// Told how far the work has come.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// How far the work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Citizens and enterprises written.
    pub done: u64,
    /// Citizens and enterprises in all.
    pub total: u64,
}

/// What was made.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SynthReport {
    /// Rows by table, without headers, faulty ones included.
    pub rows: BTreeMap<String, u64>,
    /// Planted faults by table and kind.
    pub faults: Totals,
    /// Subjects by what befell them: `dead`, `deregistered`.
    pub subjects: BTreeMap<&'static str, u64>,
    /// Catalogued fields with a source that this generator leaves empty, since
    /// it has no model of them.
    pub empty_fields: Vec<String>,
}

/// Why no tables could be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A file or directory cannot be written.
    #[error("cannot write `{}`: check the directory and the free space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A table that was not made here stands in the way.
    #[error(
        "`{}` was not made by an earlier run and would be replaced: move it away, or make the \
         tables in another folder",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A Parquet file cannot be written.
    #[error("cannot write `{}` as Parquet: {problem}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer says.
        problem: String,
    },
    /// A rate outside its bounds.
    #[error("`{rate}` is no fault rate: give a share from 0 to 0.05 for each kind of fault")]
    Rate {
        /// The rate.
        rate: f64,
    },
    /// The threads cannot be started.
    #[error("cannot start the threads: {problem}; ask for fewer")]
    Threads {
        /// What the system says.
        problem: String,
    },
}

#[cfg(test)]
mod tests;
