//! Which wording names a quantity, which quantities state something, and what
//! the headings above a clause are about.

use crate::text::structure::Structure;

use super::super::{
    cue::Class,
    item::{Item, Kind, Op},
    kind::{self, Around},
    statement::Statement,
    wording::{Hit, MeasureClass, Wordings},
};

/// What the lines above a line say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// What the statements of a list are about.
    pub(crate) kind: Option<Kind>,
    /// Whether it lists papers to hand in.
    pub(crate) materials: bool,
    /// Whether it states who qualifies.
    pub(crate) conditions: bool,
}

const CONDITIONS: [&str; 14] = [
    "条件",
    "对象",
    "范围",
    "资格",
    "要求",
    "之一的",
    "情形",
    "下列人员",
    "符合",
    "适用",
    "标准认定",
    "门槛",
    "前提",
    "认定标准",
];
const BENEFITS: [&str; 10] = [
    "资助标准",
    "奖励标准",
    "补贴标准",
    "补助标准",
    "扶持标准",
    "支持方式",
    "奖补标准",
    "扶持内容",
    "待遇",
    "支持内容",
];
const WINDOWS: [&str; 10] = [
    "办理时限",
    "办理时间",
    "申报时间",
    "申请时间",
    "受理时间",
    "办结时限",
    "工作时限",
    "承诺时限",
    "有效期",
    "时间安排",
];
const MATERIALS: [&str; 8] =
    ["材料", "资料", "附件", "申报表", "申请表", "提交下列", "提供下列", "证明文件"];

/// The context of every line, told by the headings and introductions above it.
pub(super) fn contexts(chars: &[char], structure: &Structure) -> Vec<Context> {
    let mut all: Vec<Context> = Vec::with_capacity(structure.lines.len());
    for line in &structure.lines {
        let above =
            line.parent.and_then(|parent| Some((all.get(parent)?, structure.lines.get(parent)?)));
        let mut context = Context::default();
        if let Some((inherited, parent)) = above {
            context = *inherited;
            let words: String = chars
                .get(parent.span.start..parent.span.end.min(parent.span.start + 120))
                .unwrap_or_default()
                .iter()
                .collect();
            let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
            if has(&MATERIALS) && !words.contains("条件") {
                context = Context { materials: true, ..Context::default() };
            } else if has(&BENEFITS) {
                context = Context { kind: Some(Kind::Benefit), ..Context::default() };
            } else if has(&WINDOWS) {
                context = Context { kind: Some(Kind::Window), ..Context::default() };
            } else if has(&CONDITIONS) {
                context =
                    Context { kind: Some(Kind::Condition), materials: false, conditions: true };
            }
        }
        all.push(context);
    }
    all
}

/// The wording that names the statement's quantity: the nearest before the
/// number in the same part of the clause, of equals the longest; right behind
/// it otherwise.
pub(super) fn named(
    wordings: &Wordings,
    hits: &[Hit],
    statement: &Statement,
    (part_start, part_end): (usize, usize),
    chars: &[char],
) -> Option<Hit> {
    let joins = |hit: &Hit| {
        let gap = chars.get(statement.end..hit.start).unwrap_or_default();
        let behind = matches!(
            wordings.rows()[hit.wording].field,
            Some("contract_months" | "household_size" | "children_count" | "job_refusals")
        ) && gap.len() <= 4
            && !gap.iter().any(|c| "并且及和与,".contains(*c));
        hit.start < statement.number || behind
    };
    let fits = |hit: &Hit| fits(wordings.rows()[hit.wording].field, statement.unit.as_deref());
    let generic = |hit: &Hit| {
        let better: &[&str] = match wordings.rows()[hit.wording].field {
            Some("insured_months_continuous") => &["养老", "失业", "生育", "医疗", "工伤", "医保"],
            Some("residence_since") => &["缴纳", "保险", "工作", "就业", "社保"],
            _ => &[],
        };
        better.iter().any(|word| contains(&chars[hit.start..hit.end], word))
    };
    hits.iter()
        .copied()
        .filter(|hit| wordings.rows()[hit.wording].measure == statement.class)
        .filter(|hit| hit.start >= part_start && hit.end <= part_end)
        .filter(|hit| joins(hit) && fits(hit) && !generic(hit))
        .max_by_key(|hit| {
            let distance = if hit.end <= statement.number {
                statement.number - hit.end
            } else if hit.start >= statement.end {
                hit.start - statement.end
            } else {
                hit.end.saturating_sub(statement.end)
            };
            (std::cmp::Reverse(distance), hit.end - hit.start, hit.wording)
        })
}

