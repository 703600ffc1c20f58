//! Whom each policy covers: subjects by verdict, in every group, what the
//! claims come to, and what the policies leave out together. First everything
//! is counted exactly ([`Counted`]); what may be shown of it is decided after.

use rustc_hash::FxHashMap;

use crate::{
    domain::{RegionCode, SubjectKind},
    frame::World,
    matching::{Amount, ClaimWindow, Selected, Suppression},
    office::{
        population::{Layer, Population},
        reach::{Claim, Found, Reach, most},
    },
    policy::cases::Verdict,
    rules::{
        columnar::bits::{Bits, ROWS},
        dated::Dated,
        scalar::Scalar,
    },
};

/// Share of the smaller of two sets that both have, in percent of all in
/// either, from which two policies count as overlapping.
const OVERLAP_PERCENT: u64 = 90;

/// Sums over claims of one verdict, in fen. Settled claims are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Claims that are still open.
    pub claims: u64,
    /// Of these, claims whose sum cannot be told.
    pub untold: u64,
    /// The sums that can be told.
    pub fen: i64,
    /// The largest of them.
    pub largest: i64,
}

impl Sum {
    pub(super) fn add(&mut self, amount: Amount) {
        self.claims += 1;
        match amount {
            Amount::Known(fen) => {
                self.fen = self.fen.saturating_add(fen);
                self.largest = self.largest.max(fen);
            }
            Amount::Unknown => self.untold += 1,
            Amount::None => {}
        }
    }

    /// Adds so many claims of the same sum.
    pub(super) fn add_many(&mut self, amount: Amount, claims: u64) {
        self.claims += claims;
        match amount {
            Amount::Known(fen) if claims > 0 => {
                let many = i64::try_from(claims).unwrap_or(i64::MAX);
                self.fen = self.fen.saturating_add(fen.saturating_mul(many));
                self.largest = self.largest.max(fen);
            }
            Amount::Unknown => self.untold += claims,
            Amount::Known(_) | Amount::None => {}
        }
    }

    /// Claims that the money of the sum is made of: those whose sum can be
    /// told; all of them where none can, and each counts as the most there is.
    #[must_use]
    pub fn behind(&self) -> u64 {
        match self.claims.saturating_sub(self.untold) {
            0 => self.claims,
            told => told,
        }
    }

    pub(super) fn join(&mut self, other: &Sum) {
        self.claims += other.claims;
        self.untold += other.untold;
        self.fen = self.fen.saturating_add(other.fen);
        self.largest = self.largest.max(other.largest);
    }
}

/// Subjects by best verdict, and the open claims by verdict: eligible, likely,
/// unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Subjects.
    pub subjects: [u64; 3],
    /// Open claims.
    pub sums: [Sum; 3],
    /// Claims with nothing left to claim.
    pub settled: [u64; 3],
}

impl Cell {
    fn join(&mut self, other: &Cell) {
        for (own, other) in self.subjects.iter_mut().zip(other.subjects) {
            *own += other;
        }
        for (own, other) in self.sums.iter_mut().zip(&other.sums) {
            own.join(other);
        }
        for (own, other) in self.settled.iter_mut().zip(other.settled) {
            *own += other;
        }
    }

    fn add(&mut self, verdict: usize, claim: &Claim) {
        match claim.settled {
            Some(_) => self.settled[verdict] += 1,
            None => self.sums[verdict].add(claim.amount),
        }
    }
}

/// Exact figures of one policy.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Position in the program.
    pub policy: usize,
    /// Where its claim window stands.
    pub window: ClaimWindow,
    /// The whole region.
    pub total: Cell,
    /// By layer and group.
    pub groups: Vec<Vec<Cell>>,
    /// Eligible or likely claims with nothing left to claim, by reason: received
    /// already, had once, excluded by another.
    pub settled: [u64; 3],
    /// Subjects whose best verdict is eligible or likely and settled.
    pub settled_subjects: u64,
    /// By tier: open claims by verdict.
    pub tiers: Vec<[Sum; 3]>,
    /// The most a claim can come to, where the policy's text bounds it.
    pub most: Option<i64>,
}

