//! A dossier in YAML flow style, to be pasted into a case: `{birth_date:
//! 1990-01-01, hukou_region: "330106"}`.

use serde_json::Value;

use crate::rules::values::Typed;

/// A dossier on one line.
#[must_use]
pub fn flow_map(typed: &Typed) -> String {
    let parts: Vec<String> =
        typed.iter().map(|(name, value)| format!("{name}: {}", flow(value))).collect();
    format!("{{{}}}", parts.join(", "))
}

/// A value on one line.
#[must_use]
pub fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            flow_map(&map.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        Value::String(text) if plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text needs no quotation marks: a word, a sum such as 5000万, a
/// day. Digits alone, and words that YAML reads otherwise, need them.
fn plain(text: &str) -> bool {
    let first = text.chars().next().is_some_and(char::is_alphanumeric);
    let simple = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.');
    let numeric = text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | '_'));
    let exponent = text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, 'e' | 'E' | 'x'));
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    first
        && text.chars().all(simple)
        && !numeric
        && !exponent
        && !word.contains(&text.to_ascii_lowercase().as_str())
}

/// What has to be set and unset in a dossier to make another of it.
#[must_use]
pub fn steps(from: &Typed, to: &Typed) -> (Typed, Vec<String>) {
    let set = to
        .iter()
        .filter(|(name, value)| from.get(*name) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let unset = from.keys().filter(|name| !to.contains_key(*name)).cloned().collect();
    (set, unset)
}
