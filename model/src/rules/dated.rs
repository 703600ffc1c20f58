//! A program on a day: everything that depends on the day judged and on the
//! data cut-off, computed once. Civil-date arithmetic lives here too.

use std::sync::Arc;

use jiff::{ToSpan, civil::Date};
use rustc_hash::FxHashMap;

use crate::{
    catalogue::{
        FieldId,
        types::{FieldType, Period, Source},
    },
    domain::Tri,
    reference::Reference,
    rules::{
        ir::{Atom, Graph, Mask, Num, Span},
        program::Program,
    },
};

/// Registers that reach back to this day or further are complete from the beginning.
const FROM_THE_BEGINNING: Date = Date::constant(1949, 10, 1);

/// Days from 1970-01-01 to the day.
#[must_use]
pub fn days_of(day: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    day.since(epoch).map_or(0, |span| span.get_days())
}

/// The day that lies so many days after 1970-01-01.
#[must_use]
pub fn date_of(days: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The day moved by calendar months; where the month is too short, its last
/// day (Civil Code art. 202).
#[must_use]
pub fn add_months(days: i32, months: i64) -> Option<i32> {
    let span = jiff::Span::new().try_months(months).ok()?;
    date_of(days)?.checked_add(span).ok().map(days_of)
}

/// Completed calendar months from `from` to `to`: the largest n for which
/// `from` moved by n months is not after `to`.
#[must_use]
pub fn months_between(from: i32, to: i32) -> Option<i64> {
    let (start, end) = (date_of(from)?, date_of(to)?);
    let years = i64::from(end.year()) - i64::from(start.year());
    let months = years * 12 + i64::from(end.month()) - i64::from(start.month());
    Some(if add_months(from, months)? > to { months - 1 } else { months })
}

/// First day that still lies within the span ending at `as_of`: the earliest
/// day which, moved by the span, is not before `as_of` (the day of the event
/// is not counted, the day on which the period ends is; Civil Code art. 201–202).
#[must_use]
pub fn window_start(span: Span, as_of: i32) -> i32 {
    match span {
        Span::Days(days) => as_of.saturating_sub(days),
        Span::Months(months) => {
            let Some(mut start) = add_months(as_of, -i64::from(months)) else { return i32::MIN };
            while add_months(start, i64::from(months)).is_some_and(|end| end < as_of) {
                start += 1;
            }
            start
        }
    }
}

/// Truth of "within" a region, as runs of dense indices: neighbours in the
/// table share their parents, so that a handful of runs covers all regions.
#[derive(Debug)]
pub struct RegionTruth(Vec<RegionRun>);

/// Neighbouring regions with the same truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionRun {
    /// Lowest dense index.
    pub first: u16,
    /// Highest.
    pub last: u16,
    /// The truth of all of them.
    pub truth: Tri,
}

impl RegionTruth {
    fn new(truths: &[Tri]) -> RegionTruth {
        let mut runs: Vec<RegionRun> = Vec::new();
        // Dense indices fit 16 bits.
        for (index, truth) in (0..=u16::MAX).zip(truths) {
            match runs.last_mut() {
                Some(run) if run.truth == *truth => run.last = index,
                _ => runs.push(RegionRun { first: index, last: index, truth: *truth }),
            }
        }
        RegionTruth(runs)
    }

    /// The truth of one region; unknown past the table.
    #[must_use]
    pub fn of(&self, index: u16) -> Tri {
        self.over(index, index).unwrap_or(Tri::Unknown)
    }

    /// The truth of every region in the closed range of indices, if it is one.
    #[must_use]
    pub fn over(&self, low: u16, high: u16) -> Option<Tri> {
        let run = self.0.iter().find(|run| low <= run.last)?;
        (high <= run.last).then_some(run.truth)
    }

    /// The runs that meet the closed range of indices, ascending.
    pub fn runs_in(&self, low: u16, high: u16) -> impl Iterator<Item = RegionRun> + '_ {
        let met = move |run: &&RegionRun| run.first <= high;
        self.0.iter().skip_while(move |run| run.last < low).take_while(met).copied()
    }
}

/// A [`Program`] prepared for one day.
#[derive(Debug)]
pub struct Dated<'a> {
    /// The compiled policies.
    pub program: &'a Program,
    /// What they were compiled against.
    pub reference: &'a Reference,
    /// The day judged.
    pub as_of: Date,
    /// The data cut-off.
    pub known_at: Date,
    /// [`Dated::as_of`] in days.
    pub today: i32,
    /// By field: whether its period is still the one asked for.
    pub(crate) current: Vec<bool>,
    /// By facts field and position of a code: first day for which the registers
    /// that give the code are complete; `i32::MIN` from the beginning, `i32::MAX`
    /// where no register gives it.
    pub(crate) covered_since: Arc<Vec<Vec<i32>>>,
    /// By outer region: truth by dense index of the inner.
    pub(crate) within: FxHashMap<u16, Arc<RegionTruth>>,
    /// By parameter: value by dense region index.
    pub(crate) parameters: FxHashMap<String, Arc<Vec<Option<i64>>>>,
}

