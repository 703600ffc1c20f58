use super::*;

#[test]
fn what_a_plain_sum_loses_is_kept() {
    let terms = [1e16, 1.0, -1e16, 1.0];
    assert_eq!(terms.iter().sum::<f64>(), 1.0);
    assert_eq!(sum(terms), 2.0);
}

#[test]
fn a_million_tenths_are_exact_to_the_last_digit() {
    assert_eq!(sum(std::iter::repeat_n(0.1, 1_000_000)), 100_000.0);
}

#[test]
fn nothing_has_no_mean() {
    assert_eq!(mean(&[]), None);
    assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
}
