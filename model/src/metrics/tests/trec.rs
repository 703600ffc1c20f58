use super::*;

#[test]
fn judgments_and_runs_are_read() {
    let judged = qrels("# a comment\n1 0 a 1\n\n1\t0\tb\t-1\n2 0 a 0\n").unwrap();
    assert_eq!((judged.rows(), judged.names(), judged.highest()), (3, vec!["1", "2"], Some(1)));
    assert_eq!(judged.of("1").unwrap()["b"], -1);
    let returned = run("1 Q0 a 1 2.5e-1 tag\n1 Q0 b 2 -3 tag\n").unwrap();
    assert_eq!((returned.rows(), returned.queries(), returned.tag.as_str()), (2, 1, "tag"));
    assert_eq!(returned.of("1").unwrap()["a"], 0.25);
}

fn said(faults: Result<impl std::fmt::Debug, Faults>) -> String {
    faults.unwrap_err().to_string()
}

#[test]
fn every_faulty_line_is_told_with_its_remedy() {
    let text = said(qrels("1 0 a 1\n1 0 a\n1 0 a yes\n1 0 a 0\n1 0 b 1.5\n1 0 c 1 more\n"));
    assert_eq!(
        text,
        "line 2: 3 fields where 4 are expected: write `query iteration document relevance`, separated by blanks\n\
         line 3: field `relevance`: `yes` is no whole number; write 0 for not relevant, 1 or more for relevant\n\
         line 4: document `a` of query `1` is judged twice: keep one line\n\
         line 5: field `relevance`: `1.5` is no whole number; write 0 for not relevant, 1 or more for relevant\n\
         line 6: 5 fields where 4 are expected: write `query iteration document relevance`, separated by blanks"
    );
    let text = said(run(
        "1 Q0 a 1 NaN t\n1 Q0 b 2 1 t\n1 Q0 b 3 0 t\n1 Q0 c 4 1e999 t\n1 Q0 d 5 x t\n1 Q0 e 6 0 u\n",
    ));
    for words in [
        "line 1: field `score`: `NaN` is no finite number",
        "line 3: document `b` of query `1` is returned twice",
        "line 4: field `score`: `1e999` is no finite number",
        "line 5: field `score`: `x` is no finite number",
        "line 6: the run is `u` here and `t` before",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
}

#[test]
fn faults_beyond_twenty_are_counted() {
    let text = said(qrels(&"1 0 a\n".repeat(25)));
    assert_eq!(text.lines().count(), 21);
    assert!(text.ends_with("and 5 more"));
}
