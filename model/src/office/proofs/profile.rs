//! A model as a dossier in the words of the catalogue, as the cases beside a
//! policy are written, and the same dossier judged by the specification.

use serde_json::{Map, Value, json};

use crate::{
    catalogue::{CodeList, FieldId, RelationId, types::FieldType},
    domain::{SubjectKind, Tri},
    rules::{
        dated::{date_of, days_of},
        scalar::{At, Dossier, Manual, Scalar},
        values::{Builder, Cell, Typed, stays_open},
    },
};

use super::{
    choice,
    domain::{self, Domain},
    goal::Goal,
    problem::Problem,
    state::State,
    variable::{Key, Var, Who},
};

/// Writes a state down.
#[derive(Debug)]
pub(crate) struct Writer<'w, 'a> {
    problem: &'w Problem<'a>,
    state: &'w State,
}

impl<'w, 'a> Writer<'w, 'a> {
    /// For a state of a problem.
    #[must_use]
    pub(crate) fn new(problem: &'w Problem<'a>, state: &'w State) -> Writer<'w, 'a> {
        Writer { problem, state }
    }

    /// The dossier of the subject with the members of its relations; `None`
    /// where some value cannot be written.
    #[must_use]
    pub(crate) fn dossier(&self) -> Option<Typed> {
        let mut typed: Typed = self.fields(Who::Subject)?.into_iter().collect();
        let mut relations: Vec<RelationId> = self.state.complete.clone();
        relations.extend(&self.state.members);
        relations.sort_unstable();
        relations.dedup();
        for relation in relations {
            let mut members = Vec::new();
            for member in self.present(relation) {
                members.push(Value::Object(self.member(member)?));
            }
            if members.is_empty() && !self.state.complete.contains(&relation) {
                continue;
            }
            let catalogue = &self.problem.dated.reference.catalogue;
            let name = catalogue.relation_by_id(relation).entry.name.clone();
            typed.insert(name, Value::Array(members));
        }
        Some(typed)
    }

    /// The members of a relation that are there, in the order written.
    #[must_use]
    pub(crate) fn present(&self, relation: RelationId) -> Vec<usize> {
        let there = |member: &usize| {
            let counted = self.problem.variables.find(&Key::Present(*member));
            counted.is_none_or(|var| self.least(var) == Some(1))
        };
        self.state.numbers(relation).into_iter().filter(there).collect()
    }

    fn least(&self, var: Var) -> Option<i128> {
        match self.state.domain(var) {
            Some(Domain::Whole(wholes)) => wholes.hull().map(|(low, _)| low),
            _ => None,
        }
    }

    fn member(&self, member: usize) -> Option<Map<String, Value>> {
        let who = Who::Member(member);
        let mut fields = self.fields(who)?;
        for (name, key) in [("since", Key::Since(who)), ("until", Key::Until(who))] {
            if let Some(var) = self.problem.variables.find(&key)
                && self.state.domain(var).is_some()
            {
                let day = choice::number(self.problem, self.state, var)?;
                fields.insert(name.to_owned(), date(day)?);
            }
        }
        Some(fields)
    }

    fn fields(&self, who: Who) -> Option<Map<String, Value>> {
        let mut fields = Map::new();
        for (var, key) in self.problem.variables.iter() {
            let Key::Field(of, field) = key else { continue };
            if *of == who
                && let Some(known) = self.state.domain(var)
            {
                let name = &self.problem.dated.reference.catalogue.by_id(*field).name;
                fields.insert(name.clone(), self.value(who, *field, var, known)?);
            }
        }
        Some(fields)
    }

