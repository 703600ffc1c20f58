use super::*;
use crate::text::extract::extract;

fn clause(text: &str, yaml_items: &str) -> LabelledClause {
    let mut clause = LabelledClause {
        doc: "d".to_owned(),
        clause_start: 0,
        clause_end: 0,
        text: Some(text.to_owned()),
        items: serde_saphyr::from_str(yaml_items).unwrap(),
    };
    clause.settle().unwrap();
    clause
}

const TEXT: &str = "企业研发费用占销售收入的比例不低于5%，给予20万元奖励。";
const RIGHT: &str = "
- {quote: 不低于5%, kind: condition, op: '>=', value: '0.05', unit: ratio, lower_inclusive: true, field: rd_ratio}
- {quote: 20万元, kind: benefit, op: '==', value: '200000', unit: 元}
";

#[test]
fn what_is_right_in_every_key_counts_for_both_sides() {
    let labelled = [clause(TEXT, RIGHT)];
    let report = evaluate(&labelled, &extract("d", TEXT));
    assert_eq!(report.all, Score { right: 2, extracted: 2, labelled: 2 });
    assert_eq!(report.named_fields, Agreement { equal: 1, compared: 1 });
    assert_eq!(report.differences, []);
}

#[test]
fn one_wrong_key_makes_the_statement_wrong_and_is_named() {
    let labelled = [clause(TEXT, &RIGHT.replace("'>='", "'>'"))];
    let report = evaluate(&labelled, &extract("d", TEXT));
    assert_eq!((report.all.right, report.all.labelled), (1, 2));
    assert_eq!(report.keys["op"], Agreement { equal: 1, compared: 2 });
    assert_eq!(report.differences[0].keys, ["op"]);
    assert_eq!(report.all.precision(), Some(0.5));
}

#[test]
fn what_nobody_marked_lowers_precision_and_what_nobody_found_recall() {
    let missing =
        [clause(TEXT, "- {quote: 20万元, kind: benefit, op: '==', value: '200000', unit: 元}")];
    let report = evaluate(&missing, &extract("d", TEXT));
    assert_eq!(report.all, Score { right: 1, extracted: 2, labelled: 1 });
    let report = evaluate(&[clause(TEXT, RIGHT)], &[]);
    assert_eq!(report.all, Score { right: 0, extracted: 0, labelled: 2 });
    assert_eq!((report.all.precision(), report.all.recall()), (None, Some(0.0)));
}

#[test]
fn a_quote_that_does_not_stand_in_the_clause_is_named() {
    let mut wrong = LabelledClause {
        doc: "d".to_owned(),
        clause_start: 0,
        clause_end: 0,
        text: Some(TEXT.to_owned()),
        items: serde_saphyr::from_str(
            "- {quote: 30万元, kind: benefit, op: '==', value: '1', unit: 元}",
        )
        .unwrap(),
    };
    let error = wrong.settle().unwrap_err();
    assert!(error.to_string().contains("`30万元` does not stand in clause `d`"), "{error}");
}
