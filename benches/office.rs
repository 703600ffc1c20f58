//! What offices ask, over a million citizens in memory, beside DuckDB on the
//! same rows in the same run: `cargo bench -p zhida-model --bench office`, or
//! `make bench`.
//!
//! A policy's coverage of everybody; what is kept of it before anything is
//! changed (the baseline); a changed threshold, from the change as it comes to
//! the report; and the whole curve of a threshold. Figures must be equal to
//! those of the peer, or the bench fails. `ZHIDA_BENCH_ROWS` asks for fewer
//! citizens. The peer is started from `benches/peers/.venv` (`make peers`), or
//! `ZHIDA_PEERS_PYTHON`; without it only our figures appear.

use std::{
    collections::BTreeMap,
    error::Error,
    hint::black_box,
    path::{Path, PathBuf},
    time::Instant,
};

use zhida_model::{
    catalogue,
    domain::{IndustryTable, RegionCode, RegionTable, SubjectKind},
    frame::World,
    matching::{Selected, select},
    office::{
        coverage::{self, Cell, Survey},
        disclosure::Protection,
        groups::Groups,
        population::Population,
        report,
        simulate::{
            self, Baseline, Change, Outcome, Question, Trial, near,
            report::{Options, Simulation},
            simulate,
        },
    },
    policy::Parameters,
    reference::Reference,
    rules::{
        dated::Dated,
        program::{Program, Source},
    },
};

use crate::peer::{Printer, Table};

#[path = "office/peer.rs"]
mod peer;
#[path = "office/people.rs"]
mod people;

const SEED: u64 = 2026;

/// Runs of every question; the median is told.
const RUNS: usize = 9;

/// The policy asked about.
const POLICY: &str = include_str!("office/policy.yaml");

/// What its tiers come to, in fen.
const TIERS: [i64; 2] = [50_000, 30_000];

/// The dimensions people are counted by, as layers are ordered.
const DIMENSIONS: [&str; 3] = ["region", "sex", "age"];

/// The thresholds tried out: condition, new value.
const CHANGES: [(&str, &str); 2] = [("elder", "75"), ("income", "24000")];

/// The goals, in milliseconds.
const GOALS: [(&str, f64); 2] = [("change", 50.0), ("curve", 200.0)];

type Fallible<T> = Result<T, Box<dyn Error>>;

/// What we took for a question, in milliseconds, ascending.
type Took = Vec<(String, Vec<f64>)>;

/// Everything the questions are about.
struct Office<'a> {
    dated: &'a Dated<'a>,
    world: &'a World,
    population: &'a Population,
    selected: Selected<'a>,
    nation: RegionCode,
}

