//! The specification: truth of a node for one subject, straight from the
//! definitions. The columnar engine and the SQL must equal it.
//!
//! Reading a cell that is unknown, of another period or not held gives no
//! value; every operator says for itself what that makes of it.

use rustc_hash::FxHashMap;

use crate::{
    catalogue::RelationId,
    domain::{Number, SubjectKind, Tri},
    frame::{Column, Edges, Facts, Frame, Values, World},
    rules::{
        dated::{Dated, add_months, date_of, months_between, window_start},
        ir::{Atom, AtomId, FieldRef, Mask, Node, NodeId, Num, NumId, Scope, Span, TextTest},
        values::Cell,
    },
};

/// A dossier.
#[derive(Debug, Clone, Copy)]
pub struct Dossier<'a> {
    /// The chunk that holds it.
    pub frame: &'a Frame,
    /// Its row in the chunk.
    pub row: usize,
}

/// A member of a relation.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its dossier.
    pub dossier: Dossier<'a>,
    /// Row within its [`crate::frame::Dossiers`].
    pub target: u32,
    /// First day of the relation; `i32::MIN` when not told.
    pub since: i32,
    /// Last day of the relation; `i32::MAX` while open.
    pub until: i32,
}

/// Whom the names of an expression stand for.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The subject judged.
    pub subject: Dossier<'a>,
    /// The unit, where the policy has one.
    pub unit: Option<Member<'a>>,
    /// The member a quantifier looks at.
    pub member: Option<Member<'a>>,
}

impl<'a> At<'a> {
    /// Only a subject.
    #[must_use]
    pub fn subject(frame: &'a Frame, row: usize) -> At<'a> {
        At { subject: Dossier { frame, row }, unit: None, member: None }
    }
}

/// How clauses that a person judges are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manual {
    /// V0: nobody has judged them yet.
    Open,
    /// V1: suppose they are met.
    Met,
}

/// Values supposed for a what-if question, about the subject or the unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suppose {
    /// Fields with a value.
    pub fields: FxHashMap<FieldRef, Cell>,
    /// Atoms with a truth of their own (facts, relations, texts).
    pub atoms: FxHashMap<AtomId, Tri>,
    /// Numbers with a value of their own (counts, sums, parameters).
    pub nums: FxHashMap<NumId, i64>,
}

/// Evaluates nodes of a program on a day.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'a> {
    /// The program on its day.
    pub dated: &'a Dated<'a>,
    /// All dossiers, for members of relations.
    pub world: &'a World,
    /// What is supposed, if anything.
    pub suppose: Option<&'a Suppose>,
}

