//! What the state of the service knows about obstacles and claims.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use zhida_model::{matching::Selected, office::obstacles::Status};
use zhida_serve::{
    db::Database,
    office::{
        ledger::{self, ClaimKey, Trail},
        statuses::statuses,
    },
};

use crate::command::serve::{runtime, state};

/// What is known of the claims of each policy, by its position among those asked about.
pub type Trails = Vec<BTreeMap<ClaimKey, Trail>>;

/// Whether there is a state to read: one that is named, or that of the data folder.
fn is_there(address: Option<&str>, data: &Path) -> bool {
    address.is_some() || data.join("state.db").is_file()
}

/// Every status on record, by id of the obstacle; none without a state.
pub fn obstacle_statuses(address: Option<&str>, data: &Path) -> Result<BTreeMap<String, Status>> {
    if !is_there(address, data) {
        return Ok(BTreeMap::new());
    }
    runtime()?.block_on(async {
        let db = Database::connect(&state(address, data)).await?;
        statuses(&db).await.context("cannot read the statuses of obstacles")
    })
}

/// What became of the claims of some policies; nothing without a state.
pub fn trails(address: Option<&str>, data: &Path, selected: &[Selected<'_>]) -> Result<Trails> {
    if !is_there(address, data) {
        return Ok(selected.iter().map(|_| BTreeMap::new()).collect());
    }
    runtime()?.block_on(async {
        let db = Database::connect(&state(address, data)).await?;
        let mut trails = Vec::new();
        for one in selected {
            let key = &one.policy.key;
            let found = ledger::trails(&db, &key.id, &key.version, key.case.name()).await;
            trails.push(found.context("cannot read what became of claims")?);
        }
        Ok(trails)
    })
}
