use super::*;

#[test]
fn unambiguous_characters_become_simplified() {
    let fold = |text: &str| text.chars().map(simplified).collect::<String>();
    assert_eq!(
        fold("補貼辦法：註冊資本不低於五萬元，餘額為兩億"),
        "补贴办法：注册资本不低于五万元，余额为两亿"
    );
}

#[test]
fn characters_of_both_scripts_stay() {
    for symbol in "乾藉著徵瞭畫后里干面云余只系一龥A，".chars() {
        assert_eq!(simplified(symbol), symbol);
    }
}

#[test]
fn every_pair_leads_to_a_character_that_stays() {
    for old in (FIRST..END).filter_map(char::from_u32) {
        let new = simplified(old);
        assert_eq!(simplified(new), new, "{old} to {new}");
    }
}
