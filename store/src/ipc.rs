//! Arrow IPC files that are written with checksums and read where they lie.
//!
//! The reader hands out a batch only after its checksum has been verified,
//! and lets Arrow validate offsets and UTF-8 besides: nothing is skipped.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::Block;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{Schema, SchemaRef};

use crate::digest::{self, Sealing};
use crate::manifest::{BatchEntry, FileEntry};
use crate::{StoreError, mapping, place};

/// Writes one Arrow file.
pub(crate) struct ArrowSink {
    path: PathBuf,
    name: String,
    writer: FileWriter<Sealing<BufWriter<File>>>,
    batches: Vec<BatchEntry>,
}

impl ArrowSink {
    pub(crate) fn create(dir: &Path, name: &str, schema: &Schema) -> Result<ArrowSink, StoreError> {
        let path = dir.join(name);
        let file = File::create_new(&path).map_err(StoreError::io("create", &path))?;
        let sealing = Sealing::new(BufWriter::with_capacity(1 << 18, file));
        let writer =
            FileWriter::try_new(sealing, schema).map_err(|e| StoreError::writing(&path, e))?;
        Ok(ArrowSink { path, name: name.to_owned(), writer, batches: Vec::new() })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        let offset = self.writer.get_ref().position();
        self.writer.get_mut().begin_batch();
        self.writer.write(batch).map_err(|e| StoreError::writing(&self.path, e))?;
        let sealing = self.writer.get_mut();
        let (sha256, bytes) = (sealing.end_batch(), sealing.position() - offset);
        self.batches.push(BatchEntry { rows: batch.num_rows(), offset, bytes, sha256 });
        Ok(())
    }

    /// Writes the footer and flushes the file to the disk.
    pub(crate) fn finish(self) -> Result<FileEntry, StoreError> {
        let ArrowSink { path, name, writer, batches } = self;
        let sealing = writer.into_inner().map_err(|e| StoreError::writing(&path, e))?;
        let (mut buffered, seal) = sealing.finish();
        buffered.flush().map_err(StoreError::io("write", &path))?;
        buffered.get_ref().sync_all().map_err(StoreError::io("flush", &path))?;
        Ok(FileEntry {
            name,
            bytes: seal.bytes,
            sha256: seal.whole,
            outside_sha256: Some(seal.outside),
            batches,
        })
    }
}

/// An Arrow file mapped into memory.
#[derive(Debug)]
pub(crate) struct ArrowFile {
    dir: PathBuf,
    entry: FileEntry,
    buffer: Buffer,
    schema: SchemaRef,
    decoder: FileDecoder,
    blocks: Vec<Block>,
}

