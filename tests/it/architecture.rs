//! The arrows between the crates, as `ARCHITECTURE.md` draws them: what each
//! may see of ours, and who may see polars.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::support::root;

/// What each package may use of ours, whatever it uses today.
const ALLOWED: [(&str, &[&str]); 6] = [
    ("zhida-model", &[]),
    ("zhida-store", &["zhida-model"]),
    ("zhida-pipeline", &["zhida-model", "zhida-store"]),
    ("zhida-serve", &["zhida-model", "zhida-store"]),
    ("zhida-python", &["zhida-model", "zhida-store", "zhida-pipeline"]),
    ("zhida", &["zhida-model", "zhida-store", "zhida-pipeline", "zhida-serve"]),
];

/// What cargo says of the packages of the workspace in a folder.
fn packages(folder: &str) -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root().join(folder))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Dependencies of every package of ours, the Python package included; those
/// of tests and benches are left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let all = packages("").into_iter().chain(packages("python"));
    let packages = all.map(|package| {
        let uses = package["dependencies"].as_array().unwrap().iter();
        let uses = uses
            .filter(|used| used["kind"].is_null())
            .map(|used| used["name"].as_str().unwrap().to_owned());
        (package["name"].as_str().unwrap().to_owned(), uses.collect())
    });
    packages.collect()
}

/// The versions that packages ask for.
fn versions(packages: &[Value]) -> BTreeMap<&str, &str> {
    let uses = packages.iter().flat_map(|package| package["dependencies"].as_array().unwrap());
    uses.map(|used| (used["name"].as_str().unwrap(), used["req"].as_str().unwrap())).collect()
}

/// The versions that a lock file holds, as lines of name and version.
fn locked(path: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let pair = |pair: &[&str]| {
        (pair[0].starts_with("name = ") && pair[1].starts_with("version = "))
            .then(|| format!("{} {}", pair[0], pair[1]))
    };
    lines.windows(2).filter_map(pair).collect()
}

#[test]
fn the_python_package_uses_what_the_program_uses() {
    let (ours, python) = (packages(""), packages("python"));
    let (ours, python) = (versions(&ours), versions(&python));
    for (name, version) in &python {
        assert_eq!(ours.get(name).unwrap_or(version), version, "{name}");
    }
    let (ours, python) = (locked("Cargo.lock"), locked("python/Cargo.lock"));
    let name = |line: &String| line.split(" version").next().unwrap().to_owned();
    let known: BTreeSet<String> = ours.iter().map(name).collect();
    let other: Vec<&String> =
        python.difference(&ours).filter(|line| known.contains(&name(line))).collect();
    assert!(
        other.is_empty(),
        "python/Cargo.lock has other versions than Cargo.lock: {other:?}; copy it there anew"
    );
}

#[test]
fn every_arrow_between_our_crates_is_allowed() {
    let dependencies = dependencies();
    for (package, allowed) in ALLOWED {
        let uses = &dependencies[package];
        let ours: BTreeSet<&str> =
            uses.iter().map(String::as_str).filter(|name| name.starts_with("zhida")).collect();
        let allowed = allowed.iter().copied().collect();
        assert!(ours.is_subset(&allowed), "{package} uses {ours:?}, it may use {allowed:?}");
    }
}

#[test]
fn every_crate_of_ours_has_its_arrows_written_down() {
    let known: BTreeSet<String> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found: BTreeSet<String> = dependencies().into_keys().collect();
    assert_eq!(found, known);
}

#[test]
fn only_the_pipeline_sees_polars() {
    let seeing: Vec<String> = dependencies()
        .into_iter()
        .filter(|(_, uses)| uses.iter().any(|name| name.starts_with("polars")))
        .map(|(package, _)| package)
        .collect();
    assert!(seeing.iter().all(|package| package == "zhida-pipeline"), "{seeing:?}");
}

#[test]
fn the_library_of_rules_touches_nothing_outside() {
    let outside = ["tokio", "axum", "sqlx", "memmap2", "rand", "getrandom", "parquet", "polars"];
    let uses = &dependencies()["zhida-model"];
    let seen: Vec<&str> = outside.into_iter().filter(|name| uses.contains(*name)).collect();
    assert!(seen.is_empty(), "{seen:?}");
}
