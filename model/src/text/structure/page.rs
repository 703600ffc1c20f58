//! Where a document begins and ends on its page. Web pages are saved with
//! menus, paths, buttons, related news and footers around the text; here every
//! line gets a first opinion. The document begins with the first sentence or
//! article, its title is the nearest line above that reads like one, and it
//! ends where the page's furniture begins and no sentences follow.

use super::LineKind;
use super::day;
use super::lines::Raw;
use super::marker::Style;
use super::words::{
    closes, is_addressee, is_attachment, is_data, is_furniture, is_kind, is_office, is_title, plain,
};
use crate::text::span::{Span, begins, ends, has_any};

/// How many lines above the first sentence a title is looked for.
const ABOVE: usize = 40;

/// What [`read`] found.
pub(super) struct Page {
    /// A first opinion of each line; `None` is text.
    pub(super) kinds: Vec<Option<LineKind>>,
    /// Lines of the document, title included.
    pub(super) body: Span,
    /// First and last line of the title.
    pub(super) title: Option<Span>,
}

/// Marks what is not running text.
pub(super) fn read(chars: &[char], raw: &[Raw]) -> Page {
    let start = start(chars, raw);
    let title = title_above(chars, raw, start);
    let first = title.map_or(start, |lines| lines.start);
    let end = last(chars, raw, start);
    let mut page = Page { kinds: vec![None; raw.len()], body: Span::new(first, end), title };
    for (at, line) in raw.iter().enumerate() {
        let titled = title.is_some_and(|lines| (lines.start..lines.end).contains(&at));
        page.kinds[at] = if line.span.is_empty() {
            Some(LineKind::Blank)
        } else if titled {
            Some(LineKind::Title)
        } else if at < first {
            let data = head(chars, line) || letterhead(chars, line);
            Some(if data { LineKind::Metadata } else { LineKind::Junk })
        } else if at >= end {
            Some(LineKind::Junk)
        } else if at < start {
            Some(between(chars, line))
        } else {
            inside(chars, line)
        };
    }
    contents(chars, raw, &mut page);
    signatures(chars, raw, &mut page);
    titles(chars, raw, &mut page);
    if page.title.is_none() {
        // A letterhead and no title of its own: the regulation's below.
        let below = page.kinds.iter().position(|kind| *kind == Some(LineKind::Title));
        page.title = below.map(|at| Span::new(at, at + 1));
    }
    page
}

/// The first line of the text: where the densest run of sentences and markers
/// begins. Menus hold none, and what a site says about itself is thin.
fn start(chars: &[char], raw: &[Raw]) -> usize {
    // Runs of lines that speak for a document: first line and best sum.
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let (mut sum, mut from) = (0_usize, 0);
    for (at, line) in raw.iter().enumerate() {
        let (gain, loss) = weight(chars, line);
        if sum + gain <= loss {
            (sum, from) = (0, at + 1);
            continue;
        }
        sum = sum + gain - loss;
        match runs.last_mut() {
            Some((first, best)) if *first == from => *best = sum.max(*best),
            _ => runs.push((from, sum)),
        }
    }
    // Tables cut a document into several runs; the first of weight begins it.
    let most = runs.iter().map(|&(_, best)| best).max().unwrap_or(0);
    let enough = (most / 8).clamp(1, 12);
    let block = runs.iter().find(|&&(_, best)| best >= enough).map_or(0, |&(from, _)| from);
    let opening = (block..raw.len()).find(|&at| opens(chars, raw, at)).unwrap_or(block);
    cover(chars, raw, opening).unwrap_or(opening)
}

/// The letter that sends a regulation out, where it stands above it.
fn cover(chars: &[char], raw: &[Raw], below: usize) -> Option<usize> {
    let words = [
        "印发给",
        "现予公布",
        "予以公布",
        "现将",
        "现予发布",
        "予以发布",
        "现予印发",
        "现印发",
        "转发给",
        "贯彻执行",
        "遵照执行",
        "认真执行",
    ];
    let above = (0..below).rev().filter(|&at| !raw[at].span.is_empty()).take(ABOVE);
    let letters = above.filter(|&at| {
        let line = raw[at].span.of(chars);
        line.contains(&'。') && has_any(line, &words) && opens(chars, raw, at)
    });
    letters.last()
}

