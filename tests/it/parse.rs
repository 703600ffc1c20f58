//! `zhida parse`: a line in, a JSON line out, whatever the line is.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Run, zhida};

/// Runs the command on `input`.
fn parse(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = zhida()
        .arg("parse")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    Run::of(&child.wait_with_output().unwrap())
}

fn lines(run: &Run) -> Vec<Value> {
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_answer_has_every_key_in_order() {
    let run = parse(&["--kind", "money"], "注册资本５０００万元以上\n".as_bytes()).fine();
    assert_eq!(
        run.out,
        "{\"input\":\"注册资本５０００万元以上\",\"ok\":true,\"start\":4,\"end\":10,\
         \"value\":\"50000000\",\"unit\":\"元\",\"lower\":\"50000000\",\"upper\":null,\
         \"lower_inclusive\":true,\"upper_inclusive\":null,\"error\":null}\n"
    );
}

#[test]
fn every_line_is_answered() {
    let run = parse(&["--kind", "age"], b"18\xe5\xb2\x81\r\n\nbad \xff line\nno newline").fine();
    let answers = lines(&run);
    let ok: Vec<&Value> = answers.iter().map(|answer| &answer["ok"]).collect();
    assert_eq!(ok, [&json!(true), &json!(false), &json!(false), &json!(false)]);
    assert!(answers[2]["error"].as_str().unwrap().contains("not UTF-8 from byte 5"));
    assert!(parse(&["--kind", "age"], b"").fine().out.is_empty());
}

#[test]
fn relative_dates_need_the_reference_day() {
    let without = lines(&parse(&["--kind", "date"], "上年末\n".as_bytes()).fine());
    assert!(without[0]["error"].as_str().unwrap().contains("reference date"));
    let arguments = ["--kind", "date", "--reference-date", "2026-03-31"];
    let with = lines(&parse(&arguments, "上年末\n".as_bytes()).fine());
    assert_eq!(with[0]["value"], "2025-12-31");
}

#[test]
fn a_line_without_end_is_refused_and_the_next_one_read() {
    let mut input = vec![b'1'; 17 * 1024 * 1024];
    input.extend("\n三千五\n".as_bytes());
    let answers = lines(&parse(&["--kind", "number"], &input).fine());
    assert!(answers[0]["error"].as_str().unwrap().contains("longer than"));
    assert_eq!(answers[1]["value"], "3500");
}
