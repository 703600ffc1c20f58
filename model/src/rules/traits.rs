//! Traits: what a subject is, in yes-no conditions, for the ranking. They are
//! written in the rule language and stand in the same graph as the policies,
//! so that "a small firm" means here what it means there.
//!
//! Left out: verdicts. No trait ever decides who qualifies.

use serde::Deserialize;

use crate::{
    domain::SubjectKind,
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        ir::{Graph, NodeId},
    },
};

/// The traits as they are written.
const TRAITS: &str = include_str!("traits.yaml");

/// One trait that the catalogue has the fields for.
#[derive(Debug, Clone)]
pub struct Trait {
    /// ASCII id.
    pub id: String,
    /// Chinese label.
    pub label: String,
    /// Themes of policies it makes relevant.
    pub themes: Vec<String>,
    /// Life events (一件事) it stands for.
    pub life_events: Vec<String>,
    /// When a subject has it.
    pub node: NodeId,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    label: String,
    when: String,
    #[serde(default)]
    themes: Vec<String>,
    #[serde(default)]
    life_events: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    enterprise: Vec<Entry>,
    citizen: Vec<Entry>,
}

/// Adds the traits of both kinds to a graph, by [`SubjectKind::index`].
pub(super) fn compile(graph: &mut Graph, reference: &Reference) -> [Vec<Trait>; 2] {
    let mut written: Written = serde_saphyr::from_str(TRAITS).unwrap_or_default();
    SubjectKind::ALL.map(|kind| {
        let entries = match kind {
            SubjectKind::Enterprise => std::mem::take(&mut written.enterprise),
            SubjectKind::Citizen => std::mem::take(&mut written.citizen),
        };
        entries.into_iter().filter_map(|entry| one(graph, reference, kind, entry)).collect()
    })
}

fn one(graph: &mut Graph, reference: &Reference, kind: SubjectKind, entry: Entry) -> Option<Trait> {
    let audience = Audience { subject: kind, unit: None };
    let mut manuals = Vec::new();
    let checker = Checker::new(reference.lookup(), audience, graph, &mut manuals);
    let node = checker.condition(&entry.when).ok()?;
    Some(Trait {
        id: entry.id,
        label: entry.label,
        themes: entry.themes,
        life_events: entry.life_events,
        node,
    })
}
