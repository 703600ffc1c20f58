//! `zhida simulate`: what a change of a policy would do, before it is made.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use zhida_model::{
    domain::RegionCode,
    matching::{Selected, select},
    office::{
        disclosure::Protection,
        population::Population,
        simulate::{
            Baseline, Change, Near, Outcome, Question, Trial, near,
            report::{Bounds, Curve, Options, Simulation, report},
            simulate, simulate_units,
        },
    },
    rules::{dated::Dated, render::money},
};

use crate::{
    command::coverage::{figure, region},
    input,
    output::{self, Format},
    snapshot::{From, Opened},
};

/// Arguments of `zhida simulate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    from: From,
    /// The policy that is changed, by id
    #[arg(long, value_name = "ID")]
    policy: String,
    /// Its version, where several are in force
    #[arg(long)]
    version: Option<String>,
    /// Another threshold: condition=value, for example age=75, income=300万; age#2=80 for the second of a rule
    #[arg(long, value_name = "CONDITION=VALUE")]
    threshold: Vec<String>,
    /// Another rule for a condition: id=expression
    #[arg(long, value_name = "CONDITION=EXPRESSION")]
    when: Vec<String>,
    /// One more condition: id=expression, with an id of its own
    #[arg(long, value_name = "CONDITION=EXPRESSION")]
    add: Vec<String>,
    /// Leave a condition out
    #[arg(long, value_name = "CONDITION")]
    drop: Vec<String>,
    /// Another sum, as an expression: yuan(3000)
    #[arg(long, value_name = "EXPRESSION")]
    amount: Option<String>,
    /// Another highest sum
    #[arg(long, value_name = "EXPRESSION")]
    cap: Option<String>,
    /// Another sum for a tier: label=expression
    #[arg(long, value_name = "LABEL=EXPRESSION")]
    tier: Vec<String>,
    /// Another local parameter: name=value, or name@330100=value for one place
    #[arg(long, value_name = "NAME=VALUE")]
    parameter: Vec<String>,
    /// In force from and to, for example 2026-01-01..2026-12-31; either may be left out
    #[arg(long, value_name = "FROM..TO")]
    valid: Option<String>,
    /// Can be claimed from and to
    #[arg(long, value_name = "FROM..TO")]
    claim: Option<String>,
    /// A YAML file with the keys of the policy file that change
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Draw the curve of a threshold that is not changed
    #[arg(long, value_name = "CONDITION")]
    curve: Vec<String>,
    /// Count the subjects of this region (six-digit code); the nation by default
    #[arg(long, value_name = "CODE", default_value = "000000")]
    region: String,
    /// Exact figures, small cells included: not to be passed on
    #[arg(long)]
    exact: bool,
    /// How many changed dossiers are shown, without names
    #[arg(long, default_value_t = 3)]
    samples: usize,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let change = change(arguments)?;
    if change.is_empty() && arguments.curve.is_empty() {
        bail!(
            "nothing to try out: name a change, for example `--threshold age=75`, or a `--curve`"
        );
    }
    let opened = arguments.from.open()?;
    let as_of = arguments.from.day(opened.known_at);
    let dated = Dated::new(&opened.program, &opened.reference, as_of, opened.known_at);
    let region = region(&opened, &arguments.region)?;
    let selected = chosen(arguments, &opened, &dated)?;
    known(arguments, &selected)?;
    let text = source(&opened, &selected)?;
    let trial = Trial::new(text, &change, &opened.reference)?;
    let reference = trial.reference(&opened.reference);
    let after = Dated::new(&trial.program, reference, as_of, opened.known_at);
    let groups = zhida_model::office::groups::Groups::compile(&opened.reference);
    let kind = selected.policy.file.audience;
    let population = Population::new(kind, &dated, &opened.world, &groups);
    let question = Question {
        before: &dated,
        after: &after,
        world: &opened.world,
        population: &population,
        selected,
        trial: &trial,
        region,
    };
    let (outcome, curves) = worked_out(arguments, &change, &question, text, region)?;
    if arguments.exact {
        output::warn("note: exact figures; small ones may tell who somebody is");
    }
    let options = Options {
        protection: (!arguments.exact).then_some(Protection::REPORT),
        samples: arguments.samples,
        moved_thresholds: Vec::new(),
    };
    let simulation = report(&question, &outcome, &curves, &options);
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&simulation)?),
        Format::Table => tables(&simulation),
    }
    Ok(true)
}

