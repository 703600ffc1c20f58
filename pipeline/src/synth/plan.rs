//! What the catalogue asks of each table: its columns in order, and which
//! value of which subject stands in each. The generator knows values in the
//! terms of dossiers; raw codes, units, formats and encodings are the
//! catalogue's alone, so that a change there needs none here.

use std::collections::BTreeMap;

use zhida_model::catalogue::types::{
    DateColumn, DateFormat, Duplicates, FactColumns, FieldType, KeyKind, Link, Only, Scale, Source,
    Take, Window,
};
use zhida_model::catalogue::{Catalogue, Field, SourceTable};
use zhida_model::domain::SubjectKind;

use super::draw::hash;
use super::{citizen, enterprise};

/// Tables of citizens that also carry names, which no field needs.
const NAMED: [&str; 3] = ["population", "graduates", "skill_certificates"];

/// How the rows of a table come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One row a subject, the present state.
    State,
    /// One row a subject and period of so many months (12 for a year).
    Periods {
        /// Months of a period.
        months: i32,
        /// How many periods back from the cut-off.
        count: usize,
    },
    /// One row for every thing that happened.
    Events,
}

/// A getter of either kind of subject.
#[derive(Clone, Copy)]
pub(super) enum Getter {
    Enterprise(enterprise::Getter),
    Citizen(citizen::Getter),
}

/// A column that holds a field's value.
pub(super) struct Fill {
    pub column: usize,
    pub field: String,
    pub kind: FieldType,
    pub getter: Option<Getter>,
    pub take: Take,
    pub window: Option<Window>,
    /// Column and raw values of the rows it is read from.
    pub only: Option<(usize, Vec<String>)>,
    /// Code → raw values.
    pub raw: BTreeMap<String, Vec<String>>,
    /// Whether the catalogue maps raw values, so that others are unknown.
    pub mapped: bool,
    pub scale: Scale,
    pub format: DateFormat,
    pub separator: String,
    /// As stored.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// The same field has a source in another table.
    pub shared: bool,
}

/// Rows whose presence, or a raw value in them, tells a field.
pub(super) struct Flag {
    pub getter: Option<Getter>,
    pub take: Take,
    pub window: Option<Window>,
    pub only: Option<(usize, Vec<String>)>,
}

/// The columns of a dated thing.
pub(super) struct Dated {
    pub field: String,
    /// Code column with its raw values, or none for a fixed code.
    pub code: Option<usize>,
    pub fixed: Option<String>,
    pub raw: BTreeMap<String, Vec<String>>,
    pub mapped: bool,
    pub from: (usize, DateFormat),
    pub to: Option<(usize, DateFormat)>,
    pub amount: Option<(usize, Scale)>,
    pub only: Option<(usize, Vec<String>)>,
}

/// The columns of a relation whose list belongs to the key.
pub(super) struct Edge {
    pub name: String,
    pub other: usize,
    pub target: SubjectKind,
    pub since: Option<(usize, DateFormat)>,
    pub until: Option<(usize, DateFormat)>,
    pub only: Option<(usize, Vec<String>)>,
}

/// Everything to write one table.
pub(super) struct TablePlan {
    pub name: String,
    pub hash: u64,
    pub subject: SubjectKind,
    pub key_kind: KeyKind,
    pub columns: Vec<String>,
    pub key: usize,
    pub observed: (usize, DateFormat),
    pub event: Option<(usize, DateFormat)>,
    /// The household number, on the table that tells it.
    pub household: Option<usize>,
    /// A column of names that the catalogue does not ask for, as exports have them.
    pub name_column: Option<usize>,
    /// First day in the household.
    pub joined: Option<(usize, DateFormat)>,
    pub shape: Shape,
    pub register: bool,
    pub latest: bool,
    pub gbk: bool,
    pub refresh_days: i32,
    pub fills: Vec<Fill>,
    pub flags: Vec<Flag>,
    pub dated: Vec<Dated>,
    pub edge: Option<Edge>,
    /// A column that is left out of the file.
    pub dropped: Option<usize>,
}

