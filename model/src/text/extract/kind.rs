//! What a numeric statement is about: a condition, a benefit, a window or
//! something else. The unit decides which question is asked, the words around
//! the number answer it.
//!
//! The reading follows the guide the labels were made by: charges and fines
//! count as benefits, procedure limits as windows, duties and frequencies of
//! the authority as other.

use super::{
    cue::{Class, Cue},
    item::{Kind, Op},
    statement::Statement,
    wording::MeasureClass,
};

mod span;

/// The words around one statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'t> {
    /// All characters of the document, folded.
    pub(crate) chars: &'t [char],
    /// Telling words of the clause.
    pub(crate) cues: &'t [Cue],
    /// First character of the part between commas.
    pub(crate) part_start: usize,
    /// Character after the last of that part.
    pub(crate) part_end: usize,
    /// Character after the last of the clause.
    pub(crate) clause_end: usize,
    /// Where the wording that names the quantity ends, if one does.
    pub(crate) named: Option<usize>,
    /// Whether that wording is a field of the catalogue.
    pub(crate) field: bool,
    /// Whether the document is a plan or a report as a whole.
    pub(crate) plan: bool,
    /// What the headings above the clause are about.
    pub(crate) heading: Option<Kind>,
}

impl Around<'_> {
    /// Where the last word of `class` ends that stands before `at` in the part.
    fn before(&self, class: Class, at: usize) -> Option<usize> {
        let inside =
            |cue: &&Cue| cue.class == class && cue.end <= at && cue.start >= self.part_start;
        self.cues.iter().filter(inside).map(|cue| cue.end).max()
    }

    /// The same within the whole clause.
    fn anywhere_before(&self, class: Class, at: usize) -> Option<usize> {
        self.cues.iter().filter(|cue| cue.class == class && cue.end <= at).map(|cue| cue.end).max()
    }

    /// Whether a word of `class` stands behind `at` in the clause.
    fn anywhere_after(&self, class: Class, at: usize) -> bool {
        self.cues.iter().any(|cue| cue.class == class && cue.start >= at)
    }

    /// Where the first word of `class` starts that stands behind `at` in the part.
    fn after(&self, class: Class, at: usize) -> Option<usize> {
        let inside = |cue: &&Cue| cue.class == class && cue.start >= at && cue.end <= self.part_end;
        self.cues.iter().filter(inside).map(|cue| cue.start).min()
    }

    /// Whether a word of `class` starts at most `distance` characters behind `at`.
    fn soon(&self, class: Class, at: usize, distance: usize) -> bool {
        self.after(class, at).is_some_and(|start| start <= at + distance)
    }

    /// Whether the clause has a word of `class` at all.
    fn has(&self, class: Class) -> bool {
        self.cues.iter().any(|cue| cue.class == class)
    }

    /// Whether something happens or does not behind `at` in the part.
    pub(crate) fn happens(&self, at: usize, distance: usize) -> bool {
        self.soon(Class::Event, at, distance)
    }

    /// Whether the clause is a report or a plan.
    pub(crate) fn reports(&self) -> bool {
        self.plan || self.has(Class::Report)
    }

    /// Whether the comparator forbids rather than measures, outside of a list
    /// of conditions: 不得少于两人 tells an office how to act.
    fn forbids(&self, statement: &Statement) -> bool {
        self.heading != Some(Kind::Condition)
            && ["不得", "不能", "不应", "至少", "控制在"]
                .iter()
                .any(|word| self.follows(statement.start, word))
    }

    /// Whether the characters at `at` read `word`.
    pub(crate) fn follows(&self, at: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(n, c)| self.chars.get(at + n) == Some(&c))
    }

    /// Whether the characters right before `at` read `word`.
    pub(crate) fn precedes(&self, at: usize, word: &str) -> bool {
        word.chars()
            .rev()
            .enumerate()
            .all(|(n, c)| at.checked_sub(n + 1).is_some_and(|place| self.chars[place] == c))
    }

    /// Whether the part goes on as a circumstance: it ends in `…的，`.
    fn circumstance(&self, statement: &Statement) -> bool {
        let stops = |at: usize| matches!(self.chars.get(at), Some(',' | ':' | ';' | '。' | '、'));
        (matches!(self.chars.get(statement.end), Some('的' | '者')) && stops(statement.end + 1))
            || (self.part_end > statement.end + 1
                && self.chars.get(self.part_end - 1) == Some(&'的')
                && self.part_end <= self.clause_end)
    }

    /// Whether a later part closes as a circumstance before anybody is told
    /// what to do: `授权后3年内，形成年产值…的，`.
    fn circumstance_ahead(&self, statement: &Statement) -> bool {
        let close = (statement.end..self.clause_end.saturating_sub(1)).find(|&at| {
            self.chars[at] == '的' && matches!(self.chars[at + 1], ',' | ';' | '。' | ':')
        });
        let Some(close) = close else { return false };
        let told = |cue: &Cue| {
            cue.class == Class::Duty
                && cue.start >= self.part_start
                && cue.start < close
                && matches!(self.chars[cue.start], '应' | '须' | '必' | '需')
        };
        !self.cues.iter().any(told)
    }
}

