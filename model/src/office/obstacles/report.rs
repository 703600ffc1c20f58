//! The list of obstacles as offices pass it on: what, whose, how many, and how
//! far it has got.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{RegionCode, SubjectKind},
    frame::World,
    office::{
        coverage::Sum,
        disclosure::Protection,
        obstacles::{Blocked, Obstacles},
        report::Place,
    },
    policy::file::Route,
    rules::{
        dated::Dated,
        ir::{Atom, Node, NodeId},
        missing::atoms_below,
        program::{Compiled, Policy},
        render::Render,
        scalar::Scalar,
    },
};

/// What kind of obstacle it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleKind {
    /// A condition that alone keeps subjects out.
    Condition,
    /// A datum whose absence alone keeps verdicts open.
    DataGap,
    /// A clause that only a person can judge.
    Judgement,
}

impl ObstacleKind {
    /// The Chinese word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            ObstacleKind::Condition => "条件",
            ObstacleKind::DataGap => "数据缺口",
            ObstacleKind::Judgement => "人工认定",
        }
    }
}

/// How far an obstacle has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has taken it up.
    #[default]
    Open,
    /// Somebody is at it.
    InProgress,
    /// It is meant to be so.
    Accepted,
    /// It is gone.
    Resolved,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 4] =
        [Status::Open, Status::InProgress, Status::Accepted, Status::Resolved];

    /// The name in files and states.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::InProgress => "in_progress",
            Status::Accepted => "accepted",
            Status::Resolved => "resolved",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Status::Open => "待处理",
            Status::InProgress => "处理中",
            Status::Accepted => "保留",
            Status::Resolved => "已解决",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// One obstacle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Obstacle {
    /// Stable id: the same obstacle has the same id in every run.
    pub id: String,
    /// What it is.
    pub kind: ObstacleKind,
    /// Policy id and version; absent for data, which several policies need.
    pub policy: Option<String>,
    /// Title of the policy; for data the titles of those that wait most.
    pub title: String,
    /// Id of the condition, or name of the datum in the catalogue.
    pub item: String,
    /// The words of the policy, the rule in Chinese, or the label of the datum.
    pub text: String,
    /// Departments that could remove it.
    pub owners: Vec<String>,
    /// Subjects (or units), for data pairs with a policy, that it alone keeps
    /// out, undecided, or from being decided without an application.
    pub alone: Option<u64>,
    /// More that it keeps out or open together with something unknown.
    pub together: Option<u64>,
    /// For data: what the pairs it alone keeps undecided come to, in fen, where
    /// sums can be told.
    pub fen: Option<i64>,
    /// The condition asks where somebody is or lives: of those elsewhere it
    /// keeps most out, as it is meant to.
    pub place: bool,
    /// How the policy reaches people.
    pub route: Option<Route>,
    /// How far it has got.
    pub status: Status,
}

/// The obstacles of one region, of each kind the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObstacleList {
    /// The day judged.
    pub as_of: String,
    /// The data cut-off.
    pub known_at: String,
    /// Whose subjects are counted.
    pub region: Place,
    /// How small counts are hidden; `null` for exact figures.
    pub protection: Option<Protection>,
    /// The obstacles.
    pub obstacles: Vec<Obstacle>,
}

/// Tells the obstacles found. What is smaller than may be shown is left out:
/// an obstacle of which nothing may be said helps nobody.
#[must_use]
pub fn list(
    dated: &Dated<'_>,
    world: &World,
    found: &[(SubjectKind, Obstacles)],
    region: RegionCode,
    protection: Option<Protection>,
    status: &dyn Fn(&str) -> Status,
) -> ObstacleList {
    let teller = Teller { dated, world, protection, status };
    let mut obstacles: Vec<Obstacle> = Vec::new();
    for (kind, found) in found {
        for (policy, blocked) in &found.blocked {
            if let Some(policy) = dated.program.policies.get(*policy) {
                obstacles.extend(teller.conditions(policy, blocked));
            }
        }
        obstacles.extend(teller.gaps(*kind, found));
    }
    obstacles.sort_by_key(|one| {
        (one.kind, one.place, std::cmp::Reverse((one.alone, one.together)), one.id.clone())
    });
    ObstacleList {
        as_of: dated.as_of.to_string(),
        known_at: dated.known_at.to_string(),
        region: Place::new(region, dated),
        protection,
        obstacles,
    }
}

struct Teller<'a> {
    dated: &'a Dated<'a>,
    world: &'a World,
    protection: Option<Protection>,
    status: &'a dyn Fn(&str) -> Status,
}

