//! Days that fall between: claim windows of one version and of the next, and
//! local parameters that have no value while a rule that reads them is in force.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    diagnostic::{Diagnostic, Severity},
    domain::RegionCode,
    policy::file::Days,
    reference::Reference,
    rules::{
        dated::next_day,
        ir::{Num, NumId},
        place,
        program::{Policy, Program},
    },
};

use super::walk::{sides_below, visit};

/// Every finding about days, in the order of the policies.
#[must_use]
pub fn gaps(program: &Program, reference: &Reference) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for policy in &program.policies {
        let mut found = windows(policy);
        found.extend(next_windows(program, policy));
        for name in parameters_of(program, policy) {
            found.extend(parameter(&name, policy, reference));
        }
        findings.extend(found.into_iter().map(|(severity, code, message, help)| Diagnostic {
            file: policy.source.clone(),
            place: place::of(&policy.file.id),
            severity,
            code,
            message,
            subject: format!("version `{}`", policy.key.version),
            help: help.to_owned(),
        }));
    }
    findings
}

type Found = (Severity, &'static str, String, &'static str);

/// Claim windows that end before they begin, overlap, or lie before the rule
/// is in force.
fn windows(policy: &Policy) -> Vec<Found> {
    let mut found = Vec::new();
    let claim = &policy.file.claim;
    for (at, window) in claim.iter().enumerate() {
        if let (Some(from), Some(to)) = (window.from, window.to)
            && from > to
        {
            let message = format!("a claim window ends on {to}, before it begins on {from}");
            found.push((Severity::Error, "claim_window", message, "correct `claim`"));
            continue;
        }
        if let (Some(from), Some(to)) = (policy.file.valid.from, window.to)
            && to < from
        {
            let message = format!("a claim window ends on {to}; the rule is in force from {from}");
            let help = "correct `claim` or `valid`";
            found.push((Severity::Warning, "claim_outside", message, help));
        }
        for other in claim.iter().skip(at + 1) {
            if let Some(day) = first_common(window, other) {
                let message = format!("two claim windows are open on {day}");
                found.push((Severity::Warning, "claim_overlap", message, "join the two windows"));
            }
        }
    }
    found
}

/// The first day that lies in both periods.
fn first_common(a: &Days, b: &Days) -> Option<Date> {
    let from = match (a.from, b.from) {
        (Some(a), Some(b)) => a.max(b),
        (a, b) => a.or(b).unwrap_or(Date::MIN),
    };
    (a.contains(from) && b.contains(from)).then_some(from)
}

/// Windows of a version and of the next one.
fn next_windows(program: &Program, policy: &Policy) -> Vec<Found> {
    let later = |other: &&Policy| {
        other.key.id == policy.key.id
            && other.key.case == policy.key.case
            && other.key.version != policy.key.version
            && other.file.valid.from > policy.file.valid.from
    };
    let next = program.policies.iter().filter(later).min_by_key(|other| other.file.valid.from);
    let Some(next) = next else { return Vec::new() };
    let version = &next.key.version;
    let supersedes = next.file.supersedes.as_ref() == Some(&policy.key.version);
    let (here, there) = (&policy.file.claim, &next.file.claim);
    let mut found = Vec::new();
    let common = here.iter().flat_map(|a| there.iter().filter_map(move |b| first_common(a, b)));
    if let Some(day) = common.min().filter(|_| !supersedes) {
        let message = format!("it and version `{version}` can both be claimed on {day}");
        let help = "end one window before the other opens, or say `supersedes` there";
        found.push((Severity::Warning, "claim_overlap", message, help));
    }
    let last = here.iter().map(|window| window.to).max().flatten();
    let first = there.iter().filter_map(|window| window.from).min();
    let open_end = here.iter().any(|window| window.to.is_none());
    if let (Some(last), Some(first), false) = (last, first, open_end)
        && first > next_day(last)
    {
        let message =
            format!("nobody can claim between {last} and {first}, when version `{version}` opens");
        let help = "check the windows; a real pause may stand";
        found.push((Severity::Note, "claim_gap", message, help));
    }
    found
}

