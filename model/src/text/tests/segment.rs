use proptest::prelude::*;

use super::*;

/// The words of a text, divided by strokes.
fn cut_by(dictionary: Dictionary, text: &str) -> String {
    let tokens = Segmenter::new(dictionary).words(text);
    tokens.iter().map(|token| token.text).collect::<Vec<_>>().join("|")
}

fn policy(text: &str) -> String {
    cut_by(Dictionary::Policy, text)
}

/// Sentences of our own in the manner of notices and of statutes.
const SENTENCES: [&str; 8] = [
    "申请稳岗返还的用人单位，上年度裁员率不高于百分之五点五，且未被列入严重违法失信名单。",
    "年满60周岁、具有本市户籍的特困人员，可按月领取护理补贴300元。",
    "对首次认定的专精特新“小巨人”企业，给予一次性奖励50万元。",
    "第十二条 本办法自2026年3月1日起施行，有效期五年。",
    "企业从业人数300人以下（不含）、资产总额5,000万元以下的，适用小型微利企业优惠。",
    "符合下列条件之一的离校未就业高校毕业生：（一）登记失业满六个月；（二）属于低保边缘家庭。",
    "根据国办发〔2026〕2号文件，残保金自2026年1月1日起分档减缴。",
    "Innovation vouchers (A4) up to ＲＭＢ １００万 for R&D teams。",
];

#[test]
fn terms_of_policies_stay_whole() {
    assert_eq!(
        policy("未被列入经营异常名录的小型微利企业免征残保金"),
        "未|被|列入|经营异常名录|的|小型微利企业|免征|残保金"
    );
    assert_eq!(policy("离校未就业高校毕业生"), "离校未就业高校毕业生");
    assert_eq!(policy("增值税小规模纳税人的应纳税所得额"), "增值税小规模纳税人|的|应纳税所得额");
    assert_eq!(policy("落实两项补贴和一件事"), "落实|两项补贴|和|一件事");
    assert_eq!(policy("五险一金"), "五险一金");
}

#[test]
fn every_term_is_one_word_by_itself() {
    let torn: Vec<String> = lexicon::terms()
        .map(|term| policy(term.word))
        .filter(|words| words.contains('|'))
        .collect();
    assert!(torn.is_empty(), "{torn:?}");
    assert!(lexicon::terms().count() > 1000);
}

#[test]
fn the_list_of_terms_names_each_once_with_a_tag() {
    let mut seen = std::collections::BTreeSet::new();
    for term in lexicon::terms() {
        assert!(seen.insert(term.word), "`{}` stands twice", term.word);
        assert!(
            ["n", "nz", "nt", "v", "d", "q"].contains(&term.tag),
            "{}: {}",
            term.word,
            term.tag
        );
        assert!(!term.word.contains(char::is_whitespace));
    }
}

#[test]
fn numbers_units_and_operators_are_cut_first() {
    assert_eq!(policy("资产总额不低于5000万元"), "资产总额|不低于|5000万元");
    assert_eq!(policy("满三年以上（含）"), "满|三年|以上（含）");
    assert_eq!(policy("百分之二十以下"), "百分之二十|以下");
    assert_eq!(policy("从业人数３００人及以下"), "从业人数|３００人|及以下");
    assert_eq!(policy("第十二条第二款"), "第十二条|第二款");
    assert_eq!(policy("自2026年3月1日起"), "自|2026年3月1日|起");
    assert_eq!(policy("1,234.5元"), "1,234.5元");
    assert_eq!(policy("三分之二的职工"), "三分之二|的|职工");
}

#[test]
fn what_only_looks_like_a_number_stays_a_word() {
    assert_eq!(policy("一般纳税人"), "一般纳税人");
    assert_eq!(policy("统一年度预算"), "统一|年度预算");
    assert_eq!(policy("同一项目"), "同一|项目");
    assert_eq!(policy("未满足条件"), "未|满足条件");
    assert_eq!(policy("小学三年级"), "小学|三年级");
    assert!(!policy("十分重要").contains("十分重"));
}

#[test]
fn document_numbers_are_one_word() {
    assert_eq!(policy("根据国办发〔2026〕2号"), "根据|国办发〔2026〕2号");
    assert_eq!(policy("见财建（2025）118号文"), "见|财建（2025）118号|文");
    let words = policy("依照财政部公告2023年第43号执行");
    assert!(words.split('|').any(|word| word == "财政部公告2023年第43号"), "{words}");
}

#[test]
fn the_plain_dictionary_cuts_as_jieba_does() {
    let jieba = jieba_rs::Jieba::new();
    for text in SENTENCES {
        let expected: Vec<&str> = jieba.cut(text, true).iter().map(|token| token.word).collect();
        assert_eq!(cut_by(Dictionary::Plain, text), expected.join("|"));
    }
}

#[test]
fn search_mode_offers_the_shorter_words_too() {
    let words = Segmenter::new(Dictionary::Policy).search_words("残疾人就业保障金");
    let texts: Vec<&str> = words.iter().map(|token| token.text).collect();
    assert!(texts.contains(&"残疾人") && texts.contains(&"就业"), "{texts:?}");
    assert_eq!(texts.last(), Some(&"残疾人就业保障金"));
}

#[test]
fn latin_words_have_one_stem() {
    assert_eq!(stem("Enterprises"), stem("enterprise"));
    assert_eq!(stem("R&D"), "r&d");
    assert_eq!(stem("残保金"), "残保金");
}

#[test]
fn endless_numerals_take_linear_time() {
    for unit in ["一", "1", "百分之", "第", "[", "(2026", "不"] {
        let text = unit.repeat(200_000 / unit.len());
        assert!(!Segmenter::new(Dictionary::Policy).words(&text).is_empty());
    }
}

/// Pieces that meet at the borders the cutter looks at.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(SENTENCES.as_slice()).prop_map(str::to_owned),
        "[一二两十百千万亿零半0-9年月日元个人项第条百分之不低于以上含（）〔〕号令]{0,12}",
        "\\PC{0,12}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn plain_equals_jieba_on_any_text(text in texts()) {
        let segmenter = Segmenter::new(Dictionary::Plain);
        let jieba = lexicon::shared(Dictionary::Plain);
        let ours = segmenter.words(&text).iter().map(|t| (t.text, t.start, t.end)).collect::<Vec<_>>();
        let theirs = jieba.cut(&text, true).iter().map(|t| (t.word, t.start, t.end)).collect::<Vec<_>>();
        prop_assert_eq!(ours, theirs);
        let ours = segmenter.search_words(&text).iter().map(|t| t.text).collect::<Vec<_>>();
        let theirs = jieba.cut_for_search(&text, true).iter().map(|t| t.word).collect::<Vec<_>>();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn words_are_the_whole_text_and_stand_where_they_say(text in texts()) {
        let segmenter = Segmenter::new(Dictionary::Policy);
        let chars: Vec<char> = text.chars().collect();
        let mut end = 0;
        for token in segmenter.words(&text) {
            prop_assert_eq!(token.start, end);
            end = token.end;
            let there: String = chars[token.start..token.end].iter().collect();
            prop_assert_eq!(there, token.text);
        }
        prop_assert_eq!(end, chars.len());
        for token in segmenter.search_words(&text) {
            let there: String = chars[token.start..token.end].iter().collect();
            prop_assert_eq!(there, token.text);
        }
    }
}
