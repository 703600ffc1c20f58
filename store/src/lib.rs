//! Reads and writes the snapshots of Zhida: the dossiers of one day, sealed,
//! ready to be mapped into memory.
//!
//! In reading order: [`SnapshotWriter`] writes a snapshot beside the current
//! one and makes it current in one step; [`Snapshot`] opens one at once and
//! checks each chunk when it is first read; [`Layout`] says which columns a
//! table has; [`Manifest`] lists what a snapshot consists of;
//! [`atomic_write`] serves every other file that must never be half written.
//! [`matches`] puts matches into Arrow batches, for Parquet and for Python.
//! [`document`] reads what offices publish: text, HTML, DOCX, PDF.
//!
//! On disk, below the directory the caller names:
//! ```text
//! snapshots/
//!   current -> 2026-03-31          swapped by rename, never edited
//!   2026-03-31/
//!     manifest.json  SHA256SUMS    what the snapshot consists of
//!     enterprise.arrow  citizen.arrow  keys.arrow
//!     catalogue.yaml  regions.csv  policies/…   inputs that fix the meaning
//!   .2026-04-30.partial/           being written; removed by the next writer
//! ```
//! The tables are Arrow IPC files: any tool that reads Arrow reads them.
//!
//! Beside them `feedback.parquet`: what was shown and what became of it ([`feedback`]).
//!
//! Deliberately absent: the making of dossiers (`pipeline`), what the values
//! mean (`zhida_model`), networks, clocks.

mod atomic;
mod decode;
mod digest;
pub mod document;
mod encode;
mod error;
pub mod feedback;
mod ipc;
mod keys;
mod layout;
mod manifest;
mod mapping;
pub mod matches;
mod place;
mod ranking;
pub mod search;
mod snapshot;
mod writer;

pub use self::{
    atomic::atomic_write,
    error::StoreError,
    layout::Layout,
    manifest::{BatchEntry, FileEntry, Manifest, ManifestInfo, TableEntry},
    place::{activate, versions},
    ranking::{RANKER, RankingError, ranking},
    snapshot::Snapshot,
    writer::SnapshotWriter,
};
