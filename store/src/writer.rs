//! Writes a snapshot beside the current one and makes it current in one step.
//!
//! Everything goes into a hidden directory first. Whatever happens before the
//! final rename, a crash, a full disk, an error, the snapshot in force stays
//! in force, and the next writer removes what was left.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use arrow_schema::SchemaRef;
use zhida_model::catalogue::Catalogue;
use zhida_model::domain::SubjectKind;
use zhida_model::frame::{CHUNK_ROWS, Frame, World};

use crate::ipc::ArrowSink;
use crate::keys::KeyRow;
use crate::layout::Layout;
use crate::manifest::{self, FileEntry, Manifest, ManifestInfo, TableEntry};
use crate::{StoreError, atomic, digest, encode, keys, place};

/// Writes one snapshot: [`write`](Self::write) a whole world, or
/// [`begin`](Self::begin) each kind and [`push`](Self::push) its chunks; add
/// files; [`finish`](Self::finish).
pub struct SnapshotWriter<'c> {
    root: PathBuf,
    version: String,
    catalogue: &'c Catalogue,
    partial: PathBuf,
    files: Vec<FileEntry>,
    tables: [Option<TableEntry>; 2],
    keys: Vec<KeyRow>,
    /// The highest row that a relation of any kind points at, by target kind.
    furthest: [Option<(u32, String)>; 2],
    open: Option<Open>,
    /// Held until the writer goes: the system lets go of it after a crash.
    lock: File,
}

/// The table being written.
struct Open {
    layout: Layout,
    schema: SchemaRef,
    sink: ArrowSink,
    rows: u32,
    chunks: usize,
    complete: bool,
}

