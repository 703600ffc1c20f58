//! A change of a policy that is tried out: thresholds, conditions, sums, dates
//! and parameters. It is applied to the text of the policy's file, and the
//! result goes through the same checks as any file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    catalogue::types::FieldType,
    domain::{FEN, RegionCode},
    office::simulate::threshold::{self, Threshold},
    policy::Parameters,
    reference::Reference,
    rules::values::money,
};

/// What is tried out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Thresholds: the id of a condition, with `#2` for the second threshold of
    /// its rule and so on, to the new value (`"75"`, `"300万"`, `"5.5%"`,
    /// `"2026-01-31"`).
    #[serde(default)]
    pub thresholds: BTreeMap<String, String>,
    /// Local parameters: a name, or `name@330100` for one place, to the new
    /// value. Without a place it replaces the value of every place.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Keys of the policy file with what they become, `null` to leave one out.
    /// Conditions are named by `id`, tiers by `label`; one with `remove: true`
    /// goes, one with a new name is added.
    #[serde(default)]
    pub patch: Map<String, Value>,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It changes nothing.
    #[error("the change is empty: name a threshold, a condition, a sum, a date or a parameter")]
    Empty,
    /// No such condition.
    #[error("`{id}` is no condition of the policy; it has {known}")]
    NoCondition {
        /// What was named.
        id: String,
        /// Ids there are.
        known: String,
    },
    /// The condition has no such threshold.
    #[error("condition `{id}` has {count} thresholds, not {number}: {hint}")]
    NoThreshold {
        /// The condition.
        id: String,
        /// The one named.
        number: usize,
        /// How many it has.
        count: usize,
        /// What to do.
        hint: String,
    },
    /// The value does not fit the threshold.
    #[error("`{value}` does not fit where `{written}` stands: {hint}")]
    BadValue {
        /// The value.
        value: String,
        /// What it would replace.
        written: String,
        /// What would fit.
        hint: &'static str,
    },
    /// No such parameter.
    #[error("`{name}` is no parameter of the catalogue")]
    NoParameter {
        /// The name.
        name: String,
    },
    /// The value does not fit the parameter, or the place is none.
    #[error("`{name}`: `{value}` {message}")]
    BadParameter {
        /// The name.
        name: String,
        /// What was given.
        value: String,
        /// What is wrong.
        message: &'static str,
    },
    /// A part of the patch that has no place in the file.
    #[error("`{key}` cannot be patched: {hint}")]
    BadPatch {
        /// The key.
        key: String,
        /// What to do.
        hint: String,
    },
    /// The file cannot be read.
    #[error("the policy's file cannot be read: {0}")]
    File(String),
}

/// The file of a policy as a tree, before and after a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Before.
    pub before: Value,
    /// After.
    pub after: Value,
}

impl Change {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.thresholds.is_empty() && self.parameters.is_empty() && self.patch.is_empty()
    }

    /// Applies thresholds and patch to the text of a policy file.
    ///
    /// # Errors
    /// [`ChangeError`], the first.
    pub fn apply(&self, text: &str) -> Result<Changed, ChangeError> {
        let before = read(text)?;
        let mut after = before.clone();
        for (key, value) in &self.patch {
            patch(&mut after, key, value)?;
        }
        for (place, value) in &self.thresholds {
            let (id, number) = threshold_of(place);
            let known = condition_ids(&after).join(", ");
            let condition = find(&mut after, &id)
                .ok_or_else(|| ChangeError::NoCondition { id: id.clone(), known })?;
            set_threshold(condition, &id, number, value)?;
        }
        Ok(Changed { before, after })
    }

    /// The parameters with the new values.
    ///
    /// # Errors
    /// [`ChangeError`], the first.
    pub fn parameters(&self, reference: &Reference) -> Result<Parameters, ChangeError> {
        let mut parameters = reference.parameters.clone();
        for (place, value) in &self.parameters {
            let (name, region) = match place.split_once('@') {
                Some((name, region)) => (name, Some(region)),
                None => (place.as_str(), None),
            };
            let wrong = |message| ChangeError::BadParameter {
                name: name.to_owned(),
                value: value.clone(),
                message,
            };
            let entry = reference.catalogue.parameter(name);
            let entry = entry.ok_or_else(|| ChangeError::NoParameter { name: name.to_owned() })?;
            let stored = match entry.kind {
                FieldType::Money => money(value),
                kind => crate::catalogue::stored(value, kind),
            };
            let stored = stored.ok_or_else(|| wrong("is no value of it"))?;
            let region = match region {
                Some(text) => {
                    let code = RegionCode::parse(text).ok();
                    let code = code.filter(|code| reference.regions.index(*code).is_some());
                    Some(code.ok_or_else(|| wrong("is for a place that is no region"))?)
                }
                None => None,
            };
            parameters = parameters.replaced(name, region, stored);
        }
        Ok(parameters)
    }

    /// Names of the parameters it changes.
    #[must_use]
    pub fn parameter_names(&self) -> Vec<&str> {
        self.parameters
            .keys()
            .map(|place| place.split_once('@').map_or(place.as_str(), |(name, _)| name))
            .collect()
    }
}

