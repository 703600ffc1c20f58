//! The fast back end: rows in blocks, every distinct predicate evaluated at
//! most once a block, lazily, into bit vectors; policies combine them 64 rows
//! at a time. It must equal [`super::scalar`] on every pair.
//!
//! Here: the walk over blocks and policies. [`prepare`] turns atoms into
//! kernels' arguments for one day; [`kernel`] is the vector code; [`block`]
//! holds the bits of one block.

pub mod bits;
pub mod block;
pub mod kernel;
pub mod prepare;

use rayon::prelude::*;

use crate::{
    domain::SubjectKind,
    frame::{Frame, World},
    policy::cases::Verdict,
    rules::{
        columnar::{
            bits::{Bits, ROWS},
            block::Block,
            prepare::Plan,
        },
        dated::Dated,
        ir::NodeId,
    },
};

/// The verdicts of one policy for the rows of a block. Rows in none of the
/// three are ineligible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdicts {
    /// V0 true.
    pub eligible: Bits,
    /// V0 unknown, V1 true.
    pub likely: Bits,
    /// Neither, and not false. For a policy with units: rows whose units have
    /// to be looked at one by one.
    pub unknown: Bits,
}

impl Verdicts {
    /// Rows that are not ineligible.
    #[must_use]
    pub fn possible(&self) -> Bits {
        self.eligible.zip(&self.likely, |a, b| a | b).zip(&self.unknown, |a, b| a | b)
    }

    /// The verdict of a row of the block.
    #[must_use]
    pub fn of(&self, row: usize) -> Verdict {
        if self.eligible.get(row) {
            Verdict::Eligible
        } else if self.likely.get(row) {
            Verdict::Likely
        } else if self.unknown.get(row) {
            Verdict::Unknown
        } else {
            Verdict::Ineligible
        }
    }
}

/// One block of rows of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The chunk it lies in.
    pub frame: &'a Frame,
    /// Number of the chunk.
    pub chunk: usize,
    /// First row within the chunk.
    pub start: usize,
    /// Number of rows, at most [`ROWS`].
    pub length: usize,
}

/// Evaluates root nodes over all dossiers of a kind.
#[derive(Debug)]
pub struct Engine<'a> {
    world: &'a World,
    plan: Plan<'a>,
    kind: SubjectKind,
    roots: Vec<NodeId>,
}

impl<'a> Engine<'a> {
    /// Prepares the roots (usually [`crate::rules::program::Policy::root`]) for a day.
    #[must_use]
    pub fn new(
        dated: &'a Dated<'a>,
        world: &'a World,
        kind: SubjectKind,
        roots: Vec<NodeId>,
    ) -> Engine<'a> {
        let plan = Plan::new(dated, world, kind, &roots);
        Engine { world, plan, kind, roots }
    }

    /// The blocks in row order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Rows<'a>> {
        let dossiers = self.world.of(self.kind);
        dossiers
            .chunks
            .iter()
            .enumerate()
            .flat_map(|(chunk, frame)| {
                (0..frame.rows).step_by(ROWS).map(move |start| Rows {
                    frame,
                    chunk,
                    start,
                    length: ROWS.min(frame.rows - start),
                })
            })
            .collect()
    }

    /// Evaluates every root over every block in parallel. `visit` sees the
    /// block, the position of the root and its verdicts, root by root, unless
    /// every row is ineligible;
    /// `make` gives each block its result. Results come in row order, so that
    /// threads never change them.
    pub fn run<T, M, V>(&self, make: M, visit: V) -> Vec<T>
    where
        T: Send,
        M: Fn() -> T + Sync,
        V: Fn(&mut T, &Rows<'a>, usize, &Verdicts) + Sync,
    {
        self.run_over(&self.blocks(), make, visit)
    }

    /// [`Engine::run`] over some of the blocks, so that results can be written
    /// away before the next ones are made.
    pub fn run_over<T, M, V>(&self, blocks: &[Rows<'a>], make: M, visit: V) -> Vec<T>
    where
        T: Send,
        M: Fn() -> T + Sync,
        V: Fn(&mut T, &Rows<'a>, usize, &Verdicts) + Sync,
    {
        blocks
            .to_vec()
            .into_par_iter()
            .map_init(
                || Block::new(&self.plan),
                |block, rows| {
                    let mut result = make();
                    block.enter(rows);
                    for (position, root) in self.roots.iter().enumerate() {
                        if let Some(verdicts) = block.verdicts(*root) {
                            visit(&mut result, &rows, position, &verdicts);
                        }
                    }
                    result
                },
            )
            .collect()
    }

    /// Evaluates every root over some of the blocks in parallel and adds the
    /// blocks up. `visit` sees a block with the verdicts of every root, `None`
    /// where every row is ineligible. `join` must not depend on the order.
    pub fn fold<T, M, V, J>(&self, blocks: &[Rows<'a>], make: M, visit: V, join: J) -> T
    where
        T: Send,
        M: Fn() -> T + Sync + Send,
        V: Fn(&mut T, &Rows<'a>, &[Option<Verdicts>]) + Sync,
        J: Fn(T, T) -> T + Sync + Send,
    {
        let roots = &self.roots;
        self.scan(
            blocks,
            make,
            |sum, rows, block| {
                let verdicts: Vec<Option<Verdicts>> =
                    roots.iter().map(|root| block.verdicts(*root)).collect();
                visit(sum, rows, &verdicts);
            },
            join,
        )
    }

    /// Hands out every block, entered, for questions about any node below the
    /// roots, in parallel, and adds the results up. `join` must not depend on
    /// the order.
    pub fn scan<T, M, V, J>(&self, blocks: &[Rows<'a>], make: M, visit: V, join: J) -> T
    where
        T: Send,
        M: Fn() -> T + Sync + Send,
        V: Fn(&mut T, &Rows<'a>, &mut Block<'_, 'a>) + Sync,
        J: Fn(T, T) -> T + Sync + Send,
    {
        blocks
            .par_iter()
            .fold(
                || (make(), Block::new(&self.plan)),
                |(mut sum, mut block), rows| {
                    block.enter(*rows);
                    visit(&mut sum, rows, &mut block);
                    (sum, block)
                },
            )
            .map(|(sum, _)| sum)
            .reduce(&make, join)
    }

    /// How many rows have each verdict, for every root, in the order of
    /// [`Verdict::ALL`].
    #[must_use]
    pub fn counts(&self) -> Vec<[u64; 4]> {
        let roots = self.roots.len();
        let parts = self.run(
            || vec![[0_u64; 4]; roots],
            |counts, _, root, verdicts| {
                let [eligible, likely, unknown] =
                    [verdicts.eligible, verdicts.likely, verdicts.unknown].map(|b| b.count());
                counts[root][0] += eligible;
                counts[root][1] += likely;
                counts[root][2] += unknown;
            },
        );
        let rows = self.world.of(self.kind).rows as u64;
        let mut counts = parts.into_iter().fold(vec![[0; 4]; roots], |mut sum, part| {
            for (sum, part) in sum.iter_mut().zip(part) {
                for (sum, part) in sum.iter_mut().zip(part) {
                    *sum += part;
                }
            }
            sum
        });
        for [eligible, likely, unknown, ineligible] in &mut counts {
            *ineligible = rows - *eligible - *likely - *unknown;
        }
        counts
    }
}
