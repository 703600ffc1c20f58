//! From the text of a cell to a typed value, a gap, or a fault.

use rustc_hash::FxHashMap;
use zhida_model::catalogue::types::Take;
use zhida_model::domain::{
    IndustryCode, IndustryTable, NumberError, Reason, RegionCode, RegionTable, SubjectKind,
    parse_scaled, tidy, trim_spaces,
};

use super::day;
use super::fault::Fault;
use super::identify::Subjects;
use super::plan::{Members, Parse};
use super::read::Batch;

/// What the cells are checked against.
pub(super) struct Context<'a> {
    pub(super) regions: &'a RegionTable,
    /// Zone ids to their place in the order of ids.
    pub(super) zones: FxHashMap<&'a str, u16>,
    pub(super) industries: &'a IndustryTable,
    /// By [`SubjectKind::index`].
    pub(super) subjects: [Subjects; 2],
    pub(super) known_at: jiff::civil::Date,
}

/// Typed cells of one column.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Yes or no, or positions in a code list.
    Small(Vec<u8>),
    /// Dense indices of regions or industries.
    Place(Vec<u16>),
    /// Stored days.
    Day(Vec<i32>),
    /// Whole numbers, fen, scaled decimals.
    Whole(Vec<i64>),
    /// Rows of other subjects.
    Subject(Vec<u32>),
    /// Text; cell r ends at byte `ends[r]`.
    Text { ends: Vec<u64>, bytes: Vec<u8> },
    /// Members; cell r ends at `ends[r]`.
    Set { ends: Vec<u32>, members: Vec<u16> },
}

/// A parsed column: cells and whether they are known.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    pub(super) cells: Cells,
    pub(super) reasons: Vec<Reason>,
}

/// A faulty cell: row in the batch, what is wrong.
pub(super) struct CellFault {
    pub(super) row: usize,
    pub(super) fault: Fault,
}

impl Context<'_> {
    fn subject(&self, kind: SubjectKind, text: &str) -> Result<u32, Fault> {
        self.subjects[kind.index()].find(kind, text, self.known_at).map(|(row, _)| row).map_err(
            |fault| match fault {
                Fault::Orphan | Fault::FifteenDigitId => Fault::OrphanMember,
                _ => Fault::BadMember,
            },
        )
    }

    fn region(&self, text: &str) -> Result<u16, Fault> {
        // Statistical codes of nine and twelve digits begin with the division.
        let text = tidy(text);
        let code = match text.len() {
            9 | 12 => text.get(..6).unwrap_or_default(),
            _ => &text,
        };
        let code = RegionCode::parse(code).map_err(|_| Fault::UnknownRegion)?;
        self.regions.index(code).ok_or(Fault::UnknownRegion)
    }

    fn industry(&self, text: &str) -> Result<u16, Fault> {
        let code = IndustryCode::parse(&tidy(text)).map_err(|_| Fault::UnknownIndustry)?;
        self.industries.index(code).ok_or(Fault::UnknownIndustry)
    }

    fn member(&self, members: &Members, text: &str) -> Result<u16, Fault> {
        match members {
            Members::Codes(codes) => code(codes, text).map(u16::from),
            Members::Industries => self.industry(text),
            Members::Zones(map) => {
                let text = tidy(text);
                let id = map.get(text.as_ref()).map_or(text.as_ref(), String::as_str);
                self.zones.get(id).copied().ok_or(Fault::UnknownCode)
            }
        }
    }
}

/// Parses a column of a batch. `pass` tells which rows its filter lets through.
pub(super) fn parse_column(
    context: &Context<'_>,
    batch: &Batch,
    column: usize,
    parse: &Parse,
    pass: &dyn Fn(usize) -> bool,
    faults: &mut Vec<CellFault>,
) -> Parsed {
    let mut reader =
        Reader { batch, column, pass, faults, reasons: Vec::with_capacity(batch.rows()) };
    let cells = match parse {
        Parse::Bool(map) | Parse::Code(map) => Cells::Small(reader.fill(0, |text| code(map, text))),
        Parse::Number { places, min, max } => {
            Cells::Whole(reader.fill(0, |text| bounded(number(text, *places)?, *min, *max)))
        }
        Parse::Day { format, min, max } => Cells::Day(reader.fill(day::NONE, |text| {
            let day = day::parse(text, *format).ok_or(Fault::ImpossibleDate)?;
            bounded(i64::from(day), *min, *max).map(|_| day)
        })),
        Parse::Region => Cells::Place(reader.fill(0, |text| context.region(text))),
        Parse::Industry => Cells::Place(reader.fill(0, |text| context.industry(text))),
        Parse::Subject(kind) => {
            Cells::Subject(reader.fill(u32::MAX, |text| context.subject(*kind, text)))
        }
        Parse::Text => reader.texts(),
        Parse::Set { separator, members } => reader.sets(context, separator.as_deref(), members),
    };
    Parsed { cells, reasons: reader.reasons }
}

