//! The rows of one subject in one table, before any fault is planted.

use zhida_model::catalogue::types::{FieldType, KeyKind, Take, Window};

use super::cell;
use super::draw::mix;
use super::plan::{Dated, Flag, Getter, Shape, TablePlan};
use super::value::{Fact, Value};
use super::{citizen, day, enterprise};

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub table: usize,
    pub cells: Vec<String>,
    /// By column: the fill that wrote it.
    pub filled: Vec<Option<usize>>,
    /// The dated thing that wrote the code column.
    pub dated: Option<usize>,
    pub observed: i32,
    /// Periods back; 0 for a state or an event.
    pub back: usize,
}

/// Whom the rows are about.
pub(super) enum Subject<'a> {
    Enterprise(enterprise::Subject<'a>),
    Citizen(citizen::Subject<'a>),
}

impl Subject<'_> {
    fn value(&self, getter: Option<Getter>, back: usize) -> Value {
        match (self, getter) {
            (Subject::Enterprise(subject), Some(Getter::Enterprise(get))) => get(subject, back),
            (Subject::Citizen(subject), Some(Getter::Citizen(get))) => get(subject, back),
            _ => Value::Absent,
        }
    }

    fn facts(&self, field: &str) -> &[Fact] {
        let facts = match self {
            Subject::Enterprise(subject) => enterprise::facts(field, subject.firm),
            Subject::Citizen(subject) => citizen::facts(field, subject.person),
        };
        facts.unwrap_or_default()
    }

    fn edges(&self, name: &str) -> Vec<(String, i32, Option<i32>)> {
        let edges = match self {
            Subject::Enterprise(subject) => enterprise::edges(name, subject),
            Subject::Citizen(subject) => citizen::edges(name, subject),
        };
        edges.unwrap_or_default()
    }

    /// The subject's number among its kind.
    pub(super) fn index(&self) -> u64 {
        match self {
            Subject::Enterprise(subject) => subject.firm.index,
            Subject::Citizen(subject) => subject.person.index,
        }
    }

    /// The subject's own number.
    pub(super) fn number(&self) -> &str {
        match self {
            Subject::Enterprise(subject) => &subject.firm.code,
            Subject::Citizen(subject) => &subject.person.id,
        }
    }

    /// First day on which anything can have happened to the subject.
    fn since(&self) -> i32 {
        match self {
            Subject::Enterprise(subject) => subject.firm.established,
            Subject::Citizen(subject) => day::add_months(subject.person.birth, 18 * 12),
        }
    }

    fn known_at(&self) -> i32 {
        match self {
            Subject::Enterprise(subject) => subject.known_at,
            Subject::Citizen(subject) => subject.known_at,
        }
    }
}

/// Tables that hold a part of those they could hold, in hundredths.
const PARTIAL: [(&str, u64); 4] = [
    ("community_residents", 70),
    ("income_check", 45),
    ("medical_insurance_unit", 85),
    ("statistics_annual", 90),
];

/// Tables that hold only subjects of which they know this field.
const LEADING: [(&str, &str); 1] = [("statistics_annual", "energy_use")];

/// Makes the rows of one subject in one table.
pub(super) struct Maker<'a> {
    pub plan: &'a TablePlan,
    pub table: usize,
    pub subject: &'a Subject<'a>,
    pub seed: u64,
    pub rows: &'a mut Vec<Row>,
    made: u64,
    first: usize,
}

