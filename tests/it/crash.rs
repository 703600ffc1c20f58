//! `kill -9` in the middle of a build: the snapshot in force stays usable,
//! and the next build succeeds.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::support::{build, building, current, matches, run, samples};

/// Moments at which the build is killed, in percent of its usual time.
const MOMENTS: [u32; 8] = [3, 15, 30, 50, 65, 80, 90, 97];

#[test]
fn a_killed_build_harms_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, tables) = (dir.path().join("data"), dir.path().join("tables"));
    let out = tables.to_str().unwrap();
    run(["synth", "--out", out, "--enterprises", "600", "--citizens", "3000"]).fine();
    build(&samples().join("tables"), &data, "v0").fine();
    let begun = Instant::now();
    build(&tables, &data, "before").fine();
    let usual = begun.elapsed();
    matches(&data).fine();
    let before = fs::read(data.join("matches.parquet")).unwrap();
    let mut killed = 0;
    for percent in MOMENTS {
        let mut child = building(&tables, &data, &format!("killed-{percent}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(usual * percent / 100);
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            // It was faster than usual: the new snapshot is in force, whole.
            assert_eq!(current(&data), format!("killed-{percent}"));
        } else {
            killed += 1;
        }
        matches(&data).fine();
        assert_eq!(fs::read(data.join("matches.parquet")).unwrap(), before, "{percent}%");
    }
    assert!(killed >= 3, "only {killed} of the builds were killed in time");
    std::thread::sleep(Duration::from_millis(10));
    build(&tables, &data, "after").fine();
    assert_eq!(current(&data), "after");
    matches(&data).fine();
    assert_eq!(fs::read(data.join("matches.parquet")).unwrap(), before);
    let names = fs::read_dir(data.join("snapshots")).unwrap();
    let left: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".partial") || name.ends_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!data.join(".build.partial").exists());
}
