use super::*;

/// The wordings found in `text`, by pattern and words.
fn found(text: &str) -> Vec<(u16, String)> {
    let wordings = Wordings::shared();
    let mut tracker = Tracker::new(wordings);
    let chars: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    for (places, start, end) in wordings.literals(text) {
        let at = |byte: usize| text.char_indices().take_while(|(start, _)| *start < byte).count();
        tracker.take(places, 0, (at(start), at(end)), |hit| {
            all.push((
                wordings.rows()[hit.wording].pattern,
                chars[hit.start..hit.end].iter().collect(),
            ));
        });
    }
    all
}

#[test]
fn every_row_of_the_table_is_read() {
    let rows =
        TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).filter(|line| !line.is_empty());
    let wordings = Wordings::shared();
    assert_eq!(rows.count(), wordings.rows().len());
    for row in wordings.rows() {
        assert!((1..=110).contains(&row.pattern) && (1..=PARTS).contains(&row.parts), "{row:?}");
        assert_eq!(row.measure == MeasureClass::None, row.op.is_some(), "{row:?}");
    }
}

#[test]
fn parts_follow_each_other_within_a_gap() {
    assert!(found("研发费用总额占销售收入").contains(&(41, "研发费用总额占".to_owned())));
    let far = format!("研发费用{}占", "其".repeat(GAP + 1));
    assert!(!found(&far).iter().any(|(_, words)| words.ends_with('占')));
}

#[test]
fn alternatives_and_absent_characters_are_all_literals() {
    for words in ["具有独立法人资格", "具备独立的法人资格", "取得独立法人资格"]
    {
        assert!(
            found(words).iter().any(|(pattern, found)| *pattern == 1 && found == words),
            "{words}"
        );
    }
}
