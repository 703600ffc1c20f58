//! `zhida upcoming`: who will become or cease to be eligible because time
//! passes.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde::Serialize;
use zhida_model::{
    office::upcoming::{Buckets, Change, Days, Described, Outlook, PolicySummary, Summary},
    rules::program::Program,
};

use crate::{
    output::{self, Format, thousands},
    snapshot::From,
};

/// Columns of the file of changes.
const COLUMNS: &str = "day,policy,version,case,kind,subject,unit,from,from_window,to,to_window,data_ends,because,rules\n";

/// Arguments of `zhida upcoming`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    pub from: From,
    /// How many days to look ahead
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub days: u16,
    /// Id of a policy to look at, all its versions; repeat it for several, leave it out for all
    #[arg(long, value_name = "ID")]
    pub policy: Vec<String>,
    /// How the summary in JSON puts days together
    #[arg(long, value_enum, default_value = "month")]
    pub by: By,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// File that receives every change as CSV
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How many changes stand in the JSON, the earliest first
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
}

/// How days are put together.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum By {
    /// From Monday to Sunday
    Week,
    /// Calendar months
    Month,
}

#[derive(Serialize)]
struct Report<'o> {
    /// The first day; what holds then is no change.
    as_of: Date,
    /// The last day looked at.
    until: Date,
    dossiers: u64,
    pairs: u64,
    changes: u64,
    policies: Vec<PolicySummary>,
    earliest: Vec<Described<'o>>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let as_of = arguments.from.day(opened.known_at);
    known(&arguments.policy, &opened.program)?;
    let ahead = usize::from(arguments.days);
    let days = Days::new(&opened.program, &opened.reference, as_of, opened.known_at, ahead);
    let wanted = |id: &String| arguments.policy.is_empty() || arguments.policy.contains(id);
    let outlook = Outlook::new(&days, &opened.world, |policy| wanted(&policy.key.id));
    let bar = output::progress(outlook.dossiers(), "upcoming");
    let mut sheet = arguments.out.as_deref().map(Sheet::create).transpose()?;
    let mut earliest = Earliest { limit: arguments.limit, changes: Vec::new() };
    let buckets = match arguments.by {
        By::Week => Buckets::Week,
        By::Month => Buckets::Month,
    };
    let mut summary = Summary::new(&outlook, buckets);
    let begun = Instant::now();
    outlook.run(&|done| bar.set_position(done), &mut |changes: Vec<Change>| {
        for change in changes {
            summary.add(&change);
            if let Some(sheet) = &mut sheet {
                sheet.write(&outlook.describe(&change))?;
            }
            if arguments.format == Format::Json {
                earliest.add(change);
            }
        }
        anyhow::Ok(())
    })?;
    bar.finish_and_clear();
    if let Some(sheet) = sheet {
        sheet.close()?;
    }
    let report = Report {
        as_of: days.on(0).as_of,
        until: days.on(ahead).as_of,
        dossiers: outlook.dossiers(),
        pairs: outlook.pairs(),
        changes: summary.changes(),
        policies: summary.policies(),
        earliest: earliest.sorted().iter().map(|change| outlook.describe(change)).collect(),
    };
    print(&report, arguments, begun.elapsed())?;
    Ok(true)
}

