//! How statements join: by the sentence that introduces their list, or by the
//! words between them.

use crate::text::structure::Structure;

use super::item::Logic;

/// Words of an introducing sentence that make one of its items enough.
const ANY: [&str; 8] =
    ["之一", "任一", "任意一", "其中一项", "其中一个", "一项以上", "其一", "或者下列"];

/// Words that ask for all of them.
const ALL: [&str; 16] = [
    "同时",
    "下列条件",
    "以下条件",
    "以下全部条件",
    "下列全部",
    "各项条件",
    "申请条件",
    "申报条件",
    "基本条件",
    "均",
    "下列要求",
    "以下要求",
    "如下条件",
    "认定条件",
    "具备下列",
    "符合下列",
];

/// Words that introduce steps of a benefit.
const TIERS: [&str; 9] = [
    "分别",
    "分档",
    "以下标准",
    "下列标准",
    "如下标准",
    "标准如下",
    "资助标准",
    "奖励标准",
    "按照下列规定",
];

/// The group of a line's items and how it joins, told by the line above it.
pub(super) fn of_list(
    chars: &[char],
    structure: &Structure,
    line: usize,
) -> Option<(String, Logic)> {
    let parent = structure.lines.get(line)?.parent?;
    let intro = structure.lines.get(parent)?;
    let words: String = chars.get(intro.span.start..intro.span.end)?.iter().collect();
    let logic = at_least(&words)
        .or_else(|| contains(&words, &ANY).then_some(Logic::Any))
        .or_else(|| contains(&words, &TIERS).then_some(Logic::Tiers))
        .or_else(|| contains(&words, &ALL).then_some(Logic::All))?;
    let path = structure.path(chars, parent);
    let name = if path.is_empty() { format!("line {}", parent + 1) } else { path };
    Some((name, logic))
}

/// How the statements of one clause join.
pub(super) fn of_clause(words: &str) -> Logic {
    if contains(words, &ANY) || words.contains("或者") { Logic::Any } else { Logic::All }
}

fn contains(words: &str, any: &[&str]) -> bool {
    any.iter().any(|word| words.contains(word))
}

/// `满足其中两项以上`, `具备以下2个条件`: how many are needed.
fn at_least(words: &str) -> Option<Logic> {
    let at = ["其中", "满足以下", "符合以下", "具备以下", "任意", "至少"]
        .iter()
        .find_map(|lead| words.find(lead).map(|at| at + lead.len()))?;
    let mut rest = words.get(at..)?.chars();
    let count = rest.find_map(|character| match character {
        '1'..='9' => character.to_digit(10),
        '一' => Some(1),
        '二' | '两' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        _ => None,
    })?;
    let unit = rest.next()?;
    (matches!(unit, '项' | '个' | '条' | '种') && count > 1).then_some(Logic::AtLeast(count))
}
