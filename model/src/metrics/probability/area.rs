//! The area under the ROC curve: how often a row that came true is given more
//! than one that did not, equal scores counting one half.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{check, weight};
use crate::metrics::{
    error::{MeasureError, length},
    sum::Sum,
};

/// An area, with what it was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Auc {
    /// The area; `None` where every row that weighs anything has the same label.
    pub value: Option<f64>,
    /// Rows.
    pub rows: usize,
    /// Rows that came true.
    pub positive: usize,
}

/// The mean of the areas within groups, each weighted by its size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupedAuc {
    /// The mean; `None` where every group was left out.
    pub value: Option<f64>,
    /// Groups in the mean.
    pub groups: usize,
    /// Their rows.
    pub rows: usize,
    /// Groups left out because all their rows have the same label.
    pub one_class_groups: usize,
    /// Rows of these.
    pub one_class_rows: usize,
}

/// The area under the ROC curve of any scores.
///
/// # Errors
/// [`MeasureError`] for no rows, columns of unequal length, labels other than
/// 0 and 1, and scores or weights that are no numbers.
pub fn auc(labels: &[u8], scores: &[f64], weights: Option<&[f64]>) -> Result<Auc, MeasureError> {
    check(labels, "score", scores, weights)?;
    let mut rows: Vec<usize> = (0..labels.len()).collect();
    Ok(area(labels, scores, weights, &mut rows))
}

/// The mean of the areas within groups, weighted by the sum of the weights of
/// a group: by its rows where there are none. Groups whose rows all have the
/// same label have no area and are left out.
///
/// # Errors
/// As [`auc`]; also where groups are not as many as rows.
pub fn grouped_auc<G: Ord>(
    labels: &[u8],
    scores: &[f64],
    groups: &[G],
    weights: Option<&[f64]>,
) -> Result<GroupedAuc, MeasureError> {
    check(labels, "score", scores, weights)?;
    length("group", groups.len(), labels.len())?;
    let mut members: BTreeMap<&G, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    let (mut areas, mut sizes) = (Sum::default(), Sum::default());
    let mut found =
        GroupedAuc { value: None, groups: 0, rows: 0, one_class_groups: 0, one_class_rows: 0 };
    for rows in members.values_mut() {
        let size: Sum = rows.iter().map(|&row| weight(weights, row)).collect();
        match area(labels, scores, weights, rows).value {
            Some(value) => {
                areas.add(value * size.value());
                sizes.add(size.value());
                found.groups += 1;
                found.rows += rows.len();
            }
            None => {
                found.one_class_groups += 1;
                found.one_class_rows += rows.len();
            }
        }
    }
    found.value = (found.groups > 0).then(|| areas.value() / sizes.value());
    Ok(found)
}

/// The area of some rows, which are put into the order of their scores: the
/// weight of pairs in the right order by that of all pairs.
fn area(labels: &[u8], scores: &[f64], weights: Option<&[f64]>, rows: &mut [usize]) -> Auc {
    rows.sort_unstable_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(a.cmp(&b)));
    let (mut positive, mut negative) = (Sum::default(), Sum::default());
    let mut ordered = Sum::default();
    for tied in rows.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let weigh = |label: u8| -> f64 {
            let rows = tied.iter().filter(|&&row| labels[row] == label);
            rows.map(|&row| weight(weights, row)).collect::<Sum>().value()
        };
        let (up, down) = (weigh(1), weigh(0));
        ordered.add(up * (negative.value() + down / 2.0));
        positive.add(up);
        negative.add(down);
    }
    let pairs = positive.value() * negative.value();
    Auc {
        value: (pairs > 0.0).then(|| ordered.value() / pairs),
        rows: rows.len(),
        positive: rows.iter().filter(|&&row| labels[row] == 1).count(),
    }
}
