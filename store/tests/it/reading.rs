//! Finding a snapshot, and reading it with another catalogue than its own.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::tempdir;
use zhida_model::domain::SubjectKind;
use zhida_model::frame::Values;
use zhida_store::{Snapshot, StoreError, activate, versions};

use crate::worlds::{CATALOGUE, assert_same, catalogue, catalogue_of, save, world};

#[test]
fn the_root_its_snapshots_and_a_version_all_open() {
    let root = tempdir().unwrap();
    let written = world(1, [4, 5]);
    let dir = save(root.path(), "v1", &written).unwrap();
    for path in
        [root.path(), &root.path().join("snapshots"), &root.path().join("snapshots/current"), &dir]
    {
        let snapshot = Snapshot::open(path, &catalogue()).unwrap();
        assert_eq!(snapshot.dir(), dir.canonicalize().unwrap());
    }
    for path in [root.path().join("nowhere"), root.path().join("snapshots/v1/policies")] {
        let error = Snapshot::open(&path, &catalogue()).unwrap_err().to_string();
        assert!(error.contains("holds no snapshot: run `zhida build` first"), "{error}");
    }
}

#[test]
fn going_back_is_one_step() {
    let root = tempdir().unwrap();
    let old = world(1, [4, 5]);
    save(root.path(), "v1", &old).unwrap();
    let opened = Snapshot::open(root.path(), &catalogue()).unwrap();
    save(root.path(), "v2", &world(2, [4, 5])).unwrap();
    assert_eq!(versions(root.path()).unwrap(), ["v1", "v2"]);
    assert_same(&old, &opened.world().unwrap());
    activate(root.path(), "v1").unwrap();
    assert_eq!(Snapshot::manifest_of(root.path()).unwrap().version, "v1");
    assert!(matches!(activate(root.path(), "v3"), Err(StoreError::NoSnapshot { .. })));
    assert!(matches!(activate(root.path(), "../v1"), Err(StoreError::Name { .. })));
}

/// While one thread swaps, others open: each finds one whole snapshot.
#[test]
fn a_reader_never_sees_half_a_swap() {
    let root = tempdir().unwrap();
    let worlds = [world(1, [30, 40]), world(2, [50, 20])];
    for (world, version) in worlds.iter().zip(["v1", "v2"]) {
        save(root.path(), version, world).unwrap();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = || {
            let (mut seen, catalogue) = ([false; 2], catalogue());
            while !done.load(Ordering::Relaxed) {
                let snapshot = Snapshot::open(root.path(), &catalogue).unwrap();
                let which = usize::from(snapshot.manifest().version == "v2");
                assert_eq!(
                    snapshot.rows(SubjectKind::Citizen),
                    worlds[which].of(SubjectKind::Citizen).rows
                );
                snapshot.world().unwrap();
                seen[which] = true;
            }
            seen
        };
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        for turn in 0..300 {
            activate(root.path(), ["v1", "v2"][turn % 2]).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        readers.into_iter().for_each(|reader| assert!(reader.join().unwrap().contains(&true)));
    });
}

/// What opening says after the catalogue has changed.
#[track_caller]
fn changed(from: &str, to: &str) -> Option<String> {
    let root = tempdir().unwrap();
    let written = (0..).map(|seed| world(seed, [4, 5])).find(|world| {
        world.dossiers.iter().map(|d| d.chunks[0].columns.iter().flatten().count()).sum::<usize>()
            == 12
    });
    save(root.path(), "v1", &written.unwrap()).unwrap();
    assert_eq!(CATALOGUE.matches(from).count(), 1, "`{from}` must occur once");
    let other = catalogue_of(&CATALOGUE.replace(from, to));
    Snapshot::open(root.path(), &other).err().map(|error| error.to_string())
}

#[test]
fn harmless_changes_of_the_catalogue_are_let_through() {
    assert_eq!(changed("label: 子女数", "label: 子女人数"), None);
    let appended = "{ code: startup_loan, label: 创业贷款 }\n    - { code: new, label: 新 }";
    assert_eq!(changed("{ code: startup_loan, label: 创业贷款 }", appended), None);
}

#[test]
fn changes_that_would_change_the_meaning_are_refused() {
    let swapped =
        "{ code: bachelor, label: 本科, rank: 60 }\n    - { code: master, label: 硕士, rank: 70 }";
    let error = changed(
        "{ code: master, label: 硕士, rank: 70 }\n    - { code: bachelor, label: 本科, rank: 60 }",
        swapped,
    );
    let error = error.unwrap();
    assert!(error.contains("column `education` of"), "{error}");
    assert!(
        error.contains("its codes: stored as `master,bachelor,other`, now `bachelor,master,other`"),
        "{error}"
    );

    let error = changed(
        "label: 研发费用占比\n    subject: enterprise\n    type: decimal",
        "label: 研发费用占比\n    subject: enterprise\n    type: money",
    )
    .unwrap();
    assert!(error.contains("its type: stored as `decimal`, now `money`"), "{error}");

    let error = changed(
        "label: 出生日期\n    subject: citizen\n    type: date",
        "label: 出生日期\n    subject: citizen\n    type: text",
    )
    .unwrap();
    assert!(error.contains("it is stored as Date32, not Utf8"), "{error}");

    let error = changed("set_of: zones", "set_of: industries").unwrap();
    assert!(error.contains("its members: stored as `zones`, now `industries`"), "{error}");

    let error = changed("name: local_hukou", "name: hukou_here").unwrap();
    assert!(error.contains("column `local_hukou"), "{error}");
    assert!(error.contains("the catalogue has no such field"), "{error}");
}

#[test]
fn buffers_are_those_of_the_mapped_file() {
    let root = tempdir().unwrap();
    let dir = save(root.path(), "v1", &world(1, [400, 500])).unwrap();
    let snapshot = Snapshot::open(&dir, &catalogue()).unwrap();
    let length = fs::metadata(dir.join("citizen.arrow")).unwrap().len() as usize;
    let frame = snapshot.frame(SubjectKind::Citizen, 0).unwrap();
    let mut starts = Vec::new();
    for column in frame.columns.iter().flatten() {
        match &column.values {
            Values::Int(values) => starts.push(values.inner().as_ptr() as usize),
            Values::Date(values) => starts.push(values.inner().as_ptr() as usize),
            Values::Code(values) => starts.push(values.inner().as_ptr() as usize),
            Values::Bool(values) => starts.push(values.inner().as_ptr() as usize),
            Values::Facts(facts) => starts.push(facts.amount.inner().as_ptr() as usize),
            _ => {}
        }
        starts.extend(column.known.as_ref().map(|known| known.inner().as_ptr() as usize));
    }
    assert!(starts.len() > 5);
    let (low, high) = (starts.iter().min().unwrap(), starts.iter().max().unwrap());
    assert!(high - low < length, "all lie in one mapping");
    assert!(starts.iter().all(|start| start % 64 == 0), "all are aligned for wide vectors");
}
