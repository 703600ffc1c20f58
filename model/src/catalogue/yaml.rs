//! Reading YAML with places: the first error of the parser as a finding, and
//! the position of a word inside an entry, so that a message points at the
//! word and not at the top of its entry.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_saphyr::{DefaultMessageFormatter, Error, Location, MessageFormatter, Spanned};

use crate::diagnostic::{Diagnostic, Place, Severity};

/// Whose form a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The catalogue or its parameters.
    Catalogue,
    /// A policy or its cases: texts that look like numbers want quotation
    /// marks, because a code is a text.
    Policy,
}

impl Form {
    /// The document that explains the form.
    fn guide(self) -> &'static str {
        match self {
            Form::Catalogue => "docs/catalogue.md",
            Form::Policy => "docs/policies.md",
        }
    }
}

/// Reads a whole file into the type of its form.
///
/// # Errors
/// The parser's first error, with its place. It is the only one: what follows
/// a syntax error cannot be read.
pub(crate) fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
    form: Form,
) -> Result<T, Vec<Diagnostic>> {
    let quoted = form == Form::Policy;
    let options =
        serde_saphyr::options! { with_snippet: false, no_schema: quoted, strict_booleans: quoted };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let error = error.without_snippet();
        let place = error.location().map(at).unwrap_or_default();
        let (message, help) = plain(error, &scalar(text, place)).unwrap_or_else(|| {
            let message = DefaultMessageFormatter.format_message(error).into_owned();
            (
                message,
                format!("correct this place; {} explains the keys of this file", form.guide()),
            )
        });
        vec![Diagnostic {
            file: file.to_owned(),
            place,
            severity: Severity::Error,
            code: "yaml",
            message,
            subject: String::new(),
            help,
        }]
    })
}

/// Message and remedy for the errors in which the parser speaks of its types.
fn plain(error: &Error, written: &str) -> Option<(String, String)> {
    let said = |message: String, help: &str| Some((message, help.to_owned()));
    let no_boolean = || {
        let message = format!("`{written}` is neither `true` nor `false`");
        said(message, "write one of the two, without quotation marks")
    };
    match error {
        Error::QuotingRequired { value, .. } => {
            Some((format!("`{value}` needs quotation marks here"), format!("write \"{value}\"")))
        }
        Error::InvalidBooleanStrict { .. } => no_boolean(),
        Error::InvalidScalar { ty, .. } => match *ty {
            "boolean" => no_boolean(),
            unsigned if unsigned.starts_with('u') => said(
                format!("`{written}` is no whole number from 0 up"),
                "write digits only, for example 30",
            ),
            _ => said(format!("`{written}` is no number"), "write digits only, for example 30"),
        },
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. }
        | Error::UnexpectedValueForUnitEnumVariant { .. } => said(
            "one word is needed here, not a list or a mapping".to_owned(),
            "write the word alone, without brackets",
        ),
        Error::NullIntoString { .. } => said(
            "the value is missing here".to_owned(),
            "write one behind the colon, or leave the key out",
        ),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            said(format!("the key `{key}` stands twice"), "leave one of the two out")
        }
        Error::Message { msg, .. } => {
            // The words with which a day is refused, and no others.
            let refused = written.parse::<Date>().err()?;
            msg.contains(&refused.to_string()).then(|| {
                let message = format!("`{written}` is no day");
                (message, "write year, month and day like 2026-01-05".to_owned())
            })
        }
        _ => None,
    }
}

/// The value that begins at a place, without its quotation marks.
fn scalar(text: &str, place: Place) -> String {
    let line = text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    let rest: String = line.chars().skip(place.column.saturating_sub(1)).collect();
    match rest.chars().next() {
        Some(mark @ ('"' | '\'')) => rest.chars().skip(1).take_while(|c| *c != mark).collect(),
        _ => {
            let end = rest.find([',', '}', ']']).unwrap_or(rest.len());
            let value = rest.get(..end).unwrap_or_default();
            value.split(" #").next().unwrap_or_default().trim().to_owned()
        }
    }
}

