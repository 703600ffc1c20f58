use super::*;

fn few() -> Resampling {
    Resampling { samples: 2000, ..Resampling::default() }
}

#[test]
fn all_patterns_are_looked_at_where_they_are_few() {
    // Of the 8 patterns of 1, 2, 3 only +++ and −−− reach 6.
    let found = permutation(&[1.0, 2.0, 3.0], few()).unwrap();
    assert_eq!(found, Permutation { p: 0.25, patterns: 8, exact: true });
    // 1 + 2 − 3 is 0: everything is as far.
    assert_eq!(permutation(&[1.0, 2.0, -3.0], few()).unwrap().p, 1.0);
    assert_eq!(permutation(&[0.0, 0.0], few()).unwrap().p, 1.0);
    // Zeros take no pattern.
    let padded = [vec![0.0; 100], vec![1.0, 2.0, 3.0]].concat();
    assert_eq!(permutation(&padded, few()).unwrap(), found);
}

#[test]
fn drawn_patterns_come_near_all_patterns() {
    let differences: Vec<f64> = (0..20).map(|i| 0.1 + f64::from(i * 7 % 11) - 4.0).collect();
    let exact = permutation(&differences, few()).unwrap();
    let more = [differences.clone(), vec![1e-9]].concat();
    let drawn = permutation(&more, Resampling { samples: 20_000, ..few() }).unwrap();
    assert!(exact.exact && !drawn.exact);
    assert!((exact.p - drawn.p).abs() < 0.02, "{} is not {}", exact.p, drawn.p);
}

#[test]
fn the_interval_is_that_of_the_mean() {
    let differences: Vec<f64> = (0..400).map(|i| f64::from(i % 20) / 20.0).collect();
    let found = compare(&differences, few()).unwrap();
    let interval = found.interval.unwrap();
    // Mean 0.475, standard error 0.0144: the interval is 0.447 to 0.503.
    assert!((found.difference - 0.475).abs() < 1e-12);
    assert!((interval.low - 0.447).abs() < 0.003 && (interval.high - 0.503).abs() < 0.003);
    assert_eq!((found.better, found.worse, found.equal), (380, 0, 20));
    assert_eq!(found, compare(&differences, few()).unwrap());
}

#[test]
fn subjects_are_paired_and_averaged_first() {
    let first = [("a", 1.0), ("b", 2.0), ("c", 9.0)];
    let second = [("b", 3.0), ("b", 5.0), ("a", 1.0), ("d", 4.0)];
    assert_eq!(differences(first, second), (vec![0.0, 2.0], 2));
}

#[test]
fn nothing_to_compare_is_said() {
    assert!(compare(&[], few()).unwrap_err().to_string().contains("no subjects measured in both"));
    assert!(compare(&[f64::NAN], few()).is_err());
    assert!(compare_columns(&[1.0], &[], few()).is_err());
    let one = compare(&[2.0], few()).unwrap();
    assert_eq!((one.interval, one.test.p), (None, 1.0));
}