impl<'c> SnapshotWriter<'c> {
    /// Starts a snapshot below `root`, and removes what an interrupted writer
    /// has left there.
    ///
    /// # Errors
    /// [`StoreError::Name`] for a version that cannot name a directory,
    /// [`StoreError::Exists`] for one that is taken, [`StoreError::Busy`]
    /// while another process writes there, or [`StoreError::Io`].
    pub fn create(
        root: &Path,
        version: &str,
        catalogue: &'c Catalogue,
    ) -> Result<SnapshotWriter<'c>, StoreError> {
        place::check_version(version)?;
        let snapshots = place::snapshots(root);
        fs::create_dir_all(&snapshots).map_err(StoreError::io("create", &snapshots))?;
        let lock = lock(&snapshots)?;
        if snapshots.join(version).exists() {
            return Err(StoreError::Exists { version: version.to_owned(), path: snapshots });
        }
        remove_leftovers(&snapshots)?;
        let partial = place::partial(&snapshots, version);
        fs::create_dir(&partial).map_err(StoreError::io("create", &partial))?;
        Ok(SnapshotWriter {
            root: root.to_owned(),
            version: version.to_owned(),
            catalogue,
            partial,
            files: Vec::new(),
            tables: [None, None],
            keys: Vec::new(),
            furthest: [None, None],
            open: None,
            lock,
        })
    }

    /// Writes both kinds of dossiers.
    ///
    /// # Errors
    /// As [`begin`](Self::begin) and [`push`](Self::push).
    pub fn write(&mut self, world: &World) -> Result<(), StoreError> {
        for dossiers in &world.dossiers {
            self.begin(Layout::of(self.catalogue, dossiers), dossiers.kind)?;
            for chunk in &dossiers.chunks {
                self.push(chunk)?;
            }
        }
        self.end()
    }

    /// Begins the table of a kind, and ends the one before it.
    ///
    /// # Errors
    /// [`StoreError::Order`] when the kind was begun before or the layout is
    /// of the other kind, or [`StoreError::Io`].
    pub fn begin(&mut self, layout: Layout, kind: SubjectKind) -> Result<(), StoreError> {
        self.end()?;
        if layout.kind != kind || self.tables[kind.index()].is_some() {
            let detail = format!(
                "the table of {kind} dossiers was begun twice, or with a layout of another kind"
            );
            return Err(StoreError::Order { detail });
        }
        let schema = SchemaRef::new(layout.schema(self.catalogue));
        let sink = ArrowSink::create(&self.partial, &table_name(kind), &schema)?;
        self.open = Some(Open { layout, schema, sink, rows: 0, chunks: 0, complete: false });
        Ok(())
    }

    /// Appends a chunk to the table that was begun last. Every chunk but the
    /// last has [`CHUNK_ROWS`] rows.
    ///
    /// # Errors
    /// [`StoreError::Frame`] when the chunk does not keep the rules of a
    /// frame, of the layout or of the catalogue, [`StoreError::Order`]
    /// without a table, or [`StoreError::Io`].
    pub fn push(&mut self, frame: &Frame) -> Result<(), StoreError> {
        let Some(open) = self.open.as_mut().filter(|open| open.layout.kind == frame.kind) else {
            let detail =
                format!("a chunk of {} dossiers came before its table was begun", frame.kind);
            return Err(StoreError::Order { detail });
        };
        open.check_place(frame)?;
        let batch = encode::batch(frame, &open.layout, &open.schema, self.catalogue)?;
        open.sink.write(&batch)?;
        let numbers = open.rows..;
        self.keys.extend(numbers.zip(frame.keys.iter()).map(|(row, &key)| KeyRow {
            key,
            kind: frame.kind,
            row,
        }));
        open.rows += u32::try_from(frame.rows).unwrap_or(u32::MAX);
        open.chunks += 1;
        open.complete = frame.rows < CHUNK_ROWS;
        self.note_targets(frame);
        Ok(())
    }

    /// Adds a file that fixes the meaning of the snapshot, for example
    /// `catalogue.yaml` or `policies/tech-sme-2023.yaml`.
    ///
    /// # Errors
    /// [`StoreError::Name`] for a name that is not plain or is taken, or
    /// [`StoreError::Io`].
    pub fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let ours = manifest::is_reserved(name) || name == keys::NAME;
        let tables = SubjectKind::ALL.map(table_name);
        let taken = self.files.iter().any(|file| file.name == name);
        if ours || taken || tables.iter().any(|table| table == name) {
            return Err(StoreError::Name { name: name.to_owned(), what: "second file" });
        }
        let path = self.partial.join(place::check_file(name)?);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(StoreError::io("create", parent))?;
        }
        atomic::write_synced(&path, bytes)?;
        self.files.push(FileEntry {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256: digest::sha256(bytes),
            outside_sha256: None,
            batches: Vec::new(),
        });
        Ok(())
    }

    /// Writes the index of keys and the manifest, flushes everything to the
    /// disk, publishes the snapshot and makes it the current one. A kind that
    /// was never begun is empty. Returns the directory of the snapshot.
    ///
    /// # Errors
    /// [`StoreError::DuplicateKey`], [`StoreError::Frame`] when a relation
    /// points past the dossiers, or [`StoreError::Io`]. The snapshot that was
    /// current before stays so.
    pub fn finish(mut self, info: ManifestInfo) -> Result<PathBuf, StoreError> {
        for kind in SubjectKind::ALL {
            self.end()?;
            if self.tables[kind.index()].is_none() {
                self.begin(Layout::keys_only(kind), kind)?;
            }
        }
        self.end()?;
        self.check_targets()?;
        let index = keys::write(&self.partial, std::mem::take(&mut self.keys))?;
        self.files.push(index);
        let tables = self.tables.iter().flatten().cloned().collect();
        let files = std::mem::take(&mut self.files);
        let version = self.catalogue.version();
        let manifest = Manifest::new(&self.version, version, info, tables, files);
        manifest.write(&self.partial)?;
        self.publish()
    }

    /// Flushes the directories, renames, swaps the link.
    fn publish(&self) -> Result<PathBuf, StoreError> {
        sync_tree(&self.partial)?;
        let snapshots = place::snapshots(&self.root);
        let published = snapshots.join(&self.version);
        fs::rename(&self.partial, &published).map_err(StoreError::io("publish", &published))?;
        atomic::sync_dir(&snapshots)?;
        place::activate(&self.root, &self.version)?;
        Ok(published)
    }

    /// Ends the table that is open.
    fn end(&mut self) -> Result<(), StoreError> {
        if let Some(open) = self.open.take() {
            let (kind, rows, chunks) = (open.layout.kind, open.rows, open.chunks);
            self.files.push(open.sink.finish()?);
            self.tables[kind.index()] = Some(TableEntry { kind, rows, chunks });
        }
        Ok(())
    }

    /// Remembers how far relations point; the other table may come later.
    fn note_targets(&mut self, frame: &Frame) {
        for relation in self.catalogue.relations() {
            let targets = frame.edges(relation.id).and_then(|edges| edges.target.iter().max());
            let furthest = &mut self.furthest[relation.entry.target.index()];
            if let Some(&most) = targets
                && furthest.as_ref().is_none_or(|&(row, _)| row < most)
            {
                *furthest = Some((most, format!("@{}", relation.entry.name)));
            }
        }
    }

    fn check_targets(&self) -> Result<(), StoreError> {
        for (table, furthest) in self.tables.iter().flatten().zip(&self.furthest) {
            if let Some((row, column)) = furthest.as_ref().filter(|(row, _)| *row >= table.rows) {
                let (kind, rows) = (table.kind, table.rows);
                let detail = format!("it points at {kind} row {row}, there are {rows}");
                return Err(StoreError::Frame { kind, first: 0, column: column.clone(), detail });
            }
        }
        Ok(())
    }
}

