//! What can go wrong with a search index, and what to do about it.

use std::path::PathBuf;

use crate::StoreError;

/// Why an index cannot be written, opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// There is no index at that place.
    #[error("`{}` holds no search index: write one with `zhida search index --out DIR`", path.display())]
    NoIndex {
        /// The place that was looked at.
        path: PathBuf,
    },
    /// The place for a new index is taken.
    #[error("`{}` is not empty: choose another directory for the index, or remove it first", path.display())]
    Taken {
        /// The directory.
        path: PathBuf,
    },
    /// Written by another generation of the software.
    #[error("the search index `{}` was written {difference}: write it again with `zhida search index`", path.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// By what.
        difference: String,
    },
    /// The bytes are not those that were written.
    #[error("the search index `{}` is damaged: {detail}: write it again with `zhida search index`", path.display())]
    Damaged {
        /// The directory.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Two records have the same id.
    #[error("id `{id}` stands for two documents: give each its own")]
    Duplicate {
        /// The id.
        id: String,
    },
    /// Files beside the index.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What tantivy says.
    #[error("the search index cannot be used: {0}")]
    Engine(#[from] tantivy::TantivyError),
    /// Reading a list of the index failed.
    #[error("the search index cannot be read: {0}: write it again with `zhida search index`")]
    Read(#[from] std::io::Error),
}
