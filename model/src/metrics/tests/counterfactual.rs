use super::*;

const PROPENSITY: [f64; 4] = [0.5, 0.25, 0.5, 1.0];
const TARGET: [f64; 4] = [0.5, 1.0, 0.0, 0.5];
const REWARD: [f64; 4] = [1.0, 2.0, 5.0, 0.0];
const Q_LOGGED: [f64; 4] = [0.5, 1.5, 4.0, 1.0];
const Q_TARGET: [f64; 4] = [1.0, 1.0, 1.0, 1.0];

fn log() -> Logged<'static> {
    Logged {
        propensity: &PROPENSITY,
        target: &TARGET,
        reward: &REWARD,
        q_logged: Some(&Q_LOGGED),
        q_target: Some(&Q_TARGET),
        lists: None,
    }
}

fn report(log: &Logged<'_>, clip: Option<f64>, switch: Option<f64>) -> Report {
    let resampling = Resampling { samples: 200, ..Resampling::default() };
    evaluate(log, &Options { clip, switch, resampling }).unwrap()
}

#[test]
fn every_estimator_worked_out_by_hand() {
    let found = report(&log(), None, Some(2.0));
    // Weights 1, 4, 0, 0.5.
    assert_eq!(found.ips.value, 9.0 / 4.0);
    assert_eq!(found.snips.unwrap().value, 9.0 / 5.5);
    assert_eq!(found.dm.unwrap().value, 1.0);
    assert_eq!(found.dr.unwrap().value, (1.5 + 3.0 + 1.0 + 0.5) / 4.0);
    assert_eq!(found.switch_dr.unwrap().value, (1.5 + 1.0 + 1.0 + 0.5) / 4.0);
    assert_eq!(found.logged, 2.0);
    let weights = found.weights;
    assert_eq!((weights.mean, weights.max, weights.zero, weights.switched), (1.375, 4.0, 1, 1));
    assert_eq!(weights.effective, 5.5 * 5.5 / 17.25);
    assert_eq!(found.left_out, Vec::<String>::new());
}

#[test]
fn clipped_weights_are_counted() {
    let found = report(&log(), Some(2.0), None);
    assert_eq!(found.ips.value, (1.0 + 4.0) / 4.0);
    assert_eq!((found.weights.clipped, found.weights.max), (1, 4.0));
    assert_eq!(found.left_out, ["Switch-DR: no threshold is named"]);
}

#[test]
fn the_standard_error_of_plain_means_is_the_usual_one() {
    let found = report(&log(), None, None);
    let terms = [1.0, 8.0, 0.0, 0.0];
    let variance = terms.iter().map(|term: &f64| (term - 2.25).powi(2)).sum::<f64>() / 3.0;
    assert!((found.ips.error.unwrap() - (variance / 4.0).sqrt()).abs() < 1e-12);
    let interval = found.ips.bootstrap.unwrap();
    assert!(interval.low >= 0.0 && interval.low < 2.25 && interval.high > 2.25);
}

#[test]
fn rows_of_one_list_stand_and_fall_together() {
    let lists = [7, 7, 3, 3];
    let found = report(&Logged { lists: Some(&lists), ..log() }, None, None);
    assert_eq!((found.rows, found.units), (4, 2));
    assert_eq!(found.ips.value, 2.25);
    // Two lists with sums 9 and 0 around 4.5.
    assert!((found.ips.error.unwrap() - (2.0 * 2.0 * 4.5_f64.powi(2)).sqrt() / 4.0).abs() < 1e-12);
    let one = report(&Logged { lists: Some(&[1; 4]), ..log() }, None, None);
    assert_eq!((one.ips.error, one.ips.bootstrap), (None, None));
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let bare = Logged { q_logged: None, q_target: None, target: &[0.0; 4], ..log() };
    let found = report(&bare, None, Some(1.0));
    assert_eq!(
        found.left_out,
        [
            "SNIPS: every target probability is 0",
            "DM: there is no `q_target`",
            "DR: there are no `q_logged` and `q_target`",
            "Switch-DR: there are no `q_logged` and `q_target`",
        ]
    );
    assert_eq!((found.ips.value, found.weights.effective), (0.0, 0.0));
}

#[test]
fn faulty_logs_and_options_are_refused() {
    let error =
        |log: &Logged<'_>, options: &Options| evaluate(log, options).unwrap_err().to_string();
    let plain = Options::default();
    let zero = Logged { propensity: &[0.5, 0.0, 0.5, 0.5], ..log() };
    assert!(error(&zero, &plain).contains(
        "row 2, field `propensity`: `0` is not a probability from 10^-60 to 1, and never 0"
    ));
    let outside = Logged { target: &[0.5, 0.5, 1.5, 0.5], ..log() };
    assert!(error(&outside, &plain).contains("row 3, field `target`: `1.5`"));
    let infinite = Logged { reward: &[0.0, 0.0, 0.0, f64::INFINITY], ..log() };
    assert!(error(&infinite, &plain).contains("row 4, field `reward`: `inf`"));
    let short = Logged { q_target: Some(&[0.0]), ..log() };
    assert!(error(&short, &plain).contains("`q_target` has 1 rows where there are 4"));
    assert!(error(&log(), &Options { clip: Some(0.0), ..plain }).contains("`clip` is 0"));
    assert!(
        error(&log(), &Options { switch: Some(f64::NAN), ..plain }).contains("`switch` is NaN")
    );
}

#[test]
fn the_same_seed_gives_the_same_interval() {
    assert_eq!(report(&log(), None, None), report(&log(), None, None));
}
