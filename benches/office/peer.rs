//! The questions as SQL: conditions as `rules::sql` prints them, and around
//! them what a user of DuckDB would write who knows what he is doing. Whatever
//! our side keeps between questions (verdicts, groups, sums) is a column of a
//! table here too, and a question groups once and adds up from there.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::{Map, Value, json};
use zhida_model::{
    office::simulate::Near,
    rules::{
        dated::Dated,
        ir::{NodeId, Op},
        program::Policy,
        scalar::Manual,
        sql::{Dialect, node_sql},
    },
};

use crate::{DIMENSIONS, Fallible, RUNS, TIERS};

/// Rows of whole numbers, in order.
pub(crate) type Table = Vec<Vec<i64>>;

/// A question: what runs on the clock, and what the rows must be.
pub(crate) struct Question {
    /// Its name in the table that is printed.
    pub(crate) name: String,
    setup: Vec<String>,
    timed: Vec<String>,
    answers: BTreeMap<String, String>,
    untimed: BTreeMap<String, String>,
    /// By answer: our rows.
    pub(crate) expected: BTreeMap<String, Table>,
}

/// A policy on a day, as SQL over the alias `s`.
pub(crate) struct Printer<'a> {
    pub(crate) dated: &'a Dated<'a>,
    pub(crate) policy: &'a Policy,
}

impl Printer<'_> {
    fn truth(&self, node: NodeId, manual: Manual) -> Fallible<String> {
        let text = node_sql(self.dated, node, Dialect::DuckDb, manual);
        Ok(text.ok_or("a condition of the bench is no single expression")?)
    }

    /// By condition: its id, its truth with manual clauses open, and with them
    /// met where that is another.
    fn conditions(&self) -> Fallible<Vec<(String, String, Option<String>)>> {
        let conditions = self.policy.conditions.iter().map(|one| {
            let open = self.truth(one.node, Manual::Open)?;
            let met = self.truth(one.node, Manual::Met)?;
            let met = Some(met).filter(|met| *met != open);
            Ok((one.id.clone(), open, met))
        });
        conditions.collect()
    }

    fn amount(&self) -> Fallible<String> {
        let mut text = String::from("CASE");
        for ((_, when, _), fen) in self.policy.tiers.iter().zip(TIERS) {
            let when = self.truth(*when, Manual::Met)?;
            text.push_str(&format!(" WHEN {when} THEN {fen}::BIGINT"));
        }
        Ok(text + " END")
    }

    /// Columns of every condition, the verdict's number, and the sum.
    fn judged(&self) -> Fallible<String> {
        let conditions = self.conditions()?;
        let mut columns = vec!["s.*".to_owned()];
        for (id, open, met) in &conditions {
            columns.push(format!("{open} AS o_{id}"));
            columns.extend(met.iter().map(|met| format!("{met} AS m_{id}")));
        }
        columns.push(format!("{} AS amount", self.amount()?));
        let verdict = verdict(conditions.iter().map(|(id, _, met)| {
            let open = format!("o_{id}");
            let met = met.as_ref().map_or_else(|| open.clone(), |_| format!("m_{id}"));
            (open, met)
        }));
        Ok(format!(
            "SELECT *, {verdict} AS verdict FROM (SELECT {} FROM citizen AS s)",
            columns.join(", ")
        ))
    }
}

/// The number of a verdict from the conditions, open and met.
fn verdict(conditions: impl Iterator<Item = (String, String)>) -> String {
    let (open, met): (Vec<String>, Vec<String>) =
        conditions.map(|(open, met)| (format!("({open})"), format!("({met})"))).unzip();
    let (open, met) = (open.join(" AND "), met.join(" AND "));
    format!(
        "CASE WHEN {open} THEN 0 WHEN NOT ({open}) THEN 3 WHEN {met} THEN 1 ELSE 2 END::UTINYINT"
    )
}

fn groups() -> String {
    DIMENSIONS.map(|name| format!("g_{name}")).join(", ")
}

