//! Who may ask about subjects, until there are roles: whoever has the token
//! that was printed when the service started.

use axum::{
    extract::{Request, State as Extract},
    http::header,
    middleware::Next,
    response::Response,
};

use crate::{problem::Problem, state::State};

/// Lets a request about a subject pass only with the token.
///
/// # Errors
/// [`Problem::Unauthorized`].
pub async fn require_token(
    Extract(state): Extract<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .is_some_and(|(_, token)| state.token().is(token.trim()));
    if sent { Ok(next.run(request).await) } else { Err(Problem::Unauthorized) }
}
