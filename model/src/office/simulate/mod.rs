//! What a change of a policy would do, before it is made: who moves from which
//! verdict to which, what it costs, who wins and who loses, and how many stand
//! near a threshold. Only the conditions that the change touches are evaluated
//! again; everything else is taken from the [`Baseline`].

pub mod baseline;
pub mod change;
pub mod curve;
pub mod report;
pub mod threshold;

mod near;
mod sample;
mod units;

use serde_json::Value;

use crate::{
    catalogue::RelationId,
    diagnostic::{Diagnostic, Severity},
    domain::RegionCode,
    frame::World,
    matching::{Selected, select},
    office::{
        coverage::Sum,
        population::{Layer, Population},
        rowset::Rowset,
    },
    policy::cases::Verdict,
    reference::Reference,
    rules::{
        dated::Dated,
        program::{Policy, Program, Source},
        scalar::Scalar,
    },
};

pub use self::{
    baseline::Baseline,
    change::{Change, ChangeError, Changed},
    near::{Kind, Near, near},
};

use self::baseline::{Part, amounts, parts, totals, verdicts};

/// Why a change cannot be tried out.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// It does not fit the policy.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The changed policy does not pass the checks.
    #[error("the changed policy does not hold: {}", findings(.0))]
    Findings(Vec<Diagnostic>),
}

fn findings(findings: &[Diagnostic]) -> String {
    let told = findings
        .iter()
        .map(|finding| format!("{}: {}; {}", finding.subject, finding.message, finding.help));
    told.collect::<Vec<_>>().join("; ")
}

/// A changed policy, compiled. It owns what its rules refer to.
#[derive(Debug)]
pub struct Trial {
    /// Holds the changed policy alone.
    pub program: Program,
    /// Present where parameters are changed.
    pub reference: Option<Reference>,
    /// The file before and after.
    pub changed: Changed,
    /// Changed parameters, and derived fields that are made from them.
    moving: Vec<String>,
}

impl Trial {
    /// Applies a change to the text of a policy and compiles the result.
    ///
    /// # Errors
    /// [`TrialError`]: everything that is wrong with it.
    pub fn new(text: &str, change: &Change, reference: &Reference) -> Result<Trial, TrialError> {
        let changed = change.apply(text)?;
        let own = if change.parameters.is_empty() {
            None
        } else {
            Some(Reference {
                catalogue: reference.catalogue.clone(),
                regions: reference.regions.clone(),
                industries: reference.industries.clone(),
                parameters: change.parameters(reference)?,
            })
        };
        let text = changed.after.to_string();
        let source = Source { name: "the change".to_owned(), text };
        let (program, found) = Program::compile(&[source], own.as_ref().unwrap_or(reference));
        let errors: Vec<Diagnostic> =
            found.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        if !errors.is_empty() {
            return Err(TrialError::Findings(errors));
        }
        let moving = moving(change.parameter_names(), reference);
        Ok(Trial { program, reference: own, changed, moving })
    }

    /// What its rules are read against.
    #[must_use]
    pub fn reference<'a>(&'a self, before: &'a Reference) -> &'a Reference {
        self.reference.as_ref().unwrap_or(before)
    }

    /// The changed policy.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.program.policies.first()
    }

    /// Ids of the conditions whose truth can differ from before.
    #[must_use]
    pub fn touched(&self) -> Vec<String> {
        let conditions = self.policy().map(|policy| policy.conditions.as_slice());
        let touched = conditions.unwrap_or_default().iter().filter(|one| {
            let after = written(&self.changed.after, &one.id);
            after != written(&self.changed.before, &one.id) || self.reads_parameter(after)
        });
        touched.map(|one| one.id.clone()).collect()
    }

    /// Whether a part of the file names a changed parameter, itself or through
    /// a derived field.
    fn reads_parameter(&self, part: Option<&Value>) -> bool {
        let text = part.map(Value::to_string).unwrap_or_default();
        self.moving.iter().any(|word| text.contains(word.as_str()))
    }

    /// Whether sums have to be worked out again.
    fn sums_differ(&self) -> bool {
        let benefit = |file: &Value| file.get("benefit").cloned();
        let after = benefit(&self.changed.after);
        benefit(&self.changed.before) != after || self.reads_parameter(after.as_ref())
    }
}

/// A condition of the file as it is written.
fn written<'f>(file: &'f Value, id: &str) -> Option<&'f Value> {
    let list = file.get("conditions").and_then(Value::as_array)?;
    list.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(id))
}

