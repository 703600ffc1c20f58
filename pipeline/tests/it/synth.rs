//! Invented tables through the whole of `build`: the ledger of planted faults
//! is held against what is found, and clean tables must come out clean.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use zhida_model::catalogue::{Catalogue, read};
use zhida_model::domain::{IndustryTable, KeySecret, RegionTable};
use zhida_pipeline::build::{BuildOptions, BuildReport, build};
use zhida_pipeline::synth::{Format, SynthError, SynthOptions, SynthReport, synth};

const KNOWN_AT: Date = date(2026, 3, 31);

struct Tables {
    catalogue: Catalogue,
    regions: RegionTable,
    industries: IndustryTable,
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples")
}

fn tables() -> Tables {
    let text = |name: &str| fs::read_to_string(samples().join(name)).unwrap();
    Tables {
        catalogue: read("catalogue.yaml", &text("catalogue.yaml"))
            .unwrap_or_else(|findings| panic!("{findings:#?}")),
        regions: RegionTable::from_csv(&text("regions.csv")).unwrap(),
        industries: IndustryTable::from_csv(&text("industries.csv")).unwrap(),
    }
}

#[derive(Clone, Copy)]
struct Size {
    seed: u64,
    enterprises: u64,
    citizens: u64,
    format: Format,
    rate: f64,
    threads: usize,
}

const SMALL: Size = Size {
    seed: 7,
    enterprises: 60,
    citizens: 301,
    format: Format::Mixed,
    rate: 0.005,
    threads: 2,
};

fn make(tables: &Tables, out: &Path, size: Size) -> SynthReport {
    try_make(tables, out, size).unwrap()
}

fn try_make(tables: &Tables, out: &Path, size: Size) -> Result<SynthReport, SynthError> {
    synth(&SynthOptions {
        seed: size.seed,
        enterprises: size.enterprises,
        citizens: size.citizens,
        known_at: KNOWN_AT,
        format: size.format,
        out: out.to_owned(),
        fault_rate: size.rate,
        threads: size.threads,
        catalogue: &tables.catalogue,
        regions: &tables.regions,
        industries: &tables.industries,
        progress: &|_| {},
    })
}

fn built(tables: &Tables, dir: &Path) -> BuildReport {
    let secret = KeySecret::new(b"a secret for tests only").unwrap();
    let report = build(&BuildOptions {
        tables: dir.to_owned(),
        out: dir.join("out"),
        catalogue: &tables.catalogue,
        regions: &tables.regions,
        industries: &tables.industries,
        known_at: KNOWN_AT,
        secret: &secret,
        accept_gaps: false,
        new_key: false,
        version: "v1".to_owned(),
        rule_set_hash: "none".to_owned(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        created_by: "tests".to_owned(),
        files: Vec::new(),
        progress: &|_| {},
    });
    report.unwrap()
}

fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect()
}

/// What a build found, by table and kind, in the words of the ledger.
fn found(report: &BuildReport, periodic: &BTreeSet<String>) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for table in &report.tables {
        let mut add = |kind: &str, count: usize| {
            if count > 0 {
                counts.insert((table.table.clone(), kind.to_owned()), count as u64);
            }
        };
        add("after_cutoff", table.after_cutoff);
        add("duplicate", table.duplicates);
        add("superseded", table.superseded);
        add("disputed", table.disputed);
        add("missing_column", table.missing_columns);
        // Older periods and events were naturally observed long ago.
        if !periodic.contains(&table.table) {
            add("stale", table.stale);
        }
        for (kind, count) in table.repairs.iter().chain(&table.rejects) {
            add(kind, *count);
        }
    }
    counts
}

fn planted(report: &SynthReport) -> BTreeMap<(String, String), u64> {
    let tables = report.faults.iter();
    tables
        .flat_map(|(table, kinds)| {
            kinds.iter().map(|(kind, count)| ((table.clone(), (*kind).to_owned()), *count))
        })
        .collect()
}

fn periodic(tables: &Tables) -> BTreeSet<String> {
    let dated = tables.catalogue.tables().iter().filter(|table| table.entry.event_on.is_some());
    dated.map(|table| table.entry.name.clone()).collect()
}

