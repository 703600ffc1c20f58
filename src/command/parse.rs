//! `zhida parse`: one kind of value from each line of standard input, one JSON
//! object a line on standard output.
//!
//! `ok: false` is an answer, so the exit code says only whether every line was
//! answered. Lines are answered as they come: the command can stand in a pipe.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    str::FromStr,
};

use anyhow::{Context, Result};
use jiff::civil::Date;
use zhida_model::{
    domain::RegionCode,
    text::{
        parse::{self, Kind, Parsed},
        place::Finder,
    },
};

use crate::input::{self, Definitions};

/// Bytes of the longest line that is read; what is longer is no line of text.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Arguments of `zhida parse`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to look for: number, percent, range, money, date, duration, age, region, uscc or resident-id
    #[arg(long, value_name = "KIND")]
    kind: Wanted,
    /// Day on which 去年, 上年末 or 5月1日 are asked (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    reference_date: Option<Date>,
    /// Where the lines were written, for names that several regions have (`--kind region`)
    #[arg(long, value_name = "CODE", value_parser = input::region_code)]
    region: Option<RegionCode>,
    #[command(flatten)]
    definitions: Definitions,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    /// A value that the words alone say.
    Value(Kind),
    /// A region of the definitions.
    Region,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(name: &str) -> Result<Wanted, String> {
        match name {
            "region" => Ok(Wanted::Region),
            other => other.parse().map(Wanted::Value).map_err(|_| {
                format!("`{other}` is no kind of value: use one of number, percent, range, money, date, duration, age, region, uscc, resident-id")
            }),
        }
    }
}

/// How one line is answered.
type Answer<'a> = dyn Fn(&str) -> Parsed + 'a;

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    match arguments.kind {
        Wanted::Value(kind) => {
            answer_all(&|line| parse::parse(kind, line, arguments.reference_date))
        }
        Wanted::Region => {
            let table = arguments.definitions.regions()?;
            let finder = Finder::new(&table);
            answer_all(&|line| parse::region(line, &finder, arguments.region))
        }
    }
}

/// Answers every line of standard input.
fn answer_all(one: &Answer<'_>) -> Result<bool> {
    let mut reader = BufReader::new(io::stdin().lock());
    let mut writer = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    while let Some(fits) = next(&mut reader, &mut line).context("cannot read standard input")? {
        let parsed = answer(one, &line, fits);
        let text = serde_json::to_string(&parsed)?;
        let written = writeln!(writer, "{text}").and_then(|()| {
            // Whoever waits for the answer before the next line gets it.
            if reader.buffer().is_empty() { writer.flush() } else { Ok(()) }
        });
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(true),
            other => other.context("cannot write standard output")?,
        }
    }
    match writer.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write standard output")
        }
        _ => Ok(true),
    }
}

/// The answer for the bytes of one line.
fn answer(one: &Answer<'_>, line: &[u8], fits: bool) -> Parsed {
    if !fits {
        let head = String::from_utf8_lossy(line.get(..60).unwrap_or(line));
        return parse::unreadable(
            &head,
            format!("the line is longer than {LONGEST_LINE} bytes: split it into lines of text"),
        );
    }
    match std::str::from_utf8(line) {
        Ok(text) => one(text),
        Err(error) => parse::unreadable(
            &String::from_utf8_lossy(line),
            format!(
                "the line is not UTF-8 from byte {} on: convert it to UTF-8",
                error.valid_up_to() + 1
            ),
        ),
    }
}

/// Reads the next line without its end; `None` at the end of the input, false
/// where it is too long (the rest of it is dropped).
fn next(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let limit = LONGEST_LINE as u64 + 1;
    if reader.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.pop_if(|last| *last == b'\n').is_some() {
        line.pop_if(|last| *last == b'\r');
        return Ok(Some(true));
    }
    if line.len() <= LONGEST_LINE {
        return Ok(Some(true));
    }
    reader.skip_until(b'\n')?;
    Ok(Some(false))
}
