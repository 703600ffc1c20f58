//! What to read from a table and what to make of it, worked out from the
//! catalogue before the table is opened.
//!
//! Columns, filters and cells that several fields share are listed once, so
//! that a cell is parsed once however many fields ask for it.

use rustc_hash::FxHashMap;
use zhida_model::catalogue::types::{
    DateColumn, DateFormat, FieldType, KeyKind, Link, Only, Scale, Source, Take, Window,
};
use zhida_model::catalogue::{Catalogue, Field, FieldId, RelationId, SourceTable};
use zhida_model::domain::{RegionCode, SubjectKind, tidy};

use super::day;

/// How the text of a cell becomes a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parse {
    /// Yes or no by the map, or by the usual words.
    Bool(FxHashMap<String, u8>),
    /// A number times ten to the power of `places`, between bounds.
    Number { places: u32, min: Option<i64>, max: Option<i64> },
    /// A date between bounds.
    Day { format: DateFormat, min: Option<i64>, max: Option<i64> },
    /// A region of the table of regions.
    Region,
    /// An industry of the table of industries.
    Industry,
    /// A position in a code list by raw value.
    Code(FxHashMap<String, u8>),
    /// Text as it stands.
    Text,
    /// Members separated by a text.
    Set { separator: Option<String>, members: Members },
    /// The number of another subject.
    Subject(SubjectKind),
}

/// What the members of a set are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Members {
    /// Codes by raw value.
    Codes(FxHashMap<String, u8>),
    /// Zones, by raw value mapped to id.
    Zones(FxHashMap<String, String>),
    /// Industries.
    Industries,
}

/// A filter on raw values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) column: usize,
    pub(super) values: Vec<String>,
}

/// One parsed column.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) column: usize,
    pub(super) filter: Option<usize>,
    pub(super) parse: Parse,
    /// The first field or relation that asked for it, for messages.
    pub(super) wanted_by: String,
    /// The raw value may be shown in the file of rejects.
    pub(super) show: bool,
}

/// One source of one field.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) field: FieldId,
    /// Position among the field's sources.
    pub(super) source: usize,
    pub(super) take: Take,
    pub(super) window: Option<Window>,
    pub(super) filter: Option<usize>,
    pub(super) spec: Option<usize>,
    pub(super) fact: Option<FactSlot>,
    pub(super) refresh_days: u32,
}

/// The parsed columns of a fact.
#[derive(Debug, Clone)]
pub(super) struct FactSlot {
    pub(super) code: Result<u8, usize>,
    pub(super) from: usize,
    pub(super) to: Option<usize>,
    pub(super) amount: Option<usize>,
}

/// One relation made from a table.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) relation: RelationId,
    pub(super) filter: Option<usize>,
    pub(super) ends: Ends,
    pub(super) since: Option<usize>,
    pub(super) until: Option<usize>,
    /// Only edges that began on this day or later.
    pub(super) begun_from: Option<i32>,
    /// Whose lists can be complete: those whose first day is not before; `None`
    /// where nobody's is.
    pub(super) born_from: Option<i32>,
}

impl Edge {
    /// Whether an edge that began on the day counts; `None` where it cannot be told.
    pub(super) fn counts(&self, since: i32) -> Option<bool> {
        match self.begun_from {
            None => Some(true),
            Some(_) if since == day::NONE => None,
            Some(first) => Some(since >= first),
        }
    }
}

/// The parsed columns that make edges; `None` stands for the key of the row.
#[derive(Debug, Clone)]
pub(super) enum Ends {
    Columns { from: Option<usize>, to: Option<usize> },
    Group { spec: usize },
}

/// Everything to be done with one table.
pub(super) struct TablePlan<'c> {
    pub(super) table: &'c SourceTable,
    /// The columns needed, by name.
    pub(super) columns: Vec<String>,
    pub(super) key: usize,
    pub(super) observed: (usize, DateFormat),
    pub(super) event: Option<(usize, DateFormat)>,
    /// The parsed household number, on the table that tells it.
    pub(super) household: Option<usize>,
    pub(super) filters: Vec<Filter>,
    pub(super) specs: Vec<Spec>,
    pub(super) slots: Vec<Slot>,
    pub(super) edges: Vec<Edge>,
}

