//! Why a value is not known. An unknown always carries its reason, because
//! the reason decides what has to be done about it.

use serde::{Deserialize, Serialize};

/// Why a cell holds no value. Stored as one byte in snapshots: zero is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Reason {
    /// The value is known.
    Known = 0,
    /// No department's row holds it.
    Missing = 1,
    /// The newest value is older than its refresh interval allows at `known_at`.
    Stale = 2,
    /// Two departments hold different values.
    Disputed = 3,
    /// A value exists, but for another period than the field asks for.
    WrongPeriod = 4,
    /// The row that held it was rejected.
    Rejected = 5,
    /// The register does not cover this subject or window completely.
    NotCovered = 6,
    /// The code has several successors that disagree.
    Ambiguous = 7,
    /// The value cannot be represented (overflow) or has no divisor.
    Undefined = 8,
}

impl Reason {
    /// Every reason in the order of its code.
    pub const ALL: [Reason; 9] = [
        Reason::Known,
        Reason::Missing,
        Reason::Stale,
        Reason::Disputed,
        Reason::WrongPeriod,
        Reason::Rejected,
        Reason::NotCovered,
        Reason::Ambiguous,
        Reason::Undefined,
    ];

    /// The reason of a stored byte; bytes no version ever wrote read as missing.
    #[must_use]
    pub fn from_code(code: u8) -> Reason {
        Reason::ALL.get(usize::from(code)).copied().unwrap_or(Reason::Missing)
    }

    /// The stored byte.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The snake_case name used in Parquet and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reason::Known => "known",
            Reason::Missing => "missing",
            Reason::Stale => "stale",
            Reason::Disputed => "disputed",
            Reason::WrongPeriod => "wrong_period",
            Reason::Rejected => "rejected",
            Reason::NotCovered => "not_covered",
            Reason::Ambiguous => "ambiguous",
            Reason::Undefined => "undefined",
        }
    }

    /// The Chinese words shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Reason::Known => "已知",
            Reason::Missing => "缺失",
            Reason::Stale => "已过更新期",
            Reason::Disputed => "部门间不一致",
            Reason::WrongPeriod => "非所需期间",
            Reason::Rejected => "来源数据有误",
            Reason::NotCovered => "登记不完整",
            Reason::Ambiguous => "代码变更有歧义",
            Reason::Undefined => "无法计算",
        }
    }
}