fn print(report: &Report<'_>, arguments: &Arguments, took: Duration) -> Result<()> {
    if arguments.format == Format::Json {
        output::say(&serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    output::say(&table(report));
    let file = arguments.out.as_ref();
    let file = file.map(|out| format!(", all of them in `{}`", out.display()));
    output::say(&format!(
        "{} changes of {} dossiers × {} policy versions from {} to {}{}",
        thousands(report.changes),
        thousands(report.dossiers),
        report.policies.len(),
        report.as_of,
        report.until,
        file.unwrap_or_default(),
    ));
    let (pairs, seconds) = (thousands(report.pairs), took.as_secs_f64());
    output::warn(&format!("{pairs} pairs looked at in {seconds:.1} s"));
    Ok(())
}

/// Refuses ids that no policy has.
fn known(ids: &[String], program: &Program) -> Result<()> {
    for id in ids {
        if !program.policies.iter().any(|policy| policy.key.id == *id) {
            bail!("no policy has the id `{id}`: `zhida match` lists those of the snapshot");
        }
    }
    Ok(())
}

fn table(report: &Report<'_>) -> String {
    let mut policies: Vec<_> =
        report.policies.iter().filter(|policy| !policy.counts.is_empty()).collect();
    policies.sort_by(|a, b| {
        let size = |policy: &PolicySummary| policy.counts.becoming + policy.counts.ceasing;
        size(b).cmp(&size(a)).then(a.policy.cmp(&b.policy)).then(a.version.cmp(&b.version))
    });
    let rows = policies
        .into_iter()
        .map(|policy| {
            let counts = policy.counts;
            vec![
                policy.title.clone(),
                policy.version.clone(),
                thousands(counts.becoming),
                thousands(counts.ceasing),
                thousands(counts.data_ends),
                thousands(counts.unknown),
                thousands(counts.other),
                policy.next.map(|day| day.to_string()).unwrap_or_default(),
            ]
        })
        .collect();
    let header =
        ["policy", "version", "becoming", "ceasing", "data ends", "unknown", "other", "next day"];
    output::table(&header, &[2, 3, 4, 5, 6], rows)
}

/// The first changes by day, however many there are.
struct Earliest {
    limit: usize,
    changes: Vec<Change>,
}

impl Earliest {
    fn add(&mut self, change: Change) {
        self.changes.push(change);
        if self.changes.len() > 1_000 + 2 * self.limit {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.changes.sort_by_key(|change| {
            (change.day, change.policy, change.kind, change.subject, change.unit)
        });
        self.changes.truncate(self.limit);
    }

    fn sorted(mut self) -> Vec<Change> {
        self.sort();
        self.changes
    }
}

/// The file of changes, under a temporary name until it is complete.
struct Sheet {
    writer: BufWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Sheet {
    fn create(path: &Path) -> Result<Sheet> {
        let name = path.file_name().with_context(|| {
            format!("`{}` names no file: give one with `--out FILE.csv`", path.display())
        })?;
        let temporary = path.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        let file = File::create(&temporary).with_context(|| {
            format!("cannot write `{}`: check the folder and the free space", temporary.display())
        })?;
        let mut sheet = Sheet { writer: BufWriter::new(file), temporary, path: path.to_path_buf() };
        sheet.text(COLUMNS)?;
        Ok(sheet)
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.writer.write_all(text.as_bytes()).with_context(|| {
            format!("cannot write `{}`: check the free space", self.temporary.display())
        })
    }

    fn write(&mut self, change: &Described<'_>) -> Result<()> {
        let names: Vec<&str> = change.because.iter().map(|reason| reason.name()).collect();
        let labels: Vec<&str> = change.because.iter().map(|reason| reason.label()).collect();
        let window = |window: Option<zhida_model::office::upcoming::Window>| {
            window.map(|window| window.name()).unwrap_or_default()
        };
        let cells = [
            change.day.to_string(),
            cell(change.policy),
            cell(change.version),
            change.case.name().to_owned(),
            change.kind.name().to_owned(),
            change.subject.to_string(),
            change.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            change.from.name().to_owned(),
            window(change.from_window).to_owned(),
            change.to.name().to_owned(),
            window(change.to_window).to_owned(),
            change.data_ends.to_string(),
            cell(&names.join(" ")),
            cell(&labels.join("；")),
        ];
        self.text(&(cells.join(",") + "\n"))
    }

    fn close(mut self) -> Result<()> {
        let done = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        done.and_then(|()| std::fs::rename(&self.temporary, &self.path)).with_context(|| {
            format!("cannot write `{}`: check the free space", self.path.display())
        })
    }
}

/// A cell of CSV, in quotes where it needs them (RFC 4180).
fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}
