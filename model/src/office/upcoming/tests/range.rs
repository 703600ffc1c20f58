//! Arithmetic on bounds against the numbers between them.

use std::cmp::Ordering;

use proptest::prelude::*;

use crate::{
    domain::{Number, Tri},
    office::upcoming::range::Range,
    rules::{dated::add_months, ir::Op},
};

/// A range of whole numbers, possibly with gaps, and what it stands for.
fn ranges() -> impl Strategy<Value = (Range, Vec<Option<Number>>)> {
    let edge = prop_oneof![-6_i64..=6, -40_000_i64..=40_000, any::<i64>()];
    let scale = prop_oneof![Just(1_i128), Just(3), Just(-7), Just(1_000_000), Just(i128::MAX / 3)];
    (edge, 0_i64..=4, any::<bool>(), scale).prop_map(|(low, width, gaps, scale)| {
        let high = low.saturating_add(width);
        let divisor = Range::Same(Number::ratio(1, scale));
        let range = Range::whole(low, high, gaps).mul(divisor);
        let mut values: Vec<Option<Number>> = (low..=high)
            .map(|value| Number::whole(value).checked_mul(Number::ratio(1, scale)?))
            .collect();
        if gaps {
            values.push(None);
        }
        (range, values)
    })
}

/// A single number, known or not.
fn single() -> impl Strategy<Value = (Range, Vec<Option<Number>>)> {
    prop_oneof![
        any::<i64>().prop_map(|value| Some(Number::whole(value))),
        any::<i64>().prop_map(|value| Some(Number::decimal(value))),
        Just(Number::ratio(1, i128::MAX)),
        Just(Number::ratio(i128::MAX, 2)),
        Just(None),
    ]
    .prop_map(|value| (Range::Same(value), vec![value]))
}

fn sides() -> impl Strategy<Value = (Range, Vec<Option<Number>>)> {
    prop_oneof![3 => ranges(), 1 => single()]
}

/// Whether the range holds the value, as far as comparing tells.
fn holds(range: Range, value: Option<Number>) -> bool {
    match (range, value) {
        (Range::Any, _) | (Range::Same(None), None) => true,
        (Range::Same(Some(only)), Some(value)) => {
            (only.num(), only.den()) == (value.num(), value.den())
        }
        (Range::Between(bounds), None) => bounds.gaps,
        (Range::Between(bounds), Some(value)) => {
            bounds.low.compare(value) != Some(Ordering::Greater)
                && bounds.high.compare(value) != Some(Ordering::Less)
        }
        (Range::Same(_), _) => false,
    }
}

fn extreme(a: Number, b: Number, wanted: Ordering) -> Option<Number> {
    Some(if a.compare(b)? == wanted { a } else { b })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arithmetic_loses_no_value((a, own) in sides(), (b, other) in sides()) {
        for x in &own {
            for y in &other {
                let both = |join: &dyn Fn(Number, Number) -> Option<Number>| {
                    x.and_then(|x| y.and_then(|y| join(x, y)))
                };
                let cases = [
                    ("+", a.add(b), both(&Number::checked_add)),
                    ("-", a.sub(b), both(&Number::checked_sub)),
                    ("*", a.mul(b), both(&Number::checked_mul)),
                    ("/", a.div(b), both(&Number::checked_div)),
                    ("min", a.extreme(b, Ordering::Less), both(&|x, y| extreme(x, y, Ordering::Less))),
                    ("max", a.extreme(b, Ordering::Greater), both(&|x, y| extreme(x, y, Ordering::Greater))),
                    ("either", a.either(b), *x),
                    ("or", a.either(b), *y),
                    ("floor", a.floor(), x.and_then(Number::floor).map(Number::whole)),
                ];
                for (name, range, value) in cases {
                    prop_assert!(holds(range, value), "{x:?} {name} {y:?} = {value:?}, not in {range:?}");
                }
                for op in [Op::Equal, Op::NotEqual, Op::Less, Op::AtMost, Op::Greater, Op::AtLeast] {
                    let value = Tri::of(x.and_then(|x| y.and_then(|y| x.compare(y))).map(|order| op.holds(order)));
                    prop_assert!(a.compare(op, b).may(value), "{x:?} {op:?} {y:?}");
                }
            }
        }
    }

    #[test]
    fn sums_of_many_lose_no_value(sides in prop::collection::vec(ranges(), 1..12), product: bool) {
        let join = |a: Option<Number>, b: Option<Number>| {
            a.zip(b).and_then(|(a, b)| if product { a.checked_mul(b) } else { a.checked_add(b) })
        };
        let range = sides.iter().map(|(range, _)| *range)
            .reduce(|a, b| if product { a.mul(b) } else { a.add(b) }).unwrap();
        for pick in 0..5 {
            let values = sides.iter().map(|(_, values)| values[pick % values.len()]);
            let value = values.reduce(join).unwrap();
            prop_assert!(holds(range, value), "{value:?} is not in {range:?}");
        }
    }

    #[test]
    fn moved_dates_lose_no_value(day in -3_000_000_i64..3_000_000, width in 0_i64..40, months in -400_i64..400, more in 0_i64..3) {
        let range = Range::whole(day, day + width, false).add_months(Range::whole(months, months + more, false));
        for day in day..=day + width {
            for months in months..=months + more {
                let moved = add_months(i32::try_from(day).unwrap(), months);
                prop_assert!(holds(range, moved.map(|day| Number::whole(i64::from(day)))));
            }
        }
    }
}
