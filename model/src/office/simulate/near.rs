//! Who stands near a threshold: the rows that a curve is drawn from.

use crate::{
    frame::World,
    matching::Selected,
    office::{
        population::Population,
        rowset::Rowset,
        simulate::{
            ChangeError, TrialError,
            baseline::{Baseline, Part, parts},
            change::{read, threshold_of},
            curve::{Measured, Scale, values},
            threshold,
        },
    },
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        dated::Dated,
        ir::{Atom, Graph, Node, NodeId, Num, NumId, Op},
        program::{CompiledKind, Program},
    },
};

/// A threshold of a policy with everybody's measure.
#[derive(Debug)]
pub struct Near {
    /// Id of the condition.
    pub condition: String,
    /// The rule's measure, as written.
    pub measure: String,
    /// The literal, as written.
    pub written: String,
    /// The threshold as stored.
    pub threshold: i64,
    /// How stored values are scaled.
    pub scale: Scale,
    /// Whether they are sums of money, or days.
    pub kind: Kind,
    /// What the curve is drawn from.
    pub measured: Measured,
}

/// What a stored value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// Fen.
    Money,
    /// Days since 1970-01-01.
    Day,
}

/// Measures everybody in `rows` against a threshold of the policy
/// (`income`, `income#2`).
///
/// # Errors
/// [`TrialError`] where the policy has no such threshold.
#[expect(clippy::too_many_arguments, reason = "the world, the policy and what is asked of them")]
pub fn near(
    before: &Dated<'_>,
    world: &World,
    population: &Population,
    selected: &Selected<'_>,
    baseline: &Baseline,
    text: &str,
    place: &str,
    rows: &Rowset,
) -> Result<Near, TrialError> {
    let (id, number) = threshold_of(place);
    let policy = selected.policy;
    let known = || {
        let ids = policy.conditions.iter().map(|one| format!("`{}`", one.id));
        ids.collect::<Vec<_>>().join(", ")
    };
    // A member of a group moves the truth of its group.
    let top = policy.conditions.iter().find(|one| holds_id(one, &id));
    let top = top.ok_or_else(|| ChangeError::NoCondition { id: id.clone(), known: known() })?;
    let when = rule_of(top, &id).unwrap_or_default().to_owned();
    let chosen = &numbered(&when, &id, number)?;
    let program = Decided::compile(text, &id, chosen, &when, before.reference)?;
    let dated = Dated::new(&program.program, before.reference, before.as_of, before.known_at);
    let rest = others(baseline, &top.id, rows);
    let wanted = program.nodes(&top.id);
    let cut = parts(&dated, world, population, &wanted, &rest);
    let [holds, fails] = cut.as_slice() else {
        return Err(ChangeError::File("its condition cannot be decided".to_owned()).into());
    };
    let always = holds.sure().and(fails.sure());
    let only = |this: &Part| this.sure().without(&always).and(&rest);
    let scale = program.scale;
    let measure = |set: &Rowset| values(&dated, world, population, program.measure, scale, set);
    let (held, unknown_held) = measure(&only(holds));
    let (failed, unknown_failed) = measure(&only(fails));
    Ok(Near {
        condition: id,
        measure: chosen.measure.clone(),
        written: chosen.written.clone(),
        threshold: program.threshold,
        scale,
        kind: Kind::of(chosen),
        measured: Measured {
            always: always.and(&rest).count(),
            holds: held,
            fails: failed,
            unmeasured: unknown_held + unknown_failed,
            op: chosen.op,
        },
    })
}

/// A threshold of a rule by its number.
fn numbered(when: &str, id: &str, number: usize) -> Result<threshold::Threshold, ChangeError> {
    let found = threshold::of(when);
    let chosen = number.checked_sub(1).and_then(|place| found.get(place)).cloned();
    chosen.ok_or_else(|| ChangeError::NoThreshold {
        id: id.to_owned(),
        number,
        count: found.len(),
        hint: "name one that the rule has".to_owned(),
    })
}

impl Kind {
    fn of(threshold: &threshold::Threshold) -> Kind {
        if threshold.is_money() {
            Kind::Money
        } else if threshold.is_date() {
            Kind::Day
        } else {
            Kind::Number
        }
    }
}

fn holds_id(condition: &crate::rules::program::Compiled, id: &str) -> bool {
    condition.id == id || condition.kind.members().iter().any(|member| holds_id(member, id))
}

