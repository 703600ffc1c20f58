//! Whether 以上 and 以下 include their number in this document: what the
//! document says of itself, what its family of law does, and the Civil Code
//! for all others (article 1259: 以上, 以下, 以内, 届满 include the number;
//! 不满, 超过, 以外 do not).

use super::item::BoundarySource;

/// How a document reads its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convention {
    /// Whether 以上 includes its number.
    pub(super) above: bool,
    /// Whether 以下 includes its number.
    pub(super) below: bool,
    /// How that is known.
    pub(super) source: BoundarySource,
}

/// Families of law whose texts let 以上 include and 以下 exclude the number
/// without saying so clause by clause: the classification of enterprise sizes
/// (工信部联企业〔2011〕300号), which writes 及以上 and 以下 for neighbouring classes.
const SPLIT_FAMILIES: [&str; 2] = ["中小企业划型标准", "统计上大中小微型企业划分"];

/// The convention of a document.
pub(super) fn convention(folded: &str) -> Convention {
    if let Some((above, below)) = own_words(folded) {
        return Convention { above, below, source: BoundarySource::Document };
    }
    let head: String = folded.chars().take(200).collect();
    if SPLIT_FAMILIES.iter().any(|family| head.contains(family)) {
        return Convention { above: true, below: false, source: BoundarySource::Family };
    }
    Convention { above: true, below: true, source: BoundarySource::CivilCode }
}

/// `本办法所称"以上"包括本数,"以下"不包括本数` and its many forms.
fn own_words(folded: &str) -> Option<(bool, bool)> {
    let mut from = 0;
    while let Some(at) = folded.get(from..).and_then(|rest| rest.find("本数")).map(|at| at + from)
    {
        let sentence = sentence_around(folded, at);
        if (sentence.contains("以上") || sentence.contains("以下"))
            && (sentence.contains("所称")
                || sentence.contains("中的")
                || sentence.contains("均")
                || sentence.contains("中\""))
        {
            return Some((includes(sentence, "以上"), includes(sentence, "以下")));
        }
        from = at + "本数".len();
    }
    None
}

/// The sentence that holds byte `at`.
fn sentence_around(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|head| head.rfind(['。', '\n', ';'])).map_or(0, |end| {
        end + text.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    let end = text
        .get(at..)
        .and_then(|rest| rest.find(['。', '\n', ';']))
        .map_or(text.len(), |end| at + end);
    text.get(start..end).unwrap_or_default()
}

/// Whether the sentence lets `word` include its number: the first 包括, 含 or
/// 不包括, 不含 behind it decides.
fn includes(sentence: &str, word: &str) -> bool {
    let Some(rest) = sentence.find(word).and_then(|at| sentence.get(at..)) else { return true };
    let denied =
        ["不包括", "不含", "不包含", "均不含", "不计"].iter().filter_map(|no| rest.find(no)).min();
    let granted = ["包括", "含"].iter().filter_map(|yes| rest.find(yes)).min();
    match (denied, granted) {
        (Some(no), Some(yes)) => yes < no,
        (Some(_), None) => false,
        _ => true,
    }
}
