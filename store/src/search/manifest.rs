//! The manifest of an index: which program wrote it, and with which terms.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use super::{SearchError, analysis::Analyzer};
use crate::{StoreError, atomic_write};

/// File name of the manifest.
const NAME: &str = "search.json";

/// The generation of the layout on disk.
const FORMAT_VERSION: u32 = 1;

/// What an index says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchManifest {
    /// Generation of the layout on disk.
    pub format_version: u32,
    /// Checksum of what makes terms of a text.
    pub analyzer: String,
    /// Number of documents.
    pub documents: u64,
}

impl SearchManifest {
    /// The manifest of an index that this program writes.
    pub(super) fn new(analyzer: &Analyzer, documents: u64) -> SearchManifest {
        SearchManifest { format_version: FORMAT_VERSION, analyzer: analyzer.checksum(), documents }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), SearchError> {
        let path = dir.join(NAME);
        let json = serde_json::to_vec_pretty(self).map_err(std::io::Error::from);
        let mut json = json.map_err(StoreError::io("write", &path))?;
        json.push(b'\n');
        Ok(atomic_write(&path, &json)?)
    }

    /// Reads the manifest and refuses an index this program cannot ask.
    pub(super) fn read(dir: &Path, analyzer: &Analyzer) -> Result<SearchManifest, SearchError> {
        let path = dir.join(NAME);
        let json = match fs::read(&path) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound || !dir.is_dir() => {
                return Err(SearchError::NoIndex { path: dir.to_owned() });
            }
            Err(error) => return Err(StoreError::io("read", &path)(error).into()),
        };
        let damaged = |error: serde_json::Error| SearchError::Damaged {
            path: dir.to_owned(),
            detail: format!("`{NAME}` cannot be read ({error})"),
        };
        #[derive(Deserialize)]
        struct Header {
            format_version: u32,
        }
        let foreign =
            |difference: String| SearchError::Foreign { path: dir.to_owned(), difference };
        let header: Header = serde_json::from_slice(&json).map_err(damaged)?;
        if header.format_version != FORMAT_VERSION {
            return Err(foreign(format!(
                "in format {}, this program reads {FORMAT_VERSION}",
                header.format_version
            )));
        }
        let manifest: SearchManifest = serde_json::from_slice(&json).map_err(damaged)?;
        if manifest.analyzer != analyzer.checksum() {
            return Err(foreign("with another dictionary of terms".to_owned()));
        }
        Ok(manifest)
    }
}
