//! `match`: every dossier against every policy version of the day, written as
//! Parquet. The columnar engine finds the pairs that are not ineligible; what
//! a match needs beyond its verdict is added pair by pair. Ineligible pairs
//! are counted, not written: nobody is refused by a file.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use arrow_array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    UInt32Array,
    builder::{ListBuilder, StringBuilder},
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use serde::Serialize;
use zhida_model::{
    domain::SubjectKind,
    frame::World,
    matching::{Amount, ClaimWindow, Match, Matcher, Memo, Selected, Unit, rounded, units},
    policy::cases::Verdict,
    rules::{
        columnar::{Engine, Rows, Verdicts},
        dated::Dated,
        scalar::{At, Dossier},
    },
};

/// Blocks judged before their matches are written.
const BLOCKS_AT_ONCE: usize = 32;

/// Why matches cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// A file cannot be made.
    #[error("cannot write `{}`: check the directory and the free space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Parquet cannot be written.
    #[error("cannot write matches as Parquet: check the free space")]
    Parquet(#[from] ParquetError),
    /// A batch cannot be formed.
    #[error("cannot form a batch of matches")]
    Arrow(#[from] ArrowError),
}

/// What to write.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// Directory that receives `matches.parquet` and `best.parquet`.
    pub out: PathBuf,
    /// How many of the best are written for each subject.
    pub best: usize,
}

/// Counts of one policy version.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyCounts {
    /// Id.
    pub policy: String,
    /// Version.
    pub version: String,
    /// Case type.
    pub case: zhida_model::policy::file::CaseType,
    /// Title.
    pub title: String,
    /// Pairs by verdict, suppressed ones included.
    pub eligible: u64,
    /// V1 only.
    pub likely: u64,
    /// Something missing.
    pub unknown: u64,
    /// Matches that are not shown.
    pub suppressed: u64,
    /// Known sums of shown eligible matches, in fen.
    pub amount: i64,
}

/// What `match` came to.
#[derive(Debug, Clone, Serialize)]
pub struct MatchReport {
    /// The day judged.
    pub as_of: String,
    /// Dossiers judged.
    pub subjects: usize,
    /// Pairs judged.
    pub pairs: u64,
    /// Matches written.
    pub matches: u64,
    /// Subjects with a match that is shown and eligible or likely.
    pub reached: u64,
    /// By policy version.
    pub policies: Vec<PolicyCounts>,
}

/// Judges everybody and writes the matches. `progress` is told how many
/// dossiers of how many are done.
///
/// # Errors
/// [`MatchError`]. Files of a failed run are left beside their final names.
pub fn match_all(
    dated: &Dated<'_>,
    world: &World,
    options: &MatchOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<MatchReport, MatchError> {
    let matcher = Matcher::new(dated, world);
    let mut report = MatchReport {
        as_of: dated.as_of.to_string(),
        subjects: world.dossiers.iter().map(|dossiers| dossiers.rows).sum(),
        pairs: 0,
        matches: 0,
        reached: 0,
        policies: matcher.selected.iter().map(empty_counts).collect(),
    };
    let mut all = Sink::create(&options.out, "matches.parquet")?;
    let mut best = Sink::create(&options.out, "best.parquet")?;
    let total = report.subjects as u64;
    let mut done = 0;
    for kind in SubjectKind::ALL {
        let own: Vec<Selected<'_>> = matcher
            .selected
            .iter()
            .copied()
            .filter(|selected| selected.policy.file.audience == kind)
            .collect();
        report.pairs += own.len() as u64 * world.of(kind).rows as u64;
        let roots = own.iter().map(|selected| selected.policy.root).collect();
        let engine = Engine::new(dated, world, kind, roots);
        // What one block has worked out serves the next that takes its memo.
        let memos: Mutex<Vec<Memo>> = Mutex::default();
        let memo = || memos.lock().ok().and_then(|mut memos| memos.pop()).unwrap_or_default();
        for blocks in engine.blocks().chunks(BLOCKS_AT_ONCE) {
            let judged = engine.run_over(
                blocks,
                || (memo(), Vec::<(usize, Match)>::new()),
                |(memo, found), rows, position, verdicts| {
                    if let Some(selected) = own.get(position) {
                        possible(&matcher, selected, rows, verdicts, memo, found);
                    }
                },
            );
            for (memo, found) in judged {
                if let Ok(mut memos) = memos.lock() {
                    memos.push(memo);
                }
                let mut rows = ranked(&matcher, found, &mut report);
                report.matches += rows.len() as u64;
                all.write(dated, kind, &rows)?;
                rows.retain(|(rank, _)| rank.is_some_and(|rank| rank as usize <= options.best));
                best.write(dated, kind, &rows)?;
            }
            done += blocks.iter().map(|rows| rows.length as u64).sum::<u64>();
            progress(done, total);
        }
    }
    all.close()?;
    best.close()?;
    Ok(report)
}

/// The matches of one policy among the rows of a block, with the row of each
/// in its frame.
fn possible<'a>(
    matcher: &Matcher<'a>,
    selected: &Selected<'a>,
    rows: &Rows<'a>,
    verdicts: &Verdicts,
    memo: &mut Memo,
    found: &mut Vec<(usize, Match)>,
) {
    for row in verdicts.possible().rows() {
        let subject = Dossier { frame: rows.frame, row: rows.start + row };
        if selected.policy.unit.is_some() {
            let mut matches = Vec::new();
            matcher.policy(selected, subject, memo, &mut matches);
            found.extend(matches.into_iter().map(|found| (subject.row, found)));
        } else {
            let at = At::subject(rows.frame, subject.row);
            let verdict = verdicts.of(row);
            let one = matcher.judged(selected, &Unit::Subject, &at, verdict, memo);
            found.push((subject.row, one));
        }
    }
}