/// What the statement is about.
pub(crate) fn kind(statement: &Statement, around: &Around<'_>) -> Kind {
    let figure =
        !matches!(statement.class, MeasureClass::Span | MeasureClass::Age | MeasureClass::Score);
    if figure && around.reports() && !around.circumstance(statement) {
        return Kind::Other;
    }
    match statement.class {
        MeasureClass::Money => money(statement, around),
        MeasureClass::Ratio | MeasureClass::Times => ratio(statement, around),
        MeasureClass::Age => Kind::Condition,
        MeasureClass::Span => span::kind(statement, around),
        MeasureClass::Score => score(statement),
        MeasureClass::Area => area(statement, around),
        MeasureClass::Count | MeasureClass::None => count(statement, around),
    }
}

/// Whether the comparison sets a threshold rather than a sum.
fn threshold(statement: &Statement) -> bool {
    matches!(statement.op, Op::AtLeast | Op::More | Op::Less | Op::Between)
}

/// Where the last word ends that says something is given or charged.
fn given(statement: &Statement, around: &Around<'_>) -> Option<usize> {
    around.before(Class::Grant, statement.start).max(around.before(Class::Charge, statement.start))
}

/// Whether the quantity is named, and no word of giving stands nearer.
fn named_last(statement: &Statement, around: &Around<'_>) -> bool {
    let given = given(statement, around);
    around.named.is_some_and(|named| given.is_none_or(|given| named >= given))
}

/// A figure that only reports or plans.
fn reports(around: &Around<'_>) -> bool {
    around.has(Class::Stat) && !around.has(Class::Grant) && !around.has(Class::Charge)
}

fn money(statement: &Statement, around: &Around<'_>) -> Kind {
    let named = named_last(statement, around);
    let noun =
        around.soon(Class::Charge, statement.end, 2) || around.soon(Class::Grant, statement.end, 6);
    // 单价5000元以下的用品: the words that follow are what it is asked of.
    let attributive = around.precedes(statement.end, "以下") && around.follows(statement.end, "的");
    match statement.op {
        Op::Equal if around.circumstance(statement) && !noun => Kind::Condition,
        Op::AtMost
            if (around.circumstance(statement) || attributive)
                && !noun
                && !around.follows(statement.end, "的标准") =>
        {
            Kind::Condition
        }
        // 个人缴费1000元,补贴120元: what is paid decides what is given.
        Op::Equal
            if around.precedes(statement.start, "缴费")
                && around.anywhere_after(Class::Grant, statement.end) =>
        {
            Kind::Condition
        }
        Op::Equal if reports(around) => Kind::Other,
        Op::Equal => Kind::Benefit,
        Op::AtMost
            if around.precedes(statement.number, "给予")
                || around.precedes(statement.number, "支持") =>
        {
            Kind::Benefit
        }
        Op::AtMost if named && !noun && (around.field || given(statement, around).is_none()) => {
            Kind::Condition
        }
        Op::AtMost => Kind::Benefit,
        _ if noun => Kind::Benefit,
        _ if named || around.circumstance(statement) => Kind::Condition,
        _ if around.follows(statement.end, "的标准") => Kind::Benefit,
        _ if around
            .before(Class::Grant, statement.start)
            .is_some_and(|at| statement.start - at <= 8) =>
        {
            Kind::Benefit
        }
        _ => Kind::Condition,
    }
}

