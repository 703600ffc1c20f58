//! `zhida search`: finds policies, or documents of any corpus, by words.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use serde_json::Value;
use zhida_model::{
    diagnostic::Severity, domain::RegionCode, reference::Reference, rules::program::Program,
};
use zhida_store::search::{
    Answer, Filter, Hit, LONGEST_QUESTION, Places, Question, Record, SearchIndex, build_index,
    read_corpus_line,
};

use crate::{
    input::{self, Definitions},
    output::{self, Format},
};

/// Arguments of `zhida search`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    ask: Ask,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write an index to ask later
    Index(IndexArguments),
}

/// Arguments of `zhida search index`.
#[derive(Debug, clap::Args)]
struct IndexArguments {
    /// Documents, one JSON object a line with `_id`, `title` and `text`; may be gzipped
    #[arg(long, value_name = "FILE", conflicts_with = "policies")]
    corpus: Option<PathBuf>,
    /// Folder of policy files; that of the definitions by default
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Directory for the index; it must be new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    definitions: Definitions,
}

#[derive(Debug, clap::Args)]
struct Ask {
    /// What to look for; every sign in it is plain text
    #[arg(required_unless_present = "queries", value_name = "QUERY")]
    query: Vec<String>,
    /// Only what reaches this region: its own policies and those of the regions it lies in
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,
    /// Also what holds in parts of the region only
    #[arg(long, requires = "region")]
    below: bool,
    /// Only this theme, in full
    #[arg(long)]
    theme: Option<String>,
    /// Only this life event, in full
    #[arg(long, value_name = "EVENT")]
    life_event: Option<String>,
    /// Only policies for `enterprise` or `citizen`
    #[arg(long, value_parser = ["enterprise", "citizen"])]
    kind: Option<String>,
    /// Only what this body issued, alone or with others
    #[arg(long)]
    issuer: Option<String>,
    /// Only what is in force or can be claimed on this day
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// How many to print
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Let letters stand for Chinese words by sound or first letters: cbj finds 残保金
    #[arg(long)]
    pinyin: bool,
    /// Ask an index written by `zhida search index` instead of the policy files
    #[arg(long, value_name = "DIR", conflicts_with = "policies")]
    index: Option<PathBuf>,
    /// Folder of policy files; that of the definitions by default
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// Questions, one JSON object a line with `_id` and `text`, instead of QUERY
    #[arg(long, value_name = "FILE", requires = "run", conflicts_with = "query")]
    queries: Option<PathBuf>,
    /// File for the answers in the form of TREC: question, Q0, document, rank, score, name
    #[arg(long, value_name = "FILE", requires = "queries")]
    run: Option<PathBuf>,
    /// How many documents a question gets in the run
    #[arg(long, default_value_t = 100, requires = "queries", value_parser = clap::value_parser!(u16).range(1..))]
    depth: u16,
    #[command(flatten)]
    definitions: Definitions,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.command {
        Some(Command::Index(index)) => write_index(index),
        None => ask(&arguments.ask),
    }
}

fn write_index(arguments: &IndexArguments) -> Result<bool> {
    let began = Instant::now();
    let records = match &arguments.corpus {
        Some(corpus) => read_corpus(corpus)?,
        None => {
            let reference = arguments.definitions.require_reference()?;
            records(&arguments.definitions, arguments.policies.as_deref(), &reference)?
        }
    };
    let manifest = build_index(&arguments.out, &records)?;
    output::warn(&format!(
        "{} documents in `{}` after {:.1} s",
        manifest.documents,
        arguments.out.display(),
        began.elapsed().as_secs_f64()
    ));
    Ok(true)
}

/// The policies of a folder as they are indexed.
fn records(
    definitions: &Definitions,
    folder: Option<&Path>,
    reference: &Reference,
) -> Result<Vec<Record>> {
    let folder = folder.map_or_else(|| definitions.definitions.join("policies"), Path::to_owned);
    let (program, findings) = Program::compile(&input::policies(&[folder])?, reference);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        output::diagnostics(&findings);
        bail!("the policies have errors: run `zhida check` and correct them");
    }
    let records = program.policies.iter().map(|policy| {
        let name = reference.regions.full_name(policy.region).unwrap_or_default();
        Record::of_policy(&policy.file, Some((policy.region.value(), &name)))
    });
    Ok(records.collect())
}

/// Lines of a file, which may be gzipped.
fn lines(path: &Path) -> Result<impl Iterator<Item = Result<(usize, String)>>> {
    let failed = || format!("cannot read `{}`", path.display());
    let mut file = BufReader::new(File::open(path).with_context(failed)?);
    let gzip = file.fill_buf().with_context(failed)?.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> =
        if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let name = path.display().to_string();
    let lines = BufReader::new(reader).lines().zip(1..).map(move |(line, at)| {
        let line = line.with_context(|| format!("cannot read line {at} of `{name}`"))?;
        Ok((at, line))
    });
    Ok(lines.filter(|line| !matches!(line, Ok((_, text)) if text.trim().is_empty())))
}

fn read_corpus(path: &Path) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for line in lines(path)? {
        let (at, line) = line?;
        let record = read_corpus_line(&line);
        records.push(record.with_context(|| format!("line {at} of `{}`", path.display()))?);
    }
    if records.is_empty() {
        bail!("`{}` holds no documents: write one JSON object a line", path.display());
    }
    Ok(records)
}

