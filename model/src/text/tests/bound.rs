use super::*;
use crate::text::fold::Folded;

#[test]
fn words_before_and_behind() {
    use Side::{Lower, Upper};
    // The number is the first one in the text; the bound word stands on either side.
    let table = [
        ("不低于60%", Lower, true, false),
        ("超过1000人", Lower, false, false),
        ("年满18周岁", Lower, true, false),
        ("不满3年", Upper, false, false),
        ("最高不超过300万元", Upper, true, false),
        ("未达到60分", Upper, false, false),
        ("小于 或 等于100", Upper, true, false),
        ("< = 100", Upper, true, false),
        ("至少有10项", Lower, true, false),
        ("不得超过3次", Upper, true, false),
        ("30人以上", Lower, true, false),
        ("30人（不含）以上", Lower, false, true),
        ("30人以下（含30人）", Upper, true, true),
        ("三级及以上", Lower, true, true),
        ("15日内", Upper, true, false),
        ("50人以外", Lower, false, false),
    ];
    for (text, side, inclusive, explicit) in table {
        let folded = Folded::new(text);
        let chars = folded.chars();
        let number = (0..chars.len()).find_map(|at| measure::at(chars, at)).unwrap();
        let bound = before(chars, number.start)
            .or(after(chars, number.end))
            .unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (bound.side, bound.inclusive, bound.explicit),
            (side, inclusive, explicit),
            "{text}"
        );
        let ahead = bound.start == 0 && bound.end <= number.start;
        assert!(
            ahead || (bound.start, bound.end) == (number.end, chars.len()),
            "{text}: {bound:?}"
        );
    }
}

#[test]
fn brackets_that_hold_something_else_are_no_mark() {
    for text in ["(含税)", "(含家属30人以上的)", "(不含", "含"] {
        assert_eq!(inclusion(Folded::new(text).chars(), 0), None, "{text}");
    }
}
