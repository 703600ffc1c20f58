//! Documents: bytes in, the text people read out.
//!
//! In reading order: [`encoding`] makes characters of bytes, [`html`],
//! [`docx`] and [`pdf`] take a format apart; plain text and Markdown pass
//! unchanged, so that an offset in the text is an offset in the file.
//!
//! Whatever a file holds, reading it ends: sizes are bounded before anything
//! is unpacked, nesting is a counter and no recursion, and a broken file is an
//! error that says what was seen and what to do. Images are not read (no
//! recognition of scanned pages), nor are old Word files.

use std::path::{Path, PathBuf};

mod docx;
mod encoding;
mod html;
mod pdf;
mod rows;

/// Larger files are refused.
pub const LARGEST_FILE: usize = 100 << 20;
/// What a packed file may unpack to.
pub const LARGEST_UNPACKED: usize = 256 << 20;

/// A format of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Characters and line breaks.
    Text,
    /// Markdown: read as it stands, its marks included.
    Markdown,
    /// A web page.
    Html,
    /// Word, Office Open XML.
    Docx,
    /// PDF with text in it.
    Pdf,
}

impl Format {
    /// The format that a file's name says.
    #[must_use]
    pub fn of(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "text" => Some(Format::Text),
            "md" | "markdown" => Some(Format::Markdown),
            "html" | "htm" | "xhtml" | "shtml" => Some(Format::Html),
            "docx" => Some(Format::Docx),
            "pdf" => Some(Format::Pdf),
            _ => None,
        }
    }
}

/// The text of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Readable {
    /// What people read. Lines end with `\n`; the cells of a table row are
    /// separated by ` | `. Plain text and Markdown are the file's own
    /// characters, without a byte order mark.
    pub text: String,
    /// What the bytes were.
    pub format: Format,
    /// How characters were written: `UTF-8`, `gb18030`, `UTF-16LE`, …
    pub encoding: &'static str,
    /// What was left out or could not be read.
    pub notes: Vec<String>,
    /// Tables, as characters `start..end` of the text.
    pub tables: Vec<(usize, usize)>,
}

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes.
    #[error("it is empty: give a file with text in it")]
    Empty,
    /// Too many bytes.
    #[error("it has {size} bytes, more than the {} that are read: split it", LARGEST_FILE)]
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
    /// It unpacks to too many bytes.
    #[error(
        "it unpacks to more than {} bytes, which no document does: save it anew from the program that made it",
        LARGEST_UNPACKED
    )]
    Bomb,
    /// No format we read.
    #[error("it is no text: {seen}; save it as text, Markdown, HTML, DOCX or PDF")]
    Binary {
        /// What its bytes begin with.
        seen: String,
    },
    /// The format is known, the file is damaged.
    #[error(
        "it cannot be read as {format}: {problem}; open it in the program that made it and save it anew"
    )]
    Broken {
        /// The format.
        format: &'static str,
        /// What was found.
        problem: String,
    },
    /// A file that needs a password.
    #[error("it is encrypted: save it without a password")]
    Encrypted,
    /// Pages without text.
    #[error(
        "no text in it: {pages} pages hold images or drawings only; run a text recognition over it first"
    )]
    NoText {
        /// How many pages were looked at.
        pages: usize,
    },
    /// Reading took too long.
    #[error(
        "reading it took more than {seconds} seconds: print it into a new PDF, or save it as text"
    )]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFileError {
    /// The file system refused.
    #[error("`{}`: {source}: check the name and the rights", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its content is no document.
    #[error("`{}`: {source}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
}

/// Reads a document. What the bytes are counts more than `hint`, which decides
/// between text, Markdown and fragments of HTML.
///
/// # Errors
/// [`ReadError`]; nothing panics, whatever the bytes are.
pub fn read(bytes: &[u8], hint: Option<Format>) -> Result<Readable, ReadError> {
    if bytes.len() > LARGEST_FILE {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Err(ReadError::TooLarge { size });
    }
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if bytes.is_empty() {
        Err(ReadError::Empty)
    } else if head.windows(5).any(|window| window == b"%PDF-") {
        pdf::read(bytes)
    } else if head.starts_with(b"PK\x03\x04") {
        docx::read(bytes)
    } else if let Some(seen) = foreign(head) {
        Err(ReadError::Binary { seen: seen.to_owned() })
    } else if let Some(format @ (Format::Docx | Format::Pdf)) = hint {
        let format = if format == Format::Pdf { "PDF" } else { "DOCX" };
        let problem = format!("it begins with {}", encoding::beginning(bytes));
        Err(ReadError::Broken { format, problem })
    } else {
        let decoded = encoding::decode(bytes)?;
        if decoded.text.trim().is_empty() {
            return Err(ReadError::Empty);
        }
        if hint == Some(Format::Html) || (hint.is_none() && looks_like_html(&decoded.text)) {
            return html::read(decoded);
        }
        Ok(Readable {
            text: decoded.text,
            format: hint.unwrap_or(Format::Text),
            encoding: decoded.name,
            notes: decoded.notes,
            tables: Vec::new(),
        })
    }
}

/// Reads the document in a file.
///
/// # Errors
/// [`ReadFileError`] with the name of the file.
pub fn read_file(path: &Path) -> Result<Readable, ReadFileError> {
    let file = |source| ReadFileError::File { path: path.to_owned(), source };
    let content = |source| ReadFileError::Content { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(file)?.len();
    if usize::try_from(size).map_or(true, |size| size > LARGEST_FILE) {
        return Err(content(ReadError::TooLarge { size }));
    }
    let bytes = std::fs::read(path).map_err(file)?;
    read(&bytes, Format::of(path)).map_err(content)
}

/// Formats that people mistake for ours.
fn foreign(head: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 9] = [
        (b"\xD0\xCF\x11\xE0", "an old Office file (.doc, .xls, .wps)"),
        (b"\x89PNG", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xBC\xAF", "a 7z archive"),
        (b"{\\rtf", "an RTF file"),
        (b"\x7FELF", "a program"),
    ];
    known.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, name)| name)
}

/// Whether a text begins like a web page.
fn looks_like_html(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(512).collect();
    let head = head.to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<html")
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
