//! What may be shown of a table of counts so that nobody is singled out: small
//! cells are hidden, and so many others that no hidden one follows from sums
//! and differences (threshold rule with complementary suppression; Hundepool
//! et al., *Statistical Disclosure Control*, 2012, ch. 4). Where somebody can
//! ask again and again, counts are rounded too, because tables of different
//! regions could be subtracted from each other.

use schemars::JsonSchema;
use serde::Serialize;

/// Counts from 1 up to this one, excluded, are hidden.
pub const SMALLEST: u64 = 5;

/// Share of a sum from which one claim dominates it.
const DOMINANT_PERCENT: i128 = 85;

/// How counts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Protection {
    /// Smaller counts are hidden, unless they are zero.
    pub smallest: u64,
    /// Counts are multiples of this.
    pub rounded_to: u64,
}

impl Protection {
    /// For a report made once: small cells and their complements are hidden.
    pub const REPORT: Protection = Protection { smallest: SMALLEST, rounded_to: 1 };
    /// For a service that answers again and again: rounded as well.
    pub const SERVICE: Protection = Protection { smallest: SMALLEST, rounded_to: SMALLEST };

    /// A count that stands in no table.
    #[must_use]
    pub fn count(self, count: u64) -> Option<u64> {
        (count == 0 || count >= self.smallest).then(|| self.round(count))
    }

    /// The nearest multiple; what is shown at all never becomes smaller than
    /// the smallest.
    #[must_use]
    pub fn round(self, count: u64) -> u64 {
        let step = self.rounded_to.max(1);
        (count + step / 2) / step * step
    }

    /// A sum of money over so many claims, the largest of which is given.
    #[must_use]
    pub fn sum(self, fen: i64, claims: u64, largest: i64) -> Option<i64> {
        let dominated = i128::from(largest) * 100 > i128::from(fen) * DOMINANT_PERCENT;
        let small = claims < self.smallest || dominated;
        (fen == 0 || !small).then(|| if self.rounded_to > 1 { three_digits(fen) } else { fen })
    }
}

/// A sum with three significant digits.
fn three_digits(fen: i64) -> i64 {
    let mut step = 1_i64;
    while fen.unsigned_abs() / step.unsigned_abs() >= 1000 {
        step = step.saturating_mul(10);
    }
    fen.saturating_add(step / 2) / step * step
}

/// Which cells of a table are hidden. The last row holds the sums of the
/// columns, the last column the sums of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    cells: Vec<Vec<bool>>,
}

impl Hidden {
    /// Whether a cell is hidden.
    #[must_use]
    pub fn is(&self, row: usize, column: usize) -> bool {
        self.cells.get(row).and_then(|row| row.get(column)).copied().unwrap_or(true)
    }

    /// Hides cells of a table without sums. `totals` says which sums of
    /// columns are hidden already, the last being the sum of all; `sizes` the
    /// same for the sums of rows. Both are shared with other tables and are
    /// left as they are.
    #[must_use]
    pub fn choose(table: &[Vec<u64>], smallest: u64, totals: &[bool], sizes: &[bool]) -> Hidden {
        Hidden::beside(table, smallest, totals, sizes, &[])
    }

    /// [`Hidden::choose`] where the sums of some blocks of cells are told too.
    #[must_use]
    pub fn beside(
        table: &[Vec<u64>],
        smallest: u64,
        totals: &[bool],
        sizes: &[bool],
        blocks: &[Vec<(usize, usize)>],
    ) -> Hidden {
        let mut search = Search::new(table, smallest, totals, sizes);
        search.blocks = blocks.to_vec();
        search.spread();
        Hidden { cells: search.hidden }
    }

    /// Hides cells of a single line of counts whose sum is shown or hidden.
    #[must_use]
    pub fn line(counts: &[u64], smallest: u64, sum_hidden: bool) -> Vec<bool> {
        let table: Vec<Vec<u64>> = counts.iter().map(|count| vec![*count]).collect();
        let sizes: Vec<bool> = counts.iter().map(|_| true).collect();
        // A table of one column: sizes of rows equal the cells and are not told.
        let hidden = Hidden::choose(&table, smallest, &[sum_hidden, true], &sizes);
        (0..counts.len()).map(|row| hidden.is(row, 0)).collect()
    }
}

/// A table with its sums while cells are being hidden.
struct Search {
    values: Vec<Vec<u64>>,
    hidden: Vec<Vec<bool>>,
    smallest: u64,
    rows: usize,
    columns: usize,
    /// Cells whose sum is told.
    blocks: Vec<Vec<Place>>,
}

/// A cell by row and column.
type Place = (usize, usize);

impl Search {
    fn new(table: &[Vec<u64>], smallest: u64, totals: &[bool], sizes: &[bool]) -> Search {
        let rows = table.len();
        let columns = table.first().map_or(0, Vec::len);
        let mut values: Vec<Vec<u64>> = table
            .iter()
            .map(|row| row.iter().copied().chain([row.iter().sum()]).collect())
            .collect();
        values
            .push((0..=columns).map(|column| values.iter().map(|row| row[column]).sum()).collect());
        let small = |count: u64| count > 0 && count < smallest;
        let mut hidden: Vec<Vec<bool>> =
            values.iter().map(|row| row.iter().map(|count| small(*count)).collect()).collect();
        for (row, size) in sizes.iter().enumerate().take(rows) {
            hidden[row][columns] = *size;
        }
        for (column, total) in totals.iter().enumerate().take(columns + 1) {
            hidden[rows][column] = *total;
        }
        Search { values, hidden, smallest, rows, columns, blocks: Vec::new() }
    }

