use super::*;
use crate::metrics::trec;

const QRELS: &str = "1 0 a 1\n1 0 b 0\n1 0 c 2\n1 0 d -1\n2 0 a 0\n3 0 a 1\n";

fn report(run: &str, measures: &str, options: Options) -> Report {
    let (qrels, run) = (trec::qrels(QRELS).unwrap(), trec::run(run).unwrap());
    evaluate(&qrels, &run, &parse_list(measures).unwrap(), options).unwrap()
}

fn values(run: &str, measures: &str) -> Vec<f64> {
    report(run, measures, Options::default()).all
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
}

#[test]
fn measures_of_a_list_worked_out_by_hand() {
    // By rank: not relevant, relevance 1, not judged; relevance 2 not returned.
    let run = "1 Q0 b 1 3 t\n1 Q0 a 2 2 t\n1 Q0 x 3 1 t\n";
    let names = "num_ret,num_rel,num_rel_ret,P@2,P,R@1,R,AP,AP@1,RR,RR@1,Rprec,bpref,success@1,success@2,judged@3";
    let expected = [
        3.0,
        2.0,
        1.0,
        0.5,
        1.0 / 3.0,
        0.0,
        0.5,
        0.25,
        0.0,
        0.5,
        0.0,
        0.5,
        0.0,
        0.0,
        1.0,
        2.0 / 3.0,
    ];
    close(&values(run, names), &expected);
    let log3 = 3_f64.log2();
    let (linear, exponential) = (2.0 + 1.0 / log3, 3.0 + 1.0 / log3);
    let expected = [1.0 / log3 / linear, 1.0 / log3 / exponential, 0.0];
    close(&values(run, "nDCG,nDCG_exp@10,nDCG@1"), &expected);
}

#[test]
fn equal_scores_are_ordered_by_document_last_first() {
    close(&values("1 Q0 a 1 1 t\n1 Q0 b 2 1 t\n", "RR"), &[0.5]);
    close(&values("1 Q0 a 1 0 t\n1 Q0 b 2 -0 t\n", "RR"), &[0.5]);
}

#[test]
fn scores_equal_in_single_precision_are_equal_unless_told_otherwise() {
    let run = "1 Q0 a 1 1.00000001 t\n1 Q0 b 2 1 t\n";
    close(&values(run, "RR"), &[0.5]);
    let double = Options { scores: Scores::Double, ..Options::default() };
    close(&report(run, "RR", double).all, &[1.0]);
}

#[test]
fn a_query_without_relevant_documents_is_measured_as_zero() {
    let run = "1 Q0 c 1 1 t\n2 Q0 a 1 1 t\n9 Q0 a 1 1 t\n";
    let found = report(run, "RR,AP,nDCG,bpref,Rprec,R", Options::default());
    close(&found.all, &[0.5, 0.25, 0.5 * 2.0 / (2.0 + 1.0 / 3_f64.log2()), 0.25, 0.25, 0.25]);
    assert_eq!(
        found.seen,
        Seen {
            judgments: 6,
            returned: 3,
            queries: 2,
            without_relevant: 1,
            not_returned: 1,
            not_returned_count: false,
            not_judged: 1
        }
    );
}

#[test]
fn missing_queries_count_as_zero_where_asked() {
    let run = "1 Q0 c 1 1 t\n";
    let options = Options { missing: Missing::Zero, ..Options::default() };
    let found = report(run, "RR,num_rel,num_ret", options);
    close(&found.all, &[1.0 / 3.0, 3.0, 1.0]);
    assert_eq!(found.queries.len(), 3);
}

#[test]
fn names_are_read_in_both_ways_and_written_in_one() {
    for (name, written) in [
        ("P_5", "P@5"),
        ("p@5", "P@5"),
        ("map", "AP"),
        ("map_cut_10", "AP@10"),
        ("ndcg_cut_20", "nDCG@20"),
        ("ndcg_exp@3", "nDCG_exp@3"),
        ("recip_rank", "RR"),
        ("recall_100", "R@100"),
        ("set_P", "P"),
        ("num_rel_ret", "num_rel_ret"),
        ("Rprec", "Rprec"),
        ("success_1", "success@1"),
    ] {
        let measure: Measure = name.parse().unwrap();
        assert_eq!(measure.to_string(), written);
        assert_eq!(written.parse(), Ok(measure));
    }
    for name in
        ["", "P@0", "P@-1", "P@", "P@5@6", "bpref@3", "success", "nDCG@1.5", "NDCG@９", "_5"]
    {
        let error = name.parse::<Measure>().unwrap_err().to_string();
        assert!(error.contains("is no measure: name P@k"), "{name}: {error}");
    }
}

#[test]
fn nothing_to_measure_is_said() {
    let (qrels, run) = (trec::qrels(QRELS).unwrap(), trec::run("7 Q0 a 1 1 t\n").unwrap());
    let error = |qrels: &Qrels, names: &str| {
        let measures = if names.is_empty() { Vec::new() } else { parse_list(names).unwrap() };
        evaluate(qrels, &run, &measures, Options::default()).unwrap_err()
    };
    assert_eq!(error(&qrels, "RR"), RankingError::Queries { run: 1, judged: 3 });
    assert_eq!(error(&qrels, ""), RankingError::Measures);
    assert_eq!(error(&Qrels::default(), "RR"), RankingError::Judgments);
    let steep = trec::qrels("7 0 a 2000\n").unwrap();
    assert_eq!(error(&steep, "nDCG_exp"), RankingError::Gain(2000));
}