/// The parameters that conditions and sums of a policy read.
fn parameters_of(program: &Program, policy: &Policy) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut nodes = vec![policy.root];
    let mut nums: Vec<NumId> = policy.amount.into_iter().chain(policy.cap).collect();
    for (_, when, amount) in &policy.tiers {
        nodes.push(*when);
        nums.push(*amount);
    }
    nums.extend(sides_below(&program.graph, &nodes));
    visit(&program.graph, &nums, &mut |num| {
        if let Num::Param { name, .. } = num {
            names.insert(name.clone());
        }
    });
    names
}

/// Regions of the issuer, or all, where a parameter runs out while the rule is
/// in force, and those where it never had a value.
fn parameter(name: &str, policy: &Policy, reference: &Reference) -> Vec<Found> {
    let (from, to) = (policy.file.valid.from, policy.file.valid.to);
    let values = reference.parameters.values(name);
    if values.is_empty() {
        let message = format!("`{name}` has no value at all: the rule is unknown for everybody");
        let help = "give it values in parameters.yaml";
        return vec![(Severity::Warning, "parameter_gap", message, help)];
    }
    let mut gaps: BTreeMap<(Date, Option<Date>), Vec<RegionCode>> = BTreeMap::new();
    let regions: BTreeSet<RegionCode> = values.iter().map(|value| value.region).collect();
    for region in regions.into_iter().filter(|region| concerns(policy, *region, reference)) {
        for value in values.iter().filter(|value| value.region == region) {
            let Some(end) = value.to else { continue };
            let first = next_day(end).max(from.unwrap_or(Date::MIN));
            if to.is_some_and(|to| first > to) || told(name, region, first, reference) {
                continue;
            }
            let later = values.iter().filter(|other| other.region == region && other.from > first);
            let until = later.map(|other| other.from).min();
            gaps.entry((first, until)).or_default().push(region);
        }
    }
    let mut found: Vec<Found> = gaps
        .into_iter()
        .map(|((first, until), regions)| {
            let until = match until {
                Some(day) => format!(" until {day}"),
                None => String::new(),
            };
            let message = format!(
                "`{name}` has no value from {first}{until} in {}, while the rule is in force",
                names(&regions, reference)
            );
            let help = "add the value of the time after, or end the rule";
            (Severity::Warning, "parameter_gap", message, help)
        })
        .collect();
    found.extend(never_told(name, policy, reference));
    found
}

/// Regions the issuer is responsible for that have no value on the day examined.
fn never_told(name: &str, policy: &Policy, reference: &Reference) -> Option<Found> {
    let day = crate::rules::lint::examined_on(&policy.file);
    let below = reference.regions.children(policy.region);
    let own = [policy.region];
    let asked = if below.is_empty() { &own[..] } else { below };
    let untold: Vec<RegionCode> = asked
        .iter()
        .copied()
        .filter(|region| reference.regions.abolished(*region) == Some(false))
        .filter(|region| !told(name, *region, day, reference))
        .filter(|region| {
            let values = reference.parameters.values(name).iter();
            !values.clone().any(|value| {
                value.holds(day) && reference.regions.within(value.region, *region) == Some(true)
            })
        })
        .collect();
    (!untold.is_empty()).then(|| {
        let message = format!(
            "`{name}` has no value on {day} in {}: the rule is unknown there",
            names(&untold, reference)
        );
        let help = "add values to parameters.yaml where the rule is meant to decide";
        (Severity::Note, "parameter_missing", message, help)
    })
}

fn told(name: &str, region: RegionCode, day: Date, reference: &Reference) -> bool {
    let index = reference.regions.index(region);
    index.is_some_and(|at| reference.parameters.value(name, at, day, &reference.regions).is_some())
}

/// Whether a rule of this issuer can be about the region.
fn concerns(policy: &Policy, region: RegionCode, reference: &Reference) -> bool {
    let within = |inner, outer| reference.regions.within(inner, outer) == Some(true);
    within(region, policy.region) || within(policy.region, region)
}

/// A few regions by name, and how many more.
fn names(regions: &[RegionCode], reference: &Reference) -> String {
    const SHOWN: usize = 5;
    let named: Vec<&str> =
        regions.iter().take(SHOWN).filter_map(|code| reference.regions.name(*code)).collect();
    let more = regions.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}
