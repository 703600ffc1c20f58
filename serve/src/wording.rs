//! What a query or a body does not have, in words of ours: the place, and
//! what is expected there.
//!
//! The reader's own messages name Rust types and repeat what was sent, which
//! may be an identity number. Only the names that our own types expect are
//! taken over from them.

use crate::problem::{FieldError, Problem};

/// What is said where the reader's message is of no known kind.
const OTHERWISE: &str = "not what is expected here: see /docs";

/// Where a query or body is wrong, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    place: Option<String>,
    message: String,
}

impl Fault {
    /// Reads the message of the reader.
    pub(crate) fn of(raw: &str) -> Fault {
        let raw = match raw.split_once(": ") {
            Some((head, rest)) if head.starts_with("Failed to ") => rest,
            _ => raw,
        };
        let raw = position(raw).map_or(raw, |(before, ..)| before);
        let (place, raw) = match raw.split_once(": ") {
            Some((place, rest)) if starts(rest) => (Some(place).filter(|at| is_place(at)), rest),
            _ => (None, raw),
        };
        let (name, message) = expectation(raw);
        Fault { place: name.or(place).map(str::to_owned), message }
    }

    /// The query cannot be read.
    pub(crate) fn of_query(self) -> Problem {
        Problem::BadRequest(self.detail())
    }

    /// The body is JSON, but of another form.
    pub(crate) fn of_body(self) -> Problem {
        let detail = self.detail();
        let errors =
            self.place.map(|field| FieldError { field, message: self.message }).into_iter();
        Problem::Unprocessable { detail, errors: errors.collect() }
    }

    fn detail(&self) -> String {
        match &self.place {
            Some(place) => format!("`{place}`: {}", self.message),
            None => self.message.clone(),
        }
    }
}

/// The body is no JSON from some place on, or has a value of a kind that no
/// name has.
pub(crate) fn no_json(raw: &str) -> Problem {
    let place = position(raw)
        .map(|(_, line, column)| format!(", from line {line}, column {column} on"))
        .unwrap_or_default();
    Problem::BadRequest(format!(
        "the body is no JSON of the form this route takes{place}; /docs shows what it looks like"
    ))
}

/// What stands before the position at the end of a message, line and column.
fn position(raw: &str) -> Option<(&str, u32, u32)> {
    let (before, place) = raw.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((before, line.parse().ok()?, column.parse().ok()?))
}

/// How the messages of the readers begin.
const STARTS: [&str; 8] = [
    "unknown field",
    "unknown variant",
    "missing field",
    "duplicate field",
    "invalid ",
    "number too ",
    "cannot parse integer",
    "provided string was not",
];

/// Whether a text is a message of a reader.
fn starts(text: &str) -> bool {
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Whether a text is a path of field names, and not something that was sent.
fn is_place(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.[]*".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    !text.is_empty() && text.len() <= 80 && digits < 6 && text.chars().all(allowed)
}

/// The name a message is about, where it has one, and what is expected.
fn expectation(raw: &str) -> (Option<&str>, String) {
    let expected = raw.rsplit_once("expected ").map(|(_, expected)| expected.trim());
    let names = expected.map(|names| names.strip_prefix("one of ").unwrap_or(names));
    let quoted = || raw.split('`').nth(1).filter(|name| is_place(name));
    if raw.starts_with("unknown field") {
        let known = names.map(|names| format!(": there are {names}")).unwrap_or_default();
        return (quoted(), format!("there is no such name here{known}"));
    }
    if raw.starts_with("missing field") {
        return (quoted(), "is missing: see /docs for what it holds".to_owned());
    }
    if raw.starts_with("duplicate field") {
        return (quoted(), "is given twice: give it once".to_owned());
    }
    let whole = ["invalid digit", "number too ", "cannot parse integer"];
    let message = if raw.starts_with("unknown variant") {
        expected.map(|names| format!("expected is {names}"))
    } else if whole.iter().any(|start| raw.starts_with(start)) {
        Some("expected is a whole number, such as 20".to_owned())
    } else if raw.starts_with("provided string was not") {
        Some("expected is `true` or `false`".to_owned())
    } else if raw.starts_with("invalid ") {
        expected.and_then(form).map(|form| format!("expected is {form}"))
    } else {
        None
    };
    (None, message.unwrap_or_else(|| OTHERWISE.to_owned()))
}

/// The words for a form that the reader names.
fn form(expected: &str) -> Option<&'static str> {
    match expected {
        "a string" | "string" | "str" => Some("text in quotation marks"),
        "a boolean" | "bool" => Some("`true` or `false`"),
        "a map" | "map" => Some("an object of names and values"),
        "a sequence" => Some("a list"),
        "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" => Some("a whole number"),
        _ if expected.starts_with("struct ") => Some("an object of names and values"),
        _ if expected.contains("enum") => Some("one of the names that /docs lists"),
        _ => None,
    }
}
