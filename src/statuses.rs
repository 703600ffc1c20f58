//! How far each obstacle has got, as the state of the service knows it.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use zhida_model::office::obstacles::Status;
use zhida_serve::{db::Database, office::statuses::statuses};

use crate::command::serve::{runtime, state};

/// Every status on record, by id of the obstacle; none where the data folder
/// holds no state and no other is named.
pub fn read(address: Option<&str>, data: &Path) -> Result<BTreeMap<String, Status>> {
    if address.is_none() && !data.join("state.db").is_file() {
        return Ok(BTreeMap::new());
    }
    runtime()?.block_on(async {
        let db = Database::connect(&state(address, data)).await?;
        statuses(&db).await.context("cannot read the statuses of obstacles")
    })
}
