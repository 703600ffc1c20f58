//! A damaged snapshot is refused by everything that reads it, with what to do.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

use crate::support::{DAY, Run, copy, rows, run, text, world};

/// A copy of the snapshot in force, to be damaged.
fn copied(dir: &Path) -> (PathBuf, PathBuf) {
    let data = dir.join("data");
    copy(&world().join("snapshots"), &data.join("snapshots"));
    let snapshot = data.join("snapshots/one");
    (data, snapshot)
}

fn everybody_asks(data: &Path) -> Vec<(&'static str, Run)> {
    let found = rows(&world().join("best.parquet"));
    let citizen = found.iter().find(|row| text(row, "kind") == "citizen").unwrap();
    let data = data.to_str().unwrap();
    let key = text(citizen, "subject");
    vec![
        ("match", run(["match", "--data", data, "--as-of", DAY])),
        ("explain", run(["explain", key, "minimum-living", "--data", data, "--as-of", DAY])),
        ("push", run(["push", "--data", data, "--as-of", DAY])),
        ("serve", run(["serve", "--data", data, "--bind", "127.0.0.1:0"])),
    ]
}

#[test]
fn a_truncated_file_is_refused_by_every_command() {
    let names = [
        "citizen.arrow",
        "enterprise.arrow",
        "keys.arrow",
        "catalogue.yaml",
        "regions.csv",
        "parameters.yaml",
        "policies/minimum-living-2014.yaml",
        "manifest.json",
    ];
    for name in names {
        let dir = tempfile::tempdir().unwrap();
        let (data, snapshot) = copied(dir.path());
        let path = snapshot.join(name);
        let length = fs::metadata(&path).unwrap().len();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
        for (command, run) in everybody_asks(&data) {
            assert_eq!(run.code, 1, "{command} with half of {name}: {}{}", run.out, run.err);
            let file = name.rsplit('/').next().unwrap();
            assert!(run.err.contains(file), "{command} does not name {name}: {}", run.err);
            assert!(run.err.contains("zhida build"), "{command}: {}", run.err);
        }
        assert!(!data.join("matches.parquet").exists(), "{name}");
    }
}

#[test]
fn a_file_that_is_gone_is_refused() {
    for name in
        ["citizen.arrow", "keys.arrow", "policies/minimum-living-2014.yaml", "manifest.json"]
    {
        let dir = tempfile::tempdir().unwrap();
        let (data, snapshot) = copied(dir.path());
        fs::remove_file(snapshot.join(name)).unwrap();
        for (command, run) in everybody_asks(&data) {
            assert_eq!(run.code, 1, "{command} without {name}: {}{}", run.out, run.err);
            assert!(run.err.contains("zhida build"), "{command} without {name}: {}", run.err);
            let named = format!("{name}` is missing");
            assert_eq!(run.err.matches(&named).count(), 1, "{command}: {}", run.err);
        }
    }
}

#[test]
fn a_flipped_bit_is_found_before_it_decides_anything() {
    let dir = tempfile::tempdir().unwrap();
    let (data, snapshot) = copied(dir.path());
    let path = snapshot.join("citizen.arrow");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    let run = run(["match", "--data", data.to_str().unwrap(), "--as-of", DAY]);
    run.fails_with(&["citizen.arrow", "checksum", "zhida build"]);
    assert!(!data.join("matches.parquet").exists());
}

#[test]
fn a_link_to_nowhere_is_no_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let (data, snapshot) = copied(dir.path());
    fs::remove_dir_all(snapshot).unwrap();
    for (command, run) in everybody_asks(&data) {
        assert_eq!(run.code, 1, "{command}");
        assert!(run.err.contains("holds no snapshot"), "{command}: {}", run.err);
    }
}
