//! What is cut out before general segmentation: document numbers, numbers with
//! units, operators. One pass over folded characters; every look ahead and
//! back is bounded or consumes what it reads.
//!
//! It only finds where they stand. What they are worth is read elsewhere.

use super::{Kind, lexicon};

/// Where something stands that no word may cross, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// Comparisons, longer ones before their beginnings.
const OPERATORS: [&str; 33] = [
    "不得低于",
    "不得高于",
    "不得超过",
    "不得少于",
    "不低于",
    "不高于",
    "不少于",
    "不多于",
    "不超过",
    "不大于",
    "不小于",
    "不超出",
    "不等于",
    "不满",
    "不足",
    "未满",
    "未超过",
    "未达到",
    "大于等于",
    "小于等于",
    "大于或等于",
    "小于或等于",
    "及以上",
    "及以下",
    "以上",
    "以下",
    "以内",
    "以外",
    "之内",
    "高于",
    "低于",
    "多于",
    "少于",
];

/// Marks that say whether a bound is included.
const INCLUSIONS: [&str; 8] =
    ["(含本数)", "(含本级)", "(不含本数)", "(不含)", "(含)", "(包含)", "(均含)", "(含本人)"];

/// Units after digits, longer ones before their beginnings.
const UNITS: [&str; 74] = [
    "个百分点",
    "个工作日",
    "个自然日",
    "个自然月",
    "个学期",
    "个季度",
    "个小时",
    "个月",
    "平方公里",
    "平方千米",
    "平方米",
    "立方米",
    "吨标准煤",
    "公里",
    "公顷",
    "公斤",
    "千瓦时",
    "千瓦",
    "马力",
    "万美元",
    "亿美元",
    "美元",
    "工作日",
    "自然日",
    "周岁",
    "周年",
    "学年",
    "学期",
    "年度",
    "季度",
    "小时",
    "分钟",
    "万元",
    "亿元",
    "千元",
    "百元",
    "元",
    "角",
    "万",
    "亿",
    "年",
    "月",
    "日",
    "天",
    "周",
    "岁",
    "人次",
    "人",
    "户",
    "家",
    "口",
    "名",
    "项",
    "件",
    "个",
    "台套",
    "台",
    "辆",
    "套",
    "批",
    "次",
    "倍",
    "成",
    "亩",
    "吨",
    "米",
    "升",
    "分",
    "级",
    "档",
    "折",
    "期",
    "%",
    "‰",
];

/// Units that make a number of a Chinese numeral; others are as often words
/// (一级, 一次性, 一家).
const SPELT_UNITS: [&str; 41] = [
    "个百分点",
    "个工作日",
    "个自然日",
    "个自然月",
    "个学期",
    "个季度",
    "个小时",
    "个月",
    "平方米",
    "公顷",
    "千瓦",
    "马力",
    "美元",
    "工作日",
    "自然日",
    "周岁",
    "周年",
    "学年",
    "学期",
    "年度",
    "小时",
    "分钟",
    "万元",
    "亿元",
    "千元",
    "百元",
    "元",
    "年",
    "天",
    "岁",
    "人",
    "户",
    "项",
    "倍",
    "成",
    "亩",
    "吨",
    "月",
    "日",
    "名",
    "件",
];

/// What an ordinal counts: 第十二条.
const ORDINALS: [&str; 14] =
    ["条", "款", "项", "章", "节", "编", "号", "批", "次", "季度", "届", "目", "类", "部分"];

/// Characters that end the issuer's part of a document number read backwards.
const BEFORE_ISSUER: &str = "据按照依根和与及以对在由是为的将同经至到见即关于印转贯彻落实执行参";

/// Most characters of an issuer's part: 人力资源社会保障部公告 has eleven.
const LONGEST_ISSUER: usize = 12;

/// Whether cutting could divide a term: it holds what spans are made of, or
/// signs that jieba always divides at.
pub(super) fn would_tear(term: &[char]) -> bool {
    term.iter().any(|character| spelt(*character) || !is_han(*character))
        || (0..term.len()).any(|at| operator(term, at).is_some())
}

