//! Reads the files every command needs: catalogue, code tables, parameters,
//! policies. A broken file is reported with line and remedy, all at once.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use zhida_model::{
    catalogue,
    diagnostic::{Diagnostic, Severity},
    domain::{IndustryTable, RegionCode, RegionTable},
    policy::Parameters,
    reference::Reference,
    rules::program::{Program, Source},
};
use zhida_store::document;

use crate::output;

/// Where the definitions lie.
#[derive(Debug, Clone, Args)]
pub struct Definitions {
    /// Folder with catalogue.yaml, parameters.yaml, regions.csv, industries.csv and policies/
    #[arg(long, value_name = "DIR", default_value = "data-samples", env = "ZHIDA_DEFINITIONS")]
    pub definitions: PathBuf,
}

/// Names of the definition files, in the order in which they are read.
pub const FILES: [&str; 4] = ["catalogue.yaml", "parameters.yaml", "regions.csv", "industries.csv"];

/// Reads a text file, naming it in the error.
pub fn text(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => bail!("`{}` is not UTF-8: save it as UTF-8", path.display()),
    }
}

/// Six digits of a region, for arguments.
pub fn region_code(text: &str) -> Result<RegionCode, String> {
    RegionCode::parse(text).map_err(|error| error.to_string())
}

/// The text of a document of any format, its notes told.
pub fn document(path: &Path) -> Result<String> {
    let document = document::read_file(path)?;
    for note in &document.notes {
        output::warn(&format!("note: `{}`: {note}", path.display()));
    }
    Ok(document.text)
}

impl Definitions {
    /// The table of regions alone.
    pub fn regions(&self) -> Result<RegionTable> {
        let path = self.definitions.join("regions.csv");
        if !path.is_file() {
            bail!(
                "there is no `{}`: name the folder that holds it with `--definitions DIR`",
                path.display(),
            );
        }
        RegionTable::from_csv(&text(&path)?).with_context(|| format!("in `{}`", path.display()))
    }

    /// Catalogue, code tables and parameters, with every finding about them.
    pub fn reference(&self) -> Result<(Option<Reference>, Vec<Diagnostic>)> {
        if !self.definitions.is_dir() {
            bail!(
                "there is no folder `{}`: name the one that holds {} with `--definitions DIR`",
                self.definitions.display(),
                FILES.join(", "),
            );
        }
        let at = |name: &str| self.definitions.join(name);
        let name = |name: &str| at(name).display().to_string();
        let regions = RegionTable::from_csv(&text(&at("regions.csv"))?)
            .with_context(|| format!("in `{}`", name("regions.csv")))?;
        let industries = IndustryTable::from_csv(&text(&at("industries.csv"))?)
            .with_context(|| format!("in `{}`", name("industries.csv")))?;
        let catalogue =
            match catalogue::read(&name("catalogue.yaml"), &text(&at("catalogue.yaml"))?) {
                Ok(catalogue) => catalogue,
                Err(findings) => return Ok((None, findings)),
            };
        let parameters = Parameters::read(
            &name("parameters.yaml"),
            &text(&at("parameters.yaml"))?,
            &catalogue,
            &regions,
        );
        Ok(match parameters {
            Ok(parameters) => {
                (Some(Reference { catalogue, regions, industries, parameters }), Vec::new())
            }
            Err(findings) => (None, findings),
        })
    }

    /// The reference, or an error after every finding has been printed.
    pub fn require_reference(&self) -> Result<Reference> {
        let (reference, findings) = self.reference()?;
        output::diagnostics(&findings);
        reference.with_context(|| {
            format!(
                "{} findings in `{}`: correct them first",
                findings.len(),
                self.definitions.display()
            )
        })
    }

    /// The policies and the reference, or an error after every finding has been printed.
    pub fn require_program(&self) -> Result<(Reference, Program)> {
        let reference = self.require_reference()?;
        let sources = policies(&[self.definitions.join("policies")])?;
        let (program, mut findings) = Program::compile(&sources, &reference);
        findings.extend(program.drafts());
        output::diagnostics(&findings);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            bail!(
                "{} findings in the policies: run `zhida check` and correct them",
                findings.len()
            );
        }
        Ok((reference, program))
    }
}

/// Policy files of folders and single files, cases left out, ordered by path.
pub fn policies(paths: &[PathBuf]) -> Result<Vec<Source>> {
    sources(paths, |name| name.ends_with(".yaml") && !name.ends_with(".cases.yaml"))
}

/// Files of cases, ordered by path.
pub fn cases(paths: &[PathBuf]) -> Result<Vec<Source>> {
    sources(paths, |name| name.ends_with(".cases.yaml"))
}

fn sources(paths: &[PathBuf], wanted: impl Fn(&str) -> bool) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path)
                .with_context(|| format!("cannot list `{}`", path.display()))?;
            for entry in entries {
                files.push(
                    entry.with_context(|| format!("cannot list `{}`", path.display()))?.path(),
                );
            }
        } else if path.is_file() {
            files.push(path.clone());
            let beside = path.with_extension("cases.yaml");
            if beside.is_file() {
                files.push(beside);
            }
        } else {
            bail!("`{}` does not exist: name a policy file or a folder of them", path.display());
        }
    }
    files.sort();
    files.dedup();
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| wanted(&name.to_string_lossy())))
        .map(|path| Ok(Source { name: path.display().to_string(), text: text(&path)? }))
        .collect()
}
