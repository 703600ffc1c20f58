//! The fast engine against the specification, on worlds of several blocks:
//! every condition of every policy, alone and all together.

use zhida_model::{
    domain::{SubjectKind, Tri},
    policy::cases::Verdict,
    rules::{
        columnar::Engine,
        dated::Dated,
        ir::{Graph, Node, NodeId, NumId},
        program::Policy,
        scalar::{At, Manual, Scalar},
    },
};

use crate::{SEEDS, scene::Scene, world};

/// Dossiers in each world: two blocks of each kind, the last one short.
const ROWS: usize = 3_600;

#[test]
fn scalar_equals_columnar_on_ten_million_pairs() {
    let (mut pairs, mut findings) = (0, Vec::new());
    for seed in 1..=SEEDS {
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        for kind in SubjectKind::ALL {
            pairs += compare(&scene, &dated, kind, &mut findings);
        }
    }
    eprintln!("{pairs} pairs of a condition and a subject");
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n\n"));
    assert!(pairs >= 10_000_000, "only {pairs} pairs were compared");
}

/// How many pairs; of each root that differs the first row becomes a finding.
fn compare(
    scene: &Scene,
    dated: &Dated<'_>,
    kind: SubjectKind,
    findings: &mut Vec<String>,
) -> usize {
    let roots = roots(scene, kind);
    let nodes: Vec<NodeId> = roots.iter().map(|(_, _, node)| *node).collect();
    let found = engine_verdicts(scene, dated, kind, nodes);
    let scalar = Scalar::new(dated, &scene.world);
    let mut pairs = 0;
    for ((policy, condition, node), found) in roots.iter().zip(found) {
        let subjects: Vec<_> = world::subjects(&scene.world, kind).collect();
        assert_eq!(subjects.len(), found.len(), "seed {}: rows", scene.seed);
        for (position, ((frame, row), found)) in subjects.into_iter().zip(found).enumerate() {
            let expected = verdict(&scalar, *node, &At::subject(frame, row));
            if found != expected {
                findings.push(format!(
                    "seed {}, {} {condition}, {kind} {position}: engine {found:?}, scalar {expected:?}\n{}",
                    scene.seed,
                    policy.key.id,
                    culprits(scene, dated, kind, *node, position).join("\n"),
                ));
                break;
            }
            pairs += 1;
        }
    }
    pairs
}

/// The engine's verdicts by root and row.
fn engine_verdicts(
    scene: &Scene,
    dated: &Dated<'_>,
    kind: SubjectKind,
    nodes: Vec<NodeId>,
) -> Vec<Vec<Verdict>> {
    let mut joined = vec![Vec::new(); nodes.len()];
    let engine = Engine::new(dated, &scene.world, kind, nodes);
    let found =
        engine.run(Vec::new, |verdicts: &mut Vec<(usize, Vec<Verdict>)>, rows, root, found| {
            verdicts.push((root, (0..rows.length).map(|row| found.of(row)).collect()));
        });
    for (rows, found) in engine.blocks().iter().zip(found) {
        for (root, joined) in joined.iter_mut().enumerate() {
            match found.iter().find(|(position, _)| *position == root) {
                Some((_, verdicts)) => joined.extend(verdicts),
                // Nobody in the block qualifies.
                None => joined.extend(vec![Verdict::Ineligible; rows.length]),
            }
        }
    }
    joined
}

/// The nodes below a root, each judged alone for one row, where they differ.
fn culprits(
    scene: &Scene,
    dated: &Dated<'_>,
    kind: SubjectKind,
    root: NodeId,
    position: usize,
) -> Vec<String> {
    let graph = &dated.program.graph;
    let mut nodes = vec![root];
    let mut next = 0;
    while let Some(node) = nodes.get(next) {
        let below = match graph.node(*node) {
            Node::Const(_) | Node::Atom(_) | Node::Manual(_) => Vec::new(),
            Node::Not(inner) => vec![*inner],
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => parts.clone(),
            Node::Choose(a, b, c) => vec![*a, *b, *c],
        };
        nodes.extend(below);
        next += 1;
    }
    let scalar = Scalar::new(dated, &scene.world);
    let Some((frame, row)) = world::subjects(&scene.world, kind).nth(position) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for node in nodes {
        let found = engine_verdicts(scene, dated, kind, vec![node]);
        let expected = verdict(&scalar, node, &At::subject(frame, row));
        let text = match graph.node(node) {
            Node::Atom(atom) => spelled(graph, &format!("{:?}", graph.atom(*atom))),
            other => format!("{other:?}"),
        };
        let found = found[0][position];
        if found != expected {
            lines.push(format!("{node:?} {text}: engine {found:?}, scalar {expected:?}"));
        }
    }
    lines
}

/// A text with the numbers it names spelled out.
fn spelled(graph: &Graph, text: &str) -> String {
    let Some((before, rest)) = text.split_once("NumId(") else { return text.to_owned() };
    let Some((id, after)) = rest.split_once(')') else { return text.to_owned() };
    let num = graph.num(NumId(id.parse().expect("an id")));
    format!("{before}{}{}", spelled(graph, &format!("{num:?}")), spelled(graph, after))
}

/// Every condition, and every policy as a whole. Units are judged one by one,
/// by the specification itself.
fn roots(scene: &Scene, kind: SubjectKind) -> Vec<(&Policy, &str, NodeId)> {
    let policies = scene.program.policies.iter();
    policies
        .filter(|policy| policy.file.audience == kind && policy.unit.is_none())
        .flat_map(|policy| {
            let conditions = policy
                .all_conditions()
                .map(move |condition| (policy, condition.id.as_str(), condition.node));
            conditions.chain([(policy, "as a whole", policy.root)])
        })
        .collect()
}

fn verdict<'a>(scalar: &Scalar<'a>, node: NodeId, at: &At<'a>) -> Verdict {
    match (scalar.node(node, at, Manual::Open), scalar.node(node, at, Manual::Met)) {
        (Tri::True, _) => Verdict::Eligible,
        (Tri::False, _) => Verdict::Ineligible,
        (Tri::Unknown, Tri::True) => Verdict::Likely,
        (Tri::Unknown, _) => Verdict::Unknown,
    }
}