/// Field of the last share that a clause names.
pub(super) fn last_share(wordings: &Wordings, hits: &[Hit]) -> Option<&'static str> {
    let share = |hit: &&Hit| wordings.rows()[hit.wording].measure == MeasureClass::Ratio;
    let last = hits.iter().filter(share).max_by_key(|hit| (hit.end, hit.end - hit.start))?;
    wordings.rows()[last.wording].field
}

/// Whether a field can be counted in a unit: persons are not counted in grades.
fn fits(field: Option<&str>, unit: Option<&str>) -> bool {
    let persons = matches!(
        field,
        Some(
            "employees"
                | "insured_employees"
                | "tech_staff"
                | "rd_staff"
                | "new_hires_12m"
                | "graduates_hired_12m"
                | "jobs_created"
                | "disabled_employees"
                | "household_size"
                | "children_count"
        )
    );
    let works = matches!(
        field,
        Some("ip_total" | "ip_class1" | "ip_class2" | "ip_applications" | "standards_led")
    );
    match unit {
        Some("人" | "口") => !works,
        Some("个") => field == Some("children_count") || !persons,
        Some("项" | "件") => !persons,
        _ => !persons && !works,
    }
}

fn contains(chars: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    chars.windows(word.len()).any(|window| window == word)
}

/// Whether a document plans or reports rather than rules: it names a five-year
/// plan again and again.
pub(super) fn plan(whole: &str) -> bool {
    let named: usize =
        ["\"十一五\"", "\"十二五\"", "\"十三五\"", "\"十四五\"", "\"十五五\"", "五年规划"]
            .iter()
            .map(|words| whole.matches(words).count())
            .sum();
    named >= 5
}

/// Which insurance a document is about, for contributions it names no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Unemployment,
    ResidentPension,
    Medical,
    Maternity,
    Open,
}

/// The topic: the insurance the document names most often, if it names one
/// insurance far more often than all others.
pub(super) fn topic(whole: &str) -> Topic {
    let count =
        |words: &[&str]| words.iter().map(|word| whole.matches(word).count()).sum::<usize>();
    let resident = count(&["居民养老保险", "居民基本养老保险", "居民社会养老保险", "农村养老保险"]);
    let counts = [
        (count(&["失业保险"]), Topic::Unemployment),
        (resident, Topic::ResidentPension),
        (count(&["医疗保险", "医保"]), Topic::Medical),
        (count(&["生育保险"]), Topic::Maternity),
        (count(&["养老保险"]).saturating_sub(resident), Topic::Open),
    ];
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    let most = counts.iter().max_by_key(|(count, _)| *count);
    most.filter(|(count, _)| *count >= 3 && count * 5 >= all * 3)
        .map_or(Topic::Open, |(_, topic)| *topic)
}

