//! Tables as they lie in the directory: found, opened, decoded and cut into
//! blocks of text cells.
//!
//! A block can be cut into cells on any thread; blocks arrive in the order of
//! the file, so that the number of threads never shows in a result. What the
//! cells mean is left to [`super::cell`].

mod block;
mod csv;
mod lines;
mod parquet;

use std::path::{Path, PathBuf};

use zhida_model::catalogue::types::Encoding;

pub(super) use self::block::{Batch, Block, Broken};

/// Why a table cannot be read. Messages name the file and say what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No file of that table.
    #[error("no file for table `{table}` in `{}`: put `{table}.csv`, `{table}.csv.gz` or `{table}.parquet` there", dir.display())]
    Missing {
        /// The table.
        table: String,
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Several files claim to be the table.
    #[error("table `{table}` lies in `{}` in more than one form: keep one of {}", dir.display(), found.join(", "))]
    Several {
        /// The table.
        table: String,
        /// Where.
        dir: PathBuf,
        /// The file names.
        found: Vec<String>,
    },
    /// A path that names a network address.
    #[error("`{path}` is a network address: copy the tables to a local directory first")]
    Remote {
        /// The path.
        path: String,
    },
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The header is not in the declared encoding, or is missing.
    #[error("`{}` has no readable header: {problem}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A damaged Parquet file.
    #[error("cannot read `{}` as Parquet: {problem}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The cause.
        problem: String,
    },
}

/// An opened table: its columns and then its blocks.
pub(super) struct TableFile {
    /// Column names in the order of the file.
    pub columns: Vec<String>,
    source: Source,
}

enum Source {
    Csv(lines::Lines),
    Parquet(parquet::Batches),
}

/// Refuses network addresses: nothing here ever reaches outside.
pub(super) fn refuse_remote(dir: &Path) -> Result<(), ReadError> {
    let path = dir.to_string_lossy();
    match path.contains("://") {
        true => Err(ReadError::Remote { path: path.into_owned() }),
        false => Ok(()),
    }
}

/// Finds and opens a table.
pub(super) fn open(dir: &Path, table: &str, encoding: Encoding) -> Result<TableFile, ReadError> {
    let forms = [".csv", ".csv.gz", ".parquet"];
    let files = forms.map(|form| format!("{table}{form}"));
    let mut found: Vec<String> =
        files.iter().filter(|name| dir.join(name).is_file()).cloned().collect();
    if found.len() > 1 {
        return Err(ReadError::Several { table: table.to_owned(), dir: dir.to_owned(), found });
    }
    let Some(name) = found.pop() else {
        return Err(ReadError::Missing { table: table.to_owned(), dir: dir.to_owned() });
    };
    let path = dir.join(&name);
    if name.ends_with(".parquet") {
        let (columns, batches) = parquet::open(&path)?;
        return Ok(TableFile { columns, source: Source::Parquet(batches) });
    }
    let (columns, lines) = csv::open(&path, name.ends_with(".gz"), encoding)?;
    Ok(TableFile { columns, source: Source::Csv(lines) })
}

impl TableFile {
    /// The next block, or `None` at the end.
    pub(super) fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        match &mut self.source {
            Source::Csv(lines) => lines.next_block(),
            Source::Parquet(batches) => batches.next_block(),
        }
    }
}

#[cfg(test)]
mod tests;
