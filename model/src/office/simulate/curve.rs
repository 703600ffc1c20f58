//! How many qualify for every value of a threshold: the near misses on either
//! side of it. Who would qualify whatever it is, who only if the comparison
//! holds and who only if it fails is settled by the other conditions; for the
//! rest the measured values are sorted once.

use rayon::prelude::*;

use crate::{
    catalogue::FieldId,
    domain::Number,
    frame::{Values, World},
    office::{population::Population, rowset::Rowset},
    rules::{
        dated::{Dated, add_months, months_between},
        ir::{FieldRef, Num, NumId, Op, Scope},
        scalar::{At, Scalar},
    },
};

/// Steps a curve has at the most on either side of the threshold.
const STEPS: usize = 50;

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The threshold, as stored: fen, days, or millionths for decimals.
    pub value: i64,
    /// How many qualify with it.
    pub qualify: u64,
    /// How many measured values lie between the point before and this one.
    pub between: u64,
}

/// What a curve is drawn from.
#[derive(Debug)]
pub struct Measured {
    /// Qualify whatever the threshold.
    pub always: u64,
    /// Qualify if the comparison holds: their values in halves, ascending.
    pub holds: Vec<i64>,
    /// Qualify if it fails: their values in halves, ascending.
    pub fails: Vec<i64>,
    /// Their value is unknown.
    pub unmeasured: u64,
    /// The comparison.
    pub op: Op,
}

/// How a stored value is scaled: whole numbers, fen and days as they are,
/// everything else in millionths, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// As it is.
    Whole,
    /// Times 10^6.
    Millionths,
}

impl Scale {
    /// A number in halves of the stored unit; `None` where it does not fit. A
    /// number between two stored values becomes the odd half between them, so
    /// that it compares with both as it should.
    #[must_use]
    pub fn halves(self, value: Number) -> Option<i64> {
        let scaled = match self {
            Scale::Whole => value,
            Scale::Millionths => value.checked_mul(Number::whole(1_000_000))?,
        };
        let whole = scaled.floor()?;
        let exact = scaled.compare(Number::whole(whole))?.is_eq();
        whole.checked_mul(2)?.checked_add(i64::from(!exact))
    }
}

/// The values of a number for some rows in halves ([`Scale::halves`]),
/// ascending, and for how many it is unknown.
#[must_use]
pub fn values(
    dated: &Dated<'_>,
    world: &World,
    population: &Population,
    measure: NumId,
    scale: Scale,
    rows: &Rowset,
) -> (Vec<i64>, u64) {
    let scalar = Scalar::new(dated, world);
    let read = Reader::new(dated, measure, scale);
    let chunks = &world.of(population.kind).chunks;
    let blocks: Vec<usize> =
        (0..rows.blocks()).filter(|block| !rows.block(*block).is_empty()).collect();
    let found: Vec<(Vec<i64>, u64)> = blocks
        .into_par_iter()
        .map(|number| {
            let first = number * crate::rules::columnar::bits::ROWS;
            let (chunk, start) =
                (first / crate::frame::CHUNK_ROWS, first % crate::frame::CHUNK_ROWS);
            let Some(frame) = chunks.get(chunk) else { return (Vec::new(), 0) };
            let (mut values, mut unknown) = (Vec::new(), 0);
            for row in rows.block(number).rows() {
                let at = At::subject(frame, start + row);
                match read.value(&scalar, &at) {
                    Some(value) => values.push(value),
                    None => unknown += 1,
                }
            }
            (values, unknown)
        })
        .collect();
    let unknown = found.iter().map(|(_, unknown)| unknown).sum();
    let mut values: Vec<i64> = found.into_iter().flat_map(|(values, _)| values).collect();
    values.par_sort_unstable();
    (values, unknown)
}

/// Reads a measure: straight from the column where it is a stored number or
/// the completed years since a stored day, else with the specification.
struct Reader {
    measure: NumId,
    scale: Scale,
    fast: Fast,
}

