//! How a document is built: which lines are its own and which belong to the
//! page around it, its title, number, issuer and dates, and how chapters,
//! articles and list items lie within each other.
//!
//! In reading order: [`lines`] cuts, [`marker`] reads what a line begins with,
//! [`page`] finds where the document begins and ends on its page, [`nest`]
//! builds the tree, [`header`] reads what stands above and below the text.
//!
//! Lines are marked, never dropped, and spans point into the original text.
//! Every pass is linear; the depth is bounded by the number of ways to write a
//! marker. What the words of a clause mean is not asked here.

use serde::Serialize;

use super::fold::Folded;
use super::span::Span;

mod day;
mod header;
mod lines;
mod marker;
mod nest;
mod page;
mod words;

pub use self::day::{Day, day};
pub use self::header::{Dated, DayKind, Expiry, Header};
pub(crate) use self::marker::numeral;
pub use self::marker::{Marker, Style, marker};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Nothing but white space.
    Blank,
    /// Navigation, buttons, page numbers, footers: not of the document.
    Junk,
    /// An entry of a table of contents.
    Contents,
    /// The document's title, or a title inside it (a regulation printed
    /// beneath the notice that issues it, an annex).
    Title,
    /// Publication data: document number, date, source, letterhead.
    Metadata,
    /// Whom a notice is addressed to.
    Addressee,
    /// 第…编, 第…章, 第…节.
    Chapter,
    /// Begins with 第…条.
    Article,
    /// Begins with a marker of a list.
    Item,
    /// A row of a table.
    TableRow,
    /// Who signed, and the date below.
    Signature,
    /// 附件… as a line of its own.
    Attachment,
    /// A paragraph.
    Text,
}

/// One line, or the part of a line that one item of a list takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where it stands, without the blanks around it.
    pub span: Span,
    /// What it is.
    pub kind: LineKind,
    /// The marker it begins with.
    pub marker: Option<Span>,
    /// Its words behind the marker.
    pub body: Span,
    /// Index into [`Structure::labels`] of the article it belongs to.
    pub article: Option<u32>,
    /// Index of the line it stands under: the sentence that introduces the
    /// list, the article, the heading.
    pub parent: Option<usize>,
    /// Levels above it.
    pub depth: u8,
    /// It goes on with the sentence of the line before, as in files broken
    /// at a fixed width.
    pub continues: bool,
    /// It is short and closes no sentence: a heading.
    pub heading: bool,
    /// Cells of a table row.
    pub cells: Vec<Span>,
    /// Index of the line that names the columns of a table row.
    pub columns: Option<usize>,
}

impl Line {
    /// Whether it carries words of the document itself.
    #[must_use]
    pub fn is_content(&self) -> bool {
        use LineKind::{Article, Chapter, Item, TableRow, Text};
        matches!(self.kind, Chapter | Article | Item | TableRow | Text)
    }
}

/// A document's lines and what stands in its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Structure {
    /// Title, number, issuer, dates.
    pub header: Header,
    /// All lines in order, blank and junk lines included.
    pub lines: Vec<Line>,
    /// Names of articles as written: 第八条, or 二/(一) where a document has
    /// no articles.
    pub labels: Vec<String>,
    /// Lines `start..end` are the document itself; all content lies there.
    pub body: Span,
}

impl Structure {
    /// Reads how a text is built.
    #[must_use]
    pub fn new(folded: &Folded) -> Structure {
        let chars = folded.chars();
        let raw = lines::cut(chars);
        let page = page::read(chars, &raw);
        let (lines, labels) = nest::nest(chars, &raw, &page);
        let header = header::read(chars, &lines, &page);
        Structure { header, lines, labels, body: page.body }
    }

    /// The label of a line's article.
    #[must_use]
    pub fn label(&self, line: usize) -> Option<&str> {
        let article = self.lines.get(line)?.article?;
        self.labels.get(usize::try_from(article).ok()?).map(String::as_str)
    }

    /// The line in which a character stands; by binary search.
    #[must_use]
    pub fn line_at(&self, character: usize) -> Option<usize> {
        let behind = self.lines.partition_point(|line| line.span.start <= character);
        let at = behind.checked_sub(1)?;
        (character < self.lines.get(at)?.span.end).then_some(at)
    }

    /// The markers from the article or the outermost item down to a line:
    /// 第八条/(二)/1. Empty outside of articles and lists.
    #[must_use]
    pub fn path(&self, chars: &[char], line: usize) -> String {
        let mut markers = Vec::new();
        let mut at = Some(line);
        // A parent always stands before its child, so this ends.
        while let Some(line) = at.and_then(|at| self.lines.get(at)) {
            let named = matches!(line.kind, LineKind::Article | LineKind::Item);
            markers.extend(line.marker.filter(|_| named).map(|marker| marker.text(chars)));
            at = if line.kind == LineKind::Article { None } else { line.parent };
        }
        markers.reverse();
        markers.join("/")
    }
}

/// Reads how a text is built.
#[must_use]
pub fn structure(text: &str) -> Structure {
    Structure::new(&Folded::new(text))
}

#[cfg(test)]
#[path = "tests/structure.rs"]
mod tests;
