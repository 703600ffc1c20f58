//! Random dossiers, full of gaps and of values on the edge, and the same
//! dossiers as newline-delimited JSON for an engine that knows nothing of ours.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use zhida_model::{
    catalogue::{Field, types::FieldType},
    domain::{RegionCode, SubjectKind},
    frame::{Column, Facts, Frame, Values, World},
    reference::Reference,
    rules::{
        dated::date_of,
        values::{Builder, Typed},
    },
};

use crate::{
    draw::Draw,
    expression::{WORDS, some_day},
    reference::{Pools, STORED},
};

pub(crate) struct Dossiers<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) pools: &'a Pools,
    pub(crate) as_of: Date,
}

impl Dossiers<'_> {
    pub(crate) fn world(&mut self, reference: &Reference, rows: usize) -> World {
        let mut builder = Builder::new(reference);
        for row in 0..rows {
            let kind = SubjectKind::ALL[row % 2];
            let dossier = self.dossier(kind, true);
            builder
                .add(kind, &dossier)
                .unwrap_or_else(|errors| panic!("the drawn dossier fits: {errors:?}"));
        }
        builder.build()
    }

    fn dossier(&mut self, kind: SubjectKind, with_members: bool) -> Typed {
        let mut typed = Typed::new();
        for (name, form) in STORED {
            if !self.draw.percent(18) {
                typed.insert(name.to_owned(), self.value(name, form));
            }
        }
        if with_members {
            let relations = match kind {
                SubjectKind::Enterprise => [("staff", SubjectKind::Citizen), ("owners", kind)],
                SubjectKind::Citizen => [("children", kind), ("firms", SubjectKind::Enterprise)],
            };
            for (name, target) in relations {
                if !self.draw.percent(15) {
                    typed.insert(name.to_owned(), self.members(target));
                }
            }
        }
        typed
    }

    fn members(&mut self, target: SubjectKind) -> Value {
        let count = *self.draw.pick(&[0, 0, 1, 1, 2, 3]);
        let rows: Vec<Value> = (0..count)
            .map(|_| {
                let mut member: Map<String, Value> =
                    self.dossier(target, false).into_iter().collect();
                for bound in ["since", "until"] {
                    if self.draw.percent(60) {
                        member.insert(bound.to_owned(), self.day());
                    }
                }
                Value::Object(member)
            })
            .collect();
        self.listed(rows)
    }

    fn listed(&mut self, rows: Vec<Value>) -> Value {
        match self.draw.percent(25) {
            true => json!({ "rows": rows, "complete": false }),
            false => Value::Array(rows),
        }
    }

    fn day(&mut self) -> Value {
        json!(some_day(self.draw, self.as_of).to_string())
    }

    fn value(&mut self, name: &str, form: &str) -> Value {
        match form {
            "bool" => json!(self.draw.percent(50)),
            "int" if name == "large_number" => json!(self.draw.pick(&[
                i64::MAX,
                i64::MIN + 1,
                3_037_000_500,
                1_000_000_007,
                -4_000_000_000_000_000_000,
                0,
                1,
            ])),
            "int" => json!(self.draw.between(-2, 14)),
            "decimal" => {
                let ratios =
                    ["0", "0.05", "0.049999", "0.050001", "0.333333", "0.5", "1", "-0.1", "2.5"];
                json!(self.draw.pick(&ratios))
            }
            "money" => {
                let sums = [
                    "0",
                    "100",
                    "99.99",
                    "100.01",
                    "300",
                    "0.01",
                    "36.5",
                    "1000000",
                    "999999.99",
                    "20000",
                    "-5",
                    "90000000000",
                ];
                json!(self.draw.pick(&sums))
            }
            "date" => self.day(),
            "region" => json!(self.draw.pick(&self.pools.regions)),
            "industry" => json!(self.draw.pick(&self.pools.industries)),
            "grade" => json!(self.draw.pick(&self.pools.codes[0])),
            "colour" => json!(self.draw.pick(&self.pools.codes[1])),
            "text" => json!(self.draw.pick(&WORDS)),
            "set_codes" => self.several(1),
            "set_zones" => self.several(2),
            "set_industries" => self.several(3),
            "facts" => self.facts(name),
            other => panic!("no values for `{other}`"),
        }
    }

    fn several(&mut self, which: usize) -> Value {
        let pool = match which {
            1 => &self.pools.codes[1],
            2 => &self.pools.zones,
            _ => &self.pools.industries,
        };
        let count = self.draw.below(3).min(pool.len());
        let members: Vec<&String> = (0..count).map(|_| self.draw.pick(pool)).collect();
        json!(members)
    }

    fn facts(&mut self, name: &str) -> Value {
        let pool = usize::from(name == "listings");
        let rows = (0..self.draw.below(4))
            .map(|_| {
                let mut row = json!({ "code": self.draw.pick(&self.pools.codes[pool]) });
                for bound in ["from", "to"] {
                    if self.draw.percent(75) {
                        row[bound] = self.day();
                    }
                }
                if self.draw.percent(80) {
                    row["amount"] = json!(self.draw.between(-1, 5) * 100);
                }
                row
            })
            .collect();
        self.listed(rows)
    }
}

