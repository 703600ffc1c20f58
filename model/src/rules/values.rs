//! Dossiers written by hand, in the words of the catalogue: a case beside a
//! policy, the calculator of the service, a test. They become a small
//! [`World`] that the engine reads like any other.

use std::{collections::BTreeMap, sync::Arc};

use arrow_buffer::{BooleanBuffer, OffsetBuffer, ScalarBuffer};
use jiff::civil::Date;
use serde_json::Value;
use thiserror::Error;

use crate::{
    catalogue::{Catalogue, CodeList, Field, Relation, types::FieldType},
    domain::{DECIMAL_PLACES, IndustryCode, Reason, RegionCode, SubjectKind, parse_scaled},
    frame::{CHUNK_ROWS, Column, Dossiers, Edges, Facts, Frame, Values, World},
    reference::Reference,
    rules::dated::days_of,
};

/// A dossier as somebody typed it: field or relation name → value. A name that
/// is absent, or `null`, is unknown.
pub type Typed = BTreeMap<String, Value>;

/// What is wrong with a typed value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValueError {
    /// No such field or relation.
    #[error("`{name}` is no field or relation of {kind}{hint}")]
    UnknownField {
        /// The name.
        name: String,
        /// Whose.
        kind: SubjectKind,
        /// A suggestion, or empty.
        hint: String,
    },
    /// The field is computed.
    #[error("`{name}` is derived from other fields; give those instead: {from}")]
    Derived {
        /// The name.
        name: String,
        /// Its expression.
        from: String,
    },
    /// The value does not fit the type.
    #[error("`{name}`: `{value}` is not {wanted}")]
    Unfit {
        /// The name.
        name: String,
        /// The value as JSON.
        value: String,
        /// What is wanted.
        wanted: String,
    },
}

/// One typed cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Yes or no.
    Bool(bool),
    /// Whole number, fen, scaled decimal.
    Int(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Position in the code list.
    Code(u8),
    /// Dense index of a region or industry.
    Place(u16),
    /// Text.
    Text(String),
    /// Members of a set, ascending.
    Set(Vec<u16>),
    /// Facts and whether the list is complete.
    Facts(Vec<FactCell>, bool),
}

/// One typed fact: code, from, to, amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactCell {
    /// Position in the code list.
    pub code: u8,
    /// First day; `i32::MIN` when not told.
    pub from: i32,
    /// Last day; `i32::MAX` while open.
    pub to: i32,
    /// Fen; `i64::MIN` when there is none.
    pub amount: i64,
}

/// Reads a typed value of a field.
///
/// # Errors
/// When the value does not fit the field.
pub fn cell(
    field: &Field,
    value: &Value,
    reference: &Reference,
) -> Result<Option<Cell>, ValueError> {
    if value.is_null() {
        return Ok(None);
    }
    let unfit = |wanted: String| ValueError::Unfit {
        name: field.name.clone(),
        value: value.to_string(),
        wanted,
    };
    let text = scalar_text(value);
    let cell = match field.kind {
        FieldType::Bool => value.as_bool().map(Cell::Bool),
        FieldType::Int => text.and_then(|text| parse_scaled(&text, 0).ok()).map(Cell::Int),
        FieldType::Decimal => text.and_then(|text| decimal(&text)).map(Cell::Int),
        FieldType::Money => text.and_then(|text| money(&text)).map(Cell::Int),
        FieldType::Date => day(value).map(Cell::Date),
        FieldType::Region => code(value).and_then(|code| region(code, reference)).map(Cell::Place),
        FieldType::Industry => {
            code(value).and_then(|code| industry(code, reference)).map(Cell::Place)
        }
        FieldType::Code => {
            code(value).and_then(|code| field.codes.as_ref()?.position(code)).map(Cell::Code)
        }
        FieldType::Text => text.map(Cell::Text),
        FieldType::Set => set(field, value, reference).map(Cell::Set),
        FieldType::Facts => facts(field, value).map(|(rows, complete)| Cell::Facts(rows, complete)),
    };
    cell.map(Some).ok_or_else(|| unfit(wanted(field, value)))
}

