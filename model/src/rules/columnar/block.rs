//! The bits of one block. Atoms used more than once are kept until the next
//! block; everything else is worked out where it is needed.

use arrow_buffer::BooleanBuffer;

use super::{
    Rows, Verdicts,
    bits::{Bits, ROWS, Truths, WORDS},
    kernel,
    prepare::{PlaceRange, Plan, Prepared, Quotient, Range},
};
use crate::{
    catalogue::FieldId,
    domain::Tri,
    frame::{Column, Values},
    rules::{
        dated::RegionTruth,
        ir::{AtomId, Mask, Node, NodeId, Op},
        scalar::{At, Manual},
    },
};

/// Scratch space of one thread.
#[derive(Debug)]
pub struct Block<'p, 'a> {
    plan: &'p Plan<'a>,
    rows: Option<Rows<'a>>,
    all: Bits,
    kept: Vec<Option<Box<Kept>>>,
    /// Which atoms are kept for the current block.
    filled: Vec<bool>,
    /// By field: the places of the block's known rows, for fields that rules
    /// ask for places.
    places: Vec<Option<PlaceRange>>,
}

/// Truth of an atom that several nodes ask for.
#[derive(Debug)]
struct Kept {
    truths: Truths,
    /// Rows already evaluated, for atoms that go row by row.
    done: Bits,
}

impl<'p, 'a> Block<'p, 'a> {
    /// Space for a plan.
    #[must_use]
    pub fn new(plan: &'p Plan<'a>) -> Block<'p, 'a> {
        let atoms = plan.atoms.len();
        Block {
            plan,
            rows: None,
            all: Bits::NONE,
            kept: (0..atoms).map(|_| None).collect(),
            filled: vec![false; atoms],
            places: vec![None; plan.dated.reference.catalogue.fields().len()],
        }
    }

    /// Moves on to other rows.
    pub fn enter(&mut self, rows: Rows<'a>) {
        self.all = Bits::first(rows.length);
        self.rows = Some(rows);
        self.filled.fill(false);
        for (field, chunks) in &self.plan.ranges {
            let range = chunks.get(rows.chunk).and_then(|blocks| blocks.get(rows.start / ROWS));
            self.places[field.index()] = range.copied().flatten();
        }
    }

    /// The verdicts of a root; `None` where every row is ineligible.
    #[must_use]
    pub fn verdicts(&mut self, root: NodeId) -> Option<Verdicts> {
        let graph = &self.plan.dated.program.graph;
        let single = [root];
        let parts: &[NodeId] = match graph.node(root) {
            Node::And(parts) => parts,
            _ => &single,
        };
        // Regions stand first: most rules are over before a bit is touched.
        let elsewhere = |part: &NodeId| match graph.node(*part) {
            Node::Atom(atom) => self.whole_block(*atom) == Some(false),
            _ => false,
        };
        if parts.first().is_some_and(elsewhere) {
            return None;
        }
        let mut sure = Truths { yes: self.all, no: Bits::NONE };
        let (mut open, mut met) = (self.all, self.all);
        let mut manual = false;
        for part in parts {
            if !graph.has_manual(*part) {
                if !self.conjoin(*part, &mut sure) {
                    return None;
                }
                continue;
            }
            manual = true;
            let need = self.all.zip(&sure.no, |all, no| all & !no);
            let as_open = self.node(*part, Manual::Open, &need);
            let as_met = self.node(*part, Manual::Met, &need);
            sure.no = sure.no.zip(&as_open.no, |a, b| a | b);
            open = open.zip(&as_open.yes, |a, b| a & b);
            met = met.zip(&as_met.yes, |a, b| a & b);
        }
        let mut verdicts = Verdicts { eligible: sure.yes, ..Verdicts::default() };
        if manual {
            verdicts.eligible = sure.yes.zip(&open, |a, b| a & b);
            let could = sure.yes.zip(&met, |a, b| a & b);
            verdicts.likely = could.zip(&verdicts.eligible, |could, sure| could & !sure);
        }
        let possible = self.all.zip(&sure.no, |all, no| all & !no);
        let settled = verdicts.eligible.zip(&verdicts.likely, |a, b| a | b);
        verdicts.unknown = possible.zip(&settled, |possible, settled| possible & !settled);
        Some(verdicts)
    }

    /// Truth of a node for the needed rows of the block; other rows may read
    /// unknown. Nodes that are about a unit read unknown for every row.
    pub fn truths(&mut self, id: NodeId, manual: Manual, need: &Bits) -> Truths {
        let need = need.zip(&self.all, |need, all| need & all);
        let truths = self.node(id, manual, &need);
        Truths {
            yes: truths.yes.zip(&need, |a, need| a & need),
            no: truths.no.zip(&need, |a, need| a & need),
        }
    }

