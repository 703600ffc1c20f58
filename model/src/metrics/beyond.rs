//! What lists are like apart from being right: how much of the catalogue they
//! show, how evenly, how little known it is, how different within a list, and
//! whether groups get the share of exposure they are entitled to.
//!
//! Items are numbered from 0 to the size of the catalogue; a list holds them
//! in order. The place at rank r is worth 1 / log₂(1 + r).
//!
//! Left out: what an item or a group is; entitlement is given by the caller.

use std::collections::BTreeMap;

use serde::Serialize;

pub use super::ranking::discount;
use super::{
    error::{Allowed, MeasureError, length, values, weights},
    sum::{Sum, sum},
};

/// Lists over a catalogue, checked: no item is outside it or twice in a list.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    lists: &'a [Vec<usize>],
    items: usize,
}

impl<'a> Lists<'a> {
    /// Takes lists of items below `items`.
    ///
    /// # Errors
    /// [`MeasureError`] for no list, an empty catalogue, an item outside it or
    /// twice in a list.
    pub fn new(lists: &'a [Vec<usize>], items: usize) -> Result<Lists<'a>, MeasureError> {
        if lists.is_empty() {
            return Err(MeasureError::Empty { what: "lists" });
        }
        if items == 0 {
            return Err(MeasureError::Empty { what: "items in the catalogue" });
        }
        let mut seen = vec![0_usize; items];
        for (list, shown) in (1..).zip(lists) {
            for &item in shown {
                match seen.get_mut(item) {
                    None => return Err(MeasureError::Item { list, item, items }),
                    Some(last) if *last == list => return Err(MeasureError::Twice { list, item }),
                    Some(last) => *last = list,
                }
            }
        }
        Ok(Lists { lists, items })
    }

    /// How much each item is exposed: the sum of the worth of its places.
    pub fn exposure(&self) -> Vec<f64> {
        let mut exposure = vec![Sum::default(); self.items];
        for shown in self.lists {
            for (rank, &item) in (1..).zip(shown) {
                exposure[item].add(discount(rank));
            }
        }
        exposure.into_iter().map(Sum::value).collect()
    }
}

/// How much of the catalogue is shown to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coverage {
    /// Lists.
    pub lists: usize,
    /// Lists that show nothing.
    pub empty: usize,
    /// Items in the catalogue.
    pub items: usize,
    /// Items in at least one list.
    pub shown: usize,
    /// Their share.
    pub share: f64,
}

/// The share of the catalogue that is in at least one list.
pub fn coverage(lists: &Lists<'_>) -> Coverage {
    let mut seen = vec![false; lists.items];
    lists.lists.iter().flatten().for_each(|&item| seen[item] = true);
    let shown = seen.into_iter().filter(|&seen| seen).count();
    Coverage {
        lists: lists.lists.len(),
        empty: lists.lists.iter().filter(|list| list.is_empty()).count(),
        items: lists.items,
        shown,
        share: shown as f64 / lists.items as f64,
    }
}

/// Gini coefficient of the exposure of all items, those never shown included:
/// 0 where all are equal, 1 − 1/n where one has everything.
///
/// # Errors
/// [`MeasureError`] for no items, negative exposure, or none at all.
pub fn gini(exposure: &[f64]) -> Result<f64, MeasureError> {
    if exposure.is_empty() {
        return Err(MeasureError::Empty { what: "items" });
    }
    weights("exposure", exposure)?;
    let mut sorted = exposure.to_vec();
    sorted.sort_by(f64::total_cmp);
    let items = sorted.len() as f64;
    let total = sum(sorted.iter().copied());
    let spread = sum((1_usize..)
        .zip(&sorted)
        .map(|(place, value)| (2.0 * place as f64 - items - 1.0) * value));
    Ok(spread / (items * total))
}

/// A mean over lists or items, with what could not be in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean; `None` where everything was left out.
    pub value: Option<f64>,
    /// Items or lists in it.
    pub counted: usize,
    /// Items or lists left out.
    pub left_out: usize,
}

/// Mean of −log₂ of the popularity of what is shown, over all places of all
/// lists. Popularity is the share of subjects that had to do with an item;
/// items of popularity 0 would count infinitely and are left out.
///
/// # Errors
/// [`MeasureError`] where popularity is not one share an item.
pub fn novelty(lists: &Lists<'_>, popularity: &[f64]) -> Result<Mean, MeasureError> {
    length("popularity", popularity.len(), lists.items)?;
    values("popularity", popularity, Allowed::Share)?;
    let (mut total, mut counted, mut left_out) = (Sum::default(), 0, 0);
    for &item in lists.lists.iter().flatten() {
        if popularity[item] > 0.0 {
            total.add(-popularity[item].log2());
            counted += 1;
        } else {
            left_out += 1;
        }
    }
    let value = (counted > 0).then(|| total.value() / counted as f64);
    Ok(Mean { value, counted, left_out })
}

