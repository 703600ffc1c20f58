//! What a numeric statement is about: a condition, a benefit, a window or
//! something else. The unit decides which question is asked, the words around
//! the number answer it.
//!
//! The reading follows the guide the labels were made by: charges and fines
//! count as benefits, procedure limits as windows, duties and frequencies of
//! the authority as other.

use super::{
    cue::Class,
    item::{Kind, Op},
    statement::Statement,
    wording::MeasureClass,
};

mod around;
pub(crate) mod count;
pub(crate) mod span;
mod tone;

pub(crate) use around::Around;
pub(crate) use tone::Tone;

/// What the statement is about.
pub(crate) fn kind(statement: &Statement, around: &Around<'_>) -> Kind {
    let figure =
        !matches!(statement.class, MeasureClass::Span | MeasureClass::Age | MeasureClass::Score);
    let asked = around.circumstance(statement)
        || threshold(statement)
            && around.follows(statement.end, "的")
            && !around.follows(statement.end, "的标准")
            && !around.follows(statement.end, "的比例")
        || threshold(statement) && around.heading == Some(Kind::Condition)
        || threshold(statement) && !around.follows(statement.start, "达") && around.only_dated();
    if figure && around.reports() && !asked {
        return Kind::Other;
    }
    let stated = statement.op == Op::Equal || statement.class == MeasureClass::Age;
    if stated && around.tone.example {
        return Kind::Other;
    }
    // 每献血200毫升积2分: what points are given for.
    if statement.op == Op::Equal
        && statement.class != MeasureClass::Score
        && around.points_behind(statement.end)
    {
        return Kind::Condition;
    }
    match statement.class {
        MeasureClass::Money => money(statement, around),
        MeasureClass::Ratio | MeasureClass::Times => ratio(statement, around),
        // 满60周岁当月: a day to count from.
        MeasureClass::Age
            if ["之月", "当月", "当日", "当年"]
                .iter()
                .any(|word| around.follows(statement.end, word)) =>
        {
            Kind::Other
        }
        // 居民平均期望寿命达到81.95岁
        MeasureClass::Age
            if statement.op != Op::Less
                && (around.has(Class::Report) || around.plan)
                && around.tone.past
                && !around.follows(statement.end, "的") =>
        {
            Kind::Other
        }
        MeasureClass::Age => Kind::Condition,
        MeasureClass::Span => span::kind(statement, around),
        MeasureClass::Score => score(statement),
        MeasureClass::Area => area(statement, around),
        MeasureClass::Count | MeasureClass::None => count::kind(statement, around),
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

/// `有不少于十万元的开办资金`: what somebody must have.
fn owned(statement: &Statement, around: &Around<'_>) -> bool {
    threshold(statement)
        && (around.precedes(statement.start, "有") && !around.precedes(statement.start, "没有"))
}

/// Whether nothing in the clause or above it speaks of giving or charging.
fn untold(statement: &Statement, around: &Around<'_>) -> bool {
    let moved = ["降低", "提高", "上调", "下调", "上浮", "下浮", "减少", "增加"]
        .iter()
        .any(|word| around.precedes(statement.start, word));
    let by = !around.precedes(statement.start, "占")
        && (around.part_start.max(statement.start.saturating_sub(80))..statement.start)
            .any(|at| around.chars[at] == '按');
    let told = [Class::Grant, Class::Charge, Class::Insurance, Class::Amount, Class::Leave];
    !by && !moved && around.heading.is_none() && !told.iter().any(|class| around.has(*class))
}

fn money(statement: &Statement, around: &Around<'_>) -> Kind {
    if owned(statement, around) || reached(statement, around) {
        return Kind::Condition;
    }
    if provided(statement, around) {
        return Kind::Other;
    }
    let closed = around.follows(statement.end, ")");
    let noun = !closed
        && (around.soon(Class::Charge, statement.end, 2)
            || around.soon(Class::Grant, statement.end, 6));
    let exempt = statement.op == Op::AtMost
        && given(statement, around).is_none()
        && (around.follows(statement.end, "的部分")
            || ["免征", "免缴", "免收", "减征", "减半"]
                .iter()
                .any(|word| around.follows(statement.end, word)));
    if exempt || portion(statement, around) {
        return Kind::Condition;
    }
    match statement.op {
        Op::Equal => money_fixed(statement, around, noun),
        Op::AtMost => money_at_most(statement, around, noun),
        Op::More | Op::Less => Kind::Condition,
        _ if noun => Kind::Benefit,
        _ if named_last(statement, around) || around.circumstance(statement) => Kind::Condition,
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

/// A sum without a comparator; `noun` tells that what is paid stands right behind.
fn money_fixed(statement: &Statement, around: &Around<'_>, noun: bool) -> Kind {
    // 个人缴费1000元,补贴120元: what is paid decides what is given.
    let paid = around.precedes(statement.start, "缴费")
        && around.anywhere_after(Class::Grant, statement.end);
    let case = around.circumstance(statement) && !noun;
    match () {
        () if stepped(around, statement.start) || case || paid => Kind::Condition,
        () if reports(around) => Kind::Other,
        () if threshold_named(statement, around) => Kind::Condition,
        () => Kind::Benefit,
    }
}

/// What people own or earn; a sum of it that nobody gives is a limit.
const OWNED: [&str; 10] =
    ["资产", "财产", "存款", "价值", "售价", "单价", "总价", "收入", "债务", "余额"];

/// `不超过5000元`: a cap of what is given, or a limit of what somebody has.
fn money_at_most(statement: &Statement, around: &Around<'_>, noun: bool) -> Kind {
    // 单价5000元以下的用品: the words that follow are what it is asked of.
    let attributive = around.precedes(statement.end, "以下") && around.follows(statement.end, "的");
    let case = (around.circumstance(statement) || attributive)
        && !noun
        && !around.follows(statement.end, "的标准");
    if case {
        return Kind::Condition;
    }
    let capped = ["给予", "支持"].iter().any(|word| around.precedes(statement.number, word))
        || ["最高", "上限", "封顶"].iter().any(|word| around.follows(statement.start, word))
        || around.nearly(Class::Grant, statement.start, 0);
    if capped {
        return Kind::Benefit;
    }
    let unpaid = around.field || given(statement, around).is_none();
    if named_last(statement, around) && !noun && unpaid {
        return Kind::Condition;
    }
    let paid = [Class::Grant, Class::Charge, Class::Insurance, Class::Leave];
    let limit = around.heading != Some(Kind::Benefit)
        && !paid.iter().any(|class| around.has(*class))
        && OWNED.iter().any(|word| around.said(word, statement.start));
    if limit { Kind::Condition } else { Kind::Benefit }
}

/// `使用率达到80%的全额返退`: a case, whatever is given in it.
fn reached(statement: &Statement, around: &Around<'_>) -> bool {
    // 120元以上的由基金支付: a verb follows, no noun.
    let verbs = [
        "的并",
        "的处",
        "的责令",
        "的奖",
        "的补",
        "的减",
        "的免",
        "的每",
        "的一",
        "的由",
        "的支付",
        "的给予",
        "的予以",
        "的按",
        "的不",
        "的可",
        "的应",
        "的报销",
        "的全额",
    ];
    let outer = matches!(statement.op, Op::AtLeast | Op::AtMost)
        && (around.precedes(statement.end, "以上") || around.precedes(statement.end, "以下"));
    if outer && verbs.iter().any(|word| around.follows(statement.end, word)) {
        return true;
    }
    let words = ["达到", "超过", "低于", "高于", "不足", "未达到", "不满"];
    let case =
        ["的", "时", "后", "给予", "一次性"].iter().any(|word| around.follows(statement.end, word));
    case && threshold(statement)
        && words.iter().any(|word| around.follows(statement.start, word))
        && !around.follows(statement.end, "的部分")
        && !around.follows(statement.end, "的标准")
        && around.after(Class::Grant, statement.end + 1) != Some(statement.end + 1)
}

/// `保障收入线准入标准调整至70%`: a limit that no comparator tells.
fn threshold_named(statement: &Statement, around: &Around<'_>) -> bool {
    [
        "资产净值限额",
        "资产限额",
        "收入限额",
        "准入标准",
        "收入线标准",
        "准入线",
        "认定标准为",
        "准入条件为",
    ]
    .iter()
    .any(|word| around.said(word, statement.start))
}

/// `超过起付标准，不足10万元的合规医疗费用，支付60%`: the part of a sum that a rate is for.
fn portion(statement: &Statement, around: &Around<'_>) -> bool {
    let sums = ["部分", "费用", "医疗费", "医药费"];
    statement.op != Op::Equal
        && around.follows(statement.end, "的")
        && sums.iter().any(|word| around.precedes(around.part_end, word))
        && around.part_end < around.clause_end
        && around.anywhere_after(Class::Grant, around.part_end)
}

/// `县级以上人民政府应当每年安排不少于500万元`: what an authority provides.
fn provided(statement: &Statement, around: &Around<'_>) -> bool {
    // 市财政每年安排5000万元设立专项资金
    if ["经费投入", "财政投入", "财政性"].iter().any(|word| around.said(word, statement.start))
        && threshold(statement)
        && !around.circumstance(statement)
    {
        return true;
    }
    let budget = ["财政", "专项资金", "预算", "净收益", "土地出让"]
        .iter()
        .any(|word| around.said(word, statement.start));
    if budget && ["安排", "投入", "划出"].iter().any(|word| around.precedes(statement.start, word))
    {
        return true;
    }
    let authority = around.anywhere_before(Class::Authority, statement.start);
    let duty = around.anywhere_before(Class::Duty, statement.start);
    let spent = ["安排", "投入", "列支", "经费", "预算"]
        .iter()
        .any(|word| around.said(word, statement.start));
    statement.op == Op::AtLeast && spent && authority.is_some() && duty > authority
}

/// `招生比例不得超过`, `配建比例不低于`: how an office or a building is to be.
fn arranged(statement: &Statement, around: &Around<'_>) -> bool {
    around.before(Class::Arrange, statement.start).is_some()
        || statement.op == Op::AtMost
            && around.before(Class::Office, statement.start).is_some()
            && around.heading != Some(Kind::Condition)
        || around.forbids(statement)
            && around.anywhere_before(Class::Office, statement.start).is_some()
}

fn ratio(statement: &Statement, around: &Around<'_>) -> Kind {
    let noun =
        around.soon(Class::Charge, statement.end, 3) || around.soon(Class::Grant, statement.end, 6);
    if ["通过", "同意", "出席"].iter().any(|word| around.follows(statement.end, word)) {
        return Kind::Condition;
    }
    if ["乘以", "×", "系数为"].iter().any(|word| around.precedes(statement.start, word)) {
        return Kind::Benefit;
    }
    if statement.op == Op::Equal && !noun && around.circumstance_right_behind(statement.end) {
        return Kind::Condition;
    }
    if around.follows(statement.end, "的标准") && around.said("按", statement.start) {
        return Kind::Benefit;
    }
    if statement.op == Op::Equal && threshold_named(statement, around) {
        return Kind::Condition;
    }
    if statement.op == Op::Equal {
        let other = reports(around) || untold(statement, around) || arranged(statement, around);
        return if other { Kind::Other } else { Kind::Benefit };
    }
    if around.circumstance(statement) {
        return Kind::Condition;
    }
    if reached(statement, around) {
        return Kind::Condition;
    }
    if !noun && arranged(statement, around) || provided(statement, around) {
        return Kind::Other;
    }
    if noun || around.anywhere_before(Class::Insurance, statement.start).is_some() {
        return Kind::Benefit;
    }
    let least = matches!(statement.op, Op::AtLeast | Op::More);
    if named_last(statement, around) && (around.field || least) {
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
    if around.named.is_some() && !around.follows(statement.end, "的比例") {
        return Kind::Condition;
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
    if ["最高", "最多", "最大"].iter().any(|word| around.follows(statement.start, word)) {
        return Kind::Benefit;
    }
    if around.follows(statement.start, "控制在") || around.soon(Class::Mainly, statement.end, 6)
    {
        return Kind::Other;
    }
    if around.attributive(statement) {
        return Kind::Condition;
    }
    let promised = around.heading == Some(Kind::Benefit)
        || around.before(Class::Fixed, statement.start).is_some()
            && around.before(Class::Grant, statement.start).is_some();
    let asked_for = ["申请", "分配", "配租", "配售", "安排", "租赁", "购买"]
        .iter()
        .any(|word| around.precedes(statement.start, word));
    if statement.op == Op::Equal && (promised || asked_for) {
        return Kind::Benefit;
    }
    if threshold(statement) && around.anywhere_after(Class::Grant, around.part_end) {
        return Kind::Condition;
    }
    if around.before(Class::Fixed, statement.start).is_some()
        || around.after(Class::Fixed, statement.end).is_some()
    {
        return Kind::Other;
    }
    let each = ["每户", "人均", "每人", "每家"].iter().any(|w| around.precedes(statement.start, w));
    if statement.op == Op::AtMost
        && each
        && around.anywhere_before(Class::Grant, around.part_start).is_some()
    {
        return Kind::Benefit;
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

/// `每满一年`, `每增加30件`: a step that something is granted for.
pub(crate) fn stepped(around: &Around<'_>, start: usize) -> bool {
    ["每满", "每增加", "每新增", "每增长", "每提高", "每降低", "每减少"]
        .iter()
        .any(|word| around.precedes(start, word))
}