/// Tables in memory: everybody with a list of benefits each, in our order.
pub(crate) fn load(folder: &Path) -> Vec<String> {
    let folder = folder.display();
    vec![format!(
        "CREATE TABLE citizen AS SELECT p.* EXCLUDE (subject), p.subject AS subject, \
         coalesce(b.benefits, []) AS benefits, NULL::VARCHAR AS benefits__reason \
         FROM '{folder}/people.parquet' p LEFT JOIN (SELECT subject, \
         list({{'code': code, 'from': \"from\", 'to': \"to\"}}) AS benefits \
         FROM '{folder}/benefits.parquet' GROUP BY subject) b USING (subject) ORDER BY p.subject"
    )]
}

/// Everything that is kept of the policy as it is, made once.
pub(crate) fn baseline(printer: &Printer<'_>) -> Fallible<Question> {
    Ok(Question {
        name: "baseline".to_owned(),
        setup: Vec::new(),
        timed: vec![format!("CREATE OR REPLACE TABLE base AS {}", printer.judged()?)],
        answers: BTreeMap::new(),
        untimed: BTreeMap::from([(
            "verdicts".to_owned(),
            "SELECT verdict, count(*) FROM base GROUP BY ALL".to_owned(),
        )]),
        expected: BTreeMap::new(),
    })
}

/// The table of transitions, sums before and after, winners and losers by
/// group: only the condition that is touched is evaluated again.
pub(crate) fn change(
    name: &str,
    before: &Printer<'_>,
    after: &Printer<'_>,
    touched: &str,
) -> Fallible<Question> {
    let kept = before.conditions()?;
    let new = after.conditions()?;
    let conditions = kept.iter().zip(&new).map(|((id, _, met), (_, open_later, met_later))| {
        if id == touched {
            let met = met_later.clone().unwrap_or_else(|| open_later.clone());
            return (open_later.clone(), met);
        }
        let open = format!("s.o_{id}");
        (open.clone(), met.as_ref().map_or(open, |_| format!("s.m_{id}")))
    });
    let later = verdict(conditions);
    let groups = groups();
    let cube = format!(
        "CREATE OR REPLACE TEMP TABLE cube AS SELECT s.verdict AS before, {later} AS later, \
         {groups}, count(*) AS people, count(*) FILTER (NOT settled) AS claims, \
         coalesce(sum(amount) FILTER (NOT settled), 0) AS fen FROM base AS s GROUP BY ALL"
    );
    let money = |side: &str| {
        format!("SELECT {side}, sum(claims), sum(fen) FROM cube WHERE {side} < 3 GROUP BY ALL")
    };
    let mut answers = BTreeMap::from([
        (
            "transitions".to_owned(),
            "SELECT before, later, sum(people) FROM cube GROUP BY ALL".to_owned(),
        ),
        ("money before".to_owned(), money("before")),
        ("money after".to_owned(), money("later")),
    ]);
    for dimension in DIMENSIONS {
        answers.insert(
            format!("by {dimension}"),
            format!(
                "SELECT g_{dimension}, sum(people), \
                 coalesce(sum(people) FILTER (before >= 2 AND later < 2), 0), \
                 coalesce(sum(people) FILTER (before < 2 AND later >= 2), 0) \
                 FROM cube GROUP BY ALL"
            ),
        );
    }
    Ok(Question {
        name: name.to_owned(),
        setup: Vec::new(),
        timed: vec![cube],
        answers,
        untimed: BTreeMap::new(),
        expected: BTreeMap::new(),
    })
}

/// How many there are of every measured value where all else holds. The sums
/// up to each of our points are taken off the clock.
pub(crate) fn curve(
    name: &str,
    printer: &Printer<'_>,
    near: &Near,
    points: &[i64],
) -> Fallible<Question> {
    let conditions = printer.conditions()?;
    let own = conditions.iter().find(|(id, ..)| *id == near.condition);
    let (_, open, _) = own.ok_or("the curve is of no condition")?;
    let symbol = match near.measured.op {
        Op::AtLeast => ">=",
        Op::AtMost => "<=",
        _ => return Err("the bench draws curves of >= and <= alone".into()),
    };
    let split = open.rsplit_once(&format!(" {symbol} "));
    let (measure, _) = split.ok_or("the condition is no comparison")?;
    let others = conditions.iter().filter(|(id, ..)| *id != near.condition);
    let others: Vec<String> = others.map(|(id, ..)| format!("s.o_{id}")).collect();
    let values: Vec<String> = points.iter().map(|value| format!("({value})")).collect();
    let untimed = [
        (
            "points".to_owned(),
            format!(
                "SELECT p, coalesce((SELECT sum(people) FROM curve WHERE value {symbol} p), 0) \
                 FROM (VALUES {}) AS points(p)",
                values.join(", ")
            ),
        ),
        (
            "unmeasured".to_owned(),
            "SELECT coalesce(sum(people), 0) FROM curve WHERE value IS NULL".to_owned(),
        ),
    ];
    Ok(Question {
        name: name.to_owned(),
        setup: Vec::new(),
        timed: vec![format!(
            "CREATE OR REPLACE TEMP TABLE curve AS SELECT {measure} AS value, \
             count(*) AS people FROM base AS s WHERE {} GROUP BY ALL",
            others.join(" AND ")
        )],
        answers: BTreeMap::new(),
        untimed: BTreeMap::from(untimed),
        expected: BTreeMap::new(),
    })
}

