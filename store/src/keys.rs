//! Where the dossier of a key stands: every key of both kinds in order, so
//! that one look-up reads a handful of places.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type};
use arrow_array::{Array, FixedSizeBinaryArray, RecordBatch, UInt8Array, UInt32Array};
use arrow_buffer::Buffer;
use arrow_schema::{DataType, Field, Schema};
use zhida_model::domain::{SubjectKey, SubjectKind};
use zhida_model::frame::CHUNK_ROWS;

use crate::StoreError;
use crate::ipc::{ArrowFile, ArrowSink};
use crate::layout::KEY_BYTES;
use crate::manifest::FileEntry;

/// File name of the index.
pub(crate) const NAME: &str = "keys.arrow";

/// One dossier: its key as a number whose order is that of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyRow {
    pub(crate) key: u128,
    pub(crate) kind: SubjectKind,
    pub(crate) row: u32,
}

fn schema() -> Schema {
    Schema::new(vec![
        Field::new("key", DataType::FixedSizeBinary(KEY_BYTES), false),
        Field::new("kind", DataType::UInt8, false),
        Field::new("row", DataType::UInt32, false),
    ])
}

/// Sorts the keys, refuses doubles, and writes the index.
pub(crate) fn write(dir: &Path, mut rows: Vec<KeyRow>) -> Result<FileEntry, StoreError> {
    rows.sort_unstable();
    if let Some([first, second]) = rows.array_windows().find(|[a, b]| a.key == b.key) {
        return Err(StoreError::DuplicateKey {
            key: SubjectKey::from_bytes(first.key.to_be_bytes()),
            first: first.kind,
            first_row: first.row,
            second: second.kind,
            second_row: second.row,
        });
    }
    let schema = Arc::new(schema());
    let mut sink = ArrowSink::create(dir, NAME, &schema)?;
    for part in rows.chunks(CHUNK_ROWS) {
        let bytes: Vec<u8> = part.iter().flat_map(|row| row.key.to_be_bytes()).collect();
        let keys = FixedSizeBinaryArray::try_new(KEY_BYTES, Buffer::from_vec(bytes), None);
        let keys = keys.map_err(|error| StoreError::writing(&dir.join(NAME), error))?;
        let kinds: UInt8Array = part.iter().map(|row| row.kind as u8).collect();
        let numbers: UInt32Array = part.iter().map(|row| row.row).collect();
        let columns: Vec<arrow_array::ArrayRef> =
            vec![Arc::new(keys), Arc::new(kinds), Arc::new(numbers)];
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
        sink.write(&batch.map_err(|error| StoreError::writing(&dir.join(NAME), error))?)?;
    }
    sink.finish()
}

/// The index of a snapshot, verified batch by batch as look-ups touch it.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    file: ArrowFile,
    batches: Vec<OnceLock<Part>>,
}

#[derive(Debug)]
struct Part {
    keys: FixedSizeBinaryArray,
    kinds: UInt8Array,
    rows: UInt32Array,
}

impl KeyIndex {
    pub(crate) fn open(dir: &Path, entry: &FileEntry) -> Result<KeyIndex, StoreError> {
        let file = ArrowFile::open(dir, entry)?;
        if file.schema().fields() != schema().fields() {
            return Err(file.damaged("its columns are not those of an index".to_owned()));
        }
        let batches = file.batches().iter().map(|_| OnceLock::new()).collect();
        Ok(KeyIndex { file, batches })
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.file.batches().iter().map(|batch| batch.rows).sum()
    }

    /// Where the dossier of a key stands.
    pub(crate) fn find(&self, key: SubjectKey) -> Result<Option<(SubjectKind, u32)>, StoreError> {
        // The last batch whose first key is not beyond the one wanted.
        let (mut from, mut to) = (0, self.batches.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let part = self.part(middle)?;
            if !part.is_empty() && part.key(0) <= key.as_bytes().as_slice() {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        match from.checked_sub(1) {
            Some(index) => self.find_in(self.part(index)?, key),
            None => Ok(None),
        }
    }

    fn find_in(
        &self,
        part: &Part,
        key: SubjectKey,
    ) -> Result<Option<(SubjectKind, u32)>, StoreError> {
        let (mut from, mut to) = (0, part.keys.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match part.key(middle).cmp(key.as_bytes().as_slice()) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => {
                    return self.row(part, middle).map(|row| Some((row.kind, row.row)));
                }
            }
        }
        Ok(None)
    }

    /// Hands every entry to `visit` in order.
    pub(crate) fn each(
        &self,
        mut visit: impl FnMut(KeyRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for index in 0..self.batches.len() {
            let part = self.part(index)?;
            for place in 0..part.keys.len() {
                visit(self.row(part, place)?)?;
            }
        }
        Ok(())
    }

    pub(crate) fn damaged(&self, detail: String) -> StoreError {
        self.file.damaged(detail)
    }

    fn row(&self, part: &Part, place: usize) -> Result<KeyRow, StoreError> {
        let kind = SubjectKind::ALL.get(usize::from(part.kinds.value(place)));
        let kind = kind.ok_or_else(|| self.damaged("an entry is of no kind".to_owned()))?;
        let mut key = [0; 16];
        key.iter_mut().zip(part.key(place)).for_each(|(to, &from)| *to = from);
        let (key, row) = (u128::from_be_bytes(key), part.rows.value(place));
        Ok(KeyRow { key, kind: *kind, row })
    }

    fn part(&self, index: usize) -> Result<&Part, StoreError> {
        let none = || self.damaged(format!("it has no batch {index}"));
        let cell = self.batches.get(index).ok_or_else(none)?;
        if let Some(part) = cell.get() {
            return Ok(part);
        }
        let batch = self.file.read(index)?;
        let part = Part::of(&batch)
            .ok_or_else(|| self.damaged("its columns are not those of an index".to_owned()))?;
        Ok(cell.get_or_init(|| part))
    }
}

impl Part {
    fn of(batch: &RecordBatch) -> Option<Part> {
        let [keys, kinds, rows] = batch.columns() else { return None };
        Some(Part {
            keys: keys.as_fixed_size_binary_opt()?.clone(),
            kinds: kinds.as_primitive_opt::<UInt8Type>()?.clone(),
            rows: rows.as_primitive_opt::<UInt32Type>()?.clone(),
        })
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn key(&self, place: usize) -> &[u8] {
        self.keys.value(place)
    }
}
