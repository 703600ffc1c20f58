//! The file of rejects: what was not taken, why, and what to do about it.
//!
//! It never holds an identity number. A subject appears under its hashed key
//! where the number was valid; a value is shown only where its field may be
//! seen inside government, and never when it looks like a number of a person.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use zhida_model::catalogue::types::{KeyKind, Table};
use zhida_model::domain::{KeySecret, SubjectKey, SubjectKind};

use super::fault::Fault;
use super::identify::Subjects;

/// The longest value shown, in characters.
const LONGEST: usize = 40;

/// A run of digits this long could be the number of a person.
const TELLING: usize = 15;

/// A row or cell that was not taken.
pub(super) struct Reject {
    /// Number of the row in the file; the header is row 1.
    pub(super) record: u32,
    pub(super) fault: Fault,
    /// The field or relation; empty when the whole row is meant.
    pub(super) field: String,
    /// The column of the table, where one cell is meant.
    pub(super) column: String,
    /// Group of the row, where its key was understood.
    pub(super) place: Option<u32>,
    /// The key of an orphan, to be hashed.
    pub(super) raw_key: Option<String>,
    /// The raw value, where it may be shown.
    pub(super) value: Option<String>,
}

/// The open file. A failed write is kept until [`Rejects::finish`].
pub(super) struct Rejects<'a> {
    path: PathBuf,
    file: BufWriter<File>,
    error: Option<std::io::Error>,
    secret: &'a KeySecret,
    known_at: jiff::civil::Date,
    keys: [&'a [SubjectKey]; 2],
}

impl<'a> Rejects<'a> {
    /// Starts the file.
    pub(super) fn create(
        path: &Path,
        secret: &'a KeySecret,
        known_at: jiff::civil::Date,
        keys: [&'a [SubjectKey]; 2],
    ) -> std::io::Result<Rejects<'a>> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all("table,row,subject,field,column,reason,value,owner,remedy\n".as_bytes())?;
        Ok(Rejects { path: path.to_owned(), file, error: None, secret, known_at, keys })
    }

    /// Appends one reject.
    pub(super) fn push(&mut self, table: &Table, reject: Reject) {
        let subject = self.subject(table, &reject).map(|key| key.to_string()).unwrap_or_default();
        let value = reject.value.as_deref().map(masked).unwrap_or_default();
        let cells = [
            table.name.as_str(),
            &reject.record.to_string(),
            &subject,
            &reject.field,
            &reject.column,
            reject.fault.name(),
            &value,
            &table.owner,
            reject.fault.remedy(),
        ];
        let line = cells.map(quoted).join(",");
        if let Err(error) = writeln!(self.file, "{line}") {
            self.error.get_or_insert(error);
        }
    }

    fn subject(&self, table: &Table, reject: &Reject) -> Option<SubjectKey> {
        let kind = match table.key.kind {
            KeyKind::Uscc => SubjectKind::Enterprise,
            KeyKind::ResidentId => SubjectKind::Citizen,
            KeyKind::Household => return None,
        };
        if let Some(place) = reject.place {
            return self.keys[kind.index()].get(place as usize).copied();
        }
        let identity = Subjects::identity(kind, reject.raw_key.as_ref()?, self.known_at)?;
        Some(self.secret.subject_key(kind, std::str::from_utf8(&identity).ok()?))
    }

    /// Flushes the file to the disk.
    pub(super) fn finish(mut self) -> Result<(), (PathBuf, std::io::Error)> {
        let flushed = match self.error.take() {
            Some(error) => Err(error),
            None => self.file.flush().and_then(|()| self.file.get_ref().sync_all()),
        };
        flushed.map_err(|error| (self.path, error))
    }
}

/// A value as it may be shown: cut short, and hidden when it looks like the
/// number of a person.
fn masked(value: &str) -> String {
    let mut run = 0;
    for symbol in value.chars() {
        run = if symbol.is_numeric() || (run > 0 && symbol == ' ') { run + 1 } else { 0 };
        if run >= TELLING {
            return "（疑似号码，已隐去）".to_owned();
        }
    }
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
