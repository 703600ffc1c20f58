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

/// Words of office; their terms are how an organisation works.
const TERMS: [&str; 4] = ["任期", "聘期", "任期为", "聘期为"];

pub(super) fn kind(statement: &Statement, around: &Around<'_>) -> Kind {
    if recurs(statement, around) {
        return Kind::Other;
    }
    if CONFINEMENT.iter().any(|word| {
        around.follows(statement.end, word)
            || around.follows(statement.end, "以下") && around.follows(statement.end + 2, word)
            || around.precedes(statement.start, word)
    }) {
        return Kind::Benefit;
    }
    let kept = ["保存", "保管", "留存", "存档", "保存期", "保存期限"];
    if kept.iter().any(|word| around.precedes(statement.start, word)) {
        return Kind::Window;
    }
    if ["未逾", "未过", "未超过"].iter().any(|word| around.follows(statement.start, word)) {
        return Kind::Condition;
    }
    // 提供有效期内的合同: the term is not told here.
    let valid = around
        .before(Class::Validity, statement.start)
        .is_some_and(|at| around.chars.get(at) != Some(&'内'))
        || around.soon(Class::Validity, statement.end, 3);
    // 持有效期3年以上的居住证 is asked of somebody; 有效期3年 is told.
    let asked = around.circumstance(statement)
        || matches!(statement.op, Op::AtLeast) && around.precedes(statement.end, "以上");
    // 七个工作日不通知的,视为受理: what does not happen in time.
    let lapsed = statement.op == Op::Equal
        && around.happens(statement.end, 0)
        && around.anywhere_after(Class::Deem, statement.end);
    if around.follows(statement.end, "视为") || around.follows(statement.end, "视同") || lapsed
    {
        return Kind::Condition;
    }
    let office_days = statement.unit.as_deref() == Some("工作日")
        && !(around.precedes(statement.start, "连续") && around.circumstance_ahead(statement))
        && !(statement.op == Op::AtMost && around.circumstance(statement));
    if office_days || valid && !asked {
        return Kind::Window;
    }
    told(statement, around)
}

/// A stretch of time that is neither kept nor valid nor counted in working days.
fn told(statement: &Statement, around: &Around<'_>) -> Kind {
    // 近3年连续纳税: looking back, whatever follows.
    if around.follows(statement.start, "近") {
        return Kind::Condition;
    }
    let kept_long =
        ["保管期限", "保存期限", "保存期"].iter().any(|word| around.said(word, statement.start));
    if kept_long && around.follows(statement.start, "不得少于") {
        return Kind::Window;
    }
    if statement.op != Op::Equal && around.follows(statement.end, "时,") {
        return Kind::Condition;
    }
    // 以一个月内取得的收入为一次
    if around.precedes(around.part_end, "为一次") {
        return Kind::Other;
    }
    match statement.op {
        Op::AtMost if around.precedes(statement.end, "内") => within(statement, around),
        Op::AtMost => at_most(statement, around),
        Op::Equal => bare(statement, around),
        _ => long_enough(statement, around),
    }
}

/// `任期五年`, `每10个工作日移交`, `居住每满1年之日前1个月内`: terms of office, and what comes
/// back again and again.
fn recurs(statement: &Statement, around: &Around<'_>) -> bool {
    let (start, end) = (statement.start, statement.end);
    let each = around.precedes(start, "每");
    let anniversary = each
        && around.precedes(start + 1, "满")
        && (around.follows(end, "之日") || around.follows(end, "前") || around.precedes(end, "前"));
    let office = statement.unit.as_deref() == Some("工作日");
    of_office(around, start) || anniversary || each && office
}

/// `任期五年`, `每届任期为三年`
pub(crate) fn of_office(around: &Around<'_>, start: usize) -> bool {
    TERMS.iter().any(|word| around.precedes(start, word))
}

