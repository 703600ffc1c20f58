//! Files that nobody would write on purpose, in every place a file is read:
//! an answer, never a panic, and the file is named.

use std::{fs, path::Path};

use crate::support::{Run, building, copy, definitions, run, samples};

const POLICY: &str = "childcare-subsidy-2025";

/// Ways to spoil a file.
const WAYS: [&str; 9] = [
    "empty",
    "one newline",
    "NUL bytes",
    "a line of 1 MB",
    "lone quotes",
    "a byte order mark",
    "CRLF",
    "not UTF-8",
    "cut in the middle",
];

fn spoil(bytes: &[u8], way: &str) -> Vec<u8> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let (head, tail) = lines.split_at(lines.len() / 2);
    let between = |inserted: &[u8]| [&head.concat(), inserted, &tail.concat()].concat();
    match way {
        "empty" => Vec::new(),
        "one newline" => b"\n".to_vec(),
        "NUL bytes" => between(b"\0\0\0\n"),
        "a line of 1 MB" => between(&[&[b'x'; 1 << 20][..], b"\n"].concat()),
        "lone quotes" => between(b"\"\n'\n"),
        "a byte order mark" => [b"\xef\xbb\xbf", bytes].concat(),
        "CRLF" => {
            let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
            text.replace('\n', "\r\n").into_bytes()
        }
        "not UTF-8" => between(b"\xff\xfe\x80\n"),
        "cut in the middle" => bytes.iter().copied().take(bytes.len() / 2).collect(),
        other => panic!("no way called {other}"),
    }
}

/// What must still work: the file says the same.
fn harmless(way: &str) -> bool {
    matches!(way, "a byte order mark" | "CRLF")
}

fn definition(file: &str) {
    let dir = tempfile::tempdir().unwrap();
    let at = definitions(dir.path(), &[POLICY]);
    let path = at.join(file);
    let good = fs::read(&path).unwrap();
    let usual = run(["check".as_ref(), "--definitions".as_ref(), at.as_os_str()]).fine();
    for way in WAYS {
        fs::write(&path, spoil(&good, way)).unwrap();
        let run = run(["check".as_ref(), "--definitions".as_ref(), at.as_os_str()]);
        assert!([0, 1].contains(&run.code), "{file}, {way}: {}{}", run.out, run.err);
        if harmless(way) {
            assert_eq!(
                (run.code, &run.out),
                (usual.code, &usual.out),
                "{file}, {way}: {}",
                run.err
            );
        } else if run.code == 1 && way != "cut in the middle" {
            // Half of a table of codes is a table; what misses a code is named instead.
            let name = file.rsplit('/').next().unwrap();
            assert!(run.err.contains(name), "{file}, {way}: not named in {}", run.err);
        }
        assert!(run.err.len() < 200_000, "{file}, {way}: {} bytes of messages", run.err.len());
    }
}

#[test]
fn in_the_catalogue() {
    definition("catalogue.yaml");
}

#[test]
fn in_the_parameters() {
    definition("parameters.yaml");
}

#[test]
fn in_the_regions() {
    definition("regions.csv");
}

#[test]
fn in_the_industries() {
    definition("industries.csv");
}

#[test]
fn in_a_policy() {
    definition(&format!("policies/{POLICY}.yaml"));
}

#[test]
fn in_the_cases() {
    definition(&format!("policies/{POLICY}.cases.yaml"));
}

/// One table in its folder, the registers beside it.
fn table(name: &str) {
    let dir = tempfile::tempdir().unwrap();
    let (tables, data) = (dir.path().join("tables"), dir.path().join("data"));
    copy(&samples().join("tables"), &tables);
    let path = tables.join(name);
    let good = fs::read(&path).unwrap();
    for (number, way) in WAYS.iter().enumerate() {
        fs::write(&path, spoil(&good, way)).unwrap();
        let run = spoilt_build(&tables, &data, &format!("v{number}"));
        assert!([0, 1].contains(&run.code), "{name}, {way}: {}{}", run.out, run.err);
        let stem = name.split('.').next().unwrap();
        if run.code == 1 {
            assert!(run.err.contains(stem), "{name}, {way}: not named in {}", run.err);
        } else {
            let quality = fs::read_to_string(data.join("quality.json")).unwrap();
            assert!(quality.contains(&format!("\"{stem}\"")), "{name}, {way}");
        }
    }
    fs::write(&path, good).unwrap();
    spoilt_build(&tables, &data, "good").fine();
}

fn spoilt_build(tables: &Path, data: &Path, version: &str) -> Run {
    Run::of(&building(tables, data, version).output().unwrap())
}

#[test]
fn in_a_table_of_one_department() {
    table("marriage.csv");
}

#[test]
fn in_a_register() {
    table("population.csv");
}

#[test]
fn in_a_compressed_table() {
    table("household_member.csv.gz");
}

#[test]
fn in_a_parquet_table() {
    table("tech_certificates.parquet");
}

#[test]
fn in_the_key_file() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let key = crate::support::key_file(&data);
    let good = "5a".repeat(32);
    for way in WAYS {
        fs::write(&key, spoil(good.as_bytes(), way)).unwrap();
        let version = way.replace(' ', "-");
        let run = spoilt_build(&samples().join("tables"), &data, &version);
        if run.code == 1 {
            assert!(run.err.contains("data.key"), "{way}: {}", run.err);
        }
        assert!(!run.err.contains(&good), "{way}: the secret was printed");
    }
}
