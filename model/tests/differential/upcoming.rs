//! What lies ahead, against an evaluation of every single day: random rules
//! over random dossiers with random validity, claim windows and successors,
//! and every sample policy over the dossiers of its cases.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use zhida_model::{
    domain::SubjectKey,
    frame::World,
    matching::{Unit, select, unit_verdict, units},
    office::upcoming::{Change, Days, Outlook, State, Window},
    policy::cases::CasesFile,
    rules::{
        dated::Dated,
        program::{Program, Source},
        scalar::{Dossier, Scalar},
        values::{Builder, Typed},
    },
};

use crate::{
    draw::Draw,
    policies, reference, samples,
    world::{self, Dossiers},
};

/// A change without its reasons.
type Plain = (Option<SubjectKey>, usize, State, State);

fn plain(changes: &[Change]) -> Vec<Plain> {
    let mut plain: Vec<Plain> =
        changes.iter().map(|change| (change.unit, change.day, change.from, change.to)).collect();
    plain.sort();
    plain
}

/// A world on each of its days.
struct Daily<'a> {
    days: Vec<Dated<'a>>,
    /// By day: the windows of the policies that the day selects, by position.
    windows: Vec<BTreeMap<usize, Window>>,
    world: &'a World,
}

impl<'a> Daily<'a> {
    fn new(
        program: &'a Program,
        world: &'a World,
        as_of: Date,
        ahead: usize,
        prepare: impl Fn(Date) -> Dated<'a>,
    ) -> Daily<'a> {
        let day = |days: usize| as_of.checked_add(i64::try_from(days).unwrap().days()).unwrap();
        let days: Vec<Dated<'a>> = (0..=ahead).map(|days| prepare(day(days))).collect();
        let windows = days
            .iter()
            .map(|dated| select(program, dated.as_of))
            .map(|chosen| chosen.iter().map(|one| (one.index, Window::from(one.window))).collect())
            .collect();
        Daily { days, windows, world }
    }

    /// The states of a subject or its units on one day.
    fn states(
        &'a self,
        day: usize,
        policy: usize,
        subject: Dossier<'a>,
    ) -> BTreeMap<Option<SubjectKey>, State> {
        let dated = &self.days[day];
        let mut states = BTreeMap::new();
        let Some(window) = self.windows[day].get(&policy).copied() else { return states };
        let policy = &dated.program.policies[policy];
        let scalar = Scalar::new(dated, self.world);
        for unit in units(&scalar, policy, subject) {
            let key = match unit {
                Unit::Subject | Unit::Unseen => None,
                Unit::Member(member) => Some(member.dossier.frame.key(member.dossier.row)),
            };
            let verdict = unit_verdict(&scalar, policy, &unit, subject);
            let state = State::Judged(verdict, window);
            let best: &mut State = states.entry(key).or_insert(state);
            *best = (*best).min(state);
        }
        states
    }

    /// Every change, found day by day.
    fn changes(&'a self, policy: usize, subject: Dossier<'a>) -> Vec<Plain> {
        let days: Vec<_> =
            (0..self.days.len()).map(|day| self.states(day, policy, subject)).collect();
        let mut changes = Vec::new();
        for day in 1..days.len() {
            let nothing = |day: usize| match self.windows[day].contains_key(&policy) {
                true => State::Absent,
                false => State::NotInForce,
            };
            let on = |day: usize, key: &Option<SubjectKey>| {
                days[day].get(key).copied().unwrap_or_else(|| nothing(day))
            };
            let mut keys: Vec<_> = days[day - 1].keys().chain(days[day].keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (from, to) = (on(day - 1, key), on(day, key));
                if from != to && (from.is_match() || to.is_match()) {
                    changes.push((*key, day, from, to));
                }
            }
        }
        changes.sort();
        changes
    }
}

/// Windows, versions and successors for policies that have none.
fn dated_files(draw: &mut Draw, sources: Vec<Source>, as_of: Date) -> Vec<Source> {
    let mut found = Vec::new();
    for source in sources {
        let mut file: Value = serde_json::from_str(&source.text).unwrap();
        let mut day = || as_of.saturating_add(draw.between(-200, 500).days());
        let (a, b, c, d) = (day(), day(), day(), day());
        // A conjunction of many random conditions hardly ever changes.
        if draw.percent(60)
            && let Some(conditions) = file["conditions"].as_array_mut()
        {
            conditions.truncate(1);
        }
        match draw.below(4) {
            0 => {}
            1 => file["valid"] = json!({ "from": a.min(b), "to": a.max(b) }),
            2 => file["claim"] = json!([{ "from": a.min(b), "to": a.max(b) }, { "from": c }]),
            _ => {
                let mut next = file.clone();
                next["version"] = json!("2");
                next["supersedes"] = json!("1");
                next["valid"] = json!({ "from": a });
                next["claim"] = json!([{ "from": c.min(d), "to": c.max(d) }]);
                let name = format!("2-{}", source.name);
                found.push(Source { name, text: next.to_string() });
            }
        }
        found.push(Source { name: source.name, text: file.to_string() });
    }
    found
}

