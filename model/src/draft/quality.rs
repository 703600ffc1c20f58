//! Statements without a number: certificates, lists, kinds of people and
//! firms, places. The table `codes.csv` knows how texts call them; what it
//! does not know is left to a person.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    catalogue::types::FieldType,
    domain::SubjectKind,
    text::{
        extract::{Item, Op},
        span::{Span, find, has_any},
    },
};

use super::{Document, header::Head, ledger::Reason, number::Rule, region};

/// How texts call the facts that dossiers hold.
const TABLE: &str = include_str!("codes.csv");

/// One row of the table.
#[derive(Debug, Clone, Copy)]
struct Row {
    field: &'static str,
    code: &'static str,
    rule: &'static str,
}

/// The rows of one audience with their words.
struct Table {
    words: AhoCorasick,
    rows: Vec<Row>,
}

fn table(audience: SubjectKind) -> &'static Table {
    static ENTERPRISE: OnceLock<Table> = OnceLock::new();
    static CITIZEN: OnceLock<Table> = OnceLock::new();
    let shared = match audience {
        SubjectKind::Enterprise => &ENTERPRISE,
        SubjectKind::Citizen => &CITIZEN,
    };
    shared.get_or_init(|| {
        let (mut words, mut rows) = (Vec::new(), Vec::new());
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let mut cells = line.splitn(5, ',');
            let mut next = || cells.next().unwrap_or_default();
            let (subject, names, field, code, rule) = (next(), next(), next(), next(), next());
            for name in
                names.split('|').filter(|name| subject == audience.name() && !name.is_empty())
            {
                words.push(name);
                rows.push(Row { field, code, rule });
            }
        }
        #[expect(clippy::expect_used, reason = "the table is built in, a test reads all of it")]
        let words = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(words)
            .expect("built-in words fit an automaton");
        Table { words, rows }
    })
}

/// What was read of a part of a clause.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The expressions; all of them must hold.
    pub(super) rules: Vec<Rule>,
    /// The words they stand for.
    pub(super) read: Vec<Span>,
    /// Why something that was recognised is left to a person.
    pub(super) refused: Option<Reason>,
}

/// Reads the qualities of one part. `excludes` says that the clause leaves out
/// those whom its words fit.
pub(super) fn read(document: &Document<'_>, head: &Head, part: Span, excludes: bool) -> Found {
    let mut found = codes(document, head.audience, part, excludes);
    places(document, head, part, excludes, &mut found);
    found
}

/// A row of the table found in a part.
struct Hit {
    row: Row,
    span: Span,
}

fn hits(chars: &[char], part: Span, audience: SubjectKind) -> Vec<Hit> {
    let table = table(audience);
    let words = part.text(chars);
    let mut hits = Vec::new();
    let (mut byte, mut at) = (0, part.start);
    for found in table.words.find_iter(&words) {
        let count =
            |from: usize, to: usize| words.get(from..to).map_or(0, |text| text.chars().count());
        let start = at + count(byte, found.start());
        let end = start + count(found.start(), found.end());
        (byte, at) = (found.end(), end);
        if let Some(row) = table.rows.get(found.pattern().as_usize()) {
            hits.push(Hit { row: *row, span: Span::new(start, end) });
        }
    }
    hits
}

/// The codes of a part, those of one field together.
fn codes(document: &Document<'_>, audience: SubjectKind, part: Span, excludes: bool) -> Found {
    let chars = document.chars;
    let hits = hits(chars, part, audience);
    let mut found = Found::default();
    let mut at = 0;
    while let Some(first) = hits.get(at) {
        let mut group = vec![first];
        let mut either = false;
        while let Some(next) = hits.get(at + group.len()) {
            let gap = Span::new(group[group.len() - 1].span.end, next.span.start).of(chars);
            let joins = gap.len() <= 8 && has_any(gap, &["或", "、", "和", "及", "与"]);
            if next.row.field != first.row.field || next.row.field.is_empty() || !joins {
                break;
            }
            either |= has_any(gap, &["或"]);
            group.push(next);
        }
        at += group.len();
        let whole = Span::new(first.span.start, group[group.len() - 1].span.end);
        match negated(chars, part, first.span, excludes, &mut found.read) {
            Some(negated) => {
                group_rule(document, audience, &group, (whole, part), (negated, either), &mut found)
            }
            None => found.refused = Some(Reason::Uncertain),
        }
    }
    found
}

