//! Properties of a whole build: forms of files, point in time, order.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use zhida_model::domain::{KeySecret, SubjectKind};

use super::support::*;
use crate::build::{BuildError, day};

fn full() -> Case {
    let case = Case::new();
    case.table(
        "staff",
        &format!("ID,COUNT,SEEN\n{},5,2026-06-01\n{},6,2026-06-01\n", firm(1), firm(2)),
    );
    case.table(
        "listings",
        &format!("ID,KIND,FROM,TO,FINE,SEEN\n{},A,2020-01-01,,,2026-06-01\n", firm(1)),
    );
    case.table(
        "members",
        &format!("ID,HOME,SEEN\n{},h1,2026-06-01\n{},h1,2026-06-01\n", person(1), person(2)),
    );
    case.table(
        "births",
        &format!("PARENT,CHILD,BORN,SEEN\n{},{},2001-01-01,2026-01-01\n", person(1), person(2)),
    );
    case
}

fn append(case: &Case, table: &str, text: &str) {
    let path = case.dir.path().join(format!("{table}.csv"));
    let mut file = File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn what_is_observed_later_changes_nothing() {
    let before = full();
    before.build();
    let after = full();
    append(
        &after,
        "staff",
        &format!("{},9,2026-06-16\n{},9,2027-01-01\nnonsense,9,2026-06-16\n", firm(1), firm(3)),
    );
    append(&after, "listings", &format!("{},B,2019-01-01,,,2026-06-16\n", firm(2)));
    append(&after, "members", &format!("{},h9,2026-06-16\n", person(1)));
    append(&after, "births", &format!("{},{},2001-01-01,2026-06-16\n", person(3), person(4)));
    append(&after, "firm", &format!("{},后,330106,,2010-05-01,C3911,1,2026-06-16\n", firm(8)));
    append(&after, "person", &format!("{},1980-01-09,330106,2026-06-16\n", person(9)));
    let outcome = after.build();
    assert_eq!(before.product(), after.product());
    assert_eq!(outcome.table("staff").after_cutoff, 3);
    assert_eq!(outcome.rejects("staff"), "");
    let rejects = |case: &Case| std::fs::read(case.out().join("rejects.csv")).unwrap();
    assert_eq!(rejects(&before), rejects(&after));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (one, other) = (full(), full());
    for table in ["firm", "person", "staff", "members"] {
        let path = other.dir.path().join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        std::fs::write(path, lines.join("\n")).unwrap();
    }
    one.build();
    other.build();
    assert_eq!(one.product(), other.product());
}

#[test]
fn threads_do_not_matter() {
    let (one, many) = (full(), full());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| one.build());
    rayon::ThreadPoolBuilder::new().num_threads(7).build().unwrap().install(|| many.build());
    assert_eq!(one.product(), many.product());
}

#[test]
fn gbk_gzip_and_quotes() {
    let case = Case::new();
    let text = format!(
        "ID,YEAR,REVENUE,MARGIN,SEEN,备注\r\n{},2025,\"1,200.5\",5,20260401,\"甲\"\"乙\"\"\n丙\"\r\n",
        firm(1)
    );
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&bytes).unwrap();
    case.file("annual.csv.gz", &gzip.finish().unwrap());
    let outcome = case.build();
    assert_eq!(outcome.rejects("annual"), "");
    assert_eq!(outcome.firm(1, "revenue"), "1200500000");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let case = Case::new();
    case.table("staff", &format!("\u{feff}ID,COUNT,SEEN\n{},5,2026-06-01\n", firm(1)));
    assert_eq!(case.build().firm(1, "employees"), "5");
}

