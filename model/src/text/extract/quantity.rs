//! The numbers of a clause that may state something: each with its unit, and
//! without those that only name things: dates, articles, document numbers,
//! list markers, addresses, grades and turns of phrase.

use crate::{
    domain::Number,
    text::{measure, numeral},
};

use super::wording::MeasureClass;

/// A number with its unit.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// First character of the number.
    pub(crate) start: usize,
    /// Character after the unit.
    pub(crate) end: usize,
    /// Value in the base unit.
    pub(crate) value: Number,
    /// Unit as the guide names it, or as written.
    pub(crate) unit: Option<String>,
    /// What kind of quantity the unit makes it.
    pub(crate) class: MeasureClass,
    /// Whether the number is `一`, `两` or the like before a counter.
    pub(crate) article_like: bool,
}

/// Counters that no unit of measure is, but that people count with.
const COUNTERS: &str =
    "个名位家户项件次份所例头只株辆艘部篇本间座处场届轮批笔台套条种类口级期张门班床组队类团站栋";

/// Characters before `一` that make one word with it.
const ONE_WORDS: &str = "同统唯任之单逐某不专划归如第合万";

/// Every quantity of `chars[from..to]`, in order.
pub(crate) fn quantities(chars: &[char], from: usize, to: usize) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = skip_marker(chars, from, to);
    while at < to {
        let character = chars[at];
        if character == '《' {
            at = skip_title(chars, at, to);
        } else if character.is_ascii_alphabetic() {
            at = skip_latin(chars, at, to);
        } else if let Some(half) = half(chars, at).filter(|half| half.end <= to) {
            at = half.end;
            found.push(half);
        } else if starts_number(chars, at) {
            at = take(chars, at, to, &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// `一半`, `半数以上`, `过半数`: a share in words.
fn half(chars: &[char], at: usize) -> Option<Quantity> {
    let written = matches!(chars.get(at..at + 2)?, ['一', '半'] | ['半', '数']);
    let alone = !chars.get(at + 2).is_some_and(|c| "径导场路年天日".contains(*c))
        && !at.checked_sub(1).is_some_and(|before| {
            is_chinese_digit(chars[before]) || chars[before].is_ascii_digit()
        });
    let value = Number::ratio(1, 2).filter(|_| written && alone)?;
    Some(Quantity {
        start: at,
        end: at + 2,
        value,
        unit: Some("ratio".to_owned()),
        class: MeasureClass::Ratio,
        article_like: false,
    })
}

/// Whether a number may start here.
fn starts_number(chars: &[char], at: usize) -> bool {
    let next = chars.get(at + 1).copied().unwrap_or(' ');
    match chars[at] {
        '0'..='9' | '¥' | '￥' | '$' => true,
        '百' | '千' | '万' => next == '分' && chars.get(at + 2) == Some(&'之'),
        '半' | '零' | '〇' | '一' | '二' | '两' | '三' | '四' | '五' | '六' | '七' | '八'
        | '九' | '十' | '壹' | '贰' | '叁' | '肆' | '伍' | '陆' | '柒' | '捌' | '玖' | '拾'
        | '廿' | '卅' | '貳' | '參' | '伯' => true,
        _ => false,
    }
}

/// Passes a list marker at the head of a clause: `1.`, `(二)`, `三、`, `①`.
fn skip_marker(chars: &[char], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to && chars[at] == ' ' {
        at += 1;
    }
    let open = at < to && chars[at] == '(';
    let mut end = at + usize::from(open);
    let first = end;
    while end < to && (chars[end].is_ascii_digit() || is_chinese_digit(chars[end])) {
        end += 1;
    }
    if end == first || end - first > 3 {
        return from;
    }
    match chars.get(end) {
        Some(')') => end + 1,
        Some('、' | '.') if !open && !chars.get(end + 1).is_some_and(char::is_ascii_digit) => {
            end + 1
        }
        Some('.') if !open && chars[first].is_ascii_digit() => skip_dotted(chars, end, to),
        _ => from,
    }
}

/// Passes the rest of `1.2.3 ` when it is a heading's number.
fn skip_dotted(chars: &[char], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to && (chars[at] == '.' || chars[at].is_ascii_digit()) {
        at += 1;
    }
    let dots = chars[from..at].iter().filter(|&&c| c == '.').count();
    if dots > 1 || chars.get(at) == Some(&' ') { at } else { from.saturating_sub(1) }
}

fn is_chinese_digit(character: char) -> bool {
    "〇零一二两三四五六七八九十百千".contains(character)
}

/// Passes a title in 《》; its numbers belong to a name.
fn skip_title(chars: &[char], from: usize, to: usize) -> usize {
    let close = (from..to.min(from + 80)).find(|&at| chars[at] == '》');
    close.map_or(from + 1, |at| at + 1)
}

/// Passes a Latin word, an address or a code.
fn skip_latin(chars: &[char], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to
        && (chars[at].is_ascii_alphanumeric()
            || matches!(chars[at], '.' | '/' | ':' | '_' | '@' | '&' | '?' | '=' | '-' | '+'))
    {
        at += 1;
    }
    at
}

/// Reads the number at `at`, keeps it if it may state something, and says
/// where to go on.
fn take(chars: &[char], at: usize, to: usize, found: &mut Vec<Quantity>) -> usize {
    let before = at.checked_sub(1).map_or(' ', |place| chars[place]);
    let Some(measure) = measure::at(chars, at).filter(|measure| measure.end <= to) else {
        return numeral::at(chars, at).map_or(at + 1, |number| number.end.max(at + 1));
    };
    let number = measure.number;
    let last = before == '后' && at >= 2 && chars[at - 2] == '最';
    if before == '第'
        || last
        || (number.end == at + 1 && chars[at] == '一' && ONE_WORDS.contains(before))
    {
        return number.end + usize::from(number.end < to);
    }
    if let Some(end) = names_something(chars, &number, before, to) {
        return end.max(at + 1);
    }
    let (end, unit) = unit_of(chars, &measure, to);
    let factor = unit.is_none() && is_factor(chars, at, end);
    let unit = if factor { Some("ratio".to_owned()) } else { unit };
    if unit.is_none() && matches!(before, '表' | '图' | '/' | '_') {
        return number.end.max(at + 1);
    }
    let next = end.max(number.end).max(at + 1);
    if number.vague || idiom(chars, at, end, unit.as_deref()) {
        return next;
    }
    let class = unit.as_deref().map_or(MeasureClass::Count, class_of);
    found.push(Quantity {
        start: at,
        end,
        value: measure.value,
        class,
        article_like: number.end == at + 1 && "一两二三".contains(chars[at]),
        unit,
    });
    next
}

/// `×0.6`, `系数为0.9`, `缴费指数按1计算`: a number to multiply with.
fn is_factor(chars: &[char], at: usize, end: usize) -> bool {
    let before = chars.get(at.saturating_sub(12)..at).unwrap_or_default();
    let behind = |words: &[char]| before.ends_with(words);
    let counted = behind(&['按'])
        && chars.get(end..end + 2) == Some(&['计', '算'])
        && before.windows(2).any(|pair| matches!(pair, ['指' | '系', '数']));
    let times = behind(&['乘', '以']) && chars.get(end).is_none_or(|c| !c.is_alphabetic());
    times || behind(&['×']) || behind(&['系', '数', '为']) || counted
}

/// Unit of a measure as the labels name it; a counter as written where the
/// table of units knows none, and up to three Latin letters (200CC).
fn unit_of(chars: &[char], measure: &measure::Measure, to: usize) -> (usize, Option<String>) {
    let written = match measure.unit {
        Some(unit) => (measure.end, Some(unit.name().to_owned())),
        None => match chars.get(measure.end) {
            // A slip seen in print: 15个工作内.
            Some('个')
                if chars.get(measure.end..measure.end + 4) == Some(&['个', '工', '作', '内']) =>
            {
                (measure.end + 3, Some("工作日".to_owned()))
            }
            Some('积') if chars.get(measure.end + 1) == Some(&'分') => {
                (measure.end + 2, Some("分".to_owned()))
            }
            _ if contains_parts(&chars[measure.start..measure.end]) => {
                (measure.end, Some("ratio".to_owned()))
            }
            // 10大类: a sort of sorts.
            Some('大') if matches!(chars.get(measure.end + 1), Some('类' | '项' | '块')) => {
                let end = measure.end + 2;
                (end, Some(chars[measure.end..end].iter().collect()))
            }
            Some(_) if amount_of_money(chars, measure) => (measure.end, Some("元".to_owned())),
            Some(&counter) if measure.end < to && COUNTERS.contains(counter) => {
                (measure.end + 1, Some(counter.to_string()))
            }
            // 2晚以上: whatever is counted, where a comparator follows.
            Some(&counter)
                if counter.is_alphabetic()
                    && !counter.is_ascii()
                    && !"以及或和至到的之内元".contains(counter)
                    && measure.end + 2 < to
                    && matches!(
                        chars[measure.end + 1..measure.end + 3],
                        ['以', '上' | '下' | '内'] | ['及', '以']
                    ) =>
            {
                (measure.end + 1, Some(counter.to_string()))
            }
            _ => {
                let latin =
                    chars[measure.end..to].iter().take(4).take_while(|c| c.is_ascii_alphabetic());
                let letters: String = latin.collect();
                let fits = !letters.is_empty() && letters.len() <= 3;
                (measure.end + if fits { letters.len() } else { 0 }, fits.then_some(letters))
            }
        },
    };
    match written {
        (end, Some(unit)) => (end, Some(label(unit))),
        none => none,
    }
}

/// `国土基金100亿、市区两级财政200亿元`: hundreds of millions of what its neighbours are.
fn amount_of_money(chars: &[char], measure: &measure::Measure) -> bool {
    /// Characters before and behind in which a sum with its currency must stand.
    const NEAR: usize = 60;
    let large = chars.get(measure.end.saturating_sub(1)) == Some(&'亿');
    let ends = chars.get(measure.end).is_some_and(|c| matches!(c, '、' | ',' | ')' | ';' | '。'));
    let sum = |pair: &[char]| matches!(pair, ['亿', '元']);
    let around = chars.get(measure.start.saturating_sub(NEAR)..chars.len().min(measure.end + NEAR));
    large && ends && around.is_some_and(|around| around.windows(2).any(sum))
}

/// Whether a number is written as a fraction: 三分之二.
fn contains_parts(chars: &[char]) -> bool {
    chars.windows(2).any(|pair| pair == ['分', '之'])
}

/// The name the labels give a unit.
fn label(unit: String) -> String {
    match unit.as_str() {
        "名" | "位" => "人".to_owned(),
        "百分点" | "个百分点" => "ratio".to_owned(),
        "天" => "日".to_owned(),
        "会计年度" | "年度" | "个年度" | "周年" => "年".to_owned(),
        _ => unit,
    }
}

/// What kind of quantity a unit makes.
pub(crate) fn class_of(unit: &str) -> MeasureClass {
    match unit {
        unit if unit.ends_with("元") => MeasureClass::Money,
        "港币" | "英镑" | "澳门元" | "新台币" => MeasureClass::Money,
        "ratio" | "个百分点" | "百分点" => MeasureClass::Ratio,
        "岁" => MeasureClass::Age,
        unit if unit.ends_with("日") || unit.ends_with("小时") => MeasureClass::Span,
        "年" | "月" | "分钟" | "周" | "星期" | "季度" | "学期" | "学年" | "季" => {
            MeasureClass::Span
        }
        "平方米" | "亩" | "公顷" | "平方公里" => MeasureClass::Area,
        "分" => MeasureClass::Score,
        "倍" => MeasureClass::Times,
        _ => MeasureClass::Count,
    }
}

/// Where the thing ends that the number only names: a document, a date, an
/// article, a number in a list of codes; `None` if it names nothing.
fn names_something(
    chars: &[char],
    number: &numeral::Numeral,
    before: char,
    to: usize,
) -> Option<usize> {
    let (start, end) = (number.start, number.end);
    let next = chars.get(end).copied().filter(|_| end < to).unwrap_or(' ');
    let after = chars.get(end + 1).copied().filter(|_| end + 1 < to).unwrap_or(' ');
    if next == '号' || (next == ' ' && after == '号') {
        return Some(end + 1);
    }
    if before == '[' && next == ']' {
        return Some(end + 1);
    }
    if before == '件' && start >= 2 && chars[start - 2] == '附' {
        return Some(end);
    }
    let of_month = before == '月' || before == '的' && start >= 2 && chars[start - 2] == '月';
    if next == '日' && day_of_range(chars, start) {
        return Some(end + 1);
    }
    // 二次分配: once more; 第1、2项: places in a list.
    let again =
        next == '次' && end == start + 1 && chars[start] == '二' && !"以及,。;".contains(after);
    let through = matches!(before, '至' | '-' | '到')
        && matches!(next, '项' | '款' | '条' | '类' | '章' | '批' | '级')
        && {
            let first = (0..start - 1)
                .rev()
                .take(5)
                .find(|&at| !chars[at].is_ascii_digit() && !is_chinese_digit(chars[at]));
            first.is_some_and(|at| chars[at] == '第')
        };
    if through {
        return Some(end + 1);
    }
    let listed = before == '、'
        && matches!(next, '项' | '款' | '条')
        && chars.get(start.saturating_sub(4)..start).is_some_and(|c| c.contains(&'第'));
    if again || listed {
        return Some(end + 1);
    }
    if of_month && next == '日' {
        return Some(end + 1);
    }
    if matches!(next, '楼' | '室' | '栋' | '幢') && chars[start].is_ascii_digit() {
        return Some(end + 1);
    }
    date(chars, number, to)
}

/// `5月1日至30日`, `每月一日至十日`, `4月30日前(含30日)`: a second day of the month.
fn day_of_range(chars: &[char], start: usize) -> bool {
    let behind = |words: &[char]| {
        start.checked_sub(words.len()).is_some_and(|at| &chars[at..start] == words)
    };
    let range = ['至', '-', '到', '~'].iter().any(|sign| behind(&['日', *sign]));
    let dated = range && {
        let first = (0..start - 2)
            .rev()
            .take(3)
            .find(|&at| !chars[at].is_ascii_digit() && !is_chinese_digit(chars[at]));
        first.is_some_and(|at| chars[at] == '月')
    };
    dated || behind(&['前', '(', '含']) || behind(&['后', '(', '含'])
}

/// Where a date ends that starts with this number.
fn date(chars: &[char], number: &numeral::Numeral, to: usize) -> Option<usize> {
    let (start, end) = (number.start, number.end);
    let digits = end - start;
    let at = skip_blanks(chars, end, to);
    let next = chars.get(at).copied().filter(|_| at < to).unwrap_or(' ');
    let year_like = digits == 4
        && chars[start..end]
            .iter()
            .all(|c| c.is_ascii_digit() || "〇零一二三四五六七八九".contains(*c))
        && matches!(chars[start], '1' | '2' | '一' | '二');
    if year_like && matches!(next, '年' | '-' | '~' | '/' | '.' | '至') {
        return Some(after_date(chars, at + 1, to));
    }
    if next == '月' && digits <= 2 {
        let then = skip_blanks(chars, at + 1, to);
        let follows = chars.get(then).copied().filter(|_| then < to).unwrap_or(' ');
        let month_of_year = follows.is_ascii_digit()
            || is_chinese_digit(follows)
            || "份底末初上中下至-~起前、,".contains(follows)
            || start.checked_sub(1).is_some_and(|place| matches!(chars[place], '年' | '度'));
        if month_of_year {
            return Some(after_date(chars, at + 1, to));
        }
    }
    if matches!(next, ':' | '时' | '点') && digits <= 2 && chars[start].is_ascii_digit() {
        return Some(at + 1);
    }
    None
}

/// Passes the months, days and further parts of a date.
fn after_date(chars: &[char], from: usize, to: usize) -> usize {
    let mut at = from;
    let mut last = from;
    while at < to && at - from < 24 {
        at = skip_blanks(chars, at, to);
        let first = at;
        while at < to && (chars[at].is_ascii_digit() || is_chinese_digit(chars[at])) {
            at += 1;
        }
        let unit = skip_blanks(chars, at, to);
        if at == first
            || !chars
                .get(unit)
                .is_some_and(|c| matches!(c, '年' | '月' | '日' | '号' | '/' | '-' | '.'))
        {
            break;
        }
        at = unit + 1;
        last = at;
    }
    // A bare day or month after a dash: `2016-11-24`.
    let digits = chars[last..to].iter().take(2).take_while(|c| c.is_ascii_digit()).count();
    if last > from && matches!(chars[last - 1], '-' | '/' | '.') { last + digits } else { last }
}

fn skip_blanks(chars: &[char], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to && chars[at] == ' ' {
        at += 1;
    }
    at
}

/// Turns of phrase that hold a number and state none.
fn idiom(chars: &[char], start: usize, end: usize, unit: Option<&str>) -> bool {
    let before = start.checked_sub(1).map_or(' ', |place| chars[place]);
    let next = chars.get(end).copied().unwrap_or(' ');
    match unit {
        Some("次") => next == '性',
        Some("部") => next == '分',
        Some("年") => {
            let rate =
                next == '期' && chars.get(end + 1).is_some_and(|c| "存贷定国市利".contains(*c));
            let programme = ["行动计划", "行动方案", "规划", "计划"].iter().any(|word| {
                let length = word.chars().count();
                chars
                    .get(end..end + length)
                    .is_some_and(|here| here.iter().copied().eq(word.chars()))
            });
            rate || programme
                || matches!(next, '级' | '制')
                || (chars[start] == '半' && matches!(before, '上' | '下'))
        }
        Some("分") => {
            chars[start] == '十' && !matches!(before, '得' | '积' | '加' | '扣' | '满' | '达')
        }
        Some("元") => chars.get(end - 1) == Some(&'角') && matches!(before, '珠' | '江'),
        Some("人") => matches!(next, '民' | '口'),
        Some("日") => matches!(next, '常' | '照' | '游' | '三' | '作'),
        _ => false,
    }
}
