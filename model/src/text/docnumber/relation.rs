//! What a document does to others: rests on them, changes them, ends them,
//! sends them out. A document is named by its title in 《》, by its number, or
//! by both; the verb decides, and its words are kept. Whatever has no verb of
//! these is only mentioned. Verbs are looked for within the sentence.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{DocumentNumber, find_numbers_in};
use crate::text::fold::fold;
use crate::text::span::{Span, begins};

/// What a document does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Rests on it or carries it out: 根据, 贯彻, 落实.
    Implements,
    /// Changes it: 修改, 补充, 修改为.
    Amends,
    /// Ends it: 废止, 停止执行, 不再执行.
    Ends,
    /// Sends it out: 印发, 转发, 公布.
    Issues,
    /// Was changed by it: 根据《…的决定》修正.
    AmendedBy,
    /// Names it.
    Mentions,
}

/// Another document in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentRef {
    /// Its title with 《》 and its number, as far as they are there.
    pub span: Span,
    /// The words between 《 and 》.
    pub title: Option<Span>,
    /// Its number.
    pub number: Option<DocumentNumber>,
    /// What is done to it.
    pub relation: Relation,
    /// The verb that says so.
    pub verb: Option<Span>,
}

/// Verbs before a document.
const BEFORE: [(&str, Relation); 30] = [
    ("根据", Relation::Implements),
    ("依据", Relation::Implements),
    ("依照", Relation::Implements),
    ("按照", Relation::Implements),
    ("遵照", Relation::Implements),
    ("贯彻", Relation::Implements),
    ("贯彻落实", Relation::Implements),
    ("贯彻执行", Relation::Implements),
    ("落实", Relation::Implements),
    ("执行", Relation::Implements),
    ("实施", Relation::Implements),
    ("按", Relation::Implements),
    ("修改", Relation::Amends),
    ("修订", Relation::Amends),
    ("修正", Relation::Amends),
    ("补充", Relation::Amends),
    ("调整", Relation::Amends),
    ("完善", Relation::Amends),
    ("废止", Relation::Ends),
    ("废除", Relation::Ends),
    ("停止执行", Relation::Ends),
    ("不再执行", Relation::Ends),
    ("代替", Relation::Ends),
    ("印发", Relation::Issues),
    ("转发", Relation::Issues),
    ("发布", Relation::Issues),
    ("公布", Relation::Issues),
    ("下发", Relation::Issues),
    ("批转", Relation::Issues),
    ("现将", Relation::Issues),
];
/// Verbs behind a document, in the same sentence.
const BEHIND: [(&str, Relation); 20] = [
    ("同时废止", Relation::Ends),
    ("即行废止", Relation::Ends),
    ("予以废止", Relation::Ends),
    ("相应废止", Relation::Ends),
    ("自行废止", Relation::Ends),
    ("废止", Relation::Ends),
    ("停止执行", Relation::Ends),
    ("不再执行", Relation::Ends),
    ("停止施行", Relation::Ends),
    ("停止实施", Relation::Ends),
    ("自动失效", Relation::Ends),
    ("同时失效", Relation::Ends),
    ("作如下修改", Relation::Amends),
    ("作出如下修改", Relation::Amends),
    ("作以下修改", Relation::Amends),
    ("修改为", Relation::Amends),
    ("调整为", Relation::Amends),
    ("予以修改", Relation::Amends),
    ("补充如下", Relation::Amends),
    ("作如下补充", Relation::Amends),
];
/// How far behind a document its verb may stand, in characters.
const REACH: usize = 200;
/// The longest title.
const LONGEST: usize = 120;

/// All documents a text names, in order, with what is done to them.
#[must_use]
pub fn find_documents(chars: &[char]) -> Vec<DocumentRef> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, &symbol) in chars.iter().enumerate() {
        match symbol {
            '《' => depth += 1,
            '》' => depth = depth.saturating_sub(1),
            '。' | '!' | ';' if depth == 0 => {
                sentence(chars, Span::new(start, at), &mut found);
                start = at + 1;
            }
            // A line ends a sentence unless it breaks a title.
            '\n' if depth == 0 || at - start > 400 => {
                sentence(chars, Span::new(start, at), &mut found);
                (start, depth) = (at + 1, 0);
            }
            _ => {}
        }
    }
    sentence(chars, Span::new(start, chars.len()), &mut found);
    found
}

