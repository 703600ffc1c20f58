//! Exactness at the places where floats go wrong.

use super::Number;
use std::cmp::Ordering;

#[test]
fn a_ratio_exactly_on_the_threshold_is_equal_to_it() {
    let ratio = Number::whole(3).checked_div(Number::whole(100)).unwrap();
    assert_eq!(ratio.compare(Number::decimal(30_000)), Some(Ordering::Equal));
    let third = Number::whole(1).checked_div(Number::whole(3)).unwrap();
    assert_eq!(third.compare(Number::decimal(333_333)), Some(Ordering::Greater));
}

#[test]
fn division_by_zero_and_overflow_have_no_value() {
    assert!(Number::whole(1).checked_div(Number::ZERO).is_none());
    let huge = Number::ratio(i128::MAX, 1).unwrap();
    assert!(huge.checked_mul(Number::whole(2)).is_none());
    assert!(huge.checked_add(Number::whole(1)).is_none());
    assert!(huge.compare(Number::decimal(1)).is_none());
}

#[test]
fn a_negative_divisor_moves_its_sign() {
    let value = Number::whole(6).checked_div(Number::whole(-4)).unwrap();
    assert!(value.den() > 0);
    assert_eq!(value.compare(Number::decimal(-1_500_000)), Some(Ordering::Equal));
    assert_eq!(value.floor(), Some(-2));
}
