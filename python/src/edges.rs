//! Relations from tables: one row an edge, with the columns `subject`,
//! `target` and, where they are told, `since` and `until`, as `zhida build`
//! writes them to `relations/`.
//!
//! Whether a list is complete stands in the column `<relation>__complete` of
//! the dossiers; without it no list is, and without a table of edges neither,
//! so that nobody is taken to be alone who may not be.

use arrow_array::{Array, RecordBatch};
use arrow_buffer::{BooleanBuffer, OffsetBuffer, ScalarBuffer};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use zhida_model::catalogue::Relation;
use zhida_model::frame::{CHUNK_ROWS, Dossiers, Edges};
use zhida_model::reference::Reference;

use crate::capsule::Table;
use crate::cells::{self, Fault};
use crate::codes;
use crate::errors::{Error, Result, TableFault};
use crate::table::{SUBJECT, Tables};

const TARGET: &str = "target";
const SINCE: &str = "since";
const UNTIL: &str = "until";

/// One edge; the order is that of a frame.
type Tie = (u32, u32, i32, i32);

/// Edges, and rows whose list lacks a member that has no dossier.
type Found = (Vec<Tie>, Vec<u32>);

/// The row of each key.
type ByKey = FxHashMap<u128, u32>;

/// No edges for so many rows, every list complete.
pub(crate) fn none(rows: usize) -> Edges {
    Edges {
        offsets: OffsetBuffer::new_zeroed(rows),
        target: Vec::new().into(),
        since: Vec::new().into(),
        until: Vec::new().into(),
        complete: None,
    }
}

/// Adds the edges to the dossiers.
pub(crate) fn attach(
    tables: &Tables,
    reference: &Reference,
    own: &mut Dossiers,
    other: &Dossiers,
) -> Result<()> {
    let catalogue = &reference.catalogue;
    for (name, table) in &tables.relations {
        if catalogue.relation(tables.kind, name).is_none() {
            let of_kind =
                catalogue.relations().iter().filter(|one| one.entry.subject == tables.kind);
            let names: Vec<&str> = of_kind.map(|one| one.entry.name.as_str()).collect();
            return Err(Error::Table(TableFault {
                table: table.name.clone(),
                column: None,
                row: None,
                problem: format!("the catalogue has no such relation of kind {}", tables.kind),
                remedy: format!("choose among {}", names.join(", ")),
            }));
        }
    }
    let asked: Vec<(&Relation, Option<&Table>)> = catalogue
        .relations()
        .iter()
        .filter(|one| one.entry.subject == tables.kind)
        .map(|one| {
            let table = tables.relations.iter().find(|(name, _)| *name == one.entry.name);
            (one, table.map(|(_, table)| table))
        })
        .collect();
    let leads_to =
        |kind| asked.iter().any(|(one, table)| table.is_some() && one.entry.target == kind);
    let any = asked.iter().any(|(_, table)| table.is_some());
    let rows = if any { by_key(own) } else { FxHashMap::default() };
    let others = if leads_to(other.kind) { by_key(other) } else { FxHashMap::default() };
    for (relation, table) in asked {
        match table {
            Some(table) => {
                let same = relation.entry.target == tables.kind;
                let (ties, lacking) = read(table, &rows, if same { &rows } else { &others })?;
                place(own, relation, &ties, &lacking);
            }
            // What was told of completeness speaks of edges that are not here.
            None => {
                for frame in &mut own.chunks {
                    if let Some(slot) = frame.relations.get_mut(relation.id.index()) {
                        *slot = None;
                    }
                }
            }
        }
    }
    Ok(())
}

fn by_key(dossiers: &Dossiers) -> ByKey {
    let keys = dossiers.chunks.iter().flat_map(|frame| frame.keys.iter().copied());
    keys.zip(0..).collect()
}

