//! Word files (Office Open XML): paragraphs become lines, with the numbers
//! Word shows before them; tables become rows. Headers, footers, comments,
//! footnotes and deleted words are left out.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::rows::Sheet;
use super::{Format, LARGEST_UNPACKED, ReadError, Readable};

mod numbering;

use self::numbering::Numbering;

/// Elements of which nothing is read.
const DROPPED: [&[u8]; 5] = [b"Fallback", b"del", b"moveFrom", b"instrText", b"txbxContent"];

/// The text of a Word file.
pub(super) fn read(bytes: &[u8]) -> Result<Readable, ReadError> {
    let broken = |problem: String| ReadError::Broken { format: "DOCX", problem };
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| broken(format!("the archive is damaged ({error})")))?;
    let Some(document) = part(&mut archive, "word/document.xml")? else {
        let names: Vec<String> =
            archive.file_names().flatten().take(3).map(|name| name.into_owned()).collect();
        let seen =
            format!("an archive without `word/document.xml` (it holds {})", names.join(", "));
        return Err(ReadError::Binary { seen });
    };
    let mut notes = Vec::new();
    let numbering = match part(&mut archive, "word/numbering.xml")? {
        Some(xml) => Numbering::read(&xml).unwrap_or_else(|problem| {
            notes.push(format!("numbers of paragraphs are not shown: {problem}"));
            Numbering::default()
        }),
        None => Numbering::default(),
    };
    let mut body = Body { numbering, ..Body::default() };
    body.read(&document).map_err(broken)?;
    if body.images > 0 {
        notes.push(format!("{} images left out", body.images));
    }
    let (text, tables) = body.sheet.finish();
    if text.trim().is_empty() {
        return Err(ReadError::NoText { pages: 1 });
    }
    Ok(Readable { text, format: Format::Docx, encoding: "UTF-8", notes, tables })
}

/// A file of the archive as text; `None` if it is not there.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, ReadError> {
    let broken = |problem: String| ReadError::Broken { format: "DOCX", problem };
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(broken(format!("`{name}` is damaged ({error})"))),
    };
    let most = u64::try_from(LARGEST_UNPACKED).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| broken(format!("`{name}` is damaged ({error})")))?;
    if bytes.len() > LARGEST_UNPACKED {
        return Err(ReadError::Bomb);
    }
    let text = match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
        None => String::from_utf8(bytes).map_err(|_| broken(format!("`{name}` is no UTF-8")))?,
    };
    Ok(Some(text))
}

/// The body of a document while it is read.
#[derive(Default)]
struct Body {
    sheet: Sheet,
    numbering: Numbering,
    /// Open dropped elements.
    dropping: usize,
    /// Inside `w:t`.
    words: bool,
    /// Inside `w:tcPr`, `w:pPr`.
    cell: Cell,
    list: Option<(u32, usize)>,
    begun: bool,
    images: usize,
}

/// What a cell says of its size before its words begin.
#[derive(Default)]
struct Cell {
    pending: bool,
    columns: usize,
    goes_on: bool,
}

impl Body {
    fn read(&mut self, xml: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        loop {
            let place = reader.buffer_position();
            match reader.read_event() {
                Ok(Event::Start(tag)) => self.open(&tag, false),
                Ok(Event::Empty(tag)) => self.open(&tag, true),
                Ok(Event::End(tag)) => self.close(tag.local_name().into_inner().as_bytes()),
                Ok(Event::Text(text)) if self.words => self.push(&text.xml10_content()),
                Ok(Event::CData(text)) if self.words => self.push(&text.xml10_content()),
                Ok(Event::GeneralRef(name)) if self.words => {
                    let symbol = match name.resolve_char_ref() {
                        Ok(Some(symbol)) => Some(symbol),
                        _ => match &*name.xml10_content() {
                            "amp" => Some('&'),
                            "lt" => Some('<'),
                            "gt" => Some('>'),
                            "quot" => Some('"'),
                            "apos" => Some('\''),
                            _ => Some('\u{fffd}'),
                        },
                    };
                    self.push(symbol.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]));
                }
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(format!("at byte {place} of its text: {error}")),
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) {
        let name = tag.local_name();
        let name = name.into_inner().as_bytes();
        if DROPPED.contains(&name) {
            self.dropping += usize::from(!empty);
            return;
        }
        if self.dropping > 0 {
            return;
        }
        match name {
            b"tbl" => {
                self.begin_cell();
                self.sheet.open_table();
            }
            b"tr" => self.sheet.close_row(),
            b"tc" => self.cell = Cell { pending: true, columns: 1, goes_on: false },
            b"gridSpan" => self.cell.columns = value(tag, "val").parse().unwrap_or(1),
            b"vMerge" => self.cell.goes_on = value(tag, "val") != "restart",
            b"p" => {
                self.begin_cell();
                self.sheet.break_line();
                (self.list, self.begun) = (None, false);
            }
            b"numId" => {
                let level = self.list.map_or(0, |(_, level)| level);
                self.list = value(tag, "val").parse().ok().map(|id| (id, level));
            }
            b"ilvl" => {
                let level = value(tag, "val").parse().unwrap_or(0);
                self.list = Some((self.list.map_or(0, |(id, _)| id), level));
            }
            b"t" => self.words = !empty,
            b"tab" if !empty || tag.attributes_raw().trim().is_empty() => self.push(" "),
            b"br" | b"cr" if self.begun => self.push("\n"),
            b"noBreakHyphen" => self.push("-"),
            b"drawing" | b"pict" => self.images += 1,
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if DROPPED.contains(&name) {
            self.dropping = self.dropping.saturating_sub(1);
            return;
        }
        match name {
            b"t" => self.words = false,
            b"p" if self.dropping == 0 => self.sheet.break_line(),
            b"tc" => {
                self.begin_cell();
                self.sheet.close_cell();
            }
            b"tr" => self.sheet.close_row(),
            b"tbl" => self.sheet.close_table(),
            _ => {}
        }
    }

    /// A cell begins with its first paragraph, once its size is known.
    fn begin_cell(&mut self) {
        if std::mem::take(&mut self.cell.pending) {
            self.sheet.open_cell(self.cell.columns, 1);
        }
    }

    fn push(&mut self, words: &str) {
        if self.dropping > 0 {
            return;
        }
        if !self.begun {
            self.begun = true;
            if let Some((id, level)) = self.list.take() {
                let shown = self.numbering.next(id, level);
                self.sheet.push(&shown);
            }
        }
        self.sheet.push(words);
    }
}

/// The value of an attribute, whatever its prefix.
fn value<'a>(tag: &'a BytesStart<'_>, name: &str) -> std::borrow::Cow<'a, str> {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().into_inner() == name);
    found.map(|attribute| attribute.value).unwrap_or_default()
}
