//! Broken snapshots: an error that says what is broken, never a panic, never
//! a wrong dossier.

use std::fs;
use std::path::{Path, PathBuf};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use tempfile::{TempDir, tempdir};
use zhida_model::domain::SubjectKind;
use zhida_store::{Manifest, Snapshot, StoreError};

use crate::worlds::{catalogue, save, world};

fn saved() -> (TempDir, PathBuf) {
    let root = tempdir().unwrap();
    let dir = save(root.path(), "v1", &world(8, [40, 60])).unwrap();
    (root, dir)
}

fn all_files(dir: &Path) -> Vec<PathBuf> {
    let manifest = Snapshot::manifest_of(dir).unwrap();
    let names = manifest.files.iter().map(|file| dir.join(&file.name));
    names.chain(["manifest.json", "SHA256SUMS"].map(|name| dir.join(name))).collect()
}

/// Opens and verifies everything.
fn check(dir: &Path) -> Result<(), StoreError> {
    Snapshot::open(dir, &catalogue())?.verify()
}

/// Places that matter: all of the ends, and every so many in between.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(move |&at| at < 24 || at + 64 > length || at % 97 == 0)
}

#[test]
fn no_flipped_byte_goes_unnoticed() {
    let (_root, dir) = saved();
    check(&dir).unwrap();
    for path in all_files(&dir) {
        let whole = fs::read(&path).unwrap();
        for at in places(whole.len()) {
            let mut broken = whole.clone();
            broken[at] ^= 1 << (at % 8);
            fs::write(&path, &broken).unwrap();
            assert!(check(&dir).is_err(), "byte {at} of {}", path.display());
        }
        fs::write(&path, &whole).unwrap();
    }
    check(&dir).unwrap();
}

#[test]
fn no_cut_or_padded_file_goes_unnoticed() {
    let (_root, dir) = saved();
    for path in all_files(&dir) {
        let whole = fs::read(&path).unwrap();
        for length in places(whole.len()) {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(check(&dir).is_err(), "{} cut to {length} bytes", path.display());
        }
        fs::write(&path, [&whole[..], b"\n"].concat()).unwrap();
        assert!(check(&dir).is_err(), "{} padded", path.display());
        fs::remove_file(&path).unwrap();
        assert!(check(&dir).is_err(), "{} removed", path.display());
        fs::write(&path, &whole).unwrap();
    }
    check(&dir).unwrap();
}

#[test]
fn a_broken_chunk_is_found_when_it_is_touched_and_the_others_are_read() {
    let (root, dir) = saved();
    let catalogue = catalogue();
    let path = dir.join("citizen.arrow");
    let mut bytes = fs::read(&path).unwrap();
    let manifest = Snapshot::manifest_of(&dir).unwrap();
    let batch = &manifest.file("citizen.arrow").unwrap().batches[0];
    bytes[(batch.offset + batch.bytes / 2) as usize] ^= 4;
    fs::write(&path, bytes).unwrap();
    save(root.path(), "v2", &world(9, [1, 1])).unwrap();
    let snapshot = Snapshot::open(&dir, &catalogue).unwrap();
    snapshot.frame(SubjectKind::Enterprise, 0).unwrap();
    let current = root.path().canonicalize().unwrap().join("snapshots/current");
    for _ in 0..2 {
        let error = snapshot.frame(SubjectKind::Citizen, 0).unwrap_err().to_string();
        assert!(error.starts_with("chunk 0 of `"), "{error}");
        assert!(error.contains("citizen.arrow"), "{error}");
        assert!(error.contains("run `zhida build` again"), "{error}");
        let back = format!("`ln -sfn v2 '{}'`", current.display());
        assert!(error.contains(&back), "how to use the one that is still there: {error}");
    }
    assert!(matches!(snapshot.world(), Err(StoreError::Checksum { .. })));
}

