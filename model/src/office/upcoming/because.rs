//! Why a state changes: the version, the window, the unit, or the conditions
//! of the file whose truth is another than the day before.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    domain::{SubjectKey, Tri},
    frame::World,
    policy::cases::Verdict,
    rules::{
        ir::NodeId,
        program::{Compiled, Policy},
        scalar::{At, Dossier, Manual, Scalar},
    },
};

use super::{
    change::{Cause, State},
    days::Days,
    trend::fields,
};

/// By day: the conditions that read a datum whose period ended the day before.
pub(super) type Ended = FxHashMap<usize, FxHashSet<NodeId>>;

/// Finds out where periods end, for the policies chosen.
pub(super) fn ended(days: &Days<'_>, chosen: &[usize]) -> Ended {
    let program = days.on(0).program;
    let mut conditions: FxHashMap<NodeId, FxHashSet<crate::catalogue::FieldId>> =
        FxHashMap::default();
    for policy in chosen.iter().filter_map(|index| program.policies.get(*index)) {
        for condition in policy.all_conditions() {
            conditions.entry(condition.node).or_insert_with(|| {
                let mut read = FxHashSet::default();
                fields(&program.graph, condition.node, &mut read);
                read
            });
        }
    }
    let mut ended = Ended::default();
    for day in 1..=days.all().last {
        let (before, after) = (days.on(day - 1), days.on(day));
        if before.current == after.current {
            continue;
        }
        let gone = |field| before.is_current(field) && !after.is_current(field);
        let reads = conditions.iter().filter(|(_, read)| read.iter().any(|field| gone(*field)));
        ended.insert(day, reads.map(|(node, _)| *node).collect());
    }
    ended
}

/// A change to be explained.
#[derive(Clone, Copy)]
pub(super) struct Step<'p, 'a> {
    pub(super) policy: &'p Policy,
    pub(super) subject: Dossier<'a>,
    pub(super) unit: Option<SubjectKey>,
    pub(super) day: usize,
    pub(super) from: State,
    pub(super) to: State,
}

/// Why, and whether the end of a period makes it unknown.
pub(super) fn because<'a>(
    days: &'a Days<'a>,
    world: &'a World,
    ended: &Ended,
    step: &Step<'_, 'a>,
) -> (Vec<Cause>, bool) {
    let mut causes = Vec::new();
    let (from, to) = (step.from, step.to);
    if (from == State::NotInForce) != (to == State::NotInForce) {
        causes.push(Cause::Version);
    } else if (from == State::Absent) != (to == State::Absent) {
        causes.push(Cause::Unit);
    }
    let (Some(before), Some(after)) = (from.verdict(), to.verdict()) else {
        return (causes, false);
    };
    if from.window() != to.window() {
        causes.push(Cause::Window);
    }
    if before == after {
        return (causes, false);
    }
    let sides = [step.day - 1, step.day].map(|day| {
        let scalar = Scalar::new(days.on(day), world);
        at(&scalar, step).map(|at| (scalar, at))
    });
    let [Some(before), Some(after)] = sides else { return (causes, false) };
    let mut compare = Compare { before, after, position: 0, causes, nodes: Vec::new() };
    compare.visit(&step.policy.conditions, true);
    let reads = ended.get(&step.day);
    let lost = |node: &NodeId| reads.is_some_and(|reads| reads.contains(node));
    let data_ends = to.verdict() == Some(Verdict::Unknown) && compare.nodes.iter().any(lost);
    (compare.causes, data_ends)
}

/// Whom the names of the rule stand for on a day.
fn at<'a>(scalar: &Scalar<'a>, step: &Step<'_, 'a>) -> Option<At<'a>> {
    let subject = step.subject;
    // Of a unit that nobody can see only the subject's conditions speak.
    let Some((relation, key)) = step.policy.unit.zip(step.unit) else {
        return Some(At { subject, unit: None, member: None });
    };
    let (members, _) = scalar.related(relation, subject);
    let unit =
        members.into_iter().find(|member| member.dossier.frame.key(member.dossier.row) == key)?;
    Some(At { subject, unit: Some(unit), member: None })
}

/// Compares conditions on two days.
struct Compare<'a> {
    before: (Scalar<'a>, At<'a>),
    after: (Scalar<'a>, At<'a>),
    position: u16,
    causes: Vec<Cause>,
    /// Conditions that have become unknown.
    nodes: Vec<NodeId>,
}

impl Compare<'_> {
    /// Groups are opened where they differ themselves.
    fn visit(&mut self, conditions: &[Compiled], asked: bool) {
        for condition in conditions {
            let position = self.position;
            self.position += 1;
            let (before, after) = match asked {
                true => self.truths(condition.node),
                false => (Tri::Unknown, Tri::Unknown),
            };
            let members = condition.kind.members();
            if before != after && members.is_empty() {
                self.causes.push(Cause::Condition { position, before, after });
                if after == Tri::Unknown {
                    self.nodes.push(condition.node);
                }
            }
            self.visit(members, before != after);
        }
    }

    /// The truth on both days: with clauses that a person judges left open,
    /// and where that is the same, with them met.
    fn truths(&self, node: NodeId) -> (Tri, Tri) {
        let read = |manual| {
            let of = |(scalar, at): &(Scalar<'_>, At<'_>)| truth(scalar, at, node, manual);
            (of(&self.before), of(&self.after))
        };
        let open = read(Manual::Open);
        let graph = &self.before.0.dated.program.graph;
        if open.0 != open.1 || !graph.has_manual(node) { open } else { read(Manual::Met) }
    }
}

fn truth<'a>(scalar: &Scalar<'a>, at: &At<'a>, node: NodeId, manual: Manual) -> Tri {
    scalar.node(node, at, manual)
}