    /// Adds a part to a conjunction; tells whether any row is still possible.
    fn conjoin(&mut self, part: NodeId, sure: &mut Truths) -> bool {
        if let Node::Atom(atom) = self.plan.dated.program.graph.node(part)
            && let Some(fixed) = self.whole_block(*atom)
        {
            return if fixed { true } else { self.none_left(sure) };
        }
        let need = self.all.zip(&sure.no, |all, no| all & !no);
        let truths = self.node(part, Manual::Open, &need);
        kernel::and_into(&mut sure.yes, &mut sure.no, &truths.yes, &truths.no, &self.all)
    }

    fn none_left(&self, sure: &mut Truths) -> bool {
        *sure = Truths { yes: Bits::NONE, no: self.all };
        false
    }

    /// The truth of a region test where it is the same for the whole block.
    fn whole_block(&self, atom: AtomId) -> Option<bool> {
        let Prepared::Within(field, table) = self.plan.atoms.get(atom.0 as usize)? else {
            return None;
        };
        let rows = self.rows?;
        if rows.frame.column(*field)?.known.is_some() {
            return None;
        }
        let range = self.places[field.index()]?;
        table.over(range.low, range.high)?.known()
    }

    /// Truth of a node for the needed rows; other rows may read unknown.
    fn node(&mut self, id: NodeId, manual: Manual, need: &Bits) -> Truths {
        let graph = &self.plan.dated.program.graph;
        match graph.node(id) {
            Node::Const(Tri::True) => Truths { yes: self.all, no: Bits::NONE },
            Node::Const(Tri::False) => Truths { yes: Bits::NONE, no: self.all },
            Node::Const(Tri::Unknown) => Truths::UNKNOWN,
            Node::Manual(_) => match manual {
                Manual::Open => Truths::UNKNOWN,
                Manual::Met => Truths { yes: self.all, no: Bits::NONE },
            },
            Node::Atom(atom) => self.atom(*atom, need),
            Node::Not(inner) => self.node(*inner, manual, need).negated(),
            Node::And(parts) => {
                let mut joined = Truths { yes: self.all, no: Bits::NONE };
                for part in parts {
                    let need = need.zip(&joined.no, |need, no| need & !no);
                    let truths = self.node(*part, manual, &need);
                    let Truths { yes, no } = &mut joined;
                    if !kernel::and_into(yes, no, &truths.yes, &truths.no, &need) {
                        break;
                    }
                }
                joined
            }
            Node::Or(parts) => {
                let mut joined = Truths { yes: Bits::NONE, no: self.all };
                for part in parts {
                    let need = need.zip(&joined.yes, |need, yes| need & !yes);
                    let truths = self.node(*part, manual, &need);
                    let Truths { yes, no } = &mut joined;
                    if !kernel::or_into(yes, no, &truths.yes, &truths.no, &need) {
                        break;
                    }
                }
                joined
            }
            Node::Choose(condition, then, otherwise) => {
                let condition = self.node(*condition, manual, need);
                let then = self.node(*then, manual, need);
                let otherwise = self.node(*otherwise, manual, need);
                choose(&condition, &then, &otherwise)
            }
            Node::AtLeast(count, parts) => {
                let parts: Vec<Truths> =
                    parts.iter().map(|part| self.node(*part, manual, need)).collect();
                at_least(*count, &parts)
            }
        }
    }

    fn atom(&mut self, id: AtomId, need: &Bits) -> Truths {
        let position = id.0 as usize;
        let by_row = matches!(self.plan.atoms[position], Prepared::ByRow);
        if self.plan.uses[position] < 2 {
            return if by_row { self.by_row(id, need) } else { self.vector(position) };
        }
        if !self.filled[position] {
            let kept = self.kept[position].get_or_insert_with(|| {
                Box::new(Kept { truths: Truths::UNKNOWN, done: Bits::NONE })
            });
            kept.done = Bits::NONE;
            kept.truths = Truths::UNKNOWN;
            self.filled[position] = true;
            if !by_row {
                let truths = self.vector(position);
                if let Some(kept) = &mut self.kept[position] {
                    kept.truths = truths;
                }
            }
        }
        if by_row {
            let done = self.kept[position].as_ref().map_or(Bits::NONE, |kept| kept.done);
            let fresh = need.zip(&done, |need, done| need & !done);
            if !fresh.is_empty() {
                let truths = self.by_row(id, &fresh);
                if let Some(kept) = &mut self.kept[position] {
                    kept.truths.yes = kept.truths.yes.zip(&truths.yes, |a, b| a | b);
                    kept.truths.no = kept.truths.no.zip(&truths.no, |a, b| a | b);
                    kept.done = kept.done.zip(&fresh, |a, b| a | b);
                }
            }
        }
        self.kept[position].as_ref().map_or(Truths::UNKNOWN, |kept| kept.truths)
    }