/// The documents of one sentence.
fn sentence(chars: &[char], span: Span, found: &mut Vec<DocumentRef>) {
    let first = found.len();
    named(chars, span, found);
    if found.len() == first {
        return;
    }
    let verbs = verbs(chars, span, found.get(first..).unwrap_or_default());
    for at in first..found.len() {
        let Some(own) = found.get(at).map(|document| document.span) else { break };
        // In a list the verb of the first document holds for all.
        let before = at.checked_sub(1).filter(|&before| before >= first);
        let before = before.and_then(|before| found.get(before));
        let joined = before.filter(|before| joins(Span::new(before.span.end, own.start).of(chars)));
        let inherited = joined
            .filter(|before| before.verb.is_some_and(|verb| verb.end <= before.span.start))
            .map(|before| (before.relation, before.verb));
        let mut known = inherited.or_else(|| {
            let limit = before.map_or(span.start, |before| before.span.end);
            leading(chars, Span::new(limit, own.start))
        });
        let next = verbs.partition_point(|(verb, _)| verb.start < own.end);
        let behind = verbs.get(next).filter(|(verb, _)| verb.start - own.end <= REACH);
        let alone = behind.filter(|(verb, _)| !breaks(Span::new(own.end, verb.start).of(chars)));
        let changed = chars
            .get(own.end..own.end + 2)
            .is_some_and(|words| begins(words, "修正") || begins(words, "修订"));
        if changed && matches!(known, Some((Relation::Implements, _))) {
            known = Some((Relation::AmendedBy, Some(Span::new(own.end, own.end + 2))));
        } else if known.is_none_or(|(relation, _)| relation == Relation::Issues)
            && let Some(&(verb, relation)) = alone
        {
            known = Some((relation, Some(verb)));
        }
        if let (Some(document), Some((relation, verb))) = (found.get_mut(at), known) {
            (document.relation, document.verb) = (relation, verb);
        }
    }
}

/// Titles with the number behind them, and numbers without a title.
fn named(chars: &[char], span: Span, found: &mut Vec<DocumentRef>) {
    let mut numbers = find_numbers_in(chars, span).into_iter().peekable();
    let plain = |number: DocumentNumber| DocumentRef {
        span: number.span,
        title: None,
        number: Some(number),
        relation: Relation::Mentions,
        verb: None,
    };
    let mut at = span.start;
    while at < span.end {
        let title = if chars.get(at) == Some(&'《') { title(chars, at, span.end) } else { None };
        let Some(title) = title else {
            if let Some(number) = numbers.next_if(|number| number.span.start <= at) {
                at = number.span.end.max(at + 1);
                found.push(plain(number));
            } else {
                at += 1;
            }
            continue;
        };
        let mut whole = Span::new(at, title.end + 1);
        // A number inside a title belongs to another document.
        while numbers.next_if(|number| number.span.start < whole.end).is_some() {}
        let own = numbers.next_if(|number| {
            let gap = Span::new(whole.end, number.span.start).of(chars);
            gap.iter().all(|&symbol| matches!(symbol, '(' | ' ' | '[' | ','))
        });
        if let Some(number) = &own {
            let closed = usize::from(matches!(chars.get(number.span.end), Some(')' | ']')));
            whole.end = number.span.end + closed;
        }
        at = whole.end;
        let (relation, verb) = (Relation::Mentions, None);
        found.push(DocumentRef { span: whole, title: Some(title), number: own, relation, verb });
    }
}

/// The words of a title that opens at `at`; titles may stand in titles.
fn title(chars: &[char], at: usize, end: usize) -> Option<Span> {
    let mut depth = 0_usize;
    for (place, symbol) in (at..end.min(at + LONGEST + 2)).zip(chars.get(at..)?) {
        match symbol {
            '《' => depth += 1,
            '》' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (place > at + 1).then(|| Span::new(at + 1, place));
        }
    }
    None
}

