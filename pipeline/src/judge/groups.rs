//! Figures by group: region, sex, age, industry, size. The groups are those
//! of the policy office; the sums are taken by polars.

use polars::prelude::{Column, DataFrame, PolarsResult};
use zhida_model::{
    domain::SubjectKind,
    office::{
        groups::Groups,
        population::{Layer, Population},
    },
    rules::dated::Dated,
};

use super::Judged;

/// The layers of one kind, with the regions that tell subjects apart.
pub(super) fn layers(judged: &Judged<'_>, kind: SubjectKind) -> Vec<Layer> {
    let groups = Groups::compile(judged.reference);
    let dated = Dated::new(judged.program, judged.reference, judged.known_at, judged.known_at);
    let population = Population::new(kind, &dated, judged.world, &groups);
    let mut layers = population.layers.clone();
    let mut region = zhida_model::domain::RegionCode::from_value(0);
    // Below the nation, down to where there is more than one region with people.
    while let Some(code) = region {
        let layer = population.regions(code, &dated);
        let sizes = layer.sizes(&population.present);
        let inhabited: Vec<usize> = sizes
            .iter()
            .enumerate()
            .take(layer.groups.len().saturating_sub(1))
            .filter(|(_, size)| **size > 0)
            .map(|(group, _)| group)
            .collect();
        match inhabited.as_slice() {
            [only] => {
                let key = layer.groups.get(*only).map(|group| group.key.as_str());
                let next = key.and_then(|key| zhida_model::domain::RegionCode::parse(key).ok());
                region = next.filter(|next| *next != code);
            }
            [] => region = None,
            _ => {
                layers.push(layer);
                region = None;
            }
        }
    }
    layers
}

/// Sum of each column, and the number of rows, by group; groups by name.
pub(super) fn sums(
    groups: &[&str],
    columns: &[(&str, Vec<f64>)],
) -> PolarsResult<Vec<(String, u64, Vec<f64>)>> {
    let mut all = vec![Column::new("group".into(), groups)];
    all.extend(columns.iter().map(|(name, values)| Column::new((*name).into(), values)));
    let frame = DataFrame::new(groups.len(), all)?;
    let mut made = Vec::new();
    frame.group_by_stable(["group"])?.apply(|part| {
        let name = part.column("group")?.str()?.get(0).unwrap_or_default().to_owned();
        let sum = |(name, _): &(&str, Vec<f64>)| -> PolarsResult<f64> {
            Ok(part.column(name)?.f64()?.iter().flatten().sum())
        };
        let sums = columns.iter().map(sum).collect::<PolarsResult<Vec<f64>>>()?;
        made.push((name, part.height() as u64, sums));
        Ok(part.head(Some(1)))
    })?;
    made.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(made)
}
