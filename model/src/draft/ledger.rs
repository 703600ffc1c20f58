//! What became of every clause of a document: checked, asked of a person,
//! waiting for data, or nothing to check.

use serde::Serialize;

use crate::text::span::Span;

/// What became of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// All its words became expressions.
    Checked,
    /// A person must judge it, or the part of it that no datum tells.
    Person,
    /// It measures something that nobody shares.
    NoData,
    /// It says what is granted.
    Benefit,
    /// It names papers to hand in.
    Material,
    /// It says when.
    Window,
    /// Headings, procedures, duties of offices: it asks nothing of who applies.
    Nothing,
}

impl Fate {
    /// Whether the clause states a condition.
    #[must_use]
    pub fn states(self) -> bool {
        matches!(self, Fate::Checked | Fate::Person | Fate::NoData)
    }

    /// In Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Fate::Checked => "可核对",
            Fate::Person => "须人工判断",
            Fate::NoData => "缺少共享数据",
            Fate::Benefit => "待遇内容",
            Fate::Material => "申请材料",
            Fate::Window => "时间要求",
            Fate::Nothing => "无可核对的要求",
        }
    }
}

/// Why words became no expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No field of the catalogue holds it.
    NoDatum,
    /// It is measured over another time than the field.
    Period,
    /// Its unit is not the field's.
    Unit,
    /// It is about somebody else than the one who is judged.
    Other,
    /// It is not certain what is read.
    Uncertain,
    /// It is not certain which place is meant.
    Place,
    /// It holds only in some cases, or others are let off.
    Depends,
    /// One of several is enough, and not all of them can be read.
    Alternatives,
    /// Only a person can judge it.
    Judgement,
}

impl Reason {
    /// Whether a datum would settle it.
    pub(super) fn data(self) -> bool {
        matches!(self, Reason::NoDatum | Reason::Period | Reason::Unit | Reason::Other)
    }

    /// In Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Reason::NoDatum => "数据目录中没有对应字段",
            Reason::Period => "统计期间与数据目录的字段不一致",
            Reason::Unit => "单位与数据目录的字段不一致",
            Reason::Other => "说的不是被判断的主体本身",
            Reason::Uncertain => "读法不确定",
            Reason::Place => "所指地区不确定",
            Reason::Depends => "只在部分情形下适用，或者另有例外",
            Reason::Alternatives => "几种情形满足其一即可，不能全部读出",
            Reason::Judgement => "需要人工判断",
        }
    }
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Article or item it stands in.
    pub article: String,
    /// Its words.
    pub words: String,
    /// Where they stand, in characters of the document.
    pub span: Span,
    /// What became of it.
    pub fate: Fate,
    /// Expressions it became.
    pub rules: Vec<String>,
    /// Why something of it became none.
    pub reason: Option<Reason>,
    /// Words that no expression covers.
    pub left: Vec<String>,
}

/// What became of all clauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Clauses that state a condition.
    pub stated: usize,
    /// Of these, how many can be checked.
    pub checked: usize,
    /// Of these, how many need a person.
    pub person: usize,
    /// Of these, how many need data nobody shares.
    pub no_data: usize,
    /// Clauses that ask nothing of those who apply.
    pub nothing: usize,
    /// In one sentence, in Chinese.
    pub summary: String,
    /// The clauses in the order of the document.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Counts the clauses.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Ledger {
        let count = |fate: Fate| entries.iter().filter(|entry| entry.fate == fate).count();
        let (checked, person, no_data) =
            (count(Fate::Checked), count(Fate::Person), count(Fate::NoData));
        let stated = checked + person + no_data;
        let nothing = entries.len() - stated;
        let summary = format!(
            "{stated}条要求中，{checked}条可以核对，{person}条须人工判断，{no_data}条缺少共享数据；另有{nothing}条没有可核对的要求"
        );
        Ledger { stated, checked, person, no_data, nothing, summary, entries }
    }
}
