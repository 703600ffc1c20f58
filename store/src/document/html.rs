//! Web pages: blocks become lines, tables rows, ordered lists get the numbers
//! that people see. Scripts, styles, menus and forms are left out. The page is
//! read as a stream of tags, so nesting costs a counter and nothing else.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::encoding::Decoded;
use super::rows::Sheet;
use super::{Format, ReadError, Readable};

/// Elements of which nothing is read.
const DROPPED: [&[u8]; 14] = [
    b"script",
    b"style",
    b"noscript",
    b"template",
    b"svg",
    b"iframe",
    b"select",
    b"textarea",
    b"button",
    b"head",
    b"object",
    b"math",
    b"nav",
    b"footer",
];
/// The last of [`DROPPED`] hold words; a page that never closes them is read
/// with them.
const WORDED: [&[u8]; 2] = [b"nav", b"footer"];
/// Elements that run on within a line.
const INLINE: [&[u8]; 28] = [
    b"a", b"abbr", b"acronym", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"del", b"em",
    b"font", b"i", b"img", b"input", b"ins", b"label", b"mark", b"q", b"s", b"small", b"span",
    b"strike", b"strong", b"sub", b"sup", b"u", b"wbr",
];
/// Lists within lists that are numbered.
const LISTS: usize = 64;

/// What people read of a page.
pub(super) fn read(decoded: Decoded) -> Result<Readable, ReadError> {
    let mut notes = decoded.notes;
    let mut page = Page::of(&decoded.text, true);
    if page.text.trim().is_empty() {
        page = Page::of(&decoded.text, false);
    }
    if page.text.trim().is_empty() {
        let problem = "it has tags and no words".to_owned();
        return Err(ReadError::Broken { format: "HTML", problem });
    }
    if page.left_out > 0 {
        notes.push(format!("{} scripts, styles, menus and forms left out", page.left_out));
    }
    let Page { text, tables, .. } = page;
    Ok(Readable { text, format: Format::Html, encoding: decoded.name, notes, tables })
}

struct Page {
    text: String,
    tables: Vec<(usize, usize)>,
    left_out: usize,
}

/// Where the reader is in the page.
struct Reader {
    sheet: Sheet,
    /// The dropped element that is open, and how often.
    dropping: Option<(Vec<u8>, usize)>,
    left_out: usize,
    menus: bool,
    /// `Some(n)` for an ordered list whose last item is `n`.
    lists: Vec<Option<u32>>,
    verbatim: usize,
}

impl Page {
    fn of(html: &str, menus: bool) -> Page {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut reader = Reader {
            sheet: Sheet::default(),
            dropping: None,
            left_out: 0,
            menus,
            lists: Vec::new(),
            verbatim: 0,
        };
        for token in Tokenizer::new_with_emitter(html, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => reader.open(&tag),
                Token::EndTag(tag) => reader.close(&tag.name),
                Token::String(words) => reader.words(&String::from_utf8_lossy(&words)),
                _ => {}
            }
        }
        let left_out = reader.left_out;
        let (text, tables) = reader.sheet.finish();
        Page { text, tables, left_out }
    }
}

impl Reader {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if let Some((dropped, depth)) = &mut self.dropping {
            *depth += usize::from(dropped.as_slice() == name && !tag.self_closing);
            // A page without </head> still has a body.
            if name == b"body" {
                self.dropping = None;
            }
            return;
        }
        let worded = WORDED.contains(&name) && !self.menus;
        if DROPPED.contains(&name) && !worded && !tag.self_closing {
            self.left_out += usize::from(name != b"head");
            self.dropping = Some((name.to_vec(), 1));
            self.sheet.break_line();
            return;
        }
        match name {
            b"table" => self.sheet.open_table(),
            b"tr" => self.sheet.close_row(),
            b"td" | b"th" => self.sheet.open_cell(number(tag, b"colspan"), number(tag, b"rowspan")),
            b"pre" => self.verbatim += 1,
            b"ol" | b"ul" => {
                self.sheet.break_line();
                let first = number(tag, b"start").saturating_sub(1);
                let first = u32::try_from(first).unwrap_or(0);
                if self.lists.len() < LISTS {
                    self.lists.push((name == b"ol").then_some(first));
                }
            }
            b"li" => {
                self.sheet.break_line();
                if let Some(Some(last)) = self.lists.last_mut() {
                    *last = last.saturating_add(1);
                    let shown = format!("{last}. ");
                    self.sheet.push(&shown);
                }
            }
            inline if INLINE.contains(&inline) => {}
            _ => self.sheet.break_line(),
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some((dropped, depth)) = &mut self.dropping {
            if dropped.as_slice() == name {
                *depth -= 1;
                if *depth == 0 {
                    self.dropping = None;
                }
            }
            return;
        }
        match name {
            b"table" => self.sheet.close_table(),
            b"tr" => self.sheet.close_row(),
            b"td" | b"th" => self.sheet.close_cell(),
            b"pre" => self.verbatim = self.verbatim.saturating_sub(1),
            b"ol" | b"ul" => {
                self.sheet.break_line();
                self.lists.pop();
            }
            inline if INLINE.contains(&inline) => {}
            _ => self.sheet.break_line(),
        }
    }

    /// Words, their white space as a browser shows it.
    fn words(&mut self, words: &str) {
        if self.dropping.is_some() {
            return;
        }
        if self.verbatim > 0 {
            self.sheet.push(words);
            return;
        }
        let mut run = String::with_capacity(words.len());
        let mut last = self.sheet.last();
        for symbol in words.chars() {
            let blank = matches!(symbol, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            let symbol = if blank { ' ' } else { symbol };
            if !(blank && matches!(last, None | Some(' ' | '\n'))) {
                run.push(symbol);
                last = Some(symbol);
            }
        }
        self.sheet.push(&run);
    }
}

/// A number in an attribute, at least 1.
fn number(tag: &StartTag<()>, name: &[u8]) -> usize {
    let value = tag.attributes.iter().find(|(key, _)| key.as_slice() == name);
    let digits = value.and_then(|(_, value)| std::str::from_utf8(value.as_slice()).ok());
    digits.and_then(|digits| digits.trim().parse().ok()).unwrap_or(1).max(1)
}
