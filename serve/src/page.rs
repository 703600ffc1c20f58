//! The page at `/`: what the service holds, where to go, and a form to try it.
//! Everything is compiled in; nothing is fetched from anywhere else.

use axum::{
    http::header,
    response::{Html, IntoResponse},
};

/// The page.
pub async fn index() -> Html<&'static str> {
    Html(include_str!("web/index.html"))
}

/// Its style.
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("web/page.css"))
}

/// Its script.
pub async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("web/page.js"))
}