/// The file as a tree, with every text as it is written.
///
/// # Errors
/// [`ChangeError::File`].
pub fn read(text: &str) -> Result<Value, ChangeError> {
    serde_saphyr::from_str(text).map_err(|error| ChangeError::File(error.to_string()))
}

/// Gives a condition of the file another rule.
pub(super) fn rewrite(file: &mut Value, id: &str, when: &str) {
    if let Some(map) = find(file, id).and_then(Value::as_object_mut) {
        map.insert("when".to_owned(), Value::String(when.to_owned()));
    }
}

/// `income#2` is the second threshold of the condition `income`.
#[must_use]
pub fn threshold_of(place: &str) -> (String, usize) {
    match place.rsplit_once('#') {
        Some((id, number)) => match number.parse() {
            Ok(number) => (id.to_owned(), number),
            Err(_) => (place.to_owned(), 1),
        },
        None => (place.to_owned(), 1),
    }
}

fn set_threshold(
    condition: &mut Value,
    id: &str,
    number: usize,
    value: &str,
) -> Result<(), ChangeError> {
    let when = condition.get("when").and_then(Value::as_str).unwrap_or_default().to_owned();
    let found = threshold::of(&when);
    let wanted = number.checked_sub(1).and_then(|place| found.get(place));
    let chosen = wanted.ok_or_else(|| ChangeError::NoThreshold {
        id: id.to_owned(),
        number,
        count: found.len(),
        hint: if found.is_empty() {
            "give the whole rule anew in `patch`".to_owned()
        } else {
            let written: Vec<&str> = found.iter().map(|one| one.written.as_str()).collect();
            format!("they are {}", written.join(", "))
        },
    })?;
    let text = chosen.with(&when, &literal(chosen, value)?);
    if let Some(map) = condition.as_object_mut() {
        map.insert("when".to_owned(), Value::String(text));
    }
    Ok(())
}

/// The literal that takes the place of a threshold.
fn literal(old: &Threshold, value: &str) -> Result<String, ChangeError> {
    let value = value.trim();
    let wrong = |hint| ChangeError::BadValue {
        value: value.to_owned(),
        written: old.written.clone(),
        hint,
    };
    if old.is_money() {
        if value.starts_with("yuan(") || value.starts_with("wan(") || value.starts_with("yi(") {
            return Ok(value.to_owned());
        }
        let fen = money(value).ok_or_else(|| wrong("give a sum such as 3600, 300万 or 1.5亿"))?;
        let (yuan, rest) = (fen / FEN, fen % FEN);
        return Ok(match rest {
            0 => format!("yuan({yuan})"),
            rest => format!("yuan({yuan}.{:02})", rest.abs()),
        });
    }
    if old.is_date() {
        let day: Result<jiff::civil::Date, _> = value.parse();
        let day = day.map_err(|_| wrong("give a day such as 2026-01-31"))?;
        return Ok(format!("date(\"{day}\")"));
    }
    let (digits, percent) = match value.strip_suffix('%') {
        Some(digits) => (digits, true),
        None => (value, false),
    };
    let places = if percent { 8 } else { 6 };
    let scaled = crate::domain::parse_scaled(digits, 6)
        .map_err(|_| wrong("give a number such as 60, 0.055 or 5.5%"))?;
    Ok(decimal(scaled, places))
}

/// A scaled number as a literal with that many places, without needless zeros.
fn decimal(scaled: i64, places: usize) -> String {
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = places + 1);
    let split = digits.len() - places;
    let whole: String = digits.chars().take(split).collect();
    let rest: String = digits.chars().skip(split).collect();
    let rest = rest.trim_end_matches('0');
    let sign = if scaled < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// The lists of a policy file whose entries have a name.
const NAMED: [(&str, &str); 2] = [("conditions", "id"), ("tiers", "label")];

fn patch(file: &mut Value, key: &str, value: &Value) -> Result<(), ChangeError> {
    let bad = |hint: &str| ChangeError::BadPatch { key: key.to_owned(), hint: hint.to_owned() };
    if matches!(key, "id" | "version" | "case" | "audience" | "unit") {
        return Err(bad("it says which policy this is; write another file instead"));
    }
    let map = file.as_object_mut().ok_or_else(|| bad("the file is no policy"))?;
    match NAMED.iter().find(|(list, _)| *list == key) {
        Some((_, name)) => merge_named(map.entry(key).or_insert(Value::Null), name, key, value),
        None => merge(map.entry(key).or_insert(Value::Null), value),
    }?;
    if map.get(key).is_some_and(Value::is_null) {
        map.remove(key);
    }
    Ok(())
}

