//! What facts and relations say over a stretch: each row is there on all of
//! its days, on some, or on none; and a list that is complete on the first
//! day may have lost that by the last, or the other way round.

use crate::{
    catalogue::RelationId,
    domain::{Number, Tri},
    frame::Facts,
    rules::{
        ir::{FieldRef, Mask, NodeId, Span},
        scalar::{At, Manual, Member},
    },
};

use super::{numbers::same_or, prospect::Prospect, range::Range, truths::Truths};

/// On which days of the stretch something is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Sometimes,
    Never,
}

/// The facts of a dossier, with the windows of the first and the last day.
struct Listed<'a> {
    facts: &'a Facts,
    rows: std::ops::Range<usize>,
    /// First day of the window on the first and on the last day; open where absent.
    starts: Option<(i32, i32)>,
    complete: When,
}

impl<'a> Prospect<'a> {
    fn listed(
        &self,
        field: FieldRef,
        mask: &Mask,
        starts: Option<(i32, i32)>,
        at: &At<'a>,
    ) -> Option<Listed<'a>> {
        let (facts, rows, early) = self.early.facts(field, at)?;
        let (.., late) = self.late.facts(field, at)?;
        let covers = |start: Option<i32>| self.early.dated.covers(field.field, mask, start);
        // Periods end as time passes; windows move into what registers cover.
        let complete = if !early || !covers(starts.map(|(_, last)| last)) {
            When::Never
        } else if late && covers(starts.map(|(first, _)| first)) {
            When::Always
        } else {
            When::Sometimes
        };
        Some(Listed { facts, rows, starts, complete })
    }

    /// When a fact lies in the window.
    fn in_window(&self, listed: &Listed<'a>, row: usize, mask: &Mask) -> When {
        let facts = listed.facts;
        let (from, to) = (facts.from[row], facts.to[row]);
        let (first, last) = listed.starts.unwrap_or((i32::MIN, i32::MIN));
        if !mask.contains(facts.code[row]) || from > self.late.dated.today || to < first {
            When::Never
        } else if from <= self.early.dated.today && to >= last {
            When::Always
        } else {
            When::Sometimes
        }
    }

    fn starts(&self, span: Option<Span>) -> Option<(i32, i32)> {
        let (first, last) = (self.stretch.first, self.stretch.last);
        span.map(|span| (self.days.start(span, first), self.days.start(span, last)))
    }

    pub(super) fn holds(&self, field: FieldRef, mask: &Mask, at: &At<'a>) -> Truths {
        let today = (self.early.dated.today, self.late.dated.today);
        // A fact that holds on a day lies in the window that the day alone makes.
        self.found(self.listed(field, mask, Some(today), at), mask)
    }

    pub(super) fn had(
        &self,
        field: FieldRef,
        mask: &Mask,
        span: Option<Span>,
        at: &At<'a>,
    ) -> Truths {
        self.found(self.listed(field, mask, self.starts(span), at), mask)
    }

    fn found(&self, listed: Option<Listed<'a>>, mask: &Mask) -> Truths {
        let Some(listed) = listed else { return Truths::only(Tri::Unknown) };
        let mut found = When::Never;
        for row in listed.rows.clone() {
            match self.in_window(&listed, row, mask) {
                When::Always => return Truths::only(Tri::True),
                When::Sometimes => found = When::Sometimes,
                When::Never => {}
            }
        }
        let absent = match listed.complete {
            When::Always => Truths::only(Tri::False),
            When::Never => Truths::only(Tri::Unknown),
            When::Sometimes => Truths::only(Tri::False).or_else(Truths::only(Tri::Unknown)),
        };
        match found {
            When::Sometimes => absent.or_else(Truths::only(Tri::True)),
            _ => absent,
        }
    }

    pub(super) fn count_facts(
        &self,
        field: FieldRef,
        mask: &Mask,
        span: Option<Span>,
        at: &At<'a>,
    ) -> Range {
        let listed = self.listed(field, mask, self.starts(span), at);
        let Some(listed) = listed.filter(|listed| listed.complete != When::Never) else {
            return Range::Same(None);
        };
        let (mut low, mut high) = (0, 0);
        for row in listed.rows.clone() {
            let when = self.in_window(&listed, row, mask);
            low += i64::from(when == When::Always);
            high += i64::from(when != When::Never);
        }
        same_or(low, high, listed.complete == When::Sometimes)
    }

    pub(super) fn sum_facts(
        &self,
        field: FieldRef,
        mask: &Mask,
        span: Option<Span>,
        at: &At<'a>,
    ) -> Range {
        let listed = self.listed(field, mask, self.starts(span), at);
        let Some(listed) = listed.filter(|listed| listed.complete != When::Never) else {
            return Range::Same(None);
        };
        let mut gaps = listed.complete == When::Sometimes;
        let (mut low, mut high, mut steps) = (0_i64, 0_i64, false);
        for row in listed.rows.clone() {
            let amount = listed.facts.amount[row];
            match self.in_window(&listed, row, mask) {
                When::Never => {}
                When::Always if amount == i64::MIN => return Range::Same(None),
                When::Sometimes if amount == i64::MIN => gaps = true,
                when => {
                    steps |= when == When::Sometimes;
                    let (down, up) = match when {
                        When::Always => (amount, amount),
                        _ => (amount.min(0), amount.max(0)),
                    };
                    let moved = low.checked_add(down).zip(high.checked_add(up));
                    let Some(moved) = moved else { return Range::Any };
                    (low, high) = moved;
                }
            }
        }
        if gaps || steps {
            return Range::whole(low, high, gaps);
        }
        Range::Same(Some(Number::whole(low)))
    }

    /// The members that are there on some day, with what a body can be for
    /// each, absence read as `absent`; and whether the list is complete.
    fn bodies(
        &self,
        relation: RelationId,
        body: Option<NodeId>,
        at: &At<'a>,
        absent: Tri,
    ) -> (Vec<Truths>, bool) {
        let (first, last) = (self.early.dated.today, self.late.dated.today);
        let (members, complete) = self.early.related_over(relation, at.subject, first, last);
        let truths = |member: Member<'a>| {
            let inner = At { member: Some(member), ..*at };
            let truths =
                body.map_or(Truths::only(Tri::True), |body| self.node(body, &inner, Manual::Open));
            let always = member.since <= first && last <= member.until;
            if always { truths } else { truths.or_else(Truths::only(absent)) }
        };
        (members.into_iter().map(truths).collect(), complete)
    }

    /// Some member with `wanted` settles the question for `wanted`.
    pub(super) fn each(
        &self,
        relation: RelationId,
        body: NodeId,
        at: &At<'a>,
        wanted: Tri,
    ) -> Truths {
        let (bodies, complete) = self.bodies(relation, Some(body), at, !wanted);
        let start = Truths::only(if complete { !wanted } else { Tri::Unknown });
        bodies.into_iter().fold(start, |truths, body| match wanted {
            Tri::True => truths.or(body),
            _ => truths.and(body),
        })
    }

    pub(super) fn count_members(
        &self,
        relation: RelationId,
        filter: Option<NodeId>,
        at: &At<'a>,
    ) -> Range {
        let (bodies, complete) = self.bodies(relation, filter, at, Tri::False);
        if !complete {
            return Range::Same(None);
        }
        let (mut low, mut high, mut gaps) = (0, 0, false);
        for body in bodies {
            match body.certain() {
                Some(Tri::Unknown) => return Range::Same(None),
                _ => gaps |= body.may(Tri::Unknown),
            }
            low += i64::from(body == Truths::only(Tri::True));
            high += i64::from(body.may(Tri::True));
        }
        same_or(low, high, gaps)
    }
}
