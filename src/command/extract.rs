//! `zhida extract`: the statements of documents, each with the words it came from.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;
use zhida_model::{
    domain::RegionCode,
    text::{
        extract::{Item, Kind, Places, extract_in},
        place::Finder,
    },
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

mod documents;

/// Arguments of `zhida extract`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Documents: text, Markdown, HTML, DOCX or PDF
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only statements of this kind
    #[arg(long, value_enum)]
    kind: Option<KindChoice>,
    /// List the documents it names instead, what is done to them, and which policies they are
    #[arg(long, conflicts_with = "kind")]
    documents: bool,
    /// Where the documents hold, six digits; told by issuer, title or number otherwise
    #[arg(long, value_name = "CODE", value_parser = input::region_code)]
    region: Option<RegionCode>,
    #[command(flatten)]
    definitions: Definitions,
    /// Write the text that offsets count in beside the results, as FILE.txt in this folder
    #[arg(long, value_name = "DIR")]
    texts: Option<PathBuf>,
    /// How to print the result; `json` prints one statement a line
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Kind of statement.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindChoice {
    /// What a subject must satisfy
    Condition,
    /// What is granted, paid or charged
    Benefit,
    /// When to apply, validity, procedure time limits
    Window,
    /// Other quantities
    Other,
}

impl From<KindChoice> for Kind {
    fn from(choice: KindChoice) -> Kind {
        match choice {
            KindChoice::Condition => Kind::Condition,
            KindChoice::Benefit => Kind::Benefit,
            KindChoice::Window => Kind::Window,
            KindChoice::Other => Kind::Other,
        }
    }
}

/// Runs the command. A file that cannot be read is told and the others go on.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if arguments.documents {
        return documents::run(&arguments.files, &arguments.definitions, arguments.format);
    }
    let wanted = arguments.kind.map(Kind::from);
    let table = arguments.definitions.regions()?;
    let finder = Finder::new(&table);
    let places = Places { finder: &finder, home: arguments.region };
    let results: Vec<_> =
        arguments.files.par_iter().map(|path| (path, read(path, places))).collect();
    let mut good = true;
    for (path, result) in results {
        let (text, mut items) = match result {
            Ok(read) => read,
            Err(error) => {
                output::failure(&error);
                good = false;
                continue;
            }
        };
        items.retain(|item| wanted.is_none_or(|kind| item.kind == kind));
        if let Some(folder) = &arguments.texts {
            write_text(folder, path, &text)?;
        }
        print(path, &items, arguments.format)?;
    }
    Ok(good)
}

/// The text of a file and its statements.
fn read(path: &Path, places: Places<'_>) -> Result<(String, Vec<Item>)> {
    let text = input::document(path)?;
    let items = extract_in(&path.display().to_string(), &text, Some(places));
    Ok((text, items))
}

/// Writes the text in which offsets count.
fn write_text(folder: &Path, path: &Path, text: &str) -> Result<()> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let target = folder.join(format!("{name}.txt"));
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&target, text)).with_context(
        || format!("cannot write `{}`: check the folder and the free space", target.display()),
    )
}

fn print(path: &Path, items: &[Item], format: Format) -> Result<()> {
    if format == Format::Json {
        for item in items {
            output::say(&serde_json::to_string(item)?);
        }
        return Ok(());
    }
    output::say(&format!("{}: {} statements", path.display(), items.len()));
    let rows = items.iter().map(row).collect();
    output::say(&output::table(
        &["article", "kind", "words", "field", "reads as", "bound", "sure"],
        &[6],
        rows,
    ));
    Ok(())
}

/// One statement as a row for people.
fn row(item: &Item) -> Vec<String> {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let op = serde_json::to_value(item.op).map(word).unwrap_or_default();
    let kind = serde_json::to_value(item.kind).map(word).unwrap_or_default();
    let source =
        item.boundary_source.and_then(|source| serde_json::to_value(source).ok()).map(word);
    let value = match (&item.value, &item.value2) {
        (Some(low), Some(high)) => format!("{low} … {high}"),
        (Some(value), None) => value.clone(),
        _ => String::new(),
    };
    let reading = format!("{op} {value} {}", item.unit.as_deref().unwrap_or_default());
    let negated = if item.negated { "not: " } else { "" };
    vec![
        item.article.clone().unwrap_or_default(),
        kind,
        item.text.clone(),
        item.field.map(str::to_owned).or_else(|| item.field_text.clone()).unwrap_or_default(),
        format!("{negated}{}", reading.trim()),
        source.unwrap_or_default(),
        format!("{:.2}", item.confidence),
    ]
}