/// Goes through the cells of a column and notes what became of each.
struct Reader<'r> {
    batch: &'r Batch,
    column: usize,
    pass: &'r dyn Fn(usize) -> bool,
    faults: &'r mut Vec<CellFault>,
    reasons: Vec<Reason>,
}

impl Reader<'_> {
    /// Reads one cell, unless it is empty or its row does not pass.
    fn cell(&mut self, row: usize, read: impl FnOnce(&str) -> Result<(), Fault>) {
        let text = if (self.pass)(row) { self.batch.cell(self.column, row) } else { "" };
        let reason = match text {
            "" => Reason::Missing,
            text => match read(text) {
                Ok(()) => Reason::Known,
                Err(_) if trim_spaces(text).is_empty() => Reason::Missing,
                Err(fault) => {
                    self.faults.push(CellFault { row, fault });
                    Reason::Rejected
                }
            },
        };
        self.reasons.push(reason);
    }

    /// Cells of a fixed width, `empty` where there is no value.
    fn fill<T: Copy>(&mut self, empty: T, read: impl Fn(&str) -> Result<T, Fault>) -> Vec<T> {
        let rows = self.batch.rows();
        let mut cells = Vec::with_capacity(rows);
        for row in 0..rows {
            let mut value = empty;
            self.cell(row, |text| {
                value = read(text)?;
                Ok(())
            });
            cells.push(value);
        }
        cells
    }

    fn texts(&mut self) -> Cells {
        let rows = self.batch.rows();
        let (mut ends, mut bytes) = (Vec::with_capacity(rows), Vec::new());
        for row in 0..rows {
            self.cell(row, |text| {
                let text = trim_spaces(text);
                bytes.extend_from_slice(text.as_bytes());
                if text.is_empty() { Err(Fault::UnknownCode) } else { Ok(()) }
            });
            ends.push(bytes.len() as u64);
        }
        Cells::Text { ends, bytes }
    }

    fn sets(&mut self, context: &Context<'_>, separator: Option<&str>, members: &Members) -> Cells {
        let rows = self.batch.rows();
        let (mut ends, mut all) = (Vec::with_capacity(rows), Vec::new());
        for row in 0..rows {
            let start = all.len();
            self.cell(row, |text| set(context, text, separator, members, &mut all, start));
            ends.push(narrow(all.len()));
        }
        Cells::Set { ends, members: all }
    }
}

/// The members of a cell, ascending and each once; all or none.
fn set(
    context: &Context<'_>,
    text: &str,
    separator: Option<&str>,
    members: &Members,
    all: &mut Vec<u16>,
    start: usize,
) -> Result<(), Fault> {
    let mut add = |part: &str| match trim_spaces(part) {
        "" => Ok(()),
        part => context.member(members, part).map(|member| all.push(member)),
    };
    let read = match separator {
        Some(separator) if !separator.is_empty() => text.split(separator).try_for_each(&mut add),
        _ => add(text),
    };
    if read.is_err() {
        all.truncate(start);
        return read;
    }
    if let Some(own) = all.get_mut(start..) {
        own.sort_unstable();
    }
    let mut kept = start;
    for at in start..all.len() {
        if kept == start || all[at] != all[kept - 1] {
            all[kept] = all[at];
            kept += 1;
        }
    }
    all.truncate(kept);
    Ok(())
}

fn code(map: &FxHashMap<String, u8>, text: &str) -> Result<u8, Fault> {
    let found = map.get(text).or_else(|| map.get(tidy(text).as_ref()));
    found.copied().ok_or(Fault::UnknownCode)
}

fn bounded(value: i64, min: Option<i64>, max: Option<i64>) -> Result<i64, Fault> {
    let fits = min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
    if fits { Ok(value) } else { Err(Fault::OutOfRange) }
}

/// Powers of ten up to the most places any scale needs.
const TENS: [i64; 11] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
];

fn number(text: &str, places: u32) -> Result<i64, Fault> {
    if let Some(value) = plain(text.as_bytes(), places) {
        return Ok(value);
    }
    parse_scaled(text, places).map_err(|error| match error {
        NumberError::Places { .. } => Fault::TooPrecise,
        NumberError::Overflow { .. } => Fault::OutOfRange,
        NumberError::Empty | NumberError::Shape { .. } => Fault::BadNumber,
    })
}

