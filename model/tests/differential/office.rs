//! What offices are told against the specification, subject by subject: the
//! counts of coverage, the conditions that alone keep somebody out, the
//! transitions of a change, and every point of a curve.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zhida_model::{
    domain::{RegionCode, SubjectKind, Tri},
    matching::{Amount, Selected, Unit, gone, granted, select, unit_verdict, units, verdict},
    office::{
        coverage::{self, Cell},
        obstacles::{Blocked, obstacles},
        population::Population,
        simulate::{Baseline, Change, Question, Trial, near, simulate, simulate_units},
    },
    policy::cases::Verdict,
    rules::{
        dated::Dated,
        program::Policy,
        scalar::{At, Dossier, Manual, Scalar},
    },
};

use crate::{scene::Scene, world};

/// Dossiers in each world: two blocks of each kind.
const ROWS: usize = 600;

/// Worlds looked at.
const SEEDS: u64 = 4;

/// Worlds looked at for obstacles, where missing data are searched too.
const OBSTACLE_SEEDS: u64 = 2;

fn nation() -> RegionCode {
    RegionCode::parse("000000").unwrap()
}

/// Subjects that are counted: alive or registered.
fn present<'a>(
    scene: &'a Scene,
    scalar: &Scalar<'a>,
    kind: SubjectKind,
) -> Vec<(usize, Dossier<'a>)> {
    world::subjects(&scene.world, kind)
        .enumerate()
        .map(|(position, (frame, row))| (position, Dossier { frame, row }))
        .filter(|(_, subject)| gone(scalar, kind, *subject).is_none())
        .collect()
}

/// Claims of a subject that are not ruled out.
fn claims<'a>(
    scalar: &Scalar<'a>,
    policy: &Policy,
    subject: Dossier<'a>,
) -> Vec<(Option<u128>, Verdict, Amount)> {
    units(scalar, policy, subject)
        .into_iter()
        .filter_map(|unit| {
            let at = unit.at(subject);
            let verdict = unit_verdict(scalar, policy, &unit, subject);
            let amount = match unit {
                Unit::Unseen => Amount::Unknown,
                _ => granted(scalar, policy, &at).1,
            };
            let key = at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row).as_u128());
            (verdict != Verdict::Ineligible).then_some((key, verdict, amount))
        })
        .collect()
}

#[test]
fn coverage_equals_counting_one_by_one() {
    let mut compared = 0;
    for seed in 1..=SEEDS {
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        let scalar = Scalar::new(&dated, &scene.world);
        let selected = select(&scene.program, dated.as_of);
        let populations = Population::both(&dated, &scene.world);
        for kind in SubjectKind::ALL {
            let subjects = present(&scene, &scalar, kind);
            let population = &populations[kind.index()];
            let survey = coverage::count(&dated, &scene.world, population, &selected, nation());
            assert_eq!(survey.population, subjects.len() as u64, "seed {seed}: {kind}");
            let mut reached = vec![false; subjects.len()];
            for counted in &survey.policies {
                let policy = &scene.program.policies[counted.policy];
                let mut expected = Cell::default();
                for (position, (_, subject)) in subjects.iter().enumerate() {
                    let claims = claims(&scalar, policy, *subject);
                    let best = claims.iter().map(|(_, verdict, _)| *verdict).min();
                    if let Some(best) = best {
                        expected.subjects[best as usize] += 1;
                        reached[position] |= best < Verdict::Unknown;
                    }
                    for (_, verdict, _) in &claims {
                        expected.sums[*verdict as usize].claims += 1;
                    }
                }
                assert_eq!(
                    counted.total.subjects, expected.subjects,
                    "seed {seed}: {:?}",
                    policy.key
                );
                let open = counted.total.sums.map(|sum| sum.claims);
                assert_eq!(
                    open,
                    expected.sums.map(|sum| sum.claims),
                    "seed {seed}: {:?}",
                    policy.key
                );
                for layer in &counted.groups {
                    let sum: u64 = layer.iter().flat_map(|cell| cell.subjects).sum();
                    assert_eq!(
                        sum,
                        expected.subjects.iter().sum::<u64>(),
                        "a layer holds everybody"
                    );
                }
                compared += subjects.len();
            }
            let missed = reached.iter().filter(|reached| !**reached).count() as u64;
            assert_eq!(survey.unreached, missed, "seed {seed}: {kind}");
        }
    }
    assert!(compared > 50_000, "only {compared} pairs");
}

