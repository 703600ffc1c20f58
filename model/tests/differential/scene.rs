//! One seed's reference, rules and dossiers, what the specification says of
//! them, and how to tell a difference.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use zhida_model::{
    domain::Tri,
    frame::World,
    reference::Reference,
    rules::{
        dated::Dated,
        program::{Policy, Program, Source},
        scalar::{At, Manual, Scalar},
        sql::{Dialect, policy_sql},
    },
};

use crate::{
    draw::Draw,
    engine::{Answer, Query},
    policies, reference,
    world::{self, Dossiers, Table},
};

/// Days judged with the cut-off before them: the same day, a later month,
/// quarter and year, a leap day and ends of months.
const DAYS: [(Date, Date); 8] = [
    (date(2026, 7, 1), date(2026, 7, 1)),
    (date(2026, 3, 31), date(2026, 3, 1)),
    (date(2024, 2, 29), date(2024, 2, 29)),
    (date(2025, 2, 28), date(2024, 12, 31)),
    (date(2026, 5, 31), date(2026, 4, 30)),
    (date(2026, 4, 1), date(2026, 3, 31)),
    (date(2027, 1, 1), date(2026, 12, 31)),
    (date(2026, 12, 31), date(2026, 1, 1)),
];

/// Policies of each audience in each world.
const POLICIES: usize = 12;

/// By `subject` or `subject/unit`: one letter a condition, then V0 and V1, and
/// the verdict.
pub(crate) type Verdicts = BTreeMap<String, (String, String)>;

pub(crate) struct Scene {
    pub(crate) seed: u64,
    pub(crate) reference: Reference,
    pub(crate) program: Program,
    pub(crate) sources: Vec<Source>,
    pub(crate) world: World,
    pub(crate) tables: Vec<Table>,
    as_of: Date,
    known_at: Date,
}

impl Scene {
    /// A scene with so many dossiers; their members come on top.
    pub(crate) fn draw(seed: u64, rows: usize) -> Scene {
        let mut draw = Draw::new(seed);
        let (as_of, known_at) = DAYS[usize::try_from(seed).unwrap() % DAYS.len()];
        let (reference, pools) = reference::reference(&mut draw);
        let sources = policies::policies(&mut draw, &pools, as_of, POLICIES);
        let (program, findings) = Program::compile(&sources, &reference);
        assert!(findings.is_empty(), "seed {seed}: {findings:#?}");
        let world = Dossiers { draw: &mut draw, pools: &pools, as_of }.world(&reference, rows);
        let tables = world::tables(&reference, &world);
        Scene { seed, reference, program, sources, world, tables, as_of, known_at }
    }

    pub(crate) fn dated(&self) -> Dated<'_> {
        Dated::new(&self.program, &self.reference, self.as_of, self.known_at)
    }

    pub(crate) fn queries(&self, dated: &Dated<'_>, dialect: Dialect) -> Vec<Query> {
        let policies = self.program.policies.iter();
        policies
            .map(|policy| Query {
                name: policy.key.id.clone(),
                sql: policy_sql(dated, policy, dialect),
                columns: columns(policy),
            })
            .collect()
    }

    /// What the specification says.
    pub(crate) fn expected(&self, dated: &Dated<'_>, policy: &Policy) -> Verdicts {
        let scalar = Scalar::new(dated, &self.world);
        let mut rows = Verdicts::new();
        for (frame, row) in world::subjects(&self.world, policy.file.audience) {
            let at = At::subject(frame, row);
            let key = frame.key(row).to_string();
            let Some(relation) = policy.unit else {
                rows.insert(key, judged(&scalar, policy, &at));
                continue;
            };
            for unit in scalar.related(relation, at.subject).0 {
                let member = unit.dossier.frame.key(unit.dossier.row);
                let at = At { unit: Some(unit), ..at };
                rows.insert(format!("{key}/{member}"), judged(&scalar, policy, &at));
            }
        }
        rows
    }

    /// Everything that is needed to understand a difference.
    pub(crate) fn explain(
        &self,
        policy: &Policy,
        key: &str,
        expected: &(String, String),
        found: Option<&(String, String)>,
        queries: &[Query],
    ) -> String {
        let letters = found.map_or("", |found| found.0.as_str());
        let differing: Vec<String> = columns(policy)
            .into_iter()
            .zip(expected.0.chars().zip(letters.chars()))
            .filter(|(_, (a, b))| a != b)
            .map(|(name, _)| name)
            .collect();
        let texts: Vec<String> = policy
            .all_conditions()
            .filter(|condition| differing.contains(&condition.id))
            .map(|condition| format!("{}: {:?}", condition.id, condition.kind))
            .collect();
        let rows: Vec<&str> = self
            .tables
            .iter()
            .flat_map(|table| table.rows.lines())
            .filter(|line| key.split('/').any(|part| line.contains(part)))
            .collect();
        let query = queries.iter().find(|query| query.name == policy.key.id);
        format!(
            "seed {}, {}, {key}: scalar {expected:?}, SQL {found:?}\n{differing:?}\n{}\n{}\n{}",
            self.seed,
            policy.key.id,
            texts.join("\n"),
            rows.join("\n"),
            query.map_or("", |query| query.sql.as_str()),
        )
    }
}

/// Rows that differ between what was found and what was expected.
pub(crate) fn differences(answers: &[Answer], expected: &[&Verdicts]) -> usize {
    let pairs = answers.iter().zip(expected);
    pairs
        .map(|(answer, expected)| {
            let same = expected.iter().filter(|(key, row)| answer.rows.get(*key) == Some(*row));
            answer.rows.len().max(expected.len()) - same.count()
        })
        .sum()
}

fn columns(policy: &Policy) -> Vec<String> {
    let conditions = policy.all_conditions().map(|condition| condition.id.clone());
    conditions.chain(["v0".to_owned(), "v1".to_owned()]).collect()
}

fn judged<'a>(scalar: &Scalar<'a>, policy: &Policy, at: &At<'a>) -> (String, String) {
    let letter = |tri: Tri| match tri {
        Tri::True => 'T',
        Tri::False => 'F',
        Tri::Unknown => 'N',
    };
    let read = |manual| scalar.node(policy.root, at, manual);
    let (open, met) = (read(Manual::Open), read(Manual::Met));
    let conditions = policy
        .all_conditions()
        .map(|condition| letter(scalar.node(condition.node, at, Manual::Open)));
    let letters = conditions.chain([letter(open), letter(met)]).collect();
    let verdict = match (open, met) {
        (Tri::True, _) => "eligible",
        (Tri::False, _) => "ineligible",
        (Tri::Unknown, Tri::True) => "likely",
        (Tri::Unknown, _) => "unknown",
    };
    (letters, verdict.to_owned())
}
