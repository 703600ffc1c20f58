//! `POST /v1/office/simulations`: what a change of a policy would do.
//!
//! Asking again with a little change must single nobody out. Thresholds are
//! moved to the nearest point of the curve towards the one in force, between
//! any two of which stand at least five subjects; an answer that fewer than
//! five subjects tell from an earlier one is refused; counts are rounded.

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::Deserialize;
use utoipa::ToSchema;
use zhida_model::{
    domain::RegionCode,
    matching::Selected,
    office::{
        disclosure::Protection,
        simulate::{
            Baseline, Change, Near, Outcome, Question, Trial, TrialError, near,
            report::{Options, Simulation, report},
            simulate, simulate_units,
        },
    },
    rules::dated::Dated,
};

use crate::{
    extract::Json,
    office::{
        asked::{at_desk, known},
        desk::Desk,
        schema::Described,
    },
    problem::{Problem, ProblemBody},
    state::State,
};

/// Most samples in one answer.
const MOST_SAMPLES: usize = 5;

/// [`Change`] in the description of the service.
type ChangeBody = Described<Change>;

/// What is tried out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationRequest {
    /// Whose subjects are counted: a six-digit code, 000000 for the nation.
    region: String,
    /// Id of the policy.
    policy: String,
    /// Its version, where several are judged on the day.
    #[serde(default)]
    version: Option<String>,
    /// The day; today by default.
    #[serde(default)]
    as_of: Option<String>,
    /// The change: `thresholds`, `parameters`, `patch`.
    #[serde(default)]
    #[schema(value_type = ChangeBody)]
    change: Change,
    /// Thresholds to draw a curve of, beside those that are changed.
    #[serde(default)]
    curves: Vec<String>,
    /// How many changed dossiers are described, without names.
    #[serde(default)]
    samples: usize,
}

/// [`Simulation`] in the description of the service.
type SimulationBody = Described<Simulation>;

/// Tries a change out.
#[utoipa::path(post, path = "/v1/office/simulations", tag = "office",
    request_body = SimulationRequest,
    security(("token" = [])),
    responses(
        (status = 200, description = "what it would do", body = SimulationBody),
        (status = 400, description = "the body is no JSON", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such policy on that day", body = ProblemBody),
        (status = 409, description = "fewer than five subjects tell this answer from an earlier one", body = ProblemBody),
        (status = 413, description = "the body is too long", body = ProblemBody),
        (status = 415, description = "the body is not sent as JSON", body = ProblemBody),
        (status = 422, description = "the change does not fit the policy", body = ProblemBody),
    )
)]
pub async fn simulate_change(
    Extract(state): Extract<State>,
    Json(request): Json<SimulationRequest>,
) -> Result<axum::Json<Simulation>, Problem> {
    let (region, as_of) = (request.region.clone(), request.as_of.clone());
    let engine = state.engine();
    let simulation = at_desk(&state, region, as_of, move |desk, region| {
        let selected = version(desk, &request)?;
        let bytes = engine.snapshot.file(&selected.policy.source)?;
        let text = String::from_utf8(bytes).map_err(Problem::internal)?;
        answer(desk, &request, selected, &text, region)
    });
    Ok(axum::Json(simulation.await?))
}

/// The version that is changed.
fn version<'d>(desk: &'d Desk, request: &SimulationRequest) -> Result<Selected<'d>, Problem> {
    let all = known(desk, &request.policy)?;
    let wanted = |one: &&Selected<'_>| {
        request.version.as_ref().is_none_or(|version| one.policy.key.version == *version)
    };
    let fitting: Vec<&Selected<'_>> = all.iter().filter(wanted).collect();
    match fitting.as_slice() {
        [only] => Ok(**only),
        _ => {
            let versions: Vec<&str> =
                all.iter().map(|one| one.policy.key.version.as_str()).collect();
            Err(Problem::field("version", format!("name one of {}", versions.join(", "))))
        }
    }
}

