//! From values for all dossiers to the chunks of a frame, sharing buffers
//! wherever rows are contiguous.

use arrow_buffer::{BooleanBuffer, OffsetBuffer, ScalarBuffer};
use zhida_model::catalogue::types::FieldType;
use zhida_model::catalogue::{Catalogue, Field};
use zhida_model::domain::{Reason, SubjectKind};
use zhida_model::frame::{CHUNK_ROWS, Column, Dossiers, Edges, Facts, Frame, Values};

use super::cell::Cells;
use super::facts::Gathered;
use super::register::Registered;
use super::relate::Related;
use super::resolve::Resolved;

/// A finished field: values and what stands beside them.
pub(super) struct Prepared {
    values: Buffers,
    beside: Beside,
}

/// One field, turned into buffers that chunks slice.
enum Buffers {
    Bool(BooleanBuffer),
    Int(ScalarBuffer<i64>),
    Date(ScalarBuffer<i32>),
    Code(ScalarBuffer<u8>),
    Place(ScalarBuffer<u16>),
    Text {
        ends: Vec<u64>,
        bytes: ScalarBuffer<u8>,
    },
    Set {
        ends: Vec<u32>,
        members: ScalarBuffer<u16>,
    },
    Facts {
        ends: Vec<u32>,
        code: ScalarBuffer<u8>,
        from: ScalarBuffer<i32>,
        to: ScalarBuffer<i32>,
        amount: ScalarBuffer<i64>,
        source: ScalarBuffer<u8>,
    },
}

/// What stands beside the values.
struct Beside {
    known: Option<BooleanBuffer>,
    reasons: Option<ScalarBuffer<u8>>,
    observed: Option<ScalarBuffer<i32>>,
    source: Option<ScalarBuffer<u8>>,
}

struct EdgeBuffers {
    ends: Vec<u32>,
    target: ScalarBuffer<u32>,
    since: ScalarBuffer<i32>,
    until: ScalarBuffer<i32>,
    complete: Option<BooleanBuffer>,
}

/// Puts the dossiers of a kind together.
pub(super) fn assemble(
    catalogue: &Catalogue,
    kind: SubjectKind,
    registered: &Registered,
    fields: &[Option<Prepared>],
    relations: &mut [Option<Related>],
) -> Dossiers {
    let rows = registered.keys.len();
    let keys: Vec<u128> = registered.keys.iter().map(|key| key.as_u128()).collect();
    let keys = ScalarBuffer::from(keys);
    let own = |field: &Field| fields[field.id.index()].as_ref().filter(|_| field.subject == kind);
    let columns: Vec<Option<&Prepared>> = catalogue.fields().iter().map(own).collect();
    let edges: Vec<Option<EdgeBuffers>> = catalogue
        .relations()
        .iter()
        .map(|relation| relations[relation.id.index()].take_if(|_| relation.entry.subject == kind))
        .map(|related| related.map(|related| edge_buffers(&related, rows)))
        .collect();
    let chunks = (0..rows).step_by(CHUNK_ROWS).map(|first| {
        let count = CHUNK_ROWS.min(rows - first);
        Frame {
            kind,
            first: u32::try_from(first).unwrap_or(u32::MAX),
            rows: count,
            keys: keys.slice(first, count),
            columns: columns
                .iter()
                .map(|column| {
                    column.map(|column| slice(&column.values, &column.beside, first, count))
                })
                .collect(),
            relations: edges
                .iter()
                .map(|edges| edges.as_ref().map(|edges| slice_edges(edges, first, count)))
                .collect(),
        }
    });
    Dossiers { kind, rows, chunks: chunks.collect() }
}

/// Prepares values for slicing.
pub(super) fn prepare(resolved: Resolved, kind: FieldType) -> Prepared {
    let values = match resolved.values {
        Cells::Small(cells) if kind == FieldType::Bool => {
            Buffers::Bool(cells.iter().map(|&cell| cell != 0).collect())
        }
        Cells::Small(cells) => Buffers::Code(cells.into()),
        Cells::Place(cells) => Buffers::Place(cells.into()),
        Cells::Day(cells) => Buffers::Date(cells.into()),
        Cells::Whole(cells) => Buffers::Int(cells.into()),
        // Subjects are no values of fields.
        Cells::Subject(cells) => Buffers::Int(cells.into_iter().map(i64::from).collect()),
        Cells::Text { ends, bytes } => Buffers::Text { ends, bytes: bytes.into() },
        Cells::Set { ends, members } => Buffers::Set { ends, members: members.into() },
    };
    Prepared { values, beside: beside(&resolved.reasons, resolved.observed, resolved.source) }
}