fn ratio(statement: &Statement, around: &Around<'_>) -> Kind {
    let noun =
        around.soon(Class::Charge, statement.end, 3) || around.soon(Class::Grant, statement.end, 6);
    if ["通过", "同意", "出席"].iter().any(|word| around.follows(statement.end, word)) {
        return Kind::Condition;
    }
    if statement.op == Op::Equal {
        return if reports(around) { Kind::Other } else { Kind::Benefit };
    }
    if around.circumstance(statement) {
        return Kind::Condition;
    }
    if noun || around.anywhere_before(Class::Insurance, statement.start).is_some() {
        return Kind::Benefit;
    }
    if named_last(statement, around) && around.field {
        return Kind::Condition;
    }
    let granted = around.anywhere_before(Class::Grant, statement.start).is_some();
    if given(statement, around).is_some()
        || statement.op == Op::AtMost && granted
        || around.has(Class::Insurance)
        || around.anywhere_before(Class::Charge, statement.start).is_some()
    {
        return Kind::Benefit;
    }
    if around.forbids(statement) || around.follows(statement.end, "的比例") {
        return Kind::Other;
    }
    if threshold(statement) { Kind::Condition } else { around.heading.unwrap_or(Kind::Condition) }
}

fn score(statement: &Statement) -> Kind {
    if threshold(statement) { Kind::Condition } else { Kind::Benefit }
}

fn area(statement: &Statement, around: &Around<'_>) -> Kind {
    if around.follows(statement.start, "最高") {
        return Kind::Benefit;
    }
    if statement.op != Op::Equal && around.follows(statement.end, "的") {
        return Kind::Condition;
    }
    if around.before(Class::Fixed, statement.start).is_some()
        || around.after(Class::Fixed, statement.end).is_some()
    {
        return Kind::Other;
    }
    let granted = around.before(Class::Grant, statement.start).is_some()
        || around.after(Class::Grant, statement.end).is_some();
    match (granted, threshold(statement)) {
        (true, true) if around.circumstance(statement) || around.named.is_some() => Kind::Condition,
        (true, _) => Kind::Benefit,
        (false, _) if statement.op == Op::Equal => Kind::Other,
        (false, _) => Kind::Condition,
    }
}

fn count(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    let unit = statement.unit.as_deref().unwrap_or_default();
    if unit == "字" || around.before(Class::Fixed, start).is_some() {
        return Kind::Other;
    }
    let office = around.anywhere_before(Class::Office, start).is_some()
        || around.soon(Class::Office, statement.end, 4);
    if office && !around.circumstance(statement) {
        return Kind::Other;
    }
    match statement.op {
        Op::Equal if stepped(around, start) || only(around, start) => Kind::Condition,
        Op::Equal if unit == "人" && household(around, statement.end) => Kind::Condition,
        Op::Equal
            if unit == "项"
                && (around.follows(statement.end, "积") || around.follows(statement.end, "加")) =>
        {
            Kind::Condition
        }
        Op::Equal if matches!(unit, "项" | "笔") => Kind::Benefit,
        Op::Equal if unit == "套" && around.before(Class::Grant, start).is_some() => Kind::Benefit,
        Op::Equal
            if unit == "次"
                && ["给予", "享受", "免费"].iter().any(|word| around.precedes(start, word)) =>
        {
            Kind::Benefit
        }
        Op::Equal => Kind::Other,
        Op::AtMost => {
            let served = around.anywhere_before(Class::Insurance, start).is_some()
                || around.before(Class::Grant, start).is_some()
                || around.soon(Class::Grant, statement.end, 12);
            if served { Kind::Benefit } else { Kind::Condition }
        }
        _ if around.forbids(statement) => Kind::Other,
        _ => Kind::Condition,
    }
}

/// `每满一年`, `每增加30件`: a step that something is granted for.
pub(crate) fn stepped(around: &Around<'_>, start: usize) -> bool {
    if ["每满", "每增加", "每新增"].iter().any(|word| around.precedes(start, word)) {
        return true;
    }
    false
}

/// `只能承租一套`: neither more nor less.
fn only(around: &Around<'_>, start: usize) -> bool {
    let from = start.saturating_sub(8).max(around.part_start);
    (from..start).any(|at| {
        ["只能", "只可", "只限", "只允许", "仅限"].iter().any(|word| around.follows(at, word))
    })
}

/// `两人家庭`, `3人户`: the size of a household.
pub(crate) fn household(around: &Around<'_>, end: usize) -> bool {
    around.follows(end, "家庭") || around.follows(end, "户") || around.follows(end, "口之家")
}
