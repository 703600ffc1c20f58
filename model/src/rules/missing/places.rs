//! Regions and industries worth trying, one of every class that the rule can
//! tell apart.

use std::collections::BTreeSet;

use crate::{
    catalogue::types::FieldType,
    domain::RegionCode,
    rules::{
        ir::{Atom, FieldRef, Num},
        missing::{
            Question,
            reads::{numbers_of, visit_nums},
        },
    },
};

impl Question<'_> {
    /// One region or industry of every class that the rule can tell apart.
    pub(super) fn place_classes(&self, field: FieldRef) -> Vec<u16> {
        let reference = self.scalar.dated.reference;
        let regional = reference.catalogue.by_id(field.field).kind == FieldType::Region;
        let graph = &self.scalar.dated.program.graph;
        let mut seen = BTreeSet::new();
        let worth_trying =
            if regional { self.regions_of(field) } else { self.industries_of(field) };
        worth_trying
            .into_iter()
            .filter(|place| {
                let mut class = Vec::new();
                for atom in self.atoms.iter() {
                    match graph.atom(*atom) {
                        Atom::Within(of, outer) if *of == field => {
                            class.push(self.scalar.dated.region_within(*place, *outer) as u8);
                        }
                        Atom::Industry(of, ranges) if *of == field => {
                            let inside =
                                ranges.iter().any(|(low, high)| (*low..=*high).contains(place));
                            class.push(u8::from(inside));
                        }
                        atom => {
                            for num in numbers_of(atom) {
                                visit_nums(&self.scalar, num, &mut |_, num| {
                                    if let Num::Param { name, region, .. } = num
                                        && *region == field
                                    {
                                        let value = self.scalar.dated.parameter(name, *place);
                                        class.push(u8::from(value.is_some()));
                                        class.extend(value.unwrap_or_default().to_le_bytes());
                                    }
                                });
                            }
                        }
                    }
                }
                seen.insert(class)
            })
            .collect()
    }

    /// Regions the rule names, those its parameters are set for, and the provinces.
    fn regions_of(&self, field: FieldRef) -> Vec<u16> {
        let reference = self.scalar.dated.reference;
        let regions = &reference.regions;
        let mut codes = Vec::new();
        for atom in self.atoms.iter() {
            match self.scalar.dated.program.graph.atom(*atom) {
                Atom::Within(of, outer) if *of == field => codes.extend(regions.code(*outer)),
                atom => {
                    for num in numbers_of(atom) {
                        visit_nums(&self.scalar, num, &mut |_, num| {
                            if let Num::Param { name, region, .. } = num
                                && *region == field
                            {
                                let as_of = self.scalar.dated.as_of;
                                let set = reference.parameters.in_force(name, as_of);
                                codes.extend(set.into_iter().map(|(code, _)| code));
                            }
                        });
                    }
                }
            }
        }
        codes.extend(regions.children(RegionCode::NATION));
        codes.into_iter().filter_map(|code| regions.index(code)).collect()
    }

    /// Both ends of every range the rule names, and their neighbours.
    fn industries_of(&self, field: FieldRef) -> Vec<u16> {
        let length = u16::try_from(self.scalar.dated.reference.industries.len()).unwrap_or(0);
        let mut places = vec![0];
        for atom in self.atoms.iter() {
            if let Atom::Industry(of, ranges) = self.scalar.dated.program.graph.atom(*atom)
                && *of == field
            {
                for (low, high) in ranges {
                    places.extend([low.saturating_sub(1), *low, *high, high.saturating_add(1)]);
                }
            }
        }
        places.retain(|place| *place < length);
        places
    }
}
