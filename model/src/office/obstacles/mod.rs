//! What stands in the way (堵点): conditions that alone keep subjects from a
//! policy, data that are missing, and clauses that only a person can judge.
//!
//! A condition blocks a subject *alone* when every other one holds or is left
//! to a person, and *perhaps* when no other one fails but some are unknown.

mod report;

pub use self::report::{Obstacle, ObstacleKind, ObstacleList, Status, list};

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    domain::{SubjectKind, Tri},
    frame::World,
    matching::{Amount, Matcher, Memo, Missing, Selected, Suppressor, Unit, granted, units},
    office::{coverage::Sum, reach::number, rowset::Rowset},
    rules::{
        columnar::{Engine, Rows, bits::Bits, block::Block},
        dated::Dated,
        ir::NodeId,
        scalar::{At, Dossier, Manual},
    },
};

/// What one condition of a policy keeps away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Blocked {
    /// Subjects, or units, for whom only this condition fails and no other is open.
    pub alone: u64,
    /// Only this one fails, others are unknown.
    pub perhaps: u64,
    /// Everything else holds, and only this clause is left to a person.
    pub judged: u64,
}

/// What one missing datum keeps undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gap {
    /// Pairs of subject (or unit) and policy that it alone would settle.
    pub alone: u64,
    /// Their sums.
    pub sum: Sum,
    /// Pairs for which it is needed beside other data.
    pub together: u64,
}

/// Everything found for one kind.
#[derive(Debug, Clone, Default)]
pub struct Obstacles {
    /// By policy (position in the program) and condition of the file.
    pub blocked: BTreeMap<usize, Vec<Blocked>>,
    /// By missing datum and policy.
    pub gaps: BTreeMap<(Missing, usize), Gap>,
}

impl Obstacles {
    fn join(mut self, other: Obstacles) -> Obstacles {
        for (policy, blocked) in other.blocked {
            let own = self
                .blocked
                .entry(policy)
                .or_insert_with(|| vec![Blocked::default(); blocked.len()]);
            for (own, other) in own.iter_mut().zip(blocked) {
                own.alone += other.alone;
                own.perhaps += other.perhaps;
                own.judged += other.judged;
            }
        }
        for (key, gap) in other.gaps {
            let own = self.gaps.entry(key).or_default();
            own.alone += gap.alone;
            own.together += gap.together;
            own.sum.join(&gap.sum);
        }
        self
    }
}

/// Looks for obstacles of the policies that are for the kind, among the rows.
#[must_use]
pub fn obstacles<'a>(
    dated: &'a Dated<'a>,
    world: &'a World,
    kind: SubjectKind,
    selected: &[Selected<'a>],
    rows: &Rowset,
) -> Obstacles {
    let own: Vec<Selected<'a>> =
        selected.iter().copied().filter(|one| one.policy.file.audience == kind).collect();
    let looks: Vec<Look<'a>> = own.iter().map(|selected| Look::new(dated, selected)).collect();
    let nodes = looks.iter().flat_map(|look| look.conditions.iter().map(|(_, node)| *node));
    let roots = own.iter().map(|selected| selected.policy.root).chain(nodes).collect();
    let engine = Engine::new(dated, world, kind, roots);
    let matcher = Matcher::new(dated, world);
    let blocks: Vec<Rows<'a>> =
        engine.blocks().into_iter().filter(|block| !rows.block(number(block)).is_empty()).collect();
    let visit = |scan: &mut Scan, rows_of: &Rows<'a>, block: &mut Block<'_, 'a>| {
        let wanted = rows.block(number(rows_of));
        for look in &looks {
            look.conditions_of(&matcher, rows_of, block, &wanted, &mut scan.found);
            look.gaps_of(&matcher, rows_of, block, &wanted, scan);
        }
        scan.settle();
    };
    let join = |a: Scan, b: Scan| Scan { found: a.found.join(b.found), ..a };
    engine.scan(&blocks, Scan::default, visit, join).found
}

/// What one thread has found.
#[derive(Default)]
struct Scan {
    found: Obstacles,
    memo: Memo,
    /// Missing sets of the block, by policy and by the address at which the
    /// memo holds them: thousands of rows share a few.
    sets: FxHashMap<(usize, usize), Shared>,
}