fn wanted(field: &Field, value: &Value) -> String {
    match field.kind {
        FieldType::Region | FieldType::Industry if value.is_number() => {
            format!("a code: codes stand in quotes, write \"{value}\"")
        }
        FieldType::Bool => "true or false".to_owned(),
        FieldType::Int => "a whole number".to_owned(),
        FieldType::Decimal => "a decimal such as 0.055 or \"5.5%\"".to_owned(),
        FieldType::Money => "a sum in yuan such as 3600, \"300万\" or \"1.5亿\"".to_owned(),
        FieldType::Date => "a day such as \"2026-01-31\"".to_owned(),
        FieldType::Region => "a region code such as \"330100\"".to_owned(),
        FieldType::Industry => "an industry code such as \"C3911\"".to_owned(),
        FieldType::Code => {
            let codes: Vec<&str> = field
                .codes
                .iter()
                .flat_map(|list| list.entries.iter().map(|entry| entry.code.as_str()))
                .take(20)
                .collect();
            format!("one of {}", codes.join(", "))
        }
        FieldType::Text => "text".to_owned(),
        FieldType::Set => "a list of codes such as [\"a\", \"b\"]".to_owned(),
        FieldType::Facts => {
            "a list of {code, from, to, amount} with codes of the field's list".to_owned()
        }
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A code is a text: an unquoted number is none, and might have lost its zeros.
fn code(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim)
}

/// Yuan, 万 or 亿 into fen.
#[must_use]
pub fn money(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('元');
    // Places behind the point down to one fen.
    let (digits, places) = if let Some(rest) = text.strip_suffix('亿') {
        (rest, 10)
    } else if let Some(rest) = text.strip_suffix('万') {
        (rest, 6)
    } else {
        (text, 2)
    };
    parse_scaled(digits, places).ok()
}

fn decimal(text: &str) -> Option<i64> {
    match text.strip_suffix('%') {
        Some(percent) => {
            let scaled = parse_scaled(percent, DECIMAL_PLACES).ok()?;
            (scaled % 100 == 0).then_some(scaled / 100)
        }
        None => parse_scaled(text, DECIMAL_PLACES).ok(),
    }
}

fn day(value: &Value) -> Option<i32> {
    value.as_str()?.trim().parse::<Date>().ok().map(days_of)
}

fn region(text: &str, reference: &Reference) -> Option<u16> {
    reference.regions.index(RegionCode::parse(text).ok()?)
}

fn industry(text: &str, reference: &Reference) -> Option<u16> {
    reference.industries.index(IndustryCode::parse(text).ok()?)
}

fn set(field: &Field, value: &Value, reference: &Reference) -> Option<Vec<u16>> {
    let mut members = Vec::new();
    for item in value.as_array()? {
        let text = code(item)?;
        members.push(if field.holds_zones() {
            reference.regions.zone_index(text)?
        } else if field.holds_industries() {
            industry(text, reference)?
        } else {
            u16::from(field.codes.as_ref()?.position(text)?)
        });
    }
    members.sort_unstable();
    members.dedup();
    Some(members)
}

/// A list of facts, or `{rows: […], complete: false}`.
fn facts(field: &Field, value: &Value) -> Option<(Vec<FactCell>, bool)> {
    let (rows, complete) = listed(value)?;
    let codes = field.codes.as_ref()?;
    let mut facts = Vec::new();
    for row in rows {
        facts.push(fact(row, field, codes)?);
    }
    facts.sort_unstable();
    Some((facts, complete))
}

/// Whether a row of this code without a last day is still open: some source of
/// the code has a column for it. Elsewhere a row is an event of one day, as in
/// a snapshot.
pub(crate) fn stays_open(field: &Field, code: &str) -> bool {
    field.sources.iter().any(|source| {
        let Some(columns) = &source.fact else { return false };
        let gives = match &columns.fixed {
            Some(fixed) => fixed == code,
            None => source.map.is_empty() || source.map.values().any(|mapped| mapped == code),
        };
        gives && columns.to.as_ref().is_some_and(|to| to.column != columns.from.column)
    })
}

fn listed(value: &Value) -> Option<(&Vec<Value>, bool)> {
    match value {
        Value::Array(rows) => Some((rows, true)),
        Value::Object(map) => {
            let complete = map.get("complete").and_then(Value::as_bool).unwrap_or(true);
            Some((map.get("rows")?.as_array()?, complete))
        }
        _ => None,
    }
}

fn fact(row: &Value, field: &Field, codes: &Arc<CodeList>) -> Option<FactCell> {
    if let Some(code) = row.as_str() {
        let code = codes.position(code)?;
        return Some(FactCell { code, from: i32::MIN, to: i32::MAX, amount: i64::MIN });
    }
    let row = row.as_object()?;
    if row.keys().any(|key| !matches!(key.as_str(), "code" | "from" | "to" | "amount")) {
        return None;
    }
    let given = |key: &str| row.get(key).filter(|value| !value.is_null());
    let code = row.get("code")?.as_str()?;
    let from = match given("from") {
        Some(value) => day(value)?,
        None => i32::MIN,
    };
    let to = match given("to") {
        Some(value) => day(value)?,
        None if from == i32::MIN || stays_open(field, code) => i32::MAX,
        None => from,
    };
    let amount = match given("amount") {
        Some(value) => money(&scalar_text(value)?)?,
        None => i64::MIN,
    };
    Some(FactCell { code: codes.position(code)?, from, to, amount })
}

/// A dossier with the members of its relations.
#[derive(Debug, Clone, Default)]
struct Row {
    cells: BTreeMap<usize, Cell>,
    edges: BTreeMap<usize, (Vec<Edge>, bool)>,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    target: u32,
    since: i32,
    until: i32,
}

/// A world of hand-written dossiers under construction.
#[derive(Debug)]
pub struct Builder<'a> {
    reference: &'a Reference,
    rows: [Vec<Row>; 2],
}