impl<'a> Scalar<'a> {
    /// An evaluator.
    #[must_use]
    pub fn new(dated: &'a Dated<'a>, world: &'a World) -> Scalar<'a> {
        Scalar { dated, world, suppose: None }
    }

    /// Truth of a node.
    #[must_use]
    pub fn node(&self, id: NodeId, at: &At<'a>, manual: Manual) -> Tri {
        let graph = &self.dated.program.graph;
        match graph.node(id) {
            Node::Const(value) => *value,
            Node::Manual(_) => match manual {
                Manual::Open => Tri::Unknown,
                Manual::Met => Tri::True,
            },
            Node::Atom(atom) => self.atom(*atom, at),
            Node::Not(inner) => !self.node(*inner, at, manual),
            Node::And(parts) => {
                let mut value = Tri::True;
                for part in parts {
                    value = value.and(self.node(*part, at, manual));
                    if value == Tri::False {
                        break;
                    }
                }
                value
            }
            Node::Or(parts) => {
                let mut value = Tri::False;
                for part in parts {
                    value = value.or(self.node(*part, at, manual));
                    if value == Tri::True {
                        break;
                    }
                }
                value
            }
            Node::Choose(condition, then, otherwise) => self
                .node(*condition, at, manual)
                .choose(self.node(*then, at, manual), self.node(*otherwise, at, manual)),
            Node::AtLeast(count, parts) => {
                let values = parts.iter().map(|part| self.node(*part, at, manual));
                let (mut sure, mut open) = (0, 0);
                for value in values {
                    match value {
                        Tri::True => sure += 1,
                        Tri::Unknown => open += 1,
                        Tri::False => {}
                    }
                }
                match (sure >= *count, sure + open >= *count) {
                    (true, _) => Tri::True,
                    (false, true) => Tri::Unknown,
                    (false, false) => Tri::False,
                }
            }
        }
    }

    /// Truth of an atom.
    #[must_use]
    pub fn atom(&self, id: AtomId, at: &At<'a>) -> Tri {
        if let Some(value) = self.suppose.and_then(|suppose| suppose.atoms.get(&id)) {
            return *value;
        }
        match self.dated.program.graph.atom(id) {
            Atom::Compare(op, left, right) => {
                let ordering =
                    self.num(*left, at).and_then(|left| left.compare(self.num(*right, at)?));
                Tri::of(ordering.map(|ordering| op.holds(ordering)))
            }
            Atom::Flag(field) => Tri::of(self.flag(*field, at)),
            Atom::Code(field, yes, open) => match self.code(*field, at) {
                Some(code) if open.contains(code) => Tri::Unknown,
                Some(code) => Tri::from(yes.contains(code)),
                None => Tri::Unknown,
            },
            Atom::Within(field, outer) => match self.place(*field, at) {
                Some(inner) => self.dated.region_within(inner, *outer),
                None => Tri::Unknown,
            },
            Atom::Industry(field, ranges) => self.industry(*field, ranges, at),
            Atom::Has(field, members) => match self.members(*field, at) {
                Some(set) => Tri::from(members.iter().any(|member| set.contains(member))),
                None => Tri::Unknown,
            },
            Atom::Text(field, test, text) => self.text_test(*field, *test, text, at),
            Atom::Same(left, right) => self.same(*left, *right, at),
            Atom::Holds(field, mask) => self.holds(*field, mask, at),
            Atom::Had(field, mask, span) => self.had(*field, mask, *span, at),
            Atom::Exists(relation, body) => self.each(*relation, *body, at, Tri::True),
            Atom::All(relation, body) => self.each(*relation, *body, at, Tri::False),
        }
    }

    /// Value of a number; `None` is unknown.
    #[must_use]
    pub fn num(&self, id: NumId, at: &At<'a>) -> Option<Number> {
        if let Some(value) = self.suppose.and_then(|suppose| suppose.nums.get(&id)) {
            return Some(Number::whole(*value));
        }
        match self.dated.program.graph.num(id) {
            Num::Field(field) => self.whole(*field, at).map(Number::whole),
            Num::Decimal(field) => self.whole(*field, at).map(Number::decimal),
            Num::Literal(num, den) => Number::ratio(*num, *den),
            Num::AsOf => Some(Number::whole(i64::from(self.dated.today))),
            Num::Add(a, b) => self.num(*a, at)?.checked_add(self.num(*b, at)?),
            Num::Sub(a, b) => self.num(*a, at)?.checked_sub(self.num(*b, at)?),
            Num::Mul(a, b) => self.num(*a, at)?.checked_mul(self.num(*b, at)?),
            Num::Div(a, b) => self.num(*a, at)?.checked_div(self.num(*b, at)?),
            Num::Min(a, b) => self.extreme(*a, *b, at, std::cmp::Ordering::Less),
            Num::Max(a, b) => self.extreme(*a, *b, at, std::cmp::Ordering::Greater),
            Num::Floor(a) => self.num(*a, at)?.floor().map(Number::whole),
            Num::Choose(condition, then, otherwise) => {
                match self.node(*condition, at, Manual::Open) {
                    Tri::True => self.num(*then, at),
                    Tri::False => self.num(*otherwise, at),
                    Tri::Unknown => {
                        let (a, b) = (self.num(*then, at)?, self.num(*otherwise, at)?);
                        (a.compare(b)? == std::cmp::Ordering::Equal).then_some(a)
                    }
                }
            }
            Num::AddMonths(date, months) => {
                let months = self.num(*months, at)?.floor()?;
                whole_days(add_months(self.day(*date, at)?, months)?)
            }
            Num::Years(date) => {
                let months = months_between(self.day(*date, at)?, self.dated.today)?;
                Some(Number::whole(months.div_euclid(12)))
            }
            Num::Months(date) => {
                months_between(self.day(*date, at)?, self.dated.today).map(Number::whole)
            }
            Num::Year(date) => {
                Some(Number::whole(i64::from(date_of(self.day(*date, at)?)?.year())))
            }
            Num::Month(date) => {
                Some(Number::whole(i64::from(date_of(self.day(*date, at)?)?.month())))
            }
            Num::Param { name, region, decimal } => {
                let value = self.dated.parameter(name, self.place(*region, at)?)?;
                Some(if *decimal { Number::decimal(value) } else { Number::whole(value) })
            }
            Num::CountFacts(field, mask, span) => self.count_facts(*field, mask, *span, at),
            Num::SumFacts(field, mask, span) => self.sum_facts(*field, mask, *span, at),
            Num::CountMembers(relation, filter) => self.count_members(*relation, *filter, at),
            Num::Since(scope) => {
                let since = self.edge(*scope, at)?.since;
                (since != i32::MIN).then(|| Number::whole(i64::from(since)))
            }
            Num::Until(scope) => {
                let until = self.edge(*scope, at)?.until;
                (until != i32::MAX).then(|| Number::whole(i64::from(until)))
            }
        }
    }

    fn extreme(
        &self,
        a: NumId,
        b: NumId,
        at: &At<'a>,
        wanted: std::cmp::Ordering,
    ) -> Option<Number> {
        let (a, b) = (self.num(a, at)?, self.num(b, at)?);
        Some(if a.compare(b)? == wanted { a } else { b })
    }

    fn day(&self, id: NumId, at: &At<'a>) -> Option<i32> {
        i32::try_from(self.num(id, at)?.floor()?).ok()
    }

    fn edge(&self, scope: Scope, at: &At<'a>) -> Option<Member<'a>> {
        match scope {
            Scope::Subject => None,
            Scope::Unit => at.unit,
            Scope::Member => at.member,
        }
    }

    fn whose(&self, scope: Scope, at: &At<'a>) -> Option<Dossier<'a>> {
        match scope {
            Scope::Subject => Some(at.subject),
            Scope::Unit => at.unit.map(|unit| unit.dossier),
            Scope::Member => at.member.map(|member| member.dossier),
        }
    }

    /// The column and row of a field that is held, whether known or not.
    #[must_use]
    pub fn held(&self, field: FieldRef, at: &At<'a>) -> Option<(&'a Column, usize)> {
        let dossier = self.whose(field.scope, at)?;
        dossier.frame.column(field.field).map(|column| (column, dossier.row))
    }

    /// The column and row of a known cell of the period asked for.
    fn cell(&self, field: FieldRef, at: &At<'a>) -> Option<(&'a Column, usize)> {
        if !self.dated.is_current(field.field) {
            return None;
        }
        let (column, row) = self.held(field, at)?;
        column.known.as_ref().is_none_or(|known| known.value(row)).then_some((column, row))
    }

    fn supposed(&self, field: FieldRef) -> Option<&'a Cell> {
        self.suppose?.fields.get(&field)
    }

    fn whole(&self, field: FieldRef, at: &At<'a>) -> Option<i64> {
        match self.supposed(field) {
            Some(Cell::Int(value)) => return Some(*value),
            Some(Cell::Date(days)) => return Some(i64::from(*days)),
            _ => {}
        }
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Int(values) => values.get(row).copied(),
            Values::Date(values) => values.get(row).map(|days| i64::from(*days)),
            _ => None,
        }
    }

    fn flag(&self, field: FieldRef, at: &At<'a>) -> Option<bool> {
        if let Some(Cell::Bool(value)) = self.supposed(field) {
            return Some(*value);
        }
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Bool(values) => Some(values.value(row)),
            _ => None,
        }
    }

