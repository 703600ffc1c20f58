//! Reads one clause, or the premise of a grant: which of its parts become
//! expressions, and which are asked of a person. Which clauses are conditions
//! and how they join is not asked here.

use crate::text::{
    extract::{Item, Kind, Logic, Op},
    span::{Span, begins, find, has_any},
};

use super::{
    Document,
    condition::{Node, Test},
    header::Head,
    ledger::{Fate, Reason},
    number::{self, Rule},
    quality, rest, role,
};

/// Words that nobody has read: where they stand, whether some of them became
/// an expression, and why the others did not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    span: Span,
    partly: bool,
    reason: Reason,
}

/// What was read of one clause, or of a piece of it.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Expressions, and alternatives of which one is enough.
    pub(super) rules: Vec<(Vec<Rule>, Span)>,
    /// Words that no expression covers.
    pub(super) left: Vec<String>,
    /// Parts that are asked of a person.
    open: Vec<Open>,
}

impl Read {
    /// Nothing of these words but a question.
    pub(super) fn open(document: &Document<'_>, span: Span, reason: Reason) -> Read {
        let mut read = Read { left: vec![document.words(span)], ..Read::default() };
        read.refuse(span, false, reason);
        read
    }

    fn refuse(&mut self, span: Span, partly: bool, reason: Reason) {
        self.open.push(Open { span, partly, reason });
    }

    /// Why something is open: what a datum would settle is said first.
    pub(super) fn reason(&self) -> Option<Reason> {
        let reasons = || self.open.iter().map(|open| open.reason);
        reasons().find(|reason| reason.data()).or_else(|| reasons().next())
    }

    pub(super) fn fate(&self) -> Fate {
        match (self.rules.is_empty(), self.open.is_empty()) {
            (false, true) => Fate::Checked,
            (true, _) if self.reason().is_some_and(Reason::data) => Fate::NoData,
            _ => Fate::Person,
        }
    }

    /// The leaves of a clause: its expressions, and a question for each part
    /// that nobody has read to the end.
    pub(super) fn nodes(&self, document: &Document<'_>, excludes: bool) -> Vec<Node> {
        let leaf = |rule: &Rule, quote: Span| Node::Leaf { quote, test: Test::When(rule.clone()) };
        let mut nodes: Vec<Node> = Vec::new();
        for (rules, quote) in &self.rules {
            nodes.push(match rules.as_slice() {
                [rule] => leaf(rule, *quote),
                several => Node::Group {
                    logic: Logic::Any,
                    said: true,
                    members: several.iter().map(|rule| leaf(rule, *quote)).collect(),
                    at: quote.start,
                },
            });
        }
        for open in &self.open {
            let words = document.words(open.span).split_whitespace().collect::<String>();
            let beside = if open.partly { "除已核对的以外，" } else { "" };
            let question = if excludes {
                format!("{beside}是否确认不属于“{words}”的情形？")
            } else {
                format!("{beside}是否符合“{words}”？")
            };
            nodes.push(Node::Leaf { quote: open.span, test: Test::Manual(question, open.reason) });
        }
        nodes
    }
}

/// Words that let somebody off, or bind only in some cases.
const DEPENDS: [&str; 18] = [
    "但",
    "除外",
    "放宽",
    "视同",
    "视为",
    "不作",
    "不受",
    "另有规定",
    "原则上",
    "参照",
    "优先",
    "其中",
    "分别",
    "不计入",
    "如果",
    "若",
    "适当",
    "之外",
];

/// Alternatives as they are written: `a || b`.
pub(super) fn written(rules: &[Rule]) -> String {
    rules.iter().map(|rule| rule.when.as_str()).collect::<Vec<&str>>().join(" || ")
}

/// Reads a clause or the premise of a grant.
pub(super) fn piece(document: &Document<'_>, head: &Head, span: Span, excludes: bool) -> Read {
    let chars = document.chars;
    let mut read = Read::default();
    let mut parts = whole(document, parts(chars, span));
    let rest = parts.iter().skip(1).position(|part| follows(part.of(chars)));
    parts.truncate(rest.map_or(parts.len(), |at| at + 1));
    let span = Span::new(span.start, parts.last().map_or(span.end, |part| part.end));
    let words = span.of(chars);
    let together = excludes && parts.len() > 1;
    let numbers = |part: &Span| document.items_in(*part).iter().filter(|item| asks(item)).count();
    let tail = excludes && has_any(words, &["除外"]) && parts.len() == 1;
    let conditional = parts.iter().enumerate().any(|(at, part)| {
        part.of(chars).last() == Some(&'的')
            && parts.iter().skip(at + 1).any(|later| numbers(later) > 0)
    });
    let depends = DEPENDS.iter().any(|word| has_any(words, &[word]) && !(tail && *word == "除外"));
    if depends || conditional || together {
        read.left.push(document.words(span));
        read.refuse(span, false, Reason::Depends);
        return read;
    }
    for part in alternatives(chars, &parts) {
        part_of(document, head, part, excludes, &mut read);
    }
    // What leaves out fewer than its words read so far is no exclusion of all.
    if excludes && !read.open.is_empty() && !read.rules.is_empty() {
        read = Read { left: read.left, ..Read::default() };
        read.refuse(span, false, Reason::Judgement);
    }
    read
}