enum Fast {
    Stored(FieldId),
    /// For every number of years the last day from which they are complete.
    Years(FieldId, Vec<i32>),
    No,
}

/// Years that are read from a table; nobody is older.
const MOST_YEARS: i64 = 150;

impl Reader {
    fn new(dated: &Dated<'_>, measure: NumId, scale: Scale) -> Reader {
        let graph = &dated.program.graph;
        let own = |field: &FieldRef| {
            (field.scope == Scope::Subject && dated.is_current(field.field)).then_some(field.field)
        };
        let fast = match graph.num(measure) {
            Num::Field(field) if scale == Scale::Whole => own(field).map(Fast::Stored),
            Num::Decimal(field) if scale == Scale::Millionths => own(field).map(Fast::Stored),
            Num::Years(day) if scale == Scale::Whole => match graph.num(*day) {
                Num::Field(field) => own(field)
                    .zip(last_days(dated.today))
                    .map(|(field, days)| Fast::Years(field, days)),
                _ => None,
            },
            _ => None,
        };
        Reader { measure, scale, fast: fast.unwrap_or(Fast::No) }
    }

    fn value<'a>(&self, scalar: &Scalar<'a>, at: &At<'a>) -> Option<i64> {
        let row = at.subject.row;
        let column = |field: &FieldId| {
            let column = at.subject.frame.column(*field)?;
            let known = column.known.as_ref().is_none_or(|known| known.value(row));
            Some((&column.values, known))
        };
        match &self.fast {
            Fast::Stored(field) => {
                if let Some((Values::Int(values), known)) = column(field) {
                    let value = values.get(row).filter(|_| known);
                    return value.and_then(|value| value.checked_mul(2));
                }
            }
            Fast::Years(field, last) => {
                if let Some((Values::Date(values), known)) = column(field)
                    && let Some(day) = values.get(row)
                {
                    let complete = last.partition_point(|last| day <= last);
                    if !known {
                        return None;
                    }
                    if (1..last.len()).contains(&complete) {
                        return i64::try_from(complete - 1).ok().map(|years| 2 * years);
                    }
                }
            }
            Fast::No => {}
        }
        self.scale.halves(scalar.num(self.measure, at)?)
    }
}

/// The last day from which 0, 1, 2 … years are complete today, descending.
fn last_days(today: i32) -> Option<Vec<i32>> {
    let complete = |day: i32| months_between(day, today).map(|months| months.div_euclid(12));
    (0..=MOST_YEARS)
        .map(|years| {
            let near = add_months(today, -12 * years)?;
            (near - 3..=near + 3).rev().find(|day| complete(*day).is_some_and(|n| n >= years))
        })
        .collect()
}

impl Measured {
    /// How many qualify with a threshold.
    #[must_use]
    pub fn qualify(&self, threshold: i64) -> u64 {
        let holds = count(&self.holds, self.op, threshold);
        let fails = self.fails.len() as u64 - count(&self.fails, self.op, threshold);
        self.always + holds + fails
    }

    /// Points on either side of a threshold. Between two neighbouring ones lie
    /// at least `bin` values, so that nobody stands alone between them.
    #[must_use]
    pub fn points(&self, threshold: i64, bin: usize) -> Vec<Point> {
        let values = self.merged();
        let spread = values.len() / (2 * STEPS);
        let step = spread.max(bin).max(1);
        let exact = distinct(&values, 2 * STEPS) && bin <= 1;
        // Equality is met by one value alone: there is nothing in between.
        let equality = matches!(self.op, Op::Equal | Op::NotEqual);
        let mut chosen = if exact {
            values.iter().map(|value| value.div_euclid(2)).collect()
        } else if equality {
            Vec::new()
        } else {
            grid(&values, self.op, threshold, step, bin)
        };
        chosen.push(threshold);
        chosen.sort_unstable();
        chosen.dedup();
        let mut before = None;
        chosen
            .into_iter()
            .map(|value| {
                let below = passed(&values, self.op, value) as u64;
                let between = below - before.unwrap_or(0);
                before = Some(below);
                Point { value, qualify: self.qualify(value), between }
            })
            .collect()
    }

