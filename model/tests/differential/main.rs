//! The proof that the back ends agree: random catalogues, dossiers full of
//! gaps, and random policies in the rule language go through the whole front
//! end; every condition and every verdict is compared with SQL run by DuckDB,
//! and with the columnar engine (`columnar.rs`). What lies ahead is compared
//! with every single day (`upcoming.rs`).
//!
//! A failure names its seed, the policy, the condition and the dossier.
//! `ZHIDA_SEEDS=7,8` runs those seeds alone. Another test damages the SQL in
//! many ways and expects the comparison to notice each.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where its own scene is unsound"
)]

mod columnar;
mod draw;
mod engine;
mod expression;
mod office;
mod policies;
mod proofs;
mod reference;
mod samples;
mod scene;
mod tally;
mod upcoming;
mod world;

use std::path::Path;

use zhida_model::rules::sql::Dialect;

use crate::{
    scene::{Scene, Verdicts, differences},
    tally::Tally,
};

/// Worlds compared; each has some 90 000 pairs of a condition and a subject.
const SEEDS: u64 = 16;

/// Dossiers in each.
const ROWS: usize = 400;

#[test]
fn scalar_equals_sql_on_a_million_pairs() {
    let Some(python) = engine::python(Dialect::DuckDb) else { return };
    let chosen = seeds();
    let all = chosen.is_none();
    let seeds = chosen.unwrap_or_else(|| (1..=SEEDS).collect());
    let mut tally = Tally::default();
    for seed in seeds {
        compare(&Scene::draw(seed, ROWS), &python, Dialect::DuckDb, &mut tally);
    }
    eprintln!("{tally}");
    if all {
        assert!(tally.pairs >= 1_000_000, "only {} pairs were compared", tally.pairs);
        assert_eq!(tally.seldom(), Vec::<String>::new(), "these hardly ever came up");
    }
}

/// Spark takes minutes for what DuckDB does in a second, and needs Java: it is
/// asked only where `ZHIDA_SPARK` is set, and pyspark installed.
#[test]
fn scalar_equals_spark() {
    if std::env::var_os("ZHIDA_SPARK").is_none() {
        engine::say("skipped: Spark is compared only where `ZHIDA_SPARK` is set");
        return;
    }
    let Some(python) = engine::python(Dialect::Spark) else { return };
    let mut tally = Tally::default();
    for seed in seeds().unwrap_or(vec![3, 4]) {
        compare(&Scene::draw(seed, ROWS), &python, Dialect::Spark, &mut tally);
    }
    eprintln!("{tally}");
    assert!(tally.pairs > 0, "nothing was compared");
}

/// The seeds asked for, if any.
fn seeds() -> Option<Vec<u64>> {
    let list = std::env::var("ZHIDA_SEEDS").ok()?;
    Some(list.split(',').map(|seed| seed.parse().expect("a number")).collect())
}

/// Every row of every policy, one by one.
fn compare(scene: &Scene, python: &Path, dialect: Dialect, tally: &mut Tally) {
    let dated = scene.dated();
    let queries = scene.queries(&dated, dialect);
    let answers = engine::run(python, dialect, &scene.tables, &queries)
        .unwrap_or_else(|error| panic!("seed {}: {error}", scene.seed));
    for query in &queries {
        tally.query(&query.sql);
    }
    for (policy, answer) in scene.program.policies.iter().zip(&answers) {
        let expected = scene.expected(&dated, policy);
        let mut missing = answer.rows.keys().filter(|key| !expected.contains_key(*key));
        assert_eq!(missing.next(), None, "seed {}: a row too many in {}", scene.seed, answer.name);
        for (key, expected) in &expected {
            let found = answer.rows.get(key);
            if found != Some(expected) {
                panic!("{}", scene.explain(policy, key, expected, found, &queries));
            }
            tally.row(expected);
        }
    }
    tally.atoms(scene, &dated);
}

/// Damage to the SQL: what stands there, and what is put in its place.
const DAMAGE: [(&str, &str); 26] = [
    ("x.\"from\" IS NULL OR ", ""),
    ("x.\"to\" IS NULL OR ", ""),
    ("(e.since IS NULL OR ", "("),
    ("(e.until IS NULL OR ", "("),
    (" e.until >= ", " e.until > "),
    (" e.since <= ", " e.since < "),
    ("(ue.since IS NULL OR ", "("),
    (" ue.until >= ", " ue.until > "),
    ("TRY(", "("),
    ("NULLIF(abs(", "NULLIF(("),
    (", 0) > ", ", -1) > "),
    (".open, 0) = 0", ".open, 0) >= 0"),
    ("__complete AND", "__complete IS NOT NULL AND"),
    ("__reason IS NULL", "__reason IS NOT NULL OR TRUE"),
    (" > DATE", " >= DATE"),
    ("to_months(", "to_days(30 * "),
    (" LIKE '", " = '"),
    (" BETWEEN ", " NOT BETWEEN "),
    ("IS NOT DISTINCT FROM", "="),
    ("CAST(NULL AS BOOLEAN)", "FALSE"),
    (" < 0 THEN 1 ELSE", " < 0 THEN 0 ELSE"),
    ("AND x.amount IS NULL", "AND FALSE"),
    ("< DATE '99", "IS NOT NULL OR DATE '0001-01-01' < DATE '99"),
    ("> 0 THEN TRUE", "> 1 THEN TRUE"),
    ("ELSE 'unknown'", "ELSE 'likely'"),
    (" * 1000000 AS", " * 999999 AS"),
];

#[test]
fn every_damage_to_the_sql_is_noticed() {
    let Some(python) = engine::python(Dialect::DuckDb) else { return };
    let mut open: Vec<(&str, &str)> = DAMAGE.to_vec();
    for seed in 1..=SEEDS {
        if open.is_empty() {
            return;
        }
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        let queries = scene.queries(&dated, Dialect::DuckDb);
        let expected: Vec<Verdicts> =
            scene.program.policies.iter().map(|policy| scene.expected(&dated, policy)).collect();
        open.retain(|(from, to)| {
            let damaged: Vec<_> = queries
                .iter()
                .zip(&expected)
                .filter(|(query, _)| query.sql.contains(from))
                .map(|(query, expected)| (query.with(query.sql.replace(from, to)), expected))
                .collect();
            let (damaged, expected): (Vec<_>, Vec<_>) = damaged.into_iter().unzip();
            !damaged.is_empty() && {
                match engine::run(&python, Dialect::DuckDb, &scene.tables, &damaged) {
                    Ok(answers) => differences(&answers, &expected) == 0,
                    // Damage that DuckDB itself refuses is noticed too, but it
                    // must be its arithmetic that fails, not its grammar.
                    Err(error) => {
                        assert!(error.contains("Out of Range"), "`{from}` -> `{to}`: {error}");
                        false
                    }
                }
            } || damaged.is_empty()
        });
    }
    assert!(open.is_empty(), "nobody noticed {open:?}");
}
