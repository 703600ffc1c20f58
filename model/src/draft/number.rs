//! One numeric statement as an expression of the rule language, or the reason
//! why it cannot be one. A value goes where its unit and its period fit the
//! field, nowhere else; lengths of time become days, so that no month is
//! rounded away.

use crate::{
    catalogue::{
        Field,
        types::{FieldType, Period},
    },
    domain::SubjectKind,
    text::extract::{BoundarySource, Item, Op},
};

use super::{Document, ledger::Reason};

/// Below this confidence a reading is left to a person.
const SURE: f64 = 0.8;

/// Days that lie ahead: what is measured is the time until then.
const AHEAD: [&str; 3] = ["retirement_date", "residence_permit_until", "lease_until"];

/// An expression and how its bounds are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// The expression.
    pub(super) when: String,
    /// How the bounds are known: the word of the policy file.
    pub(super) bound: Option<&'static str>,
}

/// The rule a statement makes for `audience`.
///
/// # Errors
/// Why there is none, for the ledger.
pub(super) fn rule(
    document: &Document<'_>,
    item: &Item,
    audience: SubjectKind,
) -> Result<Rule, Reason> {
    let name = item.field.ok_or(Reason::NoDatum)?;
    if item.confidence < SURE || item.op == Op::Equal || !item.op.numeric() {
        return Err(Reason::Uncertain);
    }
    if name == "age" {
        return age(item, audience);
    }
    let name = if name == "company_age_months" { "established_on" } else { name };
    let catalogue = &document.reference.catalogue;
    let field = catalogue.field(audience, name).ok_or_else(|| {
        let other = SubjectKind::ALL.into_iter().any(|kind| catalogue.field(kind, name).is_some());
        if other { Reason::Other } else { Reason::NoDatum }
    })?;
    period(item, field)?;
    let write = |value: &str| literal(field, value, item.unit.as_deref());
    let when = match field.kind {
        FieldType::Date => length(field, item)?,
        FieldType::Money | FieldType::Decimal | FieldType::Int => {
            compared(item, &field.name, write)?
        }
        _ => return Err(Reason::Unit),
    };
    Ok(Rule { when, bound: bound(item) })
}

/// `age(birth_date) >= 16`.
fn age(item: &Item, audience: SubjectKind) -> Result<Rule, Reason> {
    if audience != SubjectKind::Citizen {
        return Err(Reason::Other);
    }
    if !matches!(item.unit.as_deref(), Some("岁" | "周岁")) {
        return Err(Reason::Unit);
    }
    let when = compared(item, "age(birth_date)", |value| whole(value, 1))?;
    Ok(Rule { when, bound: bound(item) })
}

/// The comparison with one or two bounds.
fn compared(
    item: &Item,
    left: &str,
    write: impl Fn(&str) -> Result<String, Reason>,
) -> Result<String, Reason> {
    let value = write(item.value.as_deref().ok_or(Reason::Uncertain)?)?;
    let sign = match item.op {
        Op::AtLeast => ">=",
        Op::More => ">",
        Op::AtMost => "<=",
        Op::Less => "<",
        Op::Unequal => "!=",
        Op::Between => {
            let upper = write(item.value2.as_deref().ok_or(Reason::Uncertain)?)?;
            let low = if item.lower_inclusive.ok_or(Reason::Uncertain)? { ">=" } else { ">" };
            let high = if item.upper_inclusive.ok_or(Reason::Uncertain)? { "<=" } else { "<" };
            return Ok(format!("{left} {low} {value} && {left} {high} {upper}"));
        }
        _ => return Err(Reason::Uncertain),
    };
    Ok(format!("{left} {sign} {value}"))
}

/// A length of time since, or until, a day of the dossier. At most two years
/// means until the second anniversary itself, not until the third month after.
fn length(field: &Field, item: &Item) -> Result<String, Reason> {
    let (since, add) = match item.unit.as_deref() {
        Some("年" | "周年") => ("years_since", "add_years"),
        Some("月" | "个月") => ("months_since", "add_months"),
        Some("日" | "天") => ("days_since", "add_days"),
        _ => return Err(Reason::Unit),
    };
    let name = &field.name;
    let count = whole(item.value.as_deref().ok_or(Reason::Uncertain)?, 1)?;
    if AHEAD.contains(&name.as_str()) {
        let sign = match item.op {
            Op::AtLeast => ">=",
            Op::More => ">",
            Op::AtMost => "<=",
            Op::Less => "<",
            _ => return Err(Reason::Uncertain),
        };
        let far = item.field_text.as_deref().is_some_and(|words| words.contains('距'))
            || item.text.contains('距');
        return if far {
            Ok(format!("{name} {sign} {add}(as_of, {count})"))
        } else {
            Err(Reason::Uncertain)
        };
    }
    Ok(match item.op {
        Op::AtLeast => format!("{since}({name}) >= {count}"),
        Op::Less => format!("{since}({name}) < {count} && {name} <= as_of"),
        Op::AtMost => format!("as_of <= {add}({name}, {count}) && {name} <= as_of"),
        Op::More => format!("as_of > {add}({name}, {count})"),
        _ => return Err(Reason::Uncertain),
    })
}