/// `之日起30日内`, `毕业2年内`, `近5年内`.
fn within(statement: &Statement, around: &Around<'_>) -> Kind {
    let (start, end) = (statement.start, statement.end);
    if dosed(around, start) || around.follows(end, "的") && around.soon(Class::Leave, end, 4) {
        return Kind::Benefit;
    }
    let barred = ["不得", "不可", "不再", "不予", "不准", "不能", "不受理"]
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
    // 退役后2年内允许入学
    if ["允许", "可以"].iter().any(|word| around.follows(end, word)) {
        return Kind::Window;
    }
    let in_force = ["实施后", "施行后", "发布后", "施行之日起", "实施之日起"];
    if in_force.iter().any(|word| around.precedes(start, word)) {
        return Kind::Window;
    }
    if around.before(Class::Pledge, start).is_some() || around.after(Class::Pledge, end).is_some() {
        return Kind::Condition;
    }
    if around.before(Class::Stat, start).is_some() || around.before(Class::Report, start).is_some()
    {
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

/// `处方药量限7天以内`: how much an insurance provides.
fn dosed(around: &Around<'_>, start: usize) -> bool {
    (around.part_start.max(start.saturating_sub(40))..start)
        .any(|at| ["药量", "用量", "处方"].iter().any(|word| around.follows(at, word)))
}

/// `不超过8年`, `最长不超过24个月`.
fn at_most(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    let dose = ["量", "用量", "剂量", "药量", "的用量", "的药量"];
    if around.circumstance_right_behind(statement.end) {
        return Kind::Condition;
    }
    // 最长贷款期限30年
    let within = |cue: &&super::super::cue::Cue| {
        matches!(cue.class, Class::Leave | Class::Grant)
            && cue.start >= start
            && cue.end <= statement.number
    };
    if around.cues.iter().any(|cue| within(&cue)) {
        return Kind::Benefit;
    }
    if around.said("轮候", start) && around.heading != Some(Kind::Condition) {
        return Kind::Window;
    }
    if dosed(around, start) || dose.iter().any(|word| around.follows(statement.end, word)) {
        return Kind::Benefit;
    }
    if around.before(Class::Leave, start).is_some() || around.before(Class::Grant, start).is_some()
    {
        return Kind::Benefit;
    }
    // 间隔不超过180天的住院: which ones are meant.
    let noun = around.chars.get(statement.end + 1).is_some_and(|c| c.is_alphabetic());
    let most = around.follows(start, "最");
    if around.follows(statement.end, "的") && noun && !most {
        return Kind::Condition;
    }
    if around.named.is_some() {
        return Kind::Condition;
    }
    // 领取期限合并计算,但最长不得超过二十四个月: the part before says of what.
    let prolonged = ["延长", "延期", "延缓"].iter().any(|word| around.said(word, start));
    let given = around.anywhere_before(Class::Leave, start).is_some()
        || around.anywhere_before(Class::Grant, start).is_some();
    if start - around.part_start <= 4 && (given || prolonged) {
        return if prolonged { Kind::Window } else { Kind::Benefit };
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
    if ["期限", "时限"].iter().any(|word| around.precedes(start, word)) {
        return Kind::Window;
    }
    around.heading.unwrap_or(Kind::Condition)
}

/// `五年`, `6个月` without a comparator.
fn bare(statement: &Statement, around: &Around<'_>) -> Kind {
    let (start, end) = (statement.start, statement.end);
    if stepped(around, start) || lasted(statement, around) {
        return Kind::Condition;
    }
    if around.precedes(start, "按")
        && around.chars.get(start..end).is_some_and(|c| c.contains(&'/'))
    {
        return Kind::Other;
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
    // 产假30日,办理独生子女证的增加35日
    let more = ["增加", "增加至", "再增加"].iter().any(|word| around.precedes(start, word));
    if more && around.anywhere_before(Class::Leave, start).is_some() {
        return Kind::Benefit;
    }
    let prolonged = ["跨", "延长", "延长至", "延长到", "延期"];
    if prolonged.iter().any(|word| around.precedes(start, word)) || around.precedes(start, "起连续")
    {
        return Kind::Window;
    }
    if around.circumstance_right_behind(end) || around.scored(end) || certified(around, end) {
        return Kind::Condition;
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
    unbidden(around, start, end)
}

/// A bare length of time that nothing right before it grants.
fn unbidden(around: &Around<'_>, start: usize, end: usize) -> Kind {
    // `满两年不足三年的为六个月`: what follows a condition is what it gives.
    if around.precedes(start, "的为") || around.precedes(start, "者为") {
        return Kind::Benefit;
    }
    if around.named.is_some() {
        return Kind::Condition;
    }
    let runs = around.follows(end, "期")
        || around.precedes(start, "期")
        || around.before(Class::Since, start).is_some()
        || around.before(Class::Act, start).is_some();
    if runs {
        return Kind::Window;
    }
    if ["具有", "具备", "须有", "应有", "拥有", "并有"]
        .iter()
        .any(|word| around.precedes(start, word))
    {
        return Kind::Condition;
    }
    if ["期为", "期限为", "年限为", "时间为", "时限为"]
        .iter()
        .any(|word| around.precedes(start, word))
    {
        return Kind::Window;
    }
    let granted = [Class::Grant, Class::Leave]
        .iter()
        .any(|class| around.anywhere_before(*class, start).is_some());
    if granted {
        return Kind::Benefit;
    }
    around.heading.unwrap_or(Kind::Other)
}

/// `连续六个月未缴纳租金`, `累计两年未填报`: at least so long.
pub(crate) fn lasted(statement: &Statement, around: &Around<'_>) -> bool {
    let start = statement.start;
    let running = ["连续", "累计"].iter().any(|word| around.precedes(start, word));
    let recent = ["近连续", "最近连续"].iter().any(|word| around.precedes(start, word));
    let plain = around.chars.get(statement.end) != Some(&'的');
    statement.op == Op::Equal && plain && running && !recent && around.happens(statement.end, 12)
}

/// `连续工作两年的证明`: papers show what is asked.
fn certified(around: &Around<'_>, end: usize) -> bool {
    around.follows(end, "的")
        && ["证明", "有效证明", "相关证明"].iter().any(|word| around.follows(end + 1, word))
}

/// `满N年`, `N年以上`, `提前N日`.
fn long_enough(statement: &Statement, around: &Around<'_>) -> Kind {
    let start = statement.start;
    let notice = around.follows(start, "提前")
        || around.follows(start, "前")
        || around.precedes(statement.end, "前") && !around.precedes(statement.end, "以前");
    if statement.op == Op::Less
        && around.precedes(statement.end, "以前")
        && !around.circumstance(statement)
    {
        return Kind::Window;
    }
    let full = ["满", "年满", "已满"].iter().any(|word| around.follows(start, word));
    let later = !full
        && around.precedes(statement.end, "后")
        && !around.circumstance(statement)
        && !around.precedes(statement.end, "以后");
    let lapses = ["自动失效", "失效", "自动终止", "作废"]
        .iter()
        .any(|word| around.follows(statement.end, word) || around.follows(statement.end + 1, word));
    // 自退出之日起1年后方可再次申请
    let barred = around.before(Class::Since, start).is_some()
        && around
            .chars
            .get(statement.end.saturating_sub(1)..statement.end + 1)
            .is_some_and(|c| c.contains(&'后'))
        && (statement.end..around.part_end.min(statement.end + 16))
            .any(|at| around.follows(at, "方可"));
    if notice || later || barred || lapses || !full && around.precedes(statement.end, "方可") {
        return Kind::Window;
    }
    let runs = around.before(Class::Since, start).is_some_and(|at| at + 1 >= start)
        && !around.precedes(statement.end, "后")
        && around.chars.get(statement.end) == Some(&',');
    if runs && !around.circumstance(statement) && !around.circumstance_ahead(statement) {
        return Kind::Window;
    }
    if statement.op == Op::Between
        && around.heading.is_none()
        && around.before(Class::Leave, start).is_none()
        && ["期为", "期限为"].iter().any(|word| around.precedes(start, word))
    {
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
