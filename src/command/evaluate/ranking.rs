//! `zhida evaluate ranking`: runs against judgments, and against each other.

mod files;
mod print;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use zhida_model::metrics::{
    compare::{Comparison, compare, differences},
    interval::Resampling,
    ranking::{Measure, Missing, Options, Report, Scores, evaluate, parse_list},
};

use super::{resampling, show};
use crate::output::{self, Format};

/// Arguments of `zhida evaluate ranking`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Judgments: TREC text, also .gz, or CSV or Parquet with query, document, relevance
    #[arg(long, value_name = "FILE")]
    qrels: PathBuf,
    /// Runs: TREC text, also .gz, or CSV or Parquet with query, document, score
    #[arg(long = "run", required = true, num_args = 1.., value_name = "FILE")]
    runs: Vec<PathBuf>,
    /// Measures, separated by commas: P@k, R@k, AP, RR, nDCG@k, nDCG_exp@k, Rprec, bpref,
    /// success@k, judged@k, num_ret, num_rel, num_rel_ret
    #[arg(long, value_name = "LIST", default_value = DEFAULT)]
    measures: String,
    /// Print the values of every query
    #[arg(long)]
    per_query: bool,
    /// Compare every further run with the first, query by query
    #[arg(long)]
    compare: bool,
    /// Count queries that were judged and not returned as 0; they are left out otherwise
    #[arg(long)]
    complete: bool,
    /// How scores are compared
    #[arg(long, value_enum, default_value = "single")]
    scores: ScoresChoice,
    #[command(flatten)]
    resampling: resampling::Intervals,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

const DEFAULT: &str = "P@5,R@10,AP,RR,nDCG@5,nDCG@10,nDCG_exp@10,bpref,Rprec";

/// How scores are compared.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ScoresChoice {
    /// In single precision, as trec_eval does: what differs only beyond is a tie
    Single,
    /// In double precision
    Double,
}

/// A run that was measured.
struct Measured {
    name: String,
    file: String,
    report: Report,
}

/// A run compared with the first, by one measure.
struct Compared<'a> {
    run: &'a Measured,
    measure: Measure,
    /// Queries measured in one run only.
    alone: usize,
    found: Comparison,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<bool> {
    let measures = parse_list(&arguments.measures).context("in `--measures`")?;
    if arguments.compare && arguments.runs.len() < 2 {
        bail!("`--compare` needs two runs at least: name them with `--run FIRST SECOND`");
    }
    let resampling = arguments.resampling.resampling();
    resampling.check()?;
    let qrels = files::qrels(&arguments.qrels)?;
    let options = Options {
        missing: if arguments.complete { Missing::Zero } else { Missing::LeftOut },
        scores: match arguments.scores {
            ScoresChoice::Single => Scores::Single,
            ScoresChoice::Double => Scores::Double,
        },
    };
    let mut runs: Vec<Measured> = Vec::new();
    for path in &arguments.runs {
        let file = path.display().to_string();
        let run = files::run(path)?;
        let report = evaluate(&qrels, &run, &measures, options).with_context(|| {
            format!("cannot measure `{file}` by `{}`", arguments.qrels.display())
        })?;
        let name = match run.tag.is_empty() || runs.iter().any(|known| known.name == run.tag) {
            true => file.clone(),
            false => run.tag,
        };
        runs.push(Measured { name, file, report });
    }
    let compared = if arguments.compare { comparisons(&runs, resampling)? } else { Vec::new() };
    match arguments.format {
        Format::Json => {
            let value = json(arguments, &runs, &compared, resampling);
            output::say(&serde_json::to_string_pretty(&value)?);
        }
        Format::Table => print::print(&runs, &compared, arguments.per_query, resampling),
    }
    Ok(true)
}

/// Every further run against the first, by every measure that is no count.
fn comparisons(runs: &[Measured], resampling: Resampling) -> Result<Vec<Compared<'_>>> {
    let Some((first, others)) = runs.split_first() else { return Ok(Vec::new()) };
    let mut compared = Vec::new();
    for run in others {
        for (place, &measure) in run.report.measures.iter().enumerate() {
            if measure.is_count() {
                continue;
            }
            let (values, alone) =
                differences(first.report.by_query(place), run.report.by_query(place));
            let found = compare(&values, resampling)
                .with_context(|| format!("cannot compare `{}` with `{}`", run.file, first.file))?;
            compared.push(Compared { run, measure, alone, found });
        }
    }
    Ok(compared)
}

fn json(
    arguments: &Arguments,
    runs: &[Measured],
    compared: &[Compared<'_>],
    resampling: Resampling,
) -> Value {
    let values = |report: &Report, values: &[f64]| -> Value {
        let named = report.measures.iter().map(ToString::to_string);
        named.zip(values.iter().map(|&value| Value::from(value))).collect::<Map<_, _>>().into()
    };
    let of_run = |run: &Measured| {
        let report = &run.report;
        let mut object = json!({
            "run": run.name,
            "file": run.file,
            "seen": report.seen,
            "all": values(report, &report.all),
        });
        if arguments.per_query {
            let rows = report.queries.iter();
            object["queries"] = rows
                .map(|row| json!({ "query": row.query, "values": values(report, &row.values) }))
                .collect();
        }
        object
    };
    let of_comparison = |compared: &Compared<'_>| {
        json!({
            "run": compared.run.name,
            "file": compared.run.file,
            "measure": compared.measure,
            "alone": compared.alone,
            "comparison": compared.found,
        })
    };
    let mut object = json!({
        "qrels": arguments.qrels.display().to_string(),
        "runs": runs.iter().map(of_run).collect::<Vec<_>>(),
    });
    if arguments.compare {
        object["against"] = runs.first().map(|run| run.name.clone()).into();
        object["settings"] = show::settings(resampling);
        object["comparisons"] = compared.iter().map(of_comparison).collect();
    }
    object
}
