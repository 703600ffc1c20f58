//! The manifest: what a snapshot consists of, with lengths and checksums.
//!
//! `manifest.json` lists the files; `SHA256SUMS` repeats their checksums and
//! adds the manifest's own, so that `sha256sum -c SHA256SUMS` checks a
//! snapshot without this program. Opening compares the two.

use std::fs;
use std::path::Path;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use zhida_model::domain::SubjectKind;

use crate::{StoreError, atomic, digest, place};

/// File name of the manifest.
pub(crate) const NAME: &str = "manifest.json";

/// File name of the list of checksums.
const SUMS: &str = "SHA256SUMS";

/// The generation of the layout on disk.
const FORMAT_VERSION: u32 = 1;

/// Whether a name is one of the two files this module writes.
pub(crate) fn is_reserved(name: &str) -> bool {
    name == NAME || name == SUMS
}

/// What the caller of a writer knows about a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestInfo {
    /// Data cut-off: freshness is judged on this day.
    pub known_at: Date,
    /// Hash of the rules the snapshot was built with.
    pub rule_set_hash: String,
    /// When it was built.
    pub created_at: Timestamp,
    /// Name and version of the program that built it.
    pub created_by: String,
    /// Which secret made its subject keys ([`zhida_model::domain::KeySecret::id`]).
    pub key_id: String,
}

/// The content of `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Generation of the layout on disk.
    pub format_version: u32,
    /// Version of the snapshot; the name of its directory.
    pub version: String,
    /// Data cut-off.
    pub known_at: Date,
    /// When it was built.
    pub created_at: Timestamp,
    /// The program that built it.
    pub created_by: String,
    /// Version of the catalogue it was built with.
    pub catalogue_version: String,
    /// Hash of the rules it was built with.
    pub rule_set_hash: String,
    /// Which secret made its subject keys.
    #[serde(default)]
    pub key_id: Option<String>,
    /// The dossier tables, in the order of [`SubjectKind::ALL`].
    pub tables: Vec<TableEntry>,
    /// Every file but the manifest and the list of checksums, by name.
    pub files: Vec<FileEntry>,
}

/// One dossier table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// Whom it is about.
    pub kind: SubjectKind,
    /// Number of dossiers.
    pub rows: u32,
    /// Number of chunks.
    pub chunks: usize,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Name relative to the snapshot, `/` between its parts.
    pub name: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 of the whole file.
    pub sha256: String,
    /// SHA-256 of the bytes outside the batches, for Arrow files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_sha256: Option<String>,
    /// The batches of an Arrow file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<BatchEntry>,
}

/// One batch of an Arrow file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchEntry {
    /// Rows in it.
    pub rows: usize,
    /// Where it starts in the file.
    pub offset: u64,
    /// Length of its message and body.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: String,
}

/// Only what says whether the rest can be read.
#[derive(Deserialize)]
struct Header {
    format_version: u32,
}

impl Manifest {
    /// A manifest of what was written. Files are put into order of name.
    pub(crate) fn new(
        version: &str,
        catalogue_version: &str,
        info: ManifestInfo,
        tables: Vec<TableEntry>,
        mut files: Vec<FileEntry>,
    ) -> Manifest {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Manifest {
            format_version: FORMAT_VERSION,
            version: version.to_owned(),
            known_at: info.known_at,
            created_at: info.created_at,
            created_by: info.created_by,
            catalogue_version: catalogue_version.to_owned(),
            rule_set_hash: info.rule_set_hash,
            key_id: Some(info.key_id),
            tables,
            files,
        }
    }

    /// The entry of a file.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&FileEntry> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The entry of a dossier table.
    #[must_use]
    pub fn table(&self, kind: SubjectKind) -> Option<&TableEntry> {
        self.tables.iter().find(|table| table.kind == kind)
    }

    /// Writes the manifest and the list of checksums.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), StoreError> {
        let path = dir.join(NAME);
        let json = serde_json::to_vec_pretty(self).map_err(std::io::Error::from);
        let mut json = json.map_err(StoreError::io("write", &path))?;
        json.push(b'\n');
        atomic::write_synced(&path, &json)?;
        atomic::write_synced(&dir.join(SUMS), self.sums(&json).as_bytes())
    }

    /// Reads and checks the manifest of a snapshot.
    pub(crate) fn read(dir: &Path) -> Result<Manifest, StoreError> {
        let path = dir.join(NAME);
        let json = fs::read(&path).map_err(StoreError::reading("read", dir, &path))?;
        let damaged = |detail: String| StoreError::Damaged {
            path: path.clone(),
            detail,
            remedy: place::remedy(dir),
        };
        let header: Header = serde_json::from_slice(&json).map_err(|e| damaged(e.to_string()))?;
        if header.format_version != FORMAT_VERSION {
            return Err(StoreError::FormatVersion {
                path,
                found: header.format_version,
                expected: FORMAT_VERSION,
                remedy: place::remedy(dir),
            });
        }
        let manifest: Manifest =
            serde_json::from_slice(&json).map_err(|e| damaged(e.to_string()))?;
        let sums = dir.join(SUMS);
        let listed = fs::read(&sums).map_err(StoreError::reading("read", dir, &sums))?;
        if listed != manifest.sums(&json).as_bytes() {
            return Err(damaged(format!("it does not agree with `{SUMS}`")));
        }
        Ok(manifest)
    }

    /// The list of checksums in the form `sha256sum` reads.
    fn sums(&self, json: &[u8]) -> String {
        let line = |sum: &str, name: &str| format!("{sum}  {name}\n");
        let files = self.files.iter().map(|file| line(&file.sha256, &file.name));
        files.chain([line(&digest::sha256(json), NAME)]).collect()
    }
}
