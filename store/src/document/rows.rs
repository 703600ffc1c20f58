//! Lines and table rows as they come out of a format with markup. Cells that
//! are short become one line, separated by ` | `; a table that only lays a
//! page out falls apart into its paragraphs.

/// Deeper tables are read as paragraphs.
const DEEPEST: usize = 16;
/// Columns a row may have, spans counted.
const WIDEST: usize = 256;
/// A cell with more characters lays out a page.
const LONGEST_CELL: usize = 2000;

/// A text that grows line by line.
#[derive(Default)]
pub(super) struct Sheet {
    text: String,
    tables: Vec<Table>,
    spans: Vec<(usize, usize)>,
    /// Tables beyond [`DEEPEST`].
    ignored: usize,
}

/// An open table.
#[derive(Default)]
struct Table {
    /// Byte where its text begins.
    start: usize,
    rows: usize,
    cells: Vec<String>,
    open: Option<String>,
    /// Rows each column is still covered by a cell from above.
    covered: Vec<usize>,
    nested: bool,
}

impl Sheet {
    /// Appends characters to the running line.
    pub(super) fn push(&mut self, words: &str) {
        self.current().push_str(words);
    }

    /// What the running line ends with.
    pub(super) fn last(&mut self) -> Option<char> {
        self.current().chars().next_back()
    }

    /// Ends the running line, unless it is empty.
    pub(super) fn break_line(&mut self) {
        let current = self.current();
        while current.ends_with(' ') {
            current.pop();
        }
        if !current.is_empty() && !current.ends_with('\n') {
            current.push('\n');
        }
    }

    /// Begins a table.
    pub(super) fn open_table(&mut self) {
        if self.tables.len() >= DEEPEST {
            self.ignored += 1;
            return;
        }
        self.break_line();
        if let Some(table) = self.tables.last_mut() {
            table.nested = true;
        }
        let start = self.text.len();
        self.tables.push(Table { start, ..Table::default() });
    }

    /// Ends the innermost table.
    pub(super) fn close_table(&mut self) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        self.close_row();
        let Some(table) = self.tables.pop() else { return };
        if self.tables.is_empty() && table.rows > 0 && !table.nested {
            self.spans.push((table.start, self.text.trim_end().len().max(table.start)));
        }
    }

    /// Begins a cell.
    pub(super) fn open_cell(&mut self, columns: usize, rows: usize) {
        self.close_cell();
        if self.ignored > 0 {
            return;
        }
        let Some(table) = self.tables.last_mut() else { return };
        while table.cells.len() < WIDEST
            && table.covered.get(table.cells.len()).is_some_and(|&left| left > 0)
        {
            table.cells.push(String::new());
        }
        let at = table.cells.len();
        for column in at..(at + columns.clamp(1, 64)).min(WIDEST) {
            if table.covered.len() <= column {
                table.covered.resize(column + 1, 0);
            }
            table.covered[column] = rows.clamp(1, 1000);
        }
        for _ in 1..columns.clamp(1, 64) {
            table.cells.push(String::new());
        }
        table.open = Some(String::new());
    }

    /// Ends a cell. Its words stand in its first column.
    pub(super) fn close_cell(&mut self) {
        if self.ignored > 0 {
            self.break_line();
            return;
        }
        let Some(table) = self.tables.last_mut() else { return };
        if let Some(cell) = table.open.take()
            && table.cells.len() < WIDEST
        {
            table.cells.push(cell);
        }
    }

    /// Ends a row and writes it.
    pub(super) fn close_row(&mut self) {
        if self.ignored > 0 {
            return;
        }
        self.close_cell();
        let Some(table) = self.tables.last_mut() else { return };
        let mut cells = std::mem::take(&mut table.cells);
        for left in &mut table.covered {
            *left = left.saturating_sub(1);
        }
        cells.iter_mut().for_each(|cell| cell.truncate(cell.trim_end().len()));
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        if filled == 0 {
            return;
        }
        let long = cells.iter().any(|cell| cell.chars().nth(LONGEST_CELL).is_some());
        let data = !long && !table.nested && (filled > 1 || cells.len() > 1);
        table.rows += usize::from(data);
        let row = if data {
            let flat =
                cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "));
            flat.collect::<Vec<_>>().join(" | ")
        } else {
            let filled =
                cells.iter().map(|cell| cell.trim_matches('\n')).filter(|cell| !cell.is_empty());
            filled.collect::<Vec<_>>().join("\n")
        };
        let depth = self.tables.len();
        let under = depth.checked_sub(2).and_then(|at| self.tables.get_mut(at));
        let sheet = match under.and_then(|table| table.open.as_mut()) {
            Some(cell) => cell,
            None => &mut self.text,
        };
        sheet.push_str(row.trim_start_matches([' ', '|']));
        sheet.push('\n');
    }

    /// The text, and its tables in characters.
    pub(super) fn finish(mut self) -> (String, Vec<(usize, usize)>) {
        while !self.tables.is_empty() {
            self.ignored = 0;
            self.close_table();
        }
        let (mut characters, mut byte) = (0, 0);
        let mut to_characters = |upto: usize| {
            characters += self.text.get(byte..upto).map_or(0, |part| part.chars().count());
            byte = upto;
            characters
        };
        let spans =
            self.spans.iter().map(|&(start, end)| (to_characters(start), to_characters(end)));
        let spans = spans.collect();
        (self.text, spans)
    }

    fn current(&mut self) -> &mut String {
        match self.tables.last_mut().and_then(|table| table.open.as_mut()) {
            Some(cell) => cell,
            None => &mut self.text,
        }
    }
}
