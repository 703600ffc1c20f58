//! What is told of a simulation: the table of transitions, money before and
//! after, winners and losers, the curve around a threshold, and samples.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{Number, parse_scaled},
    office::{
        coverage::Sum,
        disclosure::{Hidden, Protection},
        report::Place,
        simulate::{
            Outcome, Question, Shift,
            curve::Scale,
            near::{Kind, Near, words},
            sample::samples,
        },
    },
    policy::file::Per,
    rules::{
        dated::{date_of, days_of},
        render::{money, plain},
    },
};

pub use super::sample::{Sample, SampleCondition};

/// A row of the table of transitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Transition {
    /// The verdict before.
    pub before: String,
    /// Eligible after the change.
    pub eligible: Option<u64>,
    /// Likely after the change.
    pub likely: Option<u64>,
    /// Unknown after the change.
    pub unknown: Option<u64>,
    /// Ineligible after the change.
    pub ineligible: Option<u64>,
}

/// What is to be paid, before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Bounds {
    /// Open eligible claims.
    pub claims: Option<u64>,
    /// Lower bound in fen: what they come to, where it can be told.
    pub lower_fen: Option<i64>,
    /// Upper bound in fen, with likely and unknown claims; `null` where there
    /// is none, or it is hidden.
    pub upper_fen: Option<i64>,
}

/// How one group moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupShift {
    /// Short name; a region's code.
    pub key: String,
    /// Chinese label.
    pub label: String,
    /// Subjects.
    pub population: Option<u64>,
    /// Subjects that become eligible or likely.
    pub winners: Option<u64>,
    /// Subjects that are so no longer.
    pub losers: Option<u64>,
}

/// How the groups of a dimension move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shifts {
    /// `region`, `sex`, `age`, `industry` or `size`.
    pub dimension: String,
    /// Chinese label.
    pub label: String,
    /// Its groups.
    pub groups: Vec<GroupShift>,
}

/// One point of a curve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CurvePoint {
    /// The threshold as stored: fen, days since 1970-01-01, units, millionths.
    pub value: i64,
    /// The threshold as people write it.
    pub text: String,
    /// How many qualify with it.
    pub qualify: Option<u64>,
    /// It is the threshold in force.
    pub in_force: bool,
}

/// How many qualify for every value of a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Curve {
    /// Id of the condition.
    pub condition: String,
    /// What is measured, as the rule writes it.
    pub measure: String,
    /// 不低于, 低于 and their kin.
    pub comparison: String,
    /// Who meets everything else, with an unknown measure.
    pub unmeasured: Option<u64>,
    /// The least number of subjects between two points.
    pub smallest_bin: u64,
    /// The points, ascending.
    pub points: Vec<CurvePoint>,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Simulation {
    /// The day judged.
    pub as_of: String,
    /// The data cut-off.
    pub known_at: String,
    /// Whose subjects are counted.
    pub region: Place,
    /// How small counts are hidden; `null` for exact figures.
    pub protection: Option<Protection>,
    /// Id of the policy.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The relation whose members are counted; subjects where absent.
    pub unit: Option<String>,
    /// Conditions that were evaluated again.
    pub touched: Vec<String>,
    /// Thresholds that were judged, where others were asked for: between them
    /// are too few subjects to tell apart.
    pub moved_thresholds: Vec<String>,
    /// Whether the policy is in force on the day after the change.
    pub in_force_after: bool,
    /// By verdict before.
    pub transitions: Vec<Transition>,
    /// Become eligible or likely.
    pub winners: Option<u64>,
    /// Are so no longer.
    pub losers: Option<u64>,
    /// What the sums are for.
    pub per: Per,
    /// Money before.
    pub before: Bounds,
    /// Money after.
    pub after: Bounds,
    /// Winners and losers by group.
    pub groups: Vec<Shifts>,
    /// Curves of the thresholds concerned.
    pub curves: Vec<Curve>,
    /// A few changed dossiers, without anything that names them.
    pub samples: Vec<Sample>,
}

/// What is asked beside the change itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How small counts are hidden; `None` for exact figures.
    pub protection: Option<Protection>,
    /// How many samples.
    pub samples: usize,
    /// Thresholds that were moved to one that may be told.
    pub moved_thresholds: Vec<String>,
}