fn ask(ask: &Ask) -> Result<bool> {
    let needs_reference = ask.index.is_none() || ask.region.is_some();
    let reference = if needs_reference { Some(ask.definitions.require_reference()?) } else { None };
    let index = match (&ask.index, &reference) {
        (Some(dir), _) => SearchIndex::open(dir)?,
        (None, Some(reference)) => {
            let records = records(&ask.definitions, ask.policies.as_deref(), reference)?;
            SearchIndex::in_memory(&records)?
        }
        (None, None) => bail!("name an index with `--index DIR`"),
    };
    if let Some((queries, run)) = ask.queries.as_ref().zip(ask.run.as_ref()) {
        return write_run(&index, queries, run, ask.depth.into());
    }
    let text = ask.query.join(" ");
    if text.chars().nth(LONGEST_QUESTION).is_some() {
        output::warn(&format!("note: only the first {LONGEST_QUESTION} characters are looked for"));
    }
    let question = Question {
        text: &text,
        filter: filter(ask, reference.as_ref())?,
        offset: 0,
        limit: ask.limit.into(),
        pinyin: ask.pinyin,
    };
    let answer = index.search(&question)?;
    match ask.format {
        Format::Json => output::say(&format!("{:#}", answer.json(&text))),
        Format::Table => print(&answer),
    }
    Ok(true)
}

fn filter(ask: &Ask, reference: Option<&Reference>) -> Result<Filter> {
    let places = match (ask.region, reference) {
        (Some(region), Some(reference)) => {
            if reference.regions.index(region).is_none() {
                bail!("region `{region}` is not in regions.csv: write a code of GB/T 2260");
            }
            Some(Places::reaching(&reference.regions, region, ask.below))
        }
        _ => None,
    };
    Ok(Filter {
        places,
        theme: ask.theme.clone(),
        life_event: ask.life_event.clone(),
        kind: ask.kind.clone(),
        issuer: ask.issuer.clone(),
        on: ask.on,
    })
}

/// Writes what a file of questions finds, in the form `trec_eval` reads.
fn write_run(index: &SearchIndex, queries: &Path, run: &Path, depth: usize) -> Result<bool> {
    let failed =
        || format!("cannot write `{}`: check the folder and the free space", run.display());
    let mut file = BufWriter::new(File::create(run).with_context(failed)?);
    let mut times = Vec::new();
    for line in lines(queries)? {
        let (at, line) = line?;
        let place =
            || format!("line {at} of `{}`: write {{\"_id\":…,\"text\":…}}", queries.display());
        let question: Value = serde_json::from_str(&line).with_context(place)?;
        let text = |name: &str| question.get(name).and_then(Value::as_str);
        let (id, text) = text("_id").zip(text("text")).with_context(place)?;
        if id.is_empty() || id.contains(char::is_whitespace) {
            bail!("{}: `_id` is empty or holds white space", place());
        }
        let began = Instant::now();
        let found = index.run(text, depth)?;
        times.push(began.elapsed());
        for ((document, score), rank) in found.into_iter().zip(1..) {
            writeln!(file, "{id} Q0 {document} {rank} {score:.6} zhida").with_context(failed)?;
        }
    }
    file.flush().with_context(failed)?;
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    output::warn(&format!(
        "{} questions over {} documents: median {:.2} ms, 95% within {:.2} ms",
        times.len(),
        index.documents(),
        at(50).as_secs_f64() * 1e3,
        at(95).as_secs_f64() * 1e3,
    ));
    Ok(true)
}

fn print(answer: &Answer) {
    if let Some(other) = &answer.did_you_mean {
        output::say(&format!("# did you mean: {other}"));
    }
    if answer.hits.is_empty() {
        output::say("# nothing found: use other words, or fewer filters");
        return;
    }
    let row = |(hit, rank): (&Hit, usize)| {
        let record = &hit.record;
        let place = match (record.place.as_str(), record.region) {
            ("", Some(0)) => "全国",
            (place, _) => place,
        };
        let id = record.policy.as_ref().unwrap_or(&record.id);
        let id = record.version.iter().fold(id.clone(), |id, version| format!("{id} {version}"));
        vec![
            rank.to_string(),
            format!("{:.2}", hit.score),
            record.title.clone(),
            place.to_owned(),
            id,
            marked(hit),
        ]
    };
    let rows: Vec<Vec<String>> = answer.hits.iter().zip(1..).map(row).collect();
    let header = ["rank", "score", "title", "place", "id", "words"];
    output::say(&output::table(&header, &[0, 1], rows));
    output::say(&format!("# {} of {}", answer.hits.len(), answer.total));
}

/// The words of a hit with 「」 around what was asked for.
fn marked(hit: &Hit) -> String {
    let mut text = String::new();
    for (at, character) in hit.snippet.text.chars().enumerate() {
        if hit.snippet.marks.iter().any(|(start, _)| *start == at) {
            text.push('「');
        }
        text.push(character);
        if hit.snippet.marks.iter().any(|(_, end)| *end == at + 1) {
            text.push('」');
        }
    }
    text
}
