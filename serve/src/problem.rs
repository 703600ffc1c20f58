//! Everything that can go wrong with a request, as RFC 9457 problem details.
//!
//! The cause of a failure of ours is logged and never sent. Neither a key nor
//! a number is ever part of a message that is logged.

use axum::{
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::LONGEST_BODY,
    wording::{self, Fault},
};

/// One thing that is wrong with a body or query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, parameter or place.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// The body of every answer that is not a success (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A stable name of the problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:zhida:problem:not-found")]
    pub kind: String,
    /// The problem in Chinese.
    pub title: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong here, and what to do next.
    pub detail: String,
    /// Every single error, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The request cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// No token, or a wrong one.
    #[error(
        "this route is about a subject: send `Authorization: Bearer <token>` with the token printed when the service started"
    )]
    Unauthorized,
    /// No such route or thing.
    #[error("{0}")]
    NotFound(String),
    /// The route has no such method.
    #[error("this route does not take that method: see /openapi.json")]
    MethodNotAllowed,
    /// An idempotency key is in use by a request that has not ended.
    #[error("{0}")]
    Conflict(String),
    /// The body is too long.
    #[error("the body is longer than the {LONGEST_BODY} bytes that the service takes: send less")]
    TooLarge,
    /// The body is no JSON.
    #[error("send the body as JSON with `Content-Type: application/json`")]
    UnsupportedMedia,
    /// It can be read, but makes no sense.
    #[error("{detail}")]
    Unprocessable {
        /// What is wrong.
        detail: String,
        /// Every error.
        errors: Vec<FieldError>,
    },
    /// Too much is being asked at the same time.
    #[error("too many requests are being worked on: try again in a second")]
    TooManyRequests,
    /// The work took too long.
    #[error("the answer took too long: try again")]
    Timeout,
    /// Something the service needs is not configured.
    #[error("{0}")]
    Unavailable(String),
    /// A failure of ours; what is held is logged and not sent.
    #[error("something went wrong inside the service; its log says what")]
    Internal(String),
}

impl Problem {
    /// A failure whose cause is logged and not sent.
    pub fn internal(cause: impl std::fmt::Display) -> Problem {
        Problem::Internal(cause.to_string())
    }

    /// One error of one field.
    pub fn field(field: &str, message: impl Into<String>) -> Problem {
        let message = message.into();
        Problem::Unprocessable {
            detail: format!("`{field}`: {message}"),
            errors: vec![FieldError { field: field.to_owned(), message }],
        }
    }

    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Problem::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad-request", "请求格式有误"),
            Problem::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "需要访问令牌"),
            Problem::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "未找到"),
            Problem::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "不支持的请求方法")
            }
            Problem::Conflict(_) => (StatusCode::CONFLICT, "conflict", "请求冲突"),
            Problem::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "请求内容过长"),
            Problem::UnsupportedMedia => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media", "不支持的内容类型")
            }
            Problem::Unprocessable { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "请求内容有误")
            }
            Problem::TooManyRequests => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "请求过多")
            }
            Problem::Timeout => (StatusCode::GATEWAY_TIMEOUT, "timeout", "处理超时"),
            Problem::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "服务暂不可用")
            }
            Problem::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "服务内部错误"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title) = self.parts();
        if let Problem::Internal(cause) = &self {
            tracing::error!(%cause, "a request failed");
        }
        let detail = self.to_string();
        let errors = match self {
            Problem::Unprocessable { errors, .. } => errors,
            _ => Vec::new(),
        };
        let kind = format!("urn:zhida:problem:{name}");
        let body = ProblemBody { kind, title, status: status.as_u16(), detail, errors };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, json).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Problem {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::UnsupportedMedia,
            StatusCode::UNPROCESSABLE_ENTITY => Fault::of(&rejection.body_text()).of_body(),
            _ => wording::no_json(&rejection.body_text()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Fault::of(&rejection.body_text()).of_query()
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Problem {
        Problem::BadRequest("a part of the address cannot be read: write it in UTF-8".to_owned())
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Problem {
        Problem::internal(error)
    }
}

impl From<zhida_store::StoreError> for Problem {
    fn from(error: zhida_store::StoreError) -> Problem {
        Problem::internal(error)
    }
}

impl From<zhida_store::search::SearchError> for Problem {
    fn from(error: zhida_store::search::SearchError) -> Problem {
        Problem::internal(error)
    }
}