/// Everything counted for one kind and region.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Of which kind.
    pub kind: SubjectKind,
    /// How many subjects there are in the region.
    pub population: u64,
    /// The layers, the regions below first.
    pub layers: Vec<Layer>,
    /// By layer and group: how many subjects.
    pub sizes: Vec<Vec<u64>>,
    /// By policy.
    pub policies: Vec<Counted>,
    /// Subjects that no policy reaches: neither eligible nor likely for any
    /// that is not closed.
    pub unreached: u64,
    /// The same by layer and group.
    pub unreached_groups: Vec<Vec<u64>>,
    /// Pairs of policies whose eligible subjects nearly coincide.
    pub overlaps: Vec<Overlap>,
}

/// Two policies whose eligible subjects nearly coincide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Positions in the program.
    pub policies: (usize, usize),
    /// Subjects eligible for both.
    pub both: u64,
    /// Subjects eligible for either.
    pub either: u64,
}

/// Figures while they are added up.
struct Sums {
    policies: Vec<Counted>,
    unreached: u64,
    unreached_groups: Vec<Vec<u64>>,
    /// By pair of positions: subjects eligible for both.
    both: FxHashMap<(usize, usize), u64>,
}

/// Counts every policy of a kind over the subjects of a region.
#[must_use]
pub fn count(
    dated: &Dated<'_>,
    world: &World,
    population: &Population,
    selected: &[Selected<'_>],
    region: RegionCode,
) -> Survey {
    let rows = population.within(region, dated);
    let mut layers = vec![population.regions(region, dated)];
    layers.extend(population.layers.iter().cloned());
    let reach = Reach::new(dated, world, population.kind, selected);
    let empty = Sums::new(&reach, &layers, &Scalar::new(dated, world));
    let sums = reach.fold(
        &rows,
        || empty.clone(),
        |sums, block, found| sums.add_block(block, found, &rows.block(block), &layers),
        Sums::join,
    );
    let overlaps = sums.overlaps();
    Survey {
        kind: population.kind,
        population: rows.count(),
        sizes: layers.iter().map(|layer| layer.sizes(&rows)).collect(),
        policies: sums.policies,
        unreached: sums.unreached,
        unreached_groups: sums.unreached_groups,
        overlaps,
        layers,
    }
}

fn nobody(layers: &[Layer]) -> Vec<Vec<u64>> {
    layers.iter().map(|layer| vec![0; layer.groups.len()]).collect()
}

impl Clone for Sums {
    fn clone(&self) -> Sums {
        Sums {
            policies: self.policies.clone(),
            unreached: self.unreached,
            unreached_groups: self.unreached_groups.clone(),
            both: self.both.clone(),
        }
    }
}

impl Sums {
    fn new(reach: &Reach<'_>, layers: &[Layer], scalar: &Scalar<'_>) -> Sums {
        let groups: Vec<Vec<Cell>> =
            layers.iter().map(|layer| vec![Cell::default(); layer.groups.len()]).collect();
        let policies = reach.policies().map(|selected| Counted {
            policy: selected.index,
            window: selected.window,
            total: Cell::default(),
            groups: groups.clone(),
            settled: [0; 3],
            settled_subjects: 0,
            tiers: vec![[Sum::default(); 3]; selected.policy.tiers.len()],
            most: most(scalar, selected.policy),
        });
        Sums {
            policies: policies.collect(),
            unreached: 0,
            unreached_groups: nobody(layers),
            both: FxHashMap::default(),
        }
    }

    fn add_block(
        &mut self,
        block: usize,
        found: &[(usize, Found)],
        wanted: &Bits,
        layers: &[Layer],
    ) {
        let mut reached = Bits::NONE;
        for (position, found) in found {
            let Some(counted) = self.policies.get_mut(*position) else { continue };
            counted.add_subjects(block, found, layers);
            for claim in &found.claims {
                counted.add_claim(claim, layers);
            }
            if counted.window != ClaimWindow::Closed {
                let fits = found.best.eligible.zip(&found.best.likely, |a, b| a | b);
                reached = reached.zip(&fits, |a, b| a | b);
            }
        }
        let missed = wanted.zip(&reached, |wanted, reached| wanted & !reached);
        self.unreached += missed.count();
        for row in missed.rows() {
            for (layer, counts) in layers.iter().zip(&mut self.unreached_groups) {
                let group = layer.group(block * ROWS + row);
                if let Some(count) = group.and_then(|group| counts.get_mut(group)) {
                    *count += 1;
                }
            }
        }
        for (place, (a, first)) in found.iter().enumerate() {
            for (b, second) in found.iter().skip(place + 1) {
                let both = first.best.eligible.zip(&second.best.eligible, |a, b| a & b).count();
                if both > 0 {
                    *self.both.entry((*a, *b)).or_insert(0) += both;
                }
            }
        }
    }

    fn join(mut self, other: Sums) -> Sums {
        for (own, other) in self.policies.iter_mut().zip(&other.policies) {
            own.join(other);
        }
        self.unreached += other.unreached;
        for (own, other) in self.unreached_groups.iter_mut().zip(&other.unreached_groups) {
            for (own, other) in own.iter_mut().zip(other) {
                *own += other;
            }
        }
        for (pair, both) in other.both {
            *self.both.entry(pair).or_insert(0) += both;
        }
        self
    }

    fn overlaps(&self) -> Vec<Overlap> {
        let policy = |position: usize| self.policies.get(position);
        let mut overlaps: Vec<Overlap> = self
            .both
            .iter()
            .filter_map(|((a, b), both)| {
                let (a, b) = (policy(*a)?, policy(*b)?);
                let either = a.total.subjects[0] + b.total.subjects[0] - both;
                let near = both * 100 >= either * OVERLAP_PERCENT;
                let policies = (a.policy, b.policy);
                near.then_some(Overlap { policies, both: *both, either })
            })
            .collect();
        overlaps.sort_by_key(|overlap| (std::cmp::Reverse(overlap.both), overlap.policies));
        overlaps
    }
}

impl Counted {
    fn add_subjects(&mut self, block: usize, found: &Found, layers: &[Layer]) {
        let best = [&found.best.eligible, &found.best.likely, &found.best.unknown];
        for (verdict, bits) in best.into_iter().enumerate() {
            self.total.subjects[verdict] += bits.count();
            for row in bits.rows() {
                for (layer, cells) in layers.iter().zip(&mut self.groups) {
                    let group = layer.group(block * ROWS + row);
                    if let Some(cell) = group.and_then(|group| cells.get_mut(group)) {
                        cell.subjects[verdict] += 1;
                    }
                }
            }
        }
        let fits = found.best.eligible.zip(&found.best.likely, |a, b| a | b);
        self.settled_subjects += found.settled.zip(&fits, |a, b| a & b).count();
    }

    fn add_claim(&mut self, claim: &Claim, layers: &[Layer]) {
        let verdict = match claim.verdict {
            Verdict::Eligible => 0,
            Verdict::Likely => 1,
            Verdict::Unknown => 2,
            Verdict::Ineligible => return,
        };
        match &claim.settled {
            Some(reason) if claim.verdict < Verdict::Unknown => {
                self.settled[match reason {
                    Suppression::AlreadyReceived => 0,
                    Suppression::OnceOnly => 1,
                    _ => 2,
                }] += 1;
            }
            Some(_) => {}
            None => {
                if let Some(tier) = claim.tier.and_then(|tier| self.tiers.get_mut(tier)) {
                    tier[verdict].add(claim.amount);
                }
            }
        }
        self.total.add(verdict, claim);
        for (layer, cells) in layers.iter().zip(&mut self.groups) {
            let group = layer.group(claim.row);
            if let Some(cell) = group.and_then(|group| cells.get_mut(group)) {
                cell.add(verdict, claim);
            }
        }
    }

    fn join(&mut self, other: &Counted) {
        self.total.join(&other.total);
        for (own, other) in self.groups.iter_mut().zip(&other.groups) {
            for (own, other) in own.iter_mut().zip(other) {
                own.join(other);
            }
        }
        for (own, other) in self.settled.iter_mut().zip(other.settled) {
            *own += other;
        }
        self.settled_subjects += other.settled_subjects;
        for (own, other) in self.tiers.iter_mut().zip(&other.tiers) {
            for (own, other) in own.iter_mut().zip(other) {
                own.join(other);
            }
        }
    }
}
