//! Opens a snapshot and reads it where it lies.
//!
//! Opening looks at the manifest, the lengths and the footers and at nothing
//! else, so it takes the same time for a village and for a province. Each
//! chunk is verified when it is first read; a broken one is an error, never a
//! wrong dossier.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use zhida_model::catalogue::Catalogue;
use zhida_model::domain::{SubjectKey, SubjectKind};
use zhida_model::frame::{CHUNK_ROWS, Dossiers, Frame, World};

use crate::decode::{self, Types};
use crate::ipc::ArrowFile;
use crate::keys::{self, KeyIndex};
use crate::layout::Layout;
use crate::manifest::{FileEntry, Manifest};
use crate::writer::table_name;
use crate::{StoreError, digest, place};

/// A snapshot that has been opened. It may be shared between threads.
#[derive(Debug)]
pub struct Snapshot {
    dir: PathBuf,
    manifest: Manifest,
    types: Types,
    tables: [Table; 2],
    keys: KeyIndex,
}

#[derive(Debug)]
struct Table {
    file: ArrowFile,
    layout: Layout,
    chunks: Vec<OnceLock<Frame>>,
}

impl Snapshot {
    /// Reads the manifest of a snapshot alone, for what must be known before
    /// its catalogue is.
    ///
    /// # Errors
    /// As [`Snapshot::open`].
    pub fn manifest_of(path: &Path) -> Result<Manifest, StoreError> {
        Manifest::read(&place::resolve(path)?)
    }

    /// Reads and verifies one of the added files without opening the tables:
    /// the catalogue that [`Snapshot::open`] needs is one of them.
    ///
    /// # Errors
    /// As [`Snapshot::file`].
    pub fn file_of(path: &Path, name: &str) -> Result<Vec<u8>, StoreError> {
        let dir = place::resolve(path)?;
        read_file(&dir, &Manifest::read(&dir)?, name)
    }

    /// Opens the current snapshot below a root, or the snapshot in a directory.
    ///
    /// # Errors
    /// [`StoreError::NoSnapshot`] when there is none, [`StoreError::Mismatch`]
    /// when it does not fit the catalogue, otherwise what is broken in it.
    pub fn open(path: &Path, catalogue: &Catalogue) -> Result<Snapshot, StoreError> {
        let dir = place::resolve(path)?;
        let manifest = Manifest::read(&dir)?;
        for entry in manifest.files.iter().filter(|entry| entry.batches.is_empty()) {
            check_length(&dir, entry)?;
        }
        let [enterprise, citizen] = SubjectKind::ALL;
        let tables = [
            Table::open(&dir, &manifest, enterprise, catalogue)?,
            Table::open(&dir, &manifest, citizen, catalogue)?,
        ];
        let keys = KeyIndex::open(&dir, entry(&dir, &manifest, keys::NAME)?)?;
        let rows: usize = tables.iter().map(Table::rows).sum();
        if keys.len() != rows {
            return Err(keys.damaged(format!("it has {} keys for {rows} dossiers", keys.len())));
        }
        Ok(Snapshot { dir, manifest, types: Types::of(catalogue), tables, keys })
    }

    /// The directory it lies in, with links resolved.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Number of dossiers of a kind.
    #[must_use]
    pub fn rows(&self, kind: SubjectKind) -> usize {
        self.tables[kind.index()].rows()
    }

    /// Number of chunks of a kind.
    #[must_use]
    pub fn chunks(&self, kind: SubjectKind) -> usize {
        self.tables[kind.index()].chunks.len()
    }

    /// One chunk, verified when it is read for the first time.
    ///
    /// # Errors
    /// [`StoreError::NoChunk`], or [`StoreError::Checksum`] and
    /// [`StoreError::Damaged`] for a broken chunk, at every call.
    pub fn frame(&self, kind: SubjectKind, chunk: usize) -> Result<&Frame, StoreError> {
        self.tables[kind.index()].frame(chunk, &self.types)
    }

