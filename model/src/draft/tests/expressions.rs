//! One condition, one expression, for every type of field; and what must not
//! become one.

use super::support::{drafted, rules};
use crate::{
    domain::SubjectKind::{self, Citizen, Enterprise},
    draft::Fate,
};

fn one(condition: &str, audience: SubjectKind, expected: &str) {
    assert_eq!(rules(condition, audience), [expected], "{condition}");
}

fn none(condition: &str, audience: SubjectKind) {
    assert_eq!(rules(condition, audience), [""; 0], "{condition}");
}

#[test]
fn money_is_written_in_its_largest_whole_unit() {
    one("资产总额不超过2亿元", Enterprise, "total_assets <= yi(2)");
    one("资产总额不低于5000万元", Enterprise, "total_assets >= wan(5000)");
    one("家庭年收入低于9500元", Citizen, "household_income < yuan(9500)");
}

#[test]
fn shares_are_decimals() {
    one("资产负债率不高于75%", Enterprise, "debt_ratio <= 0.75");
}

#[test]
fn counts_need_their_own_unit() {
    one("职工总数不超过500人", Enterprise, "employees <= 500");
    none("职工总数不超过500户", Enterprise);
}

#[test]
fn ages_are_of_the_citizen_who_is_judged() {
    one("年满16周岁", Citizen, "age(birth_date) >= 16");
    none("年满16周岁", Enterprise);
}

#[test]
fn lengths_end_on_the_day_itself() {
    one("成立满1年", Enterprise, "years_since(established_on) >= 1");
    one(
        "注册成立不超过5年",
        Enterprise,
        "as_of <= add_years(established_on, 5) && established_on <= as_of",
    );
}

#[test]
fn months_of_contributions_are_counted_in_months() {
    one("连续缴纳社会保险满6个月", Citizen, "insured_months_continuous >= 6");
}

#[test]
fn a_place_beside_a_number_is_asked_of_a_person() {
    for condition in ["在杭州市连续缴纳社会保险满12个月", "连续缴纳本市社会保险满12个月"]
    {
        let text = format!(
            "关于做好示范补贴申报工作的通知\n一、申报条件\n申请人应当同时符合下列条件：\n（一）{condition}；\n（二）信誉良好。\n"
        );
        let made = drafted(&text, Citizen);
        let entry = made.ledger.entries.iter().find(|entry| entry.words == condition).unwrap();
        assert_ne!(entry.fate, Fate::Checked, "{condition}: {:?}", entry.rules);
    }
}

#[test]
fn lists_and_certificates() {
    one("未被列入经营异常名录", Enterprise, "!holds(blacklists, \"abnormal_operation\")");
    one(
        "未列入经营异常名录和严重违法失信名单",
        Enterprise,
        "!holds(blacklists, [\"abnormal_operation\", \"serious_violation\"])",
    );
    one("具有有效期内的高新技术企业资格证书", Enterprise, "holds(certificates, \"high_tech\")");
    one("持有残疾人证", Citizen, "holds(certificates, \"disability_card\")");
}

#[test]
fn events_need_their_window() {
    one("近三年未发生重大安全事故", Enterprise, "!had(incidents, \"major_safety\", years(3))");
    none("未发生重大安全事故", Enterprise);
}

#[test]
fn places_are_those_of_the_issuer() {
    one("具有本市户籍", Citizen, "within(hukou_region, \"330100\")");
}

#[test]
fn codes_and_yes_or_no() {
    one("属于登记失业人员", Citizen, "employment_status == \"unemployed\"");
    one("属于就业困难人员", Citizen, "employment_difficulty");
}

#[test]
fn a_sum_over_another_time_is_no_rule() {
    none("近三年资产总额均不低于5000万元", Enterprise);
}

#[test]
fn a_sum_in_another_currency_is_no_rule() {
    none("资产总额不低于500万美元", Enterprise);
}

#[test]
fn conditions_that_bind_in_some_cases_are_no_rules() {
    none("资产总额不超过2亿元，但龙头企业除外", Enterprise);
    none("资产总额不低于1亿元的，职工总数不超过300人", Enterprise);
}

#[test]
fn what_is_left_over_is_asked_beside_the_rule() {
    let text = "关于示范补贴的通知\n申请人应当同时符合下列条件：\n（一）年满16周岁且品行端正；\n（二）信誉良好。\n";
    let made = super::support::drafted(text, Citizen);
    assert!(made.yaml.contains("age(birth_date) >= 16"), "{}", made.yaml);
    assert!(
        made.yaml.contains("manual: \"除已核对的以外，是否符合“年满16周岁且品行端正”？"),
        "{}",
        made.yaml
    );
    assert_eq!(made.ledger.checked, 0, "{:?}", made.ledger);
}
