//! What is known of a policy before anything is changed: the truth of each of
//! its conditions for everybody, who has it already, and what it comes to.
//! Made once; a change then asks only for the conditions it touches.

use rayon::prelude::*;

use crate::{
    frame::World,
    matching::{Amount, Selected, Suppressor, granted},
    office::{
        coverage::Sum,
        population::Population,
        reach::{most, number, same_for_all},
        rowset::Rowset,
    },
    rules::{
        columnar::{
            Engine, Rows,
            bits::{Bits, ROWS},
            block::Block,
        },
        dated::Dated,
        ir::NodeId,
        program::Policy,
        scalar::{At, Manual, Scalar},
    },
};

/// The truth of one condition for everybody.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// It holds, with the clauses a person judges met.
    pub yes: Rowset,
    /// It fails.
    pub no: Rowset,
    /// It holds with those clauses open; `None` where there are none.
    pub sure: Option<Rowset>,
}

impl Part {
    /// Rows for which it holds with the clauses a person judges open.
    #[must_use]
    pub fn sure(&self) -> &Rowset {
        self.sure.as_ref().unwrap_or(&self.yes)
    }
}

/// What claims come to, row by row.
#[derive(Debug, Clone)]
pub enum Amounts {
    /// Everybody gets the same.
    Same(Amount),
    /// By row; rows that nobody asked about yet are `None`.
    ByRow(Vec<Option<Amount>>),
}

impl Amounts {
    /// The sum of a row.
    #[must_use]
    pub fn of(&self, row: usize) -> Amount {
        match self {
            Amounts::Same(amount) => *amount,
            Amounts::ByRow(amounts) => {
                amounts.get(row).copied().flatten().unwrap_or(Amount::Unknown)
            }
        }
    }
}

/// One policy without units, for everybody of its kind.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// By condition of the file.
    pub parts: Vec<Part>,
    /// Rows with nothing left to claim.
    pub settled: Rowset,
    /// What the claims come to.
    pub amounts: Amounts,
    /// The most a claim comes to.
    pub most: Option<i64>,
    /// Eligible, likely, unknown.
    pub verdicts: [Rowset; 3],
}

impl Baseline {
    /// Works it out.
    #[must_use]
    pub fn new(
        dated: &Dated<'_>,
        world: &World,
        population: &Population,
        selected: &Selected<'_>,
    ) -> Baseline {
        let policy = selected.policy;
        let wanted: Vec<(String, NodeId)> =
            policy.conditions.iter().map(|one| (one.id.clone(), one.node)).collect();
        let parts = parts(dated, world, population, &wanted, &population.present);
        let verdicts = verdicts(&parts.iter().collect::<Vec<_>>(), &population.present);
        let possible = verdicts[0].or(&verdicts[1]).or(&verdicts[2]);
        Baseline {
            settled: settled(dated, world, population, policy),
            amounts: amounts(dated, world, population, policy, &possible, None),
            most: most(&Scalar::new(dated, world), policy),
            parts,
            verdicts,
        }
    }
}

/// The truth of conditions for some rows; of other rows nothing is told.
#[must_use]
pub fn parts(
    dated: &Dated<'_>,
    world: &World,
    population: &Population,
    wanted: &[(String, NodeId)],
    rows: &Rowset,
) -> Vec<Part> {
    let graph = &dated.program.graph;
    let roots = wanted.iter().map(|(_, node)| *node).collect();
    let engine = Engine::new(dated, world, population.kind, roots);
    let blocks: Vec<Rows<'_>> =
        engine.blocks().into_iter().filter(|block| !rows.block(number(block)).is_empty()).collect();
    let visit =
        |found: &mut Vec<(usize, Vec<[Bits; 3]>)>, of: &Rows<'_>, block: &mut Block<'_, '_>| {
            let need = rows.block(number(of));
            let truths = wanted.iter().map(|(_, node)| {
                let met = block.truths(*node, Manual::Met, &need);
                let sure = match graph.has_manual(*node) {
                    true => block.truths(*node, Manual::Open, &need).yes,
                    false => Bits::NONE,
                };
                [met.yes, met.no, sure]
            });
            found.push((number(of), truths.collect()));
        };
    let join = |mut a: Vec<_>, b: Vec<_>| {
        a.extend(b);
        a
    };
    let found = engine.scan(&blocks, Vec::new, visit, join);
    let empty = || Rowset::none(population.rows);
    let mut parts: Vec<Part> = wanted
        .iter()
        .map(|(id, node)| Part {
            id: id.clone(),
            yes: empty(),
            no: empty(),
            sure: graph.has_manual(*node).then(empty),
        })
        .collect();
    for (block, truths) in &found {
        for (part, [yes, no, sure]) in parts.iter_mut().zip(truths) {
            part.yes.set_block(*block, yes);
            part.no.set_block(*block, no);
            if let Some(own) = &mut part.sure {
                own.set_block(*block, sure);
            }
        }
    }
    parts
}

