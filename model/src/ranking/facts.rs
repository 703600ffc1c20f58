//! What the ranking needs to know of each policy, worked out once: its level,
//! effort, the industries and thresholds of its rule.

use jiff::civil::Date;

use crate::{
    domain::{RegionCode, SubjectKind},
    policy::file::{Level, PolicyFile, Route},
    rules::{
        ir::{Atom, Graph, Node, NodeId, Num, NumId, Op},
        program::{Policy, Program},
    },
};

/// One policy for the ranking.
#[derive(Debug)]
pub struct PolicyFacts {
    /// Id.
    pub id: String,
    /// Whose dossiers are judged.
    pub audience: SubjectKind,
    /// Family, or the id where it has none.
    pub family: String,
    /// Issuer with each theme: the coarsest group whose uptake speaks for it.
    pub issuer_themes: Vec<String>,
    /// Themes.
    pub themes: Vec<String>,
    /// Life events.
    pub life_events: Vec<String>,
    /// Region of the issuer.
    pub region: RegionCode,
    /// Level of the issuer: 0 for the nation to 3 for a county.
    pub level: u8,
    /// Route.
    pub route: Route,
    /// Papers to hand in that no electronic licence replaces.
    pub papers: usize,
    /// First day in force.
    pub since: Option<Date>,
    /// Policy ids that cannot be held together with this one, by either side.
    pub excludes: Vec<String>,
    /// Ranges of dense industry indices that its rule names.
    pub industries: Vec<(u16, u16)>,
    /// Comparisons of its rule with a number: measure and threshold.
    pub thresholds: Vec<(Op, NumId, NumId)>,
}

/// The facts of every policy of a program, in its order.
#[must_use]
pub fn facts(program: &Program) -> Vec<PolicyFacts> {
    program.policies.iter().map(|policy| one(program, policy)).collect()
}

fn one(program: &Program, policy: &Policy) -> PolicyFacts {
    let file = &policy.file;
    let mut walk = Walk { graph: &program.graph, industries: Vec::new(), thresholds: Vec::new() };
    walk.node(policy.root);
    let excludes = program
        .policies
        .iter()
        .map(|other| &other.file)
        .filter(|other| other.id.value != file.id.value && rivals(file, other))
        .map(|other| other.id.value.clone())
        .collect();
    PolicyFacts {
        id: file.id.value.clone(),
        audience: file.audience,
        family: file.family.clone().unwrap_or_else(|| file.id.value.clone()),
        issuer_themes: issuer_themes(file),
        themes: file.themes.clone(),
        life_events: file.life_events.clone(),
        region: policy.region,
        level: match file.level {
            Level::National => 0,
            Level::Province => 1,
            Level::City => 2,
            Level::County => 3,
        },
        route: file.route,
        papers: file.materials.iter().filter(|paper| paper.licence.is_none()).count(),
        since: file.valid.from,
        excludes,
        industries: walk.industries,
        thresholds: walk.thresholds,
    }
}

fn issuer_themes(file: &PolicyFile) -> Vec<String> {
    file.themes.iter().map(|theme| format!("{}|{theme}", file.document.issuer)).collect()
}

/// Whether one of two policies says that they cannot be held together.
fn rivals(a: &PolicyFile, b: &PolicyFile) -> bool {
    let names = |file: &PolicyFile, id: &str| file.excludes.iter().any(|other| other.value == id);
    names(a, &b.id.value) || names(b, &a.id.value)
}

/// Collects from the parts of a rule that must or may hold; what is negated
/// says nothing about a match.
struct Walk<'g> {
    graph: &'g Graph,
    industries: Vec<(u16, u16)>,
    thresholds: Vec<(Op, NumId, NumId)>,
}

impl Walk<'_> {
    fn node(&mut self, id: NodeId) {
        match self.graph.node(id) {
            Node::Const(_) | Node::Manual(_) | Node::Not(_) => {}
            Node::Atom(atom) => self.atom(self.graph.atom(*atom)),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                for part in parts {
                    self.node(*part);
                }
            }
            Node::Choose(_, then, otherwise) => {
                self.node(*then);
                self.node(*otherwise);
            }
        }
    }

    fn atom(&mut self, atom: &Atom) {
        match atom {
            Atom::Industry(_, ranges) => self.industries.extend(ranges.iter().copied()),
            Atom::Compare(op, left, right) if !matches!(op, Op::Equal | Op::NotEqual) => {
                if matches!(self.graph.num(*right), Num::Literal(..)) {
                    self.thresholds.push((*op, *left, *right));
                } else if matches!(self.graph.num(*left), Num::Literal(..)) {
                    self.thresholds.push((op.flipped(), *right, *left));
                }
            }
            _ => {}
        }
    }
}