impl<'a> Builder<'a> {
    /// An empty world.
    #[must_use]
    pub fn new(reference: &'a Reference) -> Builder<'a> {
        Builder { reference, rows: [Vec::new(), Vec::new()] }
    }

    /// Adds a dossier with the members of its relations and tells its row.
    ///
    /// # Errors
    /// Every value that does not fit.
    pub fn add(&mut self, kind: SubjectKind, typed: &Typed) -> Result<u32, Vec<ValueError>> {
        let position = self.rows[kind.index()].len();
        self.rows[kind.index()].push(Row::default());
        let mut row = Row::default();
        let mut errors = Vec::new();
        for (name, value) in typed {
            if let Err(mut found) = self.put(kind, &mut row, name, value) {
                errors.append(&mut found);
            }
        }
        self.rows[kind.index()][position] = row;
        if errors.is_empty() {
            Ok(u32::try_from(position).unwrap_or(u32::MAX))
        } else {
            Err(errors)
        }
    }

    fn put(
        &mut self,
        kind: SubjectKind,
        row: &mut Row,
        name: &str,
        value: &Value,
    ) -> Result<(), Vec<ValueError>> {
        let catalogue: &'a Catalogue = &self.reference.catalogue;
        if let Some(field) = catalogue.field(kind, name) {
            if let Some(derived) = &field.derived {
                let (name, from) = (name.to_owned(), derived.text.clone());
                return Err(vec![ValueError::Derived { name, from }]);
            }
            if let Some(cell) = cell(field, value, self.reference).map_err(|error| vec![error])? {
                row.cells.insert(field.id.index(), cell);
            }
            return Ok(());
        }
        if let Some(relation) = catalogue.relation(kind, name) {
            return self.relate(row, relation, value);
        }
        let hint = match catalogue.suggest_field(kind, name) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        };
        Err(vec![ValueError::UnknownField { name: name.to_owned(), kind, hint }])
    }

