//! Figures into what may be told of them: hidden where they are small or would
//! give a small one away, rounded where the protection says so.

use crate::{
    matching::ClaimWindow,
    office::{
        coverage::{Cell, Counted, Sum, Survey},
        disclosure::{Hidden, Protection},
        report::{
            Breakdown, Claims, Counts, GroupCounts, Money, OverlapReport, PolicyCoverage, Settled,
            TierClaims, UnitClaims, Unreached, UnreachedGroup, UnreachedGroups,
        },
    },
    rules::{dated::Dated, program::Policy},
};

pub(super) struct Teller<'a> {
    pub(super) dated: &'a Dated<'a>,
    pub(super) protection: Option<Protection>,
}

impl Teller<'_> {
    pub(super) fn name(&self, policy: usize) -> String {
        let key = self.dated.program.policies.get(policy).map(|policy| &policy.key);
        key.map(|key| format!("{} {}", key.id, key.version)).unwrap_or_default()
    }

    fn title(&self, policy: usize) -> String {
        let policy = self.dated.program.policies.get(policy);
        policy.map(|policy| policy.file.title.clone()).unwrap_or_default()
    }

    /// A count outside any table.
    fn count(&self, count: u64) -> Option<u64> {
        self.protection.map_or(Some(count), |protection| protection.count(count))
    }

    /// A count of a table, where it is not hidden.
    fn shown(&self, hidden: bool, count: u64) -> Option<u64> {
        match self.protection {
            None => Some(count),
            Some(protection) => (!hidden).then(|| protection.round(count)),
        }
    }

    fn line(&self, counts: &[u64], sum_hidden: bool) -> Vec<bool> {
        match self.protection {
            None => vec![false; counts.len()],
            Some(protection) => Hidden::line(counts, protection.smallest, sum_hidden),
        }
    }

    pub(super) fn policy(
        &self,
        survey: &Survey,
        counted: &Counted,
        policy: &Policy,
    ) -> PolicyCoverage {
        let file = &policy.file;
        let total = verdicts(&counted.total, survey.population);
        let small = self.count(survey.population).is_none();
        let mut totals = self.line(&total, small);
        totals.push(small);
        PolicyCoverage {
            policy: policy.key.id.clone(),
            version: policy.key.version.clone(),
            case: policy.key.case,
            title: file.title.clone(),
            issuer: file.document.issuer.clone(),
            audience: file.audience,
            route: file.route,
            benefit: file.benefit.kind,
            window: match counted.window {
                ClaimWindow::Open { .. } => "open",
                ClaimWindow::Upcoming { .. } => "upcoming",
                ClaimWindow::Closed => "closed",
            }
            .to_owned(),
            unit: file.unit.as_ref().map(|unit| unit.value.clone()),
            subjects: self.counts(&total, survey.population, &totals),
            claims: file.unit.as_ref().map(|_| self.unit_claims(&counted.total)),
            settled: Settled {
                subjects: self.count(counted.settled_subjects),
                already_received: self.count(counted.settled[0]),
                once_only: self.count(counted.settled[1]),
                excluded_by: self.count(counted.settled[2]),
            },
            money: self.money(counted, policy, &totals),
            ledger: None,
            groups: (0..survey.layers.len())
                .map(|layer| self.breakdown(survey, counted, layer, &totals))
                .collect(),
        }
    }

    fn unit_claims(&self, total: &Cell) -> UnitClaims {
        let claims = |verdict: usize| {
            self.open_is_safe(total, verdict)
                .then(|| self.count(total.sums[verdict].claims + total.settled[verdict]))
                .flatten()
        };
        UnitClaims { eligible: claims(0), likely: claims(1), unknown: claims(2) }
    }

    /// Whether open claims can be told beside all claims: else the few that
    /// are settled would follow.
    fn open_is_safe(&self, cell: &Cell, verdict: usize) -> bool {
        self.count(cell.settled[verdict]).is_some()
    }

    fn counts(&self, verdicts: &[u64; 4], population: u64, hidden: &[bool]) -> Counts {
        let hide = |column: usize| hidden.get(column).copied().unwrap_or(true);
        let cell = |column: usize| self.shown(hide(column), verdicts[column]);
        Counts {
            population: self.shown(hide(4), population),
            eligible: cell(0),
            likely: cell(1),
            unknown: cell(2),
            ineligible: cell(3),
        }
    }

    fn breakdown(
        &self,
        survey: &Survey,
        counted: &Counted,
        layer: usize,
        totals: &[bool],
    ) -> Breakdown {
        let (of, sizes) = (&survey.layers[layer], &survey.sizes[layer]);
        let cells = &counted.groups[layer];
        let there: Vec<usize> = (0..sizes.len()).filter(|group| sizes[*group] > 0).collect();
        let table: Vec<Vec<u64>> =
            there.iter().map(|group| verdicts(&cells[*group], sizes[*group]).to_vec()).collect();
        let hidden = self.protection.map(|protection| {
            let own: Vec<u64> = there.iter().map(|group| sizes[*group]).collect();
            let sizes = Hidden::line(&own, protection.smallest, totals[4]);
            Hidden::choose(&table, protection.smallest, totals, &sizes)
        });
        let groups = there.iter().enumerate().map(|(row, group)| {
            let hide: Vec<bool> = (0..5)
                .map(|column| hidden.as_ref().is_some_and(|hidden| hidden.is(row, column)))
                .collect();
            let counts =
                self.counts(&verdicts(&cells[*group], sizes[*group]), sizes[*group], &hide);
            let (lower_fen, upper_fen) = self.bounds(&cells[*group], counted, &hide);
            GroupCounts {
                key: of.groups[*group].key.clone(),
                label: of.groups[*group].label.clone(),
                counts,
                lower_fen,
                upper_fen,
            }
        });
        Breakdown {
            dimension: of.name.to_owned(),
            label: of.label.to_owned(),
            groups: groups.collect(),
        }
    }

    /// Lower and upper bound of what a cell comes to.
    fn bounds(&self, cell: &Cell, counted: &Counted, hide: &[bool]) -> (Option<i64>, Option<i64>) {
        let hidden = |columns: std::ops::Range<usize>| {
            self.protection.is_some()
                && columns.into_iter().any(|column| {
                    hide.get(column).copied().unwrap_or(true) || !self.open_is_safe(cell, column)
                })
        };
        let lower = if hidden(0..1) { None } else { self.sum(&cell.sums[0]) };
        let whole = cell.sums.iter().try_fold(Sum::default(), |mut whole, sum| {
            let rest = match (sum.untold, counted.most) {
                (0, _) => 0,
                (untold, Some(most)) => most.saturating_mul(i64::try_from(untold).ok()?),
                (_, None) => return None,
            };
            whole.claims += sum.claims;
            whole.untold += sum.untold;
            whole.fen = whole.fen.saturating_add(sum.fen).saturating_add(rest);
            whole.largest = whole.largest.max(sum.largest);
            Some(whole)
        });
        let upper = if hidden(0..3) { None } else { whole.and_then(|whole| self.sum(&whole)) };
        (lower, upper)
    }

    fn sum(&self, sum: &Sum) -> Option<i64> {
        match self.protection {
            None => Some(sum.fen),
            Some(protection) => protection.sum(sum.fen, sum.behind(), sum.largest),
        }
    }

    fn claims(&self, sum: &Sum) -> Claims {
        let claims = self.count(sum.claims);
        // The few whose sum can be told would follow from the others.
        let told = self.count(sum.claims.saturating_sub(sum.untold));
        Claims {
            claims,
            untold: claims.and(told).and(self.count(sum.untold)),
            fen: claims.and_then(|_| self.sum(sum)),
        }
    }

    fn money(&self, counted: &Counted, policy: &Policy, totals: &[bool]) -> Option<Money> {
        let benefit = &policy.file.benefit;
        if policy.amount.is_none() && policy.tiers.is_empty() {
            return None;
        }
        let (lower_fen, upper_fen) = self.bounds(&counted.total, counted, totals);
        let claims = |verdict: usize| {
            let hidden = self.protection.is_some() && totals.get(verdict) != Some(&false);
            if hidden || !self.open_is_safe(&counted.total, verdict) {
                Claims { claims: None, untold: None, fen: None }
            } else {
                self.claims(&counted.total.sums[verdict])
            }
        };
        let [eligible, likely, unknown] = [claims(0), claims(1), claims(2)];
        Some(Money {
            per: benefit.per,
            ceiling: benefit.ceiling,
            eligible,
            likely,
            unknown,
            lower_fen,
            upper_fen,
            tiers: self.tiers(counted, policy),
        })
    }

    /// Tiers: with their claims of one verdict they add up to those of the
    /// policy, so that a single hidden one takes another with it.
    fn tiers(&self, counted: &Counted, policy: &Policy) -> Vec<TierClaims> {
        let column = |verdict: usize| -> Vec<bool> {
            let counts: Vec<u64> = counted.tiers.iter().map(|tier| tier[verdict].claims).collect();
            let sum = counts.iter().sum();
            self.line(&counts, self.count(sum).is_none())
        };
        let hidden = [column(0), column(1), column(2)];
        let claims = |tier: usize, verdict: usize, sum: &Sum| {
            if hidden[verdict].get(tier).copied().unwrap_or(true) {
                Claims { claims: None, untold: None, fen: None }
            } else {
                self.claims(sum)
            }
        };
        policy
            .tiers
            .iter()
            .zip(&counted.tiers)
            .enumerate()
            .map(|(tier, ((label, _, _), sums))| TierClaims {
                label: label.clone(),
                eligible: claims(tier, 0, &sums[0]),
                likely: claims(tier, 1, &sums[1]),
                unknown: claims(tier, 2, &sums[2]),
            })
            .collect()
    }

    pub(super) fn unreached(&self, survey: &Survey) -> Unreached {
        let reached = survey.population - survey.unreached;
        let total = self.line(&[survey.unreached, reached], false);
        let groups = survey.layers.iter().enumerate().map(|(layer, of)| {
            let (sizes, missed) = (&survey.sizes[layer], &survey.unreached_groups[layer]);
            let there: Vec<usize> = (0..sizes.len()).filter(|group| sizes[*group] > 0).collect();
            let table: Vec<Vec<u64>> = there
                .iter()
                .map(|group| vec![missed[*group], sizes[*group] - missed[*group]])
                .collect();
            let own: Vec<u64> = there.iter().map(|group| sizes[*group]).collect();
            let hidden_sizes = self.line(&own, false);
            let totals = [total[0], total[1], false];
            let hidden = self.protection.map(|protection| {
                Hidden::choose(&table, protection.smallest, &totals, &hidden_sizes)
            });
            let groups = there.iter().enumerate().map(|(row, group)| {
                let hide = |column| hidden.as_ref().is_some_and(|hidden| hidden.is(row, column));
                UnreachedGroup {
                    key: of.groups[*group].key.clone(),
                    label: of.groups[*group].label.clone(),
                    population: self.shown(hide(2), sizes[*group]),
                    unreached: self.shown(hide(0), missed[*group]),
                }
            });
            UnreachedGroups {
                dimension: of.name.to_owned(),
                label: of.label.to_owned(),
                groups: groups.collect(),
            }
        });
        Unreached {
            kind: survey.kind,
            population: self.count(survey.population),
            unreached: self.shown(total[0], survey.unreached),
            groups: groups.collect(),
        }
    }

    pub(super) fn overlaps(&self, survey: &Survey) -> Vec<OverlapReport> {
        let told = survey.overlaps.iter().filter(|overlap| self.count(overlap.both).is_some());
        told.map(|overlap| {
            let (first, second) = overlap.policies;
            let apart = overlap.either - overlap.both;
            OverlapReport {
                first: self.name(first),
                first_title: self.title(first),
                second: self.name(second),
                second_title: self.title(second),
                both: self.count(overlap.both),
                // Those in one and not in the other may be few.
                either: self.count(apart).and_then(|_| self.count(overlap.either)),
            }
        })
        .collect()
    }
}

/// The four verdicts of a group of a size.
fn verdicts(cell: &Cell, size: u64) -> [u64; 4] {
    let [eligible, likely, unknown] = cell.subjects;
    [eligible, likely, unknown, size.saturating_sub(eligible + likely + unknown)]
}
