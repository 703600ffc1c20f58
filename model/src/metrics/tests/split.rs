use super::*;
use jiff::civil::date;

fn split() -> Split {
    Split::new(date(2026, 3, 1), 14).unwrap()
}

fn row(day: Date) -> Row<'static> {
    Row {
        subject: "s",
        policy: "p",
        day,
        features_until: Some(day),
        outcome_seen: Some(day),
        side: split().side(day),
    }
}

fn leaks(rows: &[Row<'_>]) -> Vec<(usize, Leak)> {
    split().check(rows).findings.iter().map(|found| (found.row, found.leak)).collect()
}

#[test]
fn the_embargo_lies_before_the_cut() {
    for (day, side) in [
        (date(2026, 2, 14), Side::Train),
        (date(2026, 2, 15), Side::Embargo),
        (date(2026, 2, 28), Side::Embargo),
        (date(2026, 3, 1), Side::Test),
    ] {
        assert_eq!(split().side(day), side, "{day}");
    }
    let plain = Split::new(date(2026, 3, 1), 0).unwrap();
    assert_eq!(plain.side(date(2026, 2, 28)), Side::Train);
    assert!(Split::new(date(2026, 3, 1), u32::MAX).is_err());
}

#[test]
fn a_clean_split_has_no_findings() {
    let rows = [row(date(2026, 2, 1)), row(date(2026, 2, 20)), row(date(2026, 3, 2))];
    let found = split().check(&rows);
    assert_eq!((found.rows, found.train, found.embargo, found.test), (3, 1, 1, 1));
    assert_eq!(found.findings, []);
}

#[test]
fn every_way_to_know_the_future_is_found() {
    let early = date(2026, 2, 1);
    let train = |day| Row { side: Side::Train, ..row(day) };
    let rows = [
        Row { outcome_seen: Some(date(2026, 2, 28)), ..train(date(2026, 3, 5)) },
        train(date(2026, 2, 20)),
        Row { side: Side::Test, ..row(early) },
        Row { policy: "q", outcome_seen: Some(date(2026, 3, 1)), ..train(early) },
        Row { policy: "q", outcome_seen: None, ..train(date(2026, 2, 2)) },
        Row { policy: "q", features_until: Some(date(2026, 2, 4)), ..train(date(2026, 2, 3)) },
        Row { policy: "q", features_until: None, ..row(date(2026, 3, 9)) },
        train(early),
    ];
    assert_eq!(
        leaks(&rows),
        [
            (1, Leak::TestDayTrains),
            (2, Leak::EmbargoTrains),
            (3, Leak::TrainingDayTests),
            (4, Leak::OutcomeAfterCut),
            (5, Leak::OutcomeUndated),
            (6, Leak::FeaturesFromLater),
            (7, Leak::FeaturesUndated),
            (8, Leak::OnBothSides),
        ]
    );
    let message = &split().check(&rows).findings[3].message;
    assert!(
        message.contains("row 4, subject `s`, policy `q`, 2026-02-01: its outcome"),
        "{message}"
    );
}
