//! `zhida coverage`: whom each policy covers and misses, and what stands in
//! the way.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use zhida_model::{
    domain::{RegionCode, SubjectKind},
    matching::{Selected, select},
    office::{
        coverage::{self, Survey},
        disclosure::Protection,
        obstacles::{self, Obstacle, ObstacleKind, ObstacleList},
        population::Population,
        report::{self, BlindSpots, Coverage, PolicyCoverage},
    },
    rules::{dated::Dated, render::money},
};

use crate::{
    output::{self, Format, thousands},
    snapshot::{From, Opened},
    statuses,
};

/// Arguments of `zhida coverage`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    from: From,
    /// Count the subjects of this region (six-digit code); the nation by default
    #[arg(long, value_name = "CODE", default_value = "000000")]
    region: String,
    /// Only these policies, by id; one alone is shown by group
    #[arg(long = "policy", value_name = "ID")]
    only: Vec<String>,
    /// Show who is reached by no policy, policies that reach nobody, and pairs that coincide
    #[arg(long, conflicts_with = "obstacles")]
    blind_spots: bool,
    /// List what stands in the way: conditions, missing data, clauses a person judges
    #[arg(long)]
    obstacles: bool,
    /// Also write the list of obstacles to this CSV file
    #[arg(long, value_name = "FILE", requires = "obstacles")]
    export: Option<PathBuf>,
    /// State that holds how far each obstacle has got; the one in the data folder by default
    #[arg(long, value_name = "ADDRESS", env = "ZHIDA_STATE", requires = "obstacles")]
    state: Option<String>,
    /// Exact figures, small cells included: not to be passed on
    #[arg(long)]
    exact: bool,
    /// How many obstacles of each kind the table shows
    #[arg(long, default_value_t = 15)]
    limit: usize,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let as_of = arguments.from.day(opened.known_at);
    let dated = Dated::new(&opened.program, &opened.reference, as_of, opened.known_at);
    let region = region(&opened, &arguments.region)?;
    let selected = chosen(&opened, &dated, &arguments.only)?;
    let protection = (!arguments.exact).then_some(Protection::REPORT);
    let populations = Population::both(&dated, &opened.world);
    if arguments.exact {
        output::warn("note: exact figures; small ones may tell who somebody is");
    }
    if arguments.obstacles {
        return run_obstacles(arguments, &opened, &dated, &populations, &selected, region);
    }
    let bar = output::progress(2, "coverage");
    let surveys: Vec<Survey> = SubjectKind::ALL
        .into_iter()
        .filter(|kind| selected.iter().any(|one| one.policy.file.audience == *kind))
        .map(|kind| {
            let population = &populations[kind.index()];
            let survey = coverage::count(&dated, &opened.world, population, &selected, region);
            bar.inc(1);
            survey
        })
        .collect();
    bar.finish_and_clear();
    let coverage = report::report(&dated, &surveys, region, protection);
    match (arguments.format, coverage.policies.as_slice()) {
        (Format::Json, _) => output::say(&serde_json::to_string_pretty(&coverage)?),
        (Format::Table, _) if arguments.blind_spots => blind_spots(&coverage.blind_spots),
        (Format::Table, [only]) => one(only),
        (Format::Table, _) => all(&coverage),
    }
    Ok(true)
}

/// A region by its code.
pub fn region(opened: &Opened, text: &str) -> Result<RegionCode> {
    let code = RegionCode::parse(text).ok();
    code.filter(|code| opened.reference.regions.index(*code).is_some()).with_context(|| {
        format!("`{text}` is no region: give a six-digit code of GB/T 2260, for example 330100")
    })
}

/// The versions judged on the day, or those of some ids.
pub fn chosen<'a>(
    opened: &'a Opened,
    dated: &Dated<'_>,
    ids: &[String],
) -> Result<Vec<Selected<'a>>> {
    let all = select(&opened.program, dated.as_of);
    let known = |id: &String| all.iter().any(|one| one.policy.key.id == *id);
    if let Some(wrong) = ids.iter().find(|id| !known(id)) {
        let exists = opened.program.policies.iter().any(|policy| policy.key.id == *wrong);
        if exists {
            bail!("`{wrong}` is not in force on {}: name another day with `--as-of`", dated.as_of);
        }
        bail!("no policy has the id `{wrong}`: `zhida coverage` without `--policy` lists them");
    }
    Ok(all.into_iter().filter(|one| ids.is_empty() || ids.contains(&one.policy.key.id)).collect())
}

