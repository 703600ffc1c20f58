//! Whom policies reach: every policy over every row of a population, block by
//! block, with the claims that are not ruled out and what they come to.
//! What is counted from it stands in the modules beside.

use crate::{
    domain::{SubjectKey, SubjectKind},
    frame::{CHUNK_ROWS, World},
    matching::{Amount, Selected, Suppression, Suppressor, Unit, granted, unit_verdict, units},
    office::rowset::Rowset,
    policy::cases::Verdict,
    rules::{
        columnar::{
            Engine, Rows, Verdicts,
            bits::{Bits, ROWS},
            prepare::constant,
        },
        dated::Dated,
        program::Policy,
        scalar::{At, Dossier, Scalar},
    },
};

/// Something that may be claimed: by the subject, or for one of its units.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Row of the subject among all of its kind.
    pub row: usize,
    /// Never ineligible.
    pub verdict: Verdict,
    /// The sum.
    pub amount: Amount,
    /// The tier that decides the sum, by position.
    pub tier: Option<usize>,
    /// Why there is nothing left to claim, if so.
    pub settled: Option<Suppression>,
    /// Key of the unit, where it is not the subject itself.
    pub unit: Option<SubjectKey>,
}

/// One policy in one block.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// By the best verdict of a subject's claims; only rows asked for.
    pub best: Verdicts,
    /// Rows of `best` whose claims of that verdict are all settled.
    pub settled: Bits,
    /// The claims, by row.
    pub claims: Vec<Claim>,
}

/// A policy with what is looked up once.
#[derive(Debug)]
struct Surveyed<'a> {
    selected: Selected<'a>,
    suppressor: Suppressor,
    /// The sum, where everybody gets the same.
    same: Option<Amount>,
}

/// Policies of one kind over everybody of that kind.
#[derive(Debug)]
pub struct Reach<'a> {
    scalar: Scalar<'a>,
    engine: Engine<'a>,
    policies: Vec<Surveyed<'a>>,
}

/// The number of a block among all of its kind.
#[must_use]
pub fn number(rows: &Rows<'_>) -> usize {
    rows.chunk * (CHUNK_ROWS / ROWS) + rows.start / ROWS
}

impl<'a> Reach<'a> {
    /// Prepares the policies among `selected` that are for the kind.
    #[must_use]
    pub fn new(
        dated: &'a Dated<'a>,
        world: &'a World,
        kind: SubjectKind,
        selected: &[Selected<'a>],
    ) -> Reach<'a> {
        let scalar = Scalar::new(dated, world);
        let own = selected.iter().filter(|selected| selected.policy.file.audience == kind);
        let policies: Vec<Surveyed<'a>> = own
            .map(|selected| Surveyed {
                selected: *selected,
                suppressor: Suppressor::new(dated.program, dated.reference, &selected.policy.file),
                same: same_for_all(&scalar, selected.policy),
            })
            .collect();
        let roots = policies.iter().map(|surveyed| surveyed.selected.policy.root).collect();
        Reach { scalar, engine: Engine::new(dated, world, kind, roots), policies }
    }