/// A field with sources in several tables.
pub(super) struct Shared {
    pub field: String,
    /// Table and fill by the order of the sources.
    pub places: Vec<(usize, usize)>,
}

impl TablePlan {
    fn new(catalogue: &Catalogue, table: &SourceTable, unknown: &mut Vec<String>) -> TablePlan {
        let entry = &table.entry;
        let mut plan = TablePlan {
            name: entry.name.clone(),
            hash: hash(&entry.name),
            subject: entry.subject,
            key_kind: entry.key.kind,
            columns: Vec::new(),
            key: 0,
            observed: (0, entry.observed_at.format),
            event: None,
            household: None,
            name_column: None,
            joined: None,
            shape: Shape::Events,
            register: entry.register,
            latest: entry.duplicates == Duplicates::Latest,
            gbk: entry.encoding == zhida_model::catalogue::types::Encoding::Gbk,
            refresh_days: i32::try_from(entry.refresh_days).unwrap_or(i32::MAX),
            fills: Vec::new(),
            flags: Vec::new(),
            dated: Vec::new(),
            edge: None,
            dropped: None,
        };
        plan.key = plan.column(&entry.key.column);
        if NAMED.contains(&entry.name.as_str()) {
            plan.name_column = Some(plan.column("XM"));
        }
        plan.household = entry.household_of.as_ref().map(|column| plan.column(column));
        for field in catalogue.fields() {
            for source in field.sources.iter().filter(|source| source.table == entry.name) {
                plan.source(field, source, unknown);
            }
        }
        for relation in catalogue.relations().iter().filter(|relation| relation.table == table.id) {
            plan.relation(&relation.entry);
        }
        plan.event = entry.event_on.as_ref().map(|date| plan.date(date));
        plan.observed = plan.date(&entry.observed_at);
        plan.shape = plan.shape_of();
        plan
    }

    fn column(&mut self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column == name);
        found.unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    fn date(&mut self, date: &DateColumn) -> (usize, DateFormat) {
        (self.column(&date.column), date.format)
    }

    fn only(&mut self, only: Option<&Only>) -> Option<(usize, Vec<String>)> {
        only.map(|only| (self.column(&only.column), only.values.clone()))
    }

    fn source(&mut self, field: &Field, source: &Source, unknown: &mut Vec<String>) {
        let only = self.only(source.only.as_ref());
        if let Some(fact) = &source.fact {
            return self.fact(field, source, fact, only);
        }
        let getter = match field.subject {
            SubjectKind::Enterprise => enterprise::getter(&field.name).map(Getter::Enterprise),
            SubjectKind::Citizen => citizen::getter(&field.name).map(Getter::Citizen),
        };
        if getter.is_none() {
            unknown.push(format!("{}.{}", field.subject, field.name));
        }
        let Some(column) =
            source.column.as_ref().filter(|_| !matches!(source.take, Take::Count | Take::Exists))
        else {
            self.flags.push(Flag { getter, take: source.take, window: source.window, only });
            return;
        };
        let column = self.column(column);
        self.fills.push(Fill {
            column,
            field: field.name.clone(),
            kind: field.kind,
            getter,
            take: source.take,
            window: source.window,
            only,
            raw: raw_values(field, source),
            mapped: !source.map.is_empty(),
            scale: source.scale,
            format: source.format,
            separator: source.separator.clone().unwrap_or_default(),
            min: field.min,
            max: field.max,
            shared: field.sources.iter().any(|other| other.table != source.table),
        });
    }

