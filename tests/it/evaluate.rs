//! `zhida evaluate ranking`, `probability` and `counterfactual` from the command
//! line: what they print, and what they say of files that are wrong. That the
//! figures are right is shown in `python/tests/oracles`.

use std::{fs, io::Write as _, path::Path};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::support::{Run, zhida};

/// Files of a test in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Files {
        let folder = Files(tempdir().unwrap());
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs `zhida evaluate` within the folder.
    fn evaluate(&self, arguments: &str) -> Run {
        let mut command = zhida();
        command.current_dir(self.path()).arg("evaluate").args(arguments.split_whitespace());
        Run::of(&command.output().unwrap())
    }
}

const QRELS: &str = "1 0 a 2\n1 0 b 0\n1 0 c 1\n2 0 a 1\n3 0 a 0\n4 0 a 1\n";
const FIRST: &str =
    "1 Q0 b 1 3 first\n1 Q0 a 2 2 first\n2 Q0 a 1 1 first\n3 Q0 a 1 1 first\n9 Q0 a 1 1 first\n";
const SECOND: &str = "1 Q0 a 1 3 second\n1 Q0 c 2 2 second\n2 Q0 b 1 2 second\n2 Q0 a 2 1 second\n";

fn rankings() -> Files {
    Files::new(&[("qrels", QRELS), ("first", FIRST), ("second", SECOND)])
}

#[test]
fn a_run_is_measured_and_what_was_left_out_is_said() {
    let run = rankings()
        .evaluate("ranking --qrels qrels --run first --measures RR,num_rel,AP --format json")
        .fine();
    let found = &run.json()["runs"][0];
    assert_eq!(found["run"], "first");
    assert_eq!(found["all"]["RR"], 0.5);
    assert_eq!(found["all"]["num_rel"], 3.0);
    let seen = &found["seen"];
    for (key, count) in [
        ("judgments", 6),
        ("returned", 5),
        ("queries", 3),
        ("without_relevant", 1),
        ("not_returned", 1),
        ("not_judged", 1),
    ] {
        assert_eq!(seen[key], count, "{key}");
    }
    let table = rankings().evaluate("ranking --qrels qrels --run first").fine();
    assert!(table.out.contains("1 left out") && table.out.contains("nDCG_exp@10"), "{}", table.out);
}