/// Parameters, and derived fields that are made from them.
fn moving(parameters: Vec<&str>, reference: &Reference) -> Vec<String> {
    let mut moving: Vec<String> = parameters.into_iter().map(str::to_owned).collect();
    loop {
        let new: Vec<String> = reference
            .catalogue
            .fields()
            .iter()
            .filter(|field| !moving.contains(&field.name))
            .filter(|field| {
                let text = field.derived.as_ref().map(|derived| derived.text.as_str());
                text.is_some_and(|text| moving.iter().any(|word| text.contains(word.as_str())))
            })
            .map(|field| field.name.clone())
            .collect();
        if new.is_empty() {
            return moving;
        }
        moving.extend(new);
    }
}

/// Everything a simulation is about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The rules before the change, on the day judged.
    pub before: &'a Dated<'a>,
    /// The rules after it, on the same day.
    pub after: &'a Dated<'a>,
    /// The dossiers.
    pub world: &'a World,
    /// Everybody of the policy's kind.
    pub population: &'a Population,
    /// The policy before the change.
    pub selected: Selected<'a>,
    /// The changed policy.
    pub trial: &'a Trial,
    /// Whose subjects are counted.
    pub region: RegionCode,
}

/// How one group moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Subjects of the group.
    pub size: u64,
    /// Subjects that become eligible or likely.
    pub winners: u64,
    /// Subjects that are so no longer.
    pub losers: u64,
}

/// What a change would do, exactly.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Subjects, for policies with units claims, by verdict before and after,
    /// in the order of [`Verdict::ALL`].
    pub transitions: [[u64; 4]; 4],
    /// Open claims before and after: eligible, likely, unknown.
    pub sums: [[Sum; 3]; 2],
    /// The most one claim comes to, before and after.
    pub most: [Option<i64>; 2],
    /// The layers that groups are counted by.
    pub layers: Vec<Layer>,
    /// By layer and group.
    pub groups: Vec<Vec<Shift>>,
    /// Rows whose verdict changes, with the verdicts before and after.
    pub moved: Vec<(usize, Verdict, Verdict)>,
    /// Ids of the conditions that were evaluated again.
    pub touched: Vec<String>,
    /// Whether the policy is in force on the day, before and after.
    pub in_force: [bool; 2],
    /// Relation whose members are counted, where claims are.
    pub unit: Option<RelationId>,
    /// Subjects eligible after the change, for policies without units.
    pub eligible_after: Rowset,
}

/// Tries a change out on a policy without units, whose baseline is at hand.
#[must_use]
pub fn simulate(question: &Question<'_>, baseline: &Baseline) -> Outcome {
    let Question { after, world, population, trial, region, .. } = *question;
    let rows = population.within(region, question.before);
    let touched = trial.touched();
    let in_force = !select(&trial.program, after.as_of).is_empty();
    let fresh = fresh_parts(question, baseline, &touched, &rows);
    let later: Vec<&Part> = later_parts(trial, baseline, &fresh);
    let mut now = verdicts(&later, &rows);
    if !in_force {
        now = now.map(|_| Rowset::none(population.rows));
    }
    let past = [0, 1, 2].map(|verdict| baseline.verdicts[verdict].and(&rows));
    let moved = moves(&past, &now);
    let scalar = Scalar::new(after, world);
    let mut most = [baseline.most; 2];
    let sums_after = if trial.sums_differ() {
        let possible = now[0].or(&now[1]).or(&now[2]);
        let policy = trial.policy().unwrap_or(question.selected.policy);
        most[1] = super::reach::most(&scalar, policy);
        let sums = amounts(after, world, population, policy, &possible, None);
        totals(&now, &rows, &baseline.settled, &sums)
    } else {
        known_totals(question, baseline, &now, &rows)
    };
    let sums_before = totals(&past, &rows, &baseline.settled, &baseline.amounts);
    let (layers, groups) = shifts(question, &rows, &moved);
    Outcome {
        transitions: transitions(&past, &now, rows.count()),
        sums: [sums_before, sums_after],
        most,
        layers,
        groups,
        moved,
        touched,
        in_force: [true, in_force],
        unit: None,
        eligible_after: now[0].clone(),
    }
}

/// Tries a change out on any policy; one with units is gone through unit by
/// unit, before and after.
#[must_use]
pub fn simulate_units(question: &Question<'_>) -> Outcome {
    units::simulate(question)
}