    fn fact(
        &mut self,
        field: &Field,
        source: &Source,
        fact: &FactColumns,
        only: Option<(usize, Vec<String>)>,
    ) {
        let code = fact.code.as_ref().map(|column| self.column(column));
        let from = self.date(&fact.from);
        let to = fact.to.as_ref().map(|date| self.date(date));
        let amount = fact.amount.as_ref().map(|column| (self.column(column), fact.amount_scale));
        self.dated.push(Dated {
            field: field.name.clone(),
            code,
            fixed: fact.fixed.clone(),
            raw: raw_values(field, source),
            mapped: !source.map.is_empty(),
            from,
            to,
            amount,
            only,
        });
    }

    fn relation(&mut self, entry: &zhida_model::catalogue::types::RelationEntry) {
        let since = entry.since.as_ref().map(|date| self.date(date));
        let until = entry.until.as_ref().map(|date| self.date(date));
        let only = self.only(entry.only.as_ref());
        match &entry.link {
            Link::Columns { from, to } => {
                let (from, to) = (self.column(from), self.column(to));
                if from == self.key && entry.subject == self.subject && self.edge.is_none() {
                    let name = entry.name.clone();
                    self.edge =
                        Some(Edge { name, other: to, target: entry.target, since, until, only });
                }
            }
            Link::Group { column } => {
                let column = self.column(column);
                if self.household == Some(column) {
                    self.joined = since;
                }
            }
        }
    }

    fn shape_of(&self) -> Shape {
        if !self.latest {
            return Shape::Events;
        }
        let windows = || self.fills.iter().filter_map(|fill| fill.window);
        let reach = |window: Window| window.years.or(window.months).unwrap_or(1) + window.skip;
        let count = |most: u32| usize::try_from(most).unwrap_or(1);
        match self.event.map(|(_, format)| format) {
            Some(DateFormat::Year) => {
                Shape::Periods { months: 12, count: count(windows().map(reach).max().unwrap_or(1)) }
            }
            Some(DateFormat::YearMonth) => {
                let most = windows().map(reach).max().unwrap_or(1);
                let quarterly = windows().all(|window| window.months == Some(3));
                let months = if quarterly { 3 } else { 1 };
                Shape::Periods {
                    months,
                    count: count(most).div_ceil(if quarterly { 3 } else { 1 }),
                }
            }
            _ => Shape::State,
        }
    }
}

/// Code → raw values. Without a map a table writes the number of the national
/// standard where there is one, otherwise the code.
fn raw_values(field: &Field, source: &Source) -> BTreeMap<String, Vec<String>> {
    let mut raw: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (value, code) in &source.map {
        raw.entry(code.clone()).or_default().push(value.clone());
    }
    if source.map.is_empty() {
        for entry in field.codes.iter().flat_map(|list| &list.entries) {
            let value = entry.standard.clone().unwrap_or_else(|| entry.code.clone());
            raw.insert(entry.code.clone(), vec![value]);
        }
    }
    raw
}

/// The plans of all tables, the fields with several sources, and the fields
/// this generator has no model of.
pub(super) fn plans(catalogue: &Catalogue) -> (Vec<TablePlan>, Vec<Shared>, Vec<String>) {
    let mut unknown = Vec::new();
    let plans: Vec<TablePlan> = catalogue
        .tables()
        .iter()
        .map(|table| TablePlan::new(catalogue, table, &mut unknown))
        .collect();
    unknown.sort();
    unknown.dedup();
    let mut shared = Vec::new();
    for field in catalogue
        .fields()
        .iter()
        .filter(|field| field.sources.len() > 1 && field.kind != FieldType::Facts)
    {
        let places = field.sources.iter().filter_map(|source| {
            let table = plans.iter().position(|plan| plan.name == source.table)?;
            let fill = plans[table].fills.iter().position(|fill| fill.field == field.name)?;
            Some((table, fill))
        });
        let places: Vec<(usize, usize)> = places.collect();
        if places.len() == 2 && places[0].0 != places[1].0 {
            shared.push(Shared { field: field.name.clone(), places });
        }
    }
    (plans, shared, unknown)
}