    fn code(&self, field: FieldRef, at: &At<'a>) -> Option<u8> {
        if let Some(Cell::Code(value)) = self.supposed(field) {
            return Some(*value);
        }
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Code(values) => values.get(row).copied(),
            _ => None,
        }
    }

    pub(crate) fn place(&self, field: FieldRef, at: &At<'a>) -> Option<u16> {
        if let Some(Cell::Place(value)) = self.supposed(field) {
            return Some(*value);
        }
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Place(values) => values.get(row).copied(),
            _ => None,
        }
    }

    fn members(&self, field: FieldRef, at: &At<'a>) -> Option<&'a [u16]> {
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Set { offsets, members } => members.get(range(offsets, row)?),
            _ => None,
        }
    }

    fn industry(&self, field: FieldRef, ranges: &[(u16, u16)], at: &At<'a>) -> Tri {
        let within = |index: u16| ranges.iter().any(|(low, high)| (*low..=*high).contains(&index));
        if let Some(index) = self.place(field, at) {
            return Tri::from(within(index));
        }
        match self.members(field, at) {
            Some(members) => Tri::from(members.iter().any(|index| within(*index))),
            None => Tri::Unknown,
        }
    }

    fn text(&self, field: FieldRef, at: &At<'a>) -> Option<&'a str> {
        let (column, row) = self.cell(field, at)?;
        match &column.values {
            Values::Text { offsets, bytes } => {
                std::str::from_utf8(bytes.get(range(offsets, row)?)?).ok()
            }
            _ => None,
        }
    }

    fn text_test(&self, field: FieldRef, test: TextTest, text: &str, at: &At<'a>) -> Tri {
        Tri::of(self.text(field, at).map(|value| match test {
            TextTest::Equals => value == text,
            TextTest::Contains => value.contains(text),
        }))
    }

    fn same(&self, left: FieldRef, right: FieldRef, at: &At<'a>) -> Tri {
        let codes = self.code(left, at).zip(self.code(right, at)).map(|(a, b)| a == b);
        let places = self.place(left, at).zip(self.place(right, at)).map(|(a, b)| a == b);
        Tri::of(codes.or(places))
    }

    /// The facts of a dossier and whether an absent row means "none".
    pub(crate) fn facts(
        &self,
        field: FieldRef,
        at: &At<'a>,
    ) -> Option<(&'a Facts, std::ops::Range<usize>, bool)> {
        let (column, row) = self.held(field, at)?;
        let Values::Facts(facts) = &column.values else { return None };
        let complete = column.known.as_ref().is_none_or(|known| known.value(row))
            && self.dated.is_current(field.field);
        Some((facts, range(&facts.offsets, row)?, complete))
    }

    fn holds(&self, field: FieldRef, mask: &Mask, at: &At<'a>) -> Tri {
        let Some((facts, mut rows, complete)) = self.facts(field, at) else { return Tri::Unknown };
        let today = self.dated.today;
        let found = rows.any(|row| {
            mask.contains(facts.code[row]) && facts.from[row] <= today && today <= facts.to[row]
        });
        settled(found, complete && self.dated.covers(field.field, mask, Some(today)))
    }

    fn had(&self, field: FieldRef, mask: &Mask, span: Option<Span>, at: &At<'a>) -> Tri {
        let start = span.map(|span| window_start(span, self.dated.today));
        let Some((facts, mut rows, complete)) = self.facts(field, at) else { return Tri::Unknown };
        let found = rows.any(|row| self.in_window(facts, row, mask, start));
        settled(found, complete && self.dated.covers(field.field, mask, start))
    }

    fn in_window(&self, facts: &Facts, row: usize, mask: &Mask, start: Option<i32>) -> bool {
        mask.contains(facts.code[row])
            && facts.from[row] <= self.dated.today
            && start.is_none_or(|start| facts.to[row] >= start)
    }

    fn count_facts(
        &self,
        field: FieldRef,
        mask: &Mask,
        span: Option<Span>,
        at: &At<'a>,
    ) -> Option<Number> {
        let start = span.map(|span| window_start(span, self.dated.today));
        let (facts, rows, complete) = self.facts(field, at)?;
        if !complete || !self.dated.covers(field.field, mask, start) {
            return None;
        }
        let count = rows.filter(|row| self.in_window(facts, *row, mask, start)).count();
        i64::try_from(count).ok().map(Number::whole)
    }

    fn sum_facts(
        &self,
        field: FieldRef,
        mask: &Mask,
        span: Option<Span>,
        at: &At<'a>,
    ) -> Option<Number> {
        let start = span.map(|span| window_start(span, self.dated.today));
        let (facts, rows, complete) = self.facts(field, at)?;
        if !complete || !self.dated.covers(field.field, mask, start) {
            return None;
        }
        let mut sum = 0_i64;
        for row in rows.filter(|row| self.in_window(facts, *row, mask, start)) {
            let amount = facts.amount[row];
            if amount == i64::MIN {
                return None;
            }
            sum = sum.checked_add(amount)?;
        }
        Some(Number::whole(sum))
    }

    /// The members of a relation on the day judged, and whether the list is complete.
    #[must_use]
    pub fn related(&self, relation: RelationId, of: Dossier<'a>) -> (Vec<Member<'a>>, bool) {
        let today = self.dated.today;
        self.related_over(relation, of, today, today)
    }

    /// The members of a relation on any day of a closed range, and whether the
    /// list is complete.
    #[must_use]
    pub fn related_over(
        &self,
        relation: RelationId,
        of: Dossier<'a>,
        first: i32,
        last: i32,
    ) -> (Vec<Member<'a>>, bool) {
        let Some(edges) = of.frame.edges(relation) else { return (Vec::new(), false) };
        let complete = edges.complete.as_ref().is_none_or(|complete| complete.value(of.row));
        let kind = self.dated.reference.catalogue.relation_by_id(relation).entry.target;
        let rows = range(&edges.offsets, of.row).unwrap_or(0..0);
        let there = rows.filter(|edge| edges.since[*edge] <= last && first <= edges.until[*edge]);
        (there.filter_map(|edge| self.member(edges, edge, kind)).collect(), complete)
    }

    fn member(&self, edges: &'a Edges, edge: usize, kind: SubjectKind) -> Option<Member<'a>> {
        let target = edges.target[edge];
        let (frame, row) = self.world.of(kind).locate(target)?;
        let (since, until) = (edges.since[edge], edges.until[edge]);
        Some(Member { dossier: Dossier { frame, row }, target, since, until })
    }

    /// Some member with `wanted` settles the question for `wanted`.
    fn each(&self, relation: RelationId, body: NodeId, at: &At<'a>, wanted: Tri) -> Tri {
        let (members, complete) = self.related(relation, at.subject);
        let mut value = if complete { !wanted } else { Tri::Unknown };
        for member in members {
            let inner = At { member: Some(member), ..*at };
            match self.node(body, &inner, Manual::Open) {
                decided if decided == wanted => return wanted,
                Tri::Unknown => value = Tri::Unknown,
                _ => {}
            }
        }
        value
    }

    fn count_members(
        &self,
        relation: RelationId,
        filter: Option<NodeId>,
        at: &At<'a>,
    ) -> Option<Number> {
        let (members, complete) = self.related(relation, at.subject);
        if !complete {
            return None;
        }
        let mut count = 0;
        for member in members {
            let inner = At { member: Some(member), ..*at };
            let passes = filter.map_or(Tri::True, |body| self.node(body, &inner, Manual::Open));
            count += i64::from(passes.known()?);
        }
        Some(Number::whole(count))
    }
}

fn settled(found: bool, complete: bool) -> Tri {
    match (found, complete) {
        (true, _) => Tri::True,
        (false, true) => Tri::False,
        (false, false) => Tri::Unknown,
    }
}

fn whole_days(days: i32) -> Option<Number> {
    Some(Number::whole(i64::from(days)))
}

/// The slots of a row in a list column.
fn range(offsets: &arrow_buffer::OffsetBuffer<i32>, row: usize) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(*offsets.get(row)?).ok()?;
    let end = usize::try_from(*offsets.get(row + 1)?).ok()?;
    Some(start..end)
}
