//! Counts of persons and things: what somebody must have or may have at most,
//! what is granted, and what only reports how an office works.

use super::{
    super::{
        cue::Class,
        item::{Kind, Op},
        statement::Statement,
    },
    Around, stepped, threshold,
};

pub(super) fn kind(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    let unit = statement.unit.as_deref().unwrap_or_default();
    if statement.op == Op::Equal && (only(around, start) || stepped(around, start)) {
        return Kind::Condition;
    }
    if threshold(statement) && around.attributive(statement) {
        return Kind::Condition;
    }
    let below = statement.op == Op::AtMost
        && around.attributive(statement)
        && (around.precedes(statement.end, "以下") || around.precedes(statement.end, "以内"));
    if below {
        return Kind::Condition;
    }
    let yearly = unit == "次"
        && statement.op == Op::AtLeast
        && around.heading != Some(Kind::Condition)
        && !around.circumstance(statement)
        && ["每年", "每学期", "每季度", "每月", "每半年", "每学年"]
            .iter()
            .any(|word| around.said(word, start));
    if yearly || ordered(statement, around) || around.follows(start, "控制在") {
        return Kind::Other;
    }
    if unit == "字" || around.before(Class::Fixed, start).is_some() {
        return Kind::Other;
    }
    let office = around.anywhere_before(Class::Office, start).is_some()
        || around.soon(Class::Office, statement.end, 4);
    if office && !around.circumstance(statement) {
        return Kind::Other;
    }
    if around.follows(statement.end, "组成") {
        return Kind::Other;
    }
    match statement.op {
        Op::Equal => bare(statement, around, unit),
        Op::AtMost if around.circumstance_right_behind(statement.end) => Kind::Condition,
        Op::AtMost => {
            let served = around.anywhere_before(Class::Insurance, start).is_some()
                || around.before(Class::Grant, start).is_some()
                || around.soon(Class::Grant, statement.end, 12);
            if served { Kind::Benefit } else { Kind::Condition }
        }
        // How many must take part or how often is told; how large a thing must be is asked.
        _ if around.forbids(statement)
            && !(around.follows(start, "不得") && around.has(Class::Applicant))
            && matches!(unit, "人" | "次" | "户" | "场" | "期" | "个" | "项" | "所" | "处") =>
        {
            Kind::Other
        }
        _ => Kind::Condition,
    }
}

/// `县级人民政府应当按照每千人口不少于1张的标准`: what an authority is told to provide.
fn ordered(statement: &Statement, around: &Around<'_>) -> bool {
    let authority = around.anywhere_before(Class::Authority, statement.start);
    let duty = around.anywhere_before(Class::Duty, statement.start);
    matches!(statement.op, Op::AtLeast | Op::AtMost)
        && authority.is_some()
        && duty > authority
        && !around.circumstance(statement)
        && around.heading.is_none()
}

/// What somebody may ask for or choose.
const MAY: [&str; 12] = [
    "可多申领",
    "可多申请",
    "可填报",
    "可选择",
    "可申请",
    "可申领",
    "可报考",
    "可购买",
    "可租赁",
    "可申请租赁",
    "可申请购买",
    "可享受",
];

/// What stands before a number of children that somebody has or may have.
const BORN: [&str; 8] =
    ["可以生育", "已生育", "只生育", "只收养", "可再生育", "已有", "育有", "仅有"];