impl<'c> TablePlan<'c> {
    /// The plan of a table.
    pub(super) fn new(catalogue: &'c Catalogue, table: &'c SourceTable) -> TablePlan<'c> {
        let entry = &table.entry;
        let mut plan = TablePlan {
            table,
            columns: Vec::new(),
            key: 0,
            observed: (0, entry.observed_at.format),
            event: None,
            household: None,
            filters: Vec::new(),
            specs: Vec::new(),
            slots: Vec::new(),
            edges: Vec::new(),
        };
        plan.key = plan.column(&entry.key.column);
        plan.observed.0 = plan.column(&entry.observed_at.column);
        plan.event = entry.event_on.as_ref().map(|date| (plan.column(&date.column), date.format));
        if let Some(column) = &entry.household_of {
            plan.household = Some(plan.spec(column, None, Parse::Text, column, false));
        }
        for field in catalogue.fields() {
            for (position, source) in field.sources.iter().enumerate() {
                if source.table == entry.name {
                    plan.slot(field, position, source);
                }
            }
        }
        for relation in catalogue.relations().iter().filter(|relation| relation.table == table.id) {
            plan.edge(relation);
        }
        plan
    }

    fn column(&mut self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column == name);
        found.unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    fn filter(&mut self, only: Option<&Only>) -> Option<usize> {
        let only = only?;
        let values = only.values.iter().map(|value| tidy(value).into_owned()).collect();
        let filter = Filter { column: self.column(&only.column), values };
        let found = self.filters.iter().position(|known| *known == filter);
        Some(found.unwrap_or_else(|| {
            self.filters.push(filter);
            self.filters.len() - 1
        }))
    }

    fn spec(
        &mut self,
        column: &str,
        filter: Option<usize>,
        parse: Parse,
        wanted_by: &str,
        show: bool,
    ) -> usize {
        let column = self.column(column);
        let same =
            |spec: &Spec| spec.column == column && spec.filter == filter && spec.parse == parse;
        let found = self.specs.iter().position(same);
        found.unwrap_or_else(|| {
            self.specs.push(Spec { column, filter, parse, wanted_by: wanted_by.to_owned(), show });
            self.specs.len() - 1
        })
    }

    fn date_spec(&mut self, date: &DateColumn, filter: Option<usize>, wanted_by: &str) -> usize {
        let parse = Parse::Day { format: date.format, min: None, max: None };
        self.spec(&date.column, filter, parse, wanted_by, true)
    }

    fn slot(&mut self, field: &Field, position: usize, source: &Source) {
        let show = field.sensitivity <= zhida_model::catalogue::types::Sensitivity::Internal;
        let filter = self.filter(source.only.as_ref());
        let fact = source.fact.as_ref().map(|fact| {
            let codes = || raw_codes(field, source);
            let fixed = fact.fixed.as_deref().and_then(|code| field.codes.as_ref()?.position(code));
            let code = match (&fact.code, fixed) {
                (Some(column), None) => {
                    Err(self.spec(column, filter, Parse::Code(codes()), &field.name, show))
                }
                (_, fixed) => Ok(fixed.unwrap_or_default()),
            };
            let from = self.date_spec(&fact.from, filter, &field.name);
            let to = fact.to.as_ref().map(|date| self.date_spec(date, filter, &field.name));
            let amount = fact.amount.as_ref().map(|column| {
                let places = places(FieldType::Money, fact.amount_scale);
                self.spec(
                    column,
                    filter,
                    Parse::Number { places, min: None, max: None },
                    &field.name,
                    show,
                )
            });
            FactSlot { code, from, to, amount }
        });
        let counts = matches!(source.take, Take::Count | Take::Exists | Take::Facts);
        let spec =
            source.column.as_ref().filter(|_| !counts).map(|column| {
                self.spec(column, filter, parse_of(field, source), &field.name, show)
            });
        self.slots.push(Slot {
            field: field.id,
            source: position,
            take: source.take,
            window: source.window,
            filter,
            spec,
            fact,
            refresh_days: field.refresh_days.unwrap_or(self.table.entry.refresh_days),
        });
    }

    fn edge(&mut self, relation: &zhida_model::catalogue::Relation) {
        let entry = &relation.entry;
        let filter = self.filter(entry.only.as_ref());
        let name = entry.name.as_str();
        let ends = match &entry.link {
            Link::Columns { from, to } => Ends::Columns {
                from: self.end(from, entry.subject, filter, name),
                to: self.end(to, entry.target, filter, name),
            },
            Link::Group { column } => {
                Ends::Group { spec: self.spec(column, filter, Parse::Text, name, false) }
            }
        };
        let since = entry.since.as_ref().map(|date| self.date_spec(date, filter, name));
        let until = entry.until.as_ref().map(|date| self.date_spec(date, filter, name));
        let begun_from = entry.begun_from.map(day::of);
        let born_from = entry.complete.then(|| entry.born_from.map_or(i32::MIN, day::of));
        let relation = relation.id;
        self.edges.push(Edge { relation, filter, ends, since, until, begun_from, born_from });
    }

    /// One end of an edge; the key column has been looked up already.
    fn end(
        &mut self,
        column: &str,
        kind: SubjectKind,
        filter: Option<usize>,
        name: &str,
    ) -> Option<usize> {
        let key = &self.table.entry.key;
        let is_key = key.column == column
            && key.kind != KeyKind::Household
            && self.table.entry.subject == kind;
        (!is_key).then(|| self.spec(column, filter, Parse::Subject(kind), name, false))
    }
}

