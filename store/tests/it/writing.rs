//! What the writer refuses, and files that are there or not at all.

use std::fs;

use arrow_buffer::{BooleanBuffer, OffsetBuffer};
use tempfile::tempdir;
use zhida_model::domain::SubjectKind::{self, Citizen, Enterprise};
use zhida_model::frame::{Column, Dossiers, Frame, Values, World};
use zhida_store::{Layout, SnapshotWriter, StoreError, atomic_write};

use crate::worlds::{catalogue, info, save, world};

/// What is said about a good world after one change.
#[track_caller]
fn refused(kind: SubjectKind, change: impl FnOnce(&mut Frame)) -> String {
    let holds_all = |w: &World| {
        w.dossiers.iter().map(|d| d.chunks[0].columns.iter().flatten().count()).sum::<usize>() == 12
    };
    let mut broken = (0..).map(|seed| world(seed, [6, 8])).find(holds_all).unwrap();
    change(&mut broken.dossiers[kind.index()].chunks[0]);
    let root = tempdir().unwrap();
    let error = save(root.path(), "v1", &broken).unwrap_err().to_string();
    let names = fs::read_dir(root.path().join("snapshots")).unwrap();
    assert_eq!(names.count(), 1, "nothing but the lock is left");
    error
}

fn column<'f>(frame: &'f mut Frame, name: &str) -> &'f mut Column {
    let id = catalogue().field(frame.kind, name).unwrap().id;
    frame.columns[id.index()].as_mut().unwrap()
}

#[test]
fn frames_that_break_the_rules_are_refused() {
    let error = refused(Citizen, |f| {
        let education = column(f, "education");
        (education.known, education.values) = (None, Values::Code(vec![3; 8].into()));
    });
    assert_eq!(
        error,
        "chunk of citizen dossiers from row 0, `education`: code number 3 is outside the catalogue's 3"
    );

    let error = refused(Enterprise, |f| {
        column(f, "annual_revenue").values = Values::Date(vec![3; 6].into())
    });
    assert!(
        error.ends_with("`annual_revenue`: its values are not of the catalogue's type Money"),
        "{error}"
    );

    let error = refused(Enterprise, |f| {
        column(f, "annual_revenue").values = Values::Int(vec![3; 5].into())
    });
    assert!(error.ends_with("`annual_revenue`: it has 5 values, the chunk has 6 rows"), "{error}");

    let error =
        refused(Enterprise, |f| column(f, "annual_revenue").source = Some(vec![2; 6].into()));
    assert!(
        error.ends_with("`annual_revenue`: source number 2 is outside the catalogue's 2"),
        "{error}"
    );

    let error = refused(Citizen, |f| {
        column(f, "local_hukou").known = Some(BooleanBuffer::new_unset(7));
    });
    assert!(
        error.ends_with("`local_hukou`: it has 7 bits of known cells, the chunk has 8 rows"),
        "{error}"
    );

    let error = refused(Enterprise, |f| {
        let (offsets, members) =
            (OffsetBuffer::from_lengths([2, 0, 0, 0, 0, 0]), vec![5, 4].into());
        column(f, "zones").values = Values::Set { offsets, members };
    });
    assert!(error.ends_with("`zones`: the list of row 0 of the chunk is not in order"), "{error}");

    let error = refused(Enterprise, |f| {
        let (offsets, bytes) = (OffsetBuffer::from_lengths([1, 0, 0, 0, 0, 0]), vec![0xff].into());
        column(f, "name").values = Values::Text { offsets, bytes };
    });
    assert!(error.contains("`name`:") && error.contains("UTF"), "{error}");
}

#[test]
fn keys_and_relations_are_checked_against_all_dossiers() {
    let error = refused(Citizen, |f| f.keys = vec![9; 8].into());
    assert!(error.contains("stands for citizen row 0 and for citizen row 1"), "{error}");
    let error = refused(Citizen, |f| {
        let edges = f.relations.iter_mut().flatten().next().unwrap();
        edges.target = edges.target.iter().map(|_| 8).collect();
    });
    assert!(error.ends_with("`@household`: it points at citizen row 8, there are 8"), "{error}");
}

