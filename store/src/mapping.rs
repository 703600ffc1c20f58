//! Files mapped into memory as Arrow buffers: the only `unsafe` of this crate.
//!
//! Left out: what the bytes mean, and whether they are intact. Nothing read
//! from a mapping is trusted before its checksum has been verified.

#![expect(
    unsafe_code,
    reason = "mapping a file, and letting Arrow buffers share the mapping, cannot be said in safe Rust"
)]

use std::fs::File;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_buffer::Buffer;
use memmap2::Mmap;

use crate::StoreError;

/// Maps a whole file of the snapshot in `dir`. The buffer, and every buffer cut from it, keeps the
/// mapping alive; no byte is read until somebody looks at it.
///
/// # Errors
/// [`StoreError::Missing`], or [`StoreError::Io`] when the file cannot be
/// opened or mapped.
pub(crate) fn map(dir: &Path, path: &Path) -> Result<Buffer, StoreError> {
    let file = File::open(path).map_err(StoreError::reading("open", dir, path))?;
    let length = file.metadata().map_err(StoreError::io("inspect", path))?.len();
    if length == 0 {
        return Ok(Buffer::from(Vec::<u8>::new()));
    }
    // SAFETY: a mapping is undefined behaviour only if the file changes under
    // it. Snapshots are immutable: a writer fills a hidden directory that no
    // reader opens, renames it once, and neither writes to nor truncates a
    // published file. Removing a snapshot unlinks its files; mapped pages stay.
    let mapping = unsafe { Mmap::map(&file) }.map_err(StoreError::io("map", path))?;
    let length = mapping.len();
    let owner = Arc::new(mapping);
    let Some(start) = NonNull::new(owner.as_ptr().cast_mut()) else {
        return Ok(Buffer::from(Vec::<u8>::new()));
    };
    // SAFETY: `start` is valid for `length` bytes as long as the mapping lives,
    // and the buffer owns a share of it. The mapping does not move with its
    // `Arc`, and an Arrow buffer over a custom allocation is never written to.
    Ok(unsafe { Buffer::from_custom_allocation(start, length, owner) })
}
