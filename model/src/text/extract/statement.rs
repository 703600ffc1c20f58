//! Numbers and their comparators put together: `不低于60%`, `5000元以上2万元以下`,
//! `满两年不足三年`, `6至15周岁`. One statement is one comparison, a range, or a
//! bare quantity.

use crate::{
    domain::Number,
    text::bound::{self, Bound, Inclusion, Side},
};

use super::{
    item::Op,
    quantity::{Quantity, quantities},
    wording::MeasureClass,
};

mod reach;

/// One comparison of one quantity.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// First character of the comparator or number.
    pub(crate) start: usize,
    /// Character after the last of number, unit and comparator.
    pub(crate) end: usize,
    /// How the value is compared.
    pub(crate) op: Op,
    /// The value or lower bound.
    pub(crate) value: Number,
    /// The upper bound of two.
    pub(crate) value2: Option<Number>,
    /// Unit as the guide names it.
    pub(crate) unit: Option<String>,
    /// What kind of quantity it is.
    pub(crate) class: MeasureClass,
    /// Whether the lower bound belongs to it.
    pub(crate) lower: Option<bool>,
    /// Whether the upper bound belongs to it.
    pub(crate) upper: Option<bool>,
    /// Whether the clause itself says which bounds belong to it.
    pub(crate) explicit: bool,
    /// Where the first number starts.
    pub(crate) number: usize,
    /// Whether it is a number with a counter that may be an article (`一个`).
    pub(crate) article_like: bool,
}

/// One quantity with the comparators on both sides.
#[derive(Debug, Clone)]
struct Bounded {
    quantity: Quantity,
    before: Option<Bound>,
    after: Option<Bound>,
    mark: Option<Inclusion>,
}

impl Bounded {
    fn new(chars: &[char], quantity: Quantity, from: usize, to: usize) -> Bounded {
        let inside = |bound: &Bound| bound.start >= from && bound.end <= to;
        let mark = bound::inclusion(chars, quantity.end).filter(|mark| mark.end <= to);
        let after = bound::after(chars, quantity.end)
            .or_else(|| reach::after(chars, &quantity))
            .filter(inside);
        let before = bound::before(chars, quantity.start)
            .or_else(|| reach::before(chars, &quantity, from, after.is_some()))
            .filter(inside)
            .filter(|bound| !most_of_all(chars, bound, &quantity))
            .filter(|bound| chars.get(bound.start..bound.end) != Some(&['从']))
            .filter(|bound| !attained(chars, bound) && !headed(chars, bound, &quantity))
            .filter(|bound| !confined(chars, bound, &quantity, after))
            .map(|bound| least(chars, bound));
        Bounded {
            before,
            after,
            mark: mark.filter(|_| before.is_some() || after.is_none()),
            quantity,
        }
    }

    /// `少于12个月的(含12个月)`: takes in the number that a mark repeats behind 的.
    fn repeated(&mut self, chars: &[char], again: &Quantity) -> bool {
        let gap = chars.get(self.end()..again.start).unwrap_or_default();
        let same = self.quantity.unit == again.unit
            && self.quantity.value.compare(again.value) == Some(std::cmp::Ordering::Equal);
        let marked = same
            && matches!(gap, ['的', '(', '含'] | ['的', '(', '包', '含'])
            && chars.get(again.end) == Some(&')');
        if marked && self.before.is_some() && self.after.is_none() {
            let (start, end) = (self.end(), again.end + 1);
            self.mark = Some(Inclusion { start, end, inclusive: true });
        }
        marked
    }

    fn start(&self) -> usize {
        self.before.map_or(self.quantity.start, |bound| bound.start)
    }

    fn end(&self) -> usize {
        let mark = self.mark.filter(|_| self.after.is_none()).map(|mark| mark.end);
        self.after.map(|bound| bound.end).or(mark).unwrap_or(self.quantity.end)
    }

    /// The side that bounds it; the words before win, marks of inclusion add up.
    fn bound(&self) -> Option<(Side, bool, bool)> {
        // 满90天内: until so much is full.
        let until = self.before.is_some_and(|bound| bound.side == Side::Lower)
            && self.after.is_some_and(|bound| bound.side == Side::Upper);
        let main = if until { self.after? } else { self.before.or(self.after)? };
        let mark = [self.before, self.after]
            .into_iter()
            .flatten()
            .filter(|bound| bound.explicit)
            .map(|bound| bound.inclusive)
            .chain(self.mark.map(|mark| mark.inclusive))
            .last();
        Some((main.side, mark.unwrap_or(main.inclusive), mark.is_some()))
    }
}

