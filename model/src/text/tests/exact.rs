use super::*;

#[test]
fn decimals_end_or_have_fifteen_digits() {
    let table = [
        (1, 8, "0.125"),
        (1, 3, "0.333333333333333"),
        (2, 3, "0.666666666666667"),
        (-2, 3, "-0.666666666666667"),
        (1_051, 3, "350.333333333333"),
        (299_999_999_999_999_999, 3, "100000000000000000"),
        (3, 4200, "0.000714285714285714"),
        (0, 5, "0"),
        (50_000_000, 1, "50000000"),
        (7, 100_000_000, "0.00000007"),
    ];
    for (num, den, wanted) in table {
        assert_eq!(decimal(ratio(num, den).unwrap()), wanted, "{num}/{den}");
    }
}

#[test]
fn what_does_not_fit_is_none() {
    let most = whole(i128::MAX);
    assert!(add(most, most).is_none());
    assert!(mul(most, most).is_none());
    assert!(div(most, Number::ZERO).is_none());
    assert!(ratio(1, 0).is_none());
    assert!(ten(39).is_none());
}
