//! Where snapshots live: versions beside each other, `current` pointing at
//! one of them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{StoreError, atomic, manifest};

/// The directory of snapshots below the one a caller names.
const SNAPSHOTS: &str = "snapshots";

/// The link to the snapshot in force.
const CURRENT: &str = "current";

/// The directory of snapshots below a root.
pub(crate) fn snapshots(root: &Path) -> PathBuf {
    root.join(SNAPSHOTS)
}

/// The directory in which a version is written before it is published.
pub(crate) fn partial(snapshots: &Path, version: &str) -> PathBuf {
    snapshots.join(format!(".{version}.partial"))
}

/// Whether a directory entry is what a writer that died has left.
pub(crate) fn is_leftover(name: &str) -> bool {
    name.starts_with('.') && (name.ends_with(".partial") || name.ends_with(".tmp"))
}

/// The versions below a root, oldest name first, without those half written.
///
/// # Errors
/// [`StoreError::NoSnapshot`] where there is no directory of snapshots, or
/// [`StoreError::Io`].
pub fn versions(root: &Path) -> Result<Vec<String>, StoreError> {
    let snapshots = snapshots(root);
    if !snapshots.is_dir() {
        return Err(StoreError::NoSnapshot { path: root.to_owned() });
    }
    list(&snapshots).map_err(StoreError::io("list", &snapshots))
}

fn list(snapshots: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(snapshots)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') || name == CURRENT;
        if !hidden && entry.path().join(manifest::NAME).is_file() {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a version the current one, in one step. Going back to an earlier
/// snapshot is the same call.
///
/// # Errors
/// [`StoreError::NoSnapshot`] for a version that is not there, or
/// [`StoreError::Io`].
pub fn activate(root: &Path, version: &str) -> Result<(), StoreError> {
    let snapshots = snapshots(root);
    let target = snapshots.join(check_version(version)?);
    if !target.join(manifest::NAME).is_file() {
        return Err(StoreError::NoSnapshot { path: target });
    }
    atomic::swap_link(&snapshots.join(CURRENT), version)
}

/// The directory of the snapshot that a path stands for: the root (its
/// current snapshot), the directory of snapshots, or a version itself. Links
/// are resolved, so that a later swap does not mix two snapshots.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let places = [path.to_owned(), path.join(CURRENT), path.join(SNAPSHOTS).join(CURRENT)];
    let held = places.iter().find(|place| place.join(manifest::NAME).is_file());
    let Some(place) = held else {
        // A link that leads to a directory was made by a writer.
        let damaged = places.iter().skip(1).find_map(|place| place.canonicalize().ok());
        return Err(match damaged {
            Some(dir) => {
                StoreError::Missing { remedy: remedy(&dir), path: dir.join(manifest::NAME) }
            }
            None => StoreError::NoSnapshot { path: path.to_owned() },
        });
    };
    place.canonicalize().map_err(StoreError::io("resolve", place))
}

/// What to do about a damaged snapshot.
pub(crate) fn remedy(dir: &Path) -> String {
    let own = dir.file_name().map(|name| name.to_string_lossy().into_owned());
    let snapshots = dir.parent().unwrap_or(dir);
    let mut others = list(snapshots).unwrap_or_default();
    others.retain(|name| Some(name) != own.as_ref());
    let written =
        |name: &String| fs::metadata(snapshots.join(name)).and_then(|m| m.modified()).ok();
    match others.iter().max_by_key(|name| written(name)) {
        Some(other) => {
            format!(
                "run `zhida build` again, or go back to the previous snapshot with \
                 `ln -sfn {other} '{}'`",
                snapshots.join(CURRENT).display()
            )
        }
        None => "run `zhida build` again; there is no other snapshot beside it".to_owned(),
    }
}

/// A version that can name a directory and is not taken by us.
pub(crate) fn check_version(version: &str) -> Result<&str, StoreError> {
    if plain(version) && version != CURRENT {
        return Ok(version);
    }
    Err(StoreError::Name { name: version.to_owned(), what: "snapshot" })
}

/// A relative name with `/` between plain parts.
pub(crate) fn check_file(name: &str) -> Result<&str, StoreError> {
    if name.split('/').all(plain) {
        return Ok(name);
    }
    Err(StoreError::Name { name: name.to_owned(), what: "file of a snapshot" })
}

fn plain(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !part.is_empty() && part.len() <= 200 && !part.starts_with('.') && part.chars().all(allowed)
}