/// The field a wording names, unless the words around it speak of somebody
/// else or of another insurance.
pub(super) fn field(
    chars: &[char],
    field: Option<&'static str>,
    statement: &Statement,
    (part_start, part_end): (usize, usize),
    topic: Topic,
) -> Option<&'static str> {
    let before = &chars[statement.start.saturating_sub(12).max(part_start)..statement.start];
    let after = &chars[statement.end..part_end.min(statement.end + 6)];
    let age = (statement.class == MeasureClass::Age).then_some("age");
    match field.or(age)? {
        "age" => {
            let others = ["哺乳", "申请人的子女", "申请人未满", "的子女", "配偶"];
            let other = others.iter().any(|word| contains(before, word) || contains(after, word));
            (!other).then_some("age")
        }
        "pension_months" if !contains(before, "养老") => match topic {
            Topic::Unemployment => Some("unemployment_insurance_months"),
            Topic::ResidentPension => Some("resident_pension_months"),
            Topic::Medical | Topic::Maternity => None,
            Topic::Open => Some("pension_months"),
        },
        "pension_months" if topic == Topic::ResidentPension => Some("resident_pension_months"),
        "insured_months_continuous" if contains(before, "累计") => None,
        "residence_since" if statement.unit.as_deref() == Some("日") => None,
        // A step of a scale, or how long a card was held.
        "residence_since" if before.ends_with(&['每']) || contains(before, "居住证时间") => {
            None
        }
        other => Some(other),
    }
}

/// Whether a statement is worth reporting: bare counts, articles and reference
/// periods state nothing.
pub(super) fn keep(chars: &[char], statement: &Statement, kind: Kind, around: &Around<'_>) -> bool {
    let unit = statement.unit.as_deref().unwrap_or_default();
    if statement.op != Op::Equal {
        let reference = statement.class == MeasureClass::Span
            && statement.op == Op::AtMost
            && !around.precedes(statement.start, "近")
            && !around.happens(statement.end, 1)
            && !around.soon(Class::Duty, statement.end, 0)
            && contains(&chars[statement.number..statement.end], "年度");
        let per = around.precedes(statement.start, "每") && statement.op == Op::More;
        let cell = around.part_start == statement.start && around.part_end == statement.end;
        let nameless = statement.unit.is_none() && (statement.op == Op::Between || cell);
        let calendar = statement.op == Op::Between
            && unit == "日"
            && ["日至", "日-", "日到", "日~"]
                .iter()
                .any(|word| contains(&chars[statement.number..statement.end], word));
        let recent = chars[statement.start] == '近'
            && statement.end > statement.number
            && (chars.get(statement.end) == Some(&'的')
                || chars[statement.end..around.part_end]
                    .iter()
                    .any(|c| c.is_ascii_digit() || *c == '%')
                || contains(&chars[statement.end..around.part_end], "百分之")
                || !around.happens(statement.end, 60) && !around.happens_later(statement.end, 24));
        let papers =
            statement.op == Op::Between && unit == "项" && around.precedes(statement.start, "材料");
        // 申请之日前一年内累计满八个月: the months count, the year is where they lie.
        let spanned = statement.class == MeasureClass::Span
            && statement.op == Op::AtMost
            && around.precedes(statement.end, "内")
            && (around.precedes(statement.start, "日前") || around.precedes(statement.start, ","))
            && around.counted_over(statement.end);
        return !per && !spanned && !reference && !nameless && !calendar && !recent && !papers;
    }
    match statement.class {
        MeasureClass::Count => keep_count(chars, statement, kind, around),
        MeasureClass::Span => keep_span(chars, statement, kind, around),
        _ => true,
    }
}