    fn relate(
        &mut self,
        row: &mut Row,
        relation: &Relation,
        value: &Value,
    ) -> Result<(), Vec<ValueError>> {
        if value.is_null() {
            return Ok(());
        }
        let unfit = |value: &Value, wanted: &str| {
            vec![ValueError::Unfit {
                name: relation.entry.name.clone(),
                value: value.to_string(),
                wanted: wanted.to_owned(),
            }]
        };
        let Some((members, complete)) = listed(value) else {
            return Err(unfit(value, "a list of members"));
        };
        let mut edges = Vec::new();
        for member in members {
            let Some(fields) = member.as_object() else {
                return Err(unfit(member, "a member written as fields"));
            };
            let bound = |key: &str, default: i32| match fields.get(key) {
                Some(value) if !value.is_null() => {
                    day(value).ok_or_else(|| unfit(value, "a day such as \"2026-01-31\""))
                }
                _ => Ok(default),
            };
            let (since, until) = (bound("since", i32::MIN)?, bound("until", i32::MAX)?);
            let typed: Typed = fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "since" | "until"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let target = self.add(relation.entry.target, &typed)?;
            edges.push(Edge { target, since, until });
        }
        row.edges.insert(relation.id.index(), (edges, complete));
        Ok(())
    }

    /// The finished world.
    #[must_use]
    pub fn build(self) -> World {
        let [enterprises, citizens] = &self.rows;
        World {
            dossiers: [
                dossiers(SubjectKind::Enterprise, enterprises, self.reference),
                dossiers(SubjectKind::Citizen, citizens, self.reference),
            ],
        }
    }
}

fn dossiers(kind: SubjectKind, rows: &[Row], reference: &Reference) -> Dossiers {
    let chunks = rows
        .chunks(CHUNK_ROWS)
        .enumerate()
        .map(|(chunk, rows)| frame(kind, chunk * CHUNK_ROWS, rows, reference))
        .collect();
    Dossiers { kind, rows: rows.len(), chunks }
}

fn frame(kind: SubjectKind, first: usize, rows: &[Row], reference: &Reference) -> Frame {
    let catalogue = &reference.catalogue;
    let columns = catalogue
        .fields()
        .iter()
        .map(|field| {
            let stored = field.subject == kind && field.derived.is_none();
            stored.then(|| column(field, rows))
        })
        .collect();
    let relations = catalogue
        .relations()
        .iter()
        .map(|relation| (relation.entry.subject == kind).then(|| edges(relation.id.index(), rows)))
        .collect();
    let keys = (0..rows.len()).map(|row| (first + row) as u128).collect::<Vec<_>>();
    Frame {
        kind,
        first: u32::try_from(first).unwrap_or(u32::MAX),
        rows: rows.len(),
        keys: keys.into(),
        columns,
        relations,
    }
}

fn column(field: &Field, rows: &[Row]) -> Column {
    let cells: Vec<Option<&Cell>> =
        rows.iter().map(|row| row.cells.get(&field.id.index())).collect();
    let known: Vec<bool> = cells
        .iter()
        .map(|cell| match cell {
            Some(Cell::Facts(_, complete)) => *complete,
            other => other.is_some(),
        })
        .collect();
    let reasons: Vec<u8> = known
        .iter()
        .zip(&cells)
        .map(|(known, cell)| match (known, cell) {
            (true, _) => Reason::Known.code(),
            (false, Some(_)) => Reason::NotCovered.code(),
            (false, None) => Reason::Missing.code(),
        })
        .collect();
    let all = known.iter().all(|known| *known);
    Column {
        values: values(field.kind, &cells),
        known: (!all).then(|| BooleanBuffer::from(known)),
        reasons: (!all).then(|| ScalarBuffer::from(reasons)),
        observed: None,
        source: None,
    }
}