/// Whether the words must not hold; `None` where that is not plain. What makes
/// it so counts as read.
fn negated(
    chars: &[char],
    part: Span,
    hit: Span,
    excludes: bool,
    read: &mut Vec<Span>,
) -> Option<bool> {
    let from = part.start.max(hit.start.saturating_sub(14));
    let before = Span::new(from, hit.start).of(chars);
    let mut signs = (0..before.len()).filter(|&at| {
        let next = before.get(at + 1);
        match before.get(at) {
            Some('未' | '没' | '无') => true,
            Some('不') => !matches!(next, Some('低' | '少' | '超' | '高' | '动')),
            Some('非') => next != Some(&'农'),
            _ => false,
        }
    });
    match (signs.next(), signs.next(), excludes) {
        (None, _, excludes) => Some(excludes),
        (Some(at), None, false) => {
            read.push(Span::new(from + at, from + at + 1));
            Some(true)
        }
        _ => None,
    }
}

/// Adds the expression of codes of one field.
fn group_rule(
    document: &Document<'_>,
    audience: SubjectKind,
    group: &[&Hit],
    (whole, part): (Span, Span),
    (negated, either): (bool, bool),
    found: &mut Found,
) {
    // A、B that all must hold, or one of which is enough: the words do not say.
    if group.len() > 1 && !negated && !either {
        found.refused = Some(Reason::Uncertain);
        return;
    }
    let Some(expression) = expression(document, audience, group, part, found) else { return };
    let called = expression.starts_with("holds(")
        || expression.starts_with("had(")
        || !expression.contains(' ');
    let when = match (negated, called) {
        (false, _) => expression,
        (true, true) => format!("!{expression}"),
        (true, false) => format!("!({expression})"),
    };
    found.rules.push(Rule { when, bound: explained(group) });
    found.read.push(whole);
}

/// How a bound inside the row is known; the size of firms has bounds of its own.
fn explained(group: &[&Hit]) -> Option<&'static str> {
    let row = group.first()?.row;
    if row.rule.contains("size_class")
        || row.field == "size_class"
        || row.field == "small_low_profit"
    {
        Some("law_family")
    } else if row.rule.contains(">=") {
        Some("civil_code")
    } else {
        row.rule.contains("== 0").then_some("explicit")
    }
}

fn expression(
    document: &Document<'_>,
    audience: SubjectKind,
    group: &[&Hit],
    part: Span,
    found: &mut Found,
) -> Option<String> {
    let first = group.first()?;
    if !first.row.rule.is_empty() {
        return Some(first.row.rule.to_owned());
    }
    let Some(field) = document.reference.catalogue.field(audience, first.row.field) else {
        found.refused = Some(Reason::NoDatum);
        return None;
    };
    let codes: Vec<String> = group.iter().map(|hit| format!("\"{}\"", hit.row.code)).collect();
    let codes = match codes.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let name = &field.name;
    match field.kind {
        FieldType::Bool => Some(name.clone()),
        FieldType::Code if group.len() == 1 => Some(format!("{name} == {codes}")),
        FieldType::Code => Some(format!("{name} in {codes}")),
        FieldType::Facts if matches!(name.as_str(), "incidents" | "penalties") => {
            let Some((window, span)) = window(document, part) else {
                found.refused = Some(Reason::Period);
                return None;
            };
            found.read.push(span);
            Some(format!("had({name}, {codes}, {window})"))
        }
        FieldType::Facts => Some(format!("holds({name}, {codes})")),
        _ => None,
    }
}