/// The matches of a block, subject by subject, in order; those that are shown
/// with their rank. Counts them.
fn ranked(
    matcher: &Matcher<'_>,
    mut found: Vec<(usize, Match)>,
    report: &mut MatchReport,
) -> Vec<(Option<u32>, Match)> {
    found.sort_by_key(|(row, _)| *row);
    let mut rows: Vec<(Option<u32>, Match)> = Vec::with_capacity(found.len());
    for group in found.chunk_by(|a, b| a.0 == b.0) {
        let mut matches: Vec<Match> = group.iter().map(|(_, found)| found.clone()).collect();
        matcher.finish(&mut matches);
        add(report, matcher, &matches);
        let mut rank = 0;
        for found in matches {
            let shown = found.suppressed.is_none();
            rank += u32::from(shown);
            rows.push((shown.then_some(rank), found));
        }
    }
    rows
}

/// The units of a subject, for callers that explain a match.
#[must_use]
pub fn units_of<'a>(
    matcher: &Matcher<'a>,
    selected: &Selected<'a>,
    subject: Dossier<'a>,
) -> Vec<Unit<'a>> {
    units(&matcher.scalar, selected.policy, subject)
}

fn empty_counts(selected: &Selected<'_>) -> PolicyCounts {
    PolicyCounts {
        policy: selected.policy.key.id.clone(),
        version: selected.policy.key.version.clone(),
        case: selected.policy.key.case,
        title: selected.policy.file.title.clone(),
        eligible: 0,
        likely: 0,
        unknown: 0,
        suppressed: 0,
        amount: 0,
    }
}

fn add(report: &mut MatchReport, matcher: &Matcher<'_>, matches: &[Match]) {
    let mut reached = false;
    for found in matches {
        let position = matcher.selected.iter().position(|selected| selected.index == found.policy);
        let Some(counts) = position.and_then(|position| report.policies.get_mut(position)) else {
            continue;
        };
        match found.verdict {
            Verdict::Eligible => counts.eligible += 1,
            Verdict::Likely => counts.likely += 1,
            Verdict::Unknown => counts.unknown += 1,
            Verdict::Ineligible => {}
        }
        let shown = found.suppressed.is_none();
        counts.suppressed += u64::from(!shown);
        if shown && found.verdict == Verdict::Eligible {
            counts.amount = counts.amount.saturating_add(found.amount.known().unwrap_or(0));
        }
        reached |= shown && found.verdict < Verdict::Unknown;
    }
    report.reached += u64::from(reached);
}

