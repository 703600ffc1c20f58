//! A block of records and the cutting of its cells.

use std::hash::Hasher;

use encoding_rs::GB18030;
use rustc_hash::FxHasher;
use zhida_model::catalogue::types::Encoding;

use super::parquet::ArrowBlock;

/// A stretch of the file that any thread can cut into cells.
pub(in crate::build) enum Block {
    /// Records of a text file.
    Text(TextBlock),
    /// Rows of a Parquet file.
    Arrow(ArrowBlock),
}

/// Raw records of a text file.
pub(in crate::build) struct TextBlock {
    pub(super) bytes: Vec<u8>,
    pub(super) spans: Vec<Lines>,
    pub(super) width: usize,
    pub(super) encoding: Encoding,
}

/// One record within its block.
#[derive(Clone, Copy)]
pub(in crate::build) struct Lines {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) record: u32,
    pub(super) malformed: bool,
}

/// A record that cannot be cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::build) enum Broken {
    /// Wrong number of cells, or wrong quotes.
    Shape,
    /// Bytes outside the declared encoding.
    Encoding,
}

/// The wanted cells of a block, column by column.
#[derive(Default)]
pub(in crate::build) struct Batch {
    text: String,
    /// By wanted column, then by row.
    cells: Vec<Vec<(u32, u32)>>,
    /// Number of each row in the file; the header is 1.
    pub records: Vec<u32>,
    /// Hash of each whole row.
    pub hashes: Vec<u64>,
    /// Records that are no rows.
    pub broken: Vec<(u32, Broken)>,
}

impl Batch {
    /// Number of rows.
    pub(in crate::build) fn rows(&self) -> usize {
        self.records.len()
    }

    /// The text of a cell.
    pub(in crate::build) fn cell(&self, column: usize, row: usize) -> &str {
        let span = self.cells.get(column).and_then(|cells| cells.get(row));
        let (start, end) = span.copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// A batch without rows.
    pub(in crate::build) fn empty(columns: usize) -> Batch {
        Batch::with_columns(columns, 0)
    }

    pub(super) fn with_columns(columns: usize, rows: usize) -> Batch {
        Batch {
            cells: (0..columns).map(|_| Vec::with_capacity(rows)).collect(),
            records: Vec::with_capacity(rows),
            hashes: Vec::with_capacity(rows),
            ..Batch::default()
        }
    }

    pub(super) fn set_text(&mut self, text: String) {
        self.text = text;
    }

    pub(super) fn push_cell(&mut self, column: usize, start: usize, end: usize) {
        let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(cells) = self.cells.get_mut(column) {
            cells.push((narrow(start), narrow(end)));
        }
    }
}

impl Block {
    /// Cuts the cells of the wanted columns; `wanted[c]` is the place of file
    /// column `c` among them.
    pub(in crate::build) fn cut(self, wanted: &[Option<usize>], columns: usize) -> Batch {
        match self {
            Block::Text(block) => block.cut(wanted, columns),
            Block::Arrow(block) => block.cut(wanted, columns),
        }
    }
}

impl TextBlock {
    fn cut(self, wanted: &[Option<usize>], columns: usize) -> Batch {
        let width = self.width;
        let mut batch = Batch::with_columns(columns, self.spans.len());
        let (text, spans) = self.decode(&mut batch.broken);
        let mut tail = String::new();
        let mut cells = Vec::with_capacity(width);
        for line in spans {
            let record = text.get(line.start as usize..line.end as usize).unwrap_or_default();
            cells.clear();
            if line.malformed
                || !cut_record(record, &mut cells, &mut tail, text.len(), line.start as usize)
                || cells.len() != width
            {
                batch.broken.push((line.record, Broken::Shape));
                continue;
            }
            for (place, &(start, end)) in wanted.iter().zip(&cells) {
                if let Some(column) = *place {
                    batch.push_cell(column, start, end);
                }
            }
            batch.records.push(line.record);
            batch.hashes.push(hash(record.as_bytes()));
        }
        batch.broken.sort_unstable_by_key(|(record, _)| *record);
        batch.set_text(if tail.is_empty() { text } else { text + &tail });
        batch
    }

    /// The text with its records; what is outside the encoding goes to `broken`.
    fn decode(self, broken: &mut Vec<(u32, Broken)>) -> (String, Vec<Lines>) {
        let ascii = self.encoding == Encoding::Gbk && self.bytes.is_ascii();
        let bytes = match self.encoding {
            Encoding::Gbk if !ascii => self.bytes,
            _ => match String::from_utf8(self.bytes) {
                Ok(text) => return (text, self.spans),
                Err(error) => error.into_bytes(),
            },
        };
        let mut text = String::with_capacity(bytes.len() * 3 / 2);
        let mut spans = Vec::with_capacity(self.spans.len());
        for line in self.spans {
            let raw = bytes.get(line.start as usize..line.end as usize).unwrap_or_default();
            let start = text.len();
            if !append(self.encoding, raw, &mut text) {
                text.truncate(start);
                broken.push((line.record, Broken::Encoding));
                continue;
            }
            let narrow = |at| u32::try_from(at).unwrap_or(u32::MAX);
            spans.push(Lines { start: narrow(start), end: narrow(text.len()), ..line });
        }
        (text, spans)
    }
}

/// Decodes one record; false where its bytes are outside the encoding.
fn append(encoding: Encoding, raw: &[u8], text: &mut String) -> bool {
    match encoding {
        Encoding::Utf8 => match std::str::from_utf8(raw) {
            Ok(record) => text.push_str(record),
            Err(_) => return false,
        },
        Encoding::Gbk => match GB18030.decode_without_bom_handling_and_without_replacement(raw) {
            Some(record) => text.push_str(&record),
            None => return false,
        },
    }
    true
}

/// Spans of the cells of a record that starts at byte `base` of its text.
/// Cells with doubled quotes are written out to `tail`, which will follow
/// byte `length` of the text. False where the quotes are wrong.
fn cut_record(
    record: &str,
    cells: &mut Vec<(usize, usize)>,
    tail: &mut String,
    length: usize,
    base: usize,
) -> bool {
    let bytes = record.as_bytes();
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            let Some((span, next)) = quoted(record, at, tail, length, base) else { return false };
            cells.push(span);
            match bytes.get(next) {
                None => return true,
                Some(b',') => at = next + 1,
                Some(_) => return false,
            }
        } else {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = rest.iter().position(|&byte| byte == b',');
            cells.push((base + at, base + at + end.unwrap_or(rest.len())));
            match end {
                None => return true,
                Some(end) => at += end + 1,
            }
        }
    }
}

/// The span of a quoted cell and the byte behind its closing quote.
fn quoted(
    record: &str,
    at: usize,
    tail: &mut String,
    length: usize,
    base: usize,
) -> Option<((usize, usize), usize)> {
    let bytes = record.as_bytes();
    let mut end = at + 1;
    let mut doubled = false;
    loop {
        end += memchr::memchr(b'"', bytes.get(end..)?)?;
        if bytes.get(end + 1) != Some(&b'"') {
            break;
        }
        doubled = true;
        end += 2;
    }
    if !doubled {
        return Some(((base + at + 1, base + end), end + 1));
    }
    let start = length + tail.len();
    tail.push_str(&record.get(at + 1..end)?.replace("\"\"", "\""));
    Some(((start, length + tail.len()), end + 1))
}

/// A hash that is the same in every run.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
