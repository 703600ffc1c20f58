use super::{Measured, Scale, distinct, last_days, passed};
use crate::{
    domain::Number,
    rules::{
        dated::{days_of, months_between},
        ir::Op,
    },
};

fn measured(values: &[i64], op: Op) -> Measured {
    let holds = values.iter().map(|value| value * 2).collect();
    Measured { always: 3, holds, fails: Vec::new(), unmeasured: 0, op }
}

#[test]
fn a_curve_counts_who_meets_each_threshold() {
    let measured = measured(&[58, 59, 60, 60, 61, 70], Op::AtLeast);
    let told: Vec<(i64, u64)> =
        measured.points(60, 1).iter().map(|point| (point.value, point.qualify)).collect();
    assert_eq!(told, [(58, 9), (59, 8), (60, 7), (61, 5), (70, 4)]);
    assert_eq!(measured.qualify(71), 3);
}

#[test]
fn between_two_protected_points_lie_at_least_five() {
    let values: Vec<i64> = (0..997).map(|value| value * value % 4_001).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    let halves: Vec<i64> = sorted.iter().map(|value| value * 2).collect();
    for op in [Op::AtLeast, Op::AtMost, Op::Less, Op::Greater, Op::Equal] {
        let measured = measured(&sorted, op);
        for threshold in [0, 17, 1_000, 2_500, 4_000, 9_000] {
            let points = measured.points(threshold, 5);
            assert!(points.iter().any(|point| point.value == threshold));
            let inside = threshold > 0 && threshold < 4_000 && op != Op::Equal;
            assert!(points.len() > 20 || !inside, "{op:?} {threshold}: {} points", points.len());
            for pair in points.windows(2) {
                let apart = pair[0].qualify.abs_diff(pair[1].qualify);
                assert!(pair[1].between >= 5 && apart >= 5, "{op:?} {threshold}: {pair:?}");
            }
            let last = points.last().unwrap();
            let beyond = sorted.len() - passed(&halves, op, last.value);
            let alone = last.value == threshold;
            assert!(beyond == 0 || beyond >= 5 || alone, "{op:?} {threshold}: {beyond} beyond");
        }
    }
}

#[test]
fn a_number_between_two_stored_values_compares_with_both() {
    let third = Number::ratio(1, 3).unwrap();
    let halves = Scale::Millionths.halves(third).unwrap();
    assert!(halves > 2 * 333_333 && halves < 2 * 333_334);
    assert_eq!(Scale::Whole.halves(Number::whole(-4)), Some(-8));
    assert_eq!(Scale::Whole.halves(Number::ratio(-7, 2).unwrap()), Some(-7));
}

#[test]
fn many_values_are_not_shown_one_by_one() {
    let values: Vec<i64> = (0..5_000).collect();
    assert!(!distinct(&values, 100));
    assert!(distinct(&[1, 1, 2, 2, 3], 3));
    let points = measured(&values, Op::Less).points(2_500, 1);
    assert!((20..=110).contains(&points.len()), "{} points", points.len());
}

#[test]
fn completed_years_are_read_from_a_table() {
    for today in [(2024, 2, 29), (2025, 2, 28), (2026, 3, 31), (2023, 3, 1)] {
        let today = days_of(jiff::civil::date(today.0, today.1, today.2));
        let last = last_days(today).unwrap();
        for day in today - 40_000..=today {
            let table = last.partition_point(|last| day <= *last) as i64 - 1;
            let told = months_between(day, today).unwrap().div_euclid(12);
            assert_eq!(table, told, "{day} seen from {today}");
        }
    }
}