/// Compares a random world; tells how many changes there were.
fn random(seed: u64, ahead: usize) -> usize {
    let mut draw = Draw::new(seed);
    let starts = [
        (date(2024, 2, 29), date(2024, 2, 29)),
        (date(2026, 3, 31), date(2026, 3, 1)),
        (date(2023, 12, 31), date(2023, 12, 30)),
        (date(2026, 7, 1), date(2026, 7, 1)),
    ];
    let start = *draw.pick(&starts);
    let (reference, pools) = reference::reference(&mut draw);
    let sources = policies::policies(&mut draw, &pools, start.0, 8);
    let sources = dated_files(&mut draw, sources, start.0);
    let (program, findings) = Program::compile(&sources, &reference);
    assert!(findings.is_empty(), "seed {seed}: {findings:#?}");
    let mut dossiers = Dossiers { draw: &mut draw, pools: &pools, as_of: start.0 };
    let world = dossiers.world(&reference, 640);
    let days = Days::new(&program, &reference, start.0, start.1, ahead);
    let outlook = Outlook::new(&days, &world, |_| true);
    let daily = Daily::new(&program, &world, start.0, ahead, |day| {
        Dated::new(&program, &reference, day, start.1)
    });
    let mut single = Vec::new();
    let mut compared = 0;
    for (index, policy) in program.policies.iter().enumerate() {
        for (place, (frame, row)) in world::subjects(&world, policy.file.audience).enumerate() {
            let subject = Dossier { frame, row };
            let found = outlook.subject(index, subject);
            if place < 12 {
                let (expected, found) = (daily.changes(index, subject), plain(&found));
                assert_eq!(
                    found,
                    expected,
                    "seed {seed}, {} {}, {place}: {:#?}",
                    policy.key.id,
                    policy.key.version,
                    policy.all_conditions().map(|part| &part.kind).collect::<Vec<_>>(),
                );
                compared += found.len();
            }
            single.extend(found);
        }
    }
    same_as_alone(&outlook, single, &format!("seed {seed}"));
    compared
}

/// The run over everybody finds what is found for each alone.
fn same_as_alone(outlook: &Outlook<'_>, mut single: Vec<Change>, what: &str) {
    let mut all = Vec::new();
    let run: Result<(), ()> = outlook.run(&|_| {}, &mut |changes| {
        all.extend(changes);
        Ok(())
    });
    run.unwrap();
    let order = |change: &Change| (change.policy, change.subject, change.unit, change.day);
    single.sort_by_key(order);
    all.sort_by_key(order);
    for (single, all) in single.iter().zip(&all) {
        let described = outlook.describe(single);
        assert_eq!(single, all, "{what}: {described:#?}");
    }
    assert_eq!(single.len(), all.len(), "{what}: changes of everybody together");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_rules_change_on_the_days_found(seed: u64, ahead in 0_usize..=500) {
        random(seed, ahead);
    }
}

#[test]
fn random_rules_change_often_enough_to_be_a_proof() {
    let compared: usize = (1..=4).map(|seed| random(seed, 400)).sum();
    eprintln!("{compared} changes of random rules, day by day");
    assert!(compared > 400, "only {compared} changes were compared");
}

/// The dossiers of the cases beside a policy.
fn case_dossiers(file: &CasesFile) -> Vec<Typed> {
    let mut dossiers: Vec<Typed> = vec![file.base.clone().into_iter().collect()];
    for case in &file.cases {
        let mut dossier: Typed = file.base.clone().into_iter().collect();
        dossier.extend(case.value.set.clone());
        for name in &case.value.unset {
            dossier.remove(name);
        }
        dossiers.push(dossier);
    }
    dossiers
}

fn cases() -> Vec<CasesFile> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples/policies");
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(".cases.yaml"));
    paths.sort();
    let read = |path: &std::path::PathBuf| fs::read_to_string(path).unwrap();
    paths.iter().map(|path| serde_saphyr::from_str(&read(path)).unwrap()).collect()
}

#[test]
fn sample_policies_change_on_the_days_found() {
    let reference = samples::reference();
    let (program, _) = Program::compile(&samples::policies(), &reference);
    let (mut changes, mut changing, mut subjects) = (0, 0, 0);
    for (number, file) in cases().iter().enumerate() {
        let policy = program.find(&file.policy, &file.version, file.case).unwrap();
        let kind = program.policies[policy].file.audience;
        // A case stands on a threshold: the span begins some time before it.
        let before = [0, 1, 30, 100][number % 4];
        let as_of = file.as_of.saturating_sub(before.days());
        let mut builder = Builder::new(&reference);
        for dossier in case_dossiers(file) {
            builder
                .add(kind, &dossier)
                .unwrap_or_else(|errors| panic!("{} {}: {errors:?}", file.policy, file.version));
        }
        let world = builder.build();
        let ahead = [90, 200, 420][number % 3];
        let days = Days::new(&program, &reference, as_of, as_of, ahead);
        let outlook = Outlook::new(&days, &world, |own| own.key == program.policies[policy].key);
        let first = Dated::new(&program, &reference, as_of, as_of);
        let daily = Daily::new(&program, &world, as_of, ahead, |day| first.moved(day));
        let before = changes;
        for (place, (frame, row)) in world::subjects(&world, kind).enumerate() {
            let subject = Dossier { frame, row };
            let found = plain(&outlook.subject(policy, subject));
            // Members of relations have dossiers too: they are judged as well.
            let expected = daily.changes(policy, subject);
            assert_eq!(found, expected, "{} {}, {place}", file.policy, file.version);
            changes += found.len();
            subjects += 1;
        }
        changing += usize::from(changes > before);
    }
    eprintln!("{changes} changes of {subjects} dossiers under {changing} policies that change");
    assert!(changes > 500 && changing > 40, "{changes} changes of {changing} policies");
}
