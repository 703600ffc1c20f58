//! Stretches of time: how long something must have lasted, how long it is
//! granted, or within which time somebody must act.

use super::{
    super::{
        cue::Class,
        item::{Kind, Op},
        statement::Statement,
    },
    Around, stepped,
};

/// Words of confinement; their terms are what is imposed.
const CONFINEMENT: [&str; 4] = ["拘留", "有期徒刑", "管制", "拘役"];

pub(super) fn kind(statement: &Statement, around: &Around<'_>) -> Kind {
    if CONFINEMENT.iter().any(|word| {
        around.follows(statement.end, word)
            || around.follows(statement.end, "以下") && around.follows(statement.end + 2, word)
            || around.precedes(statement.start, word)
    }) {
        return Kind::Benefit;
    }
    let valid = around.before(Class::Validity, statement.start).is_some()
        || around.soon(Class::Validity, statement.end, 3);
    // 持有效期3年以上的居住证 is asked of somebody; 有效期3年 is told.
    let asked = around.circumstance(statement)
        || matches!(statement.op, Op::AtLeast) && around.precedes(statement.end, "以上");
    let office_days = statement.unit.as_deref() == Some("工作日")
        && !(statement.op == Op::AtMost && around.circumstance(statement));
    if office_days || valid && !asked {
        return Kind::Window;
    }
    if ["未逾", "未过", "未超过"].iter().any(|word| around.follows(statement.start, word)) {
        return Kind::Condition;
    }
    match statement.op {
        Op::AtMost if around.precedes(statement.end, "内") => within(statement, around),
        Op::AtMost => at_most(statement, around),
        Op::Equal => bare(statement, around),
        _ => long_enough(statement, around),
    }
}

/// `之日起30日内`, `毕业2年内`, `近5年内`.
fn within(statement: &Statement, around: &Around<'_>) -> Kind {
    let (start, end) = (statement.start, statement.end);
    let barred = ["不得", "不再", "不予", "不准", "不能", "不受理"]
        .iter()
        .any(|word| around.follows(end, word));
    if barred || around.soon(Class::Exclude, end, 1) {
        return Kind::Window;
    }
    let before_asking = ["申请之日前", "申报之日前", "申请日前", "申请前", "申报前", "认定前"];
    if before_asking.iter().any(|word| around.precedes(start, word)) {
        return Kind::Condition;
    }
    if ["免征", "免缴", "免收", "减征", "减半"].iter().any(|word| around.follows(end, word))
    {
        return Kind::Benefit;
    }
    if around.before(Class::Pledge, start).is_some() || around.after(Class::Pledge, end).is_some() {
        return Kind::Condition;
    }
    if around.before(Class::Stat, start).is_some() {
        return Kind::Other;
    }
    let recent = ["近", "最近", "过去"].iter().any(|word| around.precedes(start, word));
    let adjacent = around.named.is_some_and(|named| named + 1 >= start);
    if recent || adjacent && around.before(Class::Since, start).is_none() {
        return Kind::Condition;
    }
    let duty = around.before(Class::Duty, start).is_some();
    if around.soon(Class::Event, end, 2) && !duty {
        return Kind::Condition;
    }
    let absent = around.follows(end, ",未") && !duty;
    if absent || around.circumstance(statement) || around.circumstance_ahead(statement) {
        return Kind::Condition;
    }
    let looked_back = around.precedes(start, "前") && !around.has(Class::Duty);
    if looked_back { Kind::Condition } else { Kind::Window }
}

/// `不超过8年`, `最长不超过24个月`.
fn at_most(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    if around.before(Class::Leave, start).is_some() || around.before(Class::Grant, start).is_some()
    {
        return Kind::Benefit;
    }
    if around.named.is_some() {
        return Kind::Condition;
    }
    if around.before(Class::Act, start).is_some() || around.forbids(statement) {
        return Kind::Window;
    }
    let granted = [Class::Insurance, Class::Leave, Class::Grant]
        .iter()
        .any(|class| around.anywhere_before(*class, start).is_some());
    if granted {
        return Kind::Benefit;
    }
    if around.anywhere_before(Class::Act, start).is_some() {
        return Kind::Window;
    }
    around.heading.unwrap_or(Kind::Condition)
}

/// `五年`, `6个月` without a comparator.
fn bare(statement: &Statement, around: &Around<'_>) -> Kind {
    let (start, end) = (statement.start, statement.end);
    if stepped(around, start) {
        return Kind::Condition;
    }
    // 每缴交一个月积0.1分
    let verb = &around.chars[start.saturating_sub(2)..start];
    let paid_by = around.precedes(start.saturating_sub(2), "每")
        && verb.iter().all(|c| c.is_alphabetic() && !"年月日人户次件".contains(*c));
    if paid_by {
        return Kind::Condition;
    }
    if around.precedes(start, "每") {
        return Kind::Other;
    }
    if around.precedes(start, "延长") {
        return Kind::Window;
    }
    if around.happens(end, 1) && around.chars.get(end) != Some(&'的') {
        return Kind::Condition;
    }
    let granted = around.before(Class::Leave, start).is_some()
        || around.before(Class::Grant, start).is_some()
        || around.after(Class::Leave, end).is_some()
        || around.after(Class::Grant, end).is_some()
        || around.precedes(start, "连续");
    if granted {
        return Kind::Benefit;
    }
    // `满两年不足三年的为六个月`: what follows a condition is what it gives.
    if around.precedes(start, "的为") || around.precedes(start, "者为") {
        return Kind::Benefit;
    }
    if around.named.is_some() {
        return Kind::Condition;
    }
    let runs = around.follows(end, "期")
        || around.before(Class::Since, start).is_some()
        || around.before(Class::Act, start).is_some();
    if runs {
        return Kind::Window;
    }
    if around.anywhere_before(Class::Grant, start).is_some() {
        return Kind::Benefit;
    }
    around.heading.unwrap_or(Kind::Other)
}

/// `满N年`, `N年以上`, `提前N日`.
fn long_enough(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    let notice = around.follows(start, "提前")
        || around.follows(start, "前")
        || around.precedes(statement.end, "前") && !around.precedes(statement.end, "以前");
    let full = ["满", "年满", "已满"].iter().any(|word| around.follows(start, word));
    let later = !full
        && around.precedes(statement.end, "后")
        && !around.circumstance(statement)
        && !around.precedes(statement.end, "以后");
    if notice || later || !full && around.precedes(statement.end, "方可") {
        return Kind::Window;
    }
    let runs = around.before(Class::Since, start).is_some_and(|at| at + 1 >= start)
        && !around.precedes(statement.end, "后")
        && around.chars.get(statement.end) == Some(&',');
    if runs && !around.circumstance(statement) && !around.circumstance_ahead(statement) {
        return Kind::Window;
    }
    if statement.op == Op::Between
        && around.named.is_none()
        && around.anywhere_before(Class::Grant, start).is_some()
        && !around.circumstance(statement)
    {
        return Kind::Benefit;
    }
    let term = around.before(Class::Leave, start).is_some_and(|at| start - at <= 3)
        && !around.circumstance(statement);
    if term && around.named.is_none() { Kind::Benefit } else { Kind::Condition }
}