/// Tells an outcome.
#[must_use]
pub fn report(
    question: &Question<'_>,
    outcome: &Outcome,
    curves: &[Near],
    options: &Options,
) -> Simulation {
    let teller = Teller { protection: options.protection };
    let policy = question.selected.policy;
    let dated = question.before;
    let (winners, losers) = sides(&outcome.transitions);
    let (_, hidden) = teller.transitions(&outcome.transitions);
    Simulation {
        as_of: dated.as_of.to_string(),
        known_at: dated.known_at.to_string(),
        region: Place::new(question.region, dated),
        protection: options.protection,
        policy: policy.key.id.clone(),
        version: policy.key.version.clone(),
        title: policy.file.title.clone(),
        unit: outcome
            .unit
            .map(|unit| dated.reference.catalogue.relation_by_id(unit).entry.name.clone()),
        touched: outcome.touched.clone(),
        moved_thresholds: options.moved_thresholds.clone(),
        in_force_after: outcome.in_force[1],
        transitions: teller.transitions(&outcome.transitions).0,
        winners: teller.count(winners),
        losers: teller.count(losers),
        per: policy.file.benefit.per,
        before: teller.bounds(&outcome.sums[0], outcome.most[0], hidden),
        after: teller.bounds(&outcome.sums[1], outcome.most[1], hidden),
        groups: (0..outcome.layers.len()).map(|layer| teller.shifts(outcome, layer)).collect(),
        curves: curves.iter().map(|near| teller.curve(near)).collect(),
        samples: samples(question, outcome, options.protection, options.samples),
    }
}

/// How many become eligible or likely, and how many are so no longer.
fn sides(table: &[[u64; 4]; 4]) -> (u64, u64) {
    let sum = |from: std::ops::Range<usize>, to: std::ops::Range<usize>| -> u64 {
        from.flat_map(|row| table[row][to.clone()].to_vec()).sum()
    };
    (sum(2..4, 0..2), sum(0..2, 2..4))
}

struct Teller {
    protection: Option<Protection>,
}

impl Teller {
    fn count(&self, count: u64) -> Option<u64> {
        self.protection.map_or(Some(count), |protection| protection.count(count))
    }

    fn shown(&self, hidden: bool, count: u64) -> Option<u64> {
        match self.protection {
            None => Some(count),
            Some(protection) => (!hidden).then(|| protection.round(count)),
        }
    }

    /// The table, and whether anything of it is hidden.
    fn transitions(&self, table: &[[u64; 4]; 4]) -> (Vec<Transition>, bool) {
        let rows: Vec<Vec<u64>> = table.iter().map(|row| row.to_vec()).collect();
        let hidden = self.protection.map(|protection| {
            let sizes: Vec<u64> = rows.iter().map(|row| row.iter().sum()).collect();
            let totals: Vec<u64> =
                (0..4).map(|column| rows.iter().map(|row| row[column]).sum()).collect();
            let sizes = Hidden::line(&sizes, protection.smallest, false);
            let mut totals = Hidden::line(&totals, protection.smallest, false);
            totals.push(false);
            // Winners and losers are the sums of two blocks.
            let block = |from: [usize; 2], to: [usize; 2]| {
                from.iter().flat_map(|row| to.map(|column| (*row, column))).collect::<Vec<_>>()
            };
            let blocks = [block([2, 3], [0, 1]), block([0, 1], [2, 3])];
            Hidden::beside(&rows, protection.smallest, &totals, &sizes, &blocks)
        });
        let hide = |row, column| hidden.as_ref().is_some_and(|hidden| hidden.is(row, column));
        let any = (0..4).any(|row| (0..4).any(|column| hide(row, column)));
        let told = crate::policy::cases::Verdict::ALL.iter().zip(table).enumerate();
        let told = told.map(|(row, (verdict, counts))| {
            let cell = |column: usize| self.shown(hide(row, column), counts[column]);
            Transition {
                before: verdict.name().to_owned(),
                eligible: cell(0),
                likely: cell(1),
                unknown: cell(2),
                ineligible: cell(3),
            }
        });
        (told.collect(), any)
    }

