//! What is proved to have nobody has nobody: every condition and every verdict
//! that some drawn dossier has must be one that the solver does not refute, and
//! what the solver finds, the engine confirms.

use zhida_model::{
    domain::Tri,
    matching::{self, Unit},
    office::proofs::{Answer, Question, Wanted},
    rules::{
        dated::Dated,
        ir::NodeId,
        program::Policy,
        scalar::{Dossier, Manual, Scalar},
    },
};

use crate::scene::Scene;

/// Worlds whose conditions are asked about.
const WORLDS: std::ops::RangeInclusive<u64> = 1..=10;

/// Dossiers in each.
const DOSSIERS: usize = 150;

#[test]
fn nobody_is_refuted_who_is_there() {
    let (mut asked, mut proved, mut found) = (0, 0, 0);
    for seed in WORLDS {
        let scene = Scene::draw(seed, DOSSIERS);
        let dated = scene.dated();
        for policy in &scene.program.policies {
            let nodes = policy.all_conditions().map(|condition| condition.node);
            for node in nodes.chain([policy.root]) {
                for (truth, exists) in
                    [true, false].into_iter().zip(seen(&scene, &dated, policy, node))
                {
                    let answer = ask(&dated, policy, node, truth);
                    asked += 1;
                    match answer {
                        Answer::None => proved += 1,
                        Answer::Profile(_) => found += 1,
                        Answer::Undecided(_) => {}
                    }
                    assert!(
                        !(exists && answer == Answer::None),
                        "seed {seed}, {} {}: somebody is {truth}, and the solver says nobody can be",
                        policy.key.id,
                        name(policy, node)
                    );
                }
            }
        }
    }
    eprintln!("{asked} questions: {found} found, {proved} refuted");
    assert!(
        (found + proved) * 100 > asked * 97,
        "too few are decided: {found} + {proved} of {asked}"
    );
}

fn name(policy: &Policy, node: NodeId) -> String {
    let condition = policy.all_conditions().find(|condition| condition.node == node);
    condition.map_or("root".to_owned(), |condition| format!("{:?}", condition.kind))
}

fn ask(dated: &Dated<'_>, policy: &Policy, node: NodeId, truth: bool) -> Answer {
    let wanted = vec![Wanted { node, unit: policy.unit.map(|_| 0), truth }];
    let units = policy.unit.into_iter().collect();
    Question { dated, kind: policy.file.audience, units, wanted, near: None }.answer()
}

/// Whether some dossier, or unit, gives the node truth, and whether falsehood.
fn seen(scene: &Scene, dated: &Dated<'_>, policy: &Policy, node: NodeId) -> [bool; 2] {
    let scalar = Scalar::new(dated, &scene.world);
    let dossiers = scene.world.of(policy.file.audience);
    let mut seen = [false; 2];
    for row in 0..u32::try_from(dossiers.rows).expect("few rows") {
        let Some((frame, row)) = dossiers.locate(row) else { continue };
        let subject = Dossier { frame, row };
        for unit in matching::units(&scalar, policy, subject) {
            if matches!(unit, Unit::Unseen) {
                continue;
            }
            match scalar.node(node, &unit.at(subject), Manual::Met) {
                Tri::True => seen[0] = true,
                Tri::False => seen[1] = true,
                Tri::Unknown => {}
            }
        }
    }
    seen
}
