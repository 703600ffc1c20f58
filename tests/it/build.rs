//! `zhida build`: what it counts equals what was planted, and a build that
//! fails leaves the snapshot in force as it was.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

use crate::support::{DAY, Run, build, building, copy, current, matches, run, samples, world};

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn counts(value: &Value) -> BTreeMap<String, u64> {
    let map = value.as_object().unwrap().iter();
    map.map(|(kind, count)| (kind.clone(), count.as_u64().unwrap())).collect()
}

/// Faults that make `build` reject a row or cell; the others are counted elsewhere.
const REJECTED: [&str; 11] = [
    "bad_check_digit",
    "bad_length",
    "bad_character",
    "bad_birth_date",
    "orphan",
    "orphan_member",
    "impossible_date",
    "unknown_code",
    "out_of_range",
    "malformed",
    "bad_encoding",
];

#[test]
fn the_quality_report_equals_the_ledger_table_by_table() {
    let quality = json(&world().join("quality.json"));
    let ledger = json(&samples().join("tables/ledger.json"));
    let mut planted_all = 0;
    for table in quality["tables"].as_array().unwrap() {
        let name = table["table"].as_str().unwrap();
        let planted = ledger["totals"].get(name).map(counts).unwrap_or_default();
        planted_all += planted.values().sum::<u64>();
        let of = |kind: &str| planted.get(kind).copied().unwrap_or(0);
        let rejected: BTreeMap<String, u64> = planted
            .iter()
            .filter(|(kind, _)| REJECTED.contains(&kind.as_str()))
            .map(|(kind, count)| (kind.clone(), *count))
            .collect();
        assert_eq!(counts(&table["rejects"]), rejected, "{name}");
        let repairs: u64 = counts(&table["repairs"]).values().sum();
        assert_eq!(repairs, of("fifteen_digit_id") + of("full_width"), "{name}");
        for (column, kind) in [
            ("after_cutoff", "after_cutoff"),
            ("duplicates", "duplicate"),
            ("superseded", "superseded"),
            ("disputed", "disputed"),
            ("missing_columns", "missing_column"),
        ] {
            assert_eq!(table[column], of(kind), "{name}: {kind}");
        }
    }
    assert!(planted_all > 1_000, "only {planted_all} faults were planted");
}

