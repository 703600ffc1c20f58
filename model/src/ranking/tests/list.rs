use proptest::prelude::*;

use super::uptake::policy;
use crate::ranking::{
    facts::PolicyFacts,
    list::{Entry, arrange},
};

fn entry(policy: &PolicyFacts, score: f64) -> Entry<'_> {
    Entry {
        policy,
        score,
        offered: true,
        days_left: None,
        shown_before: true,
        underexposed: false,
        draw: 1,
    }
}

fn named(ids: &[(&str, &str, &str)]) -> Vec<PolicyFacts> {
    ids.iter().map(|(id, family, theme)| policy(id, family, theme)).collect()
}

#[test]
fn the_second_of_a_family_waits_behind_the_others() {
    let facts = named(&[("a", "f", "就业"), ("b", "f", "住房"), ("c", "g", "养老")]);
    let entries = [entry(&facts[0], 0.9), entry(&facts[1], 0.8), entry(&facts[2], 0.1)];
    assert_eq!(arrange(&entries), [0, 2, 1]);
}

#[test]
fn two_children_are_not_a_family_of_policies() {
    let facts = named(&[("a", "f", "育儿"), ("c", "g", "养老")]);
    let entries = [entry(&facts[0], 0.9), entry(&facts[0], 0.8), entry(&facts[1], 0.1)];
    assert_eq!(arrange(&entries), [0, 1, 2]);
}

/// The best alone loses against two that can be had together.
#[test]
fn of_rivals_the_better_bundle_comes_first() {
    let mut facts = named(&[("a", "1", "甲"), ("b", "2", "乙"), ("c", "3", "丙")]);
    facts[0].excludes = vec!["b".to_owned(), "c".to_owned()];
    facts[1].excludes = vec!["a".to_owned()];
    facts[2].excludes = vec!["a".to_owned()];
    let entries = [entry(&facts[0], 0.5), entry(&facts[1], 0.4), entry(&facts[2], 0.3)];
    assert_eq!(arrange(&entries), [1, 2, 0]);
    let alone = [entry(&facts[0], 0.9), entry(&facts[1], 0.4), entry(&facts[2], 0.3)];
    assert_eq!(arrange(&alone)[0], 0);
}

#[test]
fn what_closes_soon_and_was_never_shown_is_lifted() {
    let ids: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    let facts: Vec<PolicyFacts> = ids.iter().map(|id| policy(id, id, id)).collect();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for (policy, score) in facts.iter().zip([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]) {
        entries.push(entry(policy, score));
    }
    assert_eq!(arrange(&entries), [0, 1, 2, 3, 4, 5, 6, 7]);
    entries[7].days_left = Some(3);
    assert_eq!(arrange(&entries), [0, 1, 2, 3, 4, 5, 6, 7], "it was shown before");
    entries[7].shown_before = false;
    assert_eq!(arrange(&entries), [0, 1, 2, 3, 7, 4, 5, 6]);
    entries[7].days_left = Some(60);
    entries[6].underexposed = true;
    assert_eq!(arrange(&entries)[4], 4, "one list in ten, not each");
    entries[6].draw = 20;
    assert_eq!(arrange(&entries)[4], 6);
}

#[test]
fn themes_are_mixed_where_scores_are_near() {
    let facts = named(&[("a", "1", "就业"), ("b", "2", "就业"), ("c", "3", "住房")]);
    let near = [entry(&facts[0], 0.50), entry(&facts[1], 0.49), entry(&facts[2], 0.48)];
    assert_eq!(arrange(&near), [0, 2, 1]);
    let far = [entry(&facts[0], 0.50), entry(&facts[1], 0.49), entry(&facts[2], 0.10)];
    assert_eq!(arrange(&far), [0, 1, 2]);
}

proptest! {
    /// Nothing is withheld and nothing comes twice; what is suppressed is last.
    #[test]
    fn a_list_is_a_permutation(
        rows in proptest::collection::vec((0.0..1.0_f64, 0..4_u8, any::<bool>(), any::<u64>(), any::<bool>()), 0..30)
    ) {
        let mut facts: Vec<PolicyFacts> = rows
            .iter()
            .enumerate()
            .map(|(at, (_, group, ..))| policy(&format!("p{at}"), &format!("f{group}"), "就业"))
            .collect();
        for at in 0..facts.len() {
            if rows[at].2 && at > 0 {
                facts[at].excludes.push(format!("p{}", at - 1));
                let own = format!("p{at}");
                facts[at - 1].excludes.push(own);
            }
        }
        let entries: Vec<Entry<'_>> = facts
            .iter()
            .zip(&rows)
            .map(|(policy, (score, _, _, draw, offered))| Entry {
                offered: *offered,
                draw: *draw,
                underexposed: draw % 3 == 0,
                days_left: Some(i32::try_from(draw % 40).unwrap()),
                shown_before: draw % 2 == 0,
                ..entry(policy, *score)
            })
            .collect();
        let order = arrange(&entries);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..entries.len()).collect::<Vec<_>>());
        let first_hidden = order.iter().position(|at| !entries[*at].offered).unwrap_or(order.len());
        prop_assert!(order[first_hidden..].iter().all(|at| !entries[*at].offered));
    }

    /// The bundle that comes first is the best there is, by trying all.
    #[test]
    fn bundles_are_the_best_of_all(
        scores in proptest::collection::vec(0.01..1.0_f64, 1..9),
        pairs in proptest::collection::vec((0..9_usize, 0..9_usize), 0..12),
    ) {
        let mut facts: Vec<PolicyFacts> =
            (0..scores.len()).map(|at| policy(&format!("p{at}"), &format!("f{at}"), &format!("t{at}"))).collect();
        for (a, b) in pairs {
            if a != b && a < facts.len() && b < facts.len() {
                facts[a].excludes.push(format!("p{b}"));
                facts[b].excludes.push(format!("p{a}"));
            }
        }
        let entries: Vec<Entry<'_>> =
            facts.iter().zip(&scores).map(|(policy, score)| entry(policy, *score)).collect();
        let compatible = |set: &[usize]| {
            set.iter().all(|a| set.iter().all(|b| !facts[*a].excludes.contains(&facts[*b].id)))
        };
        let sum = |set: &[usize]| set.iter().map(|at| scores[*at]).sum::<f64>();
        let best = (0_u32..1 << scores.len())
            .map(|mask| (0..scores.len()).filter(|at| mask >> at & 1 == 1).collect::<Vec<_>>())
            .filter(|set| compatible(set))
            .map(|set| sum(&set))
            .fold(0.0, f64::max);
        let order = arrange(&entries);
        let own = (1..=order.len())
            .map(|length| &order[..length])
            .filter(|set| compatible(set))
            .map(sum)
            .fold(0.0, f64::max);
        // The lift may take the last visible place of long lists.
        if scores.len() <= 5 {
            prop_assert!((own - best).abs() < 1e-9, "{own} {best} {order:?}");
        }
    }
}
