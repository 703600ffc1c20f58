//! Builds the tree: which line stands under which. A document's levels follow
//! the order of [`Style`]; at most one list of each style is open at a time,
//! so that the depth is bounded however a text is nested.

use super::Line;
use super::LineKind;
use super::lines::Raw;
use super::marker::{Marker, Style};
use super::page::Page;
use super::words::closes;
use crate::text::span::{Span, has_any};

/// An open list or chapter.
struct Level {
    style: Style,
    number: u32,
    /// Its latest line.
    line: usize,
    /// What the whole list stands under.
    under: Option<usize>,
}

/// Lines as far as they are known.
struct Nest<'a> {
    chars: &'a [char],
    lines: Vec<Line>,
    labels: Vec<String>,
    levels: Vec<Level>,
    article: Option<u32>,
    /// The number of the last article, through all chapters.
    counted: u32,
    /// The last line that carries words of the document.
    previous: Option<usize>,
    /// The first row of the table that runs.
    columns: Option<usize>,
}

/// All lines with their parents, and the labels of articles.
pub(super) fn nest(chars: &[char], raw: &[Raw], page: &Page) -> (Vec<Line>, Vec<String>) {
    let mut nest = Nest {
        chars,
        lines: Vec::with_capacity(raw.len()),
        labels: Vec::new(),
        levels: Vec::new(),
        article: None,
        counted: 0,
        previous: None,
        columns: None,
    };
    for (at, line) in raw.iter().enumerate() {
        nest.push(line, page.kinds.get(at).copied().flatten());
    }
    (nest.lines, nest.labels)
}

