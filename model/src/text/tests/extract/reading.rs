use super::super::*;

fn first(text: &str) -> Item {
    extract("d", text).into_iter().find(|item| item.op.numeric()).unwrap()
}

#[test]
fn offsets_count_characters_of_the_original_and_the_words_are_its_own() {
    let text = "第一条 申请人\u{3000}年满１８周岁，注册资本５０００万元（含）以上。";
    for item in extract("d", text) {
        let words: String = text.chars().skip(item.start).take(item.end - item.start).collect();
        assert_eq!(item.text, words);
        assert!(item.clause_start <= item.start && item.end <= item.clause_end);
        assert_eq!(item.article.as_deref(), Some("第一条"));
    }
    assert_eq!(first(text).text, "年满１８周岁");
}

#[test]
fn traditional_script_reads_like_simplified() {
    let item = first("申請人年滿18周歲的，可以申請。");
    assert_eq!(
        (item.op, item.value.as_deref(), item.unit.as_deref()),
        (Op::AtLeast, Some("18"), Some("岁"))
    );
}

#[test]
fn the_document_its_own_clause_decides_about_its_bounds() {
    let split = "第一条 从业人数100人以上、500人以下的企业可以申请。\n第二条 本办法所称“以上”包括本数，“以下”不包括本数。";
    let item = first(split);
    assert_eq!((item.lower_inclusive, item.upper_inclusive), (Some(true), Some(false)));
    assert_eq!(item.boundary_source, Some(BoundarySource::Document));
    let reverse =
        "第一条 用海面积50公顷以上的项目应当论证。\n第二条 本条例所称的以上、以下，均不包括本数。";
    let item = first(reverse);
    assert_eq!((item.op, item.lower_inclusive), (Op::More, Some(false)));
    let silent = first("从业人数100人以上的企业可以申请。");
    assert_eq!((silent.op, silent.boundary_source), (Op::AtLeast, Some(BoundarySource::CivilCode)));
    let marked = first("从业人数100人以下（不含）的企业可以申请。");
    assert_eq!((marked.op, marked.boundary_source), (Op::Less, Some(BoundarySource::Explicit)));
}

#[test]
fn a_tier_ends_where_the_next_begins() {
    let text = "（一）带动就业3人以下的，给予1万元补贴；\n（二）带动就业3人以上的，给予2万元补贴。";
    let items: Vec<Item> =
        extract("d", text).into_iter().filter(|item| item.kind == Kind::Condition).collect();
    let tiers: Vec<_> = items
        .iter()
        .filter(|item| item.op.numeric() && item.unit.as_deref() == Some("人"))
        .collect();
    assert_eq!(
        (tiers[0].op, tiers[0].boundary_source),
        (Op::Less, Some(BoundarySource::Adjacency))
    );
    assert_eq!(tiers[1].op, Op::AtLeast);
}

#[test]
fn lists_join_as_their_introduction_says() {
    let list = |intro: &str| {
        let text =
            format!("第三条 {intro}\n（一）注册资本不低于100万元；\n（二）从业人数不少于20人。");
        extract("d", &text).iter().find(|item| item.op.numeric()).and_then(|item| item.logic)
    };
    assert_eq!(list("申请人应当同时符合下列条件："), Some(Logic::All));
    assert_eq!(list("符合下列条件之一的，可以申请："), Some(Logic::Any));
    assert_eq!(list("满足以下其中两项条件的，可以申请："), Some(Logic::AtLeast(2)));
}

#[test]
fn an_exclusion_is_marked_and_a_ban_becomes_what_is_allowed() {
    let left_out = first("距法定退休年龄不足5年的除外。");
    assert!(left_out.negated && left_out.kind == Kind::Condition);
    let allowed = first("同一人员不得同时在两个以上机构执业。");
    assert_eq!((allowed.op, allowed.negated), (Op::Less, false));
}

#[test]
fn a_range_in_one_unit_scales_both_ends() {
    let item = first("年销售收入500—2000万元的企业可以申请。");
    assert_eq!(
        (item.value.as_deref(), item.value2.as_deref()),
        (Some("5000000"), Some("20000000"))
    );
    let item = first("累计缴费满6个月不足1年的，可以申请。");
    assert_eq!(
        (item.value.as_deref(), item.value2.as_deref(), item.unit.as_deref()),
        (Some("6"), Some("12"), Some("月"))
    );
    assert_eq!((item.lower_inclusive, item.upper_inclusive), (Some(true), Some(false)));
}

#[test]
fn numbers_that_only_name_things_state_nothing() {
    for text in [
        "根据《办法》（国发〔2017〕5号）第三条第二款制定本办法。",
        "2017年5月1日，第十二届人大常委会第三次会议通过。",
        "地址：凤凰大道1号E栋3楼60号窗，电话020-39053010。",
        "世界500强企业，五险一金，一次性告知，同一项目，第三级体力劳动。",
        "附件1：《5000万元及以上固定资产投资项目情况表》",
    ] {
        let numeric: Vec<_> = extract("d", text)
            .into_iter()
            .filter(|item| item.op.numeric())
            .map(|item| item.text)
            .collect();
        assert!(numeric.is_empty(), "{text}: {numeric:?}");
    }
}
