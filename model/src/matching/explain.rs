//! Why: every condition with its words, the rule in Chinese, the data behind
//! it with source and date, and the result. Nothing is left out because an
//! earlier condition already decided.

use serde::Serialize;

use crate::{
    catalogue::types::FieldType,
    domain::{Reason, Tri},
    policy::cases::Verdict,
    rules::{
        dated::date_of,
        ir::{Atom, FieldRef, Node, NodeId, Scope},
        missing::{Question, fields_below, relations_below},
        program::{Compiled, CompiledKind},
        render::Render,
        scalar::{At, Manual, Scalar},
    },
};

use super::{
    amount::{Amount, amount},
    cell::format_cell,
    judge::{failing, verdict},
    outcome::{Missing, describe},
    select::{ClaimWindow, Selected},
    suppress::{Suppression, suppression},
};

/// A datum behind a condition.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// Name in the catalogue.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// The value as people write it; `None` when unknown.
    pub value: Option<String>,
    /// Why it is unknown.
    pub reason: Option<Reason>,
    /// Chinese name of the table it came from.
    pub source: String,
    /// Chinese name of the department that owns the table.
    pub department: String,
    /// When it was last confirmed, as 2026-01-31.
    pub observed: Option<String>,
}

/// One test inside a condition.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// The test in Chinese.
    pub text: String,
    /// Its result.
    pub result: Tri,
    /// The computed left side, where it is a number.
    pub computed: Option<String>,
}

/// One condition.
#[derive(Debug, Clone, Serialize)]
pub struct ConditionTrace {
    /// Its id.
    pub id: String,
    /// Article.
    pub article: Option<String>,
    /// The words of the policy.
    pub quote: Option<String>,
    /// The rule in Chinese; for a manual clause the question.
    pub rule: String,
    /// Whether a person judges it.
    pub manual: bool,
    /// Its result with manual clauses open.
    pub result: Tri,
    /// The tests it consists of.
    pub tests: Vec<Test>,
    /// The data behind it.
    pub evidence: Vec<Evidence>,
    /// Members of a group.
    pub members: Vec<ConditionTrace>,
}

/// Why a policy fits a subject or does not.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Document number.
    pub document: String,
    /// Issuer.
    pub issuer: String,
    /// The day judged.
    pub as_of: String,
    /// The data cut-off.
    pub known_at: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Its Chinese words.
    pub verdict_label: &'static str,
    /// What is granted; none to whom the data speak against.
    pub amount: Amount,
    /// The sum in words, with 若符合 before it while the verdict is open.
    pub amount_words: Option<String>,
    /// The benefit in one sentence.
    pub benefit: String,
    /// Fewest missing data, for an unknown verdict.
    pub missing: Vec<Missing>,
    /// Ids of failing conditions.
    pub failing: Vec<String>,
    /// Claim window.
    pub window: ClaimWindow,
    /// Why a match is not shown.
    pub suppressed: Option<Suppression>,
    /// Every condition.
    pub conditions: Vec<ConditionTrace>,
    /// Facts of the policy file nobody has verified.
    pub unverified: Vec<String>,
    /// Who answers questions.
    pub contact: String,
}

/// Explains one policy for one subject or unit.
#[must_use]
pub fn explain<'a>(scalar: &Scalar<'a>, selected: &Selected<'a>, at: &At<'a>) -> Explanation {
    let policy = selected.policy;
    let file = &policy.file;
    let decided = verdict(scalar, policy, at);
    let missing = match decided {
        Verdict::Unknown => {
            let question = Question::new(*scalar, *at, policy.root);
            let items = question.fewest().unwrap_or_else(|| question.items());
            items.iter().map(|item| describe(scalar, file.audience, policy.unit, item)).collect()
        }
        _ => Vec::new(),
    };
    let render = Render::new(scalar.dated.program, scalar.dated.reference);
    let failing = failing(scalar, policy, at);
    let granted = amount(scalar, policy, at).beside(decided);
    Explanation {
        policy: policy.key.id.clone(),
        version: policy.key.version.clone(),
        title: file.title.clone(),
        document: file.document.number.clone(),
        issuer: file.document.issuer.clone(),
        as_of: scalar.dated.as_of.to_string(),
        known_at: scalar.dated.known_at.to_string(),
        verdict: decided,
        verdict_label: decided.label(),
        amount: granted,
        amount_words: granted.words(decided),
        benefit: file.benefit.summary.clone(),
        missing,
        failing: failing.into_iter().map(|condition| condition.id.clone()).collect(),
        window: selected.window,
        suppressed: suppression(scalar, file, selected.window, at),
        conditions: policy
            .conditions
            .iter()
            .map(|condition| trace(scalar, &render, condition, at))
            .collect(),
        unverified: file.unverified.clone(),
        contact: file.contact.department.clone(),
    }
}

