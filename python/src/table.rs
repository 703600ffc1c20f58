//! From a table to dossiers in memory: one row a subject, columns named by the
//! catalogue, as `zhida build` writes them to `dossiers/`.
//!
//! `subject` holds the key; `<field>` the value, `<field>__reason` why it is
//! not known; `<relation>__complete` whether the list of that relation is
//! complete. A field without a column is unknown for everybody. Numbers, days,
//! truths and texts are shared with the caller's table where its batches allow.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use arrow_buffer::ScalarBuffer;
use arrow_select::concat::concat;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::catalogue::{FieldId, RelationId};
use zhida_model::domain::SubjectKind;
use zhida_model::frame::{CHUNK_ROWS, Column, Dossiers, Edges, Frame, World};
use zhida_model::reference::Reference;

use crate::capsule::Table;
use crate::cells::{self, Fault};
use crate::codes;
use crate::edges;
use crate::errors::{Error, Result, TableFault};

/// Name of the column with the key.
pub(crate) const SUBJECT: &str = "subject";
const REASON: &str = "__reason";
const COMPLETE: &str = "__complete";

/// The tables of one question.
#[derive(Debug)]
pub(crate) struct Tables {
    /// Whom `table` is about.
    pub(crate) kind: SubjectKind,
    /// The dossiers judged.
    pub(crate) table: Table,
    /// Dossiers of the other kind, for relations that lead there.
    pub(crate) other: Option<Table>,
    /// Edges by the name of their relation.
    pub(crate) relations: Vec<(String, Table)>,
    /// Whether columns that the catalogue does not know are left out without a word.
    pub(crate) ignore: bool,
}

/// Which columns of a table are read, by position.
struct Plan {
    key: Option<usize>,
    fields: Vec<(FieldId, usize, Option<usize>)>,
    complete: FxHashMap<RelationId, usize>,
}

/// Where the rows of the chunks lie.
struct Chunks<'t> {
    table: &'t Table,
    /// By chunk: batch, first row in it, number of rows.
    pieces: Vec<Vec<(usize, usize, usize)>>,
}

impl Tables {
    /// Seconds that handing all of them over took.
    pub(crate) fn seconds(&self) -> f64 {
        let others = self.other.iter().chain(self.relations.iter().map(|(_, table)| table));
        others.chain([&self.table]).map(|table| table.seconds).sum()
    }

    /// The dossiers of the tables.
    pub(crate) fn world(&self, reference: &Reference) -> Result<World> {
        let other = SubjectKind::ALL.into_iter().find(|kind| *kind != self.kind);
        let mut own = self.dossiers(reference, self.kind, &self.table)?;
        let other = match (&self.other, other) {
            (Some(table), Some(kind)) => self.dossiers(reference, kind, table)?,
            (_, kind) => Dossiers { kind: kind.unwrap_or(self.kind), rows: 0, chunks: Vec::new() },
        };
        edges::attach(self, reference, &mut own, &other)?;
        let dossiers = match self.kind {
            SubjectKind::Enterprise => [own, other],
            SubjectKind::Citizen => [other, own],
        };
        Ok(World { dossiers })
    }

