//! `zhida search`: the sample policies by words, an index, a run.

use std::{fs, io::Write};

use serde_json::Value;

use crate::support::{Run, run};

fn ids(run: &Run) -> Vec<String> {
    let hits = run.json()["hits"].as_array().unwrap().clone();
    hits.iter().map(|hit| hit["policy"].as_str().unwrap().to_owned()).collect()
}

fn search(arguments: &[&str]) -> Run {
    run(["search", "--format", "json"].iter().chain(arguments)).fine()
}

#[test]
fn policies_are_found_by_the_words_people_use() {
    assert_eq!(ids(&search(&["残保金"]))[0], "disabled-employment-levy");
    assert!(ids(&search(&["研发费用", "加计扣除"])).contains(&"rd-super-deduction".to_owned()));
    let found = search(&["残保金", "--limit", "1"]).json();
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
    let hit = &found["hits"][0];
    let text: Vec<char> = hit["snippet"].as_str().unwrap().chars().collect();
    for mark in hit["marks"].as_array().unwrap() {
        let end = mark[1].as_u64().unwrap();
        assert!(mark[0].as_u64().unwrap() < end && usize::try_from(end).unwrap() <= text.len());
    }
    let table = run(["search", "残保金"]).fine();
    assert!(table.out.contains('「') && table.out.contains("disabled-employment-levy"));
}

#[test]
fn a_city_inherits_and_a_sibling_does_not_show() {
    let regions = |arguments: &[&str]| {
        let found = search(arguments).json();
        let hits = found["hits"].as_array().unwrap().clone();
        hits.iter().map(|hit| hit["region"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of = regions(&["补贴", "--region", "330100", "--limit", "100"]);
    assert!(of.contains(&"330100".to_owned()) && of.contains(&"000000".to_owned()));
    assert!(
        of.iter().all(|code| ["000000", "330000", "330100"].contains(&code.as_str())),
        "{of:?}"
    );
    let of = regions(&["高新技术企业", "--region", "330100", "--below", "--limit", "100"]);
    assert!(of.iter().all(|code| code == "000000" || code.starts_with("33")), "{of:?}");
    run(["search", "补贴", "--region", "339999"]).fails_with(&["`339999`", "GB/T 2260"]);
}

#[test]
fn filters_and_letters() {
    let found = search(&["补贴", "--kind", "citizen", "--limit", "100"]).json();
    assert!(found["hits"].as_array().unwrap().iter().all(|hit| hit["kind"] == "citizen"));
    assert_eq!(ids(&search(&["cbj", "--pinyin", "--limit", "1"])), ["disabled-employment-levy"]);
    let meant = search(&["高薪技术企业"]).json();
    assert_eq!(meant["did_you_mean"], "高新技术企业");
    let old = search(&["汽车", "--on", "2030-06-01", "--limit", "100"]).json();
    let all = search(&["汽车", "--limit", "100"]).json();
    assert!(old["hits"].as_array().unwrap().len() < all["hits"].as_array().unwrap().len());
    assert_eq!(run(["search"]).code, 2);
    assert_eq!(run(["search", "补贴", "--kind", "dog"]).code, 2);
}

#[test]
fn hostile_words_are_words() {
    let long = "税".repeat(30_000);
    for text in ["AND ) \"", "title:*", "-- ; DROP", "🙂", "\u{202e}", "'", &long] {
        run(["search", "--", text]).fine();
    }
}

#[test]
fn a_corpus_is_indexed_once_and_a_run_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let lines = [
        r#"{"_id":"d1","title":"公园法第一条","text":"公园每日免费开放。"}"#,
        r#"{"_id":"d2","title":"公园法第二条","text":"公园内禁止吸烟。"}"#,
        r#"{"_id":"d3","title":"车站法第一条","text":"车站应当设置候车室。"}"#,
    ];
    let file = fs::File::create(path("corpus.jsonl.gz")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    gzip.write_all(lines.join("\n").as_bytes()).unwrap();
    gzip.finish().unwrap();
    run(["search", "index", "--corpus", &path("corpus.jsonl.gz"), "--out", &path("index")]).fine();

    let questions =
        "{\"_id\":\"q1\",\"text\":\"公园可以抽烟吸烟吗\"}\n{\"_id\":\"q2\",\"text\":\"候车室\"}\n";
    fs::write(path("queries.jsonl"), questions).unwrap();
    let (index, queries) = (path("index"), path("queries.jsonl"));
    run([
        "search",
        "--index",
        &index,
        "--queries",
        &queries,
        "--run",
        &path("run"),
        "--depth",
        "2",
    ])
    .fine();
    let written = fs::read_to_string(path("run")).unwrap();
    let rows: Vec<Vec<&str>> = written.lines().map(|line| line.split(' ').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 6 && row[1] == "Q0" && row[5] == "zhida"));
    let first = |question: &str| rows.iter().find(|row| row[0] == question).unwrap()[2];
    assert_eq!((first("q1"), first("q2")), ("d2", "d3"));

    let found: Value =
        run(["search", "候车室", "--index", &index, "--format", "json"]).fine().json();
    assert_eq!(found["hits"][0]["id"], "d3");
    let again = ["search", "index", "--corpus", &path("corpus.jsonl.gz"), "--out", &index];
    run(again).fails_with(&["not empty"]);
    run(["search", "x", "--index", &path("none")])
        .fails_with(&["no search index", "zhida search index"]);
    fs::write(dir.path().join("index/search.json"), "{}").unwrap();
    run(["search", "x", "--index", &index]).fails_with(&["damaged", "zhida search index"]);
    fs::write(path("bad.jsonl"), "{\"_id\":\"a b\",\"text\":\"\"}\n").unwrap();
    run(["search", "index", "--corpus", &path("bad.jsonl"), "--out", &path("other")])
        .fails_with(&["line 1", "bad.jsonl"]);
}