/// The parts, those that one statement spans as one: 年满18周岁，且不超过35周岁.
fn whole(document: &Document<'_>, parts: Vec<Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::with_capacity(parts.len());
    for part in parts {
        let spans = |before: &&mut Span| {
            document.items_in(**before).iter().any(|item| asks(item) && item.end > part.start)
        };
        match joined.last_mut().filter(spans) {
            Some(before) => before.end = part.end,
            None => joined.push(part),
        }
    }
    joined
}

/// Whether a part says what follows for those who satisfy the parts before.
fn follows(part: &[char]) -> bool {
    let words = [
        "可以",
        "可享受",
        "可申请",
        "可申领",
        "可申报",
        "可认定",
        "给予",
        "予以",
        "享受",
        "认定为",
        "不享受",
        "不纳入",
        "不予",
        "不得",
        "不再",
        "不能",
        "发放",
        "免征",
        "减征",
        "减按",
        "继续",
        "按规定给予",
        "由财政",
    ];
    words.iter().any(|word| begins(part, word))
}

/// The parts, those that 或者 joins as one.
fn alternatives(chars: &[char], parts: &[Span]) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for part in parts {
        match joined.last_mut().filter(|_| part.of(chars).first() == Some(&'或')) {
            Some(before) => before.end = part.end,
            None => joined.push(*part),
        }
    }
    joined
}

/// Reads one part between commas.
fn part_of(document: &Document<'_>, head: &Head, part: Span, excludes: bool, read: &mut Read) {
    let chars = document.chars;
    let simple = simple(document, head, part, excludes);
    let either = (part.start..part.end).any(|at| {
        chars.get(at) == Some(&'或')
            && !simple.covered.iter().any(|span| span.start <= at && at < span.end)
    });
    if either {
        match one_of(document, head, part) {
            // None of them may hold.
            Some(rules) if excludes => {
                read.rules.extend(rules.iter().map(|rule| (vec![denied(rule)], part)))
            }
            Some(rules) => read.rules.push((rules, part)),
            None => {
                read.left.push(document.words(part));
                read.refuse(part, false, Reason::Alternatives);
            }
        }
        return;
    }
    let counted = document.items_in(part).iter().filter(|item| asks(item)).count();
    if counted > 1 {
        let pieces = enumerated(chars, part);
        let one =
            |piece: &Span| document.items_in(*piece).iter().filter(|item| asks(item)).count() <= 1;
        if pieces.len() > 1 && pieces.iter().all(one) {
            for piece in pieces {
                part_of(document, head, piece, excludes, read);
            }
        } else {
            read.left.push(document.words(part));
            read.refuse(part, false, Reason::Depends);
        }
        return;
    }
    let left = rest::rest(chars, part, &simple.covered);
    let mut simple = simple;
    if topic(part, &left) {
        simple.rules.clear();
    }
    if let Some(reason) = simple.refused.or((!left.is_empty()).then_some(Reason::Judgement)) {
        read.refuse(part, !simple.rules.is_empty(), reason);
    }
    read.left.extend(left);
    read.rules.extend(simple.rules.into_iter().map(|rule| (vec![rule], part)));
}

/// The expression that the rule's does not hold.
fn denied(rule: &Rule) -> Rule {
    Rule { when: format!("!({})", rule.when), ..rule.clone() }
}

/// Whether so much is left over that the words that were read may only be the
/// topic of the part, not what it asks.
fn topic(part: Span, left: &[String]) -> bool {
    let left: usize = left.iter().map(|words| words.chars().count()).sum();
    left > MOST_LEFT || left * 2 > part.len()
}

/// Most characters that may be left over beside an expression.
const MOST_LEFT: usize = 8;

/// What was read of a part that asks one thing, or several together.
struct Simple {
    rules: Vec<Rule>,
    covered: Vec<Span>,
    refused: Option<Reason>,
}

fn simple(document: &Document<'_>, head: &Head, part: Span, excludes: bool) -> Simple {
    let qualities = quality::read(document, head, part, excludes);
    let mut simple =
        Simple { rules: qualities.rules, covered: qualities.read, refused: qualities.refused };
    for item in document.items_in(part).iter().filter(|item| asks(item)) {
        let span = Span::new(item.start, item.end.min(part.end));
        if simple.covered.iter().any(|read| read.covers(span)) {
            continue;
        }
        match numeric(document, head, item, part, excludes) {
            Ok(rule) => {
                simple.rules.push(rule);
                simple.covered.push(span);
                simple.covered.extend(named(document.chars, item, part));
            }
            Err(reason) => simple.refused = Some(reason),
        }
    }
    simple
}