/// How much a line speaks for and against being inside a document.
fn weight(chars: &[char], line: &Raw) -> (usize, usize) {
    let words = line.span.of(chars);
    if words.is_empty() || is_data(words) || is_addressee(words) || dated(chars, line) {
        return (0, 0);
    }
    if is_furniture(words) {
        return (0, 1);
    }
    let clause = words.iter().any(|&symbol| matches!(symbol, '。' | ';')) || ends(words, ":");
    let sentence = if clause && words.len() >= 12 { (words.len() / 20).min(6) } else { 0 };
    let marked = line.marker.map_or(0, |marker| usize::from(marker.style != Style::Bullet));
    let gain = sentence + marked + usize::from(clause && marked > 0);
    (gain, usize::from(gain == 0))
}

/// Whether the text of the document begins here.
fn opens(chars: &[char], raw: &[Raw], at: usize) -> bool {
    let line = &raw[at];
    let words = line.span.of(chars);
    let first = line.marker.is_some_and(|marker| {
        marker.number == 1 && matches!(marker.style, Style::Part | Style::Chapter | Style::Article)
    });
    if first {
        return true;
    }
    if is_furniture(words) || is_data(words) {
        return false;
    }
    let sentence = line.len() >= 15 && words.contains(&'。');
    let clause = line.len() >= 40
        && words.contains(&',')
        && words.last().is_some_and(|&symbol| closes(symbol))
        && !is_addressee(words);
    // `申请人应当符合下列条件：` opens it, however short.
    let list = ends(words, ":") && has_any(words, &["条件", "下列", "以下", "如下", "情形"]);
    if sentence || clause || list {
        return true;
    }
    // `一、` opens a document if sentences follow soon.
    let list = line.marker.is_some_and(|m| m.number == 1 && m.style == Style::Chinese);
    let soon = raw.iter().skip(at + 1).filter(|line| !line.span.is_empty()).take(8);
    list && soon.filter(|line| line.len() >= 12 && line.span.of(chars).contains(&'。')).count() > 0
}

/// The lines of the title above the first sentence.
fn title_above(chars: &[char], raw: &[Raw], start: usize) -> Option<Span> {
    let heading = raw.iter().take(start + 1).position(|line| line.heading == 1 && line.len() > 1);
    if let Some(at) = heading {
        return Some(Span::new(at, at + 1));
    }
    let above = || (0..start).rev().filter(|&at| !raw[at].span.is_empty()).take(ABOVE);
    let free = |at: usize| {
        let words = raw[at].span.of(chars);
        raw[at].marker.is_none_or(|marker| marker.style == Style::Bullet)
            && !is_data(words)
            && !is_furniture(words)
            && !is_attachment(words)
            && !is_addressee(words)
            && !letterhead(chars, &raw[at])
            && !head(chars, &raw[at])
            && words.first() != Some(&'(')
    };
    let reads = |at: &usize| {
        free(*at)
            && ((is_title(raw[*at].span.of(chars)) && raw[*at].len() >= 6)
                || broken(chars, raw, *at))
    };
    let data = |at: usize| {
        let below = raw.iter().skip(at + 1).find(|line| !line.span.is_empty());
        below.is_some_and(|line| is_data(line.span.of(chars)))
    };
    let short = |at: usize| (6..=60).contains(&raw[at].len()) && free(at);
    let bottom = above()
        .find(reads)
        .or_else(|| above().find(|&at| short(at) && data(at)))
        .or_else(|| above().take(6).find(|&at| short(at)))
        .or_else(|| above().take(3).find(|&at| free(at) && raw[at].len() >= 3))?;
    Some(Span::new(upwards(chars, raw, bottom), bottom + 1))
}

/// Whether a line is the lower part of a title broken in two: 》的通知.
fn broken(chars: &[char], raw: &[Raw], at: usize) -> bool {
    let words = raw[at].span.of(chars);
    raw[at].len() <= 60
        && words
            .iter()
            .position(|&c| c == '》')
            .is_some_and(|close| words.get(..close).is_some_and(|before| !before.contains(&'《')))
        && (ends(words, "通知")
            || ends(words, "公告")
            || ends(words, "决定")
            || ends(words, "意见"))
}