#[test]
fn derived_fields_are_never_stored() {
    let error = refused(Citizen, |f| {
        let copy = column(f, "local_hukou").clone();
        let id = catalogue().field(Citizen, "many_children").unwrap().id;
        f.columns[id.index()] = Some(copy);
    });
    assert!(
        error.ends_with("`many_children`: only stored fields of the same kind belong in a frame"),
        "{error}"
    );
}

#[test]
fn chunks_come_in_order_and_full() {
    let (root, catalogue, world) = (tempdir().unwrap(), catalogue(), world(1, [5, 6]));
    let mut writer = SnapshotWriter::create(root.path(), "v1", &catalogue).unwrap();
    let citizens = world.of(Citizen);
    let early = writer.push(&citizens.chunks[0]).unwrap_err();
    assert!(matches!(early, StoreError::Order { .. }), "{early}");
    writer.begin(Layout::of(&catalogue, citizens), Citizen).unwrap();
    writer.push(&citizens.chunks[0]).unwrap();
    let mut next = citizens.chunks[0].clone();
    next.first = 6;
    let error = writer.push(&next).unwrap_err().to_string();
    assert!(error.contains("it comes after a chunk that was not full"), "{error}");
    let twice = writer.begin(Layout::of(&catalogue, citizens), Citizen).unwrap_err();
    assert!(matches!(twice, StoreError::Order { .. }), "{twice}");
}

#[test]
fn a_layout_that_is_too_narrow_is_named() {
    let (root, catalogue, world) = (tempdir().unwrap(), catalogue(), world(1, [5, 6]));
    let nobody = Dossiers { kind: Citizen, rows: 0, chunks: Vec::new() };
    let mut writer = SnapshotWriter::create(root.path(), "v1", &catalogue).unwrap();
    writer.begin(Layout::of(&catalogue, &nobody), Citizen).unwrap();
    let error = writer.push(&world.of(Citizen).chunks[0]).unwrap_err().to_string();
    assert!(
        error.contains("the layout has no place for its values: begin with a wider one"),
        "{error}"
    );
}

#[test]
fn names_stay_inside_the_snapshot() {
    let (root, catalogue) = (tempdir().unwrap(), catalogue());
    for version in ["", "current", ".v", "a/b", "..", "版本", "a b"] {
        let error = SnapshotWriter::create(root.path(), version, &catalogue).err();
        assert!(matches!(error, Some(StoreError::Name { .. })), "`{version}`");
    }
    let mut writer = SnapshotWriter::create(root.path(), "v1", &catalogue).unwrap();
    writer.add_file("policies/a.yaml", b"").unwrap();
    let bad = [
        "",
        "../a",
        "/a",
        "a//b",
        "policies/a.yaml",
        "manifest.json",
        "SHA256SUMS",
        "keys.arrow",
        "citizen.arrow",
    ];
    for name in bad {
        assert!(matches!(writer.add_file(name, b""), Err(StoreError::Name { .. })), "`{name}`");
    }
    writer.finish(info()).unwrap();
    let taken = SnapshotWriter::create(root.path(), "v1", &catalogue).err();
    assert!(matches!(taken, Some(StoreError::Exists { .. })));
}

#[test]
fn an_atomic_write_replaces_the_whole_file() {
    let root = tempdir().unwrap();
    let path = root.path().join("a.json");
    atomic_write(&path, b"a longer first content").unwrap();
    atomic_write(&path, b"second").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "nothing is left beside it");
    let lost = atomic_write(&root.path().join("none/a.json"), b"x").unwrap_err().to_string();
    assert!(lost.starts_with("cannot create `"), "{lost}");
}
