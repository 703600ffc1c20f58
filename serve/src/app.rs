//! The routes, and what surrounds them: limits, time, headers, traces.
//!
//! Traces carry the template of a route and never the address itself, which
//! may hold a key.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer,
};
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    auth, calculator, dossier, explanation, fields, health, lookup, office, openapi::Description,
    page, policies, preferences, problem::Problem, pushes, ranking, recommendations, search,
    state::State,
};

/// Longest body, in bytes.
pub(crate) const LONGEST_BODY: usize = 64 * 1024;
/// Longest time for an answer.
const LONGEST_TIME: Duration = Duration::from_secs(20);
/// What a page of ours may load: itself. Swagger UI styles elements in place.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The whole service.
pub fn app(state: State) -> Router {
    let subjects = Router::new()
        .route("/v1/subjects/lookup", post(lookup::lookup))
        .route("/v1/subjects/{key}/recommendations", get(recommendations::list))
        .route("/v1/subjects/{key}/dossier", get(dossier::dossier))
        .route("/v1/subjects/{key}/explanations/{policy}", get(explanation::explanation))
        .route("/v1/subjects/{key}/preferences", get(preferences::get).put(preferences::put))
        .route("/v1/pushes", get(pushes::inbox))
        .route("/v1/pushes/{id}/acknowledgements", post(pushes::acknowledge))
        .merge(offices())
        .route_layer(middleware::from_fn_with_state(State::clone(&state), auth::require_token));
    let open = Router::new()
        .route("/v1/health", get(health::health))
        .route("/v1/policies", get(policies::list))
        .route("/v1/policies/search", get(search::search))
        .route("/v1/policies/{id}", get(policies::one))
        .route("/v1/fields", get(fields::fields))
        .route("/v1/ranking", get(ranking::ranking))
        .route("/v1/match", post(calculator::calculate));
    let pages = Router::new()
        .route("/", get(page::index))
        .route("/page.css", get(page::style))
        .route("/page.js", get(page::script))
        .route("/ranking", get(ranking::page))
        .route("/ranking.js", get(ranking::script));
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let around = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(in_time))
        .layer(DefaultBodyLimit::max(LONGEST_BODY));
    subjects
        .merge(open)
        .merge(pages)
        .merge(SwaggerUi::new("/docs").url("/openapi.json", Description::openapi()))
        .fallback(|| async { Problem::NotFound("no such route: see /docs".to_owned()) })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(around)
        .with_state(state)
}

/// What policy offices ask.
fn offices() -> Router<State> {
    Router::new()
        .route("/v1/office/coverage", get(office::coverage::all))
        .route("/v1/office/coverage/{policy}", get(office::coverage::one))
        .route("/v1/office/blind-spots", get(office::coverage::blind_spots))
        .route("/v1/office/obstacles", get(office::obstacles::list))
        .route("/v1/office/obstacles/{id}", put(office::obstacles::put))
        .route("/v1/office/simulations", post(office::simulations::simulate_change))
        .route("/v1/office/upcoming", get(office::upcoming::upcoming))
        .route("/v1/office/proofs", get(office::proofs::proofs))
        .route("/v1/office/differences", get(office::proofs::differences))
        .route("/v1/office/claim-steps", post(office::steps::record))
        .route("/v1/office/ledger/{policy}", get(office::steps::ledger_of))
}

fn span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

/// Answers in time, or says so.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Timeout.into_response(),
    }
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no message".to_owned());
    Problem::Internal(format!("a handler panicked: {cause}")).into_response()
}
