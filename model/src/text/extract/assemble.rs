//! Puts the findings of a clause together into items.

use rustc_hash::FxHashMap;

use crate::{
    domain::{Number, RegionCode},
    text::{exact, fold::Folded, structure::Structure},
};

use super::{
    Places,
    boundary::{self, Convention},
    clause::{self, Clause},
    cue::{Class, Cue, Cues},
    group,
    item::{BoundarySource, Item, Kind, Logic, Op},
    kind::{self, Around, Tone},
    statement::{Statement, statements},
    wording::{Hit, MeasureClass, Tracker, Wordings},
};

mod choose;
mod dates;
mod period;
mod qualities;
mod where_at;

/// Reads one document.
pub(super) struct Reader<'t> {
    doc: &'t str,
    chars: &'t [char],
    original: Vec<char>,
    structure: &'t Structure,
    convention: Convention,
    topic: choose::Topic,
    plan: bool,
    places: Option<Places<'t>>,
    home: Option<RegionCode>,
    wordings: &'static Wordings,
    cues: &'static Cues,
}

/// What is known of one clause before its statements are read.
pub(super) struct Found<'t> {
    clause: Clause,
    hits: Vec<Hit>,
    cues: Vec<Cue>,
    heading: Option<Kind>,
    tone: Tone,
    /// Field of the share that the line above introduces: 比例应当符合下列要求.
    share: Option<&'static str>,
    context: choose::Context,
    article: Option<&'t str>,
    group: Option<(String, Logic)>,
    words: String,
}

impl<'t> Reader<'t> {
    pub(super) fn new(
        doc: &'t str,
        text: &str,
        folded: &'t Folded,
        structure: &'t Structure,
        places: Option<Places<'t>>,
    ) -> Reader<'t> {
        let chars = folded.chars();
        let whole: String = chars.iter().collect();
        Reader {
            doc,
            chars,
            original: text.chars().collect(),
            structure,
            convention: boundary::convention(&whole),
            topic: choose::topic(&whole),
            plan: choose::plan(&whole),
            home: places.and_then(|places| where_at::home(chars, structure, places)),
            places,
            wordings: Wordings::shared(),
            cues: Cues::shared(),
        }
    }

    /// Every statement of the document.
    pub(super) fn items(&self) -> Vec<Item> {
        let contexts = choose::contexts(self.chars, self.structure);
        let mut tracker = Tracker::new(self.wordings);
        let mut items = Vec::new();
        let mut shares = FxHashMap::default();
        for (number, clause) in clause::clauses(self.chars, self.structure).into_iter().enumerate()
        {
            let words: String = self.chars[clause.body..clause.end].iter().collect();
            let hits = self.hits(&mut tracker, number, &clause, &words);
            let statements = statements(self.chars, clause.body, clause.end);
            let cues = if statements.is_empty() {
                Vec::new()
            } else {
                self.cues.find(&words, clause.body)
            };
            let context = contexts[clause.line];
            let parent = self.structure.lines.get(clause.line).and_then(|line| line.parent);
            if let Some(share) = choose::last_share(self.wordings, &hits) {
                shares.insert(clause.line, share);
            }
            let tone = if statements.is_empty() {
                Tone::default()
            } else {
                Tone::of(&words, &self.chars[clause.body..clause.end])
            };
            let found = Found {
                tone,
                hits,
                cues,
                heading: context.kind,
                context,
                article: self.structure.label(clause.line),
                share: parent.and_then(|parent| shares.get(&parent).copied()),
                group: group::of_list(self.chars, self.structure, clause.line),
                clause,
                words,
            };
            let first = items.len();
            self.numbers(&found, &statements, &mut items);
            qualities::read(self, &found, &mut items);
            dates::read(self, &found, &mut items);
            items[first..].sort_by_key(|item: &Item| (item.start, item.end));
        }
        adjacent(&mut items);
        items
    }

    /// The wordings of a clause.
    fn hits(
        &self,
        tracker: &mut Tracker<'_>,
        number: usize,
        clause: &Clause,
        words: &str,
    ) -> Vec<Hit> {
        let mut hits = Vec::new();
        let (mut byte, mut at) = (0, clause.body);
        for (places, start, end) in self.wordings.literals(words) {
            at += words.get(byte..end).map_or(0, |passed| passed.chars().count());
            byte = end;
            let length = words.get(start..end).map_or(0, |literal| literal.chars().count());
            tracker.take(places, number, (at - length, at), |hit| hits.push(hit));
        }
        hits
    }

    /// The numeric statements of a clause.
    fn numbers(&self, found: &Found<'t>, statements: &[Statement], items: &mut Vec<Item>) {
        for statement in statements {
            let (part_start, part_end) =
                clause::part(self.chars, &found.clause, statement.start, statement.end);
            let named = choose::named(
                self.wordings,
                &found.hits,
                statement,
                (part_start, part_end),
                self.chars,
            );
            let around = Around {
                chars: self.chars,
                cues: &found.cues,
                part_start,
                part_end,
                clause_end: found.clause.end,
                named: named.map(|hit| hit.end.min(statement.start)),
                field: named.is_some_and(|hit| self.wordings.rows()[hit.wording].field.is_some()),
                plan: self.plan,
                heading: found.heading,
                tone: found.tone,
            };
            let kind = kind::kind(statement, &around);
            let lasting = &Statement { op: Op::AtLeast, lower: Some(true), ..statement.clone() };
            let lasts = kind == Kind::Condition
                && statement.class == MeasureClass::Span
                && kind::span::lasted(statement, &around);
            let statement = if lasts { lasting } else { statement };
            let reached = &Statement {
                op: Op::Equal,
                lower: None,
                start: statement.number,
                ..statement.clone()
            };
            let reports = kind == Kind::Other
                && statement.op == Op::AtLeast
                && self.chars.get(statement.start) == Some(&'达')
                && statement.end > statement.number
                && around.tone.past;
            let statement = if reports { reached } else { statement };
            if !choose::keep(self.chars, statement, kind, &around) {
                continue;
            }
            let mut item = self.blank(found, kind, (statement.start, statement.end), statement.op);
            self.fill(&mut item, statement, named, (part_start, part_end));
            let unnamed = item.kind == Kind::Condition
                && item.unit.as_deref() == Some("ratio")
                && named.is_none();
            if unnamed && item.field_text.as_deref().is_some_and(|words| words.ends_with("比例"))
            {
                item.field = found.share;
            }
            item.negated = kind == Kind::Condition && excluded(self.chars, found, statement);
            items.push(item);
        }
    }

    /// Fills in what the statement and its wording say.
    fn fill(
        &self,
        item: &mut Item,
        statement: &Statement,
        named: Option<Hit>,
        part: (usize, usize),
    ) {
        let row = named.map(|hit| &self.wordings.rows()[hit.wording]);
        item.value = Some(value(statement.value));
        item.value2 = statement.value2.map(value);
        item.unit.clone_from(&statement.unit);
        let above = if statement.explicit { true } else { self.convention.above };
        let below = if statement.explicit { true } else { self.convention.below };
        item.lower_inclusive = statement.lower.map(|inclusive| inclusive && above);
        item.upper_inclusive = statement.upper.map(|inclusive| inclusive && below);
        item.op = with_bounds(statement.op, item);
        item.boundary_source = (statement.op != Op::Equal).then_some(if statement.explicit {
            BoundarySource::Explicit
        } else {
            self.convention.source
        });
        if item.kind == Kind::Condition {
            let field = row.and_then(|row| row.field);
            item.field = choose::field(self.chars, field, statement, part, self.topic);
        }
        item.pattern = choose::pattern(item, row.map(|row| row.pattern));
        item.field_text = choose::field_text(self.chars, statement, named, part);
        item.period = period::before(self.chars, part.0, statement.start);
        item.confidence = choose::confidence(item, named.is_some());
    }

    /// An item with its place in the document and nothing else.
    fn blank(&self, found: &Found<'t>, kind: Kind, (start, end): (usize, usize), op: Op) -> Item {
        let (group, logic) = match &found.group {
            Some((group, logic)) => (Some(group.clone()), Some(*logic)),
            None => (
                Some(format!("clause {}", found.clause.start)),
                Some(group::of_clause(&found.words)),
            ),
        };
        Item {
            doc: self.doc.to_owned(),
            kind,
            start,
            end,
            clause_start: found.clause.start,
            clause_end: found.clause.end,
            text: self.original.get(start..end).unwrap_or_default().iter().collect(),
            article: found.article.map(str::to_owned),
            group,
            logic,
            field: None,
            field_text: None,
            op,
            value: None,
            value2: None,
            unit: None,
            lower_inclusive: None,
            upper_inclusive: None,
            boundary_source: None,
            negated: false,
            period: None,
            confidence: 0.0,
            pattern: None,
        }
    }
}