/// Every span of a folded text, in order, none overlapping.
pub(super) fn spans(chars: &[char]) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut at, mut free) = (0, 0);
    while at < chars.len() {
        let span = protected(chars, at)
            .or_else(|| document(chars, at, free))
            .or_else(|| operator(chars, at))
            .or_else(|| ordinal(chars, at))
            .or_else(|| number(chars, at));
        match span {
            Some(span) => {
                at = span.end;
                free = span.end;
                found.push(span);
            }
            // A run of Latin letters holds no numbers of ours: A4, CO2, H股.
            None if chars.get(at).is_some_and(char::is_ascii_alphabetic) => {
                at = skip(chars, at, char::is_ascii_alphanumeric);
            }
            // No unit behind a run of numerals is none behind its end either.
            None if chars.get(at).is_some_and(|character| spelt(*character)) => {
                at = skip(chars, at, |character| spelt(*character));
            }
            None => at += 1,
        }
    }
    found
}

/// A term of ours that holds a numeral or operator: 两项补贴 is no count of
/// anything, and 规模以上企业 compares nothing.
fn protected(chars: &[char], at: usize) -> Option<Span> {
    let terms = lexicon::protected_terms().get(chars.get(at)?)?;
    let end = terms.iter().filter_map(|term| starts(chars, at, term)).max()?;
    Some(Span { start: at, end, kind: Kind::Word })
}

/// The first place from `at` on whose character does not fit.
fn skip(chars: &[char], mut at: usize, fits: impl Fn(&char) -> bool) -> usize {
    while chars.get(at).is_some_and(&fits) {
        at += 1;
    }
    at
}

fn starts(chars: &[char], at: usize, text: &str) -> Option<usize> {
    let mut end = at;
    for wanted in text.chars() {
        if chars.get(end) != Some(&wanted) {
            return None;
        }
        end += 1;
    }
    Some(end)
}

