//! `GET /v1/policies`: what there is, for everybody and the same for
//! everybody. This is the list that stays complete whatever a subject has
//! switched off.

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{
    domain::{RegionCode, SubjectKind},
    matching::{select, windows},
    reference::Reference,
    rules::{
        program::{Compiled, CompiledKind, Policy},
        render::Render,
    },
};

use crate::{
    engine::Engine,
    extract::{Path, Query},
    problem::{Problem, ProblemBody},
    state::State,
    view::{PolicyBody, WindowBody},
};

/// What a list of policies is narrowed by.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `enterprise` or `citizen`.
    #[param(value_type = Option<String>)]
    kind: Option<SubjectKind>,
    /// Region code: policies of that place and of the places it lies in.
    region: Option<String>,
    /// A theme, in full.
    theme: Option<String>,
    /// `national`, `province`, `city` or `county`.
    level: Option<String>,
    /// Words that must occur in title, benefit, themes, document number or text.
    q: Option<String>,
    /// The day; today by default. Only what is in force or claimable is listed.
    as_of: Option<String>,
    /// How many to leave out from the start.
    offset: Option<usize>,
    /// How many to list: 50 by default, 200 at the most.
    limit: Option<usize>,
}

/// One policy of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
    /// Whom it is for.
    pub audience: &'static str,
    /// Where its claim window stands.
    pub window: WindowBody,
}

/// A list of policies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// The day.
    pub as_of: String,
    /// How many fit the filter.
    pub total: usize,
    /// Those of this page.
    pub policies: Vec<Listed>,
    /// Themes there are and how many policies have each.
    pub themes: BTreeMap<String, usize>,
}

/// The policies in force or claimable on a day, by id.
#[utoipa::path(get, path = "/v1/policies", tag = "policies", params(Filter), responses(
    (status = 200, description = "the list", body = Policies),
    (status = 400, description = "an unknown parameter", body = ProblemBody),
    (status = 422, description = "a parameter that makes no sense", body = ProblemBody),
))]
pub async fn list(
    Extract(state): Extract<State>,
    Query(filter): Query<Filter>,
) -> Result<axum::Json<Policies>, Problem> {
    let as_of = match &filter.as_of {
        Some(text) => crate::state::parse_day("as_of", text)?,
        None => state.default_day(),
    };
    let engine = state.engine();
    let region = region(&engine.rules.reference, filter.region.as_deref())?;
    if let Some(level) = &filter.level
        && !["national", "province", "city", "county"].contains(&level.as_str())
    {
        return Err(Problem::field("level", "not `national`, `province`, `city` or `county`"));
    }
    let (program, regions) = (&engine.rules.program, &engine.rules.reference.regions);
    let mut themes = BTreeMap::new();
    let fitting: Vec<Listed> = select(program, as_of)
        .into_iter()
        .filter(|selected| fits(selected.policy, &filter, region, &engine.rules.reference))
        .map(|selected| {
            for theme in &selected.policy.file.themes {
                *themes.entry(theme.clone()).or_insert(0) += 1;
            }
            Listed {
                policy: PolicyBody::new(selected.policy, regions),
                audience: selected.policy.file.audience.name(),
                window: selected.window.into(),
            }
        })
        .collect();
    let total = fitting.len();
    let limit = filter.limit.unwrap_or(50).min(200);
    let policies = fitting.into_iter().skip(filter.offset.unwrap_or(0)).take(limit).collect();
    Ok(axum::Json(Policies { as_of: as_of.to_string(), total, policies, themes }))
}

pub(crate) fn region(
    reference: &Reference,
    text: Option<&str>,
) -> Result<Option<RegionCode>, Problem> {
    let Some(text) = text else { return Ok(None) };
    RegionCode::parse(text)
        .ok()
        .filter(|code| reference.regions.index(*code).is_some())
        .map(Some)
        .ok_or_else(|| Problem::field("region", "not a six-digit region code of GB/T 2260"))
}

fn fits(
    policy: &Policy,
    filter: &Filter,
    region: Option<RegionCode>,
    reference: &Reference,
) -> bool {
    let file = &policy.file;
    filter.kind.is_none_or(|kind| kind == file.audience)
        && filter.level.as_ref().is_none_or(|level| level == crate::view::level_name(file.level))
        && filter.theme.as_ref().is_none_or(|theme| file.themes.contains(theme))
        && region
            .is_none_or(|region| reference.regions.within(region, policy.region) != Some(false))
        && filter.q.as_deref().is_none_or(|words| mentions(policy, words))
}

/// Every word, separated by spaces, occurs somewhere in the policy.
fn mentions(policy: &Policy, words: &str) -> bool {
    let file = &policy.file;
    let mut places: Vec<&str> = vec![
        &file.id.value,
        &file.title,
        &file.benefit.summary,
        &file.document.number,
        &file.document.issuer,
    ];
    places.extend(file.themes.iter().chain(&file.life_events).map(String::as_str));
    places.extend(file.text.iter().map(|article| article.value.words.as_str()));
    words.split_whitespace().all(|word| places.iter().any(|place| place.contains(word)))
}

