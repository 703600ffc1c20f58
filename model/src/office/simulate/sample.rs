//! A few dossiers that a change moves, with nothing in them that names anybody:
//! the groups they are in, as far as enough others share them, and what each
//! touched condition says before and after.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    catalogue::{Field, types::FieldType},
    domain::{Number, Reason, Tri},
    frame::{Column, Values},
    matching::evidence,
    office::{
        disclosure::Protection,
        population::Layer,
        simulate::{Outcome, Question},
    },
    policy::cases::Verdict,
    rules::{
        dated::{Dated, date_of},
        ir::{NodeId, Scope},
        missing::fields_below,
        program::Compiled,
        render::{Render, money, plain},
        scalar::{At, Manual, Scalar},
    },
};

/// One condition of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampleCondition {
    /// Its id.
    pub id: String,
    /// The rule in Chinese before the change; absent for a new one.
    pub rule_before: Option<String>,
    /// Its result before.
    pub before: Option<Tri>,
    /// The rule after it; absent for one that is gone.
    pub rule_after: Option<String>,
    /// Its result after.
    pub after: Option<Tri>,
    /// The data behind it; where small counts are hidden, numbers are told in
    /// two digits and days by their year.
    pub data: Vec<String>,
}

/// One changed dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sample {
    /// The groups it is in, in Chinese.
    pub groups: Vec<String>,
    /// Verdict before.
    pub before: Verdict,
    /// Verdict after.
    pub after: Verdict,
    /// The conditions concerned.
    pub conditions: Vec<SampleCondition>,
}

/// Samples of the changed dossiers, chosen by their keys, which follow no
/// order anybody could know. None where too few are changed to be hidden
/// among each other.
pub(super) fn samples(
    question: &Question<'_>,
    outcome: &Outcome,
    protection: Option<Protection>,
    wanted: usize,
) -> Vec<Sample> {
    let smallest = protection.map_or(1, |protection| protection.smallest);
    if (outcome.moved.len() as u64) < smallest || outcome.unit.is_some() {
        return Vec::new();
    }
    let dossiers = question.world.of(question.population.kind);
    let key = |row: usize| {
        let found = dossiers.locate(u32::try_from(row).unwrap_or(u32::MAX));
        found.map(|(frame, row)| frame.key(row))
    };
    let mut chosen: Vec<&(usize, Verdict, Verdict)> = outcome.moved.iter().collect();
    if wanted < chosen.len() {
        chosen.select_nth_unstable_by_key(wanted, |(row, _, _)| key(*row));
        chosen.truncate(wanted);
    }
    chosen.sort_by_key(|(row, _, _)| key(*row));
    let told = chosen.into_iter().filter_map(|(row, before, after)| {
        let (frame, local) = dossiers.locate(u32::try_from(*row).ok()?)?;
        let at = At::subject(frame, local);
        Some(Sample {
            groups: groups(outcome, *row, smallest),
            before: *before,
            after: *after,
            conditions: conditions(question, outcome, protection, &at),
        })
    });
    told.collect()
}

/// The groups of a row that, taken together, enough changed rows share.
fn groups(outcome: &Outcome, row: usize, smallest: u64) -> Vec<String> {
    let mut alike: Vec<usize> = outcome.moved.iter().map(|(row, _, _)| *row).collect();
    let mut told = Vec::new();
    for layer in &outcome.layers {
        let Some(own) = layer.group(row) else { continue };
        let rest: Vec<usize> =
            alike.iter().copied().filter(|other| layer.group(*other) == Some(own)).collect();
        if rest.len() as u64 >= smallest {
            told.extend(name(layer, own));
            alike = rest;
        }
    }
    told
}

fn name(layer: &Layer, group: usize) -> Option<String> {
    let unknown = group + 1 == layer.groups.len();
    let label = layer.groups.get(group).map(|group| format!("{}：{}", layer.label, group.label));
    label.filter(|_| !unknown)
}

/// The conditions that the change touches, with their results.
fn conditions<'a>(
    question: &Question<'a>,
    outcome: &Outcome,
    protection: Option<Protection>,
    at: &At<'a>,
) -> Vec<SampleCondition> {
    let (before, after) = (question.before, question.after);
    let old = question.selected.policy.conditions.as_slice();
    let new = question.trial.policy().map(|policy| policy.conditions.as_slice());
    let new = new.unwrap_or_default();
    let gone = old.iter().filter(|one| !new.iter().any(|other| other.id == one.id));
    let ids = outcome.touched.iter().chain(gone.map(|one| &one.id));
    let find = |list: &'a [Compiled], id: &str| list.iter().find(|one| one.id == id);
    let ids: Vec<&String> = ids.collect();
    ids.into_iter()
        .map(|id| {
            let told = |list: &'a [Compiled], dated: &'a Dated<'a>| {
                let one = find(list, id)?;
                let render = Render::new(dated.program, dated.reference);
                let scalar = Scalar::new(dated, question.world);
                let data = data(&scalar, one.node, at, protection);
                Some((render.node(one.node), scalar.node(one.node, at, Manual::Open), data))
            };
            let (past, now) = (told(old, before), told(new, after));
            let latest = now.as_ref().or(past.as_ref());
            SampleCondition {
                id: id.clone(),
                rule_before: past.as_ref().map(|(rule, _, _)| rule.clone()),
                before: past.as_ref().map(|(_, result, _)| *result),
                rule_after: now.as_ref().map(|(rule, _, _)| rule.clone()),
                after: now.as_ref().map(|(_, result, _)| *result),
                data: latest.map(|(_, _, data)| data.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

/// The data a condition reads, in words.
fn data<'a>(
    scalar: &Scalar<'a>,
    node: NodeId,
    at: &At<'a>,
    protection: Option<Protection>,
) -> Vec<String> {
    if protection.is_none() {
        let told = evidence(scalar, node, at)
            .into_iter()
            .map(|one| format!("{}：{}", one.label, one.value.as_deref().unwrap_or("未知")));
        return told.collect();
    }
    let catalogue = &scalar.dated.reference.catalogue;
    let fields =
        fields_below(scalar, node).into_iter().filter(|field| field.scope == Scope::Subject);
    let told = fields.filter_map(|field| {
        let entry = catalogue.by_id(field.field);
        let (column, row) = scalar.held(field, at)?;
        let value = match column.reason(row) {
            Reason::Known => coarse(entry, column, row)?,
            reason => reason.label().to_owned(),
        };
        Some(format!("{}：{value}", entry.label))
    });
    told.collect()
}

/// A value that many share; nothing of texts, places and lists.
fn coarse(field: &Field, column: &Column, row: usize) -> Option<String> {
    match &column.values {
        Values::Bool(values) => Some(if values.value(row) { "是" } else { "否" }.to_owned()),
        Values::Code(values) => {
            let entry = field.codes.as_ref()?.entry(*values.get(row)?)?;
            Some(entry.label.clone())
        }
        Values::Date(values) => Some(format!("{}年", date_of(*values.get(row)?)?.year())),
        Values::Int(values) => {
            let value = two_digits(*values.get(row)?);
            Some(match field.kind {
                FieldType::Money => format!("约{}", money(value)),
                FieldType::Decimal => format!("约{}{}", plain(Number::decimal(value)), field.unit),
                _ => format!("约{value}{}", field.unit),
            })
        }
        Values::Place(_) | Values::Text { .. } | Values::Set { .. } | Values::Facts(_) => None,
    }
}

/// A number with two significant digits.
fn two_digits(value: i64) -> i64 {
    let mut step = 1_i64;
    while (value / step).abs() >= 100 {
        step = step.saturating_mul(10);
    }
    value / step * step
}
