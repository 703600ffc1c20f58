//! What a clause as a whole does with its numbers: it works an example out, reports
//! what was, or says what is to be in a year to come.

/// Read once for every clause that holds a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tone {
    /// `2408×20%×102个月=49123.2元`, `例:李女士,现年49岁`, `如按2408元申报计算`.
    pub(crate) example: bool,
    /// It compares with an earlier day, or gives its own, and speaks of nothing to come.
    pub(crate) past: bool,
    /// `到2025年`
    pub(crate) to_come: bool,
}

/// Words that open an example.
const EXAMPLES: [&str; 5] = ["例:", "例如", "如按", "假设", "假如"];

/// Words of a report on what was.
const PAST: [&str; 12] = [
    "同比",
    "环比",
    "下降",
    "增长",
    "年末",
    "年底",
    "截至",
    "截止",
    "年全市",
    "年全国",
    "目前",
    "已达",
];

/// Words of what is to be.
const FUTURE: [&str; 9] = ["力争", "争取", "确保", "将", "目标", "应", "预计", "计划", "规划期"];

impl Tone {
    /// The tone of a clause; `words` and `clause` are the same folded characters.
    pub(crate) fn of(words: &str, clause: &[char]) -> Tone {
        let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
        let head: String = clause.iter().take(8).collect();
        let example = EXAMPLES.iter().any(|word| head.contains(word));
        Tone {
            example: example || reckons(clause),
            past: has(&PAST) && !has(&FUTURE),
            to_come: to_come(clause),
        }
    }
}

/// Whether a product and its result are written out.
fn reckons(clause: &[char]) -> bool {
    let result = |at: usize| {
        let digits = clause[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        digits > 0 && clause.get(at + 1 + digits) != Some(&'年')
    };
    clause.iter().any(|c| matches!(c, '×' | '*' | '÷'))
        && clause.iter().enumerate().any(|(at, c)| *c == '=' && result(at))
}

/// Whether a year to come is named as the end: `到2020年,`, not a day of it.
fn to_come(clause: &[char]) -> bool {
    clause.windows(7).any(|window| match window {
        ['到' | '至', '2', '0', _, _, '年', next] => {
            !next.is_ascii_digit() && !"一二三四五六七八九十".contains(*next)
        }
        _ => false,
    })
}
