//! What is decided once a day, before any row is read: thresholds become
//! closed ranges of stored values, ages become ranges of birthdays, regions
//! become tables with running counts so that a block's range of regions can
//! be decided at a glance.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    catalogue::FieldId,
    domain::{DECIMAL_ONE, Number, SubjectKind},
    frame::{Values, World},
    rules::{
        columnar::bits::ROWS,
        dated::{Dated, RegionTruth, add_months, date_of, months_between},
        ir::{Atom, AtomId, FieldRef, Mask, Node, NodeId, Num, NumId, Op, Scope},
        missing::visit_nums,
        scalar::Scalar,
    },
};

/// Days that civil dates can have here: years 1 to 9999.
const DAYS: (i32, i32) = (-719_162, 2_932_896);

/// How an atom is evaluated over a block.
#[derive(Debug)]
pub enum Prepared {
    /// The same for every row whose field is known.
    Fixed(FieldId, bool),
    /// A stored number in a closed range.
    Whole(Range<i64>),
    /// A stored day in a closed range.
    Day(Range<i32>),
    /// A quotient of two stored whole numbers against a literal.
    Ratio(Quotient),
    /// A yes-or-no field.
    Flag(FieldId),
    /// A code in the first set; codes of the second cannot be told.
    Code(FieldId, Mask, Mask),
    /// A region within another.
    Within(FieldId, Arc<RegionTruth>),
    /// An industry within dense ranges.
    Industry(FieldId, Vec<(u16, u16)>),
    /// About the unit: not known at the level of the subject.
    Unit,
    /// Row by row with the specification.
    ByRow,
}

/// A closed range of stored values.
#[derive(Debug, Clone, Copy)]
pub struct Range<T> {
    /// The field.
    pub field: FieldId,
    /// Lowest value.
    pub low: T,
    /// Highest value.
    pub high: T,
    /// The values outside are meant (`!=`).
    pub outside: bool,
}

/// A quotient against a literal quotient with a positive denominator.
#[derive(Debug, Clone, Copy)]
pub struct Quotient {
    /// Field above.
    pub num: FieldId,
    /// Field below.
    pub den: FieldId,
    /// Numerator and denominator of the literal.
    pub limit: (i64, i64),
    /// The comparison.
    pub op: Op,
}

/// The range of dense indices in one block of a place column.
#[derive(Debug, Clone, Copy)]
pub struct PlaceRange {
    /// Lowest index among known rows.
    pub low: u16,
    /// Highest.
    pub high: u16,
}

/// Everything decided before the rows.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The program on its day.
    pub dated: &'a Dated<'a>,
    /// For rows evaluated with the specification.
    pub scalar: Scalar<'a>,
    /// By atom.
    pub atoms: Vec<Prepared>,
    /// By atom: how many roots and nodes use it.
    pub uses: Vec<u32>,
    /// By place field: the ranges of every block, by chunk.
    pub ranges: FxHashMap<FieldId, Vec<Vec<Option<PlaceRange>>>>,
}

impl<'a> Plan<'a> {
    /// Prepares every atom below the roots.
    #[must_use]
    pub fn new(
        dated: &'a Dated<'a>,
        world: &'a World,
        kind: SubjectKind,
        roots: &[NodeId],
    ) -> Plan<'a> {
        let graph = &dated.program.graph;
        let scalar = Scalar::new(dated, world);
        let uses = count_uses(dated, roots);
        let atoms: Vec<Prepared> = (0..graph.atom_count())
            .map(|atom| {
                if uses[atom] == 0 {
                    return Prepared::ByRow;
                }
                prepare(dated, &scalar, graph.atom(AtomId(u32::try_from(atom).unwrap_or(0))))
            })
            .collect();
        let mut ranges = FxHashMap::default();
        for atom in &atoms {
            if let Prepared::Within(field, _) = atom {
                ranges.entry(*field).or_insert_with(|| place_ranges(world, kind, *field));
            }
        }
        Plan { dated, scalar, atoms, uses, ranges }
    }
}

