//! What changed in the words of a policy: conditions by id with their rule in
//! Chinese, sums, days. Left out: the text of the document itself.

use serde::Serialize;

use crate::{
    policy::file::{Days, PolicyFile, ReferenceDate},
    reference::Reference,
    rules::{
        program::{Compiled, CompiledKind, Policy, Program},
        render::Render,
    },
};

/// One thing that differs; absent where one of the two has no such thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What: `condition age`, `amount`, `valid` …
    pub what: String,
    /// As it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// As it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Every difference between the words of two policies, conditions first.
#[must_use]
pub fn changes(
    from: &Policy,
    to: &Policy,
    program: &Program,
    reference: &Reference,
) -> Vec<Change> {
    let render = Render::new(program, reference);
    let rules = |policy: &Policy| -> Vec<(String, String)> {
        policy
            .all_conditions()
            .map(|condition| (format!("condition {}", condition.id), rule(condition, &render)))
            .collect()
    };
    let mut changes = paired(rules(from), rules(to));
    changes.extend(paired(words(&from.file), words(&to.file)));
    changes
}

/// A condition in Chinese; a group by its members' ids.
fn rule(condition: &Compiled, render: &Render<'_>) -> String {
    let ids = |members: &[Compiled]| {
        members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>().join("、")
    };
    match &condition.kind {
        CompiledKind::When(_) => render.node(condition.node),
        CompiledKind::Manual(question) => format!("（人工认定）{question}"),
        CompiledKind::Any(members) => format!("满足任一：{}", ids(members)),
        CompiledKind::All(members) => format!("同时满足：{}", ids(members)),
        CompiledKind::AtLeast(count, members) => {
            format!("至少满足{count}项：{}", ids(members))
        }
    }
}

/// What a file says beside its conditions, as it is written.
fn words(file: &PolicyFile) -> Vec<(String, String)> {
    let mut words = vec![
        ("title".to_owned(), file.title.clone()),
        ("document".to_owned(), file.document.number.clone()),
        ("valid".to_owned(), period(&file.valid)),
        ("claim".to_owned(), file.claim.iter().map(period).collect::<Vec<_>>().join("，")),
        ("summary".to_owned(), file.benefit.summary.clone()),
    ];
    if let ReferenceDate::On(day) = file.reference_date {
        words.push(("reference_date".to_owned(), day.to_string()));
    }
    for (name, sum) in [("amount", &file.benefit.amount), ("cap", &file.benefit.cap)] {
        words.extend(sum.as_ref().map(|sum| (name.to_owned(), squeezed(&sum.value))));
    }
    for tier in &file.benefit.tiers {
        let sum = format!("{} → {}", squeezed(&tier.when.value), squeezed(&tier.amount.value));
        words.push((format!("tier {}", tier.label), sum));
    }
    words.extend(file.benefit.months.map(|months| ("months".to_owned(), months.to_string())));
    words
}

/// Line breaks of a folded expression say nothing.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn period(days: &Days) -> String {
    let end = |day: Option<jiff::civil::Date>| day.map_or(String::new(), |day| day.to_string());
    format!("{}～{}", end(days.from), end(days.to))
}

/// What differs between two lists of names with their words.
fn paired(before: Vec<(String, String)>, after: Vec<(String, String)>) -> Vec<Change> {
    let find = |list: &[(String, String)], name: &str| {
        list.iter().find(|(known, _)| known == name).map(|(_, words)| words.clone())
    };
    let mut changes = Vec::new();
    for (name, words) in &before {
        let now = find(&after, name);
        if now.as_ref() != Some(words) {
            let before = Some(words.clone());
            changes.push(Change { what: name.clone(), before, after: now });
        }
    }
    for (name, words) in after {
        if find(&before, &name).is_none() {
            changes.push(Change { what: name, before: None, after: Some(words) });
        }
    }
    changes
}
