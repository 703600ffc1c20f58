//! How many rows become one value: the row that wins, sums, counts, bounds,
//! over the window the catalogue asks for.
//!
//! A value is unknown rather than zero or false wherever a row may be
//! missing; the reason says why.

use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;
use zhida_model::catalogue::types::{Duplicates, Take};
use zhida_model::domain::Reason;

use super::cell::{Cells, Parsed};
use super::day;
use super::load::Loaded;
use super::plan::{Slot, TablePlan};
use super::scope::Scope;
use super::window::Span;

/// A value for every dossier of a kind.
pub(super) struct Dense {
    pub(super) values: Cells,
    pub(super) reasons: Vec<Reason>,
    /// Day on which each value was last confirmed; `day::NONE` for none.
    pub(super) observed: ScalarBuffer<i32>,
}

/// The row of the table that each dossier takes its value from.
pub(super) struct Picks {
    /// `u32::MAX` for none.
    rows: Vec<u32>,
    /// Why there is no row, or whether the row is stale.
    reasons: Vec<Reason>,
    observed: ScalarBuffer<i32>,
}

/// One table as seen by one slot.
pub(super) struct View<'a> {
    pub(super) plan: &'a TablePlan<'a>,
    pub(super) loaded: &'a Loaded,
    pub(super) scope: &'a Scope<'a>,
}