    /// The cells of every equation: each row and each column with its sum, and
    /// blocks whose sum is told.
    fn equations(&self) -> Vec<Vec<Place>> {
        // A table of one column is a line: its rows say nothing of their own.
        let lines = if self.columns > 1 { self.rows } else { 0 };
        let rows = (0..lines).map(|row| (0..=self.columns).map(|column| (row, column)).collect());
        let columns =
            (0..self.columns).map(|column| (0..=self.rows).map(|row| (row, column)).collect());
        rows.chain(columns).chain(self.blocks.iter().cloned()).collect()
    }

    fn is_sum(&self, (row, column): Place) -> bool {
        row == self.rows || column == self.columns
    }

    /// Hides more until no hidden cell follows from those that are shown.
    fn spread(&mut self) {
        loop {
            let exposed = self.thin_equation().or_else(|| self.determined());
            let Some(near) = exposed else { return };
            let Some(place) = self.cheapest(&near) else { return };
            self.hidden[place.0][place.1] = true;
        }
    }

    /// Cells to choose from for an equation whose hidden cells say too much:
    /// there is only one, or together they are smaller than the smallest.
    fn thin_equation(&self) -> Option<Vec<Place>> {
        self.equations().into_iter().find(|equation| {
            let hidden: Vec<&Place> =
                equation.iter().filter(|(row, column)| self.hidden[*row][*column]).collect();
            let inner: u64 = hidden
                .iter()
                .filter(|place| !self.is_sum(***place))
                .map(|(row, column)| self.values[*row][*column])
                .sum();
            let told = !hidden.iter().any(|place| self.is_sum(**place));
            let thin = hidden.len() == 1 || (told && !hidden.is_empty() && inner < self.smallest);
            thin && self.cheapest(equation).is_some()
        })
    }

    /// Cells in the row and column of one that linear algebra gives away.
    fn determined(&self) -> Option<Vec<Place>> {
        let unknown: Vec<Place> = (0..=self.rows)
            .flat_map(|row| (0..=self.columns).map(move |column| (row, column)))
            .filter(|(row, column)| self.hidden[*row][*column])
            .filter(|place| *place != (self.rows, self.columns))
            .collect();
        let position = |place: &Place| unknown.iter().position(|other| other == place);
        let matrix: Vec<Vec<i64>> = self
            .equations()
            .iter()
            .map(|equation| {
                let mut line = vec![0; unknown.len()];
                for place in equation {
                    if let Some(column) = position(place) {
                        line[column] = if self.is_sum(*place) { -1 } else { 1 };
                    }
                }
                line
            })
            .collect();
        let given = given_away(matrix, unknown.len());
        given.into_iter().filter_map(|column| unknown.get(column)).find_map(|(row, column)| {
            let near: Vec<Place> = (0..self.rows)
                .map(|other| (other, *column))
                .chain((0..self.columns).map(|other| (*row, other)))
                .filter(|place| !self.is_sum(*place))
                .collect();
            self.cheapest(&near).is_some().then_some(near)
        })
    }

    /// The smallest shown cell that is no sum, zeros last.
    fn cheapest(&self, near: &[Place]) -> Option<Place> {
        near.iter()
            .copied()
            .filter(|place| !self.is_sum(*place) && !self.hidden[place.0][place.1])
            .min_by_key(|(row, column)| {
                let value = self.values[*row][*column];
                (value == 0, value, *row, *column)
            })
    }
}

/// A prime: arithmetic modulo it stands for arithmetic in fractions.
const PRIME: i64 = 2_147_483_647;

/// Unknowns that a system of equations determines, by column.
fn given_away(mut matrix: Vec<Vec<i64>>, columns: usize) -> Vec<usize> {
    let mut pivots = Vec::new();
    let mut next = 0;
    for column in 0..columns {
        let Some(found) = (next..matrix.len()).find(|row| matrix[*row][column] % PRIME != 0) else {
            continue;
        };
        matrix.swap(next, found);
        let inverse = power(matrix[next][column].rem_euclid(PRIME), PRIME - 2);
        for value in &mut matrix[next] {
            *value = value.rem_euclid(PRIME) * inverse % PRIME;
        }
        let pivot = matrix[next].clone();
        for (row, line) in matrix.iter_mut().enumerate() {
            let factor = line[column].rem_euclid(PRIME);
            if row != next && factor != 0 {
                for (value, pivot) in line.iter_mut().zip(&pivot) {
                    *value = (*value - factor * pivot % PRIME).rem_euclid(PRIME);
                }
            }
        }
        pivots.push((next, column));
        next += 1;
    }
    let alone = |row: usize| matrix[row].iter().filter(|value| **value != 0).count() == 1;
    pivots.into_iter().filter(|(row, _)| alone(*row)).map(|(_, column)| column).collect()
}

fn power(mut base: i64, mut exponent: i64) -> i64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
#[path = "tests/disclosure.rs"]
mod tests;