    fn merged(&self) -> Vec<i64> {
        let mut values: Vec<i64> = self.holds.iter().chain(&self.fails).copied().collect();
        if !self.fails.is_empty() && !self.holds.is_empty() {
            values.par_sort_unstable();
        }
        values
    }
}

/// Whether there are at most so many different values.
fn distinct(values: &[i64], most: usize) -> bool {
    let mut rest = values;
    for _ in 0..=most {
        let Some(first) = rest.first() else { return true };
        rest = rest.get(rest.partition_point(|value| value <= first)..).unwrap_or_default();
    }
    false
}

/// Round values around a threshold with at least `bin` measured values between
/// neighbours, and beyond the last, some `step` values apart.
fn grid(values: &[i64], op: Op, threshold: i64, step: usize, bin: usize) -> Vec<i64> {
    let passed = |value: i64| passed(values, op, value);
    let mut chosen = Vec::new();
    // How many values lie below the point chosen last.
    let mut anchor = passed(threshold);
    let mut index = anchor + step;
    while let Some(next) = values.get(index) {
        let value = round_up(next.div_euclid(2), threshold);
        let reached = passed(value);
        if value > threshold && reached >= anchor + bin && reached + bin <= values.len() {
            chosen.push(value);
            anchor = reached;
            index = anchor + step;
        } else {
            // Past the values that are equal.
            index = values.partition_point(|other| other <= next).max(index + 1);
        }
    }
    let mut anchor = passed(threshold);
    let mut index = anchor.checked_sub(step);
    while let Some((place, next)) = index.and_then(|place| Some((place, values.get(place)?))) {
        let value = round_down(next.div_euclid(2), threshold);
        let reached = passed(value);
        if value < threshold && reached + bin <= anchor && reached >= bin {
            chosen.push(value);
            anchor = reached;
            index = anchor.checked_sub(step);
        } else {
            let equal = values.partition_point(|other| other < next);
            index = equal.min(place).checked_sub(1);
        }
    }
    chosen
}

/// Three significant digits of the distance from the threshold, upwards.
fn round_up(value: i64, threshold: i64) -> i64 {
    let unit = unit(value.saturating_sub(threshold));
    let steps = value.saturating_sub(threshold).saturating_add(unit - 1) / unit;
    threshold.saturating_add(steps.saturating_mul(unit))
}

/// Three significant digits of the distance from the threshold, downwards.
fn round_down(value: i64, threshold: i64) -> i64 {
    let unit = unit(threshold.saturating_sub(value));
    let steps = threshold.saturating_sub(value).saturating_add(unit - 1) / unit;
    threshold.saturating_sub(steps.saturating_mul(unit))
}

fn unit(distance: i64) -> i64 {
    let mut unit = 1_i64;
    while distance / unit >= 1000 {
        unit = unit.saturating_mul(10);
    }
    unit
}

/// How many of the ascending halves lie on the lower side of a threshold: with
/// it for `<=` and `>`, without it for the others, so that two thresholds with
/// so many values between them tell so many subjects apart.
fn passed(values: &[i64], op: Op, threshold: i64) -> usize {
    let limit = threshold.saturating_mul(2);
    match op {
        Op::AtMost | Op::Greater => values.partition_point(|value| *value <= limit),
        _ => values.partition_point(|value| *value < limit),
    }
}

/// How many of the ascending halves satisfy `value op threshold`.
fn count(values: &[i64], op: Op, threshold: i64) -> u64 {
    let below = passed(values, Op::Less, threshold) as u64;
    let upto = values.partition_point(|value| *value <= threshold.saturating_mul(2)) as u64;
    let all = values.len() as u64;
    match op {
        Op::Less => below,
        Op::AtMost => upto,
        Op::Greater => all - upto,
        Op::AtLeast => all - below,
        Op::Equal => upto - below,
        Op::NotEqual => all - (upto - below),
    }
}

#[cfg(test)]
#[path = "../tests/curve.rs"]
mod tests;