/// The comparison after the document's own convention was applied.
fn with_bounds(op: Op, item: &Item) -> Op {
    match (op, item.lower_inclusive, item.upper_inclusive) {
        (Op::AtLeast, Some(false), _) => Op::More,
        (Op::AtMost, _, Some(false)) => Op::Less,
        _ => op,
    }
}

/// A value as an exact decimal; six places where no decimal is exact.
fn value(number: Number) -> String {
    let text = exact::decimal(number);
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if places <= 6 || number.den() % 3 != 0 && number.den() % 7 != 0 {
        return text;
    }
    let rounded = number
        .num()
        .checked_mul(2_000_000)
        .and_then(|scaled| scaled.checked_add(number.den()))
        .map(|scaled| scaled.div_euclid(2 * number.den()));
    match rounded.and_then(|scaled| Number::ratio(scaled, 1_000_000)) {
        Some(number) => exact::decimal(number),
        None => text,
    }
}

/// Whether the clause itself leaves out those whom the statement fits: a word
/// of exclusion follows, with nothing between but circumstances.
fn excluded(chars: &[char], found: &Found<'_>, statement: &Statement) -> bool {
    found.cues.iter().any(|cue| {
        let Some(between) = chars.get(statement.end..cue.start) else { return false };
        let mut depth = 0_i32;
        let stops = between.iter().any(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth -= 1;
                depth < 0
            }
            '。' | ';' | '超' | '待' | '但' => depth == 0,
            _ => false,
        });
        cue.class == Class::Exclude && between.len() <= 70 && depth == 0 && !stops
    })
}

/// Where the next tier starts at the number this one ends with, this one does
/// not include it.
fn adjacent(items: &mut [Item]) {
    let tiers: Vec<usize> = (0..items.len())
        .filter(|&at| items[at].kind == Kind::Condition && items[at].op.numeric())
        .collect();
    for pair in tiers.windows(2) {
        let next = items[pair[1]].clone();
        let tier = &mut items[pair[0]];
        let upper = if tier.op == Op::Between { tier.value2.as_ref() } else { tier.value.as_ref() };
        let meets = tier.boundary_source == Some(BoundarySource::CivilCode)
            && tier.unit == next.unit
            && tier.field_text == next.field_text
            && tier.upper_inclusive == Some(true)
            && next.lower_inclusive == Some(true)
            && tier.text.ends_with("以下")
            && upper.is_some()
            && upper == next.value.as_ref();
        if meets {
            tier.upper_inclusive = Some(false);
            tier.op = with_bounds(tier.op, tier);
            tier.boundary_source = Some(BoundarySource::Adjacency);
        }
    }
}
