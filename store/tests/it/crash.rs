//! A writer that dies: by a signal in the middle of a write, by a full disk,
//! by an abort between two steps. The snapshot in force stays in force.
//!
//! The writer runs in a process of its own: this test binary, started again.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;
use zhida_store::{Snapshot, SnapshotWriter, StoreError, versions};

use crate::worlds::{CATALOGUE, assert_same, catalogue, info, save, world};

const ROOT: &str = "ZHIDA_TEST_CRASH_ROOT";
const STEP: &str = "ZHIDA_TEST_CRASH_STEP";

/// Not a test by itself: what the other process does.
#[test]
fn the_other_process() {
    let Some(root) = std::env::var_os(ROOT) else { return };
    let step = std::env::var(STEP).unwrap_or_default();
    let die_at = |here: &str| {
        if step == here {
            std::process::abort()
        }
    };
    let catalogue = catalogue();
    let world = world(2, [300, 400]);
    let mut writer = SnapshotWriter::create(Path::new(&root), "v2", &catalogue).unwrap();
    die_at("created");
    writer.add_file("catalogue.yaml", CATALOGUE.as_bytes()).unwrap();
    die_at("file");
    writer.write(&world).unwrap();
    die_at("tables");
    writer.finish(info()).unwrap();
    die_at("finished");
}

/// Runs the other process; `limit` is a shell command before it starts.
fn run(root: &Path, step: &str, limit: &str) -> bool {
    let program = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("{limit} exec \"$0\" --exact crash::the_other_process"))
        .arg(program)
        .env(ROOT, root)
        .env(STEP, step)
        .output()
        .unwrap();
    output.status.success()
}

/// `v1` is in force and whole, and the next writer clears up and succeeds.
fn unharmed(root: &Path, round: usize) {
    let snapshot = Snapshot::open(root, &catalogue()).unwrap();
    assert_eq!(snapshot.manifest().version, "v1");
    snapshot.verify().unwrap();
    assert_same(&world(1, [30, 40]), &snapshot.world().unwrap());
    assert_eq!(versions(root).unwrap(), ["v1"]);
    let next = format!("next{round}");
    let dir = save(root, &next, &world(3, [5, 5])).unwrap();
    let hidden = |name: &String| name.starts_with('.') && name != ".lock";
    let names = fs::read_dir(root.join("snapshots")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(hidden).collect::<Vec<_>>(), Vec::<String>::new());
    fs::remove_dir_all(dir).unwrap();
    zhida_store::activate(root, "v1").unwrap();
}

#[test]
fn death_between_steps() {
    let root = tempdir().unwrap();
    save(root.path(), "v1", &world(1, [30, 40])).unwrap();
    for (round, step) in ["created", "file", "tables"].iter().enumerate() {
        assert!(!run(root.path(), step, ""), "it dies at `{step}`");
        assert!(root.path().join("snapshots/.v2.partial").is_dir(), "it leaves something behind");
        unharmed(root.path(), round);
    }
    assert!(!run(root.path(), "finished", ""));
    assert_eq!(Snapshot::manifest_of(root.path()).unwrap().version, "v2", "it was finished");
}

/// No file may grow past a limit: the signal comes in the middle of a write.
#[test]
fn death_in_the_middle_of_a_write() {
    let root = tempdir().unwrap();
    save(root.path(), "v1", &world(1, [30, 40])).unwrap();
    for blocks in [0, 1, 3, 8, 20, 50] {
        assert!(!run(root.path(), "", &format!("ulimit -f {blocks};")), "{blocks} blocks");
        unharmed(root.path(), blocks);
    }
    assert!(run(root.path(), "", ""), "without a limit it succeeds");
}

/// The same without the signal: the write fails as on a full disk.
#[test]
fn a_full_disk() {
    let root = tempdir().unwrap();
    save(root.path(), "v1", &world(1, [30, 40])).unwrap();
    for blocks in [0, 1, 3, 8, 20, 50] {
        let limit = format!("trap '' XFSZ; ulimit -f {blocks};");
        assert!(!run(root.path(), "", &limit), "{blocks} blocks");
        assert!(!root.path().join("snapshots/.v2.partial").exists(), "it clears up by itself");
        unharmed(root.path(), blocks);
    }
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let (root, catalogue) = (tempdir().unwrap(), catalogue());
    save(root.path(), "v1", &world(1, [30, 40])).unwrap();
    let mut writer = SnapshotWriter::create(root.path(), "v2", &catalogue).unwrap();
    writer.write(&world(2, [10, 10])).unwrap();
    let busy = SnapshotWriter::create(root.path(), "v3", &catalogue).err();
    assert!(matches!(busy, Some(StoreError::Busy { .. })), "one writer at a time");
    drop(writer);
    assert!(!root.path().join("snapshots/.v2.partial").exists());
    unharmed(root.path(), 0);
}
