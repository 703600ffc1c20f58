//! The way of a claim: eligible, notified, opened, applied, approved, paid; how
//! many are lost at each step, and why. Who was told and what was answered is
//! not known here: it comes with every claim.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    matching::Suppression,
    office::disclosure::{Hidden, Protection},
};

/// What is known of one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimRecord {
    /// Every condition holds today.
    pub eligible: bool,
    /// Why there is nothing left to claim, if so.
    pub settled: Option<Suppression>,
    /// It was told to the recipient.
    pub notified: bool,
    /// The recipient opened it, or did anything further.
    pub opened: bool,
    /// It was answered that there is no interest.
    pub declined: bool,
    /// It was claimed.
    pub applied: bool,
    /// The claim was approved.
    pub approved: bool,
    /// The claim was refused, and why.
    pub rejected: Option<String>,
    /// It was paid or granted.
    pub paid: bool,
}

/// Why claims were lost at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Loss {
    /// The reason in Chinese.
    pub reason: String,
    /// How many.
    pub claims: Option<u64>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LedgerStep {
    /// `eligible`, `notified`, `opened`, `applied`, `approved` or `paid`.
    pub step: String,
    /// Its Chinese word.
    pub label: String,
    /// How many claims reached it.
    pub claims: Option<u64>,
    /// How many of those that reached it did not reach the next.
    pub lost: Option<u64>,
    /// Why, most frequent first.
    pub reasons: Vec<Loss>,
}

/// The steps, with the farthest each claim has got.
const STEPS: [(&str, &str); 6] = [
    ("eligible", "符合条件"),
    ("notified", "已推送"),
    ("opened", "已查看"),
    ("applied", "已申请"),
    ("approved", "已审批"),
    ("paid", "已兑现"),
];

impl ClaimRecord {
    /// Position of the farthest step. A claim that got further has been through
    /// the steps before, whoever told of it.
    fn farthest(&self) -> usize {
        let reached = [true, self.notified, self.opened, self.applied, self.approved, self.paid];
        reached.iter().rposition(|reached| *reached).unwrap_or(0)
    }

    /// Why it is lost at the farthest step it has reached.
    fn reason(&self, step: usize) -> String {
        match step {
            0 => match &self.settled {
                Some(settled) => settled.label().to_owned(),
                None => "尚未推送".to_owned(),
            },
            1 => "未查看".to_owned(),
            2 if self.declined => "表示不感兴趣".to_owned(),
            2 => "未申请".to_owned(),
            3 => match &self.rejected {
                Some(reason) if reason.is_empty() => "未获批准".to_owned(),
                Some(reason) => format!("未获批准：{reason}"),
                None => "审批中".to_owned(),
            },
            _ => "待兑现".to_owned(),
        }
    }
}

/// Counts the claims of one policy, those that are eligible today and those
/// that got anywhere.
#[must_use]
pub fn ledger(claims: &[ClaimRecord], protection: Option<Protection>) -> Vec<LedgerStep> {
    let farthest: Vec<usize> = claims.iter().map(ClaimRecord::farthest).collect();
    // How many got exactly so far: what the steps lose, and the last one keeps.
    let ends: Vec<u64> = (0..STEPS.len())
        .map(|step| farthest.iter().filter(|farthest| **farthest == step).count() as u64)
        .collect();
    let all = claims.len() as u64;
    let small = protection.is_some_and(|protection| protection.count(all).is_none());
    let hidden = few(&ends, small, protection);
    let told = STEPS.iter().enumerate().map(|(step, (name, label))| {
        // It follows from what is told before it, or after it, or is not told.
        let before = small || hidden.iter().take(step).any(|hidden| *hidden);
        let after = hidden.iter().skip(step).any(|hidden| *hidden);
        let last = step + 1 == STEPS.len();
        let own = claims.iter().zip(&farthest).filter(|(_, farthest)| **farthest == step && !last);
        LedgerStep {
            step: (*name).to_owned(),
            label: (*label).to_owned(),
            claims: shown(before && after, ends.iter().skip(step).sum(), protection),
            lost: if last { Some(0) } else { shown(hidden[step], ends[step], protection) },
            reasons: losses(own.map(|(claim, _)| claim.reason(step)), hidden[step], protection),
        }
    });
    told.collect()
}