impl<'a> Maker<'a> {
    /// Prepares the rows of one table.
    pub(super) fn new(
        plan: &'a TablePlan,
        table: usize,
        subject: &'a Subject<'a>,
        seed: u64,
        rows: &'a mut Vec<Row>,
    ) -> Maker<'a> {
        let first = rows.len();
        Maker { plan, table, subject, seed, rows, made: 0, first }
    }

    /// Adds the rows.
    pub(super) fn make(mut self) {
        let share = PARTIAL.iter().find(|(name, _)| *name == self.plan.name);
        if share.is_some_and(|(_, share)| self.chance(90) % 100 >= *share) {
            return;
        }
        if let Some((_, field)) = LEADING.iter().find(|(name, _)| *name == self.plan.name) {
            let fill = self.plan.fills.iter().find(|fill| fill.field == *field);
            if fill.is_some_and(|fill| self.subject.value(fill.getter, 1) == Value::Absent) {
                return;
            }
        }
        match self.plan.shape {
            Shape::State => self.state(),
            Shape::Periods { months, count } => {
                (1..=count).for_each(|back| self.period(months, back))
            }
            Shape::Events => self.events(),
        }
    }

    fn chance(&self, purpose: u64) -> u64 {
        mix(&[self.seed, self.plan.hash, self.subject.index(), self.made, purpose])
    }

    fn days(&self, purpose: u64, low: i32, high: i32) -> i32 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i32::try_from(self.chance(purpose) % span).unwrap_or(0)
    }

    fn blank(&self, back: usize) -> Row {
        let plan = self.plan;
        let mut row = Row {
            table: self.table,
            cells: vec![String::new(); plan.columns.len()],
            filled: vec![None; plan.columns.len()],
            dated: None,
            observed: 0,
            back,
        };
        row.cells[plan.key] = match (plan.key_kind, self.subject) {
            (KeyKind::Household, Subject::Citizen(subject)) => subject.home.number.clone(),
            _ => self.subject.number().to_owned(),
        };
        if let (Some(column), Subject::Citizen(subject)) = (plan.name_column, self.subject) {
            row.cells[column] = subject.person.name();
        }
        if let (Some(column), Subject::Citizen(subject)) = (plan.household, self.subject) {
            row.cells[column] = subject.home.number.clone();
            if let Some((column, format)) = plan.joined {
                let joined = subject.person.residence_since.max(subject.person.birth);
                day::write(joined, format, &mut row.cells[column]);
            }
        }
        row
    }

    /// Fills in the columns that are still empty; whether anything was told.
    fn fill(&self, row: &mut Row, back: usize, fact: Option<&Fact>) -> bool {
        let mut told = false;
        for (at, fill) in self.plan.fills.iter().enumerate() {
            let open = row.cells[fill.column].is_empty()
                || (fill.column == self.plan.key && row.filled[fill.column].is_none());
            if !open || !passes(row, fill.only.as_ref()) {
                continue;
            }
            let asked = match (fill.window, back) {
                (None, 0) => home(&fill.field),
                (_, back) => back.max(1),
            };
            let value = match (
                self.subject.value(fill.getter, asked),
                fill.take,
                fact.and_then(|fact| fact.amount),
            ) {
                (Value::Absent, Take::Sum, Some(amount)) => Value::Money(amount / 5 * 4),
                (value, _, _) => value,
            };
            if value == Value::Absent {
                continue;
            }
            let mut text = String::new();
            cell::write(&value, fill, self.chance(70), &mut text);
            if text.is_empty() {
                continue;
            }
            // A row is told by what is special about the subject, not by its number.
            told |= fill.column != self.plan.key;
            row.cells[fill.column] = text;
            row.filled[fill.column] = Some(at);
        }
        told
    }

    /// Sets the columns whose raw value tells yes or no; whether any yes.
    fn flags(&self, row: &mut Row) -> bool {
        let mut any = false;
        for flag in self.plan.flags.iter().filter(|flag| flag.take == Take::Exists) {
            let yes = self.truth(flag);
            any |= yes;
            let Some((column, _)) = &flag.only else { continue };
            if !row.cells[*column].is_empty() {
                continue;
            }
            let same: Vec<&Flag> = self
                .plan
                .flags
                .iter()
                .filter(|other| other.only.as_ref().is_some_and(|(other, _)| other == column))
                .collect();
            let values =
                same.iter().filter_map(|flag| flag.only.as_ref()).flat_map(|(_, values)| values);
            let fits = |value: &&String| {
                same.iter().all(|flag| {
                    flag.only.as_ref().is_some_and(|(_, values)| values.contains(value))
                        == self.truth(flag)
                })
            };
            row.cells[*column] =
                values.filter(|_| yes).find(fits).cloned().unwrap_or_else(|| no_value(&same));
        }
        any
    }

    fn truth(&self, flag: &Flag) -> bool {
        self.subject.value(flag.getter, 1) == Value::Bool(true)
    }

    /// The one row of a table of states.
    fn state(&mut self) {
        let mut row = self.blank(0);
        let mut told = self.fill(&mut row, 0, None);
        for (at, dated) in self.plan.dated.iter().enumerate() {
            let held = self.matching(dated).last().copied();
            if let Some(fact) = held {
                self.write_dated(&mut row, at, dated, &fact);
                told = true;
            }
            if let Some((column, values)) = &dated.only {
                let free =
                    row.cells[*column].is_empty()
                        && !self.plan.flags.iter().any(|flag| {
                            flag.only.as_ref().is_some_and(|(other, _)| other == column)
                        });
                if free {
                    let value = if held.is_some() { values.first().cloned() } else { None };
                    row.cells[*column] = value.unwrap_or_else(|| "0".to_owned());
                }
            }
        }
        told |= self.flags(&mut row);
        if told || self.plan.register {
            self.push(row, None);
        }
    }

    fn period(&mut self, months: i32, back: usize) {
        let mut row = self.blank(back);
        if !self.fill(&mut row, back, None) {
            return;
        }
        self.flags(&mut row);
        let end = period_end(self.subject.known_at(), months, i32::try_from(back).unwrap_or(1));
        if let Some((column, format)) = self.plan.event {
            row.cells[column].clear();
            day::write(end, format, &mut row.cells[column]);
        }
        self.push(row, Some(end));
    }

    fn events(&mut self) {
        if let Some(edge) = &self.plan.edge {
            for (other, since, until) in self.subject.edges(&edge.name) {
                let mut row = self.blank(0);
                row.cells[edge.other] = other;
                let write = |place: Option<(usize, zhida_model::catalogue::types::DateFormat)>,
                             day: Option<i32>,
                             row: &mut Row| {
                    if let (Some((column, format)), Some(day)) = (place, day) {
                        row.cells[column].clear();
                        day::write(day, format, &mut row.cells[column]);
                    }
                };
                write(edge.since, Some(since), &mut row);
                write(edge.until, until, &mut row);
                if let Some((column, values)) = &edge.only {
                    row.cells[*column] = values.first().cloned().unwrap_or_default();
                }
                self.fill(&mut row, 0, None);
                self.finish_event(row, since);
            }
            return;
        }
        let drives = |dated: &&Dated| match &dated.only {
            None => true,
            Some((column, _)) => {
                !self.plan.fills.iter().any(|fill| fill.column == *column && fill.only.is_none())
            }
        };
        if self.plan.dated.iter().any(|dated| drives(&dated)) {
            return self.dated_events();
        }
        if self.plan.flags.iter().any(|flag| flag.take == Take::Count) {
            return self.counted_events();
        }
        if self.plan.flags.iter().any(|flag| flag.take == Take::Exists) {
            let mut row = self.blank(0);
            if self.flags(&mut row) {
                self.fill(&mut row, 0, None);
                let on = self.some_day(20, 700);
                self.finish_event(row, on);
            }
            return;
        }
        if self.plan.fills.iter().any(|fill| fill.take == Take::Sum) {
            return self.summed_events();
        }
        self.single_event();
    }

    /// One row where a subject has the thing at all, such as a degree.
    fn single_event(&mut self) {
        let mut row = self.blank(0);
        let on = self.plan.event.and_then(|(column, _)| {
            let fill = self.plan.fills.iter().find(|fill| fill.column == column)?;
            match self.subject.value(fill.getter, 1) {
                Value::Day(on) => Some(on),
                _ => None,
            }
        });
        if let Some(on) = on {
            self.fill(&mut row, 0, None);
            self.finish_event(row, on);
        }
    }

    fn dated_events(&mut self) {
        for (at, dated) in self.plan.dated.iter().enumerate() {
            for fact in self.matching(dated) {
                let mut row = self.blank(0);
                if let Some((column, values)) = &dated.only {
                    row.cells[*column] = values.first().cloned().unwrap_or_default();
                }
                self.write_dated(&mut row, at, dated, &fact);
                self.flags(&mut row);
                self.fill(&mut row, 0, Some(&fact));
                self.finish_event(row, fact.from);
            }
        }
    }

    /// The facts of the subject that belong into the table.
    fn matching(&self, dated: &Dated) -> Vec<Fact> {
        let fits = |fact: &&Fact| match &dated.fixed {
            Some(fixed) => fact.code == fixed,
            None => dated.raw.contains_key(fact.code),
        };
        self.subject.facts(&dated.field).iter().filter(fits).copied().collect()
    }

    fn write_dated(&self, row: &mut Row, at: usize, dated: &Dated, fact: &Fact) {
        if let Some(column) = dated.code {
            let values = dated.raw.get(fact.code).map_or(&[][..], Vec::as_slice);
            row.cells[column] = values.first().cloned().unwrap_or_default();
            row.dated = Some(at);
        }
        for (place, date) in [(Some(dated.from), Some(fact.from)), (dated.to, fact.to)] {
            let (Some((column, format)), Some(date)) = (place, date) else { continue };
            if row.cells[column].is_empty() || dated.to.is_some_and(|(to, _)| to == column) {
                row.cells[column].clear();
                day::write(date, format, &mut row.cells[column]);
            }
        }
        if let (Some((column, scale)), Some(amount)) = (dated.amount, fact.amount) {
            row.cells[column].clear();
            cell::scaled(amount, 2, scale, &mut row.cells[column]);
        }
    }

    /// As many rows as a field counts, by the raw values that count.
    fn counted_events(&mut self) {
        let mut given: Vec<(String, i64)> = Vec::new();
        let mut order: Vec<&Flag> =
            self.plan.flags.iter().filter(|flag| flag.take == Take::Count).collect();
        order.sort_by_key(|flag| flag.only.as_ref().map_or(0, |(_, values)| values.len()));
        for flag in order {
            let Value::Int(count) = self.subject.value(flag.getter, 1) else { continue };
            let empty = (usize::MAX, vec![String::new()]);
            let (column, values) = flag.only.as_ref().unwrap_or(&empty);
            let already: i64 = given
                .iter()
                .filter(|(value, _)| values.contains(value))
                .map(|(_, count)| count)
                .sum();
            let fresh = values
                .iter()
                .find(|value| !given.iter().any(|(other, _)| other == *value))
                .or(values.first());
            let Some(value) = fresh.cloned() else { continue };
            let more = (count - already).max(0);
            for _ in 0..more {
                let mut row = self.blank(0);
                if *column != usize::MAX {
                    row.cells[*column] = value.clone();
                }
                self.fill(&mut row, 0, None);
                let reach = window_days(flag.window).min(1_700);
                let on = self.some_day(25, reach - 5);
                self.finish_event(row, on);
            }
            given.push((value, more));
        }
    }

    /// Rows whose amounts add up to the sums of nested windows.
    fn summed_events(&mut self) {
        let plan = self.plan;
        let mut sums: Vec<&super::plan::Fill> =
            plan.fills.iter().filter(|fill| fill.take == Take::Sum).collect();
        sums.sort_by_key(|fill| window_days(fill.window));
        let (mut before, mut nearer) = (0, 10);
        for fill in sums {
            let reach = window_days(fill.window);
            let Value::Money(sum) = self.subject.value(fill.getter, 1) else { continue };
            if sum > before {
                let mut row = self.blank(0);
                cell::write(&Value::Money(sum - before), fill, 0, &mut row.cells[fill.column]);
                let on = self.some_day(nearer, reach - 5);
                self.finish_event(row, on);
            }
            before = sum;
            nearer = reach + 5;
        }
    }

    fn some_day(&self, nearest: i32, farthest: i32) -> i32 {
        let known_at = self.subject.known_at();
        let farthest = farthest.min(known_at - self.subject.since()).max(nearest);
        known_at - self.days(40, nearest, farthest)
    }

    fn finish_event(&mut self, mut row: Row, on: i32) {
        if let Some((column, format)) =
            self.plan.event.filter(|(column, _)| row.cells[*column].is_empty())
        {
            day::write(on, format, &mut row.cells[column]);
        }
        self.push(row, Some(on));
    }

    /// Dates the row and keeps it, unless the subject has the very same one.
    fn push(&mut self, mut row: Row, on: Option<i32>) {
        let known_at = self.subject.known_at();
        let refresh = self.plan.refresh_days;
        let periodic = matches!(self.plan.shape, Shape::Periods { .. });
        let observed = match on {
            Some(on) if periodic => {
                (on + self.days(50, 8, 80)).min(known_at - self.days(51, 0, 15)).max(on)
            }
            Some(on) if refresh == 0 => on + self.days(50, 1, 25),
            _ if refresh > 0 => known_at - self.days(50, 0, (refresh * 7 / 10 - 6).clamp(0, 300)),
            _ => known_at - self.days(50, 0, 280),
        };
        let told = if on.is_none() { self.last_told() } else { i32::MIN };
        row.observed = observed.max(told).max(on.unwrap_or(told)).min(known_at);
        if let Some((column, format)) =
            self.plan.event.filter(|(column, _)| row.cells[*column].is_empty())
        {
            day::write(
                row.observed.min(told.max(row.observed - 20)),
                format,
                &mut row.cells[column],
            );
        }
        let (column, format) = self.plan.observed;
        row.cells[column].clear();
        day::write(row.observed, format, &mut row.cells[column]);
        self.made += 1;
        let own = &self.rows[self.first..];
        if !own.iter().any(|other| other.cells == row.cells) {
            self.rows.push(row);
        }
    }
}

