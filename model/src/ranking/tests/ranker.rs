use std::collections::BTreeMap;

use jiff::civil::date;

use crate::{
    domain::Tri,
    ranking::{
        KindRanker, Ranker, RankerError,
        calibration::Calibration,
        features::{COUNT, FEATURES},
        portrait::{Portrait, Portraits, coordinate},
        ranker::{FORMAT, STEPS, Step},
        uptake::Uptake,
    },
};

fn kind() -> KindRanker {
    let step = |name: &str| Step {
        name: name.to_owned(),
        intercept: -1.0,
        weights: (0..COUNT).map(|at| if at == 5 { 2.0 } else { 0.0 }).collect(),
        penalty: 1.0,
        calibration: Calibration::None,
        rows: 100,
        taken: 20,
    };
    KindRanker {
        means: vec![0.0; COUNT],
        deviations: vec![1.0; COUNT],
        steps: STEPS.map(step).to_vec(),
        examination: vec![1.0, 0.5],
        portraits: Portraits::default(),
        uptake: Uptake::default(),
        underexposed: Vec::new(),
    }
}

fn ranker() -> Ranker {
    Ranker {
        format: FORMAT,
        trained_on: date(2026, 9, 1),
        snapshot: "v".to_owned(),
        data_hash: "0".repeat(64),
        from: date(2026, 4, 1),
        until: date(2026, 9, 1),
        features: FEATURES.iter().map(|feature| feature.name.to_owned()).collect(),
        kinds: BTreeMap::from([("citizen".to_owned(), kind())]),
        figures: BTreeMap::new(),
    }
}

fn read(ranker: &Ranker) -> Result<Ranker, RankerError> {
    Ranker::read(&serde_json::to_string(ranker).unwrap())
}

#[test]
fn it_is_read_as_it_was_written() {
    assert_eq!(read(&ranker()).unwrap(), ranker());
}

#[test]
fn probabilities_are_the_logistic_of_weights_and_values() {
    let mut values = [0.0; COUNT];
    values[5] = 1.0;
    let expected = 1.0 / (1.0 + (-1.0_f64).exp());
    for probability in kind().probabilities(&values) {
        assert!((probability - expected).abs() < 1e-15);
    }
}

#[test]
fn other_features_are_refused_by_name() {
    let mut renamed = ranker();
    renamed.features[3] = "shoe_size".to_owned();
    let said = read(&renamed).unwrap_err().to_string();
    assert!(said.contains("shoe_size") && said.contains("zhida train"), "{said}");
    let mut short = ranker();
    short.features.pop();
    assert!(matches!(read(&short), Err(RankerError::Features { .. })));
    let mut more = ranker();
    more.features.push("more".to_owned());
    assert!(matches!(read(&more), Err(RankerError::Features { .. })));
    let mut old = ranker();
    old.format = 0;
    assert!(matches!(read(&old), Err(RankerError::Format { found: 0 })));
    let mut cut = ranker();
    cut.kinds.get_mut("citizen").unwrap().steps[1].weights.pop();
    assert!(matches!(read(&cut), Err(RankerError::Features { .. })));
    assert!(matches!(Ranker::read("{}"), Err(RankerError::Json(_))));
}

#[test]
fn no_two_features_have_one_name() {
    let mut names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), COUNT);
}

#[test]
fn unknown_lies_between_no_and_yes() {
    let groups =
        [0.0, 1.0].map(|centre| Portrait { name: String::new(), centre: vec![centre], share: 0.5 });
    let portraits = Portraits {
        traits: vec!["a".to_owned()],
        groups: groups.to_vec(),
        criterion: String::new(),
    };
    assert_eq!(portraits.nearest(&[coordinate(Tri::False)]), Some(0));
    assert_eq!(portraits.nearest(&[coordinate(Tri::True)]), Some(1));
    assert_eq!(portraits.nearest(&[0.6]), Some(1));
    assert_eq!(Portraits::default().nearest(&[]), None);
}
