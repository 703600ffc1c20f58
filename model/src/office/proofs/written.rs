//! A dossier in YAML flow style, to be pasted into a case: `{birth_date:
//! 1990-01-01, hukou_region: "330106"}`, and whole files of cases.

use serde_json::Value;

use crate::{
    policy::{cases::Verdict, file::CaseType},
    rules::values::Typed,
};

use super::{
    Answer,
    policy::{ConditionProof, PolicyProof, Standing},
};

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
    let exponent =
        text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, 'e' | 'E' | 'x'));
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

/// What is proved about a policy as a file of cases: the dossier that meets
/// it as `base`, and a case for each condition. What has no dossier is a comment.
#[must_use]
pub fn cases(proof: &PolicyProof) -> String {
    let key = &proof.key;
    let mut text = format!("policy: {}\nversion: \"{}\"\n", key.id, key.version);
    if key.case != CaseType::NewClaim {
        text.push_str(&format!("case: {}\n", key.case.name()));
    }
    text.push_str(&format!("as_of: {}\n", proof.as_of));
    let base = match &proof.profile {
        Answer::Profile(base) => base,
        Answer::None => return format!("{text}# no dossier meets all conditions: proved\n"),
        Answer::Undecided(reason) => return format!("{text}# not decided: {reason}\n"),
    };
    text.push_str(&format!("base: {}\ncases:\n", flow_map(base)));
    let expect = proof.expect.map_or("eligible", Verdict::name);
    text.push_str(&format!("  - {{name: 满足全部条件, expect: {expect}}}\n"));
    for condition in &proof.conditions {
        text.push_str(&line(condition, base));
    }
    text
}

fn line(condition: &ConditionProof, base: &Typed) -> String {
    let id = &condition.id;
    let within = match &condition.within {
        Some(group) => format!(" in {group}"),
        None => String::new(),
    };
    let (name, profile, expect) = match &condition.standing {
        Standing::FailsAlone { profile } => (format!("只有{id}不满足"), profile, "ineligible"),
        Standing::DecidesAlone { profile } => (format!("只靠{id}满足"), profile, "eligible"),
        Standing::Redundant { implied_by } if implied_by.is_empty() => {
            return format!("  # {id}{within}: adds nothing, whatever the data say\n");
        }
        Standing::Redundant { implied_by } => {
            let names = implied_by.join(", ");
            return format!("  # {id}{within}: adds nothing beside {names}: proved\n");
        }
        Standing::Person => return format!("  # {id}{within}: a person judges it\n"),
        Standing::Undecided { reason } => {
            return format!("  # {id}{within}: not decided: {reason}\n");
        }
    };
    let expect = condition.expect.map_or(expect, Verdict::name);
    let (set, unset) = steps(base, profile);
    let mut parts = vec![format!("name: {name}")];
    if !set.is_empty() {
        parts.push(format!("set: {}", flow_map(&set)));
    }
    if !unset.is_empty() {
        parts.push(format!("unset: [{}]", unset.join(", ")));
    }
    parts.push(format!("expect: {expect}"));
    if expect == Verdict::Ineligible.name() {
        parts.push(format!("fails: [{id}]"));
    }
    format!("  - {{{}}}\n", parts.join(", "))
}