/// Verdicts and sums of everybody, by group, from the dossiers themselves.
pub(crate) fn coverage(printer: &Printer<'_>) -> Fallible<Question> {
    let groups = groups();
    let cube = format!(
        "CREATE OR REPLACE TEMP TABLE cube AS SELECT verdict, {groups}, count(*) AS people, \
         count(*) FILTER (NOT settled) AS claims, \
         coalesce(sum(amount) FILTER (NOT settled), 0) AS fen FROM ({}) GROUP BY ALL",
        printer.judged()?
    );
    let by = |key: &str| {
        let sums = "sum(people), sum(claims), sum(fen)";
        format!("SELECT {key}verdict, {sums} FROM cube WHERE verdict < 3 GROUP BY ALL")
    };
    let mut answers = BTreeMap::from([("all".to_owned(), by(""))]);
    for dimension in DIMENSIONS {
        answers.insert(format!("by {dimension}"), by(&format!("g_{dimension}, ")));
    }
    Ok(Question {
        name: "coverage".to_owned(),
        setup: Vec::new(),
        timed: vec![cube],
        answers,
        untimed: BTreeMap::new(),
        expected: BTreeMap::new(),
    })
}

/// What the peer took, by question in milliseconds, and its version. Fails
/// where a row of it is not ours.
pub(crate) fn ask(
    python: &Path,
    script: &Path,
    folder: &Path,
    questions: &[Question],
) -> Fallible<(String, BTreeMap<String, Vec<f64>>)> {
    let asked: Vec<Value> = questions
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "setup": one.setup, "timed": one.timed,
                "answers": one.answers, "untimed": one.untimed,
            })
        })
        .collect();
    let task = folder.join("task.json");
    let text = json!({ "setup": load(folder), "questions": asked, "runs": RUNS }).to_string();
    std::fs::write(&task, text)?;
    let output = Command::new(python).arg(script).arg(&task).output()?;
    if !output.status.success() {
        return Err(format!("duckdb: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let mut took = BTreeMap::new();
    for question in questions {
        let answer = &told["questions"][&question.name];
        let empty = Map::new();
        let rows = answer["answers"].as_object().unwrap_or(&empty);
        for (name, expected) in &question.expected {
            let theirs = table(rows.get(name).ok_or("an answer is missing")?)?;
            if theirs != in_order(expected.clone()) {
                let what = format!("{}: {name}", question.name);
                return Err(format!("{what}: we say {expected:?}, duckdb {theirs:?}").into());
            }
        }
        let times = answer["milliseconds"].as_array().ok_or("no times")?;
        took.insert(question.name.clone(), times.iter().filter_map(Value::as_f64).collect());
    }
    Ok((told["version"].as_str().unwrap_or_default().to_owned(), took))
}

fn table(rows: &Value) -> Fallible<Table> {
    let rows = rows.as_array().ok_or("no rows")?.iter().map(|row| {
        let cells = row.as_array().ok_or("no row")?.iter();
        cells
            .map(|cell| cell.as_i64().ok_or_else(|| format!("`{cell}` is no count").into()))
            .collect()
    });
    Ok(in_order(rows.collect::<Fallible<Table>>()?))
}

fn in_order(mut table: Table) -> Table {
    table.sort_unstable();
    table
}
