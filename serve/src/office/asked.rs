//! What every question of an office names: the region whose tree it speaks of,
//! and the day.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::IntoParams;
use zhida_model::{domain::RegionCode, matching::Selected, reference::Reference};

use crate::{
    engine::Engine,
    office::desk::Desk,
    problem::Problem,
    state::{Shared, State},
};

/// The region and the day of a question.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Whose subjects are counted: a six-digit code of GB/T 2260, 000000 for the nation.
    pub region: String,
    /// The day; today by default, never before the data cut-off.
    pub as_of: Option<String>,
    /// One policy, by id, instead of all.
    pub policy: Option<String>,
}

/// A question about one policy named in the address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedOne {
    /// Whose subjects are counted: a six-digit code of GB/T 2260, 000000 for the nation.
    pub region: String,
    /// The day; today by default, never before the data cut-off.
    pub as_of: Option<String>,
}

/// A region by its code.
///
/// # Errors
/// [`Problem::Unprocessable`].
pub fn region(reference: &Reference, text: &str) -> Result<RegionCode, Problem> {
    RegionCode::parse(text)
        .ok()
        .filter(|code| reference.regions.index(*code).is_some())
        .ok_or_else(|| Problem::field("region", "not a six-digit region code of GB/T 2260"))
}

/// Runs a question at the desk of its day, away from the threads that serve.
///
/// # Errors
/// What is wrong with the question, or what the work returns.
pub async fn at_desk<T: Send + 'static>(
    state: &State,
    region_text: String,
    as_of: Option<String>,
    work: impl FnOnce(&Arc<Desk>, RegionCode) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let shared: Arc<Shared> = Arc::clone(state);
    state
        .work(move |engine: &Engine| {
            let region = region(&engine.rules.reference, &region_text)?;
            let day = shared.day_judged(as_of.as_deref(), engine.known_at())?;
            work(&engine.desk(day)?, region)
        })
        .await
}

/// The versions of a policy judged on the day, or 404.
///
/// # Errors
/// [`Problem::NotFound`].
pub fn known<'d>(desk: &'d Desk, id: &str) -> Result<Vec<Selected<'d>>, Problem> {
    let found = desk.selected(Some(id));
    if found.is_empty() {
        let as_of = desk.day.borrow_dependent().as_of;
        return Err(Problem::NotFound(format!(
            "no policy `{id}` is judged on {as_of}: see /v1/policies for those there are"
        )));
    }
    Ok(found)
}
