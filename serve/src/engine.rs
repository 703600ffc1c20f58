//! One opened snapshot with the rules it was built with, ready to judge.
//!
//! Everything comes from the snapshot's own copies of catalogue, code tables,
//! parameters and policies, so that the service cannot answer with other rules
//! than the batch. Opening compiles the policies and maps the tables; no
//! dossier is read before somebody asks for it. Until all chunks have been
//! verified in the background, a request reads the few it needs.

use std::{
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use self_cell::self_cell;
use zhida_model::{
    catalogue::{self, Catalogue},
    diagnostic::{Diagnostic, Severity},
    domain::{IndustryTable, RegionTable, SubjectKey, SubjectKind},
    frame::{CHUNK_ROWS, Dossiers, Frame, World},
    office::proofs::report::Report,
    policy::Parameters,
    ranking::Ranking,
    reference::Reference,
    rules::{
        dated::Dated,
        program::{Program, Source},
    },
};
use zhida_store::{
    RANKER, RankingError, Snapshot, StoreError,
    feedback::FEEDBACK,
    search::{Record, SearchError, SearchIndex},
};

use crate::office::desk::Desk;

/// Name of the catalogue in a snapshot.
const CATALOGUE: &str = "catalogue.yaml";
/// Prepared days kept at the same time.
const DAYS_KEPT: usize = 16;
/// Days kept for policy offices: a few bytes for every dossier, and more.
const DESKS_KEPT: usize = 3;

/// Why a snapshot cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One of its files is no UTF-8.
    #[error("`{name}` of the snapshot is not UTF-8: run `zhida build` again")]
    Text {
        /// The file.
        name: String,
    },
    /// A code table cannot be read.
    #[error("`{name}` of the snapshot: {detail}: run `zhida build` again")]
    Table {
        /// The file.
        name: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The trained order cannot be used.
    #[error(transparent)]
    Ranking(#[from] RankingError),
    /// Catalogue, parameters or policies have errors.
    #[error("{} findings in the definitions of the snapshot, the first: {}", .0.len(), first(.0))]
    Findings(Vec<Diagnostic>),
}

fn first(findings: &[Diagnostic]) -> String {
    findings.first().map(ToString::to_string).unwrap_or_default()
}

/// Compiled policies and what they were compiled against.
#[derive(Debug)]
pub struct Rules {
    /// Catalogue, code tables, parameters.
    pub reference: Reference,
    /// The policies.
    pub program: Program,
}

self_cell!(
    /// The rules on one day. The tables of a day borrow the rules, so both
    /// live in one cell; the last one who holds it drops both.
    pub struct Day {
        owner: Arc<Rules>,
        #[covariant]
        dependent: Dated,
    }
    impl {Debug}
);

/// Prepared days by the day judged and the data cut-off, used last at the end.
type Days = Vec<((Date, Date), Arc<Day>)>;

/// What is known of the bytes of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Not everything has been read yet.
    Unverified,
    /// Every block is what was written.
    Verified,
    /// Some block is not; answers that need it are refused.
    Damaged,
}

/// Size and time of the files of a trained order: another ranker is taken into
/// use as another snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trained([Option<(u64, SystemTime)>; 2]);

impl Trained {
    /// The files of a data folder as they are.
    #[must_use]
    pub fn of(root: &Path) -> Trained {
        Trained([RANKER, FEEDBACK].map(|name| {
            let about = std::fs::metadata(root.join(name)).ok()?;
            Some((about.len(), about.modified().ok()?))
        }))
    }
}

/// A snapshot that is being served.
#[derive(Debug)]
pub struct Engine {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Its rules.
    pub rules: Arc<Rules>,
    world: OnceLock<Arc<World>>,
    condition: OnceLock<Condition>,
    days: Mutex<Days>,
    desks: Mutex<Vec<(Date, Arc<Desk>)>>,
    search: OnceLock<SearchIndex>,
    /// The trained order, where the data folder has one.
    pub ranking: Option<Ranking>,
    /// The files it was read from, as they were.
    pub trained: Trained,
    /// What is proved about its rules, once somebody asks.
    pub proofs: OnceLock<Report>,
}

impl Engine {
    /// Opens the snapshot at a path and compiles its policies.
    ///
    /// # Errors
    /// [`EngineError`]: nothing is served from a snapshot with any error.
    pub fn open(path: &Path) -> Result<Engine, EngineError> {
        let (snapshot, catalogue) = open_with_own_catalogue(path)?;
        let text = |name: &str| -> Result<String, EngineError> { utf8(name, snapshot.file(name)?) };
        let table = |name: &'static str, detail: String| EngineError::Table { name, detail };
        let regions = RegionTable::from_csv(&text("regions.csv")?)
            .map_err(|error| table("regions.csv", error.to_string()))?;
        let industries = IndustryTable::from_csv(&text("industries.csv")?)
            .map_err(|error| table("industries.csv", error.to_string()))?;
        let parameters = text("parameters.yaml")?;
        let parameters = Parameters::read("parameters.yaml", &parameters, &catalogue, &regions)
            .map_err(EngineError::Findings)?;
        let reference = Reference { catalogue, regions, industries, parameters };
        let sources = snapshot
            .files("policies/")
            .filter(|name| name.ends_with(".yaml") && !name.ends_with(".cases.yaml"))
            .map(|name| Ok(Source { name: name.to_owned(), text: text(name)? }))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let (program, mut findings) = Program::compile(&sources, &reference);
        findings.extend(program.drafts());
        let errors: Vec<Diagnostic> =
            findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        if !errors.is_empty() {
            return Err(EngineError::Findings(errors));
        }
        let trained = Trained::of(path);
        let ranking = zhida_store::ranking(path, &program)?;
        Ok(Engine {
            snapshot,
            rules: Arc::new(Rules { reference, program }),
            world: OnceLock::new(),
            condition: OnceLock::new(),
            days: Mutex::new(Vec::new()),
            desks: Mutex::new(Vec::new()),
            search: OnceLock::new(),
            ranking,
            trained,
            proofs: OnceLock::new(),
        })
    }

    /// Data cut-off of the snapshot.
    #[must_use]
    pub fn known_at(&self) -> Date {
        self.snapshot.manifest().known_at
    }

    /// The rules on a day, with dossiers as the snapshot knows them.
    #[must_use]
    pub fn day(&self, as_of: Date) -> Arc<Day> {
        let known_at = self.known_at();
        self.prepared(as_of.max(known_at), known_at)
    }

    /// The rules on a day for values that somebody tells on that day.
    #[must_use]
    pub fn day_of_typed(&self, as_of: Date) -> Arc<Day> {
        self.prepared(as_of, as_of)
    }

    fn prepared(&self, as_of: Date, known_at: Date) -> Arc<Day> {
        let wanted = (as_of, known_at);
        let lock = || self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let held = |days: &mut Days| {
            let position = days.iter().position(|(key, _)| *key == wanted)?;
            let found = days.remove(position);
            let day = Arc::clone(&found.1);
            days.push(found);
            Some(day)
        };
        if let Some(day) = held(&mut lock()) {
            return day;
        }
        // Prepared outside the lock: others must not wait for a day they do not want.
        let day = Arc::new(Day::new(Arc::clone(&self.rules), |rules| {
            Dated::new(&rules.program, &rules.reference, as_of, known_at)
        }));
        let mut days = lock();
        if let Some(day) = held(&mut days) {
            return day;
        }
        if days.len() >= DAYS_KEPT {
            days.remove(0);
        }
        days.push((wanted, Arc::clone(&day)));
        day
    }

    /// The words of the policies, ready to be asked; reads them the first time.
    ///
    /// # Errors
    /// When the index cannot be made.
    pub fn search(&self) -> Result<&SearchIndex, SearchError> {
        if let Some(index) = self.search.get() {
            return Ok(index);
        }
        let records: Vec<Record> = self
            .rules
            .program
            .policies
            .iter()
            .map(|policy| {
                let name = self.rules.reference.regions.full_name(policy.region);
                let name = name.unwrap_or_default();
                Record::of_policy(&policy.file, Some((policy.region.value(), &name)))
            })
            .collect();
        let index = SearchIndex::in_memory(&records)?;
        Ok(self.search.get_or_init(|| index))
    }

    /// What policy offices share on a day; looks at everybody the first time.
    ///
    /// # Errors
    /// When a chunk of the snapshot is broken.
    pub fn desk(&self, as_of: Date) -> Result<Arc<Desk>, StoreError> {
        let lock = || self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let held = |desks: &[(Date, Arc<Desk>)]| {
            desks.iter().find(|(day, _)| *day == as_of).map(|(_, desk)| Arc::clone(desk))
        };
        if let Some(desk) = held(&lock()) {
            return Ok(desk);
        }
        let desk = Arc::new(Desk::new(self.day(as_of), self.world()?));
        let mut desks = lock();
        if let Some(desk) = held(&desks) {
            return Ok(desk);
        }
        if desks.len() >= DESKS_KEPT {
            desks.remove(0);
        }
        desks.push((as_of, Arc::clone(&desk)));
        Ok(desk)
    }

    /// Whether every chunk has been read and verified.
    #[must_use]
    pub fn is_warm(&self) -> bool {
        self.world.get().is_some()
    }

    /// All dossiers; verifies every chunk the first time.
    ///
    /// # Errors
    /// The first broken chunk.
    pub fn world(&self) -> Result<Arc<World>, StoreError> {
        if let Some(world) = self.world.get() {
            return Ok(Arc::clone(world));
        }
        let world = Arc::new(self.snapshot.world()?);
        Ok(Arc::clone(self.world.get_or_init(|| world)))
    }

    /// Verifies every block: the chunks of dossiers and the index of keys.
    ///
    /// # Errors
    /// The first thing that is broken.
    pub fn verify(&self) -> Result<(), StoreError> {
        let done = self.world().and_then(|_| self.snapshot.verify_keys());
        self.condition.get_or_init(|| match done {
            Ok(()) => Condition::Verified,
            Err(_) => Condition::Damaged,
        });
        done
    }

    /// What [`Engine::verify`] has found.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.condition.get().copied().unwrap_or(Condition::Unverified)
    }

    /// Where the dossier of a key stands.
    ///
    /// # Errors
    /// When the index is broken.
    pub fn find(&self, key: SubjectKey) -> Result<Option<(SubjectKind, u32)>, StoreError> {
        self.snapshot.find(key)
    }

    /// The dossiers needed to judge one subject: its own and, since rules look
    /// one relation far, those it is related to.
    ///
    /// # Errors
    /// When one of the chunks is broken.
    pub fn world_of(&self, kind: SubjectKind, row: u32) -> Result<Arc<World>, StoreError> {
        if let Some(world) = self.world.get() {
            return Ok(Arc::clone(world));
        }
        let (frame, local) = self.snapshot.locate(kind, row)?;
        let mut wanted = [FxHashSet::default(), FxHashSet::default()];
        wanted[kind.index()].insert(row as usize / CHUNK_ROWS);
        for relation in self.rules.reference.catalogue.relations() {
            let Some(edges) = frame.edges(relation.id) else { continue };
            let bounds = edges.offsets.get(local).zip(edges.offsets.get(local + 1));
            let Some((&start, &end)) = bounds else { continue };
            let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
            let targets = edges.target.get(range).unwrap_or_default();
            wanted[relation.entry.target.index()]
                .extend(targets.iter().map(|target| *target as usize / CHUNK_ROWS));
        }
        let dossiers = |kind: SubjectKind| -> Result<Dossiers, StoreError> {
            let chunks = (0..self.snapshot.chunks(kind)).map(|chunk| {
                if wanted[kind.index()].contains(&chunk) {
                    self.snapshot.frame(kind, chunk).cloned()
                } else {
                    Ok(empty_frame(kind, chunk))
                }
            });
            let chunks = chunks.collect::<Result<Vec<Frame>, _>>()?;
            Ok(Dossiers { kind, rows: self.snapshot.rows(kind), chunks })
        };
        let [enterprise, citizen] = SubjectKind::ALL;
        Ok(Arc::new(World { dossiers: [dossiers(enterprise)?, dossiers(citizen)?] }))
    }

    /// How many policies there are by the kind of subject they are for.
    #[must_use]
    pub fn policies_by_kind(&self) -> FxHashMap<SubjectKind, usize> {
        let mut counts = FxHashMap::default();
        for policy in &self.rules.program.policies {
            *counts.entry(policy.file.audience).or_insert(0) += 1;
        }
        counts
    }
}

