//! Everything that can be wrong with a row or a cell, with the name used in
//! files and the words that tell a department what to do.

/// Why a row or a cell was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The row has another number of cells than the header, or wrong quotes.
    Malformed,
    /// The row holds bytes outside the declared encoding.
    BadEncoding,
    /// The key is empty.
    MissingKey,
    /// The key has another length.
    BadLength,
    /// The key holds a character that cannot stand there.
    BadCharacter,
    /// The identity number names a birth date that does not exist or is yet to come.
    BadBirthDate,
    /// The check character does not follow from the others.
    BadCheckDigit,
    /// An identity number of the old form whose present form has no dossier.
    FifteenDigitId,
    /// The key is valid, but no dossier has it.
    Orphan,
    /// The row does not say when it was observed.
    MissingObservedAt,
    /// The day of observation is no date.
    BadObservedAt,
    /// The event date is empty or no date.
    BadEventDate,
    /// The raw value is in no code map or list.
    UnknownCode,
    /// No region of the standard.
    UnknownRegion,
    /// No industry of the standard.
    UnknownIndustry,
    /// No number.
    BadNumber,
    /// More decimal places than the field keeps.
    TooPrecise,
    /// No day of the calendar.
    ImpossibleDate,
    /// Outside the plausible bounds of the field.
    OutOfRange,
    /// The period ends before it begins.
    ReversedPeriod,
    /// The number of the other end of a relation is no valid number.
    BadMember,
    /// The other end of a relation has no dossier.
    OrphanMember,
    /// Too many subjects share one group number to be a household.
    OversizedGroup,
}

impl Fault {
    /// The snake_case name used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fault::Malformed => "malformed",
            Fault::BadEncoding => "bad_encoding",
            Fault::MissingKey => "missing_key",
            Fault::BadLength => "bad_length",
            Fault::BadCharacter => "bad_character",
            Fault::BadBirthDate => "bad_birth_date",
            Fault::BadCheckDigit => "bad_check_digit",
            Fault::FifteenDigitId => "fifteen_digit_id",
            Fault::Orphan => "orphan",
            Fault::MissingObservedAt => "missing_observed_at",
            Fault::BadObservedAt => "bad_observed_at",
            Fault::BadEventDate => "bad_event_date",
            Fault::UnknownCode => "unknown_code",
            Fault::UnknownRegion => "unknown_region",
            Fault::UnknownIndustry => "unknown_industry",
            Fault::BadNumber => "bad_number",
            Fault::TooPrecise => "too_precise",
            Fault::ImpossibleDate => "impossible_date",
            Fault::OutOfRange => "out_of_range",
            Fault::ReversedPeriod => "reversed_period",
            Fault::BadMember => "bad_member",
            Fault::OrphanMember => "orphan_member",
            Fault::OversizedGroup => "oversized_group",
        }
    }

    /// Whether the whole row is lost, not a cell alone.
    #[must_use]
    pub fn rejects_row(self) -> bool {
        self <= Fault::BadEventDate
    }

    /// What the owner of the table should do, in Chinese.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Fault::Malformed => {
                "该行列数或引号与表头不符：请按表头逐列补齐，含逗号或换行的内容用英文双引号括起"
            }
            Fault::BadEncoding => "该行含声明编码以外的字节：请按目录中声明的编码重新导出",
            Fault::MissingKey => "主体标识为空：请补填统一社会信用代码、公民身份号码或户号",
            Fault::BadLength => "主体标识位数不对：请检查该列是否被截断或补位",
            Fault::BadCharacter => "主体标识含不允许的字符：请对照证照原件更正",
            Fault::BadBirthDate => "身份号码中的出生日期不存在或晚于数据截止日：请对照证件更正",
            Fault::BadCheckDigit => "校验位不符：请对照证照原件更正",
            Fault::FifteenDigitId => "十五位旧号码升位后未找到对应档案：请提供现行十八位号码",
            Fault::Orphan => "登记表中没有该主体：请核对标识，或由登记部门补登",
            Fault::MissingObservedAt => "缺少核实日期：请补填该行最近一次核实的日期",
            Fault::BadObservedAt => "核实日期不是有效日期：请按声明的格式填写",
            Fault::BadEventDate => "业务日期为空或不是有效日期：请按声明的格式填写",
            Fault::UnknownCode => "取值不在代码表内：请改用目录列出的取值，或由目录管理方增补对照",
            Fault::UnknownRegion => "不是国家标准行政区划代码：请填写六位代码",
            Fault::UnknownIndustry => "不是国民经济行业分类代码：请按现行国家标准填写",
            Fault::BadNumber => "不是数字：请只填数字、小数点和千分位逗号",
            Fault::TooPrecise => "小数位数超出该字段的精度：请核对计量单位",
            Fault::ImpossibleDate => "不是有效日期：请按声明的格式填写",
            Fault::OutOfRange => "超出合理范围：请核对数值和计量单位",
            Fault::ReversedPeriod => "止期早于起期：请核对两个日期",
            Fault::BadMember => "对方的标识无效：请对照证照原件更正",
            Fault::OrphanMember => "登记表中没有对方主体：请核对标识，或由登记部门补登",
            Fault::OversizedGroup => "同一编号下的主体过多，不作为一户处理：请核对编号",
        }
    }
}