/// A value in the field's own unit.
fn literal(field: &Field, value: &str, unit: Option<&str>) -> Result<String, Reason> {
    let unit = unit.unwrap_or_default();
    match (field.kind, field.unit.as_str(), unit) {
        (FieldType::Money, _, "元") => money(value).ok_or(Reason::Unit),
        (FieldType::Decimal, "ratio", "ratio") => decimal(value),
        (FieldType::Decimal, "分", "分")
        | (FieldType::Decimal, "亩", "亩")
        | (FieldType::Decimal, "平方米", "平方米") => decimal(value),
        (FieldType::Int, "月", "年") => whole(value, 12),
        (FieldType::Int, "月", "月" | "个月") => whole(value, 1),
        (FieldType::Int, "人", "人" | "名" | "口")
        | (FieldType::Int, "项" | "件", "项" | "件")
        | (FieldType::Int, "套", "套")
        | (FieldType::Int, "次", "次") => whole(value, 1),
        (FieldType::Int, "级", "级") => whole(value, 1),
        _ => Err(Reason::Unit),
    }
}

/// 50000000 is `wan(5000)`; `None` for more than two places.
pub(super) fn money(yuan: &str) -> Option<String> {
    let (integer, fraction) = yuan.split_once('.').unwrap_or((yuan, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(integer) || fraction.len() > 2 || (!fraction.is_empty() && !digits(fraction)) {
        return None;
    }
    if !fraction.is_empty() {
        return Some(format!("yuan({integer}.{fraction})"));
    }
    let count: u64 = integer.parse().ok()?;
    Some(match count {
        0 => "yuan(0)".to_owned(),
        count if count % 100_000_000 == 0 => format!("yi({})", count / 100_000_000),
        count if count % 10_000 == 0 => format!("wan({})", count / 10_000),
        count => format!("yuan({count})"),
    })
}

/// A decimal of at most six places.
fn decimal(value: &str) -> Result<String, Reason> {
    let (integer, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits(integer) && digits(fraction) && fraction.len() <= 6 && integer.len() <= 9;
    if fits { Ok(value.to_owned()) } else { Err(Reason::Unit) }
}

/// A whole number times `factor`; half years are months.
fn whole(value: &str, factor: i64) -> Result<String, Reason> {
    if let Some(half) = value.strip_suffix(".5").filter(|_| factor % 2 == 0) {
        let half: i64 = half.parse().map_err(|_| Reason::Unit)?;
        let count = half.checked_mul(factor).and_then(|count| count.checked_add(factor / 2));
        return count.map(|count| count.to_string()).ok_or(Reason::Unit);
    }
    let count: i64 = value.parse().map_err(|_| Reason::Unit)?;
    let count = count.checked_mul(factor).filter(|count| (0..=1_000_000_000).contains(count));
    count.map(|count| count.to_string()).ok_or(Reason::Unit)
}

/// Whether the time over which the text takes the quantity is the field's.
fn period(item: &Item, field: &Field) -> Result<(), Reason> {
    let name = field.name.as_str();
    let Some(said) = item.period.as_deref() else {
        // A field over several years needs words that say so.
        let several = name.ends_with("_2y") || name.ends_with("_3y");
        return if several { Err(Reason::Period) } else { Ok(()) };
    };
    let fits = match said {
        "连续" | "累计" => true,
        "上年度" | "上年" | "上一年度" | "上一年" | "上一会计年度" | "年度" | "年"
        | "上一纳税年度" => {
            field.period != Some(Period::Month)
                && field.period != Some(Period::Quarter)
                && !name.contains("_ago")
                && !["_2y", "_3y"].iter().any(|end| name.ends_with(end))
        }
        "月" | "每月" | "月度" => {
            field.period == Some(Period::Month) || name.contains("month")
        }
        "季度" | "季" | "每季度" => field.period == Some(Period::Quarter),
        said if said.contains('三') || said.contains('3') => name.contains("_3y"),
        said if said.contains('两') || said.contains('二') || said.contains('2') => {
            name.contains("_2y")
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(Reason::Period) }
}

/// How the bounds are known, in the word of the policy file.
pub(super) fn bound(item: &Item) -> Option<&'static str> {
    let plain = ["不低于", "不少于", "不超过", "不高于", "达到", "不足", "低于", "高于", "少于"];
    Some(match item.boundary_source? {
        BoundarySource::Explicit => "explicit",
        BoundarySource::Document => "document",
        BoundarySource::Family => "law_family",
        BoundarySource::Adjacency => "next_tier",
        BoundarySource::CivilCode if plain.iter().any(|word| item.text.contains(word)) => {
            "explicit"
        }
        BoundarySource::CivilCode => "civil_code",
    })
}
