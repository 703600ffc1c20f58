//! The extractors of axum with our problems as their rejections.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use zhida_model::domain::SubjectKey;

use crate::problem::Problem;

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T> FromRequest<S> for Json<T>
where
    axum::Json<T>: FromRequest<S, Rejection = JsonRejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let axum::Json(value) = axum::Json::<T>::from_request(request, state).await?;
        Ok(Json(value))
    }
}

/// The query of the address.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await?;
        Ok(Query(query.0))
    }
}

/// The variable parts of the address.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await?;
        Ok(Path(path.0))
    }
}

/// A subject key as it stands in an address or query.
///
/// # Errors
/// [`Problem::BadRequest`], which does not repeat the text: somebody may have
/// put an identity number there.
pub fn subject_key(text: &str) -> Result<SubjectKey, Problem> {
    text.parse().map_err(|_| {
        Problem::BadRequest(
            "a subject key is 32 hexadecimal digits; identity numbers never stand in an address: \
             ask POST /v1/subjects/lookup for the key"
                .to_owned(),
        )
    })
}
