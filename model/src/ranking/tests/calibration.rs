use crate::ranking::calibration::{Calibration, isotonic, logit, sigmoid};

#[test]
fn neighbours_that_fall_are_pooled() {
    // 0.1 and 0.2 rise; 0.3 (1) and 0.4 (0) fall and become one half.
    let rows =
        [(0.1, 0.0, 1.0), (0.2, 0.2, 1.0), (0.3, 1.0, 1.0), (0.4, 0.0, 1.0), (0.9, 1.0, 1.0)];
    let Calibration::Isotonic { raw, means } = isotonic(&rows) else { panic!() };
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near(&raw, &[0.0, 0.1, 0.2, 0.35, 0.9, 1.0]), "{raw:?}");
    assert!(near(&means, &[0.0, 0.0, 0.2, 0.5, 1.0, 1.0]), "{means:?}");
}

#[test]
fn weights_count_as_rows() {
    let one = isotonic(&[(0.2, 1.0, 3.0), (0.4, 0.0, 1.0)]);
    let many = isotonic(&[(0.2, 1.0, 1.0), (0.2, 1.0, 1.0), (0.2, 1.0, 1.0), (0.4, 0.0, 1.0)]);
    for raw in [0.0, 0.1, 0.25, 0.3, 0.9] {
        assert!((one.of(raw) - many.of(raw)).abs() < 1e-12);
    }
    assert!((one.of(0.25) - 0.75).abs() < 1e-12);
}

#[test]
fn what_is_ordered_stays_ordered() {
    let rows: Vec<(f64, f64, f64)> = (0..200)
        .map(|row| (f64::from(row) / 200.0, f64::from(u8::from(row * 7 % 10 < row / 20)), 1.0))
        .collect();
    let curve = isotonic(&rows);
    let values: Vec<f64> = (0..=1000).map(|raw| curve.of(f64::from(raw) / 1000.0)).collect();
    assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
}

#[test]
fn a_sigmoid_of_slope_one_changes_nothing() {
    let same = Calibration::Platt { a: 1.0, b: 0.0 };
    for raw in [0.001, 0.3, 0.5, 0.99] {
        assert!((same.of(raw) - raw).abs() < 1e-12);
        assert!((sigmoid(logit(raw)) - raw).abs() < 1e-12);
    }
    assert!(sigmoid(-800.0) >= 0.0 && sigmoid(800.0) <= 1.0);
}
