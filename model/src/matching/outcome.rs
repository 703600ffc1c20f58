//! Matches: the verdict of a policy for a subject or unit with everything that
//! goes with it. Keyed by subject, policy, version, case and unit.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{
    domain::{SubjectKey, SubjectKind},
    frame::World,
    policy::{cases::Verdict, file::PolicyFile},
    ranking::Ranking,
    rules::{
        dated::Dated,
        ir::AtomId,
        missing::{Item, Question, atoms_below},
        scalar::{At, Dossier, Scalar},
    },
};

use super::{
    amount::{Amount, amount},
    judge::{Unit, unit_verdict, units},
    score::score,
    select::{ClaimWindow, Selected, days_left, select},
    suppress::{Suppression, Suppressor, choose_one, gone},
};

/// Something that is missing, with who could supply it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Missing {
    /// Name in the catalogue.
    pub name: Item,
    /// Chinese label.
    pub label: String,
    /// Short names of the departments that own it.
    pub owners: Vec<String>,
}

/// One match.
#[derive(Debug, Clone, Serialize)]
pub struct Match {
    /// Key of the subject.
    pub subject: SubjectKey,
    /// Position of the policy in the program.
    pub policy: usize,
    /// Key of the unit, where the policy has units.
    pub unit: Option<SubjectKey>,
    /// The verdict.
    pub verdict: Verdict,
    /// What is granted.
    pub amount: Amount,
    /// For an unknown verdict: the fewest missing data.
    pub missing: Vec<Missing>,
    /// The claim window.
    pub window: ClaimWindow,
    /// Days until it closes.
    pub days_left: Option<i32>,
    /// Why it is not shown, if it is not.
    pub suppressed: Option<Suppression>,
    /// Ids of rivals of which only one can be had.
    pub choose_one: Vec<String>,
    /// Score it is ordered by: the first, or that of a ranking.
    pub score: f64,
}

/// Judges subjects of a world on a day.
#[derive(Debug)]
pub struct Matcher<'a> {
    /// The evaluator.
    pub scalar: Scalar<'a>,
    /// The versions judged.
    pub selected: Vec<Selected<'a>>,
    /// What puts matches in order; without one the first score does.
    pub ranking: Option<&'a Ranking>,
}

/// How many missing sets one memo keeps; sums of money differ without end.
const MOST_REMEMBERED: usize = 20_000;

/// What has been worked out already.
#[derive(Debug, Default)]
pub struct Memo {
    /// Missing data by policy and what is known.
    missing: FxHashMap<(usize, Vec<u8>), Arc<[Missing]>>,
    /// Atoms of each policy.
    atoms: FxHashMap<usize, Arc<[AtomId]>>,
    /// What suppresses the matches of each policy.
    suppressors: FxHashMap<usize, Suppressor>,
}