    /// Row by row with the specification.
    fn by_row(&self, id: AtomId, need: &Bits) -> Truths {
        let Some(rows) = self.rows else { return Truths::UNKNOWN };
        let mut truths = Truths::UNKNOWN;
        for row in need.rows() {
            let at = At::subject(rows.frame, rows.start + row);
            match self.plan.scalar.atom(id, &at) {
                Tri::True => truths.yes.set(row),
                Tri::False => truths.no.set(row),
                Tri::Unknown => {}
            }
        }
        truths
    }

    /// A whole block at once.
    fn vector(&self, position: usize) -> Truths {
        let Some(rows) = self.rows else { return Truths::UNKNOWN };
        self.vector_of(&self.plan.atoms[position], rows).unwrap_or(Truths::UNKNOWN)
    }

    /// `None` where the field is not held: unknown for every row.
    fn vector_of(&self, atom: &Prepared, rows: Rows<'a>) -> Option<Truths> {
        let (start, end) = (rows.start, rows.start + rows.length);
        let mut inside = Bits::NONE;
        let (field, flip) = match atom {
            Prepared::Fixed(field, value) => {
                inside = if *value { self.all } else { Bits::NONE };
                (*field, false)
            }
            Prepared::Whole(Range { field, low, high, outside }) => {
                let Values::Int(values) = &column(rows, *field)?.values else { return None };
                kernel::range_i64(values.get(start..end)?, *low, *high, &mut inside);
                (*field, *outside)
            }
            Prepared::Day(Range { field, low, high, outside }) => {
                let Values::Date(values) = &column(rows, *field)?.values else { return None };
                kernel::range_i32(values.get(start..end)?, *low, *high, &mut inside);
                (*field, *outside)
            }
            Prepared::Flag(field) => {
                let Values::Bool(values) = &column(rows, *field)?.values else { return None };
                read_bits(values, start, rows.length, &mut inside);
                (*field, false)
            }
            Prepared::Industry(field, ranges) => {
                let Values::Place(values) = &column(rows, *field)?.values else { return None };
                inside = any_range(values.get(start..end)?, ranges.iter().copied());
                (*field, false)
            }
            Prepared::Code(field, yes, open) => return self.codes(rows, *field, yes, open),
            Prepared::Within(field, table) => {
                return self.within(rows, *field, table);
            }
            Prepared::Ratio(quotient) => return self.ratio(rows, quotient),
            Prepared::Unit | Prepared::ByRow => return None,
        };
        let truths = self.known_split(column(rows, field)?, rows, &inside);
        Some(if flip { truths.negated() } else { truths })
    }

    fn known_split(&self, column: &Column, rows: Rows<'a>, inside: &Bits) -> Truths {
        let mut truths = Truths::UNKNOWN;
        let known = self.known(column, rows);
        kernel::split(inside, &known, &mut truths.yes, &mut truths.no);
        truths
    }

    fn known(&self, column: &Column, rows: Rows<'a>) -> Bits {
        match &column.known {
            None => self.all,
            Some(known) => {
                let mut bits = Bits::NONE;
                read_bits(known, rows.start, rows.length, &mut bits);
                bits
            }
        }
    }

    fn codes(&self, rows: Rows<'a>, field: FieldId, yes: &Mask, open: &Mask) -> Option<Truths> {
        let column = column(rows, field)?;
        let Values::Code(values) = &column.values else { return None };
        let values = values.get(rows.start..rows.start + rows.length)?;
        let mut inside = Bits::NONE;
        kernel::member_u8(values, yes, &mut inside);
        let mut truths = self.known_split(column, rows, &inside);
        if !open.is_empty() {
            let mut unclear = Bits::NONE;
            kernel::member_u8(values, open, &mut unclear);
            truths.yes = truths.yes.zip(&unclear, |a, unclear| a & !unclear);
            truths.no = truths.no.zip(&unclear, |a, unclear| a & !unclear);
        }
        Some(truths)
    }

    fn within(&self, rows: Rows<'a>, field: FieldId, table: &RegionTruth) -> Option<Truths> {
        let column = column(rows, field)?;
        let Values::Place(values) = &column.values else { return None };
        let known = self.known(column, rows);
        let Some(range) = self.places[field.index()] else { return Some(Truths::UNKNOWN) };
        if let Some(same) = table.over(range.low, range.high) {
            return Some(match same {
                Tri::True => Truths { yes: known, no: Bits::NONE },
                Tri::False => Truths { yes: Bits::NONE, no: known },
                Tri::Unknown => Truths::UNKNOWN,
            });
        }
        let values = values.get(rows.start..rows.start + rows.length)?;
        let [yes, no] = [Tri::True, Tri::False].map(|truth| {
            let ranges = table.runs_in(range.low, range.high).filter(|run| run.truth == truth);
            any_range(values, ranges.map(|run| (run.first, run.last)))
        });
        let mut truths = Truths::UNKNOWN;
        truths.yes = yes.zip(&known, |a, known| a & known);
        truths.no = no.zip(&known, |a, known| a & known);
        Some(truths)
    }