#[test]
fn obstacles_equal_looking_at_every_condition() {
    let (mut alone, mut judged) = (0, 0);
    for seed in 1..=OBSTACLE_SEEDS {
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        let scalar = Scalar::new(&dated, &scene.world);
        let selected = select(&scene.program, dated.as_of);
        let populations = Population::both(&dated, &scene.world);
        for kind in SubjectKind::ALL {
            let rows = &populations[kind.index()].present;
            let found = obstacles(&dated, &scene.world, kind, &selected, rows);
            for one in selected.iter().filter(|one| one.policy.file.audience == kind) {
                let expected = blocked(&scene, &scalar, one);
                let none = vec![Blocked::default(); expected.len()];
                let told = found.blocked.get(&one.index).unwrap_or(&none);
                assert_eq!(*told, expected, "seed {seed}: {:?}", one.policy.key);
                alone += expected.iter().map(|one| one.alone).sum::<u64>();
                judged += expected.iter().map(|one| one.judged).sum::<u64>();
            }
        }
    }
    assert!(alone > 1_000 && judged > 20, "{alone} alone, {judged} judged");
}

fn blocked<'a>(scene: &'a Scene, scalar: &Scalar<'a>, selected: &Selected<'a>) -> Vec<Blocked> {
    let policy = selected.policy;
    let mut blocked = vec![Blocked::default(); policy.conditions.len()];
    for (_, subject) in present(scene, scalar, policy.file.audience) {
        for unit in units(scalar, policy, subject) {
            if matches!(unit, Unit::Unseen) {
                continue;
            }
            let at = unit.at(subject);
            let truths = |manual| -> Vec<Tri> {
                let nodes = policy.conditions.iter().map(|one| one.node);
                nodes.map(|node| scalar.node(node, &at, manual)).collect()
            };
            let (met, open) = (truths(Manual::Met), truths(Manual::Open));
            let places = |list: &[Tri], wanted: fn(Tri) -> bool| -> Vec<usize> {
                (0..list.len()).filter(|place| wanted(list[*place])).collect()
            };
            let fails = places(&met, |truth| truth == Tri::False);
            let unsure = met.contains(&Tri::Unknown);
            let left = places(&open, |truth| truth != Tri::True);
            match (fails.as_slice(), left.as_slice()) {
                ([only], _) if unsure => blocked[*only].perhaps += 1,
                ([only], _) => blocked[*only].alone += 1,
                ([], [only]) if !unsure => blocked[*only].judged += 1,
                _ => {}
            }
        }
    }
    blocked
}

/// The text of a policy.
fn text<'s>(scene: &'s Scene, policy: &Policy) -> &'s str {
    &scene.sources.iter().find(|source| source.name == policy.source).unwrap().text
}

/// Changes worth trying: a condition dropped, one replaced by that of another
/// policy, a new one.
fn changes(scene: &Scene, policy: &Policy) -> Vec<Change> {
    let conditions = &policy.conditions;
    let first = conditions[0].id.clone();
    let other = scene
        .program
        .policies
        .iter()
        .filter(|other| other.file.audience == policy.file.audience && other.unit.is_none())
        .filter(|other| other.key != policy.key)
        .flat_map(|other| &other.conditions)
        .find_map(|one| match &one.kind {
            zhida_model::rules::program::CompiledKind::When(text) => Some(text.clone()),
            _ => None,
        });
    let patch = |list: Value| Change {
        patch: json!({ "conditions": list }).as_object().cloned().unwrap(),
        ..Change::default()
    };
    let mut changes = Vec::new();
    if conditions.len() > 1 {
        changes.push(patch(json!([{ "id": first, "remove": true }])));
    }
    if let Some(other) = other {
        changes.push(patch(json!([{ "id": first, "when": other }])));
        changes.push(patch(json!([
            { "id": "added", "article": "一", "quote": "试验", "when": other }
        ])));
    }
    changes
}

#[test]
fn simulation_equals_judging_everybody_twice() {
    let (mut moved, mut tried) = (0, 0);
    for seed in 1..=SEEDS {
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        let populations = Population::both(&dated, &scene.world);
        for selected in select(&scene.program, dated.as_of) {
            let policy = selected.policy;
            let population = &populations[policy.file.audience.index()];
            for change in changes(&scene, policy) {
                let trial = Trial::new(text(&scene, policy), &change, &scene.reference)
                    .unwrap_or_else(|error| panic!("seed {seed}: {:?}: {error}", policy.key));
                let after =
                    Dated::new(&trial.program, &scene.reference, dated.as_of, dated.known_at);
                let question = asked(&scene, (&dated, &after), population, selected, &trial);
                let outcome = match policy.unit {
                    None => {
                        let baseline = Baseline::new(&dated, &scene.world, population, &selected);
                        simulate(&question, &baseline)
                    }
                    Some(_) => simulate_units(&question),
                };
                let expected = twice(&scene, &question);
                assert_eq!(outcome.transitions, expected, "seed {seed}: {:?}", policy.key);
                moved += outcome.moved.len();
                tried += 1;
            }
        }
    }
    assert!(tried > 200 && moved > 5_000, "{tried} changes, {moved} moved");
}