#[test]
fn the_list_of_rejects_names_row_reason_and_remedy_but_no_number() {
    let text = fs::read_to_string(world().join("rejects.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("table,row,subject,field,column,reason,value,owner,remedy"));
    for line in lines {
        let cells: Vec<&str> = line.splitn(9, ',').collect();
        assert_eq!(cells.len(), 9, "{line}");
        assert!(cells[1].parse::<u64>().is_ok_and(|row| row > 0), "{line}");
        assert!(cells.iter().all(|cell| !is_number_of_somebody(cell)), "{line}");
        assert!(!cells[8].is_empty(), "{line}");
    }
}

fn is_number_of_somebody(cell: &str) -> bool {
    cell.len() == 18 && cell.bytes().take(17).all(|byte| byte.is_ascii_digit())
}

/// A folder with a snapshot in force, and what its matches were.
fn in_force() -> (tempfile::TempDir, std::path::PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    build(&samples().join("tables"), &data, "before").fine();
    matches(&data).fine();
    let before = fs::read(data.join("matches.parquet")).unwrap();
    (dir, data, before)
}

fn still_in_force(data: &Path, before: &[u8]) {
    assert_eq!(current(data), "before");
    fs::remove_file(data.join("matches.parquet")).unwrap();
    matches(data).fine();
    assert_eq!(fs::read(data.join("matches.parquet")).unwrap(), before);
}

#[test]
fn tables_that_are_not_there_leave_the_snapshot_in_force() {
    let (dir, data, before) = in_force();
    let nowhere = dir.path().join("nowhere");
    build(&nowhere, &data, "after").fails_with(&["market_entity"]);
    still_in_force(&data, &before);
    fs::create_dir(&nowhere).unwrap();
    build(&nowhere, &data, "after").fails_with(&["population"]);
    still_in_force(&data, &before);
}

#[test]
fn a_version_is_never_written_twice() {
    let (_dir, data, before) = in_force();
    build(&samples().join("tables"), &data, "before").fails_with(&["before", "choose another"]);
    still_in_force(&data, &before);
    build(&samples().join("tables"), &data, "../after").fails_with(&["../after"]);
    still_in_force(&data, &before);
}

#[test]
fn a_full_disk_leaves_the_snapshot_in_force() {
    let (_dir, data, before) = in_force();
    // Blocks of 512 bytes: enough for small files, not for the large ones.
    for blocks in [1, 64, 600, 2_000] {
        let build = building(&samples().join("tables"), &data, "after");
        let mut limited = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        limited.current_dir(crate::support::root()).args(["-c", &script, "sh"]);
        limited.arg(build.get_program()).args(build.get_args());
        let run = Run::of(&limited.output().unwrap());
        run.fails_with(&["cannot"]);
        still_in_force(&data, &before);
    }
    build(&samples().join("tables"), &data, "after").fine();
    assert_eq!(current(&data), "after");
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("taken");
    fs::write(&file, "").unwrap();
    build(&samples().join("tables"), &file, "one").fails_with(&["taken"]);
    let key = dir.path().join("key.hex");
    fs::write(&key, "5a".repeat(32)).unwrap();
    let key = key.to_str().unwrap();
    run(["build", "--out", "/proc/zhida", "--known-at", DAY, "--key-file", key])
        .fails_with(&["/proc/zhida"]);
}

#[test]
fn definitions_with_errors_are_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let at = crate::support::definitions(dir.path(), &["childcare-subsidy-2025"]);
    crate::support::edit(&at.join("policies/childcare-subsidy-2025.yaml"), |text| {
        text.replace("lawful_birth", "lawful_birt")
    });
    let data = dir.path().join("data");
    let mut command = building(&samples().join("tables"), &data, "one");
    let output = command.arg("--definitions").arg(&at).output().unwrap();
    Run::of(&output).fails_with(&["lawful_birt", "zhida check"]);
    assert!(!data.exists());
}

#[test]
fn the_key_file_is_made_for_its_owner_alone_and_a_bad_one_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (data, key) = (dir.path().join("data"), dir.path().join("secrets/key.hex"));
    let arguments = |key: &Path| {
        let tables = samples().join("tables");
        ["build", "--known-at", DAY, "--snapshot", "one"]
            .map(std::ffi::OsString::from)
            .into_iter()
            .chain(["--tables".into(), tables.into(), "--out".into(), data.clone().into()])
            .chain(["--key-file".into(), key.into()])
            .collect::<Vec<std::ffi::OsString>>()
    };
    run(arguments(&key)).fine();
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let bad = dir.path().join("bad.hex");
    fs::write(&bad, "not a key").unwrap();
    run(arguments(&bad)).fails_with(&["bad.hex", "hex digits"]);
}

#[test]
fn the_secret_does_not_lie_among_the_dossiers() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("data");
    let key = out.join("key.hex");
    let tables = samples().join("tables");
    let paths = [("--tables", &tables), ("--out", &out), ("--key-file", &key)];
    let paths = paths.iter().flat_map(|(flag, path)| [(*flag).as_ref(), path.as_os_str()]);
    let fixed = ["build", "--known-at", DAY].map(std::ffi::OsStr::new);
    run(fixed.into_iter().chain(paths)).fails_with(&["inside the output"]);
    assert!(!key.exists());
}

#[test]
fn a_broken_table_stops_the_build_unless_gaps_are_accepted() {
    let (dir, data, before) = in_force();
    let tables = dir.path().join("tables");
    copy(&samples().join("tables"), &tables);
    let broken = tables.join("patents.csv");
    assert!(broken.exists());
    fs::write(&broken, b"\xff\xfe\x00").unwrap();
    build(&tables, &data, "after").fails_with(&["patents", "--accept-gaps"]);
    still_in_force(&data, &before);
    let mut command = building(&tables, &data, "after");
    let run = Run::of(&command.arg("--accept-gaps").output().unwrap()).fine();
    assert!(run.err.contains("cannot be read"), "{}", run.err);
}
