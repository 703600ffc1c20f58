//! What an absent row means: whether a table is complete for a subject and
//! fresh enough to be believed.

use zhida_model::domain::{Reason, RegionCode, RegionTable};

use super::day;
use super::load::Loaded;
use super::plan::{TablePlan, complete_regions};
use super::register::{NO_REGION, Registered};

/// The view of one table on the dossiers of a kind.
pub(super) struct Scope<'a> {
    /// Number of dossiers.
    pub(super) rows: usize,
    /// Group of each dossier; `None` where groups are dossiers.
    pub(super) groups: Option<&'a [u32]>,
    /// The dossiers.
    pub(super) registered: &'a Registered,
    /// Cut-off as a stored day.
    pub(super) known_at: i32,
    /// By region index; `None` where the nation is covered.
    covered: Option<Vec<bool>>,
    /// Since when the table is complete.
    pub(super) since: i32,
    /// The table is older than its refresh interval allows.
    stale: bool,
    readable: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        plan: &TablePlan<'_>,
        loaded: &Loaded,
        registered: &'a Registered,
        groups: Option<&'a [u32]>,
        regions: &RegionTable,
        known_at: i32,
    ) -> Scope<'a> {
        let complete = complete_regions(plan.table);
        let covered = (!complete.contains(&RegionCode::NATION)).then(|| {
            let inside =
                |code| complete.iter().any(|&region| regions.within(code, region) == Some(true));
            regions.codes().map(inside).collect()
        });
        let coverage = plan.table.entry.coverage.as_ref();
        let refresh = i32::try_from(plan.table.entry.refresh_days).unwrap_or(i32::MAX);
        let stale = refresh > 0
            && (loaded.newest == day::NONE || loaded.newest.saturating_add(refresh) < known_at);
        Scope {
            rows: registered.keys.len(),
            groups,
            registered,
            known_at,
            covered,
            since: coverage.map_or(day::NONE, |coverage| day::of(coverage.since)),
            stale,
            readable: loaded.readable,
        }
    }

    /// First day of a dossier's subject; [`day::NONE`] where it is not known.
    pub(super) fn origin(&self, dossier: usize) -> i32 {
        self.registered.origin.get(dossier).copied().unwrap_or(day::NONE)
    }

    /// Group of a dossier in the table; a group past the last has no rows.
    pub(super) fn group(&self, dossier: usize) -> u32 {
        match self.groups {
            Some(groups) => groups.get(dossier).copied().unwrap_or(u32::MAX),
            None => u32::try_from(dossier).unwrap_or(u32::MAX),
        }
    }

    /// Whether an absent row means "none" for a dossier, or why it does not.
    pub(super) fn absence(&self, dossier: usize) -> Reason {
        let home = self.registered.home.get(dossier).copied().unwrap_or(NO_REGION);
        let inside = |covered: &Vec<bool>| covered.get(usize::from(home)).copied().unwrap_or(false);
        match () {
            () if !self.readable => Reason::Missing,
            () if !self.covered.as_ref().is_none_or(inside) => Reason::NotCovered,
            () if self.groups.is_some() && self.group(dossier) == u32::MAX => Reason::Missing,
            () if self.stale => Reason::Stale,
            () => Reason::Known,
        }
    }
}