fn count_uses(dated: &Dated<'_>, roots: &[NodeId]) -> Vec<u32> {
    let graph = &dated.program.graph;
    let mut uses = vec![0; graph.atom_count()];
    let mut stack: Vec<NodeId> = roots.to_vec();
    while let Some(id) = stack.pop() {
        match graph.node(id) {
            Node::Const(_) | Node::Manual(_) => {}
            Node::Atom(atom) => uses[atom.0 as usize] += 1,
            Node::Not(inner) => stack.push(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => stack.extend(parts),
            Node::Choose(a, b, c) => stack.extend([*a, *b, *c]),
        }
    }
    uses
}

fn place_ranges(world: &World, kind: SubjectKind, field: FieldId) -> Vec<Vec<Option<PlaceRange>>> {
    world
        .of(kind)
        .chunks
        .iter()
        .map(|frame| {
            let Some(column) = frame.column(field) else { return Vec::new() };
            let Values::Place(values) = &column.values else { return Vec::new() };
            values
                .chunks(ROWS)
                .enumerate()
                .map(|(block, values)| {
                    let known = |row: usize| {
                        column.known.as_ref().is_none_or(|known| known.value(block * ROWS + row))
                    };
                    if column.known.is_none() {
                        let low = values.iter().copied().min()?;
                        return Some(PlaceRange { low, high: values.iter().copied().max()? });
                    }
                    let mut seen = values.iter().enumerate().filter(|(row, _)| known(*row));
                    let (_, first) = seen.next()?;
                    let (low, high) = seen.fold((*first, *first), |(low, high), (_, value)| {
                        (low.min(*value), high.max(*value))
                    });
                    Some(PlaceRange { low, high })
                })
                .collect()
        })
        .collect()
}

fn subject_only(field: FieldRef) -> Option<FieldId> {
    (field.scope == Scope::Subject).then_some(field.field)
}

fn prepare(dated: &Dated<'_>, scalar: &Scalar<'_>, atom: &Atom) -> Prepared {
    if reads_unit(scalar, atom) {
        return Prepared::Unit;
    }
    let ready = match atom {
        Atom::Compare(op, left, right) => comparison(dated, scalar, *op, *left, *right),
        Atom::Flag(field) => subject_only(*field).map(Prepared::Flag),
        Atom::Code(field, yes, open) => subject_only(*field).map(|field| {
            let (yes, open) = (*yes, *open);
            Prepared::Code(field, yes, open)
        }),
        Atom::Within(field, outer) => subject_only(*field)
            .and_then(|field| Some(Prepared::Within(field, Arc::clone(dated.within.get(outer)?)))),
        Atom::Industry(field, ranges) => {
            let place = dated.reference.catalogue.by_id(field.field).kind
                == crate::catalogue::types::FieldType::Industry;
            subject_only(*field)
                .filter(|_| place)
                .map(|field| Prepared::Industry(field, ranges.clone()))
        }
        _ => None,
    };
    let current = |field: FieldId| dated.is_current(field);
    match ready {
        Some(Prepared::Ratio(quotient)) if !current(quotient.num) || !current(quotient.den) => {
            Prepared::Unit
        }
        Some(ready) => match ready.field() {
            Some(field) if !current(field) => Prepared::Unit,
            _ => ready,
        },
        None => Prepared::ByRow,
    }
}

impl Prepared {
    fn field(&self) -> Option<FieldId> {
        match self {
            Prepared::Fixed(field, _)
            | Prepared::Whole(Range { field, .. })
            | Prepared::Day(Range { field, .. })
            | Prepared::Flag(field)
            | Prepared::Code(field, ..)
            | Prepared::Within(field, _)
            | Prepared::Industry(field, _) => Some(*field),
            Prepared::Ratio(_) | Prepared::Unit | Prepared::ByRow => None,
        }
    }
}

/// Whether the atom is about a unit anywhere.
fn reads_unit(scalar: &Scalar<'_>, atom: &Atom) -> bool {
    let unit = |field: &FieldRef| field.scope == Scope::Unit;
    match atom {
        Atom::Compare(_, left, right) => [*left, *right].into_iter().any(|num| {
            let mut found = false;
            visit_nums(scalar, num, &mut |_, num| {
                found |= match num {
                    Num::Field(field)
                    | Num::Decimal(field)
                    | Num::Param { region: field, .. }
                    | Num::CountFacts(field, ..)
                    | Num::SumFacts(field, ..) => unit(field),
                    Num::Since(scope) | Num::Until(scope) => *scope == Scope::Unit,
                    Num::Choose(condition, ..) => node_reads_unit(scalar, *condition),
                    Num::CountMembers(_, Some(body)) => node_reads_unit(scalar, *body),
                    _ => false,
                };
            });
            found
        }),
        Atom::Exists(_, body) | Atom::All(_, body) => node_reads_unit(scalar, *body),
        atom => atom.fields().any(|field| unit(&field)),
    }
}

fn node_reads_unit(scalar: &Scalar<'_>, node: NodeId) -> bool {
    let graph = &scalar.dated.program.graph;
    crate::rules::missing::atoms_below(scalar, node)
        .into_iter()
        .any(|atom| reads_unit(scalar, graph.atom(atom)))
}

fn comparison(
    dated: &Dated<'_>,
    scalar: &Scalar<'_>,
    op: Op,
    left: NumId,
    right: NumId,
) -> Option<Prepared> {
    if let Some(limit) = constant(dated, scalar, right) {
        return against(dated, scalar, op, left, limit);
    }
    let limit = constant(dated, scalar, left)?;
    against(dated, scalar, op.flipped(), right, limit)
}

/// A number that reads no field and nothing of a member.
pub(crate) fn constant(dated: &Dated<'_>, scalar: &Scalar<'_>, num: NumId) -> Option<Number> {
    let mut free = true;
    visit_nums(scalar, num, &mut |_, num| {
        free &= matches!(
            num,
            Num::Literal(..)
                | Num::AsOf
                | Num::Add(..)
                | Num::Sub(..)
                | Num::Mul(..)
                | Num::Div(..)
                | Num::Min(..)
                | Num::Max(..)
                | Num::Floor(_)
                | Num::AddMonths(..)
                | Num::Years(_)
                | Num::Months(_)
                | Num::Year(_)
                | Num::Month(_)
        );
    });
    if free { evaluate(dated, num, None) } else { None }
}

fn against(
    dated: &Dated<'_>,
    scalar: &Scalar<'_>,
    op: Op,
    left: NumId,
    limit: Number,
) -> Option<Prepared> {
    match dated.program.graph.num(left) {
        Num::Field(field) if is_day(dated, *field) => {
            day_range(dated, left, *field, op, limit, true)
        }
        Num::Field(field) => {
            let field = subject_only(*field)?;
            let (low, high, outside) = whole_range(op, limit)?;
            Some(whole(field, low, high, outside))
        }
        Num::Decimal(field) => {
            let field = subject_only(*field)?;
            let (low, high, outside) =
                whole_range(op, limit.checked_mul(Number::whole(DECIMAL_ONE))?)?;
            Some(whole(field, low, high, outside))
        }
        Num::Div(num, den) => {
            let graph = &dated.program.graph;
            let (Num::Field(num), Num::Field(den)) = (graph.num(*num), graph.num(*den)) else {
                return None;
            };
            let (num, den) = (subject_only(*num)?, subject_only(*den)?);
            let limit = (i64::try_from(limit.num()).ok()?, i64::try_from(limit.den()).ok()?);
            Some(Prepared::Ratio(Quotient { num, den, limit, op }))
        }
        _ => {
            let (field, rising) = monotone(dated, scalar, left)?;
            day_range(dated, left, field, op, limit, rising)
        }
    }
}

fn whole(field: FieldId, low: i64, high: i64, outside: bool) -> Prepared {
    if low > high {
        return Prepared::Fixed(field, outside);
    }
    Prepared::Whole(Range { field, low, high, outside })
}

fn is_day(dated: &Dated<'_>, field: FieldRef) -> bool {
    dated.reference.catalogue.by_id(field.field).kind == crate::catalogue::types::FieldType::Date
}

/// Stored values that satisfy `value op limit`, as a closed range.
fn whole_range(op: Op, limit: Number) -> Option<(i64, i64, bool)> {
    let floor = limit.num().div_euclid(limit.den());
    let exact = limit.num().rem_euclid(limit.den()) == 0;
    let ceiling = if exact { floor } else { floor.checked_add(1)? };
    let fit =
        |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
    let beyond = |value: i128| i64::try_from(value).is_err();
    let empty = (1, 0, false);
    Some(match op {
        Op::AtLeast if beyond(ceiling) && ceiling > 0 => empty,
        Op::AtLeast => (fit(ceiling), i64::MAX, false),
        Op::Greater if beyond(floor + 1) && floor > 0 => empty,
        Op::Greater => (fit(floor + 1), i64::MAX, false),
        Op::AtMost if beyond(floor) && floor < 0 => empty,
        Op::AtMost => (i64::MIN, fit(floor), false),
        Op::Less if beyond(ceiling - 1) && ceiling < 0 => empty,
        Op::Less => (i64::MIN, fit(ceiling - 1), false),
        Op::Equal | Op::NotEqual => {
            let outside = op == Op::NotEqual;
            if exact && !beyond(floor) {
                (fit(floor), fit(floor), outside)
            } else {
                (1, 0, outside)
            }
        }
    })
}

/// The one day field below a number that only ever rises, or only falls, with it.
fn monotone(dated: &Dated<'_>, scalar: &Scalar<'_>, num: NumId) -> Option<(FieldRef, bool)> {
    let free = |num: NumId| constant(dated, scalar, num).is_some();
    match dated.program.graph.num(num) {
        Num::Field(field) if is_day(dated, *field) && field.scope == Scope::Subject => {
            Some((*field, true))
        }
        Num::Years(inner) | Num::Months(inner) => {
            monotone(dated, scalar, *inner).map(|(field, rising)| (field, !rising))
        }
        Num::Year(inner) => monotone(dated, scalar, *inner),
        Num::AddMonths(inner, months) if free(*months) => monotone(dated, scalar, *inner),
        Num::Add(inner, other) if free(*other) => monotone(dated, scalar, *inner),
        Num::Add(other, inner) if free(*other) => monotone(dated, scalar, *inner),
        Num::Sub(inner, other) if free(*other) => monotone(dated, scalar, *inner),
        Num::Sub(other, inner) if free(*other) => {
            monotone(dated, scalar, *inner).map(|(field, rising)| (field, !rising))
        }
        _ => None,
    }
}

/// Days that satisfy `number(day) op limit`, found by bisection.
fn day_range(
    dated: &Dated<'_>,
    num: NumId,
    field: FieldRef,
    op: Op,
    limit: Number,
    rising: bool,
) -> Option<Prepared> {
    let field_id = subject_only(field)?;
    let order = |day: i32| evaluate(dated, num, Some(day))?.compare(limit);
    // Wherever the number is not told inside the calendar, row by row is right.
    let (first, last) = bounds(dated, num)?;
    // First day on which the number has reached (or passed) the limit.
    let reach = |wanted: fn(std::cmp::Ordering) -> bool| -> Option<i32> {
        let (mut low, mut high) = (first, last + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if wanted(order(middle)?) == rising {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    };
    // With a rising number: [first, a) below, [a, b) equal, [b, last] above.
    let not_below = reach(std::cmp::Ordering::is_ge)?;
    let above = reach(std::cmp::Ordering::is_gt)?;
    let (a, b) = if rising { (not_below, above) } else { (above, not_below) };
    // A limit before the first day is passed by every day.
    let from = |day: i32| if day == first { i32::MIN } else { day };
    let upto = |day: i32| if day == last + 1 { i32::MAX } else { day - 1 };
    let (low, high, outside) = match (op, rising) {
        (Op::Equal, _) => (from(a), upto(b), false),
        (Op::NotEqual, _) => (from(a), upto(b), true),
        (Op::AtLeast, true) | (Op::AtMost, false) => (from(a), i32::MAX, false),
        (Op::Greater, true) | (Op::Less, false) => (from(b), i32::MAX, false),
        (Op::AtMost, true) | (Op::AtLeast, false) => (i32::MIN, upto(b), false),
        (Op::Less, true) | (Op::Greater, false) => (i32::MIN, upto(a), false),
    };
    if low > high {
        return Some(Prepared::Fixed(field_id, outside));
    }
    Some(Prepared::Day(Range { field: field_id, low, high, outside }))
}

/// The calendar, where the number has a value on all of it; a number that runs
/// out at an end (half a year after 9999-12-31) is left to the specification.
fn bounds(dated: &Dated<'_>, num: NumId) -> Option<(i32, i32)> {
    let (low, high) = DAYS;
    (evaluate(dated, num, Some(low)).is_some() && evaluate(dated, num, Some(high)).is_some())
        .then_some((low, high))
}

/// A number for a given value of its one day field.
fn evaluate(dated: &Dated<'_>, num: NumId, day: Option<i32>) -> Option<Number> {
    let value = |num: &NumId| evaluate(dated, *num, day);
    let days = |num: &NumId| i32::try_from(evaluate(dated, *num, day)?.floor()?).ok();
    match dated.program.graph.num(num) {
        Num::Field(_) => day.map(|day| Number::whole(i64::from(day))),
        Num::Literal(num, den) => Number::ratio(*num, *den),
        Num::AsOf => Some(Number::whole(i64::from(dated.today))),
        Num::Add(a, b) => value(a)?.checked_add(value(b)?),
        Num::Sub(a, b) => value(a)?.checked_sub(value(b)?),
        Num::Mul(a, b) => value(a)?.checked_mul(value(b)?),
        Num::Div(a, b) => value(a)?.checked_div(value(b)?),
        Num::Min(a, b) => {
            let (a, b) = (value(a)?, value(b)?);
            Some(if a.compare(b)?.is_lt() { a } else { b })
        }
        Num::Max(a, b) => {
            let (a, b) = (value(a)?, value(b)?);
            Some(if a.compare(b)?.is_gt() { a } else { b })
        }
        Num::Floor(a) => value(a)?.floor().map(Number::whole),
        Num::AddMonths(date, months) => {
            let moved = add_months(days(date)?, value(months)?.floor()?)?;
            Some(Number::whole(i64::from(moved)))
        }
        Num::Years(date) => {
            let months = months_between(days(date)?, dated.today)?;
            Some(Number::whole(months.div_euclid(12)))
        }
        Num::Months(date) => months_between(days(date)?, dated.today).map(Number::whole),
        Num::Year(date) => Some(Number::whole(i64::from(date_of(days(date)?)?.year()))),
        Num::Month(date) => Some(Number::whole(i64::from(date_of(days(date)?)?.month()))),
        _ => None,
    }
}