/// The expressions of alternatives, if each is read to the last word and asks
/// one thing.
fn one_of(document: &Document<'_>, head: &Head, part: Span) -> Option<Vec<Rule>> {
    let chars = document.chars;
    if has_any(part.of(chars), &["且", "并", "同时", "均"]) {
        return None;
    }
    let mut rules = Vec::new();
    let mut start = part.start;
    let mut at = part.start;
    while at <= part.end {
        if at == part.end || chars.get(at) == Some(&'或') {
            let piece = Span::new(start, at);
            let simple = simple(document, head, piece, false);
            let whole =
                simple.refused.is_none() && rest::rest(chars, piece, &simple.covered).is_empty();
            let [rule] = simple.rules.as_slice() else { return None };
            rules.push(whole.then(|| rule.clone())?);
            start = at + 1 + usize::from(chars.get(at + 1) == Some(&'者'));
        }
        at += 1;
    }
    (rules.len() > 1).then_some(rules)
}

/// The pieces of an enumeration: 人数不超过300人、资产不超过5000万元.
fn enumerated(chars: &[char], part: Span) -> Vec<Span> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), part.start, 0_usize);
    for at in part.start..part.end {
        match chars.get(at) {
            Some('(') => depth += 1,
            Some(')') => depth = depth.saturating_sub(1),
            Some('、' | '且') if depth == 0 => {
                pieces.push(Span::new(start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(Span::new(start, part.end));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// People beside the one who is judged.
const OTHERS: [&str; 10] = [
    "子女",
    "父母",
    "被赡养",
    "配偶",
    "婴幼儿",
    "法定代表人",
    "实际控制人",
    "女方",
    "监护人",
    "供养人",
];

/// The expression of a numeric statement in a part.
fn numeric(
    document: &Document<'_>,
    head: &Head,
    item: &Item,
    part: Span,
    excludes: bool,
) -> Result<Rule, Reason> {
    if item.negated
        && !role::denies(Span::new(item.end, part.end + 40).of(document.chars))
        && !excludes
    {
        return Err(Reason::Uncertain);
    }
    if has_any(part.of(document.chars), &OTHERS) {
        return Err(Reason::Other);
    }
    // The most that is lent or paid is no condition.
    if has_any(part.of(document.chars), &["额度", "最高", "限额", "上浮"]) {
        return Err(Reason::Uncertain);
    }
    let rule = number::rule(document, item, head.audience)?;
    Ok(match excludes || item.negated {
        true => denied(&rule),
        false => rule,
    })
}

/// Whether a statement is a numeric condition.
fn asks(item: &Item) -> bool {
    item.op.numeric() && matches!(item.kind, Kind::Condition) && item.op != Op::Manual
}

/// Where the words stand that name what a statement measures, and when.
fn named(chars: &[char], item: &Item, part: Span) -> Vec<Span> {
    let before = Span::new(part.start, item.start);
    let words = [item.field_text.as_deref(), item.period.as_deref()];
    words
        .into_iter()
        .flatten()
        .filter(|word| !names_place(word))
        .filter_map(|word| {
            let start = before.start + find(before.of(chars), word)?;
            Some(Span::new(start, start + word.chars().count()))
        })
        .collect()
}

/// Whether words that name a quantity name a place as well (缴纳本市社会保险):
/// the place is a demand of its own.
fn names_place(words: &str) -> bool {
    let place = ["境内", "当地", "本地", "在穗", "在深"].iter().any(|word| words.contains(word));
    let mut symbols = words.chars().peekable();
    let mut named = false;
    while let Some(symbol) = symbols.next() {
        let follows = symbols.peek().copied();
        named |= matches!(symbol, '省' | '市' | '县' | '区')
            && !matches!(follows, Some('场' | '域' | '值'));
    }
    place || named
}

/// The parts between commas, brackets kept whole.
fn parts(chars: &[char], span: Span) -> Vec<Span> {
    let (mut parts, mut start, mut depth) = (Vec::new(), span.start, 0_usize);
    for at in span.start..span.end {
        match chars.get(at) {
            Some('(' | '《') => depth += 1,
            Some(')' | '》') => depth = depth.saturating_sub(1),
            Some(',' | ':') if depth == 0 => {
                parts.push(Span::new(start, at).trim(chars));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(Span::new(start, span.end).trim(chars));
    parts.retain(|part| !part.is_empty());
    parts
}