    /// The policies, in the order in which they are visited.
    pub fn policies(&self) -> impl Iterator<Item = &Selected<'a>> {
        self.policies.iter().map(|surveyed| &surveyed.selected)
    }

    /// Goes in parallel through every block that holds one of the rows, and
    /// adds the blocks up. `visit` sees what was found of each policy, with its
    /// position in [`Reach::policies`]; policies that nobody in the block may
    /// claim are left out. `join` must not depend on the order.
    pub fn fold<T, M, V, J>(&self, rows: &Rowset, make: M, visit: V, join: J) -> T
    where
        T: Send,
        M: Fn() -> T + Sync + Send,
        V: Fn(&mut T, usize, &[(usize, Found)]) + Sync,
        J: Fn(T, T) -> T + Sync + Send,
    {
        let blocks: Vec<Rows<'a>> = self
            .engine
            .blocks()
            .into_iter()
            .filter(|block| !rows.block(number(block)).is_empty())
            .collect();
        let visit_block = |sum: &mut T, block: &Rows<'a>, verdicts: &[Option<Verdicts>]| {
            let wanted = rows.block(number(block));
            let found: Vec<(usize, Found)> = verdicts
                .iter()
                .zip(&self.policies)
                .enumerate()
                .filter_map(|(position, (verdicts, surveyed))| {
                    let found = self.found(surveyed, block, verdicts.as_ref()?, &wanted);
                    (!found.claims.is_empty()).then_some((position, found))
                })
                .collect();
            visit(sum, number(block), &found);
        };
        self.engine.fold(&blocks, make, visit_block, join)
    }

    fn found(
        &self,
        surveyed: &Surveyed<'a>,
        block: &Rows<'a>,
        verdicts: &Verdicts,
        wanted: &Bits,
    ) -> Found {
        let keep = |bits: &Bits| bits.zip(wanted, |a, b| a & b);
        let narrowed = Verdicts {
            eligible: keep(&verdicts.eligible),
            likely: keep(&verdicts.likely),
            unknown: keep(&verdicts.unknown),
        };
        let mut found = Found::default();
        for row in narrowed.possible().rows() {
            let subject = Dossier { frame: block.frame, row: block.start + row };
            let before = found.claims.len();
            if surveyed.selected.policy.unit.is_some() {
                self.units(surveyed, subject, &mut found.claims);
            } else {
                let at = At { subject, unit: None, member: None };
                found.claims.push(self.claim(surveyed, &at, narrowed.of(row)));
            }
            let own = found.claims.get(before..).unwrap_or_default();
            let Some(best) = own.iter().map(|claim| claim.verdict).min() else { continue };
            match best {
                Verdict::Eligible => found.best.eligible.set(row),
                Verdict::Likely => found.best.likely.set(row),
                Verdict::Unknown => found.best.unknown.set(row),
                Verdict::Ineligible => {}
            }
            if own.iter().all(|claim| claim.verdict != best || claim.settled.is_some()) {
                found.settled.set(row);
            }
        }
        found
    }

    fn units(&self, surveyed: &Surveyed<'a>, subject: Dossier<'a>, claims: &mut Vec<Claim>) {
        let policy = surveyed.selected.policy;
        for unit in units(&self.scalar, policy, subject) {
            let at = unit.at(subject);
            let verdict = unit_verdict(&self.scalar, policy, &unit, subject);
            if verdict != Verdict::Ineligible {
                let mut claim = self.claim(surveyed, &at, verdict);
                if matches!(unit, Unit::Unseen) {
                    (claim.tier, claim.amount) = (None, Amount::Unknown);
                }
                claims.push(claim);
            }
        }
    }

    fn claim(&self, surveyed: &Surveyed<'a>, at: &At<'a>, verdict: Verdict) -> Claim {
        let (tier, amount) = match surveyed.same {
            Some(amount) => (None, amount),
            None => granted(&self.scalar, surveyed.selected.policy, at),
        };
        Claim {
            row: at.subject.frame.first as usize + at.subject.row,
            verdict,
            amount,
            tier,
            settled: surveyed.suppressor.settled(&self.scalar, at),
            unit: at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row)),
        }
    }
}

/// The sum of a policy that grants everybody the same.
#[must_use]
pub fn same_for_all(scalar: &Scalar<'_>, policy: &Policy) -> Option<Amount> {
    if !policy.tiers.is_empty() {
        return None;
    }
    let Some(sum) = policy.amount else { return Some(Amount::None) };
    let sum = constant(scalar.dated, scalar, sum)?;
    let capped = match policy.cap {
        Some(cap) => {
            let cap = constant(scalar.dated, scalar, cap)?;
            if sum.compare(cap)?.is_gt() { cap } else { sum }
        }
        None => sum,
    };
    Some(capped.floor().map_or(Amount::Unknown, |fen| Amount::Known(fen.max(0))))
}

/// The most that a policy can grant, where its own text bounds it.
#[must_use]
pub fn most(scalar: &Scalar<'_>, policy: &Policy) -> Option<i64> {
    let told = |num| constant(scalar.dated, scalar, num)?.floor().map(|fen| fen.max(0));
    let cap = policy.cap.and_then(told);
    let sums = policy.tiers.iter().map(|(_, _, sum)| *sum).chain(policy.amount);
    let all: Option<Vec<i64>> = sums.map(told).collect();
    let largest = all.and_then(|sums| sums.into_iter().max());
    match (cap, largest) {
        (Some(cap), Some(largest)) => Some(cap.min(largest)),
        (cap, largest) => cap.or(largest),
    }
}