/// A count, or a sign that it is hidden.
pub fn figure(count: Option<u64>) -> String {
    count.map_or_else(|| "·".to_owned(), thousands)
}

fn sum(fen: Option<i64>) -> String {
    fen.map_or_else(|| "·".to_owned(), money)
}

fn bounds(lower: Option<i64>, upper: Option<i64>) -> String {
    match (lower, upper) {
        (Some(lower), Some(upper)) if lower == upper => money(lower),
        (Some(lower), None) => format!("{} 以上", money(lower)),
        (lower, upper) => format!("{} – {}", sum(lower), sum(upper)),
    }
}

fn all(coverage: &Coverage) {
    let mut policies: Vec<&PolicyCoverage> = coverage.policies.iter().collect();
    policies.sort_by_key(|one| (std::cmp::Reverse(one.subjects.eligible), one.policy.clone()));
    let rows = policies.iter().map(|one| {
        vec![
            one.title.clone(),
            one.version.clone(),
            figure(one.subjects.eligible),
            figure(one.subjects.likely),
            figure(one.subjects.unknown),
            figure(one.subjects.ineligible),
            figure(one.settled.subjects),
            one.money.as_ref().map(|sum| bounds(sum.lower_fen, sum.upper_fen)).unwrap_or_default(),
        ]
    });
    let header =
        ["policy", "version", "eligible", "likely", "unknown", "ineligible", "settled", "to pay"];
    output::say(&output::table(&header, &[2, 3, 4, 5, 6, 7], rows.collect()));
    closing(coverage);
}

fn closing(coverage: &Coverage) {
    let Coverage { region, as_of, protection, .. } = coverage;
    let hidden = if protection.is_some() { "; `·` is hidden" } else { "" };
    output::say(&format!(
        "{} ({}) on {as_of}: {} policy versions{hidden}",
        region.name,
        region.code,
        coverage.policies.len()
    ));
    let unreached = coverage.blind_spots.unreached.iter().map(|one| {
        let kind = if one.kind == SubjectKind::Citizen { "citizens" } else { "enterprises" };
        format!("{} of {} {kind}", figure(one.unreached), figure(one.population))
    });
    let unreached: Vec<String> = unreached.collect();
    output::say(&format!("reached by no policy: {}", unreached.join(", ")));
}

fn one(policy: &PolicyCoverage) {
    output::say(&format!("{}（{} {}）", policy.title, policy.policy, policy.version));
    for breakdown in &policy.groups {
        let total = std::iter::once(("合计", &policy.subjects, policy.money.as_ref()));
        let mut rows: Vec<Vec<String>> = breakdown
            .groups
            .iter()
            .map(|group| {
                let money = policy.money.as_ref();
                let sum = money.map(|_| bounds(group.lower_fen, group.upper_fen));
                row(&group.label, &group.counts, sum)
            })
            .collect();
        rows.extend(total.map(|(label, counts, money)| {
            row(label, counts, money.map(|sum| bounds(sum.lower_fen, sum.upper_fen)))
        }));
        let header = [
            breakdown.label.as_str(),
            "subjects",
            "eligible",
            "likely",
            "unknown",
            "ineligible",
            "to pay",
        ];
        output::say(&output::table(&header, &[1, 2, 3, 4, 5, 6], rows));
    }
    if let Some(money) = policy.money.as_ref().filter(|money| !money.tiers.is_empty()) {
        let rows = money.tiers.iter().map(|tier| {
            let claims = [&tier.eligible, &tier.likely, &tier.unknown];
            let counts = claims.map(|claims| figure(claims.claims));
            std::iter::once(tier.label.clone())
                .chain(counts)
                .chain([sum(tier.eligible.fen)])
                .collect()
        });
        let header = ["tier", "eligible", "likely", "unknown", "eligible sum"];
        output::say(&output::table(&header, &[1, 2, 3, 4], rows.collect()));
    }
}

fn row(label: &str, counts: &report::Counts, sum: Option<String>) -> Vec<String> {
    vec![
        label.to_owned(),
        figure(counts.population),
        figure(counts.eligible),
        figure(counts.likely),
        figure(counts.unknown),
        figure(counts.ineligible),
        sum.unwrap_or_default(),
    ]
}

