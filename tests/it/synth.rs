//! `zhida synth`: the same seed gives the same bytes, another gives others.

use std::{collections::BTreeMap, fs, path::Path};

use crate::support::{Run, run};

fn synth(out: &Path, seed: &str) -> Run {
    let size = ["--enterprises", "40", "--citizens", "200", "--format", "json", "--seed", seed];
    let place = ["synth", "--out", out.to_str().unwrap()];
    run(place.into_iter().chain(size))
}

fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect()
}

#[test]
fn the_seed_decides_every_byte() {
    let dir = tempfile::tempdir().unwrap();
    let [one, two, other] = ["one", "two", "other"].map(|name| dir.path().join(name));
    let first = synth(&one, "7").fine();
    synth(&two, "7").fine();
    synth(&other, "8").fine();
    assert_eq!(content(&one), content(&two));
    assert_ne!(content(&one), content(&other));
    let ledger: serde_json::Value =
        serde_json::from_slice(&fs::read(one.join("ledger.json")).unwrap()).unwrap();
    assert_eq!(ledger["totals"], first.json()["faults"]);
}

#[test]
fn wishes_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    run(["synth", "--out", out, "--fault-rate", "0.5"]).fails_with(&["--fault-rate", "0.05"]);
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    run(["synth".as_ref(), "--out".as_ref(), file.as_os_str()]).fails_with(&["file"]);
}