/// `限三级医院`, `限25周岁以上`: confined to those, no bound of its own.
fn confined(chars: &[char], bound: &Bound, quantity: &Quantity, after: Option<Bound>) -> bool {
    let word = chars.get(bound.start..bound.end).unwrap_or_default();
    word.contains(&'限')
        && word.len() <= 3
        && (after.is_some() || quantity.unit.as_deref() == Some("级"))
}

/// `资产净值限额3人户为54万元`: the limit is that of the sum.
fn headed(chars: &[char], bound: &Bound, quantity: &Quantity) -> bool {
    chars.get(bound.start..bound.end) == Some(&['限', '额'])
        && quantity.unit.as_deref() == Some("人")
        && matches!(chars.get(quantity.end), Some('户' | '家'))
}

/// `工期长达36个月`, `高达30%`: so much it is, no bound.
fn attained(chars: &[char], bound: &Bound) -> bool {
    chars.get(bound.start..bound.end) == Some(&['达'])
        && bound.start.checked_sub(1).is_some_and(|at| matches!(chars[at], '长' | '高' | '多'))
}

/// `最低限额为2亿元`: the word before turns the limit around.
fn least(chars: &[char], bound: Bound) -> Bound {
    let limit = chars.get(bound.start..bound.start + 2) == Some(&['限', '额']);
    let low = bound.start.checked_sub(2).map(|at| &chars[at..bound.start]) == Some(&['最', '低']);
    if limit && low { Bound { start: bound.start - 2, side: Side::Lower, ..bound } } else { bound }
}

/// `最大五百家公司`, `最高一个层次`: a rank, no bound.
fn most_of_all(chars: &[char], bound: &Bound, quantity: &Quantity) -> bool {
    let word = chars.get(bound.start..bound.end).unwrap_or_default();
    quantity.class == MeasureClass::Count
        && word.first() == Some(&'最')
        && word.len() == 2
        && (quantity.article_like || word == ['最', '大'])
}

/// Every statement of `chars[from..to]`, in order.
pub(crate) fn statements(chars: &[char], from: usize, to: usize) -> Vec<Statement> {
    let mut all: Vec<Bounded> = Vec::new();
    for quantity in quantities(chars, from, to) {
        // A number inside the mark of the one before repeats it: 以上(含60周岁).
        if all.last_mut().is_some_and(|last| last.repeated(chars, &quantity)) {
            continue;
        }
        if all.last().is_none_or(|last| last.end() <= quantity.start) {
            all.push(Bounded::new(chars, quantity, from, to));
        }
    }
    share_bounds(chars, &mut all);
    let mut found = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if all.get(at + 1).is_some_and(|next| repeats(chars, &all[at], next)) {
            found.extend(
                single(chars, &all[at + 1], from)
                    .map(|whole| or_equal(whole, &all[at], all[at + 1].before.is_some())),
            );
            at += 2;
        } else if let Some(range) = all.get(at + 1).and_then(|next| range(chars, &all[at], next)) {
            found.push(range);
            at += 2;
        } else {
            found.extend(single(chars, &all[at], from));
            at += 1;
        }
    }
    found
}

/// `180天或者少于180天`, `两个及两个以上`: the number twice, once with a comparator.
fn repeats(chars: &[char], left: &Bounded, right: &Bounded) -> bool {
    let gap = chars.get(left.end()..right.start()).unwrap_or_default();
    left.bound().is_none()
        && right.bound().is_some()
        && left.quantity.value.compare(right.quantity.value) == Some(std::cmp::Ordering::Equal)
        && left.quantity.unit == right.quantity.unit
        && matches!(gap, ['或'] | ['或', '者'] | ['及'] | ['和'])
}

/// A comparison that names its number on its own before.
fn or_equal(whole: Statement, number: &Bounded, exclusive: bool) -> Statement {
    let start = number.start();
    match whole.op {
        Op::More if exclusive => Statement { start, op: Op::AtLeast, lower: Some(true), ..whole },
        Op::Less if exclusive => Statement { start, op: Op::AtMost, upper: Some(true), ..whole },
        _ => Statement { start, ..whole },
    }
}

