//! Values worth trying for a variable: every threshold of the rule and its
//! neighbours, one code per class that the rule can tell apart. Regions and
//! industries are in [`super::places`].

use std::collections::BTreeSet;

use crate::{
    catalogue::types::FieldType,
    domain::{FEN, Number, Tri},
    rules::{
        dated::{add_months, days_of},
        ir::{Atom, AtomId, FieldRef, Num, NumId},
        missing::{
            Question, Variable,
            reads::{numbers_of, visit_nums},
        },
        values::Cell,
    },
};

/// What a variable is set to.
#[derive(Debug, Clone)]
pub(super) enum Choice {
    Value(Cell),
    Truth(Tri),
    Count(i64),
}

impl Question<'_> {
    /// Values worth trying for a variable.
    pub(super) fn candidates(&self, variable: Variable) -> Vec<Choice> {
        match variable {
            Variable::Atom(_) => vec![Choice::Truth(Tri::True), Choice::Truth(Tri::False)],
            Variable::Num(num) => {
                let mut values = vec![0, 1];
                for (atom, constant) in self.constants(&|id, _| id == num) {
                    let _ = atom;
                    values.extend([
                        constant,
                        constant.saturating_sub(1),
                        constant.saturating_add(1),
                    ]);
                }
                values.extend(grid());
                unique(values).into_iter().map(Choice::Count).collect()
            }
            Variable::Field(field) => {
                self.field_values(field).into_iter().map(Choice::Value).collect()
            }
        }
    }

    fn field_values(&self, field: FieldRef) -> Vec<Cell> {
        let entry = self.scalar.dated.reference.catalogue.by_id(field.field);
        match entry.kind {
            FieldType::Bool => vec![Cell::Bool(true), Cell::Bool(false)],
            FieldType::Code => self.code_classes(field).into_iter().map(Cell::Code).collect(),
            FieldType::Region | FieldType::Industry => {
                self.place_classes(field).into_iter().map(Cell::Place).collect()
            }
            FieldType::Date => self.days(field).into_iter().map(Cell::Date).collect(),
            FieldType::Int | FieldType::Money | FieldType::Decimal => {
                let decimal = entry.kind == FieldType::Decimal;
                let mut values = Vec::new();
                for (_, constant) in self.constants(&|_, num| mentions_field(num, field)) {
                    values.extend([
                        constant,
                        constant.saturating_sub(1),
                        constant.saturating_add(1),
                    ]);
                    if decimal {
                        let scaled = constant.saturating_mul(1_000_000);
                        values.extend([scaled, scaled.saturating_sub(1), scaled.saturating_add(1)]);
                    }
                }
                values.extend(grid());
                let (low, high) = (entry.min.unwrap_or(i64::MIN), entry.max.unwrap_or(i64::MAX));
                let fits = |value: &i64| (low..=high).contains(value);
                unique(values).into_iter().filter(fits).map(Cell::Int).collect()
            }
            FieldType::Text | FieldType::Set | FieldType::Facts => Vec::new(),
        }
    }

    /// One code of every class that the rule can tell apart.
    fn code_classes(&self, field: FieldRef) -> Vec<u8> {
        let catalogue = &self.scalar.dated.reference.catalogue;
        let length = catalogue.by_id(field.field).codes.as_ref().map_or(0, |list| list.len());
        let graph = &self.scalar.dated.program.graph;
        let masks: Vec<_> = self
            .atoms
            .iter()
            .filter_map(|atom| match graph.atom(*atom) {
                Atom::Code(of, yes, open) if *of == field => Some((yes, open)),
                _ => None,
            })
            .collect();
        let mut seen = BTreeSet::new();
        (0..length)
            .filter_map(|code| u8::try_from(code).ok())
            .filter(|code| {
                let class: Vec<_> = masks
                    .iter()
                    .map(|(yes, open)| (yes.contains(*code), open.contains(*code)))
                    .collect();
                seen.insert(class)
            })
            .collect()
    }

    /// Days around every boundary the rule draws for a date.
    fn days(&self, field: FieldRef) -> Vec<i32> {
        let today = self.scalar.dated.today;
        let mut days = vec![today, today - 1, today + 1];
        for (_, constant) in self.constants(&|_, num| mentions_field(num, field)) {
            let Ok(constant) = i32::try_from(constant) else { continue };
            for months in [i64::from(constant), i64::from(constant) * 12] {
                for moved in [add_months(today, -months), add_months(today, months)] {
                    days.extend(moved.into_iter().flat_map(|day| [day, day - 1, day + 1]));
                }
            }
            days.extend([constant, constant.saturating_sub(1), constant.saturating_add(1)]);
            days.extend([today.saturating_sub(constant), today.saturating_add(constant)]);
            if (1900..2100).contains(&constant) {
                let year = i16::try_from(constant).unwrap_or(2000);
                days.push(days_of(jiff::civil::date(year, 7, 1)));
                days.push(days_of(jiff::civil::date(year, 12, 31)));
            }
        }
        days.extend((0..100).step_by(7).filter_map(|years| add_months(today, -12 * years)));
        let mut seen = BTreeSet::new();
        days.retain(|day| (-25_600..60_000).contains(day) && seen.insert(*day));
        days
    }

    /// Literals and known values in comparisons that mention the number.
    fn constants(&self, mentions: &dyn Fn(NumId, &Num) -> bool) -> Vec<(AtomId, i64)> {
        let mut constants = Vec::new();
        for atom in self.atoms.iter() {
            let numbers = numbers_of(self.scalar.dated.program.graph.atom(*atom));
            let (mut found, mut literals, mut known) = (false, Vec::new(), Vec::new());
            for num in numbers {
                visit_nums(&self.scalar, num, &mut |id, num| {
                    found |= mentions(id, num);
                    if let Num::Literal(num, den) = num {
                        literals.push((*num, *den));
                    } else if let Some(value) = self.scalar.num(id, &self.at) {
                        literals.push((value.num(), value.den()));
                        known.push(value);
                    }
                });
            }
            if !found {
                continue;
            }
            literals.extend(combined(&literals, &known));
            for (num, den) in literals {
                let whole = i64::try_from(num / den);
                let scaled =
                    num.checked_mul(1_000_000).and_then(|num| i64::try_from(num / den).ok());
                constants.extend(whole.ok().map(|value| (*atom, value)));
                if den != 1 {
                    constants.extend(scaled.map(|value| (*atom, value)));
                }
            }
        }
        constants
    }
}

