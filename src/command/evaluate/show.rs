//! How figures are written in tables, and settings and intervals in JSON.

use serde_json::{Value, json};
use zhida_model::metrics::interval::{Interval, Resampling};

use crate::output::thousands;

/// A figure, with four digits after the point.
pub(super) fn figure(value: f64) -> String {
    // No minus before a zero.
    let text = format!("{value:.4}");
    if text.trim_start_matches('-').bytes().all(|byte| byte == b'0' || byte == b'.') {
        return text.trim_start_matches('-').to_owned();
    }
    text
}

/// A probability of chance: never zero.
pub(super) fn chance(value: f64) -> String {
    if value < 0.000_1 { "< 0.0001".to_owned() } else { figure(value) }
}

/// A number of things.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count as u128), if count == 1 { one } else { many })
}

/// A figure that may be missing.
pub(super) fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}

/// A difference, with its sign.
pub(super) fn difference(value: f64) -> String {
    let text = figure(value);
    if text.starts_with('-') || value <= 0.0 { text } else { format!("+{text}") }
}

/// An interval, from its lower to its upper end.
pub(super) fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |Interval { low, high }| format!("{} to {}", figure(low), figure(high)),
    )
}

/// The settings of intervals and tests.
pub(super) fn settings(resampling: Resampling) -> Value {
    let Resampling { level, samples, seed } = resampling;
    json!({ "level": level, "samples": samples, "seed": seed })
}