/// Fails with the differences alone.
fn assert_same(left: &BTreeMap<(String, String), u64>, right: &BTreeMap<(String, String), u64>) {
    let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let differing = keys.into_iter().filter(|key| left.get(key) != right.get(key));
    let lines: Vec<String> = differing
        .map(|key| format!("{key:?}: planted {:?}, found {:?}", left.get(key), right.get(key)))
        .collect();
    assert!(lines.is_empty(), "{} differences\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn a_build_finds_exactly_what_was_planted() {
    let tables = tables();
    let dir = tempfile::tempdir().unwrap();
    let made = make(
        &tables,
        dir.path(),
        Size { seed: 2026, enterprises: 300, citizens: 1_500, rate: 0.01, ..SMALL },
    );
    let report = built(&tables, dir.path());
    assert_same(&planted(&made), &found(&report, &periodic(&tables)));
    let kinds: BTreeSet<&str> =
        made.faults.values().flat_map(|kinds| kinds.keys().copied()).collect();
    assert_eq!(kinds.len(), 19, "{kinds:?}");
    assert_eq!(report.dossiers.values().sum::<usize>(), 1_800);
}

#[test]
fn tables_without_planted_faults_are_clean() {
    let tables = tables();
    let dir = tempfile::tempdir().unwrap();
    let made =
        make(&tables, dir.path(), Size { enterprises: 300, citizens: 1_500, rate: 0.0, ..SMALL });
    let report = built(&tables, dir.path());
    assert_same(&planted(&made), &found(&report, &periodic(&tables)));
    for table in &report.tables {
        assert_eq!(table.rows as u64, made.rows[&table.table], "{}", table.table);
    }
    assert!(made.empty_fields.is_empty(), "no model of {:?}", made.empty_fields);
    // Rare things may be missing from so few, common ones may not.
    let known: usize = report.fields.iter().filter(|field| field.known > 0).count();
    let never: Vec<&str> = report
        .fields
        .iter()
        .filter(|field| field.known == 0)
        .map(|field| field.field.as_str())
        .collect();
    let empty: Vec<&str> = report
        .tables
        .iter()
        .filter(|table| table.rows == 0)
        .map(|table| table.table.as_str())
        .collect();
    assert!(empty.is_empty(), "tables without rows: {empty:?}");
    assert!(known * 100 >= report.fields.len() * 97, "never known: {never:?}");
    let thin: Vec<&str> = report
        .relations
        .iter()
        .filter(|list| list.edges == 0)
        .map(|list| list.relation.as_str())
        .collect();
    assert!(thin.is_empty(), "relations without members: {thin:?}");
}

#[test]
fn the_same_options_give_the_same_bytes_on_any_number_of_threads() {
    let tables = tables();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    make(&tables, one.path(), Size { threads: 1, ..SMALL });
    make(&tables, two.path(), SMALL);
    assert_eq!(content(one.path()), content(two.path()));
    let other = tempfile::tempdir().unwrap();
    make(&tables, other.path(), Size { seed: 8, ..SMALL });
    assert_ne!(content(one.path()), content(other.path()));
}

#[test]
fn every_form_of_file_holds_the_same_dossiers() {
    let tables = tables();
    let known = [Format::Csv, Format::Parquet].map(|format| {
        let dir = tempfile::tempdir().unwrap();
        make(&tables, dir.path(), Size { format, rate: 0.0, ..SMALL });
        let report = built(&tables, dir.path());
        report.fields.iter().map(|field| (field.field.clone(), field.known)).collect::<Vec<_>>()
    });
    assert_eq!(known[0], known[1]);
}

/// The tables in `data-samples/tables` are those of seed 2026; set
/// `ZHIDA_BLESS=1` to write them anew after a change of the generator.
#[test]
fn the_sample_tables_are_what_the_generator_makes() {
    let tables = tables();
    let dir = tempfile::tempdir().unwrap();
    make(&tables, dir.path(), Size { seed: 2026, enterprises: 300, citizens: 1_500, ..SMALL });
    let (made, kept) = (content(dir.path()), samples().join("tables"));
    if std::env::var_os("ZHIDA_BLESS").is_some() {
        fs::create_dir_all(&kept).unwrap();
        for (name, bytes) in content(&kept)
            .keys()
            .map(|name| (name, None))
            .chain(made.iter().map(|(name, bytes)| (name, Some(bytes))))
        {
            match bytes {
                Some(bytes) => fs::write(kept.join(name), bytes).unwrap(),
                None => fs::remove_file(kept.join(name)).unwrap(),
            }
        }
    }
    // How tightly gzip packs depends on how the library was built.
    let (made, kept) = (unpacked(made), unpacked(content(&kept)));
    let differing: Vec<&String> =
        made.keys().chain(kept.keys()).filter(|name| made.get(*name) != kept.get(*name)).collect();
    assert!(
        differing.is_empty(),
        "run with ZHIDA_BLESS=1, then look at the difference: {differing:?}"
    );
}

/// The files with what gzip packed unpacked.
fn unpacked(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let unpack = |(name, bytes): (String, Vec<u8>)| {
        if !name.ends_with(".gz") {
            return (name, bytes);
        }
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
        (name, plain)
    };
    files.into_iter().map(unpack).collect()
}

#[test]
fn a_table_that_somebody_put_there_is_not_replaced() {
    let tables = tables();
    let dir = tempfile::tempdir().unwrap();
    make(&tables, dir.path(), SMALL);
    // Made here before: may be made again.
    make(&tables, dir.path(), SMALL);
    let foreign = tempfile::tempdir().unwrap();
    let path = foreign.path().join("population.csv");
    fs::write(&path, "my own").unwrap();
    let error = try_make(&tables, foreign.path(), SMALL).unwrap_err();
    assert!(error.to_string().contains("population.csv"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "my own");
    assert_eq!(fs::read_dir(foreign.path()).unwrap().count(), 1);
}