/// The outcome, and the curves of the thresholds concerned.
fn worked_out(
    arguments: &Arguments,
    change: &Change,
    question: &Question<'_>,
    text: &str,
    region: RegionCode,
) -> Result<(Outcome, Vec<Near>)> {
    if question.selected.policy.unit.is_some() {
        if let Some(asked) = arguments.curve.first() {
            bail!("`{asked}`: curves are drawn for policies about the subject itself");
        }
        return Ok((simulate_units(question), Vec::new()));
    }
    let Question { before, world, population, selected, .. } = *question;
    let baseline = Baseline::new(before, world, population, &selected);
    let outcome = simulate(question, &baseline);
    let rows = population.within(region, before);
    let places = change.thresholds.keys().chain(&arguments.curve);
    let curves = places
        .map(|place| near(before, world, population, &selected, &baseline, text, place, &rows))
        .collect::<Result<Vec<Near>, _>>()?;
    Ok((outcome, curves))
}

/// The version that is changed.
fn chosen<'a>(
    arguments: &Arguments,
    opened: &'a Opened,
    dated: &Dated<'_>,
) -> Result<Selected<'a>> {
    let all = select(&opened.program, dated.as_of);
    let of: Vec<_> = all.into_iter().filter(|one| one.policy.key.id == arguments.policy).collect();
    let wanted = |one: &&Selected<'_>| {
        arguments.version.as_ref().is_none_or(|version| one.policy.key.version == *version)
    };
    let fitting: Vec<_> = of.iter().filter(wanted).collect();
    let versions = || of.iter().map(|one| one.policy.key.version.as_str()).collect::<Vec<_>>();
    match fitting.as_slice() {
        [only] => Ok(**only),
        [] if of.is_empty() => bail!(
            "no policy `{}` is judged on {}: `zhida coverage` lists those that are",
            arguments.policy,
            dated.as_of
        ),
        _ => bail!(
            "`{}` has the versions {} on {}: name one with `--version`",
            arguments.policy,
            versions().join(", "),
            dated.as_of
        ),
    }
}

/// Refuses another rule for a condition that is not there, and a new one that is.
fn known(arguments: &Arguments, selected: &Selected<'_>) -> Result<()> {
    let ids: Vec<&str> = selected.policy.all_conditions().map(|one| one.id.as_str()).collect();
    for text in &arguments.when {
        let (id, _) = pair(text, "when")?;
        if !ids.contains(&id) {
            let ids = ids.join("`, `");
            bail!("`{id}` is no condition of the policy, which has `{ids}`; `--add` adds one");
        }
    }
    for text in &arguments.add {
        let (id, _) = pair(text, "add")?;
        if ids.contains(&id) {
            bail!("the policy has a condition `{id}`: `--when` gives it another rule");
        }
    }
    Ok(())
}

/// The text of the policy's file.
fn source<'a>(opened: &'a Opened, selected: &Selected<'_>) -> Result<&'a str> {
    let name = &selected.policy.source;
    let found = opened.sources.iter().find(|source| source.name == *name);
    found.map(|source| source.text.as_str()).with_context(|| format!("`{name}` is not at hand"))
}

fn pair<'t>(text: &'t str, flag: &str) -> Result<(&'t str, &'t str)> {
    let (name, value) = text
        .split_once('=')
        .with_context(|| format!("`--{flag} {text}` needs `=` between the name and the value"))?;
    Ok((name.trim(), value.trim()))
}