#[test]
fn a_broken_index_is_found_without_looking_a_key_up() {
    let (_root, dir) = saved();
    let path = dir.join("keys.arrow");
    let mut bytes = fs::read(&path).unwrap();
    let manifest = Snapshot::manifest_of(&dir).unwrap();
    let batch = &manifest.file("keys.arrow").unwrap().batches[0];
    bytes[(batch.offset + batch.bytes / 2) as usize] ^= 4;
    fs::write(&path, bytes).unwrap();
    let snapshot = Snapshot::open(&dir, &catalogue()).unwrap();
    snapshot.world().unwrap();
    let error = snapshot.verify_keys().unwrap_err();
    assert!(error.is_damage());
    assert!(error.to_string().contains("keys.arrow"), "{error}");
}

#[test]
fn a_file_that_is_gone_is_named_once_with_what_to_do() {
    for name in ["keys.arrow", "citizen.arrow", "SHA256SUMS"] {
        let (_root, dir) = saved();
        fs::remove_file(dir.join(name)).unwrap();
        let error = check(&dir).unwrap_err();
        assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
        assert!(error.is_damage());
        let error = error.to_string();
        assert!(error.contains(&format!("{name}` is missing")), "{error}");
        assert!(error.contains("run `zhida build` again"), "{error}");
    }
}

#[test]
fn another_format_version_is_named() {
    let (_root, dir) = saved();
    let path = dir.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"format_version\": 1", "\"format_version\": 7", 1)).unwrap();
    let error = check(&dir).unwrap_err();
    assert!(matches!(error, StoreError::FormatVersion { found: 7, expected: 1, .. }), "{error}");
}

/// Changes bytes and then all the checksums that cover them: whoever does
/// that may get wrong dossiers, but no panic and no reading out of bounds.
#[test]
fn forged_files_do_not_panic() {
    let (_root, dir) = saved();
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for name in ["enterprise.arrow", "citizen.arrow", "keys.arrow"] {
        let whole = fs::read(dir.join(name)).unwrap();
        let good = Snapshot::manifest_of(&dir).unwrap();
        let batch = &good.file(name).unwrap().batches[0];
        // Mostly the message before the body, where the lengths and offsets are.
        let (start, end) = (batch.offset as usize, (batch.offset + batch.bytes) as usize);
        for round in 0..600 {
            let mut bytes = whole.clone();
            for _ in 0..random.random_range(1..4) {
                let at = match round % 3 {
                    0 => random.random_range(start..end),
                    1 => random.random_range(start..end.min(start + 3000)),
                    _ => random.random_range(end..bytes.len()),
                };
                bytes[at] = if random.random_bool(0.5) { 0xff } else { random.next_u32() as u8 };
            }
            fs::write(dir.join(name), &bytes).unwrap();
            reseal(&dir, good.clone(), name, &bytes);
            let _ = Snapshot::open(&dir, &catalogue()).map(|snapshot| {
                let _ = snapshot.world();
                let _ = snapshot.verify();
            });
        }
        fs::write(dir.join(name), &whole).unwrap();
        reseal(&dir, good, name, &whole);
        check(&dir).unwrap();
    }
}

fn reseal(dir: &Path, mut manifest: Manifest, name: &str, bytes: &[u8]) {
    let entry = manifest.files.iter_mut().find(|file| file.name == name).unwrap();
    let mut outside = Vec::new();
    let mut from = 0;
    for batch in &mut entry.batches {
        let (start, end) = (batch.offset as usize, (batch.offset + batch.bytes) as usize);
        outside.extend(&bytes[from..start]);
        batch.sha256 = sha256(&bytes[start..end]);
        from = end;
    }
    outside.extend(&bytes[from..]);
    entry.outside_sha256 = Some(sha256(&outside));
    entry.sha256 = sha256(bytes);
    let json = serde_json::to_vec_pretty(&manifest).unwrap();
    let files = manifest.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name));
    let sums: String = files.chain([format!("{}  manifest.json\n", sha256(&json))]).collect();
    fs::write(dir.join("manifest.json"), json).unwrap();
    fs::write(dir.join("SHA256SUMS"), sums).unwrap();
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