/// One condition of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionText {
    /// Id.
    pub id: String,
    /// Article of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The words of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The rule in Chinese, made from the expression; the question, where a
    /// person judges.
    pub rule: String,
    /// The expression, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Whether a person judges it.
    pub manual: bool,
    /// Members of a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub members: Vec<ConditionText>,
}

/// An article of the text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleText {
    /// Its number.
    pub article: String,
    /// Its words.
    pub words: String,
}

/// Something to hand in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaterialText {
    /// Its name.
    pub name: String,
    /// The electronic licence that replaces it.
    pub licence: Option<String>,
}

/// One version of a policy in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyInFull {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
    /// Whom it is for.
    pub audience: &'static str,
    /// First day in force.
    pub valid_from: Option<String>,
    /// Last day in force.
    pub valid_to: Option<String>,
    /// Where its claim window stands today.
    pub window: WindowBody,
    /// The version it replaces.
    pub supersedes: Option<String>,
    /// What has to be handed in.
    pub materials: Vec<MaterialText>,
    /// Policies that cannot be held together with it.
    pub excludes: Vec<String>,
    /// Policies that expressly can.
    pub stacks: Vec<String>,
    /// Every condition.
    pub conditions: Vec<ConditionText>,
    /// Tiers of the benefit: label and condition in Chinese.
    pub tiers: Vec<String>,
    /// The text.
    pub text: Vec<ArticleText>,
}

/// Every version of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// Id of the policy.
    pub id: String,
    /// Its versions and case types, oldest first.
    pub versions: Vec<PolicyInFull>,
}

/// A policy with its text, its conditions and every version there is.
#[utoipa::path(get, path = "/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "id of the policy")),
    responses(
        (status = 200, description = "the policy", body = Versions),
        (status = 404, description = "no such policy", body = ProblemBody),
    )
)]
pub async fn one(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
) -> Result<axum::Json<Versions>, Problem> {
    let engine = state.engine();
    let today = state.default_day();
    let versions: Vec<PolicyInFull> = engine
        .rules
        .program
        .policies
        .iter()
        .filter(|policy| policy.key.id == id)
        .map(|policy| in_full(policy, &engine, today))
        .collect();
    if versions.is_empty() {
        return Err(Problem::NotFound(format!(
            "no policy `{id}`: see /v1/policies for those there are"
        )));
    }
    Ok(axum::Json(Versions { id, versions }))
}

fn in_full(policy: &Policy, engine: &Engine, today: jiff::civil::Date) -> PolicyInFull {
    let (file, reference) = (&policy.file, &engine.rules.reference);
    let render = Render::new(&engine.rules.program, reference);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    PolicyInFull {
        policy: PolicyBody::new(policy, &reference.regions),
        audience: file.audience.name(),
        valid_from: day(file.valid.from),
        valid_to: day(file.valid.to),
        window: windows(file, today).into(),
        supersedes: file.supersedes.clone(),
        materials: file
            .materials
            .iter()
            .map(|material| MaterialText {
                name: material.name.clone(),
                licence: material.licence.clone(),
            })
            .collect(),
        excludes: file.excludes.iter().map(|id| id.value.clone()).collect(),
        stacks: file.stacks.iter().map(|id| id.value.clone()).collect(),
        conditions: policy.conditions.iter().map(|part| condition(&render, part)).collect(),
        tiers: policy
            .tiers
            .iter()
            .map(|(label, when, _)| format!("{label}：{}", render.node(*when)))
            .collect(),
        text: file
            .text
            .iter()
            .map(|article| ArticleText {
                article: article.value.article.clone(),
                words: article.value.words.clone(),
            })
            .collect(),
    }
}

fn condition(render: &Render<'_>, part: &Compiled) -> ConditionText {
    let members = part.kind.members();
    let (rule, expression) = match &part.kind {
        CompiledKind::When(text) => (render.node(part.node), Some(text.clone())),
        CompiledKind::Manual(question) => (question.clone(), None),
        CompiledKind::Any(_) => ("以下任一项成立".to_owned(), None),
        CompiledKind::All(_) => ("以下各项同时成立".to_owned(), None),
        CompiledKind::AtLeast(count, of) => {
            (format!("以下{}项中至少{count}项成立", of.len()), None)
        }
    };
    ConditionText {
        id: part.id.clone(),
        article: part.article.clone(),
        quote: part.quote.clone(),
        rule,
        expression,
        manual: matches!(part.kind, CompiledKind::Manual(_)),
        members: members.iter().map(|member| condition(render, member)).collect(),
    }
}