impl<'a> Matcher<'a> {
    /// A matcher for the versions that the day selects.
    #[must_use]
    pub fn new(dated: &'a Dated<'a>, world: &'a World) -> Matcher<'a> {
        let selected = select(dated.program, dated.as_of);
        Matcher { scalar: Scalar::new(dated, world), selected, ranking: None }
    }

    /// The same with a trained order, where there is one.
    #[must_use]
    pub fn with(self, ranking: Option<&'a Ranking>) -> Matcher<'a> {
        Matcher { ranking, ..self }
    }

    /// Whether the subject is dead or deregistered.
    #[must_use]
    pub fn gone(&self, kind: SubjectKind, of: Dossier<'a>) -> Option<Suppression> {
        gone(&self.scalar, kind, of)
    }

    /// Every match of a subject that is not ineligible, best first.
    #[must_use]
    pub fn subject(&self, kind: SubjectKind, row: u32, memo: &mut Memo) -> Vec<Match> {
        let Some((frame, row)) = self.scalar.world.of(kind).locate(row) else { return Vec::new() };
        let subject = Dossier { frame, row };
        let mut matches = Vec::new();
        for selected in &self.selected {
            if selected.policy.file.audience == kind {
                self.policy(selected, subject, memo, &mut matches);
            }
        }
        self.finish(kind, subject, &mut matches);
        matches
    }

    /// What may be offered to a subject on the day: not ineligible, not
    /// suppressed, the window open. In the order of the policies, and without
    /// the missing data of unknown verdicts, which are costly to find.
    #[must_use]
    pub fn offers(&self, kind: SubjectKind, subject: Dossier<'a>, memo: &mut Memo) -> Vec<Match> {
        let mut offers = Vec::new();
        for selected in &self.selected {
            let open = matches!(selected.window, ClaimWindow::Open { .. });
            if selected.policy.file.audience != kind || !open {
                continue;
            }
            for unit in units(&self.scalar, selected.policy, subject) {
                let verdict = unit_verdict(&self.scalar, selected.policy, &unit, subject);
                if verdict != Verdict::Ineligible {
                    let at = unit.at(subject);
                    let found = self.bare(selected, &unit, &at, verdict, memo);
                    offers.extend(Some(found).filter(|found| found.suppressed.is_none()));
                }
            }
        }
        offers
    }

    /// Adds the matches of one policy for one subject.
    pub fn policy(
        &self,
        selected: &Selected<'a>,
        subject: Dossier<'a>,
        memo: &mut Memo,
        matches: &mut Vec<Match>,
    ) {
        for unit in units(&self.scalar, selected.policy, subject) {
            let at = unit.at(subject);
            let verdict = unit_verdict(&self.scalar, selected.policy, &unit, subject);
            if verdict != Verdict::Ineligible {
                matches.push(self.judged(selected, &unit, &at, verdict, memo));
            }
        }
    }

    /// The match of a verdict that is already known.
    #[must_use]
    pub fn judged(
        &self,
        selected: &Selected<'a>,
        unit: &Unit<'a>,
        at: &At<'a>,
        verdict: Verdict,
        memo: &mut Memo,
    ) -> Match {
        let missing = match verdict {
            Verdict::Unknown => self.missing_of(selected, unit, at, memo).to_vec(),
            _ => Vec::new(),
        };
        Match { missing, ..self.bare(selected, unit, at, verdict, memo) }
    }

    /// The match without its missing data, which are costly to find.
    #[must_use]
    pub fn bare(
        &self,
        selected: &Selected<'a>,
        unit: &Unit<'a>,
        at: &At<'a>,
        verdict: Verdict,
        memo: &mut Memo,
    ) -> Match {
        let policy = selected.policy;
        let unseen = matches!(unit, Unit::Unseen);
        let amount = if unseen { Amount::Unknown } else { amount(&self.scalar, policy, at) };
        let days_left = days_left(selected.window, self.scalar.dated.as_of);
        let suppressor = memo.suppressors.entry(selected.index).or_insert_with(|| {
            let dated = self.scalar.dated;
            Suppressor::new(dated.program, dated.reference, &policy.file)
        });
        Match {
            subject: at.subject.frame.key(at.subject.row),
            policy: selected.index,
            unit: at.unit.map(|unit| unit.dossier.frame.key(unit.dossier.row)),
            verdict,
            amount,
            missing: Vec::new(),
            window: selected.window,
            days_left,
            suppressed: suppressor.of(&self.scalar, selected.window, at),
            choose_one: Vec::new(),
            score: score(verdict, amount, days_left),
        }
    }

    /// The match of a policy for a subject or unit that can be seen, whatever
    /// its verdict, without its missing data.
    #[must_use]
    pub fn found(&self, selected: &Selected<'a>, at: &At<'a>) -> Match {
        let unit = at.unit.map_or(Unit::Subject, Unit::Member);
        let verdict = unit_verdict(&self.scalar, selected.policy, &unit, at.subject);
        self.bare(selected, &unit, at, verdict, &mut Memo::default())
    }

    /// The fewest missing data of an unknown verdict.
    #[must_use]
    pub fn missing_of(
        &self,
        selected: &Selected<'a>,
        unit: &Unit<'a>,
        at: &At<'a>,
        memo: &mut Memo,
    ) -> Arc<[Missing]> {
        match unit {
            Unit::Unseen => self.relation_missing(selected),
            Unit::Subject | Unit::Member(_) => self.missing(selected, at, memo),
        }
    }

    fn relation_missing(&self, selected: &Selected<'a>) -> Arc<[Missing]> {
        let catalogue = &self.scalar.dated.reference.catalogue;
        selected
            .policy
            .unit
            .map(|id| self.describe(selected, &catalogue.relation_by_id(id).entry.name))
            .into_iter()
            .collect()
    }

    fn missing(&self, selected: &Selected<'a>, at: &At<'a>, memo: &mut Memo) -> Arc<[Missing]> {
        let root = selected.policy.root;
        let atoms = memo
            .atoms
            .entry(selected.index)
            .or_insert_with(|| atoms_below(&self.scalar, root).into());
        let question = Question::about(self.scalar, *at, root, Arc::clone(atoms));
        let key = (selected.index, question.fingerprint());
        if let Some(known) = memo.missing.get(&key) {
            return Arc::clone(known);
        }
        let items = question.fewest().unwrap_or_else(|| question.items());
        let missing: Arc<[Missing]> =
            items.iter().map(|item| self.describe(selected, item)).collect();
        if memo.missing.len() < MOST_REMEMBERED {
            memo.missing.insert(key, Arc::clone(&missing));
        }
        missing
    }

    fn describe(&self, selected: &Selected<'a>, item: &str) -> Missing {
        describe(&self.scalar, selected.policy.file.audience, selected.policy.unit, item)
    }

    /// Marks rivals and puts the matches of a subject in order: by the ranking,
    /// or shown before suppressed, then by score, ties by policy and unit.
    pub fn finish(&self, kind: SubjectKind, subject: Dossier<'a>, matches: &mut Vec<Match>) {
        let program = self.scalar.dated.program;
        let file = |found: &Match| program.policies.get(found.policy).map(|policy| &policy.file);
        let shown: Vec<&PolicyFile> = matches
            .iter()
            .filter(|found| found.suppressed.is_none() && found.verdict < Verdict::Unknown)
            .filter_map(file)
            .collect();
        for found in matches.iter_mut() {
            if found.suppressed.is_none()
                && found.verdict < Verdict::Unknown
                && let Some(own) = program.policies.get(found.policy)
            {
                found.choose_one = choose_one(&own.file, &shown);
            }
        }
        let ordered =
            self.ranking.is_some_and(|ranking| ranking.order(self, kind, subject, matches));
        if !ordered {
            rank(matches);
        }
    }
}

/// Puts matches in order: shown before suppressed, then by score, ties by
/// policy and unit.
pub fn rank(matches: &mut [Match]) {
    matches.sort_by(|a, b| {
        a.suppressed
            .is_some()
            .cmp(&b.suppressed.is_some())
            .then(b.score.total_cmp(&a.score))
            .then(a.policy.cmp(&b.policy))
            .then(a.unit.cmp(&b.unit))
    });
}

/// Label and owners of a missing item.
pub(super) fn describe(
    scalar: &Scalar<'_>,
    audience: SubjectKind,
    unit: Option<crate::catalogue::RelationId>,
    item: &str,
) -> Missing {
    let catalogue = &scalar.dated.reference.catalogue;
    let plain = |kind: SubjectKind, name: &str| {
        let field = catalogue.field(kind, name)?;
        let owners = catalogue.owners(field).into_iter().map(str::to_owned).collect();
        Some((field.label.clone(), owners))
    };
    let relation = |name: &str| {
        let relation = catalogue.relation(audience, name)?;
        let owner = catalogue.table_by_id(relation.table).entry.owner.clone();
        Some((relation.entry.label.clone(), vec![owner]))
    };
    let found = if let Some(name) = item.strip_prefix("param:") {
        catalogue.parameter(name).map(|entry| (entry.label.clone(), Vec::new()))
    } else if let Some((first, name)) = item.split_once('.') {
        let of = if first == "unit" {
            unit.map(|id| catalogue.relation_by_id(id))
        } else {
            catalogue.relation(audience, first)
        };
        of.and_then(|relation| {
            let (label, owners) = plain(relation.entry.target, name)?;
            Some((format!("{}的{label}", relation.entry.label), owners))
        })
    } else {
        plain(audience, item).or_else(|| relation(item))
    };
    let (label, owners) = found.unwrap_or_else(|| (item.to_owned(), Vec::new()));
    Missing { name: item.to_owned(), label, owners }
}
