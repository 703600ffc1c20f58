//! The words around one statement, and what can be asked of them.

use super::{
    super::{
        cue::{Class, Cue},
        item::{Kind, Op},
        statement::Statement,
    },
    Tone,
};

/// Nouns that close a circumstance: `在3个月内补缴的情形`.
const CASES: [&str; 8] =
    ["的情形", "的人员", "的企业", "的单位", "的家庭", "的职工", "的学生", "的参保人"];

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
    /// What the clause as a whole does.
    pub(crate) tone: Tone,
}

impl Around<'_> {
    /// Where the last word of `class` ends that stands before `at` in the part.
    pub(super) fn before(&self, class: Class, at: usize) -> Option<usize> {
        let inside =
            |cue: &&Cue| cue.class == class && cue.end <= at && cue.start >= self.part_start;
        self.cues.iter().filter(inside).map(|cue| cue.end).max()
    }

    /// The same within the whole clause.
    pub(super) fn anywhere_before(&self, class: Class, at: usize) -> Option<usize> {
        self.cues.iter().filter(|cue| cue.class == class && cue.end <= at).map(|cue| cue.end).max()
    }

    /// Whether a word of `class` stands behind `at` in the clause.
    pub(super) fn anywhere_after(&self, class: Class, at: usize) -> bool {
        self.cues.iter().any(|cue| cue.class == class && cue.start >= at)
    }

    /// Where the first word of `class` starts that stands behind `at` in the part.
    pub(super) fn after(&self, class: Class, at: usize) -> Option<usize> {
        let inside = |cue: &&Cue| cue.class == class && cue.start >= at && cue.end <= self.part_end;
        self.cues.iter().filter(inside).map(|cue| cue.start).min()
    }

    /// Whether a word of `class` starts at most `distance` characters behind `at`.
    pub(crate) fn soon(&self, class: Class, at: usize, distance: usize) -> bool {
        self.after(class, at).is_some_and(|start| start <= at + distance)
    }

    /// Whether a threshold says which things are meant: `1000平方米以上的工程`,
    /// `1000平方米以上或者500吨以上的工程`.
    pub(super) fn attributive(&self, statement: &Statement) -> bool {
        let near = self.part_end.min(statement.end + 24);
        let closes = |at: usize| {
            self.chars[at] == '的'
                && ["以上", "以下", "以内"].iter().any(|word| self.precedes(at, word))
                && self.chars.get(at + 1).is_some_and(|c| c.is_alphabetic())
        };
        statement.op != Op::Equal
            && (self.follows(statement.end, "的") || (statement.end..near).any(closes))
    }

    /// Whether the statement is all that its clause says.
    pub(super) fn alone(&self, statement: &Statement) -> bool {
        self.part_start == statement.start && self.clause_end == statement.end
    }

    /// Whether the clause has `word` before `at`.
    pub(crate) fn said(&self, word: &str, at: usize) -> bool {
        let inside = |place: &usize| !matches!(self.chars[*place], '。' | ';' | '\n');
        let near = at.saturating_sub(80)..at;
        near.rev().take_while(inside).any(|place| self.follows(place, word))
    }

    /// Whether something is counted behind `at`: 累计满八个月, 积分不超过2分.
    pub(crate) fn counted_over(&self, at: usize) -> bool {
        let rest = self.chars.get(at..self.clause_end.min(at + 80)).unwrap_or_default();
        // 一年内救助不超过2次
        let part = self.chars.get(at..self.part_end.min(at + 30)).unwrap_or_default();
        let times = (0..part.len()).any(|n| {
            let limit =
                part[n..].starts_with(&['超', '过']) && n > 0 && matches!(part[n - 1], '不' | '得');
            limit && part[n + 2..].iter().take(4).any(|c| *c == '次' || *c == '期')
        });
        if times {
            return true;
        }
        ["累计满", "积分不超过", "累计达到"].iter().any(|word| {
            let word: Vec<char> = word.chars().collect();
            rest.windows(word.len()).any(|window| window == word)
        })
    }

    /// Whether a word of `class` ends at most `distance` characters before `at`.
    pub(crate) fn nearly(&self, class: Class, at: usize, distance: usize) -> bool {
        self.before(class, at).is_some_and(|end| at <= end + distance)
    }

    /// Whether `的` or `者` stands at `at` and closes the circumstance.
    pub(super) fn circumstance_right_behind(&self, at: usize) -> bool {
        matches!(self.chars.get(at), Some('的' | '者'))
            && matches!(self.chars.get(at + 1), Some(',' | ':' | ';' | '。' | '、' | '('))
    }

    /// Whether points follow right behind `at`: `积2分`, `可加0.5分`.
    pub(crate) fn points_behind(&self, at: usize) -> bool {
        let verb = ["积", "加", "得", "计", "扣", "可积", "可加", "可得"]
            .iter()
            .find(|word| self.follows(at, word));
        verb.is_some_and(|verb| self.points_at(at + verb.chars().count()))
    }

    /// Whether so many points stand at `at`.
    pub(super) fn points_at(&self, at: usize) -> bool {
        let rest = self.chars.get(at..self.clause_end).unwrap_or_default();
        let digits = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        digits > 0 && rest.get(digits) == Some(&'分') && rest.get(digits + 1) != Some(&'之')
    }

    /// Whether points follow behind `at`, after a comma: `3年小学教育，8分`.
    pub(super) fn scored(&self, at: usize) -> bool {
        let rest = self.chars.get(at..self.clause_end).unwrap_or_default();
        let scored = |(comma, c): (usize, &char)| *c == ',' && self.points_at(at + comma + 1);
        rest.iter().enumerate().take(60).any(scored)
    }

    /// Whether the clause goes on to give points: `孕情检查4次，满1年积10分`.
    pub(crate) fn scored_later(&self, at: usize) -> bool {
        (at..self.clause_end.min(at + 60)).any(|place| self.points_behind(place))
    }

    /// Whether the clause has a word of `class` at all.
    pub(super) fn has(&self, class: Class) -> bool {
        self.cues.iter().any(|cue| cue.class == class)
    }

    /// Whether something happens or does not behind `at` in the part.
    pub(crate) fn happens(&self, at: usize, distance: usize) -> bool {
        self.soon(Class::Event, at, distance)
    }

    /// The same, wherever in the clause.
    pub(crate) fn happens_later(&self, at: usize, distance: usize) -> bool {
        let near = |cue: &Cue| cue.start >= at && cue.start <= at + distance;
        self.cues.iter().any(|cue| cue.class == Class::Event && near(cue))
    }

    /// Whether the clause is a report or a plan.
    pub(crate) fn reports(&self) -> bool {
        self.plan || self.has(Class::Report) || self.tone.to_come
    }

    /// Whether the only sign of a report is the end of a year: 上年末总资产不少于10亿元.
    pub(super) fn only_dated(&self) -> bool {
        let mut signs = self.cues.iter().filter(|cue| cue.class == Class::Report);
        !self.plan
            && !self.tone.to_come
            && signs.all(|cue| matches!(self.chars[cue.end - 1], '末' | '底'))
    }

    /// Whether the comparator forbids rather than measures, outside of a list
    /// of conditions: 不得少于两人 tells an office how to act.
    pub(super) fn forbids(&self, statement: &Statement) -> bool {
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
    pub(super) fn circumstance(&self, statement: &Statement) -> bool {
        let told = ["的不得", "的不予", "的不能", "的不受", "的应当", "的一律", "的视为"];
        let case = |at: usize| told.iter().any(|word| self.follows(at, word));
        self.circumstance_right_behind(statement.end)
            || (statement.end..self.part_end.min(statement.end + 60)).any(case)
            || (self.part_end > statement.end + 1
                && (self.chars.get(self.part_end - 1) == Some(&'的')
                    || CASES.iter().any(|word| self.precedes(self.part_end, word)))
                && self.part_end <= self.clause_end)
    }

    /// Whether a later part closes as a circumstance before anybody is told
    /// what to do: `授权后3年内，形成年产值…的，`.
    pub(super) fn circumstance_ahead(&self, statement: &Statement) -> bool {
        let close = (statement.end..self.clause_end.saturating_sub(1)).find(|&at| {
            matches!(self.chars[at], '的' | '者')
                && matches!(self.chars[at + 1], ',' | ';' | '。' | ':')
        });
        let Some(close) = close else { return false };
        let lapse = (statement.end..close.min(statement.end + 120))
            .any(|at| ["逾期", "期满未"].iter().any(|word| self.follows(at, word)));
        if lapse {
            return false;
        }
        // 自收到之日起六十日内,对数额不能确定的: a term, and then a case of its own.
        let term = self.before(Class::Since, statement.start).is_some()
            && self.chars.get(statement.end) == Some(&',')
            && !self.chars.get(statement.end + 1).is_some_and(|c| "未不没无".contains(*c));
        if term {
            return false;
        }
        let told = |cue: &Cue| {
            cue.class == Class::Duty
                && cue.start >= self.part_start
                && cue.start < close
                && matches!(self.chars[cue.start], '应' | '须' | '必' | '需')
                && !"适供响反效相感对".contains(self.chars[cue.start.saturating_sub(1)])
        };
        !self.cues.iter().any(told)
    }
}
