//! Faults as departments make them, planted on purpose. Every row carries at
//! most one, so that the ledger can be held against what `build` finds.
//!
//! Which row gets which fault follows from the seed, the table, the subject
//! and the row alone. A fault that would hide another (a lost row of a
//! register makes orphans elsewhere) is put on an extra row.

use zhida_model::catalogue::types::{DateFormat, FieldType, KeyKind};

use super::draw::mix;
use super::plan::{Shape, Shared, TablePlan};
use super::row::{Row, Subject, passes};
use super::value::Value;
use super::{cell, day, numbers};

/// What is wrong with a row, by the names of `build`'s report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    BadCheckDigit,
    BadLength,
    BadCharacter,
    BadBirthDate,
    FifteenDigitId,
    FullWidth,
    Orphan,
    OrphanMember,
    ImpossibleDate,
    UnknownCode,
    OutOfRange,
    Duplicate,
    Superseded,
    Stale,
    AfterCutoff,
    Malformed,
    BadEncoding,
    Disputed,
    MissingColumn,
}

impl Kind {
    /// All kinds that rows can have, in the order in which they are drawn.
    const ROWS: [Kind; 17] = [
        Kind::BadCheckDigit,
        Kind::BadLength,
        Kind::BadCharacter,
        Kind::BadBirthDate,
        Kind::FifteenDigitId,
        Kind::FullWidth,
        Kind::Orphan,
        Kind::OrphanMember,
        Kind::ImpossibleDate,
        Kind::UnknownCode,
        Kind::OutOfRange,
        Kind::Duplicate,
        Kind::Superseded,
        Kind::Stale,
        Kind::AfterCutoff,
        Kind::Malformed,
        Kind::BadEncoding,
    ];

    /// The snake_case name used in files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::BadCheckDigit => "bad_check_digit",
            Kind::BadLength => "bad_length",
            Kind::BadCharacter => "bad_character",
            Kind::BadBirthDate => "bad_birth_date",
            Kind::FifteenDigitId => "fifteen_digit_id",
            Kind::FullWidth => "full_width",
            Kind::Orphan => "orphan",
            Kind::OrphanMember => "orphan_member",
            Kind::ImpossibleDate => "impossible_date",
            Kind::UnknownCode => "unknown_code",
            Kind::OutOfRange => "out_of_range",
            Kind::Duplicate => "duplicate",
            Kind::Superseded => "superseded",
            Kind::Stale => "stale",
            Kind::AfterCutoff => "after_cutoff",
            Kind::Malformed => "malformed",
            Kind::BadEncoding => "bad_encoding",
            Kind::Disputed => "disputed",
            Kind::MissingColumn => "missing_column",
        }
    }

    /// What a build must do about it.
    pub(super) fn must(self) -> &'static str {
        match self {
            Kind::BadCheckDigit
            | Kind::BadLength
            | Kind::BadCharacter
            | Kind::BadBirthDate
            | Kind::Orphan => "reject the row",
            Kind::Malformed | Kind::BadEncoding => "reject the record",
            Kind::FifteenDigitId => "bring the number into its present form and keep the row",
            Kind::FullWidth => "fold the key and keep the row",
            Kind::OrphanMember => "leave out the edge",
            Kind::ImpossibleDate | Kind::UnknownCode | Kind::OutOfRange => "reject the cell",
            Kind::Duplicate => "drop the copy",
            Kind::Superseded => "take the later row",
            Kind::Stale => "keep the value as stale",
            Kind::AfterCutoff => "leave out the row",
            Kind::Disputed => "make the value unknown as disputed",
            Kind::MissingColumn => "report the column and take nothing from it",
        }
    }
}

/// A planted fault.
#[derive(Debug, Clone)]
pub(super) struct Planted {
    pub kind: Kind,
    pub column: Option<usize>,
    /// Dossier field, where one is hit.
    pub field: String,
    pub key: String,
}

/// One record of a file.
pub(super) struct Record {
    pub table: usize,
    pub cells: Vec<String>,
    pub fault: Option<Planted>,
}

