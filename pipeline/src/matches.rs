//! `match`: every dossier against every policy version of the day, written as
//! Parquet. The columnar engine finds the pairs that are not ineligible; what
//! a match needs beyond its verdict is added pair by pair. Ineligible pairs
//! are counted, not written: nobody is refused by a file.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_schema::ArrowError;
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
    matching::{Matcher, Ranked, Selected, Unit, units},
    policy::cases::Verdict,
    ranking::Ranking,
    rules::{dated::Dated, scalar::Dossier},
};
use zhida_store::matches::{batch, schema};

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

/// Judges everybody and writes the matches, in the order of the ranking where
/// there is one. `progress` is told how many
/// dossiers of how many are done.
///
/// # Errors
/// [`MatchError`]. Files of a failed run are left beside their final names.
pub fn match_all(
    dated: &Dated<'_>,
    world: &World,
    options: &MatchOptions,
    ranking: Option<&Ranking>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<MatchReport, MatchError> {
    let matcher = Matcher::new(dated, world).with(ranking);
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
        report.pairs += matcher.of(kind).count() as u64 * world.of(kind).rows as u64;
        matcher.everybody(kind, |blocks, judged| {
            for mut rows in blocks {
                for subject in rows.chunk_by(|(_, a), (_, b)| a.subject == b.subject) {
                    add(&mut report, &matcher, subject);
                }
                report.matches += rows.len() as u64;
                all.write(dated, kind, &rows)?;
                rows.retain(|(rank, _)| rank.is_some_and(|rank| rank as usize <= options.best));
                best.write(dated, kind, &rows)?;
            }
            done += judged;
            progress(done, total);
            Ok::<_, MatchError>(())
        })?;
    }
    all.close()?;
    best.close()?;
    Ok(report)
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

fn add(report: &mut MatchReport, matcher: &Matcher<'_>, matches: &[Ranked]) {
    let mut reached = false;
    for (_, found) in matches {
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
        rows: &[Ranked],
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