/// Whether a bare count states something.
fn keep_count(chars: &[char], statement: &Statement, kind: Kind, around: &Around<'_>) -> bool {
    let digit = chars[statement.number].is_ascii_digit();
    match statement.unit.as_deref().unwrap_or_default() {
        "" | "级" | "口" => false,
        _ if kind == Kind::Other && summed(chars, around, statement.start) => false,
        "人" if around.reports() && kind::count::household(around, statement.end) => false,
        _ if around.reports() && digit && around.precedes(statement.start, "以上") => {
            kind == Kind::Other
        }
        _ if SAID.iter().any(|word| around.precedes(statement.start, word)) => false,
        _ if kind == Kind::Condition && around.points_behind(statement.end) => {
            !steps(around, statement.start)
        }
        _ if around.reports() => {
            let told = kind::count::appointed(around, statement.start)
                || around.nearly(Class::Done, statement.start, 0)
                    && statement.unit.as_deref() == Some("次");
            kind == Kind::Other && (digit || told)
        }
        // Copies to hand in, rounds of a procedure.
        "份" | "批次" => true,
        "张" => kind == Kind::Other,
        "本" => digit,
        "次" => {
            let vague = chars.get(statement.end) == Some(&'或');
            let done = around.nearly(Class::Done, statement.start, 0)
                || around.precedes(statement.start, "为")
                || around.precedes(statement.start, "先后");
            !vague && (kind != Kind::Other || done || every(chars, around))
        }
        "套" if kind == Kind::Benefit => true,
        "人" | "户" | "套" | "所" | "家" | "条" if digit => true,
        "人" if kind::count::titled(around, statement.start) => true,
        "人" if kind == Kind::Condition => true,
        "人" | "所" => kind::count::appointed(around, statement.start),
        "个" if kind::count::appointed(around, statement.start) => {
            !SORTS.iter().any(|word| around.follows(statement.end, word))
        }
        "项" if digit && kind == Kind::Other => !steps(around, statement.start),
        "项" if kind == Kind::Condition => !steps(around, statement.start),
        "项" | "笔" => kind == Kind::Condition || frequent(chars, around, &["可申请", "可申报"]),
        _ => matches!(kind, Kind::Condition | Kind::Benefit),
    }
}

/// `个人素质、参保情况、居住情况3项指标`: a count that only sums up what was named.
fn summed(chars: &[char], around: &Around<'_>, start: usize) -> bool {
    let noun = start.checked_sub(1).is_some_and(|at| {
        chars[at].is_alphabetic() && !"等共计约近达为有的各设建满足".contains(chars[at])
            || chars[at] == ')'
    });
    let mut marks = 0;
    let mut digits = false;
    for at in (around.part_start.max(start.saturating_sub(60))..start).rev() {
        match chars[at] {
            '、' => marks += 1,
            c if marks < 2 && c.is_ascii_digit() => digits = true,
            _ => {}
        }
    }
    noun && marks >= 2 && !digits
}

/// What stands before a count that only sums up what was named.
const SAID: [&str; 5] = ["等", "上述", "以上", "下列", "以下"];

/// What counts of sorts and parts are followed by.
const SORTS: [&str; 8] = ["类", "档", "等级", "方面", "部分", "阶段", "层次", "步骤"];

/// `每获得1项`: a unit of measure.
fn steps(around: &Around<'_>, start: usize) -> bool {
    ["每获", "每获得", "每取得", "每新增", "每"].iter().any(|word| around.precedes(start, word))
}

/// Whether a bare length of time states something, or only says over which
/// time something is measured.
fn keep_span(chars: &[char], statement: &Statement, kind: Kind, around: &Around<'_>) -> bool {
    let (start, end) = (statement.start, statement.end);
    let before = start.checked_sub(1).map_or(' ', |at| chars[at]);
    let next = chars.get(end).copied().unwrap_or(' ');
    if before == '每' {
        let office = statement.unit.as_deref() == Some("工作日");
        let repeated = kind == Kind::Other
            && (office
                || contains(&chars[end..around.clause_end], "次")
                || around.soon(Class::Done, end, 4));
        return kind == Kind::Condition || repeated;
    }
    let soon = |distance: usize, word: &str| {
        contains(&chars[end..around.part_end.min(end + distance)], word)
    };
    let year = statement.unit.as_deref() == Some("年");
    let reference =
        matches!(before, '近' | '去' | '最' | '上' | '/' | '某' | '该' | '本' | '下' | '来')
            || before == '前' && (year || next == '的' || soon(3, "平均"))
            || around.precedes(start, "月前")
            || statement.article_like && next.is_ascii_digit()
            || contains(&chars[statement.number..end], "学年")
            || contains(&chars[statement.number..end], "年度") && before != '跨'
            || soon(5, "分之")
            || next == '义';
    (kind != Kind::Other || kind::span::of_office(around, start)) && !reference
}