/// The regions inside which a table is complete; empty where it is not.
pub(super) fn complete_regions(table: &SourceTable) -> Vec<RegionCode> {
    let coverage = table.entry.coverage.iter().filter(|coverage| coverage.complete);
    coverage
        .flat_map(|coverage| &coverage.regions)
        .filter_map(|region| RegionCode::parse(region).ok())
        .collect()
}

fn parse_of(field: &Field, source: &Source) -> Parse {
    let (min, max) = (field.min, field.max);
    match field.kind {
        FieldType::Bool => Parse::Bool(raw_bools(source)),
        FieldType::Int | FieldType::Decimal | FieldType::Money => {
            Parse::Number { places: places(field.kind, source.scale), min, max }
        }
        FieldType::Date => Parse::Day { format: source.format, min, max },
        FieldType::Region => Parse::Region,
        FieldType::Industry => Parse::Industry,
        FieldType::Code => Parse::Code(raw_codes(field, source)),
        FieldType::Text | FieldType::Facts => Parse::Text,
        FieldType::Set => {
            let members = match () {
                () if field.codes.is_some() => Members::Codes(raw_codes(field, source)),
                () if field.holds_industries() => Members::Industries,
                () => Members::Zones(source.map.clone().into_iter().collect()),
            };
            Parse::Set { separator: source.separator.clone(), members }
        }
    }
}

/// Decimal places between the number as it is written and as it is stored.
fn places(kind: FieldType, scale: Scale) -> u32 {
    let stored = match kind {
        FieldType::Money => 2,
        FieldType::Decimal => 6,
        _ => 0_u32,
    };
    match scale {
        Scale::One => stored,
        Scale::Thousand => stored + 3,
        Scale::Wan => stored + 4,
        Scale::Percent | Scale::Fen => stored.saturating_sub(2),
    }
}

/// Raw value → position. Without a map the code itself, its label and its
/// number in the national standard are understood.
fn raw_codes(field: &Field, source: &Source) -> FxHashMap<String, u8> {
    let Some(list) = &field.codes else { return FxHashMap::default() };
    if !source.map.is_empty() {
        let pairs = source.map.iter();
        return pairs
            .filter_map(|(raw, code)| Some((tidy(raw).into_owned(), list.position(code)?)))
            .collect();
    }
    let mut codes = FxHashMap::default();
    for (entry, position) in list.entries.iter().zip(0..=u8::MAX) {
        let names = [Some(&entry.label), entry.standard.as_ref(), Some(&entry.code)];
        for name in names.into_iter().flatten() {
            codes.insert(tidy(name).into_owned(), position);
        }
    }
    codes
}

fn raw_bools(source: &Source) -> FxHashMap<String, u8> {
    if !source.map.is_empty() {
        let pairs = source.map.iter();
        return pairs
            .map(|(raw, value)| (tidy(raw).into_owned(), u8::from(value == "true")))
            .collect();
    }
    let yes = ["true", "1", "是", "Y", "y", "有", "True", "TRUE"].map(|word| (word.to_owned(), 1));
    let no =
        ["false", "0", "否", "N", "n", "无", "False", "FALSE"].map(|word| (word.to_owned(), 0));
    yes.into_iter().chain(no).collect()
}