/// A question about the nation.
fn asked<'a>(
    scene: &'a Scene,
    (before, after): (&'a Dated<'a>, &'a Dated<'a>),
    population: &'a Population,
    selected: Selected<'a>,
    trial: &'a Trial,
) -> Question<'a> {
    let (world, region) = (&scene.world, nation());
    Question { before, after, world, population, selected, trial, region }
}

/// The transitions, subject by subject or claim by claim.
fn twice(scene: &Scene, question: &Question<'_>) -> [[u64; 4]; 4] {
    let (old, new) = (question.selected.policy, question.trial.policy().unwrap());
    let past = Scalar::new(question.before, &scene.world);
    let now = Scalar::new(question.after, &scene.world);
    let mut table = [[0; 4]; 4];
    for (_, subject) in present(scene, &past, old.file.audience) {
        if old.unit.is_none() {
            let at = At { subject, unit: None, member: None };
            table[verdict(&past, old, &at) as usize][verdict(&now, new, &at) as usize] += 1;
            continue;
        }
        let by_unit = |scalar: &Scalar<'_>, policy: &Policy| -> BTreeMap<Option<u128>, Verdict> {
            let claims = units(scalar, policy, subject_in(scalar, subject, scene));
            let told = claims.into_iter().map(|unit| {
                let at = unit.at(subject_in(scalar, subject, scene));
                let key = at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row).as_u128());
                (key, unit_verdict(scalar, policy, &unit, subject_in(scalar, subject, scene)))
            });
            told.collect()
        };
        let (past, now) = (by_unit(&past, old), by_unit(&now, new));
        for (key, verdict) in &past {
            let later = now.get(key).copied().unwrap_or(Verdict::Ineligible);
            // Claims that both rule out are not counted.
            if (*verdict, later) != (Verdict::Ineligible, Verdict::Ineligible) {
                table[*verdict as usize][later as usize] += 1;
            }
        }
    }
    table
}

/// The same dossier, borrowed for as long as an evaluator wants it.
fn subject_in<'a>(scalar: &Scalar<'a>, subject: Dossier<'_>, _: &Scene) -> Dossier<'a> {
    let kind = subject.frame.kind;
    let row = subject.frame.first + u32::try_from(subject.row).unwrap();
    let (frame, row) = scalar.world.of(kind).locate(row).unwrap();
    Dossier { frame, row }
}

#[test]
fn every_point_of_a_curve_equals_the_policy_with_that_threshold() {
    let (mut curves, mut points) = (0, 0);
    for seed in 1..=SEEDS {
        let scene = Scene::draw(seed, ROWS);
        let dated = scene.dated();
        let populations = Population::both(&dated, &scene.world);
        for selected in select(&scene.program, dated.as_of) {
            let policy = selected.policy;
            if policy.unit.is_some() {
                continue;
            }
            let population = &populations[policy.file.audience.index()];
            let baseline = Baseline::new(&dated, &scene.world, population, &selected);
            let ids: Vec<String> = policy.all_conditions().map(|one| one.id.clone()).collect();
            for place in ids.iter().flat_map(|id| [id.clone(), format!("{id}#2")]) {
                let rows = &population.present;
                let source = text(&scene, policy);
                let found = near(
                    &dated,
                    &scene.world,
                    population,
                    &selected,
                    &baseline,
                    source,
                    &place,
                    rows,
                );
                let Ok(found) = found else { continue };
                curves += 1;
                let at = found.measured.qualify(found.threshold);
                assert_eq!(
                    at,
                    baseline.verdicts[0].count(),
                    "seed {seed}: {:?} {place}",
                    policy.key
                );
                let step = found.measured.points(found.threshold, 1);
                for point in step.iter().step_by(1 + step.len() / 5) {
                    let written = found.typed(point.value);
                    let change = Change {
                        thresholds: BTreeMap::from([(place.clone(), written.clone())]),
                        ..Change::default()
                    };
                    let Ok(trial) = Trial::new(source, &change, &scene.reference) else { continue };
                    let after =
                        Dated::new(&trial.program, &scene.reference, dated.as_of, dated.known_at);
                    let question = asked(&scene, (&dated, &after), population, selected, &trial);
                    let table = twice(&scene, &question);
                    let eligible: u64 = table.iter().map(|row| row[0]).sum();
                    assert_eq!(
                        point.qualify, eligible,
                        "seed {seed}: {:?} {place} {} → {written}: {source}",
                        policy.key, found.written
                    );
                    points += 1;
                }
            }
        }
    }
    assert!(curves > 50 && points > 100, "{curves} curves, {points} points");
}