impl ArrowFile {
    /// Maps a file and checks its length, its schema and its footer. No batch
    /// is read.
    pub(crate) fn open(dir: &Path, entry: &FileEntry) -> Result<ArrowFile, StoreError> {
        let path = dir.join(&entry.name);
        let remedy = || place::remedy(dir);
        let buffer = mapping::map(dir, &path)?;
        if buffer.len() as u64 != entry.bytes {
            let (found, expected) = (buffer.len() as u64, entry.bytes);
            return Err(StoreError::Length { path, found, expected, remedy: remedy() });
        }
        let sum = outside(&buffer, entry).map(digest::sha256_of);
        if sum.is_none() || sum != entry.outside_sha256 {
            let part = "the part outside the chunks".to_owned();
            return Err(StoreError::Checksum { path, part, remedy: remedy() });
        }
        let (schema, decoder, blocks) = footer(&buffer).map_err(|detail| StoreError::Damaged {
            path,
            detail,
            remedy: remedy(),
        })?;
        let (dir, entry) = (dir.to_owned(), entry.clone());
        let file = ArrowFile { dir, entry, buffer, schema, decoder, blocks };
        file.agree()?;
        Ok(file)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(&self.entry.name)
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batches, as the manifest lists them.
    pub(crate) fn batches(&self) -> &[BatchEntry] {
        &self.entry.batches
    }

    pub(crate) fn damaged(&self, detail: String) -> StoreError {
        StoreError::Damaged { path: self.path(), detail, remedy: place::remedy(&self.dir) }
    }

    /// Footer and manifest list the same batches.
    fn agree(&self) -> Result<(), StoreError> {
        let length = |block: &Block| {
            let message = u64::try_from(block.metaDataLength()).ok()?;
            message.checked_add(u64::try_from(block.bodyLength()).ok()?)
        };
        let same = |(block, batch): (&Block, &BatchEntry)| {
            u64::try_from(block.offset()).ok() == Some(batch.offset)
                && length(block) == Some(batch.bytes)
        };
        let batches = &self.entry.batches;
        if self.blocks.len() == batches.len() && self.blocks.iter().zip(batches).all(same) {
            return Ok(());
        }
        Err(self.damaged("its footer does not list the chunks of the manifest".to_owned()))
    }

    /// Verifies a batch and hands it out.
    pub(crate) fn read(&self, index: usize) -> Result<RecordBatch, StoreError> {
        let (Some(batch), Some(block)) = (self.entry.batches.get(index), self.blocks.get(index))
        else {
            return Err(self.damaged(format!("it has no chunk {index}")));
        };
        let bytes = self.buffer.slice_with_length(batch.offset as usize, batch.bytes as usize);
        if digest::sha256(&bytes) != batch.sha256 {
            let part = format!("chunk {index}");
            let (path, remedy) = (self.path(), place::remedy(&self.dir));
            return Err(StoreError::Checksum { path, part, remedy });
        }
        in_bounds(block, &bytes)
            .ok_or_else(|| self.damaged(format!("chunk {index} is malformed")))?;
        let read = self.decoder.read_record_batch(block, &bytes);
        match read.map_err(|error| self.damaged(format!("chunk {index}: {error}")))? {
            Some(read) if read.num_rows() == batch.rows => Ok(read),
            _ => Err(self.damaged(format!("chunk {index} does not have {} rows", batch.rows))),
        }
    }
}

/// The bytes before, between and after the batches.
fn outside<'a>(buffer: &'a Buffer, entry: &FileEntry) -> Option<Vec<&'a [u8]>> {
    let bytes = buffer.as_slice();
    let (mut pieces, mut from) = (Vec::new(), 0);
    for batch in &entry.batches {
        let start = usize::try_from(batch.offset).ok()?;
        pieces.push(bytes.get(from..start)?);
        from = start.checked_add(usize::try_from(batch.bytes).ok()?)?;
    }
    pieces.push(bytes.get(from..)?);
    Some(pieces)
}

/// Schema, decoder and blocks out of the footer.
fn footer(buffer: &Buffer) -> Result<(SchemaRef, FileDecoder, Vec<Block>), String> {
    let cut = || "the footer is cut off".to_owned();
    let (rest, trailer) = buffer.as_slice().split_last_chunk::<10>().ok_or_else(cut)?;
    let length = read_footer_length(*trailer).map_err(|error| error.to_string())?;
    let start = rest.len().checked_sub(length).ok_or_else(cut)?;
    let footer = rest.get(start..).ok_or_else(cut)?;
    let footer = arrow_ipc::root_as_footer(footer).map_err(|error| error.to_string())?;
    let schema = footer.schema().ok_or_else(|| "the footer has no schema".to_owned())?;
    let schema = try_fb_to_schema(schema).map_err(|error| error.to_string())?;
    let schema = SchemaRef::new(schema);
    let decoder = FileDecoder::new(schema.clone(), footer.version()).with_require_alignment(true);
    let blocks = footer.recordBatches().map(|blocks| blocks.iter().copied().collect());
    Ok((schema, decoder, blocks.unwrap_or_default()))
}

/// Whether every buffer of a message lies within its body: the decoder cuts
/// them out without asking.
fn in_bounds(block: &Block, bytes: &Buffer) -> Option<()> {
    let header = usize::try_from(block.metaDataLength()).ok()?;
    let message = bytes.get(8..header)?;
    let body = bytes.len() - header;
    let message = arrow_ipc::root_as_message(message).ok()?;
    let buffers = message.header_as_record_batch()?.buffers()?;
    let fits = |buffer: &arrow_ipc::Buffer| {
        let start = usize::try_from(buffer.offset()).ok()?;
        let end = start.checked_add(usize::try_from(buffer.length()).ok()?)?;
        (end <= body).then_some(())
    };
    buffers.iter().try_for_each(fits)
}