    fn value(&self, who: Who, id: FieldId, var: Var, known: &Domain) -> Option<Value> {
        let reference = self.problem.dated.reference;
        let field = reference.catalogue.by_id(id);
        let code = |position: u8| {
            let list: &CodeList = field.codes.as_deref()?;
            list.entry(position).map(|entry| json!(entry.code))
        };
        let near = self.problem.near(who, id);
        match known {
            Domain::Flag { yes: true, no: true } => match near {
                Some(Cell::Bool(flag)) => Some(json!(flag)),
                _ => Some(json!(true)),
            },
            Domain::Flag { yes, .. } => Some(json!(yes)),
            Domain::Codes(codes) => code(choice::code(near, codes)?),
            Domain::Places(places) if field.kind == FieldType::Region => {
                let same = choice::same_place(near, places);
                let region = same.or_else(|| choice::region(self.problem, places))?;
                Some(json!(reference.regions.code(region)?.to_string()))
            }
            Domain::Places(places) => {
                let same = choice::same_place(near, places);
                let industry = same.or_else(|| choice::industry(self.problem, places))?;
                Some(json!(reference.industries.code(industry)?.to_string()))
            }
            Domain::Set { has, lacks } => {
                let mut members: Vec<u16> = has
                    .iter()
                    .map(|ranges| domain::member(ranges, lacks))
                    .collect::<Option<_>>()?;
                members.sort_unstable();
                members.dedup();
                let written = members.into_iter().map(|member| match () {
                    () if field.holds_zones() => {
                        reference.regions.zone_at(member).map(|zone| json!(zone.id))
                    }
                    () if field.holds_industries() => {
                        reference.industries.code(member).map(|code| json!(code.to_string()))
                    }
                    () => code(u8::try_from(member).ok()?),
                });
                written.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Domain::Text(asked) => domain::text(asked).map(Value::String),
            Domain::Whole(_) => {
                let value = choice::number(self.problem, self.state, var)?;
                match field.kind {
                    FieldType::Date => date(value),
                    FieldType::Money => Some(money(value)),
                    FieldType::Decimal => Some(json!(scaled(value, 6))),
                    _ => i64::try_from(value).ok().map(|value| json!(value)),
                }
            }
            Domain::Facts => self.facts(who, id),
            Domain::Real(_) => None,
        }
    }

    /// The facts of every cell that has some.
    fn facts(&self, who: Who, field: FieldId) -> Option<Value> {
        let mut rows = Vec::new();
        let Some(cells) = self.problem.cells.get(&field) else { return Some(json!([])) };
        for index in 0..cells.classes.len() * cells.starts.len() {
            let count = self.problem.variables.find(&Key::Cell(who, field, index));
            let count = count.and_then(|var| self.least(var)).unwrap_or(0);
            let amount = self.problem.variables.find(&Key::Amount(who, field, index));
            let amount = amount.filter(|var| self.state.domain(*var).is_some());
            for at in 0..count.min(100) {
                let sum = match amount {
                    Some(var) if at == 0 => Some(choice::number(self.problem, self.state, var)?),
                    Some(_) => Some(0),
                    None => None,
                };
                rows.push(self.fact(field, index, sum)?);
            }
        }
        Some(Value::Array(rows))
    }

    fn fact(&self, id: FieldId, cell: usize, amount: Option<i128>) -> Option<Value> {
        let dated = self.problem.dated;
        let field = dated.reference.catalogue.by_id(id);
        let (codes, first, next) = self.problem.cells.get(&id)?.cell(cell)?;
        let code = &field.codes.as_ref()?.entry(*codes.first()?)?.code;
        let today = dated.today;
        let last = next.map_or(today, |next| next - 1).min(today);
        // A cell that begins today asks for what holds today.
        let (from, to) = match stays_open(field, code) {
            true if first == today => {
                let month = date_of(today)?.first_of_month();
                (days_of(month), None)
            }
            _ => {
                let month = days_of(date_of(last)?.first_of_month());
                let day = if month >= first { month } else { last };
                (day, Some(day))
            }
        };
        let mut row = Map::from_iter([
            ("code".to_owned(), json!(code)),
            ("from".to_owned(), date(i128::from(from))?),
        ]);
        if let Some(to) = to {
            row.insert("to".to_owned(), date(i128::from(to))?);
        }
        if let Some(amount) = amount {
            row.insert("amount".to_owned(), money(amount));
        }
        Some(Value::Object(row))
    }

    /// Whether the specification gives every goal its truth for the dossier.
    #[must_use]
    pub(crate) fn confirmed(&self, kind: SubjectKind, dossier: &Typed, goals: &[Goal]) -> bool {
        let dated = self.problem.dated;
        let mut builder = Builder::new(dated.reference);
        let Ok(row) = builder.add(kind, dossier) else { return false };
        let world = builder.build();
        let Some((frame, row)) = world.of(kind).locate(row) else { return false };
        let scalar = Scalar::new(dated, &world);
        goals.iter().all(|goal| {
            let Goal::Node(node, env, wanted) = goal else { return false };
            let mut at = At::subject(frame, row);
            if let Some(unit) = env.unit {
                let Some(relation) = self.state.members.get(unit) else { return false };
                let place = self.present(*relation).iter().position(|member| *member == unit);
                let (members, _) = scalar.related(*relation, Dossier { frame, row });
                at.unit = place.and_then(|place| members.get(place).copied());
            }
            scalar.node(*node, &at, Manual::Met) == Tri::from(*wanted)
        })
    }
}

fn date(day: i128) -> Option<Value> {
    date_of(i32::try_from(day).ok()?).map(|day| json!(day.to_string()))
}

/// Fen as people write sums: 3600, 5000万, 1.5亿.
fn money(fen: i128) -> Value {
    for (unit, places, word) in [(10_000_000_000, 10, "亿"), (1_000_000, 6, "万")] {
        if fen != 0 && fen.abs() >= unit && fen % (unit / 100) == 0 {
            return json!(format!("{}{word}", scaled(fen, places)));
        }
    }
    json!(scaled(fen, 2))
}

/// A number with so many of its digits behind the point, without idle zeros.
fn scaled(value: i128, places: u32) -> String {
    let one = 10_i128.pow(places);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / one, value.abs() % one);
    let digits = format!("{rest:0width$}", width = places as usize);
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{digits}") }
}
