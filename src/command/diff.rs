//! `zhida diff`: who qualifies for one policy, or version, and not for another,
//! and which words changed; of two documents, which statements.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde_json::json;
use zhida_model::{
    diagnostic::Severity,
    draft::difference::{self, Change, Event, Side},
    office::proofs::{
        Answer,
        compare::{Difference, Verdict},
        report, written,
    },
    policy::file::CaseType,
    reference::Reference,
    rules::{
        dated::Dated,
        lint,
        program::{Policy, PolicyKey, Program},
    },
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

/// Arguments of `zhida diff`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Two policy files, or two documents, the older first
    #[arg(num_args = 2, value_names = ["FILE", "FILE"])]
    files: Vec<PathBuf>,
    /// A policy of the definitions instead, by its id
    #[arg(long, requires = "from", requires = "to", conflicts_with = "files")]
    policy: Option<String>,
    /// Its version to start from
    #[arg(long, value_name = "VERSION", requires = "policy")]
    from: Option<String>,
    /// Its version to compare
    #[arg(long, value_name = "VERSION", requires = "policy")]
    to: Option<String>,
    /// Compare the rules of a re-check
    #[arg(long, requires = "policy")]
    recheck: bool,
    /// The day on which both are judged; the last on which the second is in force by default, not later than parameters are known
    #[arg(long)]
    as_of: Option<Date>,
    #[command(flatten)]
    definitions: Definitions,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if let [from, to] = arguments.files.as_slice() {
        match (is_policy(from), is_policy(to)) {
            (true, true) => {}
            (false, false) => return documents(from, to, arguments.format),
            _ => bail!(
                "a policy file and a document cannot be compared: run `zhida draft` on the document first"
            ),
        }
    }
    let reference = arguments.definitions.require_reference()?;
    let (program, from, to) = match (&arguments.policy, arguments.files.as_slice()) {
        (Some(id), _) => versions(arguments, id, &reference)?,
        (None, [from, to]) => files(from, to, &reference)?,
        _ => bail!("name two policy files, or `--policy ID --from VERSION --to VERSION`"),
    };
    let policy = |at: usize| program.policies.get(at).context("the policy is not compiled");
    let (from, to): (&Policy, &Policy) = (policy(from)?, policy(to)?);
    let day = arguments.as_of.unwrap_or_else(|| lint::examined_on(&to.file));
    let dated = Dated::new(&program, &reference, day, day);
    let difference = report::difference(from, to, &dated, &program, &reference);
    match arguments.format {
        Format::Json => output::say(&format!("{:#}", json!(difference))),
        Format::Table => output::say(&text(&difference)),
    }
    Ok(true)
}

