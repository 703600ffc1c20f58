//! Dates in SQL: columns and literals of type DATE where a number is a date,
//! and the conversions where it is calculated with. Days lie in the years
//! from −9999 to 9999; whatever leaves them is unknown. Columns are taken to
//! hold no date before year 1.

use jiff::civil::Date;

use super::{
    dialect::{Bind, Sql},
    number::{Quotient, symbol},
    printer::Printer,
};
use crate::{
    domain::Number,
    rules::{
        dated::{date_of, days_of},
        ir::{Num, NumId, Op, Scope},
        scalar::Manual,
    },
};

/// Calendar months in 9999 years: a move any further leaves the calendar.
const MONTHS: i64 = 119_988;

/// Months from year 0 to December 9999.
const LAST_MONTH: i64 = 9_999 * 12 + 12;

impl Printer<'_> {
    /// The number as an expression of type DATE, where it is a date by nature.
    pub(super) fn native_date(&self, id: NumId) -> Option<Sql> {
        self.date(id).map(|date| self.shared(date))
    }

    fn date(&self, id: NumId) -> Option<Sql> {
        match self.dated.program.graph.num(id) {
            Num::Field(field) if self.is_date(*field) => {
                Some(self.cell(*field, "DATE").unwrap_or_else(|unknown| unknown))
            }
            Num::AsOf => Some(self.today()),
            Num::Since(scope) => Some(self.edge(*scope, "since")),
            Num::Until(scope) => Some(self.edge(*scope, "until")),
            Num::AddMonths(date, months) => Some(self.add_months(*date, *months)),
            Num::Min(a, b) => self.extreme_date(Op::Less, *a, *b),
            Num::Max(a, b) => self.extreme_date(Op::Greater, *a, *b),
            Num::Choose(condition, then, otherwise) => {
                let (then, otherwise) = self.date_pair(*then, *otherwise)?;
                let open = Printer { manual: Manual::Open, ..*self };
                let condition = self.shared(open.node(*condition));
                let opposite = condition.negated();
                let equal = Sql::compare(&then, "=", &otherwise);
                Some(Sql::case(
                    &[(condition, then.clone()), (opposite, otherwise), (equal, then)],
                    None,
                ))
            }
            _ => None,
        }
    }

    pub(super) fn today(&self) -> Sql {
        self.dialect.day(self.dated.as_of)
    }

    fn edge(&self, scope: Scope, bound: &str) -> Sql {
        match scope {
            Scope::Subject => self.dialect.unknown("DATE"),
            Scope::Unit => Sql::tight(format!("ue.{bound}")),
            Scope::Member => Sql::tight(format!("e.{bound}")),
        }
    }

    /// Two dates, of which one may be a literal.
    pub(super) fn date_pair(&self, a: NumId, b: NumId) -> Option<(Sql, Sql)> {
        match (self.native_date(a), self.native_date(b)) {
            (Some(a), Some(b)) => Some((a, b)),
            (Some(a), None) => self.date_literal(b).map(|b| (a, b)),
            (None, Some(b)) => self.date_literal(a).map(|a| (a, b)),
            (None, None) => None,
        }
    }

    fn date_literal(&self, id: NumId) -> Option<Sql> {
        match self.dated.program.graph.num(id) {
            Num::Literal(days, 1) => {
                i32::try_from(*days).ok().and_then(date_of).map(|day| self.dialect.day(day))
            }
            _ => None,
        }
    }

    fn extreme_date(&self, wanted: Op, a: NumId, b: NumId) -> Option<Sql> {
        let (a, b) = self.date_pair(a, b)?;
        let test = Sql::compare(&a, symbol(wanted), &b);
        let opposite = test.negated();
        Some(Sql::case(&[(test, a), (opposite, b)], None))
    }

    /// A comparison of dates as dates, also of a date moved by literal days.
    pub(super) fn compare_dates(&self, op: Op, left: NumId, right: NumId) -> Option<Sql> {
        let moved = |id| self.native_date(id).or_else(|| self.moved(id));
        let (left, right) = match (moved(left), moved(right)) {
            (Some(left), Some(right)) => (left, right),
            (Some(left), None) => (left, self.date_literal(right)?),
            (None, Some(right)) => (self.date_literal(left)?, right),
            (None, None) => return None,
        };
        Some(Sql::compare(&left, symbol(op), &right))
    }

    fn moved(&self, id: NumId) -> Option<Sql> {
        let graph = &self.dated.program.graph;
        let Num::Add(date, days) = graph.num(id) else { return None };
        let Num::Literal(days, 1) = graph.num(*days) else { return None };
        let days = Some(*days).filter(|days| days.unsigned_abs() < 1_000_000)?;
        Some(self.dialect.plus_days(&self.native_date(*date)?, &days.to_string()))
    }

    /// Any number read as a day.
    fn day(&self, id: NumId) -> Sql {
        if let Some(date) = self.native_date(id).or_else(|| self.date_literal(id)) {
            return date;
        }
        let days = self.number(id).floor(self.dialect).num.sql(self.dialect);
        let (first, last) = (days_of(Date::MIN), days_of(Date::MAX));
        let fits = format!("{} BETWEEN {first} AND {last}", days.above(Bind::Compare));
        let whole = self.dialect.cast_or_unknown(&days, "INTEGER");
        let date = self.dialect.plus_days(&Sql::tight("DATE '1970-01-01'"), &whole.text);
        self.shared(Sql::case(&[(Sql::new(Bind::Compare, fits), date)], None))
    }

    fn add_months(&self, date: NumId, months: NumId) -> Sql {
        let dialect = self.dialect;
        let date = self.day(date);
        if let Num::Literal(num, den) = self.dated.program.graph.num(months) {
            let months = Number::ratio(*num, *den).and_then(Number::floor);
            let Some(months) = months.filter(|months| months.abs() <= MONTHS) else {
                return dialect.unknown("DATE");
            };
            let moved = dialect.plus_months(&date, &months.to_string());
            return match first_too_late(months) {
                Some(limit) => {
                    Sql::case(&[(Sql::compare(&date, "<", &dialect.day(limit)), moved)], None)
                }
                None => moved,
            };
        }
        let months = self.number(months).floor(dialect).num.sql(dialect);
        let moved = dialect.plus_months(&date, &dialect.cast_or_unknown(&months, "INTEGER").text);
        let text = format!(
            "{} BETWEEN -{MONTHS} AND {MONTHS} AND 12 * year({date}) + month({date}) + {} <= {LAST_MONTH}",
            months.above(Bind::Compare),
            months.above(Bind::Sum),
            date = date.text,
        );
        Sql::case(&[(Sql::new(Bind::And, text), moved)], None)
    }

    /// Completed years: the difference of the calendar years, less one while
    /// the day of this year is still to come.
    pub(super) fn years(&self, date: NumId) -> Quotient {
        let (date, today) = (self.day(date), self.today());
        let years = format!("{} - year({})", self.dated.as_of.year(), date.text);
        let anniversary = self.dialect.plus_months(&date, &self.count(&format!("12 * ({years})")));
        self.completed(&years, &anniversary, &today)
    }

    /// Completed months, in the same way.
    pub(super) fn months(&self, date: NumId) -> Quotient {
        let (date, today) = (self.day(date), self.today());
        let as_of = self.dated.as_of;
        let text = &date.text;
        let months =
            format!("12 * ({} - year({text})) + {} - month({text})", as_of.year(), as_of.month());
        let anniversary = self.dialect.plus_months(&date, &self.count(&months));
        self.completed(&months, &anniversary, &today)
    }

    fn completed(&self, count: &str, anniversary: &Sql, today: &Sql) -> Quotient {
        let early = Sql::compare(anniversary, ">", today);
        let less = Sql::case(&[(early, Sql::tight("1"))], Some(&Sql::tight("0")));
        let text = Sql::new(Bind::Sum, format!("{count} - {}", less.text));
        Quotient::over(self.dialect.widened(&text), 1 << 20, 1)
    }

    /// A number of months as the integer that date functions take.
    fn count(&self, months: &str) -> String {
        format!("CAST({months} AS INTEGER)")
    }

    pub(super) fn calendar(&self, part: &str, date: NumId) -> Quotient {
        let text = Sql::tight(format!("{part}({})", self.day(date).text));
        Quotient::over(self.dialect.widened(&text), 1 << 16, 1)
    }
}

/// The first day that, moved by so many months, would leave year 9999.
fn first_too_late(months: i64) -> Option<Date> {
    if months <= 0 {
        return None;
    }
    let first = LAST_MONTH - months;
    let (year, month) = (first.div_euclid(12), first.rem_euclid(12));
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()? + 1, 1).ok()
}
