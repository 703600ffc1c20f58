use crate::ranking::words::Collection;

fn texts(rows: &[[&str; 4]]) -> Collection {
    let rows: Vec<[String; 4]> = rows.iter().map(|row| row.map(str::to_owned)).collect();
    Collection::of(&rows)
}

#[test]
fn the_policy_with_the_words_comes_first() {
    let collection = texts(&[
        ["高新技术企业认定", "科技创新", "认定为高新技术企业", "研究开发费用"],
        ["高龄津贴", "养老", "每月发放", "年满八十周岁的老年人"],
        ["创业担保贷款", "创业", "贷款贴息", "登记失业人员"],
    ]);
    let best = |query: &str| {
        let scores = collection.scores(query);
        (0..3).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap()
    };
    assert_eq!(best("软件开发；科技创新"), 0);
    assert_eq!(best("老年人 养老"), 1);
    assert_eq!(best("自主创业"), 2);
    assert!(collection.scores("").iter().all(|score| *score == 0.0));
    assert!(collection.scores("ＸＹＺ").iter().all(|score| *score == 0.0));
}

/// One term in one field of one of two policies, by hand: BM25F with
/// k1 = 1.2 and b = 0.75, and the pair of characters at 0.4.
#[test]
fn a_score_by_hand() {
    let collection = texts(&[["养老", "", "", ""], ["住房", "", "", ""]]);
    // Each title has the word and the pair: length 2 is the mean, so the
    // normalised frequency of each is its weight, 3.
    let rarity = (1.0 + (2.0 - 1.0 + 0.5) / (1.0 + 0.5_f64)).ln();
    let term = 3.0 * 2.2 / (3.0 + 1.2);
    let expected = rarity * term * (1.0 + 0.4);
    let scores = collection.scores("养老");
    assert!((scores[0] - expected).abs() < 1e-12, "{scores:?} {expected}");
    assert!(scores[1].abs() < 1e-12);
}

#[test]
fn a_title_counts_more_than_the_text() {
    let collection = texts(&[["养老", "", "", "住房"], ["住房", "", "", "养老"]]);
    let scores = collection.scores("养老");
    assert!(scores[0] > scores[1] && scores[1] > 0.0);
}
