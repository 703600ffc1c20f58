//! `zhida check`: the catalogue, the policies and the cases beside them.

use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use serde_json::json;
use zhida_model::{
    diagnostic::{Diagnostic, Severity},
    rules::{cases, lint, program::Program},
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
        return Ok(finish(arguments, &findings, 0, 0, 0));
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
    findings.extend(lint::lint(&program, &sources, &files, &reference));
    let (mut cases, mut passed) = (0, 0);
    for report in reports {
        cases += report.cases;
        passed += report.passed;
        findings.extend(report.findings);
    }
    Ok(finish(arguments, &findings, program.policies.len(), cases, passed))
}

fn finish(
    arguments: &Arguments,
    findings: &[Diagnostic],
    policies: usize,
    cases: usize,
    passed: usize,
) -> bool {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    let fine = errors == 0 && (warnings == 0 || !arguments.strict);
    match arguments.format {
        Format::Json => {
            let result = json!({
                "policies": policies, "cases": cases, "passed": passed,
                "errors": errors, "warnings": warnings, "findings": findings,
            });
            output::say(&format!("{result:#}"));
        }
        Format::Table => {
            output::diagnostics(findings);
            output::say(&format!(
                "{policies} policies, {passed} of {cases} cases agree, {errors} errors, {warnings} warnings"
            ));
        }
    }
    fine
}