    /// The dossier in a row: its chunk and the place in it.
    ///
    /// # Errors
    /// As [`Snapshot::frame`]; a row past the end has no chunk.
    pub fn locate(&self, kind: SubjectKind, row: u32) -> Result<(&Frame, usize), StoreError> {
        let (chunk, local) = (row as usize / CHUNK_ROWS, row as usize % CHUNK_ROWS);
        let frame = self.frame(kind, chunk)?;
        if local < frame.rows {
            return Ok((frame, local));
        }
        Err(StoreError::NoChunk { kind, chunk, chunks: self.chunks(kind) })
    }

    /// All dossiers, every chunk verified. The buffers are those of the
    /// mapped files, so this costs no memory beyond the pages in use.
    ///
    /// # Errors
    /// The first broken chunk.
    pub fn world(&self) -> Result<World, StoreError> {
        self.touch_all()?;
        let dossiers = |kind: SubjectKind| {
            let frames = (0..self.chunks(kind)).map(|chunk| self.frame(kind, chunk).cloned());
            let chunks = frames.collect::<Result<Vec<_>, _>>()?;
            Ok(Dossiers { kind, rows: self.rows(kind), chunks })
        };
        let [enterprise, citizen] = SubjectKind::ALL;
        Ok(World { dossiers: [dossiers(enterprise)?, dossiers(citizen)?] })
    }

    /// Where the dossier of a key stands: its kind and its row.
    ///
    /// # Errors
    /// When the index of keys is broken.
    pub fn find(&self, key: SubjectKey) -> Result<Option<(SubjectKind, u32)>, StoreError> {
        self.keys.find(key)
    }

    /// The content of one of the added files, verified.
    ///
    /// # Errors
    /// [`StoreError::NoFile`], or what is broken about it.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        read_file(&self.dir, &self.manifest, name)
    }

    /// The names of all files that start with a prefix, in order: `policies/`
    /// for the policies, an empty one for all.
    pub fn files<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.manifest.files.iter().map(|file| file.name.as_str());
        names.filter(move |name| name.starts_with(prefix))
    }

    /// Verifies everything: each file as a whole, each chunk, and that the
    /// index leads to every dossier.
    ///
    /// # Errors
    /// The first thing that is broken.
    pub fn verify(&self) -> Result<(), StoreError> {
        for entry in &self.manifest.files {
            let path = self.dir.join(&entry.name);
            let bytes = crate::mapping::map(&self.dir, &path)?;
            check_sum(&self.dir, entry, &bytes)?;
        }
        self.touch_all()?;
        self.verify_keys()
    }

    /// Verifies the index of keys: every block of it, and that each entry
    /// leads to the dossier with that key. Reads every chunk.
    ///
    /// # Errors
    /// The first thing that is broken.
    pub fn verify_keys(&self) -> Result<(), StoreError> {
        self.keys.each(|entry| {
            let dossier = self.locate(entry.kind, entry.row);
            match dossier.map(|(frame, row)| frame.keys.get(row).copied()) {
                Ok(key) if key == Some(entry.key) => Ok(()),
                Ok(_) | Err(StoreError::NoChunk { .. }) => {
                    Err(self.keys.damaged("an entry leads to another dossier".to_owned()))
                }
                Err(error) => Err(error),
            }
        })
    }

    /// Reads every chunk once, on all processors.
    fn touch_all(&self) -> Result<(), StoreError> {
        let chunks: Vec<(SubjectKind, usize)> = SubjectKind::ALL
            .into_iter()
            .flat_map(|kind| (0..self.chunks(kind)).map(move |chunk| (kind, chunk)))
            .collect();
        let next = AtomicUsize::new(0);
        let work = || -> Result<(), StoreError> {
            while let Some(&(kind, chunk)) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.frame(kind, chunk)?;
            }
            Ok(())
        };
        let threads = thread::available_parallelism().map_or(1, |count| count.get().min(16));
        thread::scope(|scope| {
            let helpers: Vec<_> =
                (1..threads.min(chunks.len())).map(|_| scope.spawn(work)).collect();
            let own = work();
            let panicked = "a thread that read chunks has panicked".to_owned();
            helpers.into_iter().fold(own, |result, helper| {
                let helped =
                    helper.join().unwrap_or(Err(StoreError::Order { detail: panicked.clone() }));
                result.and(helped)
            })
        })
    }
}