fn refused(error: &TrialError) -> Problem {
    Problem::field("change", error.to_string())
}

fn answer(
    desk: &Desk,
    request: &SimulationRequest,
    selected: Selected<'_>,
    text: &str,
    region: RegionCode,
) -> Result<Simulation, Problem> {
    let before = desk.day.borrow_dependent();
    let population = &desk.populations[selected.policy.file.audience.index()];
    let units = selected.policy.unit.is_some();
    let baseline = (!units).then(|| desk.baseline(&selected));
    let mut change = request.change.clone();
    let (curves, moved_thresholds) = match &baseline {
        Some(baseline) => {
            let curves = curves(desk, request, &selected, baseline, text, region)?;
            let moved = move_thresholds(&mut change, &curves)?;
            (curves, moved)
        }
        None if !request.curves.is_empty() => {
            let message = "curves are drawn for policies about the subject itself";
            return Err(Problem::field("curves", message));
        }
        None => (BTreeMap::new(), Vec::new()),
    };
    let trial = Trial::new(text, &change, before.reference).map_err(|error| refused(&error))?;
    let reference = trial.reference(before.reference);
    let after = Dated::new(&trial.program, reference, before.as_of, before.known_at);
    let question = Question {
        before,
        after: &after,
        world: &desk.world,
        population,
        selected,
        trial: &trial,
        region,
    };
    let outcome: Outcome = match &baseline {
        Some(baseline) => simulate(&question, baseline),
        None => simulate_units(&question),
    };
    let smallest = Protection::SERVICE.smallest;
    if !desk.may_answer(selected.index, region, &outcome.eligible_after, smallest) {
        return Err(Problem::Conflict(
            "fewer than five subjects tell this answer from one given before, so that both \
             together would single them out: change more"
                .to_owned(),
        ));
    }
    let options = Options {
        protection: Some(Protection::SERVICE),
        samples: request.samples.min(MOST_SAMPLES),
        moved_thresholds,
    };
    let curves: Vec<Near> = curves.into_values().collect();
    Ok(report(&question, &outcome, &curves, &options))
}

/// The curves of the thresholds concerned, by their place.
fn curves(
    desk: &Desk,
    request: &SimulationRequest,
    selected: &Selected<'_>,
    baseline: &Baseline,
    text: &str,
    region: RegionCode,
) -> Result<BTreeMap<String, Near>, Problem> {
    let before = desk.day.borrow_dependent();
    let population = &desk.populations[selected.policy.file.audience.index()];
    let rows = population.within(region, before);
    let places = request.change.thresholds.keys().chain(&request.curves);
    places
        .map(|place| {
            let found =
                near(before, &desk.world, population, selected, baseline, text, place, &rows);
            Ok((place.clone(), found.map_err(|error| refused(&error))?))
        })
        .collect()
}

/// Moves thresholds to points that may be told. Says which were moved.
fn move_thresholds(
    change: &mut Change,
    curves: &BTreeMap<String, Near>,
) -> Result<Vec<String>, Problem> {
    let bin = usize::try_from(Protection::SERVICE.smallest).unwrap_or(5);
    let mut moved = Vec::new();
    for (place, value) in &mut change.thresholds {
        let Some(near) = curves.get(place) else { continue };
        let asked = near
            .read(value)
            .ok_or_else(|| Problem::field("change", format!("`{value}` is no threshold here")))?;
        let points = near.measured.points(near.threshold, bin);
        let values = points.iter().map(|point| point.value);
        let told = if asked >= near.threshold {
            values.filter(|value| *value <= asked).max()
        } else {
            values.filter(|value| *value >= asked).min()
        };
        let told = told.unwrap_or(near.threshold);
        if told != asked {
            moved.push(format!("{place}: {} → {}", near.write(asked), near.write(told)));
            *value = near.typed(told);
        }
    }
    Ok(moved)
}
