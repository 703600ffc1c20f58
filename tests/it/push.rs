//! `zhida push`: the second run has nothing new, and nobody is pushed twice.

use std::path::Path;

use serde_json::Value;

use crate::support::{DAY, build, copy, current, run, samples, world};

fn push(data: &Path, more: &[&str]) -> Value {
    let base = ["push", "--data", data.to_str().unwrap(), "--as-of", DAY, "--format", "json"];
    run(base.into_iter().chain(more.iter().copied())).fine().json()
}

fn copied(dir: &Path) -> std::path::PathBuf {
    let data = dir.join("data");
    copy(&world().join("snapshots"), &data.join("snapshots"));
    data
}

#[test]
fn what_was_pushed_is_not_pushed_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = copied(dir.path());
    let first = push(&data, &[]);
    assert!(first["created"].as_u64().unwrap() > 500, "{first}");
    let second = push(&data, &[]);
    assert_eq!(second["created"], 0, "{second}");
    assert_eq!(second["withdrawn"], 0, "{second}");
    let out = |count: &str| first[count].as_u64().unwrap();
    assert_eq!(second["unchanged"], out("created") + out("digested"), "{second}");
}

#[test]
fn the_same_tables_in_a_newer_snapshot_are_nothing_new() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    build(&samples().join("tables"), &data, "one").fine();
    push(&data, &[]);
    build(&samples().join("tables"), &data, "two").fine();
    assert_eq!(current(&data), "two");
    let again = push(&data, &[]);
    assert_eq!((&again["created"], &again["withdrawn"]), (&0.into(), &0.into()), "{again}");
}

#[test]
fn a_state_that_cannot_be_opened_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = copied(dir.path());
    let base = ["push", "--data", data.to_str().unwrap(), "--as-of", DAY, "--state"];
    run(base.into_iter().chain(["sqlite:///no/such/folder/state.db"])).fails_with(&[
        "`/no/such/folder/state.db`",
        "no folder `/no/such/folder`",
        "create it",
    ]);
    run(base.into_iter().chain(["mysql://somewhere"])).fails_with(&["sqlite:", "postgres:"]);
    // Nobody can make a file there, not even root.
    run(base.into_iter().chain(["sqlite:///proc/state.db"])).fails_with(&[
        "`/proc/state.db`",
        "cannot be written",
        "--state",
    ]);
}

#[test]
fn a_state_that_is_no_database_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = copied(dir.path());
    let garbage = data.join("state.db");
    std::fs::write(&garbage, "no database at all, ".repeat(400)).unwrap();
    let data = data.to_str().unwrap();
    for command in [
        &["push", "--data", data, "--as-of", DAY][..],
        &["serve", "--data", data, "--bind", "127.0.0.1:0"],
    ] {
        let begun = std::time::Instant::now();
        run(command).fails_with(&["state.db", "no SQLite database", "move it away"]);
        assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
    }
}

#[test]
fn without_a_snapshot_no_state_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().to_str().unwrap();
    let nowhere = dir.path().join("nosuch");
    for data in [empty, nowhere.to_str().unwrap()] {
        run(["push", "--data", data]).fails_with(&[data, "holds no snapshot", "zhida build"]);
        run(["serve", "--data", data, "--bind", "127.0.0.1:0"]).fails_with(&[
            data,
            "holds no snapshot",
            "zhida build",
        ]);
    }
    assert!(!dir.path().join("state.db").exists());
}