impl Table {
    fn open(
        dir: &Path,
        manifest: &Manifest,
        kind: SubjectKind,
        catalogue: &Catalogue,
    ) -> Result<Table, StoreError> {
        let file = ArrowFile::open(dir, entry(dir, manifest, &table_name(kind))?)?;
        let layout = Layout::read(&file.path(), kind, file.schema(), catalogue)?;
        let chunks: Vec<_> = file.batches().iter().map(|_| OnceLock::new()).collect();
        let table = Table { file, layout, chunks };
        let listed = manifest.table(kind).map(|table| (table.rows as usize, table.chunks));
        if listed != Some((table.rows(), table.chunks.len())) || !table.is_regular() {
            return Err(table.file.damaged("its chunks are not those of the manifest".to_owned()));
        }
        Ok(table)
    }

    fn rows(&self) -> usize {
        self.file.batches().iter().map(|batch| batch.rows).sum()
    }

    /// Every chunk but the last is full, so that a row number says its chunk.
    fn is_regular(&self) -> bool {
        match self.file.batches().split_last() {
            Some((last, full)) => {
                (1..=CHUNK_ROWS).contains(&last.rows) && full.iter().all(|b| b.rows == CHUNK_ROWS)
            }
            None => true,
        }
    }

    fn frame(&self, chunk: usize, types: &Types) -> Result<&Frame, StoreError> {
        let (kind, chunks) = (self.layout.kind, self.chunks.len());
        let cell = self.chunks.get(chunk).ok_or(StoreError::NoChunk { kind, chunk, chunks })?;
        if let Some(frame) = cell.get() {
            return Ok(frame);
        }
        let batch = self.file.read(chunk)?;
        let first = u32::try_from(chunk * CHUNK_ROWS).unwrap_or(u32::MAX);
        let frame = decode::frame(&batch, &self.layout, types, first)
            .map_err(|detail| self.file.damaged(format!("chunk {chunk}: {detail}")))?;
        Ok(cell.get_or_init(|| frame))
    }
}

/// The entry of a file that every snapshot has.
fn entry<'m>(dir: &Path, manifest: &'m Manifest, name: &str) -> Result<&'m FileEntry, StoreError> {
    manifest.file(name).ok_or_else(|| StoreError::Damaged {
        path: dir.to_owned(),
        detail: format!("its manifest does not list `{name}`"),
        remedy: place::remedy(dir),
    })
}

fn read_file(dir: &Path, manifest: &Manifest, name: &str) -> Result<Vec<u8>, StoreError> {
    let none = || StoreError::NoFile { path: dir.to_owned(), name: name.to_owned() };
    let entry = manifest.file(name).ok_or_else(none)?;
    check_length(dir, entry)?;
    let path = dir.join(name);
    let bytes = fs::read(&path).map_err(StoreError::reading("read", dir, &path))?;
    check_sum(dir, entry, &bytes)?;
    Ok(bytes)
}

fn check_length(dir: &Path, entry: &FileEntry) -> Result<(), StoreError> {
    let path = dir.join(&entry.name);
    let found = fs::metadata(&path).map_err(StoreError::reading("inspect", dir, &path))?.len();
    if found == entry.bytes {
        return Ok(());
    }
    Err(StoreError::Length { path, found, expected: entry.bytes, remedy: place::remedy(dir) })
}

fn check_sum(dir: &Path, entry: &FileEntry, bytes: &[u8]) -> Result<(), StoreError> {
    if digest::sha256(bytes) == entry.sha256 {
        return Ok(());
    }
    let (path, part) = (dir.join(&entry.name), "the whole".to_owned());
    Err(StoreError::Checksum { path, part, remedy: place::remedy(dir) })
}