/// The common case: up to nine digits before the point, and no more behind it
/// than are kept. Anything else is read the careful way.
fn plain(bytes: &[u8], places: u32) -> Option<i64> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let point = bytes.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (bytes.get(..at)?, bytes.get(at + 1..)?),
        None => (bytes, &[][..]),
    };
    let wanted = places as usize;
    let shape = (1..=9).contains(&whole.len())
        && fraction.len() <= wanted
        && (point.is_none() || !fraction.is_empty());
    if !shape || wanted >= TENS.len() || wanted > 8 {
        return None;
    }
    let mut value = 0_i64;
    for &byte in whole.iter().chain(fraction) {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    let value = value * TENS[wanted - fraction.len()];
    Some(if negative { -value } else { value })
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Cells {
    /// The text of a cell.
    pub(super) fn text(&self, row: usize) -> &[u8] {
        let Cells::Text { ends, bytes } = self else { return &[] };
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let end = ends.get(row).copied().unwrap_or(start);
        bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The members of a cell.
    pub(super) fn members(&self, row: usize) -> &[u16] {
        let Cells::Set { ends, members } = self else { return &[] };
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let end = ends.get(row).copied().unwrap_or(start);
        members.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Cells of the right type that hold nothing.
    pub(super) fn empty(parse: Option<&Parse>, take: Take, rows: usize) -> Cells {
        match (take, parse) {
            (Take::Exists, _) => Cells::Small(vec![0; rows]),
            (Take::Count, _) => Cells::Whole(vec![0; rows]),
            (_, Some(Parse::Bool(_) | Parse::Code(_))) => Cells::Small(vec![0; rows]),
            (_, Some(Parse::Day { .. })) => Cells::Day(vec![0; rows]),
            (_, Some(Parse::Region | Parse::Industry)) => Cells::Place(vec![0; rows]),
            (_, Some(Parse::Text)) => Cells::Text { ends: vec![0; rows], bytes: Vec::new() },
            (_, Some(Parse::Set { .. })) => Cells::Set { ends: vec![0; rows], members: Vec::new() },
            (_, Some(Parse::Subject(_))) => Cells::Subject(vec![u32::MAX; rows]),
            (_, Some(Parse::Number { .. }) | None) => Cells::Whole(vec![0; rows]),
        }
    }
}

impl Parsed {
    /// Puts another stretch of the same column behind this one.
    pub(super) fn append(&mut self, other: Parsed) {
        self.reasons.extend(other.reasons);
        match (&mut self.cells, other.cells) {
            (Cells::Small(a), Cells::Small(b)) => a.extend(b),
            (Cells::Place(a), Cells::Place(b)) => a.extend(b),
            (Cells::Day(a), Cells::Day(b)) => a.extend(b),
            (Cells::Whole(a), Cells::Whole(b)) => a.extend(b),
            (Cells::Subject(a), Cells::Subject(b)) => a.extend(b),
            (Cells::Text { ends, bytes }, Cells::Text { ends: more, bytes: tail }) => {
                let base = bytes.len() as u64;
                bytes.extend(tail);
                ends.extend(more.into_iter().map(|end| base + end));
            }
            (Cells::Set { ends, members }, Cells::Set { ends: more, members: tail }) => {
                let base = narrow(members.len());
                members.extend(tail);
                ends.extend(more.into_iter().map(|end| base + end));
            }
            // One plan parses a column in one way.
            _ => {}
        }
    }

    /// The text of a cell.
    pub(super) fn text(&self, row: usize) -> &[u8] {
        self.cells.text(row)
    }

    /// The members of a cell.
    pub(super) fn members(&self, row: usize) -> &[u16] {
        self.cells.members(row)
    }

    /// A number or day as 64 bits; zero where it is not known.
    pub(super) fn whole(&self, row: usize) -> i64 {
        match &self.cells {
            Cells::Small(cells) => cells.get(row).map_or(0, |&cell| i64::from(cell)),
            Cells::Place(cells) => cells.get(row).map_or(0, |&cell| i64::from(cell)),
            Cells::Day(cells) => cells.get(row).map_or(0, |&cell| i64::from(cell)),
            Cells::Whole(cells) => cells.get(row).copied().unwrap_or(0),
            Cells::Subject(cells) => cells.get(row).map_or(0, |&cell| i64::from(cell)),
            Cells::Text { .. } | Cells::Set { .. } => 0,
        }
    }

    /// Whether and why not a cell is known.
    pub(super) fn reason(&self, row: usize) -> Reason {
        self.reasons.get(row).copied().unwrap_or(Reason::Missing)
    }
}
