//! `zhida build`: dossiers and a snapshot from departments' tables.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};
use zhida_model::{domain::KeySecret, rules::program::Source};
use zhida_pipeline::build::{BuildError, BuildOptions, BuildReport, Progress, build};

use crate::{
    input::{self, Definitions, FILES},
    output::{self, Format},
};

/// Arguments of `zhida build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder with the departments' tables
    #[arg(long, value_name = "DIR", default_value = "data-samples/tables")]
    pub tables: PathBuf,
    /// Folder that receives dossiers/, relations/, rejects.csv, quality.json and snapshots/
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Data cut-off: rows observed later are left out
    #[arg(long)]
    pub known_at: Date,
    /// File with the secret behind subject keys; made on first use, keep it outside the output
    #[arg(long, value_name = "FILE", env = "ZHIDA_KEY_FILE")]
    pub key_file: PathBuf,
    /// Name of the snapshot; made from the cut-off and the time by default
    #[arg(long)]
    pub snapshot: Option<String>,
    /// Go on where a table cannot be read or a register holds nobody: what they tell is unknown
    #[arg(long)]
    pub accept_gaps: bool,
    /// Change the secret behind subject keys: everybody gets a new key
    #[arg(long)]
    pub new_key: bool,
    #[command(flatten)]
    pub definitions: Definitions,
    /// How to print the quality report
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let report = execute(arguments)?;
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => output::say(&report.to_table()),
    }
    Ok(true)
}

/// Builds and tells what it found.
pub fn execute(arguments: &Arguments) -> Result<BuildReport> {
    let (reference, _) = arguments.definitions.require_program()?;
    if std::path::absolute(&arguments.key_file)?.starts_with(std::path::absolute(&arguments.out)?) {
        bail!(
            "the key file `{}` lies inside the output: whoever copies the dossiers would have the \
             secret behind their keys; keep it elsewhere",
            arguments.key_file.display()
        );
    }
    let secret = key(&arguments.key_file)?;
    let files = files(&arguments.definitions)?;
    let now = Timestamp::now();
    let version = arguments
        .snapshot
        .clone()
        .unwrap_or_else(|| format!("{}-{}", arguments.known_at, now.strftime("%Y%m%d%H%M%S%3f")));
    let bar = output::progress(reference.catalogue.tables().len() as u64, "build");
    let report = build(&BuildOptions {
        tables: arguments.tables.clone(),
        out: arguments.out.clone(),
        catalogue: &reference.catalogue,
        regions: &reference.regions,
        industries: &reference.industries,
        known_at: arguments.known_at,
        secret: &secret,
        accept_gaps: arguments.accept_gaps,
        new_key: arguments.new_key,
        version,
        rule_set_hash: rule_set_hash(&files),
        created_at: now,
        created_by: concat!("zhida ", env!("CARGO_PKG_VERSION")).to_owned(),
        files,
        progress: &|progress| match progress {
            Progress::Table { name, number, .. } => {
                bar.set_position(number as u64);
                bar.set_message(name);
            }
            Progress::Writing => bar.set_message("writing"),
            Progress::Done => bar.set_message("done"),
        },
    })
    .map_err(|error| match error {
        BuildError::OtherKey { .. } => anyhow::Error::new(error)
            .context(format!("`{}` is not the key in force", arguments.key_file.display())),
        other => other.into(),
    })?;
    bar.finish_and_clear();
    note_gaps(&report);
    Ok(report)
}

/// Says on stderr which tables the dossiers lack.
fn note_gaps(report: &BuildReport) {
    for (code, what) in [("unreadable_table", "cannot be read"), ("missing_table", "are not there")]
    {
        let tables: Vec<&str> = report
            .tables
            .iter()
            .filter(|table| table.findings.iter().any(|finding| finding.code == code))
            .map(|table| table.table.as_str())
            .collect();
        if !tables.is_empty() {
            output::warn(&format!(
                "note: {} of {} tables {what}, what they tell is unknown: {}",
                tables.len(),
                report.tables.len(),
                tables.join(", ")
            ));
        }
    }
}

/// The definition files that fix what a snapshot means.
pub fn files(definitions: &Definitions) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for name in FILES {
        let text = input::text(&definitions.definitions.join(name))?;
        files.push((name.to_owned(), text.into_bytes()));
    }
    let policies: Vec<Source> = input::policies(&[definitions.definitions.join("policies")])?;
    for policy in policies {
        let name = Path::new(&policy.name)
            .file_name()
            .context("a policy file has no name")?
            .to_string_lossy()
            .into_owned();
        files.push((format!("policies/{name}"), policy.text.into_bytes()));
    }
    Ok(files)
}

/// Hash of names and contents of everything that decides a verdict.
fn rule_set_hash(files: &[(String, Vec<u8>)]) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the secret, or makes one that only the owner can read.
pub fn key(path: &Path) -> Result<KeySecret> {
    if !path.exists() {
        make_key(path).with_context(|| format!("cannot make the key file `{}`", path.display()))?;
        output::warn(&format!(
            "note: made the key file `{}`; keep it apart from the snapshots",
            path.display()
        ));
    }
    let text = input::text(path)?;
    KeySecret::from_hex(text.trim())
        .with_context(|| format!("`{}` holds no key: 32 or more hex digits", path.display()))
}

fn make_key(path: &Path) -> std::io::Result<()> {
    use std::{
        fs::OpenOptions,
        io::{Read, Write},
        os::unix::fs::OpenOptionsExt,
    };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut random = [0_u8; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    for byte in random {
        write!(file, "{byte:02x}")?;
    }
    writeln!(file)?;
    file.sync_all()
}