#[test]
fn parquet_with_types_reads_like_csv() {
    let case = Case::new();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("ID", Arc::new(StringArray::from(vec![firm(1), firm(1), firm(2)]))),
        ("KIND", Arc::new(StringArray::from(vec!["A", "A", "B"]))),
        ("FROM", Arc::new(Date32Array::from(vec![day::of(date(2020, 1, 1)); 3]))),
        ("TO", Arc::new(Date32Array::from(vec![None, None, Some(day::of(date(2021, 1, 1)))]))),
        ("FINE", Arc::new(Float64Array::from(vec![1.5, 1.5, 2.0]))),
        ("SEEN", Arc::new(Date32Array::from(vec![day::of(date(2026, 6, 1)); 3]))),
        ("EXTRA", Arc::new(Int64Array::from(vec![1, 1, 2]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = File::create(case.dir.path().join("listings.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let outcome = case.build();
    assert_eq!(outcome.table("listings").duplicates, 1);
    assert_eq!(outcome.firm(1, "blacklists"), "0 2020-01-01–…");
    assert_eq!(outcome.firm(2, "blacklists"), "1 2020-01-01–2021-01-01");
}

#[test]
fn two_forms_of_one_table_are_refused() {
    let case = Case { accept_gaps: true, ..full() };
    case.file("staff.csv.gz", b"");
    let outcome = case.build();
    assert!(outcome.table("staff").findings[0].message.contains("more than one form"));
}

#[test]
fn a_network_address_is_refused() {
    assert!(matches!(
        crate::build::read::refuse_remote("https://example.org/tables".as_ref()),
        Err(crate::build::ReadError::Remote { .. })
    ));
}

#[test]
fn a_build_that_fails_leaves_the_previous_snapshot() {
    let case = full();
    case.build();
    let before = case.product();
    std::fs::remove_file(case.dir.path().join("firm.csv")).unwrap();
    std::fs::remove_file(case.dir.path().join("person.csv")).unwrap();
    let error = case.try_build("v2").unwrap_err();
    assert!(matches!(error, BuildError::Empty { .. }), "{error}");
    assert!(error.to_string().contains("firm.csv"), "{error}");
    assert_eq!(before, case.product());
    assert_eq!(
        std::fs::read_link(case.out().join("snapshots/current")).unwrap().to_str(),
        Some("v1")
    );
}

#[test]
fn a_lost_register_or_table_is_no_basis_unless_accepted() {
    let case = full();
    case.build();
    let before = case.product();
    let persons = std::fs::read(case.dir.path().join("person.csv")).unwrap();
    std::fs::remove_file(case.dir.path().join("person.csv")).unwrap();
    let error = case.try_build("v2").unwrap_err();
    assert!(matches!(&error, BuildError::Empty { kinds, .. } if *kinds == [SubjectKind::Citizen]));
    assert!(error.to_string().contains("--accept-gaps"), "{error}");
    case.file("person.csv", &persons);
    case.file("staff.csv", b"\xff\xfe");
    let error = case.try_build("v2").unwrap_err();
    assert!(
        matches!(&error, BuildError::Unreadable { findings } if findings.len() == 1),
        "{error}"
    );
    assert!(error.to_string().contains("staff"), "{error}");
    assert_eq!(before, case.product());
    let case = Case { accept_gaps: true, ..case };
    case.try_build("v2").unwrap();
}

#[test]
fn another_secret_is_refused_unless_meant() {
    let case = full();
    case.build();
    let before = case.product();
    let case = Case { secret: KeySecret::new(b"quite another secret").unwrap(), ..case };
    let error = case.try_build("v2").unwrap_err();
    assert!(matches!(error, BuildError::OtherKey { .. }), "{error}");
    assert_eq!(before, case.product());
    let case = Case { new_key: true, ..case };
    case.try_build("v2").unwrap();
}

#[test]
fn analysts_find_words_and_reasons_in_parquet() {
    let case = full();
    case.build();
    let open = |name: &str| {
        let file = File::open(case.out().join(name)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let columns: Vec<String> =
            reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows: usize = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        (columns, rows)
    };
    let (columns, rows) = open("dossiers/enterprise.parquet");
    assert_eq!(rows, 3);
    for name in ["subject", "employees", "employees__reason", "blacklists", "zones"] {
        assert!(columns.contains(&name.to_owned()), "{name}");
    }
    assert!(!columns.contains(&"firm_name__reason".to_owned()));
    assert_eq!(open("relations/citizen_household.parquet").1, 4);
    assert_eq!(
        open("relations/citizen_children.parquet").0,
        ["subject", "target", "since", "until"]
    );
    assert!(open("dossiers/citizen.parquet").0.contains(&"children__complete".to_owned()));
}