/// Which of some counts are hidden.
fn few(counts: &[u64], sum_hidden: bool, protection: Option<Protection>) -> Vec<bool> {
    match protection {
        None => vec![false; counts.len()],
        Some(protection) => Hidden::line(counts, protection.smallest, sum_hidden),
    }
}

fn shown(hidden: bool, count: u64, protection: Option<Protection>) -> Option<u64> {
    match protection {
        None => Some(count),
        Some(protection) => (!hidden).then(|| protection.round(count)),
    }
}

/// The reasons of a step, most frequent first.
fn losses(
    reasons: impl Iterator<Item = String>,
    sum_hidden: bool,
    protection: Option<Protection>,
) -> Vec<Loss> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_insert(0) += 1;
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(reason, claims)| (std::cmp::Reverse(*claims), reason.clone()));
    let numbers: Vec<u64> = counts.iter().map(|(_, claims)| *claims).collect();
    let hidden = few(&numbers, sum_hidden, protection);
    let told = counts.into_iter().zip(hidden);
    told.map(|((reason, claims), hidden)| Loss {
        reason,
        claims: shown(hidden, claims, protection),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{ClaimRecord, ledger};
    use crate::{matching::Suppression, office::disclosure::Protection};

    fn claims() -> Vec<ClaimRecord> {
        let eligible = ClaimRecord { eligible: true, ..ClaimRecord::default() };
        let told = ClaimRecord { notified: true, ..eligible.clone() };
        let opened = ClaimRecord { opened: true, ..told.clone() };
        let settled =
            ClaimRecord { settled: Some(Suppression::AlreadyReceived), ..eligible.clone() };
        let applied = ClaimRecord { applied: true, ..opened.clone() };
        let refused = ClaimRecord { rejected: Some("材料不全".to_owned()), ..applied.clone() };
        // Paid in an office, without ever being told.
        let paid = ClaimRecord { paid: true, ..eligible.clone() };
        let mut all = vec![eligible; 30];
        all.extend(vec![settled; 10]);
        all.extend(vec![told; 20]);
        all.extend(vec![opened; 8]);
        all.extend(vec![refused; 6]);
        all.extend(vec![paid; 7]);
        all
    }

    #[test]
    fn every_step_loses_what_the_next_does_not_have() {
        let steps = ledger(&claims(), None);
        let told: Vec<(Option<u64>, Option<u64>)> =
            steps.iter().map(|step| (step.claims, step.lost)).collect();
        assert_eq!(
            told,
            [(81, 40), (41, 20), (21, 8), (13, 6), (7, 0), (7, 0)]
                .map(|(claims, lost)| (Some(claims), Some(lost)))
        );
        let reasons: Vec<&str> =
            steps.iter().flat_map(|step| &step.reasons).map(|loss| loss.reason.as_str()).collect();
        assert_eq!(reasons, ["尚未推送", "已享受", "未查看", "未申请", "未获批准：材料不全"]);
    }

    #[test]
    fn a_small_loss_does_not_follow_from_its_neighbours() {
        let mut all = claims();
        all.truncate(63);
        let steps = ledger(&all, Some(Protection::REPORT));
        // Three opened it and went no further; with the twenty who did not
        // open it they are told together.
        let told: Vec<(Option<u64>, Option<u64>)> =
            steps.iter().map(|step| (step.claims, step.lost)).collect();
        assert_eq!(
            told,
            [
                (Some(63), Some(40)),
                (Some(23), None),
                (None, None),
                (Some(0), Some(0)),
                (Some(0), Some(0)),
                (Some(0), Some(0)),
            ]
        );
        assert_eq!(steps[1].reasons[0].claims, None);
    }
}
