//! An opened snapshot with the rules it was built with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use zhida_model::{
    catalogue,
    diagnostic::Severity,
    domain::{IndustryTable, KeySecret, RegionTable, SubjectKey, SubjectKind},
    frame::World,
    policy::Parameters,
    reference::Reference,
    rules::program::{Program, Source},
};
use zhida_store::Snapshot;

use crate::{input, output};

/// A snapshot in memory.
pub struct Opened {
    /// The store.
    pub snapshot: Snapshot,
    /// What it was built against.
    pub reference: Reference,
    /// Its policies.
    pub program: Program,
    /// The dossiers.
    pub world: World,
    /// Data cut-off.
    pub known_at: Date,
}

/// Which policies are judged.
#[derive(Debug, Clone, clap::Args)]
pub struct From {
    /// Folder that holds snapshots/, as written by `zhida build`
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Policies to judge instead of those the snapshot was built with
    #[arg(long, value_name = "DIR")]
    pub policies: Option<PathBuf>,
    /// The day judged; today by default, never before the data cut-off
    #[arg(long)]
    pub as_of: Option<Date>,
}

impl From {
    /// Opens the current snapshot.
    pub fn open(&self) -> Result<Opened> {
        let root = &self.data;
        let text = |name: &str| -> Result<String> {
            let bytes = Snapshot::file_of(root, name)?;
            String::from_utf8(bytes)
                .with_context(|| format!("`{name}` of the snapshot is not UTF-8"))
        };
        let regions = RegionTable::from_csv(&text("regions.csv")?)?;
        let industries = IndustryTable::from_csv(&text("industries.csv")?)?;
        let catalogue = match catalogue::read("catalogue.yaml", &text("catalogue.yaml")?) {
            Ok(catalogue) => catalogue,
            Err(findings) => {
                output::diagnostics(&findings);
                bail!("the snapshot's catalogue cannot be read by this version: build again");
            }
        };
        let parameters = text("parameters.yaml")?;
        let parameters =
            match Parameters::read("parameters.yaml", &parameters, &catalogue, &regions) {
                Ok(parameters) => parameters,
                Err(findings) => {
                    output::diagnostics(&findings);
                    bail!("the snapshot's parameters cannot be read by this version: build again");
                }
            };
        let snapshot = Snapshot::open(root, &catalogue)?;
        let reference = Reference { catalogue, regions, industries, parameters };
        let sources = match &self.policies {
            Some(path) => input::policies(std::slice::from_ref(path))?,
            None => own_policies(&snapshot)?,
        };
        let (program, findings) = Program::compile(&sources, &reference);
        output::diagnostics(&findings);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            bail!("the policies have errors: correct them, or build again");
        }
        let known_at = snapshot.manifest().known_at;
        let world = snapshot.world()?;
        Ok(Opened { snapshot, reference, program, world, known_at })
    }

    /// The day judged.
    pub fn day(&self, known_at: Date) -> Date {
        let today = zhida_serve::clock::today();
        let asked = self.as_of.unwrap_or(today);
        if asked < known_at {
            output::warn(&format!(
                "note: {asked} lies before the data cut-off; judging {known_at} instead"
            ));
        }
        asked.max(known_at)
    }
}

fn own_policies(snapshot: &Snapshot) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for name in snapshot.files("policies/") {
        let bytes = snapshot.file(name)?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("`{name}` of the snapshot is not UTF-8"))?;
        sources.push(Source { name: name.to_owned(), text });
    }
    Ok(sources)
}

impl Opened {
    /// The row of a subject given by key, or, for `-`, by the identity number
    /// that is read from standard input: numbers never stand in an argument,
    /// where other users and the shell's history would see them.
    pub fn subject(&self, text: &str, key_file: Option<&Path>) -> Result<(SubjectKind, u32)> {
        let mut keys: Vec<SubjectKey> = Vec::new();
        if text == "-" {
            let path = key_file.context("to look up an identity number give --key-file")?;
            let secret = KeySecret::from_hex(input::text(path)?.trim())?;
            let mut number = String::new();
            std::io::stdin().read_line(&mut number).context("cannot read standard input")?;
            let number = number.trim().to_uppercase();
            keys.extend(SubjectKind::ALL.map(|kind| secret.subject_key(kind, &number)));
        } else if let Ok(key) = text.parse::<SubjectKey>() {
            keys.push(key);
        } else {
            bail!(
                "the subject is no key of 32 hex digits; to look up an identity number write `-`, give --key-file, and pass the number on standard input"
            );
        }
        for key in keys {
            if let Some(found) = self.snapshot.find(key)? {
                return Ok(found);
            }
        }
        bail!("nobody in this snapshot has that key: check it, or build again")
    }
}
