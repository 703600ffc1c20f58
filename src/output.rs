//! What commands print: tables, findings, progress. Colour only on a terminal.

use std::{
    fs::File,
    io::{BufWriter, IsTerminal, Write},
    path::Path,
};

use anyhow::{Context, Result};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use zhida_model::diagnostic::{Diagnostic, Severity};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// JSON for programs.
    Json,
}

/// Prints findings to stderr, errors before warnings within each file.
pub fn diagnostics(findings: &[Diagnostic]) {
    let mut ordered: Vec<&Diagnostic> = findings.iter().collect();
    ordered.sort_by(|a, b| (&a.file, a.place, a.severity).cmp(&(&b.file, b.place, b.severity)));
    let colour = std::io::stderr().is_terminal();
    for finding in ordered {
        let text = finding.to_string();
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let code = match finding.severity {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Note => "36",
        };
        if colour {
            let painted = text.replacen(word, &format!("\u{1b}[1;{code}m{word}\u{1b}[0m"), 1);
            warn(&painted);
        } else {
            warn(&text);
        }
    }
}

/// One line to stderr; a closed pipe is no failure.
pub fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// One line to stdout; a closed pipe ends quietly.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints an error with those of its causes that it does not tell itself.
pub fn failure(error: &anyhow::Error) {
    let mut said = error.to_string();
    warn(&format!("error: {said}"));
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            warn(&format!("  because {cause}"));
            said = cause;
        }
    }
}

/// The day that is judged where one was asked for: never before the data
/// cut-off, since later data must not decide about an earlier day.
pub fn day_judged(asked: Date, known_at: Date) -> Date {
    if asked < known_at {
        warn(&format!("note: {asked} lies before the data cut-off; judging {known_at} instead"));
    }
    asked.max(known_at)
}

/// A table with a header; columns named in `right` are aligned to the right.
pub fn table(header: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(110);
    }
    table.set_header(header.iter().map(Cell::new).collect::<Vec<_>>());
    for row in rows {
        table.add_row(row);
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A CSV file (RFC 4180) with a mark by which spreadsheets know it is UTF-8.
pub fn csv(path: &Path) -> Result<csv::Writer<BufWriter<File>>> {
    let failed =
        || format!("cannot write `{}`: check the folder and the free space", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(failed)?);
    file.write_all("\u{feff}".as_bytes()).with_context(failed)?;
    Ok(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file))
}

/// A progress bar on stderr, hidden where it is no terminal.
pub fn progress(length: u64, what: &str) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(length)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{prefix:>12} [{bar:32}] {pos}/{len} {msg} {eta}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(what.to_owned());
    bar
}

/// A number with thousands separated.
pub fn thousands(value: impl Into<u128>) -> String {
    let digits = value.into().to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