#[test]
fn runs_are_compared_with_the_first_query_by_query() {
    let files = rankings();
    let arguments = "ranking --qrels qrels --run first second --measures RR,num_ret --compare";
    let json = files.evaluate(&format!("{arguments} --complete --format json")).fine().json();
    assert_eq!(json["against"], "first");
    let comparisons = json["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 1, "counts are not compared");
    // Query 1 gains one half, query 2 loses it, the others are equal.
    let found = &comparisons[0]["comparison"];
    assert_eq!(found["difference"], 0.0);
    assert_eq!((&found["subjects"], &found["equal"]), (&Value::from(4), &Value::from(2)));
    assert_eq!(found["test"]["p"], 1.0);
    let table = files.evaluate(arguments).fine();
    assert!(table.out.contains("against first"), "{}", table.out);
    assert!(table.out.contains("1 query measured in one run only"), "{}", table.out);
    assert_eq!(files.evaluate(arguments).out, table.out, "the same seed, the same figures");
}

#[test]
fn wide_tables_of_queries_are_cut() {
    let measures = "P@1,P@2,P@3,P@4,P@5,P@6,P@7,P@8,RR";
    let run = rankings()
        .evaluate(&format!("ranking --qrels qrels --run second --measures {measures} --per-query"))
        .fine();
    assert_eq!(run.out.matches("│ query ").count(), 2, "{}", run.out);
    assert!(run.out.contains("│ 2     ┆ 0.5000 │"), "{}", run.out);
}

#[test]
fn every_faulty_line_of_a_ranking_is_told_with_its_remedy() {
    let files = Files::new(&[
        ("qrels", QRELS),
        ("run", FIRST),
        ("twice.qrels", "1 0 a 1\n1 0 a 2\n1 0 b much\n"),
        ("bad.run", "1 Q0 a 1 NaN t\n1 Q0 b 2 1 t\n1 Q0 b 3 1 t\n1 Q0 c 4\n"),
        ("bad.csv", "query,document,score\n1,a,inf\n1,b,1\n1,b,2\n1,,3\n1,d\n1,e,\n"),
        ("columns.csv", "query,doc,score\n1,a,1\n"),
        ("doubled.csv", "query,document,score,score\n1,a,1,2\n"),
        ("level.csv", "query,document,relevance\n1,a,1.0\n1,b,0.5\n"),
        ("empty.csv", "query,document,score\n"),
        ("nothing", "# a comment\n"),
        ("other.run", "7 Q0 a 1 1 t\n"),
    ]);
    let cases: [(&str, &[&str]); 11] = [
        (
            "--qrels twice.qrels --run run",
            &[
                "`twice.qrels` line 2: document `a` of query `1` is judged twice: keep one line",
                "`twice.qrels` line 3: field `relevance`: `much` is no whole number",
            ],
        ),
        (
            "--qrels qrels --run bad.run",
            &[
                "`bad.run` line 1: field `score`: `NaN` is no finite number",
                "`bad.run` line 3: document `b` of query `1` is returned twice",
                "`bad.run` line 4: 4 fields where 6 are expected: write `query iteration",
            ],
        ),
        (
            "--qrels qrels --run bad.csv",
            &[
                "`bad.csv` line 2: field `score`: `inf` is no finite number",
                "`bad.csv` line 4: document `b` of query `1` is returned twice",
                "`bad.csv` line 5: field `document` is empty: name it",
                "`bad.csv` line 6: 2 cells where the header has 3",
                "`bad.csv` line 7: field `score` is empty: give a number",
            ],
        ),
        (
            "--qrels qrels --run columns.csv",
            &["`columns.csv` has no column `document`: it has `query`, `doc`, `score`; name"],
        ),
        ("--qrels qrels --run doubled.csv", &["more than one column `score`: keep one"]),
        ("--qrels level.csv --run run", &["`level.csv` line 3: field `relevance`: `0.5`"]),
        ("--qrels qrels --run empty.csv", &["`empty.csv` has no rows"]),
        ("--qrels qrels --run nothing", &["`nothing` holds no run"]),
        ("--qrels qrels --run absent", &["cannot read `absent`"]),
        (
            "--qrels qrels --run other.run",
            &["cannot measure `other.run` by `qrels`", "none of the 1 queries of the run"],
        ),
        ("--qrels qrels --run run --measures P@0", &["in `--measures`", "`P@0` is no measure"]),
    ];
    for (arguments, words) in cases {
        files.evaluate(&format!("ranking {arguments}")).fails_with(words);
    }
    let alone = files.evaluate("ranking --qrels qrels --run run --compare");
    alone.fails_with(&["`--compare` needs two runs at least"]);
    let level = files.evaluate("ranking --qrels qrels --run run --level 2");
    level.fails_with(&["`level` is 2: give a probability from 0.5"]);
}

#[test]
fn compressed_and_damaged_files_are_told_apart() {
    let files = rankings();
    let mut packed = flate2_of(FIRST.as_bytes());
    fs::write(files.path().join("run.gz"), &packed).unwrap();
    let run = "ranking --qrels qrels --run run.gz --measures RR --format json";
    assert_eq!(files.evaluate(run).fine().json()["runs"][0]["all"]["RR"], 0.5);
    packed.truncate(packed.len() / 2);
    fs::write(files.path().join("run.gz"), &packed).unwrap();
    files.evaluate(run).fails_with(&["cannot read `run.gz`", "gzip again"]);
    fs::write(files.path().join("run.parquet"), b"PAR1 and no more").unwrap();
    let run = "ranking --qrels qrels --run run.parquet";
    files.evaluate(run).fails_with(&["cannot read `run.parquet` as Parquet"]);
}

fn flate2_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn probabilities_are_measured_and_groups_of_one_class_left_out() {
    let files = Files::new(&[(
        "p.csv",
        "label,probability,group,weight\n1,0.9,a,1\n0,0.2,a,2\ntrue,0.4,b,1\nfalse,0.4,b,1\n1.0,0.7,c,1\n",
    )]);
    let json = files.evaluate("probability --file p.csv --bins 4 --format json").fine().json();
    assert_eq!((&json["rows"], &json["positive"]), (&Value::from(5), &Value::from(3)));
    assert_eq!(json["grouped_auc"]["value"], (1.0 * 3.0 + 0.5 * 2.0) / 5.0);
    assert_eq!(json["grouped_auc"]["one_class_groups"], 1);
    let table = files.evaluate("probability --file p.csv --bins 4").fine();
    assert!(table.out.contains("1 row in 1 group of one class left out"), "{}", table.out);
    files.evaluate("probability --file p.csv --bins 0").fails_with(&["`bins` is 0: give a whole"]);
}

#[test]
fn every_faulty_row_of_probabilities_is_told() {
    let files = Files::new(&[
        ("bad.csv", "label,probability\n2,0.5\n1,1.5\n0,NaN\n1,half\n,0.5\n1,0.5\n"),
        ("columns.csv", "y,p\n1,0.5\n"),
        ("group.csv", "label,probability,group\n1,0.5,\n"),
        ("weight.csv", "label,probability,weight\n1,0.5,-1\n"),
        ("zero.csv", "label,probability,weight\n1,0.5,0\n"),
        ("p.txt", "1 0.5\n"),
        ("many.csv", &format!("label,probability\n{}", "3,0.5\n".repeat(30))),
    ]);
    let cases: [(&str, &[&str]); 7] = [
        (
            "bad.csv",
            &[
                "`bad.csv` line 2: field `label`: `2` is not 0 or 1",
                "`bad.csv` line 3: field `probability`: `1.5` is not a probability from 0 to 1",
                "`bad.csv` line 4: field `probability`: `NaN` is not a probability",
                "`bad.csv` line 5: field `probability`: `half` is no number",
                "`bad.csv` line 6: field `label` is empty",
            ],
        ),
        ("columns.csv", &["`columns.csv` has no column `label`, `probability`: it has `y`, `p`"]),
        ("group.csv", &["`group.csv` line 2: field `group` is empty"]),
        ("weight.csv", &["field `weight`: `-1` is not a finite number from 0"]),
        ("zero.csv", &["cannot measure `zero.csv`", "the sum of `weight` is zero"]),
        ("p.txt", &["`p.txt` is no table by its name: save it as `.csv`"]),
        ("many.csv", &["`many.csv` line 21:", "and 10 more"]),
    ];
    for (file, words) in cases {
        files.evaluate(&format!("probability --file {file}")).fails_with(words);
    }
}

#[test]
fn logged_decisions_are_estimated_and_what_cannot_be_is_said() {
    let files = Files::new(&[
        ("log.csv", "propensity,target,reward\n0.5,0.5,1\n0.25,1,2\n0.5,0,5\n1,0.5,0\n"),
        ("bad.csv", "propensity,target,reward\n0,0.5,1\n0.5,2,1\n0.5,0.5,-inf\n"),
        ("columns.csv", "propensity,reward\n1,1\n"),
    ]);
    let run = files.evaluate("counterfactual --file log.csv --switch 2 --format json").fine();
    let json = run.json();
    assert_eq!((&json["ips"]["value"], &json["logged"]), (&Value::from(2.25), &Value::from(2.0)));
    assert_eq!(json["snips"]["value"], 9.0 / 5.5);
    assert_eq!(json["dm"], Value::Null);
    assert_eq!(json["left_out"].as_array().unwrap().len(), 3);
    let table = files.evaluate("counterfactual --file log.csv").fine();
    assert!(table.out.contains("left out: DM: there is no `q_target`"), "{}", table.out);
    files.evaluate("counterfactual --file bad.csv").fails_with(&[
        "`bad.csv` line 2: field `propensity`: `0` is not a probability from 10^-60 to 1",
        "`bad.csv` line 3: field `target`: `2`",
        "`bad.csv` line 4: field `reward`: `-inf`",
    ]);
    let columns = files.evaluate("counterfactual --file columns.csv");
    columns.fails_with(&["`columns.csv` has no column `target`"]);
    let clip = files.evaluate("counterfactual --file log.csv --clip 0");
    clip.fails_with(&["`clip` is 0: give a number above 0"]);
}

#[test]
fn wrong_usage_ends_with_two() {
    for arguments in [
        "",
        "ranking",
        "ranking --qrels q",
        "ranking --qrels q --run r --scores half",
        "probability",
    ] {
        let run = rankings().evaluate(arguments);
        assert_eq!(run.code, 2, "{arguments}: {}", run.err);
    }
}
