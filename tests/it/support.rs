//! Running the program and reading what it wrote.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use serde_json::Value;

/// The day every test judges, and the cut-off of the committed tables.
pub const DAY: &str = "2026-03-31";

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The committed samples.
pub fn samples() -> PathBuf {
    root().join("data-samples")
}

/// The program, in the checkout, with nothing of the tester's environment.
pub fn zhida() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhida"));
    command.current_dir(root());
    for name in ["ZHIDA_DEFINITIONS", "ZHIDA_STATE", "ZHIDA_KEY_FILE", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    /// Reads the output of a process; a panic or a signal fails the test.
    pub fn of(output: &Output) -> Run {
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked"), "{err}");
        let code = output.status.code();
        Run { code: code.unwrap_or_else(|| panic!("{}: {err}", output.status)), out, err }
    }

    /// Fails unless the run ended well.
    pub fn fine(self) -> Run {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    /// Fails unless it ended with a finding, and stderr has all these words.
    pub fn fails_with(self, words: &[&str]) -> Run {
        assert_eq!(self.code, 1, "{}\n{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in:\n{}", self.err);
        }
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Runs the program to its end.
pub fn run<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Run {
    Run::of(&zhida().args(arguments).output().unwrap())
}

/// A folder of `zhida build` and `zhida match` over the committed tables,
/// made once for all tests that only read it.
pub fn world() -> &'static Path {
    static WORLD: OnceLock<PathBuf> = OnceLock::new();
    WORLD.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("world");
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        fs::create_dir_all(&dir).unwrap();
        build(&samples().join("tables"), &dir, "one").fine();
        matches(&dir).fine();
        dir
    })
}

/// The key file of everything that [`build`] makes beside a folder.
pub fn key_file(data: &Path) -> PathBuf {
    data.with_extension("key")
}

/// Builds a snapshot on [`DAY`], under one secret for all tests.
pub fn build(tables: &Path, out: &Path, version: &str) -> Run {
    Run::of(&building(tables, out, version).output().unwrap())
}

/// The command of [`build`].
pub fn building(tables: &Path, out: &Path, version: &str) -> Command {
    let key = key_file(out);
    if !key.exists() {
        fs::write(&key, "5a".repeat(32)).unwrap();
    }
    let mut command = zhida();
    command.arg("build").arg("--tables").arg(tables).arg("--out").arg(out);
    command.args(["--known-at", DAY, "--snapshot", version, "--key-file"]).arg(key);
    command
}

/// Runs `zhida match` on [`DAY`].
pub fn matches(data: &Path) -> Run {
    run([OsStr::new("match"), "--as-of".as_ref(), DAY.as_ref(), "--data".as_ref(), data.as_ref()])
}

/// The version that `current` points at.
pub fn current(data: &Path) -> String {
    let link = fs::read_link(data.join("snapshots/current")).unwrap();
    link.to_str().unwrap().to_owned()
}

/// Copies a folder with everything in it, links as links.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&path, &target);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), target).unwrap();
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// The definitions with few policies, to be broken. Lines keep their numbers.
pub fn definitions(dir: &Path, policies: &[&str]) -> PathBuf {
    let at = dir.join("definitions");
    fs::create_dir_all(at.join("policies")).unwrap();
    for name in ["catalogue.yaml", "parameters.yaml", "regions.csv", "industries.csv"] {
        fs::copy(samples().join(name), at.join(name)).unwrap();
    }
    for policy in policies {
        for ending in ["yaml", "cases.yaml"] {
            let name = format!("policies/{policy}.{ending}");
            let text = fs::read_to_string(samples().join(&name)).unwrap();
            let lines = text.lines().map(|line| if names_others(line) { "#" } else { line });
            fs::write(at.join(&name), lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
        }
    }
    at
}

/// Whether a line of a policy names other policies, which are not copied.
fn names_others(line: &str) -> bool {
    line.starts_with("stacks: [") || line.starts_with("excludes: [")
}

/// Changes a text file.
pub fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let before = fs::read_to_string(path).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "`{}` was not changed", path.display());
    fs::write(path, after).unwrap();
}

/// The rows of a Parquet file, in order, as JSON.
pub fn rows(path: &Path) -> Vec<BTreeMap<String, Value>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        let row = row.unwrap();
        row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect()
    })
    .collect()
}

fn json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(value) => value.clone().into(),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        other => panic!("a match holds no {other:?}"),
    }
}

/// A value of a row as text; absent as the empty text.
pub fn text<'r>(row: &'r BTreeMap<String, Value>, column: &str) -> &'r str {
    row[column].as_str().unwrap_or_default()
}
