//! What came up: a comparison proves nothing about a construct that was never
//! true, false and unknown in it.

use std::{collections::BTreeMap, fmt};

use zhida_model::{
    domain::{SubjectKind, Tri},
    rules::{
        dated::Dated,
        ir::{Atom, AtomId, Num, NumId, TextTest},
        scalar::{At, Scalar},
    },
};

use crate::{scene::Scene, world};

/// Every subject is too many for the count of constructs: each so many-th.
const STEP: usize = 5;

#[derive(Default)]
pub(crate) struct Tally {
    /// Conditions (and groups) compared, each for one subject or unit.
    pub(crate) pairs: usize,
    /// Long parts that became columns, by the table they read.
    parts: BTreeMap<&'static str, usize>,
    verdicts: BTreeMap<String, usize>,
    values: BTreeMap<char, usize>,
    /// By kind of atom, read for the subject: false, true, unknown.
    atoms: BTreeMap<&'static str, [usize; 3]>,
    /// By kind of number, read for the subject: known, unknown.
    numbers: BTreeMap<&'static str, [usize; 2]>,
}

impl Tally {
    pub(crate) fn row(&mut self, (letters, verdict): &(String, String)) {
        let conditions = letters.chars().count().saturating_sub(2);
        self.pairs += conditions;
        for letter in letters.chars().take(conditions) {
            *self.values.entry(letter).or_default() += 1;
        }
        *self.verdicts.entry(verdict.clone()).or_default() += 1;
    }

    pub(crate) fn query(&mut self, sql: &str) {
        for part in PARTS {
            *self.parts.entry(part).or_default() += sql.matches(part).count();
        }
    }

    pub(crate) fn atoms(&mut self, scene: &Scene, dated: &Dated<'_>) {
        let graph = &dated.program.graph;
        let scalar = Scalar::new(dated, &scene.world);
        for kind in SubjectKind::ALL {
            for (frame, row) in world::subjects(&scene.world, kind).step_by(STEP) {
                let at = At::subject(frame, row);
                for (id, atom) in (0..).map(AtomId).zip(graph.atoms()) {
                    let slot = match scalar.atom(id, &at) {
                        Tri::False => 0,
                        Tri::True => 1,
                        Tri::Unknown => 2,
                    };
                    self.atoms.entry(atom_name(atom)).or_default()[slot] += 1;
                }
                for (id, num) in (0..).map(NumId).zip(graph.nums()) {
                    let unknown = scalar.num(id, &at).is_none();
                    self.numbers.entry(num_name(num)).or_default()[usize::from(unknown)] += 1;
                }
            }
        }
    }

    /// Verdicts, atoms and numbers with a value that came up less than 500 times.
    pub(crate) fn seldom(&self) -> Vec<String> {
        const ENOUGH: usize = 500;
        let verdicts = ["eligible", "likely", "unknown", "ineligible"]
            .into_iter()
            .filter(|verdict| self.verdicts.get(*verdict).is_none_or(|count| *count < ENOUGH))
            .map(str::to_owned);
        let atoms = ATOMS
            .into_iter()
            .filter(|name| {
                self.atoms.get(name).is_none_or(|seen| seen.iter().min() < Some(&ENOUGH))
            })
            .map(str::to_owned);
        let numbers = NUMBERS
            .into_iter()
            .filter(|name| self.numbers.get(name).is_none_or(|seen| seen[0] < ENOUGH))
            .map(str::to_owned);
        let parts = PARTS
            .into_iter()
            .filter(|part| self.parts.get(part).is_none_or(|count| *count == 0))
            .map(str::to_owned);
        verdicts.chain(atoms).chain(numbers).chain(parts).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} pairs of a condition and a subject: {:?}", self.pairs, self.values)?;
        writeln!(f, "long parts: {:?}", self.parts)?;
        writeln!(f, "verdicts: {:?}", self.verdicts)?;
        writeln!(f, "atoms (false, true, unknown): {:?}", self.atoms)?;
        write!(f, "numbers (known, unknown): {:?}", self.numbers)
    }
}

const PARTS: [&str; 3] = ["s.part_", "u.part_", "m.part_"];

const ATOMS: [&str; 14] = [
    "flag",
    "code",
    "within",
    "industry",
    "has",
    "text_equals",
    "text_contains",
    "same",
    "holds",
    "had",
    "had_ever",
    "exists",
    "all",
    "compare",
];

const NUMBERS: [&str; 24] = [
    "field",
    "decimal",
    "literal",
    "as_of",
    "add",
    "sub",
    "mul",
    "div",
    "min",
    "max",
    "floor",
    "choose",
    "add_months",
    "years",
    "months",
    "year",
    "month",
    "param",
    "count_facts",
    "count_facts_ever",
    "sum_facts",
    "sum_facts_ever",
    "count_members",
    "count_members_filter",
];

fn atom_name(atom: &Atom) -> &'static str {
    match atom {
        Atom::Compare(..) => "compare",
        Atom::Flag(_) => "flag",
        Atom::Code(..) => "code",
        Atom::Within(..) => "within",
        Atom::Industry(..) => "industry",
        Atom::Has(..) => "has",
        Atom::Text(_, TextTest::Equals, _) => "text_equals",
        Atom::Text(_, TextTest::Contains, _) => "text_contains",
        Atom::Same(..) => "same",
        Atom::Holds(..) => "holds",
        Atom::Had(_, _, Some(_)) => "had",
        Atom::Had(_, _, None) => "had_ever",
        Atom::Exists(..) => "exists",
        Atom::All(..) => "all",
    }
}

fn num_name(num: &Num) -> &'static str {
    match num {
        Num::Field(_) => "field",
        Num::Decimal(_) => "decimal",
        Num::Literal(..) => "literal",
        Num::AsOf => "as_of",
        Num::Add(..) => "add",
        Num::Sub(..) => "sub",
        Num::Mul(..) => "mul",
        Num::Div(..) => "div",
        Num::Min(..) => "min",
        Num::Max(..) => "max",
        Num::Floor(_) => "floor",
        Num::Choose(..) => "choose",
        Num::AddMonths(..) => "add_months",
        Num::Years(_) => "years",
        Num::Months(_) => "months",
        Num::Year(_) => "year",
        Num::Month(_) => "month",
        Num::Param { .. } => "param",
        Num::CountFacts(_, _, Some(_)) => "count_facts",
        Num::CountFacts(_, _, None) => "count_facts_ever",
        Num::SumFacts(_, _, Some(_)) => "sum_facts",
        Num::SumFacts(_, _, None) => "sum_facts_ever",
        Num::CountMembers(_, Some(_)) => "count_members_filter",
        Num::CountMembers(_, None) => "count_members",
        Num::Since(_) => "since",
        Num::Until(_) => "until",
    }
}
