//! Files that are either wholly there or not at all: write beside, flush to
//! the disk, rename.
//!
//! A rename within one directory is atomic on every file system we run on;
//! flushing the directory makes it last through a power cut.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::StoreError;

/// Replaces a file by the given bytes. A reader sees the old or the new
/// content, never a mixture; after a crash one of the two is there.
///
/// # Errors
/// [`StoreError::Io`]; the old content is then untouched.
pub fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let beside = beside(path);
    let done = write_synced(&beside, bytes).and_then(|()| {
        fs::rename(&beside, path).map_err(StoreError::io("replace", path))?;
        sync_dir(parent(path))
    });
    if done.is_err() {
        // The error that matters is the first; a leftover is only a nuisance.
        let _ = fs::remove_file(&beside);
    }
    done
}

/// Writes a new file and flushes it to the disk.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = File::create(path).map_err(StoreError::io("create", path))?;
    file.write_all(bytes).map_err(StoreError::io("write", path))?;
    file.sync_all().map_err(StoreError::io("flush", path))
}

/// Flushes the entries of a directory to the disk.
pub(crate) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(StoreError::io("flush", path))
}

/// Points a symbolic link at another target in one step.
pub(crate) fn swap_link(link: &Path, target: &str) -> Result<(), StoreError> {
    let beside = beside(link);
    std::os::unix::fs::symlink(target, &beside).map_err(StoreError::io("create", &beside))?;
    let done = fs::rename(&beside, link).map_err(StoreError::io("replace", link));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done.and_then(|()| sync_dir(parent(link)))
}

/// The directory a path lies in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A hidden name in the same directory that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parent(path).join(format!(".{name}.{}-{count}.tmp", std::process::id()))
}
