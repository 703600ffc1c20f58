//! A change of a policy with units (children, hires): claim by claim, before
//! and after. There is no baseline; both rules are gone through.

use std::collections::BTreeMap;

use crate::{
    matching::{Amount, Selected, select},
    office::{
        coverage::Sum,
        reach::{Reach, most},
        rowset::Rowset,
        simulate::{Outcome, Question, shifts},
    },
    policy::cases::Verdict,
    rules::{dated::Dated, scalar::Scalar},
};

/// A claim by row and unit: its verdict, its sum, and whether it is settled.
type Claims = BTreeMap<(usize, Option<u128>), (Verdict, Amount, bool)>;

pub(super) fn simulate(question: &Question<'_>) -> Outcome {
    let Question { before, after, world, population, trial, region, selected } = *question;
    let rows = population.within(region, before);
    let later = select(&trial.program, after.as_of);
    let past = claims(question, before, &[selected], &rows);
    let now = claims(question, after, &later, &rows);
    let mut transitions = [[0; 4]; 4];
    let mut moved = Vec::new();
    let verdict = |claims: &Claims, key: &(usize, Option<u128>)| {
        claims.get(key).map_or(Verdict::Ineligible, |(verdict, _, _)| *verdict)
    };
    let keys = past.keys().chain(now.keys().filter(|key| !past.contains_key(*key)));
    for key in keys {
        let (from, to) = (verdict(&past, key), verdict(&now, key));
        transitions[from as usize][to as usize] += 1;
        if from != to {
            moved.push((key.0, from, to));
        }
    }
    moved.sort_unstable();
    let policy = trial.policy().unwrap_or(selected.policy);
    let (layers, groups) = shifts(question, &rows, &moved);
    let eligible = now.iter().filter(|(_, (verdict, _, _))| *verdict == Verdict::Eligible);
    let mut eligible_after = Rowset::none(population.rows);
    for ((row, _), _) in eligible {
        eligible_after.insert(*row);
    }
    Outcome {
        transitions,
        // What is settled follows from the rules in force, not from the trial.
        sums: [sums(&past, &past), sums(&now, &past)],
        most: [
            most(&Scalar::new(before, world), selected.policy),
            most(&Scalar::new(after, world), policy),
        ],
        layers,
        groups,
        moved,
        touched: trial.touched(),
        in_force: [true, !later.is_empty()],
        unit: selected.policy.unit,
        eligible_after,
    }
}

fn claims<'a>(
    question: &Question<'a>,
    dated: &'a Dated<'a>,
    selected: &[Selected<'a>],
    rows: &Rowset,
) -> Claims {
    let reach = Reach::new(dated, question.world, question.population.kind, selected);
    reach.fold(
        rows,
        Claims::new,
        |claims, _, found| {
            for claim in found.iter().flat_map(|(_, found)| &found.claims) {
                let unit = claim.unit.map(|unit| unit.as_u128());
                let told = (claim.verdict, claim.amount, claim.settled.is_some());
                claims.insert((claim.row, unit), told);
            }
        },
        |mut a, b| {
            a.extend(b);
            a
        },
    )
}

fn sums(claims: &Claims, settled: &Claims) -> [Sum; 3] {
    let mut sums = [Sum::default(); 3];
    for (key, (verdict, amount, own)) in claims {
        let is_settled = settled.get(key).map_or(*own, |(_, _, settled)| *settled);
        if let (false, Some(sum)) = (is_settled, sums.get_mut(*verdict as usize)) {
            sum.add(*amount);
        }
    }
    sums
}