/// What decides about faults.
pub(super) struct Faults<'a> {
    pub plans: &'a [TablePlan],
    pub shared: &'a [Shared],
    pub seed: u64,
    pub known_at: i32,
    /// Share of the fitting rows that get each kind.
    pub rate: f64,
    /// By table: whether the file is text.
    pub text: &'a [bool],
}

impl Faults<'_> {
    /// The rows of one subject as records, good and spoiled, in file order.
    pub(super) fn plant(&self, subject: &Subject<'_>, mut rows: Vec<Row>, out: &mut Vec<Record>) {
        let disputed = self.dispute(subject, &mut rows);
        for (place, row) in rows.into_iter().enumerate() {
            let dispute = disputed.iter().find(|(at, _)| *at == place);
            if let Some((_, planted)) = dispute {
                out.push(Record { table: row.table, cells: row.cells, fault: planted.clone() });
                continue;
            }
            match self.choose(&row, subject, place) {
                Some((kind, draw)) => self.spoil(kind, draw, row, out),
                None => out.push(Record { table: row.table, cells: row.cells, fault: None }),
            }
        }
    }

    fn draw(&self, table: usize, subject: &Subject<'_>, place: usize, purpose: u64) -> u64 {
        mix(&[self.seed, self.plans[table].hash, subject.index(), place as u64, purpose])
    }

    /// Changes the second source of a field that two tables tell, and keeps
    /// both rows free of other faults. Rows by place, with the fault of the
    /// later one.
    fn dispute(&self, subject: &Subject<'_>, rows: &mut [Row]) -> Vec<(usize, Option<Planted>)> {
        let mut touched: Vec<(usize, Option<Planted>)> = Vec::new();
        for (number, shared) in self.shared.iter().enumerate() {
            let filled = |(table, fill): (usize, usize)| {
                rows.iter().position(|row| {
                    let column = self.plans[table].fills.get(fill).map_or(0, |fill| fill.column);
                    row.table == table
                        && row.back <= 1
                        && row.filled.get(column) == Some(&Some(fill))
                })
            };
            let (Some(&first), Some(&second)) = (shared.places.first(), shared.places.get(1))
            else {
                continue;
            };
            let (Some(one), Some(two)) = (filled(first), filled(second)) else { continue };
            let free = |place: usize| touched.iter().all(|(at, _)| *at != place);
            if !free(one) || !free(two) || !self.falls(self.draw(second.0, subject, number, 7)) {
                continue;
            }
            let plan = &self.plans[second.0];
            let Some(fill) = plan.fills.get(second.1) else { continue };
            let Some(text) = other_value(&rows[two].cells[fill.column], fill) else { continue };
            let key = mask(&rows[two].cells[plan.key]);
            rows[two].cells[fill.column] = text;
            touched.push((one, None));
            touched.push((
                two,
                Some(Planted {
                    kind: Kind::Disputed,
                    column: Some(fill.column),
                    field: shared.field.clone(),
                    key,
                }),
            ));
        }
        touched
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    fn falls(&self, draw: u64) -> bool {
        ((draw >> 11) as f64) < self.rate * (1_u64 << 53) as f64
    }

    fn choose(&self, row: &Row, subject: &Subject<'_>, place: usize) -> Option<(Kind, u64)> {
        Kind::ROWS.into_iter().zip(0_u64..).find_map(|(kind, number)| {
            let draw = self.draw(row.table, subject, place, 100 + number);
            (self.falls(draw) && self.fits(kind, row)).then(|| (kind, mix(&[draw, 1])))
        })
    }

    /// Whether a row of this table can carry a fault of the kind.
    fn fits(&self, kind: Kind, row: &Row) -> bool {
        let plan = &self.plans[row.table];
        let key = row.cells[plan.key].as_str();
        match kind {
            Kind::BadCheckDigit | Kind::BadLength | Kind::BadCharacter => {
                plan.key_kind != KeyKind::Household
            }
            Kind::BadBirthDate => plan.key_kind == KeyKind::ResidentId,
            Kind::FifteenDigitId => {
                plan.key_kind == KeyKind::ResidentId
                    && !plan.register
                    && key.get(6..8) == Some("19")
            }
            Kind::FullWidth => plan.key_kind != KeyKind::Household && !plan.register,
            Kind::Orphan => !plan.register,
            Kind::OrphanMember => plan.edge.is_some(),
            Kind::ImpossibleDate => !self.date_cells(row).is_empty(),
            Kind::UnknownCode => !self.code_cells(row).is_empty(),
            Kind::OutOfRange => !self.number_cells(row).is_empty(),
            Kind::Superseded => plan.latest,
            Kind::Stale => {
                plan.refresh_days > 0 && plan.event.is_none() && plan.shape == Shape::State
            }
            Kind::Malformed | Kind::BadEncoding => self.text[row.table],
            Kind::Duplicate | Kind::AfterCutoff => true,
            Kind::Disputed | Kind::MissingColumn => false,
        }
    }

    /// The row with the fault, and beside it the good one where the build
    /// needs that to lose nothing else.
    fn spoil(&self, kind: Kind, draw: u64, row: Row, out: &mut Vec<Record>) {
        let plan = &self.plans[row.table];
        let table = row.table;
        let mut cells = row.cells.clone();
        let (column, field) = self.mar(kind, draw, &row, &mut cells);
        let key = mask(&row.cells[plan.key]);
        let spoiled = Record { table, cells, fault: Some(Planted { kind, column, field, key }) };
        let good = Record { table, cells: row.cells, fault: None };
        match kind {
            Kind::Superseded => out.extend([spoiled, good]),
            _ if keeps_good(kind, plan) => out.extend([good, spoiled]),
            _ => out.push(spoiled),
        }
    }

    /// Puts the fault into the cells; the column and the field that are hit.
    fn mar(
        &self,
        kind: Kind,
        draw: u64,
        row: &Row,
        cells: &mut [String],
    ) -> (Option<usize>, String) {
        let plan = &self.plans[row.table];
        match kind {
            Kind::BadCheckDigit
            | Kind::BadLength
            | Kind::BadCharacter
            | Kind::BadBirthDate
            | Kind::FifteenDigitId
            | Kind::FullWidth => {
                cells[plan.key] = spoiled_key(kind, &row.cells[plan.key], draw);
                (Some(plan.key), String::new())
            }
            Kind::Orphan => {
                cells[plan.key] = nobody(plan.key_kind, draw);
                (Some(plan.key), String::new())
            }
            Kind::OrphanMember => {
                let edge = plan.edge.as_ref();
                let kind = edge.map_or(KeyKind::ResidentId, |edge| key_kind(edge.target));
                let other = edge.map_or(plan.key, |edge| edge.other);
                cells[other] = nobody(kind, draw);
                (Some(other), edge.map_or(String::new(), |edge| edge.name.clone()))
            }
            Kind::ImpossibleDate | Kind::UnknownCode | Kind::OutOfRange => {
                let (column, field, text) = self.spoiled_cell(kind, row, draw);
                cells[column] = text;
                (Some(column), field)
            }
            Kind::Superseded => {
                self.observe(cells, plan, row.observed - 1 - days(draw, 5));
                (None, String::new())
            }
            Kind::Stale => {
                let on = self.known_at - plan.refresh_days - 1 - days(draw, 200);
                self.observe(cells, plan, on);
                (Some(plan.observed.0), String::new())
            }
            Kind::AfterCutoff => {
                self.observe(cells, plan, self.known_at + 1 + days(draw, 30));
                (Some(plan.observed.0), String::new())
            }
            Kind::Duplicate
            | Kind::Malformed
            | Kind::BadEncoding
            | Kind::Disputed
            | Kind::MissingColumn => (None, String::new()),
        }
    }

    fn observe(&self, cells: &mut [String], plan: &TablePlan, on: i32) {
        let (column, format) = plan.observed;
        cells[column].clear();
        day::write(on, format, &mut cells[column]);
    }

    /// Fills whose cell is a date, but neither the event nor the observation.
    fn date_cells(&self, row: &Row) -> Vec<usize> {
        let plan = &self.plans[row.table];
        let special = |column: usize| {
            plan.event.is_some_and(|(event, _)| event == column) || plan.observed.0 == column
        };
        self.cells(row, |fill| {
            fill.kind == FieldType::Date
                && !special(fill.column)
                && !matches!(fill.format, DateFormat::Year | DateFormat::YearMonth)
        })
    }

    /// Fills with mapped codes; the code column of a dated thing comes last.
    fn code_cells(&self, row: &Row) -> Vec<usize> {
        let plan = &self.plans[row.table];
        let mut cells = self.cells(row, |fill| {
            fill.mapped && matches!(fill.kind, FieldType::Code | FieldType::Bool)
        });
        let dated = row
            .dated
            .and_then(|at| plan.dated.get(at))
            .filter(|dated| dated.mapped && dated.only.is_none());
        if dated.and_then(|dated| dated.code).is_some_and(|column| plan.dropped != Some(column)) {
            cells.push(usize::MAX);
        }
        cells
    }

    fn number_cells(&self, row: &Row) -> Vec<usize> {
        let number = |kind| matches!(kind, FieldType::Int | FieldType::Money | FieldType::Decimal);
        self.cells(row, |fill| number(fill.kind) && (fill.min == Some(0) || fill.max.is_some()))
    }

    fn cells(&self, row: &Row, fits: impl Fn(&super::plan::Fill) -> bool) -> Vec<usize> {
        let plan = &self.plans[row.table];
        let fills = plan.fills.iter().enumerate();
        let own = fills.filter(|(at, fill)| {
            row.filled[fill.column] == Some(*at) && plan.dropped != Some(fill.column)
        });
        own.filter(|(_, fill)| fits(fill) && passes(row, fill.only.as_ref()))
            .map(|(at, _)| at)
            .collect()
    }

    /// Column, field and faulty text.
    fn spoiled_cell(&self, kind: Kind, row: &Row, draw: u64) -> (usize, String, String) {
        let plan = &self.plans[row.table];
        let cells = match kind {
            Kind::ImpossibleDate => self.date_cells(row),
            Kind::UnknownCode => self.code_cells(row),
            _ => self.number_cells(row),
        };
        let at = cells
            .get(usize::try_from(draw % (cells.len().max(1) as u64)).unwrap_or(0))
            .copied()
            .unwrap_or(0);
        let Some(fill) = plan.fills.get(at) else {
            let dated = row.dated.and_then(|at| plan.dated.get(at));
            let column = dated.and_then(|dated| dated.code).unwrap_or(plan.key);
            return (
                column,
                dated.map_or(String::new(), |dated| dated.field.clone()),
                "ZZ9".to_owned(),
            );
        };
        let mut text = String::new();
        match kind {
            Kind::ImpossibleDate => {
                let unreal = if draw & 1024 == 0 { (2024, 2, 30) } else { (2023, 13, 1) };
                day::write_parts(unreal, fill.format, &mut text);
            }
            Kind::UnknownCode => text.push_str("ZZ9"),
            _ => cell::write(&beyond(fill), fill, 0, &mut text),
        }
        (fill.column, fill.field.clone(), text)
    }
}

