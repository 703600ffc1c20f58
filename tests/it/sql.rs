//! `zhida sql`: both dialects, for every policy of the day.

use crate::support::{DAY, run};

#[test]
fn both_dialects_are_printed() {
    let base = ["sql", "tech-sme", "--as-of", DAY];
    let duckdb = run(base).fine().out;
    let spark = run(base.into_iter().chain(["--dialect", "spark"])).fine().out;
    for text in [&duckdb, &spark] {
        assert!(text.contains("SELECT") && text.contains("CASE"), "{text}");
    }
    assert_ne!(duckdb, spark);
    assert_eq!(duckdb, run(base).fine().out);
}

#[test]
fn a_version_can_be_chosen_and_an_unknown_policy_is_refused() {
    let of = |version: &str| {
        run(["sql", "small-scale-vat", "--version", version, "--as-of", DAY]).fine().out
    };
    assert_ne!(of("2023"), of("2026"));
    run(["sql", "no-such-policy", "--as-of", DAY]).fails_with(&["no-such-policy", "--version"]);
}
