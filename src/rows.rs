//! Rows of a table that a person or a notebook wrote: CSV, compressed or not,
//! or Parquet. Columns are found by name, cells are handed on as text, and
//! every faulty row is told with its number, its field and what to do.
//!
//! Left out: departments' tables, which `zhida build` reads.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use zhida_model::metrics::Allowed;

mod parquet;

/// Faulty rows told in full; the rest is counted.
const TOLD: usize = 20;

/// A column that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether a file without it is refused.
    pub required: bool,
}

/// A column that must be there.
pub const fn required(name: &'static str) -> Field {
    Field { name, required: true }
}

/// A column that may be there.
pub const fn optional(name: &'static str) -> Field {
    Field { name, required: false }
}

/// The cells of a row, in the order of the fields: `None` for a column that
/// is not there.
pub type Cells<'a> = [Option<&'a str>];

/// Takes the rows of a file one by one.
struct Taker<'a> {
    path: &'a Path,
    /// What rows are called: lines of a text file, rows of others.
    word: &'static str,
    each: &'a mut dyn FnMut(&Cells<'_>) -> Result<(), String>,
    rows: usize,
    told: Vec<String>,
    faulty: usize,
}

impl Taker<'_> {
    fn take(&mut self, number: u64, cells: &Cells<'_>) {
        self.rows += 1;
        if let Err(problem) = (self.each)(cells) {
            self.fault(number, &problem);
        }
    }

    fn fault(&mut self, number: u64, problem: &str) {
        self.faulty += 1;
        if self.told.len() < TOLD {
            self.told.push(format!("`{}` {} {number}: {problem}", self.path.display(), self.word));
        }
    }

    fn end(mut self) -> Result<usize> {
        if self.faulty > self.told.len() {
            self.told.push(format!("and {} more", self.faulty - self.told.len()));
        }
        if self.faulty > 0 {
            bail!("{}", self.told.join("\n"));
        }
        if self.rows == 0 {
            bail!("`{}` has no rows: give at least one", self.path.display());
        }
        Ok(self.rows)
    }
}

/// Whether a file is a table with a header, by its name: `.csv`, `.csv.gz` or
/// `.parquet`.
pub fn is_table(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    [".csv", ".csv.gz", ".parquet"].iter().any(|ending| name.ends_with(ending))
}

/// Reads the rows of a table and hands the cells of the fields to `each`, which
/// says what is wrong with them. Gives the number of rows.
pub fn read(
    path: &Path,
    fields: &[Field],
    each: &mut dyn FnMut(&Cells<'_>) -> Result<(), String>,
) -> Result<usize> {
    if !is_table(path) {
        bail!(
            "`{}` is no table by its name: save it as `.csv`, `.csv.gz` or `.parquet`",
            path.display()
        );
    }
    let name = path.to_string_lossy().to_lowercase();
    let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let parquet = name.ends_with(".parquet");
    let word = if parquet { "row" } else { "line" };
    let taker = Taker { path, word, each, rows: 0, told: Vec::new(), faulty: 0 };
    if parquet {
        return parquet::read(file, fields, taker);
    }
    let reader: Box<dyn Read> = match name.ends_with(".gz") {
        true => Box::new(MultiGzDecoder::new(BufReader::new(file))),
        false => Box::new(file),
    };
    csv(reader, fields, taker)
}

/// The bytes of a text file, compressed or not, as text.
pub fn text(path: &Path) -> Result<String> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("gz")) {
        return crate::input::text(path);
    }
    let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut text = String::new();
    let mut reader = MultiGzDecoder::new(BufReader::new(file));
    reader.read_to_string(&mut text).with_context(|| {
        format!("cannot read `{}`: compress UTF-8 text with gzip again", path.display())
    })?;
    Ok(text)
}

/// Where the fields are among the columns.
fn places(path: &Path, fields: &[Field], columns: &[String]) -> Result<Vec<Option<usize>>> {
    let mut missing = Vec::new();
    let mut places = Vec::new();
    for field in fields {
        let mut found = (0..columns.len()).filter(|&place| columns[place] == field.name);
        let place = found.next();
        if found.next().is_some() {
            bail!("`{}` has more than one column `{}`: keep one", path.display(), field.name);
        }
        if place.is_none() && field.required {
            missing.push(format!("`{}`", field.name));
        }
        places.push(place);
    }
    if missing.is_empty() {
        return Ok(places);
    }
    let there: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    bail!(
        "`{}` has no column {}: it has {}; name the columns in the header so",
        path.display(),
        missing.join(", "),
        there.join(", ")
    )
}

fn csv(reader: impl Read, fields: &[Field], mut taker: Taker<'_>) -> Result<usize> {
    let path = taker.path;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(BufReader::new(reader));
    let unreadable = || format!("cannot read `{}` as CSV in UTF-8", path.display());
    let header = reader.headers().with_context(unreadable)?;
    let columns: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let places = places(path, fields, &columns)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).with_context(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != columns.len() {
            let (found, expected) = (record.len(), columns.len());
            taker.fault(
                line,
                &format!(
                    "{found} cells where the header has {expected}: quote cells that hold a comma"
                ),
            );
            continue;
        }
        let cells: Vec<Option<&str>> = places
            .iter()
            .map(|place| place.map(|place| record.get(place).unwrap_or_default().trim()))
            .collect();
        taker.take(line, &cells);
    }
    taker.end()
}

/// A number in a cell.
pub fn number(field: &str, cell: &str) -> Result<f64, String> {
    if cell.is_empty() {
        return Err(format!("field `{field}` is empty: give a number or leave the row out"));
    }
    cell.parse().map_err(|_| {
        format!("field `{field}`: `{cell}` is no number; write it with a point and no blanks")
    })
}

/// A number in the cell of a column, within what is allowed.
pub fn checked(field: &str, cell: Option<&str>, allowed: Allowed) -> Result<f64, String> {
    let cell = cell.unwrap_or_default();
    let value = number(field, cell)?;
    if allowed.holds(value) {
        return Ok(value);
    }
    Err(format!("field `{field}`: `{cell}` is not {allowed}; correct it or leave the row out"))
}