fn mentions_field(num: &Num, field: FieldRef) -> bool {
    matches!(num, Num::Field(of) | Num::Decimal(of) if *of == field)
}

/// What one step of arithmetic makes of a known value and another constant:
/// where `known / x >= 0.05` turns, and where `x - 7 == known` does.
fn combined(constants: &[(i128, i128)], known: &[Number]) -> Vec<(i128, i128)> {
    let mut combined = Vec::new();
    for value in known {
        for other in constants.iter().filter_map(|(num, den)| Number::ratio(*num, *den)) {
            let steps = [
                value.checked_add(other),
                value.checked_sub(other),
                value.checked_mul(other),
                value.checked_div(other),
                other.checked_div(*value),
            ];
            combined.extend(steps.into_iter().flatten().map(|step| (step.num(), step.den())));
        }
    }
    combined
}

/// Round numbers of every size, in fen, units and decimals.
fn grid() -> Vec<i64> {
    let mut values = vec![0, 1, -1, 2, 3, 5, 12, 18, 36, 60, 100];
    let mut power = 10_i64;
    while power < 10_i64.pow(15) {
        values.extend([power, 3 * power]);
        power *= 10;
    }
    values.push(FEN);
    values
}

fn unique(values: Vec<i64>) -> Vec<i64> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|value| seen.insert(*value)).collect()
}