impl Nest<'_> {
    fn push(&mut self, raw: &Raw, kind: Option<LineKind>) {
        let at = self.lines.len();
        let cells = if kind.is_none() { cells(self.chars, raw.span) } else { Vec::new() };
        let marker = raw.marker.filter(|marker| self.counts(marker));
        let kind = match (kind, marker) {
            (Some(kind), _) => kind,
            (None, _) if !cells.is_empty() => LineKind::TableRow,
            (None, Some(marker)) => match marker.style {
                Style::Part | Style::Chapter | Style::Section => LineKind::Chapter,
                Style::Article => LineKind::Article,
                _ => LineKind::Item,
            },
            (None, None) => LineKind::Text,
        };
        let marked = matches!(kind, LineKind::Chapter | LineKind::Article | LineKind::Item);
        let marker = marker.filter(|_| marked);
        // A marker with nothing behind it has an empty body at its end.
        let body = marker
            .map_or(raw.span, |marker| Span::new(marker.body.min(raw.span.end), raw.span.end));
        let mut line = Line {
            span: raw.span,
            kind,
            marker: marker.map(|marker| marker.span),
            body,
            article: None,
            parent: None,
            depth: 0,
            continues: false,
            heading: kind == LineKind::Chapter || is_heading(self.chars, raw.span),
            cells,
            columns: None,
        };
        match (kind, marker) {
            (LineKind::Title | LineKind::Attachment, _) => self.reset(),
            (_, Some(marker)) => {
                line.parent = self.open(&marker, at);
                self.name(&marker, at);
            }
            (LineKind::TableRow, _) => {
                line.columns = self.columns;
                line.parent = self.columns.map_or_else(
                    || self.under_text(),
                    |row| self.lines.get(row).and_then(|line| line.parent),
                );
            }
            (LineKind::Text, _) => {
                line.continues = self.goes_on(raw);
                line.parent = if line.continues { self.sentence() } else { self.under_text() };
            }
            _ => {}
        }
        if kind == LineKind::TableRow {
            self.columns = self.columns.or(Some(at));
        } else if kind != LineKind::Blank {
            self.columns = None;
        }
        self.finish(line, at);
    }

    fn finish(&mut self, mut line: Line, at: usize) {
        if let Some(parent) = line.parent.and_then(|parent| self.lines.get(parent)) {
            line.depth = parent.depth.saturating_add(1);
        }
        if line.is_content() {
            line.article = self.article.filter(|_| line.kind != LineKind::Chapter);
            if line.continues
                && let Some(previous) = self.previous.and_then(|at| self.lines.get_mut(at))
            {
                previous.heading = false;
            }
            self.previous = Some(at);
        }
        self.lines.push(line);
    }

    /// A new document on the page: nothing above holds any longer.
    fn reset(&mut self) {
        self.levels.clear();
        (self.article, self.counted) = (None, 0);
        self.previous = None;
    }

    /// Whether a marker is one, seen the lines above: an article out of order
    /// that runs on without a blank is a reference to it.
    fn counts(&self, marker: &Marker) -> bool {
        if marker.style != Style::Article || marker.body > marker.span.end {
            return true;
        }
        let next = self.chars.get(marker.span.end);
        let apart = next.is_none_or(|symbol| matches!(symbol, '\n' | '[' | '('));
        let ahead = marker.number.saturating_sub(self.counted);
        apart || marker.number == 1 || (1..=3).contains(&ahead)
    }

    /// Opens or continues a list; answers what its line stands under.
    fn open(&mut self, marker: &Marker, at: usize) -> Option<usize> {
        let place = self.levels.iter().position(|level| level.style == marker.style);
        if let Some(place) = place {
            let heads = marker.style <= Style::Article;
            let level = self.levels.get_mut(place)?;
            if heads || marker.number > level.number || marker.number == 0 {
                (level.number, level.line) = (marker.number, at);
                let under = level.under;
                self.levels.truncate(place + 1);
                return under;
            }
            self.levels.truncate(place);
        } else {
            let colon = self.previous.is_some_and(|at| self.ends_with(at, ':'));
            let nested = marker.number == 1 && colon && marker.style > Style::Article;
            while !nested && self.levels.last().is_some_and(|level| level.style > marker.style) {
                self.levels.pop();
            }
        }
        let outer = self.levels.last().map(|level| level.line);
        let under = if marker.style <= Style::Article { outer } else { self.intro().or(outer) };
        self.levels.push(Level { style: marker.style, number: marker.number, line: at, under });
        under
    }

    /// The paragraph that introduces a list that begins here.
    fn intro(&self) -> Option<usize> {
        let at = self.previous?;
        let line = self.lines.get(at)?;
        let words = line.span.of(self.chars);
        let tail = words.get(words.len().saturating_sub(40)..).unwrap_or_default();
        let says = self.ends_with(at, ':') || has_any(tail, &["下列", "以下", "如下"]);
        let plain = line.kind == LineKind::Text && !line.continues;
        match (plain && says, line.continues && says) {
            (true, _) => Some(at),
            (_, true) => self.sentence(),
            _ => None,
        }
    }

    /// The line in which the sentence that runs here began.
    fn sentence(&self) -> Option<usize> {
        let at = self.previous?;
        let line = self.lines.get(at)?;
        if line.continues { line.parent } else { Some(at) }
    }

    /// What a paragraph stands under.
    fn under_text(&self) -> Option<usize> {
        let article = self.levels.iter().rposition(|level| level.style == Style::Article);
        let open = self.previous.is_some_and(|at| {
            !self.ends_with(at, '。') && !self.ends_with(at, ';') && !self.ends_with(at, '!')
        });
        for (place, level) in self.levels.iter().enumerate().rev() {
            let line = self.lines.get(level.line)?;
            let short = line.heading || line.body.is_empty();
            let listed = level.under.is_some_and(|under| self.ends_with(under, ':'));
            let inner = article.is_some_and(|article| place > article);
            if short
                || Some(place) == article
                || !(inner || listed)
                || (open && line.depth > 0 && !inner)
            {
                return Some(level.line);
            }
        }
        None
    }

    fn ends_with(&self, line: usize, symbol: char) -> bool {
        let line = self.lines.get(line);
        line.is_some_and(|line| line.span.of(self.chars).last() == Some(&symbol))
    }

    /// Whether a paragraph goes on with the sentence above it.
    fn goes_on(&self, raw: &Raw) -> bool {
        let Some(previous) = self.previous.filter(|_| !raw.indented && raw.first) else {
            return false;
        };
        // Only blank and junk lines (page numbers) may lie between.
        let between = self.lines.iter().skip(previous + 1);
        let near = between.clone().count() <= 3
            && between.clone().all(|line| matches!(line.kind, LineKind::Junk))
            && self.lines.len() > previous;
        let Some(line) = self.lines.get(previous).filter(|_| near) else { return false };
        let words = line.span.of(self.chars);
        let inner = words.iter().any(|&symbol| matches!(symbol, ',' | ';' | '。'));
        let long = words.len() >= 25 || (words.len() >= 18 && inner);
        let open = words.last().is_some_and(|&symbol| {
            !(closes(symbol) || matches!(symbol, ')' | '"' | '》')) || matches!(symbol, ',' | '、')
        });
        let next = raw.span.of(self.chars);
        let labelled = next.iter().take(8).any(|&symbol| symbol == ':');
        let open = open && !labelled && next.first() != Some(&'(');
        let kind = matches!(line.kind, LineKind::Text | LineKind::Article | LineKind::Item);
        kind && long && open
    }

    /// Names the article that a marker opens.
    fn name(&mut self, marker: &Marker, at: usize) {
        let label = if marker.style == Style::Article {
            self.counted = marker.number;
            marker.span.of(self.chars).iter().filter(|symbol| !symbol.is_whitespace()).collect()
        } else if marker.style < Style::Article {
            self.article = None;
            return;
        } else {
            if self.levels.iter().any(|level| level.style == Style::Article) {
                return;
            }
            let items = self.levels.iter().filter(|level| level.style > Style::Article);
            if items.clone().count() > 2 {
                return;
            }
            let markers = items.filter_map(|level| {
                if level.line == at {
                    return Some(marker.span);
                }
                self.lines.get(level.line)?.marker
            });
            let markers: Vec<String> = markers.map(|span| span.text(self.chars)).collect();
            markers.join("/")
        };
        self.article = u32::try_from(self.labels.len()).ok();
        self.labels.push(label);
    }
}

/// Whether a line is short and closes no sentence.
fn is_heading(chars: &[char], span: Span) -> bool {
    let words = span.of(chars);
    words.len() <= 40
        && words.last().is_some_and(|&symbol| !closes(symbol))
        && !words.iter().any(|&symbol| matches!(symbol, '。' | ';'))
}

/// The cells of a table row: separated by `|` or tabs, at least two.
fn cells(chars: &[char], span: Span) -> Vec<Span> {
    let words = span.of(chars);
    let bar = words.contains(&'|');
    if !bar && !words.contains(&'\t') {
        return Vec::new();
    }
    let edge = |symbol: char| if bar { symbol == '|' } else { symbol == '\t' };
    let mut cells = Vec::new();
    let mut start = span.start;
    for (at, &symbol) in (span.start..).zip(words) {
        if edge(symbol) {
            cells.push(Span::new(start, at).trim(chars));
            start = at + 1;
        }
    }
    cells.push(Span::new(start, span.end).trim(chars));
    if bar && words.first() == Some(&'|') {
        cells.remove(0);
    }
    if bar && words.last() == Some(&'|') {
        cells.pop();
    }
    if cells.len() < 2 { Vec::new() } else { cells }
}
