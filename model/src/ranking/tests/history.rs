use jiff::civil::date;

use crate::ranking::{History, Shown};

fn shown(policy: &str, month: i8, day: i8) -> Shown {
    Shown {
        policy: policy.into(),
        on: date(2026, month, day),
        opened: None,
        dismissed: None,
        applied: None,
    }
}

/// On a day nothing is known that happened on it or later: no feature may
/// see the outcome it is to predict.
#[test]
fn a_day_knows_only_what_was_before() {
    let opened = Shown { opened: Some(date(2026, 4, 20)), ..shown("a", 4, 10) };
    let history = History { shown: vec![opened, shown("a", 4, 20)], interests: Vec::new() };
    let on = |month, day| history.of("a", date(2026, month, day));
    assert_eq!((on(4, 10).shown, on(4, 10).opened), (0, 0));
    assert_eq!((on(4, 20).shown, on(4, 20).opened), (1, 0));
    assert_eq!((on(4, 21).shown, on(4, 21).opened), (2, 1));
    assert_eq!(history.of("b", date(2026, 5, 1)).shown, 0);
    assert_eq!(history.opened(date(2026, 4, 20)).count(), 0);
    assert_eq!(history.opened(date(2026, 4, 21)).count(), 1);
}

#[test]
fn notices_tire_for_thirty_days() {
    let history = History { shown: vec![shown("a", 4, 1), shown("b", 4, 20)], interests: vec![] };
    assert_eq!(history.recent(date(2026, 4, 1)), 0);
    assert_eq!(history.recent(date(2026, 5, 1)), 2);
    assert_eq!(history.recent(date(2026, 5, 2)), 1);
    assert_eq!(history.recent(date(2026, 7, 1)), 0);
}
