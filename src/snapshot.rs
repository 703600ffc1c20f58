//! An opened snapshot with the rules it was built with.

use std::{
    io::{BufRead, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use zhida_model::{
    catalogue,
    diagnostic::Severity,
    domain::{
        IndustryTable, KeySecret, RegionTable, ResidentId, ResidentIdError, SubjectKey,
        SubjectKind, Uscc,
    },
    frame::World,
    policy::Parameters,
    ranking::Ranking,
    reference::Reference,
    rules::program::{Program, Source},
};
use zhida_store::Snapshot;

use crate::{input, output};

/// Bytes of standard input that are read for a number.
const LONGEST_NUMBER: u64 = 1_000;

/// A snapshot in memory.
pub struct Opened {
    /// The store.
    pub snapshot: Snapshot,
    /// What it was built against.
    pub reference: Reference,
    /// Its policies.
    pub program: Program,
    /// The files they were read from.
    pub sources: Vec<Source>,
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
        let (program, mut findings) = Program::compile(&sources, &reference);
        findings.extend(program.drafts());
        output::diagnostics(&findings);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            bail!("the policies have errors: correct them, or build again");
        }
        let known_at = snapshot.manifest().known_at;
        let world = snapshot.world()?;
        Ok(Opened { snapshot, reference, program, sources, world, known_at })
    }

    /// The trained order of the data folder, where there is one.
    pub fn ranking(&self, program: &Program) -> Result<Option<Ranking>> {
        Ok(zhida_store::ranking(&self.data, program)?)
    }

    /// The day judged.
    pub fn day(&self, known_at: Date) -> Date {
        let asked = self.as_of.unwrap_or_else(zhida_serve::clock::today);
        output::day_judged(asked, known_at)
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
        if text == "-" {
            let path = key_file.context("to look up an identity number give --key-file")?;
            let secret = self.secret(path)?;
            let keys = keys(&secret, &number()?)?;
            for key in keys {
                if let Some(found) = self.snapshot.find(key)? {
                    return Ok(found);
                }
            }
            bail!(
                "nobody in this snapshot has that number: it is a valid one, but was in no register on {}",
                self.known_at
            );
        }
        let Ok(key) = text.parse::<SubjectKey>() else {
            bail!(
                "the subject is no key of 32 hex digits; to look up an identity number write `-`, give --key-file, and pass the number on standard input"
            );
        };
        match self.snapshot.find(key)? {
            Some(found) => Ok(found),
            None => bail!("nobody in this snapshot has that key: check it, or build again"),
        }
    }

    /// The secret in a file, which must be the one the snapshot was built with.
    fn secret(&self, path: &Path) -> Result<KeySecret> {
        let secret = KeySecret::from_hex(input::text(path)?.trim())
            .with_context(|| format!("cannot use the key file `{}`", path.display()))?;
        match &self.snapshot.manifest().key_id {
            Some(wanted) if *wanted != secret.id() => bail!(
                "the key in `{}` is not the one the snapshot was built with, so nobody can be found: give the file that `zhida build --key-file` was given",
                path.display()
            ),
            _ => Ok(secret),
        }
    }
}

/// The identity number on standard input.
fn number() -> Result<String> {
    let mut number = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST_NUMBER);
    input.read_line(&mut number).context("cannot read standard input")?;
    if number.trim().is_empty() {
        bail!(
            "no identity number came on standard input: type it there, or redirect a file that holds nothing else"
        );
    }
    Ok(number)
}

/// The keys that a number may stand under: a citizen's or an enterprise's.
/// The number is not repeated in the error.
fn keys(secret: &KeySecret, number: &str) -> Result<Vec<SubjectKey>> {
    let citizen = ResidentId::parse(number, zhida_serve::clock::today());
    let enterprise = Uscc::parse(number);
    match (citizen, enterprise) {
        (Err(ResidentIdError::FifteenDigits { .. }), _) => bail!(
            "what came on standard input is an identity number of the old form with 15 digits: pass the one with 18 characters"
        ),
        (Err(_), Err(_)) => bail!(
            "what came on standard input is no valid number: an identity number or a unified social credit code has 18 characters, the last of which checks the others"
        ),
        (citizen, enterprise) => {
            let citizen = citizen.ok().map(|id| (SubjectKind::Citizen, id.as_str().to_owned()));
            let code = enterprise.ok();
            let code = code.map(|code| (SubjectKind::Enterprise, code.as_str().to_owned()));
            let numbers = [citizen, code].into_iter().flatten();
            Ok(numbers.map(|(kind, number)| secret.subject_key(kind, &number)).collect())
        }
    }
}