/// Where an entry or a value stands.
pub(crate) fn place<T>(spanned: &Spanned<T>) -> Place {
    at(spanned.referenced)
}

fn at(location: Location) -> Place {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Place {
        line: number(location.line()),
        column: number(location.column()),
        length: number(location.span().len()),
    }
}

/// The text of a file, for pointing at words in it.
pub(crate) struct Text<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Text<'a> {
        Text { lines: text.lines().collect() }
    }

    /// The place of `value` behind `key:` inside the entry that starts at
    /// `entry`; else of `key:` itself when `value` is empty; else the entry.
    pub(crate) fn value(&self, entry: Place, key: &str, value: &str) -> Place {
        self.entry(entry).find_map(|(line, text)| pair(line, text, key, value)).unwrap_or(entry)
    }

    /// [`Text::value`] for the last time it stands there: where a second
    /// definition is wrong, not the first.
    pub(crate) fn last_value(&self, entry: Place, key: &str, value: &str) -> Place {
        let places = self.entry(entry).filter_map(|(line, text)| pair(line, text, key, value));
        places.last().unwrap_or(entry)
    }

    /// The place of a key of a top-level mapping: `name:` below `section:`.
    pub(crate) fn key(&self, section: &str, name: &str) -> Place {
        let head = format!("{section}:");
        let Some(start) = self.lines.iter().position(|line| line.starts_with(&head)) else {
            return Place::default();
        };
        let body = self.lines.iter().enumerate().skip(start + 1);
        body.take_while(|(_, line)| !line.starts_with(char::is_alphabetic))
            .filter(|(_, line)| key_length(line.trim_start(), name).is_some())
            .map(|(index, line)| point(index + 1, indent(line) + 1, name))
            .next()
            .unwrap_or(Place { line: start + 1, column: 1, length: section.len() })
    }

    /// The numbered lines of an entry: from its start to the first line that
    /// is indented less.
    fn entry(&self, entry: Place) -> impl Iterator<Item = (usize, &'a str)> {
        let column = entry.column.saturating_sub(1);
        let start = entry.line.saturating_sub(1);
        let lines = self.lines.iter().enumerate().skip(start);
        lines
            .take_while(move |(index, line)| {
                *index == start || line.trim().is_empty() || indent(line) >= column
            })
            .map(|(index, line)| (index + 1, *line))
            .take(if entry.line == 0 { 0 } else { usize::MAX })
    }
}

/// The place of `value` in a line where it stands behind `key:`.
fn pair(line: usize, text: &str, key: &str, value: &str) -> Option<Place> {
    let mut offset = 0;
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(key) {
        let start = offset + before.chars().count();
        offset = start + key.chars().count();
        rest = behind;
        let fresh = before.chars().next_back().is_none_or(|last| !is_word(last));
        let tail = behind.trim_start_matches(['"', '\'']);
        if !fresh || !tail.starts_with(':') {
            continue;
        }
        if value.is_empty() {
            return Some(point(line, start + 1, key));
        }
        if let Some(column) = word(behind, value) {
            return Some(point(line, offset + column + 1, value));
        }
    }
    None
}

/// Characters before `value` in `text`, where it stands as a whole word.
fn word(text: &str, value: &str) -> Option<usize> {
    text.match_indices(value).find_map(|(byte, _)| {
        let (before, from) = text.split_at_checked(byte)?;
        let behind = from.strip_prefix(value)?;
        let free = before.chars().next_back().is_none_or(|c| !is_word(c))
            && behind.chars().next().is_none_or(|c| !is_word(c));
        free.then(|| before.chars().count())
    })
}

fn is_word(symbol: char) -> bool {
    symbol.is_alphanumeric() || symbol == '_'
}

/// Length of the key if the line is `name:` or `"name":`.
fn key_length(line: &str, name: &str) -> Option<usize> {
    let bare = line.trim_start_matches(['"', '\'']).strip_prefix(name)?;
    bare.trim_start_matches(['"', '\'']).starts_with(':').then_some(name.len())
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|&symbol| symbol == ' ').count()
}

fn point(line: usize, column: usize, word: &str) -> Place {
    Place { line, column, length: word.chars().count() }
}
