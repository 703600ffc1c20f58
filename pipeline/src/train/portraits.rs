//! Portraits of subjects: k-means over their traits, the number of groups by
//! the silhouette (Rousseeuw 1987): from 2 to 10, the number with the highest
//! mean silhouette on a sample.

use linfa::{
    DatasetBase,
    prelude::SilhouetteScore,
    traits::{Fit, Predict},
};
use linfa_clustering::KMeans;
use ndarray::Array2;
use zhida_model::{
    domain::Tri,
    ranking::portrait::{Portrait, Portraits, coordinate},
    rules::traits::Trait,
};

use crate::synth::draw::Draw;

/// Subjects the groups are made from, at the most.
const SAMPLE: usize = 20_000;
/// Subjects the silhouette is taken of; its cost grows with the square.
const JUDGED: usize = 600;
/// Numbers of groups that are tried.
const NUMBERS: std::ops::RangeInclusive<usize> = 2..=10;
/// Fewer subjects have no portraits.
const FEWEST: usize = 100;
/// Traits named in a portrait's name.
const NAMED: usize = 3;
/// A trait is named where its share in the group is so far above the whole.
const APART: f64 = 0.15;

/// Makes the portraits of one kind from the traits of its subjects.
#[must_use]
pub(super) fn portraits(traits: &[Trait], subjects: &[Vec<Tri>], seed: u64) -> Portraits {
    let none = Portraits::default();
    if subjects.len() < FEWEST || traits.is_empty() {
        return none;
    }
    let mut draw = Draw::new(seed, 0x706F_7274, 0);
    let wanted = SAMPLE.min(subjects.len());
    let rows: Vec<&Vec<Tri>> = (0..wanted)
        .filter_map(|row| {
            // One from each stretch: spread over all, the same every time.
            let (from, to) = (row * subjects.len() / wanted, (row + 1) * subjects.len() / wanted);
            subjects.get(from + draw.below(to - from))
        })
        .collect();
    let matrix = matrix(&rows, traits.len());
    let step = rows.len().div_ceil(JUDGED).max(1);
    let judged = matrix.slice(ndarray::s![..;step, ..]).to_owned();
    let mut best: Option<(f64, Array2<f64>, Vec<usize>)> = None;
    for number in NUMBERS {
        let Ok(model) = KMeans::params(number)
            .max_n_iterations(100)
            .n_runs(3)
            .fit(&DatasetBase::from(matrix.clone()))
        else {
            continue;
        };
        let groups = model.predict(&judged);
        let silhouette = DatasetBase::new(judged.clone(), groups)
            .silhouette_score()
            .unwrap_or(f64::NEG_INFINITY);
        if best.as_ref().is_none_or(|(score, ..)| silhouette > *score) {
            let groups = model.predict(&matrix).to_vec();
            best = Some((silhouette, model.centroids().clone(), groups));
        }
    }
    let Some((silhouette, centres, groups)) = best else { return none };
    let criterion = format!(
        "highest mean silhouette of {} to {} groups: {} with {silhouette:.3} ({} subjects)",
        NUMBERS.start(),
        NUMBERS.end(),
        centres.nrows(),
        rows.len()
    );
    named(traits, &centres, &matrix, &groups, criterion)
}

fn matrix(rows: &[&Vec<Tri>], traits: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), traits), |(row, column)| {
        let value = rows.get(row).and_then(|traits| traits.get(column));
        coordinate(value.copied().unwrap_or(Tri::Unknown))
    })
}

/// Names the groups by traits that more of them have for certain than of all,
/// and puts the largest first.
fn named(
    traits: &[Trait],
    centres: &Array2<f64>,
    subjects: &Array2<f64>,
    groups: &[usize],
    criterion: String,
) -> Portraits {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let total = float(groups.len().max(1));
    let shares: Vec<f64> = (0..centres.nrows())
        .map(|group| float(groups.iter().filter(|own| **own == group).count()) / total)
        .collect();
    let sure = |trait_at: usize, wanted: &dyn Fn(usize) -> bool| {
        let of = subjects.column(trait_at);
        let rows = of.iter().zip(groups).filter(|(_, group)| wanted(**group));
        let (all, yes) =
            rows.fold((0, 0), |(all, yes), (value, _)| (all + 1, yes + usize::from(*value >= 1.0)));
        if all == 0 { 0.0 } else { float(yes) / float(all) }
    };
    let means: Vec<f64> = (0..traits.len()).map(|at| sure(at, &|_| true)).collect();
    let mut found: Vec<Portrait> = centres
        .outer_iter()
        .zip(&shares)
        .enumerate()
        .map(|(number, (centre, share))| {
            let mut apart: Vec<(f64, &str)> = means
                .iter()
                .zip(traits)
                .enumerate()
                .map(|(at, (all, one))| {
                    (sure(at, &|group| group == number) - all, one.label.as_str())
                })
                .filter(|(lift, _)| *lift >= APART)
                .collect();
            apart.sort_by(|a, b| b.0.total_cmp(&a.0));
            let words: Vec<&str> = apart.into_iter().take(NAMED).map(|(_, label)| label).collect();
            let name = if words.is_empty() { "其他".to_owned() } else { words.join("·") };
            Portrait { name, centre: centre.to_vec(), share: *share }
        })
        .collect();
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    let ids = traits.iter().map(|one| one.id.clone()).collect();
    Portraits { traits: ids, groups: found, criterion }
}
