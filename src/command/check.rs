//! `zhida check`: the catalogue, the policies and the cases beside them.

use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use serde_json::json;
use zhida_model::{
    diagnostic::{Diagnostic, Severity},
    rules::{
        cases, lint,
        program::{Program, Source},
    },
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

/// Arguments of `zhida check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Policy files or folders; the policies of the definitions by default
    paths: Vec<PathBuf>,
    #[command(flatten)]
    definitions: Definitions,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
}

/// Runs the command; `false` when something is wrong.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let (reference, mut findings) = arguments.definitions.reference()?;
    let Some(reference) = reference else {
        return Ok(finish(arguments, &findings, &Counts::default()));
    };
    let paths = if arguments.paths.is_empty() {
        vec![arguments.definitions.definitions.join("policies")]
    } else {
        arguments.paths.clone()
    };
    let sources = input::policies(&paths)?;
    let (program, found) = Program::compile(&sources, &reference);
    findings.extend(found);
    let files = input::cases(&paths)?;
    let bar = output::progress(files.len() as u64, "cases");
    let reports: Vec<_> = files
        .par_iter()
        .map(|file| {
            let report = cases::run(file, &sources, &reference);
            bar.inc(1);
            report
        })
        .collect();
    bar.finish_and_clear();
    let all = with_neighbours(sources, &arguments.definitions)?;
    findings.extend(lint::lint(&program, &all, &files, &reference));
    let mut counts = Counts { policies: program.policies.len(), ..Counts::default() };
    for report in reports {
        counts.cases += report.cases;
        counts.passed += report.passed;
        counts.not_run += report.not_run;
        findings.extend(report.findings);
    }
    Ok(finish(arguments, &findings, &counts))
}

/// The files checked, and the policies of the definitions that they may name.
fn with_neighbours(mut sources: Vec<Source>, definitions: &Definitions) -> Result<Vec<Source>> {
    let folder = definitions.definitions.join("policies");
    if folder.is_dir() {
        let known: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let others = input::policies(&[folder])?;
        sources.extend(others.into_iter().filter(|other| !known.contains(&other.name)));
    }
    Ok(sources)
}

/// How much was looked at.
#[derive(Debug, Default)]
struct Counts {
    policies: usize,
    cases: usize,
    passed: usize,
    not_run: usize,
}

impl Counts {
    /// The closing line.
    fn summary(&self, errors: usize, warnings: usize) -> String {
        let not_run = match self.not_run {
            0 => String::new(),
            count => format!(" ({} not run)", counted(count, "case", "cases")),
        };
        format!(
            "{}, {} of {} agree{not_run}, {}, {}",
            counted(self.policies, "policy", "policies"),
            self.passed,
            counted(self.cases, "case", "cases"),
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
        )
    }
}

/// A number with the word for one or for many.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn finish(arguments: &Arguments, findings: &[Diagnostic], counts: &Counts) -> bool {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let fine = errors == 0 && (warnings == 0 || !arguments.strict);
    match arguments.format {
        Format::Json => {
            let result = json!({
                "policies": counts.policies, "cases": counts.cases, "passed": counts.passed,
                "not_run": counts.not_run,
                "errors": errors, "warnings": warnings, "findings": findings,
            });
            output::say(&format!("{result:#}"));
        }
        Format::Table => {
            output::diagnostics(findings);
            output::say(&counts.summary(errors, warnings));
        }
    }
    fine
}