/// Whether the good row stands before the spoiled one.
fn keeps_good(kind: Kind, plan: &TablePlan) -> bool {
    match kind {
        // A lost row of these tables would make orphans of others.
        Kind::BadCheckDigit | Kind::BadLength | Kind::BadCharacter | Kind::BadBirthDate => {
            plan.register || plan.household.is_some()
        }
        Kind::FifteenDigitId
        | Kind::FullWidth
        | Kind::ImpossibleDate
        | Kind::UnknownCode
        | Kind::OutOfRange
        | Kind::Superseded
        | Kind::Stale => false,
        Kind::Orphan
        | Kind::OrphanMember
        | Kind::AfterCutoff
        | Kind::Duplicate
        | Kind::Malformed
        | Kind::BadEncoding
        | Kind::Disputed
        | Kind::MissingColumn => true,
    }
}

/// A number outside the plausible bounds of a field.
fn beyond(fill: &super::plan::Fill) -> Value {
    let step = match fill.kind {
        FieldType::Money => 100_000_000,
        FieldType::Decimal => 1_000_000,
        _ => 1,
    };
    let value = match fill.max {
        Some(max) => max.saturating_add(step),
        None => fill.min.unwrap_or(0).saturating_sub(step),
    };
    match fill.kind {
        FieldType::Money => Value::Money(value),
        FieldType::Decimal => Value::Decimal(value),
        _ => Value::Int(value),
    }
}

