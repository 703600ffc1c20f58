//! What can go wrong with a snapshot, and what to do about it.
//!
//! Damage always names the file and the part of it, and carries the remedy:
//! which other snapshot is still there.

use std::io;
use std::path::{Path, PathBuf};

use arrow_schema::ArrowError;
use zhida_model::domain::{SubjectKey, SubjectKind};

use crate::place;

/// Why a snapshot cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused: no such file, no permission, disk full.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of a snapshot is not there.
    #[error("`{}` is missing from its snapshot: {remedy}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What to do.
        remedy: String,
    },
    /// There is no snapshot at that place.
    #[error("`{}` holds no snapshot: run `zhida build` first, or give the directory that holds `snapshots`", path.display())]
    NoSnapshot {
        /// The place that was looked at.
        path: PathBuf,
    },
    /// The snapshot was written by another generation of the software.
    #[error("`{}` has format version {found}, this program reads {expected}: {remedy}", path.display())]
    FormatVersion {
        /// The manifest.
        path: PathBuf,
        /// The version in it.
        found: u32,
        /// The version this program writes.
        expected: u32,
        /// What to do.
        remedy: String,
    },
    /// A file is shorter or longer than the manifest says.
    #[error("`{}` has {found} bytes, not {expected}: {remedy}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// Bytes there are.
        found: u64,
        /// Bytes the manifest lists.
        expected: u64,
        /// What to do.
        remedy: String,
    },
    /// The bytes are not those that were written.
    #[error("{part} of `{}` does not have the checksum it was written with: {remedy}", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Which part: a chunk, the frame around the chunks, or the whole.
        part: String,
        /// What to do.
        remedy: String,
    },
    /// The bytes cannot be read as what they should be.
    #[error("`{}` cannot be read: {detail}: {remedy}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
        /// What to do.
        remedy: String,
    },
    /// A column does not fit the catalogue.
    #[error("column `{column}` of `{}` does not fit the catalogue: {detail}: open the snapshot with its own `catalogue.yaml`, or run `zhida build` again", path.display())]
    Mismatch {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
        /// How they differ.
        detail: String,
    },
    /// A frame handed to the writer breaks a rule of [`zhida_model::frame`].
    #[error("chunk of {kind} dossiers from row {first}, `{column}`: {detail}")]
    Frame {
        /// Whom the chunk is about.
        kind: SubjectKind,
        /// Its first row.
        first: u32,
        /// The field or relation, or `_key`.
        column: String,
        /// Which rule.
        detail: String,
    },
    /// The writer was called out of order.
    #[error("{detail}")]
    Order {
        /// What was called too early, too late or twice.
        detail: String,
    },
    /// Two dossiers have the same key.
    #[error(
        "key `{key}` stands for {first} row {first_row} and for {second} row {second_row}: make the register hold each subject once"
    )]
    DuplicateKey {
        /// The key.
        key: SubjectKey,
        /// Kind of the first.
        first: SubjectKind,
        /// Row of the first.
        first_row: u32,
        /// Kind of the second.
        second: SubjectKind,
        /// Row of the second.
        second_row: u32,
    },
    /// A version or file name that cannot be used.
    #[error(
        "`{name}` cannot name a {what}: use letters, digits, `.`, `_` and `-`, not starting with `.`"
    )]
    Name {
        /// The name.
        name: String,
        /// What it should name.
        what: &'static str,
    },
    /// A snapshot of that version exists; snapshots never change.
    #[error("snapshot `{version}` exists in `{}`: choose another version", path.display())]
    Exists {
        /// The version.
        version: String,
        /// The directory of snapshots.
        path: PathBuf,
    },
    /// Another process is writing there.
    #[error("another process is writing a snapshot in `{}`: wait until it has ended", path.display())]
    Busy {
        /// The directory of snapshots.
        path: PathBuf,
    },
    /// The snapshot holds no such file.
    #[error("snapshot `{}` holds no file `{name}`", path.display())]
    NoFile {
        /// The snapshot.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// The snapshot has no such chunk.
    #[error("there is no chunk {chunk} of {kind} dossiers: there are {chunks}")]
    NoChunk {
        /// The kind.
        kind: SubjectKind,
        /// The chunk asked for.
        chunk: usize,
        /// How many there are.
        chunks: usize,
    },
}

impl StoreError {
    /// Adds what was tried on which path to an error of the system.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
        move |source| StoreError::Io { action, path: path.to_owned(), source }
    }

    /// As [`StoreError::io`] for a file that every reader of the snapshot in
    /// `dir` relies on: where it is gone, the remedy is that of damage.
    pub(crate) fn reading(
        action: &'static str,
        dir: &Path,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> StoreError {
        let (dir, path) = (dir.to_owned(), path.to_owned());
        move |source| match source.kind() {
            io::ErrorKind::NotFound => StoreError::Missing { remedy: place::remedy(&dir), path },
            _ => StoreError::Io { action, path, source },
        }
    }

    /// Whether it says that the snapshot itself is broken, not that something
    /// was asked wrongly or that the system refused.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            StoreError::Missing { .. }
                | StoreError::Length { .. }
                | StoreError::Checksum { .. }
                | StoreError::Damaged { .. }
        )
    }

    /// An error of the Arrow writer: of the disk, or of what was given to it.
    pub(crate) fn writing(path: &Path, error: ArrowError) -> StoreError {
        let source = match error {
            ArrowError::IoError(_, source) => source,
            other => io::Error::new(io::ErrorKind::InvalidInput, other),
        };
        StoreError::Io { action: "write", path: path.to_owned(), source }
    }
}