/// In a list (`10%、16%、22%以上`) the comparator of the last or first counts for all.
fn share_bounds(chars: &[char], all: &mut [Bounded]) {
    for at in (1..all.len()).rev() {
        let (left, right) = all.split_at_mut(at);
        let (Some(left), Some(right)) = (left.last_mut(), right.first()) else { continue };
        let listed = left.after.is_none()
            && right.before.is_none()
            && left.quantity.class == right.quantity.class
            && left.quantity.end < right.quantity.start
            && is_list(&chars[left.quantity.end..right.quantity.start], left.quantity.class);
        if let Some(after) = right.after.filter(|_| listed && left.before.is_none()) {
            left.after = Some(Bound { start: left.quantity.end, end: left.quantity.end, ..after });
        }
    }
}

fn is_list(gap: &[char], class: MeasureClass) -> bool {
    // 女性四十周岁、男性五十周岁以上
    let sexes = class == MeasureClass::Age
        && gap.len() <= 6
        && matches!(gap.first(), Some('、' | ',' | '和' | '或'))
        && gap.iter().any(|c| matches!(c, '男' | '女'));
    sexes
        || matches!(
            gap,
            ['、'] | ['和'] | ['或'] | [','] | ['或', '者', '累', '计'] | ['或', '累', '计']
        )
}

/// Two neighbours that bound one quantity from both sides.
fn range(chars: &[char], left: &Bounded, right: &Bounded) -> Option<Statement> {
    let left = &commensurate(chars, left, right);
    let right = &commensurate(chars, right, left);
    let same = left.quantity.unit == right.quantity.unit || left.quantity.unit.is_none();
    if !same || left.end() > right.start() {
        return None;
    }
    let gap: String = chars[left.end()..right.start()].iter().filter(|c| **c != ' ').collect();
    let joined = matches!(gap.as_str(), "-" | "--" | "~" | "至" | "到");
    let lower = left.bound();
    let upper = right.bound();
    let value =
        if left.quantity.unit.is_none() { scaled(chars, left, right) } else { left.quantity.value };
    let sensible = value.compare(right.quantity.value).is_none_or(std::cmp::Ordering::is_lt);
    if joined && sensible && lower.is_none_or(|(side, ..)| side == Side::Lower) {
        return Some(spanning(chars, left, right, lower, upper));
    }
    let two_sided = lower.is_some_and(|(side, ..)| side == Side::Lower)
        && upper.is_some_and(|(side, ..)| side == Side::Upper)
        && matches!(
            gap.as_str(),
            "" | ","
                | "、"
                | "且"
                | "但"
                | "并"
                | "并且"
                | ",且"
                | ",但"
                | "至"
                | "到"
                | "-"
                | "~"
                | "和"
                | "及"
        );
    (two_sided && sensible).then(|| spanning(chars, left, right, lower, upper))
}

/// `one` in the finer unit of its neighbour: 满6个月不足1年 counts months,
/// 50%以上1倍以下 ratios.
fn commensurate(chars: &[char], one: &Bounded, other: &Bounded) -> Bounded {
    let percent = other.quantity.start < one.quantity.start
        && one.quantity.unit.is_none()
        && chars.get(other.quantity.start..other.quantity.start + 3) == Some(&['百', '分', '之']);
    if percent {
        // 百分之十至三十
        let mut same = one.clone();
        if let Some(value) = one.quantity.value.checked_div(Number::whole(100)) {
            same.quantity = Quantity {
                value,
                unit: other.quantity.unit.clone(),
                class: other.quantity.class,
                ..same.quantity
            };
        }
        return same;
    }
    let pair = (one.quantity.unit.as_deref(), other.quantity.unit.as_deref());
    let (factor, unit) = match pair {
        (Some("年"), Some("月")) => (12, "月"),
        (Some("ratio"), Some("倍")) => (1, "倍"),
        _ => return one.clone(),
    };
    let mut same = one.clone();
    if let Some(value) = same.quantity.value.checked_mul(Number::whole(factor)) {
        same.quantity.value = value;
        same.quantity.unit = Some(unit.to_owned());
        same.quantity.class = other.quantity.class;
    }
    same
}

