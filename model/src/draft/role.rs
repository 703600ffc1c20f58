//! What a clause is for, told by the headings above it and its own words.

use crate::text::{extract::Kind, span::has_any};

use super::{
    Document,
    clause::{Clause, Clauses},
};

/// What a clause is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It says who qualifies.
    Condition,
    /// It says who does not.
    Exclusion,
    /// It says what is granted.
    Benefit,
    /// It names a paper to hand in.
    Material,
    /// It says when to apply or how long something holds.
    Window,
    /// It tells offices and applicants how to go about it, and what else.
    Procedure,
}

const MATERIALS: [&str; 9] =
    ["材料", "资料", "附件", "申报表", "申请表", "提交下列", "提供下列", "提交以下", "提供以下"];
const DENIALS: [&str; 14] = [
    "不得",
    "不予",
    "不能",
    "不可",
    "不纳入",
    "不享受",
    "不支持",
    "不受理",
    "不属于",
    "不适用",
    "不再享受",
    "不列入",
    "不给予",
    "除外",
];
const CONDITIONS: [&str; 12] = [
    "条件",
    "对象",
    "资格",
    "范围",
    "情形之一",
    "之一的",
    "下列人员",
    "以下人员",
    "符合下列",
    "符合以下",
    "具备下列",
    "前提",
];
const BENEFITS: [&str; 12] = [
    "标准",
    "奖励",
    "补贴",
    "补助",
    "资助",
    "待遇",
    "支持方式",
    "扶持",
    "支持内容",
    "支持政策",
    "奖补",
    "优惠",
];
const WINDOWS: [&str; 8] = ["时间", "时限", "有效期", "期限", "施行", "实施日期", "办结", "日期"];
const PROCEDURES: [&str; 16] = [
    "程序",
    "流程",
    "办理",
    "受理",
    "审核",
    "公示",
    "拨付",
    "监督",
    "管理",
    "职责",
    "责任",
    "附则",
    "组织",
    "保障措施",
    "退出",
    "处罚",
];
/// What only offices, or those who broke a rule, are told.
const DUTIES: [&str; 26] = [
    "罚款",
    "责令",
    "追究",
    "处分",
    "没收",
    "吊销",
    "监督检查",
    "主管部门应当",
    "管理部门应当",
    "行政部门应当",
    "人民政府应当",
    "政府应当",
    "有关部门",
    "工作人员",
    "本办法所称",
    "本规定所称",
    "本细则所称",
    "本通知所称",
    "由市",
    "由省",
    "负责解释",
    "予以公示",
    "如实",
    "真实性",
    "追回",
    "违反",
];

/// What a list or heading above a line makes of it; the nearest that says so.
pub(super) fn above(document: &Document<'_>, clauses: &Clauses, clause: &Clause) -> Option<Role> {
    let mut list = clause.list;
    let mut known = None;
    while let Some(above) = list.and_then(|at| clauses.lists.get(at)) {
        known = known.or_else(|| heading(above.intro.of(document.chars)));
        list = above.above;
    }
    if known.is_some() {
        return known;
    }
    let mut at = document.structure.lines.get(clause.line).and_then(|line| line.parent);
    // A parent always stands before its child, so this ends.
    while let Some(line) = at.and_then(|at| document.structure.lines.get(at)) {
        let words = line.span.of(document.chars);
        if let Some(role) = heading(words.get(..words.len().min(80)).unwrap_or_default()) {
            return Some(role);
        }
        at = line.parent;
    }
    None
}

/// What a heading or the introduction of a list announces.
fn heading(words: &[char]) -> Option<Role> {
    if has_any(words, &MATERIALS) && !has_any(words, &["条件"]) {
        Some(Role::Material)
    } else if has_any(words, &DENIALS) {
        Some(Role::Exclusion)
    } else if has_any(words, &CONDITIONS) {
        Some(Role::Condition)
    } else if has_any(words, &BENEFITS) {
        Some(Role::Benefit)
    } else if has_any(words, &WINDOWS) {
        Some(Role::Window)
    } else if has_any(words, &PROCEDURES) {
        Some(Role::Procedure)
    } else {
        None
    }
}

/// What a clause is for.
pub(super) fn role(document: &Document<'_>, clauses: &Clauses, clause: &Clause) -> Role {
    let words = clause.span.of(document.chars);
    let items = document.items_in(clause.span);
    let states = |kind: Kind| items.iter().any(|item| item.kind == kind);
    let above = above(document, clauses, clause);
    match above {
        Some(Role::Material) => return Role::Material,
        Some(role @ (Role::Condition | Role::Exclusion)) if !states(Kind::Benefit) => return role,
        _ => {}
    }
    if has_any(words, &DUTIES) && !states(Kind::Benefit) {
        return Role::Procedure;
    }
    if states(Kind::Benefit) || above == Some(Role::Benefit) {
        return Role::Benefit;
    }
    let denies = has_any(words, &DENIALS);
    if denies
        && subject(words)
        && has_any(words, &["申请", "申报", "享受", "领取", "认定", "补贴", "支持", "范围", "除外"])
    {
        return Role::Exclusion;
    }
    let asks = has_any(
        words,
        &[
            "应当符合",
            "应符合",
            "应当具备",
            "应具备",
            "须具备",
            "需符合",
            "须符合",
            "应当为",
            "应为",
            "须为",
            "应当是",
            "必须",
            "可以申请",
            "可申请",
            "可以申报",
            "可申报",
            "可以申领",
            "对象为",
            "对象是",
        ],
    );
    if states(Kind::Condition) || (asks && subject(words)) {
        return Role::Condition;
    }
    if states(Kind::Window) || above == Some(Role::Window) {
        return Role::Window;
    }
    Role::Procedure
}

/// Whether the words speak of those who apply.
fn subject(words: &[char]) -> bool {
    has_any(
        words,
        &[
            "企业",
            "申请人",
            "申请",
            "申报",
            "单位",
            "人员",
            "家庭",
            "对象",
            "个人",
            "职工",
            "学生",
            "居民",
            "老年人",
            "公民",
            "农户",
            "机构",
        ],
    )
}

/// Whether the clause itself leaves out those whom its words fit.
pub(super) fn denies(words: &[char]) -> bool {
    has_any(words, &DENIALS)
}