    fn dossiers(
        &self,
        reference: &Reference,
        kind: SubjectKind,
        table: &Table,
    ) -> Result<Dossiers> {
        let plan = Plan::new(reference, kind, table, self.ignore)?;
        let chunks = Chunks::new(table)?;
        let columns = plan.fields.len();
        // Every column of every chunk on its own: one wide chunk is work for all.
        let parts: Vec<Option<Column>> = (0..chunks.pieces.len() * columns)
            .into_par_iter()
            .map(|part| {
                let Some((field, at, reason)) = plan.fields.get(part % columns.max(1)) else {
                    return Ok(None);
                };
                let chunk = part / columns.max(1);
                let values = chunks.array(chunk, *at)?;
                let reasons = reason.map(|at| chunks.array(chunk, at)).transpose()?;
                let field = reference.catalogue.by_id(*field);
                let column = cells::column(reference, field, &values, reasons.as_ref());
                column.map(Some).map_err(|fault| chunks.fault(chunk, &field.name, fault))
            })
            .collect::<Result<_>>()?;
        let bare = (0..chunks.pieces.len()).into_par_iter();
        let mut frames: Vec<Frame> =
            bare.map(|chunk| chunks.frame(reference, kind, chunk, &plan)).collect::<Result<_>>()?;
        let mut parts = parts.into_iter();
        for frame in &mut frames {
            for (field, _, _) in &plan.fields {
                let slot = frame.columns.get_mut(field.index());
                if let (Some(slot), Some(part)) = (slot, parts.next()) {
                    *slot = part;
                }
            }
        }
        unique(table, &frames)?;
        let rows = frames.iter().map(|frame| frame.rows).sum();
        Ok(Dossiers { kind, rows, chunks: frames })
    }
}

impl Plan {
    fn new(reference: &Reference, kind: SubjectKind, table: &Table, ignore: bool) -> Result<Plan> {
        let mut plan = Plan { key: None, fields: Vec::new(), complete: FxHashMap::default() };
        let names: Vec<&str> =
            table.schema.fields().iter().map(|field| field.name().as_str()).collect();
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        for (at, name) in names.iter().enumerate() {
            if places.insert(name, at).is_some() {
                return Err(fault(table, name, "it is there twice", "leave one out").into());
            }
        }
        let stored = |name: &str| {
            let field = reference.catalogue.field(kind, name);
            field.filter(|field| field.derived.is_none())
        };
        for (at, &name) in names.iter().enumerate() {
            if name == SUBJECT {
                plan.key = Some(at);
            } else if let Some(field) = stored(name) {
                let reason = places.get(format!("{name}{REASON}").as_str()).copied();
                plan.fields.push((field.id, at, reason));
            } else if let Some(relation) = name
                .strip_suffix(COMPLETE)
                .and_then(|base| reference.catalogue.relation(kind, base))
            {
                plan.complete.insert(relation.id, at);
            } else if name.strip_suffix(REASON).is_some_and(|base| places.contains_key(base)) {
                // Belongs to a column that is read, or left out, itself.
            } else if !ignore {
                return Err(unknown(reference, kind, table, name).into());
            }
        }
        Ok(plan)
    }
}

fn unknown(reference: &Reference, kind: SubjectKind, table: &Table, name: &str) -> TableFault {
    let catalogue = &reference.catalogue;
    let problem = match catalogue.field(kind, name) {
        Some(_) => "the catalogue derives it from other fields".to_owned(),
        None => format!("the catalogue has no such field of kind {kind}"),
    };
    let near = catalogue.suggest_field(kind, name).filter(|near| *near != name);
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let remedy = format!("{near}leave the column out, or give `extra=\"ignore\"`");
    fault(table, name, &problem, &remedy)
}