impl View<'_> {
    /// The values of a slot that takes the winning row.
    pub(super) fn gather(&self, slot: &Slot, picks: &Picks) -> Dense {
        let Some(column) = slot.spec.and_then(|spec| self.loaded.columns[spec].as_ref()) else {
            return self.nothing(slot);
        };
        let reason = |(&row, &reason): (&u32, &Reason)| match row {
            u32::MAX => reason,
            row => match column.reason(row as usize) {
                Reason::Known => reason,
                other => other,
            },
        };
        let reasons = picks.rows.iter().zip(&picks.reasons).map(reason).collect();
        Dense { values: pick_cells(column, &picks.rows), reasons, observed: picks.observed.clone() }
    }

    /// The winning row of every dossier for a slot's filter and window.
    pub(super) fn picks(&self, slot: &Slot) -> Picks {
        let span = Span::new(self.plan, slot.window, self.scope.known_at);
        let picked: Vec<(u32, Reason)> = (0..self.scope.rows)
            .into_par_iter()
            .map_init(Vec::new, |rows, dossier| {
                let outside = self.rows_in(slot, &span, dossier, rows);
                match rows.last() {
                    Some(&row) => (row, self.freshness(slot, self.loaded.observed[row as usize])),
                    None => (u32::MAX, self.no_row(slot, dossier, outside)),
                }
            })
            .collect();
        let observed = picked
            .iter()
            .map(|&(row, _)| self.loaded.observed.get(row as usize).copied().unwrap_or(day::NONE));
        Picks {
            observed: observed.collect(),
            rows: picked.iter().map(|(row, _)| *row).collect(),
            reasons: picked.into_iter().map(|(_, reason)| reason).collect(),
        }
    }

    /// The values of a slot that makes one value of several rows.
    pub(super) fn aggregate(&self, slot: &Slot) -> Dense {
        if self.lost(slot) {
            return self.nothing(slot);
        }
        let span = Span::new(self.plan, slot.window, self.scope.known_at);
        if slot.take == Take::Union {
            return self.union(slot, &span);
        }
        let values: Vec<(i64, Reason, i32)> = (0..self.scope.rows)
            .into_par_iter()
            .map_init(Vec::new, |rows, dossier| {
                let outside = self.rows_in(slot, &span, dossier, rows);
                match slot.take {
                    Take::Count | Take::Exists => self.tally(slot, &span, dossier, rows),
                    Take::Sum => self.sum(slot, &span, dossier, rows, outside),
                    _ => self.bound(slot, dossier, rows, outside),
                }
            })
            .collect();
        let template = slot
            .spec
            .and_then(|spec| self.loaded.columns[spec].as_ref())
            .map(|column| &column.cells);
        let small = |value: i64| u8::try_from(value).unwrap_or(u8::MAX);
        let cells = match (slot.take, template) {
            (Take::Exists, _) => Cells::Small(values.iter().map(|value| small(value.0)).collect()),
            (Take::Min | Take::Max, Some(Cells::Day(_))) => Cells::Day(
                values.iter().map(|value| i32::try_from(value.0).unwrap_or(day::NONE)).collect(),
            ),
            (Take::Min | Take::Max, Some(Cells::Small(_))) => {
                Cells::Small(values.iter().map(|value| small(value.0)).collect())
            }
            _ => Cells::Whole(values.iter().map(|value| value.0).collect()),
        };
        Dense {
            values: cells,
            reasons: values.iter().map(|value| value.1).collect(),
            observed: values.iter().map(|value| value.2).collect(),
        }
    }

    /// The rows of a dossier that the filter and the window let through, in
    /// order; whether others were outside the window.
    fn rows_in(&self, slot: &Slot, span: &Span, dossier: usize, rows: &mut Vec<u32>) -> bool {
        rows.clear();
        let all = self.loaded.rows(self.scope.group(dossier));
        let event = |row: u32| self.loaded.event[row as usize];
        let passes = slot.filter.and_then(|filter| self.loaded.passes.get(filter));
        let passing =
            || all.iter().copied().filter(|&row| passes.is_none_or(|passes| passes[row as usize]));
        if matches!(span, Span::Always) {
            rows.extend(passing());
            return false;
        }
        let days = span.days(passing().map(event));
        let mut outside = false;
        for row in passing() {
            match days.contains(event(row)) {
                true => rows.push(row),
                false => outside = true,
            }
        }
        outside
    }

    /// Known, or stale for a value confirmed on that day.
    fn freshness(&self, slot: &Slot, observed: i32) -> Reason {
        let refresh = i32::try_from(slot.refresh_days).unwrap_or(i32::MAX);
        let limit = observed.saturating_add(refresh).saturating_add(Span::grace(slot.window));
        if refresh > 0 && limit < self.scope.known_at { Reason::Stale } else { Reason::Known }
    }

    fn no_row(&self, slot: &Slot, dossier: usize, outside: bool) -> Reason {
        match () {
            () if self.lost(slot) => Reason::Missing,
            () if outside => Reason::WrongPeriod,
            () if self.loaded.spoiled.contains(&self.scope.group(dossier)) => Reason::Rejected,
            () => Reason::Missing,
        }
    }

    /// A column that the slot needs is not in the file.
    fn lost(&self, slot: &Slot) -> bool {
        let lost = |spec: usize| self.loaded.columns[spec].is_none();
        !self.loaded.readable
            || slot.spec.is_some_and(lost)
            || slot.filter.is_some_and(|filter| self.loaded.lost_filters[filter])
    }

    fn nothing(&self, slot: &Slot) -> Dense {
        let rows = self.scope.rows;
        let spec = slot.spec.map(|spec| &self.plan.specs[spec].parse);
        Dense {
            values: Cells::empty(spec, slot.take, rows),
            reasons: vec![Reason::Missing; rows],
            observed: vec![day::NONE; rows].into(),
        }
    }

    /// Number of rows, or whether there is one.
    fn tally(&self, slot: &Slot, span: &Span, dossier: usize, rows: &[u32]) -> (i64, Reason, i32) {
        let newest = self.newest(rows);
        let fresh = self.freshness(
            slot,
            newest.max(if self.is_register_of_events() { self.loaded.newest } else { day::NONE }),
        );
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let before = span.start() < self.scope.since;
        if slot.take == Take::Exists && count > 0 {
            return (1, fresh, newest);
        }
        // A row that tells the present state answers no as well as yes.
        let told = self.loaded.rows(self.scope.group(dossier)).last();
        if let (false, Some(&row)) = (self.is_register_of_events(), told) {
            let seen = self.loaded.observed[row as usize];
            return (count, self.freshness(slot, seen), seen);
        }
        let reason = match self.scope.absence(dossier) {
            Reason::Known if before => Reason::NotCovered,
            Reason::Known if self.loaded.spoiled.contains(&self.scope.group(dossier)) => {
                Reason::Rejected
            }
            reason => reason,
        };
        (count, reason, newest.max(self.loaded.newest))
    }

    /// Rows are events that are never confirmed again, not a present state.
    fn is_register_of_events(&self) -> bool {
        self.plan.table.entry.duplicates == Duplicates::Keep
    }

    fn newest(&self, rows: &[u32]) -> i32 {
        rows.iter().map(|&row| self.loaded.observed[row as usize]).max().unwrap_or(day::NONE)
    }

    fn sum(
        &self,
        slot: &Slot,
        span: &Span,
        dossier: usize,
        rows: &[u32],
        outside: bool,
    ) -> (i64, Reason, i32) {
        let Some(column) = slot.spec.and_then(|spec| self.loaded.columns[spec].as_ref()) else {
            return (0, Reason::Missing, day::NONE);
        };
        let newest = self.newest(rows);
        let mut sum = Some(0_i64);
        let mut worst = Reason::Known;
        for &row in rows {
            match column.reason(row as usize) {
                Reason::Known => {
                    sum = sum.and_then(|sum| sum.checked_add(column.whole(row as usize)))
                }
                reason => worst = worst.max(reason),
            }
        }
        let reason = match self.gap(span, dossier, rows, outside) {
            _ if worst != Reason::Known => worst,
            Some(gap) => gap,
            None if sum.is_none() => Reason::Undefined,
            None if rows.is_empty() => Reason::Known,
            None => self.freshness(slot, newest),
        };
        (sum.unwrap_or(0), reason, newest)
    }

    /// Why the rows of a window do not make a sum, if they do not.
    fn gap(&self, span: &Span, dossier: usize, rows: &[u32], outside: bool) -> Option<Reason> {
        let event = |&row: &u32| self.loaded.event[row as usize];
        let spoiled = || self.loaded.spoiled.contains(&self.scope.group(dossier));
        let none = match () {
            () if outside || !rows.is_empty() => Reason::WrongPeriod,
            () if spoiled() => Reason::Rejected,
            () => Reason::Missing,
        };
        let origin = self
            .scope
            .registered
            .origin
            .get(dossier)
            .copied()
            .filter(|origin| *origin != day::NONE);
        match *span {
            Span::Years { first, last } => {
                let mut needed = first.max(origin.map_or(i32::MIN, day::year))..=last;
                let whole = !needed.is_empty()
                    && needed.all(|year| rows.iter().any(|row| day::year(event(row)) == year));
                (!whole).then_some(none)
            }
            Span::Months { count, .. } if self.scope.absence(dossier) != Reason::Known => {
                let mut months: Vec<i32> = rows.iter().map(|row| day::month(event(row))).collect();
                months.dedup();
                let told = i32::try_from(months.len()).unwrap_or(i32::MAX);
                // The month in which a subject came to be may have nothing to tell.
                let last = day::month(span.days(rows.iter().map(event)).to);
                let lived = origin.map_or(count, |origin| (last - day::month(origin)).min(count));
                (rows.is_empty() || told < lived).then_some(none)
            }
            _ if rows.is_empty() => match self.scope.absence(dossier) {
                Reason::Known if spoiled() => Some(Reason::Rejected),
                Reason::Known => None,
                Reason::NotCovered if self.plan.table.entry.coverage.is_some() => {
                    Some(Reason::NotCovered)
                }
                _ => Some(none),
            },
            _ => None,
        }
    }

    /// The smallest or largest value.
    fn bound(
        &self,
        slot: &Slot,
        dossier: usize,
        rows: &[u32],
        outside: bool,
    ) -> (i64, Reason, i32) {
        let Some(column) = slot.spec.and_then(|spec| self.loaded.columns[spec].as_ref()) else {
            return (0, Reason::Missing, day::NONE);
        };
        let known =
            rows.iter().map(|&row| row as usize).filter(|&row| column.reason(row) == Reason::Known);
        let values = known.map(|row| column.whole(row));
        let found = if slot.take == Take::Min { values.min() } else { values.max() };
        let newest = self.newest(rows);
        let rejected = rows.iter().any(|&row| column.reason(row as usize) == Reason::Rejected);
        match found {
            _ if rejected => (0, Reason::Rejected, newest),
            Some(value) => (value, self.freshness(slot, newest), newest),
            None if rows.is_empty() => (0, self.no_row(slot, dossier, outside), newest),
            None => (0, Reason::Missing, newest),
        }
    }

    /// All members of all rows; none where the table is complete.
    fn union(&self, slot: &Slot, span: &Span) -> Dense {
        let (mut ends, mut all) = (Vec::with_capacity(self.scope.rows), Vec::new());
        let (mut reasons, mut observed) =
            (Vec::with_capacity(self.scope.rows), Vec::with_capacity(self.scope.rows));
        let column = slot.spec.and_then(|spec| self.loaded.columns[spec].as_ref());
        let (mut rows, mut own) = (Vec::new(), Vec::new());
        for dossier in 0..self.scope.rows {
            let outside = self.rows_in(slot, span, dossier, &mut rows);
            own.clear();
            let mut rejected = false;
            for &row in &rows {
                let column = column
                    .map(|column| (column.members(row as usize), column.reason(row as usize)));
                let (members, reason) = column.unwrap_or((&[], Reason::Missing));
                own.extend_from_slice(members);
                rejected |= reason == Reason::Rejected;
            }
            own.sort_unstable();
            own.dedup();
            all.extend_from_slice(&own);
            ends.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
            let newest = self.newest(&rows);
            observed.push(newest);
            reasons.push(match () {
                () if rejected => Reason::Rejected,
                () if !own.is_empty() => self.freshness(slot, newest),
                () if self.scope.absence(dossier) == Reason::Known => Reason::Known,
                () => self.no_row(slot, dossier, outside),
            });
        }
        Dense { values: Cells::Set { ends, members: all }, reasons, observed: observed.into() }
    }
}