/// The first line of a title that ends at `bottom`.
fn upwards(chars: &[char], raw: &[Raw], bottom: usize) -> usize {
    let mut top = bottom;
    for _ in 0..3 {
        let Some(at) = top.checked_sub(1) else { break };
        let (above, words) = (raw[at].span.of(chars), raw[top].span.of(chars));
        let whole: usize = (top..=bottom)
            .map(|at| raw[at].span.of(chars))
            .map(|part| part.iter().filter(|&&c| c == '》').count())
            .sum();
        let opened: usize = (top..=bottom)
            .map(|at| raw[at].span.of(chars))
            .map(|part| part.iter().filter(|&&c| c == '《').count())
            .sum();
        let about = has_any(above, &["关于", "印发", "转发"]) && !is_kind(above);
        let goes_on = whole > opened
            || (about && above.last().is_some_and(|&symbol| !closes(symbol)))
            || begins(words, "关于") && is_office(above)
            || (words.len() <= 8 && above.len() >= 10 && !is_title(above) && top == bottom)
            || above.iter().filter(|&&c| c == '《').count()
                > above.iter().filter(|&&c| c == '》').count();
        let goes_on = goes_on && !is_data(above) && !is_furniture(above) && !is_addressee(above);
        if !goes_on || above.is_empty() || raw[at].len() > 60 || head(chars, &raw[at]) {
            break;
        }
        top = at;
    }
    top
}

/// One behind the last line of the document.
fn last(chars: &[char], raw: &[Raw], start: usize) -> usize {
    let sentence = |line: &Raw| {
        let words = line.span.of(chars);
        let long = line.len() >= 15 && words.iter().any(|&c| matches!(c, '。' | ';'));
        (long || line.marker.is_some_and(|marker| marker.style <= Style::ChineseBracket))
            && !is_furniture(words)
    };
    let total = raw.iter().skip(start).filter(|line| sentence(line)).count();
    let mut left = total;
    for (at, line) in raw.iter().enumerate().skip(start) {
        if sentence(line) {
            left -= 1;
        }
        let near = left <= 2.max(total / 20) && left < total;
        let words = line.span.of(chars);
        let page_number = words.first() == Some(&'-');
        if near && at > start && is_furniture(words) && !page_number {
            return at;
        }
    }
    raw.len()
}

/// Publication data, a number or a date on a line of its own.
fn head(chars: &[char], line: &Raw) -> bool {
    let words = line.span.of(chars);
    (is_data(words) && !is_furniture(words)) || numbered(words) || dated(chars, line)
}

/// …人民政府文件, …人民政府令, …委员会公告: who speaks, not what about.
fn letterhead(chars: &[char], line: &Raw) -> bool {
    let words = line.span.of(chars);
    let order = ["政府令", "公告", "委员会令", "部令", "文件"].iter().any(|word| ends(words, word));
    let name = words.get(..words.len().saturating_sub(2)).unwrap_or_default();
    let one = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
    line.len() <= 40
        && order
        && (is_office(name) || (ends(words, "令") && is_office(one)) || numbered(name))
}

/// Whether a line is a document number and nothing else.
fn numbered(words: &[char]) -> bool {
    words.len() <= 30
        && words.last() == Some(&'号')
        && words.iter().any(|&c| c.is_ascii_digit() || c == '第')
        && words.iter().any(|&c| matches!(c, ']' | ')' | '第' | '令'))
}

/// Whether a line is a day and nothing else (印发 may follow).
fn dated(chars: &[char], line: &Raw) -> bool {
    let found = day::find(chars, line.span);
    found.is_some_and(|day| {
        let rest = line.len() - day.span.len();
        rest <= 4 || (rest <= 30 && ends(line.span.of(chars), "印发"))
    })
}

