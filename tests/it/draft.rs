//! `zhida draft` and `zhida diff` on documents: from a file to a policy that
//! passes the checker, and is refused where people are judged.

use crate::support::run;

const NOTICE: &str = "\
杭州市示范奖励申报通知
申报企业应当同时符合下列条件：
（一）职工总数不超过500人；
（二）未被列入经营异常名录；
（三）管理水平行业领先。
给予一次性奖励20万元。
";

#[test]
fn a_draft_passes_the_checker_and_is_not_matched() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("notice.txt"), NOTICE).unwrap();
    let table = run(["draft", &at("notice.txt"), "--out", &at("notice.yaml")]).fine();
    assert!(table.out.contains("3条要求中，2条可以核对，1条须人工判断"), "{}", table.out);
    assert!(table.out.contains("employees <= 500"), "{}", table.out);
    run(["check", &at("notice.yaml")]).fine();
    let json = run(["draft", &at("notice.txt"), "--format", "json"]).fine().json();
    assert_eq!(json["ledger"]["checked"], 2);
    assert!(json["yaml"].as_str().unwrap().contains("status: draft"));
}

#[test]
fn what_changed_between_two_documents() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("old.txt"), NOTICE).unwrap();
    std::fs::write(at("new.txt"), NOTICE.replace("500人", "300人")).unwrap();
    let json = run(["diff", &at("old.txt"), &at("new.txt"), "--format", "json"]).fine().json();
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{json:#}");
    assert_eq!(changes[0]["event"], "changed");
    assert_eq!(changes[0]["after"]["words"], "不超过300人");
    let same = run(["diff", &at("old.txt"), &at("old.txt")]).fine();
    assert!(same.out.contains("0 changed, 0 added, 0 removed"), "{}", same.out);
}

#[test]
fn a_region_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notice.txt");
    std::fs::write(&path, NOTICE).unwrap();
    let run = run(["draft", &path.display().to_string(), "--region", "339900"]);
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("339900"), "{}", run.err);
}