/// Eligible, likely and unknown rows of a conjunction of conditions.
#[must_use]
pub fn verdicts(parts: &[&Part], rows: &Rowset) -> [Rowset; 3] {
    let all = |pick: &dyn for<'p> Fn(&'p Part) -> &'p Rowset| {
        parts.iter().fold(rows.clone(), |all, part| all.and(pick(part)))
    };
    let eligible = all(&|part| part.sure());
    let met = all(&|part| &part.yes);
    let possible = parts.iter().fold(rows.clone(), |rest, part| rest.without(&part.no));
    let likely = met.without(&eligible);
    let unknown = possible.without(&met);
    [eligible, likely, unknown]
}

/// Rows with nothing left to claim.
fn settled(dated: &Dated<'_>, world: &World, population: &Population, policy: &Policy) -> Rowset {
    let scalar = Scalar::new(dated, world);
    let suppressor = Suppressor::new(dated.program, dated.reference, &policy.file);
    let settled = by_block(world, population, |at, row| {
        population.present.contains(row) && suppressor.settled(&scalar, &at).is_some()
    });
    let mut rows = Rowset::none(population.rows);
    for (row, _) in settled.into_iter().enumerate().filter(|(_, settled)| *settled) {
        rows.insert(row);
    }
    rows
}

/// What the claims of some rows come to; sums that are known already are kept.
#[must_use]
pub fn amounts(
    dated: &Dated<'_>,
    world: &World,
    population: &Population,
    policy: &Policy,
    rows: &Rowset,
    known: Option<&Amounts>,
) -> Amounts {
    let scalar = Scalar::new(dated, world);
    if let Some(same) = same_for_all(&scalar, policy) {
        return Amounts::Same(same);
    }
    let known = match known {
        Some(Amounts::ByRow(known)) => known.as_slice(),
        _ => &[],
    };
    Amounts::ByRow(by_block(world, population, |at, row| {
        let before = known.get(row).copied().flatten();
        match before {
            None if rows.contains(row) => Some(granted(&scalar, policy, &at).1),
            before => before,
        }
    }))
}

/// A value for every row, in row order, worked out in parallel.
fn by_block<T: Send>(
    world: &World,
    population: &Population,
    value: impl Fn(At<'_>, usize) -> T + Sync,
) -> Vec<T> {
    let chunks = &world.of(population.kind).chunks;
    let starts: Vec<(usize, usize)> = chunks
        .iter()
        .enumerate()
        .flat_map(|(chunk, frame)| (0..frame.rows).step_by(ROWS).map(move |start| (chunk, start)))
        .collect();
    let blocks: Vec<Vec<T>> = starts
        .into_par_iter()
        .map(|(chunk, start)| {
            let frame = &chunks[chunk];
            let rows = start..frame.rows.min(start + ROWS);
            rows.map(|row| value(At::subject(frame, row), frame.first as usize + row)).collect()
        })
        .collect();
    blocks.into_iter().flatten().collect()
}

/// Open claims of eligible, likely and unknown rows among some.
#[must_use]
pub fn totals(
    verdicts: &[Rowset; 3],
    rows: &Rowset,
    settled: &Rowset,
    amounts: &Amounts,
) -> [Sum; 3] {
    let open = rows.without(settled);
    [0, 1, 2].map(|verdict| {
        let claims = verdicts[verdict].and(&open);
        let mut sum = Sum::default();
        match amounts {
            Amounts::Same(amount) => sum.add_many(*amount, claims.count()),
            Amounts::ByRow(_) => {
                for row in claims.rows() {
                    sum.add(amounts.of(row));
                }
            }
        }
        sum
    })
}