/// A different value of the same kind, in the form of the table.
fn other_value(text: &str, fill: &super::plan::Fill) -> Option<String> {
    match fill.kind {
        FieldType::Code | FieldType::Bool => {
            let own = fill
                .raw
                .iter()
                .find(|(_, raw)| raw.iter().any(|value| value == text))
                .map(|(code, _)| code);
            let other = fill.raw.iter().find(|(code, _)| Some(*code) != own)?;
            other.1.first().cloned()
        }
        FieldType::Int => Some((text.parse::<i64>().ok()? + 1).to_string()),
        FieldType::Money | FieldType::Decimal => {
            let (whole, rest) =
                text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
            let whole = (whole.parse::<i64>().ok()?.checked_add(1))?.to_string();
            Some(rest.map_or(whole.clone(), |rest| format!("{whole}.{rest}")))
        }
        FieldType::Region => {
            Some(if text == "110101" { "110102".to_owned() } else { "110101".to_owned() })
        }
        FieldType::Date => {
            let earlier = zhida_model::domain::parse_date(text).ok()?.yesterday().ok()?;
            let mut out = String::new();
            day::write(day::number(earlier), fill.format, &mut out);
            Some(out)
        }
        _ => None,
    }
}

fn days(draw: u64, bound: u64) -> i32 {
    i32::try_from((draw >> 20) % bound).unwrap_or(0)
}