fn rule_of<'c>(condition: &'c crate::rules::program::Compiled, id: &str) -> Option<&'c str> {
    match &condition.kind {
        CompiledKind::When(text) if condition.id == id => Some(text),
        kind => kind.members().iter().find_map(|member| rule_of(member, id)),
    }
}

/// Rows for which every other condition certainly holds.
fn others(baseline: &Baseline, id: &str, rows: &Rowset) -> Rowset {
    let others = baseline.parts.iter().filter(|part| part.id != id);
    others.fold(rows.clone(), |rest, part| rest.and(part.sure()))
}

/// The policy twice, with the comparison true and false, and the measure.
struct Decided {
    program: Program,
    measure: NumId,
    threshold: i64,
    scale: Scale,
}

impl Decided {
    fn compile(
        text: &str,
        id: &str,
        chosen: &threshold::Threshold,
        when: &str,
        reference: &Reference,
    ) -> Result<Decided, TrialError> {
        let file = read(text)?;
        let sources = [true, false].map(|holds| {
            let mut file = file.clone();
            super::change::rewrite(&mut file, id, &chosen.decided(when, holds));
            if let Some(map) = file.as_object_mut() {
                let version = if holds { "1 holds" } else { "2 fails" };
                map.insert("version".to_owned(), version.into());
            }
            crate::rules::program::Source { name: "the curve".to_owned(), text: file.to_string() }
        });
        let (mut program, found) = Program::compile(&sources, reference);
        if program.policies.len() != 2 {
            return Err(TrialError::Findings(found));
        }
        let wrong = || ChangeError::BadValue {
            value: chosen.written.clone(),
            written: chosen.measure.clone(),
            hint: "this comparison has no values in between",
        };
        let policy = &program.policies[0];
        let relation = policy.unit.map(|unit| reference.catalogue.relation_by_id(unit));
        let audience = Audience { subject: policy.file.audience, unit: relation };
        let comparison = format!("({}) {} {}", chosen.measure, chosen.op.symbol(), chosen.written);
        let checker =
            Checker::new(reference.lookup(), audience, &mut program.graph, &mut program.manuals);
        let node = checker.condition(&comparison).map_err(|_| wrong())?;
        let (measure, literal) = sides(&program.graph, node).ok_or_else(wrong)?;
        let scale = if literal.1 == 1 && !decimal(&program.graph, measure) {
            Scale::Whole
        } else {
            Scale::Millionths
        };
        let number = crate::domain::Number::ratio(literal.0, literal.1).ok_or_else(wrong)?;
        let threshold = scale.halves(number).ok_or_else(wrong)?.div_euclid(2);
        Ok(Decided { program, measure, threshold, scale })
    }

    /// The condition with the comparison true, and with it false.
    fn nodes(&self, id: &str) -> Vec<(String, NodeId)> {
        let conditions = self.program.policies.iter().filter_map(|policy| {
            let one = policy.conditions.iter().find(|one| one.id == id)?;
            Some((one.id.clone(), one.node))
        });
        conditions.collect()
    }
}

/// The number on the left of a comparison with a literal.
fn sides(graph: &Graph, node: NodeId) -> Option<(NumId, (i128, i128))> {
    let Node::Atom(atom) = graph.node(node) else { return None };
    let Atom::Compare(_, left, right) = graph.atom(*atom) else { return None };
    match (graph.num(*left), graph.num(*right)) {
        (_, Num::Literal(num, den)) => Some((*left, (*num, *den))),
        (Num::Literal(num, den), _) => Some((*right, (*num, *den))),
        _ => None,
    }
}

/// Whether a number can lie between whole ones.
fn decimal(graph: &Graph, num: NumId) -> bool {
    match graph.num(num) {
        Num::Decimal(_) | Num::Div(..) => true,
        Num::Literal(_, den) => *den != 1,
        Num::Param { decimal, .. } => *decimal,
        Num::Add(a, b) | Num::Sub(a, b) | Num::Mul(a, b) | Num::Min(a, b) | Num::Max(a, b) => {
            decimal(graph, *a) || decimal(graph, *b)
        }
        Num::Choose(_, a, b) => decimal(graph, *a) || decimal(graph, *b),
        _ => false,
    }
}

/// The comparison in Chinese: 不低于 and its kin.
pub(super) fn words(op: Op) -> &'static str {
    match op {
        Op::Equal => "等于",
        Op::NotEqual => "不等于",
        Op::Less => "低于",
        Op::AtMost => "不超过",
        Op::Greater => "超过",
        Op::AtLeast => "不低于",
    }
}
