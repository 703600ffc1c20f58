use proptest::prelude::*;

use super::{Hidden, Protection, given_away};

fn sums(table: &[Vec<u64>]) -> (Vec<u64>, Vec<u64>) {
    let columns = table.first().map_or(0, Vec::len);
    let totals: Vec<u64> =
        (0..columns).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    (totals, table.iter().map(|row| row.iter().sum()).collect())
}

#[test]
fn a_small_cell_takes_a_rectangle_with_it() {
    let table = vec![vec![3, 40, 100], vec![20, 30, 90], vec![50, 60, 70]];
    let hidden = Hidden::choose(&table, 5, &[false; 4], &[false; 3]);
    assert!(hidden.is(0, 0), "the small cell itself");
    for row in 0..3 {
        let count = (0..3).filter(|column| hidden.is(row, *column)).count();
        assert_ne!(count, 1, "row {row} gives its cell away");
    }
    for column in 0..3 {
        let count = (0..3).filter(|row| hidden.is(*row, column)).count();
        assert_ne!(count, 1, "column {column} gives its cell away");
    }
}

#[test]
fn a_table_without_small_cells_is_shown_whole() {
    let table = vec![vec![0, 40], vec![20, 30]];
    let hidden = Hidden::choose(&table, 5, &[false; 3], &[false; 2]);
    assert!((0..3).all(|row| (0..3).all(|column| !hidden.is(row, column))));
}

#[test]
fn a_line_hides_a_second_count() {
    assert_eq!(Hidden::line(&[2, 30, 9], 5, false), [true, false, true]);
    assert_eq!(Hidden::line(&[7, 30, 9], 5, false), [false, false, false]);
    // With the sum hidden, one hidden count says nothing.
    assert_eq!(Hidden::line(&[2, 30, 9], 5, true), [true, false, false]);
}

#[test]
fn two_hidden_counts_that_are_small_together_take_a_third() {
    assert_eq!(Hidden::line(&[1, 2, 30, 9], 5, false), [true, true, false, true]);
}

#[test]
fn a_block_whose_sum_is_told_hides_more_than_one() {
    // Three go from unknown to eligible; how many win is told as well.
    let table =
        vec![vec![900, 0, 0, 20], vec![0, 60, 0, 0], vec![3, 0, 400, 70], vec![25, 0, 0, 8_000]];
    let winners = vec![(2, 0), (2, 1), (3, 0), (3, 1)];
    let hidden =
        Hidden::beside(&table, 5, &[false; 5], &[false; 4], std::slice::from_ref(&winners));
    let count = winners.iter().filter(|(row, column)| hidden.is(*row, *column)).count();
    assert!(hidden.is(2, 0) && count >= 2, "{hidden:?}");
}

#[test]
fn bridges_between_cycles_are_found() {
    // x0 + x1 = a, x1 = b: both are told.
    assert_eq!(given_away(vec![vec![1, 1], vec![0, 1]], 2), [0, 1]);
    assert!(given_away(vec![vec![1, 1, 0], vec![0, 1, 1]], 3).is_empty());
}

#[test]
fn rounding_keeps_what_is_shown_at_five_or_more() {
    let shown: Vec<Option<u64>> =
        [0, 1, 4, 5, 7, 8, 12, 13].map(|count| Protection::SERVICE.count(count)).to_vec();
    assert_eq!(shown, [Some(0), None, None, Some(5), Some(5), Some(10), Some(10), Some(15)]);
    assert_eq!(Protection::REPORT.count(7), Some(7));
}

#[test]
fn a_sum_that_is_mostly_one_claim_is_hidden() {
    assert_eq!(Protection::REPORT.sum(1_000, 5, 200), Some(1_000));
    assert_eq!(Protection::REPORT.sum(1_000, 4, 250), None);
    assert_eq!(Protection::REPORT.sum(1_000, 9, 900), None);
    assert_eq!(Protection::SERVICE.sum(123_456, 9, 20_000), Some(123_000));
    assert_eq!(Protection::REPORT.sum(0, 0, 0), Some(0));
}

proptest! {
    /// Whoever knows every shown cell and sum cannot work a hidden cell out:
    /// for each there is another table of natural numbers with the same shown
    /// cells in which it differs.
    #[test]
    fn no_hidden_cell_follows_from_the_shown_ones(
        table in proptest::collection::vec(proptest::collection::vec(0_u64..12, 4), 2..6)
    ) {
        let (totals, _) = sums(&table);
        let total_hidden: Vec<bool> = {
            let mut hidden = Hidden::line(&totals, 5, false);
            hidden.push(false);
            hidden
        };
        let sizes: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let size_hidden = Hidden::line(&sizes, 5, false);
        let hidden = Hidden::choose(&table, 5, &total_hidden, &size_hidden);
        for (row, line) in table.iter().enumerate() {
            for (column, count) in line.iter().enumerate() {
                prop_assert!(hidden.is(row, column) || *count == 0 || *count >= 5);
            }
        }
        let unknown: Vec<(usize, usize)> = (0..=table.len())
            .flat_map(|row| (0..=4).map(move |column| (row, column)))
            .filter(|(row, column)| hidden.is(*row, *column) && (*row, *column) != (table.len(), 4))
            .collect();
        let line = |cells: Vec<(usize, usize)>| -> Vec<i64> {
            unknown
                .iter()
                .map(|place| match cells.iter().position(|cell| cell == place) {
                    Some(last) if last + 1 == cells.len() => -1,
                    Some(_) => 1,
                    None => 0,
                })
                .collect()
        };
        let rows = (0..table.len()).map(|row| line((0..=4).map(|column| (row, column)).collect()));
        let columns =
            (0..4).map(|column| line((0..=table.len()).map(|row| (row, column)).collect()));
        let told = given_away(rows.chain(columns).collect(), unknown.len());
        // Everything may be hidden in a table this small; what is told then is
        // a cell that nothing is left to hide for.
        let shown_left = (0..table.len())
            .any(|row| (0..4).any(|column| !hidden.is(row, column)));
        prop_assert!(told.is_empty() || !shown_left, "told: {told:?} of {unknown:?}");
    }
}
