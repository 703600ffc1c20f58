//! What is written comes back, whatever it is.

use tempfile::tempdir;
use zhida_model::domain::{SubjectKey, SubjectKind};
use zhida_model::frame::{CHUNK_ROWS, World};
use zhida_store::{Layout, Snapshot, SnapshotWriter};

use crate::worlds::{CATALOGUE, assert_same, catalogue, info, save, world};

#[test]
fn random_worlds_come_back() {
    let root = tempdir().unwrap();
    for seed in 0..40 {
        let rows = [seed as usize * 7 % 90, seed as usize * 13 % 200];
        let written = world(seed, rows);
        let dir = save(root.path(), &format!("v{seed}"), &written).unwrap();
        let snapshot = Snapshot::open(&dir, &catalogue()).unwrap();
        snapshot.verify().unwrap();
        assert_same(&written, &snapshot.world().unwrap());
    }
}

#[test]
fn several_chunks_come_back() {
    let root = tempdir().unwrap();
    let written = world(1, [CHUNK_ROWS, CHUNK_ROWS + 1000]);
    save(root.path(), "v1", &written).unwrap();
    let snapshot = Snapshot::open(root.path(), &catalogue()).unwrap();
    assert_eq!(SubjectKind::ALL.map(|kind| snapshot.chunks(kind)), [1, 2]);
    assert_same(&written, &snapshot.world().unwrap());
    snapshot.verify().unwrap();
}

#[test]
fn a_wider_layout_holds_the_same() {
    let (root, catalogue) = (tempdir().unwrap(), catalogue());
    let written: World = (0..).map(|seed| world(seed, [50, 80])).find(holds_everything).unwrap();
    let mut writer = SnapshotWriter::create(root.path(), "wide", &catalogue).unwrap();
    for dossiers in &written.dossiers {
        writer.begin(Layout::full(&catalogue, dossiers.kind), dossiers.kind).unwrap();
        dossiers.chunks.iter().for_each(|chunk| writer.push(chunk).unwrap());
    }
    writer.finish(info()).unwrap();
    let snapshot = Snapshot::open(root.path(), &catalogue).unwrap();
    assert_same(&written, &snapshot.world().unwrap());
}

fn holds_everything(world: &World) -> bool {
    let kinds = world.dossiers.iter().map(|d| d.chunks[0].columns.iter().flatten().count());
    kinds.sum::<usize>() == 12
}

#[test]
fn every_key_leads_to_its_dossier() {
    let root = tempdir().unwrap();
    let written = world(3, [CHUNK_ROWS / 2, CHUNK_ROWS]);
    save(root.path(), "v1", &written).unwrap();
    let snapshot = Snapshot::open(root.path(), &catalogue()).unwrap();
    for frame in written.dossiers.iter().flat_map(|dossiers| &dossiers.chunks) {
        for row in (0..frame.rows).step_by(7) {
            let found = snapshot.find(frame.key(row)).unwrap();
            assert_eq!(found, Some((frame.kind, frame.first + row as u32)));
        }
    }
    for absent in [[0; 16], [0xff; 16], *b"0123456789abcdef"] {
        assert_eq!(snapshot.find(SubjectKey::from_bytes(absent)).unwrap(), None);
    }
}

#[test]
fn nobody_at_all_is_a_snapshot_too() {
    let root = tempdir().unwrap();
    save(root.path(), "v1", &world(0, [0, 0])).unwrap();
    let snapshot = Snapshot::open(root.path(), &catalogue()).unwrap();
    snapshot.verify().unwrap();
    let world = snapshot.world().unwrap();
    assert!(world.dossiers.iter().all(|dossiers| dossiers.rows == 0 && dossiers.chunks.is_empty()));
    assert_eq!(snapshot.find(SubjectKey::from_bytes([7; 16])).unwrap(), None);
}

#[test]
fn a_kind_that_was_never_begun_is_empty() {
    let (root, catalogue) = (tempdir().unwrap(), catalogue());
    let writer = SnapshotWriter::create(root.path(), "v1", &catalogue).unwrap();
    let dir = writer.finish(info()).unwrap();
    let snapshot = Snapshot::open(&dir, &catalogue).unwrap();
    assert_eq!(SubjectKind::ALL.map(|kind| snapshot.rows(kind)), [0, 0]);
}

#[test]
fn added_files_come_back() {
    let root = tempdir().unwrap();
    save(root.path(), "v1", &world(5, [3, 4])).unwrap();
    assert_eq!(Snapshot::file_of(root.path(), "catalogue.yaml").unwrap(), CATALOGUE.as_bytes());
    let snapshot = Snapshot::open(root.path(), &catalogue()).unwrap();
    let policies: Vec<&str> = snapshot.files("policies/").collect();
    assert_eq!(policies, ["policies/empty.yaml", "policies/tech-sme-2023.yaml"]);
    assert_eq!(snapshot.file("policies/empty.yaml").unwrap(), b"");
    let manifest = snapshot.manifest();
    assert_eq!(manifest.known_at, info().known_at);
    assert_eq!(manifest.rule_set_hash, "5e1f");
    assert_eq!(manifest.catalogue_version, "2026.1");
    assert_eq!(Snapshot::manifest_of(root.path()).unwrap(), *manifest);
    let missing = snapshot.file("policies/none.yaml").unwrap_err().to_string();
    assert!(missing.contains("holds no file `policies/none.yaml`"), "{missing}");
}

#[test]
fn the_same_world_makes_the_same_bytes() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    for root in [&first, &second] {
        save(root.path(), "v1", &world(11, [60, 70])).unwrap();
    }
    let manifest = |root: &tempfile::TempDir| Snapshot::manifest_of(root.path()).unwrap();
    assert_eq!(manifest(&first), manifest(&second));
}

#[test]
fn the_checksums_are_those_of_sha256sum() {
    let root = tempdir().unwrap();
    let dir = save(root.path(), "v1", &world(2, [20, 20])).unwrap();
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "SHA256SUMS"])
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