impl Teller<'_> {
    fn count(&self, count: u64) -> Option<u64> {
        self.protection.map_or(Some(count), |protection| protection.count(count))
    }

    /// Whether anything is worth telling of two counts.
    fn told(&self, alone: u64, together: u64) -> bool {
        [alone, together].iter().any(|count| self.count(*count).is_some_and(|shown| shown > 0))
    }

    fn conditions(&self, policy: &Policy, blocked: &[Blocked]) -> Vec<Obstacle> {
        let pairs = policy.conditions.iter().zip(blocked);
        pairs.flat_map(|(condition, blocked)| self.condition(policy, condition, blocked)).collect()
    }

    fn condition(&self, policy: &Policy, condition: &Compiled, blocked: &Blocked) -> Vec<Obstacle> {
        let render = Render::new(self.dated.program, self.dated.reference);
        let text = render.words(condition);
        let obstacle = |kind: ObstacleKind, name: &str, alone: u64, together: u64| {
            let key = &policy.key;
            let id = format!("{name}:{}:{}:{}", key.id, key.version, condition.id);
            Obstacle {
                status: (self.status)(&id),
                id,
                kind,
                policy: Some(format!("{} {}", key.id, key.version)),
                title: policy.file.title.clone(),
                item: condition.id.clone(),
                text: text.clone(),
                owners: vec![policy.file.contact.department.clone()],
                alone: self.count(alone),
                together: self.count(together),
                fen: None,
                place: self.asks_for_place(condition.node),
                route: Some(policy.file.route),
            }
        };
        let mut obstacles = Vec::new();
        if self.told(blocked.alone, blocked.perhaps) {
            let (alone, perhaps) = (blocked.alone, blocked.perhaps);
            obstacles.push(obstacle(ObstacleKind::Condition, "condition", alone, perhaps));
        }
        if self.told(blocked.judged, 0) {
            obstacles.push(obstacle(ObstacleKind::Judgement, "judgement", blocked.judged, 0));
        }
        obstacles
    }

    /// Whether a condition asks for nothing but places.
    fn asks_for_place(&self, node: NodeId) -> bool {
        let graph = &self.dated.program.graph;
        if matches!(graph.node(node), Node::Const(_)) {
            return false;
        }
        let atoms = atoms_below(&Scalar::new(self.dated, self.world), node);
        !atoms.is_empty()
            && atoms.into_iter().all(|atom| matches!(graph.atom(atom), Atom::Within(..)))
    }

    fn gaps(&self, kind: SubjectKind, found: &Obstacles) -> Vec<Obstacle> {
        let mut by_item: BTreeMap<&str, Waiting<'_>> = BTreeMap::new();
        for ((missing, policy), gap) in &found.gaps {
            let waiting = by_item.entry(&missing.name).or_insert_with(|| Waiting {
                label: &missing.label,
                owners: &missing.owners,
                alone: 0,
                together: 0,
                sum: Sum::default(),
                policies: Vec::new(),
            });
            waiting.alone += gap.alone;
            waiting.together += gap.together;
            waiting.sum.join(&gap.sum);
            waiting.policies.push((gap.alone, *policy));
        }
        let told = by_item.into_iter().filter(|(_, one)| self.told(one.alone, one.together));
        told.map(|(item, waiting)| self.gap(kind, item, waiting)).collect()
    }

    fn gap(&self, kind: SubjectKind, item: &str, mut waiting: Waiting<'_>) -> Obstacle {
        let id = format!("data:{}:{item}", kind.name());
        waiting.policies.sort_by_key(|(alone, policy)| (std::cmp::Reverse(*alone), *policy));
        let titles = waiting.policies.iter().take(3).filter_map(|(_, policy)| {
            self.dated.program.policies.get(*policy).map(|policy| policy.file.title.as_str())
        });
        let catalogue = &self.dated.reference.catalogue;
        let owner = |name: &String| {
            catalogue.department(name).map_or_else(|| name.clone(), |owner| owner.label.clone())
        };
        let alone = self.count(waiting.alone);
        let told = waiting.sum.claims > waiting.sum.untold;
        let fen = match self.protection {
            _ if !told => None,
            None => Some(waiting.sum.fen),
            Some(protection) => {
                protection.sum(waiting.sum.fen, waiting.sum.behind(), waiting.sum.largest)
            }
        };
        Obstacle {
            status: (self.status)(&id),
            id,
            kind: ObstacleKind::DataGap,
            policy: None,
            title: titles.collect::<Vec<_>>().join("、"),
            item: item.to_owned(),
            text: waiting.label.to_owned(),
            owners: waiting.owners.iter().map(owner).collect(),
            alone,
            together: self.count(waiting.together),
            fen: alone.and(fen),
            place: false,
            route: None,
        }
    }
}

/// What waits for one datum.
struct Waiting<'a> {
    label: &'a str,
    owners: &'a [String],
    alone: u64,
    together: u64,
    sum: Sum,
    policies: Vec<(u64, usize)>,
}
