//! Days that bound something: `2013年6月30日前登记`, `自2026年1月1日起施行`,
//! `2026年3月1日至5月31日`. A range is two statements, one for each end.

use crate::text::structure::day;

use super::{
    super::item::{Item, Kind, Op},
    Found, Reader,
};

/// Words that make a day part of who qualifies rather than when to apply.
const EVENTS: [&str; 12] = [
    "登记",
    "注册",
    "成立",
    "设立",
    "出生",
    "毕业",
    "发放",
    "购买",
    "取得",
    "签订",
    "参加工作",
    "入伍",
];

/// Reads the days of a clause.
pub(super) fn read(reader: &Reader<'_>, found: &Found<'_>, items: &mut Vec<Item>) {
    let chars = reader.chars;
    let mut at = found.clause.body;
    let mut open = None;
    while at < found.clause.end {
        let starts = (chars[at].is_ascii_digit() || "一二〇○".contains(chars[at]))
            && !at.checked_sub(1).is_some_and(|before| chars[before].is_ascii_digit());
        let Some(found_day) =
            starts.then(|| day(chars, at)).flatten().filter(|day| day.span.end <= found.clause.end)
        else {
            at += 1;
            continue;
        };
        let end = found_day.span.end;
        let rest: String = chars[end..found.clause.end.min(end + 6)].iter().collect();
        let rest = rest.trim_start().trim_start_matches("(含)");
        let value = found_day.date.to_string();
        let opens = ["至", "-", "到", "~"].iter().any(|sign| rest.starts_with(sign));
        let op = if open.take().is_some()
            || ["前", "之前", "以前", "止", "截止"].iter().any(|sign| rest.starts_with(sign))
        {
            Some(Op::Before)
        } else if opens
            || ["起", "之后", "后", "以后", "以来"].iter().any(|sign| rest.starts_with(sign))
        {
            Some(Op::After)
        } else {
            None
        };
        if opens {
            open = Some(end);
        }
        if let Some(op) = op {
            items.push(dated(reader, found, (at, end), (op, value), rest));
        }
        at = end;
    }
}

fn dated(
    reader: &Reader<'_>,
    found: &Found<'_>,
    span: (usize, usize),
    (op, value): (Op, String),
    rest: &str,
) -> Item {
    let event = EVENTS.iter().any(|word| rest.contains(word))
        && !found.words.contains("施行")
        && !found.words.contains("有效期");
    let kind = if event { Kind::Condition } else { Kind::Window };
    let mut item = reader.blank(found, kind, span, op);
    item.value = Some(value);
    item.unit = Some("date".to_owned());
    item.pattern = Some(if found.words.contains("施行") || found.words.contains("有效期") {
        107
    } else if event {
        31
    } else {
        30
    });
    item.confidence = 0.8;
    item
}
