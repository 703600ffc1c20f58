//! Statements without a number: qualities, lists, places, and clauses that
//! only a person can judge.

use super::{
    super::{
        item::{Item, Kind, Op},
        wording::{Hit, MeasureClass},
    },
    Found, Reader, where_at,
};

/// Reads the qualities of a clause.
pub(super) fn read(reader: &Reader<'_>, found: &Found<'_>, items: &mut Vec<Item>) {
    if found.context.materials {
        return;
    }
    let rows = reader.wordings.rows();
    let mut hits: Vec<Hit> = found
        .hits
        .iter()
        .copied()
        .filter(|hit| rows[hit.wording].measure == MeasureClass::None)
        .collect();
    // The longest of those that overlap; of equals the first of the table.
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.end - hit.start), hit.wording, hit.start));
    let mut taken: Vec<Hit> = Vec::new();
    for hit in hits {
        if taken.iter().all(|other| hit.end <= other.start || other.end <= hit.start) {
            taken.push(hit);
        }
    }
    taken.sort_by_key(|hit| hit.start);
    let stated = found.context.conditions || states_condition(&found.words);
    for hit in taken {
        let row = &rows[hit.wording];
        let Some(op) = row.op else { continue };
        if !stated && op != Op::Manual {
            continue;
        }
        // 缴纳社会保险满12个月: the number says it already.
        let numbered = row.field.is_some()
            && items
                .iter()
                .any(|item| item.field == row.field && item.clause_start == found.clause.start);
        if numbered {
            continue;
        }
        let kind = if op == Op::Manual && !stated { Kind::Other } else { Kind::Condition };
        let mut item = reader.blank(found, kind, (hit.start, hit.end), op);
        item.field = row.field;
        item.value = match row.value {
            Some("@place") => where_at::named(reader, found, hit),
            value => value.map(str::to_owned),
        };
        item.pattern = Some(row.pattern);
        item.confidence = if op == Op::Manual { 0.6 } else { 0.75 };
        item.negated = kind == Kind::Condition && denied(found, hit, reader.chars);
        items.push(item);
    }
}

/// Words of a clause that asks somebody to satisfy something.
fn states_condition(words: &str) -> bool {
    [
        "具有",
        "具备",
        "符合",
        "属于",
        "应当为",
        "须",
        "的,",
        "未被",
        "除外",
        "条件",
        "满足",
        "经认定",
        "对象",
    ]
    .iter()
    .any(|word| words.contains(word))
}

/// Whether the clause leaves out those whom the quality fits.
fn denied(found: &Found<'_>, hit: Hit, chars: &[char]) -> bool {
    let rest: String = chars[hit.end..found.clause.end.min(hit.end + 40)].iter().collect();
    ["除外", "不予", "不得申请", "不得申报", "不享受", "不再享受", "不适用"]
        .iter()
        .any(|word| rest.contains(word))
}