fn one_of(chars: &[char], at: usize, texts: &[&str]) -> Option<usize> {
    texts.iter().find_map(|text| starts(chars, at, text))
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// `国办发[2026]2号` where `at` is the bracket, `公告2023年第43号` where it is
/// the first digit. The issuer's characters before it are taken in as far as
/// they are not part of an earlier span.
fn document(chars: &[char], at: usize, free: usize) -> Option<Span> {
    let here = *chars.get(at)?;
    let digits = |from: usize, most: usize| {
        let end = skip(chars, from, char::is_ascii_digit);
        (end > from && end - from <= most).then_some(end)
    };
    let year = |from: usize| digits(from, 4).filter(|end| end - from == 4);
    let end = match here {
        '[' | '(' => {
            let closing = year(at + 1)?;
            let matching = if here == '[' { ']' } else { ')' };
            (chars.get(closing) == Some(&matching)).then_some(())?;
            let from = starts(chars, closing + 1, "第").unwrap_or(closing + 1);
            starts(chars, digits(from, 5)?, "号")?
        }
        '0'..='9' => {
            let announced = at.checked_sub(2).is_some_and(|from| {
                from >= free
                    && (starts(chars, from, "公告").is_some()
                        || starts(chars, from, "令").is_some())
            });
            announced.then_some(())?;
            let from = starts(chars, year(at)?, "年第")?;
            starts(chars, digits(from, 5)?, "号")?
        }
        _ => return None,
    };
    let mut start = at;
    while start > free && at - start < LONGEST_ISSUER {
        let before = *chars.get(start - 1)?;
        if !is_han(before) || BEFORE_ISSUER.contains(before) {
            break;
        }
        start -= 1;
    }
    Some(Span { start, end, kind: Kind::Document })
}

fn operator(chars: &[char], at: usize) -> Option<Span> {
    let span = |end| Span { start: at, end, kind: Kind::Operator };
    if chars.get(at) == Some(&'(') {
        return one_of(chars, at, &INCLUSIONS).map(span);
    }
    let end = one_of(chars, at, &OPERATORS)?;
    // 未满足, 不满意, 以下简称 are words of another kind; so are 不足额 and 以外地.
    let after = chars.get(end).copied().unwrap_or(' ');
    let last = chars.get(end - 1).copied().unwrap_or(' ');
    if matches!(
        (last, after),
        ('满', '足' | '意') | ('下', '简' | '同' | '列' | '称') | ('足', '额')
    ) {
        return None;
    }
    Some(span(one_of(chars, end, &INCLUSIONS).unwrap_or(end)))
}

/// 第十二条.
fn ordinal(chars: &[char], at: usize) -> Option<Span> {
    let from = starts(chars, at, "第")?;
    let end = skip(chars, from, |character| character.is_ascii_digit() || spelt(*character));
    let end = (end > from).then(|| one_of(chars, end, &ORDINALS))??;
    Some(Span { start: at, end, kind: Kind::Number })
}

/// Whether a character writes a number in Chinese.
fn spelt(character: char) -> bool {
    "零〇一二两三四五六七八九十百千万亿半壹贰叁肆伍陆柒捌玖拾佰仟".contains(character)
}

fn number(chars: &[char], at: usize) -> Option<Span> {
    let first = *chars.get(at)?;
    let end = if first.is_ascii_digit() {
        digits(chars, at)
    } else {
        parts(chars, at).or_else(|| spelt_out(chars, at))?
    };
    Some(Span { start: at, end, kind: Kind::Number })
}

/// 百分之二十.
fn parts(chars: &[char], at: usize) -> Option<usize> {
    let from = one_of(chars, at, &["百分之", "千分之", "万分之"])?;
    let fits = |c: &char| c.is_ascii_digit() || matches!(c, '.' | '点') || spelt(*c);
    Some(skip(chars, from, fits)).filter(|end| *end > from)
}

/// 三十万元, 三分之二, 五万.
fn spelt_out(chars: &[char], at: usize) -> Option<usize> {
    let first = *chars.get(at).filter(|character| spelt(**character))?;
    let before = at.checked_sub(1).and_then(|before| chars.get(before)).copied().unwrap_or(' ');
    let end = skip(chars, at, |character| spelt(*character));
    if let Some(from) = starts(chars, end, "分之") {
        let end = skip(chars, from, |character| spelt(*character));
        return (end > from).then_some(end);
    }
    if end == at + 1 && "统同唯单专逐任某万".contains(before) {
        return None;
    }
    if let Some(unit) = one_of(chars, end, &SPELT_UNITS) {
        let last = chars.get(unit - 1).copied().unwrap_or(' ');
        let after = chars.get(unit).copied().unwrap_or(' ');
        return (!begins_a_word(last, after)).then_some(unit);
    }
    // 五万 alone is a number, 万一 and 千万 are not.
    let power = matches!(chars.get(end - 1), Some('万' | '亿'));
    (end - at > 1 && power && !matches!(first, '千' | '百' | '万')).then_some(end)
}

/// Whether what looks like a unit begins the next word: 一项目, 三年级.
fn begins_a_word(unit: char, after: char) -> bool {
    let words = match unit {
        '项' => "目",
        '人' => "员口民才数力均们士",
        '户' => "籍口",
        '年' => "级龄",
        '月' => "份",
        '天' => "然",
        '名' => "录单称额义",
        '日' => "报常",
        _ => return false,
    };
    words.contains(after)
}

/// Digits with separators, powers and a unit; a whole date is one number.
fn digits(chars: &[char], at: usize) -> usize {
    let number = run(chars, at);
    let number = skip(chars, number, |character| "百千万亿".contains(*character));
    let unit = one_of(chars, number, &UNITS).unwrap_or(number);
    let next = |from: usize, unit: &str| {
        let end = run(chars, from);
        (end > from).then(|| starts(chars, end, unit)).flatten()
    };
    let last = unit.checked_sub(1).filter(|_| unit == number + 1).and_then(|at| chars.get(at));
    match last {
        Some('年') => next(unit, "月").map_or(unit, |month| next(month, "日").unwrap_or(month)),
        Some('月') => next(unit, "日").unwrap_or(unit),
        _ => unit,
    }
}

/// Digits, and separators between digits: `1,234.5`, `2026-01-31`.
fn run(chars: &[char], at: usize) -> usize {
    let mut end = skip(chars, at, char::is_ascii_digit);
    loop {
        let separator =
            chars.get(end).is_some_and(|character| matches!(character, '.' | ',' | '/'));
        let next = chars.get(end + 1).is_some_and(char::is_ascii_digit);
        if end == at || !separator || !next {
            return end;
        }
        end = skip(chars, end + 1, char::is_ascii_digit);
    }
}
