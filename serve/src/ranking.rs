//! `GET /v1/ranking` and the page `/ranking`: how lists are put in order, for
//! everybody, as the law asks (Provisions on Algorithmic Recommendation 2022,
//! art. 16: the principle, the purpose and the main mechanism; Personal
//! Information Protection Law art. 24: a list that is not personal).

use axum::{extract::State as Extract, response::Html};
use serde::Serialize;
use utoipa::ToSchema;
use zhida_model::{
    domain::SubjectKind,
    ranking::{KindRanker, features::FEATURES},
};

use crate::{
    problem::{Problem, ProblemBody},
    state::State,
};

/// One thing the order looks at.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureBody {
    /// ASCII name.
    pub name: &'static str,
    /// Chinese words.
    pub label: &'static str,
    /// By step (opening, applying, approval): weight over the standardised
    /// feature; empty where nothing was learned.
    pub weights: Vec<f64>,
}

/// The order of one kind of subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderOfKind {
    /// `enterprise` or `citizen`.
    pub kind: &'static str,
    /// Chinese label.
    pub kind_words: &'static str,
    /// Whether the order was learned; otherwise it is the first score.
    pub learned: bool,
    /// Entries of lists learned from.
    pub entries: u64,
    /// Everything it looks at, heaviest first.
    pub features: Vec<FeatureBody>,
    /// Names of the cohorts whose uptake it looks at.
    pub cohorts: Vec<String>,
}

/// How lists are put in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankingBody {
    /// The principle in Chinese, one sentence each.
    pub principle: Vec<&'static str>,
    /// Day of the training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained_on: Option<String>,
    /// First day of the lists learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Day before which everything learned from had happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// By kind of subject.
    pub kinds: Vec<OrderOfKind>,
}

/// What holds for every list.
const PRINCIPLE: [&str; 7] = [
    "先判断资格，后排顺序：是否符合条件只由政策条文和档案数据决定，排序不改变任何结论，也不隐藏任何一项政策。",
    "排在前面的是预计更可能查看、申请并办成，而且金额更大的政策：三个概率与金额价值相乘。",
    "同一系列的政策只先列一项；互斥的政策先列总体更有利的组合；相近主题适当错开。",
    "每项政策都会向一部分人展示；从未展示过且即将截止的，提前到首屏。",
    "排序不使用健康、残疾、宗教、民族和贫困方面的信息。",
    "可随时改用不使用个人信息的列表（mode=general），也可按主题关闭推送，立即生效。",
    "对排序有疑问的，可在每项政策的说明中查看影响其位置的因素，或向受理部门提出。",
];

/// How lists are put in order.
#[utoipa::path(get, path = "/v1/ranking", tag = "service",
    responses(
        (status = 200, description = "the principle and what the order looks at", body = RankingBody),
        (status = 500, description = "the snapshot cannot be read", body = ProblemBody),
    )
)]
pub async fn ranking(Extract(state): Extract<State>) -> Result<axum::Json<RankingBody>, Problem> {
    let engine = state.engine();
    let ranker = engine.ranking.as_ref().map(|ranking| &ranking.ranker);
    let kinds = SubjectKind::ALL
        .into_iter()
        .map(|kind| of_kind(kind, ranker.and_then(|ranker| ranker.of(kind))))
        .collect();
    Ok(axum::Json(RankingBody {
        principle: PRINCIPLE.to_vec(),
        trained_on: ranker.map(|ranker| ranker.trained_on.to_string()),
        from: ranker.map(|ranker| ranker.from.to_string()),
        until: ranker.map(|ranker| ranker.until.to_string()),
        kinds,
    }))
}

fn of_kind(kind: SubjectKind, of: Option<&KindRanker>) -> OrderOfKind {
    let steps = of.map(|of| of.steps.as_slice()).unwrap_or_default();
    let mut features: Vec<FeatureBody> = FEATURES
        .iter()
        .enumerate()
        .map(|(position, feature)| FeatureBody {
            name: feature.name,
            label: feature.label,
            weights: steps.iter().filter_map(|step| step.weights.get(position)).copied().collect(),
        })
        .collect();
    let heavy = |feature: &FeatureBody| feature.weights.iter().map(|w| w.abs()).sum::<f64>();
    features.sort_by(|a, b| heavy(b).total_cmp(&heavy(a)));
    let groups = of.map(|of| of.portraits.groups.as_slice()).unwrap_or_default();
    OrderOfKind {
        kind: kind.name(),
        kind_words: kind.label(),
        learned: of.is_some(),
        entries: steps.first().map_or(0, |step| step.rows),
        features,
        cohorts: groups.iter().map(|group| group.name.clone()).collect(),
    }
}

/// The page for people.
pub async fn page() -> Html<&'static str> {
    Html(include_str!("web/ranking.html"))
}

/// Its script.
pub async fn script() -> impl axum::response::IntoResponse {
    (
        [(axum::http::header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("web/ranking.js"),
    )
}
