//! `zhida check`: the catalogue, the policies and the cases beside them; with
//! `--deep` also what can be proved about the rules.

use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use serde_json::json;
use zhida_model::{
    diagnostic::{Diagnostic, Severity},
    office::proofs::{
        Answer,
        policy::Standing,
        report::{self, PolicyReport, Report},
        written,
    },
    rules::{
        cases, lint,
        program::{Program, Source},
    },
};

use super::diff;
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
    /// Prove what can be proved about the rules: who meets each policy, what
    /// each condition adds, how versions differ, what contradicts each other
    #[arg(long)]
    deep: bool,
}

/// Runs the command; `false` when something is wrong.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let (reference, mut findings) = arguments.definitions.reference()?;
    let Some(reference) = reference else {
        return Ok(finish(arguments, &findings, &Counts::default(), None));
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
    let report = arguments.deep.then(|| report::report(&program, &reference));
    if let Some(report) = &report {
        // What is proved overrules what the linter found by trying values.
        findings.retain(|finding| !report.overrules(finding));
        findings.extend(report.findings.iter().cloned());
    }
    Ok(finish(arguments, &findings, &counts, report.as_ref()))
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
    fn summary(&self, errors: usize, warnings: usize, notes: usize) -> String {
        let not_run = match self.not_run {
            0 => String::new(),
            count => format!(" ({} not run)", counted(count, "case", "cases")),
        };
        let notes = match notes {
            0 => String::new(),
            count => format!(", {}", counted(count, "note", "notes")),
        };
        format!(
            "{}, {} of {} agree{not_run}, {}, {}{notes}",
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

fn finish(
    arguments: &Arguments,
    findings: &[Diagnostic],
    counts: &Counts,
    report: Option<&Report>,
) -> bool {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let notes = of(Severity::Note);
    let fine = errors == 0 && (warnings == 0 || !arguments.strict);
    match arguments.format {
        Format::Json => {
            let mut result = json!({
                "policies": counts.policies, "cases": counts.cases, "passed": counts.passed,
                "not_run": counts.not_run,
                "errors": errors, "warnings": warnings, "findings": findings,
            });
            if let (Some(report), Some(result)) = (report, result.as_object_mut()) {
                result.insert("notes".to_owned(), json!(notes));
                result.insert("proofs".to_owned(), json!(report));
            }
            output::say(&format!("{result:#}"));
        }
        Format::Table => {
            output::diagnostics(findings);
            if let Some(report) = report {
                proofs(report);
            }
            output::say(&counts.summary(errors, warnings, notes));
        }
    }
    fine
}

/// What is proved: each policy as a file of cases, then a table of all.
fn proofs(report: &Report) {
    for policy in &report.policies {
        output::say(&format!("# {}", policy.proof.source));
        output::say(&written::cases(&policy.proof));
        if let Some(difference) = &policy.difference {
            output::say(&diff::text(difference));
        }
    }
    let header =
        ["policy", "version", "met", "alone", "redundant", "person", "undecided", "than before"];
    let rows = report.policies.iter().map(row).collect();
    output::say(&output::table(&header, &[3, 4, 5, 6], rows));
    let totals = report.totals;
    output::say(&format!(
        "{} met by somebody, {} by nobody; {} decide alone, {} add nothing, {} judged by a person; {} undecided",
        counted(totals.met, "policy", "policies"),
        totals.never_met,
        counted(totals.alone, "condition", "conditions"),
        totals.redundant,
        totals.person,
        totals.undecided,
    ));
}

fn row(policy: &PolicyReport) -> Vec<String> {
    let proof = &policy.proof;
    let met = match proof.profile {
        Answer::Profile(_) => "yes",
        Answer::None => "never",
        Answer::Undecided(_) => "?",
    };
    let count = |test: fn(&Standing) -> bool| {
        proof.conditions.iter().filter(|condition| test(&condition.standing)).count().to_string()
    };
    vec![
        proof.key.id.clone(),
        proof.key.version.clone(),
        met.to_owned(),
        count(|standing| standing.profile().is_some()),
        count(|standing| matches!(standing, Standing::Redundant { .. })),
        count(|standing| matches!(standing, Standing::Person)),
        count(|standing| matches!(standing, Standing::Undecided { .. })),
        policy.difference.as_ref().map_or(String::new(), |known| known.verdict.name().to_owned()),
    ]
}