fn trace<'a>(
    scalar: &Scalar<'a>,
    render: &Render<'_>,
    condition: &Compiled,
    at: &At<'a>,
) -> ConditionTrace {
    let members: Vec<ConditionTrace> =
        condition.kind.members().iter().map(|member| trace(scalar, render, member, at)).collect();
    let rule = match &condition.kind {
        CompiledKind::When(_) => render.node(condition.node),
        CompiledKind::Manual(question) => question.clone(),
        CompiledKind::Any(_) => "以下任一项成立".to_owned(),
        CompiledKind::All(_) => "以下各项同时成立".to_owned(),
        CompiledKind::AtLeast(count, of) => format!("以下{}项中至少{count}项成立", of.len()),
    };
    let leaf = members.is_empty();
    ConditionTrace {
        id: condition.id.clone(),
        article: condition.article.clone(),
        quote: condition.quote.clone(),
        rule,
        manual: matches!(condition.kind, CompiledKind::Manual(_)),
        result: scalar.node(condition.node, at, Manual::Open),
        tests: if leaf { tests(scalar, render, condition.node, at) } else { Vec::new() },
        evidence: if leaf { evidence(scalar, condition.node, at) } else { Vec::new() },
        members,
    }
}

/// The atoms of a condition that matter, in the order they stand in it.
fn tests<'a>(scalar: &Scalar<'a>, render: &Render<'_>, node: NodeId, at: &At<'a>) -> Vec<Test> {
    let graph = &scalar.dated.program.graph;
    let (mut found, mut stack) = (Vec::new(), vec![node]);
    while let Some(id) = stack.pop() {
        match graph.node(id) {
            Node::Const(_) | Node::Manual(_) => {}
            Node::Atom(atom) => {
                if !found.contains(atom) {
                    found.push(*atom);
                }
            }
            Node::Not(inner) => stack.push(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                stack.extend(parts.iter().rev());
            }
            // The branch that is not taken decides nothing.
            Node::Choose(condition, then, otherwise) => {
                let taken = scalar.node(*condition, at, Manual::Open);
                stack.extend((taken != Tri::True).then_some(*otherwise));
                stack.extend((taken != Tri::False).then_some(*then));
                stack.push(*condition);
            }
        }
    }
    found
        .into_iter()
        .map(|id| {
            let atom = graph.atom(id);
            let computed = match atom {
                Atom::Compare(_, left, _) => render.value(*left, scalar.num(*left, at)),
                _ => None,
            };
            Test { text: render.atom(atom), result: scalar.atom(id, at), computed }
        })
        .collect()
}

/// Every field and relation the node reads, with what stands there.
#[must_use]
pub fn evidence<'a>(scalar: &Scalar<'a>, node: NodeId, at: &At<'a>) -> Vec<Evidence> {
    let catalogue = &scalar.dated.reference.catalogue;
    let mut rows: Vec<Evidence> = fields_below(scalar, node)
        .into_iter()
        .filter(|field| field.scope != Scope::Member)
        .map(|field| field_evidence(scalar, field, at))
        .collect();
    for relation in relations_below(scalar, node) {
        let entry = &catalogue.relation_by_id(relation).entry;
        let (members, complete) = scalar.related(relation, at.subject);
        let table = catalogue.table(&entry.table);
        rows.push(Evidence {
            field: entry.name.clone(),
            label: entry.label.clone(),
            value: Some(format!("{}人", members.len())),
            reason: (!complete).then_some(Reason::NotCovered),
            source: table.map_or_else(String::new, |table| table.entry.label.clone()),
            department: table
                .and_then(|table| catalogue.department(&table.entry.owner))
                .map_or_else(String::new, |department| department.label.clone()),
            observed: None,
        });
    }
    rows
}

fn field_evidence<'a>(scalar: &Scalar<'a>, field: FieldRef, at: &At<'a>) -> Evidence {
    let catalogue = &scalar.dated.reference.catalogue;
    let entry = catalogue.by_id(field.field);
    let held = scalar.held(field, at);
    let reason = match held {
        Some(_) if !scalar.dated.is_current(field.field) => Reason::WrongPeriod,
        Some((column, row)) => column.reason(row),
        None => Reason::Missing,
    };
    let shown = reason == Reason::Known || entry.kind == FieldType::Facts;
    let value =
        held.filter(|_| shown).and_then(|(column, row)| format_cell(scalar, entry, column, row));
    let position = held
        .and_then(|(column, row)| column.source.as_ref()?.get(row).copied())
        .map_or(0, usize::from);
    let table = entry
        .sources
        .get(position)
        .or_else(|| entry.sources.first())
        .and_then(|source| catalogue.table(&source.table));
    Evidence {
        field: entry.name.clone(),
        label: entry.label.clone(),
        value,
        reason: (reason != Reason::Known).then_some(reason),
        source: table.map_or_else(String::new, |table| table.entry.label.clone()),
        department: table
            .and_then(|table| catalogue.department(&table.entry.owner))
            .map_or_else(String::new, |department| department.label.clone()),
        observed: held
            .and_then(|(column, row)| column.observed.as_ref()?.get(row).copied())
            .filter(|days| *days != i32::MIN)
            .and_then(date_of)
            .map(|day| day.to_string()),
    }
}
