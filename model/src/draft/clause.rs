//! Cuts a document into clauses and says which list each stands in. A list is
//! introduced by the line above it (符合下列条件之一的：) or inside a line
//! behind a colon.

use crate::text::{
    extract::Logic,
    span::{Span, ends, find, has_any},
    structure::{Line, LineKind},
};

use super::Document;

/// Words between full stops, semicolons and line ends, without their marker
/// and the punctuation behind them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause {
    /// Where it stands.
    pub(super) span: Span,
    /// The line it stands in.
    pub(super) line: usize,
    /// The list it is an item of.
    pub(super) list: Option<usize>,
    /// The list it introduces.
    pub(super) opens: Option<usize>,
    /// Whether it is a short line that closes no sentence.
    pub(super) heading: bool,
}

/// A list of clauses.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    /// The clause that introduces it.
    pub(super) intro: Span,
    /// How its items join; `None` where the words do not say.
    pub(super) logic: Option<Logic>,
    /// The list its introduction is an item of.
    pub(super) above: Option<usize>,
}

/// Every clause of a document.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    /// In the order of the text.
    pub(super) all: Vec<Clause>,
    /// In the order of their introductions.
    pub(super) lists: Vec<List>,
}

impl Clauses {
    /// Cuts a document.
    pub(super) fn read(document: &Document<'_>) -> Clauses {
        let lines = &document.structure.lines;
        let mut parents = vec![false; lines.len()];
        for parent in lines.iter().filter_map(|line| line.parent) {
            if let Some(known) = parents.get_mut(parent) {
                *known = true;
            }
        }
        let mut clauses = Clauses::default();
        let mut opened: Vec<Option<usize>> = vec![None; lines.len()];
        for (at, line) in lines.iter().enumerate() {
            if !line.is_content() || line.kind == LineKind::Chapter {
                continue;
            }
            let list = line.parent.and_then(|parent| opened.get(parent).copied().flatten());
            let first = clauses.all.len();
            clauses.line(document, at, line, list);
            let Some(last) = clauses.all.len().checked_sub(1).filter(|&last| last >= first) else {
                continue;
            };
            if parents.get(at) == Some(&true) && clauses.all[last].opens.is_none() {
                let list = clauses.open(document, last);
                opened[at] = list;
            }
        }
        clauses
    }

    /// The clauses of one line.
    fn line(&mut self, document: &Document<'_>, at: usize, line: &Line, list: Option<usize>) {
        let chars = document.chars;
        let (mut start, mut depth, mut list) = (line.body.start, 0_usize, list);
        let heading = line.heading;
        for position in line.body.start..line.body.end {
            match chars.get(position) {
                Some('《' | '(') => depth += 1,
                Some('》' | ')') => depth = depth.saturating_sub(1),
                Some('。' | ';' | '!' | '?') if depth == 0 => {
                    self.push(chars, Span::new(start, position), at, list, heading);
                    start = position + 1;
                }
                Some(':') if depth == 0 && position + 1 < line.body.end => {
                    let intro = Span::new(start, position);
                    if introduces(intro.of(chars)) {
                        self.push(chars, intro, at, list, heading);
                        list = self
                            .all
                            .len()
                            .checked_sub(1)
                            .and_then(|last| self.open(document, last))
                            .or(list);
                        start = position + 1;
                    }
                }
                _ => {}
            }
        }
        self.push(chars, Span::new(start, line.body.end), at, list, heading);
    }

    fn push(
        &mut self,
        chars: &[char],
        span: Span,
        line: usize,
        list: Option<usize>,
        heading: bool,
    ) {
        let mut span = span.trim(chars);
        while span.of(chars).last().is_some_and(|c| matches!(c, ':' | ',' | '、' | '。' | ';')) {
            span = Span::new(span.start, span.end - 1).trim(chars);
        }
        if !span.is_empty() {
            self.all.push(Clause { span, line, list, opens: None, heading });
        }
    }

    /// Makes a clause the introduction of a list, if its words can be one.
    fn open(&mut self, document: &Document<'_>, clause: usize) -> Option<usize> {
        let known = self.all.get_mut(clause)?;
        let words = known.span.of(document.chars);
        let colon = document.chars.get(known.span.end) == Some(&':');
        if !introduces(words) && !colon {
            return None;
        }
        let list = self.lists.len();
        self.lists.push(List { intro: known.span, logic: logic(words), above: known.list });
        known.opens = Some(list);
        Some(list)
    }
}

/// Whether the words announce what follows.
fn introduces(words: &[char]) -> bool {
    has_any(words, &["下列", "以下", "如下", "之一", "之一的"])
        || ends(words, "包括")
        || ends(words, "条件")
}

/// How the items of a list join, told by its introduction.
fn logic(words: &[char]) -> Option<Logic> {
    if let Some(count) = at_least(words) {
        return Some(Logic::AtLeast(count));
    }
    if has_any(words, &["之一", "任一", "任意一", "其中一项", "其一", "一项以上"])
    {
        return Some(Logic::Any);
    }
    if has_any(
        words,
        &["下列人员", "以下人员", "下列对象", "以下对象", "以下情形", "下列情形", "下列群体"],
    ) {
        return Some(Logic::Any);
    }
    has_any(words, &["同时", "条件", "要求", "均", "全部", "符合", "具备", "满足"])
        .then_some(Logic::All)
}

/// 满足以下两项以上: how many are needed.
fn at_least(words: &[char]) -> Option<u32> {
    let leads = ["其中", "以下", "下列", "任意", "至少"];
    let (at, lead) = leads.iter().find_map(|lead| find(words, lead).map(|at| (at, lead)))?;
    let rest = words.get(at + lead.chars().count()..)?;
    let position = rest.iter().take(6).position(|c| digit(*c).is_some())?;
    let count = digit(*rest.get(position)?)?;
    let unit = rest.get(position + 1)?;
    (count > 1 && matches!(unit, '项' | '个' | '条')).then_some(count)
}

fn digit(symbol: char) -> Option<u32> {
    let digits = "零一二三四五六七八九";
    let chinese = digits.chars().position(|c| c == symbol).and_then(|at| u32::try_from(at).ok());
    if symbol == '两' { Some(2) } else { symbol.to_digit(10).or(chinese) }
}