/// A count without a comparator.
fn bare(statement: &Statement, around: &Around<'_>, unit: &str) -> Kind {
    let (start, end) = (statement.start, statement.end);
    let ends = around.circumstance_right_behind(end);
    let born = unit == "个"
        && (around.follows(end, "子女") || around.precedes(start, "只收养"))
        && BORN.iter().any(|word| around.precedes(start, word));
    let surplus = around.precedes(start, "超生") && around.follows(end, "子女的");
    let alone = unit == "人" && around.alone(statement);
    if ends || born || surplus || alone {
        return Kind::Condition;
    }
    if MAY.iter().any(|word| around.precedes(start, word)) {
        return Kind::Benefit;
    }
    if matches!(unit, "孩" | "胎") {
        let again = around.precedes(start, "再生育");
        let born = ["生育", "生", "有"].iter().any(|word| around.precedes(start, word));
        return match (again, born) {
            (true, _) => Kind::Benefit,
            (_, true) => Kind::Condition,
            _ => Kind::Other,
        };
    }
    match unit {
        "次" if around.scored_later(end) => Kind::Condition,
        "次" if around.follows(end, "起付") => Kind::Benefit,
        "次" if around.circumstance(statement) && !around.said("每", start) => Kind::Condition,
        "人" if household(around, end) => Kind::Condition,
        "项" if scores(around, end) => Kind::Condition,
        "项" if around.before(Class::Grant, start).is_none() && !frequent(around, start) => {
            Kind::Other
        }
        "项" | "笔" => Kind::Benefit,
        "套" if around.nearly(Class::Pick, start, 0) && around.precedes(start, "保留") => {
            Kind::Condition
        }
        "套" if around.before(Class::Grant, start).is_some()
            || around.nearly(Class::Pick, start, 2) =>
        {
            Kind::Benefit
        }
        "次" if ["给予", "享受", "免费"].iter().any(|word| around.precedes(start, word)) => {
            Kind::Benefit
        }
        "次" | "批次" => Kind::Other,
        "份" if around.precedes(start, "加计") => Kind::Benefit,
        "份" if around.precedes(start, "一式") => Kind::Other,
        _ if picked(around, start) || equipped(around, start) => Kind::Condition,
        _ if appointed(around, start) || titled(around, start) => {
            if around.has(Class::Applicant) {
                Kind::Condition
            } else {
                Kind::Other
            }
        }
        _ => Kind::Other,
    }
}

/// `选择其中一个档次`, `选择当地3家医院`; a superlative picks by itself.
fn picked(around: &Around<'_>, start: usize) -> bool {
    let from = around.before(Class::Pick, start).filter(|end| {
        // 其中一个档次 picks, 其中小学20所 counts.
        let among = around.precedes(*end, "其中") || around.precedes(*end, "其中的");
        start <= end + if among { 0 } else { 4 }
    });
    from.is_some_and(|from| !around.chars[from..start].iter().any(|c| "最下列、".contains(*c)))
}

/// `获得1项积20分`: what points are given for.
fn scores(around: &Around<'_>, end: usize) -> bool {
    (around.follows(end, "积") || around.follows(end, "加"))
        && around.chars.get(end + 1).is_some_and(char::is_ascii_digit)
}

/// `每年可申请一项`
fn frequent(around: &Around<'_>, start: usize) -> bool {
    ["可申请", "可申报"].iter().any(|word| around.precedes(start, word))
}

/// `具有四个车轮`: what a thing must have to be called so.
fn equipped(around: &Around<'_>, start: usize) -> bool {
    ["具有", "具备"].iter().any(|word| around.precedes(start, word))
}

/// `推举一名家庭成员`, `设置一所幼儿园`: so many are chosen or set up.
pub(crate) fn appointed(around: &Around<'_>, start: usize) -> bool {
    around.nearly(Class::Assign, start, 0)
}

/// `大会执行主席一人`
pub(crate) fn titled(around: &Around<'_>, start: usize) -> bool {
    ["主席", "主任", "组长", "委员", "书记", "会长", "秘书长", "负责人", "联系人"]
        .iter()
        .any(|word| around.precedes(start, word))
}

/// `只能承租一套`: neither more nor less.
fn only(around: &Around<'_>, start: usize) -> bool {
    let sole = around.precedes(start, "仅") || around.precedes(start, "仅 ");
    let limited = (start.saturating_sub(8).max(around.part_start)..start).any(|at| {
        around.chars[at] == '限'
            && !at
                .checked_sub(1)
                .is_some_and(|at| "期年时上下有权局界无极".contains(around.chars[at]))
            && !around.chars.get(at + 1).is_some_and(|c| "额定制期度".contains(*c))
    });
    around.nearly(Class::Only, start, 10) || sole || limited
}

/// `两人家庭`, `3人户`: the size of a household.
pub(crate) fn household(around: &Around<'_>, end: usize) -> bool {
    around.follows(end, "家庭") || around.follows(end, "户") || around.follows(end, "口之家")
}
