//! Files: text with its encoding and quoting, compressed text, Parquet. Rows
//! go out as they come; no table is held in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use encoding_rs::GBK;
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::SynthError;
use super::fault::{Kind, Record};
use super::plan::TablePlan;

/// Rows of a Parquet row group.
const GROUP: usize = 65_536;

/// The form of one table's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Gzip,
    Parquet,
}

impl Form {
    /// Whether rows are lines of text.
    pub(super) fn is_text(self) -> bool {
        self != Form::Parquet
    }

    fn suffix(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Gzip => "csv.gz",
            Form::Parquet => "parquet",
        }
    }
}

/// The records of one table from a stretch of the population.
#[derive(Default)]
pub(super) struct Chunk {
    /// Text already in the encoding of the table.
    pub bytes: Vec<u8>,
    /// Cells for Parquet, row after row.
    pub cells: Vec<String>,
    pub rows: u64,
    /// Row within the chunk, from 0, and what was planted there.
    pub faults: Vec<(u64, super::fault::Planted)>,
}

impl Chunk {
    /// Adds a record.
    pub(super) fn push(&mut self, record: Record, plan: &TablePlan, form: Form) {
        let kind = record.fault.as_ref().map(|fault| fault.kind);
        let cells = record
            .cells
            .into_iter()
            .enumerate()
            .filter(|(column, _)| plan.dropped != Some(*column));
        let mut cells: Vec<String> = cells.map(|(_, cell)| cell).collect();
        if kind == Some(Kind::Malformed) {
            cells.pop();
        }
        if form.is_text() {
            let mut line = String::with_capacity(96);
            write_line(&cells, &mut line);
            encode(&line, plan.gbk, &mut self.bytes);
            if kind == Some(Kind::BadEncoding) {
                // 0xFF begins no character of UTF-8 or GB 18030.
                self.bytes.push(0xFF);
            }
            self.bytes.extend_from_slice(line_end(plan));
        } else {
            self.cells.append(&mut cells);
        }
        if let Some(fault) = record.fault {
            self.faults.push((self.rows, fault));
        }
        self.rows += 1;
    }
}

/// Tables in GBK come from Windows, with its line ends.
fn line_end(plan: &TablePlan) -> &'static [u8] {
    if plan.gbk { b"\r\n" } else { b"\n" }
}

fn encode(text: &str, gbk: bool, out: &mut Vec<u8>) {
    if gbk && !text.is_ascii() {
        out.extend_from_slice(&GBK.encode(text).0);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

fn write_line(cells: &[String], line: &mut String) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
}

/// An open file of a table.
pub(super) struct TableFile {
    path: PathBuf,
    sink: Sink,
    /// Rows written, without the header.
    pub rows: u64,
}

enum Sink {
    Text(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
    Parquet(Box<Columns>),
}

/// Columns gathered until they make a row group.
struct Columns {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    builders: Vec<StringBuilder>,
    held: usize,
}

impl TableFile {
    /// Creates the file with its header.
    pub(super) fn create(
        dir: &Path,
        plan: &TablePlan,
        form: Form,
    ) -> Result<TableFile, SynthError> {
        let path = dir.join(format!("{}.{}", plan.name, form.suffix()));
        let file = File::create(&path)
            .map_err(|source| SynthError::Write { path: path.clone(), source })?;
        let kept =
            plan.columns.iter().enumerate().filter(|(column, _)| plan.dropped != Some(*column));
        let names: Vec<String> = kept.map(|(_, name)| name.clone()).collect();
        let sink = match form {
            Form::Csv => Sink::Text(BufWriter::new(file)),
            Form::Gzip => {
                Sink::Gzip(Box::new(GzEncoder::new(BufWriter::new(file), Compression::default())))
            }
            Form::Parquet => Sink::Parquet(Box::new(Columns::new(file, &names, &path)?)),
        };
        let mut table = TableFile { path, sink, rows: 0 };
        if form.is_text() {
            let (mut line, mut bytes) = (String::new(), Vec::new());
            // Some exports begin with a byte order mark.
            if !plan.gbk && plan.hash.is_multiple_of(4) {
                bytes.extend_from_slice("\u{feff}".as_bytes());
            }
            write_line(&names, &mut line);
            encode(&line, plan.gbk, &mut bytes);
            bytes.extend_from_slice(line_end(plan));
            table.bytes(&bytes)?;
        }
        Ok(table)
    }

    /// Appends a chunk.
    pub(super) fn append(&mut self, chunk: &Chunk) -> Result<(), SynthError> {
        self.rows += chunk.rows;
        if let Sink::Parquet(columns) = &mut self.sink {
            return columns
                .append(&chunk.cells)
                .map_err(|problem| SynthError::Parquet { path: self.path.clone(), problem });
        }
        self.bytes(&chunk.bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), SynthError> {
        let written = match &mut self.sink {
            Sink::Text(file) => file.write_all(bytes),
            Sink::Gzip(file) => file.write_all(bytes),
            Sink::Parquet(_) => Ok(()),
        };
        written.map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    /// Writes what is left and closes the file.
    pub(super) fn close(self) -> Result<(), SynthError> {
        let path = self.path;
        let io = |source| SynthError::Write { path: path.clone(), source };
        match self.sink {
            Sink::Text(mut file) => file.flush().map_err(io),
            Sink::Gzip(file) => file.finish().and_then(|mut file| file.flush()).map_err(io),
            Sink::Parquet(columns) => columns
                .close()
                .map_err(|problem| SynthError::Parquet { path: path.clone(), problem }),
        }
    }
}

impl Columns {
    fn new(file: File, names: &[String], path: &Path) -> Result<Columns, SynthError> {
        let fields: Vec<Field> =
            names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let properties =
            WriterProperties::builder().set_compression(Codec::ZSTD(ZstdLevel::default())).build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        let writer = writer.map_err(|error| SynthError::Parquet {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
        let builders = names.iter().map(|_| StringBuilder::new()).collect();
        Ok(Columns { writer, schema, builders, held: 0 })
    }

    fn append(&mut self, cells: &[String]) -> Result<(), String> {
        for row in cells.chunks_exact(self.builders.len().max(1)) {
            for (builder, cell) in self.builders.iter_mut().zip(row) {
                builder.append_option((!cell.is_empty()).then_some(cell));
            }
            self.held += 1;
            if self.held == GROUP {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), String> {
        let arrays: Vec<ArrayRef> = self
            .builders
            .iter_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef)
            .collect();
        self.held = 0;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .map_err(|error| error.to_string())?;
        self.writer
            .write(&batch)
            .and_then(|()| self.writer.flush())
            .map_err(|error| error.to_string())
    }

    fn close(mut self) -> Result<(), String> {
        if self.held > 0 {
            self.flush()?;
        }
        self.writer.close().map(|_| ()).map_err(|error| error.to_string())
    }
}