fn fault(table: &Table, column: &str, problem: &str, remedy: &str) -> TableFault {
    TableFault {
        table: table.name.clone(),
        column: Some(column.to_owned()),
        row: None,
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

impl<'t> Chunks<'t> {
    fn new(table: &'t Table) -> Result<Chunks<'t>> {
        let mut pieces: Vec<Vec<(usize, usize, usize)>> = Vec::new();
        let mut free = 0;
        for (batch, rows) in table.batches.iter().map(|batch| batch.num_rows()).enumerate() {
            let mut start = 0;
            while start < rows {
                if free == 0 {
                    pieces.push(Vec::new());
                    free = CHUNK_ROWS;
                }
                let length = free.min(rows - start);
                if let Some(chunk) = pieces.last_mut() {
                    chunk.push((batch, start, length));
                }
                start += length;
                free -= length;
            }
        }
        if u32::try_from(pieces.len().saturating_mul(CHUNK_ROWS)).is_err() {
            return Err(Error::Table(TableFault {
                table: table.name.clone(),
                column: None,
                row: None,
                problem: "it has more rows than 2^32".to_owned(),
                remedy: "judge it in parts".to_owned(),
            }));
        }
        Ok(Chunks { table, pieces })
    }

    fn rows(&self, chunk: usize) -> usize {
        self.pieces.get(chunk).map_or(0, |pieces| pieces.iter().map(|piece| piece.2).sum())
    }

    /// A column of a chunk: a part of the caller's, or its parts put together.
    fn array(&self, chunk: usize, column: usize) -> Result<ArrayRef> {
        let pieces = self.pieces.get(chunk).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<ArrayRef> = pieces
            .iter()
            .filter_map(|&(batch, start, rows)| {
                Some(self.table.batches.get(batch)?.columns().get(column)?.slice(start, rows))
            })
            .collect();
        if let [one] = parts.as_slice() {
            return Ok(Arc::clone(one));
        }
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        concat(&parts).map_err(|error| {
            let name = self.table.schema.fields().get(column).map(|field| field.name().as_str());
            let problem = format!("its batches cannot be put together: {error}");
            fault(self.table, name.unwrap_or_default(), &problem, "combine its chunks first").into()
        })
    }

    fn fault(&self, chunk: usize, column: &str, fault: Fault) -> Error {
        Error::Table(TableFault {
            table: self.table.name.clone(),
            column: Some(column.to_owned()),
            row: fault.row.map(|row| chunk * CHUNK_ROWS + row),
            problem: fault.problem,
            remedy: fault.remedy,
        })
    }

    /// A chunk with its keys and with the marks of complete lists; without a
    /// column of keys they are the numbers of the rows.
    fn frame(
        &self,
        reference: &Reference,
        kind: SubjectKind,
        chunk: usize,
        plan: &Plan,
    ) -> Result<Frame> {
        let (rows, first) = (self.rows(chunk), chunk * CHUNK_ROWS);
        let keys: Vec<u128> = match plan.key {
            Some(at) => codes::keys(&self.array(chunk, at)?)
                .map_err(|fault| self.fault(chunk, SUBJECT, fault))?,
            None => (first..first + rows).map(|row| row as u128).collect(),
        };
        let mut relations = vec![None; reference.catalogue.relations().len()];
        for (relation, at) in &plan.complete {
            let complete = cells::truths(&self.array(chunk, *at)?).map_err(|fault| {
                let name = &reference.catalogue.relation_by_id(*relation).entry.name;
                self.fault(chunk, &format!("{name}{COMPLETE}"), fault)
            })?;
            if let Some(slot) = relations.get_mut(relation.index()) {
                *slot = Some(Edges { complete: Some(complete), ..edges::none(rows) });
            }
        }
        Ok(Frame {
            kind,
            // Checked when the chunks were made.
            first: u32::try_from(first).unwrap_or(u32::MAX),
            rows,
            keys: ScalarBuffer::from(keys),
            columns: vec![None; reference.catalogue.fields().len()],
            relations,
        })
    }
}

/// Every key stands once.
fn unique(table: &Table, frames: &[Frame]) -> Result<()> {
    let mut keys: Vec<u128> = frames.iter().flat_map(|frame| frame.keys.iter().copied()).collect();
    keys.par_sort_unstable();
    let Some([twice, _]) = keys.array_windows().find(|[a, b]| a == b) else { return Ok(()) };
    let all = frames.iter().flat_map(|frame| frame.keys.iter());
    let row = all.enumerate().filter(|(_, key)| *key == twice).nth(1).map(|(row, _)| row);
    let problem = format!("key `{twice:032x}` stands there twice");
    let fault = fault(table, SUBJECT, &problem, "keep one row a subject");
    Err(TableFault { row, ..fault }.into())
}