impl<'a> Dated<'a> {
    /// Prepares a program for a day. A day before the cut-off is judged as the
    /// cut-off itself: data of the future must not leak into the past.
    #[must_use]
    pub fn new(
        program: &'a Program,
        reference: &'a Reference,
        as_of: Date,
        known_at: Date,
    ) -> Dated<'a> {
        let as_of = as_of.max(known_at);
        let fields = reference.catalogue.fields();
        let covered_since = fields.iter().map(|field| covered_since(reference, field.id)).collect();
        let (within, parameters) = tables(&program.graph, reference, as_of);
        Dated {
            program,
            reference,
            as_of,
            known_at,
            today: days_of(as_of),
            current: current(reference, known_at, as_of),
            covered_since: Arc::new(covered_since),
            within,
            parameters,
        }
    }

    /// The same program on another day, as [`Dated::new`] would prepare it;
    /// what does not depend on the day is shared, so that a year of days costs
    /// little more than one.
    #[must_use]
    pub fn moved(&self, as_of: Date) -> Dated<'a> {
        let as_of = as_of.max(self.known_at);
        let values = &self.reference.parameters;
        let same = |name: &str| values.in_force(name, self.as_of) == values.in_force(name, as_of);
        let parameters = self.parameters.iter().map(|(name, table)| {
            let table = if same(name) {
                Arc::clone(table)
            } else {
                Arc::new(values.dense(name, as_of, &self.reference.regions))
            };
            (name.clone(), table)
        });
        Dated {
            program: self.program,
            reference: self.reference,
            as_of,
            known_at: self.known_at,
            today: days_of(as_of),
            current: current(self.reference, self.known_at, as_of),
            covered_since: Arc::clone(&self.covered_since),
            within: self.within.clone(),
            parameters: parameters.collect(),
        }
    }

    /// Whether the field's period is still the one asked for.
    #[must_use]
    pub fn is_current(&self, field: FieldId) -> bool {
        self.current.get(field.index()).copied().unwrap_or(false)
    }

    /// Truth of "region `inner` lies within region `outer`", by dense indices.
    #[must_use]
    pub fn region_within(&self, inner: u16, outer: u16) -> Tri {
        self.within.get(&outer).map_or(Tri::Unknown, |table| table.of(inner))
    }

    /// The parameter's value for a region, by dense index.
    #[must_use]
    pub fn parameter(&self, name: &str, region: u16) -> Option<i64> {
        self.parameters.get(name)?.get(usize::from(region)).copied().flatten()
    }

    /// Whether the registers that give the codes of a facts field are complete
    /// over the window; an open window reaches back to the beginning.
    #[must_use]
    pub fn covers(&self, field: FieldId, codes: &Mask, start: Option<i32>) -> bool {
        let Some(since) = self.covered_since.get(field.index()) else { return false };
        let asked = codes.iter().filter_map(|code| since.get(usize::from(code)));
        let since = asked.max().copied().unwrap_or(i32::MAX);
        since == i32::MIN || start.is_some_and(|start| since <= start)
    }
}

fn current(reference: &Reference, known_at: Date, as_of: Date) -> Vec<bool> {
    let fields = reference.catalogue.fields().iter();
    fields.map(|field| same_period(field.period, known_at, as_of)).collect()
}

fn same_period(period: Option<Period>, known_at: Date, as_of: Date) -> bool {
    let quarter = |day: Date| (day.month() - 1) / 3;
    match period {
        None => true,
        Some(Period::Year) => known_at.year() == as_of.year(),
        Some(Period::Quarter) => {
            known_at.year() == as_of.year() && quarter(known_at) == quarter(as_of)
        }
        Some(Period::Month) => known_at.first_of_month() == as_of.first_of_month(),
    }
}

fn covered_since(reference: &Reference, field: FieldId) -> Vec<i32> {
    let field = reference.catalogue.by_id(field);
    let Some(list) = field.codes.as_ref().filter(|_| field.kind == FieldType::Facts) else {
        return Vec::new();
    };
    let since = |source: &Source| {
        let table = reference.catalogue.table(&source.table);
        match table.and_then(|table| table.entry.coverage.as_ref()) {
            Some(coverage) if coverage.since <= FROM_THE_BEGINNING => i32::MIN,
            Some(coverage) => days_of(coverage.since),
            None => i32::MAX,
        }
    };
    let codes = (0..=u8::MAX).take(list.entries.len());
    codes.map(|code| field.sources_giving(code).map(since).max().unwrap_or(i32::MAX)).collect()
}

type Tables = (FxHashMap<u16, Arc<RegionTruth>>, FxHashMap<String, Arc<Vec<Option<i64>>>>);

fn tables(graph: &Graph, reference: &Reference, as_of: Date) -> Tables {
    let mut within = FxHashMap::default();
    for atom in graph.atoms() {
        if let Atom::Within(_, outer) = atom
            && let Some(code) = reference.regions.code(*outer)
        {
            within.entry(*outer).or_insert_with(|| {
                Arc::new(RegionTruth::new(&reference.regions.within_table(code)))
            });
        }
    }
    let mut parameters = FxHashMap::default();
    for num in graph.nums() {
        if let Num::Param { name, .. } = num {
            parameters.entry(name.clone()).or_insert_with(|| {
                Arc::new(reference.parameters.dense(name, as_of, &reference.regions))
            });
        }
    }
    (within, parameters)
}

/// Whole months of a span, for messages.
#[must_use]
pub fn describe(span: Span) -> String {
    match span {
        Span::Months(months) if months % 12 == 0 => format!("{}年", months / 12),
        Span::Months(months) => format!("{months}个月"),
        Span::Days(days) => format!("{days}日"),
    }
}

/// One day later.
#[must_use]
pub fn next_day(day: Date) -> Date {
    day.checked_add(1.day()).unwrap_or(Date::MAX)
}