/// `每年一次`, `每3年审查一次`: how often something is done.
fn every(chars: &[char], around: &Around<'_>) -> bool {
    let from = around.part_start.saturating_sub(30);
    let slice = &chars[from..around.part_end];
    slice.iter().enumerate().any(|(at, c)| {
        *c == '每'
            && slice[at + 1..slice.len().min(at + 5)]
                .iter()
                .any(|c| matches!(c, '年' | '月' | '季' | '天' | '日' | '周'))
    })
}

/// Whether the clause up to its end has one of the words.
fn frequent(chars: &[char], around: &Around<'_>, words: &[&str]) -> bool {
    let from = around.part_start.saturating_sub(30);
    let slice = &chars[from..around.part_end];
    words.iter().any(|word| contains(slice, word))
}

/// The number of the wording pattern: the wording's own, told apart by the
/// comparison where several patterns share their words.
pub(super) fn pattern(item: &Item, wording: Option<u16>) -> Option<u16> {
    if item.kind == Kind::Window {
        let valid = item.text.contains("有效") || wording == Some(107);
        let since = wording.filter(|pattern| *pattern == 68);
        return since.or(Some(if valid { 107 } else { 28 }));
    }
    if item.kind != Kind::Condition {
        return wording;
    }
    match (wording, item.op, item.unit.as_deref()) {
        (Some(18), Op::AtMost | Op::Less, _) => Some(19),
        (Some(21 | 23) | None, Op::Between, Some("岁")) => Some(23),
        (Some(21 | 23) | None, Op::Less, Some("岁")) => Some(22),
        (Some(21 | 23) | None, Op::AtLeast, Some("岁")) if item.text.contains('满') => Some(21),
        (Some(21 | 23) | None, _, Some("岁")) => Some(24),
        (None, Op::AtMost, Some("年" | "月" | "日")) => Some(29),
        (wording, ..) => wording,
    }
}

/// The words that name what is measured: the wording found, or the words
/// before the number back to the last comma or verb.
pub(super) fn field_text(
    chars: &[char],
    statement: &Statement,
    named: Option<Hit>,
    (part_start, _): (usize, usize),
) -> Option<String> {
    if let Some(hit) = named.filter(|hit| hit.start < statement.start) {
        return Some(chars[hit.start..hit.end.min(statement.start)].iter().collect());
    }
    let cuts = |c: char| matches!(c, '(' | ')' | '、' | '"' | ' ' | '\t' | '|');
    let from = (part_start..statement.start)
        .rev()
        .find(|&at| cuts(chars[at]))
        .map_or(part_start, |at| at + 1);
    let mut words: Vec<char> = chars[from..statement.start].to_vec();
    while words.last().is_some_and(|c| "为的应须在按给予达可得是每".contains(*c)) {
        words.pop();
    }
    while words.first().is_some_and(|c| "对按其且并或将由的".contains(*c)) {
        words.remove(0);
    }
    let length = words.len();
    (length > 1).then(|| words[length.saturating_sub(20)..].iter().collect())
}

/// How sure a reading is: comparisons of named quantities most, bare numbers
/// that nothing names least.
pub(super) fn confidence(item: &Item, named: bool) -> f64 {
    let base = match (item.op.numeric() && item.op != Op::Equal, named) {
        (true, true) => 0.95,
        (true, false) => 0.85,
        (false, true) => 0.8,
        (false, false) => 0.75,
    };
    if item.kind == Kind::Other { base - 0.25 } else { base }
}
