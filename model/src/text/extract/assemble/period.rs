//! The time over which a quantity is taken: 上年度, 近三年, 每月, 连续.

/// Words that name such a time, the longer first.
const WORDS: [&str; 26] = [
    "上一会计年度",
    "上一自然年度",
    "上一年度",
    "近三个会计年度",
    "近两个会计年度",
    "最近一个会计年度",
    "最近三年",
    "最近两年",
    "最近一年",
    "上年度",
    "上年末",
    "近三年",
    "近3年",
    "近两年",
    "近2年",
    "近一年",
    "近1年",
    "近五年",
    "近5年",
    "前三年",
    "当年度",
    "年度",
    "每年",
    "每月",
    "连续",
    "累计",
];

/// The last such words in `chars[from..to]`.
pub(super) fn before(chars: &[char], from: usize, to: usize) -> Option<String> {
    let words: String = chars.get(from..to)?.iter().filter(|c| **c != ' ').collect();
    WORDS.iter().find(|word| words.contains(**word)).map(|word| (*word).to_owned())
}
