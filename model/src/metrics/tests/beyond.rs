use super::*;

fn lists() -> Vec<Vec<usize>> {
    vec![vec![0, 1], vec![0, 2], vec![0], vec![]]
}

#[test]
fn coverage_counts_items_and_empty_lists() {
    let lists = lists();
    let found = coverage(&Lists::new(&lists, 4).unwrap());
    assert_eq!(found, Coverage { lists: 4, empty: 1, items: 4, shown: 3, share: 0.75 });
}

#[test]
fn exposure_is_worth_less_further_down() {
    let lists = lists();
    let exposure = Lists::new(&lists, 4).unwrap().exposure();
    assert_eq!(exposure, [3.0, 1.0 / 3_f64.log2(), 1.0 / 3_f64.log2(), 0.0]);
}

#[test]
fn gini_is_none_of_equal_shares_and_nearly_one_of_one_share() {
    assert_eq!(gini(&[2.0; 5]).unwrap(), 0.0);
    assert_eq!(gini(&[0.0, 0.0, 0.0, 7.0]).unwrap(), 0.75);
    assert_eq!(gini(&[1.0, 3.0]).unwrap(), 0.25);
    assert!(gini(&[]).is_err());
    assert!(gini(&[0.0]).unwrap_err().to_string().contains("sum of `exposure` is zero"));
    assert!(gini(&[1.0, f64::INFINITY]).is_err());
}

#[test]
fn what_nobody_knows_is_left_out_of_novelty() {
    let lists = lists();
    let lists = Lists::new(&lists, 3).unwrap();
    let found = novelty(&lists, &[0.5, 0.25, 0.0]).unwrap();
    assert_eq!(found, Mean { value: Some((3.0 + 2.0) / 4.0), counted: 4, left_out: 1 });
    assert!(novelty(&lists, &[0.5]).is_err());
    assert!(novelty(&lists, &[0.5, 2.0, 0.1]).is_err());
}

#[test]
fn diversity_is_over_pairs_then_over_lists() {
    let lists = vec![vec![0, 1, 2], vec![0, 1], vec![2]];
    let lists = Lists::new(&lists, 3).unwrap();
    let similarity = |a: usize, b: usize| if a + b == 1 { 1.0 } else { 0.0 };
    let found = diversity(&lists, similarity).unwrap();
    assert_eq!(found, Mean { value: Some((2.0 / 3.0 + 0.0) / 2.0), counted: 2, left_out: 1 });
    assert!(diversity(&lists, |_, _| f64::NAN).is_err());
}

#[test]
fn shares_of_groups_are_compared_with_what_is_due() {
    let found =
        fairness(&["a", "b", "a", "c"], &[2.0, 1.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 2.0]).unwrap();
    let ratios: Vec<Option<f64>> = found.groups.iter().map(|group| group.ratio).collect();
    assert_eq!(ratios, [Some(3.0), Some(1.0), Some(0.0)]);
    assert_eq!((found.rows, found.misplaced, found.lowest_by_highest), (4, 0.5, Some(0.0)));
    let none = fairness(&["a", "b"], &[1.0, 1.0], &[1.0, 0.0]).unwrap();
    assert_eq!(none.groups[1].ratio, None);
    assert!(fairness(&["a"], &[1.0], &[0.0]).is_err());
}

#[test]
fn lists_that_name_no_item_are_refused() {
    let error = |lists: &[Vec<usize>], items| Lists::new(lists, items).unwrap_err().to_string();
    assert!(error(&[], 1).contains("there are no lists"));
    assert!(error(&[vec![0]], 0).contains("no items in the catalogue"));
    assert!(error(&[vec![0], vec![3]], 3).contains("list 2 shows item 3 of a catalogue of 3"));
    assert!(error(&[vec![1, 1]], 3).contains("list 1 shows item 1 twice"));
}