/// JSON Merge Patch (RFC 7396), but for lists whose entries have a name.
fn merge(target: &mut Value, value: &Value) -> Result<(), ChangeError> {
    let Value::Object(changes) = value else {
        *target = value.clone();
        return Ok(());
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else { return Ok(()) };
    for (key, value) in changes {
        match NAMED.iter().find(|(list, _)| list == key) {
            Some((_, name)) if value.is_array() => {
                merge_named(map.entry(key).or_insert(Value::Null), name, key, value)?;
            }
            _ if value.is_null() => drop(map.remove(key)),
            _ => merge(map.entry(key).or_insert(Value::Null), value)?,
        }
    }
    Ok(())
}

fn merge_named(
    target: &mut Value,
    name: &str,
    key: &str,
    value: &Value,
) -> Result<(), ChangeError> {
    let bad = |hint: String| ChangeError::BadPatch { key: key.to_owned(), hint };
    let Value::Array(changes) = value else {
        return Err(bad(format!("give a list of entries, each with its `{name}`")));
    };
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    for change in changes {
        let label = change.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(label) = label else {
            return Err(bad(format!("every entry needs its `{name}`")));
        };
        let remove = change.get("remove") == Some(&Value::Bool(true));
        if remove {
            if !take_out(target, name, &label) {
                return Err(bad(format!("there is no entry `{label}` to remove")));
            }
            continue;
        }
        match entry(target, name, &label) {
            Some(found) => replace_form(found, change)?,
            None => {
                if let Some(list) = target.as_array_mut() {
                    list.push(change.clone());
                }
            }
        }
    }
    Ok(())
}

/// Changes an entry. A condition with a new form loses the old one: it has
/// exactly one of them.
fn replace_form(found: &mut Value, change: &Value) -> Result<(), ChangeError> {
    const FORMS: [&str; 5] = ["when", "manual", "any", "all", "at_least"];
    let new = FORMS.iter().any(|form| change.get(form).is_some());
    if let (true, Some(map)) = (new, found.as_object_mut()) {
        for form in FORMS {
            if change.get(form).is_none() {
                map.remove(form);
            }
        }
    }
    merge(found, change)
}

/// The entry of a name, members of groups too.
fn entry<'v>(list: &'v mut Value, name: &str, label: &str) -> Option<&'v mut Value> {
    for one in list.as_array_mut()? {
        if one.get(name).and_then(Value::as_str) == Some(label) {
            return Some(one);
        }
        for group in ["any", "all"] {
            if one.get(group).is_some() && has(one.get(group), name, label) {
                return entry(one.get_mut(group)?, name, label);
            }
        }
        let of = one.get("at_least").and_then(|group| group.get("of"));
        if has(of, name, label) {
            return entry(one.get_mut("at_least")?.get_mut("of")?, name, label);
        }
    }
    None
}

fn has(list: Option<&Value>, name: &str, label: &str) -> bool {
    let Some(list) = list.and_then(Value::as_array) else { return false };
    list.iter().any(|one| {
        one.get(name).and_then(Value::as_str) == Some(label)
            || ["any", "all"].iter().any(|group| has(one.get(group), name, label))
            || has(one.get("at_least").and_then(|group| group.get("of")), name, label)
    })
}

fn take_out(list: &mut Value, name: &str, label: &str) -> bool {
    let Some(entries) = list.as_array_mut() else { return false };
    let before = entries.len();
    entries.retain(|one| one.get(name).and_then(Value::as_str) != Some(label));
    if entries.len() < before {
        return true;
    }
    entries.iter_mut().any(|one| {
        let groups = ["any", "all"]
            .iter()
            .any(|group| one.get_mut(group).is_some_and(|members| take_out(members, name, label)));
        let of = one.get_mut("at_least").and_then(|group| group.get_mut("of"));
        groups || of.is_some_and(|members| take_out(members, name, label))
    })
}

fn find<'v>(file: &'v mut Value, id: &str) -> Option<&'v mut Value> {
    entry(file.get_mut("conditions")?, "id", id)
}

/// The ids of every condition, groups and members.
fn condition_ids(file: &Value) -> Vec<String> {
    fn collect(list: Option<&Value>, ids: &mut Vec<String>) {
        for one in list.and_then(Value::as_array).into_iter().flatten() {
            ids.extend(one.get("id").and_then(Value::as_str).map(|id| format!("`{id}`")));
            collect(one.get("any"), ids);
            collect(one.get("all"), ids);
            collect(one.get("at_least").and_then(|group| group.get("of")), ids);
        }
    }
    let mut ids = Vec::new();
    collect(file.get("conditions"), &mut ids);
    ids
}

#[cfg(test)]
#[path = "../tests/change.rs"]
mod tests;