impl Drop for SnapshotWriter<'_> {
    fn drop(&mut self) {
        // Gone after publishing; after an error it would only take up space.
        let _ = fs::remove_dir_all(&self.partial);
        // Closing would do, were it not for processes that are being forked.
        let _ = self.lock.unlock();
    }
}

impl Open {
    /// The chunk follows the one before it.
    fn check_place(&self, frame: &Frame) -> Result<(), StoreError> {
        let detail = if self.complete {
            "it comes after a chunk that was not full"
        } else if frame.first != self.rows {
            "it does not begin where the chunk before it ended"
        } else if frame.rows == 0 || frame.rows > CHUNK_ROWS {
            "it has no rows, or more than a chunk holds"
        } else if u32::try_from(frame.rows).ok().and_then(|n| n.checked_add(self.rows)).is_none() {
            "there are more dossiers than a row number can count"
        } else {
            return Ok(());
        };
        let (column, detail) = (crate::layout::KEY.to_owned(), detail.to_owned());
        Err(StoreError::Frame { kind: frame.kind, first: frame.first, column, detail })
    }
}

/// File name of the table of a kind.
pub(crate) fn table_name(kind: SubjectKind) -> String {
    format!("{kind}.arrow")
}

/// Makes this process the only writer.
fn lock(snapshots: &Path) -> Result<File, StoreError> {
    let path = snapshots.join(".lock");
    let file = File::create(&path).map_err(StoreError::io("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: snapshots.to_owned() }),
        Err(TryLockError::Error(source)) => Err(StoreError::io("lock", &path)(source)),
    }
}

fn remove_leftovers(snapshots: &Path) -> Result<(), StoreError> {
    let list = StoreError::io("list", snapshots);
    let entries = fs::read_dir(snapshots).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for entry in entries.map_err(list)? {
        if !place::is_leftover(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = entry.path();
        let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = if directory { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(StoreError::io("remove", &path))?;
    }
    Ok(())
}

/// Flushes a directory and those in it.
fn sync_tree(dir: &Path) -> Result<(), StoreError> {
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for entry in entries.map_err(StoreError::io("list", dir))? {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sync_tree(&entry.path())?;
        }
    }
    atomic::sync_dir(dir)
}
