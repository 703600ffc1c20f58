//! `GET /v1/office/upcoming`: how many will qualify, or cease to, as time passes.

use axum::extract::State as Extract;
use jiff::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use zhida_model::{
    domain::RegionCode,
    office::{
        disclosure::Protection,
        report::Place,
        upcoming::told::{ToldPolicy, told},
    },
};

use crate::{
    extract::Query,
    office::{
        asked::{at_desk, known},
        desk::Desk,
        schema::Described,
    },
    problem::{Problem, ProblemBody},
    state::State,
};

/// Longest look ahead, in days.
const MOST_DAYS: usize = 366;

/// What is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedAhead {
    /// Whose subjects are counted: a six-digit code of GB/T 2260, 000000 for the nation.
    region: String,
    /// The first day; today by default, never before the data cut-off.
    as_of: Option<String>,
    /// How many days to look ahead: 90 by default, 366 at the most.
    days: Option<usize>,
    /// One policy, by id, instead of all.
    policy: Option<String>,
}

/// What lies ahead.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ahead {
    /// The first day; what holds then is no change.
    as_of: String,
    /// The last day looked at.
    until: String,
    /// Whose subjects are counted.
    region: Place,
    /// How small counts are hidden.
    protection: Protection,
    /// By policy version, those for which something changes.
    policies: Vec<ToldPolicy>,
}

/// [`Ahead`] in the description of the service.
type AheadBody = Described<Ahead>;

/// How many become eligible and how many cease to be, by policy and month.
#[utoipa::path(get, path = "/v1/office/upcoming", tag = "office", params(AskedAhead),
    security(("token" = [])),
    responses(
        (status = 200, description = "the counts, rounded; small ones are hidden", body = AheadBody),
        (status = 400, description = "no region, or an unknown parameter", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
        (status = 504, description = "still being counted: ask again", body = ProblemBody),
    )
)]
pub async fn upcoming(
    Extract(state): Extract<State>,
    Query(asked): Query<AskedAhead>,
) -> Result<axum::Json<Ahead>, Problem> {
    let AskedAhead { region, as_of, days, policy } = asked;
    let days = days.unwrap_or(90);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::field("days", format!("not from 1 to {MOST_DAYS}")));
    }
    let told = at_desk(&state, region, as_of, move |desk, region| {
        if let Some(id) = &policy {
            known(desk, id)?;
        }
        Ok(ahead(desk, region, days, policy.as_deref()))
    });
    Ok(axum::Json(told.await?))
}

fn ahead(desk: &Desk, region: RegionCode, ahead: usize, policy: Option<&str>) -> Ahead {
    let dated = desk.day.borrow_dependent();
    let until = dated.as_of.saturating_add(Span::new().days(i64::try_from(ahead).unwrap_or(0)));
    Ahead {
        as_of: dated.as_of.to_string(),
        until: until.to_string(),
        region: Place::new(region, dated),
        protection: Protection::SERVICE,
        policies: told(&desk.outlook(region, policy, ahead), Protection::SERVICE),
    }
}