/// The touched conditions, for rows that the others do not rule out.
fn fresh_parts(
    question: &Question<'_>,
    baseline: &Baseline,
    touched: &[String],
    rows: &Rowset,
) -> Vec<Part> {
    let Some(policy) = question.trial.policy() else { return Vec::new() };
    let wanted: Vec<_> = policy
        .conditions
        .iter()
        .filter(|one| touched.contains(&one.id))
        .map(|one| (one.id.clone(), one.node))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let kept = baseline.parts.iter().filter(|part| {
        !touched.contains(&part.id) && policy.conditions.iter().any(|one| one.id == part.id)
    });
    let need = kept.fold(rows.clone(), |need, part| need.without(&part.no));
    parts(question.after, question.world, question.population, &wanted, &need)
}

/// The conditions of the changed policy, old ones where they are the same.
fn later_parts<'p>(trial: &Trial, baseline: &'p Baseline, fresh: &'p [Part]) -> Vec<&'p Part> {
    let conditions = trial.policy().map(|policy| policy.conditions.as_slice()).unwrap_or_default();
    let find = |parts: &'p [Part], id: &str| parts.iter().find(|part| part.id == id);
    conditions
        .iter()
        .filter_map(|one| find(fresh, &one.id).or_else(|| find(&baseline.parts, &one.id)))
        .collect()
}

/// Sums after a change that leaves the sums themselves alone.
fn known_totals(
    question: &Question<'_>,
    baseline: &Baseline,
    now: &[Rowset; 3],
    rows: &Rowset,
) -> [Sum; 3] {
    let known = match &baseline.amounts {
        baseline::Amounts::Same(_) => {
            return totals(now, rows, &baseline.settled, &baseline.amounts);
        }
        known => known,
    };
    let all = |verdicts: &[Rowset; 3]| verdicts[0].or(&verdicts[1]).or(&verdicts[2]);
    let possible = all(now);
    // Nobody is new whose sum was not asked for before.
    if possible.without(&all(&baseline.verdicts)).count() == 0 {
        return totals(now, rows, &baseline.settled, known);
    }
    let policy = question.selected.policy;
    let (before, world, population) = (question.before, question.world, question.population);
    let sums = amounts(before, world, population, policy, &possible, Some(known));
    totals(now, rows, &baseline.settled, &sums)
}

/// Rows whose verdict changes.
fn moves(past: &[Rowset; 3], now: &[Rowset; 3]) -> Vec<(usize, Verdict, Verdict)> {
    let differ = (0..3).fold(None::<Rowset>, |differ, verdict| {
        let one = past[verdict].zip(&now[verdict], |a, b| a ^ b);
        Some(differ.map_or(one.clone(), |differ| differ.or(&one)))
    });
    let of = |sets: &[Rowset; 3], row: usize| match sets.iter().position(|set| set.contains(row)) {
        Some(0) => Verdict::Eligible,
        Some(1) => Verdict::Likely,
        Some(_) => Verdict::Unknown,
        None => Verdict::Ineligible,
    };
    let rows = differ.unwrap_or_default();
    rows.rows().map(|row| (row, of(past, row), of(now, row))).collect()
}

fn transitions(past: &[Rowset; 3], now: &[Rowset; 3], rows: u64) -> [[u64; 4]; 4] {
    let mut table = [[0; 4]; 4];
    for (from, past) in past.iter().enumerate() {
        let mut rest = past.count();
        for (to, now) in now.iter().enumerate() {
            let both = past.common(now);
            table[from][to] = both;
            rest -= both;
        }
        table[from][3] = rest;
    }
    for (to, now) in now.iter().enumerate() {
        table[3][to] = now.count() - (0..3).map(|from| table[from][to]).sum::<u64>();
    }
    table[3][3] = rows - table.iter().flatten().sum::<u64>();
    table
}

/// Winners and losers by group.
fn shifts(
    question: &Question<'_>,
    rows: &Rowset,
    moved: &[(usize, Verdict, Verdict)],
) -> (Vec<Layer>, Vec<Vec<Shift>>) {
    let population = question.population;
    let mut layers = vec![population.regions(question.region, question.before)];
    layers.extend(population.layers.iter().cloned());
    let mut groups: Vec<Vec<Shift>> = layers
        .iter()
        .map(|layer| {
            let sizes = layer.sizes(rows);
            sizes.into_iter().map(|size| Shift { size, ..Shift::default() }).collect()
        })
        .collect();
    let fits = |verdict: Verdict| verdict < Verdict::Unknown;
    for (row, past, now) in moved {
        for (layer, shifts) in layers.iter().zip(&mut groups) {
            let Some(shift) = layer.group(*row).and_then(|group| shifts.get_mut(group)) else {
                continue;
            };
            shift.winners += u64::from(!fits(*past) && fits(*now));
            shift.losers += u64::from(fits(*past) && !fits(*now));
        }
    }
    (layers, groups)
}
