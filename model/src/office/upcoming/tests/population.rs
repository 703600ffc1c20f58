//! Everybody together: who is left out, order, threads, and counts.

use jiff::civil::date;
use serde_json::{Value, json};

use super::support::{all, policy, program, reference, words, world};
use crate::{
    domain::SubjectKind,
    office::upcoming::{Buckets, Days, Outlook, Summary},
    rules::dated::Dated,
};

/// People born one day after the other, with gaps in what is known.
fn people(count: i64) -> Vec<Value> {
    let first = date(1966, 3, 1);
    (0..count)
        .map(|number| {
            let born = first.checked_add(jiff::ToSpan::days(number % 200)).unwrap();
            match number % 7 {
                0 => json!({ "student": true }),
                1 => json!({ "birth_date": born.to_string() }),
                _ => json!({ "birth_date": born.to_string(), "student": number % 3 == 0 }),
            }
        })
        .collect()
}

#[test]
fn a_day_moved_to_is_the_day_itself() {
    let condition = r#"income <= param("poverty_line", hukou_region) && within(home_region, "330000") && score < param("leave_days", home_region)"#;
    let program = program(&[policy(&[condition], &json!({}))]);
    let start = date(2025, 12, 1);
    let days = Days::new(&program, reference(), start, start, 400);
    for number in 0..=400 {
        let moved = days.on(number);
        let day = start.checked_add(jiff::ToSpan::days(i64::try_from(number).unwrap())).unwrap();
        let own = Dated::new(&program, reference(), day, start);
        assert_eq!((moved.as_of, moved.today, moved.known_at), (day, own.today, start));
        assert_eq!(moved.current, own.current, "{day}");
        assert_eq!(moved.parameters, own.parameters, "{day}");
        assert_eq!(moved.covered_since, own.covered_since, "{day}");
        assert_eq!(moved.within.len(), own.within.len(), "{day}");
    }
}

#[test]
fn the_columnar_sieve_leaves_out_nobody_who_changes() {
    let sources = [
        policy(&["age(birth_date) >= 60", "student"], &json!({ "id": "rising" })),
        policy(&["age(birth_date) < 60", "student"], &json!({ "id": "falling" })),
        policy(&["student", "age(birth_date) == 60"], &json!({ "id": "both" })),
        policy(&["student"], &json!({ "id": "still" })),
        policy(
            &["student", "age(birth_date) >= 60"],
            &json!({ "id": "windows", "claim": [{ "from": "2026-05-01", "to": "2026-05-20" }] }),
        ),
    ];
    let program = program(&sources);
    let world = world(SubjectKind::Citizen, &people(9_000));
    let start = date(2026, 3, 31);
    let days = Days::new(&program, reference(), start, start, 90);
    let outlook = Outlook::new(&days, &world, |_| true);
    let together = all(&outlook);
    let mut alone = Vec::new();
    for row in 0..world.of(SubjectKind::Citizen).rows {
        let row = u32::try_from(row).unwrap();
        let (frame, row) = world.of(SubjectKind::Citizen).locate(row).unwrap();
        for policy in 0..program.policies.len() {
            alone.extend(outlook.subject(policy, crate::rules::scalar::Dossier { frame, row }));
        }
    }
    assert_eq!(together.len(), alone.len());
    assert_eq!(together, alone);
    let of = |id: &str| {
        let index = program.policies.iter().position(|own| own.key.id == id).unwrap();
        together.iter().filter(|change| change.policy == index).count()
    };
    assert_eq!((of("still"), of("rising")), (0, of("both")));
    assert!(of("rising") > 500 && of("falling") > 500 && of("windows") > 2_000);
}

#[test]
fn threads_change_nothing() {
    let program = program(&[policy(&["age(birth_date) >= 60", "student"], &json!({}))]);
    let world = world(SubjectKind::Citizen, &people(9_000));
    let start = date(2026, 3, 31);
    let days = Days::new(&program, reference(), start, start, 90);
    let outlook = Outlook::new(&days, &world, |_| true);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| all(&outlook))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn the_dead_are_left_out() {
    let program = program(&[policy(&["age(birth_date) >= 60"], &json!({}))]);
    let dossiers = [
        json!({ "birth_date": "1966-05-01", "death_date": "2026-03-01" }),
        json!({ "birth_date": "1966-05-02" }),
    ];
    let world = world(SubjectKind::Citizen, &dossiers);
    let start = date(2026, 3, 31);
    let days = Days::new(&program, reference(), start, start, 90);
    let outlook = Outlook::new(&days, &world, |_| true);
    let found: Vec<String> = all(&outlook).iter().map(|change| words(&outlook, change)).collect();
    assert_eq!(found, ["2026-05-02 ineligible -> eligible c1"]);
}

#[test]
fn the_summary_counts_by_month_and_week() {
    let program =
        program(&[policy(&["age(birth_date) >= 60", "yearly_income <= yuan(100)"], &json!({}))]);
    let person = |born: &str| json!({ "birth_date": born, "yearly_income": 100 });
    let dossiers = [person("1966-11-30"), person("1966-12-01"), person("1950-01-01")];
    let world = world(SubjectKind::Citizen, &dossiers);
    let start = date(2026, 11, 15);
    let days = Days::new(&program, reference(), start, start, 60);
    let outlook = Outlook::new(&days, &world, |_| true);
    let counted = |buckets| {
        let mut summary = Summary::new(&outlook, buckets);
        all(&outlook).iter().for_each(|change| summary.add(change));
        assert_eq!(summary.changes(), 5);
        summary.policies().remove(0)
    };
    let months = counted(Buckets::Month);
    assert_eq!((months.counts.becoming, months.counts.ceasing), (2, 3));
    assert_eq!((months.counts.data_ends, months.counts.other), (3, 0));
    assert_eq!(months.next, Some(date(2026, 11, 30)));
    let first: Vec<_> =
        months.periods.iter().map(|(day, counts)| (*day, counts.becoming)).collect();
    assert_eq!(first, [(date(2026, 11, 1), 1), (date(2026, 12, 1), 1), (date(2027, 1, 1), 0)]);
    // 30 November 2026 is a Monday.
    let weeks = counted(Buckets::Week);
    let first: Vec<_> = weeks.periods.iter().map(|(day, counts)| (*day, counts.becoming)).collect();
    assert_eq!(first, [(date(2026, 11, 30), 2), (date(2026, 12, 28), 0)]);
}

#[test]
fn policies_that_are_not_chosen_are_not_looked_at() {
    let sources = [
        policy(&["age(birth_date) >= 60"], &json!({ "id": "one" })),
        policy(&["age(birth_date) >= 60"], &json!({ "id": "two" })),
        policy(
            &["age(birth_date) >= 60"],
            &json!({ "id": "past", "valid": { "to": "2025-12-31" } }),
        ),
    ];
    let program = program(&sources);
    let world = world(SubjectKind::Citizen, &people(100));
    let start = date(2026, 3, 31);
    let days = Days::new(&program, reference(), start, start, 90);
    assert_eq!(Outlook::new(&days, &world, |_| true).pairs(), 200);
    let outlook = Outlook::new(&days, &world, |policy| policy.key.id == "two");
    assert_eq!(outlook.pairs(), 100);
    assert!(all(&outlook).iter().all(|change| outlook.describe(change).policy == "two"));
}