fn main() -> Fallible<()> {
    // `cargo test --benches` passes flags of its own: then only the build matters.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let rows = match std::env::var("ZHIDA_BENCH_ROWS") {
        Ok(text) => text.parse().map_err(|_| format!("`{text}` is no number of rows"))?,
        Err(_) => 1_000_000,
    };
    let reference = reference(&root.join("data-samples"))?;
    let source = Source { name: "policy.yaml".to_owned(), text: POLICY.to_owned() };
    let (program, found) = Program::compile(&[source], &reference);
    let day = jiff::civil::date(2026, 3, 31);
    let dated = Dated::new(&program, &reference, day, day);
    let policies = select(&program, day);
    let selected = *policies.first().ok_or_else(|| format!("the policy has errors: {found:?}"))?;
    let people = people::People::draw(&reference, rows, SEED)?;
    let world = people.world(&reference)?;
    let groups = Groups::compile(&reference);
    let (populating, population) =
        timed(3, || Population::new(SubjectKind::Citizen, &dated, &world, &groups));
    println!("{rows} citizens, {} threads, seed {SEED}", threads());
    println!("who is counted and in which group, made once a day: {:.0} ms", populating[1]);
    let nation = RegionCode::parse("000000")?;
    let office = Office { dated: &dated, world: &world, population: &population, selected, nation };
    let (took, questions, baseline) = ask_ourselves(&office)?;
    let folder = std::env::temp_dir().join(format!("zhida-office-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    people.write(&reference, &population, nation, &dated, &baseline.settled, &folder)?;
    let told = beside(&root, &folder, &took, &questions);
    std::fs::remove_dir_all(&folder)?;
    told
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn reference(definitions: &Path) -> Fallible<Reference> {
    let text = |name: &str| std::fs::read_to_string(definitions.join(name));
    let told = |found: Vec<zhida_model::diagnostic::Diagnostic>| {
        found.first().map_or_else(String::new, ToString::to_string)
    };
    let regions = RegionTable::from_csv(&text("regions.csv")?)?;
    let industries = IndustryTable::from_csv(&text("industries.csv")?)?;
    let catalogue = catalogue::read("catalogue.yaml", &text("catalogue.yaml")?).map_err(told)?;
    Ok(Reference { catalogue, regions, industries, parameters: Parameters::empty() })
}

/// Runs something several times: milliseconds in order, and the last result.
fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> (Vec<f64>, T) {
    let mut milliseconds = Vec::new();
    loop {
        let begun = Instant::now();
        let result = black_box(work());
        milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
        if milliseconds.len() >= runs {
            milliseconds.sort_by(f64::total_cmp);
            return (milliseconds, result);
        }
    }
}

/// Every question here: what it took, and the same for the peer with our rows.
fn ask_ourselves(office: &Office<'_>) -> Fallible<(Took, Vec<peer::Question>, Baseline)> {
    let Office { dated, world, population, selected, nation } = *office;
    let printer = Printer { dated, policy: selected.policy };
    let (mut took, mut questions) = (Took::new(), Vec::new());
    let mut add = |milliseconds: Vec<f64>, question: peer::Question| {
        took.push((question.name.clone(), milliseconds));
        questions.push(question);
    };

    let (milliseconds, survey) = timed(RUNS, || {
        let survey = coverage::count(dated, world, population, &[selected], nation);
        let surveys = [survey];
        black_box(report::report(dated, &surveys, nation, Some(Protection::REPORT)));
        surveys
    });
    let mut question = peer::coverage(&printer)?;
    question.expected = covered(&survey[0])?;
    add(milliseconds, question);

    let (milliseconds, baseline) =
        timed(RUNS, || Baseline::new(dated, world, population, &selected));
    let mut question = peer::baseline(&printer)?;
    let counts = baseline.verdicts.each_ref().map(|rows| rows.count());
    let rest = population.present.count() - counts.iter().sum::<u64>();
    let counts = counts.into_iter().chain([rest]).zip(0..);
    let verdicts = counts.map(|(count, verdict)| Ok(vec![verdict, whole(count)?]));
    question.expected =
        BTreeMap::from([("verdicts".to_owned(), verdicts.collect::<Fallible<Table>>()?)]);
    add(milliseconds, question);

    for (condition, value) in CHANGES {
        let change = Change {
            thresholds: BTreeMap::from([(condition.to_owned(), value.to_owned())]),
            ..Change::default()
        };
        let (milliseconds, outcome) = timed(RUNS, || changed(office, &baseline, &change));
        let trial = Trial::new(POLICY, &change, dated.reference)?;
        let after = Dated::new(&trial.program, dated.reference, dated.as_of, dated.known_at);
        let policy = trial.policy().ok_or("the changed policy is none")?;
        let later = Printer { dated: &after, policy };
        let name = format!("change {condition} to {value}");
        let mut question = peer::change(&name, &printer, &later, condition)?;
        question.expected = moved(&outcome?.0)?;
        add(milliseconds, question);
    }

    for (condition, _) in CHANGES {
        let bin = usize::try_from(Protection::REPORT.smallest)?;
        let (milliseconds, drawn) = timed(RUNS, || {
            let rows = population.within(nation, dated);
            let near =
                near(dated, world, population, &selected, &baseline, POLICY, condition, &rows)?;
            let points = near.measured.points(near.threshold, bin);
            Ok::<_, simulate::TrialError>((near, points))
        });
        let (near, points) = drawn?;
        let values: Vec<i64> = points.iter().map(|point| point.value).collect();
        let mut question = peer::curve(&format!("curve of {condition}"), &printer, &near, &values)?;
        let rows = points.iter().map(|point| Ok(vec![point.value, whole(point.qualify)?]));
        question.expected = BTreeMap::from([
            ("points".to_owned(), rows.collect::<Fallible<Table>>()?),
            ("unmeasured".to_owned(), vec![vec![whole(near.measured.unmeasured)?]]),
        ]);
        add(milliseconds, question);
    }
    Ok((took, questions, baseline))
}

/// A change from its first word to the report.
fn changed(
    office: &Office<'_>,
    baseline: &Baseline,
    change: &Change,
) -> Result<(Outcome, Simulation), simulate::TrialError> {
    let Office { dated, world, population, selected, nation } = *office;
    let trial = Trial::new(POLICY, change, dated.reference)?;
    let after = Dated::new(&trial.program, dated.reference, dated.as_of, dated.known_at);
    let question = Question {
        before: dated,
        after: &after,
        world,
        population,
        selected,
        trial: &trial,
        region: nation,
    };
    let outcome = simulate(&question, baseline);
    let options =
        Options { protection: Some(Protection::REPORT), samples: 3, moved_thresholds: Vec::new() };
    let told = simulate::report::report(&question, &outcome, &[], &options);
    Ok((outcome, told))
}

fn whole(count: u64) -> Fallible<i64> {
    Ok(i64::try_from(count)?)
}

/// Rows as the peer is to tell them; those that say nothing are left out.
fn rows(all: impl Iterator<Item = (Vec<i64>, Vec<i64>)>) -> Table {
    let told = all.filter(|(_, figures)| figures.iter().any(|figure| *figure != 0));
    told.map(|(key, figures)| [key, figures].concat()).collect()
}

/// Verdicts and sums of everybody, and by group.
fn covered(survey: &Survey) -> Fallible<BTreeMap<String, Table>> {
    let counted = survey.policies.first().ok_or("nothing was counted")?;
    let figures = |cell: &Cell, verdict: usize| -> Fallible<Vec<i64>> {
        let sum = cell.sums[verdict];
        Ok(vec![whole(cell.subjects[verdict])?, whole(sum.claims)?, sum.fen])
    };
    let mut told = BTreeMap::new();
    let mut table = Vec::new();
    for verdict in 0..3 {
        table.push((vec![i64::try_from(verdict)?], figures(&counted.total, verdict)?));
    }
    told.insert("all".to_owned(), rows(table.into_iter()));
    for (name, cells) in DIMENSIONS.iter().zip(&counted.groups) {
        let mut table = Vec::new();
        for (group, cell) in cells.iter().enumerate() {
            for verdict in 0..3 {
                let key = vec![i64::try_from(group)?, i64::try_from(verdict)?];
                table.push((key, figures(cell, verdict)?));
            }
        }
        told.insert(format!("by {name}"), rows(table.into_iter()));
    }
    Ok(told)
}

/// Transitions, sums before and after, winners and losers by group.
fn moved(outcome: &Outcome) -> Fallible<BTreeMap<String, Table>> {
    let mut told = BTreeMap::new();
    let mut table = Vec::new();
    for (from, counts) in (0..).zip(&outcome.transitions) {
        for (to, count) in (0..).zip(counts) {
            table.push((vec![from, to], vec![whole(*count)?]));
        }
    }
    told.insert("transitions".to_owned(), rows(table.into_iter()));
    for (side, sums) in ["before", "after"].iter().zip(&outcome.sums) {
        let mut table = Vec::new();
        for (verdict, sum) in (0..).zip(sums) {
            table.push((vec![verdict], vec![whole(sum.claims)?, sum.fen]));
        }
        told.insert(format!("money {side}"), rows(table.into_iter()));
    }
    for (name, shifts) in DIMENSIONS.iter().zip(&outcome.groups) {
        let mut table = Vec::new();
        for (group, shift) in (0..).zip(shifts) {
            let figures = [shift.size, shift.winners, shift.losers].map(whole);
            table.push((vec![group], figures.into_iter().collect::<Fallible<Vec<i64>>>()?));
        }
        told.insert(format!("by {name}"), rows(table.into_iter()));
    }
    Ok(told)
}

/// Prints the table, with the peer's figures where it is at hand.
fn beside(root: &Path, folder: &Path, took: &Took, questions: &[peer::Question]) -> Fallible<()> {
    let python = std::env::var_os("ZHIDA_PEERS_PYTHON")
        .map_or_else(|| root.join("benches/peers/.venv/bin/python"), PathBuf::from);
    let peer = if python.exists() {
        let script = root.join("benches/peers/office_duckdb.py");
        let answers: usize = questions.iter().map(|one| one.expected.len()).sum();
        let (version, theirs) = peer::ask(&python, &script, folder, questions)?;
        println!("duckdb {version}: {answers} tables of figures are equal");
        theirs
    } else {
        println!("(the peer is left out: run `make peers` first)");
        BTreeMap::new()
    };
    println!("median of {RUNS} runs in milliseconds (shortest to longest)");
    println!("  {:<26}{:>24}{:>24}{:>8}{:>8}", "question", "zhida", "duckdb", "×", "goal");
    for (name, ours) in took {
        let theirs = peer.get(name).map(Vec::as_slice).unwrap_or_default();
        let ratio = match (middle(ours), middle(theirs)) {
            (Some(ours), Some(theirs)) => format!("{:.1}", theirs / ours),
            _ => String::new(),
        };
        let goal = GOALS.iter().find(|(start, _)| name.starts_with(start));
        let goal = goal.map(|(_, goal)| format!("< {goal:.0}")).unwrap_or_default();
        println!("  {name:<26}{:>24}{:>24}{ratio:>8}{goal:>8}", spread(ours), spread(theirs));
    }
    Ok(())
}

fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

fn spread(sorted: &[f64]) -> String {
    match (middle(sorted), sorted.first(), sorted.last()) {
        (Some(middle), Some(first), Some(last)) => {
            format!("{middle:.1} ({first:.1} to {last:.1})")
        }
        _ => String::new(),
    }
}