/// The change that the flags and the patch file describe.
fn change(arguments: &Arguments) -> Result<Change> {
    let mut patch = match &arguments.patch {
        Some(path) => patch_file(path)?,
        None => Map::new(),
    };
    let mut conditions = list(&patch, "conditions")?;
    for (flag, texts) in [("when", &arguments.when), ("add", &arguments.add)] {
        for text in texts {
            let (id, when) = pair(text, flag)?;
            conditions.push(json!({ "id": id, "when": when }));
        }
    }
    for id in &arguments.drop {
        conditions.push(json!({ "id": id, "remove": true }));
    }
    if !conditions.is_empty() {
        patch.insert("conditions".to_owned(), Value::Array(conditions));
    }
    let mut benefit = match patch.get("benefit") {
        None => Map::new(),
        Some(Value::Object(benefit)) => benefit.clone(),
        Some(_) => bail!("`benefit` of the patch holds no keys: write those that change below it"),
    };
    if let Some(amount) = &arguments.amount {
        benefit.insert("amount".to_owned(), json!(amount));
    }
    if let Some(cap) = &arguments.cap {
        benefit.insert("cap".to_owned(), json!(cap));
    }
    let mut tiers = list(&benefit, "tiers")?;
    for text in &arguments.tier {
        let (label, amount) = pair(text, "tier")?;
        tiers.push(json!({ "label": label, "amount": amount }));
    }
    if !tiers.is_empty() {
        benefit.insert("tiers".to_owned(), Value::Array(tiers));
    }
    if !benefit.is_empty() {
        patch.insert("benefit".to_owned(), Value::Object(benefit));
    }
    if let Some(text) = &arguments.valid {
        patch.insert("valid".to_owned(), days(text, "valid")?);
    }
    if let Some(text) = &arguments.claim {
        patch.insert("claim".to_owned(), json!([days(text, "claim")?]));
    }
    let mut change = Change { patch, ..Change::default() };
    for text in &arguments.threshold {
        let (place, value) = pair(text, "threshold")?;
        change.thresholds.insert(place.to_owned(), value.to_owned());
    }
    for text in &arguments.parameter {
        let (name, value) = pair(text, "parameter")?;
        change.parameters.insert(name.to_owned(), value.to_owned());
    }
    Ok(change)
}

fn list(map: &Map<String, Value>, key: &str) -> Result<Vec<Value>> {
    match map.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Array(entries)) => Ok(entries.clone()),
        Some(_) => bail!("`{key}` of the patch is no list: begin every entry with `-`"),
    }
}

fn patch_file(path: &std::path::Path) -> Result<Map<String, Value>> {
    let text = input::text(path)?;
    let value = zhida_model::office::simulate::change::read(&text)
        .with_context(|| format!("in `{}`", path.display()))?;
    match value {
        Value::Object(map) => Ok(map),
        _ => bail!("`{}` holds no keys: write those of the policy that change", path.display()),
    }
}

fn days(text: &str, flag: &str) -> Result<Value> {
    let (from, to) = text
        .split_once("..")
        .with_context(|| format!("`--{flag} {text}` needs `..` between two days"))?;
    let mut days = Map::new();
    for (key, day) in [("from", from.trim()), ("to", to.trim())] {
        if !day.is_empty() {
            let day: jiff::civil::Date = day
                .parse()
                .with_context(|| format!("`--{flag} {text}`: write days like 2026-01-31"))?;
            days.insert(key.to_owned(), json!(day.to_string()));
        }
    }
    Ok(Value::Object(days))
}