/// A missing set, how many pairs wait for it, and what they come to.
type Shared = (Arc<[Missing]>, u64, Sum);

impl Scan {
    /// A pair that waits for some data; with a sum where it is one alone.
    fn add(&mut self, policy: usize, missing: Arc<[Missing]>, sum: Option<Amount>) {
        // The set is held until the block is settled: no other gets its address.
        let address = missing.as_ptr() as usize;
        let entry = self.sets.entry((policy, address));
        let (_, pairs, sums) = entry.or_insert_with(|| (missing, 0, Sum::default()));
        *pairs += 1;
        if let Some(sum) = sum {
            sums.add(sum);
        }
    }

    /// Counts the sets of a block by the data they consist of.
    fn settle(&mut self) {
        for ((policy, _), (missing, pairs, sums)) in self.sets.drain() {
            for item in missing.iter() {
                let gap = self.found.gaps.entry((item.clone(), policy)).or_default();
                if missing.len() == 1 {
                    gap.alone += pairs;
                    gap.sum.join(&sums);
                } else {
                    gap.together += pairs;
                }
            }
        }
    }
}

/// One policy with what is looked up once.
struct Look<'a> {
    selected: Selected<'a>,
    suppressor: Suppressor,
    /// Position in the file and node, cheap ones first.
    conditions: Vec<(usize, NodeId)>,
}

/// Rows of a block by how many conditions fail, are unknown, are left open.
struct Marks {
    need: Bits,
    once: Bits,
    more: Bits,
    unsure: Bits,
    open_once: Bits,
    open_more: Bits,
}