impl Maker<'_> {
    /// The last day up to the cut-off that the row of a state speaks of: it
    /// cannot have been observed before.
    fn last_told(&self) -> i32 {
        let dates = self.plan.fills.iter().filter(|fill| fill.kind == FieldType::Date);
        let days = dates.filter_map(|fill| match self.subject.value(fill.getter, 1) {
            Value::Day(on) if on <= self.subject.known_at() => Some(on),
            _ => None,
        });
        days.max().unwrap_or(i32::MIN)
    }
}

/// How far back a field without a window looks by its own name.
fn home(field: &str) -> usize {
    if field.ends_with("_3y_ago") {
        3
    } else if field.ends_with("_2y_ago") {
        2
    } else {
        1
    }
}

/// Whether a filter lets the row pass.
pub(super) fn passes(row: &Row, only: Option<&(usize, Vec<String>)>) -> bool {
    only.is_none_or(|(column, values)| values.contains(&row.cells[*column]))
}

/// A raw value that none of the flags of a column counts.
fn no_value(flags: &[&Flag]) -> String {
    let counted = |value: &&str| {
        flags.iter().any(|flag| {
            flag.only.as_ref().is_some_and(|(_, values)| values.iter().any(|other| other == value))
        })
    };
    ["0", "1", "2", "9"]
        .iter()
        .find(|value| !counted(value))
        .map_or_else(String::new, |value| (*value).to_owned())
}

fn window_days(window: Option<Window>) -> i32 {
    let months = window.map(|window| {
        window.years.map_or(window.months.unwrap_or(0), |years| years * 12) + window.skip
    });
    months
        .filter(|months| *months > 0)
        .map_or(1_800, |months| i32::try_from(months * 30).unwrap_or(1_800))
}

/// Last day of the period so many back: of the last full year, quarter or month.
fn period_end(known_at: i32, months: i32, back: i32) -> i32 {
    let (year, month, _) = day::parts(known_at);
    let (first_year, first_month) = match months {
        12 => (year, 1),
        months => (year, (month - 1) / months * months + 1),
    };
    day::add_months(day::of(first_year, first_month, 1), -months * (back - 1)) - 1
}