/// A table: its name, the kind of each column, and its rows as JSON lines.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, &'static str)>,
    pub(crate) rows: String,
}

/// Every dossier table and every table of edges.
pub(crate) fn tables(reference: &Reference, world: &World) -> Vec<Table> {
    let mut tables = Vec::new();
    for kind in SubjectKind::ALL {
        tables.push(dossier_table(reference, world, kind));
    }
    for relation in reference.catalogue.relations() {
        let entry = &relation.entry;
        let columns =
            [("subject", "text"), ("target", "text"), ("since", "date"), ("until", "date")];
        let mut rows = String::new();
        for frame in &world.of(entry.subject).chunks {
            let Some(edges) = frame.edges(relation.id) else { continue };
            for row in 0..frame.rows {
                for edge in slots(&edges.offsets, row) {
                    let (target, at) = world.of(entry.target).locate(edges.target[edge]).unwrap();
                    let line = json!({
                        "subject": frame.key(row).to_string(),
                        "target": target.key(at).to_string(),
                        "since": day(edges.since[edge]),
                        "until": day(edges.until[edge]),
                    });
                    let _ = writeln!(rows, "{line}");
                }
            }
        }
        let name = format!("{}_{}", entry.subject, entry.name);
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        tables.push(Table { name, columns, rows });
    }
    tables
}

fn dossier_table(reference: &Reference, world: &World, kind: SubjectKind) -> Table {
    let stored: Vec<&Field> =
        reference.catalogue.fields_of(kind).filter(|field| field.derived.is_none()).collect();
    let relations: Vec<_> = reference
        .catalogue
        .relations()
        .iter()
        .filter(|relation| relation.entry.subject == kind)
        .collect();
    let mut columns = vec![("subject".to_owned(), "text")];
    for field in &stored {
        columns.push((field.name.clone(), column_kind(field.kind)));
        if field.kind == FieldType::Facts {
            columns.push((format!("{}__reason", field.name), "text"));
        }
    }
    for relation in &relations {
        columns.push((format!("{}__complete", relation.entry.name), "bool"));
    }
    let mut rows = String::new();
    for frame in &world.of(kind).chunks {
        for row in 0..frame.rows {
            let mut line = Map::new();
            line.insert("subject".to_owned(), json!(frame.key(row).to_string()));
            for field in &stored {
                let column = frame.column(field.id).expect("every stored field has a column");
                line.insert(field.name.clone(), cell(reference, field, column, row));
                if field.kind == FieldType::Facts {
                    let reason = Some(column.reason(row).name()).filter(|name| *name != "known");
                    line.insert(format!("{}__reason", field.name), json!(reason));
                }
            }
            for relation in &relations {
                let complete = frame.edges(relation.id).is_some_and(|edges| {
                    edges.complete.as_ref().is_none_or(|complete| complete.value(row))
                });
                line.insert(format!("{}__complete", relation.entry.name), json!(complete));
            }
            let _ = writeln!(rows, "{}", Value::Object(line));
        }
    }
    Table { name: kind.to_string(), columns, rows }
}