/// Opens a snapshot with the catalogue that lies in it. `current` may be
/// swapped between reading the one and the other; then both are read again.
fn open_with_own_catalogue(path: &Path) -> Result<(Snapshot, Catalogue), EngineError> {
    loop {
        let bytes = Snapshot::file_of(path, CATALOGUE)?;
        let text = utf8(CATALOGUE, bytes.clone())?;
        let catalogue = catalogue::read(CATALOGUE, &text).map_err(EngineError::Findings)?;
        let snapshot = match Snapshot::open(path, &catalogue) {
            Ok(snapshot) => snapshot,
            Err(_) if Snapshot::file_of(path, CATALOGUE)? != bytes => continue,
            Err(error) => return Err(error.into()),
        };
        if snapshot.file(CATALOGUE)? == bytes {
            return Ok((snapshot, catalogue));
        }
    }
}

fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, EngineError> {
    String::from_utf8(bytes).map_err(|_| EngineError::Text { name: name.to_owned() })
}

/// The stand-in for a chunk that a request does not read: nothing is in it.
fn empty_frame(kind: SubjectKind, chunk: usize) -> Frame {
    Frame {
        kind,
        first: u32::try_from(chunk * CHUNK_ROWS).unwrap_or(u32::MAX),
        rows: 0,
        keys: Vec::new().into(),
        columns: Vec::new(),
        relations: Vec::new(),
    }
}
