//! Finds the records of a CSV stream without looking into their cells.
//!
//! RFC 4180 with one addition: a quote that is never closed, or is followed
//! by anything but a comma or a line end, spoils its own line only. Such a
//! line becomes a malformed record and reading goes on with the next line.

use std::io::Read;
use std::path::PathBuf;

use zhida_model::catalogue::types::Encoding;

use super::{
    ReadError,
    block::{Block, Lines as Span, TextBlock},
};

/// Bytes read at a time.
const BLOCK: usize = 4 << 20;

/// A quoted cell longer than this was never meant to be one.
const LONGEST_QUOTED: usize = 1 << 20;

/// The records of one file, block by block.
pub(super) struct Lines {
    path: PathBuf,
    reader: Box<dyn Read + Send>,
    encoding: Encoding,
    width: usize,
    /// Bytes read but not yet cut.
    rest: Vec<u8>,
    ended: bool,
    /// Number of the next record; the header is record 1.
    next: u32,
}

/// Where the record that starts at some byte ends.
enum End {
    /// Exclusive end without the line break, and the start of the next record.
    At(usize, usize),
    /// As `At`, but the quotes are wrong.
    Malformed(usize, usize),
    /// More bytes are needed.
    More,
}

impl Lines {
    pub(super) fn new(path: PathBuf, reader: Box<dyn Read + Send>, encoding: Encoding) -> Lines {
        Lines { path, reader, encoding, width: 0, rest: Vec::new(), ended: false, next: 1 }
    }

    /// The header record, raw.
    pub(super) fn header(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        loop {
            match record_end(&self.rest, 0, self.ended) {
                End::At(end, next) | End::Malformed(end, next) if next > 0 => {
                    let line = self.rest.get(..end).unwrap_or_default().to_vec();
                    self.rest.drain(..next);
                    self.next += 1;
                    return Ok(Some(line));
                }
                _ if self.ended => return Ok(None),
                _ => self.fill()?,
            }
        }
    }

    /// Sets how many cells a record must have.
    pub(super) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    /// The next block of whole records.
    pub(super) fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        loop {
            if self.rest.len() < BLOCK && !self.ended {
                self.fill()?;
            }
            if self.rest.is_empty() && self.ended {
                return Ok(None);
            }
            let (spans, used) = self.cut();
            if used == 0 {
                self.fill()?;
                continue;
            }
            let tail = self.rest.split_off(used);
            let bytes = std::mem::replace(&mut self.rest, tail);
            let block = TextBlock { bytes, spans, width: self.width, encoding: self.encoding };
            return Ok(Some(Block::Text(block)));
        }
    }

    /// The whole records of what has been read, and how many bytes they take.
    fn cut(&mut self) -> (Vec<Span>, usize) {
        let mut spans = Vec::with_capacity(self.rest.len() / 64);
        let mut at = 0;
        while at < self.rest.len() {
            let (end, next, malformed) = match record_end(&self.rest, at, self.ended) {
                End::At(end, next) => (end, next, false),
                End::Malformed(end, next) => (end, next, true),
                End::More => break,
            };
            if end > at {
                let span = (narrow(at), narrow(end));
                spans.push(Span { start: span.0, end: span.1, record: self.next, malformed });
            }
            self.next = self.next.saturating_add(1);
            at = next;
        }
        (spans, at)
    }

    fn fill(&mut self) -> Result<(), ReadError> {
        let before = self.rest.len();
        let mut limited = self.reader.by_ref().take(BLOCK as u64);
        let read = limited.read_to_end(&mut self.rest);
        read.map_err(|source| ReadError::Io { path: self.path.clone(), source })?;
        self.ended = self.rest.len() == before;
        Ok(())
    }
}

/// Blocks stay far below 4 GB: a record that long was cut as malformed.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where the record that starts at `start` ends.
fn record_end(bytes: &[u8], start: usize, ended: bool) -> End {
    let rest = bytes.get(start..).unwrap_or_default();
    let line = match memchr::memchr(b'\n', rest) {
        Some(length) => length,
        None if ended => rest.len(),
        None => return End::More,
    };
    let (end, next) = (start + line, (start + line + 1).min(bytes.len()));
    if memchr::memchr(b'"', rest.get(..line).unwrap_or_default()).is_none() {
        return End::At(without_return(bytes, start, end), next);
    }
    match quoted_end(rest) {
        Some(length) => {
            let next = (start + length + 1).min(bytes.len());
            End::At(without_return(bytes, start, start + length), next)
        }
        None if !ended && rest.len() < LONGEST_QUOTED && still_open(rest) => End::More,
        None => End::Malformed(without_return(bytes, start, end), next),
    }
}

fn without_return(bytes: &[u8], start: usize, end: usize) -> usize {
    if end > start && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}

/// Length of the record at the front, with quoted line breaks; `None` where
/// its quotes are wrong or never close.
fn quoted_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        // At the start of a cell.
        if bytes.get(at) == Some(&b'"') {
            at = after_quoted(bytes, at + 1)?;
            at += usize::from(bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n'));
            match bytes.get(at) {
                None | Some(b'\n') => return Some(at),
                Some(b',') => at += 1,
                Some(_) => return None,
            }
            continue;
        }
        let rest = bytes.get(at..)?;
        match memchr::memchr3(b',', b'\n', b'"', rest) {
            None => return Some(bytes.len()),
            Some(skip) if rest.get(skip) == Some(&b',') => at += skip + 1,
            Some(skip) if rest.get(skip) == Some(&b'\n') => return Some(at + skip),
            Some(_) => return None,
        }
    }
}

/// The byte behind the closing quote of a cell whose text starts at `at`.
fn after_quoted(bytes: &[u8], mut at: usize) -> Option<usize> {
    let limit = at + LONGEST_QUOTED;
    loop {
        let skip = memchr::memchr(b'"', bytes.get(at..)?)?;
        at += skip + 1;
        if at > limit {
            return None;
        }
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether more bytes could still close the quotes: their number is odd.
fn still_open(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'"', bytes).count() % 2 == 1
}
