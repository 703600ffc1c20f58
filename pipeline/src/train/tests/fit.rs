use linfa::{DatasetBase, traits::Fit};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use super::{Rows, fit, loss};
use crate::synth::draw::Draw;

fn drawn(rows: usize, seed: u64) -> (Array2<f64>, Vec<f64>) {
    let mut draw = Draw::new(seed, 1, 0);
    let x = Array2::from_shape_simple_fn((rows, 4), || draw.normal());
    let targets = x
        .outer_iter()
        .map(|row| {
            let z = 0.3 + 0.8 * row[0] - 1.1 * row[1] + 0.2 * row[2];
            f64::from(u8::from(draw.unit() < 1.0 / (1.0 + (-z).exp())))
        })
        .collect();
    (x, targets)
}

#[test]
fn at_unit_weights_it_is_linfa_logistic() {
    for (seed, penalty) in [(1, 0.5), (2, 1.0), (3, 20.0)] {
        let (x, targets) = drawn(600, seed);
        let ours = fit(Rows { x: x.view(), targets: &targets, weights: &vec![1.0; 600] }, penalty)
            .unwrap();
        let yes: Array1<bool> = targets.iter().map(|target| *target > 0.5).collect();
        let theirs = LogisticRegression::default()
            .alpha(penalty)
            .gradient_tolerance(1e-9)
            .max_iterations(1_000)
            .fit(&DatasetBase::new(x, yes))
            .unwrap();
        // linfa may take either class for the positive one.
        let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
        assert!((ours.intercept - sign * theirs.intercept()).abs() < 1e-5);
        for (own, other) in ours.weights.iter().zip(theirs.params()) {
            assert!((own - sign * other).abs() < 1e-5, "{own} {other}");
        }
    }
}

#[test]
fn a_weight_is_as_good_as_so_many_rows() {
    let (x, targets) = drawn(200, 7);
    let weights: Vec<f64> = (0..200).map(|row| f64::from(1 + row % 3)).collect();
    let weighted = fit(Rows { x: x.view(), targets: &targets, weights: &weights }, 1.0).unwrap();
    let picked: Vec<usize> = (0..200).flat_map(|row| vec![row; 1 + row % 3]).collect();
    let many = x.select(ndarray::Axis(0), &picked);
    let again: Vec<f64> = picked.iter().map(|row| targets[*row]).collect();
    let ones = vec![1.0; picked.len()];
    let repeated = fit(Rows { x: many.view(), targets: &again, weights: &ones }, 1.0).unwrap();
    for (own, other) in weighted.weights.iter().zip(&repeated.weights) {
        assert!((own - other).abs() < 1e-6);
    }
}

/// A click seen with probability θ, counted 1/θ times, gives back the model
/// of those who looked.
#[test]
fn clicks_divided_by_attention_give_back_relevance() {
    let mut draw = Draw::new(11, 2, 0);
    let rows = 60_000;
    let x = Array2::from_shape_simple_fn((rows, 1), || draw.normal());
    let (mut targets, mut naive) = (Vec::new(), Vec::new());
    let mut attention = Vec::new();
    for row in x.outer_iter() {
        // What is worth more stands higher: plain clicks overstate it.
        let theta = if row[0] > 0.0 { 1.0 } else { 0.3 };
        let wanted = draw.unit() < 1.0 / (1.0 + (0.5 - 0.6 * row[0]).exp());
        let click = f64::from(u8::from(wanted && draw.unit() < theta));
        naive.push(click);
        targets.push(click / theta);
        attention.push(theta);
    }
    let plain = fit(Rows { x: x.view(), targets: &naive, weights: &vec![1.0; rows] }, 1.0).unwrap();
    let ours = fit(Rows { x: x.view(), targets: &targets, weights: &attention }, 1.0).unwrap();
    assert!((ours.weights[0] - 0.6).abs() < 0.05, "{ours:?}");
    assert!((ours.intercept + 0.5).abs() < 0.05, "{ours:?}");
    assert!(plain.weights[0] > 0.8, "{plain:?}");
    assert!(loss(Rows { x: x.view(), targets: &targets, weights: &attention }, &ours).is_finite());
}