fn beside(reasons: &[Reason], observed: ScalarBuffer<i32>, source: Option<Vec<u8>>) -> Beside {
    let unknown = reasons.iter().any(|reason| *reason != Reason::Known);
    Beside {
        known: unknown.then(|| reasons.iter().map(|reason| *reason == Reason::Known).collect()),
        reasons: unknown.then(|| reasons.iter().map(|reason| reason.code()).collect()),
        observed: Some(observed),
        source: source.map(Into::into),
    }
}

/// Prepares facts for slicing.
pub(super) fn prepare_facts(gathered: Gathered, rows: usize) -> Prepared {
    let facts = &gathered.facts;
    let ends = ends_of(facts.iter().map(|fact| fact.dossier), rows);
    let values = Buffers::Facts {
        ends,
        code: facts.iter().map(|fact| fact.code).collect(),
        from: facts.iter().map(|fact| fact.from).collect(),
        to: facts.iter().map(|fact| fact.to).collect(),
        amount: facts.iter().map(|fact| fact.amount).collect(),
        source: facts.iter().map(|fact| fact.source).collect(),
    };
    Prepared { values, beside: beside(&gathered.reasons, gathered.observed, None) }
}

fn edge_buffers(related: &Related, rows: usize) -> EdgeBuffers {
    let ties = &related.ties;
    let all = related.complete.iter().all(|complete| *complete);
    EdgeBuffers {
        ends: ends_of(ties.iter().map(|tie| tie.from), rows),
        target: ties.iter().map(|tie| tie.to).collect(),
        since: ties.iter().map(|tie| tie.since).collect(),
        until: ties.iter().map(|tie| tie.until).collect(),
        complete: (!all).then(|| related.complete.iter().copied().collect()),
    }
}

/// Where the entries of each dossier end, for entries in order of dossier.
fn ends_of(owners: impl Iterator<Item = u32>, rows: usize) -> Vec<u32> {
    let mut ends = vec![0_u32; rows];
    for owner in owners {
        if let Some(end) = ends.get_mut(owner as usize) {
            *end += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    ends
}

fn start(ends: &[u32], first: usize) -> usize {
    first.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |&end| end as usize)
}

fn offsets(ends: &[u32], first: usize, count: usize) -> OffsetBuffer<i32> {
    OffsetBuffer::from_lengths(
        (first..first + count).map(|row| ends[row] as usize - start(ends, row)),
    )
}

fn slice(values: &Buffers, beside: &Beside, first: usize, count: usize) -> Column {
    let values = match values {
        Buffers::Bool(cells) => Values::Bool(cells.slice(first, count)),
        Buffers::Int(cells) => Values::Int(cells.slice(first, count)),
        Buffers::Date(cells) => Values::Date(cells.slice(first, count)),
        Buffers::Code(cells) => Values::Code(cells.slice(first, count)),
        Buffers::Place(cells) => Values::Place(cells.slice(first, count)),
        Buffers::Text { ends, bytes } => {
            let begin = |row: usize| row.checked_sub(1).map_or(0, |before| ends[before]) as usize;
            let lengths = (first..first + count).map(|row| ends[row] as usize - begin(row));
            let length = begin(first + count) - begin(first);
            Values::Text {
                offsets: OffsetBuffer::from_lengths(lengths),
                bytes: bytes.slice(begin(first), length),
            }
        }
        Buffers::Set { ends, members } => {
            let (from, to) = (start(ends, first), start(ends, first + count));
            Values::Set {
                offsets: offsets(ends, first, count),
                members: members.slice(from, to - from),
            }
        }
        Buffers::Facts { ends, code, from, to, amount, source } => {
            let (at, length) =
                (start(ends, first), start(ends, first + count) - start(ends, first));
            Values::Facts(Facts {
                offsets: offsets(ends, first, count),
                code: code.slice(at, length),
                from: from.slice(at, length),
                to: to.slice(at, length),
                amount: amount.slice(at, length),
                source: source.slice(at, length),
            })
        }
    };
    let known = beside.known.as_ref().map(|known| known.slice(first, count));
    Column {
        values,
        reasons: known
            .as_ref()
            .and(beside.reasons.as_ref())
            .map(|reasons| reasons.slice(first, count)),
        known,
        observed: beside.observed.as_ref().map(|observed| observed.slice(first, count)),
        source: beside.source.as_ref().map(|source| source.slice(first, count)),
    }
}

fn slice_edges(edges: &EdgeBuffers, first: usize, count: usize) -> Edges {
    let (at, length) =
        (start(&edges.ends, first), start(&edges.ends, first + count) - start(&edges.ends, first));
    Edges {
        offsets: offsets(&edges.ends, first, count),
        target: edges.target.slice(at, length),
        since: edges.since.slice(at, length),
        until: edges.until.slice(at, length),
        complete: edges.complete.as_ref().map(|complete| complete.slice(first, count)),
    }
}
