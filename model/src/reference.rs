//! What every rule is read against: the catalogue, the code tables and the
//! dated local parameters. One bundle, so that batch and service cannot differ.

use crate::{
    catalogue::Catalogue,
    domain::{IndustryTable, RegionTable},
    policy::Parameters,
    rules::check::Lookup,
};

/// The catalogue with its code tables and parameters.
#[derive(Debug)]
pub struct Reference {
    /// Fields, tables, relations.
    pub catalogue: Catalogue,
    /// GB/T 2260 with zones.
    pub regions: RegionTable,
    /// GB/T 4754.
    pub industries: IndustryTable,
    /// Dated local parameters.
    pub parameters: Parameters,
}

impl Reference {
    /// What the checker of expressions needs of it.
    #[must_use]
    pub fn lookup(&self) -> Lookup<'_> {
        Lookup { catalogue: &self.catalogue, regions: &self.regions, industries: &self.industries }
    }
}
