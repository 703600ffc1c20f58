//! Periods before the data cut-off.

use zhida_model::catalogue::types::{DateFormat, Window};

use super::day;
use super::plan::TablePlan;

/// The days of a window, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) from: i32,
    pub(super) to: i32,
}

/// A window as days.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span {
    /// Every row.
    Always,
    /// Calendar years.
    Years { first: i32, last: i32 },
    /// Days up to the cut-off.
    Days(Days),
    /// Months of a table that tells months: the newest of the subject where
    /// that is the first, otherwise the second. A month is reported in the
    /// month after it, so the last one may not be there yet.
    Months { newest: Days, before: Days, count: i32 },
}

impl Span {
    /// The days of a catalogued window.
    pub(super) fn new(plan: &TablePlan<'_>, window: Option<Window>, known_at: i32) -> Span {
        let narrow = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let Some(window) = window else { return Span::Always };
        let skip = narrow(window.skip);
        if let Some(years) = window.years {
            let last = day::year(known_at) - 1 - skip;
            return Span::Years { first: last + 1 - narrow(years), last };
        }
        let Some(months) = window.months.map(narrow) else { return Span::Always };
        let monthly = plan.event.is_some_and(|(_, format)| format == DateFormat::YearMonth);
        if !monthly {
            let end = add_months(known_at, -skip);
            return Span::Days(Days { from: add_months(end, -months) + 1, to: end });
        }
        let this = day::month(known_at);
        let last = if day::month_end(this) == known_at { this } else { this - 1 } - skip;
        let run =
            |last: i32| Days { from: day::month_end(last - months) + 1, to: day::month_end(last) };
        Span::Months { newest: run(last), before: run(last - 1), count: months }
    }

    /// The days for a subject with rows of these event dates, ascending.
    pub(super) fn days(&self, mut events: impl Iterator<Item = i32>) -> Days {
        match *self {
            Span::Always => Days { from: i32::MIN, to: i32::MAX },
            Span::Years { first, last } => {
                Days { from: day::year_end(first - 1) + 1, to: day::year_end(last) }
            }
            Span::Days(days) => days,
            Span::Months { newest, before, .. } => {
                let reported = events.any(|event| event > before.to && event <= newest.to);
                if reported { newest } else { before }
            }
        }
    }

    /// First day of the window at its earliest.
    pub(super) fn start(&self) -> i32 {
        match *self {
            Span::Always => i32::MAX,
            Span::Years { first, .. } => day::year_end(first - 1) + 1,
            Span::Days(days) => days.from,
            Span::Months { before, .. } => before.from,
        }
    }

    /// How much longer than usual a value of this window stays fresh: what
    /// speaks of an earlier period was confirmed that much earlier.
    pub(super) fn grace(window: Option<Window>) -> i32 {
        window.map_or(0, |window| {
            let skip = i32::try_from(window.skip).unwrap_or(i32::MAX);
            skip.saturating_mul(if window.years.is_some() { 366 } else { 31 })
        })
    }
}

impl Days {
    pub(super) fn contains(self, day: i32) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The day so many months later; month ends stay inside the month.
fn add_months(days: i32, months: i32) -> i32 {
    let date = day::date_of(days);
    let moved = date.checked_add(jiff::ToSpan::months(months.clamp(-12_000, 12_000)));
    moved.map_or(days, day::of)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_before_the_end_of_march_ends_with_february() {
        let day = |month, day| day::of(date(2026, month, day));
        assert_eq!(add_months(day(3, 31), -1), day(2, 28));
    }
}