fn tables(simulation: &Simulation) {
    let Simulation { title, policy, version, region, as_of, .. } = simulation;
    output::say(&format!(
        "{title}（{policy} {version}）, {} ({}) on {as_of}",
        region.name, region.code
    ));
    if !simulation.in_force_after {
        output::say("after the change the policy is not in force on that day");
    }
    let what = if simulation.unit.is_some() { "claims" } else { "subjects" };
    let rows = simulation.transitions.iter().map(|row| {
        let cells = [row.eligible, row.likely, row.unknown, row.ineligible].map(figure);
        std::iter::once(row.before.clone()).chain(cells).collect()
    });
    let before = format!("{what}: before ↓ after →");
    let header = [before.as_str(), "eligible", "likely", "unknown", "ineligible"];
    output::say(&output::table(&header, &[1, 2, 3, 4], rows.collect()));
    output::say(&format!(
        "winners {}, losers {}; evaluated again: {}",
        figure(simulation.winners),
        figure(simulation.losers),
        if simulation.touched.is_empty() {
            "nothing".into()
        } else {
            simulation.touched.join(", ")
        }
    ));
    let rows = [("before", &simulation.before), ("after", &simulation.after)];
    let rows = rows.into_iter().map(|(label, bounds)| money_row(label, bounds));
    let header = ["to pay", "eligible claims", "at least", "at most"];
    output::say(&output::table(&header, &[1, 2, 3], rows.collect()));
    for shifts in &simulation.groups {
        let moved = shifts
            .groups
            .iter()
            .filter(|one| [one.winners, one.losers].iter().any(|count| *count != Some(0)));
        let rows: Vec<Vec<String>> = moved
            .map(|one| {
                let cells = [one.population, one.winners, one.losers].map(figure);
                std::iter::once(one.label.clone()).chain(cells).collect()
            })
            .collect();
        if !rows.is_empty() {
            let header = [shifts.label.as_str(), "subjects", "winners", "losers"];
            output::say(&output::table(&header, &[1, 2, 3], rows));
        }
    }
    simulation.curves.iter().for_each(curve);
    samples(simulation);
}

fn money_row(label: &str, bounds: &Bounds) -> Vec<String> {
    let sum = |fen: Option<i64>| fen.map_or_else(|| "·".to_owned(), money);
    vec![label.to_owned(), figure(bounds.claims), sum(bounds.lower_fen), sum(bounds.upper_fen)]
}

/// Widest bar of a curve, in characters.
const WIDEST: u64 = 40;

/// How many points of a curve are drawn.
const DRAWN: usize = 24;

fn curve(curve: &Curve) {
    output::say(&format!(
        "how many qualify if `{}` is {} … ({} unmeasured):",
        curve.measure,
        curve.comparison,
        figure(curve.unmeasured)
    ));
    let most = curve.points.iter().filter_map(|point| point.qualify).max().unwrap_or(0).max(1);
    let middle = curve.points.iter().position(|point| point.in_force).unwrap_or(0);
    let first = middle.saturating_sub(DRAWN / 2);
    for point in curve.points.iter().skip(first).take(DRAWN) {
        let length = point.qualify.unwrap_or(0) * WIDEST / most;
        let bar: String = (0..length).map(|_| '█').collect();
        let mark = if point.in_force { "←" } else { "" };
        output::say(&format!("{:>16}  {:>10} {bar} {mark}", point.text, figure(point.qualify)));
    }
}

fn samples(simulation: &Simulation) {
    for sample in &simulation.samples {
        let (before, after) = (sample.before.label(), sample.after.label());
        output::say(&format!("{before} → {after}  {}", sample.groups.join("，")));
        for condition in &sample.conditions {
            let rule = |rule: &Option<String>| rule.clone().unwrap_or_else(|| "（无）".to_owned());
            let (old, new) = (rule(&condition.rule_before), rule(&condition.rule_after));
            output::say(&format!("  {}：{old} → {new}", condition.id));
            if !condition.data.is_empty() {
                output::say(&format!("    {}", condition.data.join("；")));
            }
        }
    }
}
