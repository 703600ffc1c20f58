//! Who is counted, and in which groups: everybody of one kind who is alive or
//! registered on the day judged. Made once a day and kept.

use rayon::prelude::*;

use crate::{
    domain::{RegionCode, SubjectKind, Tri},
    frame::{Values, World},
    matching::gone,
    office::{
        groups::{Group, Groups},
        rowset::Rowset,
    },
    rules::{
        columnar::{Engine, bits::ROWS},
        dated::Dated,
        scalar::{Dossier, Scalar},
    },
};

/// The home of who has none on record.
pub const NO_HOME: u16 = u16::MAX;

/// Key of the group of those who are in no other for certain.
pub const UNKNOWN: &str = "unknown";

/// One dimension over all rows.
#[derive(Debug, Clone)]
pub struct Layer {
    /// `sex`, `age`, `industry`, `size` or `region`.
    pub name: &'static str,
    /// Chinese label.
    pub label: &'static str,
    /// The groups; the last is the unknown one.
    pub groups: Vec<Group>,
    /// By row: position of its group.
    pub of: Vec<u8>,
}

impl Layer {
    /// The group of a row.
    #[must_use]
    pub fn group(&self, row: usize) -> Option<usize> {
        self.of.get(row).map(|group| usize::from(*group))
    }

    /// How many of the rows are in each group.
    #[must_use]
    pub fn sizes(&self, rows: &Rowset) -> Vec<u64> {
        let none = || vec![0; self.groups.len()];
        let count = |mut sizes: Vec<u64>, block: usize| {
            let first = block * ROWS;
            let groups = self.of.get(first..).unwrap_or_default();
            for row in rows.block(block).rows() {
                let group = groups.get(row).map(|group| usize::from(*group));
                if let Some(size) = group.and_then(|group| sizes.get_mut(group)) {
                    *size += 1;
                }
            }
            sizes
        };
        let join = |mut sizes: Vec<u64>, more: Vec<u64>| {
            sizes.iter_mut().zip(more).for_each(|(size, more)| *size += more);
            sizes
        };
        (0..rows.blocks()).into_par_iter().fold(none, count).reduce(none, join)
    }
}

/// Everybody of one kind.
#[derive(Debug, Clone)]
pub struct Population {
    /// Of which kind.
    pub kind: SubjectKind,
    /// How many rows there are, present or not.
    pub rows: usize,
    /// Rows that are alive or registered.
    pub present: Rowset,
    /// By row: dense index of the home region, or [`NO_HOME`].
    pub home: Vec<u16>,
    /// Sex, age and so on.
    pub layers: Vec<Layer>,
}

impl Population {
    /// The populations of both kinds, by [`SubjectKind::index`].
    #[must_use]
    pub fn both(dated: &Dated<'_>, world: &World) -> [Population; 2] {
        let groups = Groups::compile(dated.reference);
        SubjectKind::ALL.map(|kind| Population::new(kind, dated, world, &groups))
    }

    /// Looks at every dossier of a kind. `groups` is [`Groups::compile`]'s
    /// program on the day of `dated`.
    #[must_use]
    pub fn new(kind: SubjectKind, dated: &Dated<'_>, world: &World, groups: &Groups) -> Population {
        let dossiers = world.of(kind);
        let scalar = Scalar::new(dated, world);
        let mut present = Rowset::none(dossiers.rows);
        for frame in &dossiers.chunks {
            for row in 0..frame.rows {
                if gone(&scalar, kind, Dossier { frame, row }).is_none() {
                    present.insert(frame.first as usize + row);
                }
            }
        }
        let layers = layers(kind, dated, world, groups);
        Population { kind, rows: dossiers.rows, present, home: homes(kind, dated, world), layers }
    }

    /// Present rows whose home lies in the region for certain. The nation
    /// holds everybody, those without a known home too.
    #[must_use]
    pub fn within(&self, region: RegionCode, dated: &Dated<'_>) -> Rowset {
        if region.value() == 0 {
            return self.present.clone();
        }
        let table = dated.reference.regions.within_table(region);
        let inside = |row: usize| {
            let home = self.home.get(row).copied().unwrap_or(NO_HOME);
            table.get(usize::from(home)) == Some(&Tri::True)
        };
        self.present.and(&Rowset::of(self.rows, inside))
    }

    /// The regions right below one, as a layer: a row whose home is the region
    /// itself, or is not told more closely, is in the unknown group.
    #[must_use]
    pub fn regions(&self, region: RegionCode, dated: &Dated<'_>) -> Layer {
        let regions = &dated.reference.regions;
        let below: Vec<RegionCode> = regions
            .children(region)
            .iter()
            .copied()
            .filter(|code| regions.abolished(*code) != Some(true))
            .take(usize::from(u8::MAX))
            .collect();
        let unknown = u8::try_from(below.len()).unwrap_or(u8::MAX);
        let mut place = vec![unknown; regions.len()];
        for (position, code) in (0_u8..).zip(&below) {
            for (place, truth) in place.iter_mut().zip(regions.within_table(*code)) {
                if truth == Tri::True {
                    *place = position;
                }
            }
        }
        let of = self.home.iter();
        let of = of.map(|home| place.get(usize::from(*home)).copied().unwrap_or(unknown)).collect();
        let named = below.iter().map(|code| Group {
            key: code.to_string(),
            label: regions.name(*code).unwrap_or_default().to_owned(),
        });
        let rest = Group { key: UNKNOWN.to_owned(), label: "未细分".to_owned() };
        let groups = named.chain(std::iter::once(rest)).collect();
        Layer { name: "region", label: "地区", groups, of }
    }
}

/// The home of every row, as the register tells it.
fn homes(kind: SubjectKind, dated: &Dated<'_>, world: &World) -> Vec<u16> {
    let dossiers = world.of(kind);
    let mut homes = vec![NO_HOME; dossiers.rows];
    let Some(field) = dated.reference.catalogue.home(kind) else { return homes };
    for frame in &dossiers.chunks {
        let Some(column) = frame.column(field.id) else { continue };
        let Values::Place(places) = &column.values else { continue };
        for (row, place) in places.iter().enumerate().take(frame.rows) {
            if column.known.as_ref().is_none_or(|known| known.value(row)) {
                homes[frame.first as usize + row] = *place;
            }
        }
    }
    homes
}

fn layers(kind: SubjectKind, dated: &Dated<'_>, world: &World, groups: &Groups) -> Vec<Layer> {
    let on_day = Dated::new(&groups.program, dated.reference, dated.as_of, dated.known_at);
    let dimensions = &groups.dimensions[kind.index()];
    let rows = world.of(kind).rows;
    dimensions
        .iter()
        .map(|dimension| {
            let unknown = u8::try_from(dimension.groups.len()).unwrap_or(u8::MAX);
            let engine = Engine::new(&on_day, world, kind, dimension.nodes.clone());
            let blocks = engine.run(
                || vec![unknown; ROWS],
                |of, _, group, verdicts| {
                    for row in verdicts.eligible.rows() {
                        of[row] = u8::try_from(group).unwrap_or(unknown);
                    }
                },
            );
            let mut of = blocks.concat();
            of.truncate(rows);
            let rest = Group { key: UNKNOWN.to_owned(), label: "未知".to_owned() };
            let groups = dimension.groups.iter().cloned().chain(std::iter::once(rest)).collect();
            Layer { name: dimension.name, label: dimension.label, groups, of }
        })
        .collect()
}
