//! All policies together: the graph with the nodes that the questions need, a
//! prepared program for each day, and the proofs in the order of the policies.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::{
    reference::Reference,
    rules::{
        dated::Dated,
        ir::Graph,
        program::{Policy, Program},
    },
};

use super::policy::{PolicyProof, Probe, days, probes, prove};

/// Policies ready to be asked about.
#[derive(Debug)]
pub struct Scope<'a> {
    /// The policies as compiled.
    pub program: &'a Program,
    reference: &'a Reference,
    /// The same rules with the nodes that only questions need.
    extended: Program,
    probes: Vec<Vec<Probe>>,
}

impl<'a> Scope<'a> {
    /// Prepares the questions about every policy of a program.
    #[must_use]
    pub fn new(program: &'a Program, reference: &'a Reference) -> Scope<'a> {
        let mut graph: Graph = program.graph.clone();
        let probes = program.policies.iter().map(|policy| probes(policy, &mut graph)).collect();
        let extended = Program {
            graph,
            policies: Vec::new(),
            manuals: program.manuals.clone(),
            traits: Default::default(),
        };
        Scope { program, reference, extended, probes }
    }

    /// The rules on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Dated<'_> {
        Dated::new(&self.extended, self.reference, day, day)
    }

    /// The rules on each of these days.
    #[must_use]
    pub fn on_each(&self, days: impl IntoIterator<Item = Date>) -> BTreeMap<Date, Dated<'_>> {
        let mut days: Vec<Date> = days.into_iter().collect();
        days.sort_unstable();
        days.dedup();
        days.into_par_iter().map(|day| (day, self.on(day))).collect()
    }

    /// What is proved about each policy, in their order.
    #[must_use]
    pub fn prove(&self) -> Vec<PolicyProof> {
        let first = |policy: &Policy| days(&policy.file).into_iter().next();
        let prepared = self.on_each(self.program.policies.iter().filter_map(first));
        let policies = self.program.policies.par_iter().zip(&self.probes);
        let proofs = policies.filter_map(|(policy, probes)| {
            let day = prepared.get(&first(policy)?)?;
            let proof = prove(policy, probes, &[day])?;
            if !proof.profile.is_none() {
                return Some(proof);
            }
            // Nobody meets it on that day: other days may do.
            let others: Vec<Dated<'_>> =
                days(&policy.file).into_iter().skip(1).map(|day| self.on(day)).collect();
            prove(policy, probes, &std::iter::once(day).chain(&others).collect::<Vec<_>>())
        });
        proofs.collect()
    }
}