    fn ratio(&self, rows: Rows<'a>, quotient: &Quotient) -> Option<Truths> {
        let Quotient { limit, op, .. } = *quotient;
        let (num, den) = (column(rows, quotient.num)?, column(rows, quotient.den)?);
        let (Values::Int(nums), Values::Int(dens)) = (&num.values, &den.values) else {
            return None;
        };
        let nums = nums.get(rows.start..rows.start + rows.length)?;
        let dens = dens.get(rows.start..rows.start + rows.length)?;
        let mut zero = Bits::NONE;
        kernel::range_i64(dens, 0, 0, &mut zero);
        let known = self.known(num, rows).zip(&self.known(den, rows), |a, b| a & b);
        let known = known.zip(&zero, |known, zero| known & !zero);
        let (mut least, mut more) = (Bits::NONE, Bits::NONE);
        if !matches!(op, Op::Greater | Op::AtMost) {
            kernel::ratio_at_least(nums, dens, limit, false, &mut least);
        }
        if !matches!(op, Op::AtLeast | Op::Less) {
            kernel::ratio_at_least(nums, dens, limit, true, &mut more);
        }
        let (inside, flip) = match op {
            Op::AtLeast => (least, false),
            Op::Less => (least, true),
            Op::Greater => (more, false),
            Op::AtMost => (more, true),
            Op::Equal => (least.zip(&more, |least, more| least & !more), false),
            Op::NotEqual => (least.zip(&more, |least, more| least & !more), true),
        };
        let mut truths = Truths::UNKNOWN;
        kernel::split(&inside, &known, &mut truths.yes, &mut truths.no);
        Some(if flip { truths.negated() } else { truths })
    }
}

fn column<'a>(rows: Rows<'a>, field: FieldId) -> Option<&'a Column> {
    rows.frame.column(field)
}

/// Rows whose dense index lies in one of the closed ranges.
fn any_range(values: &[u16], ranges: impl Iterator<Item = (u16, u16)>) -> Bits {
    let mut any = Bits::NONE;
    for (low, high) in ranges {
        let mut inside = Bits::NONE;
        kernel::range_u16(values, low, high, &mut inside);
        any = any.zip(&inside, |any, inside| any | inside);
    }
    any
}

/// Copies bits of a buffer into a block's words.
fn read_bits(source: &BooleanBuffer, start: usize, length: usize, out: &mut Bits) {
    let first = source.offset() + start;
    if first.is_multiple_of(8) {
        let bytes = source.inner().as_slice().get(first / 8..).unwrap_or_default();
        let (words, rest) = bytes.as_chunks::<8>();
        for (word, bytes) in out.0.iter_mut().zip(words) {
            *word = u64::from_le_bytes(*bytes);
        }
        if let Some(word) = out.0.get_mut(words.len().min(WORDS)) {
            let mut last = [0_u8; 8];
            for (byte, value) in last.iter_mut().zip(rest) {
                *byte = *value;
            }
            if words.len() < WORDS {
                *word = u64::from_le_bytes(last);
            }
        }
    } else {
        for row in 0..length {
            out.0[row / 64] |= u64::from(source.value(start + row)) << (row % 64);
        }
    }
    let all = Bits::first(length);
    for (word, all) in out.0.iter_mut().zip(&all.0) {
        *word &= all;
    }
}

fn choose(condition: &Truths, then: &Truths, otherwise: &Truths) -> Truths {
    let mut chosen = Truths::UNKNOWN;
    for word in 0..WORDS {
        let (yes, no) = (condition.yes.0[word], condition.no.0[word]);
        let open = !(yes | no);
        let pick = |a: u64, b: u64| (yes & a) | (no & b) | (open & a & b);
        chosen.yes.0[word] = pick(then.yes.0[word], otherwise.yes.0[word]);
        chosen.no.0[word] = pick(then.no.0[word], otherwise.no.0[word]);
    }
    chosen
}

/// Counts row by row: groups of "M of N" are small and rare.
fn at_least(count: usize, parts: &[Truths]) -> Truths {
    let mut truths = Truths::UNKNOWN;
    for row in 0..ROWS {
        let sure = parts.iter().filter(|part| part.yes.get(row)).count();
        let not = parts.iter().filter(|part| part.no.get(row)).count();
        if sure >= count {
            truths.yes.set(row);
        } else if parts.len() - not < count {
            truths.no.set(row);
        }
    }
    truths
}
