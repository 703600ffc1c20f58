use serde_json::json;

use super::{Change, ChangeError, read};
use crate::office::simulate::threshold;

const POLICY: &str = r#"
id: elder-allowance
version: "2026"
valid: { from: 2026-01-01 }
conditions:
  - { id: age, article: 一, quote: 年满80周岁, when: age(birth_date) >= 80 }
  - id: hardship
    any:
      - { id: income, article: 一, quote: 低收入, when: "income <= wan(3) && share < 0.055" }
      - { id: disabled, article: 一, quote: 残疾, when: disability_level >= 1 }
benefit: { kind: cash, summary: 每月100元, amount: yuan(100), per: month }
"#;

fn thresholds(pairs: &[(&str, &str)]) -> Change {
    let pairs = pairs.iter().map(|(place, value)| ((*place).to_owned(), (*value).to_owned()));
    Change { thresholds: pairs.collect(), ..Change::default() }
}

fn rule(change: &Change, pointer: &str) -> String {
    let after = change.apply(POLICY).unwrap().after;
    after.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}

#[test]
fn a_threshold_is_replaced_in_the_unit_it_was_written_in() {
    assert_eq!(rule(&thresholds(&[("age", "75")]), "/conditions/0/when"), "age(birth_date) >= 75");
    let income = "/conditions/1/any/0/when";
    assert_eq!(
        rule(&thresholds(&[("income", "3.5万")]), income),
        "income <= yuan(35000) && share < 0.055"
    );
    assert_eq!(
        rule(&thresholds(&[("income#2", "12.5%")]), income),
        "income <= wan(3) && share < 0.125"
    );
}

#[test]
fn what_does_not_fit_is_told_with_what_would() {
    let told = |pairs: &[(&str, &str)]| thresholds(pairs).apply(POLICY).unwrap_err().to_string();
    assert_eq!(
        told(&[("aeg", "75")]),
        "`aeg` is no condition of the policy; it has `age`, `hardship`, `income`, `disabled`"
    );
    assert_eq!(told(&[("age#2", "75")]), "condition `age` has 1 thresholds, not 2: they are 80");
    assert_eq!(
        told(&[("income", "lots")]),
        "`lots` does not fit where `wan(3)` stands: give a sum such as 3600, 300万 or 1.5亿"
    );
}

#[test]
fn a_patch_names_conditions_by_id() {
    let patch = json!({
        "conditions": [
            { "id": "income", "when": "income <= wan(5)" },
            { "id": "disabled", "remove": true },
            { "id": "new", "article": "一", "quote": "户籍", "when": "true" },
        ],
        "benefit": { "amount": "yuan(200)" },
        "valid": { "from": "2026-07-01" },
    });
    let change = Change { patch: patch.as_object().cloned().unwrap(), ..Change::default() };
    let after = change.apply(POLICY).unwrap().after;
    assert_eq!(after["conditions"][1]["any"].as_array().map(Vec::len), Some(1));
    assert_eq!(after["conditions"][1]["any"][0]["when"], "income <= wan(5)");
    assert_eq!(after["conditions"][1]["any"][0]["quote"], "低收入");
    assert_eq!(after["conditions"][2]["id"], "new");
    assert_eq!(after["benefit"]["amount"], "yuan(200)");
    assert_eq!(after["benefit"]["per"], "month");
    assert_eq!(after["valid"]["from"], "2026-07-01");
}

#[test]
fn a_patch_does_not_turn_a_policy_into_another() {
    let patch = json!({ "id": "other" });
    let change = Change { patch: patch.as_object().cloned().unwrap(), ..Change::default() };
    assert!(matches!(change.apply(POLICY), Err(ChangeError::BadPatch { .. })));
}

#[test]
fn every_text_stays_a_text() {
    assert_eq!(read(POLICY).unwrap()["version"], "2026");
}

#[test]
fn thresholds_stand_in_the_order_of_the_text() {
    let found = threshold::of("wan(300) > assets && (age(birth_date) >= 60 || days < 30)");
    let told: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| (one.measure.as_str(), one.op.symbol(), one.written.as_str()))
        .collect();
    assert_eq!(
        told,
        [("assets", "<", "wan(300)"), ("age(birth_date)", ">=", "60"), ("days", "<", "30")]
    );
}
