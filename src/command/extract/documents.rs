//! `zhida extract --documents`: which documents a document rests on, changes or
//! ends, and which policies of the definitions those are.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;
use zhida_model::text::{
    docnumber::{Relation, find_documents, link},
    fold::Folded,
    structure::Structure,
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

/// A document that another names.
#[derive(Debug, Serialize)]
struct Named {
    doc: String,
    relation: Relation,
    number: Option<String>,
    title: Option<String>,
    start: usize,
    end: usize,
    text: String,
    verb: Option<String>,
    policies: Vec<String>,
}

/// Runs the command.
pub(super) fn run(files: &[PathBuf], definitions: &Definitions, format: Format) -> Result<bool> {
    let (_, program) = definitions.require_program()?;
    let known: Vec<(String, String, String)> = program
        .policies
        .iter()
        .map(|policy| {
            let file = &policy.file;
            (file.id.value.clone(), file.document.number.clone(), file.title.clone())
        })
        .collect();
    let mut good = true;
    for path in files {
        match named(path, &known) {
            Ok(found) => print(path, &found, format)?,
            Err(error) => {
                output::failure(&error);
                good = false;
            }
        }
    }
    Ok(good)
}

/// The documents that the document of a file names.
fn named(path: &Path, known: &[(String, String, String)]) -> Result<Vec<Named>> {
    let text = input::document(path)?;
    let folded = Folded::new(&text);
    let original: Vec<char> = text.chars().collect();
    let documents = find_documents(folded.chars());
    let policies = known.iter().map(|(id, number, title)| {
        (id.as_str(), Some(number.as_str()).filter(|number| !number.is_empty()), title.as_str())
    });
    let own = Structure::new(&folded).header.number.map(|number| number.normal);
    let links = link(folded.chars(), &documents, policies);
    let others = documents.iter().enumerate().filter(|(_, document)| {
        let number = document.number.as_ref().map(|number| &number.normal);
        number.is_none() || number != own.as_ref()
    });
    let named = others.map(|(at, document)| Named {
        doc: path.display().to_string(),
        relation: document.relation,
        number: document.number.as_ref().map(|number| number.normal.clone()),
        title: document.title.map(|title| title.text(&original)),
        start: document.span.start,
        end: document.span.end,
        text: document.span.text(&original),
        verb: document.verb.map(|verb| verb.text(&original)),
        policies: links.iter().filter(|link| link.0 == at).map(|link| link.1.to_owned()).collect(),
    });
    Ok(named.collect())
}

fn print(path: &Path, found: &[Named], format: Format) -> Result<()> {
    if format == Format::Json {
        for named in found {
            output::say(&serde_json::to_string(named)?);
        }
        return Ok(());
    }
    output::say(&format!("{}: {} documents", path.display(), found.len()));
    let word = |relation: Relation| {
        serde_json::to_value(relation).ok().and_then(|word| word.as_str().map(str::to_owned))
    };
    let rows = found
        .iter()
        .map(|named| {
            vec![
                word(named.relation).unwrap_or_default(),
                named.verb.clone().unwrap_or_default(),
                named.number.clone().unwrap_or_default(),
                named.title.clone().unwrap_or_default(),
                named.policies.join(", "),
            ]
        })
        .collect();
    output::say(&output::table(&["relation", "verb", "number", "title", "policy"], &[], rows));
    Ok(())
}