/// 近三年: the window that reaches back from the day judged.
fn window(document: &Document<'_>, part: Span) -> Option<(String, Span)> {
    let item = document.items_in(part).iter().find(|item| {
        matches!(item.op, Op::AtMost | Op::Equal)
            && matches!(item.unit.as_deref(), Some("年" | "月"))
    });
    let words = part.of(document.chars);
    let near = find(words, "近").or_else(|| find(words, "最近"))?;
    let count = |digits: &str| digits.parse::<u32>().ok().filter(|count| (1..=50).contains(count));
    if let Some(item) = item.filter(|item| item.start <= part.start + near + 2) {
        let count = count(item.value.as_deref()?)?;
        let unit = if item.unit.as_deref() == Some("年") { "years" } else { "months" };
        return Some((format!("{unit}({count})"), Span::new(part.start, item.end)));
    }
    let numeral = |c: char| {
        "零一二三四五六七八九".chars().position(|digit| digit == c).or(match c {
            '两' => Some(2),
            _ => c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()),
        })
    };
    let (digit, unit) = (words.get(near + 1)?, words.get(near + 2)?);
    let years = numeral(*digit).filter(|years| *years > 0 && *unit == '年')?;
    let end = part.start + near + 3;
    let within = document.chars.get(end) == Some(&'内');
    Some((format!("years({years})"), Span::new(part.start + near, end + usize::from(within))))
}

/// Places: `within(registration_region, "330100")`.
fn places(document: &Document<'_>, head: &Head, part: Span, excludes: bool, found: &mut Found) {
    let regions = &document.reference.regions;
    let mut items = document.items_in(part).iter().filter(|item| placed(item)).peekable();
    if items.peek().is_none() {
        named_place(document, head, part, excludes, found);
    }
    for item in items {
        let Some(field) = item
            .field
            .and_then(|name| document.reference.catalogue.field(head.audience, name))
            .filter(|field| field.kind == FieldType::Region)
        else {
            found.refused = Some(Reason::NoDatum);
            continue;
        };
        let words = part.of(document.chars);
        let denied = has_any(words, &["非", "不在", "未在"])
            || item.op != Op::Within && item.op != Op::Holds;
        let Some(code) =
            region::meant(words, head.region, regions).filter(|_| !denied && !excludes)
        else {
            found.refused = Some(Reason::Place);
            continue;
        };
        let name = regions.name(code).unwrap_or_default();
        found.rules.push(Rule { when: format!("within({}, \"{code}\")", field.name), bound: None });
        found.read.push(Span::new(item.start, item.end));
        for word in [
            name,
            "本市",
            "我市",
            "本省",
            "我省",
            "本区",
            "我区",
            "本县",
            "我县",
            "行政区域",
            "辖区",
            "范围内",
            "户籍",
            "户口",
            "注册",
            "登记",
            "境内",
        ] {
            if let Some(at) = find(words, word) {
                let start = part.start + at;
                found.read.push(Span::new(start, start + word.chars().count()));
            }
        }
    }
}

/// A place that the words name without a statement of its own: 在杭州市注册.
fn named_place(
    document: &Document<'_>,
    head: &Head,
    part: Span,
    excludes: bool,
    found: &mut Found,
) {
    let words = part.of(document.chars);
    let by_word = match head.audience {
        SubjectKind::Enterprise => [
            ("注册", "registration_region"),
            ("设立", "registration_region"),
            ("参保", "insurance_region"),
        ],
        SubjectKind::Citizen => [
            ("户籍", "hukou_region"),
            ("户口", "hukou_region"),
            ("参加社会保险", "insurance_region"),
        ],
    };
    let Some((word, field)) = by_word.into_iter().find(|(word, _)| has_any(words, &[word])) else {
        return;
    };
    let regions = &document.reference.regions;
    let Some(code) = region::meant(words, head.region, regions) else { return };
    let name = regions.name(code).unwrap_or_default();
    let local = [name, "本市", "我市", "本省", "我省", "本区", "我区", "本县", "我县"];
    let Some((at, said)) =
        local.into_iter().find_map(|said| find(words, said).map(|at| (at, said)))
    else {
        return;
    };
    let (from, to) = (at + said.chars().count(), find(words, word).unwrap_or_default());
    // The place stands right before what it is the place of.
    let near = to >= from && to - from <= 2;
    if !near
        || excludes
        || has_any(words, &["非", "不在", "未"])
        || document.reference.catalogue.field(head.audience, field).is_none()
    {
        return;
    }
    found.rules.push(Rule { when: format!("within({field}, \"{code}\")"), bound: None });
    found.read.push(Span::new(part.start + at, part.start + to + word.chars().count()));
}

/// Whether a statement is about a place.
pub(super) fn placed(item: &Item) -> bool {
    item.op == Op::Within || item.field.is_some_and(|field| field.ends_with("_region"))
}