/// One Parquet file under a temporary name until it is complete.
struct Sink {
    writer: ArrowWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Sink {
    fn create(out: &Path, name: &str) -> Result<Sink, MatchError> {
        let path = out.join(name);
        let temporary = out.join(format!(".{name}.partial"));
        let fail = |source| MatchError::Write { path: temporary.clone(), source };
        std::fs::create_dir_all(out).map_err(fail)?;
        let file = File::create(&temporary).map_err(fail)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let writer = ArrowWriter::try_new(file, Arc::new(schema()), Some(properties))?;
        Ok(Sink { writer, temporary, path })
    }

    fn write(
        &mut self,
        dated: &Dated<'_>,
        kind: SubjectKind,
        rows: &[(Option<u32>, Match)],
    ) -> Result<(), MatchError> {
        if !rows.is_empty() {
            self.writer.write(&batch(dated, kind, rows)?)?;
        }
        Ok(())
    }

    fn close(self) -> Result<(), MatchError> {
        let file = self.writer.into_inner()?;
        let fail = |source| MatchError::Write { path: self.path.clone(), source };
        file.sync_all().map_err(fail)?;
        std::fs::rename(&self.temporary, &self.path).map_err(fail)
    }
}

fn schema() -> Schema {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let list = |name: &str| {
        Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))), false)
    };
    Schema::new(vec![
        text("subject", false),
        text("kind", false),
        text("policy", false),
        text("version", false),
        text("case", false),
        text("unit", true),
        text("verdict", false),
        Field::new("amount_fen", DataType::Int64, true),
        text("amount_state", false),
        list("missing"),
        text("window", false),
        Field::new("days_left", DataType::Int32, true),
        text("suppressed", true),
        list("choose_one"),
        Field::new("score", DataType::Float64, false),
        Field::new("rank", DataType::UInt32, true),
    ])
}

fn batch(
    dated: &Dated<'_>,
    kind: SubjectKind,
    rows: &[(Option<u32>, Match)],
) -> Result<RecordBatch, ArrowError> {
    let policies = &dated.program.policies;
    let key = |found: &Match| policies.get(found.policy).map(|policy| &policy.key);
    let texts = |pick: &dyn Fn(&Match) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, found)| pick(found)).collect::<StringArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        texts(&|found| Some(found.subject.to_string())),
        texts(&|_| Some(kind.name().to_owned())),
        texts(&|found| key(found).map(|key| key.id.clone())),
        texts(&|found| key(found).map(|key| key.version.clone())),
        texts(&|found| key(found).map(|key| key.case.name().to_owned())),
        texts(&|found| found.unit.map(|unit| unit.to_string())),
        texts(&|found| Some(found.verdict.name().to_owned())),
        Arc::new(rows.iter().map(|(_, found)| found.amount.known()).collect::<Int64Array>()),
        texts(&|found| {
            Some(match found.amount {
                Amount::None => "none".to_owned(),
                Amount::Unknown => "unknown".to_owned(),
                Amount::Known(_) => "known".to_owned(),
            })
        }),
        Arc::new(lists(rows, |found| {
            found.missing.iter().map(|missing| missing.name.as_str()).collect()
        })),
        texts(&|found| {
            Some(match found.window {
                ClaimWindow::Open { .. } => "open".to_owned(),
                ClaimWindow::Upcoming { .. } => "upcoming".to_owned(),
                ClaimWindow::Closed => "closed".to_owned(),
            })
        }),
        Arc::new(rows.iter().map(|(_, found)| found.days_left).collect::<Int32Array>()),
        texts(&|found| found.suppressed.as_ref().map(|reason| reason.name().to_owned())),
        Arc::new(lists(rows, |found| found.choose_one.iter().map(String::as_str).collect())),
        Arc::new(
            rows.iter().map(|(_, found)| Some(rounded(found.score))).collect::<Float64Array>(),
        ),
        Arc::new(rows.iter().map(|(rank, _)| *rank).collect::<UInt32Array>()),
    ];
    RecordBatch::try_new(Arc::new(schema()), columns)
}

fn lists<'r>(
    rows: &'r [(Option<u32>, Match)],
    pick: impl Fn(&'r Match) -> Vec<&'r str>,
) -> ListArray {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for (_, found) in rows {
        for item in pick(found) {
            builder.values().append_value(item);
        }
        builder.append(true);
    }
    builder.finish()
}
