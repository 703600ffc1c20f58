//! Judging one subject for a list. What is asked for decides what is worked
//! out: the missing data of an unknown verdict are costly and mostly unread.

use zhida_model::{
    domain::{SubjectKey, SubjectKind},
    matching::{self, Match, Matcher, Memo, Selected},
    policy::cases::Verdict,
    rules::{
        program::{CompiledKind, Policy},
        render::Render,
        scalar::{At, Dossier, Manual},
    },
};

use crate::view::result_words;

/// How many verdicts of one subject there are of each kind.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Every condition holds.
    pub eligible: usize,
    /// Only clauses are left that a person judges.
    pub likely: usize,
    /// Something is missing.
    pub unknown: usize,
    /// The data at hand speak against it.
    pub ineligible: usize,
    /// Of the first two, how many are not shown (received already, window closed …).
    pub suppressed: usize,
}

/// A policy that the data at hand speak against, with what fails.
#[derive(Debug)]
pub struct Against {
    /// Position in the program.
    pub policy: usize,
    /// Key of the unit.
    pub unit: Option<SubjectKey>,
    /// What fails: id, and the rule in Chinese.
    pub failing: Vec<(String, String)>,
}

/// What judging came to.
#[derive(Debug, Default)]
pub struct Judged {
    /// Matches, best first.
    pub matches: Vec<Match>,
    /// What does not match, where it was asked for.
    pub against: Vec<Against>,
    /// How many of each.
    pub counts: Counts,
}

/// What a list asks for beside what may fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Unknown verdicts with their missing data.
    pub unknown: bool,
    /// What does not match, with the reasons.
    pub ineligible: bool,
}

/// Judges one subject against every version that the day selects.
#[must_use]
pub fn judge(matcher: &Matcher<'_>, kind: SubjectKind, row: u32, wanted: Wanted) -> Judged {
    let mut judged = Judged::default();
    let Some((frame, row)) = matcher.scalar.world.of(kind).locate(row) else { return judged };
    let subject = Dossier { frame, row };
    let mut memo = Memo::default();
    for selected in &matcher.selected {
        if selected.policy.file.audience == kind {
            judge_policy(matcher, selected, subject, wanted, &mut memo, &mut judged);
        }
    }
    matcher.finish(kind, subject, &mut judged.matches);
    judged.counts.suppressed = judged
        .matches
        .iter()
        .filter(|found| found.suppressed.is_some() && found.verdict < Verdict::Unknown)
        .count();
    judged
}

fn judge_policy<'a>(
    matcher: &Matcher<'a>,
    selected: &Selected<'a>,
    subject: Dossier<'a>,
    wanted: Wanted,
    memo: &mut Memo,
    judged: &mut Judged,
) {
    for unit in matching::units(&matcher.scalar, selected.policy, subject) {
        let at = unit.at(subject);
        let verdict = matching::unit_verdict(&matcher.scalar, selected.policy, &unit, subject);
        let counts = &mut judged.counts;
        match verdict {
            Verdict::Eligible => counts.eligible += 1,
            Verdict::Likely => counts.likely += 1,
            Verdict::Unknown => counts.unknown += 1,
            Verdict::Ineligible => counts.ineligible += 1,
        }
        if verdict < Verdict::Unknown || (verdict == Verdict::Unknown && wanted.unknown) {
            judged.matches.push(matcher.judged(selected, &unit, &at, verdict, memo));
        } else if verdict == Verdict::Ineligible && wanted.ineligible {
            judged.against.push(against(matcher, selected, &at));
        }
    }
}

fn against<'a>(matcher: &Matcher<'a>, selected: &Selected<'a>, at: &At<'a>) -> Against {
    let dated = matcher.scalar.dated;
    let render = Render::new(dated.program, dated.reference);
    let failing = matching::failing(&matcher.scalar, selected.policy, at)
        .into_iter()
        .map(|condition| (condition.id.clone(), render.words(condition)))
        .collect();
    let unit = at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row));
    Against { policy: selected.index, unit, failing }
}

/// Why a policy is on the list, one line a condition.
#[must_use]
pub fn why<'a>(matcher: &Matcher<'a>, policy: &'a Policy, at: &At<'a>) -> Vec<String> {
    let dated = matcher.scalar.dated;
    let render = Render::new(dated.program, dated.reference);
    policy
        .conditions
        .iter()
        .map(|condition| {
            let manual = matches!(condition.kind, CompiledKind::Manual(_));
            let result = matcher.scalar.node(condition.node, at, Manual::Open);
            format!("{}：{}", result_words(result, manual), render.words(condition))
        })
        .collect()
}

/// Whom the names of a rule stand for in a match: the subject and its unit.
#[must_use]
pub fn at_of<'a>(
    matcher: &Matcher<'a>,
    policy: &Policy,
    subject: Dossier<'a>,
    unit: Option<SubjectKey>,
) -> At<'a> {
    let plain = At { subject, unit: None, member: None };
    let Some(wanted) = unit else { return plain };
    matching::units(&matcher.scalar, policy, subject)
        .into_iter()
        .map(|unit| unit.at(subject))
        .find(|at| at.unit.is_some_and(|unit| unit.dossier.frame.key(unit.dossier.row) == wanted))
        .unwrap_or(plain)
}
