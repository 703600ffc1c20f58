//! PDF with text in it. Pages hold strings at places; strings at one height
//! become one line, wide gaps a tab, so that the columns of a table stay
//! apart. Scanned pages hold no strings: that is an error of its own.
//!
//! The parser runs in a thread of its own: should it panic on a hostile file,
//! that is an error like any other, and a clock bounds it.

use std::collections::BTreeMap;
use std::sync::Once;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use lopdf::content::Content;
use lopdf::{Document, Encoding, LoadOptions, Object};

use super::{Format, LARGEST_UNPACKED, ReadError, Readable};

mod layout;

use self::layout::Layout;

/// The parser's thread.
const THREAD: &str = "zhida-pdf";
/// Longer reading is given up.
const LONGEST: Duration = Duration::from_secs(60);
/// Room for the parser's recursion, which is bounded but deep.
const STACK: usize = 64 << 20;

/// The text of a PDF.
pub(super) fn read(bytes: &[u8]) -> Result<Readable, ReadError> {
    let broken = |problem: String| ReadError::Broken { format: "PDF", problem };
    quiet();
    let bytes = bytes.to_vec();
    let (sender, receiver) = channel();
    let worker = std::thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK);
    let worker = worker.spawn(move || {
        // Nobody listens any more after the time limit.
        let _ = sender.send(text_of(&bytes));
    });
    worker.map_err(|error| broken(format!("no thread to read it in ({error})")))?;
    match receiver.recv_timeout(LONGEST) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(ReadError::TooSlow { seconds: LONGEST.as_secs() }),
        Err(RecvTimeoutError::Disconnected) => {
            Err(broken("its structure contradicts itself".to_owned()))
        }
    }
}

/// Panics of the parser become errors; they need not be printed as well.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(THREAD) {
                usual(panic);
            }
        }));
    });
}

fn text_of(bytes: &[u8]) -> Result<Readable, ReadError> {
    let broken = |problem: String| ReadError::Broken { format: "PDF", problem };
    let options =
        LoadOptions { max_decompressed_size: Some(LARGEST_UNPACKED), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(translate)?;
    if document.is_encrypted() {
        return Err(ReadError::Encrypted);
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(broken("it has no pages".to_owned()));
    }
    let mut left = LARGEST_UNPACKED;
    let (mut text, mut notes, mut tables) = (String::new(), Vec::new(), Vec::new());
    let mut characters = 0;
    for (&number, &page) in &pages {
        let content = document.get_page_content_with_limit(page, left).map_err(translate)?;
        left = left.saturating_sub(content.len());
        let (words, unread) = match page_text(&document, page, &content, left) {
            Ok(found) => found,
            Err(problem) => {
                notes.push(format!("page {number} could not be read: {problem}"));
                continue;
            }
        };
        if unread > 0 {
            notes.push(format!("page {number}: {unread} strings in fonts without a character map"));
        }
        table_lines(&words, characters, &mut tables);
        characters += words.chars().count();
        text.push_str(&words);
    }
    if text.trim().is_empty() {
        if let Some(note) = notes.into_iter().next() {
            return Err(broken(note));
        }
        return Err(ReadError::NoText { pages: pages.len() });
    }
    Ok(Readable { text, format: Format::Pdf, encoding: "PDF", notes, tables })
}

fn translate(error: lopdf::Error) -> ReadError {
    match error {
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            ReadError::Bomb
        }
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword => ReadError::Encrypted,
        other => ReadError::Broken { format: "PDF", problem: other.to_string() },
    }
}

/// The lines of a page, and how many of its strings nobody can read.
fn page_text(
    document: &Document,
    page: lopdf::ObjectId,
    content: &[u8],
    limit: usize,
) -> Result<(String, usize), String> {
    let fonts = document.get_page_fonts(page).map_err(|error| error.to_string())?;
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| {
            let encoding = font.get_font_encoding_with_limit(document, limit).ok()?;
            Some((name, encoding))
        })
        .collect();
    let content = Content::decode(content).map_err(|error| error.to_string())?;
    let mut layout = Layout::default();
    let mut encoding = None;
    let mut unread = 0;
    for operation in &content.operations {
        let operands = &operation.operands;
        let numbers: Vec<f32> = operands.iter().filter_map(|o| o.as_float().ok()).collect();
        match (operation.operator.as_str(), numbers.as_slice()) {
            ("BT", _) => layout.begin(),
            ("cm", &[a, b, c, d, e, f]) => layout.transform([a, b, c, d, e, f]),
            ("q", _) => layout.save(),
            ("Q", _) => layout.restore(),
            ("Tf", &[size]) => {
                layout.font(size);
                encoding =
                    operands.first().and_then(|o| o.as_name().ok()).and_then(|n| encodings.get(n));
            }
            ("TL", &[leading]) => layout.leading(leading),
            ("Td", &[x, y]) => layout.shift(x, y),
            ("TD", &[x, y]) => {
                layout.leading(-y);
                layout.shift(x, y);
            }
            ("Tm", &[a, b, c, d, e, f]) => layout.place([a, b, c, d, e, f]),
            ("T*", _) => layout.next_line(),
            ("Tj" | "TJ" | "'" | "\"", _) => {
                if matches!(operation.operator.as_str(), "'" | "\"") {
                    layout.next_line();
                }
                for operand in operands {
                    unread += show(&mut layout, encoding, operand, 0);
                }
            }
            _ => {}
        }
    }
    Ok((layout.finish(), unread))
}

/// Shows a string, or the strings of an array; answers how many have no
/// character map.
fn show(
    layout: &mut Layout,
    encoding: Option<&Encoding<'_>>,
    operand: &Object,
    depth: usize,
) -> usize {
    match operand {
        Object::String(bytes, _) => match decode(encoding, bytes) {
            Some(words) => {
                layout.show(&words);
                0
            }
            None => 1,
        },
        Object::Array(parts) if depth == 0 => {
            let mut unread = 0;
            for part in parts {
                match part.as_float() {
                    Ok(by) => layout.kern(by),
                    Err(_) => unread += show(layout, encoding, part, depth + 1),
                }
            }
            unread
        }
        _ => 0,
    }
}

fn decode(encoding: Option<&Encoding<'_>>, bytes: &[u8]) -> Option<String> {
    let encoding = encoding?;
    if let Encoding::SimpleEncoding(name) = encoding {
        // Character maps that PDF names and does not carry.
        if name.starts_with(b"GBK") || name.starts_with(b"GB-") || name.starts_with(b"GBpc") {
            return Some(encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned());
        }
        if name.starts_with(b"UniGB") || name.starts_with(b"UniCNS") {
            return Some(encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned());
        }
        if name.starts_with(b"ETen-B5") || name.starts_with(b"B5pc") {
            return Some(encoding_rs::BIG5.decode_without_bom_handling(bytes).0.into_owned());
        }
    }
    Document::decode_text(encoding, bytes).ok()
}

/// Runs of lines that hold tabs.
fn table_lines(words: &str, before: usize, tables: &mut Vec<(usize, usize)>) {
    let mut at = before;
    let mut open: Option<(usize, usize, usize)> = None;
    for line in words.split_inclusive('\n') {
        let length = line.chars().count();
        if line.trim_end().contains('\t') {
            let (start, _, rows) = open.unwrap_or((at, at, 0));
            open = Some((start, at + line.trim_end().chars().count(), rows + 1));
        } else if let Some((start, end, rows)) = open.take()
            && rows > 1
        {
            tables.push((start, end));
        }
        at += length;
    }
    if let Some((start, end, rows)) = open
        && rows > 1
    {
        tables.push((start, end));
    }
}
