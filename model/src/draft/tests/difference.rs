//! Two versions of one notice.

use super::{Event, difference};

const OLD: &str = "\
示范补贴办法
第一条 申请人应当同时符合下列条件：
（一）年满16周岁；
（二）连续缴纳社会保险满6个月；
（三）家庭年收入不超过8万元。
第二条 给予一次性补贴5000元。
";

const NEW: &str = "\
示范补贴办法
第一条 申请人应当同时符合下列条件：
（一）年满18周岁；
（二）连续缴纳社会保险满6个月；
（三）名下住房不超过1套。
第二条 给予一次性补贴6000元。
";

#[test]
fn a_changed_age_and_a_changed_sum() {
    let found = difference(OLD, NEW);
    let changed: Vec<(String, String)> = found
        .changes
        .iter()
        .filter(|change| change.event == Event::Changed)
        .map(|change| {
            let words = |side: &Option<super::Side>| side.as_ref().unwrap().words.clone();
            (words(&change.before), words(&change.after))
        })
        .collect();
    assert!(changed.contains(&("年满16周岁".to_owned(), "年满18周岁".to_owned())), "{changed:?}");
    assert!(
        changed.iter().any(|(before, after)| before.contains("5000元") && after.contains("6000元")),
        "{changed:?}"
    );
    assert!(found.same >= 1, "{found:#?}");
    let removed = found.changes.iter().any(|change| {
        change.event == Event::Removed && change.before.as_ref().unwrap().words.contains("8万元")
    });
    assert!(removed, "{found:#?}");
}

#[test]
fn the_same_document_has_no_changes() {
    let found = difference(OLD, OLD);
    assert!(found.changes.is_empty(), "{found:#?}");
}

#[test]
fn a_moved_article_is_no_change() {
    let moved = OLD.replace(
        "（一）年满16周岁；\n（二）连续缴纳社会保险满6个月；",
        "（一）连续缴纳社会保险满6个月；\n（二）年满16周岁；",
    );
    let found = difference(OLD, &moved);
    assert!(found.changes.is_empty(), "{found:#?}");
}