/// The kind of a column in the words of the script that loads it.
fn column_kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "bool",
        FieldType::Int | FieldType::Money => "whole",
        FieldType::Decimal => "decimal",
        FieldType::Date => "date",
        FieldType::Region => "region",
        FieldType::Industry | FieldType::Code | FieldType::Text => "text",
        FieldType::Set => "set",
        FieldType::Facts => "facts",
    }
}

fn slots(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    usize::try_from(offsets[row]).unwrap()..usize::try_from(offsets[row + 1]).unwrap()
}

fn day(days: i32) -> Value {
    match days {
        i32::MIN | i32::MAX => Value::Null,
        days => json!(date_of(days).unwrap().to_string()),
    }
}

fn cell(reference: &Reference, field: &Field, column: &Column, row: usize) -> Value {
    let known = column.known.as_ref().is_none_or(|known| known.value(row));
    if let Values::Facts(facts) = &column.values {
        return facts_list(field, facts, row);
    }
    if !known {
        return Value::Null;
    }
    let code = |position: u8| {
        field.codes.as_ref().and_then(|list| list.entry(position)).map(|entry| entry.code.clone())
    };
    let industry = |index: u16| reference.industries.code(index).map(|code| code.to_string());
    match &column.values {
        Values::Bool(values) => json!(values.value(row)),
        Values::Int(values) if field.kind == FieldType::Decimal => {
            let scaled = values[row];
            let sign = if scaled < 0 { "-" } else { "" };
            let scaled = scaled.unsigned_abs();
            json!(format!("{sign}{}.{:06}", scaled / 1_000_000, scaled % 1_000_000))
        }
        Values::Int(values) => json!(values[row]),
        Values::Date(values) => day(values[row]),
        Values::Code(values) => json!(code(values[row])),
        Values::Place(values) if field.kind == FieldType::Region => {
            json!(reference.regions.code(values[row]).map(RegionCode::value))
        }
        Values::Place(values) => json!(industry(values[row])),
        Values::Text { offsets, bytes } => {
            json!(std::str::from_utf8(&bytes[slots(offsets, row)]).unwrap())
        }
        Values::Set { offsets, members } => {
            let members = members[slots(offsets, row)].iter();
            let named: Vec<Option<String>> = members
                .map(|member| {
                    if field.holds_zones() {
                        reference.regions.zone_at(*member).map(|zone| zone.id.clone())
                    } else if field.holds_industries() {
                        industry(*member)
                    } else {
                        u8::try_from(*member).ok().and_then(code)
                    }
                })
                .collect();
            json!(named)
        }
        Values::Facts(_) => Value::Null,
    }
}

fn facts_list(field: &Field, facts: &Facts, row: usize) -> Value {
    let list = field.codes.as_ref().expect("facts have a code list");
    let rows: Vec<Value> = slots(&facts.offsets, row)
        .map(|at| {
            let amount = Some(facts.amount[at]).filter(|amount| *amount != i64::MIN);
            json!({
                "code": list.entry(facts.code[at]).map(|entry| &entry.code),
                "from": day(facts.from[at]),
                "to": day(facts.to[at]),
                "amount": amount,
                "source": "office",
            })
        })
        .collect();
    Value::Array(rows)
}

/// A subject's row within a frame, over all chunks.
pub(crate) fn subjects(world: &World, kind: SubjectKind) -> impl Iterator<Item = (&Frame, usize)> {
    world.of(kind).chunks.iter().flat_map(|frame| (0..frame.rows).map(move |row| (frame, row)))
}
