//! The tables of `zhida evaluate ranking`.

use zhida_model::metrics::{interval::Resampling, ranking::Measure};

use super::{Compared, Measured};
use crate::{
    command::evaluate::show,
    output::{self, thousands},
};

/// Prints everything: what was seen, the values, the comparisons, the queries.
pub(super) fn print(
    runs: &[Measured],
    compared: &[Compared<'_>],
    per_query: bool,
    resampling: Resampling,
) {
    seen(runs);
    let Some(first) = runs.first() else { return };
    let mut header = vec!["measure"];
    header.extend(runs.iter().map(|run| run.name.as_str()));
    let right: Vec<usize> = (1..header.len()).collect();
    let rows = first.report.measures.iter().enumerate().map(|(place, &measure)| {
        let values = runs.iter().filter_map(|run| run.report.all.get(place));
        let mut row = vec![measure.to_string()];
        row.extend(values.map(|&value| shown(measure, value)));
        row
    });
    output::say(&output::table(&header, &right, rows.collect()));
    if !compared.is_empty() {
        comparisons(first, compared, resampling);
    }
    if per_query {
        runs.iter().for_each(queries);
    }
}

fn shown(measure: Measure, value: f64) -> String {
    if measure.is_count() { format!("{value:.0}") } else { show::figure(value) }
}

fn seen(runs: &[Measured]) {
    let rows = runs.iter().map(|run| {
        let seen = &run.report.seen;
        let not_returned = match (seen.not_returned, seen.not_returned_count) {
            (0, _) => "0".to_owned(),
            (count, true) => format!("{} as 0", thousands(count as u128)),
            (count, false) => format!("{} left out", thousands(count as u128)),
        };
        let counts = [seen.judgments, seen.returned, seen.queries, seen.without_relevant];
        let mut row = vec![run.name.clone()];
        row.extend(counts.map(|count| thousands(count as u128)));
        row.extend([not_returned, thousands(seen.not_judged as u128)]);
        row
    });
    let header = [
        "run",
        "judgments",
        "documents",
        "queries",
        "nothing relevant",
        "not returned",
        "not judged, left out",
    ];
    output::say(&output::table(&header, &[1, 2, 3, 4, 5, 6], rows.collect()));
}

fn comparisons(first: &Measured, compared: &[Compared<'_>], resampling: Resampling) {
    let rows = compared.iter().map(|compared| {
        let found = &compared.found;
        vec![
            compared.run.name.clone(),
            compared.measure.to_string(),
            show::difference(found.difference),
            show::interval(found.interval),
            format!("{}/{}/{}", found.better, found.worse, found.equal),
            show::chance(found.test.p),
            thousands(found.subjects as u128),
        ]
    });
    let interval = format!("{}% interval", resampling.level * 100.0);
    let header = ["run", "measure", "difference", &interval, "better/worse/equal", "p", "queries"];
    output::say(&format!("against {}", first.name));
    output::say(&output::table(&header, &[2, 3, 4, 5, 6], rows.collect()));
    let exact = compared.iter().filter(|compared| compared.found.test.exact).count();
    let patterns = match compared.len() - exact {
        0 => "over all patterns".to_owned(),
        drawn => format!(
            "over all patterns where they are few, in {drawn} of {} over {} drawn",
            compared.len(),
            thousands(resampling.samples)
        ),
    };
    output::say(&format!(
        "intervals from {} bootstrap replicates, p by flipping signs {patterns}; seed {}",
        thousands(resampling.samples),
        resampling.seed,
    ));
    let alone: usize = compared.iter().map(|compared| compared.alone).max().unwrap_or_default();
    if alone > 0 {
        output::say(&format!(
            "up to {} measured in one run only and left out of a comparison; `--complete` \
             counts them as 0",
            show::counted(alone, "query", "queries")
        ));
    }
}

/// Columns of a table of queries: as many as a page has room for.
const COLUMNS: usize = 8;

fn queries(run: &Measured) {
    output::say(&run.name);
    for (part, measures) in run.report.measures.chunks(COLUMNS).enumerate() {
        let names: Vec<String> = measures.iter().map(ToString::to_string).collect();
        let mut header = vec!["query"];
        header.extend(names.iter().map(String::as_str));
        let right: Vec<usize> = (1..header.len()).collect();
        let rows = run.report.queries.iter().map(|row| {
            let values = measures.iter().zip(row.values.iter().skip(part * COLUMNS));
            let mut cells = vec![row.query.clone()];
            cells.extend(values.map(|(&measure, &value)| shown(measure, value)));
            cells
        });
        output::say(&output::table(&header, &right, rows.collect()));
    }
}
