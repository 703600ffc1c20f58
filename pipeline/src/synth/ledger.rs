//! The ledger of planted faults: what stands where, and what a build must do
//! about it. Entries go to `ledger.csv` as they come; `ledger.json` has the
//! totals and the first entries.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::SynthError;
use super::fault::Planted;
use super::plan::TablePlan;

/// Entries kept in the JSON form.
const MOST: usize = 100_000;

/// Planted faults by table and kind.
pub type Totals = BTreeMap<String, BTreeMap<&'static str, u64>>;

/// One planted fault.
#[derive(Debug, Clone, Serialize)]
struct Entry {
    table: String,
    /// Number of the record in the file; the header is 1.
    row: u64,
    kind: &'static str,
    key: String,
    column: String,
    field: String,
    must: &'static str,
}

/// The ledger while it is written.
pub(super) struct Ledger {
    path: PathBuf,
    file: BufWriter<File>,
    entries: Vec<Entry>,
    cut: bool,
    pub totals: Totals,
}

#[derive(Serialize)]
struct Whole<'a> {
    seed: u64,
    known_at: String,
    citizens: u64,
    enterprises: u64,
    /// Rows of every table written, faulty ones included.
    rows: &'a BTreeMap<String, u64>,
    totals: &'a Totals,
    subjects: &'a BTreeMap<&'static str, u64>,
    cut: bool,
    entries: &'a [Entry],
}

/// The tables that an earlier run wrote into the folder, by its ledger.
fn written_before(dir: &Path) -> BTreeSet<String> {
    #[derive(serde::Deserialize)]
    struct Before {
        rows: BTreeMap<String, u64>,
    }
    let text = std::fs::read_to_string(dir.join("ledger.json")).unwrap_or_default();
    serde_json::from_str(&text)
        .map(|Before { rows }| rows.into_keys().collect())
        .unwrap_or_default()
}

/// Refuses a folder where a file that no earlier run wrote would be replaced.
///
/// # Errors
/// [`SynthError::Foreign`], naming the file.
pub(super) fn refuse_foreign(dir: &Path, plans: &[TablePlan]) -> Result<(), SynthError> {
    let own = written_before(dir);
    let files = plans.iter().filter(|plan| !own.contains(&plan.name)).flat_map(|plan| {
        ["csv", "csv.gz", "parquet"].map(|suffix| dir.join(format!("{}.{suffix}", plan.name)))
    });
    match files.into_iter().find(|path| path.exists()) {
        Some(path) => Err(SynthError::Foreign { path }),
        None => Ok(()),
    }
}

impl Ledger {
    /// Creates `ledger.csv`.
    pub(super) fn create(dir: &Path) -> Result<Ledger, SynthError> {
        let path = dir.join("ledger.csv");
        let file = File::create(&path)
            .map_err(|source| SynthError::Write { path: path.clone(), source })?;
        let mut ledger = Ledger {
            path,
            file: BufWriter::new(file),
            entries: Vec::new(),
            cut: false,
            totals: Totals::new(),
        };
        ledger.line("table,row,kind,key,column,field,must")?;
        Ok(ledger)
    }

    /// Notes a fault at a record.
    pub(super) fn note(
        &mut self,
        plan: &TablePlan,
        row: u64,
        planted: &Planted,
    ) -> Result<(), SynthError> {
        let column =
            planted.column.and_then(|column| plan.columns.get(column)).cloned().unwrap_or_default();
        let entry = Entry {
            table: plan.name.clone(),
            row,
            kind: planted.kind.name(),
            key: planted.key.clone(),
            column,
            field: planted.field.clone(),
            must: planted.kind.must(),
        };
        *self.totals.entry(entry.table.clone()).or_default().entry(entry.kind).or_default() += 1;
        let Entry { table, row, kind, key, column, field, must } = &entry;
        self.line(&format!("{table},{row},{kind},{key},{column},{field},{must}"))?;
        if self.entries.len() < MOST {
            self.entries.push(entry);
        } else {
            self.cut = true;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> Result<(), SynthError> {
        let written = writeln!(self.file, "{text}");
        written.map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    /// Closes `ledger.csv` and writes `ledger.json`.
    pub(super) fn close(
        mut self,
        options: &super::SynthOptions<'_>,
        rows: &BTreeMap<String, u64>,
        subjects: &BTreeMap<&'static str, u64>,
    ) -> Result<Totals, SynthError> {
        self.file
            .flush()
            .map_err(|source| SynthError::Write { path: self.path.clone(), source })?;
        let whole = Whole {
            seed: options.seed,
            known_at: options.known_at.to_string(),
            citizens: options.citizens,
            enterprises: options.enterprises,
            rows,
            totals: &self.totals,
            subjects,
            cut: self.cut,
            entries: &self.entries,
        };
        let path = options.out.join("ledger.json");
        let io = |source| SynthError::Write { path: path.clone(), source };
        let text = serde_json::to_string_pretty(&whole).map_err(|error| io(error.into()))?;
        std::fs::write(&path, text + "\n").map_err(io)?;
        Ok(self.totals)
    }
}
