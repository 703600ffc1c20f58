//! A dossier table in memory: columns of typed values with the reason beside
//! every unknown. Buffers are reference counted, so that a memory-mapped
//! snapshot and a table built in a test look the same to the engine.
//!
//! Left out: where the bytes come from (`store`) and what they mean (`catalogue`).

use arrow_buffer::{BooleanBuffer, OffsetBuffer, ScalarBuffer};

use crate::{
    catalogue::{FieldId, RelationId},
    domain::{Reason, SubjectKey, SubjectKind},
};

/// Rows in one chunk of a [`Dossiers`] table; the last chunk may be shorter.
pub const CHUNK_ROWS: usize = 65_536;

/// All dossiers of one kind, in chunks of [`CHUNK_ROWS`] rows.
#[derive(Debug, Clone)]
pub struct Dossiers {
    /// Whom they are about.
    pub kind: SubjectKind,
    /// Total number of rows.
    pub rows: usize,
    /// The chunks, in row order, every one but the last full.
    pub chunks: Vec<Frame>,
}

/// Everything the engine reads: both kinds of dossiers.
#[derive(Debug, Clone)]
pub struct World {
    /// By [`SubjectKind::index`].
    pub dossiers: [Dossiers; 2],
}

/// One chunk of dossiers.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Whom they are about.
    pub kind: SubjectKind,
    /// Row of the first dossier within its [`Dossiers`].
    pub first: u32,
    /// Number of rows.
    pub rows: usize,
    /// The key of each row.
    pub keys: ScalarBuffer<u128>,
    /// By [`FieldId`]; `None` where this world does not hold the field.
    pub columns: Vec<Option<Column>>,
    /// By [`RelationId`]; `None` where this world does not hold the relation.
    pub relations: Vec<Option<Edges>>,
}

/// One stored field of a chunk.
#[derive(Debug, Clone)]
pub struct Column {
    /// The values; whatever stands at an unknown cell is meaningless, except
    /// that a facts list holds the rows that are there.
    pub values: Values,
    /// Known cells; `None` when every cell is known. For facts, known means
    /// that an absent row can be read as "none".
    pub known: Option<BooleanBuffer>,
    /// [`Reason`] codes; `None` when every cell is known.
    pub reasons: Option<ScalarBuffer<u8>>,
    /// Day on which the value was last confirmed, days since 1970-01-01; `i32::MIN` for none.
    pub observed: Option<ScalarBuffer<i32>>,
    /// Which of the field's catalogued sources it came from, by position.
    pub source: Option<ScalarBuffer<u8>>,
}

/// Typed values of one column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Yes or no.
    Bool(BooleanBuffer),
    /// Whole numbers, fen, or decimals scaled by 10^6.
    Int(ScalarBuffer<i64>),
    /// Days since 1970-01-01.
    Date(ScalarBuffer<i32>),
    /// Position in the field's code list.
    Code(ScalarBuffer<u8>),
    /// Dense index of `domain::RegionTable`, respectively `domain::IndustryTable`.
    Place(ScalarBuffer<u16>),
    /// UTF-8 text.
    Text {
        /// Row r is `bytes[offsets[r]..offsets[r + 1]]`.
        offsets: OffsetBuffer<i32>,
        /// The bytes.
        bytes: ScalarBuffer<u8>,
    },
    /// Several members: positions in the code list, in the zone table, or
    /// dense industry indices.
    Set {
        /// Row r is `members[offsets[r]..offsets[r + 1]]`, ascending.
        offsets: OffsetBuffer<i32>,
        /// The members.
        members: ScalarBuffer<u16>,
    },
    /// Dated things.
    Facts(Facts),
}

/// The rows of a facts column, ordered by (code, from, to) within each dossier.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Row r has the facts `offsets[r]..offsets[r + 1]`.
    pub offsets: OffsetBuffer<i32>,
    /// Position in the field's code list.
    pub code: ScalarBuffer<u8>,
    /// First day, days since 1970-01-01, included; `i32::MIN` when not told.
    pub from: ScalarBuffer<i32>,
    /// Last day, included; `i32::MAX` while open.
    pub to: ScalarBuffer<i32>,
    /// Fen; `i64::MIN` when there is none.
    pub amount: ScalarBuffer<i64>,
    /// Which of the field's catalogued sources, by position.
    pub source: ScalarBuffer<u8>,
}

/// The edges of one relation for the rows of a chunk.
#[derive(Debug, Clone)]
pub struct Edges {
    /// Row r has the edges `offsets[r]..offsets[r + 1]`.
    pub offsets: OffsetBuffer<i32>,
    /// Row of the member within its [`Dossiers`].
    pub target: ScalarBuffer<u32>,
    /// First day, days since 1970-01-01; `i32::MIN` when not told.
    pub since: ScalarBuffer<i32>,
    /// Last day, included; `i32::MAX` while open.
    pub until: ScalarBuffer<i32>,
    /// Rows whose list is complete; `None` when all are.
    pub complete: Option<BooleanBuffer>,
}

impl Column {
    /// Why the cell is unknown, or [`Reason::Known`].
    #[must_use]
    pub fn reason(&self, row: usize) -> Reason {
        if self.known.as_ref().is_none_or(|known| row < known.len() && known.value(row)) {
            return Reason::Known;
        }
        match self.reasons.as_ref().and_then(|codes| codes.get(row)) {
            Some(&code) if code != Reason::Known.code() => Reason::from_code(code),
            _ => Reason::Missing,
        }
    }
}

impl Frame {
    /// The stored column of a field, where this frame holds it.
    #[must_use]
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.get(field.index()).and_then(Option::as_ref)
    }

    /// The edges of a relation, where this frame holds them.
    #[must_use]
    pub fn edges(&self, relation: RelationId) -> Option<&Edges> {
        self.relations.get(relation.index()).and_then(Option::as_ref)
    }

    /// The key of a row.
    #[must_use]
    pub fn key(&self, row: usize) -> SubjectKey {
        SubjectKey::from_u128(self.keys.get(row).copied().unwrap_or_default())
    }
}

impl Dossiers {
    /// The chunk that holds a row, and the row's place in it.
    #[must_use]
    pub fn locate(&self, row: u32) -> Option<(&Frame, usize)> {
        let row = row as usize;
        let frame = self.chunks.get(row / CHUNK_ROWS)?;
        let local = row % CHUNK_ROWS;
        (local < frame.rows).then_some((frame, local))
    }
}

impl World {
    /// The dossiers of one kind.
    #[must_use]
    pub fn of(&self, kind: SubjectKind) -> &Dossiers {
        &self.dossiers[kind.index()]
    }
}