fn values(kind: FieldType, cells: &[Option<&Cell>]) -> Values {
    fn collect<T: Default>(cells: &[Option<&Cell>], pick: fn(&Cell) -> Option<T>) -> Vec<T> {
        cells.iter().map(|cell| cell.and_then(pick).unwrap_or_default()).collect()
    }
    match kind {
        FieldType::Bool => Values::Bool(BooleanBuffer::from(collect(cells, |cell| match cell {
            Cell::Bool(value) => Some(*value),
            _ => None,
        }))),
        FieldType::Int | FieldType::Decimal | FieldType::Money => {
            Values::Int(ScalarBuffer::from(collect(cells, |cell| match cell {
                Cell::Int(value) => Some(*value),
                _ => None,
            })))
        }
        FieldType::Date => Values::Date(ScalarBuffer::from(collect(cells, |cell| match cell {
            Cell::Date(value) => Some(*value),
            _ => None,
        }))),
        FieldType::Code => Values::Code(ScalarBuffer::from(collect(cells, |cell| match cell {
            Cell::Code(value) => Some(*value),
            _ => None,
        }))),
        FieldType::Region | FieldType::Industry => {
            Values::Place(ScalarBuffer::from(collect(cells, |cell| match cell {
                Cell::Place(value) => Some(*value),
                _ => None,
            })))
        }
        FieldType::Text => {
            let texts: Vec<&str> = cells
                .iter()
                .map(|cell| match cell {
                    Some(Cell::Text(text)) => text.as_str(),
                    _ => "",
                })
                .collect();
            let offsets = OffsetBuffer::from_lengths(texts.iter().map(|text| text.len()));
            let bytes: Vec<u8> = texts.iter().flat_map(|text| text.bytes()).collect();
            Values::Text { offsets, bytes: bytes.into() }
        }
        FieldType::Set => {
            let sets: Vec<&[u16]> = cells
                .iter()
                .map(|cell| match cell {
                    Some(Cell::Set(members)) => members.as_slice(),
                    _ => &[],
                })
                .collect();
            let offsets = OffsetBuffer::from_lengths(sets.iter().map(|set| set.len()));
            Values::Set { offsets, members: sets.concat().into() }
        }
        FieldType::Facts => Values::Facts(fact_columns(cells)),
    }
}

fn fact_columns(cells: &[Option<&Cell>]) -> Facts {
    let lists: Vec<&[FactCell]> = cells
        .iter()
        .map(|cell| match cell {
            Some(Cell::Facts(rows, _)) => rows.as_slice(),
            _ => &[],
        })
        .collect();
    let rows: Vec<FactCell> = lists.concat();
    Facts {
        offsets: OffsetBuffer::from_lengths(lists.iter().map(|list| list.len())),
        code: rows.iter().map(|row| row.code).collect::<Vec<_>>().into(),
        from: rows.iter().map(|row| row.from).collect::<Vec<_>>().into(),
        to: rows.iter().map(|row| row.to).collect::<Vec<_>>().into(),
        amount: rows.iter().map(|row| row.amount).collect::<Vec<_>>().into(),
        source: vec![0_u8; rows.len()].into(),
    }
}

fn edges(relation: usize, rows: &[Row]) -> Edges {
    let lists: Vec<(&[Edge], bool)> = rows
        .iter()
        .map(|row| match row.edges.get(&relation) {
            Some((edges, complete)) => (edges.as_slice(), *complete),
            None => (&[][..], false),
        })
        .collect();
    let flat: Vec<Edge> = lists.iter().flat_map(|(edges, _)| edges.iter().copied()).collect();
    let complete: Vec<bool> = lists.iter().map(|(_, complete)| *complete).collect();
    Edges {
        offsets: OffsetBuffer::from_lengths(lists.iter().map(|(edges, _)| edges.len())),
        target: flat.iter().map(|edge| edge.target).collect::<Vec<_>>().into(),
        since: flat.iter().map(|edge| edge.since).collect::<Vec<_>>().into(),
        until: flat.iter().map(|edge| edge.until).collect::<Vec<_>>().into(),
        complete: Some(BooleanBuffer::from(complete)),
    }
}