/// The cells of the picked rows, one for each dossier.
fn pick_cells(column: &Parsed, rows: &[u32]) -> Cells {
    fn take<T: Copy + Default>(cells: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|&row| cells.get(row as usize).copied().unwrap_or_default()).collect()
    }
    match &column.cells {
        Cells::Small(cells) => Cells::Small(take(cells, rows)),
        Cells::Place(cells) => Cells::Place(take(cells, rows)),
        Cells::Day(cells) => Cells::Day(take(cells, rows)),
        Cells::Whole(cells) => Cells::Whole(take(cells, rows)),
        Cells::Subject(cells) => Cells::Subject(take(cells, rows)),
        Cells::Text { .. } => {
            let (mut ends, mut bytes) = (Vec::with_capacity(rows.len()), Vec::new());
            for &row in rows {
                if row != u32::MAX {
                    bytes.extend_from_slice(column.text(row as usize));
                }
                ends.push(bytes.len() as u64);
            }
            Cells::Text { ends, bytes }
        }
        Cells::Set { .. } => {
            let (mut ends, mut members) = (Vec::with_capacity(rows.len()), Vec::new());
            for &row in rows {
                if row != u32::MAX {
                    members.extend_from_slice(column.members(row as usize));
                }
                ends.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
            }
            Cells::Set { ends, members }
        }
    }
}
