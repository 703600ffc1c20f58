use super::*;

const LABELS: [u8; 6] = [0, 1, 0, 1, 1, 0];
const PROBABILITIES: [f64; 6] = [0.1, 0.1, 0.4, 0.8, 1.0, 0.0];

fn predictions() -> Predictions<'static> {
    Predictions::new(&LABELS, &PROBABILITIES, None).unwrap()
}

#[test]
fn equal_scores_count_one_half() {
    // Nine pairs: 0.1 beats 0 and ties with 0.1; 0.8 and 1 beat all three.
    assert_eq!(auc(&LABELS, &PROBABILITIES, None).unwrap().value, Some(7.5 / 9.0));
    assert_eq!(auc(&[0, 1], &[0.0, -0.0], None).unwrap().value, Some(0.5));
}

#[test]
fn a_weight_of_two_is_a_row_twice() {
    let weights = [1.0, 2.0, 1.0, 1.0, 1.0, 3.0];
    let twice: Vec<usize> = vec![0, 1, 1, 2, 3, 4, 5, 5, 5];
    let labels: Vec<u8> = twice.iter().map(|&row| LABELS[row]).collect();
    let probabilities: Vec<f64> = twice.iter().map(|&row| PROBABILITIES[row]).collect();
    let weighted = Predictions::new(&LABELS, &PROBABILITIES, Some(&weights)).unwrap();
    let repeated = Predictions::new(&labels, &probabilities, None).unwrap();
    let (a, b) =
        (evaluate::<u8>(&weighted, None, 3).unwrap(), evaluate::<u8>(&repeated, None, 3).unwrap());
    assert_eq!(a.auc.value, b.auc.value);
    for (a, b) in [
        (a.log_loss, b.log_loss),
        (a.brier, b.brier),
        (a.equal_width.ece, b.equal_width.ece),
        (a.equal_mass.ece, b.equal_mass.ece),
        (a.base_rate, b.base_rate),
    ] {
        assert!((a - b).abs() < 1e-15, "{a} is not {b}");
    }
}

#[test]
fn one_class_has_no_area_and_is_counted() {
    assert_eq!(auc(&[1, 1], &[0.2, 0.3], None).unwrap().value, None);
    let groups = ["a", "a", "b", "b", "b", "c"];
    let found = grouped_auc(&LABELS, &PROBABILITIES, &groups, None).unwrap();
    // Group a ties (0.5, two rows), b is right (1, three rows), c has one row.
    assert_eq!(found.value, Some((0.5 * 2.0 + 1.0 * 3.0) / 5.0));
    assert_eq!((found.groups, found.one_class_groups, found.one_class_rows), (2, 1, 1));
}

#[test]
fn a_sure_and_wrong_prediction_costs_much_and_not_everything() {
    let found = log_loss(&Predictions::new(&[1], &[0.0], None).unwrap());
    assert!((found - 52.0 * 2_f64.ln()).abs() < 1e-12);
    assert!((brier(&predictions()) - (0.01 + 0.81 + 0.16 + 0.04) / 6.0).abs() < 1e-15);
}

#[test]
fn bins_hold_their_upper_edge_and_zero() {
    let found = calibration(&predictions(), 10, Binning::EqualWidth).unwrap();
    let bins: Vec<(f64, usize)> = found.curve.iter().map(|bin| (bin.high, bin.rows)).collect();
    assert_eq!(bins, [(0.1, 3), (0.4, 1), (0.8, 1), (1.0, 1)]);
    assert_eq!((found.empty, found.max), (6, 0.4));
    let expected = (0.2 / 3.0 - 1.0 / 3.0_f64).abs() * 0.5 + 0.4 / 6.0 + 0.2 / 6.0;
    assert!((found.ece - expected).abs() < 1e-15);
}

#[test]
fn bins_of_equal_mass_never_part_equal_probabilities() {
    let found = calibration(&predictions(), 3, Binning::EqualMass).unwrap();
    let bins: Vec<(f64, usize)> = found.curve.iter().map(|bin| (bin.high, bin.rows)).collect();
    assert_eq!(bins, [(0.1, 3), (0.4, 1), (1.0, 2)]);
    let same = Predictions::new(&[0, 1, 1], &[0.7; 3], None).unwrap();
    let found = calibration(&same, 5, Binning::EqualMass).unwrap();
    assert_eq!((found.curve.len(), found.empty), (1, 4));
    let zero = Predictions::new(&[0, 1], &[0.0; 2], None).unwrap();
    assert_eq!(calibration(&zero, 4, Binning::EqualMass).unwrap().curve.len(), 1);
}

#[test]
fn what_is_no_prediction_is_said_with_its_row() {
    let error = |labels: &[u8], probabilities: &[f64], weights: Option<&[f64]>| {
        Predictions::new(labels, probabilities, weights).unwrap_err().to_string()
    };
    assert!(error(&[], &[], None).contains("there are no predictions"));
    assert!(error(&[0, 2], &[0.1, 0.2], None).contains("row 2, field `label`: `2` is not 0 or 1"));
    assert!(error(&[0, 1], &[0.1, 1.2], None).contains("row 2, field `probability`: `1.2`"));
    assert!(error(&[0], &[f64::NAN], None).contains("row 1, field `probability`: `NaN`"));
    assert!(error(&[0, 1], &[0.1], None).contains("has 1 rows where there are 2"));
    assert!(error(&[0], &[0.1], Some(&[-1.0])).contains("field `weight`: `-1`"));
    assert!(error(&[0], &[0.1], Some(&[0.0])).contains("sum of `weight` is zero"));
    assert!(calibration(&predictions(), 0, Binning::EqualWidth).is_err());
}
