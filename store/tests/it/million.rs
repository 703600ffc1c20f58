//! A million citizens with a hundred columns. Run by hand:
//! `cargo test -p zhida-store -- --ignored --nocapture million`.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use tempfile::tempdir;
use zhida_model::domain::SubjectKind;
use zhida_model::frame::{CHUNK_ROWS, Dossiers, Frame};
use zhida_store::{Layout, Snapshot, SnapshotWriter};

use crate::worlds::{CATALOGUE, catalogue_of, info, world};

const ROWS: usize = 1_000_000;

#[test]
#[ignore = "takes a gigabyte of disk"]
fn a_million_citizens_open_at_once() {
    let catalogue = catalogue_of(&wide());
    // One random chunk, repeated with other keys and into the further columns.
    let small = world(5, [0, CHUNK_ROWS]);
    let template = &small.of(SubjectKind::Citizen).chunks[0];
    let held: Vec<_> = template.columns.iter().flatten().cloned().collect();
    let mut columns = vec![None; catalogue.fields().len()];
    for field in catalogue.fields_of(SubjectKind::Citizen).filter(|f| f.derived.is_none()) {
        let plain = field.name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
        let same = crate::worlds::catalogue().field(SubjectKind::Citizen, plain).map(|f| f.id);
        columns[field.id.index()] = same.and_then(|id| template.column(id)).cloned();
    }
    println!("{} columns, {} of them random", columns.iter().flatten().count(), held.len());
    let chunk = |first: usize| Frame {
        first: first as u32,
        keys: (0..CHUNK_ROWS)
            .map(|row| {
                ((first + row) as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            })
            .collect(),
        columns: columns.clone(),
        ..template.clone()
    };
    let root = tempdir().unwrap();
    let mut timer = Timer(Instant::now());
    let mut writer = SnapshotWriter::create(root.path(), "v1", &catalogue).unwrap();
    let sample = Dossiers { kind: SubjectKind::Citizen, rows: CHUNK_ROWS, chunks: vec![chunk(0)] };
    writer.begin(Layout::of(&catalogue, &sample), SubjectKind::Citizen).unwrap();
    (0..ROWS).step_by(CHUNK_ROWS).for_each(|first| writer.push(&chunk(first)).unwrap());
    let dir = writer.finish(info()).unwrap();
    timer.lap("write");
    println!("{} MB", std::fs::metadata(dir.join("citizen.arrow")).unwrap().len() >> 20);
    let snapshot = Snapshot::open(root.path(), &catalogue).unwrap();
    let opened = timer.lap("open");
    snapshot.frame(SubjectKind::Citizen, 3).unwrap();
    timer.lap("first touch of one chunk");
    let world = snapshot.world().unwrap();
    timer.lap("world, every chunk verified");
    snapshot.world().unwrap();
    timer.lap("world, again");
    assert!(snapshot.find(world.of(SubjectKind::Citizen).chunks[7].key(9)).unwrap().is_some());
    timer.lap("first find");
    (0..1000).for_each(|row| {
        assert!(snapshot.find(world.of(SubjectKind::Citizen).chunks[7].key(row)).unwrap().is_some())
    });
    timer.lap("a thousand finds");
    assert!(opened < Duration::from_millis(200), "opening took {opened:?}");
}

struct Timer(Instant);

impl Timer {
    fn lap(&mut self, what: &str) -> Duration {
        let took = self.0.elapsed();
        println!("{what}: {took:?}");
        self.0 = Instant::now();
        took
    }
}

/// The small catalogue with each citizen field twenty times.
fn wide() -> String {
    let (head, tail) = CATALOGUE.split_once("relations:\n").unwrap();
    let mut text = head.to_owned();
    for field in
        ["children_count:int", "local_hukou:bool", "birth_date:date", "hukou_region:region"]
    {
        let (name, kind) = field.split_once(':').unwrap();
        let map = if kind == "bool" { ", map: { 是: \"true\", 否: \"false\" }" } else { "" };
        for copy in 1..=24 {
            writeln!(text, "  - {{ name: {name}_{copy}, label: 字段, subject: citizen, type: {kind}, sources: [{{ table: resident, column: 列{copy}{map} }}] }}").unwrap();
        }
    }
    text + "relations:\n" + tail
}