/// The edges of a table, in order.
fn read(table: &Table, rows: &ByKey, targets: &ByKey) -> Result<Found> {
    let mut parts = Vec::new();
    let mut first = 0;
    for batch in &table.batches {
        for start in (0..batch.num_rows()).step_by(CHUNK_ROWS) {
            let length = CHUNK_ROWS.min(batch.num_rows() - start);
            parts.push((first + start, batch.slice(start, length)));
        }
        first += batch.num_rows();
    }
    let read = parts.par_iter().map(|(first, batch)| {
        part(batch, rows, targets).map_err(|(column, fault)| {
            Error::Table(TableFault {
                table: table.name.clone(),
                column: Some(column.to_owned()),
                row: fault.row.map(|row| first + row),
                problem: fault.problem,
                remedy: fault.remedy,
            })
        })
    });
    let (ties, lacking): (Vec<_>, Vec<_>) = read.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let mut ties = ties.concat();
    ties.par_sort_unstable();
    ties.dedup();
    Ok((ties, lacking.concat()))
}

/// The edges of some rows, or the column that cannot be read.
fn part(
    batch: &RecordBatch,
    rows: &ByKey,
    targets: &ByKey,
) -> std::result::Result<Found, (&'static str, Fault)> {
    let keys = |name: &'static str| {
        let absent = || Fault::whole("it is not there", "give a column of keys by this name");
        let column = batch.column_by_name(name).ok_or_else(absent);
        column.and_then(codes::keys).map_err(|fault| (name, fault))
    };
    let days =
        |name: &'static str, none: i32| days(batch, name, none).map_err(|fault| (name, fault));
    let (subject, target) = (keys(SUBJECT)?, keys(TARGET)?);
    let (since, until) = (days(SINCE, i32::MIN)?, days(UNTIL, i32::MAX)?);
    let (mut ties, mut lacking) = (Vec::with_capacity(batch.num_rows()), Vec::new());
    let edges = subject.iter().zip(&target).zip(since.iter().zip(&until));
    for ((subject, target), (since, until)) in edges {
        // Edges of subjects that are not asked about are nobody's here.
        let Some(&row) = rows.get(subject) else { continue };
        match targets.get(target) {
            Some(&target) => ties.push((row, target, *since, *until)),
            None => lacking.push(row),
        }
    }
    Ok((ties, lacking))
}

fn days(batch: &RecordBatch, name: &str, none: i32) -> std::result::Result<Vec<i32>, Fault> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(vec![none; batch.num_rows()]);
    };
    let days = cells::days(column)?;
    Ok(days
        .iter()
        .enumerate()
        .map(|(row, &day)| if column.is_null(row) { none } else { day })
        .collect())
}

/// Cuts the edges into the chunks.
fn place(own: &mut Dossiers, relation: &Relation, ties: &[Tie], lacking: &[u32]) {
    let mut rest = ties;
    for frame in &mut own.chunks {
        let end = frame.first.saturating_add(u32::try_from(frame.rows).unwrap_or(u32::MAX));
        let (here, later) = rest.split_at(rest.partition_point(|tie| tie.0 < end));
        rest = later;
        let counts = (frame.first..end).scan(here, |left, row| {
            let (mine, others) = left.split_at(left.partition_point(|tie| tie.0 == row));
            *left = others;
            Some(mine.len())
        });
        let offsets = OffsetBuffer::from_lengths(counts);
        let told = frame.relations.get(relation.id.index()).and_then(Option::as_ref);
        let told = told.and_then(|edges| edges.complete.clone());
        let mut complete: Vec<bool> = match told {
            Some(told) => told.iter().collect(),
            None => vec![false; frame.rows],
        };
        for row in lacking.iter().filter(|row| (frame.first..end).contains(row)) {
            if let Some(complete) = complete.get_mut((row - frame.first) as usize) {
                *complete = false;
            }
        }
        let edges = Edges {
            offsets,
            target: here.iter().map(|tie| tie.1).collect::<ScalarBuffer<u32>>(),
            since: here.iter().map(|tie| tie.2).collect::<ScalarBuffer<i32>>(),
            until: here.iter().map(|tie| tie.3).collect::<ScalarBuffer<i32>>(),
            complete: Some(BooleanBuffer::from(complete)),
        };
        if let Some(slot) = frame.relations.get_mut(relation.id.index()) {
            *slot = Some(edges);
        }
    }
}
