//! `GET /v1/policies/search`: finds policies by words, for everybody and the
//! same for everybody.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{domain::SubjectKind, matching::windows};
use zhida_store::search::{Filter, Hit, Places, Question};

use crate::{
    engine::Engine,
    extract::Query,
    policies,
    problem::{Problem, ProblemBody},
    state::{self, State},
    view::WindowBody,
};

/// Longest question, in characters.
const LONGEST: usize = 200;

/// What is looked for, and what it is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The words: plain text without operators, 200 characters at the most.
    q: String,
    /// `enterprise` or `citizen`.
    #[param(value_type = Option<String>)]
    kind: Option<SubjectKind>,
    /// Region code: policies of that place and of the places it lies in.
    region: Option<String>,
    /// Whether policies of places inside the region are found too.
    below: Option<bool>,
    /// A theme, in full.
    theme: Option<String>,
    /// A life event, in full.
    life_event: Option<String>,
    /// A body that issued it, alone or with others.
    issuer: Option<String>,
    /// Only what is in force or can be claimed on this day.
    on: Option<String>,
    /// Whether letters may stand for Chinese words by their sound or its first letters.
    pinyin: Option<bool>,
    /// How many to leave out from the start.
    offset: Option<usize>,
    /// How many to list: 10 by default, 100 at the most.
    limit: Option<usize>,
}

/// A policy that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPolicy {
    /// Id of the policy.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The title as HTML, `<em>` around what was asked for.
    pub title_html: String,
    /// The words that answer best, as HTML, `<em>` around what was asked for.
    pub snippet: String,
    /// Region code of the issuer.
    pub region: String,
    /// Its name; empty for the nation.
    pub region_name: String,
    /// Whom it is for.
    pub audience: String,
    /// Who issued it.
    pub issuer: String,
    /// Document number.
    pub document_number: String,
    /// Where its claim window stands today.
    pub window: Option<WindowBody>,
    /// How well it answers; comparable within one answer only.
    pub score: f32,
    /// Where it stands in full.
    pub url: String,
}

/// What was found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// How many policies share something with the question.
    pub total: usize,
    /// The question as it may have been meant.
    pub did_you_mean: Option<String>,
    /// Those of this page.
    pub results: Vec<FoundPolicy>,
}

/// Policies by words, best first.
#[utoipa::path(get, path = "/v1/policies/search", tag = "policies", params(Asked), responses(
    (status = 200, description = "what was found", body = Found),
    (status = 400, description = "an unknown or missing parameter", body = ProblemBody),
    (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
))]
pub async fn search(
    Extract(state): Extract<State>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Found>, Problem> {
    if asked.q.trim().is_empty() {
        return Err(Problem::field("q", "is empty: write what to look for"));
    }
    if asked.q.chars().nth(LONGEST).is_some() {
        return Err(Problem::field("q", format!("is longer than {LONGEST} characters")));
    }
    let on = asked.on.as_deref().map(|text| state::parse_day("on", text)).transpose()?;
    let today = state.default_day();
    let found = state.work(move |engine| {
        let reference = &engine.rules.reference;
        let region = policies::region(reference, asked.region.as_deref())?;
        let below = asked.below.unwrap_or(false);
        let filter = Filter {
            places: region.map(|region| Places::reaching(&reference.regions, region, below)),
            theme: asked.theme,
            life_event: asked.life_event,
            kind: asked.kind.map(|kind| kind.name().to_owned()),
            issuer: asked.issuer,
            on,
        };
        let question = Question {
            text: &asked.q,
            filter,
            offset: asked.offset.unwrap_or(0),
            limit: asked.limit.unwrap_or(10).min(100),
            pinyin: asked.pinyin.unwrap_or(false),
        };
        let answer = engine.search()?.search(&question)?;
        let results = answer.hits.into_iter().map(|hit| result(engine, hit, today)).collect();
        Ok(Found { total: answer.total, did_you_mean: answer.did_you_mean, results })
    });
    Ok(axum::Json(found.await?))
}

fn result(engine: &Engine, hit: Hit, today: jiff::civil::Date) -> FoundPolicy {
    let record = hit.record;
    let id = record.policy.unwrap_or_default();
    let version = record.version.unwrap_or_default();
    let mut policies = engine.rules.program.policies.iter();
    let policy = policies.find(|policy| policy.key.id == id && policy.key.version == version);
    FoundPolicy {
        url: format!("/v1/policies/{id}"),
        title_html: hit.title.html(),
        snippet: hit.snippet.html(),
        title: record.title,
        region: format!("{:06}", record.region.unwrap_or_default()),
        region_name: record.place,
        audience: record.kind,
        issuer: record.issuer,
        document_number: record.number,
        window: policy.map(|policy| windows(&policy.file, today).into()),
        score: hit.score,
        id,
        version,
    }
}