impl<'a> Look<'a> {
    fn new(dated: &Dated<'_>, selected: &Selected<'a>) -> Look<'a> {
        let graph = &dated.program.graph;
        let nodes = selected.policy.conditions.iter().map(|condition| condition.node);
        let mut conditions: Vec<(usize, NodeId)> = nodes.enumerate().collect();
        conditions.sort_by_key(|(position, node)| (graph.cost(*node), *position));
        let file = &selected.policy.file;
        let suppressor = Suppressor::new(dated.program, dated.reference, file);
        Look { selected: *selected, suppressor, conditions }
    }

    fn blocked<'f>(&self, found: &'f mut Obstacles) -> &'f mut Vec<Blocked> {
        let conditions = self.selected.policy.conditions.len();
        let empty = || vec![Blocked::default(); conditions];
        found.blocked.entry(self.selected.index).or_insert_with(empty)
    }

    /// Conditions that fail, or are left to a person, alone.
    fn conditions_of(
        &self,
        matcher: &Matcher<'a>,
        rows: &Rows<'a>,
        block: &mut Block<'_, 'a>,
        wanted: &Bits,
        found: &mut Obstacles,
    ) {
        let graph = &matcher.scalar.dated.program.graph;
        let none = Bits::NONE;
        let mut marks = Marks {
            need: *wanted,
            once: none,
            more: none,
            unsure: none,
            open_once: none,
            open_more: none,
        };
        let mut parts = Vec::with_capacity(self.conditions.len());
        for (position, node) in &self.conditions {
            let met = block.truths(*node, Manual::Met, &marks.need);
            let open = graph.has_manual(*node).then(|| {
                let sure = block.truths(*node, Manual::Open, &marks.need).yes;
                met.yes.zip(&sure, |met, sure| met & !sure)
            });
            marks.add(&met.yes, &met.no, open.as_ref());
            if marks.need.is_empty() {
                return;
            }
            parts.push((*position, met.no, open));
        }
        if self.selected.policy.unit.is_some() {
            self.conditions_of_units(matcher, rows, &marks.need, found);
            return;
        }
        let blocked = self.blocked(found);
        for (position, no, open) in parts {
            let Some(blocked) = blocked.get_mut(position) else { continue };
            let sole = no.zip(&marks.once, |no, once| no & once);
            blocked.alone += sole.zip(&marks.unsure, |sole, unsure| sole & !unsure).count();
            blocked.perhaps += sole.zip(&marks.unsure, |sole, unsure| sole & unsure).count();
            if let Some(open) = open {
                let left = open.zip(&marks.open_once, |open, once| open & once);
                let left = left.zip(&marks.once, |left, failed| left & !failed);
                let left = left.zip(&marks.need, |left, need| left & need);
                blocked.judged += left.zip(&marks.unsure, |left, unsure| left & !unsure).count();
            }
        }
    }

    /// The same unit by unit, with the specification.
    fn conditions_of_units(
        &self,
        matcher: &Matcher<'a>,
        rows: &Rows<'a>,
        need: &Bits,
        found: &mut Obstacles,
    ) {
        let policy = self.selected.policy;
        let scalar = &matcher.scalar;
        for row in need.rows() {
            let subject = Dossier { frame: rows.frame, row: rows.start + row };
            for unit in units(scalar, policy, subject) {
                let Unit::Member(_) = unit else { continue };
                let at = unit.at(subject);
                let truth = |node: NodeId, manual| scalar.node(node, &at, manual);
                let met: Vec<Tri> =
                    policy.conditions.iter().map(|one| truth(one.node, Manual::Met)).collect();
                let failing: Vec<usize> =
                    (0..met.len()).filter(|place| met[*place] == Tri::False).collect();
                let unsure = met.contains(&Tri::Unknown);
                let blocked = self.blocked(found);
                if let [only] = failing.as_slice() {
                    blocked[*only].alone += u64::from(!unsure);
                    blocked[*only].perhaps += u64::from(unsure);
                } else if failing.is_empty() && !unsure {
                    let open: Vec<usize> = (0..met.len())
                        .filter(|place| {
                            truth(policy.conditions[*place].node, Manual::Open) != Tri::True
                        })
                        .collect();
                    if let [only] = open.as_slice() {
                        blocked[*only].judged += 1;
                    }
                }
            }
        }
    }

    /// Data that are missing.
    fn gaps_of(
        &self,
        matcher: &Matcher<'a>,
        rows: &Rows<'a>,
        block: &mut Block<'_, 'a>,
        wanted: &Bits,
        scan: &mut Scan,
    ) {
        let policy = self.selected.policy;
        let Some(verdicts) = block.verdicts(policy.root) else { return };
        let open = if policy.unit.is_some() { verdicts.possible() } else { verdicts.unknown };
        let open = open.zip(wanted, |open, wanted| open & wanted);
        let scalar = &matcher.scalar;
        for row in open.rows() {
            let subject = Dossier { frame: rows.frame, row: rows.start + row };
            for unit in units(scalar, policy, subject) {
                let at = unit.at(subject);
                let unseen = matches!(unit, Unit::Unseen);
                if !unseen && policy.unit.is_some() && !undecided(matcher, policy.root, &at) {
                    continue;
                }
                if self.suppressor.settled(scalar, &at).is_some() {
                    continue;
                }
                let missing = matcher.missing_of(&self.selected, &unit, &at, &mut scan.memo);
                let sum = match missing.as_ref() {
                    [_] if unseen => Some(Amount::Unknown),
                    [_] => Some(granted(scalar, policy, &at).1),
                    _ => None,
                };
                scan.add(self.selected.index, missing, sum);
            }
        }
    }
}

fn undecided<'a>(matcher: &Matcher<'a>, root: NodeId, at: &At<'a>) -> bool {
    matcher.scalar.node(root, at, Manual::Met) == Tri::Unknown
}

impl Marks {
    fn add(&mut self, yes: &Bits, no: &Bits, open: Option<&Bits>) {
        self.more = self.more.zip(&self.once.zip(no, |once, no| once & no), |a, b| a | b);
        self.once = self.once.zip(no, |once, no| once | no);
        self.once = self.once.zip(&self.more, |once, more| once & !more);
        self.need = self.need.zip(&self.more, |need, more| need & !more);
        let decided = yes.zip(no, |yes, no| yes | no);
        let unsure = self.need.zip(&decided, |need, decided| need & !decided);
        self.unsure = self.unsure.zip(&unsure, |a, b| a | b);
        if let Some(open) = open {
            let twice = self.open_once.zip(open, |once, open| once & open);
            self.open_more = self.open_more.zip(&twice, |a, b| a | b);
            self.open_once = self.open_once.zip(open, |once, open| once | open);
            self.open_once = self.open_once.zip(&self.open_more, |once, more| once & !more);
        }
    }
}
