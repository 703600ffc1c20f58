//! One shape for everything we tell people about their files: what is wrong,
//! where it stands, and what to do next. How it is printed is the caller's.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cannot be used as it stands.
    Error,
    /// Can be used; most likely not meant.
    Warning,
    /// Worth knowing; nothing is wrong.
    Note,
}

/// A place in a file: 1-based line and column, counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Place {
    /// Line, 1-based; 0 when the whole file is meant.
    pub line: usize,
    /// Column in characters, 1-based.
    pub column: usize,
    /// Length in characters; 0 for a point.
    pub length: usize,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file, as the caller named it.
    pub file: String,
    /// Where in the file.
    pub place: Place,
    /// Error, warning or note.
    pub severity: Severity,
    /// A stable short name, for example `unknown_field`.
    pub code: &'static str,
    /// What is wrong: lower case, the input in backticks.
    pub message: String,
    /// The condition, field or case concerned, where there is one.
    pub subject: String,
    /// What to do next.
    pub help: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        write!(f, "{}", self.file)?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.column)?;
        }
        write!(f, ": {severity}[{}]: ", self.code)?;
        if !self.subject.is_empty() {
            write!(f, "{}: ", self.subject)?;
        }
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}