fn key_kind(kind: zhida_model::domain::SubjectKind) -> KeyKind {
    match kind {
        zhida_model::domain::SubjectKind::Enterprise => KeyKind::Uscc,
        zhida_model::domain::SubjectKind::Citizen => KeyKind::ResidentId,
    }
}

/// A well-formed key that no register holds.
fn nobody(kind: KeyKind, draw: u64) -> String {
    match kind {
        KeyKind::Uscc => numbers::no_enterprise(draw),
        KeyKind::ResidentId => numbers::nobody(
            draw >> 8,
            day::of(1950, 1, 1) + i32::try_from((draw >> 40) % 18_000).unwrap_or(0),
        ),
        KeyKind::Household => format!("98{:010}", draw % 10_000_000_000),
    }
}

fn spoiled_key(kind: Kind, key: &str, draw: u64) -> String {
    let symbols: Vec<char> = key.chars().collect();
    let head: String = symbols.iter().take(symbols.len().saturating_sub(1)).collect();
    let last = symbols.last().copied().unwrap_or('0');
    match kind {
        Kind::BadCheckDigit => format!(
            "{head}{}",
            if last == '0' || last == 'X' {
                '1'
            } else {
                char::from_digit((last.to_digit(36).unwrap_or(0) + 1) % 10, 10).unwrap_or('0')
            }
        ),
        Kind::BadLength => head,
        Kind::BadCharacter => {
            let at = 8 + usize::try_from(draw % 6).unwrap_or(0);
            symbols
                .iter()
                .enumerate()
                .map(|(place, &symbol)| if place == at { 'O' } else { symbol })
                .collect()
        }
        Kind::BadBirthDate => {
            let (before, after): (String, String) =
                (symbols.iter().take(10).collect(), symbols.iter().skip(14).take(3).collect());
            numbers::with_check(&format!(
                "{before}{}{after}",
                if draw & 1 == 0 { "1301" } else { "0230" }
            ))
        }
        Kind::FifteenDigitId => symbols
            .iter()
            .enumerate()
            .filter(|(place, _)| !matches!(place, 6 | 7 | 17))
            .map(|(_, symbol)| symbol)
            .collect(),
        _ => symbols
            .iter()
            .map(|&symbol| char::from_u32(u32::from(symbol) + 0xFEE0).unwrap_or(symbol))
            .collect(),
    }
}

/// A key with its middle hidden, as the ledger shows it.
fn mask(key: &str) -> String {
    let count = key.chars().count();
    key.chars()
        .enumerate()
        .map(|(place, symbol)| if place < 6 || place + 2 >= count { symbol } else { '*' })
        .collect()
}