/// The range from `left` to `right`.
fn spanning(
    chars: &[char],
    left: &Bounded,
    right: &Bounded,
    lower: Option<(Side, bool, bool)>,
    upper: Option<(Side, bool, bool)>,
) -> Statement {
    let value =
        if left.quantity.unit.is_none() { scaled(chars, left, right) } else { left.quantity.value };
    let upper = upper.filter(|(side, ..)| *side == Side::Upper);
    Statement {
        start: left.start(),
        end: right.end(),
        op: Op::Between,
        value,
        value2: Some(right.quantity.value),
        unit: right.quantity.unit.clone(),
        class: right.quantity.class,
        // One end marked as included says that the other is not.
        lower: Some(match (left.mark, right.mark) {
            (Some(mark), _) => mark.inclusive,
            (None, Some(other)) if lower.is_none() => !other.inclusive,
            _ => lower.is_none_or(|(_, inclusive, _)| inclusive),
        }),
        upper: Some(match (left.mark, right.mark) {
            (_, Some(mark)) => mark.inclusive,
            (Some(other), None) if upper.is_none() => !other.inclusive,
            _ => upper.is_none_or(|(_, inclusive, _)| inclusive),
        }),
        explicit: left.mark.or(right.mark).is_some()
            || lower.is_some_and(|bound| bound.2)
            || upper.is_some_and(|bound| bound.2),
        number: left.quantity.start,
        article_like: false,
    }
}

/// The left number in the multiples of the right one: `100-200万元`. A left
/// number above the right one's own digits (`5000-1亿元`) is left as it stands.
fn scaled(chars: &[char], left: &Bounded, right: &Bounded) -> Number {
    let written = |one: &Bounded| {
        chars.get(one.quantity.start..one.quantity.end).unwrap_or_default().to_vec()
    };
    let multiple = |text: &[char]| match text.iter().find(|c| matches!(c, '千' | '万' | '亿')) {
        Some('千') => 1_000,
        Some('万') => 10_000,
        Some(_) => 100_000_000,
        None => 1,
    };
    let (own, theirs) = (multiple(&written(left)), multiple(&written(right)));
    let digits = right.quantity.value.checked_div(Number::whole(theirs));
    let below = digits
        .and_then(|digits| left.quantity.value.compare(digits))
        .is_some_and(std::cmp::Ordering::is_lt);
    let factor = if own == 1 && below { theirs } else { 1 };
    left.quantity.value.checked_mul(Number::whole(factor)).unwrap_or(left.quantity.value)
}

/// `不得同时在两个以上机构执业`: a ban on so many.
fn banned(chars: &[char], one: &Bounded, from: usize) -> bool {
    let lower = one.after.is_some_and(|after| after.side == Side::Lower);
    let lowest = one.start().saturating_sub(10).max(from);
    let part =
        (lowest..one.start()).rev().take_while(|&at| !matches!(chars[at], ',' | ';' | '。' | ':'));
    lower
        && one.quantity.class == MeasureClass::Count
        && part.into_iter().any(|at| {
            chars[at] == '不' && chars.get(at + 1) == Some(&'得')
                || chars[at] == '未' && one.quantity.unit.as_deref() == Some("次")
        })
}

/// A single comparison or a bare quantity.
fn single(chars: &[char], one: &Bounded, from: usize) -> Option<Statement> {
    let mut bound = one.bound();
    if one.before.is_none() && banned(chars, one, from) {
        // What must not be `two or more` may be less than two.
        bound = bound.map(|(_, inclusive, explicit)| (Side::Upper, !inclusive, explicit));
    }
    let (op, lower, upper) = match bound {
        None | Some((Side::Equal, ..)) => (Op::Equal, None, None),
        Some((Side::Lower, true, _)) => (Op::AtLeast, Some(true), None),
        Some((Side::Lower, false, _)) => (Op::More, Some(false), None),
        Some((Side::Upper, true, _)) => (Op::AtMost, None, Some(true)),
        Some((Side::Upper, false, _)) => (Op::Less, None, Some(false)),
    };
    if bound.is_none() && one.quantity.unit.is_none() {
        return None;
    }
    Some(Statement {
        start: one.start(),
        end: one.end(),
        op,
        value: one.quantity.value,
        value2: None,
        unit: one.quantity.unit.clone(),
        class: one.quantity.class,
        lower,
        upper,
        explicit: bound.is_some_and(|bound| bound.2),
        number: one.quantity.start,
        article_like: one.quantity.article_like,
    })
}