    /// Money before or after. Where a transition is hidden the sums are too:
    /// a sum that moves by the grant of one person tells of that person.
    fn bounds(&self, sums: &[Sum; 3], most: Option<i64>, hidden: bool) -> Bounds {
        if self.protection.is_some() && hidden {
            return Bounds { claims: None, lower_fen: None, upper_fen: None };
        }
        let mut whole = Sum::default();
        let mut bounded = true;
        for sum in sums {
            let untold = i64::try_from(sum.untold).unwrap_or(i64::MAX);
            bounded &= untold == 0 || most.is_some();
            whole.claims += sum.claims;
            whole.untold += sum.untold;
            whole.largest = whole.largest.max(sum.largest);
            let rest = most.unwrap_or(0).saturating_mul(untold);
            whole.fen = whole.fen.saturating_add(sum.fen).saturating_add(rest);
        }
        let told = |sum: &Sum| match self.protection {
            None => Some(sum.fen),
            Some(protection) => protection.sum(sum.fen, sum.behind(), sum.largest),
        };
        Bounds {
            claims: self.count(sums[0].claims),
            lower_fen: told(&sums[0]),
            upper_fen: if bounded { told(&whole) } else { None },
        }
    }

    fn shifts(&self, outcome: &Outcome, layer: usize) -> Shifts {
        let (of, shifts) = (&outcome.layers[layer], &outcome.groups[layer]);
        let there: Vec<usize> = (0..shifts.len()).filter(|group| shifts[*group].size > 0).collect();
        let column = |pick: &dyn Fn(&Shift) -> u64| -> Vec<bool> {
            let counts: Vec<u64> = there.iter().map(|group| pick(&shifts[*group])).collect();
            let sum: u64 = counts.iter().sum();
            match self.protection {
                None => vec![false; counts.len()],
                Some(protection) => {
                    Hidden::line(&counts, protection.smallest, protection.count(sum).is_none())
                }
            }
        };
        let hidden =
            [column(&|one| one.size), column(&|one| one.winners), column(&|one| one.losers)];
        let groups = there.iter().enumerate().map(|(row, group)| {
            let shift = &shifts[*group];
            GroupShift {
                key: of.groups[*group].key.clone(),
                label: of.groups[*group].label.clone(),
                population: self.shown(hidden[0][row], shift.size),
                winners: self.shown(hidden[1][row], shift.winners),
                losers: self.shown(hidden[2][row], shift.losers),
            }
        });
        Shifts {
            dimension: of.name.to_owned(),
            label: of.label.to_owned(),
            groups: groups.collect(),
        }
    }

    fn curve(&self, near: &Near) -> Curve {
        let bin = self.protection.map_or(1, |protection| protection.smallest);
        let points = near.measured.points(near.threshold, usize::try_from(bin).unwrap_or(1));
        Curve {
            condition: near.condition.clone(),
            measure: near.measure.clone(),
            comparison: words(near.measured.op).to_owned(),
            unmeasured: self.count(near.measured.unmeasured),
            smallest_bin: bin,
            points: points
                .into_iter()
                .map(|point| CurvePoint {
                    value: point.value,
                    text: near.write(point.value),
                    qualify: self.count(point.qualify),
                    in_force: point.value == near.threshold,
                })
                .collect(),
        }
    }
}

impl Near {
    /// A threshold as somebody typed it, as stored.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        match (self.kind, self.scale) {
            (Kind::Money, _) => crate::rules::values::money(text),
            (Kind::Day, _) => Some(i64::from(days_of(text.parse().ok()?))),
            (Kind::Number, scale) => {
                let (digits, percent) = match text.strip_suffix('%') {
                    Some(digits) => (digits, 100),
                    None => (text, 1),
                };
                let scaled = parse_scaled(digits, 6).ok()? / percent;
                Some(if scale == Scale::Whole { scaled / 1_000_000 } else { scaled })
            }
        }
    }

    /// A stored threshold as it is typed.
    #[must_use]
    pub fn typed(&self, value: i64) -> String {
        match self.kind {
            Kind::Money => format!("{}.{:02}", value / 100, (value % 100).abs()),
            Kind::Number | Kind::Day => self.write(value),
        }
    }

    /// A threshold as people write it.
    #[must_use]
    pub fn write(&self, value: i64) -> String {
        match (self.kind, self.scale) {
            (Kind::Money, _) => money(value),
            (Kind::Day, _) => {
                let day = i32::try_from(value).ok().and_then(date_of);
                day.map(|day| day.to_string()).unwrap_or_default()
            }
            (Kind::Number, Scale::Whole) => value.to_string(),
            (Kind::Number, Scale::Millionths) => plain(Number::decimal(value)),
        }
    }
}