fn blind_spots(spots: &BlindSpots) {
    for kind in &spots.unreached {
        let word = if kind.kind == SubjectKind::Citizen { "citizens" } else { "enterprises" };
        let (missed, all) = (figure(kind.unreached), figure(kind.population));
        output::say(&format!("{word} that no policy reaches: {missed} of {all}"));
        for groups in &kind.groups {
            let rows = groups.groups.iter().map(|group| {
                vec![group.label.clone(), figure(group.population), figure(group.unreached)]
            });
            let header = [groups.label.as_str(), "subjects", "not reached"];
            output::say(&output::table(&header, &[1, 2], rows.collect()));
        }
    }
    let none = &spots.without_reach;
    output::say(&format!("policies that reach nobody here: {}", none.len()));
    none.iter().for_each(|name| output::say(&format!("  {name}")));
    output::say("policies whose eligible subjects nearly coincide:");
    let rows = spots.overlaps.iter().map(|pair| {
        let titles = [pair.first_title.clone(), pair.second_title.clone()];
        titles.into_iter().chain([figure(pair.both), figure(pair.either)]).collect()
    });
    let header = ["first", "second", "eligible for both", "for either"];
    output::say(&output::table(&header, &[2, 3], rows.collect()));
}

fn run_obstacles(
    arguments: &Arguments,
    opened: &Opened,
    dated: &Dated<'_>,
    populations: &[Population; 2],
    selected: &[Selected<'_>],
    region: RegionCode,
) -> Result<bool> {
    let statuses = statuses::read(arguments.state.as_deref(), &arguments.from.data)?;
    let bar = output::progress(2, "obstacles");
    let found: Vec<_> = SubjectKind::ALL
        .into_iter()
        .map(|kind| {
            let rows = populations[kind.index()].within(region, dated);
            let found = obstacles::obstacles(dated, &opened.world, kind, selected, &rows);
            bar.inc(1);
            (kind, found)
        })
        .collect();
    bar.finish_and_clear();
    let status = |id: &str| statuses.get(id).copied().unwrap_or_default();
    let protection = (!arguments.exact).then_some(Protection::REPORT);
    let list = obstacles::list(dated, &opened.world, &found, region, protection, &status);
    if let Some(path) = &arguments.export {
        csv(&list, path)?;
    }
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&list)?),
        Format::Table => obstacle_tables(&list, arguments.limit),
    }
    Ok(true)
}

fn obstacle_tables(list: &ObstacleList, limit: usize) {
    for (kind, title, alone) in [
        (ObstacleKind::Condition, "conditions that alone keep subjects out", "alone"),
        (ObstacleKind::DataGap, "data whose absence keeps verdicts open", "settles"),
        (
            ObstacleKind::Judgement,
            "clauses a person judges, without which it could be automatic",
            "alone",
        ),
    ] {
        let of: Vec<&Obstacle> = list.obstacles.iter().filter(|one| one.kind == kind).collect();
        output::say(&format!("{title}: {}", of.len()));
        let rows = of.iter().take(limit).map(|one| {
            let mut row = vec![
                one.text.clone(),
                one.title.clone(),
                figure(one.alone),
                figure(one.together),
                one.owners.join("、"),
                one.status.label().to_owned(),
            ];
            if kind == ObstacleKind::DataGap {
                row.insert(4, sum(one.fen));
            }
            row
        });
        let header: &[&str] = if kind == ObstacleKind::DataGap {
            &["datum", "waited for by", alone, "with others", "sum", "owner", "status"]
        } else {
            &["words", "policy", alone, "with unknowns", "owner", "status"]
        };
        output::say(&output::table(header, &[2, 3], rows.collect()));
    }
    output::say(&format!(
        "{} ({}) on {}: {} obstacles",
        list.region.name,
        list.region.code,
        list.as_of,
        list.obstacles.len()
    ));
}

/// The list as CSV, with a mark by which spreadsheets know it is UTF-8.
fn csv(list: &ObstacleList, path: &Path) -> Result<()> {
    let failed = || format!("cannot write `{}`", path.display());
    let mut writer = output::csv(path)?;
    let header = [
        "id", "kind", "policy", "title", "item", "text", "owners", "alone", "together", "fen",
        "status",
    ];
    writer.write_record(header).with_context(failed)?;
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    for one in &list.obstacles {
        let cells = [
            one.id.clone(),
            one.kind.label().to_owned(),
            one.policy.clone().unwrap_or_default(),
            one.title.clone(),
            one.item.clone(),
            one.text.clone(),
            one.owners.join("、"),
            number(one.alone),
            number(one.together),
            one.fen.map(|fen| fen.to_string()).unwrap_or_default(),
            one.status.label().to_owned(),
        ];
        writer.write_record(cells).with_context(failed)?;
    }
    writer.flush().with_context(failed)
}