/// The verbs of [`BEHIND`] outside of titles, in order.
fn verbs(chars: &[char], span: Span, documents: &[DocumentRef]) -> Vec<(Span, Relation)> {
    let mut found = Vec::new();
    let mut documents = documents.iter().peekable();
    let mut at = span.start;
    while at < span.end {
        if let Some(document) = documents.next_if(|document| document.span.start <= at) {
            at = document.span.end.max(at + 1);
            continue;
        }
        let rest = Span::new(at, span.end).of(chars);
        let verb = BEHIND.iter().find(|(word, _)| begins(rest, word));
        if let Some(&(word, relation)) = verb {
            let verb = Span::new(at, at + word.chars().count());
            found.push((verb, relation));
            at = verb.end;
        } else {
            at += 1;
        }
    }
    found
}

/// The verb right before a document; 关于 and 原 may stand between.
fn leading(chars: &[char], before: Span) -> Option<(Relation, Option<Span>)> {
    let mut end = before.end;
    let words = |end: usize| Span::new(before.start, end).of(chars);
    loop {
        let filler = ["关于", "原", "省政府", "国务院", " ", "了", "好", "、", "有关", "与", "("];
        let Some(word) = filler.iter().find(|word| crate::text::span::ends(words(end), word))
        else {
            break;
        };
        end -= word.chars().count();
        if before.end - end > 12 {
            break;
        }
    }
    let verbs = BEFORE.iter().filter(|(word, _)| crate::text::span::ends(words(end), word));
    let (word, relation) = verbs.max_by_key(|(word, _)| word.len())?;
    Some((*relation, Some(Span::new(end - word.chars().count(), end))))
}

/// Whether only the words of a list stand between two documents.
fn joins(gap: &[char]) -> bool {
    gap.len() <= 6
        && gap.iter().all(|symbol| {
            matches!(
                symbol,
                '、' | ',' | '和' | '及' | '以' | '与' | '或' | '者' | ' ' | '原' | '\n'
            )
        })
}

/// Whether another statement begins between a document and a verb.
fn breaks(gap: &[char]) -> bool {
    crate::text::span::has_any(
        gap,
        &["根据", "依据", "按照", "本办法", "本规定", "本通知", "本意见", "不一致", "有抵触"],
    )
}

/// A title as it is compared: folded, without blanks, one kind of quotes.
#[must_use]
pub fn normal_title(title: &str) -> String {
    let symbols = title.chars().map(fold).filter(|symbol| !symbol.is_whitespace());
    let symbols = symbols.map(|symbol| match symbol {
        '〈' | '<' => '《',
        '〉' | '>' => '》',
        other => other,
    });
    let whole: String = symbols.collect();
    match whole.strip_prefix('《').and_then(|inner| inner.strip_suffix('》')) {
        Some(inner) if !inner.contains('》') => inner.to_owned(),
        _ => whole,
    }
}

/// Which of the known policies each document is: by number first, else by
/// title. Answers pairs of an index into `documents` and the policy's id; a
/// number or title that two policies have links to both.
pub fn link<'p>(
    chars: &[char],
    documents: &[DocumentRef],
    policies: impl IntoIterator<Item = (&'p str, Option<&'p str>, &'p str)>,
) -> Vec<(usize, &'p str)> {
    let mut numbers: FxHashMap<String, Vec<&str>> = FxHashMap::default();
    let mut titles: FxHashMap<String, Vec<&str>> = FxHashMap::default();
    for (id, number, title) in policies {
        if let Some(number) = number {
            let folded: Vec<char> = number.chars().map(fold).collect();
            for found in super::find_numbers(&folded) {
                numbers.entry(found.normal).or_default().push(id);
            }
        }
        titles.entry(normal_title(title)).or_default().push(id);
    }
    let mut links = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let number = document.number.as_ref().and_then(|number| numbers.get(&number.normal));
        let title = || titles.get(&normal_title(&document.title?.text(chars)));
        let ids = number.or_else(title).into_iter().flatten();
        links.extend(ids.map(|&id| (at, id)));
    }
    links
}