/// A line between the title and the first sentence.
fn between(chars: &[char], line: &Raw) -> LineKind {
    let words = line.span.of(chars);
    if is_furniture(words) {
        LineKind::Junk
    } else if is_addressee(words) {
        LineKind::Addressee
    } else if head(chars, line) || letterhead(chars, line) || words.first() == Some(&'(') {
        LineKind::Metadata
    } else if day::day(chars, line.span.start).is_some() && !words.contains(&'。') {
        // 2007年12月7日 …会议通过
        LineKind::Metadata
    } else if line.marker.is_some() || line.len() > 20 || words.last().is_some_and(|&c| closes(c)) {
        LineKind::Text
    } else {
        LineKind::Metadata
    }
}

/// A line of the document that is no running text.
fn inside(chars: &[char], line: &Raw) -> Option<LineKind> {
    let words = plain(chars, line.span);
    if is_furniture(words) {
        Some(LineKind::Junk)
    } else if line.marker.is_none() && is_attachment(words) {
        Some(LineKind::Attachment)
    } else if line.marker.is_none() && begins(words, "各") && is_addressee(words) {
        Some(LineKind::Addressee)
    } else if line.marker.is_none() && dated(chars, line) {
        Some(LineKind::Signature)
    } else if numbered(words) {
        Some(LineKind::Metadata)
    } else {
        None
    }
}

/// A table of contents: from the line 目录 to where its first entry comes again.
fn contents(chars: &[char], raw: &[Raw], page: &mut Page) {
    let letters = |at: usize| -> Vec<char> {
        let words = raw[at].span.of(chars).iter().copied();
        let words = words.filter(|c| !c.is_whitespace() && !matches!(c, '.' | '…' | '·'));
        let mut words: Vec<char> = words.collect();
        words.truncate(words.iter().rposition(|c| !c.is_ascii_digit()).map_or(0, |at| at + 1));
        words
    };
    let named =
        |&at: &usize| raw[at].len() <= 8 && matches!(letters(at).as_slice(), ['目', '录' | '次']);
    let Some(at) = (page.body.start..page.body.end).find(named) else { return };
    let mut entries = (at + 1..page.body.end).filter(|&at| !raw[at].span.is_empty());
    let Some(first) = entries.find(|&at| page.kinds[at] != Some(LineKind::Junk)) else { return };
    let name = letters(first);
    let again = (first + 1..page.body.end.min(first + 400)).find(|&at| letters(at) == name);
    let short = |at: &usize| raw[*at].len() <= 50 && !raw[*at].span.of(chars).contains(&'。');
    let Some(again) = again.filter(|&again| (first..again).all(|at| short(&at))) else { return };
    for kind in page.kinds.iter_mut().take(again).skip(at) {
        if !matches!(kind, Some(LineKind::Blank | LineKind::Junk)) {
            *kind = Some(LineKind::Contents);
        }
    }
}

/// Names of offices above a date.
fn signatures(chars: &[char], raw: &[Raw], page: &mut Page) {
    let mut above = 0;
    for at in (page.body.start..page.body.end).rev() {
        match page.kinds[at] {
            Some(LineKind::Signature) => above = 6,
            Some(LineKind::Blank) => {}
            None if above > 0 => {
                let words = raw[at].span.of(chars);
                let closed = words.iter().any(|&symbol| closes(symbol));
                let person = above == 6 && raw[at].len() <= 16;
                if raw[at].marker.is_none() && !closed && (is_office(words) || person) {
                    page.kinds[at] = Some(LineKind::Signature);
                    above -= 1;
                } else {
                    above = 0;
                }
            }
            _ => above = 0,
        }
    }
}

/// Titles inside the document: above the first chapter, article or list.
fn titles(chars: &[char], raw: &[Raw], page: &mut Page) {
    let mut opened = 0;
    for at in (page.body.start..page.body.end).rev() {
        let line = &raw[at];
        let first = line.marker.is_some_and(|marker| {
            marker.number == 1 && marker.style <= Style::Chinese && marker.style != Style::Section
        });
        match page.kinds[at] {
            None if first => opened = 4,
            Some(LineKind::Blank | LineKind::Metadata | LineKind::Junk) => {}
            None if opened > 0 => {
                let words = line.span.of(chars);
                if line.marker.is_none() && is_title(words) && line.len() >= 6 {
                    page.kinds[at] = Some(LineKind::Title);
                    opened = 0;
                } else {
                    opened -= 1;
                }
            }
            _ => opened = 0,
        }
    }
}
