//! `zhida draft`: the policy file of a document, every clause accounted for.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::json;
use zhida_model::{
    diagnostic::Severity,
    domain::{RegionCode, SubjectKind},
    draft::{self, Draft, Options},
    reference::Reference,
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

/// Arguments of `zhida draft`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The document
    file: PathBuf,
    /// Write the policy file here instead of after the ledger
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Region of the issuer, where the document does not name it: six digits of GB/T 2260
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Whose dossiers are judged, where the document speaks of both
    #[arg(long, value_enum)]
    audience: Option<AudienceChoice>,
    #[command(flatten)]
    definitions: Definitions,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Whose dossiers are judged.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum AudienceChoice {
    /// Dossiers of citizens
    Citizen,
    /// Dossiers of enterprises
    Enterprise,
}

/// Runs the command; `false` when the draft does not pass the checker.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let reference = arguments.definitions.require_reference()?;
    let options = Options {
        region: arguments.region.as_deref().map(|code| region(code, &reference)).transpose()?,
        audience: arguments.audience.map(|choice| match choice {
            AudienceChoice::Citizen => SubjectKind::Citizen,
            AudienceChoice::Enterprise => SubjectKind::Enterprise,
        }),
    };
    let text = input::document(&arguments.file)?;
    let name = arguments.file.display().to_string();
    let draft = draft::draft(&name, &text, &reference, options);
    if let Some(out) = &arguments.out {
        std::fs::write(out, &draft.yaml).with_context(|| {
            format!("cannot write `{}`: check the folder and the free space", out.display())
        })?;
    }
    match arguments.format {
        Format::Json => output::say(&format!("{:#}", json!(draft))),
        Format::Table => print(&draft, arguments.out.is_some()),
    }
    Ok(!draft.findings.iter().any(|finding| finding.severity == Severity::Error))
}

/// A region of the table.
fn region(code: &str, reference: &Reference) -> Result<RegionCode> {
    let known = RegionCode::parse(code)?;
    if reference.regions.index(known).is_none() {
        bail!("`{code}` is no region: use a six-digit code of GB/T 2260, for example 330100");
    }
    Ok(known)
}

/// The ledger, the questions, and the policy file where it goes nowhere else.
fn print(draft: &Draft, written: bool) {
    let stated = draft.ledger.entries.iter().filter(|entry| entry.fate.states());
    let rows = stated
        .map(|entry| {
            let reason = entry.reason.map(|reason| reason.label()).unwrap_or_default();
            let became =
                if entry.rules.is_empty() { reason.to_owned() } else { entry.rules.join("\n") };
            vec![entry.article.clone(), entry.words.clone(), entry.fate.label().to_owned(), became]
        })
        .collect();
    output::say(&output::table(&["条款", "原文", "结果", "规则或者原因"], &[], rows));
    output::say(&draft.ledger.summary);
    if !draft.questions.is_empty() {
        output::say("\n须由人决定：");
        for question in &draft.questions {
            output::say(&format!("  第{}行 {}", question.line, question.words));
        }
    }
    if !written {
        output::say("");
        output::say(&draft.yaml);
    }
}