/// Mean over lists of the mean of 1 − similarity over all pairs of a list
/// (Ziegler and others 2005); lists of fewer than two items are left out.
///
/// # Errors
/// [`MeasureError`] for a similarity outside −1 to 1; its row is the list.
pub fn diversity(
    lists: &Lists<'_>,
    similarity: impl Fn(usize, usize) -> f64,
) -> Result<Mean, MeasureError> {
    let (mut total, mut counted, mut left_out) = (Sum::default(), 0, 0);
    for (row, shown) in (1..).zip(lists.lists) {
        if shown.len() < 2 {
            left_out += 1;
            continue;
        }
        let mut apart = Sum::default();
        for (place, &a) in shown.iter().enumerate() {
            for &b in shown.iter().skip(place + 1) {
                let value = similarity(a, b);
                if !Allowed::Similarity.holds(value) {
                    let (field, allowed) = ("similarity", Allowed::Similarity);
                    return Err(MeasureError::Value { row, field, value, allowed });
                }
                apart.add(1.0 - value);
            }
        }
        let pairs = shown.len() as f64 * (shown.len() - 1) as f64 / 2.0;
        total.add(apart.value() / pairs);
        counted += 1;
    }
    let value = (counted > 0).then(|| total.value() / counted as f64);
    Ok(Mean { value, counted, left_out })
}

/// What a group gets, and what it is entitled to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The group.
    pub group: String,
    /// Rows.
    pub rows: usize,
    /// Its share of all exposure.
    pub exposure: f64,
    /// Its share of all entitlement.
    pub entitlement: f64,
    /// The first by the second; `None` where nothing is due.
    pub ratio: Option<f64>,
}

/// Exposure and entitlement of all groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fairness {
    /// Rows.
    pub rows: usize,
    /// The groups, by name.
    pub groups: Vec<Group>,
    /// Half the sum of the distances of the shares: how much of all exposure
    /// would have to go elsewhere.
    pub misplaced: f64,
    /// Lowest ratio by the highest; `None` where nobody is due anything.
    pub lowest_by_highest: Option<f64>,
}

/// Compares the share of exposure of every group with its share of
/// entitlement. A row is a subject, or a subject and a policy: its group, the
/// exposure it got and what it is entitled to, in whatever unit.
///
/// # Errors
/// [`MeasureError`] for no rows, columns of unequal length, negative numbers,
/// or sums of zero.
pub fn fairness<G: AsRef<str>>(
    groups: &[G],
    exposure: &[f64],
    entitlement: &[f64],
) -> Result<Fairness, MeasureError> {
    if groups.is_empty() {
        return Err(MeasureError::Empty { what: "rows" });
    }
    length("exposure", exposure.len(), groups.len())?;
    length("entitlement", entitlement.len(), groups.len())?;
    weights("exposure", exposure)?;
    weights("entitlement", entitlement)?;
    let mut sums: BTreeMap<&str, (usize, Sum, Sum)> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        let (rows, got, due) = sums.entry(group.as_ref()).or_default();
        *rows += 1;
        got.add(exposure[row]);
        due.add(entitlement[row]);
    }
    let (all, owed) = (sum(exposure.iter().copied()), sum(entitlement.iter().copied()));
    let groups: Vec<Group> = sums
        .into_iter()
        .map(|(group, (rows, got, due))| {
            let (exposure, entitlement) = (got.value() / all, due.value() / owed);
            let ratio = (entitlement > 0.0).then(|| exposure / entitlement);
            Group { group: group.to_owned(), rows, exposure, entitlement, ratio }
        })
        .collect();
    let ratios = || groups.iter().filter_map(|group| group.ratio);
    let highest = ratios().fold(0.0, f64::max);
    let lowest = ratios().fold(f64::INFINITY, f64::min);
    Ok(Fairness {
        rows: exposure.len(),
        misplaced: sum(groups.iter().map(|g| (g.exposure - g.entitlement).abs())) / 2.0,
        lowest_by_highest: (highest > 0.0).then(|| lowest / highest),
        groups,
    })
}

#[cfg(test)]
#[path = "tests/beyond.rs"]
mod tests;
