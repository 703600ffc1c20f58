//! `zhida extract` and `zhida evaluate extraction`: statements with their words,
//! from the command line.

use std::fs;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::{Run, root, zhida};

/// A notice of our own.
const NOTICE: &str = "专项资金申报指南\n\n一、申请条件\n申请企业应当同时符合下列条件：\n（一）具有独立法人资格；\n（二）注册成立满1年，上年度营业收入不低于1000万元；\n（三）未被列入经营异常名录。\n二、资助标准\n按固定资产投资额的10%给予补助，最高200万元。\n三、办理时限\n自受理之日起15个工作日内办结。\n";

fn run(arguments: &[&str]) -> Run {
    Run::of(&zhida().args(arguments).output().unwrap())
}

fn items(run: &Run) -> Vec<Value> {
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_statement_has_all_keys_and_its_words() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("notice.txt");
    fs::write(&path, NOTICE).unwrap();
    let run = run(&["extract", path.to_str().unwrap(), "--format", "json"]).fine();
    let keys = [
        "doc",
        "kind",
        "start",
        "end",
        "clause_start",
        "clause_end",
        "text",
        "article",
        "group",
        "logic",
        "field",
        "field_text",
        "op",
        "value",
        "value2",
        "unit",
        "lower_inclusive",
        "upper_inclusive",
        "boundary_source",
        "negated",
        "period",
        "confidence",
        "pattern",
    ];
    let found = items(&run);
    for item in &found {
        let object = item.as_object().unwrap();
        assert_eq!(object.len(), keys.len(), "{item}");
        assert!(keys.iter().all(|key| object.contains_key(*key)), "{item}");
        let (start, end) = (item["start"].as_u64().unwrap(), item["end"].as_u64().unwrap());
        let words: String = NOTICE
            .chars()
            .skip(usize::try_from(start).unwrap())
            .take(usize::try_from(end - start).unwrap())
            .collect();
        assert_eq!(item["text"], words);
    }
    let revenue = found.iter().find(|item| item["field"] == "revenue").unwrap();
    assert_eq!(
        (&revenue["op"], &revenue["value"], &revenue["logic"]),
        (&Value::from(">="), &Value::from("10000000"), &Value::from("all"))
    );
    assert!(found.iter().any(|item| item["op"] == "not_holds" && item["field"] == "blacklists"));
    assert!(found.iter().any(|item| item["kind"] == "benefit" && item["value"] == "2000000"));
    assert!(found.iter().any(|item| item["kind"] == "window" && item["unit"] == "工作日"));
}

#[test]
fn the_table_shows_the_words_and_how_they_are_read() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("notice.html");
    let rows: String = NOTICE.lines().map(|line| format!("<p>{line}</p>")).collect();
    fs::write(&path, format!("<html><body>{rows}</body></html>")).unwrap();
    let run = run(&["extract", path.to_str().unwrap(), "--kind", "condition"]).fine();
    assert!(
        run.out.contains("不低于1000万元") && run.out.contains(">= 10000000 元"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("最高200万元"), "{}", run.out);
}

#[test]
fn a_file_that_is_no_document_is_told_and_the_others_are_read() {
    let folder = tempdir().unwrap();
    let good = folder.path().join("notice.txt");
    fs::write(&good, NOTICE).unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, "").unwrap();
    let binary = folder.path().join("picture.txt");
    fs::write(&binary, [0x89, b'P', b'N', b'G', 0, 1, 2, 3, 0, 0]).unwrap();
    let paths = [empty.to_str().unwrap(), good.to_str().unwrap(), binary.to_str().unwrap()];
    let run = run(&["extract", paths[0], paths[1], paths[2], "--format", "json"]);
    assert_eq!(run.code, 1);
    assert!(!items(&run).is_empty());
    assert!(run.err.contains("empty.txt") && run.err.contains("picture.txt"), "{}", run.err);
}

#[test]
fn labels_are_compared_and_differences_told() {
    let folder = tempdir().unwrap();
    let labels = folder.path().join("labels.jsonl");
    let clause = r#"{"doc":"own","text":"家庭人均住房建筑面积低于15平方米的可以申请。","items":[{"quote":"低于15平方米","kind":"condition","op":"<=","value":"15","unit":"平方米","upper_inclusive":true,"field":"living_area_per_head"}]}"#;
    fs::write(&labels, clause).unwrap();
    let labels = labels.to_str().unwrap();
    let run = run(&["evaluate", "extraction", "--labels", labels, "--differences"]).fine();
    assert!(run.out.contains("op, bounds differs"), "{}", run.out);
    let json =
        self::run(&["evaluate", "extraction", "--labels", labels, "--format", "json"]).fine();
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["all"]["labelled"], 1);
    assert_eq!(report["named_fields"]["equal"], 1);
}

#[test]
fn committed_labels_can_all_be_read_and_ask_for_their_texts() {
    for name in ["tuned.jsonl", "unseen.jsonl", "unseen-clauses.jsonl"] {
        let path = root().join("tests/labels").join(name);
        let run = run(&["evaluate", "extraction", "--labels", path.to_str().unwrap()]);
        assert_eq!(run.code, 1);
        assert!(run.err.contains("name the folder that holds"), "{}", run.err);
    }
}
