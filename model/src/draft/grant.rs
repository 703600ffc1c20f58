//! What is granted: its kind, the sum where exactly one is named, the tiers
//! where each is fully read. A sum that depends on anything else is asked of a
//! person, never guessed.

use crate::{
    domain::SubjectKind,
    text::{
        extract::{Item, Kind, Op},
        span::{Span, has_any},
    },
};

use super::{
    Document,
    clause::Clauses,
    condition::{Conditions, Node, Premise, Test},
    header::Head,
    number,
};

/// One tier: label, expression, sum.
pub(super) type Tier = (String, String, String);

/// What a policy file says of its benefit.
#[derive(Debug, Default)]
pub(super) struct Grant {
    /// The word for its kind.
    pub(super) kind: &'static str,
    /// One sentence.
    pub(super) summary: String,
    /// The sum.
    pub(super) amount: Option<String>,
    /// The highest sum.
    pub(super) cap: Option<String>,
    /// Whether the sum is only a ceiling.
    pub(super) ceiling: bool,
    /// What the sum is for.
    pub(super) per: &'static str,
    /// The tiers.
    pub(super) tiers: Vec<Tier>,
    /// What a person must decide.
    pub(super) doubt: Option<&'static str>,
}

/// Reads what is granted.
pub(super) fn read(
    document: &Document<'_>,
    clauses: &Clauses,
    conditions: &Conditions,
    head: &Head,
) -> Grant {
    let paid: Vec<&Item> =
        document.items.iter().filter(|item| item.kind == Kind::Benefit).collect();
    let sums: Vec<&Item> =
        paid.iter().copied().filter(|item| item.unit.as_deref() == Some("元")).collect();
    let clause = clauses.all.iter().find(|clause| {
        document.items_in(clause.span).iter().any(|item| item.kind == Kind::Benefit)
    });
    let words =
        clause.map(|clause| document.words(clause.span)).unwrap_or_else(|| head.title.clone());
    let summary: String = words.split_whitespace().collect::<String>().chars().take(120).collect();
    let mut grant = Grant {
        kind: kind(document, head, !sums.is_empty()),
        summary: if summary.ends_with('。') { summary } else { format!("{summary}。") },
        per: "none",
        ..Grant::default()
    };
    let shares = paid.len() > sums.len();
    match sums.as_slice() {
        [] if paid.is_empty() => grant.doubt = Some("没有读出待遇内容，请填写金额或者说明"),
        [] => grant.doubt = Some("待遇按比例计算，请写出金额的算式"),
        [one] if !shares => single(document, one, head, &mut grant),
        [one] if one.op != Op::Equal => {
            grant.cap = one.value.as_deref().and_then(number::money);
            grant.per = per(document, one);
            grant.doubt = Some("只读出上限，请写出金额的算式");
        }
        _ => tiers(document, &conditions.premises, head, &mut grant),
    }
    grant
}

/// The only sum.
fn single(document: &Document<'_>, item: &Item, head: &Head, grant: &mut Grant) {
    if multiplied(document, item, head) {
        grant.doubt = Some("金额要乘以人数、面积或者件数，请写出算式");
        return;
    }
    let plain = matches!(item.op, Op::Equal | Op::AtMost);
    let Some(amount) = item.value.as_deref().and_then(number::money).filter(|_| plain) else {
        grant.doubt = Some("金额是一个区间，请写出算式");
        return;
    };
    grant.amount = Some(amount);
    grant.ceiling = item.op == Op::AtMost;
    grant.per = per(document, item);
    if grant.ceiling {
        grant.doubt = Some("只读出上限：上限不等于应得金额，请核对");
    }
}

/// Tiers, where every premise is read to the last word and grants one sum.
fn tiers(document: &Document<'_>, premises: &[Premise], head: &Head, grant: &mut Grant) {
    grant.doubt = Some("有几个金额，未能全部对应到档次，请写出金额或者分档");
    let mut tiers = Vec::new();
    for premise in premises {
        let items = document.items_in(premise.clause);
        let mut sums = items.iter().filter(|item| item.kind == Kind::Benefit);
        let (Some(sum), None) = (sums.next(), sums.next()) else { return };
        let fixed = sum.unit.as_deref() == Some("元")
            && sum.op == Op::Equal
            && !multiplied(document, sum, head);
        let (Some(when), Some(amount)) =
            (expression(&premise.nodes), sum.value.as_deref().and_then(number::money))
        else {
            return;
        };
        if !fixed {
            return;
        }
        grant.per = per(document, sum);
        tiers.push((document.words(premise.clause), when, amount));
    }
    if tiers.len() > 1 {
        grant.tiers = tiers;
        grant.doubt = Some("请核对分档的次序：最先满足的一档起作用");
    }
}

/// The premises as one expression; `None` if a person must judge one.
fn expression(nodes: &[Node]) -> Option<String> {
    let mut parts = Vec::new();
    for node in nodes {
        match node {
            Node::Leaf { test: Test::When(rule), .. } if rule.when.contains("||") => {
                parts.push(format!("({})", rule.when))
            }
            Node::Leaf { test: Test::When(rule), .. } => parts.push(rule.when.clone()),
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join(" && "))
}

/// The characters around a sum.
fn around<'d>(document: &'d Document<'_>, item: &Item) -> &'d [char] {
    Span::new(
        item.start.saturating_sub(12).max(item.clause_start),
        (item.end + 6).min(item.clause_end),
    )
    .of(document.chars)
}

/// Whether a sum is for each of several: persons of a firm, mu, households.
fn multiplied(document: &Document<'_>, item: &Item, head: &Head) -> bool {
    let words = around(document, item);
    let things = [
        "每亩",
        "每平方米",
        "每台",
        "每件",
        "每项",
        "每个",
        "每招用",
        "每吸纳",
        "每新增",
        "/亩",
        "/台",
        "每辆",
        "每床",
        "每千",
        "每次",
        "每天",
        "每日",
        "每小时",
        "每户",
        "每套",
        "每增加",
        "每满",
    ];
    let persons = ["每人", "/人", "人均", "每名", "每招"];
    has_any(words, &things)
        || (head.audience == SubjectKind::Enterprise && has_any(words, &persons))
}

/// What a sum is for.
fn per(document: &Document<'_>, item: &Item) -> &'static str {
    let words = around(document, item);
    if has_any(words, &["每月", "/月", "按月", "元月"]) {
        "month"
    } else if has_any(words, &["每季"]) {
        "quarter"
    } else if has_any(words, &["每年", "/年", "每学年", "年度"]) {
        "year"
    } else {
        "once"
    }
}

/// The kind of a benefit, by the words of title and body.
fn kind(document: &Document<'_>, head: &Head, money: bool) -> &'static str {
    let title = head.title.as_str();
    let body = |words: &[&str]| has_any(document.chars, words);
    if ["税", "减免", "免征", "费"].iter().any(|word| title.contains(word))
        && body(&["减征", "免征", "减按", "减免", "扣除", "免缴"])
    {
        "relief"
    } else if ["贷款", "贴息", "担保"].iter().any(|word| title.contains(word)) {
        "loan"
    } else if money {
        "cash"
    } else if ["认定", "评价", "评定", "居住证", "入库", "遴选", "小巨人", "单项冠军"]
        .iter()
        .any(|word| title.contains(word))
    {
        "title"
    } else {
        "service"
    }
}