/// Whether a file is a policy rather than a document.
fn is_policy(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// What two documents state differently.
fn documents(from: &Path, to: &Path, format: Format) -> Result<bool> {
    let found = difference::difference(&input::document(from)?, &input::document(to)?);
    if format == Format::Json {
        output::say(&format!("{:#}", json!(found)));
        return Ok(true);
    }
    let said = |side: &Option<Side>| {
        side.as_ref().map_or_else(String::new, |side| {
            format!(
                "{} {}\n{}",
                side.article.as_deref().unwrap_or_default(),
                side.words,
                side.reading
            )
            .trim()
            .to_owned()
        })
    };
    let row = |change: &Change| {
        let event = match change.event {
            Event::Added => "+",
            Event::Removed => "-",
            Event::Changed => "~",
        };
        let kind = serde_json::to_value(change.kind).ok();
        let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        vec![event.to_owned(), kind, change.what.clone(), said(&change.before), said(&change.after)]
    };
    let rows = found.changes.iter().map(row).collect();
    output::say(&output::table(&["", "kind", "what", "before", "after"], &[], rows));
    let count = |event: Event| found.changes.iter().filter(|change| change.event == event).count();
    output::say(&format!(
        "{} changed, {} added, {} removed, {} the same",
        count(Event::Changed),
        count(Event::Added),
        count(Event::Removed),
        found.same
    ));
    Ok(true)
}

/// Two versions of a policy of the definitions.
fn versions(
    arguments: &Arguments,
    id: &str,
    reference: &Reference,
) -> Result<(Program, usize, usize)> {
    let sources = input::policies(&[arguments.definitions.definitions.join("policies")])?;
    let (program, _) = Program::compile(&sources, reference);
    let case = if arguments.recheck { CaseType::Recheck } else { CaseType::NewClaim };
    let position = |version: Option<&String>| {
        let version = version.map_or("", String::as_str);
        program.find(id, version, case).with_context(|| {
            let of = program.policies.iter().filter(|policy| policy.key.id == id);
            let known: Vec<&str> = of.map(|policy| policy.key.version.as_str()).collect();
            match known.is_empty() {
                true => format!("no policy `{id}` compiles: check the id with `zhida check`"),
                false => {
                    let known = known.join("`, `");
                    format!(
                        "`{id}` has no version `{version}` ({}): name one of `{known}`",
                        case.name()
                    )
                }
            }
        })
    };
    let (from, to) = (position(arguments.from.as_ref())?, position(arguments.to.as_ref())?);
    Ok((program, from, to))
}

/// Two policy files, which may be the same version.
fn files(from: &PathBuf, to: &PathBuf, reference: &Reference) -> Result<(Program, usize, usize)> {
    let mut sources = Vec::new();
    for path in [from, to] {
        let name = path.display().to_string();
        let text = input::text(path)?;
        sources.push(zhida_model::rules::program::Source { name, text });
    }
    let (program, findings) = Program::compile_apart(&sources, reference);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        output::diagnostics(&findings);
        bail!("the two files cannot be compared while they have errors: correct them first");
    }
    let at = |path: &PathBuf| {
        let name = path.display().to_string();
        program.policies.iter().position(|policy| policy.source == name)
    };
    let place =
        |path: &PathBuf| at(path).with_context(|| format!("`{}` holds no policy", path.display()));
    let (from, to) = (place(from)?, place(to)?);
    Ok((program, from, to))
}

/// The difference for people.
pub fn text(difference: &Difference) -> String {
    let (from, to) = (&difference.from, &difference.to);
    let verdict = match difference.verdict {
        Verdict::Same => "the same dossiers qualify",
        Verdict::Wider => "wider: more qualify, and nobody less",
        Verdict::Narrower => "narrower: fewer qualify, and nobody new",
        Verdict::Both => "both: some qualify who did not, others do not any more",
        Verdict::Undecided => "not decided",
    };
    let mut lines = vec![format!(
        "# {} {} → {} {}, judged on {}: {verdict}",
        from.id, from.version, to.id, to.version, difference.as_of
    )];
    if difference.person {
        lines.push("# clauses that a person judges are taken as met in both".to_owned());
    }
    let name = |key: &PolicyKey, otherwise: &str| match () {
        () if from.id != to.id => format!("{} {}", key.id, key.version),
        () if from.version != to.version => key.version.clone(),
        () => otherwise.to_owned(),
    };
    let sides = [
        ("+", name(to, "the second"), &difference.gained),
        ("-", name(from, "the first"), &difference.lost),
    ];
    for (sign, version, answer) in sides {
        lines.push(match answer {
            Answer::Profile(profile) => {
                format!("{sign} only {version}: {}", written::flow_map(profile))
            }
            Answer::None => format!("{sign} only {version}: nobody, proved"),
            Answer::Undecided(reason) => format!("{sign} only {version}: not decided: {reason}"),
        });
    }
    for change in &difference.changes {
        lines.push(match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                format!("~ {}\n    - {before}\n    + {after}", change.what)
            }
            (Some(before), None) => format!("- {}: {before}", change.what),
            (None, after) => format!("+ {}: {}", change.what, after.as_deref().unwrap_or_default()),
        });
    }
    lines.push(String::new());
    lines.join("\n")
}
