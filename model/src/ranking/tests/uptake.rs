use crate::{
    domain::{RegionCode, SubjectKind},
    policy::file::Route,
    ranking::{
        facts::PolicyFacts,
        uptake::{PRIOR_TRIALS, Uptake},
    },
};

pub(super) fn policy(id: &str, family: &str, theme: &str) -> PolicyFacts {
    PolicyFacts {
        id: id.to_owned(),
        audience: SubjectKind::Citizen,
        family: family.to_owned(),
        issuer_themes: vec![format!("人社|{theme}")],
        themes: vec![theme.to_owned()],
        life_events: Vec::new(),
        region: RegionCode::from_value(0).unwrap(),
        level: 0,
        route: Route::Apply,
        papers: 0,
        since: None,
        excludes: Vec::new(),
        industries: Vec::new(),
        thresholds: Vec::new(),
    }
}

#[test]
fn a_new_policy_takes_the_rate_of_its_family_then_of_its_theme() {
    let (known, sister) = (policy("a", "f", "就业"), policy("b", "f", "就业"));
    let (cousin, stranger) = (policy("c", "g", "就业"), policy("d", "h", "养老"));
    let mut uptake = Uptake::default();
    for trial in 0..400 {
        uptake.add(&known, Some(1), 1.0, trial % 2 == 0);
        uptake.add(&stranger, Some(1), 1.0, false);
    }
    let rate = |policy| uptake.rate(policy, None);
    assert!((rate(&known) - 0.5).abs() < 0.03);
    // Each step away is shrunk further towards the whole.
    assert!(rate(&known) > rate(&sister) && rate(&sister) > rate(&stranger));
    assert!(rate(&sister) > 0.45 && rate(&cousin) > 0.45);
    assert!(rate(&stranger) < 0.02);
}

#[test]
fn a_portrait_without_trials_takes_the_rate_of_the_policy() {
    let one = policy("a", "f", "就业");
    let mut uptake = Uptake::default();
    for _ in 0..100 {
        uptake.add(&one, Some(0), 1.0, true);
        uptake.add(&one, Some(1), 1.0, false);
    }
    let rate = |portrait| uptake.rate(&one, portrait);
    assert!(rate(Some(0)) > 0.8 && rate(Some(1)) < 0.2);
    assert!((rate(Some(7)) - rate(None)).abs() < 1e-12);
    // The m-estimate by hand: 100 trials, 100 successes, towards the policy's rate.
    let expected = (100.0 + PRIOR_TRIALS * rate(None)) / (100.0 + PRIOR_TRIALS);
    assert!((rate(Some(0)) - expected).abs() < 1e-12);
}
