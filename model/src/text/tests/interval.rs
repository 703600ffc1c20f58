use super::*;
use crate::text::fold::Folded;

#[test]
fn words_before_the_floor_belong_to_somebody_else() {
    let folded = Folded::new("不低于30人");
    assert!(at(folded.chars(), 3, 0).unwrap().is_bounded());
    assert!(!at(folded.chars(), 3, 2).unwrap().is_bounded());
}

#[test]
fn only_marks_on_every_end_are_explicit() {
    for (text, wanted) in [
        ("30人(含)以上", true),
        ("30人以上", false),
        ("3年(含)至5年", false),
        ("3年(含)至5年(含)", true),
    ] {
        let folded = Folded::new(text);
        assert_eq!(at(folded.chars(), 0, 0).unwrap().explicit, wanted, "{text}");
    }
}
